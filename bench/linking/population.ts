/** Households of people who do not exist: what is true of each, before any system wrote it down. */
import { type Random, randomOf } from '../../src/worlds/random.js';
import { makeNames, type NamePool } from './names.js';

export interface Home {
  readonly postcode: string;
  readonly address: string;
}

export interface TruePerson {
  readonly id: number;
  readonly sex: 'F' | 'M';
  readonly forename: string;
  readonly second?: string;
  readonly surname: string;
  /** Until she married, or as the stepfather's child. */
  readonly formerSurname?: string;
  readonly nickname?: string;
  /** YYYYMMDD. */
  readonly born: Date;
  readonly nhs: string;
  readonly isAdult: boolean;
  /** Where they live, then where they lived. */
  readonly homes: readonly Home[];
  /** Where they stayed for a while and the others of the household did not. */
  readonly passing?: Home;
  readonly household: number;
}

export const TODAY = Date.UTC(2026, 10, 23);
const DAY = 24 * 3600 * 1000;
const YEAR = 365.25 * DAY;

export interface Population {
  readonly names: NamePool;
  /** Household by household; the same seed gives the same people. */
  households(): Generator<readonly TruePerson[]>;
}

/** `expected`: about how many people; it fixes how dense the places are (15 households a postcode). */
export function makePopulation(seed: number, expected: number): Population {
  const names = makeNames(7);
  const postcodes = Math.max(60, Math.round(expected / 36));
  return {
    names,
    *households() {
      let last = 0;
      for (let household = 0; ; household += 1) {
        const random = randomOf(seed, household);
        const people = oneHousehold(random, names, postcodes, household, last);
        last += people.length;
        yield people;
      }
    },
  };
}

function home(random: Random, postcodes: number): Home {
  const place = random.int(0, postcodes - 1);
  const inward = Math.floor(place / 60);
  const letters = 'ABDEFGHJLNPQRSTUWXYZ';
  const last = `${letters[Math.floor(inward / 10) % 20]}${letters[Math.floor(inward / 200) % 20]}`;
  const postcode = `ZZ${(place % 60) + 1} ${inward % 10}${last}`;
  return { postcode, address: `pc:${postcode.replace(' ', '').toLowerCase()}/${random.int(1, 24)}` };
}

function oneHousehold(
  random: Random,
  names: NamePool,
  postcodes: number,
  household: number,
  last: number,
): readonly TruePerson[] {
  const people: TruePerson[] = [];
  const now = home(random, postcodes);
  const past: Home[] = [];
  while (random.chance(0.45) && past.length < 3) past.push(home(random, postcodes));
  const familyName = names.surname(random);
  const add = (given: Partial<TruePerson> & Pick<TruePerson, 'sex' | 'born' | 'surname' | 'isAdult'>): TruePerson => {
    const forename = given.forename ?? names.forename(random, given.sex);
    const nickname = names.short.get(forename);
    const second = given.second ?? (random.chance(0.7) ? names.forename(random, given.sex) : undefined);
    const person = {
      ...given,
      id: last + people.length,
      forename,
      ...(second === undefined ? {} : { second }),
      ...(nickname === undefined ? {} : { nickname }),
      nhs: nhsNumber(last + people.length),
      homes: [now, ...past],
      passing: home(random, postcodes),
      household,
    };
    people.push(person);
    return person;
  };
  const isFamily = random.chance(0.75);
  const motherBorn = birth(random, isFamily ? 17 : 18, isFamily ? 48 : 85);
  const isPair = random.chance(0.6);
  const sharesName = random.chance(0.55);
  add({
    sex: random.chance(isFamily ? 0.92 : 0.5) ? 'F' : 'M',
    born: motherBorn,
    surname: isPair && !sharesName ? names.surname(random) : familyName,
    ...(random.chance(0.35) ? { formerSurname: names.surname(random) } : {}),
    isAdult: true,
  });
  const partner = isPair
    ? add({ sex: 'M', born: birth(random, isFamily ? 18 : 20, isFamily ? 55 : 85), surname: familyName, isAdult: true })
    : undefined;
  if (!isFamily) return people;
  const births = random.int(1, 3);
  const given = new Set<string>();
  const dates: number[] = [];
  for (let i = 0; i < births; i += 1) {
    const sex = random.chance(0.5) ? 'F' : 'M';
    const born = birth(random, 0, 17);
    // Children of one mother are a year apart, and no two of them have one name.
    if (dates.some((date) => Math.abs(date - born.getTime()) < YEAR)) continue;
    dates.push(born.getTime());
    const former = random.chance(0.08) ? { formerSurname: names.surname(random) } : {};
    const isJunior = sex === 'M' && partner !== undefined && random.chance(0.03);
    const first = add({
      sex,
      born,
      surname: familyName,
      isAdult: false,
      ...former,
      forename: isJunior && !given.has(partner.forename) ? partner.forename : newName(random, names, sex, given),
      ...(isJunior && partner.second !== undefined && random.chance(0.5) ? { second: partner.second } : {}),
    });
    given.add(first.forename);
    if (!random.chance(0.016)) continue;
    const other = random.chance(0.65) ? sex : sex === 'F' ? 'M' : 'F';
    add({
      sex: other,
      born,
      surname: familyName,
      isAdult: false,
      ...former,
      forename: twinName(random, names, first, other, given),
    });
  }
  return people;
}

function newName(random: Random, names: NamePool, sex: 'F' | 'M', given: ReadonlySet<string>): string {
  for (;;) {
    const name = names.forename(random, sex);
    if (!given.has(name)) return name;
  }
}

/** Twins have names that go together as often as not: the same first letters, or nearly the same name. */
function twinName(
  random: Random,
  names: NamePool,
  first: TruePerson,
  sex: 'F' | 'M',
  given: ReadonlySet<string>,
): string {
  if (random.chance(0.5)) return newName(random, names, sex, given);
  const pool = (sex === 'F' ? names.girls : names.boys).filter((name) => !given.has(name));
  const alike = [3, 2, 1]
    .map((length) => pool.filter((name) => name.slice(0, length) === first.forename.slice(0, length)))
    .find((found) => found.length > 0);
  return alike ? random.pick(alike) : newName(random, names, sex, given);
}

function birth(random: Random, youngest: number, oldest: number): Date {
  const age = youngest * YEAR + random.next() * (oldest - youngest + 1) * YEAR;
  return new Date(Math.floor((TODAY - age) / DAY) * DAY);
}

/** The n-th ten-digit number whose check digit holds, from 960 000 000x on: of two that follow each other one has a check digit. */
export function nhsNumber(n: number): string {
  return withCheckDigit(960_000_000 + 2 * n) ?? withCheckDigit(960_000_001 + 2 * n) ?? '';
}

function withCheckDigit(serial: number): string | undefined {
  const digits = String(serial);
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
  const check = (11 - (sum % 11)) % 11;
  return check < 10 ? `${digits}${check}` : undefined;
}
