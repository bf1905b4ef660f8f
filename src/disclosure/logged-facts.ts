/** The facts of a decision as the log has them, read by the lists of today. */
import type { AuditEntryBody, DecisionEntry } from '../audit/entry.js';
import { type FactRecord, factsOf } from '../domain/facts.js';

/**
 * The facts of a line, where its key can be read by the lists of today: they must say what the entry says of itself in words.
 * Undefined where the lists have changed since, or the key is none.
 */
export function factsIn(
  line: DecisionEntry,
  { requester, purpose }: Pick<AuditEntryBody, 'requester' | 'purpose'>,
): FactRecord | undefined {
  let facts: FactRecord;
  try {
    facts = factsOf(line.facts);
  } catch {
    return undefined;
  }
  const agrees =
    facts.category === line.category &&
    facts.role === requester.role &&
    facts.purpose === purpose &&
    facts.basis === (line.basis ?? 'NONE');
  return agrees ? facts : undefined;
}
