/**
 * Reads lines of fact records without making JSON of them first: every name and value is one of a closed list, so each is
 * compared, four bytes at a time, with the texts that may stand there. A line that strays from them in any way, if only by an
 * escape, is not read here but by `JSON.parse` (`decide.ts`), which says what is wrong with it.
 */
import { FACT_NAMES, FACTS } from '../domain/facts.js';

/** The place of a fact's value that the line did not give. */
export const NOT_GIVEN = 255;

/** Reads `bytes` from `from` until `until`, of one line, into `places`. False: it strayed, and `places` means nothing. */
export type ReadFacts = (bytes: Buffer, from: number, until: number, places: Uint8Array) => boolean;

const codeOf = (letter: string) => letter.charCodeAt(0);
const [COMMA, OPEN, CLOSE, SPACE, TAB, RETURN] = [',', '{', '}', ' ', '\t', '\r'].map(codeOf);
const WORD = 4;

/** Texts as words of four bytes; what is left of a text is compared under a mask. */
interface Texts {
  /** Where each text's words begin; the next one's is where they end. */
  readonly from: Int32Array;
  readonly words: Int32Array;
  readonly rest: Int32Array;
  readonly mask: Int32Array;
  readonly lengths: Int32Array;
}

function textsOf(texts: readonly string[]): Texts {
  const words: number[] = [];
  const from: number[] = [];
  const [rest, mask]: [number[], number[]] = [[], []];
  for (const text of texts) {
    const bytes = Buffer.from(text);
    const left = bytes.length % WORD;
    from.push(words.length);
    for (let at = 0; at + WORD <= bytes.length; at += WORD) words.push(bytes.readInt32LE(at));
    rest.push(left === 0 ? 0 : bytes.readUIntLE(bytes.length - left, left));
    mask.push(2 ** (8 * left) - 1);
  }
  return {
    from: Int32Array.from([...from, words.length]),
    words: Int32Array.from(words),
    rest: Int32Array.from(rest),
    mask: Int32Array.from(mask),
    lengths: Int32Array.from(texts, (text) => Buffer.byteLength(text)),
  };
}

/** Whether a text stands there. Requires that a word can be read where it ends. */
function stands(view: DataView, at: number, { from, words, rest, mask }: Texts, text: number): boolean {
  const end = from[text + 1] as number;
  let to = at;
  for (let word = from[text] as number; word < end; word += 1) {
    if (view.getInt32(to, true) !== words[word]) return false;
    to += WORD;
  }
  return (view.getInt32(to, true) & (mask[text] as number)) === rest[text];
}

/** The first of some texts that stands there; -1: none. */
function standing(view: DataView, at: number, texts: Texts, first: number, end: number): number {
  for (let text = first; text < end; text += 1) if (stands(view, at, texts, text)) return text;
  return -1;
}

function behindSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN) at += 1;
  return at;
}

export function createFactReader(): ReadFacts {
  const names = textsOf(FACT_NAMES.map((name) => `${JSON.stringify(name)}:`));
  const values = textsOf(FACT_NAMES.flatMap((name) => FACTS[name].map((value) => JSON.stringify(value))));
  /** Where each fact's values begin. */
  const valuesFrom = new Int32Array(FACT_NAMES.length + 1);
  for (const [fact, name] of FACT_NAMES.entries())
    valuesFrom[fact + 1] = (valuesFrom[fact] as number) + FACTS[name].length;
  const longest = Math.max(...names.lengths, ...values.lengths) + WORD;
  /** The facts as the line before had them: most lines of an input are in one order. */
  const order = Uint8Array.from(FACT_NAMES, (_, fact) => fact);
  let viewed: Buffer | undefined;
  let view: DataView = new DataView(new ArrayBuffer(0));

  // At the end of a chunk a word might reach beyond it: the line is read with room behind it.
  return (bytes, from, until, places) =>
    until + longest <= bytes.length
      ? read(bytes, from, until, places)
      : read(Buffer.concat([bytes.subarray(from, until), Buffer.alloc(longest)]), 0, until - from, places);

  function read(bytes: Buffer, from: number, until: number, places: Uint8Array): boolean {
    if (bytes !== viewed) {
      viewed = bytes;
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    places.fill(NOT_GIVEN);
    let at = behindSpace(bytes, from);
    if (bytes[at] !== OPEN) return false;
    for (let n = 0; n < order.length && at < until; n += 1) {
      at += 1;
      let fact = order[n] as number;
      if (!stands(view, at, names, fact)) {
        at = behindSpace(bytes, at);
        fact = standing(view, at, names, 0, order.length);
        if (fact < 0) return false;
        order[n] = fact;
      }
      at += names.lengths[fact] as number;
      if (bytes[at] === SPACE) at = behindSpace(bytes, at);
      const value = standing(view, at, values, valuesFrom[fact] as number, valuesFrom[fact + 1] as number);
      if (value < 0 || places[fact] !== NOT_GIVEN) return false;
      places[fact] = value - (valuesFrom[fact] as number);
      at += values.lengths[value] as number;
      if (bytes[at] === COMMA) continue;
      at = behindSpace(bytes, at);
      if (bytes[at] === CLOSE) return behindSpace(bytes, at + 1) === until;
      if (bytes[at] !== COMMA) return false;
    }
    return false;
  }
}
