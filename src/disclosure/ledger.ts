/**
 * What one operation was given and refused, as it happens: every outcome of the door, silence included. When execution
 * ends it becomes the operation's one audit entry. Compact: equal decisions once, records of one kind together.
 */
import type { Decision } from '../domain/decision.js';
import type { FactName } from '../domain/facts.js';
import type { RecordType } from '../domain/records.js';
import type { AgencyId, Category, Outcome, PersonId } from '../domain/words.js';

/** One decision on one part (fields of one category) of one record. */
export interface Outturn {
  readonly subject: PersonId;
  readonly holder: AgencyId;
  readonly type: RecordType;
  readonly localId: string;
  readonly category: Category;
  readonly outcome: Outcome;
  readonly decision: Decision;
  readonly basis: string;
  readonly evidence: readonly string[];
  readonly unknown: readonly FactName[];
}

/** A distinct decision as the entry lists it. */
export interface DecisionLine {
  readonly outcome: Outcome;
  readonly category: Category;
  readonly permits?: readonly string[];
  readonly vetoes?: readonly string[];
  readonly reasons?: readonly string[];
  readonly obligations?: readonly string[];
  readonly basis?: string;
  readonly evidence?: readonly string[];
  readonly unknown?: readonly string[];
}

/** [index into the decisions, subject, holder, record type, ids of the records at their source] */
export type OutcomeLine = readonly [number, PersonId, AgencyId, RecordType, readonly string[]];

export class Ledger {
  readonly #decisions: DecisionLine[] = [];
  readonly #indexes = new Map<Decision, Map<string, number>>();
  readonly #lines = new Map<string, [number, PersonId, AgencyId, RecordType, string[]]>();

  note(outturn: Outturn): void {
    const index = this.#indexOf(outturn);
    const key = `${index}|${outturn.subject}|${outturn.type}|${outturn.holder}`;
    const line = this.#lines.get(key);
    if (line) line[4].push(outturn.localId);
    else this.#lines.set(key, [index, outturn.subject, outturn.holder, outturn.type, [outturn.localId]]);
  }

  get decisions(): readonly DecisionLine[] {
    return this.#decisions;
  }

  get outcomes(): readonly OutcomeLine[] {
    return [...this.#lines.values()];
  }

  #indexOf({ decision, outcome, category, basis, evidence, unknown }: Outturn): number {
    let byRest = this.#indexes.get(decision);
    if (!byRest) {
      byRest = new Map();
      this.#indexes.set(decision, byRest);
    }
    const rest = `${category}|${outcome}|${basis}|${evidence.join()}|${unknown.join()}`;
    const known = byRest.get(rest);
    if (known !== undefined) return known;
    byRest.set(rest, this.#decisions.length);
    const { permits, vetoes, reasons, obligations } = decision;
    this.#decisions.push({
      outcome,
      category,
      ...some({ permits, vetoes, reasons, obligations, evidence, unknown }),
      ...(basis === 'NONE' ? {} : { basis }),
    });
    return this.#decisions.length - 1;
  }
}

/** Only the lists that hold something. */
function some<T extends Record<string, readonly unknown[]>>(lists: T): Partial<T> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;
}
