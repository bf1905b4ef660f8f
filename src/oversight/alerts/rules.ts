/**
 * The standing rules: when what a worker asked stands among the officers' alerts. Each says why it asks for as much as it
 * does; nothing here reads names, records or text. A rule judges one worker and one person (`judgePair`, here), or one worker
 * and one day (`day-rules.ts`); what it answers with are the operations behind the alert.
 *
 * Two kinds. A NOTICE is what the rules of sharing want an officer to see each time (RULES §6 and §7; emergencies, overridden
 * refusals): no sign of misuse. A SUSPICION is a pattern that ordinary work rarely makes: its precision is measured
 * (`bench/misuse.ts`).
 */
import type { IsoInstant } from '../../domain/words.js';
import { dayOf } from './days.js';
import type { Near } from './nearness.js';
import type { Deed, Seen, Sighting } from './sightings.js';

export const ALERT_RULES = {
  /** Protected whereabouts, sought though refused (question 6). */
  LOCATION_PROBED: 'SUSPICION',
  /** What another agency keeps locked, sought though refused (6). */
  LOCKED_PROBED: 'SUSPICION',
  /** The worker's own record (7). */
  OWN_RECORD: 'SUSPICION',
  /** Somebody of their household, present or former, or with whom they are conflicted (7). */
  NEAR_HOUSEHOLD: 'SUSPICION',
  NEAR_NEIGHBOUR: 'SUSPICION',
  NEAR_SURNAME: 'SUSPICION',
  NEAR_COLLEAGUE: 'SUSPICION',
  /** After the case closed, beyond what closing a case needs (8). */
  AFTER_END: 'SUSPICION',
  /** After the role ended: by somebody whom the directory no longer knows so (8). */
  AFTER_ROLE: 'SUSPICION',
  /** People who are none of the worker's work, out of hours (9). */
  NIGHT_BROWSING: 'SUSPICION',
  /** Far more people in a day than others of the role, and than the worker otherwise (9). */
  VOLUME: 'SUSPICION',
  /** Many searches and few openings (9). */
  SEARCHES: 'SUSPICION',
  /** Searches by a single field, again and again (9). */
  ONE_FIELD: 'SUSPICION',
  /** The same person who is none of the worker's work, day after day (9). */
  RETURNING: 'SUSPICION',
  /** Released on involvement that no other system confirms (11). */
  SELF_ASSERTED: 'SUSPICION',
  /** Released against a refusal or withdrawal (5). */
  OVERRIDDEN_REFUSAL: 'NOTICE',
  /** Emergency access that nobody reviewed in time (4). */
  EMERGENCY_OVERDUE: 'NOTICE',
  /** Consent to adult work recorded by who receives it (RULES §6). */
  RECIPIENT_CONSENT: 'NOTICE',
  /** The same record under two purposes within an hour (RULES §7). */
  TWO_PURPOSES: 'NOTICE',
  /** A link between two records of a person was taken back (ADR 13). */
  LINK_TAKEN_BACK: 'NOTICE',
} as const;
export type AlertRule = keyof typeof ALERT_RULES;

/** A rule that holds, and the places of the operations behind it, the latest last. */
export interface Finding {
  readonly rule: AlertRule;
  readonly indexes: readonly number[];
}

/** One person in the operations of one worker. */
export interface Pair {
  /** Of the last `PAIR_DAYS` days, in the order of time. */
  readonly seen: readonly Seen[];
  readonly near: ReadonlySet<Near>;
  /** Another agency's system tells of the worker's work with the person's family. */
  readonly isTold: boolean;
  /** The worker's own agency's system still does. */
  readonly isStanding: boolean;
  /** The worker belongs to a front door or duty team: strangers are its work, and ring again. */
  readonly isFrontDoor: boolean;
  /** When the worker first stands in the log; what was there by then did not begin then. */
  readonly workerSince: IsoInstant;
  readonly now: IsoInstant;
}

export const PAIR_DAYS = 180;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MONTH_MS = 30 * DAY_MS;

/** Within a month: whoever has cause to ask again about a stranger has a referral, a seat or a case by the third day. */
const RETURNED_DAYS = 3;
/** Who is told "ring again tomorrow" does so within days, and may not be written down yet: at a front door that is no return. */
const RINGS_AGAIN_MS = 5 * DAY_MS;
/** Of one's own family a relative is asked about again: the work may need it so often. */
const RETURNED_TO_KIN = 5;
/** After a case closes it is written up and handed over: three weeks are left for that. */
const CLOSING_MS = 21 * DAY_MS;
/** By then a team, a core group or a handover has put the work into another system too. */
const CONFIRMED_WITHIN_MS = 14 * DAY_MS;
/** Days after its use on which self-asserted involvement is judged again. */
export const SELF_ASSERTED_SWEEPS = [14, 21, 28] as const;
/** Within a month, after a case has closed: more than somebody ringing about it makes. */
const MANY_LATE_DAYS = 4;
const MOST_PURPOSES = 3;
const PROBED = 2;
/** A caller rings again before the referral is written down. */
const PROBED_AT_FRONT_DOOR = 3;
/** Alone for the very person, by whoever works with them and was refused as often in a week. */
const OWN_PROBED = 3;

/** Social care allocates by its own system, and is told of by nobody: its lines are judged by nearness alone. */
const ALLOCATED_BY_LAW = ['SOCIAL_WORKER', 'SENIOR_PRACTITIONER', 'CHILD_PRACTITIONER', 'TEAM_MANAGER'];

/** Whether a rule may hold of a person in an operation: work in which nothing stands out is judged by nobody. */
export function isSuspect(sighting: Sighting, isNear: boolean): boolean {
  const { cameAlong, stands, conflict, locationRefused, lockedRefused, unconfirmed, overridden } = sighting;
  if (overridden) return true;
  if (cameAlong) return false;
  return isNear || stands !== 'WORK' || conflict || locationRefused || lockedRefused || unconfirmed;
}

export function judgePair(pair: Pair): readonly Finding[] {
  const acts = pair.seen.filter(({ cameAlong }) => !cameAlong);
  const strange = acts.filter(({ stands }) => stands === 'NONE' || stands === 'ENDED');
  const findings: Finding[] = [
    ...probed('LOCATION_PROBED', pair, acts, ({ locationRefused }) => locationRefused),
    ...probed('LOCKED_PROBED', pair, acts, ({ lockedRefused }) => lockedRefused),
    ...nearby(pair, acts),
    ...afterEnd(pair, acts),
    ...returning(pair, strange),
    ...selfAsserted(pair, acts),
    ...found('OVERRIDDEN_REFUSAL', pair.seen.filter(({ overridden }) => overridden).slice(0, 1)),
  ];
  return findings;
}

/**
 * A board that asks for everybody's address meets protected ones every day: what came along is passed over, and so is a page
 * of the worker's own family, opened as often and under as many purposes as the work needs. What is left is asking for the
 * very person: by somebody who does not work with them, or is of the other side and asks about nobody else, twice in a week;
 * by somebody who does, three times in a week, or under three purposes in a day. A stranger once out of hours. At a front door
 * callers ring again before and after they are referred: three times, by nobody to whom a referral came.
 */
function probed(
  rule: AlertRule,
  { isFrontDoor, now }: Pair,
  acts: readonly Seen[],
  isRefused: (seen: Seen) => boolean,
): readonly Finding[] {
  const refused = acts.filter((seen) => isRefused(seen) && isWithin(seen, now, WEEK_MS));
  const strange = refused.filter(({ stands, opposingRefused, isAlone }) =>
    opposingRefused ? isAlone : stands !== 'WORK',
  );
  const isReferred = isFrontDoor && refused.some(({ stands }) => stands === 'DUTY');
  const isNight = !isFrontDoor && strange.some(({ deed, opposingRefused }) => deed.isNight && !opposingRefused);
  if (!isReferred && (isNight || strange.length >= (isFrontDoor ? PROBED_AT_FRONT_DOOR : PROBED)))
    return found(rule, strange);
  const alone = refused.filter(({ isAlone }) => isAlone);
  const lastDay = alone.filter((seen) => isWithin(seen, now, DAY_MS));
  const isInTurn = new Set(lastDay.map(({ deed }) => deed.purpose)).size >= MOST_PURPOSES;
  return isInTurn || (!isFrontDoor && alone.length >= OWN_PROBED) ? found(rule, alone) : [];
}

/**
 * Own record and household at once. Who lives beside or once lived with the worker, or is a colleague: at once, when they are
 * none of the worker's work (a duty worker has the referral). Whoever was the worker's work before, in the open, on a second day
 * beyond the weeks of closing, or out of hours. A neighbour whom a worker of a front door looks up may be a caller, and one who
 * came along with the worker's own families has to do with these: on a second day, at a front door without a referral.
 */
function nearby(pair: Pair, acts: readonly Seen[]): readonly Finding[] {
  const { seen, near, isFrontDoor } = pair;
  const late = acts.filter((one) => one.stands === 'ENDED' && afterClosing(seen)(one));
  const strange = acts.filter(({ stands }) => stands === 'NONE' || stands === 'OTHERWISE');
  const outside = [...strange, ...(daysOf(late) >= 2 || late.some(({ deed }) => deed.isNight) ? late : [])];
  const isReferred = isFrontDoor && acts.some(({ stands }) => stands === 'DUTY');
  const isOnce = daysOf(outside) < 2 && (isFrontDoor || cameAlongAsKin(seen));
  const beside = isReferred || isOnce ? [] : outside;
  const household = acts.filter(({ conflict, deed }) => (conflict && !deed.hasGaps) || near.has('SAME_ADDRESS'));
  const once = (rule: AlertRule, mark: Near, of: readonly Seen[]) => (near.has(mark) ? found(rule, of) : []);
  return [
    ...once('OWN_RECORD', 'OWN_RECORD', acts),
    ...(near.has('OWN_RECORD') ? [] : found('NEAR_HOUSEHOLD', household)),
    ...once('NEAR_HOUSEHOLD', 'FORMER_ADDRESS', outside),
    ...once('NEAR_NEIGHBOUR', 'NEIGHBOUR', beside),
    ...once('NEAR_COLLEAGUE', 'COLLEAGUE', outside),
    ...sameName(pair, strange),
  ];
}

/**
 * A surname is shared by chance: with another sign, which is a second day (of a caller at a front door, one who does not
 * merely ring again), out of hours, or a name that few of the other workers bear. It was shared while they were the worker's
 * work, too: what comes after is judged by `afterEnd`. Of a relative who came along with the worker's own families a rare name
 * is no sign by itself.
 */
function sameName({ seen, near, isFrontDoor, now }: Pair, outside: readonly Seen[]): readonly Finding[] {
  if (!near.has('SAME_SURNAME')) return [];
  const recent = outside.filter((one) => isWithin(one, now, MONTH_MS));
  const isAgain = daysOf(recent) >= 2 && (!isFrontDoor || spanOf(recent) > RINGS_AGAIN_MS);
  const isNight = recent.some(({ deed }) => deed.isNight);
  const isRare = near.has('RARE_SURNAME') && !cameAlongAsKin(seen);
  return isAgain || (!isFrontDoor && (isNight || isRare)) ? found('NEAR_SURNAME', outside) : [];
}

/**
 * Beyond the weeks that closing takes: one person asked about alone on two days, or out of hours; or anybody of the family on
 * two days with one out of hours, or on four. Somebody rings about a closed case, even twice, and its page is opened; who looks
 * at one of its people again, or in the evening, has no page to write. Of a case that was closed before the log could see
 * anybody work on it nothing tells when: one person alone on two days, three weeks into the worker's log.
 */
function afterEnd({ seen, workerSince, now }: Pair, acts: readonly Seen[]): readonly Finding[] {
  const ended = acts.filter((one) => one.stands === 'ENDED' && isWithin(one, now, MONTH_MS));
  const late = ended.filter(afterClosing(seen));
  const alone = late.filter(isOneAlone);
  const isNight = late.some(({ deed }) => deed.isNight);
  const isAgain = daysOf(alone) >= 2 || daysOf(late) >= MANY_LATE_DAYS;
  if (isAgain || (isNight && (alone.length > 0 || daysOf(late) >= 2))) return found('AFTER_END', late);
  const isUnseen = !seen.some(({ stands }) => stands === 'WORK');
  const since = Date.parse(workerSince) + CLOSING_MS;
  const unseen = ended.filter((one) => isUnseen && isOneAlone(one) && Date.parse(one.deed.at) > since);
  return daysOf(unseen) >= 2 ? found('AFTER_END', unseen) : [];
}

/** By a relationship of the worker's own families. */
function cameAlongAsKin(seen: readonly Seen[]): boolean {
  return seen.some(({ cameAlong, stands, deed }) => cameAlong && stands === 'NONE' && deed.searches.length === 0);
}

/** Asked about with nobody else. */
function isOneAlone({ deed }: Seen): boolean {
  return deed.persons === 1;
}

/** Beyond the weeks of closing, counted from when the worker was last seen to work with them, else first seen to have. */
function afterClosing(seen: readonly Seen[]): (one: Seen) => boolean {
  const worked = seen.filter(({ stands }) => stands === 'WORK').at(-1) ?? seen.find(({ stands }) => stands === 'ENDED');
  const closed = worked === undefined ? Number.POSITIVE_INFINITY : Date.parse(worked.deed.at) + CLOSING_MS;
  return ({ deed }) => Date.parse(deed.at) > closed;
}

/**
 * A stranger on three days, or on two of which one was out of hours. A referral, seat or case in between is cause enough. At a
 * front door nights are work too, and callers ring again before the referral is written down: three days count where they
 * lie further apart than that. A relative of the worker's own families, who came along with them, is asked about oftener.
 */
function returning({ seen, isFrontDoor, now }: Pair, strange: readonly Seen[]): readonly Finding[] {
  const month = seen.filter((one) => isWithin(one, now, MONTH_MS));
  const recent = strange.filter((one) => one.stands === 'NONE' && isWithin(one, now, MONTH_MS));
  if (month.some(({ stands }) => stands !== 'NONE' && stands !== 'ENDED')) return [];
  const days = daysOf(recent);
  const isKin = cameAlongAsKin(month);
  const isNight = recent.some(({ deed }) => deed.isNight);
  const isReturning = isKin
    ? days >= RETURNED_TO_KIN
    : isFrontDoor
      ? days >= RETURNED_DAYS && spanOf(recent) > RINGS_AGAIN_MS
      : days >= RETURNED_DAYS || (days >= 2 && isNight);
  return isReturning ? found('RETURNING', recent) : [];
}

/**
 * Involvement is what a worker's own system says, and much honest work is told of by no other: a single agency's clients, the
 * first weeks of any case. So it is an alert after two weeks in which no other system came to tell of it, and only of
 * involvement that was new when it was used, and began while the worker was already seen at work: what stood on boards for
 * weeks was seen by whoever manages it, and who begins takes over a caseload. And with another sign: the person is near the
 * worker; or it is gone again, within three weeks of its beginning, and in the three that closing takes nothing was written up;
 * or two of these, one of them of the first two – the own agency holds nothing of the work; it was used for one person alone
 * each time (work opens families); it was let lie for three weeks and stands; it was used out of hours for one alone. Somebody of
 * the worker's own household is an alert at once, by nearness.
 */
function selfAsserted(pair: Pair, acts: readonly Seen[]): readonly Finding[] {
  const { seen, near, isTold, isStanding, workerSince, now } = pair;
  const released = acts.filter(({ unconfirmed }) => unconfirmed);
  const [first] = released;
  if (!first || isTold || acts.some(({ confirmed }) => confirmed)) return [];
  const used = Date.parse(first.deed.at);
  const work = seen.filter(({ stands }) => stands === 'WORK').map(({ deed }) => Date.parse(deed.at));
  const began = Math.min(used, ...work);
  const last = Math.max(used, ...work);
  const age = Date.parse(now) - used;
  const isNew = used - began <= CONFIRMED_WITHIN_MS && began - Date.parse(workerSince) > CONFIRMED_WITHIN_MS;
  if (!isNew || age < CONFIRMED_WITHIN_MS || age > 4 * CONFIRMED_WITHIN_MS) return [];
  const isYoung = age <= 2 * CONFIRMED_WITHIN_MS;
  // A name alone is shared by chance.
  if (isYoung && [...near].some((mark) => mark !== 'SAME_SURNAME' && mark !== 'RARE_SURNAME'))
    return found('SELF_ASSERTED', released);
  if (ALLOCATED_BY_LAW.includes(first.deed.role)) return [];
  const isWithoutWork = !acts.some(({ ownWork }) => ownWork);
  const isForOne = acts.every(isOneAlone);
  // A family's page in the evening is written up.
  const isNight = released.some((one) => one.deed.isNight && isOneAlone(one));
  const isGone =
    !isStanding &&
    last - began <= CLOSING_MS &&
    Date.parse(now) - last >= CLOSING_MS &&
    !acts.some(({ stands }) => stands === 'ENDED');
  const isLetLie = isStanding && Date.parse(now) - Date.parse((released.at(-1) ?? first).deed.at) >= CLOSING_MS;
  const signs = countOf([isWithoutWork, isForOne, isLetLie, isNight]);
  const isSigned = (isYoung || isLetLie) && (isWithoutWork || isForOne) && signs >= 2;
  return isSigned || isGone ? found('SELF_ASSERTED', released) : [];
}

function countOf(signs: readonly boolean[]): number {
  return signs.filter(Boolean).length;
}

function isWithin({ deed }: Seen, now: IsoInstant, ms: number): boolean {
  return isRecent(deed.at, now, ms);
}

function isRecent(at: IsoInstant, now: IsoInstant, ms: number): boolean {
  return Date.parse(now) - Date.parse(at) <= ms;
}

/** From the first to the last, ms. */
function spanOf(seen: readonly Seen[]): number {
  const times = seen.map(({ deed }) => Date.parse(deed.at));
  return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
}

function daysOf(seen: readonly Seen[]): number {
  return new Set(seen.map(({ deed }) => dayOf(deed.at))).size;
}

function found(rule: AlertRule, seen: readonly Seen[]): readonly Finding[] {
  return ofDeeds(
    rule,
    seen.map(({ deed }) => deed),
  );
}

export function ofDeeds(rule: AlertRule, deeds: readonly Deed[]): readonly Finding[] {
  return deeds.length === 0 ? [] : [{ rule, indexes: deeds.map(({ index }) => index).sort((a, b) => a - b) }];
}
