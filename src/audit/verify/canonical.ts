/**
 * Canonical JSON (RFC 8785) read strictly, in one pass over its bytes: what passes is the one text of its value, so that nobody needs to
 * parse it, write it again and compare. What is read becomes no objects but places, on a tape that the next reading overwrites.
 *
 * Hostile input. Whatever is not canonical (white space, keys out of order or twice, `1.0`, `\u0041`, half a surrogate pair, bytes that
 * are not UTF-8) throws NotCanonical. A string that has no end is stopped by what may not stand in one, and by the end of the bytes.
 */
import { isUtf8 } from 'node:buffer';

export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
}

/**
 * The tokens of a text in their order: strings (names of members too) with their quotes, numbers, words, lists and objects.
 * Of token `i`: `places[3i]` its first byte, `places[3i + 1]` the byte after it, `places[3i + 2]` the token after it and all in it.
 */
export interface Tape {
  bytes: Buffer;
  places: Int32Array;
  /** Every string is ASCII without escapes: its bytes are its characters. */
  isPlain: boolean;
}

export const [QUOTE, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT] = [0x22, 0x2c, 0x5b, 0x5d, 0x7b] as const;
const [COLON, BACKSLASH, CLOSE_OBJECT] = [0x3a, 0x5c, 0x7d] as const;
const [ZERO, NINE, SMALL_U] = [0x30, 0x39, 0x75] as const;
/** Deeper than anything that is written. */
const DEEPEST = 64;
/** The escapes that have one letter. */
const SHORT_ESCAPES = new Set([...'btnfr"\\'].map((letter) => letter.charCodeAt(0)));
const LONG_ESCAPE = /^00(0[0-7be]|0f|1[0-9a-f])$/;
const WORDS = ['null', 'true', 'false'];

export function newTape(): Tape {
  return { bytes: Buffer.alloc(0), places: new Int32Array(3 * 4096), isPlain: true };
}

export function fail(): never {
  throw new NotCanonical('not the canonical form');
}

/** The token that each open list or object is, and where the name of its last member is; by depth. */
const open = new Int32Array(DEEPEST + 1);
const names = new Int32Array(DEEPEST + 1);

/** Puts the tokens of bytes [from, end) on the tape. Throws NotCanonical unless they are one canonical value. */
export function readCanonical(tape: Tape, bytes: Buffer, from: number, end: number): void {
  tape.bytes = bytes;
  tape.isPlain = true;
  // A token has at least a byte; of two neighbours one is followed by a comma, a colon or a bracket that is none.
  if (tape.places.length < 3 * (end - from + 1)) tape.places = new Int32Array(6 * (end - from + 1));
  const { places } = tape;
  let [at, token, depth] = [from, 0, 0];
  for (;;) {
    const byte = bytes[at] as number;
    places[3 * token] = at;
    if (byte === QUOTE) {
      at = endOfString(tape, at);
      places[3 * token + 1] = at;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      const isEmpty = bytes[at + 1] === byte + 2;
      if (!isEmpty) {
        depth += 1;
        if (depth > DEEPEST) fail();
        open[depth] = token;
        at += 1;
        token += 1;
        if (byte === OPEN_LIST) continue;
        names[depth] = at;
        at = readName(tape, token, at);
        token += 1;
        continue;
      }
      at += 2;
      places[3 * token + 1] = at;
    } else {
      at = byte >= ZERO && byte <= NINE ? endOfNumber(bytes, at) : endOfOther(bytes, at);
      places[3 * token + 1] = at;
    }
    token += 1;
    places[3 * token - 1] = token;
    // What ends here.
    for (;;) {
      if (depth === 0) {
        finish(tape, from, at, end);
        return;
      }
      const container = open[depth] as number;
      const kind = bytes[places[3 * container] as number] as number;
      if (bytes[at] === COMMA) {
        at += 1;
        if (kind === OPEN_LIST) break;
        const before = names[depth] as number;
        names[depth] = at;
        const next = readName(tape, token, at);
        if (!isInOrder(tape, before, at, next - 1)) fail();
        at = next;
        token += 1;
        break;
      }
      // A bracket and its closing one stand two apart.
      if (bytes[at] !== kind + 2) fail();
      at += 1;
      places[3 * container + 1] = at;
      places[3 * container + 2] = token;
      depth -= 1;
    }
  }
}

function finish({ bytes, isPlain }: Tape, from: number, at: number, end: number): void {
  if (at !== end || (!isPlain && !isUtf8(bytes.subarray(from, end)))) fail();
}

/** The name of a member and its colon; answers with the byte after it. */
function readName(tape: Tape, token: number, at: number): number {
  if (tape.bytes[at] !== QUOTE) fail();
  const end = endOfString(tape, at);
  if (tape.bytes[end] !== COLON) fail();
  tape.places[3 * token] = at;
  tape.places[3 * token + 1] = end;
  tape.places[3 * token + 2] = token + 1;
  return end + 1;
}

/** The byte after a string that begins here. */
function endOfString(tape: Tape, from: number): number {
  const { bytes } = tape;
  let at = from + 1;
  for (;;) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    // Past the end there is nothing, which is not at least a space either.
    if (!(byte >= 0x20)) fail();
    if (byte === BACKSLASH) {
      tape.isPlain = false;
      at = endOfEscape(bytes, at + 1);
    } else if (byte >= 0x80) tape.isPlain = false;
    at += 1;
  }
}

function endOfEscape(bytes: Buffer, at: number): number {
  const letter = bytes[at] as number;
  if (SHORT_ESCAPES.has(letter)) return at;
  if (letter !== SMALL_U || !LONG_ESCAPE.test(bytes.toString('latin1', at + 1, at + 5))) fail();
  return at + 4;
}

/** A whole number that is told apart from its neighbours is its own text; all others are compared with what ECMAScript writes (RFC 8785 §3.2.2.3). */
function endOfNumber(bytes: Buffer, from: number): number {
  let [at, value] = [from, 0];
  for (let digit = bytes[at] as number; digit >= ZERO && digit <= NINE; digit = bytes[at] as number) {
    value = value * 10 + (digit - ZERO);
    at += 1;
  }
  const isOwnText = value <= Number.MAX_SAFE_INTEGER && (bytes[from] !== ZERO || at === from + 1);
  return isOwnText && !isOfNumber(bytes[at]) ? at : endOfOther(bytes, from);
}

function endOfOther(bytes: Buffer, from: number): number {
  for (const word of WORDS) if (bytes.toString('latin1', from, from + word.length) === word) return from + word.length;
  let at = from;
  while (isOfNumber(bytes[at])) at += 1;
  const text = bytes.toString('latin1', from, at);
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || String(value) !== text) fail();
  return at;
}

function isOfNumber(byte: number | undefined): boolean {
  if (byte === undefined || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT) return false;
  return (byte >= ZERO && byte <= NINE) || '.-+eE'.includes(String.fromCharCode(byte));
}

/** Whether the name before comes before the one whose closing quote stands before `end`, by their UTF-16 code units. */
function isInOrder(tape: Tape, before: number, at: number, end: number): boolean {
  const { bytes, isPlain } = tape;
  if (!isPlain) return textAt(tape, before + 1, endOfString(tape, before) - 1) < textAt(tape, at + 1, end - 1);
  for (let i = 1; ; i += 1) {
    const [a, b] = [bytes[before + i] as number, bytes[at + i] as number];
    // A name that is the beginning of another comes before it: its quote stands for its end.
    if (a === QUOTE) return b !== QUOTE;
    if (b === QUOTE || a > b) return false;
    if (a < b) return true;
  }
}

function textAt({ bytes, isPlain }: Tape, from: number, to: number): string {
  return isPlain ? bytes.toString('latin1', from, to) : (JSON.parse(`"${bytes.toString('utf8', from, to)}"`) as string);
}

/** Whether a token is of the kind that begins with this byte. */
export function isKind({ bytes, places }: Tape, token: number, first: number): boolean {
  return bytes[places[3 * token] as number] === first;
}

/** The token after this one and all in it. */
export function tokenAfter({ places }: Tape, token: number): number {
  return places[3 * token + 2] as number;
}

/** The characters of a token that is a string. Throws NotCanonical for another. */
export function charactersOf(tape: Tape, token: number): string {
  if (!isKind(tape, token, QUOTE)) fail();
  return textAt(tape, (tape.places[3 * token] as number) + 1, (tape.places[3 * token + 1] as number) - 1);
}

/** A token's text. */
export function textOf({ bytes, places }: Tape, token: number): string {
  return bytes.toString('utf8', places[3 * token], places[3 * token + 1]);
}

/** The number of a token of digits alone; below 0 for any other token. */
export function wholeOf({ bytes, places }: Tape, token: number): number {
  let value = 0;
  for (let at = places[3 * token] as number; at < (places[3 * token + 1] as number); at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** A number that tokens of the same bytes share, and few others. */
export function sumOf({ bytes, places }: Tape, token: number): number {
  let sum = 0;
  for (let at = places[3 * token] as number; at < (places[3 * token + 1] as number); at += 1)
    sum = (Math.imul(sum, 31) + (bytes[at] as number)) | 0;
  return sum;
}

/** Whether the bytes of a token are these. */
export function isText({ bytes, places }: Tape, token: number, text: Buffer): boolean {
  const from = places[3 * token] as number;
  if ((places[3 * token + 1] as number) - from !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[from + i] !== text[i]) return false;
  return true;
}
