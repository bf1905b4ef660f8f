/**
 * What one operation was given and refused, as it happens: every outcome of the door, silence included. When execution
 * ends it becomes the operation's one audit entry. Compact: equal decisions once, records of one kind together.
 */
import type { Decision } from '../domain/decision.js';
import type { Fact, FactName } from '../domain/facts.js';
import type { RecordType } from '../domain/records.js';
import type { AgencyId, Category, Obligation, Outcome, PersonId } from '../domain/words.js';

/** One decision on one part (fields of one category) of one record. */
export interface Outturn {
  readonly subject: PersonId;
  readonly holder: AgencyId;
  readonly type: RecordType;
  readonly localId: string;
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

type Line = [number, PersonId, AgencyId, RecordType, string[]];

export class Ledger {
  readonly #decisions: DecisionLine[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #numbers = new Map<Decision, number>();
  readonly #last = new Map<Decision, { readonly outturn: Outturn; readonly index: number }>();
  readonly #lines: Line[] = [];
  readonly #bySubject = new Map<PersonId, Line[]>();

  /** Answers with the place of its decision among `decisions`. */
  note(outturn: Outturn): number {
    const { subject, holder, type, localId } = outturn;
    const index = this.#indexOf(outturn);
    let lines = this.#bySubject.get(subject);
    if (!lines) {
      lines = [];
      this.#bySubject.set(subject, lines);
    }
    const line = lines.find((known) => known[0] === index && known[2] === holder && known[3] === type);
    if (line) {
      line[4].push(localId);
      return index;
    }
    const fresh: Line = [index, subject, holder, type, [localId]];
    lines.push(fresh);
    this.#lines.push(fresh);
    return index;
  }

  get decisions(): readonly DecisionLine[] {
    return this.#decisions;
  }

  get outcomes(): readonly OutcomeLine[] {
    return this.#lines;
  }

  /** The number of this decision with what it rests on. Most rest on what the last like it rested on. */
  #indexOf(outturn: Outturn): number {
    const last = this.#last.get(outturn.decision);
    if (last && restOnTheSame(last.outturn, outturn)) return last.index;
    const index = this.#lookUp(outturn);
    this.#last.set(outturn.decision, { outturn, index });
    return index;
  }

  #lookUp({ decision, outcome, category, basis, evidence, unknown }: Outturn): number {
    let number = this.#numbers.get(decision);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(decision, number);
    }
    const key = `${number}|${category}|${outcome}|${basis}|${evidence.join()}|${unknown.join()}`;
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

function restOnTheSame(a: Outturn, b: Outturn): boolean {
  return (
    a.category === b.category &&
    a.outcome === b.outcome &&
    a.basis === b.basis &&
    isSame(a.evidence, b.evidence) &&
    isSame(a.unknown, b.unknown)
  );
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
}

/** Only the lists that hold something. */
function some<T extends Record<string, readonly unknown[]>>(lists: T): Partial<T> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;
}
