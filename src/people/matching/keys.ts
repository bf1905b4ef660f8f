/**
 * The keys under which two records of one person are likely to meet: only pairs that share a key are compared. A key is a
 * 32-bit hash; two keys that happen to be equal cost one comparison more and change no answer.
 */
import type { PersonTable } from './table.js';

/** Most keys of one person; persons with many names and places keep their first ones. */
export const MOST_KEYS = 48;

/** What a key is made of. */
const NHS = 1;
const IDENTIFIER = 2;
const BIRTH_AND_INITIAL = 3;
const BIRTH_AND_POSTCODE = 4;
const SOUNDS_OF_NAMES = 5;
const POSTCODE_AND_FORENAME = 6;

export type KeysOf = (table: PersonTable, row: number, into: Uint32Array) => number;

/** Writes the keys of a row and gives how many they are. A key may stand twice. */
export function keysOf(table: PersonTable, row: number, into: Uint32Array): number {
  let count = 0;
  const add = (kind: number, a: number, b = 0) => {
    if (count < into.length) into[count++] = mix(kind, a, b);
  };
  const { names, others, otherStart, places, placeStart, postcodes } = table;
  const nhs = table.nhs[row] ?? 0;
  if (nhs !== 0) add(NHS, nhs % 4294967296, Math.trunc(nhs / 4294967296));
  for (let i = table.idStart[row] ?? 0; i < (table.idStart[row + 1] ?? 0); i += 1) add(IDENTIFIER, table.ids[i] ?? 0);
  const birth = table.birth[row] ?? 0;
  const [fore, sur] = [table.forename[row] ?? 0, table.surname[row] ?? 0];
  const isPartial = table.partial[row] === 1;
  const [fromPlace, toPlace] = [placeStart[row] ?? 0, placeStart[row + 1] ?? 0];
  const initial = (id: number) => {
    if (id !== 0) add(BIRTH_AND_INITIAL, birth, names.initialOf(id));
  };
  const sounds = (a: number, b: number) => {
    if (a === 0 || b === 0 || isPartial) return;
    const [x, y] = [names.soundOf(a), names.soundOf(b)];
    // In either order, for forename and surname are easily transposed.
    add(SOUNDS_OF_NAMES, Math.imul(x, y) ^ (x + y));
  };
  if (birth !== 0) {
    initial(fore);
    initial(sur);
  }
  sounds(fore, sur);
  for (let i = otherStart[row] ?? 0; i < (otherStart[row + 1] ?? 0); i += 2) {
    const [otherFore, otherSur] = [others[i] ?? 0, others[i + 1] ?? 0];
    if (birth !== 0) {
      initial(otherFore);
      initial(otherSur);
    }
    sounds(otherFore || fore, otherSur || sur);
  }
  for (let i = fromPlace; i < toPlace; i += 2) {
    const postcode = places[i] ?? 0;
    if (postcode === 0 || postcodes.outcode[postcode] === postcode) continue;
    if (birth !== 0) add(BIRTH_AND_POSTCODE, birth, postcode);
    if (fore !== 0 && !isPartial) add(POSTCODE_AND_FORENAME, postcode, names.soundOf(fore));
  }
  return count;
}

function mix(kind: number, a: number, b: number): number {
  let hash = Math.imul(kind, 0x9e3779b1) ^ Math.imul(a | 0, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ Math.imul(b | 0, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 13), 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
