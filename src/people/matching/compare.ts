/** Two persons field by field: how far each field agrees, in levels. What either side does not know is UNKNOWN. */
import { damerauOf } from './dates.js';
import { CLOSE, EXACT, FAR, INITIAL, type Names, NICKNAME, PART, SOUNDS } from './names.js';
import type { PersonTable } from './table.js';

/** The fields compared and their levels, from agreement to disagreement; UNKNOWN first, for it weighs nothing. */
export const LEVELS = {
  forename: ['UNKNOWN', 'EXACT', 'OTHER_NAME', 'NICKNAME', 'CLOSE', 'SOUNDS', 'INITIAL', 'TRANSPOSED', 'FAR'],
  surname: ['UNKNOWN', 'EXACT', 'OTHER_NAME', 'CLOSE', 'SOUNDS', 'PART', 'INITIAL', 'TRANSPOSED', 'FAR'],
  secondForename: ['UNKNOWN', 'EXACT', 'INITIAL', 'CLOSE', 'FAR'],
  dateOfBirth: ['UNKNOWN', 'EXACT', 'SWAPPED', 'ONE_DIGIT', 'TWO_OF_THREE', 'YEAR_ONLY', 'FAR'],
  sex: ['UNKNOWN', 'SAME', 'DIFFERENT'],
  place: ['UNKNOWN', 'ADDRESS', 'POSTCODE', 'CLOSE', 'DISTRICT', 'FAR'],
  nhsNumber: ['UNKNOWN', 'SAME', 'DIFFERENT'],
  otherId: ['UNKNOWN', 'SAME', 'DIFFERENT'],
} as const;
export const FIELDS = Object.keys(LEVELS) as readonly (keyof typeof LEVELS)[];
export type Field = keyof typeof LEVELS;
export type Level<F extends Field> = (typeof LEVELS)[F][number];

/** The place of a level in its field's list: what the comparison holds. */
export function levelOf<F extends Field>(field: F, level: Level<F>): number {
  return (LEVELS[field] as readonly string[]).indexOf(level);
}

/** A comparison: the level of each field, in the order of FIELDS, and the values on which agreement rests (for frequencies). */
export interface Comparison {
  readonly levels: Uint8Array;
  forename: number;
  surname: number;
  birth: number;
  postcode: number;
}

export function newComparison(): Comparison {
  return { levels: new Uint8Array(FIELDS.length), forename: 0, surname: 0, birth: 0, postcode: 0 };
}

const AT = Object.fromEntries(FIELDS.map((field, place) => [field, place])) as { readonly [F in Field]: number };
const FORENAME_OF_NEARNESS = nearnessLevels('forename');
const SURNAME_OF_NEARNESS = nearnessLevels('surname');

function nearnessLevels(field: 'forename' | 'surname'): Uint8Array {
  const levels = new Uint8Array(7);
  levels[EXACT] = levelOf(field, 'EXACT');
  levels[NICKNAME] = field === 'forename' ? levelOf(field, 'NICKNAME') : levelOf('surname', 'FAR');
  levels[CLOSE] = levelOf(field, 'CLOSE');
  levels[SOUNDS] = levelOf(field, 'SOUNDS');
  levels[PART] = field === 'surname' ? levelOf('surname', 'PART') : levelOf('forename', 'CLOSE');
  levels[INITIAL] = levelOf(field, 'INITIAL');
  levels[FAR] = levelOf(field, 'FAR');
  return levels;
}

const F = {
  otherForename: levelOf('forename', 'OTHER_NAME'),
  sounds: levelOf('forename', 'SOUNDS'),
  initial: levelOf('forename', 'INITIAL'),
  transposed: levelOf('forename', 'TRANSPOSED'),
  farForename: levelOf('forename', 'FAR'),
  otherSurname: levelOf('surname', 'OTHER_NAME'),
  transposedSurname: levelOf('surname', 'TRANSPOSED'),
  farSurname: levelOf('surname', 'FAR'),
} as const;

/** Compares two rows into `into`. Symmetric: the order of the rows changes nothing. */
export function compare(table: PersonTable, a: number, b: number, into: Comparison): void {
  compareNames(table, a, b, into);
  const { levels } = into;
  levels[AT.secondForename] = secondForename(table.names, table.second[a] ?? 0, table.second[b] ?? 0);
  const [birthA, birthB] = [table.birth[a] ?? 0, table.birth[b] ?? 0];
  levels[AT.dateOfBirth] = dateOfBirth(birthA, birthB);
  into.birth = birthA;
  const [sexA, sexB] = [table.sex[a], table.sex[b]];
  levels[AT.sex] = sexA === 0 || sexB === 0 ? 0 : sexA === sexB ? 1 : 2;
  levels[AT.place] = comparePlaces(table, a, b, into);
  const [nhsA, nhsB] = [table.nhs[a], table.nhs[b]];
  levels[AT.nhsNumber] = nhsA === 0 || nhsB === 0 ? 0 : nhsA === nhsB ? 1 : 2;
  levels[AT.otherId] = compareIds(table, a, b);
}

function compareNames(table: PersonTable, a: number, b: number, into: Comparison): void {
  const { names, others, otherStart } = table;
  const [foreA, foreB] = [table.forename[a] ?? 0, table.forename[b] ?? 0];
  const [surA, surB] = [table.surname[a] ?? 0, table.surname[b] ?? 0];
  let fore = foreA === 0 || foreB === 0 ? 0 : (FORENAME_OF_NEARNESS[names.nearness(foreA, foreB)] ?? 0);
  let sur = surA === 0 || surB === 0 ? 0 : (SURNAME_OF_NEARNESS[names.nearness(surA, surB)] ?? 0);
  into.forename = rarer(names.forenameCount, foreA, foreB);
  into.surname = rarer(names.surnameCount, surA, surB);
  const needs = (level: number, best: number) => level > best || level === 0;
  if (needs(fore, 1) || needs(sur, 1)) {
    const [fromA, toA] = [otherStart[a] ?? 0, otherStart[a + 1] ?? 0];
    const [fromB, toB] = [otherStart[b] ?? 0, otherStart[b + 1] ?? 0];
    if (toA > fromA || toB > fromB) {
      for (let x = fromA - 2; x < toA; x += 2) {
        const [foreX, surX] = x < fromA ? [foreA, surA] : [others[x] ?? 0, others[x + 1] ?? 0];
        for (let y = fromB - 2; y < toB; y += 2) {
          if (x < fromA && y < fromB) continue;
          const [foreY, surY] = y < fromB ? [foreB, surB] : [others[y] ?? 0, others[y + 1] ?? 0];
          if (foreX !== 0 && foreX === foreY && needs(fore, F.otherForename)) {
            fore = F.otherForename;
            into.forename = foreX;
          }
          if (surX !== 0 && surX === surY && needs(sur, F.otherSurname)) {
            sur = F.otherSurname;
            into.surname = surX;
          }
        }
      }
    }
    // Exactly crossed only: of twins with names alike one may be written in the wrong order.
    if (fore >= F.sounds && foreA !== 0 && surA !== 0 && foreA === surB && surA === foreB && !names.isInitial(foreA)) {
      fore = F.transposed;
      sur = F.transposedSurname;
    }
  }
  into.levels[AT.forename] = fore;
  into.levels[AT.surname] = sur;
}

/** The value by which frequency is counted: of two spellings the commoner, so that a misspelling does not pass for a rare name. */
function rarer(count: (id: number) => number, a: number, b: number): number {
  return a === b || count(a) >= count(b) ? a : b;
}

function secondForename(names: Names, a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  const nearness = names.nearness(a, b);
  if (nearness === EXACT) return 1;
  if (nearness === INITIAL) return 2;
  return nearness <= SOUNDS ? 3 : 4;
}

function dateOfBirth(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  if (a === b) return 1;
  const [yearA, yearB] = [Math.trunc(a / 10000), Math.trunc(b / 10000)];
  const [monthA, monthB] = [Math.trunc(a / 100) % 100, Math.trunc(b / 100) % 100];
  const [dayA, dayB] = [a % 100, b % 100];
  if (yearA === yearB && monthA === dayB && dayA === monthB) return 2;
  const agreeing = Number(yearA === yearB) + Number(monthA === monthB) + Number(dayA === dayB);
  if (damerauOf(a, b) <= 1) return 3;
  if (agreeing === 2) return 4;
  const isDefault = a % 10000 === 101 || b % 10000 === 101;
  return yearA === yearB && isDefault ? 5 : 6;
}

function comparePlaces({ places, placeStart, postcodes }: PersonTable, a: number, b: number, into: Comparison): number {
  const [fromA, toA] = [placeStart[a] ?? 0, placeStart[a + 1] ?? 0];
  const [fromB, toB] = [placeStart[b] ?? 0, placeStart[b + 1] ?? 0];
  into.postcode = 0;
  if (fromA === toA || fromB === toB) return 0;
  let best = 5;
  let isKnown = false;
  for (let x = fromA; x < toA; x += 2) {
    const [codeX, keyX] = [places[x] ?? 0, places[x + 1] ?? 0];
    for (let y = fromB; y < toB; y += 2) {
      const [codeY, keyY] = [places[y] ?? 0, places[y + 1] ?? 0];
      if (keyX !== 0 && keyX === keyY && (codeX === codeY || codeX === 0 || codeY === 0)) {
        into.postcode = codeX || codeY;
        return 1;
      }
      if (codeX === 0 || codeY === 0) continue;
      isKnown = true;
      const level = comparePostcodes(postcodes, codeX, codeY);
      if (level < best) {
        best = level;
        into.postcode = level === 2 ? codeX : (postcodes.outcode[codeX] ?? 0);
      }
    }
  }
  return isKnown ? best : 0;
}

function comparePostcodes({ outcode, texts }: PersonTable['postcodes'], a: number, b: number): number {
  const [outA = 0, outB = 0] = [outcode[a], outcode[b]];
  if (a === b) return a === outA ? 4 : 2;
  const isWhole = a !== outA && b !== outB;
  const [textA = '', textB = ''] = [texts[a], texts[b]];
  if (isWhole && textA.length === textB.length && differences(textA, textB) <= 1) return 3;
  return outA === outB ? 4 : 5;
}

function differences(a: string, b: string): number {
  let count = 0;
  for (let i = 0; i < a.length; i += 1) if (a.charCodeAt(i) !== b.charCodeAt(i)) count += 1;
  return count;
}

function compareIds({ ids, idStart, issuerOf }: PersonTable, a: number, b: number): number {
  const [fromA, toA] = [idStart[a] ?? 0, idStart[a + 1] ?? 0];
  const [fromB, toB] = [idStart[b] ?? 0, idStart[b + 1] ?? 0];
  let level = 0;
  for (let x = fromA; x < toA; x += 1) {
    for (let y = fromB; y < toB; y += 1) {
      if (ids[x] === ids[y]) return 1;
      if (issuerOf[ids[x] ?? 0] === issuerOf[ids[y] ?? 0]) level = 2;
    }
  }
  return level;
}

/** The levels in words, for people and for the store. */
export function describeLevels(levels: ArrayLike<number>): { readonly [F in Field]: Level<F> } {
  return Object.fromEntries(FIELDS.map((field, place) => [field, LEVELS[field][levels[place] ?? 0]])) as never;
}
