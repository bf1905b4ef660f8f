/**
 * Canonical JSON (RFC 8785) read strictly, in one pass over its bytes: what passes is the one text of its value, so that nobody needs to
 * parse it, write it again and compare. Nothing is made of what is read: whoever wants a part of it is called at its place.
 *
 * Hostile input. Whatever is not canonical (white space, keys out of order or twice, `1.0`, `\u0041`, half a surrogate pair, bytes that
 * are not UTF-8) throws NotCanonical. A string that has no end is stopped by what may not stand in one, and by the end of the bytes.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { viewOf } from './stretch.js';

export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
}

/** Bytes that are being read. */
export interface Text {
  bytes: Buffer;
  /** Of the same bytes. */
  view: DataView;
  /** ASCII without escapes: the bytes of a string are its characters. */
  isPlain: boolean;
  /** Lists and objects that are open. */
  depth: number;
}

/** Reads the value that begins at `at` and answers with the byte after it. Throws NotCanonical unless it is canonical, and what is wanted there. */
export type ReadValue<T extends Text> = (text: T, at: number) => number;
/** The same of the member whose name begins at `name`. */
export type ReadMember<T extends Text> = (text: T, at: number, name: number) => number;

const [QUOTE, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d] as const;
const [COLON, BACKSLASH] = [0x3a, 0x5c] as const;
const [SPACE, EXCLAMATION, ZERO, NINE, SMALL_U] = [0x20, 0x21, 0x30, 0x39, 0x75] as const;
/** Deeper than anything that is written. */
const DEEPEST = 64;
/** The escapes that have one letter. */
const SHORT_ESCAPES = new Set([...'btnfr"\\'].map((letter) => letter.charCodeAt(0)));
const LONG_ESCAPE = /^00(0[0-7be]|0f|1[0-9a-f])$/;
const WORDS = ['null', 'true', 'false'];

export function newText(): Text {
  const bytes = Buffer.alloc(0);
  return { bytes, view: viewOf(bytes), isPlain: true, depth: 0 };
}

export function fail(): never {
  throw new NotCanonical('not the canonical form');
}

/** Reads bytes that are one value and nothing else. Throws NotCanonical. */
export function readAll<T extends Text>(text: T, bytes: Buffer, read: ReadValue<T>): void {
  text.bytes = bytes;
  text.view = viewOf(bytes);
  text.isPlain = isAscii(bytes) && !bytes.includes(BACKSLASH);
  text.depth = 0;
  if ((!text.isPlain && !isUtf8(bytes)) || read(text, 0) !== bytes.length) fail();
}

/** Any value. */
export function readValue(text: Text, at: number): number {
  const { bytes } = text;
  const byte = bytes[at] as number;
  if (byte === QUOTE) return readString(text, at);
  if (byte === OPEN_LIST) return readList(text, at, readValue);
  if (byte === OPEN_OBJECT) return readObject(text, at, readValue);
  return readNumber(text, at);
}

/** A list, each of its items by `item`. */
export function readList<T extends Text>(text: T, from: number, item: ReadValue<T>): number {
  const { bytes } = text;
  if (bytes[from] !== OPEN_LIST) fail();
  if (bytes[from + 1] === CLOSE_LIST) return from + 2;
  goDeeper(text);
  let at = item(text, from + 1);
  while (bytes[at] === COMMA) at = item(text, at + 1);
  if (bytes[at] !== CLOSE_LIST) fail();
  text.depth -= 1;
  return at + 1;
}

/** An object whose names are in order, each value by `member`. */
export function readObject<T extends Text>(text: T, from: number, member: ReadMember<T>): number {
  const { bytes } = text;
  if (bytes[from] !== OPEN_OBJECT) fail();
  if (bytes[from + 1] === CLOSE_OBJECT) return from + 2;
  goDeeper(text);
  let name = from + 1;
  let at = readMember(text, name, member);
  while (bytes[at] === COMMA) {
    const before = name;
    name = at + 1;
    if (!isInOrder(text, before, name)) fail();
    at = readMember(text, name, member);
  }
  if (bytes[at] !== CLOSE_OBJECT) fail();
  text.depth -= 1;
  return at + 1;
}

function readMember<T extends Text>(text: T, name: number, member: ReadMember<T>): number {
  const colon = readString(text, name);
  if (text.bytes[colon] !== COLON) fail();
  return member(text, colon + 1, name);
}

function goDeeper(text: Text): void {
  text.depth += 1;
  if (text.depth > DEEPEST) fail();
}

/** A string. */
export function readString({ bytes }: Text, from: number): number {
  if (bytes[from] !== QUOTE) fail();
  let at = from + 1;
  for (;;) {
    const byte = bytes[at] as number;
    // Most bytes are found to be nothing else by two comparisons.
    if (byte <= QUOTE || byte === BACKSLASH || byte === undefined) {
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at = endOfEscape(bytes, at + 1);
      else if (byte !== SPACE && byte !== EXCLAMATION) fail();
    }
    at += 1;
  }
}

function endOfEscape(bytes: Buffer, at: number): number {
  const letter = bytes[at] as number;
  if (SHORT_ESCAPES.has(letter)) return at;
  if (letter !== SMALL_U || !LONG_ESCAPE.test(bytes.toString('latin1', at + 1, at + 5))) fail();
  return at + 4;
}

/**
 * A number, or one of the words. A whole number that is told apart from its neighbours is its own text; all others are compared with what
 * ECMAScript writes (RFC 8785 §3.2.2.3).
 */
export function readNumber({ bytes }: Text, from: number): number {
  let [at, value] = [from, 0];
  for (let digit = bytes[at] as number; digit >= ZERO && digit <= NINE; digit = bytes[at] as number) {
    value = value * 10 + (digit - ZERO);
    at += 1;
  }
  const isOwnText = at > from && value <= Number.MAX_SAFE_INTEGER && (bytes[from] !== ZERO || at === from + 1);
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

/** Whether the name before comes before this one, by their UTF-16 code units. */
function isInOrder(text: Text, before: number, name: number): boolean {
  const { bytes, isPlain } = text;
  if (!isPlain) return charactersAt(text, before) < charactersAt(text, name);
  for (let i = 1; ; i += 1) {
    const [a, b] = [bytes[before + i] as number, bytes[name + i] as number];
    // A name that is the beginning of another comes before it: its quote stands for its end.
    if (a === QUOTE) return b !== QUOTE;
    if (b === QUOTE || a > b) return false;
    if (a < b) return true;
  }
}

/** The characters of the string that begins here. */
export function charactersAt(text: Text, at: number): string {
  const end = readString(text, at);
  return text.isPlain ? text.bytes.toString('latin1', at + 1, end - 1) : (JSON.parse(sliceOf(text, at, end)) as string);
}

/** The text between two places. */
export function sliceOf({ bytes }: Text, from: number, to: number): string {
  return bytes.toString('utf8', from, to);
}

/** The number of the digits between two places; below 0 for any other text. */
export function wholeIn({ bytes }: Text, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether these bytes stand here. */
export function stands({ bytes }: Text, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
