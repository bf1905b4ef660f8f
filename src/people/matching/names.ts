/**
 * Every name of the index once: how often it is somebody's forename or surname, how it sounds, what it is short for, and
 * how near two names are to each other.
 */
import { doubleMetaphone } from 'double-metaphone';
import { distance as levenshtein } from 'fastest-levenshtein';
import damerauLevenshtein from 'talisman/metrics/damerau-levenshtein.js';
import jaroWinkler from 'talisman/metrics/jaro-winkler.js';
import { hashText } from './normalise.js';

/**
 * How near two names are, from nearest to farthest. CLOSE: one edit, or a Jaro-Winkler similarity of 0.93. SOUNDS: the same
 * Double Metaphone code, or a similarity of 0.88 (names that begin alike). PART: one half of a double name.
 */
export const NEARNESS = ['EXACT', 'NICKNAME', 'CLOSE', 'SOUNDS', 'PART', 'INITIAL', 'FAR'] as const;
export const EXACT = 0;
export const NICKNAME = 1;
export const CLOSE = 2;
export const SOUNDS = 3;
export const PART = 4;
export const INITIAL = 5;
export const FAR = 6;

export interface Names {
  /** The id of a normalised name; 0 for the empty one. New names get new ids. */
  idOf(name: string): number;
  text(id: number): string;
  /** Hash of how it sounds (Double Metaphone, primary), of the name it is short for where that is known. */
  soundOf(id: number): number;
  /** The first letter's group: letters that begin the same names (`Catherine`, `Kathryn`) are one. */
  initialOf(id: number): number;
  countForename(id: number): void;
  countSurname(id: number): void;
  forenameCount(id: number): number;
  surnameCount(id: number): number;
  isInitial(id: number): boolean;
  /** One of NEARNESS, by its place. Requires two ids other than 0. */
  nearness(a: number, b: number): number;
  readonly size: number;
}

/** `nicknames`: groups of names that one person may go by, as data (schema/matching/nicknames.json). */
export function createNames(nicknames: readonly (readonly string[])[]): Names {
  const ids = new Map<string, number>([['', 0]]);
  const texts = [''];
  const sounds = [0];
  const ownSounds = [0];
  const initials = [0];
  const forenames = [0];
  const surnames = [0];
  const parts: (readonly number[] | undefined)[] = [undefined];
  const groups = new Map<string, number[]>();
  nicknames.forEach((group, place) => {
    for (const name of group) groups.set(name, [...(groups.get(name) ?? []), place]);
  });
  const groupsOf: (readonly number[] | undefined)[] = [undefined];
  const cacheKeys = new Float64Array(CACHE);
  const cacheLevels = new Uint8Array(CACHE);

  function idOf(name: string): number {
    const known = ids.get(name);
    if (known !== undefined) return known;
    const id = texts.length;
    ids.set(name, id);
    texts.push(name);
    const mine = groups.get(name);
    const [first, second] = doubleMetaphone(mine?.length === 1 ? (nicknames[mine[0] ?? 0]?.[0] ?? name) : name);
    const [own] = doubleMetaphone(name);
    sounds.push(hashText(first || name));
    ownSounds.push(hashText(own || second || name));
    initials.push(FIRST_LETTERS.findIndex((letters) => letters.includes(name[0] ?? '')) + 1);
    forenames.push(0);
    surnames.push(0);
    groupsOf.push(mine);
    parts.push(undefined);
    if (name.includes(' ')) {
      parts[id] = name
        .split(' ')
        .filter((part) => part.length > 2)
        .map(idOf);
    }
    return id;
  }

  function compare(a: number, b: number): number {
    const [left = '', right = ''] = [texts[a], texts[b]];
    if (left.length === 1 || right.length === 1) return left[0] === right[0] ? INITIAL : FAR;
    const mine = groupsOf[a];
    if (mine && groupsOf[b]?.some((group) => mine.includes(group))) return NICKNAME;
    const most = Math.max(left.length, right.length);
    if (most >= 4 && Math.abs(left.length - right.length) <= 1 && levenshtein(left, right) <= 2) {
      if (damerauLevenshtein(left, right) <= 1) return CLOSE;
    }
    const likeness = jaroWinkler(left, right);
    if (likeness >= 0.93) return CLOSE;
    if (ownSounds[a] === ownSounds[b] || likeness >= 0.88) return SOUNDS;
    const [some, others] = [parts[a] ?? [a], parts[b] ?? [b]];
    if ((parts[a] || parts[b]) && some.some((part) => others.includes(part))) return PART;
    return FAR;
  }

  return {
    idOf,
    text: (id) => texts[id] ?? '',
    soundOf: (id) => sounds[id] ?? 0,
    initialOf: (id) => initials[id] ?? 0,
    countForename(id) {
      forenames[id] = (forenames[id] ?? 0) + 1;
    },
    countSurname(id) {
      surnames[id] = (surnames[id] ?? 0) + 1;
    },
    forenameCount: (id) => forenames[id] ?? 0,
    surnameCount: (id) => surnames[id] ?? 0,
    isInitial: (id) => texts[id]?.length === 1,
    nearness(a, b) {
      if (a === b) return (texts[a]?.length ?? 0) === 1 ? INITIAL : EXACT;
      const [low, high] = a < b ? [a, b] : [b, a];
      const key = low * 67108864 + high;
      const slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> (32 - CACHE_BITS);
      if (cacheKeys[slot] === key) return cacheLevels[slot] ?? FAR;
      const level = compare(a, b);
      cacheKeys[slot] = key;
      cacheLevels[slot] = level;
      return level;
    },
    get size() {
      return texts.length;
    },
  };
}

const FIRST_LETTERS = ['aeiou', 'b', 'cksqxz', 'd', 'fpv', 'gj', 'h', 'l', 'm', 'n', 'r', 't', 'w', 'y'];

/** Pairs of names whose nearness is remembered: common names meet over and over. */
const CACHE_BITS = 19;
const CACHE = 2 ** CACHE_BITS;
