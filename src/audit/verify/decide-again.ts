/**
 * Deciding again what an entry says was decided: from the facts of each decision and the policies of the version that the entry names
 * (docs/decisions/0001, RULES of release and denial). Written a second time; one decision for each distinct fact record of a version.
 */
import { LogFault } from './fault.js';
import { readBytesNow } from './files.js';
import { type Facts, type Rules, readRules } from './rules.js';

/** A decision as an entry lists it. */
export interface DecisionLine {
  readonly facts: number;
  readonly outcome: string;
  readonly decided?: string;
  readonly category: string;
  readonly permits?: readonly string[];
  readonly vetoes?: readonly string[];
  readonly reasons?: readonly string[];
  readonly obligations?: readonly string[];
  readonly basis?: string;
  readonly evidence?: readonly string[];
}

/** What of an entry its decisions are held against. */
export interface Decided {
  readonly requester: { readonly role: string };
  readonly purpose: string | null;
  readonly policyVersion: string;
  readonly decisions: readonly DecisionLine[];
}

/** What the facts of a key come to. */
interface Again {
  readonly facts: Facts;
  readonly outcome: string;
  readonly permits: readonly string[];
  readonly vetoes: readonly string[];
  readonly obligations: readonly string[];
  readonly reasons: readonly string[];
}

interface Version {
  readonly rules: Rules;
  /** `undefined`: a number that is the key of no facts. */
  readonly known: Map<number, Again | undefined>;
}

/** Distinct fact records remembered for a version before it starts anew. */
const REMEMBERED = 200_000;
const NONE: readonly string[] = [];

export interface Replay {
  /** Decides the lines of an entry again. Throws LogFault: POLICIES_MISSING, POLICIES_ALTERED, DECISION_DIFFERS. */
  entry(entry: Decided, place: string): void;
}

/** Decides again with the policies of an exported log. */
export function openReplay(folder: string): Replay {
  const versions = new Map<string, Version>();

  /** The policies that an entry names. */
  function versionOf(version: string): Version {
    const there = versions.get(version);
    if (there) return there;
    if (!/^[0-9a-f]{64}$/.test(version)) throw new LogFault('POLICIES_MISSING', 'an entry names no version');
    const name = `policies/${version}.json`;
    const bytes = policiesIn(folder, name);
    try {
      const read = { rules: readRules(bytes, version), known: new Map() };
      versions.set(version, read);
      return read;
    } catch {
      throw new LogFault('POLICIES_ALTERED', name);
    }
  }

  return {
    entry({ requester, purpose, policyVersion, decisions }, place) {
      const version = versionOf(policyVersion);
      for (const [i, line] of decisions.entries()) {
        const again = againOf(version, line.facts);
        const isSame =
          again !== undefined &&
          (line.decided ?? line.outcome) === again.outcome &&
          (line.decided === undefined || isLess(line.outcome, line.decided)) &&
          line.category === again.facts['category'] &&
          requester.role === again.facts['role'] &&
          purpose === again.facts['purpose'] &&
          (line.basis ?? 'NONE') === again.facts['basis'] &&
          isEqual(line.permits, again.permits) &&
          isEqual(line.vetoes, again.vetoes) &&
          isEqual(line.obligations, again.obligations) &&
          isEqual(line.reasons, again.reasons);
        if (!isSame) throw new LogFault('DECISION_DIFFERS', `${place}, decision ${i}`);
      }
    },
  };
}

function policiesIn(folder: string, name: string): Buffer {
  try {
    return readBytesNow(folder, name);
  } catch {
    throw new LogFault('POLICIES_MISSING', name);
  }
}

/** Whether what was shown goes less far than what was decided: less may be shown, never more. */
function isLess(shown: string, decided: string): boolean {
  const order = ['SILENT', 'BROKERED', 'WITHHELD', 'RELEASED'];
  return order.includes(shown) && order.indexOf(shown) < order.indexOf(decided);
}

function isEqual(line: readonly string[] = NONE, again: readonly string[]): boolean {
  return line.length === again.length && line.every((item, i) => item === again[i]);
}

function againOf({ rules, known }: Version, key: number): Again | undefined {
  const there = known.get(key);
  if (there || known.has(key)) return there;
  if (known.size >= REMEMBERED) known.clear();
  const facts = rules.factsOf(key);
  let again: Again | undefined;
  try {
    again = facts && decide(rules, facts);
  } catch {
    // A policy that cannot be evaluated decides nothing that could come out again.
  }
  known.set(key, again);
  return again;
}

function decide(rules: Rules, facts: Facts): Again {
  const { allowed, by } = rules.ask(facts);
  if (allowed)
    return {
      facts,
      outcome: 'RELEASED',
      permits: by,
      vetoes: [],
      obligations: rules.obligations(facts, by),
      reasons: [],
    };
  return {
    facts,
    outcome: denial(facts, by),
    permits: [],
    vetoes: by,
    obligations: [],
    reasons: reasons(rules, facts, by),
  };
}

const ADULT_WORK = ['SUBSTANCE_MISUSE', 'MENTAL_HEALTH', 'DOMESTIC_ABUSE_VICTIM', 'DOMESTIC_ABUSE_PERPETRATOR'];

/** What a denial shows: the first line that matches. */
function denial(facts: Facts, vetoes: readonly string[]): string {
  const own = facts['ownAgency'] === true;
  const locked = facts['confidentiality'] === 'V';
  const connectedOnce = own && facts['involvement'] === 'ENDED' && !locked;
  const silent =
    vetoes.includes('conflict') ||
    vetoes.includes('no-content-roles') ||
    (vetoes.includes('ended') && !connectedOnce) ||
    (locked && !own) ||
    vetoes.includes('opposing-party');
  if (silent) return 'SILENT';
  if (own || !ADULT_WORK.includes(String(facts['category']))) return 'WITHHELD';
  const refused = facts['consentState'] === 'REFUSED' || facts['consentState'] === 'WITHDRAWN';
  if (facts['relevance'] === 'NOT_RELEVANT' || (refused && facts['exceptionOverridesRefusal'] !== true))
    return 'SILENT';
  const connected =
    facts['involvement'] === 'ALLOCATED' ||
    facts['involvement'] === 'MANAGING' ||
    facts['coreGroup'] === true ||
    facts['grant'] !== 'NONE' ||
    facts['emergency'] === true;
  return connected ? 'BROKERED' : 'SILENT';
}

const FULL_FORM = [
  ['conflict', 'CONFLICT_OF_INTEREST'],
  ['opposing-party', 'OPPOSING_PARTY'],
  ['protected-location', 'LOCATION_PROTECTED'],
  ['locked', 'LOCKED'],
] as const;

/** Why: what the full form says of the vetoes, and the least that would have to change. */
function reasons(rules: Rules, facts: Facts, vetoes: readonly string[]): readonly string[] {
  const full = FULL_FORM.filter(([veto]) => vetoes.includes(veto)).map(([, reason]) => reason);
  const never = ['conflict', 'opposing-party', 'no-content-roles'].some((veto) => vetoes.includes(veto));
  return [...full, ...((never ? undefined : leastChange(rules, facts)) ?? ['ROLE_NOT_PERMITTED'])];
}

/** One fact changed, then two, in the fixed order: involvement, team, basis with consent, relevance, purpose, grant. */
function leastChange(rules: Rules, facts: Facts): readonly string[] | undefined {
  const changes: { readonly fact: string; readonly reason: string; readonly to: Facts }[] = [];
  const change = (fact: string, reason: string, to: Facts) => changes.push({ fact, reason, to });
  const state = String(facts['consentState']);
  if (facts['involvement'] !== 'ALLOCATED')
    change('involvement', facts['involvement'] === 'ENDED' ? 'CASE_CLOSED' : 'NOT_INVOLVED', {
      involvement: 'ALLOCATED',
    });
  if (facts['onFamilyTeam'] !== true) change('onFamilyTeam', 'NOT_ON_TEAM', { onFamilyTeam: true });
  if (facts['ownAgency'] !== true && facts['basis'] !== 'CONSENT') {
    const why = ['REFUSED', 'WITHDRAWN', 'EXPIRED'].includes(state) ? state : 'NOT_GIVEN';
    change('basis', `CONSENT_${why}`, { basis: 'CONSENT', consentState: 'GIVEN' });
  }
  if (facts['relevance'] !== 'RELEVANT') {
    const judged = facts['relevance'] === 'NOT_RELEVANT' ? 'JUDGED_NOT_RELEVANT' : 'NOT_JUDGED_RELEVANT';
    change('relevance', judged, { relevance: 'RELEVANT' });
  }
  for (const purpose of rules.valuesOf('purpose'))
    if (purpose !== facts['purpose']) change('purpose', 'PURPOSE_DOES_NOT_COVER', { purpose });
  for (const grant of ['COVERS', 'COVERS_BY_NAME'])
    if (grant !== facts['grant']) change('grant', 'REQUEST_NEEDED', { grant });
  for (const { reason, to } of changes) if (rules.wouldAllow({ ...facts, ...to })) return [reason];
  for (const [i, one] of changes.entries())
    for (const two of changes.slice(i + 1))
      if (one.fact !== two.fact && rules.wouldAllow({ ...facts, ...one.to, ...two.to }))
        return [one.reason, two.reason];
  return undefined;
}
