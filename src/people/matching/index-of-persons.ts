/**
 * Which rows share a key with a row: keys and rows sorted beside each other, and a table over the keys' first bits to enter
 * them by. Built once over a table; rows added since are kept in a small index beside it.
 */
import { entry } from '../../domain/entry.js';
import { type KeysOf, keysOf, MOST_KEYS } from './keys.js';
import { MOST_PERSONS, type PersonTable } from './table.js';

/** Sorted by key, then row. */
export interface Postings {
  readonly keys: Uint32Array;
  readonly rows: Uint32Array;
  /** Where the keys with these first bits start; one more than there are. */
  readonly starts: Uint32Array;
}

const FIRST_BITS = 20;
const REST = 32 - FIRST_BITS;

/**
 * A key that more rows share tells nothing (a default date, a hostel's postcode with a common forename): it is passed over,
 * and counted. Who shares only such keys is not found.
 */
export const MOST_IN_BLOCK = 400;

/** Sorts the keys of all rows of the table. Takes 16 bytes a key while it works and 8 after. */
export function buildPostings(table: PersonTable, keyed: KeysOf = keysOf): Postings {
  const keys = new Uint32Array(MOST_KEYS);
  let length = 0;
  for (let row = 0; row < table.size; row += 1) length += keyed(table, row, keys);
  const pairs = new Float64Array(length);
  let at = 0;
  for (let row = 0; row < table.size; row += 1) {
    const count = keyed(table, row, keys);
    for (let i = 0; i < count; i += 1) pairs[at++] = (keys[i] ?? 0) * MOST_PERSONS + row;
  }
  pairs.sort();
  const sortedKeys = new Uint32Array(new SharedArrayBuffer(length * 4));
  const rows = new Uint32Array(new SharedArrayBuffer(length * 4));
  const starts = new Uint32Array(new SharedArrayBuffer((2 ** FIRST_BITS + 1) * 4));
  for (let i = 0; i < length; i += 1) {
    const pair = pairs[i] ?? 0;
    const key = Math.floor(pair / MOST_PERSONS);
    sortedKeys[i] = key;
    rows[i] = pair - key * MOST_PERSONS;
    const bits = (key >>> REST) + 1;
    starts[bits] = (starts[bits] ?? 0) + 1;
  }
  for (let bits = 1; bits < starts.length; bits += 1) starts[bits] = (starts[bits] ?? 0) + (starts[bits - 1] ?? 0);
  return { keys: sortedKeys, rows, starts };
}

/** Keys of rows that were added after the postings were built. */
export type Added = Map<number, number[]>;

export function noteAdded(table: PersonTable, row: number, added: Added): void {
  const keys = new Uint32Array(MOST_KEYS);
  const count = keysOf(table, row, keys);
  for (const key of new Set(keys.subarray(0, count))) entry(added, key, (): number[] => []).push(row);
}

/** Finds the rows that share a key with a row. One a thread: it keeps its own marks. */
export interface Meeting {
  /** Calls `meet` once for each row of [from, …) that shares a key with this one, itself left out. */
  each(row: number, from: number, meet: (other: number) => void): void;
  /** Keys passed over because too many share them, counted once for each row that has them. */
  readonly passedOver: number;
}

export function createMeeting(
  table: PersonTable,
  { keys, rows, starts }: Postings,
  added?: Added,
  keyed: KeysOf = keysOf,
): Meeting {
  const mine = new Uint32Array(MOST_KEYS);
  let marks = new Uint32Array(table.space.length);
  let mark = 0;
  let passedOver = 0;

  return {
    each(row, from, meet) {
      if (marks.length < table.space.length) marks = new Uint32Array(table.space.length);
      if (mark === 0xffffffff) {
        marks.fill(0);
        mark = 0;
      }
      mark += 1;
      marks[row] = mark;
      const count = keyed(table, row, mine);
      for (let i = 0; i < count; i += 1) {
        const key = mine[i] ?? 0;
        let low = starts[key >>> REST] ?? 0;
        let high = starts[(key >>> REST) + 1] ?? 0;
        const last = high;
        while (low < high) {
          const middle = (low + high) >>> 1;
          if ((keys[middle] ?? 0) < key) low = middle + 1;
          else high = middle;
        }
        if (low + MOST_IN_BLOCK < last && keys[low + MOST_IN_BLOCK] === key) {
          passedOver += 1;
          continue;
        }
        for (let at = low; at < last && keys[at] === key; at += 1) {
          const other = rows[at] ?? 0;
          if (other < from || marks[other] === mark) continue;
          marks[other] = mark;
          meet(other);
        }
        for (const other of added?.get(key) ?? []) {
          if (other < from || marks[other] === mark) continue;
          marks[other] = mark;
          meet(other);
        }
      }
    },
    get passedOver() {
      return passedOver;
    },
  };
}
