/** Agencies ask each other (RULES §8; CF-06): asked, answered, released, disputed, overdue; and nothing told that asking could tell. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportLog } from '../../src/audit/export.js';
import { writeVerifier } from '../../src/audit/log/signed-note.js';
import { trustedKey } from '../../src/audit/verify/notes.js';
import { verifyLog } from '../../src/audit/verify/verify-log.js';
import { sendTo } from '../../src/cli/audit/ask.js';
import { print } from '../../src/cli/audit/command.js';
import { writerFor } from '../../src/cli/audit/formats.js';
import { QUESTIONS, type Question } from '../../src/cli/audit/questions.js';
import type { Demo } from '../../src/compose-demo.js';
import type { Source } from '../../src/sources/contract.js';
import { type Asked, ask, idOf, type Json, startDemo } from '../attacks/demo.js';
import { KEYS, keyText } from '../audit/sequenced.js';

let demo: Demo;
let house: { now: () => Date };
let clock: () => Date;
beforeAll(async () => {
  // The house rules' ladder: a manager of the holder, then a head of service.
  demo = await startDemo({ THRESHOLD_PROTOCOLS: 'none', THRESHOLD_LOG_KEY: keyText(1) }, lockedAway);
  house = demo.house as { now: () => Date };
  clock = house.now;
});
beforeEach(() => {
  house.now = clock;
});
afterAll(() => demo.stop());

/** Everything that social care holds of Gus (P-1008) is locked: to other agencies he is not there. */
function lockedAway(source: Source): Source {
  if (source.id !== 'social-care') return source;
  return {
    ...source,
    async read(wanted, options) {
      const reply = await source.read(wanted, options);
      const items = reply.items.map((record) =>
        record.label.subject === '410056' || record.label.names.includes('410056')
          ? { ...record, label: { ...record.label, confidentiality: 'V' as const } }
          : record,
      );
      return { ...reply, items };
    },
  };
}

const [NESSA, NELL, SALLY, IMKE, RUTH] = ['P-1015', 'P-1016', 'P-1017', 'P-1029', 'P-1032'] as const;
const HOUR = 3_600_000;
const inHours = (n: number) => new Date(clock().getTime() + n * HOUR).toISOString();
/** From here on it is so many hours later, for the whole gateway. */
const wait = (hours: number) => {
  house.now = () => new Date(clock().getTime() + hours * HOUR);
};

const REQUEST = `id state askedBy holder { id } agency { id } role purpose categories why context urgency until askedAt dueBy isOverdue
  isEscalated namesOthers withdrawnAt subjects { id person { ... on Adult { surname } ... on Child { surname } } }
  rung { level office dueBy isSeated } answers { id answer ground reasons answeredBy office disputedAt disputedBecause
    grant { id categories subjects { id } until endedAt isByName }
    contributions { text category about { id } holder { id } obligations releasedBecause { policies { id } } } }`;
const input = (more: object = {}) => ({
  holder: 'haven',
  subjects: [idOf(NESSA)],
  categories: ['SUBSTANCE_MISUSE'],
  why: 'To assess the mornings. CANARY-WHY',
  urgency: 'URGENT',
  until: inHours(24 * 30),
  ...more,
});
const requesting = (worker: string, more: object = {}, purpose = 'ASSESSMENT') =>
  ask(
    demo,
    worker,
    `mutation R($input: InformationRequestInput!) @purpose(of: ${purpose}) { requestInformation(input: $input) { ${REQUEST} } }`,
    { input: input(more) },
  );
const asked = async (worker: string, more: object = {}, purpose?: string): Promise<Json> => {
  const { data, errors } = await requesting(worker, more, purpose);
  expect(errors).toBeUndefined();
  return data['requestInformation'] as Json;
};
const answering = (worker: string, request: string, more: object = {}) =>
  ask(
    demo,
    worker,
    `mutation A($input: InformationAnswerInput!) @purpose(of: SUPERVISION) { answerInformationRequest(input: $input) { ${REQUEST} } }`,
    { input: { request, answer: 'REFUSED', ground: 'NOT_NECESSARY', reasons: 'CANARY-REASONS', ...more } },
  );
const approval = (more: object = {}) => ({ answer: 'APPROVED', ground: null, ...more });
const said = (
  worker: string,
  field: 'disputeInformationAnswer' | 'withdrawInformationRequest',
  id: string,
  why = 'CANARY-SAID',
) =>
  ask(
    demo,
    worker,
    `mutation S($id: ID!, $why: String!) @purpose(of: ASSESSMENT) { x: ${field}(id: $id, why: $why) { ${REQUEST} } }`,
    { id, why },
  );
const own = async (worker: string, purpose = 'ASSESSMENT', page = 'first: 100') => {
  const query = `query O @purpose(of: ${purpose}) { informationRequests(${page}) { nodes { ${REQUEST} } pageInfo { hasNextPage endCursor } notice } }`;
  return (await ask(demo, worker, query)).data['informationRequests'] as Json;
};
const ownOne = async (worker: string, id: string, purpose?: string) =>
  ((await own(worker, purpose))['nodes'] as Json[]).find((one) => one['id'] === id) as Json;
const toAnswer = async (worker: string, answered = false) => {
  const query = `query L @purpose(of: SUPERVISION) { informationRequestsToAnswer(answered: ${answered}, first: 100) { nodes { ${REQUEST} } sources { state } } }`;
  return (await ask(demo, worker, query)).data['informationRequestsToAnswer'].nodes as Json[];
};
const sees = async (worker: string, id: string) => (await toAnswer(worker)).some((one) => one['id'] === id);
const codeOf = ({ errors }: Asked) => errors?.[0]?.extensions.code;
const messageOf = ({ errors }: Asked) => errors?.[0]?.message;
const lastEntry = async () => (await demo.audit.read({ limit: 1 }))[0]?.body;

/** Why consent is not required, recorded by the worker who asks: what the holder's manager cites. */
const except = async (worker: string, more: object): Promise<string> => {
  const { data, errors } = await ask(
    demo,
    worker,
    'mutation E($input: ConsentNotRequiredInput!) @purpose(of: ASSESSMENT) { recordConsentNotRequired(input: $input) { id } }',
    {
      input: {
        subjects: [idOf(NESSA)],
        gateway: 'CHILDREN_ACT_2004_S16LA',
        answers: ['Nell’s mornings.', 'No less would do.'],
        categories: ['SUBSTANCE_MISUSE'],
        holders: ['haven'],
        recipients: ['csc'],
        purposes: ['ASSESSMENT'],
        until: inHours(24 * 20),
        ...more,
      },
    },
  );
  expect(errors).toBeUndefined();
  return data['recordConsentNotRequired'].id as string;
};
const work = async (worker: string, person: string, purpose = 'ASSESSMENT') => {
  const query = `query W($id: ID!) @purpose(of: ${purpose}) { person(id: $id) { ... on Adult { adultWork { nodes { id } } } } }`;
  const { data } = await ask(demo, worker, query, { id: idOf(person) });
  return ((data['person']?.adultWork.nodes ?? []) as Json[]).length;
};

describe('a request', () => {
  it('that is approved releases what it lists to who asked, until its end or until it is ended (CF-06, CF-11)', async () => {
    const { id, state, rung, dueBy, askedAt, ...request } = await asked('sw-cleo-marchbank');
    expect({ state, rung, ...request }).toMatchObject({
      state: 'OPEN',
      askedBy: 'sw-cleo-marchbank',
      purpose: 'ASSESSMENT',
      isOverdue: false,
      subjects: [{ id: idOf(NESSA), person: { surname: 'Norbury' } }],
      rung: { level: 'TEAM', isSeated: true },
    });
    // Urgent: a working day, from a Monday to the Tuesday.
    expect(Date.parse(dueBy) - Date.parse(askedAt)).toBe(24 * HOUR);
    expect((await lastEntry())?.statements).toEqual([
      { did: 'REQUEST', ids: [id], subjects: [NESSA], policies: ['may-request-information'] },
    ]);
    const [listed] = (await toAnswer('am-sable-frost')).filter((one) => one['id'] === id);
    expect(listed).toMatchObject({ askedBy: 'sw-cleo-marchbank', agency: { id: 'csc' }, namesOthers: false });
    expect(codeOf(await answering('am-sable-frost', id, approval()))).toBe('NOT_VALID');
    const cites = [await except('sw-cleo-marchbank', {})];
    const before = await work('sw-cleo-marchbank', NESSA);
    const { data } = await answering('am-sable-frost', id, approval({ cites }));
    const [answer] = data['answerInformationRequest'].answers as Json[];
    expect(answer).toMatchObject({
      answer: 'APPROVED',
      grant: { isByName: false, endedAt: null, until: request['until'] },
    });
    expect((await lastEntry())?.statements).toMatchObject([
      { did: 'GRANT', ids: [answer?.['grant'].id] },
      { did: 'REQUEST_APPROVED', ids: [id, answer?.['id'], answer?.['grant'].id], policies: ['may-answer-request'] },
    ]);
    expect([before, await work('sw-cleo-marchbank', NESSA)]).toEqual([1, 2]);
    expect(await demo.house.registers.grant(answer?.['grant'].id)).toMatchObject({ request: id, cites });
    expect(await ownOne('sw-cleo-marchbank', id)).toMatchObject({
      state: 'APPROVED',
      answers: [{ answer: 'APPROVED' }],
    });
    expect(await sees('am-sable-frost', id)).toBe(false);
    expect((await toAnswer('am-sable-frost', true)).map((one) => one['id'])).toContain(id);
    expect(messageOf(await said('sw-cleo-marchbank', 'disputeInformationAnswer', id))).toMatch(/was approved/);
    const end = 'mutation E($id: ID!) @purpose(of: SUPERVISION) { endInformationGrant(id: $id, why: "Done.") }';
    const grant = { id: answer?.['grant'].id };
    for (const worker of ['sw-cleo-marchbank', 'rw-rory-ember', 'am-yara-lomas'])
      expect(codeOf(await ask(demo, worker, end, grant))).toBe('NOT_PERMITTED');
    expect((await ask(demo, 'am-sable-frost', end, grant)).errors).toBeUndefined();
    expect(await work('sw-cleo-marchbank', NESSA)).toBe(1);
    expect(codeOf(await ask(demo, 'am-sable-frost', end, grant))).toBe('NOT_VALID');
    expect((await ownOne('sw-cleo-marchbank', id))['answers'][0].grant.endedAt).toBeTruthy();
  });

  it('that is approved in part grants that part, and no part lies outside it', async () => {
    const { id } = await asked('sw-cleo-marchbank', {
      categories: ['SUBSTANCE_MISUSE', 'INVOLVEMENT'],
      subjects: [idOf(NESSA), idOf(NELL)],
    });
    const cites = [
      await except('sw-cleo-marchbank', {
        categories: ['SUBSTANCE_MISUSE', 'INVOLVEMENT', 'MENTAL_HEALTH'],
        subjects: [idOf(NESSA), idOf(NELL)],
      }),
    ];
    const inPart = (more: object) =>
      answering('am-sable-frost', id, approval({ answer: 'APPROVED_IN_PART', cites, ...more }));
    for (const [more, problem] of [
      [{}, /leaves out a part/],
      [{ until: inHours(24 * 30) }, /leaves out a part/],
      [{ categories: ['MENTAL_HEALTH'] }, /within what was asked/],
      [{ subjects: [idOf(IMKE)] }, /within what was asked/],
      [{ until: inHours(24 * 31), subjects: [idOf(NESSA)] }, /within what was asked/],
      [{ records: ['UGVyc29uRGV0YWlsczp4Onk'] }, /not/],
      [{ subjects: [] }, /names nobody/],
      [{ answer: 'APPROVED', subjects: [idOf(NESSA)] }, /APPROVED_IN_PART/],
      [{ answer: 'REFUSED' }, /ground/],
      [{ answer: 'REFUSED', ground: 'NOT_NECESSARY' }, /approves nothing/],
      [{ answer: 'CONTRIBUTED' }, /contributions/],
      [{ categories: ['SUBSTANCE_MISUSE'], ground: 'NOT_NECESSARY' }, /ground/],
      [{ categories: ['SUBSTANCE_MISUSE'], reasons: ' ' }, /reasons/],
      [{ categories: ['SUBSTANCE_MISUSE'], reasons: 'x'.repeat(4001) }, /reasons/],
    ] as const)
      expect([more, messageOf(await inPart(more))]).toEqual([more, expect.stringMatching(problem)]);
    const until = inHours(48);
    const { data } = await inPart({ categories: ['SUBSTANCE_MISUSE'], subjects: [idOf(NESSA)], until });
    expect(data['answerInformationRequest']).toMatchObject({
      state: 'APPROVED_IN_PART',
      answers: [{ grant: { categories: ['SUBSTANCE_MISUSE'], subjects: [{ id: idOf(NESSA) }], until } }],
    });
    expect(await work('sw-cleo-marchbank', NESSA)).toBe(2);
    wait(49);
    expect(await work('sw-cleo-marchbank', NESSA)).toBe(1);
  });

  it('is approved with why consent is not required, recorded for exactly that and standing before it in the log', async () => {
    const { id } = await asked('sw-cleo-marchbank', {}, 'SUPERVISION');
    const exception = { gateway: 'CHILDREN_ACT_2004_S16LA', answers: ['CANARY-ANSWER', 'No less would do.'] };
    const before = await work('sw-cleo-marchbank', NESSA, 'SUPERVISION');
    for (const [more, problem] of [
      [{ ...exception, gateway: 'NO_SUCH' }, /no lawful gateway/],
      [{ ...exception, answers: [] }, /not answered/],
      // Until a second person approves it covers nothing.
      [{ ...exception, gateway: 'COURT_ORDER' }, /./],
    ] as const)
      expect(messageOf(await answering('am-sable-frost', id, approval({ exception: more })))).toMatch(problem);
    expect(messageOf(await answering('am-sable-frost', id, { exception }))).toMatch(/approves nothing/);
    expect((await answering('am-sable-frost', id, approval({ exception }))).errors).toBeUndefined();
    const lines = (await lastEntry())?.statements ?? [];
    expect(lines.map(({ did }) => did)).toEqual(['EXCEPTION', 'GRANT', 'REQUEST_APPROVED']);
    const [recorded = '', granted = ''] = lines.flatMap(({ ids }) => ids);
    expect(await demo.house.registers.grant(granted)).toMatchObject({ cites: [recorded] });
    expect(await demo.house.registers.exception(recorded)).toMatchObject({
      subjects: [NESSA],
      categories: ['SUBSTANCE_MISUSE'],
      holders: ['haven'],
      recipients: ['csc'],
      purposes: ['SUPERVISION'],
      recordedBy: 'am-sable-frost',
    });
    expect(await work('sw-cleo-marchbank', NESSA, 'SUPERVISION')).toBeGreaterThan(before);
  });

  it('approved by name opens a record that nothing else shows to exist, and no other', async () => {
    const ODILE = idOf('P-1046');
    const flag = Buffer.from('MentalHealthRecord:mental-health:Flag/svf-70911').toString('base64url');
    const terms = { subjects: [ODILE], categories: ['MENTAL_HEALTH'] };
    const { id } = await asked('sw-bram-hollis', { holder: 'mht', ...terms }, 'COURT_PROCEEDINGS');
    const purposes = ['COURT_PROCEEDINGS'];
    const cites = [await except('sw-bram-hollis', { ...terms, holders: ['mht'], purposes })];
    const query = 'query N($id: ID!) @purpose(of: COURT_PROCEEDINGS) { node(id: $id) { id } }';
    const seen = async () => (await ask(demo, 'sw-bram-hollis', query, { id: flag })).data['node'] as Json | null;
    const before = await work('sw-bram-hollis', 'P-1046', 'COURT_PROCEEDINGS');
    expect(await seen()).toBeNull();
    const inPart = { answer: 'APPROVED_IN_PART', ground: null, cites };
    // Another agency’s record, and one of somebody else, are none of the holder’s about whom it names.
    for (const other of [
      'SubstanceMisuseRecord:substance-misuse:HR4103/E6101',
      'MentalHealthRecord:mental-health:RiskAssessment/svr-81011',
    ])
      expect(
        messageOf(
          await answering('am-viggo-inglis', id, { ...inPart, records: [Buffer.from(other).toString('base64url')] }),
        ),
      ).toMatch(/not one of the holder/);
    const { data } = await answering('am-viggo-inglis', id, { ...inPart, records: [flag] });
    expect(data['answerInformationRequest'].answers).toMatchObject([{ grant: { isByName: true } }]);
    expect(await seen()).toEqual({ id: flag });
    expect(await work('sw-bram-hollis', 'P-1046', 'COURT_PROCEEDINGS')).toBe(before + 1);
  });

  it('that is refused goes to the next rung when it is disputed: who sits there answers, and nobody else (FIP-08)', async () => {
    const { id } = await asked('rw-rory-ember', { holder: 'csc', categories: ['PLAN'] }, 'SUPERVISION');
    expect(await sees('hos-rhea-dunmore', id)).toBe(false);
    expect(codeOf(await answering('hos-rhea-dunmore', id))).toBe('NOT_PERMITTED');
    const refused = (await answering('tm-piers-lovell', id)).data['answerInformationRequest'] as Json;
    expect(refused).toMatchObject({
      state: 'REFUSED',
      answers: [{ ground: 'NOT_NECESSARY', grant: null, office: 'Manager of the holder' }],
    });
    expect((await lastEntry())?.statements).toMatchObject([{ did: 'REQUEST_REFUSED', subjects: [NESSA] }]);
    expect((await ownOne('rw-rory-ember', id, 'SUPERVISION'))['answers']).toMatchObject([
      { reasons: 'CANARY-REASONS' },
    ]);
    for (const worker of ['rw-quinn-darrow', 'tm-piers-lovell', 'am-sable-frost'])
      expect(codeOf(await said(worker, 'disputeInformationAnswer', id))).toBe('NOT_PERMITTED');
    expect(codeOf(await said('rw-rory-ember', 'disputeInformationAnswer', id, ' '))).toBe('NOT_VALID');
    const { data } = await said('rw-rory-ember', 'disputeInformationAnswer', id);
    expect(data['x']).toMatchObject({
      state: 'OPEN',
      isEscalated: true,
      isOverdue: false,
      rung: { level: 'HEAD', isSeated: true },
    });
    expect((await lastEntry())?.statements).toMatchObject([{ did: 'REQUEST_DISPUTED', policies: ['may-see-answer'] }]);
    expect(codeOf(await said('rw-rory-ember', 'disputeInformationAnswer', id))).toBe('NOT_VALID');
    for (const worker of ['tm-piers-lovell', 'tm-orla-finch', 'am-sable-frost']) {
      expect([worker, await sees(worker, id)]).toEqual([worker, false]);
      expect(codeOf(await answering(worker, id))).toBe('NOT_PERMITTED');
    }
    const [escalated] = (await toAnswer('hos-rhea-dunmore')).filter((one) => one['id'] === id);
    // She works with nobody of the family: she is told which person, and nothing about them.
    expect(escalated).toMatchObject({
      subjects: [{ id: idOf(NESSA), person: null }],
      answers: [{ disputedBecause: 'CANARY-SAID' }],
    });
    expect((await answering('hos-rhea-dunmore', id)).data['answerInformationRequest']).toMatchObject({
      state: 'REFUSED',
      answers: [{ answer: 'REFUSED' }, { answer: 'REFUSED', office: 'Head of service' }],
    });
    expect(messageOf(await said('rw-rory-ember', 'disputeInformationAnswer', id))).toMatch(/no rung above/);
    const { data: officers } = await ask(
      demo,
      'ig-sol-whitby',
      `query E @purpose(of: INFORMATION_GOVERNANCE) { audit { sharingRequests(state: ESCALATED) {
        nodes { id office level answers { by office isDisputed reasons } } } } }`,
    );
    expect(officers['audit'].sharingRequests.nodes).toEqual([
      {
        id,
        office: 'Head of service',
        level: 'HEAD',
        answers: [
          { by: 'tm-piers-lovell', office: 'Manager of the holder', isDisputed: true, reasons: 'CANARY-REASONS' },
          { by: 'hos-rhea-dunmore', office: 'Head of service', isDisputed: false, reasons: 'CANARY-REASONS' },
        ],
      },
    ]);
  });

  it('that nobody answers is overdue once it is due, stands on the next rung, and may still be answered below', async () => {
    const { id } = await asked(
      'rw-rory-ember',
      { holder: 'csc', categories: ['PLAN'], urgency: 'IMMEDIATE' },
      'SUPERVISION',
    );
    const other = await asked(
      'rw-rory-ember',
      { holder: 'csc', categories: ['PLAN'], urgency: 'ROUTINE' },
      'SUPERVISION',
    );
    wait(3.9);
    expect(await ownOne('rw-rory-ember', id, 'SUPERVISION')).toMatchObject({
      isOverdue: false,
      rung: { level: 'TEAM' },
    });
    expect(await sees('hos-rhea-dunmore', id)).toBe(false);
    wait(4.1);
    const late = await ownOne('rw-rory-ember', id, 'SUPERVISION');
    expect(late).toMatchObject({ state: 'OPEN', isOverdue: true, isEscalated: true, rung: { level: 'HEAD' } });
    // The next rung has the same time again.
    expect(Date.parse(late['rung'].dueBy) - Date.parse(late['dueBy'])).toBe(4 * HOUR);
    expect(await sees('hos-rhea-dunmore', id)).toBe(true);
    expect(await sees('hos-rhea-dunmore', other['id'])).toBe(false);
    const list = (await toAnswer('tm-piers-lovell')).map((one) => one['id']);
    expect(list.indexOf(id)).toBeLessThan(list.indexOf(other['id']));
    expect(list).toContain(other['id']);
    wait(24 * 300);
    expect(await ownOne('rw-rory-ember', id, 'SUPERVISION')).toMatchObject({
      isOverdue: true,
      rung: { level: 'HEAD' },
    });
    wait(5);
    expect((await answering('tm-piers-lovell', id)).data['answerInformationRequest']).toMatchObject({
      state: 'REFUSED',
      isOverdue: true,
      isEscalated: true,
    });
  });

  it('is taken back by who asked while it waits, and then by nobody answered', async () => {
    const { id } = await asked('sw-cleo-marchbank');
    for (const worker of ['sw-isla-penrose', 'am-sable-frost', 'tm-piers-lovell'])
      expect(codeOf(await said(worker, 'withdrawInformationRequest', id))).toBe('NOT_PERMITTED');
    expect((await said('sw-cleo-marchbank', 'withdrawInformationRequest', id)).data['x']).toMatchObject({
      state: 'WITHDRAWN',
    });
    expect((await lastEntry())?.statements).toMatchObject([
      { did: 'REQUEST_WITHDRAWN', policies: ['may-withdraw-request'] },
    ]);
    expect(await sees('am-sable-frost', id)).toBe(false);
    // What was asked by mistake, of the wrong agency, is unsaid: that it was asked is all that stays there.
    const taken = (await toAnswer('am-sable-frost', true)).find((one) => one['id'] === id);
    expect(taken).toMatchObject({ state: 'WITHDRAWN', subjects: [], namesOthers: true, why: null });
    expect(messageOf(await answering('am-sable-frost', id))).toMatch(/does not wait/);
    expect(codeOf(await said('sw-cleo-marchbank', 'withdrawInformationRequest', id))).toBe('NOT_VALID');
    expect(codeOf(await said('sw-cleo-marchbank', 'disputeInformationAnswer', id))).toBe('NOT_VALID');
  });

  it('that is taken back after an approval in part was disputed ends what was approved', async () => {
    const wanted = { holder: 'haven', categories: ['SUBSTANCE_MISUSE', 'INVOLVEMENT'] };
    const { id } = await asked('sw-cleo-marchbank', wanted, 'CHILD_PROTECTION');
    const scope = { categories: ['SUBSTANCE_MISUSE'], purposes: ['CHILD_PROTECTION'] };
    const cites = [await except('sw-cleo-marchbank', scope)];
    const part = { answer: 'APPROVED_IN_PART', ground: null, categories: ['SUBSTANCE_MISUSE'], cites };
    const { data } = await answering('am-sable-frost', id, part);
    const grant = data['answerInformationRequest'].answers[0].grant.id as string;
    await said('sw-cleo-marchbank', 'disputeInformationAnswer', id);
    expect((await demo.house.registers.grant(grant))?.endedAt).toBeUndefined();
    const taken = await said('sw-cleo-marchbank', 'withdrawInformationRequest', id);
    expect(taken.data['x']).toMatchObject({ state: 'WITHDRAWN' });
    expect((await demo.house.registers.grant(grant))?.endedAt).toBeTruthy();
    expect((await lastEntry())?.statements).toMatchObject([
      { did: 'GRANT_END', ids: [grant] },
      { did: 'REQUEST_WITHDRAWN', ids: [id] },
    ]);
  });

  it('is not approved by what is cited beside it and covers nothing in it', async () => {
    const { id } = await asked('sw-cleo-marchbank');
    const cites = [await except('sw-cleo-marchbank', {})];
    const of = async (more: readonly string[]) =>
      messageOf(await answering('am-sable-frost', id, approval({ cites: [...cites, ...more] })));
    // Whether there is such a consent, of anybody, is not to be found out so either.
    expect(await of(['c-1038'])).toBe(await of(['none']));
    expect(await of(['c-1038'])).toMatch(/cites a live consent/);
    expect(await of([])).toBeUndefined();
  });

  /** What is read of the register next comes, once it is read, after something else. */
  const meanwhile = (read: 'consent' | 'sharingRequest', happens: () => Promise<unknown>) => {
    const registers = demo.house.registers as unknown as Record<string, (id: string) => Promise<unknown>>;
    const whole = registers[read] as (id: string) => Promise<unknown>;
    registers[read] = async (id) => {
      registers[read] = whole;
      const found = await whole(id);
      await happens();
      return found;
    };
  };

  it('is not approved when the consent that is cited is taken back meanwhile (RULES §7)', async () => {
    const terms = { holder: 'mht', categories: ['MENTAL_HEALTH'], subjects: [idOf(IMKE)] };
    const { id } = await asked('sw-cleo-marchbank', terms, 'CHILD_IN_NEED');
    const withdraw =
      'mutation W($id: ID!) @purpose(of: CHILD_IN_NEED) { withdrawConsent(consent: $id, method: "by word of mouth") { id } }';
    meanwhile('consent', async () => {
      expect((await ask(demo, 'sw-cleo-marchbank', withdraw, { id: 'c-1041' })).errors).toBeUndefined();
    });
    expect(codeOf(await answering('am-viggo-inglis', id, approval({ cites: ['c-1041'] })))).toBe('FACTS_CHANGED');
    expect(await ownOne('sw-cleo-marchbank', id, 'CHILD_IN_NEED')).toMatchObject({ state: 'OPEN', answers: [] });
  });

  it('is not answered once more by whose answer is disputed while they do', async () => {
    const { id } = await asked('rw-rory-ember', { holder: 'csc', categories: ['PLAN'] }, 'SUPERVISION');
    meanwhile('sharingRequest', async () => {
      await answering('tm-piers-lovell', id);
      expect((await said('rw-rory-ember', 'disputeInformationAnswer', id)).errors).toBeUndefined();
    });
    expect(codeOf(await answering('tm-piers-lovell', id))).toBe('NOT_PERMITTED');
    expect(await ownOne('rw-rory-ember', id, 'SUPERVISION')).toMatchObject({ state: 'OPEN', rung: { level: 'HEAD' } });
  });

  it('is answered once, though two answers come in one operation', async () => {
    const { id } = await asked('sw-cleo-marchbank');
    const one = (alias: string) =>
      `${alias}: answerInformationRequest(input: { request: "${id}", answer: REFUSED, ground: NOT_NECESSARY, reasons: "No." }) { state }`;
    const both = await ask(demo, 'am-sable-frost', `mutation B @purpose(of: SUPERVISION) { ${one('a')} ${one('b')} }`);
    expect(messageOf(both)).toMatch(/meanwhile/);
    expect((await ownOne('sw-cleo-marchbank', id))['answers']).toEqual([]);
  });

  it('comes page by page', async () => {
    const all = ((await own('sw-cleo-marchbank'))['nodes'] as Json[]).map(({ id }) => id as string);
    const paged: string[] = [];
    let page = 'first: 2';
    for (;;) {
      const { nodes, pageInfo } = await own('sw-cleo-marchbank', 'ASSESSMENT', page);
      paged.push(...(nodes as Json[]).map(({ id }) => id as string));
      if (!pageInfo.hasNextPage) break;
      page = `first: 2, after: "${pageInfo.endCursor}"`;
    }
    expect(all.length).toBeGreaterThan(3);
    expect(paged).toEqual(all);
  });
});

describe('a written contribution (CP5)', () => {
  const part = (text = 'CANARY-REPORT') => ({ about: idOf(SALLY), category: 'MENTAL_HEALTH', text });
  const contribution = (more: object = {}) => ({
    answer: 'CONTRIBUTED',
    ground: null,
    contributions: [part()],
    ...more,
  });

  it('is read by who asked alone, by the door, for its purpose, while they work with the person and it has not ended', async () => {
    const wanted = { holder: 'mht', categories: ['MENTAL_HEALTH'], subjects: [idOf(SALLY)] };
    const { id } = await asked('sw-dorn-aske', wanted, 'S47_ENQUIRY');
    expect(
      messageOf(
        await answering('am-viggo-inglis', id, contribution({ contributions: [{ ...part(), about: idOf(NELL) }] })),
      ),
    ).toMatch(/within what was asked/);
    // The open enquiry is by itself why consent is not required: nothing is cited.
    const { data, errors } = await answering('am-viggo-inglis', id, contribution());
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain('CANARY-REPORT');
    const [answer] = data['answerInformationRequest'].answers as Json[];
    expect(answer).toMatchObject({ answer: 'CONTRIBUTED', grant: { isByName: true } });
    expect((await lastEntry())?.statements).toMatchObject([{ did: 'GRANT' }, { did: 'REQUEST_CONTRIBUTED' }]);
    const read = async (purpose = 'S47_ENQUIRY') => (await ownOne('sw-dorn-aske', id, purpose))['answers'][0];
    expect((await read())['contributions']).toMatchObject([
      { text: 'CANARY-REPORT', category: 'MENTAL_HEALTH', about: { id: idOf(SALLY) }, holder: { id: 'mht' } },
    ]);
    const entry = await lastEntry();
    const [line, person, holder, type] = entry?.outcomes.find(([, , , kind]) => kind === 'Contribution') ?? [];
    expect([person, holder, type]).toEqual([SALLY, 'mht', 'Contribution']);
    expect(entry?.decisions[line as number]).toMatchObject({ outcome: 'RELEASED', basis: 'EXCEPTION' });
    expect(entry?.decisions[line as number]?.evidence).toEqual(expect.arrayContaining([answer?.['grant'].id]));
    expect((await read('CHILD_IN_NEED'))['contributions']).toEqual([]);
    const listed = (await toAnswer('am-viggo-inglis', true)).find((one) => one['id'] === id);
    // By its id nobody reads, judges or approves it, not even who may read it with its request.
    const [written] = (await demo.house.registers.sharingRequest(id))?.answers[0]?.contributions ?? [];
    const record = Buffer.from(`Contribution:contributed/mht:${written?.id}`).toString('base64url');
    const node = 'query N($id: ID!) @purpose(of: S47_ENQUIRY) { node(id: $id) { id } }';
    for (const worker of ['sw-dorn-aske', 'am-viggo-inglis'])
      expect((await ask(demo, worker, node, { id: record })).data).toEqual({ node: null });
    const another = await asked('sw-dorn-aske', wanted, 'S47_ENQUIRY');
    const byName = { answer: 'APPROVED_IN_PART', ground: null, records: [record] };
    expect(messageOf(await answering('am-viggo-inglis', another['id'], byName))).toMatch(/not one of the holder/);
    expect(listed?.['answers'][0].contributions).toEqual([]);

    const { store } = demo;
    const run = (sql: string) => store.transaction((transaction) => transaction.run<Json>(sql));
    const identities = await store.read<{ space: string; local_id: string }>(
      "SELECT space, local_id FROM worker_identity WHERE worker = 'sw-dorn-aske'",
    );
    await run("DELETE FROM worker_identity WHERE worker = 'sw-dorn-aske'");
    expect(await ownOne('sw-dorn-aske', id, 'S47_ENQUIRY')).toMatchObject({
      state: 'CONTRIBUTED',
      subjects: [],
      why: null,
      context: null,
      answers: [{ reasons: null, contributions: [] }],
    });
    for (const { space, local_id } of identities)
      await run(
        `INSERT INTO worker_identity (worker, space, local_id) VALUES ('sw-dorn-aske', '${space}', '${local_id}')`,
      );
    expect((await read())['contributions']).toHaveLength(1);
    const end = 'mutation E($id: ID!) @purpose(of: SUPERVISION) { endInformationGrant(id: $id, why: "Done.") }';
    await ask(demo, 'am-viggo-inglis', end, { id: answer?.['grant'].id });
    expect((await read())['contributions']).toEqual([]);
  });

  it('ends with its grant, though another permit would still release what is of its category', async () => {
    const TILLY = idOf('P-1003');
    const wanted = { holder: 'eh', subjects: [TILLY], categories: ['EARLY_HELP'] };
    const { id } = await asked('sw-ada-thorne', wanted, 'CHILD_PROTECTION');
    const exception = { gateway: 'CHILDREN_ACT_2004_S16LA', answers: ['For the conference.', 'No less would do.'] };
    const written = { contributions: [{ about: TILLY, category: 'EARLY_HELP', text: 'CANARY-TILLY' }], exception };
    const { data } = await answering('ehm-petra-cole', id, contribution(written));
    const read = async () =>
      (await ownOne('sw-ada-thorne', id, 'CHILD_PROTECTION'))['answers'][0].contributions as Json[];
    const [shown] = await read();
    expect(shown).toMatchObject({ text: 'CANARY-TILLY' });
    const grounds = (shown?.['releasedBecause'] ?? []) as Json[];
    const policies = grounds.flatMap((ground) => ground['policies'] as Json[]);
    expect(policies.map((policy) => policy['id'])).toEqual(
      expect.arrayContaining(['granted', 'co-working-early-help']),
    );
    // That permit holds for other purposes too.
    for (const purpose of ['DIRECT_WORK', 'ASSESSMENT', 'CHILD_IN_NEED', 'SUPERVISION'])
      expect([purpose, (await ownOne('sw-ada-thorne', id, purpose))['answers'][0].contributions]).toEqual([
        purpose,
        [],
      ]);
    const end = 'mutation E($id: ID!) @purpose(of: SUPERVISION) { endInformationGrant(id: $id, why: "Done.") }';
    await ask(demo, 'ehm-petra-cole', end, { id: data['answerInformationRequest'].answers[0].grant.id });
    expect(await read()).toEqual([]);
  });

  it('rests on consent like everything else, and is gone once that is taken back', async () => {
    const GILDA = idOf('P-1007');
    const wanted = { subjects: [GILDA], categories: ['SUBSTANCE_MISUSE'] };
    const { id } = await asked('sw-cleo-marchbank', wanted, 'CHILD_IN_NEED');
    const consents = await demo.house.registers.read(['P-1007']);
    const consent =
      consents.consents.find(({ state, recipients }) => state === 'GIVEN' && recipients.includes('csc'))?.id ?? '';
    const written = { contributions: [{ about: GILDA, category: 'SUBSTANCE_MISUSE', text: 'CANARY-GILDA' }] };
    expect(messageOf(await answering('am-sable-frost', id, contribution(written)))).toMatch(/cites a live consent/);
    expect(
      (await answering('am-sable-frost', id, contribution({ ...written, cites: [consent] }))).errors,
    ).toBeUndefined();
    const read = async () =>
      (await ownOne('sw-cleo-marchbank', id, 'CHILD_IN_NEED'))['answers'][0].contributions as Json[];
    expect(await read()).toMatchObject([{ text: 'CANARY-GILDA', obligations: ['NOT_TO_BE_PASSED_ON'] }]);
    const withdraw =
      'mutation W($id: ID!) @purpose(of: CHILD_IN_NEED) { withdrawConsent(consent: $id, method: "by word of mouth") { id } }';
    await ask(demo, 'rw-rory-ember', withdraw, { id: consent });
    expect(await read()).toEqual([]);
    // Nor is anything approved by a consent that was taken back since, though nothing was said of it itself.
    const again = await asked('sw-cleo-marchbank', wanted, 'CHILD_IN_NEED');
    expect(messageOf(await answering('am-sable-frost', again['id'], approval({ cites: [consent] })))).toMatch(
      /cites a live consent/,
    );
  });

  it('about a child comes from work with her mother where the holder works with nobody else: the other side reads none', async () => {
    const TILLY = idOf('P-1003');
    const wanted = { holder: 'safe', subjects: [TILLY], categories: ['DOMESTIC_ABUSE_VICTIM'] };
    const { id } = await asked('dao-zeke-morrow', wanted, 'CHILD_PROTECTION');
    const exception = { gateway: 'CHILDREN_ACT_2004_S16LA', answers: ['For the conference.', 'No less would do.'] };
    const written = {
      contributions: [{ about: TILLY, category: 'DOMESTIC_ABUSE_VICTIM', text: 'CANARY-WHERE-THEY-ARE' }],
      exception,
    };
    expect((await answering('am-yara-lomas', id, contribution(written))).errors).toBeUndefined();
    const listed = await ownOne('dao-zeke-morrow', id, 'CHILD_PROTECTION');
    expect(listed).toMatchObject({ state: 'CONTRIBUTED', answers: [{ contributions: [] }] });
  });
});

describe('asking tells nothing', () => {
  /** Everything of an acknowledgement but what is new with every request. */
  const shape = ({ id: _, askedAt: __, dueBy: ___, until: ____, rung, holder: _____, ...rest }: Json): Json => {
    const { dueBy: ______, ...on } = rung;
    return { ...rest, rung: on };
  };

  it('of whether the holder knows the person: who asks is told the same, and the holder nothing of whom it does not know', async () => {
    const [knows, not] = [await asked('sw-cleo-marchbank'), await asked('sw-cleo-marchbank', { holder: 'safe' })];
    expect(shape(knows)).toEqual(shape(not));
    wait(25);
    const [late, alsoLate] = [
      await ownOne('sw-cleo-marchbank', knows['id']),
      await ownOne('sw-cleo-marchbank', not['id']),
    ];
    expect(shape(late)).toEqual(shape(alsoLate));
    const [asIs] = (await toAnswer('am-sable-frost')).filter((one) => one['id'] === knows['id']);
    const [stranger] = (await toAnswer('am-yara-lomas')).filter((one) => one['id'] === not['id']);
    expect(asIs).toMatchObject({ subjects: [{ id: idOf(NESSA) }], namesOthers: false });
    // Nor what was written of them, which may name them.
    expect(stranger).toMatchObject({ subjects: [], namesOthers: true, why: null, context: null });
    expect(JSON.stringify(stranger)).not.toContain(idOf(NESSA));
    // Nor does an answer that guesses: who is in it and unknown is as much outside it as who is not.
    const inPart = { answer: 'APPROVED_IN_PART', ground: null, cites: ['c-1'] };
    const guesses = [NESSA, NELL, 'P-9999'].map((person) =>
      answering('am-yara-lomas', not['id'], { ...inPart, subjects: [idOf(person)] }),
    );
    const written = [NESSA, NELL].map((about) =>
      answering('am-yara-lomas', not['id'], {
        answer: 'CONTRIBUTED',
        ground: null,
        cites: ['c-1'],
        contributions: [{ about: idOf(about), category: 'SUBSTANCE_MISUSE', text: 'x' }],
      }),
    );
    expect(new Set((await Promise.all(guesses)).map(messageOf)).size).toBe(1);
    expect(new Set((await Promise.all(written)).map(messageOf)).size).toBe(1);
    expect(messageOf(await answering('am-yara-lomas', not['id'], approval({ cites: ['c-1'] })))).toMatch(
      /does not know/,
    );
    expect((await answering('am-yara-lomas', not['id'], { ground: 'NOTHING_TO_SHARE' })).errors).toBeUndefined();
  });

  it('to the other side, to whoever is in conflict, and about somebody who is hidden: as of nobody at all', async () => {
    const absent = await requesting('sw-cleo-marchbank', { subjects: [idOf('P-9999')] });
    expect(codeOf(absent)).toBe('NOT_PERMITTED');
    for (const [worker, person] of [
      ['dao-aldo-nettle', IMKE],
      ['dao-zeke-morrow', 'P-1001'],
      ['sw-dorn-aske', RUTH],
      ['kw-otto-blythe', RUTH],
      ['sw-isla-penrose', NESSA],
      ['hos-rhea-dunmore', NESSA],
      ['ig-sol-whitby', NESSA],
      ['bso-wynn-tarry', 'P-1001'],
    ] as const) {
      const refused = await requesting(worker, {
        subjects: [idOf(person)],
        holder: worker.startsWith('sw') ? 'haven' : 'csc',
      });
      expect([worker, refused.data, messageOf(refused)]).toEqual([worker, absent.data, messageOf(absent)]);
    }
    // One among others is enough, also where the rest would do.
    expect(codeOf(await requesting('sw-cleo-marchbank', { subjects: [idOf(NESSA), idOf('P-9999')] }))).toBe(
      'NOT_PERMITTED',
    );
    expect(codeOf(await requesting('sw-cleo-marchbank', { holder: 'csc' }))).toBe('NOT_PERMITTED');
  });

  it('about a child of the family whom their own agency keeps locked, and about others with him', async () => {
    const [GILDA, GUS] = [idOf('P-1007'), idOf('P-1008')];
    const query = 'query P($id: ID!) @purpose(of: ASSESSMENT) { person(id: $id) { id } }';
    expect((await ask(demo, 'rw-rory-ember', query, { id: GUS })).data).toEqual({ person: null });
    const absent = await requesting('rw-rory-ember', { holder: 'csc', subjects: [idOf('P-9999')] });
    for (const subjects of [[GUS], [GILDA, GUS]]) {
      const hidden = await requesting('rw-rory-ember', { holder: 'csc', subjects });
      expect([codeOf(hidden), messageOf(hidden), hidden.data]).toEqual([
        'NOT_PERMITTED',
        messageOf(absent),
        absent.data,
      ]);
    }
    expect((await requesting('rw-rory-ember', { holder: 'csc', subjects: [GILDA] })).errors).toBeUndefined();
    expect((await requesting('sw-cleo-marchbank', { subjects: [GUS] })).errors).toBeUndefined();
  });

  it('a manager who works with the other side sees no such request, answers none, and is told so as of none', async () => {
    const { id } = await asked('sw-cleo-marchbank', { holder: 'prob', subjects: [idOf(IMKE)] });
    expect(await sees('am-bryn-oakes', id)).toBe(false);
    const refused = await answering('am-bryn-oakes', id);
    const none = await answering('am-bryn-oakes', 'none');
    expect([codeOf(refused), messageOf(refused), refused.data]).toEqual(['NOT_PERMITTED', messageOf(none), none.data]);
    expect(await ownOne('sw-cleo-marchbank', id)).toMatchObject({ state: 'OPEN', rung: { isSeated: true } });
  });

  it.each([
    ['another agency’s manager', 'am-yara-lomas'],
    ['a manager of the agency that asked', 'tm-piers-lovell'],
    ['who asked', 'sw-cleo-marchbank'],
    ['a worker of the holder', 'rw-rory-ember'],
    ['an officer', 'ig-sol-whitby'],
  ])('%s neither sees nor answers it, and is told so as of a request that does not exist', async (_, worker) => {
    const { id } = await asked('sw-cleo-marchbank');
    expect(await sees(worker, id)).toBe(false);
    const [one, none] = [await answering(worker, id), await answering(worker, 'none')];
    expect([codeOf(one), messageOf(one)]).toEqual(['NOT_PERMITTED', messageOf(none)]);
    if (worker !== 'sw-cleo-marchbank')
      expect(((await own(worker))['nodes'] as Json[]).map((each) => each['id'])).not.toContain(id);
  });

  it('a manager who asks does not answer it, though they are a manager of the holder of something else', async () => {
    const { id } = await asked('am-sable-frost', { holder: 'csc', categories: ['PLAN'] }, 'SUPERVISION');
    expect(codeOf(await answering('am-sable-frost', id))).toBe('NOT_PERMITTED');
    expect(await sees('tm-piers-lovell', id)).toBe(true);
  });

  it.each([
    ['a purpose that is no casework', {}, 'EMERGENCY', /casework/],
    ['an agency that is none', { holder: 'CANARY-AGENCY' }, 'ASSESSMENT', /no agency/],
    ['no category', { categories: [] }, 'ASSESSMENT', /categories/],
    ['no reason', { why: ' ' }, 'ASSESSMENT', /why/],
    ['too much to read', { why: 'x'.repeat(4001) }, 'ASSESSMENT', /why/],
    ['too much context', { context: 'x'.repeat(4001) }, 'ASSESSMENT', /context/],
    ['an end before it is due', { until: '2026-11-23T23:00:00Z' }, 'ASSESSMENT', /until/],
  ])('with %s is refused, saying which part and repeating nothing', async (_, more, purpose, problem) => {
    const answer = await requesting('sw-cleo-marchbank', more, purpose);
    expect([codeOf(answer), messageOf(answer)]).toEqual(['NOT_VALID', expect.stringMatching(problem)]);
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  it.each(['9999-12-31T23:59:59-14:00', '0000-01-01T00:00:00+14:00'])(
    'an end in a year that is not four digits long, as %s, is no instant: as text it would come before all others',
    async (until) => {
      expect(codeOf(await requesting('sw-cleo-marchbank', { until }))).toBe('BAD_USER_INPUT');
    },
  );

  it('nobody buries another agency’s list', async () => {
    const whole = await demo.house.registers.sharingRequest(
      (await asked('rw-quinn-darrow', { holder: 'csc', subjects: [idOf('P-1005')] }))['id'],
    );
    const { registers } = demo.house;
    for (let i = await registers.openRequestsBy('rw-quinn-darrow', 'haven'); i < 50; i += 1)
      await demo.store.transaction((transaction) => registers.writeRequest(transaction, { ...whole!, id: `q-${i}` }));
    const more = () => requesting('rw-quinn-darrow', { holder: 'csc', subjects: [idOf('P-1005')] });
    expect(messageOf(await more())).toMatch(/50 open requests/);
    await said('rw-quinn-darrow', 'withdrawInformationRequest', 'q-49');
    // Nor by asking several times at once, in one operation or in several.
    const one = (alias: string) => `${alias}: requestInformation(input: $input) { id }`;
    const both = await ask(
      demo,
      'rw-quinn-darrow',
      `mutation B($input: InformationRequestInput!) @purpose(of: ASSESSMENT) { ${one('a')} ${one('b')} }`,
      { input: input({ holder: 'csc', subjects: [idOf('P-1005')] }) },
    );
    expect(messageOf(both)).toMatch(/50 open requests/);
    expect((await Promise.all([more(), more(), more()])).filter(({ errors }) => !errors)).toHaveLength(1);
    expect(await registers.openRequestsBy('rw-quinn-darrow', 'haven')).toBe(50);
  });

  it('docs/requests.md is what can be asked, answered and read', async () => {
    const text = readFileSync('docs/requests.md', 'utf8');
    const [request = '', mine = '', list = '', answer = ''] = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(
      ([, it]) => it,
    );
    const variables = JSON.parse(/^ {4}(\{"input"[\s\S]*?)\n\n/m.exec(text)?.[1] ?? '') as Record<string, unknown>;
    const { id } = (await ask(demo, 'sw-cleo-marchbank', request, variables)).data['requestInformation'] as Json;
    const listed = (await ask(demo, 'am-sable-frost', list)).data['informationRequestsToAnswer'].nodes as Json[];
    expect(listed.map((one) => one['id'])).toContain(id);
    const refusal = {
      request: id,
      answer: 'REFUSED',
      ground: 'NOTHING_TO_SHARE',
      reasons: 'There is nothing to share.',
    };
    expect((await ask(demo, 'am-sable-frost', answer, { input: refusal })).errors).toBeUndefined();
    const [latest] = (await ask(demo, 'sw-cleo-marchbank', mine)).data['informationRequests'].nodes as Json[];
    expect(latest).toMatchObject({
      id,
      state: 'REFUSED',
      answers: [{ ground: 'NOTHING_TO_SHARE', contributions: [] }],
    });
    const asked = QUESTIONS['sharing-requests'] as Question;
    const rows: string[] = [];
    const out = new Writable({
      write(chunk: Buffer, _, done) {
        rows.push(chunk.toString());
        done();
      },
    });
    const send = sendTo(demo.url, await demo.tokenOf('ig-sol-whitby'));
    for (const format of ['csv', 'ndjson', 'table'] as const)
      await print(send, asked, { state: 'REFUSED' }, writerFor(format, asked), out);
    expect(rows.join('')).toContain('NOTHING_TO_SHARE');
    // What is no operation of the log is no FHIR AuditEvent; the single acts are.
    expect(() => writerFor('fhir', asked)).toThrow('operations');
  });

  it('no entry of the log holds a word that anybody wrote', async () => {
    const log = JSON.stringify(await demo.audit.after(0, 5000));
    expect(log).toContain('REQUEST_REFUSED');
    expect(log).not.toContain('CANARY');
  });

  it('and its files verify: what an answer moved, and what ended, stands in their order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'threshold-requests-'));
    await demo.sequencer.sequence();
    const entries = await exportLog(demo.store, { ...KEYS, witnesses: [] }, join(folder, 'log'));
    const keys = KEYS.verifiers.map((key) => trustedKey(writeVerifier(key)));
    expect((await verifyLog(join(folder, 'log'), { log: keys })).entries).toBe(entries);
    await rm(folder, { recursive: true });
  });
});
