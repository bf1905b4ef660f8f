/**
 * One decision a distinct fact record. Facts are closed, so equal facts mean an equal decision, whoever asks about whom:
 * the memo is keyed by facts and never by people, and holds nothing but decisions.
 */

import type { Decision } from '../domain/decision.js';
import { type FactRecord, factKey } from '../domain/facts.js';
import { denialOf } from './outcome.js';
import type { Evaluation } from './policies.js';
import { isRequestable, reasonsOf } from './reason.js';

export type Decide = (facts: FactRecord) => Decision;

/** Whoever decides, and whoever says what another fact would change. */
type Asked = Evaluation & { readonly written: Evaluation };

/** Distinct fact records remembered before the memo starts anew; real use sees a few thousand. */
const MEMO_LIMIT = 200_000;

/** `alarm` is told the ids of policies that failed to evaluate; the decision itself is a denial. */
export function createDecide(policies: Asked, alarm: (policyIds: readonly string[]) => void): Decide {
  const memo = new Map<number, Decision>();
  return (facts) => {
    const key = factKey(facts);
    const known = memo.get(key);
    if (known) return known;
    if (memo.size >= MEMO_LIMIT) memo.clear();
    const decision = Object.freeze({ facts: key, ...decideAnew(policies, facts, alarm) });
    memo.set(key, decision);
    return decision;
  };
}

function decideAnew(
  policies: Asked,
  facts: FactRecord,
  alarm: (ids: readonly string[]) => void,
): Omit<Decision, 'facts'> {
  const verdict = policies.evaluate(facts);
  if (verdict.errors.length > 0) alarm(verdict.errors);
  if (verdict.allowed) {
    const { permits } = verdict;
    return {
      outcome: 'RELEASED',
      permits,
      vetoes: [],
      obligations: policies.obligations(facts, permits),
      reasons: [],
      requestable: false,
    };
  }
  return {
    outcome: verdict.errors.length > 0 ? 'SILENT' : denialOf(facts, verdict.vetoes),
    permits: [],
    vetoes: verdict.vetoes,
    obligations: [],
    reasons: verdict.errors.length > 0 ? ['FACT_UNAVAILABLE'] : reasonsOf(facts, verdict, policies.written.evaluate),
    requestable: verdict.errors.length === 0 && isRequestable(facts, policies.written.evaluate),
  };
}
