/**
 * Misuse, seeded among the ordinary: who does it, how often and for how many days is drawn, the low ends of every spread
 * below what any rule asks for. Kinds are those that inquiries and the Information Commissioner's prosecutions speak of.
 */
import { type Random, randomOf } from '../../src/worlds/random.js';
import type { About, Act } from './entries.js';
import { board, type Case, DAY, DAYS, lookUp, type Office, oneField, times, WARM_DAYS } from './ordinary.js';
import { HOMES, homeOf, type Town, type TownWorker } from './town.js';

export const MISUSES = [
  'neighbour',
  'former partner',
  'own record or household',
  'colleague',
  'after the case closed',
  'after the role ended',
  'trawling by search',
  'night browsing',
  'mass opening',
  'probing for a location',
  'self-asserted involvement',
  'one-field searches',
] as const;
export type Misuse = (typeof MISUSES)[number];

export interface Incident {
  readonly kind: Misuse;
  readonly worker: string;
  readonly persons: ReadonlySet<string>;
  /** YYYY-MM-DD. */
  readonly days: ReadonlySet<string>;
  readonly acts: readonly Act[];
  /** Day on which an involvement that was made up is taken back. */
  readonly endsOn?: number;
  /** Day on which the role ended: nothing of the worker's own work is answered from then on. */
  readonly roleEndsOn?: number;
}

const EACH = 4;

export function seedMisuse(town: Town, office: Office, seed: number): Incident[] {
  const random = randomOf(seed, 7);
  const taken = new Set<string>();
  const incidents: Incident[] = [];
  for (const kind of MISUSES)
    for (let i = 0; i < EACH; ) {
      const worker = random.pick(town.workers);
      if (taken.has(worker.id) || (office.since.get(worker.id) ?? 0) > WARM_DAYS || office.until.has(worker.id))
        continue;
      const acts = MADE[kind](town, office, worker, random, `${kind.replaceAll(' ', '-')}${i}`);
      if (!acts || acts.length === 0) continue;
      taken.add(worker.id);
      const last = Math.floor(Math.max(...acts.map(({ minute }) => minute)) / DAY);
      // Two in three take the involvement back soon; the others let it stand.
      const endsOn = random.chance(0.65) ? last + random.int(0, 5) : Number.POSITIVE_INFINITY;
      const first = Math.floor(Math.min(...acts.map(({ minute }) => minute)) / DAY);
      // Of numbers of its own: what was drawn before it was added stays as it was.
      const more = randomOf(seed, 80_000 + incidents.length);
      const incident = incidentOf(kind, worker, acts);
      incidents.push(
        kind === 'self-asserted involvement'
          ? { ...incident, acts: [...acts, ...boardsOf(office, worker, acts, first, endsOn, more)], endsOn }
          : kind === 'after the role ended'
            ? { ...incident, roleEndsOn: Math.max(0, first - more.int(0, 10)) }
            : incident,
      );
      i += 1;
    }
  return incidents;
}

/** Boards of the worker's own cases on which the made-up one stands too. */
function boardsOf(
  office: Office,
  worker: TownWorker,
  acts: readonly Act[],
  first: number,
  endsOn: number,
  random: Random,
): readonly Act[] {
  const persons = new Set(acts.flatMap(({ about }) => about.map(({ person }) => person)));
  const days = Array.from({ length: Math.max(0, Math.min(endsOn, DAYS) - first) }, (_, i) => first + i);
  return days
    .filter((day) => day % 7 < 5)
    .map((day) => {
      const current = (office.cases.get(worker.id) ?? []).filter(({ from, until }) => from <= day && day < until);
      const act = board(worker, current, times.officeTime(random, day), random);
      return {
        ...act,
        about: [...act.about, ...[...persons].map((person): About => ({ person, involvement: 'ALLOCATED' }))],
      };
    });
}

function incidentOf(kind: Misuse, worker: TownWorker, acts: readonly Act[]): Incident {
  const days = acts.map(({ minute }) =>
    new Date(Date.parse('2026-09-07T00:00:00.000Z') + minute * 60_000).toISOString().slice(0, 10),
  );
  const persons = acts.flatMap(({ about }) => about.map(({ person }) => person));
  return { kind, worker: worker.id, persons: new Set(persons), days: new Set(days), acts };
}

type Make = (
  town: Town,
  office: Office,
  worker: TownWorker,
  random: Random,
  name: string,
) => readonly Act[] | undefined;

const startDay = (random: Random) => random.int(WARM_DAYS, DAYS - 25);
/** Three in four by day, as if it were work. */
const anyTime = (random: Random, day: number) =>
  random.chance(0.75) ? times.officeTime(random, day) : times.eveningTime(random, day);
/** So many days of a spread, with gaps of one to five days. */
function onDays(random: Random, count: number, from = startDay(random)): number[] {
  const days: number[] = [];
  for (let day = from; days.length < count; day += random.int(1, 5)) days.push(day);
  return days;
}
const spread = (random: Random, ...weights: readonly number[]) =>
  1 + Number(random.weighted(Object.fromEntries(weights.map((weight, i) => [String(i), weight]))));

const MADE: { readonly [M in Misuse]: Make } = {
  neighbour: (town, _, worker, random) => {
    const beside = town.beside(worker.person).filter((person) => !town.colleagues.has(person));
    if (beside.length === 0) return undefined;
    const person = random.pick(beside);
    return onDays(random, spread(random, 4, 3, 2, 1)).flatMap((day) =>
      lookUp(worker, person, anyTime(random, day), random),
    );
  },
  // Two in three lived with the worker, as a system still knows; of the others half bear the worker's name, half nothing tells.
  'former partner': (town, _, worker, random, name) => {
    const own = town.known.get(worker.person);
    const person = `ex-${name}`;
    const home = homeOf(random.int(0, HOMES - 1));
    const isKnown = random.chance(0.65);
    const bearsName = random.chance(0.5);
    const past = own?.places.find(({ isPast }) => !isPast);
    town.settle(person, {
      surnames: bearsName ? (own?.surnames ?? []) : [town.surname(random)],
      places: [home, ...(isKnown && past ? [{ ...past, isPast: true }] : [])],
    });
    return onDays(random, spread(random, 3, 3, 3, 2, 2, 1)).flatMap((day) =>
      lookUp(worker, person, anyTime(random, day), random),
    );
  },
  'own record or household': (town, _, worker, random, name) => {
    const own = town.known.get(worker.person);
    const isOwn = random.chance(0.5);
    const person = isOwn ? worker.person : `home-${name}`;
    if (!isOwn) town.settle(person, { surnames: [town.surname(random)], places: own?.places ?? [] });
    if (!isOwn && (own?.places.length ?? 0) === 0) return undefined;
    return onDays(random, spread(random, 3, 1)).flatMap((day) =>
      lookUp(worker, person, anyTime(random, day), random).map((act) => ({
        ...act,
        about: act.about.map((one): About => ({ ...one, conflict: true })),
      })),
    );
  },
  colleague: (town, _, worker, random) => {
    const { person } = random.pick(town.workers);
    if (person === worker.person) return undefined;
    return onDays(random, spread(random, 3, 2, 1)).flatMap((day) =>
      lookUp(worker, person, anyTime(random, day), random),
    );
  },
  'after the case closed': (_, office, worker, random) => {
    const closed = (office.cases.get(worker.id) ?? []).filter(({ until }) => until < DAYS - 50);
    if (closed.length === 0) return undefined;
    const one = random.pick(closed);
    const from = Math.max(WARM_DAYS, one.until + 22) + random.int(0, 10);
    const person = random.pick([...one.family.adults, ...one.family.children]);
    return onDays(random, spread(random, 2, 4, 3, 2, 1), from).map((day) => ({
      worker,
      minute: anyTime(random, day),
      purpose: 'DIRECT_WORK' as const,
      about: [{ person, involvement: 'ENDED' as const, isOpened: true }],
    }));
  },
  'after the role ended': (_, __, worker, random) =>
    onDays(random, spread(random, 1, 3, 3, 2)).flatMap((day) =>
      Array.from({ length: random.int(1, 4) }, (_none, i) => ({
        worker,
        minute: anyTime(random, day) + i,
        purpose: 'DIRECT_WORK' as const,
        about: [],
        code: 'NOT_KNOWN_HERE',
      })),
    ),
  'trawling by search': (town, _, worker, random) =>
    onDays(random, spread(random, 5, 2, 1)).flatMap((day) => {
      const from = anyTime(random, day);
      const opens = random.next() * 0.4;
      return Array.from({ length: random.int(6, 60) }, (_none, i): Act[] => {
        const minute = from + 2 * i;
        if (random.chance(0.3))
          return [
            {
              worker,
              minute,
              purpose: 'DIRECT_WORK',
              about: [],
              search: { fields: ['forename', 'surname'], found: 0, shown: 0, persons: [] },
            },
          ];
        const found = Array.from({ length: random.int(1, 9) }, () => random.pick(random.pick(town.families).adults));
        const act: Act = {
          worker,
          minute,
          purpose: 'DIRECT_WORK',
          about: found.map((person) => ({ person, involvement: 'NONE' as const })),
          search: { fields: ['forename', 'surname'], found: found.length, shown: 0, persons: found },
        };
        return random.chance(opens)
          ? [
              act,
              {
                worker,
                minute: minute + 1,
                purpose: 'DIRECT_WORK',
                about: [{ person: random.pick(found), involvement: 'NONE', isOpened: true }],
              },
            ]
          : [act];
      }).flat();
    }),
  'night browsing': (town, _, worker, random) =>
    worker.job === 'NIGHT_WORKER'
      ? undefined
      : onDays(random, spread(random, 4, 3, 1)).flatMap((day) => {
          const from = times.eveningTime(random, day);
          return Array.from({ length: random.int(2, 10) }, (_none, i) =>
            lookUp(worker, random.pick(random.pick(town.families).adults), from + 6 * i, random),
          ).flat();
        }),
  'mass opening': (town, _, worker, random) =>
    onDays(random, spread(random, 5, 1)).flatMap((day) => {
      const from = times.officeTime(random, day);
      return Array.from({ length: random.int(40, 200) }, (_none, i): Act => {
        const { adults, children } = random.pick(town.families);
        return {
          worker,
          minute: from + i,
          purpose: 'DIRECT_WORK',
          about: [...adults, ...children].map((person) => ({ person, involvement: 'NONE' as const, isOpened: true })),
        };
      });
    }),
  // By the one who works with the perpetrator, or by a stranger; the same purpose again, or others in turn.
  'probing for a location': (town, office, worker, random) => {
    const own = (office.cases.get(worker.id) ?? []).filter(
      ({ family, until }) => family.isProtected && until > DAYS && worker.agency !== 'csc',
    );
    const isInside = own.length > 0 && random.chance(0.6);
    const guarded = town.families.filter(({ isProtected }) => isProtected);
    const family = isInside ? (random.pick(own) as Case).family : random.pick(guarded);
    const person = family.adults[1] ?? '';
    const purposes = ['DIRECT_WORK', 'ASSESSMENT', 'CHILD_IN_NEED', 'SUPERVISION', 'STEP_UP'] as const;
    const isOtherSide = worker.job === 'DOMESTIC_ABUSE_OFFICER';
    const changes = random.chance(0.5);
    return onDays(random, spread(random, 4, 3, 2)).flatMap((day) => {
      const from = anyTime(random, day);
      return Array.from(
        { length: random.int(1, 5) },
        (_none, i): Act => ({
          worker,
          minute: from + i,
          purpose: changes ? (purposes[i] ?? 'DIRECT_WORK') : 'DIRECT_WORK',
          about: [
            {
              person,
              involvement: isInside ? 'ALLOCATED' : 'NONE',
              locationRefused: true,
              ...(isInside && isOtherSide ? { opposing: true } : {}),
            },
          ],
        }),
      );
    });
  },
  'self-asserted involvement': (town, _, worker, random) => {
    if (worker.agency === 'csc') return undefined;
    const family = random.pick(town.families);
    const from = random.int(WARM_DAYS, DAYS - 35);
    const days = onDays(random, spread(random, 3, 3, 2, 1), from);
    const person = random.pick(family.adults);
    // Two in five open the whole family, as work does; three in ten write something down, so that there is work.
    const isOpened = random.chance(0.3);
    const persons = random.chance(0.4) ? [...family.adults, ...family.children] : [person];
    return days.map(
      (day): Act => ({
        worker,
        minute: anyTime(random, day),
        purpose: 'DIRECT_WORK',
        about: persons.map((one): About => ({ person: one, involvement: 'ALLOCATED', isOpened, across: 'ALONE' })),
      }),
    );
  },
  'one-field searches': (_, __, worker, random) =>
    onDays(random, spread(random, 4, 1)).flatMap((day) => {
      const from = anyTime(random, day);
      return Array.from({ length: random.int(1, 12) }, (_none, i) => oneField(worker, from + i));
    }),
};
