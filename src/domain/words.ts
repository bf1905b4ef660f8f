/**
 * The closed lists that every rule, policy, SDL enum, audit entry and test shares.
 * A value outside its list is never guessed at: it is refused, or read as the most restrictive.
 */

export const AGENCY_KINDS = [
  'CHILDRENS_SOCIAL_CARE',
  'EARLY_HELP',
  'SUBSTANCE_MISUSE',
  'MENTAL_HEALTH',
  'DOMESTIC_ABUSE',
  'PROBATION',
] as const;
export type AgencyKind = (typeof AGENCY_KINDS)[number];

/** Agencies whose records about adults are adult work (clauses FS-02, FS-03). */
export const ADULT_WORK_AGENCY_KINDS: readonly AgencyKind[] = [
  'SUBSTANCE_MISUSE',
  'MENTAL_HEALTH',
  'DOMESTIC_ABUSE',
  'PROBATION',
];

export const ROLES = [
  'SOCIAL_WORKER',
  'SENIOR_PRACTITIONER',
  'CHILD_PRACTITIONER',
  'TEAM_MANAGER',
  'HEAD_OF_SERVICE',
  'BUSINESS_SUPPORT_OFFICER',
  'CLINICAL_PSYCHOLOGIST',
  'KEYWORKER',
  'EARLY_HELP_MANAGER',
  'RECOVERY_WORKER',
  'MENTAL_HEALTH_PRACTITIONER',
  'DOMESTIC_ABUSE_PRACTITIONER',
  'DOMESTIC_ABUSE_OFFICER',
  'AGENCY_MANAGER',
  'INFORMATION_GOVERNANCE_OFFICER',
  'DATA_STEWARD',
  'PERFORMANCE_ANALYST',
] as const;
export type Role = (typeof ROLES)[number];

export const CATEGORIES = [
  'IDENTITY',
  'CONTACT',
  'NETWORK',
  'INVOLVEMENT',
  'STATUS',
  'SOCIAL_CARE',
  'PLAN',
  'WORKBOOK',
  'EARLY_HELP',
  'SUBSTANCE_MISUSE',
  'MENTAL_HEALTH',
  'DOMESTIC_ABUSE_VICTIM',
  'DOMESTIC_ABUSE_PERPETRATOR',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** The categories of adult work: released across agencies only once judged relevant (FS-02, FS-03). */
export const ADULT_WORK: readonly Category[] = [
  'SUBSTANCE_MISUSE',
  'MENTAL_HEALTH',
  'DOMESTIC_ABUSE_VICTIM',
  'DOMESTIC_ABUSE_PERPETRATOR',
];

export const RECORD_KINDS = [
  'ASSESSMENT',
  'CIN_PLAN',
  'CLOSURE_SUMMARY',
  'REFERRAL',
  'REFERRAL_DECISION',
  'MONTHLY_SUMMARY',
  'RAG_RATING',
  'PARENTING_ASSESSMENT',
  'SUPERVISION_NOTE',
  'SUPPORT_PLAN',
  'PROGRESS',
  'OTHER',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** HL7 v3-Confidentiality, from least to most protected: N normal, R restricted (sealed), V very restricted (locked). */
export const CONFIDENTIALITIES = ['N', 'R', 'V'] as const;
export type Confidentiality = (typeof CONFIDENTIALITIES)[number];

/** What an entry that can be disputed is. Where its source does not say, it is unknown: never guessed. */
export const NATURES = ['FACT', 'OPINION', 'THIRD_PARTY_REPORT'] as const;
export type Nature = (typeof NATURES)[number];

/** The more protected of two confidentialities. */
export function moreConfidential(a: Confidentiality, b: Confidentiality): Confidentiality {
  return CONFIDENTIALITIES.indexOf(a) >= CONFIDENTIALITIES.indexOf(b) ? a : b;
}

export const PURPOSES = [
  'DIRECT_WORK',
  'SUPERVISION',
  'ASSESSMENT',
  'CHILD_IN_NEED',
  'CHILD_PROTECTION',
  'S47_ENQUIRY',
  'STEP_UP',
  'STEP_DOWN',
  'ALLOCATION',
  'COURT_PROCEEDINGS',
  'EMERGENCY',
  'SERVICE_MEASURES',
  'INFORMATION_GOVERNANCE',
  'SUBJECT_ACCESS',
] as const;
export type Purpose = (typeof PURPOSES)[number];

export const OUTCOMES = ['RELEASED', 'BROKERED', 'WITHHELD', 'SILENT'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OBLIGATIONS = [
  'READ_ONLY',
  'NOT_TO_BE_PASSED_ON',
  'NOTIFY_HOLDER',
  'REVIEW',
  'TELL_LEAD_PROFESSIONAL',
] as const;
export type Obligation = (typeof OBLIGATIONS)[number];

export const REASONS = [
  'NOT_INVOLVED',
  'CASE_CLOSED',
  'NOT_ON_TEAM',
  'CONSENT_NOT_GIVEN',
  'CONSENT_REFUSED',
  'CONSENT_WITHDRAWN',
  'CONSENT_EXPIRED',
  'NOT_JUDGED_RELEVANT',
  'JUDGED_NOT_RELEVANT',
  'PURPOSE_DOES_NOT_COVER',
  'REQUEST_NEEDED',
  'ROLE_NOT_PERMITTED',
  'FACT_UNAVAILABLE',
  'CONFLICT_OF_INTEREST',
  'OPPOSING_PARTY',
  'LOCATION_PROTECTED',
  'LOCKED',
] as const;
export type Reason = (typeof REASONS)[number];

/** Reasons that may be told only to the holder and to information governance. */
export const FULL_FORM_ONLY: readonly Reason[] = [
  'CONFLICT_OF_INTEREST',
  'OPPOSING_PARTY',
  'LOCATION_PROTECTED',
  'LOCKED',
];

/** What became of one call to a source; anything but OK is a gap that the answer names. */
export const SOURCE_STATES = ['OK', 'DEGRADED', 'UNAVAILABLE', 'TIMED_OUT', 'NOT_READY'] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

export type AgencyId = string;
export type WorkerId = string;
export type TeamId = string;
/** A person as the gateway knows them, across sources. */
export type PersonId = string;
/** A person as one source knows them. */
export type LocalId = string;
export type SourceId = string;
export type FamilyId = string;
/** A calendar date, `YYYY-MM-DD`. */
export type IsoDate = string;
/** An instant, RFC 3339 in UTC with milliseconds: `2026-11-23T10:00:00.000Z`. */
export type IsoInstant = string;
