/** The facts of a decision as the log has them, read by the lists of today. */
import type { AuditEntryBody, DecisionEntry } from '../audit/entry.js';
import { type FactRecord, factsOf } from '../domain/facts.js';
import type { AgencyId } from '../domain/words.js';

/**
 * Whether a line is of what its holder keeps locked, so that nobody of another agency learns that it is there. What cannot be
 * told may be locked.
 */
export function isKeptLocked(facts: FactRecord | undefined, holder: AgencyId, agency: AgencyId): boolean {
  return holder !== agency && (facts?.confidentiality ?? 'V') === 'V';
}

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
