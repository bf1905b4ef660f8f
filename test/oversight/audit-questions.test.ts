/** An officer asks the running gateway's log, which has kept what workers of the named families asked just before. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { factKey, factsOf } from '../../src/domain/facts.js';
import { ask, type Json, peopleOf, startDemo } from '../attacks/demo.js';

const OFFICER = 'ig-sol-whitby';
const LINES = 'lines { person holder { id } category outcome permits basis evidence reasons records }';
const FOUND = `pageInfo { hasNextPage endCursor } nodes { id at worker agency { id } purpose result ${LINES} statements { did ids persons } }`;
const OPERATIONS = `query Ask($filter: AuditFilter, $first: Int, $after: String) @purpose(of: INFORMATION_GOVERNANCE) {
  audit { operations(filter: $filter, first: $first, after: $after) { ${FOUND} } } }`;

let demo: Demo;
let people: { readonly [name: string]: string };
const indexed = async () => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
};
const found = async (filter: Json, page: Json = {}): Promise<Json> => {
  await indexed();
  const { data, errors } = await ask(demo, OFFICER, OPERATIONS, { filter, ...page });
  expect(errors).toBeUndefined();
  return data['audit'].operations;
};

beforeAll(async () => {
  demo = await startDemo();
  people = await peopleOf(demo, 'sw-ada-thorne');
});
afterAll(() => demo.stop());

describe('the log', () => {
  it('tells who was given what about a person, and on what it rested', async () => {
    const { nodes } = await found({ person: people['Mira Quist'] });
    const board = (nodes as Json[]).find(({ worker }) => worker === 'sw-ada-thorne') as Json;
    expect(board['agency'].id).toBe('csc');
    const lines = (board['lines'] as Json[]).filter(({ person }) => person === people['Mira Quist']);
    expect(lines).toContainEqual(expect.objectContaining({ outcome: 'RELEASED', category: 'IDENTITY' }));
    for (const line of lines) if (line['outcome'] === 'RELEASED') expect(line['permits'].length).toBeGreaterThan(0);
  });

  it('finds by worker, by team, by agency, by policy and by what a release rests on, and adds filters up', async () => {
    const ofWorker = (await found({ worker: 'sw-ada-thorne' }))['nodes'] as Json[];
    expect(ofWorker.length).toBeGreaterThan(0);
    expect(new Set(ofWorker.map(({ worker }) => worker))).toEqual(new Set(['sw-ada-thorne']));
    const released = ofWorker.flatMap(({ lines }) => lines as Json[]).filter(({ outcome }) => outcome === 'RELEASED');
    const evidence = released.flatMap((line) => line['evidence'] as string[]);
    expect(evidence.length).toBeGreaterThan(0);
    for (const id of new Set(evidence)) {
      const resting = (await found({ evidence: id, worker: 'sw-ada-thorne' }))['nodes'] as Json[];
      for (const { lines } of resting)
        expect((lines as Json[]).some((line) => line['evidence'].includes(id))).toBe(true);
      expect(resting.length).toBeGreaterThan(0);
    }
    const byPolicy = (await found({ policy: 'family-team', agency: 'csc' }))['nodes'] as Json[];
    for (const { lines, agency } of byPolicy) {
      expect(agency.id).toBe('csc');
      expect((lines as Json[]).some((line) => line['permits'].includes('family-team'))).toBe(true);
    }
    expect((await found({ worker: 'sw-ada-thorne', agency: 'no-such' }))['nodes']).toEqual([]);
  });

  it('cuts pages that join without a gap while entries are added', async () => {
    const all = ((await found({ agency: 'csc' }, { first: 100 }))['nodes'] as Json[]).map(({ id }) => id);
    const paged: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo } = await found({ agency: 'csc' }, { first: 1, ...(after ? { after } : {}) });
      paged.push(...(nodes as Json[]).map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    // Asking is an entry of the officer's own agency: later ones come before the first page.
    expect(paged.filter((id) => all.includes(id))).toEqual(all);
  });

  it('keeps every question as an entry that names whom it was about', async () => {
    await found({ person: people['Mira Quist'], worker: 'sw-ada-thorne' });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.requester.worker).toBe(OFFICER);
    expect(entry?.body.statements).toEqual([
      { did: 'AUDIT_ASKED', ids: ['operations', 'sw-ada-thorne'], subjects: ['P-1001'], policies: ['may-ask-audit'] },
    ]);
  });

  it('does not tell another agency’s officer of what is locked, by what it shows or by what finds it', async () => {
    const locked = factKey({
      ...factsOf(0),
      confidentiality: 'V',
      category: 'MENTAL_HEALTH',
      role: 'MENTAL_HEALTH_PRACTITIONER',
    });
    const line = {
      facts: locked,
      outcome: 'RELEASED',
      category: 'MENTAL_HEALTH',
      permits: ['own-records'],
      evidence: ['x-locked'],
    };
    const facts = factsOf(locked);
    await demo.audit.append({
      v: 1,
      id: 'entry-locked',
      at: '2026-11-20T09:00:00.000Z',
      operation: { name: 'Locked', sha256: '', type: 'query' },
      requester: { worker: 'mh-of-theirs', agency: 'mht', role: facts.role },
      purpose: facts.purpose,
      result: 'ANSWERED',
      policyVersion: 'p-1',
      decisions: [{ ...line, ...(facts.basis === 'NONE' ? {} : { basis: facts.basis }) }],
      outcomes: [[0, 'P-1001', 'mht', 'MentalHealthRecord', ['r-1']]],
    });
    const filters = [
      { evidence: 'x-locked' },
      { person: people['Mira Quist'] },
      { worker: 'mh-of-theirs', category: 'MENTAL_HEALTH' },
    ];
    for (const filter of filters) expect(JSON.stringify(await found(filter))).not.toContain('entry-locked');
    // That the worker asked for something is their agency's doing; what for is left out.
    const [operation] = (await found({ worker: 'mh-of-theirs' }))['nodes'] as Json[];
    expect(operation).toMatchObject({ id: 'entry-locked', lines: [] });
  });

  it('is asked by officers for information governance and by nobody else', async () => {
    for (const worker of ['sw-ada-thorne', 'kw-noor-ashdown']) {
      const { data, errors } = await ask(demo, worker, OPERATIONS, {});
      expect([data?.['audit'] ?? null, errors?.[0]?.extensions.code]).toEqual([null, 'NOT_PERMITTED']);
    }
    const other = await ask(demo, OFFICER, OPERATIONS.replace('INFORMATION_GOVERNANCE', 'SUPERVISION'), {});
    expect(other.errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
  });
});
