/** The consent register through the running gateway: who may speak for whom, reviews, past moments, and being worked with. */
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

const codeOf = (answer: Json) => answer['errors']?.[0]?.extensions.code;
const messageOf = (answer: Json) => answer['errors']?.[0]?.message as string;

const RECORD = `mutation R($input: ConsentInput!) @purpose(of: DIRECT_WORK) {
  recordConsent(input: $input) { id state capacity reviewOn reviewDue competence givenBy { id } recordedAt } }`;
/** Of Eli Eastlake, a child, unless a test says otherwise: by himself, competent. */
const consent = (more: Json = {}) => ({
  subject: people[(more['subject'] as string) ?? 'Eli Eastlake'],
  state: 'GIVEN',
  capacity: 'OWN_COMPETENCE',
  categories: ['PLAN'],
  holders: ['csc'],
  recipients: ['eh'],
  purposes: ['SUPERVISION'],
  method: 'said at school',
  competence: 'Could say in his own words who would read it, and what he did not want read.',
  ...more,
  ...(more['subject'] ? { subject: people[more['subject'] as string] } : {}),
  givenBy: people[(more['givenBy'] as string) ?? (more['subject'] as string) ?? 'Eli Eastlake'],
});
const record = (more: Json = {}, worker = 'sw-cleo-marchbank') => ask(demo, worker, RECORD, { input: consent(more) });
const adult = { subject: 'Effie Eastlake', capacity: 'SELF', competence: null };

describe('on whose behalf', () => {
  it.each([
    [
      'parental responsibility for an adult',
      { ...adult, capacity: 'PARENTAL_RESPONSIBILITY' },
      /capacity: .*child only/,
    ],
    [
      'parental responsibility by somebody who does not hold it',
      { capacity: 'PARENTAL_RESPONSIBILITY', givenBy: 'Gilda Garrick', competence: null },
      /givenBy: .*parental responsibility/,
    ],
    [
      'a child holding responsibility for themselves',
      { capacity: 'PARENTAL_RESPONSIBILITY', competence: null },
      /givenBy: .*parental responsibility/,
    ],
    ['a child’s own competence said by a parent', { givenBy: 'Effie Eastlake' }, /givenBy: .*the person it is about/],
    ['own competence of an adult', { ...adult, capacity: 'OWN_COMPETENCE', competence: 'yes' }, /capacity: .*SELF/],
    ['SELF of a child', { capacity: 'SELF', competence: null }, /capacity: .*OWN_COMPETENCE/],
    ['a child’s agreement without how competence was judged', { competence: ' ' }, /competence: .*Gillick/],
    ['competence where nobody’s is judged', { ...adult, competence: 'very' }, /competence: .*OWN_COMPETENCE/],
    ['an account longer than an account', { competence: 'x'.repeat(4001) }, /competence: at most/],
  ] as [string, Json, RegExp][])('%s is refused, naming the part', async (_, more, problem) => {
    const answer = await record(more);
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(messageOf(answer)).toMatch(problem);
  });

  it('a holder of parental responsibility speaks for the child, a competent child and an adult for themselves', async () => {
    const parent = await record({ capacity: 'PARENTAL_RESPONSIBILITY', givenBy: 'Effie Eastlake', competence: null });
    expect(parent.data['recordConsent']).toMatchObject({
      capacity: 'PARENTAL_RESPONSIBILITY',
      givenBy: { id: people['Effie Eastlake'] },
    });
    expect((await record()).data['recordConsent']).toMatchObject({ competence: expect.stringMatching(/own words/) });
    expect((await record(adult)).data['recordConsent']).toMatchObject({ capacity: 'SELF', competence: null });
  });

  it('a child refuses without anybody judging their competence', async () => {
    const { data } = await record({ state: 'REFUSED', competence: null });
    expect(data['recordConsent']).toMatchObject({ state: 'REFUSED' });
  });

  it('consent recorded for the wrong person is taken back, and the answer says what went out under it', async () => {
    const { data } = await record(adult);
    const { id } = data['recordConsent'] as Json;
    const back = await ask(
      demo,
      'sw-cleo-marchbank',
      'mutation W($id: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $id, method: "recorded for the wrong person") { state releases { complete received { times } } } }',
      { id },
    );
    expect(back.data['withdrawConsent']).toMatchObject({
      state: 'WITHDRAWN',
      releases: { complete: true, received: [] },
    });
  });

  it('what agreed to nothing is not taken back', async () => {
    const { data } = await record({ ...adult, state: 'REFUSED' });
    const answer = await ask(
      demo,
      'sw-cleo-marchbank',
      'mutation W($id: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $id, method: "x") { id } }',
      { id: data['recordConsent'].id },
    );
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(messageOf(answer)).toMatch(/only an agreement/);
  });
});

describe('a review date', () => {
  it('is shown, and due once its day has come', async () => {
    const { data } = await record({ ...adult, reviewOn: '2027-05-01' });
    expect(data['recordConsent']).toMatchObject({ reviewOn: '2027-05-01', reviewDue: false });
    const old = await record({ ...adult, from: '2026-01-05T09:00:00Z', reviewOn: '2026-07-05' });
    expect(old.data['recordConsent']).toMatchObject({ reviewOn: '2026-07-05', reviewDue: true });
  });

  it.each([
    ['of a refusal', { ...adult, state: 'REFUSED', reviewOn: '2027-05-01' }, /reviewOn: a refusal/],
    ['before the start', { ...adult, reviewOn: '2020-05-01' }, /reviewOn: .*before it begins/],
    ['after the end', { ...adult, reviewOn: '2027-05-01', until: '2027-02-01T00:00:00Z' }, /reviewOn: .*after it ends/],
  ] as [string, Json, RegExp][])('%s is refused', async (_, more, problem) => {
    const answer = await record(more);
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(messageOf(answer)).toMatch(problem);
  });
});

describe('the register at a past moment', () => {
  const AT = `query C($id: ID!, $validAt: DateTime, $knownAt: DateTime) @purpose(of: DIRECT_WORK) {
    consents(person: $id, validAt: $validAt, knownAt: $knownAt) { id state from recordedAt } }`;
  const at = async (worker: string, name: string, moment: Json = {}) =>
    ((await ask(demo, worker, AT, { id: people[name], ...moment })).data['consents'] as Json[]).map(
      (said) => said['id'] as string,
    );

  it('has what had been recorded by then, and nothing since', async () => {
    const now = await at('sw-ada-thorne', 'Mira Quist');
    expect(now.length).toBeGreaterThan(0);
    expect(await at('sw-ada-thorne', 'Mira Quist', { knownAt: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await at('sw-ada-thorne', 'Mira Quist', { validAt: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect((await at('sw-ada-thorne', 'Mira Quist', { knownAt: '2100-01-01T00:00:00Z' })).sort()).toEqual(now.sort());
    // To the millisecond: at the instant it was recorded it was known, one before it was not.
    const first = { validAt: '2026-12-31T00:00:00Z', knownAt: '2026-07-01T10:15:00.000Z' };
    const before = { ...first, knownAt: '2026-07-01T10:14:59.999Z' };
    expect(await at('sw-ada-thorne', 'Mira Quist', first)).toContain('c-1001');
    expect(await at('sw-ada-thorne', 'Mira Quist', before)).not.toContain('c-1001');
  });

  it('tells a recipient nothing that a refusal since then covers', async () => {
    const { data } = await ask(demo, 'rw-rory-ember', RECORD, {
      input: consent({
        subject: 'Nessa Norbury',
        capacity: 'SELF',
        competence: null,
        categories: ['SUBSTANCE_MISUSE'],
        holders: ['haven'],
        recipients: ['csc'],
      }),
    });
    const { id, recordedAt } = data['recordConsent'] as Json;
    expect(await at('sw-cleo-marchbank', 'Nessa Norbury')).toContain(id);
    await ask(
      demo,
      'rw-rory-ember',
      'mutation W($id: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $id, method: "x") { id } }',
      { id },
    );
    expect(await at('sw-cleo-marchbank', 'Nessa Norbury', { knownAt: recordedAt })).not.toContain(id);
    expect(await at('rw-rory-ember', 'Nessa Norbury', { knownAt: recordedAt })).toContain(id);
  });

  it('is nobody’s business whose the present is not', async () => {
    for (const worker of ['sw-isla-penrose', 'ig-sol-whitby'])
      expect(await at(worker, 'Mira Quist', { knownAt: '2100-01-01T00:00:00Z' })).toEqual([]);
  });
});

describe('agreement to be worked with', () => {
  const AGREE =
    'mutation A($input: ServiceConsentInput!) @purpose(of: DIRECT_WORK) { recordServiceConsent(input: $input) { id state service } }';
  const BACK =
    'mutation B($id: ID!) @purpose(of: DIRECT_WORK) { withdrawServiceConsent(serviceConsent: $id, method: "by telephone") { state service } }';
  const SAID =
    'query S($id: ID!, $knownAt: DateTime) @purpose(of: DIRECT_WORK) { serviceConsents(person: $id, knownAt: $knownAt) { id state } consents(person: $id) { id } }';
  const agreement = (more: Json = {}) => ({
    subject: people['Effie Eastlake'],
    state: 'GIVEN',
    givenBy: people['Effie Eastlake'],
    capacity: 'SELF',
    service: 'eh',
    method: 'signed form',
    ...more,
  });
  const agree = (more: Json = {}, worker = 'sw-cleo-marchbank') => ask(demo, worker, AGREE, { input: agreement(more) });

  it('is recorded, shown, taken back, and known as of then; consent to share stays as it was', async () => {
    const id = people['Effie Eastlake'];
    const before = await ask(demo, 'sw-cleo-marchbank', SAID, { id });
    const { data } = await agree();
    expect(data['recordServiceConsent']).toMatchObject({ state: 'GIVEN', service: 'eh' });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.statements).toMatchObject([
      { did: 'SERVICE_CONSENT', policies: ['may-record-service-consent'] },
    ]);
    const given = (data['recordServiceConsent'] as Json)['id'] as string;
    const back = await ask(demo, 'sw-cleo-marchbank', BACK, { id: given });
    expect(back.data['withdrawServiceConsent']).toEqual({ state: 'WITHDRAWN', service: 'eh' });
    const after = await ask(demo, 'sw-cleo-marchbank', SAID, { id });
    expect((after.data['serviceConsents'] as Json[]).map(({ state }) => state)).toEqual(['GIVEN', 'WITHDRAWN']);
    expect(after.data['consents']).toEqual(before.data['consents']);
    const past = await ask(demo, 'sw-cleo-marchbank', SAID, { id, knownAt: '2020-01-01T00:00:00Z' });
    expect(past.data['serviceConsents']).toEqual([]);
  });

  it.each([
    ['a service that is none', { service: 'nobody' }, /service: /],
    ['nobody’s word', { method: ' ' }, /method: /],
    ['a withdrawal of nothing', { state: 'WITHDRAWN' }, /withdrawServiceConsent/],
    ['a child as an adult', { subject: 'Eli Eastlake', givenBy: 'Eli Eastlake' }, /capacity: /],
    [
      'a child whose competence nobody judged',
      { subject: 'Eli Eastlake', givenBy: 'Eli Eastlake', capacity: 'OWN_COMPETENCE' },
      /competence: /,
    ],
    [
      'somebody without responsibility',
      { subject: 'Eli Eastlake', givenBy: 'Gilda Garrick', capacity: 'PARENTAL_RESPONSIBILITY' },
      /givenBy: /,
    ],
  ] as [string, Json, RegExp][])('of %s is refused, naming the part', async (_, more, problem) => {
    const named = Object.fromEntries(
      Object.entries(more).map(([part, value]) => [
        part,
        part === 'subject' || part === 'givenBy' ? people[value] : value,
      ]),
    );
    const answer = await agree(named);
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(messageOf(answer)).toMatch(problem);
  });

  it('is recorded by nobody else, and is not there for those whom it does not concern', async () => {
    expect(codeOf(await agree({}, 'sw-isla-penrose'))).toBe('NOT_PERMITTED');
    expect(
      codeOf(await agree({ subject: people['Nessa Norbury'], givenBy: people['Nessa Norbury'] }, 'rw-rory-ember')),
    ).toBe('NOT_PERMITTED');
    const { data } = await agree({ state: 'REFUSED' });
    const { id } = data['recordServiceConsent'] as Json;
    expect(codeOf(await ask(demo, 'sw-isla-penrose', BACK, { id }))).toBe('NOT_PERMITTED');
    expect(codeOf(await ask(demo, 'sw-cleo-marchbank', BACK, { id: 'none' }))).toBe('NOT_PERMITTED');
    expect(codeOf(await ask(demo, 'sw-cleo-marchbank', BACK, { id }))).toBe('NOT_VALID');
    const shown = await ask(demo, 'sw-isla-penrose', SAID, { id: people['Effie Eastlake'] });
    expect(shown.data['serviceConsents']).toEqual([]);
  });
});
