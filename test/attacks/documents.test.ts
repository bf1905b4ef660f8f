/** Ways in through what a document or its variables are made of, against the running gateway (docs/attacks.md). */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import type { Json } from './demo.js';

/** Every compilation of an operation, by its name. */
const compiled: string[] = [];
const jit = await import('graphql-jit');
jest.unstable_mockModule('graphql-jit', () => ({
  ...jit,
  compileQuery: (...args: Parameters<typeof jit.compileQuery>) => {
    compiled.push(args[2] ?? '');
    return jit.compileQuery(...args);
  },
}));
const { ask, peopleOf, startDemo } = await import('./demo.js');

let demo: Demo;
let mira: string;
let tilly: string;
const OFFICER = 'dao-zeke-morrow';
const ADA = 'sw-ada-thorne';

beforeAll(async () => {
  demo = await startDemo();
  const people = await peopleOf(demo, ADA);
  mira = people['Mira Quist'] ?? '';
  tilly = people['Tilly Marlow'] ?? '';
}, 60_000);
afterAll(() => demo.stop());

async function post(worker: string, body: string): Promise<{ status: number; answer: Json }> {
  const response = await fetch(demo.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await demo.tokenOf(worker)}` },
    body,
  });
  return { status: response.status, answer: (await response.json()) as Json };
}
const codeOf = (answer: Json) => answer['errors']?.[0]?.extensions?.code;

describe('33: a purpose', () => {
  it('that another operation of the document declares does not count', async () => {
    const query =
      'query Told @purpose(of: SUPERVISION) { me { name } } query Run { families { nodes { id } } } query Other @purpose(of: SUPERVISION) { families { nodes { id } } }';
    const { answer } = await post(ADA, JSON.stringify({ query, operationName: 'Run' }));
    expect(codeOf(answer)).toBe('PURPOSE_REQUIRED');
    const declared = await post(ADA, JSON.stringify({ query, operationName: 'Other' }));
    expect(declared.answer['data'].families.nodes.length).toBeGreaterThan(0);
  });

  it.each([
    ['is a variable', 'query V($p: Purpose!) @purpose(of: $p) { families { nodes { id } } }', { p: 'SUPERVISION' }],
    ['stands at a field', 'query F { families @purpose(of: SUPERVISION) { nodes { id } } }', {}],
    ['is given twice', 'query T @purpose(of: DIRECT_WORK) @purpose(of: SUPERVISION) { families { nodes { id } } }', {}],
    ['hides in a fragment', 'query R { ...A } fragment A on Query { families { nodes { id } } }', {}],
  ])('that %s is refused', async (_, query, variables) => {
    const { answer } = await post(ADA, JSON.stringify({ query, variables }));
    expect(answer['data'] ?? null).toBeNull();
    expect(codeOf(answer)).toMatch(/PURPOSE_REQUIRED|GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT/);
  });
});

describe('34: an answer', () => {
  it.each([
    ['in pieces (@defer)', 'query D @purpose(of: SUPERVISION) { ... @defer { families { nodes { id } } } }'],
    ['in pieces (@stream)', 'query S @purpose(of: SUPERVISION) { families { nodes @stream(initialCount: 0) { id } } }'],
    ['that goes on (subscription)', 'subscription S @purpose(of: SUPERVISION) { families { nodes { id } } }'],
  ])('%s is not to be had: part of it would leave before its entry', async (_, query) => {
    const { answer } = await post(ADA, JSON.stringify({ query }));
    expect(answer['data'] ?? null).toBeNull();
    expect(codeOf(answer)).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

describe('21: names and operations without end', () => {
  it('variables that would change what every object inherits are refused', async () => {
    const query = 'query P($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { id } }';
    for (const variables of ['{"__proto__":{"id":"x"}}', '{"id":"x","constructor":{"prototype":{"id":"x"}}}']) {
      const { status } = await post(ADA, `{"query":${JSON.stringify(query)},"variables":${variables}}`);
      expect(status).toBe(400);
    }
    expect(({} as Json)['id']).toBeUndefined();
  });

  it('a flood of distinct operations is not kept compiled', async () => {
    const send = (i: number) => ask(demo, ADA, `query Flood${i} { me { name } }`);
    const times = (name: string) => compiled.filter((known) => known === name).length;
    await send(0);
    await send(0);
    expect(times('Flood0')).toBe(1);
    for (let i = 1; i <= 510; i += 30) await Promise.all(Array.from({ length: 30 }, (_, j) => send(i + j)));
    await send(0);
    expect(times('Flood0')).toBe(2);
  }, 60_000);
});

describe('6: a cursor of somebody else’s page', () => {
  const page =
    'query P($id: ID!, $after: String) @purpose(of: CHILD_PROTECTION) { person(id: $id) { involvements(first: 50, after: $after) { nodes { id } edges { cursor } pageInfo { hasPreviousPage } } } }';
  const answerTo = (worker: string, after: string | null) => ask(demo, worker, page, { id: tilly, after });
  const pageOf = async (worker: string) => (await answerTo(worker, null)).data['person'].involvements as Json;

  it('tells no more than one of nothing that stands in this list', async () => {
    const mine = await pageOf(OFFICER);
    const shown = new Set((mine['nodes'] as Json[]).map(({ id }) => id));
    const all = await pageOf(ADA);
    const hidden = (all['nodes'] as Json[]).findIndex(({ id }) => !shown.has(id));
    const elsewhere = (
      await ask(demo, OFFICER, 'query E @purpose(of: CHILD_PROTECTION) { families(first: 20) { edges { cursor } } }')
    ).data['families'].edges[0].cursor as string;
    expect(hidden).toBeGreaterThanOrEqual(0);
    const cursors = [all['edges'][hidden].cursor, elsewhere];
    const [first, second] = await Promise.all(cursors.map((after) => answerTo(OFFICER, after)));
    expect(first?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(first?.errors).toEqual(second?.errors);
    expect([first?.data, second?.data]).toEqual([null, null]);
  });
});

describe('14: what is withheld', () => {
  it('is null where it stands, and blanks neither its record nor the siblings', async () => {
    const query =
      'query N($id: ID!) @purpose(of: CHILD_PROTECTION) { person(id: $id) { forename addresses { postcode } surname } }';
    const { data, errors } = await ask(demo, 'tm-orla-finch', query, { id: mira });
    expect(errors).toBeUndefined();
    expect(data['person']).toEqual({ forename: 'Mira', addresses: null, surname: 'Quist' });
  });
});

describe('18: a hash', () => {
  it('runs no document that somebody sent with it before', async () => {
    const query = '{ me { name } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    await post(ADA, JSON.stringify({ query, extensions }));
    const { answer } = await post(OFFICER, JSON.stringify({ extensions }));
    expect(answer['data'] ?? null).toBeNull();
    expect(codeOf(answer)).toBe('BAD_REQUEST');
    expect((await post(OFFICER, JSON.stringify({ query }))).answer['data'].me.name).toBe('Zeke Morrow');
  });
});

describe('5: inputs', () => {
  it('filter by whose work it is, and by nothing that a record holds', async () => {
    const { data } = await ask(demo, ADA, '{ __schema { types { name inputFields { name } } } }');
    const inputs = (data['__schema'].types as Json[]).filter(({ name }) => /Filter|Where|Order|Search/.test(name));
    const named = inputs
      .filter(({ inputFields }) => inputFields)
      .map(({ name, inputFields }) => [name, (inputFields as Json[]).map((field) => field['name'])]);
    // An officer's filters of the log and of alerts are of what its entries say, and find nothing by what that officer may not see
    // (test/oversight/audit-named.test.ts).
    expect(named.filter(([name]) => name !== 'AuditFilter' && name !== 'AlertFilter')).toEqual([
      ['FamilyFilter', ['scope']],
    ]);
  });
});

describe('7: what is withheld', () => {
  it('is said once, however many records stand behind it', async () => {
    const people = await peopleOf(demo, 'sw-cleo-marchbank');
    const query =
      'query W($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { ... on Adult { adultWork { nodes { id } withheld { outcome holder { id } category reason } } } } }';
    const { data } = await ask(demo, 'sw-bram-hollis', query, {
      id: (await peopleOf(demo, 'sw-bram-hollis'))['Lena Pike'],
    });
    const [entry] = await demo.audit.read({ limit: 1 });
    const brokered = entry?.body.outcomes.filter(
      ([index, , , type]) => type === 'SubstanceMisuseRecord' && entry.body.decisions[index]?.outcome === 'BROKERED',
    );
    expect(brokered?.flatMap(([, , , , ids]) => ids).length).toBeGreaterThan(0);
    const notices = data['person'].adultWork.withheld as Json[];
    expect(notices).toEqual([{ outcome: 'BROKERED', holder: { id: 'haven' }, category: null, reason: null }]);
    const nessa = await ask(demo, 'sw-cleo-marchbank', query, { id: people['Nessa Norbury'] });
    const [last] = await demo.audit.read({ limit: 1 });
    const behind = last?.body.outcomes.filter(([index]) => last.body.decisions[index]?.outcome === 'BROKERED') ?? [];
    expect(behind.flatMap(([, , , , ids]) => ids).length).toBeGreaterThan(0);
    expect(nessa.data['person'].adultWork.withheld.length).toBe(1);
  });

  it('is said in the same bytes of one record and of many', async () => {
    const query =
      'query W @purpose(of: SUPERVISION) { families(first: 100) { withheld { outcome category reason } nodes { members { person { withheld { outcome category reason } } } } } }';
    for (const worker of ['kw-otto-blythe', 'rw-rory-ember', OFFICER]) {
      const { data, errors } = await ask(demo, worker, query);
      if (errors) continue;
      const lists = (data['families'].nodes as Json[]).flatMap(({ members }) =>
        (members as Json[]).map(({ person }) => (person?.withheld ?? []) as Json[]),
      );
      for (const list of lists) expect(new Set(list.map((notice) => JSON.stringify(notice))).size).toBe(list.length);
    }
    expect(mira).not.toBe('');
  });
});
