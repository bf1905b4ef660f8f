import { describe, expect, it } from '@jest/globals';
import { AlreadyDecided, openLinkQuestions } from '../../src/people/link-questions.js';
import { openPeople, type PersonRef, refKey } from '../../src/people/people.js';
import { openRegisters } from '../../src/registers/registers.js';
import { day, excepted, judged, said } from '../registers/said.js';
import { counter, openEmpty, STORES } from '../store/test-stores.js';

const [CARE, HELP, TRUST]: [PersonRef, PersonRef, PersonRef] = [
  { space: 'social-care', local: '1' },
  { space: 'early-help', local: '7' },
  { space: 'mental-health', local: 'x' },
];

describe.each(STORES)('a link taken back on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const newId = counter('n');
    const people = openPeople(store, { newId });
    const questions = openLinkQuestions(store, { newId });
    const registers = openRegisters(store);
    const who = async (ref: PersonRef) => (await people.resolve([ref])).get(refKey(ref)) ?? '';
    const join = async (refs: readonly PersonRef[], at: string) => {
      const [a = CARE, b = HELP] = refs;
      await questions.apply(
        { groups: [], questions: [{ a, b, weight: 9, ground: 'WEIGHT', levels: {} as never }] },
        at,
      );
      const [question] = await questions.list('REVIEW', [a.space]);
      const id = question?.id ?? '';
      const decision = { id, state: 'CONFIRMED', by: 'ds-1', at, reason: 'the same school' } as const;
      await store.transaction((transaction) => questions.decide(transaction, decision));
      return id;
    };
    const undo = (id: string, taken: PersonRef, at: string) =>
      store.transaction((transaction) =>
        questions.undo(transaction, { id, taken, by: 'ds-2', at, reason: 'another birth date' }),
      );
    const consent = (change: Parameters<typeof said>[0]) =>
      store.transaction((transaction) => registers.writeConsent(transaction, said(change)));
    const saidOf = async (ref: PersonRef) => {
      const { consents, exceptions, judgements } = await registers.read([await who(ref)]);
      return [
        ...consents.map(({ method, state }) => `${method} ${state}`),
        ...exceptions.map(({ id }) => id),
        ...judgements.map(({ decision }) => decision),
      ].sort();
    };
    return { store, people, questions, registers, who, join, undo, consent, saidOf };
  }

  it('gives each what was said of them alone, both what closes, neither what opens', async () => {
    const { store, registers, who, join, undo, consent, saidOf } = await open();
    const [care, help] = [await who(CARE), await who(HELP)];
    await consent({ id: 'a', subject: care, givenBy: care, method: 'care before', recordedAt: day(1) });
    await consent({ id: 'b', subject: help, givenBy: help, method: 'help before', recordedAt: day(1) });
    const question = await join([CARE, HELP], day(5));
    const one = await who(CARE);
    expect(await who(HELP)).toBe(one);
    await consent({ id: 'c', subject: one, givenBy: one, method: 'of one', recordedAt: day(6) });
    await consent({ id: 'd', subject: one, givenBy: one, method: 'of one', state: 'REFUSED', recordedAt: day(7) });
    await store.transaction(async (transaction) => {
      await registers.writeException(transaction, excepted({ id: 'e', subjects: [one], recordedAt: day(6) }));
      await registers.writeJudgement(transaction, judged({ id: 'j1', subject: one, judgedAt: day(6) }));
      await registers.writeJudgement(
        transaction,
        judged({ id: 'j2', subject: one, decision: 'NOT_RELEVANT', judgedAt: day(6) }),
      );
    });
    const { version } = await registers.read([one]);

    await undo(question, HELP, day(9));

    expect(await who(HELP)).not.toBe(await who(CARE));
    expect((await registers.read([one])).version).toBeGreaterThan(version);
    expect(await saidOf(CARE)).toEqual(['NOT_RELEVANT', 'care before GIVEN', 'of one REFUSED']);
    expect(await saidOf(HELP)).toEqual(['NOT_RELEVANT', 'help before GIVEN', 'of one REFUSED']);
    const consents = (await registers.read([await who(HELP)])).consents;
    expect(consents.map(({ givenBy }) => givenBy)).toEqual(consents.map(({ subject }) => subject));
    // Nothing that was said is gone: it is about nobody who is known.
    expect(await store.read(`SELECT id FROM consent_statement WHERE id = 'c'`)).toEqual([{ id: 'c' }]);
    await store.close();
  });

  it('takes what was said of one by an instance whose clock was behind for what it is: a withdrawal of both, an agreement of neither', async () => {
    const { store, who, join, undo, consent, saidOf } = await open();
    const [care, help] = [await who(CARE), await who(HELP)];
    await consent({ id: 'a', subject: care, givenBy: care, method: 'care before', recordedAt: day(1) });
    await consent({ id: 'b', subject: help, givenBy: help, method: 'help before', recordedAt: day(1) });
    const question = await join([CARE, HELP], day(5));
    const one = await who(CARE);
    const behind = new Date(Date.parse(day(5)) - 2000).toISOString();
    await consent({ id: 'c', subject: one, givenBy: one, method: 'of one', recordedAt: behind });
    await consent({ id: 'd', subject: one, givenBy: one, method: 'of one', state: 'WITHDRAWN', recordedAt: behind });
    await undo(question, HELP, day(9));
    expect(await saidOf(CARE)).toEqual(['care before GIVEN', 'of one WITHDRAWN']);
    expect(await saidOf(HELP)).toEqual(['help before GIVEN', 'of one WITHDRAWN']);
    await store.close();
  });

  it('takes along whom requests and contributions are about: what was asked of one is of one again, of both of neither', async () => {
    const { store, registers, who, join, undo } = await open();
    const [care, help] = [await who(CARE), await who(HELP)];
    const asked = (id: string, subjects: readonly string[], n: number) => ({
      id,
      holder: 'haven',
      worker: 'w-1',
      agency: 'csc',
      role: 'SOCIAL_WORKER' as const,
      subjects,
      categories: ['PLAN' as const],
      purpose: 'ASSESSMENT' as const,
      why: 'w',
      urgency: 'URGENT' as const,
      until: day(28),
      recordedAt: day(n),
    });
    const contributed = (request: string, subject: string, n: number) =>
      store.transaction((transaction) =>
        registers.writeAnswer(
          transaction,
          { id: `a-${request}`, request, answer: 'CONTRIBUTED', reasons: 'r', at: day(n), answeredBy: 'am-1' },
          [{ id: `c-${request}`, subject, category: 'PLAN', text: 't' }],
        ),
      );
    const about = async (id: string) => {
      const request = await registers.sharingRequest(id);
      return [
        request?.subjects,
        request?.answers.flatMap(({ contributions }) => contributions.map((one) => one.subject)),
      ];
    };
    await store.transaction((transaction) => registers.writeRequest(transaction, asked('both', [care, help], 1)));
    await store.transaction((transaction) => registers.writeRequest(transaction, asked('help', [help], 1)));
    await contributed('help', help, 2);
    const question = await join([CARE, HELP], day(5));
    const one = await who(CARE);
    expect(await about('both')).toEqual([[one], []]);
    expect(await about('help')).toEqual([[one], [one]]);
    await store.transaction((transaction) => registers.writeRequest(transaction, asked('one', [one], 6)));
    await contributed('one', one, 7);

    await undo(question, HELP, day(9));

    expect(await about('help')).toEqual([[await who(HELP)], [await who(HELP)]]);
    const [subjects = [], contributions = []] = await about('one');
    for (const person of [...subjects, ...contributions])
      expect([await who(CARE), await who(HELP)]).not.toContain(person);
    await store.close();
  });

  it('survives matching again, and is taken back once', async () => {
    const { store, questions, who, join, undo } = await open();
    await who(CARE);
    const question = await join([CARE, HELP], day(5));
    await undo(question, HELP, day(9));
    const apart = [await who(CARE), await who(HELP)];
    expect(new Set(apart).size).toBe(2);
    expect(await questions.apply({ groups: [[CARE, HELP]], questions: [] }, day(10))).toMatchObject({
      joined: 0,
      heldBack: 1,
    });
    expect([await who(CARE), await who(HELP)]).toEqual(apart);
    expect((await questions.decisions()).confirmed).toEqual([]);
    expect((await questions.decisions()).rejected).toEqual([[HELP, CARE]]);
    await expect(undo(question, HELP, day(10))).rejects.toBeInstanceOf(AlreadyDecided);
    await store.close();
  });

  it('does not bring the two together through a third', async () => {
    const { store, questions, who, join, undo } = await open();
    const question = await join([CARE, HELP], day(5));
    await questions.apply({ groups: [[CARE, HELP, TRUST]], questions: [] }, day(6));
    await undo(question, HELP, day(9));
    expect(await who(TRUST)).toBe(await who(CARE));
    await questions.apply({ groups: [[HELP, TRUST]], questions: [] }, day(10));
    expect(await who(HELP)).not.toBe(await who(CARE));
    expect(await who(HELP)).not.toBe(await who(TRUST));
    await store.close();
  });

  it('takes a record out of whoever it was joined with, unasked pairs among them, and lists those to nobody', async () => {
    const { store, questions, who, consent, saidOf } = await open();
    await questions.apply({ groups: [[CARE, HELP, TRUST]], questions: [] }, day(5));
    const one = await who(CARE);
    await consent({ id: 'c', subject: one, givenBy: one, method: 'of one', recordedAt: day(6) });
    const undone = { taken: [HELP], by: 'ds-2', at: day(9), reason: 'a namesake' };
    await store.transaction((transaction) => questions.separate(transaction, undone));
    expect(await who(TRUST)).toBe(await who(CARE));
    expect(await who(HELP)).not.toBe(await who(CARE));
    expect((await questions.decisions()).rejected).toHaveLength(2);
    expect(await questions.list('REJECTED', ['social-care', 'early-help', 'mental-health'])).toEqual([]);
    expect([await saidOf(CARE), await saidOf(HELP)]).toEqual([[], []]);
    await questions.apply({ groups: [[CARE, HELP]], questions: [] }, day(10));
    expect(await who(HELP)).not.toBe(await who(CARE));
    await store.close();
  });

  it('does the same to a record that was joined with nobody', async () => {
    const { store, questions, who, consent, saidOf } = await open();
    const alone = await who(HELP);
    await consent({ id: 'c', subject: alone, givenBy: alone, method: 'alone', recordedAt: day(6) });
    await consent({ id: 'd', subject: alone, givenBy: alone, method: 'alone', state: 'REFUSED', recordedAt: day(7) });
    const undone = { taken: [HELP], by: 'ds-2', at: day(9), reason: 'a namesake' };
    await store.transaction((transaction) => questions.separate(transaction, undone));
    expect(await who(HELP)).not.toBe(alone);
    expect(await saidOf(HELP)).toEqual(['alone REFUSED']);
    await store.close();
  });

  it('knows what was said before a record that was new came to be somebody’s', async () => {
    const { store, questions, who, consent, saidOf } = await open();
    const care = await who(CARE);
    await consent({ id: 'a', subject: care, givenBy: care, method: 'care before', recordedAt: day(1) });
    await questions.apply({ groups: [[CARE, HELP]], questions: [] }, day(5));
    const undone = { taken: [HELP], by: 'ds-2', at: day(9), reason: 'a namesake' };
    await store.transaction((transaction) => questions.separate(transaction, undone));
    expect([await saidOf(CARE), await saidOf(HELP)]).toEqual([['care before GIVEN'], []]);
    await store.close();
  });

  it('tells of the past what was known then', async () => {
    const { store, registers, who, join, undo, consent } = await open();
    const [care, help] = [await who(CARE), await who(HELP)];
    await consent({ id: 'b', subject: help, givenBy: help, method: 'help before', recordedAt: day(1) });
    const question = await join([CARE, HELP], day(5));
    await undo(question, HELP, day(9));
    const own = await who(HELP);
    const idsAt = async (knownAt: string, person: string) =>
      (await registers.consentsAsOf(person, { knownAt })).map(({ id }) => id);
    const [one = '', retired = ''] = [care, help].sort();
    expect(await idsAt(day(2), help)).toEqual(['b']);
    expect(await idsAt(day(6), one)).toEqual(['b']);
    expect(await idsAt(day(6), own)).toEqual([]);
    expect(await idsAt(day(10), own)).toEqual(['b']);
    expect([await idsAt(day(10), one), await idsAt(day(10), retired)]).toEqual([[], []]);
    await store.close();
  });
});
