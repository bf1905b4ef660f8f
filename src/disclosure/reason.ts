/**
 * Why something is withheld: the least that would have to change. Computed by asking the same policies again with one
 * fact changed, then two, in a fixed order; never written down a second time.
 */
import type { FactName, FactRecord } from '../domain/facts.js';
import { FULL_FORM_ONLY, type Outcome, PURPOSES, type Reason } from '../domain/words.js';
import type { Verdict } from './policies.js';

/** Some facts otherwise than they are. */
export interface Change {
  /** Its place among all changes. */
  readonly at: number;
  readonly facts: Partial<FactRecord>;
}

/** What may be changed by itself: a fact, or facts that belong together. Two changes are never of one aspect. */
export interface Aspect {
  readonly names: readonly FactName[];
  readonly changes: readonly Change[];
  /** What it is called where it would do. */
  readonly reason: (facts: FactRecord) => Reason;
  /** Of facts that it would not change: none need be asked. */
  readonly isSettled?: (facts: FactRecord) => boolean;
}

/** Whether it would be released with one thing, or two of different aspects, otherwise. */
export type WouldRelease = (one: Change, two?: Change) => boolean;

/** What could be otherwise, in the order in which it is tried. */
const TRIED: readonly (Omit<Aspect, 'changes'> & { readonly to: readonly Partial<FactRecord>[] })[] = [
  {
    names: ['involvement'],
    to: [{ involvement: 'ALLOCATED' }],
    reason: ({ involvement }) => (involvement === 'ENDED' ? 'CASE_CLOSED' : 'NOT_INVOLVED'),
    isSettled: ({ involvement }) => involvement === 'ALLOCATED',
  },
  {
    names: ['onFamilyTeam'],
    to: [{ onFamilyTeam: true }],
    reason: () => 'NOT_ON_TEAM',
    isSettled: ({ onFamilyTeam }) => onFamilyTeam,
  },
  {
    names: ['basis', 'consentState'],
    to: [{ basis: 'CONSENT', consentState: 'GIVEN' }],
    reason: consentReason,
    isSettled: ({ ownAgency, basis }) => ownAgency || basis === 'CONSENT',
  },
  {
    names: ['relevance'],
    to: [{ relevance: 'RELEVANT' }],
    reason: ({ relevance }) => (relevance === 'NOT_RELEVANT' ? 'JUDGED_NOT_RELEVANT' : 'NOT_JUDGED_RELEVANT'),
    isSettled: ({ relevance }) => relevance === 'RELEVANT',
  },
  { names: ['purpose'], to: PURPOSES.map((purpose) => ({ purpose })), reason: () => 'PURPOSE_DOES_NOT_COVER' },
  { names: ['grant'], to: [{ grant: 'COVERS' }, { grant: 'COVERS_BY_NAME' }], reason: () => 'REQUEST_NEEDED' },
];

export const ASPECTS: readonly Aspect[] = TRIED.map(({ to, ...aspect }, i) => {
  const before = TRIED.slice(0, i).reduce((count, { to: { length } }) => count + length, 0);
  return { ...aspect, changes: to.map((facts, j) => ({ at: before + j, facts })) };
});
const NONE: readonly Change[] = [];
const GRANTED = ASPECTS.find(({ names }) => names.includes('grant'))?.changes ?? [];

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
  { vetoes }: Verdict,
  evaluate: (facts: FactRecord) => Verdict,
): readonly Reason[] {
  return reasonsBy(facts, vetoes, askedOf(facts, evaluate));
}

/** The same, of whoever can tell what a change would do. */
export function reasonsBy(facts: FactRecord, vetoes: readonly string[], wouldRelease: WouldRelease): readonly Reason[] {
  const full = FULL_FORM.filter(([veto]) => vetoes.includes(veto)).map(([, reason]) => reason);
  const liftable = !vetoes.some((veto) => UNLIFTABLE.includes(veto));
  const least = liftable ? leastChange(facts, wouldRelease) : undefined;
  return [...full, ...(least ?? (['ROLE_NOT_PERMITTED'] as const))];
}

/** Asks policies of these facts with some of them otherwise. */
function askedOf(facts: FactRecord, evaluate: (facts: FactRecord) => Verdict): WouldRelease {
  return (one, two) => evaluate({ ...facts, ...one.facts, ...two?.facts }).allowed;
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
  return isRequestableBy(askedOf(facts, evaluate));
}

export function isRequestableBy(wouldRelease: WouldRelease): boolean {
  return GRANTED.some((change) => wouldRelease(change));
}

function leastChange(facts: FactRecord, wouldRelease: WouldRelease): readonly Reason[] | undefined {
  const open = ASPECTS.map(({ changes, isSettled, reason }) => ({
    reason,
    changes: isSettled?.(facts) ? NONE : changes,
  }));
  for (const { changes, reason } of open)
    for (const change of changes) if (wouldRelease(change)) return [reason(facts)];
  for (const [i, one] of open.entries())
    for (const two of open.slice(i + 1))
      for (const first of one.changes)
        for (const second of two.changes)
          if (wouldRelease(first, second)) return [one.reason(facts), two.reason(facts)];
  return undefined;
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
