/** Entries whose decisions were made in earnest, so that whoever verifies can make them again. */
import type { AuditEntryBody, DecisionEntry } from '../../src/audit/entry.js';
import { createDecide } from '../../src/disclosure/decide.js';
import { compilePolicies } from '../../src/disclosure/policies.js';
import { FACTS, type FactRecord } from '../../src/domain/facts.js';
import { entry } from './entries.js';

/** Two policies, small enough that any test can decide with them in earnest. */
export const POLICIES = compilePolicies([
  {
    file: 'test.cedar',
    text: `@id("own-records") @source("FS-03") @says("own records") permit (principal, action == Action::"read", resource)
      when { context.ownAgency || context.basis == "CONSENT" };
      @id("conflict") @source("FS-03") @says("conflict") forbid (principal, action == Action::"read", resource)
      when { context.conflict };`,
  },
]);
const decide = createDecide(POLICIES, () => {
  throw new Error('a policy failed');
});

/** A line as the door writes it, of a social worker's question about plans. */
export function decisionOn(changes: Partial<FactRecord>, evidence: readonly string[] = []): DecisionEntry {
  const first = Object.fromEntries(Object.entries(FACTS).map(([name, values]) => [name, values[0]]));
  const facts = { ...first, category: 'PLAN', purpose: 'SUPERVISION', conflict: false, ...changes } as FactRecord;
  const { outcome, permits, vetoes, reasons, obligations, facts: key } = decide(facts);
  const lists = Object.entries({ permits, vetoes, reasons, obligations, evidence });
  const some = Object.fromEntries(lists.filter(([, list]) => list.length > 0));
  return {
    facts: key,
    outcome,
    category: facts.category,
    ...some,
    ...(facts.basis === 'NONE' ? {} : { basis: facts.basis }),
  };
}

const RELEASED = decisionOn({}, ['c-1']);

/** An entry with two releases, decided by POLICIES. */
export function decidedEntry(id: string, changes: Partial<AuditEntryBody> = {}): AuditEntryBody {
  return entry(id, { policyVersion: POLICIES.version, decisions: [RELEASED], ...changes });
}
