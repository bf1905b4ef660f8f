/** Emergency access as a way in: what it opens, for whom, for how long, and everything that it never opens. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, idOf, type Json, startDemo } from './demo.js';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

const NESSA = 'P-1015';
const RUFINA = 'P-1009';
const IMKE = 'P-1029';
const PIP = 'P-1030';
const RUTH = 'P-1032';
const ODILE = 'P-1046';
const NOBODY = 'P-9999';

const OPEN = `mutation O($input: EmergencyAccessInput!) @purpose(of: EMERGENCY) {
  openEmergencyAccess(input: $input) { id gateway risk from until reviewBy endedAt finding openedBy agency person { id } }
}`;
const input = (person: string, more: object = {}) => ({
  person: idOf(person),
  gateway: 'VITAL_INTERESTS',
  answers: ['Hers, from an overdose.', 'She cannot be woken.'],
  risk: 'She was found unconscious at home.',
  phoned: 'The duty worker of Haven, 01632 960030',
  ...more,
});
const opening = (worker: string, person: string, more: object = {}) =>
  ask(demo, worker, OPEN, { input: input(person, more) });
async function open(worker: string, person: string): Promise<string> {
  const { data, errors } = await opening(worker, person);
  expect(errors).toBeUndefined();
  return data['openEmergencyAccess'].id as string;
}

async function seen(worker: string, person: string, purpose = 'EMERGENCY'): Promise<Json | null> {
  const { data } = await ask(
    demo,
    worker,
    `query S($id: ID!) @purpose(of: ${purpose}) { person(id: $id) { surname addresses { line }
      ... on Adult { adultWork { nodes { id summary obligations } withheld { outcome } } } } }`,
    { id: idOf(person) },
  );
  return data['person'] as Json | null;
}
const END =
  'mutation E($id: ID!) @purpose(of: EMERGENCY) { endEmergencyAccess(id: $id, why: "She is safe.") { endedAt } }';
const REVIEW = `mutation R($id: ID!, $finding: ReviewFinding!, $why: String!) @purpose(of: INFORMATION_GOVERNANCE) {
  reviewEmergencyAccess(id: $id, finding: $finding, why: $why) { id finding endedAt }
}`;
const review = (worker: string, id: string, finding = 'JUSTIFIED', why = 'A life was at risk.') =>
  ask(demo, worker, REVIEW, { id, finding, why });
const codeOf = (answer: Json) => answer['errors']?.[0]?.extensions.code;
const lastEntry = async () => (await demo.audit.read({ limit: 1 }))[0]?.body;

describe('emergency access', () => {
  it('opens at once what nobody agreed to, for its opener and its family alone, and everybody is told (CF-12, BFS-04)', async () => {
    expect(await seen('sw-isla-penrose', NESSA)).toBeNull();
    const id = await open('sw-isla-penrose', NESSA);
    expect((await lastEntry())?.statements).toMatchObject([
      { did: 'EMERGENCY', ids: [id], policies: ['may-open-emergency'] },
    ]);
    const person = await seen('sw-isla-penrose', NESSA);
    expect(person).toMatchObject({ surname: 'Norbury' });
    expect(person?.['adultWork'].nodes).toHaveLength(2);
    expect(person?.['adultWork'].nodes[0].obligations).toEqual(
      expect.arrayContaining(['NOT_TO_BE_PASSED_ON', 'NOTIFY_HOLDER', 'REVIEW', 'TELL_LEAD_PROFESSIONAL']),
    );
    const entry = await lastEntry();
    const released = entry?.decisions.filter(({ permits }) => permits?.includes('emergency')) ?? [];
    expect(released.length).toBeGreaterThan(0);
    for (const decision of released) expect(decision.evidence).toContain(id);
    // Of the child of the family too; of another family nothing, for another purpose nothing, for a colleague nothing.
    expect(await seen('sw-isla-penrose', 'P-1016')).toMatchObject({ surname: 'Norbury' });
    expect(await seen('sw-isla-penrose', RUFINA)).toBeNull();
    const otherwise = await seen('sw-isla-penrose', NESSA, 'SUPERVISION');
    expect(otherwise?.['surname'] ?? null).toBeNull();
    expect(otherwise?.['adultWork']?.nodes ?? []).toEqual([]);
    expect(await seen('sw-greta-holm', NESSA)).toBeNull();
  });

  it('stands against a refusal', async () => {
    await open('sw-isla-penrose', RUFINA);
    expect((await seen('sw-isla-penrose', RUFINA))?.['adultWork'].nodes).toHaveLength(2);
  });

  it('never opens what is locked, nor shows that it is there', async () => {
    const before = await seen('sw-bram-hollis', ODILE, 'COURT_PROCEEDINGS');
    await open('sw-bram-hollis', ODILE);
    const opened = await seen('sw-bram-hollis', ODILE);
    expect(JSON.stringify(opened)).not.toMatch(/Told in confidence/);
    expect(await seen('sw-bram-hollis', ODILE, 'COURT_PROCEEDINGS')).toEqual(before);
  });

  it('never opens a protected location to another agency', async () => {
    await open('rw-rory-ember', IMKE);
    const imke = await seen('rw-rory-ember', IMKE);
    expect(imke).toMatchObject({ surname: 'Sorrel', addresses: null });
    expect(await seen('rw-rory-ember', PIP)).toMatchObject({ addresses: null });
  });

  it.each([
    ['the other side', 'dao-aldo-nettle', IMKE],
    ['whoever is registered as conflicted', 'sw-dorn-aske', RUTH],
    ['whoever lives next door', 'kw-otto-blythe', RUTH],
  ])('opens nothing to %s, and answers as for nobody at all', async (_, worker, person) => {
    const shape = (answer: Json) => {
      const { id: __, from: ___, until: ____, reviewBy: _____, ...rest } = answer['data'].openEmergencyAccess;
      return rest as Json;
    };
    const opened = await opening(worker, person);
    expect(shape(opened)).toEqual(shape(await opening(worker, NOBODY)));
    expect(await seen(worker, person)).toBeNull();
    expect(await seen(worker, NOBODY)).toBeNull();
  });

  it('ends when it is ended, from the next operation on, and not twice', async () => {
    const id = await open('sw-greta-holm', NESSA);
    expect(await seen('sw-greta-holm', NESSA)).not.toBeNull();
    expect(codeOf(await ask(demo, 'sw-edda-quill', END, { id }))).toBe('NOT_PERMITTED');
    expect(codeOf(await ask(demo, 'sw-edda-quill', END, { id: 'none' }))).toBe('NOT_PERMITTED');
    const { data } = await ask(demo, 'sw-greta-holm', END, { id });
    expect(data['endEmergencyAccess'].endedAt).toBeTruthy();
    expect(await seen('sw-greta-holm', NESSA)).toBeNull();
    expect(codeOf(await ask(demo, 'sw-greta-holm', END, { id }))).toBe('NOT_VALID');
  });

  it('ends by itself, counts in one role of one agency, and lasts a day at most', async () => {
    const { registers, now } = demo.house;
    const instant = (hours: number) => new Date(now().getTime() + hours * 3_600_000).toISOString();
    const write = (changes: object) =>
      demo.store.transaction((transaction) =>
        registers.writeEmergency(transaction, {
          id: `e-${JSON.stringify(changes).length}-${Math.trunc(now().getTime())}`,
          person: NESSA,
          subjects: [NESSA],
          worker: 'sw-vera-lindqvist',
          agency: 'csc',
          role: 'SOCIAL_WORKER',
          gateway: 'VITAL_INTERESTS',
          answers: {},
          risk: 'r',
          phoned: 'p',
          from: instant(-24),
          until: instant(24),
          recordedAt: instant(-24),
          ...changes,
        }),
      );
    const vera = async () => {
      const { data } = await ask(
        demo,
        'sw-vera-lindqvist',
        'query S($id: ID!) @purpose(of: EMERGENCY, as: SOCIAL_WORKER) { person(id: $id) { surname } }',
        { id: idOf(NESSA) },
      );
      return data['person'] as Json | null;
    };
    await write({ until: instant(-0.001) });
    await write({ from: instant(1), recordedAt: instant(0) });
    await write({ agency: 'haven' });
    await write({ role: 'DATA_STEWARD' });
    expect(await vera()).toBeNull();
    await write({});
    expect(await vera()).toMatchObject({ surname: 'Norbury' });
    const { data } = await opening('sw-edda-quill', NESSA);
    const { from, until } = data['openEmergencyAccess'] as Json;
    expect(Date.parse(until) - Date.parse(from)).toBe(24 * 3_600_000);
    expect(codeOf(await opening('sw-edda-quill', NESSA, { until: instant(25) }))).toBe('NOT_VALID');
  });

  it.each([
    ['a gateway that a refusal outweighs', { gateway: 'CHILDREN_ACT_2004_S10_S11' }, /stands against a refusal/],
    ['a gateway that asks for approval', { gateway: 'COURT_ORDER' }, /asks for no approval/],
    ['a gateway that is none', { gateway: 'BECAUSE' }, /no lawful gateway/],
    ['a question left open', { answers: ['only one'] }, /not answered/],
    ['no risk', { risk: ' ' }, /what the risk is/],
    ['nobody telephoned', { phoned: '' }, /who was telephoned/],
  ])('with %s is refused, saying which part', async (_, more, problem) => {
    const answer = await opening('sw-edda-quill', NESSA, more);
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(answer.errors?.[0]?.message).toMatch(problem);
  });

  it.each(['hos-rhea-dunmore', 'ig-sol-whitby', 'ds-tamsin-grove', 'pa-ulric-moss', 'bso-wynn-tarry'])(
    'is not opened by %s',
    async (worker) => expect(codeOf(await opening(worker, NESSA))).toBe('NOT_PERMITTED'),
  );

  it('does not depend on what people said being within reach: it counts as if everybody had refused', async () => {
    await open('sw-edda-quill', RUFINA);
    await demo.store.administer('ALTER TABLE consent_statement RENAME TO out_of_reach');
    try {
      const person = await seen('sw-edda-quill', RUFINA);
      expect(person?.['adultWork'].nodes).toHaveLength(2);
      expect(JSON.stringify(await lastEntry())).toContain('"unknown":["consentState"]');
      const { errors, data } = await ask(
        demo,
        'rw-rory-ember',
        'query S($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { surname } }',
        { id: idOf(RUFINA) },
      );
      expect([data, errors?.[0]?.extensions.code]).toEqual([null, 'INTERNAL']);
      expect(await seen('sw-ada-thorne', RUFINA)).toBeNull();
      await open('sw-ada-thorne', RUFINA);
      expect(await seen('sw-ada-thorne', RUFINA)).toMatchObject({ surname: 'Redfern' });
    } finally {
      await demo.store.administer('ALTER TABLE out_of_reach RENAME TO consent_statement');
    }
  });
});

describe('its review', () => {
  it('is by somebody else: a manager of a holder or an information governance officer', async () => {
    const id = await open('am-sable-frost', NESSA);
    for (const worker of ['am-sable-frost', 'am-yara-lomas', 'rw-rory-ember', 'pa-ulric-moss'])
      expect(codeOf(await review(worker, id))).toBe('NOT_PERMITTED');
    expect(codeOf(await review('ig-sol-whitby', 'none'))).toBe('NOT_PERMITTED');
    expect(codeOf(await review('ig-sol-whitby', id, 'JUSTIFIED', ' '))).toBe('NOT_VALID');
    expect((await review('ig-sol-whitby', id)).data['reviewEmergencyAccess']).toEqual({
      id,
      finding: 'JUSTIFIED',
      endedAt: null,
    });
    expect(codeOf(await review('ig-sol-whitby', id))).toBe('NOT_VALID');
  });

  it('lists to whoever may what nobody reviewed, with when it is due; to others nothing', async () => {
    const id = await open('sw-isla-penrose', NESSA);
    const list = 'query L @purpose(of: INFORMATION_GOVERNANCE) { emergenciesToReview { id reviewBy from risk } }';
    const listed = async (worker: string) => (await ask(demo, worker, list)).data['emergenciesToReview'] as Json[];
    const mine = (await listed('am-sable-frost')).find((one) => one['id'] === id);
    // Opened on a Monday: by Tuesday, the same time of day.
    expect(Date.parse(mine?.['reviewBy']) - Date.parse(mine?.['from'])).toBe(24 * 3_600_000);
    expect((await listed('ig-sol-whitby')).map((one) => one['id'])).toContain(id);
    for (const worker of ['sw-isla-penrose', 'am-yara-lomas', 'pa-ulric-moss'])
      expect((await listed(worker)).map((one) => one['id'])).not.toContain(id);
  });

  it('ends with it what was not justified', async () => {
    const opened = await open('sw-greta-holm', NESSA);
    expect(await seen('sw-greta-holm', NESSA)).not.toBeNull();
    const { data } = await review('am-sable-frost', opened, 'NOT_JUSTIFIED', 'Nobody was at risk.');
    expect(data['reviewEmergencyAccess']).toMatchObject({ finding: 'NOT_JUSTIFIED' });
    expect(data['reviewEmergencyAccess'].endedAt).toBeTruthy();
    expect((await lastEntry())?.statements).toMatchObject([
      { did: 'EMERGENCY_REVIEW', ids: [opened] },
      { did: 'EMERGENCY_END', ids: [opened] },
    ]);
    expect(await seen('sw-greta-holm', NESSA)).toBeNull();
  });
});
