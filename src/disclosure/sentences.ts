/**
 * What the person concerned is told of a decision about what is held of them: one plain sentence. Pure. What could endanger
 * somebody (who opposes whom, who is protected, what is locked, who stands too near) is never told apart from an ordinary no.
 */
import type { Fact } from '../domain/facts.js';
import { FULL_FORM_ONLY, type Outcome, type Reason } from '../domain/words.js';

/** As much of a decision as a sentence may rest on. */
export interface Told {
  readonly outcome: Outcome;
  /** In the full form; the first that is not of the full form alone is told, unless one of those stands among them. */
  readonly reasons: readonly Reason[];
  readonly basis: Fact<'basis'>;
}

/** Said wherever the reason is nobody's to know, and of ordinary refusals by the rules too. */
export const NEUTRAL = 'the rules on sharing did not allow it';

const BECAUSE: { readonly [R in Reason]: string } = {
  NOT_INVOLVED: 'the worker who asked does not work with you or your family',
  CASE_CLOSED: 'the worker who asked no longer works with you or your family',
  NOT_ON_TEAM: 'the worker who asked is not on the team around your family',
  CONSENT_NOT_GIVEN: 'nobody has agreed to it',
  CONSENT_REFUSED: 'you, or somebody who may speak for you, said no to it',
  CONSENT_WITHDRAWN: 'you, or somebody who may speak for you, took the agreement to it back',
  CONSENT_EXPIRED: 'the agreement to it has run out',
  NOT_JUDGED_RELEVANT: 'the service that would hold it has not said that it is needed',
  JUDGED_NOT_RELEVANT: 'the service that would hold it found that it is not needed',
  PURPOSE_DOES_NOT_COVER: 'it may not be used for what the worker asked it for',
  REQUEST_NEEDED: NEUTRAL,
  ROLE_NOT_PERMITTED: NEUTRAL,
  FACT_UNAVAILABLE: NEUTRAL,
  CONFLICT_OF_INTEREST: NEUTRAL,
  OPPOSING_PARTY: NEUTRAL,
  LOCATION_PROTECTED: NEUTRAL,
  LOCKED: NEUTRAL,
};

/** A release never names the permit: that somebody else's safety is served would tell of that person. */
const SHARED: { readonly [B in Fact<'basis'>]: string } = {
  CONSENT: 'It may be shared with the worker, because you, or somebody who may speak for you, agreed to it.',
  EXCEPTION: 'It may be shared with the worker, for a reason that the law allows.',
  NONE: 'It may be read by the worker, who is of the service that holds it.',
};

/**
 * The sentence. Whether there is anything it speaks of, it does not tell: brokered and silent are said like withheld.
 */
export function sentenceFor({ outcome, reasons, basis }: Told): string {
  if (outcome === 'RELEASED') return SHARED[basis];
  const [reason = 'ROLE_NOT_PERMITTED'] = reasons;
  const isGuarded = reasons.some((one) => FULL_FORM_ONLY.includes(one));
  return `It is not shared with the worker: ${isGuarded ? NEUTRAL : BECAUSE[reason]}.`;
}
