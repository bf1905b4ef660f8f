/**
 * Which lines of the log the person concerned is not told of, because telling could endanger somebody: them, somebody whom
 * they are alleged to have hurt, a child of an enquiry. Pure. What cannot be told to be harmless is not told (absence denies).
 */
import type { FactRecord } from '../../domain/facts.js';
import { ADULT_WORK_AGENCY_KINDS, type AgencyKind } from '../../domain/words.js';

export const HARMS = [
  /** Its facts cannot be read by the lists of today. */
  'UNREADABLE',
  /** What was asked for comes from work with a victim. */
  'VICTIM_SIDE',
  /** The worker works with the other side. */
  'OPPOSING',
  /** It locates somebody protected. */
  'LOCATION_PROTECTED',
  'LOCKED',
  /** The worker works with somebody whom the person is alleged to have hurt. */
  'VICTIMS_WORKER',
  /** A domestic abuse service asked, or holds it: that it knows of the person tells of whom it works with. */
  'DOMESTIC_ABUSE',
  /** A service of adults asked who does not work with the person: it works with somebody near them. */
  'OTHERS_ADULT_WORK',
  /** A section 47 enquiry was open. */
  'ENQUIRY',
  /** Somebody stated a risk, which may be this person. */
  'EMERGENCY',
] as const;
export type Harm = (typeof HARMS)[number];

export interface TellingOf {
  /** Undefined where they cannot be read. */
  readonly facts: FactRecord | undefined;
  /** The kind of agency that asked, and that holds it; undefined where the directory no longer has it. */
  readonly askedBy: AgencyKind | undefined;
  readonly heldBy: AgencyKind | undefined;
  /** The agency that asked works, or worked, with the person, as its own system says now. */
  readonly isKnownToAsker: boolean;
  /** The person is alleged to have hurt somebody, or whether so cannot be told. */
  readonly mayHaveHurt: boolean;
}

/** Everything that speaks against telling; none: it may be told. */
export function harmsOf({ facts, askedBy, heldBy, isKnownToAsker, mayHaveHurt }: TellingOf): readonly Harm[] {
  if (!facts || !askedBy || !heldBy) return ['UNREADABLE'];
  const isAbuseWork =
    facts.category === 'DOMESTIC_ABUSE_VICTIM' ||
    facts.category === 'DOMESTIC_ABUSE_PERPETRATOR' ||
    facts.role === 'DOMESTIC_ABUSE_PRACTITIONER';
  const tests: readonly (readonly [Harm, boolean])[] = [
    ['VICTIM_SIDE', facts.victimSide],
    ['OPPOSING', facts.opposing],
    ['LOCATION_PROTECTED', facts.locationProtected],
    ['LOCKED', facts.confidentiality === 'V'],
    ['VICTIMS_WORKER', facts.victimOfSubject || (mayHaveHurt && !isKnownToAsker)],
    ['DOMESTIC_ABUSE', isAbuseWork || askedBy === 'DOMESTIC_ABUSE' || heldBy === 'DOMESTIC_ABUSE'],
    ['OTHERS_ADULT_WORK', ADULT_WORK_AGENCY_KINDS.includes(askedBy) && !isKnownToAsker],
    ['ENQUIRY', facts.s47Open || facts.purpose === 'S47_ENQUIRY'],
    ['EMERGENCY', facts.emergency || facts.purpose === 'EMERGENCY'],
  ];
  return tests.flatMap(([harm, holds]) => (holds ? [harm] : []));
}
