/** Questions 6 to 9 and 11, asked of the running gateway's log: operations by what an officer looks out for in them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addMarks } from '../../src/audit/index/indexer.js';
import type { Demo } from '../../src/compose-demo.js';
import { factKey, factsOf } from '../../src/domain/facts.js';
import { ask, idOf, type Json, startDemo } from '../attacks/demo.js';

const OFFICER = 'ig-sol-whitby';
const OPERATION = 'operation { id at worker result code lines { person holder { id } category outcome vetoes } } marks';
const PAGE = 'pageInfo { hasNextPage endCursor }';

let demo: Demo;
const indexed = async () => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
};
const asked = async (field: string, worker = OFFICER) => {
  await indexed();
  return ask(
    demo,
    worker,
    `query Ask @purpose(of: INFORMATION_GOVERNANCE) { audit { answer: ${field} { nodes { ${OPERATION} } ${PAGE} } } }`,
  );
};
interface Node {
  readonly operation: Json;
  readonly marks: readonly string[];
}
const nodesOf = async (field: string): Promise<readonly Node[]> => {
  const { data, errors } = await asked(field);
  expect(errors).toBeUndefined();
  return data['audit'].answer.nodes as Node[];
};
const linesOf = ({ operation }: Node) => operation['lines'] as Json[];
const of = (nodes: readonly Node[], worker: string) => nodes.filter(({ operation }) => operation['worker'] === worker);
const idsIn = (nodes: readonly Node[]) => nodes.map(({ operation }) => operation['id'] as string);
const read = (worker: string, person: string) =>
  ask(
    demo,
    worker,
    `query Read @purpose(of: SUPERVISION) { person(id: "${idOf(person)}") { surname addresses { line }
      ... on Child { assessments { nodes { id } } } } }`,
  );

/** An entry of its own, beside those that the gateway made. */
const appended = (id: string, more: Partial<Parameters<Demo['audit']['append']>[0]>) =>
  demo.audit.append({
    v: 1,
    id,
    at: '2026-11-20T09:00:00.000Z',
    operation: { name: 'Appended', sha256: '', type: 'query' },
    requester: { worker: 'mh-of-theirs', agency: 'mht', role: 'MENTAL_HEALTH_PRACTITIONER' },
    purpose: 'SUPERVISION',
    result: 'ANSWERED',
    policyVersion: 'p-1',
    decisions: [],
    outcomes: [],
    ...more,
  });
const plain = { ...factsOf(0), conflict: false };
const open = factKey({ ...plain, confidentiality: 'N', category: 'CONTACT' });
const locked = factKey({ ...plain, confidentiality: 'V', category: 'MENTAL_HEALTH' });
const refused = (facts: number, veto: string) => ({
  facts,
  outcome: 'SILENT',
  category: factsOf(facts).category,
  vetoes: [veto],
});

beforeAll(async () => {
  demo = await startDemo();
  for (const worker of ['sw-ada-thorne', 'dap-willa-jessop']) await read(worker, 'P-1001');
  await read('sw-ada-thorne', 'P-1026');
  await read('kw-otto-blythe', 'P-1080');
  await read('kw-otto-blythe', 'P-1033');
  await read('kw-otto-blythe', 'P-1056');
  for (const fields of ['surname: "Nobodysuch"', 'surname: "Nobodysuch", dateOfBirth: "1985-03-22"'])
    await ask(
      demo,
      'sw-ada-thorne',
      `query Find @purpose(of: DIRECT_WORK) { findPerson(${fields}) { persons { id } } }`,
    );
  await indexed();
  await demo.watch.run();
}, 120_000);
afterAll(() => demo.stop());

describe('attempts on what is protected (6)', () => {
  it('are the refused lines alone, each with what it was refused by', async () => {
    const nodes = await nodesOf('attemptsOnProtected(first: 100)');
    expect(of(nodes, 'sw-ada-thorne').length).toBeGreaterThan(0);
    for (const node of nodes) {
      expect(node.marks).toEqual(['LOCATION_REFUSED']);
      expect(linesOf(node).length).toBeGreaterThan(0);
      for (const line of linesOf(node)) {
        expect(line['vetoes']).toContain('protected-location');
        expect(line['outcome']).not.toBe('RELEASED');
      }
    }
    expect(await nodesOf('attemptsOnProtected(mark: LOCKED_REFUSED)')).toEqual([]);
  });

  it('on what is locked are told to the officers of the agency that keeps it, and to no other', async () => {
    await appended('entry-locked-ours', {
      decisions: [refused(locked, 'locked')],
      outcomes: [[0, 'P-1001', 'csc', 'Assessment', ['r-1']]],
    });
    await appended('entry-locked-theirs', {
      decisions: [refused(locked, 'locked'), refused(open, 'protected-location')],
      outcomes: [
        [0, 'P-1001', 'mht', 'MentalHealthRecord', ['r-1']],
        [1, 'P-1001', 'csc', 'Address', ['r-2']],
      ],
    });
    const nodes = of(await nodesOf('attemptsOnProtected'), 'mh-of-theirs');
    expect(nodes.map(({ marks, operation }) => [operation['id'], marks])).toEqual([
      ['entry-locked-theirs', ['LOCATION_REFUSED']],
      ['entry-locked-ours', ['LOCKED_REFUSED']],
    ]);
    expect(nodes.flatMap(linesOf).map(({ holder }) => holder.id)).toEqual(['csc', 'csc']);
    expect(idsIn(await nodesOf('attemptsOnProtected(mark: LOCKED_REFUSED)'))).toEqual(['entry-locked-ours']);
  });
});

describe('near themselves (7)', () => {
  it('is told with every way in which the worker is near, of the watch’s and of the entry’s own', async () => {
    const nodes = of(await nodesOf('nearThemselves'), 'kw-otto-blythe');
    expect(nodes.map(({ marks }) => marks)).toEqual([
      ['NEIGHBOUR'],
      ['CONFLICT', 'NEIGHBOUR'],
      ['OWN_RECORD', 'CONFLICT'],
    ]);
    expect(linesOf(nodes[2] as Node).map(({ person }) => person)).toContain(idOf('P-1080'));
    const own = await nodesOf('nearThemselves(mark: OWN_RECORD)');
    expect(idsIn(own)).toEqual([nodes[2]?.operation['id']]);
    expect(await nodesOf('nearThemselves(worker: "sw-ada-thorne", mark: OWN_RECORD)')).toEqual([]);
  });

  it('is no answer where the officer may not see what makes it one', async () => {
    const both = {
      decisions: [
        refused(locked, 'conflict'),
        { facts: open, outcome: 'RELEASED', category: 'CONTACT', permits: ['own-records'] },
      ],
      outcomes: [
        [0, 'P-1001', 'mht', 'MentalHealthRecord', ['r-1']],
        [1, 'P-1001', 'csc', 'Address', ['r-2']],
      ],
    } satisfies Parameters<typeof appended>[1];
    // Of everybody in it something is shown, and nothing of the conflict.
    await appended('entry-conflict-locked', both);
    expect(idsIn(await nodesOf('nearThemselves(first: 100)'))).not.toContain('entry-conflict-locked');
    await appended('entry-conflict-ours', {
      ...both,
      outcomes: [[0, 'P-1001', 'csc', 'Assessment', ['r-1']]],
    });
    expect(idsIn(await nodesOf('nearThemselves(first: 100)'))).toContain('entry-conflict-ours');
  });

  it('leaves out whom the officer stands near', async () => {
    const conflict = (sql: string) =>
      demo.store.transaction((transaction) => transaction.run(sql, [OFFICER, 'P-1080']));
    await conflict('INSERT INTO conflict (worker, person) VALUES (?, ?)');
    expect(await nodesOf('nearThemselves(mark: OWN_RECORD)')).toEqual([]);
    const marks = of(await nodesOf('nearThemselves'), 'kw-otto-blythe').map((node) => node.marks);
    expect(marks).toEqual([['NEIGHBOUR'], ['CONFLICT', 'NEIGHBOUR']]);
    await conflict('DELETE FROM conflict WHERE worker = ? AND person = ?');
  });
});

describe('after the end (8)', () => {
  it('is of a case by its lines, and of a role by the refusal', async () => {
    await appended('entry-not-known', {
      at: '2026-11-30T09:00:00.000Z',
      requester: { worker: 'sw-gone', agency: 'csc', role: 'SOCIAL_WORKER' },
      result: 'REFUSED',
      code: 'NOT_KNOWN_HERE',
    });
    const nodes = await nodesOf('afterTheEnd');
    expect(of(nodes, 'sw-ada-thorne').map(({ marks }) => marks)).toEqual([['AFTER_END', 'AFTER_END_RELEASED']]);
    expect(of(nodes, 'sw-gone').map(({ marks, operation }) => [marks, operation['code']])).toEqual([
      [['NOT_KNOWN_HERE'], 'NOT_KNOWN_HERE'],
    ]);
    expect(idsIn(await nodesOf('afterTheEnd(mark: NOT_KNOWN_HERE)'))).toEqual(['entry-not-known']);
    expect(await nodesOf('afterTheEnd(worker: "sw-gone", until: "2026-11-30T09:00:00Z")')).toEqual([]);
    expect(await nodesOf('afterTheEnd(worker: "sw-gone", since: "2026-11-30T09:00:00Z")')).toHaveLength(1);
  });
});

describe('unusual use (9)', () => {
  it('is searches by one field, searches that found nobody, and what was asked out of hours', async () => {
    const searches = of(await nodesOf('unusualUse'), 'sw-ada-thorne');
    expect(searches.map(({ marks }) => marks)).toEqual(
      expect.arrayContaining([expect.arrayContaining(['SEARCH_EMPTY']), expect.arrayContaining(['SEARCH_ONE_FIELD'])]),
    );
    await appended('entry-at-night', {
      at: '2026-11-20T23:30:00.000Z',
      decisions: [refused(open, 'lawful-basis')],
      outcomes: [[0, 'P-1001', 'csc', 'Address', ['r-1']]],
    });
    expect(idsIn(await nodesOf('unusualUse(mark: OUT_OF_HOURS, until: "2026-11-21T00:00:00Z")'))).toEqual([
      'entry-at-night',
    ]);
  });
});

describe('self-asserted involvement (11)', () => {
  it('is found as the watch marked it', async () => {
    expect(await nodesOf('selfAsserted')).toEqual([]);
    const [{ operation } = { operation: {} as Json }] = await nodesOf('attemptsOnProtected(worker: "sw-ada-thorne")');
    const [row] = await demo.store.read<{ leaf_index: number }>(
      'SELECT l.leaf_index FROM audit_leaf l JOIN audit_entry e ON e.seq = l.entry_seq WHERE e.id = ?',
      [operation['id']],
    );
    const mark = { index: row?.leaf_index as number, day: '2026-11-23', mark: 'SELF_ASSERTED' };
    await demo.store.transaction((transaction) => addMarks(demo.store, transaction, [mark]));
    const nodes = await nodesOf('selfAsserted');
    expect(nodes.map(({ marks, operation: { id } }) => [id, marks])).toEqual([[operation['id'], ['SELF_ASSERTED']]]);
  });
});

describe('each of them', () => {
  const questions = ['attemptsOnProtected', 'nearThemselves', 'afterTheEnd', 'unusualUse', 'selfAsserted'];
  it.each(questions)('%s is an entry of the log, and refused to everybody but an officer', async (question) => {
    await nodesOf(`${question}(worker: "sw-ada-thorne")`);
    const [entry] = await demo.audit.read({ worker: OFFICER, limit: 1 });
    expect(entry?.body.statements).toEqual([
      { did: 'AUDIT_ASKED', ids: [question, 'sw-ada-thorne'], subjects: [], policies: ['may-ask-audit'] },
    ]);
    const { errors } = await asked(question, 'sw-ada-thorne');
    expect(errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
  });

  it('cuts pages that join', async () => {
    const all = idsIn(await nodesOf('nearThemselves(first: 100)'));
    const paged: string[] = [];
    for (let after = ''; ; ) {
      const { data } = await asked(`nearThemselves(first: 1${after})`);
      const { nodes, pageInfo } = data['audit'].answer;
      paged.push(...idsIn(nodes as Node[]));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(paged).toEqual(all);
  });

  it('has a mark of its own list alone', async () => {
    const { errors } = await asked('nearThemselves(mark: LOCATION_REFUSED)');
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});
