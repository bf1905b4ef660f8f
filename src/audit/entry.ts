/** What one audit entry says. Plain JSON: what was hashed is what is stored, and anybody can hash it again. */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { IsoInstant } from '../domain/words.js';

/** A distinct decision among those of the operation. */
export interface DecisionEntry {
  /** The fact record it was made on, as one number. */
  readonly facts: number;
  readonly outcome: string;
  /** What the policies alone said, where it differs from what was shown. */
  readonly decided?: string | undefined;
  readonly category: string;
  readonly permits?: readonly string[] | undefined;
  readonly vetoes?: readonly string[] | undefined;
  readonly reasons?: readonly string[] | undefined;
  readonly obligations?: readonly string[] | undefined;
  readonly basis?: string | undefined;
  /** Ids of the consents, exceptions, enquiries and judgements it rests on. */
  readonly evidence?: readonly string[] | undefined;
  /** Facts that could not be told and were taken at their most restrictive. */
  readonly unknown?: readonly string[] | undefined;
}

/** [index into the decisions, subject, holder, record type, ids of the records at their source] */
export type OutcomeEntry = readonly [number, string, string, string, readonly string[]];

/** Something said, or shown of what was said. */
export interface StatementEntry {
  readonly did: string;
  readonly ids: readonly string[];
  readonly subjects: readonly string[];
  readonly policies: readonly string[];
}

export interface AuditEntryBody {
  readonly v: 1;
  /** Sortable by time; unique over all instances. */
  readonly id: string;
  readonly at: IsoInstant;
  /** Its name, the SHA-256 of its document, and whether it is a query or a mutation. */
  readonly operation: { readonly name: string; readonly sha256: string; readonly type: string };
  readonly requester: { readonly worker: string; readonly agency: string; readonly role: string };
  readonly purpose: string | null;
  readonly result: 'ANSWERED' | 'REFUSED' | 'FAILED';
  readonly code?: string;
  readonly policyVersion: string;
  /** The version of the registers that it was decided on, when it read any. */
  readonly registersVersion?: number;
  readonly decisions: readonly DecisionEntry[];
  readonly outcomes: readonly OutcomeEntry[];
  readonly statements?: readonly StatementEntry[];
  /** [source, state] of the sources that did not answer in full. */
  readonly gaps?: readonly (readonly [string, string])[];
}

/**
 * The RFC 8785 canonical form of an entry. Once the keys are in order the engine's own serialisation is the canonical form:
 * RFC 8785 §3.2.2 takes ECMAScript's for strings and numbers. What it would not refuse (half a surrogate pair, a number that
 * is none) is left to the library, which throws.
 */
export function canonicalForm(body: AuditEntryBody): string {
  const text = JSON.stringify(isInOrder(body) ? body : inOrder(body));
  return text.includes('\\ud') || text.includes('null') ? (canonicalize(body) ?? text) : text;
}

/** Whether every object's keys are in the order of their UTF-16 code units already, as the gateway makes its entries. */
function isInOrder(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let last = '';
  for (const key in value) {
    if (key < last || !isInOrder((value as { readonly [key: string]: unknown })[key])) return false;
    last = key;
  }
  return true;
}

/** The same value with them so. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value.some((item) => item !== null && typeof item === 'object') ? value.map((item) => inOrder(item)) : value;
  const source = value as { readonly [key: string]: unknown };
  const ordered: { [key: string]: unknown } = {};
  for (const key of Object.keys(source).sort()) ordered[key] = inOrder(source[key]);
  return ordered;
}

/** SHA-256 of an entry's canonical form, in hex. */
export function hashOf(canonical: string): string {
  return hash('sha256', canonical, 'hex');
}
