/**
 * What an agency keeps locked is known to its own officers alone. Each test has a way by which officers of another agency could
 * learn that there is something locked: an alert, a count, a mark, a page, what another officer did about it.
 */
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEntryBody } from '../../src/audit/entry.js';
import { ENTRY_MARKS } from '../../src/audit/index/terms.js';
import { factsIn, isLocked } from '../../src/audit/logged-facts.js';
import type { Demo } from '../../src/compose-demo.js';
import { ask, type Json, startDemo } from '../attacks/demo.js';

/** Of social care, whose worker probes; of the trust, whose lock it is; and of a third agency. */
const OUTSIDER = 'ig-sol-whitby';
const HOLDER = 'ig-of-the-trust';
const THIRD = 'ig-of-haven';
const ROLE = 'INFORMATION_GOVERNANCE_OFFICER';
const PROBER = 'sw-bram-hollis';
const ODILE = Buffer.from('Person:P-1046').toString('base64url');
const FOR = '@purpose(of: INFORMATION_GOVERNANCE)';
const PROBE = `query Probe @purpose(of: SUPERVISION) { person(id: "${ODILE}") { ... on Adult { adultWork { nodes { kind } } } } }`;
const ALERTS = `query List ${FOR} { audit { alerts(first: 100) { nodes { id rule closedAt } pageInfo { hasNextPage endCursor } } } }`;
const OPEN = `query Open($id: ID!) ${FOR} { audit { alert(id: $id) { id rule operations { worker lines { person holder { id } vetoes } } } } }`;
const CLOSE = `mutation Close($id: ID!) ${FOR} { closeAlert(id: $id, outcome: EXPLAINED, why: "looked into") { id } }`;
const OPERATIONS = `query Find($filter: AuditFilter, $first: Int) ${FOR} { audit { operations(filter: $filter, first: $first) {
  nodes { id operation worker agency { id } lines { person holder { id } vetoes } statements { did ids persons } } pageInfo { hasNextPage } } } }`;

let demo: Demo;
let world: string;
let today: string;
let tomorrow: string;
const codeOf = ({ errors }: Awaited<ReturnType<typeof ask>>) => errors?.[0]?.extensions.code;
const watched = async () => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
  await demo.watch.run();
};
async function answered(worker: string, query: string, variables: Json = {}): Promise<Json> {
  const { data, errors } = await ask(demo, worker, query, variables);
  expect(errors).toBeUndefined();
  return data['audit'] as Json;
}
const alertsOf = async (worker: string) => (await answered(worker, ALERTS))['alerts'].nodes as Json[];
const operations = async (worker: string, filter: Json, first = 100) =>
  (await answered(worker, OPERATIONS, { filter, first }))['operations'].nodes as Json[];
const totals = async (worker: string, of: string) =>
  (
    await answered(
      worker,
      `query Most ${FOR} { audit { totals(of: ${of}, from: "${today}", until: "${tomorrow}", first: 100) { name entries persons } } }`,
    )
  )['totals'] as Json[];
const counted = async (worker: string, of: string, name: string) =>
  (
    (
      await answered(
        worker,
        `query Count ${FOR} { audit { counts(of: ${of}, name: "${name}", from: "${today}", until: "${tomorrow}") { entries persons } } }`,
      )
    )['counts'] as Json[]
  )[0] as Json;
const probedOf = async (worker: string) =>
  (await alertsOf(worker)).filter(({ rule }) => rule === 'LOCKED_PROBED').map(({ id }) => id as string);

beforeAll(async () => {
  // The named world has an officer of social care alone.
  world = await mkdtemp(join(tmpdir(), 'threshold-locks-'));
  await cp('test/worlds/walsall-road', world, { recursive: true });
  const officers = [`${HOLDER},mht`, `${THIRD},haven`].map((one) => `${one},An Officer,${ROLE},,,,,\n`);
  await appendFile(join(world, 'directory', 'workers.csv'), officers.join(''));
  demo = await startDemo({ THRESHOLD_WORLD: world });
  for (let i = 0; i < 4; i += 1) await ask(demo, PROBER, PROBE);
  await watched();
  today = demo.house.now().toISOString().slice(0, 10);
  tomorrow = new Date(Date.parse(today) + 86_400_000).toISOString().slice(0, 10);
}, 120_000);
afterAll(async () => {
  await demo.stop();
  await rm(world, { recursive: true });
});

describe('that an agency keeps something locked', () => {
  it('is what its own officers are told of: by an alert, which they open and close, by its mark, and by counts', async () => {
    const [id] = await probedOf(HOLDER);
    expect(id).toBeDefined();
    const opened = (await answered(HOLDER, OPEN, { id }))['alert'];
    const lines = (opened.operations as Json[]).flatMap((operation) => operation['lines'] as Json[]);
    expect((opened.operations as Json[]).every(({ worker }) => worker === PROBER)).toBe(true);
    expect(lines.some(({ vetoes, holder }) => vetoes.includes('locked') && holder.id === 'mht')).toBe(true);
    expect(await operations(HOLDER, { mark: 'LOCKED_REFUSED' })).toHaveLength(4);
    expect(await counted(HOLDER, 'MARK', 'LOCKED_REFUSED')).toEqual({ entries: 4, persons: 4 });
    expect(await totals(HOLDER, 'MARK')).toContainEqual({ name: 'LOCKED_REFUSED', entries: 4, persons: 4 });
  });

  it.each([OUTSIDER, THIRD])(
    'no alert tells %s, who can neither open nor close it, as if there were none',
    async (worker) => {
      const [id] = await probedOf(HOLDER);
      expect(await probedOf(worker)).toEqual([]);
      for (const asked of [id, 'none']) {
        expect(codeOf(await ask(demo, worker, OPEN, { id: asked }))).toBe('NOT_PERMITTED');
        expect(codeOf(await ask(demo, worker, CLOSE, { id: asked }))).toBe('NOT_PERMITTED');
      }
      const [theirs, none] = await Promise.all([id, 'none'].map((asked) => ask(demo, worker, OPEN, { id: asked })));
      expect(theirs?.errors?.[0]?.message).toBe(none?.errors?.[0]?.message);
    },
  );

  it.each([OUTSIDER, THIRD])('no count tells %s: none counts what is locked, nor whom', async (worker) => {
    await watched();
    expect((await totals(worker, 'MARK')).map(({ name }) => name)).not.toContain('LOCKED_REFUSED');
    expect(await counted(worker, 'MARK', 'LOCKED_REFUSED')).toEqual({ entries: 0, persons: 0 });
    // What is counted is what is found: what is not of this worker's own questions does not change meanwhile.
    for (const mark of ENTRY_MARKS) {
      const { entries } = await counted(worker, 'MARK', mark);
      expect([mark, entries]).toEqual([mark, (await operations(worker, { mark })).length]);
    }
    const found = await operations(worker, { worker: PROBER });
    const persons = found.map(({ lines }) => new Set((lines as Json[]).map(({ person }) => person)).size);
    expect(await counted(worker, 'WORKER', PROBER)).toEqual({
      entries: found.length,
      persons: persons.reduce((sum, many) => sum + many, 0),
    });
  });

  it('no page tells: a question answered with nothing is answered so however often a lock was met', async () => {
    for (let i = 0; i < 62; i += 1) await ask(demo, PROBER, PROBE);
    await watched();
    const { data, errors } = await ask(demo, OUTSIDER, OPERATIONS, { filter: { mark: 'LOCKED_REFUSED' }, first: 0 });
    expect(errors).toBeUndefined();
    expect(data['audit'].operations).toEqual({ nodes: [], pageInfo: { hasNextPage: false } });
  }, 120_000);

  it('is not told by what its officers did about it: by no statement of theirs, no filter and no count', async () => {
    const [id] = await probedOf(HOLDER);
    await answered(HOLDER, OPEN, { id });
    expect(codeOf(await ask(demo, HOLDER, CLOSE, { id }))).toBeUndefined();
    const sentences = `query Told ${FOR} { audit { sentences(person: "${ODILE}") { nodes { on } } } }`;
    await answered(HOLDER, sentences);
    await watched();
    for (const did of ['ALERT_CLOSED', 'SENTENCES_LEFT_OUT']) {
      expect(await operations(HOLDER, { did })).not.toEqual([]);
      expect(await operations(OUTSIDER, { did })).toEqual([]);
      expect(await counted(OUTSIDER, 'STATEMENT', did)).toEqual({ entries: 0, persons: 0 });
      expect((await totals(OUTSIDER, 'STATEMENT')).map(({ name }) => name)).not.toContain(did);
    }
    const seen = await operations(OUTSIDER, { agency: 'mht' });
    expect(JSON.stringify(seen)).not.toContain(id);
    expect(seen.flatMap(({ statements }) => (statements as Json[]).map(({ did }) => did))).not.toContain(
      'SENTENCES_LEFT_OUT',
    );
    expect(seen.map(({ operation }) => operation)).toContain('Told');
    expect(JSON.stringify(await operations(HOLDER, { agency: 'mht' }))).toContain(id);
    const closing = await operations(OUTSIDER, { worker: HOLDER });
    expect(closing.map(({ operation }) => operation)).not.toContain('Close');
  });

  it('no sample tells: it draws nothing for what another agency alone may know was released', async () => {
    for (const worker of ['mhp-tess-garland', 'mhp-uma-heath']) await ask(demo, worker, PROBE);
    const all = (await demo.audit.after(0, 500)).map(({ body }) => body);
    const isV = (body: AuditEntryBody, number: number) => {
      const line = body.decisions[number];
      return line?.outcome === 'RELEASED' && isLocked(factsIn(line, body));
    };
    const own = all.find((body) => body.outcomes.some(([number, , holder]) => holder === 'mht' && isV(body, number)));
    const open = all.find((body) =>
      body.outcomes.some(([n]) => body.decisions[n]?.outcome === 'RELEASED' && !isV(body, n)),
    );
    if (!own || !open) throw new Error('the world has no locked record that its holder read');
    const alone = {
      ...own,
      outcomes: own.outcomes.filter(([number, , holder]) => holder === 'mht' && isV(own, number)),
    };
    // A log of its own: what is signed after the month must have it.
    const month = await startDemo({ THRESHOLD_WORLD: world });
    for (const [i, body] of [alone, alone, open].entries())
      await month.audit.append({
        ...body,
        id: `OCT${String(i).padStart(23, '0')}`,
        at: `2026-10-0${i + 5}T10:00:00.000Z`,
      });
    await month.sequencer.sequence();
    await month.indexer.index();
    const SAMPLE = `query Month ${FOR} { audit { sample(month: "2026-10", size: 10) { seed operations { operation { lines { recordType } } } } } }`;
    const drawn = async (worker: string) => (await ask(month, worker, SAMPLE)).data['audit'].sample as Json;
    const [theirs, others] = [await drawn(HOLDER), await drawn(OUTSIDER)];
    expect(theirs['seed']).toBe(others['seed']);
    expect([theirs['operations'].length, others['operations'].length]).toEqual([3, 1]);
    expect(others['operations'][0].operation.lines).not.toEqual([]);
    await month.stop();
  });

  it.each([
    ['HOLDER', 'holder'],
    ['CATEGORY', 'category'],
    ['POLICY', 'policy'],
    ['AGENCY', 'agency'],
    ['MARK', 'mark'],
  ])('no count of what was released tells either: by %s is counted what is found', async (of, filter) => {
    // What the tests before did is counted and found alike once it is in the index.
    await demo.sequencer.sequence();
    await demo.indexer.index();
    for (const worker of [OUTSIDER, THIRD, HOLDER])
      for (const { name, entries } of (await totals(worker, of)).filter((one) => one['name'] !== 'csc')) {
        const found = await operations(worker, { [filter]: name, since: `${today}T00:00:00.000Z` });
        // The asking itself is of the officer's agency, and goes on.
        if (of !== 'AGENCY' && found.length < 100) expect([name, entries]).toEqual([name, found.length]);
      }
  });

  it('is in none of the figures of the process', async () => {
    const figures = await (await fetch(demo.url.replace('/graphql', '/metrics'))).text();
    expect(figures).toContain('threshold_alerts_total');
    expect(figures).not.toMatch(/LOCKED_PROBED"\} [1-9]/);
  });
});
