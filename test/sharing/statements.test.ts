/** Recording what people said, through the running gateway: who may, what is refused and why, and that it counts at once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, type Json, peopleOf, startDemo } from '../attacks/demo.js';

let demo: Demo;
let people: { readonly [name: string]: string };
beforeAll(async () => {
  demo = await startDemo();
  people = {
    ...(await peopleOf(demo, 'sw-cleo-marchbank')),
    ...(await peopleOf(demo, 'sw-bram-hollis')),
    ...(await peopleOf(demo, 'sw-ada-thorne')),
  };
});
afterAll(() => demo.stop());

const RECORD =
  'mutation R($input: ConsentInput!) @purpose(of: DIRECT_WORK) { recordConsent(input: $input) { id state capacity categories recordedAt } }';
const consent = (subject: string, more: object = {}) => ({
  subject: people[subject],
  state: 'GIVEN',
  givenBy: people[subject],
  capacity: 'SELF',
  categories: ['SUBSTANCE_MISUSE'],
  holders: ['haven'],
  recipients: ['csc'],
  purposes: ['SUPERVISION'],
  method: 'signed form',
  ...more,
});
const codeOf = (answer: Json) => answer['errors']?.[0]?.extensions.code;
const messageOf = (answer: Json) => answer['errors']?.[0]?.message as string;

describe('a consent', () => {
  it('opens what it covers, from the next operation on', async () => {
    const query =
      'query A($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { ... on Adult { adultWork { nodes { id } withheld { outcome } } } } }';
    const before = await ask(demo, 'sw-cleo-marchbank', query, { id: people['Nessa Norbury'] });
    expect(before.data['person'].adultWork).toMatchObject({ nodes: [], withheld: [{ outcome: 'BROKERED' }] });
    const { data } = await ask(demo, 'rw-rory-ember', RECORD, { input: consent('Nessa Norbury') });
    expect(data['recordConsent']).toMatchObject({ state: 'GIVEN', capacity: 'SELF', categories: ['SUBSTANCE_MISUSE'] });
    const after = await ask(demo, 'sw-cleo-marchbank', query, { id: people['Nessa Norbury'] });
    expect(after.data['person'].adultWork.nodes.length).toBe(1);
    const [, entry] = await demo.audit.read({ limit: 2 });
    expect(entry?.body.statements).toMatchObject([{ did: 'CONSENT', policies: ['may-record-consent'] }]);
  });

  it.each([
    ['somebody not involved', 'sw-isla-penrose', {}],
    ['an agency that is neither holder nor recipient', 'sw-cleo-marchbank', { holders: ['haven'], recipients: ['eh'] }],
    ['an officer', 'ig-sol-whitby', {}],
  ])('is not recorded by %s', async (_, worker, more) => {
    expect(codeOf(await ask(demo, worker, RECORD, { input: consent('Effie Eastlake', more) }))).toBe('NOT_PERMITTED');
  });

  it.each([
    [
      'a parent without responsibility',
      'Eli Eastlake',
      { capacity: 'PARENTAL_RESPONSIBILITY', givenBy: 'Gilda Garrick' },
      /parental responsibility/,
    ],
    ['somebody else in the adult’s name', 'Effie Eastlake', { givenBy: 'Gilda Garrick' }, /given by the person/],
    ['a child as an adult', 'Eli Eastlake', {}, /OWN_COMPETENCE/],
    ['an agency that is none', 'Effie Eastlake', { holders: ['nobody'] }, /no agency/],
    ['no purpose', 'Effie Eastlake', { purposes: [] }, /at least one/],
    ['an end before its start', 'Effie Eastlake', { until: '2020-01-01T00:00:00Z' }, /ends before/],
  ])('of %s is refused, saying which part', async (_, subject, more, problem) => {
    const givenBy = 'givenBy' in more ? { givenBy: people[(more as { givenBy: string }).givenBy] } : {};
    const answer = await ask(demo, 'sw-cleo-marchbank', RECORD, { input: consent(subject, { ...more, ...givenBy }) });
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(messageOf(answer)).toMatch(problem);
  });

  it('is shown to those it concerns, and to nobody else', async () => {
    const query = 'query C($id: ID!) @purpose(of: DIRECT_WORK) { consents(person: $id) { id holders recipients } }';
    const own = await ask(demo, 'rw-quinn-darrow', query, { id: people['Lena Pike'] });
    expect((own.data['consents'] as Json[]).length).toBeGreaterThan(0);
    for (const worker of ['sw-isla-penrose', 'dao-aldo-nettle', 'ig-sol-whitby']) {
      expect((await ask(demo, worker, query, { id: people['Lena Pike'] })).data['consents']).toEqual([]);
    }
  });
});

describe('a reason why consent is not required', () => {
  const EXCEPT =
    'mutation E($input: ConsentNotRequiredInput!) @purpose(of: SUPERVISION) { recordConsentNotRequired(input: $input) { id gateway overridesRefusal } }';
  const draft = (more: object = {}) => ({
    subjects: [people['Effie Eastlake']],
    gateway: 'CHILDREN_ACT_1989_S17',
    answers: ['The council needs it to assess need.', 'Less would not do.', 'She was told.', 'x'],
    categories: ['SUBSTANCE_MISUSE'],
    holders: ['haven'],
    recipients: ['csc'],
    purposes: ['SUPERVISION'],
    until: '2026-12-20T00:00:00Z',
    ...more,
  });

  it('is refused under no gateway, naming those there are', async () => {
    const answer = await ask(demo, 'sw-cleo-marchbank', EXCEPT, { input: draft({ gateway: 'BECAUSE_I_SAY_SO' }) });
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(messageOf(answer)).toContain('CHILDREN_ACT_1989_S47');
  });

  it('is refused without answers to the gateway’s questions', async () => {
    expect(codeOf(await ask(demo, 'sw-cleo-marchbank', EXCEPT, { input: draft({ answers: [] }) }))).toBe('NOT_VALID');
  });

  it('is not recorded by a practitioner who may not', async () => {
    expect(codeOf(await ask(demo, 'rw-rory-ember', EXCEPT, { input: draft() }))).toBe('NOT_PERMITTED');
  });
});

describe('a judgement of relevance', () => {
  const JUDGE =
    'mutation J($input: RelevanceInput!) @purpose(of: DIRECT_WORK) { judgeRelevance(input: $input) { id decision record } }';
  const RECORDS =
    'query R($id: ID!, $first: Int) @purpose(of: SUPERVISION) { person(id: $id) { ... on Adult { adultWork(first: $first) { nodes { id } } } } }';
  const recordsOf = async (worker: string, name: string) =>
    ((await ask(demo, worker, RECORDS, { id: people[name], first: 50 })).data['person'].adultWork.nodes as Json[]).map(
      ({ id }) => id as string,
    );

  it('is listed with the record it was made of, and the log has what was listed and no more', async () => {
    const query =
      'query J($id: ID!) @purpose(of: DIRECT_WORK) { judgements(person: $id) { id record } consents(person: $id) { id } }';
    const { data } = await ask(demo, 'rw-quinn-darrow', query, { id: people['Lena Pike'] });
    const held = await recordsOf('rw-quinn-darrow', 'Lena Pike');
    const [, entry] = await demo.audit.read({ limit: 2 });
    expect((data['judgements'] as Json[]).length).toBeGreaterThan(0);
    for (const { record } of data['judgements'] as Json[]) expect(held).toContain(record);
    const shown = entry?.body.statements?.flatMap(({ ids }) => ids).sort();
    expect(shown).toEqual([...data['judgements'], ...data['consents']].map(({ id }: Json) => id).sort());
  });

  it('by the holder’s worker lets a record cross', async () => {
    const seen = await recordsOf('sw-bram-hollis', 'Lena Pike');
    const held = await recordsOf('rw-quinn-darrow', 'Lena Pike');
    const unjudged = held.filter((id) => !seen.includes(id));
    expect(unjudged.length).toBeGreaterThan(0);
    for (const record of unjudged) {
      const { data } = await ask(demo, 'rw-quinn-darrow', JUDGE, {
        input: {
          record,
          decision: 'RELEVANT',
          servesChild: people['Josie Pike'],
          factor: '2B',
          why: 'It bears on her mornings.',
        },
      });
      expect(data['judgeRelevance']).toMatchObject({ decision: 'RELEVANT', record });
    }
    expect((await recordsOf('sw-bram-hollis', 'Lena Pike')).sort()).toEqual(held.sort());
  });

  it('is not made by another agency, and says the same of a record that is not there', async () => {
    const [record] = await recordsOf('rw-quinn-darrow', 'Lena Pike');
    const nothing = Buffer.from('SubstanceMisuseRecord:substance-misuse:none').toString('base64url');
    const input = { decision: 'RELEVANT', servesChild: people['Josie Pike'], factor: '2B', why: 'x' };
    const answers = await Promise.all(
      [record, nothing].map((id) => ask(demo, 'sw-bram-hollis', JUDGE, { input: { ...input, record: id } })),
    );
    expect(answers.map(codeOf)).toEqual(['NOT_PERMITTED', 'NOT_PERMITTED']);
  });

  it.each([
    ['an unknown factor', { factor: '99Z' }],
    ['nobody served', { servesChild: null }],
    ['no reason', { why: '  ' }],
  ])('with %s is refused', async (_, more) => {
    const [record] = await recordsOf('rw-quinn-darrow', 'Lena Pike');
    const input = { record, decision: 'RELEVANT', servesChild: people['Josie Pike'], factor: '2B', why: 'x', ...more };
    expect(codeOf(await ask(demo, 'rw-quinn-darrow', JUDGE, { input }))).toBe('NOT_VALID');
  });
});
