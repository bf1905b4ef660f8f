/**
 * What sources hold, in the gateway's words. A record is its label (everything the door needs to decide) and its
 * content (what may come out, field by field). `P` is how persons are referred to: a source speaks of its own local
 * ids; people turn those into the gateway's person ids before anything is decided.
 */
import type { Category, Confidentiality, IsoDate, IsoInstant, LocalId, Nature, RecordKind, SourceId } from './words.js';

/** Every type of record that a source can hold; each is a type of the SDL of the same name. */
export const RECORD_TYPES = [
  'PersonDetails',
  'FamilyMember',
  'Relationship',
  'Involvement',
  'ChildStatus',
  'Contact',
  'Referral',
  'ReferralDecision',
  'Assessment',
  'S47Enquiry',
  'Conference',
  'ChildInNeedPlan',
  'ChildProtectionPlan',
  'LookedAfterPlan',
  'PlanReview',
  'Visit',
  'LegalStatus',
  'Placement',
  'CarePlan',
  'SdqScore',
  'MissingEpisode',
  'CareLeaver',
  'Disability',
  'ImmigrationStatus',
  'HealthCheck',
  'SubstanceUse',
  'Conviction',
  'PreviousPermanence',
  'Permanence',
  'PreProceedings',
  'ParentingAssessment',
  'MonthlySummary',
  'RagRating',
  'Supervision',
  'EarlyHelpEpisode',
  'EarlyHelpAssessment',
  'SupportPlan',
  'SupportOutcome',
  'SubstanceMisuseRecord',
  'MentalHealthRecord',
  'DomesticAbuseRecord',
  /** Written for a sharing request; held by the gateway for the agency that wrote it. */
  'Contribution',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** Everything about a record that a decision may rest on. Never released as such. */
export interface RecordLabel<P> {
  readonly type: RecordType;
  readonly source: SourceId;
  /** The record's id at its source, unique within (source, type). */
  readonly localId: string;
  /** The main person: permits are judged on them. */
  readonly subject: P;
  /** Others the record names (conflict is judged on them too). Being named opposes nobody. */
  readonly names: readonly P[];
  /** Persons from work with whom the content comes. For an adult service's own record: the adult worked with. */
  readonly fromWorkWith: readonly P[];
  readonly category: Category;
  readonly kind: RecordKind;
  readonly confidentiality: Confidentiality;
  /** Keys (see `addressKey`) of the addresses the record holds, whoever lives there. */
  readonly addresses: readonly string[];
  /** The source's own id of the worker who wrote it, when known. */
  readonly author?: string;
  /** The agency that made the referral, for REFERRAL and REFERRAL_DECISION records, when it is one of ours. */
  readonly referredBy?: string;
  /** The source's episode of work that the record belongs to; standing judgements are made on an episode. */
  readonly episode?: string;
  /** Whether it states a fact, an opinion or what somebody reported, where its source says so. */
  readonly nature?: Nature;
  /** When the record came to be, for "latest" and for what belonged to an episode as of its exit. */
  readonly at?: IsoDate | IsoInstant;
}

export type ContentValue =
  | string
  | number
  | boolean
  | null
  | readonly ContentValue[]
  | { readonly [k: string]: ContentValue };

/** A record as its source gave it. `content` is keyed by SDL field name; only allow-listed fields ever leave. */
export interface SourceRecord<P = LocalId> {
  readonly label: RecordLabel<P>;
  readonly content: { readonly [field: string]: ContentValue };
  /** Fields of the content that point at persons (`{ other: 'local-id' }`); an SDL field of that name yields a Person. */
  readonly persons?: { readonly [field: string]: P | readonly P[] };
}

/** A key by which two addresses are the same place: UPRN if known, else postcode and house, lower-cased, no spaces. */
export function addressKey(address: {
  uprn?: string | null;
  postcode?: string | null;
  house?: string | null;
}): string | undefined {
  const squash = (s: string) => s.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (address.uprn) return `uprn:${squash(address.uprn)}`;
  if (address.postcode && address.house) return `pc:${squash(address.postcode)}/${squash(address.house)}`;
  return undefined;
}
