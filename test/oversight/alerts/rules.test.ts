/** Each standing rule holds of its case, and not of the near miss beside it. */
import { describe, expect, it } from '@jest/globals';
import { type Day, judgeDay, judgeUnknown, twoPurposes } from '../../../src/oversight/alerts/day-rules.js';
import { type Near, nearnessOf, placeOfKey, rareNamesAmong } from '../../../src/oversight/alerts/nearness.js';
import { type AlertRule, judgePair, type Pair } from '../../../src/oversight/alerts/rules.js';
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
    persons: sightings.length,
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
  const pair: Pair = {
    seen: all,
    near: new Set<Near>(),
    isTold: false,
    isStanding: true,
    isFrontDoor: false,
    workerSince: '2026-09-01T10:00:00.000Z',
    now,
    ...more,
  };
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
    const ownPage = { ...refused, stands: 'WORK', isAlone: false } as const;
    expect(rulesOf([seen('09T10:00', ownPage), seen('10T10:00', ownPage), seen('11T10:00', ownPage)])).toEqual([]);
  });
  it('the other side: asking about the victim alone, not opening the page of the family', () => {
    const opposed = { ...refused, stands: 'WORK', opposingRefused: true } as const;
    expect(rulesOf([seen('09T10:00', opposed), seen('10T10:00', opposed)])).toContain('LOCATION_PROBED');
    const page = { ...opposed, isAlone: false };
    expect(rulesOf([seen('09T10:00', page), seen('10T10:00', page)])).toEqual([]);
  });
  it('by whoever works with them: the very person under three purposes in a day, or three times in a week; never the family’s page', () => {
    const own = { ...refused, stands: 'WORK' } as const;
    const tries = (one: Partial<Sighting>) =>
      (['ASSESSMENT', 'SUPERVISION', 'STEP_UP'] as const).map((purpose, i) => seen(`09T1${i}:00`, one, { purpose }));
    expect(rulesOf(tries(own))).toContain('LOCATION_PROBED');
    expect(rulesOf(tries(own).slice(0, 2))).toEqual([]);
    expect(rulesOf(tries({ ...own, isAlone: false }))).toEqual([]);
    const days = (...on: readonly string[]) => on.map((day) => seen(`${day}T10:00`, own));
    expect(rulesOf(days('09', '11', '13'))).toEqual(['LOCATION_PROBED']);
    expect(rulesOf(days('02', '11', '13'))).toEqual([]);
  });
  it('protected whereabouts: once out of hours by a stranger, not by the other side, whose family it is', () => {
    expect(rulesOf([seen('09T21:00', refused, { isNight: true })])).toEqual(['LOCATION_PROBED']);
    const opposed = { ...refused, stands: 'WORK', opposingRefused: true } as const;
    expect(rulesOf([seen('09T21:00', opposed, { isNight: true })])).toEqual([]);
  });
  it('protected whereabouts at a front door: three times, where no referral came; a caller rings again', () => {
    const on = (...times: readonly string[]) => times.map((time) => seen(time, refused, { isNight: true }));
    const desk = { isFrontDoor: true };
    expect(rulesOf(on('09T10:00', '09T12:00'), desk)).toEqual([]);
    expect(rulesOf(on('09T10:00', '09T12:00', '10T10:00'), desk)).toContain('LOCATION_PROBED');
    const referred = seen('09T14:00', { ...refused, stands: 'DUTY' });
    expect(rulesOf([...on('09T10:00', '09T12:00'), referred, seen('10T10:00', refused)], desk)).toEqual([]);
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
  it('a neighbour at a front door may be a caller, and a relative of own families has to do with these: on a second day', () => {
    const desk = { ...near('NEIGHBOUR'), isFrontDoor: true };
    const [first, again] = [seen('09T10:00', {}), seen('10T10:00', {})];
    expect(rulesOf([first], desk)).toEqual([]);
    expect(rulesOf([first, again], desk)).toEqual(['NEAR_NEIGHBOUR']);
    expect(rulesOf([first, seen('09T11:00', { stands: 'DUTY' }), again], desk)).toEqual([]);
    const kin = seen('08T10:00', { cameAlong: true });
    expect(rulesOf([kin, first], near('NEIGHBOUR'))).toEqual([]);
    expect(rulesOf([kin, first, again], near('NEIGHBOUR'))).toEqual(['NEAR_NEIGHBOUR']);
    expect(rulesOf([kin, first], near('COLLEAGUE'))).toEqual(['NEAR_COLLEAGUE']);
    expect(rulesOf([kin, first], near('SAME_SURNAME', 'RARE_SURNAME'))).toEqual([]);
  });
  it('who was the worker’s work in the open, near as they are: on a second day after closing, or out of hours', () => {
    const first = seen('01T10:00', { stands: 'WORK' });
    const late = (at: string, more: Partial<Deed> = {}) => {
      const one = deed(at, more, { stands: 'ENDED' }, { stands: 'ENDED', person: 'P-2' });
      return { ...(one.sightings[0] as Sighting), deed: one };
    };
    for (const [mark, rule] of [
      ['NEIGHBOUR', 'NEAR_NEIGHBOUR'],
      ['COLLEAGUE', 'NEAR_COLLEAGUE'],
    ] as const) {
      expect(rulesOf([first, late('23T12:00')], near(mark))).toEqual([]);
      expect(rulesOf([first, late('23T12:00'), late('24T12:00')], near(mark))).toEqual([rule]);
      expect(rulesOf([first, late('23T21:00', { isNight: true })], near(mark))).toEqual([rule]);
    }
    expect(rulesOf([first, late('23T12:00'), late('24T12:00')], near('SAME_SURNAME', 'RARE_SURNAME'))).toEqual([]);
  });
  it('a surname: with a second day, out of hours, or where few bear it; else it is chance', () => {
    const night = { isNight: true };
    expect(rulesOf([seen('09T10:00', {})], near('SAME_SURNAME'))).toEqual([]);
    expect(rulesOf([seen('09T10:00', {}), seen('09T10:05', {})], near('SAME_SURNAME'))).toEqual([]);
    expect(rulesOf([seen('09T10:00', {}), seen('10T12:00', {})], near('SAME_SURNAME'))).toEqual(['NEAR_SURNAME']);
    expect(rulesOf([seen('09T21:00', {}, night)], near('SAME_SURNAME'))).toEqual(['NEAR_SURNAME']);
    expect(rulesOf([seen('09T10:00', {})], near('SAME_SURNAME', 'RARE_SURNAME'))).toEqual(['NEAR_SURNAME']);
    const desk = { isFrontDoor: true };
    const again = [seen('09T10:00', {}), seen('10T12:00', {})];
    expect(rulesOf(again, { ...near('SAME_SURNAME', 'RARE_SURNAME'), ...desk })).toEqual([]);
    expect(rulesOf([...again, seen('15T12:00', {})], { ...near('SAME_SURNAME'), ...desk })).toContain('NEAR_SURNAME');
  });
  const ended = { stands: 'ENDED' } as const;
  const worked = (at: string) => seen(at, { stands: 'WORK' });
  const pageOf = (at: string, changes: Partial<Deed> = {}): Seen => {
    const one = deed(at, changes, ended, { ...ended, person: 'P-2' });
    return { ...(one.sightings[0] as Sighting), deed: one };
  };
  it('after the case closed: one alone on two days beyond three weeks, or out of hours; not while it is being closed', () => {
    const first = worked('01T10:00');
    expect(rulesOf([first, seen('30T10:00', ended), seen('30T15:00', ended)])).toEqual([]);
    expect(rulesOf([first, seen('23T12:00', ended), seen('30T10:00', ended)])).toEqual(['AFTER_END']);
    expect(rulesOf([first, seen('05T10:00', ended), seen('09T10:00', ended)])).toEqual([]);
    expect(rulesOf([first, seen('30T21:00', ended, { isNight: true })])).toEqual(['AFTER_END']);
    expect(rulesOf([first, seen('09T21:00', ended, { isNight: true })])).toEqual([]);
  });
  it('after the case closed: its page on four days, or on two with one out of hours; twice by day somebody rang', () => {
    const first = worked('01T10:00');
    const pages = ['23', '25', '27', '30'].map((day) => pageOf(`${day}T12:00`));
    expect(rulesOf([first, ...pages])).toEqual(['AFTER_END']);
    expect(rulesOf([first, ...pages.slice(1)])).toEqual([]);
    expect(rulesOf([first, ...pages.slice(0, 1), pageOf('30T21:00', { isNight: true })])).toEqual(['AFTER_END']);
    expect(rulesOf([first, pageOf('30T21:00', { isNight: true })])).toEqual([]);
  });
  it('of a case closed before the log began: one alone on two days, of a worker seen for three weeks', () => {
    const twice = [seen('23T12:00', ended), seen('24T10:00', ended)];
    expect(rulesOf(twice)).toEqual(['AFTER_END']);
    expect(rulesOf(twice, { workerSince: '2026-11-20T10:00:00.000Z' })).toEqual([]);
    expect(rulesOf([pageOf('23T12:00'), pageOf('24T12:00')])).toEqual([]);
  });
  it('a stranger on three days, or two with one out of hours; not on two by day, nor one with a referral', () => {
    const three = (stands: Sighting['stands']) => ['09', '12', '20'].map((day) => seen(`${day}T10:00`, { stands }));
    expect(rulesOf(three('NONE'))).toEqual(['RETURNING']);
    expect(rulesOf(three('NONE').slice(1))).toEqual([]);
    expect(rulesOf([seen('09T10:00', {}), seen('12T21:00', {}, { isNight: true })])).toEqual(['RETURNING']);
    expect(rulesOf(three('DUTY'))).toEqual([]);
    expect(rulesOf([...three('NONE').slice(0, 2), seen('13T10:00', { stands: 'DUTY' }), seen('20T10:00', {})])).toEqual(
      [],
    );
  });
  it('at a front door callers ring again for days, by night too; a relative of one’s own family is asked about oftener', () => {
    const on = (...days: readonly string[]) => days.map((day) => seen(`${day}T21:00`, {}, { isNight: true }));
    const desk = { isFrontDoor: true };
    expect(rulesOf(on('09', '10', '12'), desk)).toEqual([]);
    expect(rulesOf(on('09', '10', '16'), desk)).toEqual(['RETURNING']);
    const along = seen('08T10:00', { cameAlong: true });
    expect(rulesOf([along, ...on('09', '12', '20')])).toEqual([]);
    expect(rulesOf([along, ...on('09', '12', '14', '16', '20')])).toEqual(['RETURNING']);
  });
  describe('self-asserted involvement, after two weeks in which nobody else told of it', () => {
    const asserted = seen('02T10:00', { stands: 'WORK', unconfirmed: true });
    const recorded = seen('02T10:00', { stands: 'WORK', unconfirmed: true, ownWork: true });
    const late = { now: '2026-11-17T10:00:00.000Z' };
    const withFamily = ({ deed: own, ...one }: Seen): Seen => ({
      ...one,
      deed: { ...own, persons: 2, sightings: [one, { ...one, person: 'P-2' }] },
    });
    it('where near; a name alone is no nearness, and before two weeks nothing is', () => {
      expect(rulesOf([withFamily(recorded)], { ...near('NEIGHBOUR'), ...late })).toContain('SELF_ASSERTED');
      expect(rulesOf([withFamily(recorded)], near('NEIGHBOUR'))).toEqual([]);
      expect(rulesOf([withFamily(recorded)], { ...near('SAME_SURNAME', 'RARE_SURNAME'), ...late })).toEqual([]);
    });
    it('where near, not of what stood on boards for weeks before it was used', () => {
      const board = seen('01T10:00', { stands: 'WORK', cameAlong: true });
      const used = seen('20T10:00', { stands: 'WORK', unconfirmed: true, ownWork: true });
      const fiveWeeks = { ...near('NEIGHBOUR'), now: '2026-12-05T10:00:00.000Z' };
      expect(rulesOf([withFamily(used)], fiveWeeks)).toContain('SELF_ASSERTED');
      expect(rulesOf([board, withFamily(used)], fiveWeeks)).toEqual([]);
    });
    it('where nothing was done, with another sign: for one alone, out of hours or let lie for three weeks', () => {
      expect(rulesOf([asserted])).toEqual([]);
      expect(rulesOf([asserted], late)).toEqual(['SELF_ASSERTED']);
      expect(rulesOf([withFamily(asserted)], late)).toEqual([]);
      const threeWeeks = { now: '2026-11-23T10:00:00.000Z' };
      expect(rulesOf([withFamily(asserted)], threeWeeks)).toEqual(['SELF_ASSERTED']);
      const again = withFamily(seen('10T10:00', { stands: 'WORK', unconfirmed: true }));
      expect(rulesOf([withFamily(asserted), again], threeWeeks)).toEqual([]);
      expect(rulesOf([withFamily(recorded)], threeWeeks)).toEqual([]);
      const evening = seen('02T21:00', { stands: 'WORK', unconfirmed: true }, { isNight: true });
      expect(rulesOf([withFamily(evening)], late)).toEqual([]);
      expect(rulesOf([withFamily(asserted), evening], late)).toEqual(['SELF_ASSERTED']);
    });
    it('where it was taken back, and in the three weeks of closing nothing was written up; not where it lasted or stands', () => {
      const gone = { now: '2026-11-25T10:00:00.000Z', isStanding: false };
      expect(rulesOf([withFamily(recorded)], { ...gone, isStanding: true })).toEqual([]);
      expect(rulesOf([withFamily(recorded)], gone)).toEqual(['SELF_ASSERTED']);
      expect(rulesOf([withFamily(recorded)], { ...late, isStanding: false })).toEqual([]);
      expect(rulesOf([withFamily(recorded), pageOf('12T10:00')], gone)).toEqual([]);
      const board = (at: string) => seen(at, { stands: 'WORK', cameAlong: true });
      const lasted = [withFamily(recorded), board('20T10:00'), board('24T10:00')];
      expect(rulesOf(lasted, { now: '2026-12-20T10:00:00.000Z', isStanding: false })).toEqual([]);
    });
    it('not where another system tells of it, of social care’s own lines, or of what stood before the worker was seen', () => {
      expect(rulesOf([asserted], { ...late, isTold: true })).toEqual([]);
      expect(rulesOf([asserted, seen('10T10:00', { stands: 'WORK', confirmed: true })], late)).toEqual([]);
      const byLaw = seen('02T10:00', { stands: 'WORK', unconfirmed: true }, { role: 'SOCIAL_WORKER' });
      expect(rulesOf([byLaw], late)).toEqual([]);
      expect(rulesOf([asserted], { ...late, workerSince: '2026-10-25T10:00:00.000Z' })).toEqual([]);
    });
  });
  it('an overridden refusal is noticed each time it begins', () => {
    expect(rulesOf([seen('09T10:00', { stands: 'WORK', overridden: true })])).toEqual(['OVERRIDDEN_REFUSAL']);
  });
});

describe('a worker and a day', () => {
  const usual = { today: 0, own: [], peers: [] };
  const dayRules = (deeds: readonly Deed[], more: Partial<Day> = {}) =>
    judgeDay({
      deeds,
      isOver: true,
      volume: usual,
      searches: usual,
      active: 20,
      nights: 0,
      unknownDays: 0,
      isFrontDoor: false,
      earlierNights: [],
      ...more,
    }).map(({ rule }) => rule);
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
  it('strangers by night over a week, and past midnight; not before tonight alone, nor in the first days of a night team', () => {
    const [first, ...rest] = ['P-1', 'P-2', 'P-3'].map((person, i) =>
      deed(`09T2${i}:00`, { isNight: true }, { person }),
    ) as [Deed, Deed, Deed];
    expect(dayRules([first], { earlierNights: rest })).toEqual(['NIGHT_BROWSING']);
    expect(dayRules([first], { earlierNights: rest.slice(1) })).toEqual([]);
    expect(dayRules([deed('10T10:00')], { earlierNights: [first, ...rest] })).toEqual([]);
    expect(dayRules([first, ...rest], { isFrontDoor: true, active: 2 })).toEqual([]);
    expect(dayRules([first, ...rest], { isFrontDoor: true })).toEqual(['NIGHT_BROWSING']);
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
  it('by one field three times, or twice and never filled in; not once, nor twice by mistake', () => {
    const one = () => deed('09T10:00', { searches: search(['surname']), code: 'BAD_USER_INPUT' });
    const full = (at: string) => deed(at, { searches: search(['forename', 'surname']) });
    expect(dayRules([one(), one(), one()])).toEqual(['ONE_FIELD']);
    expect(dayRules([one(), one(), one(), full('09T10:02')])).toEqual(['ONE_FIELD']);
    expect(dayRules([one(), one()])).toEqual(['ONE_FIELD']);
    expect(dayRules([full('09T09:00'), one(), one()])).toEqual(['ONE_FIELD']);
    expect(dayRules([one(), one(), full('09T10:02')])).toEqual([]);
    // It may be filled in yet.
    expect(dayRules([one(), one()], { isOver: false })).toEqual([]);
    expect(dayRules([one(), one(), one()], { isOver: false })).toEqual(['ONE_FIELD']);
    expect(dayRules([one()])).toEqual([]);
  });
  it('by night as many strangers again, of whoever writes up own work in the evenings', () => {
    const strangers = (count: number) =>
      Array.from({ length: count }, (_, i) => deed(`09T22:0${i}`, { isNight: true }, { person: `P-${i}` }));
    expect(dayRules(strangers(5), { nights: 10 })).toEqual([]);
    expect(dayRules(strangers(6), { nights: 10 })).toEqual(['NIGHT_BROWSING']);
    expect(dayRules(strangers(6), { nights: 10, isFrontDoor: true })).toEqual([]);
  });
  it('a week after the directory did not know somebody: not where it does again, nor of who begins or tried by habit', () => {
    const tried = (at: string) => deed(at, { code: 'NOT_KNOWN_HERE' });
    const aWeekOn = (before: readonly Deed[], at: string, since: readonly Deed[] = []) =>
      judgeUnknown({ deeds: [tried(at)], before, after: since }).map(({ rule }) => rule);
    const atWork = deed('06T10:00', {}, { stands: 'WORK' });
    expect(aWeekOn([atWork], '12T10:00')).toEqual(['AFTER_ROLE']);
    expect(aWeekOn([atWork], '12T10:00', [deed('13T10:00')])).toEqual([]);
    expect(aWeekOn([atWork], '12T10:00', [tried('13T10:00')])).toEqual(['AFTER_ROLE']);
    expect(aWeekOn([atWork], '09T10:00')).toEqual([]);
    expect(aWeekOn([atWork, tried('09T10:00')], '10T10:00')).toEqual(['AFTER_ROLE']);
    expect(aWeekOn([tried('05T10:00'), atWork], '09T10:00')).toEqual([]);
    expect(aWeekOn([tried('09T10:00')], '12T10:00')).toEqual([]);
  });
  it('after the role ended: at once on a third day or out of hours; a first and second day are judged a week later', () => {
    const evening = deed('09T22:00', { code: 'NOT_KNOWN_HERE' });
    const byDay = deed('09T10:00', { code: 'NOT_KNOWN_HERE' });
    expect(dayRules([evening])).toEqual(['AFTER_ROLE']);
    expect(dayRules([evening], { nights: 10 })).toEqual([]);
    expect(dayRules([byDay], { unknownDays: 1 })).toEqual([]);
    expect(dayRules([byDay], { unknownDays: 2 })).toEqual(['AFTER_ROLE']);
    expect(dayRules([byDay], { active: 0, unknownDays: 1 })).toEqual([]);
    expect(dayRules([byDay], { active: 0, unknownDays: 2 })).toEqual(['AFTER_ROLE']);
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
  it('a rare name is one that few of many workers bear; of few workers none is', () => {
    const many = [...Array.from({ length: 120 }, () => 'Smith'), 'Ash', 'Elm', 'Elm', 'Elm', 'Elm'];
    expect([...rareNamesAmong(many)]).toEqual(['ash']);
    expect([...rareNamesAmong(many.slice(-20))]).toEqual([]);
    const worker = { ...known('P-1', 'Ash'), rareNames: rareNamesAmong(many) };
    expect([...nearnessOf(worker, known('P-2', 'Ash'), new Set())]).toEqual(['SAME_SURNAME', 'RARE_SURNAME']);
  });
});
