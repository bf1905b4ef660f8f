import type { Obligation, Outcome, Reason } from './words.js';

/** What the door decided on one fact record. A refusal is a value, never an exception. */
export interface Decision {
  /** The facts it was made on, as their key (`factKey`): so that anybody can decide it again. */
  readonly facts: number;
  readonly outcome: Outcome;
  /** Ids of the permits that released it (empty unless RELEASED). */
  readonly permits: readonly string[];
  /** Ids of the vetoes that applied. */
  readonly vetoes: readonly string[];
  readonly obligations: readonly Obligation[];
  /** The least that would have to change, in the full form; empty when RELEASED. */
  readonly reasons: readonly Reason[];
  /** A grant alone would release it. */
  readonly requestable: boolean;
}
