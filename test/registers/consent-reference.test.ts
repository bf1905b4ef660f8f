/** The consent algebra against a naive reading of the rules, over random registers; and the register in its two times. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asOf, beforeMoves, consentAsOf, isReviewDue } from '../../src/registers/as-of.js';
import { type ConsentAsk, consentFor, takenBackBy } from '../../src/registers/consent.js';
import type { ConsentStatement } from '../../src/registers/statements.js';
import { referenceAsOf, referenceState } from './consent-reference.js';
import { ASK, day, said } from './said.js';

const PERSONS = ['P-1', 'P-mother', 'P-father', 'P-aunt', 'P-neighbour'] as const;
const DAYS = { min: 1, max: 12 } as const;
const oneOf = <T>(...lists: readonly T[]) => fc.constantFrom(...lists);

/** Few days, so that ties are common; scopes that cover, that do not, and that cover by kind or by everything. */
const statement = fc
  .record({
    subject: fc.constantFrom('P-1', 'P-1', 'P-1', 'P-1', 'P-2'),
    state: fc.constantFrom('GIVEN', 'GIVEN', 'REFUSED', 'WITHDRAWN'),
    givenBy: fc.constantFrom(...PERSONS),
    capacity: fc.constantFrom('SELF', 'PARENTAL_RESPONSIBILITY', 'OWN_COMPETENCE'),
    categories: oneOf(
      ['MENTAL_HEALTH'],
      ['*'],
      ['MENTAL_HEALTH', 'PLAN'],
      ['MENTAL_HEALTH'],
      ['*'],
      ['MENTAL_HEALTH'],
      ['PLAN'],
    ),
    holders: oneOf(['trust-a'], ['MENTAL_HEALTH'], ['*'], ['trust-a'], ['trust-a', 'trust-b'], ['*'], ['trust-b']),
    recipients: oneOf(['csc'], ['CHILDRENS_SOCIAL_CARE'], ['*'], ['csc'], ['eh', 'csc'], ['*'], ['eh']),
    purposes: oneOf(['CHILD_PROTECTION'], ['*'], ['CHILD_PROTECTION'], ['*'], ['SUPERVISION']),
    recordedAt: fc.integer(DAYS).map(day),
    // Backdated, from now on, or dated ahead.
    starts: fc.constantFrom(-4, 0, 0, 0, 0, 3),
    lasts: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined, freq: 2 }),
  })
  .map(({ starts, lasts, recordedAt, ...rest }) => {
    const from = day(new Date(recordedAt).getUTCDate() + starts);
    const until = lasts === undefined ? {} : { until: day(new Date(recordedAt).getUTCDate() + starts + lasts) };
    return said({ ...rest, recordedAt, from, ...until } as Partial<ConsentStatement>);
  });
const register = fc.array(statement, { maxLength: 14 }).map((list) => list.map((one, i) => ({ ...one, id: `c-${i}` })));
const person = fc.record({
  isChild: fc.boolean(),
  guardians: fc.subarray(['P-mother', 'P-father', 'P-aunt', 'P-1']),
  allegedAgainstSubjectOrCarer: fc.subarray(['P-mother', 'P-father', 'P-1']),
});
const moment = fc.integer(DAYS).map(day);
const ask = fc.tuple(person, moment).map(([about, at]): ConsentAsk => ({ ...ASK, ...about, at }));
const RUNS = { numRuns: 10_000 };

describe('for any register', () => {
  it('the algebra says what the rules say, sentence by sentence', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(register, ask, (list, asked) => {
        const { state } = consentFor(list, asked);
        seen.set(state, (seen.get(state) ?? 0) + 1);
        return state === referenceState(list, asked);
      }),
      RUNS,
    );
    // The generator reaches every state, each often enough to mean something.
    for (const state of ['GIVEN', 'NONE', 'EXPIRED', 'WITHDRAWN', 'REFUSED'])
      expect(seen.get(state) ?? 0).toBeGreaterThan(300);
  });

  it('the reading of any past moment is that of a register rebuilt up to it', () => {
    fc.assert(
      fc.property(register, person, moment, moment, (list, about, validAt, knownAt) => {
        const asked = { ...ASK, ...about };
        const { state } = consentAsOf(list, asked, { validAt, knownAt });
        return state === referenceAsOf(list, asked, { validAt, knownAt });
      }),
      RUNS,
    );
  });

  it('on what a statement took back nothing rests any more, whoever asks of whatever, and whatever is said later', () => {
    let [named, lifted] = [0, 0];
    // Of few people, and what takes back seldom ends by itself.
    const crowded = fc.array(statement, { minLength: 6, maxLength: 16 }).map((list) =>
      list.map(({ until, ...one }, i) => ({
        ...one,
        id: `c-${i}`,
        givenBy: i % 3 === 0 ? one.givenBy : one.subject,
        ...(until && (one.state === 'GIVEN' || i % 5 === 0) ? { until } : {}),
      })),
    );
    const kinds = fc.constantFrom('PROBATION', 'EARLY_HELP', 'MENTAL_HEALTH');
    fc.assert(
      fc.property(crowded, fc.array(ask, { minLength: 4, maxLength: 8 }), kinds, (list, asks, kind) => {
        // As the register writes: none stands before the person's last. What it takes back is told by how it was drafted.
        const lastOf = new Map<string, string>();
        const written: ConsentStatement[] = [];
        const gone = new Set<string>();
        for (const drafted of list) {
          const taken = takenBackBy(drafted, written).map(({ id }) => id);
          expect(taken.filter((id) => gone.has(id))).toEqual([]);
          for (const id of taken) gone.add(id);
          const [recordedAt = ''] = [drafted.recordedAt, lastOf.get(drafted.subject) ?? ''].sort().reverse();
          lastOf.set(drafted.subject, recordedAt);
          written.push({ ...drafted, recordedAt });
          for (const asked of asks.flatMap((one): ConsentAsk[] => [one, { ...one, holderKind: kind }])) {
            const { state, statements } = consentFor(written, asked);
            if (statements.some((id) => gone.has(id))) return false;
            if (gone.size > 0 && state === 'GIVEN') lifted += 1;
          }
        }
        named += gone.size;
        return true;
      }),
      { numRuns: 4000 },
    );
    // Much was taken back, and much agreed to beside it and after it.
    expect(Math.min(named, lifted)).toBeGreaterThan(500);
  });

  it('nothing said later changes what was known then', () => {
    fc.assert(
      fc.property(register, statement, person, moment, moment, (list, later, about, validAt, knownAt) => {
        fc.pre(later.recordedAt > knownAt);
        const asked = { ...ASK, ...about };
        const then = consentAsOf(list, asked, { validAt, knownAt });
        const now = consentAsOf([...list, { ...later, id: 'later' }], asked, { validAt, knownAt });
        return isDeepStrictEqual(now, then);
      }),
      { numRuns: 2_000 },
    );
  });

  it('known and asked of at the same moment it is what a decision at that moment rests on', () => {
    fc.assert(
      fc.property(register, ask, (list, { at, ...asked }) => {
        const stood = list.filter(({ recordedAt }) => recordedAt <= at);
        const now = consentAsOf(list, asked, { validAt: at, knownAt: at });
        return isDeepStrictEqual(now, consentFor(stood, { ...asked, at }));
      }),
      RUNS,
    );
  });

  it('of two who hold responsibility and contradict each other on one day the more restrictive counts, whoever is read first', () => {
    fc.assert(
      fc.property(fc.constantFrom('GIVEN', 'REFUSED', 'WITHDRAWN'), fc.boolean(), (state, swap) => {
        const [one, other] = swap ? ['P-father', 'P-mother'] : ['P-mother', 'P-father'];
        const by = (givenBy: string, changes: Partial<ConsentStatement>) =>
          said({ id: givenBy, givenBy, capacity: 'PARENTAL_RESPONSIBILITY', ...changes });
        const list = [by(one as string, { state }), by(other as string, { state: 'REFUSED' })];
        const child = { ...ASK, isChild: true, guardians: ['P-mother', 'P-father'] };
        expect(consentFor(list, child).state).toBe('REFUSED');
      }),
    );
  });
});

describe('a past moment', () => {
  const asked = { ...ASK, guardians: [] };
  const stateAt = (list: ConsentStatement[], validAt: number, knownAt: number) =>
    consentAsOf(list, asked, { validAt: day(validAt), knownAt: day(knownAt) }).state;
  const given = said({ recordedAt: day(2) });
  const withdrawn = said({ id: 'c-2', state: 'WITHDRAWN', recordedAt: day(8) });

  it('a withdrawal leaves what went before it as it was', () => {
    expect(stateAt([given, withdrawn], 5, 10)).toBe('GIVEN');
    expect(stateAt([given, withdrawn], 8, 10)).toBe('WITHDRAWN');
    expect(stateAt([given, withdrawn], 8, 7)).toBe('GIVEN');
    expect(stateAt([given, withdrawn], 1, 10)).toBe('NONE');
  });

  it('what was dated back counts for those days from when it was recorded, and not before', () => {
    const back = said({ id: 'c-3', state: 'REFUSED', from: day(3), recordedAt: day(9) });
    expect(stateAt([given, back], 5, 8)).toBe('GIVEN');
    expect(stateAt([given, back], 5, 9)).toBe('REFUSED');
  });

  it('what is dated ahead does not count before its day, and what stood before it counts until then', () => {
    const ahead = said({ id: 'c-4', state: 'REFUSED', from: day(12), recordedAt: day(4) });
    expect(stateAt([given, ahead], 11, 20)).toBe('GIVEN');
    expect(stateAt([given, ahead], 12, 20)).toBe('REFUSED');
    expect(stateAt([said({ from: day(12), recordedAt: day(4) })], 11, 20)).toBe('NONE');
  });

  it('of periods that overlap the one recorded last counts, and does not fall back when it ends', () => {
    const short = said({ id: 'c-5', from: day(4), until: day(7), recordedAt: day(4) });
    expect(stateAt([given, short], 5, 20)).toBe('GIVEN');
    expect(stateAt([given, short], 7, 20)).toBe('EXPIRED');
  });

  it('keeps what had ended by then, which counts as expired, and leaves out what had not begun', () => {
    const ended = said({ until: day(3) });
    expect(asOf([ended, said({ id: 'c-6', from: day(9) })], { validAt: day(5) })).toEqual([ended]);
    expect(asOf([ended, withdrawn], { knownAt: day(5) })).toEqual([ended]);
    expect(asOf([ended, withdrawn], {})).toEqual([ended, withdrawn]);
  });

  it('before persons were joined a statement was about whom it was about, through every join since', () => {
    const now = said({ subject: 'P-3', givenBy: 'P-3' });
    const moves = [
      { statement: 'c-1', part: 'subject', at: day(5), was: 'P-1' },
      { statement: 'c-1', part: 'subject', at: day(9), was: 'P-2' },
      { statement: 'c-1', part: 'given_by', at: day(9), was: 'P-2' },
      { statement: 'c-9', part: 'subject', at: day(9), was: 'P-9' },
    ] as const;
    const subjects = [4, 5, 8, 9].map((at) => beforeMoves([now], moves, day(at)).map(({ subject }) => subject)[0]);
    expect(subjects).toEqual(['P-1', 'P-2', 'P-2', 'P-3']);
    expect(beforeMoves([now], moves, day(6))[0]?.givenBy).toBe('P-2');
  });
});

describe('a review date', () => {
  const reviewed = said({ reviewOn: '2026-11-10' });
  it('is due on its day and after it, and the consent counts as before', () => {
    expect(isReviewDue(reviewed, '2026-11-09T23:59:59.999Z')).toBe(false);
    expect(isReviewDue(reviewed, day(10))).toBe(true);
    expect(consentFor([reviewed], { ...ASK, at: day(20) }).state).toBe('GIVEN');
  });

  it('is not due of what has none, was taken back, or has ended', () => {
    expect(isReviewDue(said(), day(20))).toBe(false);
    expect(isReviewDue({ ...reviewed, state: 'WITHDRAWN' }, day(20))).toBe(false);
    expect(isReviewDue({ ...reviewed, until: day(15) }, day(20))).toBe(false);
    expect(isReviewDue({ ...reviewed, until: day(15) }, day(14))).toBe(true);
  });
});
