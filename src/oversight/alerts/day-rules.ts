/**
 * The standing rules about one worker and one day (`judgeDay`, `twoPurposes`), or such a day a week later (`judgeUnknown`). What
 * is usual of the worker and of others in the role is counted elsewhere (`usual.ts`).
 */
import { isOutOfHours } from '../../audit/index/hours.js';
import { DAY_MS, dayOf } from './days.js';
import { type Finding, ofDeeds } from './rules.js';
import type { Deed } from './sightings.js';

/** A worker's day, and what is usual. Counts are of days on which there was any. */
export interface Day {
  readonly deeds: readonly Deed[];
  /** Nothing is added to it: only then is it told what was not done. */
  readonly isOver: boolean;
  /** People asked about, a person of two operations twice. */
  readonly volume: Usual;
  /** Operations that searched. */
  readonly searches: Usual;
  /** Of the last 28 days: those on which the worker asked about people, and those on which out of hours. */
  readonly active: number;
  readonly nights: number;
  /** Of the last 28 days: those on which the directory did not know the worker so. */
  readonly unknownDays: number;
  /** The worker belongs to a front door or duty team. */
  readonly isFrontDoor: boolean;
  /** What the worker did out of hours in the six days before. */
  readonly earlierNights: readonly Deed[];
}

/** What a worker tried on a day on which the directory did not know them so. Deeds are in the order of time. */
export interface UnknownDay {
  /** Refused for it, that day. */
  readonly deeds: readonly Deed[];
  /** In the same agency and role: of the 28 days before, and since. */
  readonly before: readonly Deed[];
  readonly after: readonly Deed[];
}

export interface Usual {
  readonly today: number;
  /** Of the worker, each of the last 28 days that had any. */
  readonly own: readonly number[];
  /** Of others in the role. */
  readonly peers: readonly number[];
}

const HOUR_MS = 3_600_000;
const NIGHT_STRANGERS = 3;
const USED_TO_NIGHTS = 0.25;
const FIRST_DAYS = 5;
const LEAST_VOLUME = 120;
/** No job brings so many in a day: who calls at a front door is written down as a referral. */
const MOST_STRANGERS = 40;
const LEAST_SEARCHES = 6;
const FEW_OPENED = 0.5;
const LEAST_ONE_FIELD = 3;
/** And no search by more fields after them. */
const LEAST_UNCORRECTED = 2;
const UNKNOWN_DAYS = 2;
/** Days that a late directory has to catch up. */
export const UNKNOWN_SWEEP = 7;
export const UNKNOWN_BEFORE_MS = 28 * DAY_MS;
/** A weekend and the days beside it. */
const HABIT_MS = 5 * DAY_MS;

export function judgeDay(day: Day): readonly Finding[] {
  const { deeds } = day;
  // Of an out-of-hours team nobody's first week says what is usual.
  const isBeginning = day.isFrontDoor && day.active < FIRST_DAYS;
  const isUsedTo = isBeginning || (day.nights >= 3 && day.nights / day.active >= USED_TO_NIGHTS);
  const tonight = deeds.filter((deed) => deed.isNight && strangersOf(deed).length > 0);
  const nights = [...day.earlierNights.filter((deed) => strangersOf(deed).length > 0), ...tonight];
  // Whoever writes up own work in the evenings is used to those, and not to many strangers.
  const browsed = tonight.length > 0 ? new Set(nights.flatMap(strangersOf)).size : 0;
  const isBrowsing = browsed >= (isUsedTo ? 2 : 1) * NIGHT_STRANGERS;
  const searching = deeds.filter(({ searches }) => searches.length > 0);
  const oneField = searching.filter(({ searches }) => searches.some(({ fields }) => fields.length === 1));
  const lastOne = oneField.at(-1)?.at ?? '';
  // A field left empty by mistake is filled in, once the refusal is read.
  const isCorrected = searching.some((deed) => deed.at >= lastOne && !oneField.includes(deed));
  const isOneField = oneField.length >= (day.isOver && !isCorrected ? LEAST_UNCORRECTED : LEAST_ONE_FIELD);
  return [
    ...(isBrowsing && !(isUsedTo && day.isFrontDoor) ? ofDeeds('NIGHT_BROWSING', nights) : []),
    ...(isFarAbove(day.volume, LEAST_VOLUME) || new Set(deeds.flatMap(strangersOf)).size >= MOST_STRANGERS
      ? ofDeeds('VOLUME', deeds)
      : []),
    ...(isFarAbove(day.searches, LEAST_SEARCHES) && openedShare(deeds) <= FEW_OPENED
      ? ofDeeds('SEARCHES', searching)
      : []),
    ...(isOneField ? ofDeeds('ONE_FIELD', oneField) : []),
    ...afterRole(day, isUsedTo),
  ];
}

/**
 * A directory is late now and then, and mostly by no more than a day: at once on a third day, or out of hours where nights are
 * not the worker's own, of somebody who was seen at work before. Whether a first or second day was the directory's, a week
 * tells (`judgeUnknown`).
 */
function afterRole(day: Day, isUsedToNights: boolean): readonly Finding[] {
  const unknown = day.deeds.filter(isUnknown);
  if (unknown.length === 0) return [];
  const days = day.unknownDays + 1;
  const isNight = !isUsedToNights && unknown.some(({ at }) => isOutOfHours(at));
  return days > UNKNOWN_DAYS || (isNight && day.active > 0) ? ofDeeds('AFTER_ROLE', unknown) : [];
}

export function isUnknown({ code }: Deed): boolean {
  return code === 'NOT_KNOWN_HERE';
}

/**
 * A week after: a directory that is late has caught up, and knows them again. Of somebody who was seen at work before and is
 * known no more, it is an alert where they were refused on a second day since, or later than the days in which one who has
 * left tries once more by habit.
 */
export function judgeUnknown({ deeds, before, after }: UnknownDay): readonly Finding[] {
  const [first] = deeds;
  const known = before.filter((deed) => !isUnknown(deed)).at(-1);
  if (!first || !known || after.some((deed) => !isUnknown(deed))) return [];
  const since = [...before, ...deeds].filter((deed) => isUnknown(deed) && deed.at > known.at);
  const isAgain = new Set(since.map(({ at }) => dayOf(at))).size >= UNKNOWN_DAYS;
  const isLate = Date.parse(first.at) - Date.parse(known.at) >= HABIT_MS;
  return isAgain || isLate ? ofDeeds('AFTER_ROLE', deeds) : [];
}

/**
 * Records that one worker asked for under two purposes within an hour: the operations that did. What a list of one's own work
 * holds was asked for by nobody in particular: a board for supervision before a visit is every worker's morning.
 */
export function twoPurposes(deeds: readonly Deed[]): readonly Finding[] {
  const last = new Map<string, Deed[]>();
  const both = new Set<Deed>();
  for (const deed of deeds) {
    const asked = deed.sightings.filter(({ cameAlong }) => !cameAlong);
    for (const record of asked.flatMap(({ records }) => records)) {
      const before = last.get(record) ?? [];
      for (const earlier of before)
        if (earlier.purpose !== deed.purpose && Date.parse(deed.at) - Date.parse(earlier.at) <= HOUR_MS)
          both.add(earlier).add(deed);
      last.set(record, [...before.filter(({ purpose }) => purpose !== deed.purpose), deed]);
    }
  }
  return ofDeeds('TWO_PURPOSES', [...both]);
}

/**
 * Above the floor, above what others of the role do by six of their spreads, and three times what the worker does
 * themselves. The spread is the median's own (MAD × 1.4826), so that one who does much hides nobody; it is never taken for
 * less than a quarter of the median, as few days of few people have next to none.
 */
function isFarAbove({ today, own, peers }: Usual, floor: number): boolean {
  if (today < floor) return false;
  const usual = median(peers);
  const spread = Math.max(1.4826 * median(peers.map((value) => Math.abs(value - usual))), usual / 4);
  if (peers.length >= LEAST_PEERS && today <= usual + 6 * spread) return false;
  return own.length < LEAST_OWN || today > 3 * median(own);
}

const LEAST_PEERS = 5;
const LEAST_OWN = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return ((sorted[Math.ceil(middle - 1)] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** The share of a day's searches after which somebody who was found was opened, or is the worker's own work. */
function openedShare(deeds: readonly Deed[]): number {
  const opened = new Set<string>();
  for (const { searches, sightings } of deeds) {
    const found = new Set(searches.flatMap(({ persons }) => persons));
    for (const { person, stands, records } of sightings)
      if (stands === 'WORK' || !found.has(person) || records.some((record) => !record.includes(' PersonDetails ')))
        opened.add(person);
  }
  const searches = deeds.flatMap((deed) => deed.searches);
  const followed = searches.filter(({ persons }) => persons.some((person) => opened.has(person)));
  return searches.length === 0 ? 1 : followed.length / searches.length;
}

function strangersOf({ sightings }: Deed): readonly string[] {
  return sightings.flatMap(({ stands, cameAlong, person }) =>
    !cameAlong && (stands === 'NONE' || stands === 'ENDED') ? person : [],
  );
}
