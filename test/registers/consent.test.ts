import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ConsentAsk, consentFor, takenBackBy } from '../../src/registers/consent.js';
import type { ConsentStatement } from '../../src/registers/statements.js';
import { ASK, day, NOW, said } from './said.js';

const CHILD: ConsentAsk = { ...ASK, isChild: true, guardians: ['P-mother', 'P-father'] };
const byMother = (changes: Partial<ConsentStatement> = {}) =>
  said({ id: 'mother', givenBy: 'P-mother', capacity: 'PARENTAL_RESPONSIBILITY', ...changes });
const byFather = (changes: Partial<ConsentStatement> = {}) =>
  said({ id: 'father', givenBy: 'P-father', capacity: 'PARENTAL_RESPONSIBILITY', ...changes });
const byChild = (changes: Partial<ConsentStatement> = {}) =>
  said({ id: 'child', capacity: 'OWN_COMPETENCE', ...changes });
const stateOf = (statements: ConsentStatement[], ask: ConsentAsk = ASK) => consentFor(statements, ask).state;

describe('what a statement covers', () => {
  it('is category and holder and recipient and purpose', () => {
    expect(consentFor([said()], ASK)).toEqual({ state: 'GIVEN', statements: ['c-1'] });
  });

  it.each([
    ['another subject', { subject: 'P-2', givenBy: 'P-2' }],
    ['another category', { categories: ['SUBSTANCE_MISUSE'] }],
    ['another holder', { holders: ['trust-b'] }],
    ['another recipient', { recipients: ['eh'] }],
    ['another purpose', { purposes: ['COURT_PROCEEDINGS'] }],
    ['nothing', { categories: [] }],
    ['what has not started', { from: day(21) }],
  ] as const)('not %s', (_, changes) => {
    expect(consentFor([said(changes)], ASK)).toEqual({ state: 'NONE', statements: [] });
  });

  it('names a kind of agency, or everything, only when the person said so', () => {
    expect(stateOf([said({ holders: ['MENTAL_HEALTH'], recipients: ['CHILDRENS_SOCIAL_CARE'] })])).toBe('GIVEN');
    expect(stateOf([said({ holders: ['PROBATION'] })])).toBe('NONE');
    expect(stateOf([said({ categories: ['*'], holders: ['*'], recipients: ['*'], purposes: ['*'] })])).toBe('GIVEN');
  });

  it('a holder’s kind does not stand for a recipient', () => {
    expect(stateOf([said({ recipients: ['MENTAL_HEALTH'] })])).toBe('NONE');
  });
});

describe('an adult', () => {
  it('the most recent statement that covers counts', () => {
    expect(stateOf([said(), said({ id: 'c-2', state: 'WITHDRAWN', recordedAt: day(5) })])).toBe('WITHDRAWN');
    expect(stateOf([said({ state: 'REFUSED' }), said({ id: 'c-2', recordedAt: day(5) })])).toBe('GIVEN');
  });

  it('a later statement that covers something else changes nothing', () => {
    expect(stateOf([said(), said({ id: 'c-2', state: 'WITHDRAWN', recordedAt: day(5), holders: ['trust-b'] })])).toBe(
      'GIVEN',
    );
  });

  it('an expired statement counts, and is not replaced by an earlier one', () => {
    expect(
      consentFor([said({ state: 'REFUSED' }), said({ id: 'c-2', recordedAt: day(5), until: day(10) })], ASK),
    ).toEqual({
      state: 'EXPIRED',
      statements: ['c-2'],
    });
    expect(stateOf([said(), said({ id: 'c-2', recordedAt: day(5), until: day(10) })])).toBe('EXPIRED');
  });

  it('the start counts, the end does not', () => {
    expect(stateOf([said({ from: NOW })])).toBe('GIVEN');
    expect(stateOf([said({ until: NOW })])).toBe('EXPIRED');
    expect(stateOf([said({ until: day(21) })])).toBe('GIVEN');
  });

  it('at equal times the more restrictive counts', () => {
    const ordered = [
      said({ until: day(10) }),
      said({ id: 'c-2' }),
      said({ id: 'c-3', state: 'WITHDRAWN' }),
      said({ id: 'c-4', state: 'REFUSED' }),
    ];
    expect(consentFor(ordered, ASK)).toEqual({ state: 'REFUSED', statements: ['c-4'] });
    expect(stateOf(ordered.slice(0, 3))).toBe('WITHDRAWN');
    expect(stateOf(ordered.slice(0, 2))).toBe('EXPIRED');
  });

  it('speaks for themselves alone', () => {
    expect(
      stateOf([said({ givenBy: 'P-mother', capacity: 'PARENTAL_RESPONSIBILITY' })], {
        ...ASK,
        guardians: ['P-mother'],
      }),
    ).toBe('NONE');
    expect(stateOf([said({ givenBy: 'P-partner', state: 'REFUSED' })])).toBe('NONE');
  });

  it('what they said as a competent child stands when they are grown', () => {
    expect(stateOf([byChild({ state: 'REFUSED' })])).toBe('REFUSED');
  });

  it('a withdrawal counts at once where the recording instance’s clock is ahead, an agreement does not', () => {
    const ahead = new Date(Date.parse(NOW) + 2000).toISOString();
    expect(stateOf([said(), said({ id: 'c-2', state: 'WITHDRAWN', recordedAt: ahead })])).toBe('WITHDRAWN');
    expect(stateOf([said({ state: 'REFUSED' }), said({ id: 'c-2', recordedAt: ahead })])).toBe('REFUSED');
  });

  it('a withdrawal that is to count later does not count yet', () => {
    expect(stateOf([said(), said({ id: 'c-2', state: 'WITHDRAWN', recordedAt: day(5), from: day(25) })])).toBe('GIVEN');
  });
});

describe('a child', () => {
  it('the latest of each holder of parental responsibility counts, the more restrictive of them', () => {
    expect(consentFor([byMother(), byFather()], CHILD)).toEqual({ state: 'GIVEN', statements: ['mother', 'father'] });
    expect(consentFor([byMother(), byFather({ state: 'REFUSED' })], CHILD)).toEqual({
      state: 'REFUSED',
      statements: ['father'],
    });
    expect(
      stateOf([byMother({ recordedAt: day(9) }), byFather({ state: 'WITHDRAWN', recordedAt: day(2) })], CHILD),
    ).toBe('WITHDRAWN');
  });

  it('a holder who said nothing is passed over', () => {
    expect(consentFor([byMother()], CHILD)).toEqual({ state: 'GIVEN', statements: ['mother'] });
  });

  it('an expired statement counts only where no other holder’s is live', () => {
    expect(stateOf([byMother({ until: day(10) }), byFather()], CHILD)).toBe('GIVEN');
    expect(stateOf([byMother({ until: day(10) }), byFather({ state: 'REFUSED' })], CHILD)).toBe('REFUSED');
    expect(stateOf([byMother({ until: day(10) })], CHILD)).toBe('EXPIRED');
    expect(stateOf([byMother({ until: day(10) }), byFather({ until: day(9) })], CHILD)).toBe('EXPIRED');
  });

  it('agreement is given by parental responsibility, not in somebody’s own name', () => {
    expect(stateOf([byMother({ capacity: 'SELF' })], CHILD)).toBe('NONE');
    expect(stateOf([byMother({ capacity: 'SELF', state: 'REFUSED' })], CHILD)).toBe('REFUSED');
  });

  it('a competent child outranks everybody', () => {
    expect(stateOf([byChild({ state: 'REFUSED' }), byMother({ recordedAt: day(9) })], CHILD)).toBe('REFUSED');
    expect(consentFor([byChild(), byMother({ state: 'REFUSED', recordedAt: day(9) })], CHILD)).toEqual({
      state: 'GIVEN',
      statements: ['child'],
    });
    expect(stateOf([byChild({ until: day(10) }), byMother()], CHILD)).toBe('EXPIRED');
  });

  it('a competent child’s later refusal counts in whatever capacity it was recorded', () => {
    expect(
      stateOf([byChild(), byChild({ id: 'later', capacity: 'SELF', state: 'REFUSED', recordedAt: day(5) })], CHILD),
    ).toBe('REFUSED');
  });

  it('who is not said to be competent cannot agree, but can refuse', () => {
    expect(stateOf([byChild({ capacity: 'SELF' })], CHILD)).toBe('NONE');
    expect(stateOf([byChild({ capacity: 'SELF', state: 'WITHDRAWN' }), byMother({ recordedAt: day(9) })], CHILD)).toBe(
      'WITHDRAWN',
    );
    expect(stateOf([byChild({ capacity: 'SELF', state: 'REFUSED', until: day(10) }), byMother()], CHILD)).toBe('GIVEN');
  });

  it('somebody without responsibility says nothing', () => {
    for (const state of ['GIVEN', 'REFUSED', 'WITHDRAWN'] as const) {
      expect(stateOf([byMother({ givenBy: 'P-neighbour', state })], CHILD)).toBe('NONE');
    }
    expect(stateOf([byMother()], { ...CHILD, guardians: [] })).toBe('NONE');
  });
});

describe('a person alleged to have harmed the child or its carer', () => {
  const alleged: ConsentAsk = { ...CHILD, allegedAgainstSubjectOrCarer: ['P-father'] };

  it('agrees to nothing', () => {
    expect(stateOf([byFather()], alleged)).toBe('NONE');
    expect(consentFor([byFather(), byMother()], alleged)).toEqual({ state: 'GIVEN', statements: ['mother'] });
    expect(stateOf([byFather({ until: day(10) })], alleged)).toBe('NONE');
  });

  it('refuses like any other', () => {
    expect(stateOf([byFather({ state: 'REFUSED' }), byMother()], alleged)).toBe('REFUSED');
    expect(stateOf([byFather({ state: 'WITHDRAWN' }), byMother()], alleged)).toBe('WITHDRAWN');
  });

  it('does not lift what they refused by agreeing later', () => {
    expect(
      stateOf([byFather({ state: 'REFUSED' }), byFather({ id: 'later', recordedAt: day(9) }), byMother()], alleged),
    ).toBe('REFUSED');
  });
});

describe('for any statements', () => {
  const PERSONS = ['P-1', 'P-mother', 'P-father', 'P-neighbour'];
  const statement = fc
    .record({
      state: fc.constantFrom('GIVEN', 'REFUSED', 'WITHDRAWN'),
      givenBy: fc.constantFrom(...PERSONS),
      capacity: fc.constantFrom('SELF', 'PARENTAL_RESPONSIBILITY', 'OWN_COMPETENCE'),
      recordedAt: fc.integer({ min: 1, max: 6 }).map(day),
      until: fc.option(fc.constantFrom(day(10), day(25)), { nil: undefined }),
      holders: fc.constantFrom(['trust-a'], ['trust-b'], ['MENTAL_HEALTH'], ['*']),
    })
    .map(({ until, ...rest }) =>
      said({ ...rest, ...(until === undefined ? {} : { until }) } as Partial<ConsentStatement>),
    );
  const statements = fc
    .array(statement, { maxLength: 8 })
    .map((list) => list.map((one, i) => ({ ...one, id: `c-${i}` })));
  const ask = fc
    .record({
      isChild: fc.boolean(),
      guardians: fc.subarray(['P-mother', 'P-father']),
      allegedAgainstSubjectOrCarer: fc.subarray(['P-mother', 'P-father']),
    })
    .map((changes): ConsentAsk => ({ ...ASK, ...changes }));

  it('the order in which they are read does not matter', () => {
    fc.assert(
      fc.property(statements, ask, (list, asked) => {
        const [one, other] = [consentFor(list, asked), consentFor([...list].reverse(), asked)];
        expect(other.state).toBe(one.state);
        expect([...other.statements].sort()).toEqual([...one.statements].sort());
      }),
    );
  });

  it('GIVEN rests on live agreements alone, of the adult, the competent child, or unalleged guardians', () => {
    fc.assert(
      fc.property(statements, ask, (list, asked) => {
        const { state, statements: ids } = consentFor(list, asked);
        if (state !== 'GIVEN') return;
        expect(ids.length).toBeGreaterThan(0);
        for (const one of list.filter(({ id }) => ids.includes(id))) {
          expect(one.state).toBe('GIVEN');
          expect(one.until === undefined || one.until > NOW).toBe(true);
          if (!asked.isChild) expect(one.givenBy).toBe('P-1');
          else if (one.givenBy === 'P-1') expect(one.capacity).toBe('OWN_COMPETENCE');
          else {
            expect(asked.guardians).toContain(one.givenBy);
            expect(asked.allegedAgainstSubjectOrCarer).not.toContain(one.givenBy);
          }
        }
      }),
    );
  });

  it('what a stranger says changes nothing', () => {
    fc.assert(
      fc.property(statements, ask, (list, asked) => {
        expect(
          consentFor(
            list.filter(({ givenBy }) => givenBy !== 'P-neighbour'),
            asked,
          ),
        ).toEqual(consentFor(list, asked));
      }),
    );
  });

  it('an allegation never makes sharing easier', () => {
    fc.assert(
      fc.property(statements, ask, (list, asked) => {
        if (consentFor(list, asked).state !== 'GIVEN') return;
        expect(consentFor(list, { ...asked, allegedAgainstSubjectOrCarer: [] }).state).toBe('GIVEN');
      }),
    );
  });

  it('a refusal now, by whoever may speak, is never followed by GIVEN', () => {
    fc.assert(
      fc.property(statements, ask, fc.constantFrom('P-1', 'P-mother', 'P-father'), (list, asked, person) => {
        const refusal = said({ id: 'now', givenBy: person, state: 'REFUSED', capacity: 'SELF', recordedAt: day(15) });
        const mayRefuse = person === 'P-1' || (asked.isChild && asked.guardians.includes(person));
        const isOutranked =
          person !== 'P-1' && list.some((one) => one.givenBy === 'P-1' && one.capacity === 'OWN_COMPETENCE');
        if (mayRefuse && !isOutranked) expect(consentFor([...list, refusal], asked).state).toBe('REFUSED');
      }),
    );
  });
});

describe('what a statement takes back', () => {
  const narrow = said();
  const wide = said({ id: 'c-wide', categories: ['*'] });
  const back = (changes: Partial<ConsentStatement> = {}) =>
    said({ id: 'c-back', state: 'WITHDRAWN', recordedAt: day(5), ...changes });
  const takenBy = (one: ConsentStatement, list: ConsentStatement[] = [narrow, wide]) =>
    takenBackBy(one, list).map(({ id }) => id);

  it('is every agreement all of which it covers, and not one of which it covers a part', () => {
    expect(takenBy(back())).toEqual(['c-1']);
    expect(takenBy(back({ categories: ['*'] }))).toEqual(['c-1', 'c-wide']);
    expect(takenBy(back({ state: 'REFUSED' }))).toEqual(['c-1']);
    expect(takenBy(back({ purposes: ['SUPERVISION'] }))).toEqual([]);
  });

  it('goes by the words: an agency may become of another kind', () => {
    expect(takenBy(back({ holders: ['MENTAL_HEALTH'] }))).toEqual([]);
    expect(takenBy(back({ holders: ['MENTAL_HEALTH'] }), [said({ holders: ['MENTAL_HEALTH'] })])).toEqual(['c-1']);
  });

  it('is nothing that is agreed to again, counts only from a later day, ends, or is of somebody else', () => {
    expect(takenBy(back({ state: 'GIVEN' }))).toEqual([]);
    expect(takenBy(back({ from: day(6) }))).toEqual([]);
    expect(takenBy(back({ until: day(9) }))).toEqual([]);
    expect(takenBy(back({ subject: 'P-2' }))).toEqual([]);
    expect(takenBy(back({ givenBy: 'P-partner' }))).toEqual([]);
  });

  it('is not named again, but where it was agreed to again', () => {
    expect(takenBy(back({ id: 'c-again', recordedAt: day(6) }), [narrow, back()])).toEqual([]);
    expect(
      takenBy(back({ id: 'c-again', recordedAt: day(7) }), [narrow, back(), said({ id: 'c-new', recordedAt: day(6) })]),
    ).toEqual(['c-new']);
  });

  it('of a child’s refusal is what holders of responsibility agreed to; of one holder’s not the other’s', () => {
    const both = [byMother(), byFather()];
    expect(takenBy(byChild({ id: 'no', state: 'REFUSED', recordedAt: day(5) }), both)).toEqual(['mother', 'father']);
    expect(takenBy(byMother({ id: 'no', state: 'REFUSED', recordedAt: day(5) }), both)).toEqual(['mother']);
  });
});
