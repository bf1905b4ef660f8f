/**
 * What one operation was given and refused, as it happens: every outcome of the door, silence included. When execution
 * ends it becomes the operation's one audit entry. Compact: equal decisions once, records of one kind together.
 */
import type { Decision } from '../domain/decision.js';
import type { Fact, FactName } from '../domain/facts.js';
import type { RecordType } from '../domain/records.js';
import type { AgencyId, Category, Obligation, Outcome, PersonId } from '../domain/words.js';

/** One decision on a part (fields of one category) of records of a kind. */
export interface Outturn {
  readonly subject: PersonId;
  readonly holder: AgencyId;
  readonly type: RecordType;
  readonly category: Category;
  readonly outcome: Outcome;
  readonly decision: Decision;
  readonly basis: Fact<'basis'>;
  readonly evidence: readonly string[];
  readonly unknown: readonly FactName[];
}

/** A distinct decision as the entry lists it. */
export interface DecisionLine {
  /** The fact record, as its key: with the policies of the entry's version anybody can decide it again. */
  readonly facts: number;
  readonly outcome: Outcome;
  /** What the policies alone said, where what was shown went no further (adult services, docs/decisions/0002). */
  readonly decided?: Outcome;
  readonly category: Category;
  readonly permits?: readonly string[];
  readonly vetoes?: readonly string[];
  readonly reasons?: readonly string[];
  readonly obligations?: readonly Obligation[];
  readonly basis?: Fact<'basis'>;
  readonly evidence?: readonly string[];
  readonly unknown?: readonly string[];
}

/** [index into the decisions, subject, holder, record type, ids of the records at their source] */
export type OutcomeLine = readonly [number, PersonId, AgencyId, RecordType, readonly string[]];

/** Where the records stand that one decision was made on: its place among the decisions, and their ids so far. */
export interface LedgerLine {
  readonly decision: number;
  readonly records: string[];
}

export class Ledger {
  readonly #decisions: DecisionLine[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #numbers = new Map<Decision, number>();
  readonly #outcomes: OutcomeLine[] = [];
  readonly #lines = new Map<string, LedgerLine>();

  /** The line for a decision on records of a kind; a new one where there is none. Whoever asks writes a record's id on it. */
  lineOf(outturn: Outturn): LedgerLine {
    const { subject, holder, type } = outturn;
    const decision = this.#lookUp(outturn);
    const key = `${decision}|${holder}|${type}|${subject}`;
    const known = this.#lines.get(key);
    if (known) return known;
    const line: LedgerLine = { decision, records: [] };
    this.#lines.set(key, line);
    this.#outcomes.push([decision, subject, holder, type, line.records]);
    return line;
  }

  get decisions(): readonly DecisionLine[] {
    return this.#decisions;
  }

  get outcomes(): readonly OutcomeLine[] {
    return this.#outcomes;
  }

  /** The place of this decision, with what it rests on, among the decisions. */
  #lookUp({ decision, outcome, category, basis, evidence, unknown }: Outturn): number {
    let number = this.#numbers.get(decision);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(decision, number);
    }
    const key = `${number}|${category}|${outcome}|${basis}|${evidence.join('\n')}|${unknown.join()}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#decisions.length;
    this.#indexes.set(key, index);
    const { permits, vetoes, reasons, obligations } = decision;
    this.#decisions.push({
      facts: decision.facts,
      outcome,
      ...(decision.outcome === outcome ? {} : { decided: decision.outcome }),
      category,
      ...some({ permits, vetoes, reasons, obligations, evidence, unknown }),
      ...(basis === 'NONE' ? {} : { basis }),
    });
    return index;
  }
}

/** Only the lists that hold something. */
function some<T extends Record<string, readonly unknown[]>>(lists: T): Partial<T> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;
}
