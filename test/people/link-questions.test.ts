import { describe, expect, it } from '@jest/globals';
import type { PersonIdentity } from '../../src/domain/identity.js';
import { RejectedBefore } from '../../src/people/join-persons.js';
import { AlreadyDecided, openLinkQuestions } from '../../src/people/link-questions.js';
import { openPeople, refKey } from '../../src/people/people.js';
import { createPersonIndex, type Matching, readMatching } from '../../src/people/person-index.js';
import { openRegisters } from '../../src/registers/registers.js';
import { counter, openEmpty, STORES } from '../store/test-stores.js';

const AT = '2026-11-23T10:00:00.000Z';
const person = (space: string, local: string, changes: Partial<PersonIdentity> = {}): PersonIdentity => ({
  space,
  local,
  forename: 'Wilhelmina',
  surname: 'Thornquarry',
  dateOfBirth: '2014-03-05',
  sex: 'F',
  places: [{ postcode: 'ZZ1 1AB', address: 'pc:zz11ab/4' }],
  ...changes,
});
const ref = (space: string, local: string) => ({ space, local });

/** One child at two sources, who may be a third source's too. */
function matched(decisions: Parameters<ReturnType<typeof createPersonIndex>['matchAll']>[0]): Matching {
  const index = createPersonIndex(readMatching());
  index.add(person('social-care', '1'));
  index.add(person('early-help', '7'));
  index.add(person('mental-health', 'x', { forename: 'Wilhemina' }));
  return index.matchAll(decisions);
}
const NOTHING = { confirmed: [], rejected: [] };

describe.each(STORES)('links on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const newId = counter('n');
    return { store, people: openPeople(store, { newId }), questions: openLinkQuestions(store, { newId }) };
  }

  it('makes one person of those who are joined, and asks about the others', async () => {
    const { store, people, questions } = await open();
    const before = await people.resolve([ref('social-care', '1'), ref('early-help', '7')]);
    expect(new Set(before.values()).size).toBe(2);
    expect(await questions.apply(matched(NOTHING), AT)).toEqual({ joined: 1, heldBack: 0, asked: 1 });
    const after = await people.resolve([ref('social-care', '1'), ref('early-help', '7'), ref('mental-health', 'x')]);
    expect(after.get('social-care 1')).toBe(after.get('early-help 7'));
    expect(after.get('mental-health x')).not.toBe(after.get('early-help 7'));
    const [question] = await questions.list('REVIEW', ['mental-health']);
    expect(question?.levels['forename']).toBe('CLOSE');
    expect(question?.ground).toBe('POSSIBLE_TWINS');
    expect(await questions.list('REVIEW', ['probation'])).toEqual([]);
    await store.close();
  });

  it('asks nobody twice: a decision survives matching again, whichever it was', async () => {
    for (const state of ['CONFIRMED', 'REJECTED'] as const) {
      const { store, people, questions } = await open();
      await questions.apply(matched(NOTHING), AT);
      const [question] = await questions.list('REVIEW', ['mental-health']);
      const decision = { id: question?.id ?? '', state, by: 'w-1', at: AT, reason: 'spoke to the school' };
      await store.transaction((transaction) => questions.decide(transaction, decision));
      for (let round = 0; round < 2; round += 1) {
        const again = matched(await questions.decisions());
        expect(again.questions).toEqual([]);
        await questions.apply(again, AT);
      }
      const who = await people.resolve([ref('social-care', '1'), ref('early-help', '7'), ref('mental-health', 'x')]);
      expect(new Set(who.values()).size).toBe(state === 'CONFIRMED' ? 1 : 2);
      expect(await questions.find(decision.id)).toMatchObject({
        state,
        decidedBy: 'w-1',
        reason: 'spoke to the school',
      });
      const twice = store.transaction((transaction) => questions.decide(transaction, decision));
      await expect(twice).rejects.toBeInstanceOf(AlreadyDecided);
      await store.close();
    }
  });

  it('never joins a rejected pair, not even through a third', async () => {
    const { store, people, questions } = await open();
    await questions.apply(matched(NOTHING), AT);
    const [question] = await questions.list('REVIEW', ['mental-health']);
    const reject = { id: question?.id ?? '', state: 'REJECTED', by: 'w-1', at: AT, reason: 'twins' } as const;
    await store.transaction((transaction) => questions.decide(transaction, reject));
    const all = [ref('social-care', '1'), ref('early-help', '7'), ref('mental-health', 'x')];
    const before = await people.resolve(all);
    expect(await questions.apply({ groups: [all], questions: [] }, AT)).toMatchObject({ joined: 0, heldBack: 1 });
    expect(await people.resolve(all)).toEqual(before);
    await store.close();
  });

  it('keeps everything said of either, a refusal above all', async () => {
    const { store, people, questions } = await open();
    const registers = openRegisters(store);
    const refs = [ref('social-care', '1'), ref('early-help', '7')];
    const [first = '', second = ''] = [...(await people.resolve(refs)).values()];
    const scope = { categories: ['PLAN'], holders: ['csc'], recipients: ['eh'], purposes: ['DIRECT_WORK'] } as const;
    for (const [id, subject] of [
      ['c1', first],
      ['c2', second],
    ] as const) {
      await store.transaction((transaction) =>
        registers.writeConsent(transaction, {
          id,
          subject,
          state: 'REFUSED',
          givenBy: subject,
          capacity: 'SELF',
          ...scope,
          from: AT,
          recordedAt: AT,
          recordedBy: 'w-1',
          method: 'in writing',
        }),
      );
    }
    await store.transaction((transaction) =>
      registers.writeException(transaction, {
        id: 'e1',
        subjects: [first, second],
        gateway: 'ca1989-s47',
        ...scope,
        overridesRefusal: false,
        from: AT,
        until: '2027-01-01T00:00:00.000Z',
        recordedAt: AT,
        recordedBy: 'w-1',
        answers: {},
      }),
    );
    await store.transaction((transaction) =>
      registers.writeEmergency(transaction, {
        id: 'em1',
        person: second ?? '',
        subjects: [first ?? '', second ?? ''],
        worker: 'w-1',
        agency: 'csc',
        role: 'SOCIAL_WORKER',
        gateway: 'VITAL_INTERESTS',
        answers: {},
        risk: 'a risk',
        phoned: 'somebody',
        from: AT,
        until: '2027-01-01T00:00:00.000Z',
        recordedAt: AT,
      }),
    );
    for (const subject of [first, second])
      await store.transaction((transaction) =>
        transaction.run('INSERT INTO conflict (worker, person) VALUES (?, ?)', ['w-9', subject]),
      );
    const { version } = await registers.read([first]);
    await questions.apply(matched(NOTHING), AT);
    const [kept = ''] = new Set((await people.resolve(refs)).values());
    const said = await registers.read([kept]);
    expect(said.version).toBeGreaterThan(version);
    expect(said.consents.map(({ id, givenBy }) => [id, givenBy]).sort()).toEqual([
      ['c1', kept],
      ['c2', kept],
    ]);
    expect(said.exceptions.map(({ subjects }) => subjects)).toEqual([[kept]]);
    expect(said.emergencies.map(({ id, person, subject }) => [id, person, subject])).toEqual([['em1', kept, kept]]);
    expect(await store.read('SELECT worker, person FROM conflict')).toEqual([{ worker: 'w-9', person: kept }]);
    expect(await store.read('SELECT retired, kept FROM person_merge')).toEqual([
      { retired: [first, second].find((id) => id !== kept), kept },
    ]);
    await store.close();
  });

  it('refuses to confirm what would join a rejected pair', async () => {
    const { store, people, questions } = await open();
    const all = [ref('social-care', '1'), ref('early-help', '7'), ref('mental-health', 'x')];
    const [a, b, c] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
    const ask = (x: typeof a, y: typeof a) => ({ a: x, b: y, weight: 1, ground: 'WEIGHT', levels: {} }) as never;
    await questions.apply({ groups: [], questions: [ask(a, b), ask(b, c), ask(a, c)] }, AT);
    const open3 = await questions.list('REVIEW', ['social-care', 'early-help']);
    const idOf = (x: typeof a, y: typeof a) =>
      open3.find((q) => [q.a, q.b].map(refKey).sort().join() === [x, y].map(refKey).sort().join())?.id ?? '';
    const decide = (id: string, state: 'CONFIRMED' | 'REJECTED') =>
      store.transaction((transaction) => questions.decide(transaction, { id, state, by: 'w', at: AT, reason: 'r' }));
    await decide(idOf(a, b), 'REJECTED');
    await decide(idOf(b, c), 'CONFIRMED');
    await expect(decide(idOf(a, c), 'CONFIRMED')).rejects.toBeInstanceOf(RejectedBefore);
    expect(await questions.list('REVIEW', ['social-care'])).toHaveLength(1);
    const who = await people.resolve(all);
    expect(who.get(refKey(b))).toBe(who.get(refKey(c)));
    expect(who.get(refKey(a))).not.toBe(who.get(refKey(b)));
    await store.close();
  });
});

describe('somebody who is protected', () => {
  it('is joined, and put before nobody', () => {
    const index = createPersonIndex(readMatching());
    index.add(person('social-care', '1', { isProtected: true }));
    index.add(person('early-help', '7'));
    index.add(person('domestic-abuse', 'x', { forename: 'Wilhemina' }));
    const { groups, questions } = index.matchAll(NOTHING);
    expect(groups).toEqual([[ref('social-care', '1'), ref('early-help', '7')]]);
    expect(questions.flatMap(({ a, b }) => [a.space, b.space])).not.toContain('social-care');
    expect(index.sketch(ref('social-care', '1'))).toBeUndefined();
    expect(index.sketch(ref('early-help', '7'))?.surname).toBe('Thornquarry');
  });
});
