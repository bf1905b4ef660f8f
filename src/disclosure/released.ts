/**
 * What has passed the door. Only `release` makes one: the brand cannot be written down outside this folder, so code that
 * would hand on a sealed or a bare record does not compile.
 */

import type { RecordType } from '../domain/records.js';
import type { Agency } from '../domain/requester.js';
import type { Category, Obligation, PersonId, Reason } from '../domain/words.js';

declare const released: unique symbol;
export type Released<T> = T & { readonly [released]: true };

/** Under this a released record keeps what it was decided by; no field of the SDL, nor of anything that is written out. */
export const DECIDED: unique symbol = Symbol('decided');

/** Whom a record is about, and the places of the decisions on its parts in the operation's ledger. */
export interface DecidedBy {
  readonly subject: PersonId;
  readonly lines: readonly number[];
}

/** A record as the SDL shows it: allow-listed fields only; person fields hold the person's id until they are resolved. */
export interface ShownRecord {
  readonly __typename: RecordType;
  readonly id: string;
  readonly holder: Agency;
  readonly obligations: readonly Obligation[];
  readonly [DECIDED]: DecidedBy;
  readonly [field: string]: unknown;
}

/** A notice that something is held and not shown. */
export interface WithheldNotice {
  readonly outcome: 'BROKERED' | 'WITHHELD';
  readonly holder: Agency;
  readonly category: Category | null;
  readonly reason: Reason | null;
  readonly requestable: boolean;
  readonly dutyPoint: string;
}

/** What the door made of one record. Silence is neither a record nor a notice. */
export interface Passed {
  readonly type: RecordType;
  readonly subject: PersonId;
  /** When the record came to be; lists are newest first. */
  readonly at: string;
  readonly record?: Released<ShownRecord>;
  readonly notices: readonly WithheldNotice[];
}

/** For the door only. */
export function markReleased<T>(value: T): Released<T> {
  return value as Released<T>;
}
