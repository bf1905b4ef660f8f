/**
 * The closed input of a decision. One fact record is at once what policies read as `context`, the key under which a
 * decision is remembered, and one line of `threshold decide`. Nothing else may influence a decision.
 * Where an order exists, `RESTRICTIVENESS` has it: the last value is what an unknown fact becomes.
 */
import { CATEGORIES, CONFIDENTIALITIES, PURPOSES, RECORD_KINDS, ROLES } from './words.js';

const BOOLEAN = [true, false] as const;

export const INVOLVEMENTS = ['ALLOCATED', 'MANAGING', 'DUTY', 'ENDED', 'NONE'] as const;
export const BASES = ['CONSENT', 'EXCEPTION', 'NONE'] as const;
export const CONSENT_STATES = ['GIVEN', 'NONE', 'EXPIRED', 'WITHDRAWN', 'REFUSED'] as const;
export const RELEVANCES = ['NOT_NEEDED', 'RELEVANT', 'UNJUDGED', 'NOT_RELEVANT'] as const;
export const GRANTS = ['COVERS_BY_NAME', 'COVERS', 'NONE'] as const;
/** From gravest to least grave: a family's stage for an adult's record is the gravest of its children's. */
export const STAGES = [
  'PRE_PROCEEDINGS',
  'LOOKED_AFTER',
  'CHILD_PROTECTION',
  'CHILD_IN_NEED',
  'STEPPING_UP',
  'STEPPING_DOWN',
  'EARLY_HELP',
  'CLOSED',
] as const;
export const CP_GROUNDS = ['OPEN_BEFORE', 'ENDING', 'SPECIAL', 'CORE_GROUP', 'NONE'] as const;

/** Every fact, its closed values, in the order in which a fact record lists them. */
export const FACTS = {
  role: ROLES,
  ownAgency: BOOLEAN,
  category: CATEGORIES,
  recordKind: RECORD_KINDS,
  confidentiality: CONFIDENTIALITIES,
  purpose: PURPOSES,
  involvement: INVOLVEMENTS,
  coreGroup: BOOLEAN,
  onPanel: BOOLEAN,
  onFamilyTeam: BOOLEAN,
  basis: BASES,
  consentState: CONSENT_STATES,
  exceptionOverridesRefusal: BOOLEAN,
  serviceConsent: BOOLEAN,
  relevance: RELEVANCES,
  opposing: BOOLEAN,
  victimSide: BOOLEAN,
  locationProtected: BOOLEAN,
  worksWithProtected: BOOLEAN,
  victimOfSubject: BOOLEAN,
  conflict: BOOLEAN,
  authoredByRequester: BOOLEAN,
  grant: GRANTS,
  emergency: BOOLEAN,
  stage: STAGES,
  s47Open: BOOLEAN,
  openToBoth: BOOLEAN,
  cpGround: CP_GROUNDS,
  receiving: BOOLEAN,
  exited: BOOLEAN,
  inHandoverPack: BOOLEAN,
  referredByRecipient: BOOLEAN,
  /** What is asked for a member of the family may be shown to that member; false where it is asked for nobody. */
  forMember: BOOLEAN,
} as const;

/**
 * The facts that have an order, each from its LEAST restrictive value to its MOST restrictive. Promised by the policies, and
 * proven over the whole space: no step further in any of these releases more.
 */
export const RESTRICTIVENESS = {
  ownAgency: [true, false],
  confidentiality: CONFIDENTIALITIES,
  involvement: INVOLVEMENTS,
  coreGroup: [true, false],
  onPanel: [true, false],
  onFamilyTeam: [true, false],
  basis: BASES,
  consentState: CONSENT_STATES,
  exceptionOverridesRefusal: [true, false],
  serviceConsent: [true, false],
  relevance: ['RELEVANT', 'UNJUDGED', 'NOT_RELEVANT'],
  opposing: [false, true],
  victimSide: [false, true],
  locationProtected: [false, true],
  worksWithProtected: [true, false],
  victimOfSubject: [true, false],
  conflict: [false, true],
  authoredByRequester: [true, false],
  grant: GRANTS,
  emergency: [true, false],
  s47Open: [true, false],
  openToBoth: [true, false],
  cpGround: CP_GROUNDS,
  receiving: [true, false],
  exited: [true, false],
  inHandoverPack: [true, false],
  referredByRecipient: [true, false],
  forMember: [true, false],
} as const satisfies { readonly [K in FactName]?: readonly (typeof FACTS)[K][number][] };

export type FactName = keyof typeof FACTS;
export type FactRecord = { readonly [K in FactName]: (typeof FACTS)[K][number] };
export type Fact<K extends FactName> = FactRecord[K];

export const FACT_NAMES = Object.keys(FACTS) as readonly FactName[];

/** The facts that depend on the person, not on which of their records is read: computed once per subject. */
export type Stage = Fact<'stage'>;
export type Involvement = Fact<'involvement'>;

/**
 * The key under which a decision on these facts is remembered: a number in mixed radix, a fact's digit its place in its list.
 * Promises: two fact records have the same key exactly when they are equal. Throws RangeError on a value outside its list.
 */
export function factKey(facts: FactRecord): number {
  const key = packed(PLACES, facts);
  if (Number.isNaN(key)) throw new RangeError('a fact is outside its closed list');
  return key;
}

/** The fact record of a key. Throws RangeError on a number that is no key. */
export function factsOf(key: number): FactRecord {
  if (!Number.isSafeInteger(key) || key < 0) throw new RangeError('not the key of a fact record');
  const facts: Record<string, unknown> = {};
  let left = BigInt(key);
  for (const name of [...FACT_NAMES].reverse()) {
    const values: readonly unknown[] = FACTS[name];
    facts[name] = values[Number(left % BigInt(values.length))];
    left /= BigInt(values.length);
  }
  if (left > 0n) throw new RangeError('not the key of a fact record');
  return facts as FactRecord;
}

const PLACES = FACT_NAMES.map((name) => new Map<unknown, number>(FACTS[name].map((value, i) => [value, i])));

/**
 * Written out fact by fact, from the names above and nothing else: every decision passes here, and a loop takes four times as long.
 * Most facts are true or false, and need no look-up.
 */
const packed = new Function(
  'places',
  'facts',
  `let key = 0;
  ${FACT_NAMES.map((name, i) => {
    const fact = `facts.${name}`;
    const place =
      (FACTS[name] as readonly unknown[]) === BOOLEAN
        ? `(${fact} === true ? 0 : ${fact} === false ? 1 : NaN)`
        : `places[${i}].get(${fact})`;
    return `key = key * ${FACTS[name].length} + ${place};`;
  }).join('\n')}
  return key;`,
) as (places: readonly ReadonlyMap<unknown, number>[], facts: FactRecord) => number;

if (FACT_NAMES.reduce((product, name) => product * FACTS[name].length, 1) > Number.MAX_SAFE_INTEGER) {
  throw new RangeError('the facts no longer fit one number: give factKey two');
}

/** What people may do besides reading, decided by policies of their own over these facts. */
export const ACTIONS = [
  'RECORD_CONSENT',
  'RECORD_REFUSAL',
  'RECORD_EXCEPTION',
  'JUDGE_RELEVANCE',
  'SEE_STATEMENTS',
  'DECIDE_PERSON_LINKS',
  'UNDO_PERSON_LINK',
  'RECORD_SERVICE_CONSENT',
  'APPROVE_EXCEPTION',
  'REVIEW_STATEMENT',
  'REQUEST_INFORMATION',
  'ANSWER_REQUEST',
  'SEE_ANSWER',
  'DISPUTE_ANSWER',
  'WITHDRAW_REQUEST',
  'OPEN_EMERGENCY',
  'END_EMERGENCY',
  'REVIEW_EMERGENCY',
  'STATUTORY_DECISION',
  'EXPLAIN',
  'ASK_AUDIT',
  'CLOSE_ALERT',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Who made what an action answers: an exception to approve, a request, an emergency access. */
export const MADE_BY = ['ANOTHER_AGENCY', 'OWN_AGENCY', 'REQUESTER', 'NOBODY'] as const;

/** The closed input of a decision on an action about a person. */
export const ACTION_FACTS = {
  role: ROLES,
  /** The requester's involvement with the person the action is about. */
  involvement: INVOLVEMENTS,
  /** The record in question is held by the requester's agency; of a person link, one of the two. */
  ownAgency: BOOLEAN,
  /** The requester's agency is the holder or the recipient that the statement speaks of. */
  party: BOOLEAN,
  conflict: BOOLEAN,
  /** The requester, or somebody they manage, works with whoever is alleged to have hurt the person. */
  opposing: BOOLEAN,
  /** Of what the action answers; NOBODY where it answers nothing. */
  madeBy: MADE_BY,
  /** The lawful gateway named stands against a refusal. */
  overridesRefusal: BOOLEAN,
} as const;
export type ActionFacts = { readonly [K in keyof typeof ACTION_FACTS]: (typeof ACTION_FACTS)[K][number] };
