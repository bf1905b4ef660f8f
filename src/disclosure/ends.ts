/**
 * When what an operation released ends by itself. A statement that ends while the operation is under way must not stand behind
 * an entry that comes after its end: the log would show a release resting on what was gone (RULES §7).
 */
import type { IsoInstant } from '../domain/words.js';
import type { DecisionLine } from './ledger.js';

/** A register row that may end: another register's rows (grants, emergency access) are handed over alike. */
export interface Ending {
  readonly id: string;
  readonly until?: IsoInstant;
}

/**
 * The earliest end, after the operation's instant, among the rows that released decisions rest on; undefined where none of them
 * ends. What had ended before is evidence too, of why something else was needed, and ends nothing.
 */
export function earliestEnd(
  decisions: readonly DecisionLine[],
  rows: Iterable<readonly Ending[]>,
  at: IsoInstant,
): IsoInstant | undefined {
  const evidence = new Set(decisions.flatMap(({ outcome, evidence: ids = [] }) => (outcome === 'RELEASED' ? ids : [])));
  if (evidence.size === 0) return undefined;
  let earliest: IsoInstant | undefined;
  for (const some of rows) {
    for (const { id, until } of some)
      if (until !== undefined && until > at && (earliest === undefined || until < earliest) && evidence.has(id))
        earliest = until;
  }
  return earliest;
}
