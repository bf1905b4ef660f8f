/**
 * What seven systems wrote down of the people of a population, with the errors systems have, and who each record is of.
 * The rates are assumptions, named here in one place; where a figure was published it is cited.
 */
import type { PersonIdentity } from '../../src/domain/identity.js';
import { type Random, randomOf } from '../../src/worlds/random.js';
import { misspell } from './names.js';
import { type Home, makePopulation, type TruePerson } from './population.js';

/** How one system knows people. Shares of records, 0 to 1. */
export interface SystemProfile {
  readonly space: string;
  /** How much of the population it knows. */
  readonly children: number;
  readonly adults: number;
  readonly nhsMissing: number;
  /** How much oftener than usual its staff mistype. */
  readonly carelessness: number;
  readonly aliases: number;
  readonly placeMissing: number;
  readonly otherIds?: string;
  /** NDTMS: initials, date of birth, sex and the first part of the postcode. */
  readonly initialsOnly?: true;
}

export const SYSTEMS: readonly SystemProfile[] = [
  { space: 'social-care', children: 0.55, adults: 0.4, nhsMissing: 0.45, carelessness: 1, aliases: 0.15, placeMissing: 0.03 },
  { space: 'workbook', children: 0.25, adults: 0.12, nhsMissing: 1, carelessness: 2, aliases: 0, placeMissing: 0.3 },
  { space: 'early-help', children: 0.4, adults: 0.25, nhsMissing: 0.7, carelessness: 1.3, aliases: 0.05, placeMissing: 0.05 },
  { space: 'substance-misuse', children: 0.01, adults: 0.12, nhsMissing: 1, carelessness: 1, aliases: 0, placeMissing: 0.05, initialsOnly: true },
  { space: 'mental-health', children: 0.15, adults: 0.25, nhsMissing: 0.03, carelessness: 0.7, aliases: 0.1, placeMissing: 0.02 },
  { space: 'domestic-abuse', children: 0, adults: 0.15, nhsMissing: 0.95, carelessness: 1.6, aliases: 0.3, placeMissing: 0.2 },
  { space: 'probation', children: 0, adults: 0.12, nhsMissing: 0.9, carelessness: 1.2, aliases: 0.4, placeMissing: 0.06, otherIds: 'PNC' },
]; // biome-ignore format: one system a row

/** Errors of one careful clerk, by field; a system multiplies them by its carelessness. */
const RATES = {
  forenameMisspelt: 0.012,
  nickname: 0.06,
  transposed: 0.004,
  surnameMisspelt: 0.012,
  formerSurname: 0.3,
  doubleBarrelled: 0.01,
  secondMissing: 0.45,
  dayAndMonthSwapped: 0.006,
  digitMistyped: 0.006,
  yearOffByOne: 0.004,
  yearOffByTen: 0.002,
  firstOfJanuary: 0.003,
  birthMissing: 0.004,
  sexWrong: 0.002,
  sexMissing: 0.004,
  formerHome: 0.3,
  passingHome: 0.06,
  addressUnread: 0.3,
  homesListed: 0.35,
  postcodeMistyped: 0.012,
  numberMistyped: 0.003,
  numberOfRelative: 0.0004,
  recordedTwice: 0.004,
} as const;

export interface Truth {
  readonly identity: PersonIdentity;
  /** Who it is: records of one person have the same. */
  readonly person: number;
}

/** `records`: how many to make, then it ends. */
export function* makeWorld(seed: number, records: number): Generator<Truth> {
  const population = makePopulation(seed, Math.round(records * 0.75));
  let made = 0;
  const next = new Map<string, number>();
  for (const household of population.households()) {
    for (const person of household) {
      const random = randomOf(seed ^ 0x5bd1e995, person.id);
      for (const system of SYSTEMS) {
        const isKnown = random.chance(person.isAdult ? system.adults : system.children);
        if (!isKnown) continue;
        const copies = random.chance(RATES.recordedTwice * system.carelessness) ? 2 : 1;
        for (let copy = 0; copy < copies; copy += 1) {
          const number = (next.get(system.space) ?? 0) + 1;
          next.set(system.space, number);
          yield { identity: observe(person, household, system, number, random), person: person.id };
          made += 1;
          if (made >= records) return;
        }
      }
    }
  }
}

/** The table of nicknames that the matcher is given: part of those in use. */
export function knownNicknames(): readonly (readonly string[])[] {
  return makePopulation(0, 1).names.known;
}

function observe(
  person: TruePerson,
  household: readonly TruePerson[],
  system: SystemProfile,
  number: number,
  random: Random,
): PersonIdentity {
  const err = (rate: number) => random.chance(Math.min(0.9, rate * system.carelessness));
  const sex = err(RATES.sexMissing) ? undefined : err(RATES.sexWrong) ? other(person.sex) : person.sex;
  const dateOfBirth = observeBirth(person.born, err, random);
  const places = observePlaces(person.homes, person.passing, system, err, random);
  const common = {
    space: system.space,
    local: String(number),
    ...(sex === undefined ? {} : { sex }),
    ...(dateOfBirth === undefined ? {} : { dateOfBirth }),
  };
  if (system.initialsOnly) {
    const [first] = places;
    return {
      ...common,
      forename: person.forename[0] ?? '',
      surname: person.surname[0] ?? '',
      ...(first?.postcode === undefined ? {} : { places: [{ postcode: first.postcode.split(' ')[0] ?? '' }] }),
    };
  }
  const usesFormer = person.formerSurname !== undefined && random.chance(RATES.formerSurname);
  let surname = usesFormer && person.formerSurname !== undefined ? person.formerSurname : person.surname;
  let forename = person.nickname !== undefined && err(RATES.nickname) ? person.nickname : person.forename;
  const otherNames: { forename?: string; surname?: string }[] = [];
  if (person.formerSurname !== undefined && random.chance(system.aliases)) {
    otherNames.push({ surname: usesFormer ? person.surname : person.formerSurname });
  }
  if (person.nickname !== undefined && random.chance(system.aliases * 0.5))
    otherNames.push({ forename: person.nickname });
  if (err(RATES.doubleBarrelled) && person.formerSurname !== undefined)
    surname = `${person.formerSurname}-${person.surname}`;
  if (err(RATES.forenameMisspelt)) forename = misspell(random, forename);
  if (err(RATES.surnameMisspelt)) surname = misspell(random, surname);
  if (err(RATES.transposed)) [forename, surname] = [surname, forename];
  const second = person.second !== undefined && !random.chance(RATES.secondMissing) ? person.second : undefined;
  const written = second === undefined ? '' : ` ${random.chance(0.3) ? (second[0] ?? '') : second}`;
  const nhs = observeNumber(person, household, system, err, random);
  return {
    ...common,
    forename: capital(forename) + written,
    surname: capital(surname),
    ...(otherNames.length > 0 ? { otherNames } : {}),
    ...(places.length > 0 ? { places: places.map(keyed) } : {}),
    ...(nhs === undefined ? {} : { nhsNumber: nhs }),
    ...(system.otherIds === undefined ? {} : { otherIds: [{ issuer: system.otherIds, value: `99/${person.id}` }] }),
  };
}

const keyed = ({ postcode, address }: Home) => (address === '' ? { postcode } : { postcode, address });
const other = (sex: 'F' | 'M') => (sex === 'F' ? 'M' : 'F');
const capital = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1);

function observeBirth(born: Date, err: (rate: number) => boolean, random: Random): string | undefined {
  if (err(RATES.birthMissing)) return undefined;
  let [year, month, day] = [born.getUTCFullYear(), born.getUTCMonth() + 1, born.getUTCDate()];
  if (err(RATES.firstOfJanuary)) [month, day] = [1, 1];
  else if (err(RATES.dayAndMonthSwapped) && day <= 12) [month, day] = [day, month];
  else if (err(RATES.yearOffByOne)) year += random.chance(0.5) ? 1 : -1;
  else if (err(RATES.yearOffByTen)) year += random.chance(0.5) ? 10 : -10;
  else if (err(RATES.digitMistyped)) day = 1 + ((day + random.pick([1, 2, 10, 20])) % 28);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function observePlaces(
  homes: readonly Home[],
  passing: Home | undefined,
  system: SystemProfile,
  err: (rate: number) => boolean,
  random: Random,
): Home[] {
  if (random.chance(system.placeMissing)) return [];
  const listed = random.chance(RATES.homesListed)
    ? [...homes]
    : homes.length > 1 && random.chance(RATES.formerHome)
      ? homes.slice(1, 2)
      : homes.slice(0, 1);
  if (err(RATES.passingHome)) listed.splice(0, listed.length, ...(passing ? [passing] : []));
  return listed.map((whole) => {
    // Every third address is written so that no house can be told from it: its postcode is left.
    const place: Home = random.chance(RATES.addressUnread) ? { postcode: whole.postcode, address: '' } : whole;
    if (!err(RATES.postcodeMistyped)) return place;
    const letters = 'ABDEFGHJLNPQRSTUWXYZ';
    const postcode = place.postcode.slice(0, -1) + random.pick([...letters]);
    return { postcode, address: place.address.replace(/^pc:[^/]*/, `pc:${postcode.replace(' ', '').toLowerCase()}`) };
  });
}

function observeNumber(
  person: TruePerson,
  household: readonly TruePerson[],
  system: SystemProfile,
  err: (rate: number) => boolean,
  random: Random,
): string | undefined {
  if (random.chance(system.nhsMissing)) return undefined;
  if (err(RATES.numberOfRelative) && household.length > 1)
    return random.pick(household.filter((p) => p !== person)).nhs;
  if (!err(RATES.numberMistyped)) return person.nhs;
  const at = random.int(1, 9);
  return person.nhs.slice(0, at) + String(random.int(0, 9)) + person.nhs.slice(at + 1);
}
