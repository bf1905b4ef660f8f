/**
 * A record that there may or may not be: what an explanation is about. Which agencies could hold one is told by what their
 * systems are made for, never by what they hold: it is the same for everybody, and for nobody.
 */
import type { RecordLabel, RecordType } from '../domain/records.js';
import type { AgencyId, Category, Confidentiality, PersonId, RecordKind, SourceId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';

/** Types of records that may be of a category; an explanation is about one of the first that the holder's systems provide. */
const OF_CATEGORY: { readonly [C in Category]: readonly RecordType[] } = {
  IDENTITY: ['PersonDetails'],
  CONTACT: ['PersonDetails'],
  NETWORK: ['Relationship', 'FamilyMember'],
  INVOLVEMENT: ['Involvement'],
  STATUS: ['ChildStatus', 'ReferralDecision'],
  SOCIAL_CARE: ['Assessment', 'Referral', 'Contact', 'S47Enquiry', 'Conference'],
  PLAN: ['ChildInNeedPlan', 'ChildProtectionPlan', 'LookedAfterPlan', 'PlanReview'],
  WORKBOOK: ['MonthlySummary', 'RagRating', 'ParentingAssessment', 'Supervision'],
  EARLY_HELP: ['EarlyHelpAssessment', 'SupportPlan', 'SupportOutcome', 'EarlyHelpEpisode'],
  SUBSTANCE_MISUSE: ['SubstanceMisuseRecord', 'MentalHealthRecord'],
  MENTAL_HEALTH: ['MentalHealthRecord'],
  DOMESTIC_ABUSE_VICTIM: ['DomesticAbuseRecord', 'MentalHealthRecord'],
  DOMESTIC_ABUSE_PERPETRATOR: ['DomesticAbuseRecord'],
};

/** What is supposed of the record beside its category. */
export interface Supposed {
  readonly kind: RecordKind;
  readonly confidentiality: Confidentiality;
}

/** An agency that could hold such a record, with the system it would stand in. */
export interface PossibleHolder {
  readonly holder: AgencyId;
  readonly source: SourceId;
  readonly type: RecordType;
}

/** One for each agency that could, in the order of their ids. */
export function possibleHolders(category: Category, { asking }: Pick<Operation, 'asking'>): readonly PossibleHolder[] {
  const found = new Map<AgencyId, PossibleHolder>();
  for (const type of OF_CATEGORY[category]) {
    for (const { id, holder, provides, tells } of asking.sources) {
      // Memberships are records of the gateway's own making, of what a source tells.
      const holds = provides.has(type) || (type === 'FamilyMember' && tells.has('memberships'));
      if (holds && !found.has(holder)) found.set(holder, { holder, source: id, type });
    }
  }
  return [...found.values()].sort((a, b) => (a.holder < b.holder ? -1 : 1));
}

/** About this person alone, from work with them, written now and by nobody who asks: the latest of its kind. */
export function hypotheticalLabel(
  person: PersonId,
  category: Category,
  { kind, confidentiality }: Supposed,
  { source, type }: PossibleHolder,
  now: string,
): RecordLabel<PersonId> {
  return {
    type,
    source,
    localId: '-',
    subject: person,
    names: [],
    fromWorkWith: [person],
    category,
    kind,
    confidentiality,
    addresses: [],
    at: now,
  };
}
