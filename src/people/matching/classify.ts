/**
 * What becomes of a pair. Weight alone never joins: the rules below say what no weight may override, for a wrong link shows
 * one person's records as another's.
 */
import { type Comparison, levelOf } from './compare.js';
import type { PersonTable } from './table.js';
import type { MatchWeights } from './weigh.js';

export const APART = 0;
export const REVIEW = 1;
export const JOIN = 2;
export type Verdict = typeof APART | typeof REVIEW | typeof JOIN;

/** Why a pair was not joined although it weighs enough, or what it was joined by. Told to whoever reviews it. */
export const GROUNDS = [
  'WEIGHT',
  'NHS_NUMBER',
  'OTHER_IDENTIFIER',
  'SAME_SOURCE',
  'NUMBERS_DIFFER',
  'IDENTIFIERS_ONLY',
  'NUMBER_BUT_NOT_PERSON',
  'POSSIBLE_TWINS',
  'PARENT_AND_CHILD',
  'BIRTH_DIFFERS',
  'CHAIN',
] as const;
export type Ground = (typeof GROUNDS)[number];

const ground = (name: Ground) => GROUNDS.indexOf(name);
const G = Object.fromEntries(GROUNDS.map((name) => [name, ground(name)])) as { readonly [K in Ground]: number };

/** A verdict and its ground (place in GROUNDS), packed: `verdict + 4 * ground`. */
export function verdictOf(packed: number): Verdict {
  return (packed & 3) as Verdict;
}
export function groundOf(packed: number): Ground {
  return GROUNDS[packed >> 2] ?? 'WEIGHT';
}
const packed = (verdict: Verdict, of: number) => verdict + 4 * of;

const FORE = {
  transposed: levelOf('forename', 'TRANSPOSED'),
  nickname: levelOf('forename', 'NICKNAME'),
  far: levelOf('forename', 'FAR'),
};
const SUR = { far: levelOf('surname', 'FAR') };
const BIRTH = {
  exact: levelOf('dateOfBirth', 'EXACT'),
  oneDigit: levelOf('dateOfBirth', 'ONE_DIGIT'),
  far: levelOf('dateOfBirth', 'FAR'),
};
const PLACE = { postcode: levelOf('place', 'POSTCODE') };

/**
 * Years between two people of one name from which on they are taken for parent and child: apart, or, when day and month
 * agree, for somebody to decide (a son may be born on his father's birthday; a clerk may mistype a decade).
 */
const GENERATION = 14;

/** Classifies a compared and weighed pair. */
export function classify(
  table: PersonTable,
  a: number,
  b: number,
  { levels }: Comparison,
  weight: number,
  { join, review }: Pick<MatchWeights, 'join' | 'review'>,
): number {
  const [fore = 0, sur = 0, , birth = 0, sex = 0, place = 0, nhs = 0, other = 0] = levels;
  const byWeight: Verdict = weight >= join ? JOIN : weight >= review ? REVIEW : APART;
  const atMostReview = (of: number) => packed(byWeight === APART ? APART : REVIEW, of);
  const isOneName = (fore >= 1 && fore <= FORE.nickname) || fore === FORE.transposed;
  if (table.space[a] === table.space[b]) return atMostReview(G.SAME_SOURCE);
  if (nhs === 2) return atMostReview(G.NUMBERS_DIFFER);
  if (nhs === 1 || other === 1) {
    const isSomebodyElse =
      birth === BIRTH.far ||
      (fore === FORE.far && (birth === BIRTH.exact || sur === SUR.far || birth === 0)) ||
      (sur === SUR.far && birth !== BIRTH.exact && !isOneName) ||
      (fore === FORE.far && sex === 2);
    if (isSomebodyElse) return packed(REVIEW, G.NUMBER_BUT_NOT_PERSON);
    return packed(JOIN, nhs === 1 ? G.NHS_NUMBER : G.OTHER_IDENTIFIER);
  }
  if (table.partial[a] === 1 || table.partial[b] === 1) return atMostReview(G.IDENTIFIERS_ONLY);
  if (birth !== BIRTH.exact) {
    const years = Math.abs(Math.trunc((table.birth[a] ?? 0) / 10000) - Math.trunc((table.birth[b] ?? 0) / 10000));
    const isGeneration = birth !== 0 && years >= GENERATION;
    if (isGeneration && birth === BIRTH.far) return packed(APART, G.PARENT_AND_CHILD);
    if (isGeneration) return atMostReview(G.PARENT_AND_CHILD);
    if (birth === BIRTH.far || birth === 0) return atMostReview(G.BIRTH_DIFFERS);
  }
  if (!isOneName || fore === 0) {
    const mayBeTwins = birth === BIRTH.exact && sur !== SUR.far && fore === FORE.far;
    if (mayBeTwins && place >= 1 && place <= PLACE.postcode && sex === 2) return packed(APART, G.POSSIBLE_TWINS);
    return atMostReview(G.POSSIBLE_TWINS);
  }
  if (birth >= BIRTH.oneDigit && (place === 0 || place > PLACE.postcode)) return atMostReview(G.BIRTH_DIFFERS);
  return packed(byWeight, G.WEIGHT);
}
