/**
 * What the tree says of an entry: when, and commitments to the rest. A commitment is SHA-256(salt || value), each field under a
 * salt of its own that is made from the entry's secret one, so that one field can be opened and the others stay shut. Without the
 * salt (erased with the entry's row) nobody can tell whom a leaf was about, not even by trying every name.
 *
 *   {"at":…,"body":…,"records":…,"subjects":…,"v":1,"worker":…}     RFC 8785; commitments in base64url
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { textHash } from './hash.js';

/** What an entry says, as far as a leaf commits to it. */
export interface Committed {
  readonly at: string;
  readonly requester: { readonly worker: string; readonly agency: string; readonly role: string };
  readonly outcomes: readonly (readonly [number, string, string, string, readonly string[]])[];
  readonly statements?: readonly {
    readonly did: string;
    readonly ids: readonly string[];
    readonly subjects: readonly string[];
  }[];
}

/** The fields that a leaf commits to. */
export type LeafField = 'body' | 'records' | 'subjects' | 'worker';

/** Bytes of an entry's secret salt. */
export const SALT_SIZE = 16;
const SALT_DIGITS = 2 * SALT_SIZE;

/** An entry's time, and the texts to which its leaf commits beside the hash of its canonical form. */
export interface LeafTexts extends Readonly<Record<Exclude<LeafField, 'body'>, string>> {
  readonly at: string;
}

export function leafTextsOf(entry: Committed): LeafTexts {
  return { at: entry.at, records: recordsOf(entry), subjects: subjectsOf(entry), worker: workerOf(entry) };
}

/** The leaf of an entry whose canonical form hashes to `bodyHash` (hex). `salt`: 32 hex digits from a cryptographic source. */
export function leafOf({ at, records, subjects, worker }: LeafTexts, bodyHash: string, salt: string): string {
  const commit = (field: LeafField, value: string) => commitment(fieldSalt(salt, field), value);
  return leafText(at, {
    body: commit('body', bodyHash),
    records: commit('records', records),
    subjects: commit('subjects', subjects),
    worker: commit('worker', worker),
  });
}

/** The bytes of a leaf. Requires an instant in RFC 3339 and commitments in base64url: no text that JSON would escape. */
export function leafText(at: string, { body, records, subjects, worker }: Readonly<Record<LeafField, string>>): string {
  return `{"at":"${at}","body":"${body}","records":"${records}","subjects":"${subjects}","v":1,"worker":"${worker}"}`;
}

/** The salt of one field (32 hex digits): given away, it opens that field alone. */
export function fieldSalt(salt: string, field: LeafField): string {
  return textHash(`${salt}:${field}`).slice(0, SALT_DIGITS);
}

/** SHA-256(salt || value), base64url. */
export function commitment(salt: string, value: string): string {
  return hash('sha256', `${salt}${value}`, 'base64url');
}

/** Who asked, as JSON: [worker, agency, role]. */
export function workerOf({ requester: { worker, agency, role } }: Committed): string {
  return JSON.stringify([worker, agency, role]);
}

/** Whom it is about, as JSON: sorted, each once. */
export function subjectsOf({ outcomes, statements = [] }: Committed): string {
  const subjects = new Set<string>();
  for (const [, subject] of outcomes) subjects.add(subject);
  for (const { subjects: more } of statements) for (const subject of more) subjects.add(subject);
  return JSON.stringify([...subjects].sort());
}

/** What it shows or says, as JSON: [holder, type, ids] of the outcomes and [what was done, ids] of the statements, in their order. */
export function recordsOf({ outcomes, statements = [] }: Committed): string {
  return JSON.stringify([
    ...outcomes.map(([, , holder, type, ids]) => [holder, type, ids]),
    ...statements.map(({ did, ids }) => [did, ids]),
  ]);
}

/** What travels with a proof so that a receipt leads to its leaf: 24 characters of time, the salt of the body, three commitments. */
export function openingOf(leaf: string, salt: string): Buffer {
  const { at, records, subjects, worker } = JSON.parse(leaf) as Record<'at' | LeafField, string>;
  return Buffer.concat([
    Buffer.from(at, 'latin1'),
    Buffer.from(fieldSalt(salt, 'body'), 'hex'),
    ...[records, subjects, worker].map((text) => Buffer.from(text, 'base64url')),
  ]);
}

const AT_SIZE = 24;
const OPENING_SIZE = AT_SIZE + SALT_SIZE + 3 * 32;

/** The leaf that a receipt's hash and what travelled with a proof lead to; undefined when that is not of the form. */
export function leafByOpening(opening: Uint8Array, receiptHash: string): string | undefined {
  const bytes = Buffer.from(opening);
  const at = bytes.toString('latin1', 0, AT_SIZE);
  if (bytes.length !== OPENING_SIZE || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) return undefined;
  const salt = bytes.toString('hex', AT_SIZE, AT_SIZE + SALT_SIZE);
  const [records, subjects, worker] = [0, 1, 2].map((i) => {
    const from = AT_SIZE + SALT_SIZE + i * 32;
    return bytes.toString('base64url', from, from + 32);
  }) as [string, string, string];
  return leafText(at, { body: commitment(salt, receiptHash), records, subjects, worker });
}

/** Whether two hashes are the same, in a time that does not tell where they differ. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
