/**
 * Ways in through GraphQL, against the running gateway and the named families. Numbers are those of the list of known attacks
 * on gateways of this kind (docs/attacks.md). Each test fails when its defence is taken out.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, familyOf, type Json, peopleOf, startDemo } from './demo.js';

let demo: Demo;
/** Node ids as Mira's own social worker gets them: what an attacker might have come by. */
let mira: string;
let tilly: string;
let family: string;
/** What only Mira's side may know: her new address. */
const SECRET = 'ZZ17 9HR';
const OFFICER = 'dao-zeke-morrow';
const OUTSIDER = 'sw-isla-penrose';

beforeAll(async () => {
  demo = await startDemo();
  const people = await peopleOf(demo, 'sw-ada-thorne');
  mira = people['Mira Quist'] ?? '';
  tilly = people['Tilly Marlow'] ?? '';
  family = await familyOf(demo, 'sw-ada-thorne', 'Quist');
});
afterAll(() => demo.stop());

const text = async (worker: string, query: string, variables: Record<string, unknown> = {}) =>
  JSON.stringify(await ask(demo, worker, query, variables));
const dataOf = async (worker: string, query: string, variables: Record<string, unknown> = {}) =>
  (await ask(demo, worker, query, variables)).data;
const stripped = (answer: object) => JSON.stringify({ ...answer, extensions: undefined });

describe('a protected field', () => {
  it('1: is not reached by an alias, nor twice under two', async () => {
    const seen = await text(
      OFFICER,
      'query A($id: ID!) @purpose(of: CHILD_PROTECTION) { person(id: $id) { a: addresses { p: postcode } b: addresses { q: postcode } x: surname } }',
      { id: mira },
    );
    expect(seen).not.toContain(SECRET);
    expect(seen).not.toContain('Quist');
  });

  it('2: is not reached through an interface, nor by fragments', async () => {
    const query = `query F($id: ID!) @purpose(of: CHILD_PROTECTION) { node(id: $id) { ... on Person { ...P } ... on Adult { addresses { postcode } adultWork { nodes { ... on DomesticAbuseRecord { safeContact safetyPlan } } } } } } fragment P on Person { addresses { postcode } surname }`;
    expect((await dataOf(OFFICER, query, { id: mira }))['node']).toBeNull();
  });

  it('3: is not told by what derives from it', async () => {
    const seen = await dataOf(
      OFFICER,
      'query D($id: ID!) @purpose(of: CHILD_PROTECTION) { family(id: $id) { members { person { __typename forename withheld { holder { id } } } } } }',
      { id: family },
    );
    const members = (seen['family'].members as Json[]).map(({ person }) => person);
    expect(members.map((person) => person?.forename ?? null)).not.toContain('Mira');
    expect(JSON.stringify(members)).not.toContain('safe');
  });

  it.each([
    ['node', 'query N($id: ID!) @purpose(of: CHILD_PROTECTION) { it: node(id: $id) { id } }'],
    ['person', 'query N($id: ID!) @purpose(of: CHILD_PROTECTION) { it: person(id: $id) { id } }'],
  ])('4: is not reached by %s(id)', async (_, query) => {
    expect((await dataOf(OFFICER, query, { id: mira }))['it']).toBeNull();
  });

  it('4: a record is not reached by its id, nor over the back-edge of one that may be seen', async () => {
    const own = await dataOf(
      'dap-willa-jessop',
      'query O($id: ID!) @purpose(of: CHILD_PROTECTION) { person(id: $id) { ... on Adult { adultWork { nodes { id } } } } }',
      { id: mira },
    );
    for (const { id } of own['person'].adultWork.nodes as Json[]) {
      expect(
        (await dataOf(OFFICER, 'query R($id: ID!) @purpose(of: CHILD_PROTECTION) { node(id: $id) { id } }', { id }))[
          'node'
        ],
      ).toBeNull();
    }
    const back = await text(
      OFFICER,
      'query B($id: ID!) @purpose(of: CHILD_PROTECTION) { person(id: $id) { relationships { nodes { other { surname addresses { postcode } relationships { nodes { other { addresses { postcode } } } } } } } } }',
      { id: tilly },
    );
    expect(back).not.toContain(SECRET);
    expect(back).not.toContain('Quist');
  });

  it('13: is not reached by @skip and @include, literal or by variable', async () => {
    const query =
      'query S($id: ID!, $yes: Boolean!, $no: Boolean!) @purpose(of: CHILD_PROTECTION) { person(id: $id) @include(if: $yes) { addresses @skip(if: $no) { postcode @include(if: true) } surname @skip(if: false) } }';
    expect(await text(OFFICER, query, { id: mira, yes: true, no: false })).not.toContain(SECRET);
  });
});

describe('an error', () => {
  it('9: says the same of what is hidden, of what never was, and of what is malformed', async () => {
    const query = 'query E($id: ID!) @purpose(of: DIRECT_WORK) { person(id: $id) { id surname } }';
    const ids = [mira, Buffer.from('Person:P-9999999').toString('base64url'), 'garbage', '', `${'A'.repeat(400)}`];
    const answers = await Promise.all(ids.map((id) => ask(demo, OUTSIDER, query, { id })));
    expect(new Set(answers.map(stripped))).toEqual(new Set(['{"data":{"person":null}}']));
  });

  it('9: of a mutation on somebody hidden says the same as of nobody', async () => {
    const query =
      'mutation M($id: ID!) @purpose(of: DIRECT_WORK) { recordConsent(input: { subject: $id, state: REFUSED, givenBy: $id, capacity: SELF, categories: [IDENTITY], holders: ["csc"], recipients: ["eh"], purposes: [DIRECT_WORK], method: "x" }) { id } }';
    const answers = await Promise.all(
      [mira, Buffer.from('Person:P-9999999').toString('base64url')].map((id) => ask(demo, OUTSIDER, query, { id })),
    );
    expect(new Set(answers.map(stripped)).size).toBe(1);
    expect(answers[0]?.errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
    const consents =
      answers.length &&
      (await Promise.all(
        ['no-such', 'c-1001'].map((consent) =>
          ask(
            demo,
            OUTSIDER,
            'mutation W($consent: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $consent, method: "x") { id } }',
            { consent },
          ),
        ),
      ));
    expect(new Set((consents as object[]).map(stripped)).size).toBe(1);
  });

  it.each([
    ['a misspelt field', 'query @purpose(of: DIRECT_WORK) { families { nodes { idd } } }'],
    ['a misspelt enum value', 'query @purpose(of: DIRECT_WORC) { families { nodes { id } } }'],
    ['a misspelt argument', 'query @purpose(of: DIRECT_WORK) { person(idd: "x") { id } }'],
    ['a misspelt type', 'query @purpose(of: DIRECT_WORK) { node(id: "x") { ... on Childd { id } } }'],
    ['an unknown directive', 'query @purpos(of: DIRECT_WORK) { families { nodes { id } } }'],
  ])('11: of %s suggests nothing and holds no stack', async (_, query) => {
    const seen = await text('sw-ada-thorne', query);
    expect(seen).not.toMatch(/did you mean|DIRECT_WORK\b|stack|node_modules/i);
    expect(seen).toContain('GRAPHQL_VALIDATION_FAILED');
  });

  it('11: of a variable that does not fit suggests no enum value', async () => {
    const answer = await ask(
      demo,
      'sw-ada-thorne',
      'query V($scope: FamilyScope) @purpose(of: DIRECT_WORK) { families(filter: { scope: $scope }) { nodes { id } } }',
      { scope: 'MINEE' },
    );
    expect(stripped(answer)).not.toMatch(/MINE\b|TEAM|did you mean/i);
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('introspection', () => {
  it('12: mixed in does not switch the door off', async () => {
    const seen = await text(
      OUTSIDER,
      'query I($id: ID!) @purpose(of: DIRECT_WORK) { __typename __schema { queryType { name } } __type(name: "Person") { name } family(id: $id) { __typename id } }',
      { id: family },
    );
    expect(JSON.parse(seen).data.family).toBeNull();
  });

  it('12: does not spare anybody a purpose', async () => {
    const { errors } = await ask(demo, 'sw-ada-thorne', '{ __typename families { nodes { id } } }');
    expect(errors?.[0]?.extensions.code).toBe('PURPOSE_REQUIRED');
  });
});

describe('a page', () => {
  const page =
    'query P($id: ID!, $first: Int, $after: String) @purpose(of: CHILD_PROTECTION) { person(id: $id) { involvements(first: $first, after: $after) { nodes { id } edges { cursor } pageInfo { hasNextPage endCursor } } } }';
  it('6, 7: counts and pages over what may be shown only', async () => {
    const all = (await dataOf(OFFICER, page, { id: tilly, first: 100 }))['person'].involvements;
    expect(all.pageInfo.hasNextPage).toBe(false);
    const exact = (await dataOf(OFFICER, page, { id: tilly, first: all.nodes.length }))['person'].involvements;
    expect(exact.pageInfo.hasNextPage).toBe(false);
    expect(exact.nodes).toEqual(all.nodes);
  });

  it('6: takes no cursor that is not its own', async () => {
    for (const after of ['MQ', Buffer.from('Involvement:social-care:1').toString('base64url'), '__proto__']) {
      const { errors } = await ask(demo, OFFICER, page, { id: tilly, after });
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('20: is no larger than its limit, and no operation deeper or wider than its own', async () => {
    const queries = [
      'query @purpose(of: SUPERVISION) { families(first: 100000) { nodes { id } } }',
      `query @purpose(of: SUPERVISION) { ${Array.from({ length: 60 }, (_, i) => `p${i}: person(id: "x") { id }`).join(' ')} }`,
      `query @purpose(of: SUPERVISION) { families { nodes { ${'members { person { relationships { nodes { other { relationships { nodes { other { '.repeat(3)} id ${'} } } } } } } } '.repeat(3)} } } }`,
      `query @purpose(of: SUPERVISION) { ${'a '.repeat(20000)} }`,
    ];
    for (const query of queries) expect((await ask(demo, 'sw-ada-thorne', query)).errors?.length).toBeGreaterThan(0);
  });

  it('21: prototype names as alias or variable are refused', async () => {
    const alias = await ask(
      demo,
      'sw-ada-thorne',
      'query @purpose(of: SUPERVISION) { __proto__: families { nodes { id } } }',
    );
    const variable = await ask(
      demo,
      'sw-ada-thorne',
      'query Q($constructor: ID!) @purpose(of: SUPERVISION) { person(id: $constructor) { id } }',
      { constructor: 'x' },
    );
    for (const { errors } of [alias, variable])
      expect(errors?.[0]?.extensions.code).toMatch(/TOO_COMPLEX|GRAPHQL_VALIDATION_FAILED|INTERNAL/);
    expect(alias.errors?.[0]?.extensions.code).not.toBe('INTERNAL');
  });
});

describe('the requester', () => {
  it('14: gets the siblings of what is withheld', async () => {
    const seen = await dataOf(
      'rw-rory-ember',
      'query N @purpose(of: SUPERVISION) { families(first: 100) { nodes { members { person { forename } } } } }',
    );
    const members = (seen['families'].nodes as Json[]).flatMap(({ members: all }) => all as Json[]);
    expect(members.some(({ person }) => person?.forename)).toBe(true);
  });

  it('15, 16: shares nothing with another who asks the same at the same time', async () => {
    const query =
      'query S($id: ID!) @purpose(of: CHILD_PROTECTION) { person(id: $id) { surname addresses { postcode } } }';
    const workers = ['dap-willa-jessop', OFFICER, 'dap-willa-jessop', OUTSIDER, OFFICER, 'sw-ada-thorne', OFFICER];
    const answers = await Promise.all(workers.map((worker) => text(worker, query, { id: mira })));
    for (const [i, worker] of workers.entries())
      expect(answers[i]?.includes(SECRET)).toBe(['dap-willa-jessop', 'sw-ada-thorne'].includes(worker));
  });

  it('22: with two roles asks as one, and never as both', async () => {
    const query = (as: string) =>
      `query R @purpose(of: DIRECT_WORK${as}) { families { nodes { members { person { surname } } } } }`;
    expect((await ask(demo, 'sw-vera-lindqvist', query(''))).errors?.[0]?.extensions.code).toBe('ROLE_REQUIRED');
    expect((await ask(demo, 'sw-vera-lindqvist', query(', as: TEAM_MANAGER'))).errors?.[0]?.extensions.code).toBe(
      'ROLE_REQUIRED',
    );
    expect(await text('sw-vera-lindqvist', query(', as: SOCIAL_WORKER'))).toContain('Ollerton');
    expect(await text('sw-vera-lindqvist', query(', as: DATA_STEWARD'))).not.toContain('Ollerton');
  });

  it.each([
    'EMERGENCY',
    'S47_ENQUIRY',
    'STEP_UP',
    'STEP_DOWN',
    'COURT_PROCEEDINGS',
    'SERVICE_MEASURES',
    'INFORMATION_GOVERNANCE',
    'SUBJECT_ACCESS',
  ])('23: gains nothing by declaring %s without evidence', async (purpose) => {
    const id = await familyOf(demo, 'sw-bram-hollis', 'Pike');
    const seen = await text(
      'sw-bram-hollis',
      `query P($id: ID!) @purpose(of: ${purpose}) { family(id: $id) { members { person { forename ... on Adult { adultWork { nodes { id } } } } } } }`,
      { id },
    );
    expect(seen).not.toMatch(/"forename":"|"nodes":\[\{/);
  });

  it('5, 8: has no filter or count over fields they may not read', async () => {
    const { data } = await ask(
      demo,
      'sw-ada-thorne',
      '{ __schema { types { name fields { name args { name } } inputFields { name } } } }',
    );
    const types = data['__schema'].types as Json[];
    // What officers ask of the log is closed to everybody else, and held by tests of its own (test/oversight).
    const others = types.filter(({ name }) => name !== 'Audit' && name !== 'PolicyChange');
    const args = new Set(
      others.flatMap(({ fields }) =>
        ((fields ?? []) as Json[]).flatMap(({ args: all }) => (all as Json[]).map(({ name }) => name)),
      ),
    );
    expect([...args].filter((name) => !name.startsWith('__')).sort()).toEqual(
      [
        // Beside what lists and looks up: the questions of `explain` and `explainAt` (officers only) and the filters of the published rules.
        'after',
        // Of the requests that one may answer: those that are no longer open.
        'answered',
        'at',
        'category',
        'confidentiality',
        'consent',
        'dateOfBirth',
        'entry',
        'family',
        'filter',
        'finding',
        'first',
        'forename',
        // from, to: sizes of the log's tree. receipt: one's own.
        'from',
        'holder',
        'id',
        'includeDeprecated',
        'input',
        // knownAt, validAt: of statements that are shown anyway (test/sharing/consents.test.ts).
        'knownAt',
        'member',
        'method',
        'name',
        // Finds who is shown with it, and nobody else (19).
        'nhsNumber',
        // outcome, question: of an officer's own alerts and questions.
        'outcome',
        'person',
        'purpose',
        'question',
        'reason',
        'receipt',
        'recordKind',
        'role',
        'serviceConsent',
        // Of a link that a steward undoes.
        'source',
        // Of the steward's queue: what has been decided, of pairs that they may see anyway.
        'state',
        'surname',
        'to',
        'validAt',
        'why',
        'worker',
      ].filter((name) => args.has(name)),
    );
    const fields = new Set(types.flatMap(({ fields: all }) => ((all ?? []) as Json[]).map(({ name }) => name)));
    for (const name of ['totalCount', 'count', 'aggregate', 'lastUpdated', 'hasRecords'])
      expect(fields).not.toContain(name);
  });

  it('19: finds nobody by guessing', async () => {
    const query =
      'query G @purpose(of: DIRECT_WORK) { findPerson(forename: "Mira", surname: "Quist", dateOfBirth: "1993-04-17") { persons { id } sources { source state } notice } }';
    const absent = query.replace('Quist', 'Nobody');
    expect(stripped(await ask(demo, OUTSIDER, query))).toBe(stripped(await ask(demo, OUTSIDER, absent)));
    expect(
      (
        await ask(
          demo,
          OUTSIDER,
          'query G @purpose(of: DIRECT_WORK) { findPerson(surname: "Quist") { persons { id } } }',
        )
      ).errors?.[0]?.extensions.code,
    ).toBe('BAD_USER_INPUT');
  });

  it('19: finds by NHS number only who is shown with that number', async () => {
    const query = (given: string) =>
      `query G @purpose(of: DIRECT_WORK) { findPerson(${given}) { persons { forename nhsNumber } sources { source state } notice } }`;
    const mira = query('nhsNumber: "999 400 0373"');
    const { data } = await ask(demo, 'sw-ada-thorne', mira);
    expect(data['findPerson'].persons).toEqual([{ forename: 'Mira', nhsNumber: '9994000373' }]);
    const also = await ask(demo, 'sw-ada-thorne', query('nhsNumber: "9994000373", surname: "quist"'));
    expect(also.data['findPerson'].persons).toHaveLength(1);
    const nobody = stripped(await ask(demo, OUTSIDER, query('nhsNumber: "9994999997"')));
    expect(stripped(await ask(demo, OUTSIDER, mira))).toBe(nobody);
    for (const given of ['nhsNumber: "9994000374"', 'nhsNumber: "%"', 'nhsNumber: "9994000373", surname: "Nobody"'])
      expect(stripped(await ask(demo, 'sw-ada-thorne', query(given)))).toBe(nobody);
    const empty = await ask(demo, 'sw-ada-thorne', query('nhsNumber: " "'));
    expect(empty.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('what is read ahead', () => {
  const typesOf = async () =>
    new Set((await demo.audit.read({ limit: 1 }))[0]?.body.outcomes.map(([, , , type]) => type));
  const query = (
    skip: string,
  ) => `query Ahead${skip.includes('$') ? '($no: Boolean = true)' : ''} @purpose(of: SUPERVISION) { a: families { nodes { members { person { ...P } } } } b: families { nodes { id members { person { ...P } } } } }
    fragment P on Person { __typename forename ... on Adult { adultWork ${skip} { nodes { id } } } }`;

  it('13: is not what is skipped, by a literal or a variable', async () => {
    for (const skip of ['@skip(if: true)', '@skip(if: $no)']) {
      const { errors } = await ask(demo, 'sw-cleo-marchbank', query(skip));
      expect(errors).toBeUndefined();
      expect(await typesOf()).not.toContain('SubstanceMisuseRecord');
    }
  });

  it('28: passes the door and stands in the log once, asked for under two aliases', async () => {
    const { data } = await ask(demo, 'sw-cleo-marchbank', query('@skip(if: false)'));
    expect(data['a'].nodes.map(({ members }: Json) => members)).toEqual(
      data['b'].nodes.map(({ members }: Json) => members),
    );
    const [entry] = await demo.audit.read({ limit: 1 });
    const ids =
      entry?.body.outcomes.filter(([, , , type]) => type === 'SubstanceMisuseRecord').flatMap(([, , , , all]) => all) ??
      [];
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the log', () => {
  it('28: names the types of records and not what a client called them, and has every operation, refused ones too', async () => {
    const answer = await ask(
      demo,
      OFFICER,
      'query Renamed($id: ID!) @purpose(of: CHILD_PROTECTION) { nothing: person(id: $id) { harmless: addresses { x: postcode } } }',
      { id: mira },
    );
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.id).toBe(answer.extensions?.receipt?.entry);
    expect(JSON.stringify(entry?.body)).not.toMatch(/harmless|nothing|ZZ17/);
    expect(entry?.body.outcomes.map(([, , , type]) => type)).toContain('PersonDetails');
    const refused = await ask(demo, OFFICER, '{ families { nodes { id } } }');
    const [last] = await demo.audit.read({ limit: 1 });
    expect(last?.body).toMatchObject({
      id: refused.extensions?.receipt?.entry,
      result: 'REFUSED',
      code: 'PURPOSE_REQUIRED',
    });
  });
});

describe('31: what people said', () => {
  const RECORD = 'mutation R($input: ConsentInput!) @purpose(of: DIRECT_WORK) { recordConsent(input: $input) { id } }';
  const input = (more: object) => ({
    state: 'GIVEN',
    capacity: 'SELF',
    categories: ['CONTACT'],
    holders: ['safe'],
    recipients: ['prob'],
    purposes: ['DIRECT_WORK'],
    method: 'x',
    ...more,
  });

  it('is neither shown to the other side nor taken back by it, and tells it nothing', async () => {
    const statements = ['c-1005', 'c-1004', 'no-such'].map((consent) =>
      ask(
        demo,
        OFFICER,
        'mutation W($consent: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $consent, method: "x") { holders } }',
        { consent },
      ),
    );
    const nobody = Buffer.from('Person:P-9999999').toString('base64url');
    const records = [mira, nobody].map((subject) =>
      ask(demo, OFFICER, RECORD, { input: input({ subject, givenBy: subject }) }),
    );
    const speakers = [mira, nobody].map((givenBy) =>
      ask(demo, OFFICER, RECORD, {
        input: input({
          subject: tilly,
          givenBy,
          capacity: 'PARENTAL_RESPONSIBILITY',
          holders: ['prob'],
          recipients: ['csc'],
        }),
      }),
    );
    for (const group of [statements, records]) expect(new Set((await Promise.all(group)).map(stripped)).size).toBe(1);
    expect((await Promise.all(speakers)).map(({ data }) => data)).toEqual([null, null]);
    const shown = await dataOf(
      OFFICER,
      'query C($id: ID!) @purpose(of: DIRECT_WORK) { consents(person: $id) { id } exceptions(person: $id) { id } }',
      { id: mira },
    );
    expect(shown).toEqual({ consents: [], exceptions: [] });
  });

  it('is recorded by an agency for its own side only', async () => {
    const { 'Lena Pike': lena } = await peopleOf(demo, 'sw-bram-hollis');
    for (const sides of [
      { holders: ['haven'], recipients: ['mht'] },
      { holders: ['csc', 'haven'], recipients: ['csc', 'mht'] },
    ]) {
      const answer = await ask(demo, 'sw-bram-hollis', RECORD, {
        input: input({ subject: lena, givenBy: lena, ...sides }),
      });
      expect(answer.errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
    }
  });

  it('does not tell a recipient of what was refused or taken back', async () => {
    const people = await peopleOf(demo, 'sw-cleo-marchbank');
    const idsOf = async (worker: string, name: string) =>
      (
        (
          await dataOf(worker, 'query C($id: ID!) @purpose(of: DIRECT_WORK) { consents(person: $id) { id } }', {
            id: people[name],
          })
        )['consents'] as Json[]
      ).map(({ id }) => id);
    expect(await idsOf('sw-cleo-marchbank', 'Wanda Wickstead')).not.toContain('c-1024');
    expect(await idsOf('sw-cleo-marchbank', 'Rufina Redfern')).toEqual(['c-1022']);
    expect(await idsOf('rw-rory-ember', 'Wanda Wickstead')).toEqual(expect.arrayContaining(['c-1024', 'c-1027']));
    expect(await idsOf('sw-cleo-marchbank', 'Gilda Garrick')).toContain('c-1018');
  });

  it('as a refusal has no end that would undo it', async () => {
    const { 'Rufina Redfern': rufina } = await peopleOf(demo, 'sw-cleo-marchbank');
    const answer = await ask(demo, 'sw-cleo-marchbank', RECORD, {
      input: input({
        subject: rufina,
        givenBy: rufina,
        state: 'REFUSED',
        holders: ['haven'],
        recipients: ['csc'],
        from: '2026-01-01T00:00:00Z',
        until: '2026-01-02T00:00:00Z',
      }),
    });
    expect(answer.errors?.[0]?.extensions.code).toBe('NOT_VALID');
  });
});

describe('32: ids', () => {
  it('of families name nobody who is hidden', async () => {
    for (const worker of [OFFICER, 'rw-quinn-darrow']) {
      const { families } = await dataOf(
        worker,
        'query I @purpose(of: DIRECT_WORK) { families(first: 100) { nodes { id } } }',
      );
      const named = (families.nodes as Json[]).map(({ id }) => Buffer.from(id, 'base64url').toString());
      expect(named.filter((id) => id.includes('P-1001:'))).toEqual([]);
    }
  });

  it('of a record give no more than the list that has it', async () => {
    // Both assessments are young enough for the pack: that only the latest is in it is all that hides the other.
    const world = mkdtempSync(join(tmpdir(), 'threshold-attack-'));
    cpSync('test/worlds/walsall-road', world, { recursive: true });
    const file = join(world, 'sources/social-care/ssd_cin_assessments.csv');
    const moved = readFileSync(file, 'utf8').replaceAll(',2026-02-02,Y,2026-03-09,', ',2026-06-01,Y,2026-06-22,');
    writeFileSync(file, moved);
    const other = await startDemo({ THRESHOLD_WORLD: world });
    try {
      const id = await familyOf(other, 'sw-ada-thorne', 'Tolley');
      const listOf = async (worker: string, purpose: string) => {
        const { data } = await ask(
          other,
          worker,
          `query L($id: ID!) @purpose(of: ${purpose}) { family(id: $id) { members { person { ... on Child { assessments { nodes { id } } } } } } }`,
          { id },
        );
        return ((data['family']?.members ?? []) as Json[]).flatMap(({ person }) =>
          ((person?.assessments?.nodes ?? []) as Json[]).map((record): string => record['id']),
        );
      };
      const all = await listOf('sw-ada-thorne', 'DIRECT_WORK');
      const given: string[] = [];
      for (const record of all) {
        const query = 'query N($record: ID!) @purpose(of: STEP_DOWN) { node(id: $record) { id } }';
        const { data } = await ask(other, 'kw-noor-ashdown', query, { record });
        if (data['node'] !== null) given.push(record);
      }
      const listed = await listOf('kw-noor-ashdown', 'STEP_DOWN');
      expect(all.length).toBe(2 * listed.length);
      expect(listed.length).toBeGreaterThan(0);
      expect(given.sort()).toEqual(listed.sort());
    } finally {
      await other.stop();
      rmSync(world, { recursive: true, force: true });
    }
  });
});

describe('32: the id of a family that names somebody who is hidden', () => {
  const node =
    'query F($id: ID!) @purpose(of: CHILD_PROTECTION) { node(id: $id) { ... on Family { members { person { id } } } } }';
  const idOf = (member: string, key: string) =>
    Buffer.from(`Family:${member}:social-care:${key}`).toString('base64url');
  const told = async (worker: string, member: string, key: string) =>
    JSON.stringify((await ask(demo, worker, node, { id: idOf(member, key) })).data);

  it('tells a worker of the family what one that names nobody tells', async () => {
    const nobody = await told(OFFICER, 'P-9999', '7001');
    expect(nobody).toContain('person');
    for (const member of ['P-1001', 'P-1002', 'P-1003', 'P-1004', 'P-1029', ''])
      expect(await told(OFFICER, member, '7001')).toBe(nobody);
  });

  it('tells whoever works with nobody included nothing, whomever it names', async () => {
    const nobody = await told('dao-aldo-nettle', 'P-9999', '7012');
    expect(JSON.parse(nobody)).toEqual({ node: null });
    for (const member of ['P-1029', 'P-1030', 'P-1031', 'P-1032', ''])
      expect(await told('dao-aldo-nettle', member, '7012')).toBe(nobody);
  });
});
