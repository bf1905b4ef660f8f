/**
 * An invented town: homes, families known to services, and the workers who live among them. Who lives where and is called
 * what is drawn without looking at who asks about whom: surnames are shared, and neighbours live side by side, by chance.
 */
import type { Known, Place } from '../../src/oversight/alerts/nearness.js';
import { type Random, randomOf } from '../../src/worlds/random.js';

export const WORKERS = 300;
export const HOMES = 12_000;
/** Houses of one postcode. */
const STREET = 15;
const FAMILIES = 3_500;
const SURNAMES = 3_000;
/** Workers who live in the town; the others' homes are nobody's neighbours. */
const LIVE_HERE = 0.75;
/** Workers whose own family is known to a service. */
const KNOWN_FAMILY = 0.02;

export const ROLES_OF_WORKERS = {
  SOCIAL_WORKER: 0.4,
  DUTY_WORKER: 0.08,
  NIGHT_WORKER: 0.04,
  KEYWORKER: 0.22,
  TEAM_MANAGER: 0.06,
  DOMESTIC_ABUSE_PRACTITIONER: 0.07,
  RECOVERY_WORKER: 0.08,
  DOMESTIC_ABUSE_OFFICER: 0.05,
} as const;
export type Job = keyof typeof ROLES_OF_WORKERS;

export interface Family {
  readonly id: number;
  readonly adults: readonly string[];
  readonly children: readonly string[];
  /** Whom a relationship names: grandparents, former partners. Of no family here. */
  readonly relatives: readonly string[];
  readonly isProtected: boolean;
  /** One of the adults is alleged to have hurt the other. */
  readonly hasPerpetrator: boolean;
}

export interface TownWorker {
  readonly id: string;
  readonly job: Job;
  readonly person: string;
  readonly agency: string;
}

export interface Town {
  readonly families: readonly Family[];
  readonly workers: readonly TownWorker[];
  readonly known: ReadonlyMap<string, Known>;
  readonly colleagues: ReadonlySet<string>;
  /** Persons by postcode, for who lives beside whom. */
  readonly beside: (person: string) => readonly string[];
  /** Adds a person: one whom a misuse is about and the town has not. */
  readonly settle: (person: string, known: Omit<Known, 'person'>) => void;
  readonly surname: (random: Random) => string;
}

const AGENCY: { readonly [J in Job]: string } = {
  SOCIAL_WORKER: 'csc',
  DUTY_WORKER: 'csc',
  NIGHT_WORKER: 'csc',
  KEYWORKER: 'eh',
  TEAM_MANAGER: 'csc',
  DOMESTIC_ABUSE_PRACTITIONER: 'safe',
  RECOVERY_WORKER: 'haven',
  DOMESTIC_ABUSE_OFFICER: 'prob',
};

export function makeTown(seed: number): Town {
  const random = randomOf(seed, 1);
  const surname = surnames();
  const known = new Map<string, Known>();
  const byPostcode = new Map<string, string[]>();
  let persons = 0;
  const settle = (person: string, about: Omit<Known, 'person'>) => {
    known.set(person, { person, ...about });
    for (const { postcode, isPast } of about.places)
      if (postcode && !isPast) byPostcode.set(postcode, [...(byPostcode.get(postcode) ?? []), person]);
  };
  const add = (name: string, places: readonly Place[]) => {
    persons += 1;
    const person = `P${persons}`;
    settle(person, { surnames: [name], places });
    return person;
  };
  const place = (): Place => homeOf(random.int(0, HOMES - 1));
  const families = Array.from({ length: FAMILIES }, (_, id): Family => {
    const home = [place()];
    const name = surname(random);
    const own = () => (random.chance(0.8) ? name : surname(random));
    const adults = Array.from({ length: random.chance(0.55) ? 1 : 2 }, () => add(own(), home));
    const children = Array.from({ length: random.int(1, 3) }, () => add(random.chance(0.85) ? name : own(), home));
    const relatives = Array.from({ length: random.int(0, 2) }, () => add(own(), [place()]));
    const hasPerpetrator = adults.length === 2 && random.chance(0.12);
    return { id, adults, children, relatives, hasPerpetrator, isProtected: hasPerpetrator && random.chance(0.5) };
  });
  const workers = Array.from({ length: WORKERS }, (_, i): TownWorker => {
    const job = random.weighted(ROLES_OF_WORKERS);
    const family = random.chance(KNOWN_FAMILY) ? random.pick(families) : undefined;
    const person = family?.adults[0] ?? add(surname(random), random.chance(LIVE_HERE) ? [place()] : []);
    return { id: `w${i}`, job, person, agency: AGENCY[job] };
  });
  return {
    families,
    workers,
    known,
    colleagues: new Set(workers.map(({ person }) => person)),
    beside: (person) =>
      (known.get(person)?.places ?? []).flatMap(({ postcode, isPast }) =>
        postcode && !isPast ? (byPostcode.get(postcode) ?? []).filter((other) => other !== person) : [],
      ),
    settle,
    surname,
  };
}

export function homeOf(home: number): Place {
  const postcode = `zz${10 + Math.floor(home / STREET / 90)}${1 + (Math.floor(home / STREET) % 9)}a${String.fromCharCode(97 + (Math.floor(home / STREET / 9) % 10))}`;
  return { postcode, house: String(1 + (home % STREET)), isPast: false };
}

/** Spread like English surnames: the commonest is borne by some 1.3 in a hundred, most by few. */
function surnames(): (random: Random) => string {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 0; rank < SURNAMES; rank += 1) {
    sum += 1 / (rank + 12);
    sums.push(sum);
  }
  return (random) => {
    const at = random.next() * sum;
    let [low, high] = [0, SURNAMES - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return nameOf(low);
  };
}

function nameOf(rank: number): string {
  let name = '';
  for (let rest = rank + 1000; rest > 0; rest = Math.floor(rest / 20)) name += 'bcdfghjklmnpqrstvwxz'[rest % 20];
  return `ab${name}`;
}
