/** What is refused for what was asked says which rule it misses, and never what was given. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { MISSED_RULES } from '../../src/graph/errors.js';
import { type Asked, ask, startDemo } from '../attacks/demo.js';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => demo.stop());

const CANARY = 'Canaryvalue';
const WORK = '@purpose(of: SUPERVISION)';
const OFFICE = '@purpose(of: INFORMATION_GOVERNANCE)';

describe('an argument that misses a rule', () => {
  it.each<[string, string, string, keyof typeof MISSED_RULES]>([
    [
      'one field to find by',
      'sw-ada-thorne',
      `query Q ${WORK} { findPerson(surname: "${CANARY}") { persons { id } } }`,
      'FIND_BY',
    ],
    ['a page below 0', 'sw-ada-thorne', `query Q ${WORK} { families(first: -1) { nodes { id } } }`, 'PAGE_SIZE'],
    [
      'a page past the most',
      'sw-ada-thorne',
      `query Q ${WORK} { families(first: 1001) { nodes { id } } }`,
      'PAGE_SIZE',
    ],
    [
      'a cursor of another',
      'sw-ada-thorne',
      `query Q ${WORK} { families(after: "${CANARY}") { nodes { id } } }`,
      'CURSOR',
    ],
    [
      'totals of nothing',
      'ig-sol-whitby',
      `query Q ${OFFICE} { audit { totals(of: WORKER, from: "2026-11-01", until: "2026-11-02", first: 0) { name } } }`,
      'TOTALS_FIRST',
    ],
    [
      'checkpoints out of order',
      'sw-ada-thorne',
      'query Q { auditConsistencyFile(from: 7, to: 3) }',
      'CHECKPOINT_SIZES',
    ],
    [
      'a filter that is none',
      'ig-sol-whitby',
      `mutation M ${OFFICE} { saveAuditQuestion(name: "x", question: RECEIVED, filter: "${CANARY}") { id } }`,
      'FILTER',
    ],
  ])('is refused by its rule: %s', async (_, worker, query, rule) => {
    const { errors } = await ask(demo, worker, query);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toBe(
      `A variable or argument does not fit what the schema asks for: ${MISSED_RULES[rule]}.`,
    );
    expect(JSON.stringify(errors)).not.toContain(CANARY);
  });

  it('of a variable’s type is refused by the variable’s name, without a word of what it holds', async () => {
    const query = `query Q($first: Int) ${WORK} { families(first: $first) { nodes { id } } }`;
    const { errors } = await ask(demo, 'sw-ada-thorne', query, { first: CANARY });
    expect(errors).toMatchObject([
      { message: 'A variable or argument does not fit what the schema asks for: $first.' },
    ]);
    const missing = await ask(demo, 'sw-ada-thorne', `query Q($id: ID!) ${WORK} { person(id: $id) { id } }`);
    expect(missing.errors).toMatchObject([{ message: expect.stringMatching(/: \$id\.$/) }]);
  });
});

const NAMED = ['A', 'B'].map((name) => `query ${name} ${WORK} { __typename }`);

it.each<[string, string, string | undefined]>([
  ['several and no name', NAMED.join(' '), undefined],
  ['several and a name of none of them', NAMED.join(' '), 'C'],
  ['one and another name', NAMED.slice(0, 1).join(' '), 'B'],
  ['several without a purpose', 'query A { __typename } query B { __typename }', undefined],
])('an operation that cannot be told is refused as that, and is an entry: %s', async (_, query, operationName) => {
  const authorization = `Bearer ${await demo.tokenOf('sw-ada-thorne')}`;
  const headers = { 'content-type': 'application/json', authorization };
  const response = await fetch(demo.url, { method: 'POST', headers, body: JSON.stringify({ query, operationName }) });
  const { errors, extensions } = (await response.json()) as Asked;
  expect(response.status).toBe(400);
  expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }]);
  expect(extensions?.receipt?.entry).toBeTruthy();
});

it('a document too long to be read is called that, and not misspelt', async () => {
  const aliases = Array.from({ length: 2000 }, (_, i) => `a${i}: __typename`).join(' ');
  const { errors } = await ask(demo, 'sw-ada-thorne', `query Q ${WORK} { ${aliases} }`);
  expect(errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
});

it('a question that lacks something is not called a statement', async () => {
  const { errors } = await ask(demo, 'ig-sol-whitby', `query Q ${OFFICE} { audit { received { nodes { id } } } }`);
  expect(errors).toMatchObject([
    {
      message: 'This cannot be taken as it stands: name a worker, a team or an agency, and only one of them.',
      extensions: { code: 'NOT_VALID' },
    },
  ]);
});
