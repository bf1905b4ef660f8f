/**
 * How near a worker stands to a person: what a case system cannot see, as it does not know where its users live. Compared
 * by what directory and sources tell; what they do not tell is not near.
 */
import type { PersonId } from '../../domain/words.js';

export const NEAR = [
  /** The worker as a person of ours. */
  'OWN_RECORD',
  /** They live at one address now. */
  'SAME_ADDRESS',
  /** They lived at one address once, one of them at least. */
  'FORMER_ADDRESS',
  /** The same postcode, or the house beside. */
  'NEIGHBOUR',
  'SAME_SURNAME',
  /** And a name that few of the other workers bear, where there are many: shared by chance seldom. */
  'RARE_SURNAME',
  /** The person is a worker of one of the agencies. */
  'COLLEAGUE',
] as const;
export type Near = (typeof NEAR)[number];

/** Where somebody lives or lived: postcode and house squeezed, as address keys have them. */
export interface Place {
  readonly postcode?: string;
  readonly house?: string;
  /** Key of the whole address (`addressKey`). */
  readonly key?: string;
  readonly isPast: boolean;
}

/** Somebody as directory and sources tell of them. */
export interface Known {
  readonly person?: PersonId;
  readonly surnames: readonly string[];
  readonly places: readonly Place[];
  /** Of a worker: parts of their surnames that few of the other workers bear. */
  readonly rareNames?: ReadonlySet<string>;
}

/** Of fewer workers nothing tells which names are rare. */
const ENOUGH_NAMES = 100;

/** A name of one worker and two others at most. */
const FEW_BEAR_IT = 3;

/** The parts of surnames that few of these workers bear. */
export function rareNamesAmong(surnames: readonly string[]): ReadonlySet<string> {
  if (surnames.length < ENOUGH_NAMES) return new Set();
  const counts = new Map<string, number>();
  for (const part of surnames.flatMap((surname) => [...new Set(surnameParts(surname))]))
    counts.set(part, (counts.get(part) ?? 0) + 1);
  return new Set([...counts].flatMap(([part, count]) => (count <= FEW_BEAR_IT ? part : [])));
}

/** How near. `colleagues`: workers who are persons of ours. */
export function nearnessOf(worker: Known, other: Known, colleagues: ReadonlySet<PersonId>): ReadonlySet<Near> {
  const near = new Set<Near>();
  if (other.person !== undefined && worker.person === other.person) return near.add('OWN_RECORD');
  if (other.person !== undefined && colleagues.has(other.person)) near.add('COLLEAGUE');
  const shared = sharedNames(worker.surnames, other.surnames);
  if (shared.length > 0) near.add('SAME_SURNAME');
  if (shared.some((part) => worker.rareNames?.has(part))) near.add('RARE_SURNAME');
  for (const a of worker.places)
    for (const b of other.places) {
      if (isSamePlace(a, b)) near.add(a.isPast || b.isPast ? 'FORMER_ADDRESS' : 'SAME_ADDRESS');
      else if (!a.isPast && !b.isPast && isBeside(a, b)) near.add('NEIGHBOUR');
    }
  return near;
}

/** A part of a double-barrelled name counts as the name. Accents and case do not count. */
export function surnameParts(surname: string): readonly string[] {
  const plain = surname.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .split(/[\s-]+/)
    .map((part) => part.replace(/[^a-z]/g, ''))
    .filter((part) => part.length > 2);
}

function sharedNames(a: readonly string[], b: readonly string[]): readonly string[] {
  const parts = new Set(a.flatMap(surnameParts));
  return b.flatMap(surnameParts).filter((part) => parts.has(part));
}

function isSamePlace(a: Place, b: Place): boolean {
  if (a.key !== undefined && a.key === b.key) return true;
  return a.postcode !== undefined && a.house !== undefined && a.postcode === b.postcode && a.house === b.house;
}

/** A full postcode has some fifteen houses: whoever shares one lives beside. A district (its first part) does not. */
function isBeside(a: Place, b: Place): boolean {
  return a.postcode !== undefined && a.postcode === b.postcode && a.postcode.length >= FULL_POSTCODE;
}

/** `b11aa` is the shortest. */
const FULL_POSTCODE = 5;

/** The place that an address key tells: `pc:<postcode>/<house>` says where, a UPRN only which. */
export function placeOfKey(key: string, isPast: boolean): Place {
  const [, postcode, house] = /^pc:([^/]+)\/(.+)$/.exec(key) ?? [];
  return { key, isPast, ...(postcode && house ? { postcode, house } : {}) };
}

export function squeezed(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
