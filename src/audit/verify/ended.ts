/**
 * What a log says to have been taken back, replaced or ended, by its ids, and whether a list of ids names any of it. That is asked of the
 * evidence of every decision there is, and nearly always the answer is no: by the bytes, without making a string of any.
 */
import { charactersAt, type Text } from './canonical.js';

export interface Ended {
  readonly ids: ReadonlySet<string>;
  add(id: string): void;
  /** Requires a list of strings that was read, at `from`. */
  areIn(text: Text, from: number): boolean;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c] as const;
/** One bit for every sum there can be: of a hundred thousand ids one text in ten is looked at closer, of a thousand one in a thousand. */
const BITS = 20;

export function newEnded(first: Iterable<string> = []): Ended {
  const ids = new Set<string>();
  const sums = new Uint8Array(2 ** BITS / 8);
  const isSum = (sum: number) => ((sums[sum >> 3] as number) & (1 << (sum & 7))) !== 0;

  function add(id: string): void {
    ids.add(id);
    // Of a string the canonical form is what JSON makes of it (RFC 8785 §3.2.2.2).
    const text = Buffer.from(JSON.stringify(id));
    const sum = sumOf(text, 0, endOf(text, 0));
    sums[sum >> 3] = (sums[sum >> 3] as number) | (1 << (sum & 7));
  }

  for (const id of first) add(id);
  return {
    ids,
    add,
    areIn(text, from) {
      const { bytes } = text;
      for (let at = from + 1; bytes[at] === QUOTE; ) {
        const end = endOf(bytes, at);
        if (isSum(sumOf(bytes, at, end)) && ids.has(charactersAt(text, at))) return true;
        if (bytes[end] !== COMMA) return false;
        at = end + 1;
      }
      return false;
    },
  };
}

/** The byte after the string that begins at `from`. */
function endOf(bytes: Buffer, from: number): number {
  for (let at = from + 1; ; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
}

function sumOf(bytes: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum = (Math.imul(sum, 31) + (bytes[at] as number)) | 0;
  return Math.imul(sum, 0x9e3779b1) >>> (32 - BITS);
}
