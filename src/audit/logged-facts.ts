/** The facts of a decision as the log has them, read by the lists of today. */
import { type FactRecord, factsOf } from '../domain/facts.js';
import type { AgencyId } from '../domain/words.js';
import type { AuditEntryBody, DecisionEntry } from './entry.js';

/**
 * Whether a line is of what its holder keeps locked, so that nobody of another agency learns that it is there. What cannot be
 * told may be locked.
 */
export function isKeptLocked(facts: FactRecord | undefined, holder: AgencyId, agency: AgencyId): boolean {
  return holder !== agency && isLocked(facts);
}

/** Whether a record of these facts is locked, by whoever holds it. What cannot be told may be. */
export function isLocked(facts: FactRecord | undefined): boolean {
  return (facts?.confidentiality ?? 'V') === 'V';
}

/**
 * The facts of a line, where its key can be read by the lists of today: they must say what the entry says of itself in words.
 * Undefined where the lists have changed since, or the key is none.
 */
export function factsIn(
  line: DecisionEntry,
  { requester, purpose }: Pick<AuditEntryBody, 'requester' | 'purpose'>,
): FactRecord | undefined {
  const facts = readFacts(line.facts);
  const agrees =
    facts !== undefined &&
    facts.category === line.category &&
    facts.role === requester.role &&
    facts.purpose === purpose &&
    facts.basis === (line.basis ?? 'NONE');
  return agrees ? facts : undefined;
}

/** Of the fact records read last: a log has few, again and again. */
const known = new Map<number, FactRecord | undefined>();
const KNOWN_LIMIT = 10_000;

/** The facts of a key; undefined where the lists of today do not know it. */
export function readFacts(key: number): FactRecord | undefined {
  if (known.has(key)) return known.get(key);
  if (known.size >= KNOWN_LIMIT) known.clear();
  const facts = factsByKey(key);
  known.set(key, facts);
  return facts;
}

function factsByKey(key: number): FactRecord | undefined {
  try {
    return factsOf(key);
  } catch {
    return undefined;
  }
}
