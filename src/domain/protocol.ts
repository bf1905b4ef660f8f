/**
 * What a local protocol may fix: closed lists of switches, timescales, rungs and handover contents, each with the order by
 * which the more restrictive of two values is told. A protocol pack fills them, citing a clause for each value.
 */
import type { Role } from './words.js';

/** A calendar duration (ISO 8601): months are calendar months. `workingDays` counts days on which offices are open. */
export interface Duration {
  readonly months: number;
  readonly days: number;
  readonly minutes: number;
  readonly workingDays: number;
}

/**
 * What a timescale says, and so which of two is the more restrictive. WITHIN: at most so long after; EVERY: at least so
 * often (the shorter). BEFORE: at least so long ahead; AT_LEAST: not before so long has passed (the longer).
 */
export const SENSES = ['WITHIN', 'EVERY', 'BEFORE', 'AT_LEAST'] as const;
export type Sense = (typeof SENSES)[number];

export const TIMESCALES = {
  ALLOCATION: { sense: 'WITHIN', says: 'a social worker is allocated after the decision that the team is needed' },
  MONTHLY_SUMMARY: { sense: 'BEFORE', says: 'monthly summaries are complete ahead of supervision' },
  SUPERVISION: { sense: 'EVERY', says: 'each open family is discussed in supervision' },
  SUPERVISION_SIGN_OFF: { sense: 'WITHIN', says: 'the manager signs off the group discussion after the meeting' },
  VISIT_RECORDED: { sense: 'WITHIN', says: 'a statutory visit is recorded after it was made' },
  KEYWORKER_UPDATE: { sense: 'EVERY', says: 'the keyworker tells the social care case holder how the work goes' },
  FAMILY_OUTCOME_PLAN_REVIEW: { sense: 'EVERY', says: 'the family outcome plan is reviewed with the family' },
  ALLOCATION_PANEL: { sense: 'EVERY', says: 'the early-help allocation panel meets' },
  STEP_MEETING: { sense: 'EVERY', says: 'managers meet about step up and step down' },
  RETURN_TO_PREVIOUS_WORKER: {
    sense: 'WITHIN',
    says: 'a case that steps up again after its step down goes back to its social worker',
  },
  CHILD_IN_NEED_BEFORE_STEP_DOWN: {
    sense: 'AT_LEAST',
    says: 'a child has been on a child in need plan, after protection or care, when the family steps down',
  },
  REQUEST_IMMEDIATE: { sense: 'WITHIN', says: 'an immediate sharing request is answered' },
  REQUEST_URGENT: { sense: 'WITHIN', says: 'an urgent sharing request is answered' },
  REQUEST_ROUTINE: { sense: 'WITHIN', says: 'a routine sharing request is answered' },
  EMERGENCY_ACCESS: { sense: 'WITHIN', says: 'emergency access ends by itself after it was opened' },
  EMERGENCY_REVIEW: { sense: 'WITHIN', says: 'emergency access is reviewed by somebody else after it was opened' },
} as const satisfies { readonly [name: string]: { readonly sense: Sense; readonly says: string } };
export type Timescale = keyof typeof TIMESCALES;
export const TIMESCALE_NAMES = Object.keys(TIMESCALES) as readonly Timescale[];

/**
 * Timescales by which more or longer is released: the house rule bounds them, and a pack that says a looser value is told and
 * changes nothing, by itself or beside others. The due times of sharing requests are a pack's to change (RULES §8).
 */
export const BOUND_BY_HOUSE: readonly Timescale[] = ['EMERGENCY_ACCESS', 'EMERGENCY_REVIEW'];

/**
 * Switches are yes or no, or an age. `stricter` is the value that binds more: what holds where two packs disagree; of ages
 * the lower.
 */
export const SWITCHES = {
  EXIT_NEEDS_ALL_CASEWORK_DONE: { stricter: true, says: 'no family leaves while any member has open casework' },
  EARLY_HELP_TOLD_OF_LAST_PLAN: {
    stricter: true,
    says: 'early help is told, and invited, when the last child in need plan of a family is ending',
  },
  CHILD_IN_NEED_AFTER_PROTECTION: {
    stricter: true,
    says: 'a child whose protection plan ends is put on a child in need plan',
  },
  FAMILY_SAFEGUARDING_UNDER_AGE: {
    stricter: 'LOWER',
    says: 'the Family Safeguarding pathway is for families with a child under this age',
  },
  SOCIAL_WORKER_LEADS: {
    stricter: true,
    says: 'while social care is involved the social worker is lead professional for the child',
  },
  KEYWORKER_LEADS_AFTER_HANDOVER: {
    stricter: true,
    says: 'after the handover the keyworker is lead professional for the whole family',
  },
  PROTECTION_PLAN_FIRST: { stricter: true, says: 'the child protection plan takes priority over any early-help plan' },
  COMBINE_REVIEWS: { stricter: false, says: 'reviews due near each other are offered as one meeting' },
  CONCERN_GOES_TO_CONTACT_CENTRE: {
    stricter: true,
    says: 'a safeguarding concern about a family not open to social care is referred, not answered with records',
  },
  STEPS_BY_CONSENSUS: { stricter: true, says: 'both team managers agree to a step up or step down' },
  TIME_TO_SHARE_MEASURED: { stricter: true, says: 'how long sharing takes is measured and shown' },
} as const satisfies { readonly [name: string]: { readonly stricter: boolean | 'LOWER'; readonly says: string } };
export type Switch = keyof typeof SWITCHES;
export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly Switch[];

/** How high a rung of an escalation ladder stands, from the lowest. */
export const RUNG_LEVELS = ['TEAM', 'SERVICE', 'HEAD', 'COUNCIL'] as const;
export type RungLevel = (typeof RUNG_LEVELS)[number];

export interface Rung {
  readonly level: RungLevel;
  /** The office as the protocol calls it; titles differ between councils. */
  readonly office: string;
  /** Roles of the gateway whose holders may sit there; none where the office is outside it. */
  readonly roles: readonly Role[];
}

/** What the pack of a step down may hold: the family itself, and three kinds of record. */
export const STEP_DOWN_ITEMS = ['FAMILY_DETAILS', 'ASSESSMENT', 'CIN_PLAN', 'CLOSURE_SUMMARY'] as const;
export type StepDownItem = (typeof STEP_DOWN_ITEMS)[number];
/** What is shared with whoever takes over when a family leaves the team. */
export const EXIT_ITEMS = ['WORKBOOK'] as const;
export type ExitItem = (typeof EXIT_ITEMS)[number];

/** What a handover to another service covers. Whatever is not listed is not handed over, nor what the house rules do not list. */
export interface HandoverRules {
  readonly stepDown: readonly StepDownItem[];
  /** An assessment is handed over only while younger than this. */
  readonly assessmentNewerThan: Duration;
  readonly exit: readonly ExitItem[];
}

/** The values that hold for an authority, merged from the packs it picked. Absent: no pack and no house rule fixes it. */
export interface Protocol {
  /** Ids of the packs, in the order in which they were picked. */
  readonly packs: readonly string[];
  readonly switches: { readonly [K in Switch]?: boolean | number };
  readonly timescales: { readonly [K in Timescale]?: Duration };
  /** From the lowest rung to the highest. */
  readonly escalation: readonly Rung[];
  readonly handover: HandoverRules;
}
