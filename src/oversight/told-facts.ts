/** A fact record as an officer reads it: every fact with its value, on what it rests, and whether it could be told. */
import type { Statements } from '../disclosure/facts/basis.js';
import type { CircumstanceKind } from '../domain/circumstances.js';
import { FACT_NAMES, type FactName, type FactRecord } from '../domain/facts.js';
import type { SourceId } from '../domain/words.js';

/** Beside what sources tell: what was asked, who works where, what people have said. */
type Ground = CircumstanceKind | 'QUESTION' | 'DIRECTORY' | 'REGISTERS';

/** What each fact rests on (src/disclosure/facts). A record's own doing is QUESTION: it is supposed. */
const RESTS_ON: { readonly [F in FactName]: readonly Ground[] } = {
  role: ['QUESTION', 'DIRECTORY'],
  ownAgency: ['DIRECTORY'],
  category: ['QUESTION'],
  recordKind: ['QUESTION'],
  confidentiality: ['QUESTION'],
  purpose: ['QUESTION'],
  involvement: ['DIRECTORY', 'involvements', 'memberships', 'familyTeams', 'received', 'enquiries'],
  coreGroup: ['DIRECTORY', 'coreGroups'],
  onPanel: ['DIRECTORY', 'panels', 'memberships'],
  onFamilyTeam: ['DIRECTORY', 'familyTeams', 'memberships'],
  basis: ['REGISTERS', 'consents', 'enquiries', 'relationships', 'allegations'],
  consentState: ['REGISTERS', 'consents', 'relationships', 'allegations'],
  exceptionOverridesRefusal: ['REGISTERS', 'enquiries'],
  serviceConsent: ['serviceConsents', 'memberships'],
  relevance: ['QUESTION'],
  opposing: ['DIRECTORY', 'allegations', 'involvements', 'residences'],
  victimSide: ['allegations'],
  locationProtected: ['protectedPersons', 'residences'],
  worksWithProtected: ['DIRECTORY', 'protectedPersons', 'residences', 'involvements', 'allegations'],
  victimOfSubject: ['DIRECTORY', 'allegations', 'involvements'],
  conflict: ['DIRECTORY', 'relationships', 'residences'],
  authoredByRequester: ['QUESTION'],
  grant: ['REGISTERS'],
  emergency: ['REGISTERS'],
  stage: ['plans', 'memberships', 'handovers'],
  s47Open: ['enquiries', 'memberships'],
  openToBoth: ['involvements', 'memberships', 'plans'],
  cpGround: ['protectionGrounds', 'coreGroups', 'memberships'],
  receiving: ['DIRECTORY', 'handovers', 'memberships'],
  exited: ['QUESTION', 'handovers'],
  inHandoverPack: ['QUESTION', 'handovers'],
  referredByRecipient: ['QUESTION'],
  forMember: ['QUESTION', 'memberships', 'allegations'],
};

export interface ToldFact {
  readonly name: FactName;
  /** One of the fact's closed list, `true` or `false`. */
  readonly value: string;
  readonly isUnknown: boolean;
  /** `question`, `directory`, `registers` and ids of the sources that tell what it rests on, whether or not they told anything. */
  readonly restsOn: readonly string[];
  /** Ids of statements in the registers. */
  readonly evidence: readonly string[];
}

/** A system that tells circumstances, and whether it answered. */
export interface Teller {
  readonly id: SourceId;
  readonly tells: ReadonlySet<CircumstanceKind>;
  readonly hasAnswered: boolean;
}

/**
 * `evidence` and `unknown` as gathered. A fact is unknown too where one of its sources did not answer: so whose facts they
 * are does not show in it.
 */
export function toldFacts(
  facts: FactRecord,
  {
    evidence,
    unknown,
  }: { readonly evidence: ReadonlyMap<FactName, readonly string[]>; readonly unknown: readonly string[] },
  tellers: readonly Teller[],
): readonly ToldFact[] {
  return FACT_NAMES.map((name) => {
    const grounds = RESTS_ON[name];
    const asked = tellers.filter(({ tells }) => grounds.some((ground) => tells.has(ground as CircumstanceKind)));
    return {
      name,
      value: String(facts[name]),
      isUnknown: unknown.includes(name) || asked.some(({ hasAnswered }) => !hasAnswered),
      restsOn: [
        ...(['QUESTION', 'DIRECTORY', 'REGISTERS'] as const)
          .filter((ground) => grounds.includes(ground))
          .map((ground) => ground.toLowerCase()),
        ...asked.map(({ id }) => id),
      ],
      evidence: evidence.get(name) ?? [],
    };
  });
}

/**
 * Which facts the evidence of a decision bears on. Only statements of the registers: ids of rows at a source (an enquiry, a
 * consent that the holder's own system keeps) would tell that there is such a row.
 */
export function evidenceByFact(
  evidence: readonly string[],
  { consents, exceptions, judgements }: Statements,
): ReadonlyMap<FactName, readonly string[]> {
  const among = (statements: ReadonlyMap<string, readonly { readonly id: string }[]>) => {
    const known = new Set([...statements.values()].flatMap((list) => list.map(({ id }) => id)));
    return evidence.filter((id) => known.has(id));
  };
  const [agreed, excepted, judged] = [among(consents), among(exceptions), among(judgements)];
  return new Map<FactName, readonly string[]>([
    ['basis', [...agreed, ...excepted]],
    ['consentState', agreed],
    ['exceptionOverridesRefusal', excepted],
    ['relevance', judged],
  ]);
}
