/** Each standing rule holds of its case, and not of the near miss beside it. */
import { describe, expect, it } from '@jest/globals';
import { type Near, nearnessOf, placeOfKey } from '../../../src/oversight/alerts/nearness.js';
import {
  type AlertRule,
  type Day,
  judgeDay,
  judgePair,
  type Pair,
  twoPurposes,
} from '../../../src/oversight/alerts/rules.js';
import type { Deed, Seen, Sighting } from '../../../src/oversight/alerts/sightings.js';

const PLAIN: Sighting = {
  person: 'P-1',
  stands: 'NONE',
  cameAlong: false,
  isAlone: true,
  conflict: false,
  locationRefused: false,
  lockedRefused: false,
  opposingRefused: false,
  emergency: false,
  overridden: false,
  unconfirmed: false,
  confirmed: false,
  ownWork: false,
  records: [],
};
let places = 0;
function deed(at: string, changes: Partial<Deed> = {}, ...sightings: readonly Partial<Sighting>[]): Deed {
  places += 1;
  return {
    index: places,
    at: `2026-11-${at}:00.000Z`,
    worker: 'w-1',
    agency: 'eh',
    role: 'KEYWORKER',
    purpose: 'DIRECT_WORK',
    code: null,
    isNight: false,
    hasGaps: false,
    searches: [],
    ...changes,
    sightings: sightings.map((one) => ({ ...PLAIN, ...one })),
  };
}
const seen = (at: string, sighting: Partial<Sighting>, changes: Partial<Deed> = {}): Seen => {
  const one = deed(at, changes, sighting);
  return { ...(one.sightings[0] as Sighting), deed: one };
};
function rulesOf(all: readonly Seen[], more: Partial<Pair> = {}): AlertRule[] {
  const now = all.at(-1)?.deed.at ?? '';
  const pair: Pair = { seen: all, near: new Set<Near>(), isTold: false, isStanding: true, now, ...more };
  return judgePair(pair).map(({ rule }) => rule);
}
const near = (...marks: readonly Near[]): Partial<Pair> => ({ near: new Set(marks) });

describe('a worker and a person', () => {
  const refused = { locationRefused: true } as const;
  it('protected whereabouts: sought twice in a week by a stranger, not met on a board or once, nor two weeks apart', () => {
    expect(rulesOf([seen('09T10:00', refused), seen('11T10:00', refused)])).toContain('LOCATION_PROBED');
    expect(rulesOf([seen('09T10:00', refused)])).toEqual([]);
    expect(rulesOf([seen('02T10:00', refused), seen('20T10:00', refused)])).toEqual([]);
    const board = { ...refused, stands: 'WORK', cameAlong: true } as const;
    expect(rulesOf([seen('09T10:00', board), seen('10T10:00', board), seen('11T10:00', board)])).toEqual([]);
    const ownPage = { ...refused, stands: 'WORK' } as const;
    expect(rulesOf([seen('09T10:00', ownPage), seen('10T10:00', ownPage), seen('11T10:00', ownPage)])).toEqual([]);
  });
  it('the other side: asking about the victim alone, not opening the page of the family', () => {
    const opposed = { ...refused, stands: 'WORK', opposingRefused: true } as const;
    expect(rulesOf([seen('09T10:00', opposed), seen('10T10:00', opposed)])).toContain('LOCATION_PROBED');
    const page = { ...opposed, isAlone: false };
    expect(rulesOf([seen('09T10:00', page), seen('10T10:00', page)])).toEqual([]);
  });
  it('one purpose after another in a day, by whoever works with them; two are an ordinary day', () => {
    const own = { ...refused, stands: 'WORK' } as const;
    const tries = (['ASSESSMENT', 'SUPERVISION', 'STEP_UP'] as const).map((purpose, i) =>
      seen(`09T1${i}:00`, own, { purpose }),
    );
    expect(rulesOf(tries)).toContain('LOCATION_PROBED');
    expect(rulesOf(tries.slice(0, 2))).toEqual([]);
  });
  it('locked: the same', () => {
    const locked = { lockedRefused: true } as const;
    expect(rulesOf([seen('09T10:00', locked), seen('11T10:00', locked)])).toContain('LOCKED_PROBED');
    expect(rulesOf([seen('09T10:00', locked)])).toEqual([]);
  });
  it('own record and household at once; a conflict that stands for a source that was down is none', () => {
    expect(rulesOf([seen('09T10:00', { conflict: true })], near('OWN_RECORD'))).toEqual(['OWN_RECORD']);
    expect(rulesOf([seen('09T10:00', { conflict: true })])).toEqual(['NEAR_HOUSEHOLD']);
    expect(rulesOf([seen('09T10:00', { conflict: true }, { hasGaps: true })])).toEqual([]);
    expect(rulesOf([seen('09T10:00', { stands: 'WORK' })], near('SAME_ADDRESS'))).toEqual(['NEAR_HOUSEHOLD']);
    expect(rulesOf([seen('09T10:00', { conflict: true, cameAlong: true })])).toEqual([]);
  });
  it('neighbours and colleagues who are none of the work; not the duty team’s, not one’s own family', () => {
    for (const [mark, rule] of [
      ['NEIGHBOUR', 'NEAR_NEIGHBOUR'],
      ['COLLEAGUE', 'NEAR_COLLEAGUE'],
      ['FORMER_ADDRESS', 'NEAR_HOUSEHOLD'],
    ] as const) {
      expect(rulesOf([seen('09T10:00', {})], near(mark))).toEqual([rule]);
      expect(rulesOf([seen('09T10:00', { stands: 'DUTY' })], near(mark))).toEqual([]);
      expect(rulesOf([seen('09T10:00', { stands: 'WORK' })], near(mark))).toEqual([]);
      expect(rulesOf([seen('09T10:00', { cameAlong: true })], near(mark))).toEqual([]);
    }
  });
  it('a surname: on two days, on one it is chance', () => {
    expect(rulesOf([seen('09T10:00', {})], near('SAME_SURNAME'))).toEqual([]);
    expect(rulesOf([seen('09T10:00', {}), seen('09T10:05', {})], near('SAME_SURNAME'))).toEqual([]);
    expect(rulesOf([seen('09T10:00', {}), seen('10T12:00', {})], near('SAME_SURNAME'))).toEqual(['NEAR_SURNAME']);
  });
  it('after the case closed: two days beyond four weeks; not while it is being closed', () => {
    const ended = { stands: 'ENDED' } as const;
    const worked = (at: string) => seen(at, { stands: 'WORK' });
    expect(rulesOf([worked('01T10:00'), seen('30T10:00', ended), seen('30T23:00', ended)])).toEqual([]);
    expect(rulesOf([worked('01T10:00'), seen('29T12:00', ended), seen('30T10:00', ended)])).toEqual(['AFTER_END']);
    expect(rulesOf([worked('01T10:00'), seen('05T10:00', ended), seen('09T10:00', ended)])).toEqual([]);
  });
  it('a stranger on three days; not on two, nor one whom the duty team has a referral about', () => {
    const three = (stands: Sighting['stands']) => ['09', '12', '20'].map((day) => seen(`${day}T10:00`, { stands }));
    expect(rulesOf(three('NONE'))).toEqual(['RETURNING']);
    expect(rulesOf(three('NONE').slice(1))).toEqual([]);
    expect(rulesOf(three('DUTY'))).toEqual([]);
  });
  it('self-asserted involvement: at once where near; after two weeks where nothing was done, or it is gone and served one person alone', () => {
    const asserted = seen('02T10:00', { stands: 'WORK', unconfirmed: true });
    const recorded = seen('02T10:00', { stands: 'WORK', unconfirmed: true, ownWork: true });
    const late = { now: '2026-11-17T10:00:00.000Z' };
    expect(rulesOf([asserted], near('NEIGHBOUR'))).toContain('SELF_ASSERTED');
    expect(rulesOf([asserted])).toEqual([]);
    expect(rulesOf([asserted], late)).toEqual(['SELF_ASSERTED']);
    expect(rulesOf([asserted], { ...late, isTold: true })).toEqual([]);
    expect(rulesOf([asserted, seen('10T10:00', { stands: 'WORK', confirmed: true })], late)).toEqual([]);
    expect(rulesOf([recorded], late)).toEqual([]);
    expect(rulesOf([recorded], { ...late, isStanding: false })).toEqual(['SELF_ASSERTED']);
    const { deed: own, ...one } = recorded;
    const family = { ...one, deed: { ...own, sightings: [one, { ...one, person: 'P-2' }] } };
    expect(rulesOf([family], { ...late, isStanding: false })).toEqual([]);
  });
  it('an overridden refusal is noticed each time it begins', () => {
    expect(rulesOf([seen('09T10:00', { stands: 'WORK', overridden: true })])).toEqual(['OVERRIDDEN_REFUSAL']);
  });
});

describe('a worker and a day', () => {
  const usual = { today: 0, own: [], peers: [] };
  const dayRules = (deeds: readonly Deed[], more: Partial<Day> = {}) =>
    judgeDay({ deeds, volume: usual, searches: usual, active: 20, nights: 0, unknownDays: 0, ...more }).map(
      ({ rule }) => rule,
    );
  const search = (fields: readonly string[], persons: readonly string[] = []) => [
    { fields, found: persons.length, shown: 0, persons },
  ];

  it('strangers by night; not two, not own work, not by whoever is used to nights', () => {
    const night = (stands: Sighting['stands']) =>
      ['P-1', 'P-2', 'P-3'].map((person, i) => deed(`09T22:0${i}`, { isNight: true }, { person, stands }));
    expect(dayRules(night('NONE'))).toEqual(['NIGHT_BROWSING']);
    expect(dayRules(night('NONE').slice(1))).toEqual([]);
    expect(dayRules(night('WORK'))).toEqual([]);
    expect(dayRules(night('NONE'), { nights: 10 })).toEqual([]);
  });
  it('volume: above floor, peers and own; not a manager among managers, nor whoever does as much every day', () => {
    const one = [deed('09T10:00')];
    const peers = [40, 50, 45, 60, 55];
    expect(dayRules(one, { volume: { today: 400, own: [50, 40, 60, 50, 45], peers } })).toEqual(['VOLUME']);
    expect(dayRules(one, { volume: { today: 110, own: [], peers: [5, 6, 5, 6, 5] } })).toEqual([]);
    expect(
      dayRules(one, { volume: { today: 400, own: [50, 40, 60, 50, 45], peers: [380, 400, 350, 420, 500] } }),
    ).toEqual([]);
    expect(dayRules(one, { volume: { today: 400, own: [350, 380, 400, 390, 410], peers } })).toEqual([]);
  });
  it('many searches and few openings; not where those who were found are opened', () => {
    const many = { searches: { today: 12, own: [1, 2, 1, 1, 2], peers: [1, 2, 1, 3, 2] } };
    const searches = (opened: boolean) =>
      Array.from({ length: 12 }, (_, i) =>
        deed(
          `09T10:1${i % 10}`,
          { searches: search(['forename', 'surname'], [`P-${i}`]) },
          {
            person: `P-${i}`,
            records: opened ? [`csc Visit v${i}`] : [`csc PersonDetails ${i}`],
          },
        ),
      );
    expect(dayRules(searches(false), many)).toEqual(['SEARCHES']);
    expect(dayRules(searches(true), many)).toEqual([]);
    expect(dayRules(searches(false), { searches: { ...many.searches, own: [9, 10, 11, 9, 12] } })).toEqual([]);
  });
  it('by one field three times, and on a second day after the role ended', () => {
    const one = () => deed('09T10:00', { searches: search(['surname']), code: 'BAD_USER_INPUT' });
    expect(dayRules([one(), one(), one()])).toEqual(['ONE_FIELD']);
    expect(dayRules([one(), one()])).toEqual([]);
    const unknown = deed('09T10:00', { code: 'NOT_KNOWN_HERE' });
    expect(dayRules([unknown], { unknownDays: 1 })).toEqual(['AFTER_ROLE']);
    expect(dayRules([unknown])).toEqual([]);
  });
  it('a record under two purposes within an hour; not within two, not under one, not on boards', () => {
    const at = (time: string, purpose: string, more: Partial<Sighting> = {}) =>
      deed(`09T${time}`, { purpose }, { records: ['csc Visit v1'], ...more });
    const both = (...deeds: readonly Deed[]) => twoPurposes(deeds).length;
    expect(both(at('10:00', 'SUPERVISION'), at('10:59', 'ASSESSMENT'))).toBe(1);
    expect(both(at('10:00', 'SUPERVISION'), at('11:01', 'ASSESSMENT'))).toBe(0);
    expect(both(at('10:00', 'SUPERVISION'), at('10:30', 'SUPERVISION'))).toBe(0);
    expect(both(at('10:00', 'SUPERVISION', { cameAlong: true }), at('10:30', 'ASSESSMENT'))).toBe(0);
  });
});

describe('nearness', () => {
  const known = (person: string, surname: string, key?: string, isPast = false) => ({
    person,
    surnames: [surname],
    places: key === undefined ? [] : [placeOfKey(key, isPast)],
  });
  it.each([
    ['the same person', known('P-1', 'Ash', 'pc:zz11aa/1'), ['OWN_RECORD']],
    ['one address', known('P-2', 'Elm', 'pc:zz11aa/1'), ['SAME_ADDRESS']],
    ['one address, once', known('P-2', 'Elm', 'pc:zz11aa/1', true), ['FORMER_ADDRESS']],
    ['next door', known('P-2', 'Elm', 'pc:zz11aa/3'), ['NEIGHBOUR']],
    ['next door, once', known('P-2', 'Elm', 'pc:zz11aa/3', true), []],
    ['the next street', known('P-2', 'Elm', 'pc:zz11ab/1'), []],
    ['part of a name', known('P-2', 'Elm-Ásh'), ['SAME_SURNAME']],
    ['a name that only begins so', known('P-2', 'Ashby'), []],
    ['a worker', known('P-9', 'Elm'), ['COLLEAGUE']],
  ] as const)('%s', (_, other, marks) => {
    expect([...nearnessOf(known('P-1', 'Ash', 'pc:zz11aa/1'), other, new Set(['P-9']))]).toEqual(marks);
  });
});
