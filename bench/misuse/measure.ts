/** Runs the standing rules over a world's log, day by day as the watch does, and holds the alerts against what was seeded. */
import { push } from '../../src/domain/entry.js';
import {
  isUnknown,
  judgeDay,
  judgeUnknown,
  twoPurposes,
  UNKNOWN_BEFORE_MS,
  UNKNOWN_SWEEP,
} from '../../src/oversight/alerts/day-rules.js';
import { type Near, nearnessOf, rareNamesAmong } from '../../src/oversight/alerts/nearness.js';
import {
  ALERT_RULES,
  type AlertRule,
  type Finding,
  isSuspect,
  judgePair,
  type Pair,
  SELF_ASSERTED_SWEEPS,
} from '../../src/oversight/alerts/rules.js';
import { type Deed, deedOf, type Seen, seenIn } from '../../src/oversight/alerts/sightings.js';
import { type Act, entryOf } from './entries.js';
import { DAY, DAYS, type Office, WARM_DAYS } from './ordinary.js';
import type { Incident, Misuse } from './seeded.js';
import type { Job, Town, TownWorker } from './town.js';

export interface Alert {
  readonly rule: AlertRule;
  readonly worker: string;
  readonly person?: string;
  readonly day?: string;
  /** The seeded misuse that it is about. */
  readonly incident?: Incident;
}

export interface Measured {
  readonly alerts: readonly Alert[];
  readonly incidents: readonly Incident[];
  readonly operations: number;
}

const USUAL = 28;
const PEER_DAYS = 10;
const EARLIER_NIGHTS = 6;
/** Jobs whose teams the directory calls duty teams. */
const FRONT_DOOR: readonly Job[] = ['DUTY_WORKER', 'NIGHT_WORKER'];

/** What a world's workers did, as the watch reads it, day by day. Read again it is the same. */
export interface WorldLog {
  readonly operations: number;
  readonly day: (day: number) => readonly Deed[];
}

/** Made anew at each reading: a world's deeds do not fit beside those of the next. */
export function logOf(office: Office, incidents: readonly Incident[]): WorldLog {
  const ends = new Map(
    incidents.flatMap(({ worker, roleEndsOn }) => (roleEndsOn === undefined ? [] : [[worker, roleEndsOn]])),
  );
  const acts = [
    ...office.acts.filter(({ worker, minute }) => minute < (ends.get(worker.id) ?? DAYS) * DAY),
    ...incidents.flatMap((incident) => incident.acts),
  ].filter(({ minute }) => minute < DAYS * DAY);
  acts.sort((a, b) => a.minute - b.minute);
  const byDay: Act[][] = Array.from({ length: DAYS }, () => []);
  for (const act of acts) byDay[Math.floor(act.minute / DAY)]?.push(act);
  const first = byDay.map(() => 0);
  for (let day = 1; day < DAYS; day += 1) first[day] = (first[day - 1] ?? 0) + (byDay[day - 1]?.length ?? 0);
  return {
    operations: acts.length,
    day: (day) => (byDay[day] ?? []).map((act, i) => deedOf((first[day] ?? 0) + i, entryOf(act))),
  };
}

export function measure(
  town: Town,
  office: Office,
  incidents: readonly Incident[],
  log: WorldLog,
  knownShare = 1,
): Measured {
  const workers = new Map(town.workers.map((worker) => [worker.id, worker]));
  const near = nearnessIn(town, workers, knownShare);
  const suspects = new Set<string>();
  for (let day = 0; day < DAYS; day += 1)
    for (const { worker, sightings } of log.day(day))
      for (const sighting of sightings)
        if (isSuspect(sighting, near(worker, sighting.person).size > 0)) suspects.add(`${worker} ${sighting.person}`);

  const history = new Map<string, Seen[]>();
  const due = new Map<number, Set<string>>();
  const days = new Map<string, Counted[]>();
  const found = new Map<string, Alert>();
  const covering = new Map<string, Set<number>>();
  const since = new Map<string, string>();
  const nights = new Map<string, { readonly day: number; readonly deed: Deed }[]>();
  const ofWorker = new Map<string, Set<number>[]>();
  const tried: { readonly day: number; readonly worker: string; readonly deeds: readonly Deed[] }[] = [];
  const note = (finding: Finding, about: Omit<Alert, 'rule' | 'incident'>, day: number) => {
    const key = `${finding.rule} ${about.worker} ${about.person ?? about.day}`;
    const open = covering.get(key);
    if (open) for (const at of finding.indexes) open.add(at);
    const others = ofWorker.get(`${finding.rule} ${about.worker}`) ?? [];
    // One that is open and shares an operation takes it up, as in the store.
    const taking = open ? undefined : others.find((one) => finding.indexes.some((at) => one.has(at)));
    if (about.person !== undefined && taking) {
      for (const at of finding.indexes) taking.add(at);
      return;
    }
    // What the first weeks show is history, and no officer's.
    if (day < WARM_DAYS || found.has(key)) return;
    const incident = incidents.find(
      ({ worker, persons, days: on }) =>
        worker === about.worker && (about.person === undefined ? on.has(about.day ?? '') : persons.has(about.person)),
    );
    found.set(key, { rule: finding.rule, ...about, ...(incident ? { incident } : {}) });
    const indexes = new Set(finding.indexes);
    covering.set(key, indexes);
    push(ofWorker, `${finding.rule} ${about.worker}`, indexes);
  };
  /** Whether the worker's own system still says so: of a sham until it ended, of a case until it closed. */
  const standing = (worker: string, person: string, day: number) => {
    const sham = incidents.find((one) => one.worker === worker && one.persons.has(person) && one.endsOn !== undefined);
    if (sham) return day < (sham.endsOn ?? 0);
    return (office.cases.get(worker) ?? []).some(
      ({ family, from, until }) =>
        from <= day && day < until && (family.adults.includes(person) || family.children.includes(person)),
    );
  };
  /** Whether another system tells of a case by then. */
  const told = (worker: string, person: string, day: number) =>
    (office.cases.get(worker) ?? []).some(
      ({ family, toldFrom }) => toldFrom <= day && (family.adults.includes(person) || family.children.includes(person)),
    );
  const judged = (key: string, now: string, day: number) => {
    const [worker = '', person = ''] = key.split(' ');
    const pair: Pair = {
      seen: history.get(key) ?? [],
      near: near(worker, person),
      isTold: told(worker, person, day),
      isStanding: standing(worker, person, day),
      isFrontDoor: FRONT_DOOR.includes(workers.get(worker)?.job ?? 'SOCIAL_WORKER'),
      workerSince: since.get(worker) ?? now,
      now,
    };
    for (const finding of judgePair(pair)) note(finding, { worker, person }, day);
  };
  for (let day = 0; day < DAYS; day += 1) {
    const deeds = log.day(day);
    const perWorker = new Map<string, Deed[]>();
    for (const deed of deeds) {
      push(perWorker, deed.worker, deed);
      if (!since.has(deed.worker)) since.set(deed.worker, deed.at);
      for (const { person, ...sighting } of deed.sightings) {
        const key = `${deed.worker} ${person}`;
        if (!suspects.has(key)) continue;
        for (const seen of seenIn(deed, person)) push(history, key, seen);
        if (sighting.unconfirmed)
          for (const sweep of SELF_ASSERTED_SWEEPS) due.set(day + sweep, (due.get(day + sweep) ?? new Set()).add(key));
        if (isSuspect({ person, ...sighting }, near(deed.worker, person).size > 0)) judged(key, deed.at, day);
      }
    }
    const at = new Date(Date.parse('2026-09-07T00:00:00.000Z') + (day + 1) * DAY * 60_000).toISOString();
    for (const key of due.get(day) ?? []) judged(key, at, day);
    for (const [id, own] of perWorker) {
      const worker = workers.get(id);
      if (!worker) continue;
      const today = countedOf(day, own);
      const usual = usualOf(days, worker, workers, today);
      const on = (own[0] as Deed).at.slice(0, 10);
      const earlierNights = (nights.get(id) ?? []).flatMap((one) => (one.day >= day - EARLIER_NIGHTS ? one.deed : []));
      const isFrontDoor = FRONT_DOOR.includes(worker.job);
      for (const deed of own) if (deed.isNight) push(nights, id, { day, deed });
      for (const finding of [
        ...judgeDay({ deeds: own, isOver: true, isFrontDoor, earlierNights, ...usual }),
        ...twoPurposes(own),
      ])
        note(finding, { worker: id, day: on }, day);
      push(days, id, today);
      tried.push({ day, worker: id, deeds: own.filter((deed) => isUnknown(deed) || deed.sightings.length > 0) });
    }
    for (const { worker, deeds: own } of tried.filter((one) => one.day === day - UNKNOWN_SWEEP)) {
      const refused = own.filter(isUnknown);
      const [first] = refused;
      const last = refused.at(-1);
      if (!first || !last) continue;
      const all = tried.flatMap((one) => (one.worker === worker ? one.deeds : []));
      const from = new Date(Date.parse(first.at) - UNKNOWN_BEFORE_MS).toISOString();
      const finding = judgeUnknown({
        deeds: refused,
        before: all.filter((deed) => deed.at >= from && deed.at < first.at),
        after: all.filter((deed) => deed.at > last.at),
      });
      for (const one of finding) note(one, { worker, day: first.at.slice(0, 10) }, day);
    }
  }
  return { alerts: [...found.values()], incidents, operations: log.operations };
}

interface Counted {
  readonly day: number;
  readonly persons: number;
  readonly searches: number;
  readonly isNight: boolean;
  readonly isUnknown: boolean;
}

/** As the index tallies a day. */
function countedOf(day: number, deeds: readonly Deed[]): Counted {
  return {
    day,
    persons: deeds.reduce((sum, { sightings }) => sum + sightings.length, 0),
    searches: deeds.filter(({ searches }) => searches.length > 0).length,
    isNight: deeds.some(({ isNight, sightings }) => isNight && sightings.length > 0),
    isUnknown: deeds.some(({ code }) => code === 'NOT_KNOWN_HERE'),
  };
}

function usualOf(
  days: ReadonlyMap<string, readonly Counted[]>,
  worker: TownWorker,
  workers: ReadonlyMap<string, TownWorker>,
  today: Counted,
) {
  const recent = (days.get(worker.id) ?? []).filter(({ day }) => day >= today.day - USUAL);
  const needsPeers = today.persons >= 100 || today.searches >= 6;
  const peers = needsPeers
    ? [...workers.values()]
        // A job's workers are a team's, as the directory has them.
        .filter((other) => other.id !== worker.id && other.job === worker.job)
        .flatMap(({ id }) => (days.get(id) ?? []).filter(({ day }) => day >= today.day - PEER_DAYS))
    : [];
  const of = (count: 'persons' | 'searches') => ({
    today: today[count],
    own: recent.map((one) => one[count]).filter((n) => n > 0),
    peers: peers.map((one) => one[count]).filter((n) => n > 0),
  });
  const active = recent.filter(({ persons }) => persons > 0);
  return {
    volume: of('persons'),
    searches: of('searches'),
    active: active.length,
    nights: active.filter(({ isNight }) => isNight).length,
    unknownDays: recent.filter(({ isUnknown }) => isUnknown).length,
  };
}

/** Directory and sources know where `knownShare` of the workers live; of the others the name alone. */
export function nearnessIn(town: Town, workers: ReadonlyMap<string, TownWorker>, knownShare: number) {
  const memo = new Map<string, ReadonlySet<Near>>();
  const rareNames = rareNamesAmong(
    town.workers.flatMap(({ person }) => town.known.get(person)?.surnames.slice(0, 1) ?? []),
  );
  return (id: string, person: string): ReadonlySet<Near> => {
    const key = `${id} ${person}`;
    const told = memo.get(key);
    if (told) return told;
    const worker = workers.get(id);
    const self = worker && town.known.get(worker.person);
    const other = town.known.get(person);
    const isKnown = Number(id.slice(1)) % 100 < knownShare * 100;
    const { person: _, ...nameAlone } = { ...self, surnames: self?.surnames ?? [], places: [] };
    const colleagues = worker?.person === person ? NOBODY : town.colleagues;
    const asked = { ...(isKnown ? self : nameAlone), rareNames, places: isKnown ? (self?.places ?? []) : [] };
    const found =
      self && other ? nearnessOf({ ...asked, surnames: self.surnames }, other, colleagues) : new Set<Near>();
    memo.set(key, found);
    return found;
  };
}

const NOBODY: ReadonlySet<string> = new Set();

export interface Score {
  readonly alerts: number;
  readonly right: number;
}

/** Per rule: alerts, and those about what was seeded. */
export function byRule({ alerts }: Measured): ReadonlyMap<AlertRule, Score> {
  const scores = new Map<AlertRule, Score>();
  for (const { rule, incident } of alerts) {
    const { alerts: all, right } = scores.get(rule) ?? { alerts: 0, right: 0 };
    scores.set(rule, { alerts: all + 1, right: right + (incident ? 1 : 0) });
  }
  return scores;
}

export function suspicions({ alerts }: Measured): readonly Alert[] {
  return alerts.filter(({ rule }) => ALERT_RULES[rule] === 'SUSPICION');
}

/** Per kind of misuse: seeded, and found by any rule. */
export function byKind(measured: Measured): ReadonlyMap<Misuse, { seeded: number; found: number }> {
  const caught = new Set(suspicions(measured).flatMap(({ incident }) => incident ?? []));
  const kinds = new Map<Misuse, { seeded: number; found: number }>();
  for (const incident of measured.incidents) {
    const { seeded, found } = kinds.get(incident.kind) ?? { seeded: 0, found: 0 };
    kinds.set(incident.kind, { seeded: seeded + 1, found: found + (caught.has(incident) ? 1 : 0) });
  }
  return kinds;
}
