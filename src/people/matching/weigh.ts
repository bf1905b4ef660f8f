/**
 * What a comparison weighs: the sum of log2 Bayes factors (Fellegi and Sunter 1969), in bits. Agreement on a value weighs by
 * how often that value occurs in the index itself; everything else by the m and u of schema/matching/match-weights.json.
 */
import { type Comparison, FIELDS, LEVELS } from './compare.js';
import type { PersonTable } from './table.js';

/** How often a level is met: among pairs of one person (`m`), among pairs of two (`u`). */
export interface LevelWeight {
  readonly m: number;
  readonly u: number;
}

export interface MatchWeights {
  /** Where they come from. */
  readonly source: string;
  /** How many other records of the same person a record has in the index, on average. */
  readonly expected: number;
  /** From so many bits on a pair is joined, if no rule holds it back. */
  readonly join: number;
  /** From so many bits on a person decides. */
  readonly review: number;
  readonly levels: { readonly [field: string]: { readonly [level: string]: LevelWeight } };
}

/** Whose agreement is weighed by the frequency of the value: field, level. */
const BY_FREQUENCY = {
  forename: ['EXACT', 'OTHER_NAME', 'TRANSPOSED'],
  surname: ['EXACT', 'OTHER_NAME', 'TRANSPOSED'],
  dateOfBirth: ['EXACT'],
  place: ['POSTCODE', 'DISTRICT'],
} as const;

/** No value counts for rarer than this: a misspelling that occurs once is not evidence of twenty bits. */
const RAREST = { forename: 1 / 20_000, surname: 1 / 50_000, dateOfBirth: 1 / 40_000, place: 1 / 50_000 } as const;

/**
 * Frequencies in a small index say little: they are counted as if so many further records had values as common as the level's
 * u says. And an index never counts as smaller than a district, whose people it might hold.
 */
const AS_IF = 2000;
const SMALLEST = 500_000;

export type Weigh = (comparison: Comparison) => number;

/** Frequencies are those of the table at the time of weighing. Throws RangeError when the weights lack a level. */
export function createWeigh(table: PersonTable, weights: MatchWeights): Weigh {
  const prior = Math.log2(weights.expected / Math.max(table.size, SMALLEST));
  const factors = FIELDS.map((field) =>
    Float64Array.from(LEVELS[field], (level) => {
      if (level === 'UNKNOWN') return 0;
      const weight = weights.levels[field]?.[level];
      if (!weight) throw new RangeError(`the weights lack ${field} ${level}`);
      const isCounted = (BY_FREQUENCY as { [f: string]: readonly string[] })[field]?.includes(level) ?? false;
      return isCounted ? Math.log2(weight.m) : Math.log2(weight.m / weight.u);
    }),
  );
  const [forenames, surnames, seconds, births, sexes, places, numbers, identifiers] = factors as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const transposed = LEVELS.forename.indexOf('TRANSPOSED');
  const { names, postcodes } = table;
  const usual = (field: string, level: string) => weights.levels[field]?.[level]?.u ?? 1;
  const forenameUsual = usual('forename', 'EXACT');
  const surnameUsual = usual('surname', 'EXACT');
  const birthUsual = usual('dateOfBirth', 'EXACT');
  const postcodeUsual = usual('place', 'POSTCODE');
  const districtUsual = usual('place', 'DISTRICT');
  const rarity = (count: number, ofLevel: number, rarest: number) =>
    -Math.log2(Math.max((count + AS_IF * ofLevel) / (table.size + AS_IF), rarest));

  return ({ levels, forename, surname, birth, postcode }) => {
    const [f = 0, s = 0, second = 0, b = 0, sex = 0, place = 0, nhs = 0, other = 0] = levels;
    let weight = prior + (forenames[f] ?? 0) + (surnames[s] ?? 0) + (seconds[second] ?? 0) + (births[b] ?? 0);
    weight += (sexes[sex] ?? 0) + (places[place] ?? 0) + (numbers[nhs] ?? 0) + (identifiers[other] ?? 0);
    if (f === 1 || f === 2 || f === transposed) {
      const count = names.forenameCount(forename) + (f === 1 ? 0 : names.surnameCount(forename));
      weight += rarity(count, forenameUsual, RAREST.forename);
    }
    if (s === 1 || s === 2 || s === transposed) {
      const count = names.surnameCount(surname) + (s === 1 ? 0 : names.forenameCount(surname));
      weight += rarity(count, surnameUsual, RAREST.surname);
    }
    if (b === 1) weight += rarity(table.births.get(birth) ?? 0, birthUsual, RAREST.dateOfBirth);
    if (place === 2) weight += rarity(postcodes.count[postcode] ?? 0, postcodeUsual, RAREST.place);
    if (place === 4) weight += rarity(postcodes.count[postcode] ?? 0, districtUsual, RAREST.place);
    return weight;
  };
}
