/**
 * Why something is withheld: the least that would have to change. Computed by asking the same policies again with one
 * fact changed, then two, in a fixed order; never written down a second time.
 */
import type { FactRecord } from '../domain/facts.js';
import { FULL_FORM_ONLY, type Outcome, PURPOSES, type Reason } from '../domain/words.js';
import type { Verdict } from './policies.js';

interface Change {
  readonly name: string;
  readonly reason: Reason;
  readonly facts: Partial<FactRecord>;
}

/** Vetoes that no listed change can lift, and what the full form calls each. */
const FULL_FORM: readonly (readonly [string, Reason])[] = [
  ['conflict', 'CONFLICT_OF_INTEREST'],
  ['opposing-party', 'OPPOSING_PARTY'],
  ['protected-location', 'LOCATION_PROTECTED'],
  ['locked', 'LOCKED'],
];
const UNLIFTABLE = ['conflict', 'opposing-party', 'no-content-roles'];

/** The reasons of a denial in the full form: what the holder and information governance see. Never empty. */
export function reasonsOf(
  facts: FactRecord,
  verdict: Verdict,
  evaluate: (facts: FactRecord) => Verdict,
): readonly Reason[] {
  const full = FULL_FORM.filter(([veto]) => verdict.vetoes.includes(veto)).map(([, reason]) => reason);
  const liftable = !verdict.vetoes.some((veto) => UNLIFTABLE.includes(veto));
  const least = liftable ? leastChange(facts, evaluate) : undefined;
  return [...full, ...(least ?? (['ROLE_NOT_PERMITTED'] as const))];
}

/** The safe form: what the requester may be told. */
export function safeReasons(reasons: readonly Reason[]): readonly Reason[] {
  const safe = reasons.filter((reason) => !FULL_FORM_ONLY.includes(reason));
  return safe.length > 0 ? safe : ['ROLE_NOT_PERMITTED'];
}

/** The one reason that a notice gives; none where it is silent or only says whom to turn to. */
export function reasonTold(outcome: Outcome, reasons: readonly Reason[], isUnknown: boolean): Reason | null {
  if (outcome !== 'WITHHELD') return null;
  return isUnknown ? 'FACT_UNAVAILABLE' : (safeReasons(reasons)[0] ?? null);
}

/** Whether an approved sharing request alone would release it. */
export function isRequestable(facts: FactRecord, evaluate: (facts: FactRecord) => Verdict): boolean {
  return (['COVERS', 'COVERS_BY_NAME'] as const).some((grant) => evaluate({ ...facts, grant }).allowed);
}

function leastChange(facts: FactRecord, evaluate: (facts: FactRecord) => Verdict): readonly Reason[] | undefined {
  const changes = changesTo(facts);
  for (const change of changes) {
    if (evaluate({ ...facts, ...change.facts }).allowed) return [change.reason];
  }
  for (const [i, first] of changes.entries()) {
    for (const second of changes.slice(i + 1)) {
      if (first.name === second.name) continue;
      if (evaluate({ ...facts, ...first.facts, ...second.facts }).allowed) return [first.reason, second.reason];
    }
  }
  return undefined;
}

/** Single changes in the order of RULES: involvement, team, basis with consent, relevance, purpose, grant. */
function changesTo(facts: FactRecord): Change[] {
  const changes: Change[] = [];
  if (facts.involvement !== 'ALLOCATED') {
    const reason = facts.involvement === 'ENDED' ? 'CASE_CLOSED' : 'NOT_INVOLVED';
    changes.push({ name: 'involvement', reason, facts: { involvement: 'ALLOCATED' } });
  }
  if (!facts.onFamilyTeam) changes.push({ name: 'onFamilyTeam', reason: 'NOT_ON_TEAM', facts: { onFamilyTeam: true } });
  if (!facts.ownAgency && facts.basis !== 'CONSENT') {
    changes.push({ name: 'basis', reason: consentReason(facts), facts: { basis: 'CONSENT', consentState: 'GIVEN' } });
  }
  if (facts.relevance === 'UNJUDGED' || facts.relevance === 'NOT_RELEVANT') {
    const reason = facts.relevance === 'UNJUDGED' ? 'NOT_JUDGED_RELEVANT' : 'JUDGED_NOT_RELEVANT';
    changes.push({ name: 'relevance', reason, facts: { relevance: 'RELEVANT' } });
  }
  for (const purpose of PURPOSES) {
    if (purpose !== facts.purpose)
      changes.push({ name: 'purpose', reason: 'PURPOSE_DOES_NOT_COVER', facts: { purpose } });
  }
  for (const grant of ['COVERS', 'COVERS_BY_NAME'] as const) {
    if (grant !== facts.grant) changes.push({ name: 'grant', reason: 'REQUEST_NEEDED', facts: { grant } });
  }
  return changes;
}

function consentReason(facts: FactRecord): Reason {
  switch (facts.consentState) {
    case 'REFUSED':
      return 'CONSENT_REFUSED';
    case 'WITHDRAWN':
      return 'CONSENT_WITHDRAWN';
    case 'EXPIRED':
      return 'CONSENT_EXPIRED';
    default:
      return 'CONSENT_NOT_GIVEN';
  }
}
