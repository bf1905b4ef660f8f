/**
 * Why something was released: read off the operation's own ledger, so that what the requester is told is what stands in the
 * log. Nothing is computed before it is asked.
 */
import type { Policies } from '../disclosure/policies.js';
import { DECIDED, type Released, type ShownRecord } from '../disclosure/released.js';
import type { Fact } from '../domain/facts.js';
import type { Agency } from '../domain/requester.js';
import type { Category, Obligation, PersonId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';

/** A policy as it may be published: its sentence, and the clauses it carries. */
export interface PolicySaid {
  readonly id: string;
  readonly says: string;
  readonly sources: readonly string[];
}

/** Tells what the policies with these ids say, in the order given; those that are no longer there are left out. */
export type Sayings = (ids: readonly string[]) => readonly PolicySaid[];

export function sayingsOf({ all }: Pick<Policies, 'all'>): Sayings {
  const byId = new Map(all.map(({ id, says, source }) => [id, { id, says, sources: source }]));
  return (ids) => ids.flatMap((id) => byId.get(id) ?? []);
}

/** One decision by which fields of a record were released. */
export interface ReleaseGround {
  readonly holder: Agency;
  readonly category: Category;
  readonly policies: readonly PolicySaid[];
  readonly basis: Fact<'basis'>;
  readonly obligations: readonly Obligation[];
  /** Whom the record is about, and all it rests on; what of it may be shown is for `evidenceOf`. Not fields of the SDL. */
  readonly subject: PersonId;
  readonly restsOn: readonly string[];
}

/** The grounds of these records, equal ones of one holder once. Requires records of this operation. */
export function groundsOf(
  records: readonly Released<ShownRecord>[],
  { ledger }: Pick<Operation, 'ledger'>,
  sayings: Sayings,
): readonly ReleaseGround[] {
  const grounds = new Map<string, ReleaseGround>();
  for (const { holder, [DECIDED]: decided } of records) {
    for (const line of decided.lines) {
      const key = `${line} ${holder.id}`;
      const decision = ledger.decisions[line];
      if (decision?.outcome !== 'RELEASED' || grounds.has(key)) continue;
      grounds.set(key, {
        holder,
        category: decision.category,
        policies: sayings(decision.permits ?? []),
        basis: decision.basis ?? 'NONE',
        obligations: decision.obligations ?? [],
        subject: decided.subject,
        restsOn: decision.evidence ?? [],
      });
    }
  }
  return [...grounds.values()];
}

/** The ids it rests on that the requester may see. `seenOf` tells which statements about a person those are. */
export async function evidenceOf(
  { subject, restsOn }: ReleaseGround,
  seenOf: (person: PersonId) => Promise<ReadonlySet<string>>,
): Promise<readonly string[]> {
  if (restsOn.length === 0) return [];
  const seen = await seenOf(subject);
  return restsOn.filter((id) => seen.has(id));
}
