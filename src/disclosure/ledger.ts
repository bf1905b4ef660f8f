/**
 * What one operation was given and refused, as it happens: every outcome of the door, silence included. When execution
 * ends it becomes the operation's one audit entry. Compact: equal decisions once, records of one kind together.
 */
import type { Decision } from '../domain/decision.js';
import { entry } from '../domain/entry.js';
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
  readonly decided?: Outcome | undefined;
  readonly category: Category;
  readonly permits?: readonly string[] | undefined;
  readonly vetoes?: readonly string[] | undefined;
  readonly reasons?: readonly string[] | undefined;
  readonly obligations?: readonly Obligation[] | undefined;
  readonly basis?: Fact<'basis'> | undefined;
  readonly evidence?: readonly string[] | undefined;
  readonly unknown?: readonly string[] | undefined;
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
  /** Places of the decisions by what each rests on. */
  readonly #indexes = new Map<Decision, Map<string, number>>();
  readonly #outcomes: OutcomeLine[] = [];
  readonly #bySubject = new Map<PersonId, { readonly outcome: OutcomeLine; readonly line: LedgerLine }[]>();

  /** The line for a decision on records of a kind; a new one where there is none. */
  lineOf(outturn: Outturn): LedgerLine {
    const { subject, holder, type } = outturn;
    const decision = this.#lookUp(outturn);
    const lines = this.#bySubject.get(subject) ?? [];
    const known = lines.find(({ outcome: [of, , by, kind] }) => of === decision && by === holder && kind === type);
    if (known) return known.line;
    const line: LedgerLine = { decision, records: [] };
    const outcome: OutcomeLine = [decision, subject, holder, type, line.records];
    this.#outcomes.push(outcome);
    lines.push({ outcome, line });
    this.#bySubject.set(subject, lines);
    return line;
  }

  /** Writes a record's id on a line, and answers with the place of the line's decision. */
  note({ decision, records }: LedgerLine, localId: string): number {
    records.push(localId);
    return decision;
  }

  get decisions(): readonly DecisionLine[] {
    return this.#decisions;
  }

  get outcomes(): readonly OutcomeLine[] {
    return this.#outcomes;
  }

  /** The place of this decision, with what it rests on, among the decisions. */
  #lookUp({ decision, outcome, category, basis, evidence, unknown }: Outturn): number {
    const indexes = entry(this.#indexes, decision, () => new Map<string, number>());
    const key = `${category}|${outcome}|${basis}|${restsOn(evidence)}|${unknown.join()}`;
    const known = indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#decisions.length;
    indexes.set(key, index);
    // By name, as the entry's canonical form has them.
    this.#decisions.push({
      basis: basis === 'NONE' ? undefined : basis,
      category,
      decided: decision.outcome === outcome ? undefined : decision.outcome,
      evidence: some(evidence),
      facts: decision.facts,
      obligations: some(decision.obligations),
      outcome,
      permits: some(decision.permits),
      reasons: some(decision.reasons),
      unknown: some(unknown),
      vetoes: some(decision.vetoes),
    });
    return index;
  }
}

/** A list that holds something. */
function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** One text for each list of ids, which come from people's systems and may hold any character. */
function restsOn(evidence: readonly string[]): string {
  let text = '';
  for (const id of evidence) text += `${id.length}:${id}`;
  return text;
}
