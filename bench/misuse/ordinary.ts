/**
 * Ordinary traffic: what workers of each job ask in a day. Every rate below is a guess of what an office does, none was taken
 * from a real log. They were not all set before the rules were measured: some were changed after the rules had been measured
 * on seed 1; before seeds 31 to 34 noise was added that was missing (`slips`); and before seeds 41 to 44 what the gateway cannot
 * log was put right: whoever the directory does not know is answered nothing meanwhile, and a worker who has left nothing more
 * (they went on working, refused and answered within the hour); a case is not both open and closed (one family was drawn twice
 * for one worker); a stranger who is protected is refused for it to ordinary workers too, not to misusers alone; workers leave,
 * as others begin, and some try once more; and made-up involvement stands on the worker's board, as any does.
 *
 * Noise that looks like misuse is there on purpose: callers who ring again before a referral is written down, colleagues who
 * ask about a closed case, evenings of writing up, relatives who come along, people of one's own street or name on duty,
 * boards and family pages that meet protected addresses every day, night workers who begin, cases that no other system knows
 * of, a directory that is a day late, a field left empty twice.
 */
import type { Purpose } from '../../src/domain/words.js';
import { type Random, randomOf } from '../../src/worlds/random.js';
import type { About, Act } from './entries.js';
import type { Family, Town, TownWorker } from './town.js';

export const DAY = 24 * 60;
export const WARM_DAYS = 28;
export const DAYS = WARM_DAYS + 56;

const CASES: { readonly [job: string]: number } = {
  SOCIAL_WORKER: 14,
  KEYWORKER: 12,
  DOMESTIC_ABUSE_PRACTITIONER: 15,
  RECOVERY_WORKER: 20,
  DOMESTIC_ABUSE_OFFICER: 18,
  TEAM_MANAGER: 50,
};
/** Of a caseload, a week: closed, and as many opened. */
const CLOSING = 0.05;
const PURPOSES: readonly Purpose[] = ['DIRECT_WORK', 'SUPERVISION', 'ASSESSMENT', 'CHILD_IN_NEED'];

export interface Case {
  readonly family: Family;
  readonly from: number;
  until: number;
  /** The day from which another system tells of the work; Infinity when none ever does. */
  readonly toldFrom: number;
  /** The own agency has written something down of it. */
  readonly isRecorded: boolean;
}

export interface Office {
  readonly acts: readonly Act[];
  readonly cases: ReadonlyMap<string, readonly Case[]>;
  /** First day on which a worker is there; most were before the log began. */
  readonly since: ReadonlyMap<string, number>;
  /** First day on which a worker is there no more. */
  readonly until: ReadonlyMap<string, number>;
}

/** Minutes of a working day, most in the morning and afternoon. */
function officeTime(random: Random, on: number): number {
  // What would fall on a weekend waits for Monday.
  const day = on % 7 < 5 ? on : on + 7 - (on % 7);
  return day * DAY + 8 * 60 + Math.floor(((random.next() + random.next()) / 2) * 9.5 * 60);
}
/** 20:00 to 23:30 by the clock in London, UTC or summer time alike. */
const eveningTime = (random: Random, day: number) => day * DAY + 20 * 60 + random.int(0, 200);
const nightTime = (random: Random, day: number) =>
  day * DAY + random.pick([20, 21, 22, 23, 0, 1, 2, 3, 4]) * 60 + random.int(0, 59);

export const times = { officeTime, eveningTime, nightTime };

export function makeOffice(town: Town, seed: number): Office {
  const acts: Act[] = [];
  const cases = new Map<string, Case[]>();
  const since = new Map<string, number>();
  const until = new Map<string, number>();
  const guarded = guardedIn(town);
  town.workers.forEach((worker, i) => {
    const random = randomOf(seed, 1000 + i);
    // One in twelve begins while the log is watched.
    since.set(worker.id, random.chance(1 / 12) ? random.int(WARM_DAYS, DAYS - 10) : 0);
    cases.set(worker.id, caseload(town, worker, random));
    const own: Act[] = [];
    for (let day = since.get(worker.id) ?? 0; day < DAYS; day += 1)
      own.push(...dayOf(town, worker, cases.get(worker.id) ?? [], day, random));
    if (worker.job === 'DUTY_WORKER' || worker.job === 'NIGHT_WORKER')
      own.push(...desk(town, worker, since.get(worker.id) ?? 0, random));
    // Of numbers of their own: what was drawn before they were added stays as it was.
    const slipped = slips(worker, since.get(worker.id) ?? 0, randomOf(seed, 50_000 + i));
    const left = since.get(worker.id) === 0 ? leaving(worker, randomOf(seed, 60_000 + i)) : undefined;
    if (left) until.set(worker.id, left.day);
    const guards = randomOf(seed, 70_000 + i);
    acts.push(
      ...whereKnown([...own, ...slipped], left?.day ?? DAYS).map((act) => meetingGuarded(act, guarded, guards)),
      ...(left?.tries ?? []),
    );
  });
  return { acts, cases, since, until };
}

/** Of an office's acts those that the directory let through: none between a refusal for want of a role and the end of that day. */
function whereKnown(acts: readonly Act[], left: number): readonly Act[] {
  const dayOfAct = ({ minute }: Act) => Math.floor(minute / DAY);
  const unknown = new Map<number, number>();
  for (const act of acts)
    if (act.code === 'NOT_KNOWN_HERE')
      unknown.set(dayOfAct(act), Math.min(act.minute, unknown.get(dayOfAct(act)) ?? Number.POSITIVE_INFINITY));
  return acts.filter((act) => {
    const day = dayOfAct(act);
    if (day >= left) return false;
    if (act.code === 'NOT_KNOWN_HERE') return true;
    const from = unknown.get(day);
    return from === undefined || (act.minute < from && !unknown.has(day - 1));
  });
}

/** One in twelve leaves while the log is watched, as one in twelve begins; three in ten of them try once more, by habit. */
function leaving(
  worker: TownWorker,
  random: Random,
): { readonly day: number; readonly tries: readonly Act[] } | undefined {
  if (!random.chance(1 / 12)) return undefined;
  const day = random.int(WARM_DAYS, DAYS - 10);
  const tries: Act[] = [];
  if (random.chance(0.3))
    for (let after = 0; after <= (random.chance(0.12) ? 1 : 0); after += 1) {
      const from = officeTime(random, day + after);
      for (let i = random.int(1, 4); i > 0; i -= 1)
        tries.push({ worker, minute: from + 3 * i, purpose: 'DIRECT_WORK', about: [], code: 'NOT_KNOWN_HERE' });
    }
  return { day, tries };
}

/** Whoever is kept from being found: the victim and the children of a protected family. */
function guardedIn({ families }: Town): ReadonlySet<string> {
  return new Set(
    families.flatMap(({ isProtected, adults, children }) => (isProtected ? [...adults.slice(1), ...children] : [])),
  );
}

/** A stranger's page asks for the address every other time, and is refused it where that is protected. */
function meetingGuarded(act: Act, guarded: ReadonlySet<string>, random: Random): Act {
  const [one] = act.about;
  if (!one || act.about.length > 1 || act.search || !one.isOpened || !guarded.has(one.person)) return act;
  if ((one.involvement !== 'NONE' && one.involvement !== 'DUTY') || random.chance(0.5)) return act;
  return { ...act, about: [{ ...one, locationRefused: true }] };
}

function caseload(town: Town, worker: TownWorker, random: Random): Case[] {
  const size = CASES[worker.job] ?? 0;
  const all: Case[] = [];
  const open = (from: number) => {
    const toldFrom = random.chance(0.55)
      ? from
      : random.chance(0.8)
        ? from + random.int(1, 13)
        : random.chance(0.4)
          ? from + random.int(14, 40)
          : Number.POSITIVE_INFINITY;
    let family = random.pick(town.families);
    while (all.some((one) => one.family === family)) family = random.pick(town.families);
    all.push({
      family,
      from,
      until: Number.POSITIVE_INFINITY,
      toldFrom,
      isRecorded: random.chance(0.92),
    });
  };
  for (let i = 0; i < size; i += 1) open(-random.int(1, 200));
  for (let day = 0; day < DAYS; day += 1)
    for (const one of [...all])
      if (one.until > day && random.chance(CLOSING / 7)) {
        one.until = day;
        open(day);
      }
  return all;
}

function dayOf(town: Town, worker: TownWorker, cases: readonly Case[], day: number, random: Random): Act[] {
  const weekday = day % 7;
  const acts: Act[] = [];
  const current = cases.filter(({ from, until }) => from <= day && day < until);
  const isIn = weekday < 5 && random.chance(0.88) && current.length > 0;
  if (isIn) {
    const boards = random.int(1, 3);
    for (let i = 0; i < boards; i += 1) acts.push(board(worker, current, officeTime(random, day), random));
    const pages = worker.job === 'TEAM_MANAGER' ? random.int(2, 8) : random.int(1, 6);
    for (let i = 0; i < pages; i += 1)
      acts.push(...page(worker, random.pick(current), day, officeTime(random, day), random));
  }
  // Evenings of writing up; a weekend's call to one's own family.
  if (current.length > 0 && random.chance(weekday < 5 ? 0.08 : 0.02)) {
    const at = eveningTime(random, day);
    for (let i = 0; i <= random.int(0, 2); i += 1)
      acts.push(...page(worker, random.pick(current), day, at + 7 * i, random));
    // An enquiry that begins in the evening: a family nobody works with yet.
    if (worker.job === 'SOCIAL_WORKER' && random.chance(0.04))
      acts.push(...stranger(worker, random.pick(town.families), at + 30, random));
  }
  for (const one of cases) {
    const ago = day - one.until;
    // Closing: a look or two within three weeks; later somebody rings about it, and seldom rings again.
    if (ago >= 0 && ago < 21 && random.chance(0.07))
      acts.push(...ended(worker, one.family, officeTime(random, day), random));
    if (ago >= 21 && random.chance(0.0012)) {
      acts.push(...ended(worker, one.family, officeTime(random, day), random));
      if (random.chance(0.12))
        acts.push(...ended(worker, one.family, officeTime(random, day + random.int(1, 3)), random));
    }
  }
  // Somebody new to a family, a name in a report: looked for once, and as a rule not again.
  if (isIn && random.chance(0.12)) {
    const family = random.pick(town.families);
    acts.push(...stranger(worker, family, officeTime(random, day), random));
    if (random.chance(0.1)) acts.push(...stranger(worker, family, officeTime(random, day + random.int(1, 4)), random));
  }
  // A search with one field left empty by mistake.
  if (isIn && random.chance(0.02)) acts.push(oneField(worker, officeTime(random, day)));
  return acts;
}

export function board(worker: TownWorker, cases: readonly Case[], minute: number, random: Random): Act {
  const about = cases.flatMap(({ family }) => membersOf(worker, family, {}));
  return { worker, minute, purpose: random.chance(0.6) ? 'SUPERVISION' : 'DIRECT_WORK', about };
}

/** A family's page, now and then one member alone after it; relatives come along by their relationships. */
function page(
  worker: TownWorker,
  { family, toldFrom, isRecorded }: Case,
  day: number,
  minute: number,
  random: Random,
): Act[] {
  const across = worker.agency === 'csc' ? undefined : day >= toldFrom ? ('CONFIRMED' as const) : ('ALONE' as const);
  const purpose = random.pick(PURPOSES);
  const members = membersOf(worker, family, { isOpened: isRecorded, ...(across ? { across } : {}) });
  const relatives = random.chance(0.3)
    ? family.relatives.map((person): About => ({ person, involvement: 'NONE' }))
    : [];
  const acts: Act[] = [{ worker, minute, purpose, about: [...members, ...relatives] }];
  if (random.chance(0.25))
    acts.push({
      worker,
      minute: minute + 2,
      purpose: random.chance(0.8) ? purpose : random.pick(PURPOSES),
      about: [random.pick(members)],
    });
  if (random.chance(0.01) && family.relatives.length > 0)
    acts.push({
      worker,
      minute: minute + 4,
      purpose,
      about: [{ person: random.pick(family.relatives), involvement: 'NONE', isOpened: true }],
    });
  return acts;
}

/** How a worker with the family stands to its members: who works with the one who harms is of the other side of the other. */
export function membersOf(worker: TownWorker, family: Family, more: Partial<About>): About[] {
  const involvement = worker.job === 'TEAM_MANAGER' ? 'MANAGING' : 'ALLOCATED';
  const isOtherSide = family.hasPerpetrator && worker.job === 'DOMESTIC_ABUSE_OFFICER';
  return [...family.adults, ...family.children].map((person, i): About => {
    const isVictim = i === 1 && family.adults.length === 2;
    const isKept = family.isProtected && (isVictim || i >= family.adults.length) && worker.agency !== 'csc';
    return {
      person,
      involvement,
      ...more,
      ...(worker.person === person ? { conflict: true } : {}),
      ...(isKept ? { locationRefused: true } : {}),
      ...(isOtherSide && isVictim ? { opposing: true } : {}),
    };
  });
}

function ended(worker: TownWorker, family: Family, minute: number, random: Random): Act[] {
  const about = [...family.adults, ...family.children].map(
    (person): About => ({ person, involvement: 'ENDED', isOpened: true }),
  );
  return [{ worker, minute, purpose: 'DIRECT_WORK', about: random.chance(0.7) ? about : [random.pick(about)] }];
}

/** Found by name, and opened. */
export function stranger(worker: TownWorker, family: Family, minute: number, random: Random): Act[] {
  const person = random.pick([...family.adults, ...family.children]);
  return lookUp(worker, person, minute, random);
}

export function lookUp(
  worker: TownWorker,
  person: string,
  minute: number,
  random: Random,
  involvement: About['involvement'] = 'NONE',
): Act[] {
  const fields = random.chance(0.8) ? ['forename', 'surname', 'dateOfBirth'] : ['forename', 'surname'];
  return [
    {
      worker,
      minute,
      purpose: 'DIRECT_WORK',
      about: [{ person, involvement }],
      search: { fields, found: 1, shown: 0, persons: [person] },
    },
    { worker, minute: minute + 1, purpose: 'DIRECT_WORK', about: [{ person, involvement, isOpened: true }] },
  ];
}

export function oneField(worker: TownWorker, minute: number): Act {
  return {
    worker,
    minute,
    purpose: 'DIRECT_WORK',
    about: [],
    search: { fields: ['surname'], found: 0, shown: 0, persons: [] },
    code: 'BAD_USER_INPUT',
  };
}

/** The front door by day, the out-of-hours team by night: callers, searched for by name; a third are known to nobody. */
function desk(town: Town, worker: TownWorker, since: number, random: Random): Act[] {
  const acts: Act[] = [];
  const isNight = worker.job === 'NIGHT_WORKER';
  const shift = random.int(0, 6);
  for (let day = since; day < DAYS; day += 1) {
    const isOn = isNight ? (day + shift) % 7 < 4 : day % 7 < 5 && random.chance(0.88);
    if (!isOn) continue;
    const callers = isNight ? random.int(3, 10) : random.int(6, 18);
    for (let i = 0; i < callers; i += 1) {
      const minute = isNight ? nightTime(random, day) : officeTime(random, day);
      if (random.chance(0.35)) {
        acts.push({
          worker,
          minute,
          purpose: 'DIRECT_WORK',
          about: [],
          search: { fields: ['forename', 'surname', 'dateOfBirth'], found: 0, shown: 0, persons: [] },
        });
        continue;
      }
      const family = random.pick(town.families);
      const person = random.pick([...family.adults, ...family.children]);
      // Three in four are referred before anything is opened.
      const isReferred = random.chance(0.75);
      acts.push(...lookUp(worker, person, minute, random, isReferred ? 'DUTY' : 'NONE'));
      if (random.chance(0.25))
        acts.push(
          ...lookUp(
            worker,
            person,
            minute + random.int(20, 300),
            random,
            isReferred || random.chance(0.6) ? 'DUTY' : 'NONE',
          ),
        );
      // Rings again the next days; by then most are referred.
      for (let again = 1; again <= 3 && random.chance(0.15); again += 1)
        acts.push(
          ...lookUp(
            worker,
            person,
            isNight ? minute + again * DAY : officeTime(random, day + again),
            random,
            isReferred || random.chance(0.7) ? 'DUTY' : 'NONE',
          ),
        );
    }
  }
  return acts;
}

/**
 * What goes wrong in an office: the directory learns of who begins, or changes teams, a day late; a search with a field left
 * empty is sent off again before the refusal is read, and mostly done rightly then.
 */
function slips(worker: TownWorker, since: number, random: Random): Act[] {
  const acts: Act[] = [];
  const unknown = (day: number) => {
    const from = worker.job === 'NIGHT_WORKER' ? nightTime(random, day) : officeTime(random, day);
    for (let i = random.int(1, 4); i > 0; i -= 1)
      acts.push({ worker, minute: from + 3 * i, purpose: 'DIRECT_WORK', about: [], code: 'NOT_KNOWN_HERE' });
  };
  for (let day = since; day < DAYS; day += 1) {
    const isFirst = day === since && since > 0;
    if (random.chance(isFirst ? 0.3 : 0.0005)) {
      unknown(day);
      if (random.chance(0.12)) unknown(day + 1);
    }
    if (day % 7 < 5 && random.chance(0.002)) {
      const from = officeTime(random, day);
      acts.push(oneField(worker, from), oneField(worker, from + 1));
      if (random.chance(0.8)) acts.push(searchOf(worker, from + 2));
    }
  }
  return acts;
}

/** By name and date of birth, and nobody found. */
function searchOf(worker: TownWorker, minute: number): Act {
  return {
    worker,
    minute,
    purpose: 'DIRECT_WORK',
    about: [],
    search: { fields: ['forename', 'surname', 'dateOfBirth'], found: 0, shown: 0, persons: [] },
  };
}
