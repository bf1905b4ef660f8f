/**
 * Resolvers ask the operation's reader, and nothing else. What they return is Released, or made of Released: one that returned a
 * sealed or a bare record would not compile (`disclosure/released-only.ts`).
 */
import type { Released, ShownRecord } from '../disclosure/released.js';
import type { RecordType } from '../domain/records.js';
import type { PersonId } from '../domain/words.js';
import { householdsOf } from '../reader/households.js';
import type { Listing } from '../reader/listing.js';
import type { ShownPerson } from '../reader/person.js';
import type { Foreseen, Reader } from '../reader/reader.js';
import { personsOf, type ShownFamily } from '../reader/shown-family.js';
import { agencyOf } from '../reader/statuses.js';
import type { ConsentDraft } from '../sharing/consents.js';
import type { ExceptionDraft } from '../sharing/exceptions.js';
import { auditProofs } from './audit-proofs.js';
import { NOTICE, type PageArguments, type Pages } from './connection.js';
import { consentResolvers } from './consent-resolvers.js';
import type { GraphContext } from './context.js';
import { EMERGENCY_FIELDS, EMERGENCY_MUTATIONS, EMERGENCY_QUERIES } from './emergency-resolvers.js';
import { missed } from './errors.js';
import { FAMILY_VIEW } from './family-view.js';
import type { Lists } from './foresight.js';
import type { Limits } from './limits.js';
import { personOf, readNodeId } from './node-id.js';
import { relevanceResolvers } from './relevance.js';
import { requestResolvers } from './request-resolvers.js';
import { REVIEWS } from './review-resolvers.js';
import { dateScalar, dateTimeScalar } from './scalars.js';

/** The only records that resolvers can hold. */
type Shown = Released<ShownRecord>;
type Found = Listing<Shown> | Promise<Listing<Shown>>;
/** What graphql-jit adds to a field that yields families (`foresight.ts`). */
interface Foreseeing {
  readonly foreseen: Foreseen;
}

interface LinkDecision {
  readonly id: string;
  readonly reason: string;
}

const ADULT_WORK: readonly RecordType[] = ['SubstanceMisuseRecord', 'MentalHealthRecord', 'DomesticAbuseRecord'];

/** Lists of a person's records: SDL field → record types. */
const OF_ANYBODY = {
  relationships: ['Relationship'],
  involvements: ['Involvement'],
  disabilities: ['Disability'],
  immigrationStatuses: ['ImmigrationStatus'],
  careLeaving: ['CareLeaver'],
} as const;
const OF_CHILD = {
  ...OF_ANYBODY,
  statuses: ['ChildStatus'],
  contacts: ['Contact'],
  referrals: ['Referral'],
  referralDecisions: ['ReferralDecision'],
  assessments: ['Assessment'],
  s47Enquiries: ['S47Enquiry'],
  conferences: ['Conference'],
  childInNeedPlans: ['ChildInNeedPlan'],
  childProtectionPlans: ['ChildProtectionPlan'],
  lookedAfterPlans: ['LookedAfterPlan'],
  planReviews: ['PlanReview'],
  visits: ['Visit'],
  legalStatuses: ['LegalStatus'],
  placements: ['Placement'],
  carePlans: ['CarePlan'],
  sdqScores: ['SdqScore'],
  missingEpisodes: ['MissingEpisode'],
  healthChecks: ['HealthCheck'],
  substanceUse: ['SubstanceUse'],
  convictions: ['Conviction'],
  previousPermanence: ['PreviousPermanence'],
  permanence: ['Permanence'],
  preProceedings: ['PreProceedings'],
  earlyHelpEpisodes: ['EarlyHelpEpisode'],
  earlyHelpAssessments: ['EarlyHelpAssessment'],
  supportPlans: ['SupportPlan'],
  supportOutcomes: ['SupportOutcome'],
} as const;
const OF_ADULT = { ...OF_ANYBODY, parentingAssessments: ['ParentingAssessment'], adultWork: ADULT_WORK } as const;

/** Fields of records that point at a person: SDL type → fields. */
const PERSON_FIELDS: { readonly [type: string]: readonly string[] } = {
  FamilyMember: ['person'],
  Relationship: ['person', 'other'],
  Involvement: ['person'],
  Disability: ['person'],
  ImmigrationStatus: ['person'],
  CareLeaver: ['person'],
  ...Object.fromEntries(
    [
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
      'HealthCheck',
      'SubstanceUse',
      'Conviction',
      'PreviousPermanence',
      'Permanence',
      'PreProceedings',
      'EarlyHelpAssessment',
      'SupportPlan',
      'SupportOutcome',
    ].map((type) => [type, ['child']]),
  ),
  ParentingAssessment: ['parent'],
  MonthlySummary: ['about'],
  RagRating: ['child', 'parent'],
  Contribution: ['about'],
  ...Object.fromEntries(ADULT_WORK.map((type) => [type, ['adult']])),
};

/** Fields of records that point at several persons. */
const PERSONS_FIELDS: { readonly [type: string]: readonly string[] } = {
  DomesticAbuseRecord: ['victims', 'allegedPerpetrators', 'children', 'others'],
};

const OF_WORKBOOK = {
  parentingAssessments: ['ParentingAssessment'],
  monthlySummaries: ['MonthlySummary'],
  ragRatings: ['RagRating'],
  supervisions: ['Supervision'],
} as const;

/** What a family is made of. */
const OF_FAMILY: readonly RecordType[] = ['FamilyMember', 'PersonDetails'];

/** Every field that lists records of persons, by its type. */
export const LISTS: Lists = { Child: OF_CHILD, Adult: OF_ADULT, Workbook: OF_WORKBOOK };

export function createResolvers(pages: Pages, limits: Limits) {
  const relevance = relevanceResolvers(pages, limits);
  const requests = requestResolvers(pages, limits);
  /** A page of a list: at once where the reader has it already. */
  function page(found: Found, args: PageArguments) {
    return found instanceof Promise ? found.then((listing) => pageOf(listing, args)) : pageOf(found, args);
  }

  function pageOf(listing: Listing<Shown>, args: PageArguments) {
    return pages.cut(listing.items, args, limits.records, {
      withheld: listing.withheld,
      sources: listing.sources,
      notice: NOTICE,
    });
  }

  function lists(fields: { readonly [field: string]: readonly RecordType[] }) {
    return Object.fromEntries(
      Object.entries(fields).map(([field, types]) => [
        field,
        (person: ShownPerson, args: PageArguments, { operation }: GraphContext) =>
          page(operation.reader.records(types, person.personId), args),
      ]),
    );
  }

  const personField =
    (field: string) =>
    (record: Shown, _: unknown, { operation }: GraphContext) => {
      const person = record[field];
      return typeof person === 'string' ? operation.reader.person(person) : null;
    };

  /** Those of them who may be shown; null where the record does not say. */
  const personsField =
    (field: string) =>
    async (record: Shown, _: unknown, { operation }: GraphContext) => {
      const persons = record[field];
      return Array.isArray(persons) ? shownAmong(operation.reader, persons) : null;
    };

  return {
    Date: dateScalar,
    DateTime: dateTimeScalar,
    ...EMERGENCY_FIELDS,
    Query: {
      ...EMERGENCY_QUERIES,
      ...auditProofs,
      me: (_: unknown, __: unknown, { operation: { requester, agencies } }: GraphContext) => ({
        worker: requester.worker,
        name: requester.name,
        role: requester.role,
        agency: agencyOf(agencies, requester.agency),
      }),
      agencies: (_: unknown, __: unknown, { operation: { agencies } }: GraphContext) =>
        [...agencies.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      family: async (
        _: unknown,
        { id }: { id: string },
        { operation: { families, reader } }: GraphContext,
        { foreseen }: Foreseeing,
      ) => {
        const ref = readNodeId(id);
        const family = ref?.kind === 'Family' ? await families.byId(ref.member, ref.family) : null;
        if (family) await reader.readAhead([family], foreseen);
        return family;
      },
      families: async (
        _: unknown,
        { filter, ...args }: PageArguments & { filter?: { scope?: 'MINE' | 'TEAM' | null } | null },
        { operation: { families, reader, statuses } }: GraphContext,
        { foreseen }: Foreseeing,
      ) => {
        const shown = await families.workedWith(filter?.scope ?? undefined);
        const page = pages.cut(shown, args, limits.families, { sources: statuses.all(), notice: NOTICE });
        await reader.readAhead(page.nodes, foreseen);
        return page;
      },
      person: (_: unknown, { id }: { id: string }, { operation }: GraphContext) =>
        operation.reader.person(personOf(id)),
      findPerson: async (
        _: unknown,
        ask: { forename?: string; surname?: string; dateOfBirth?: string; nhsNumber?: string },
        { operation, drafts }: GraphContext,
      ) => {
        const given = Object.fromEntries(
          Object.entries(ask).filter(([, value]) => typeof value === 'string' && value.trim() !== ''),
        );
        const fields = Object.keys(given);
        if (!given['nhsNumber'] && fields.length < 2) {
          drafts.searched({ fields, found: 0, shown: 0, persons: [] });
          throw missed('FIND_BY');
        }
        const { items, sources, matched } = await operation.findPersons(given);
        drafts.searched({ fields, found: matched.length, shown: items.length, persons: matched });
        return { persons: items, sources, notice: NOTICE };
      },
      node: (_: unknown, { id }: { id: string }, { operation: { families, reader } }: GraphContext) => {
        const ref = readNodeId(id);
        if (ref?.kind === 'Person') return reader.person(ref.person);
        if (ref?.kind === 'Family') return families.byId(ref.member, ref.family);
        return ref ? reader.recordById(ref.type, ref.source, ref.localId) : null;
      },
      ...consentResolvers.Query,
      exceptions: (_: unknown, { person }: { person: string }, { statements }: GraphContext) =>
        statements.exceptionsOf(personOf(person)),
      judgements: (_: unknown, { person }: { person: string }, { statements }: GraphContext) =>
        statements.judgementsOf(personOf(person)),
      ...FAMILY_VIEW.Query,
      ...relevance.Query,
      ...REVIEWS.Query,
      ...requests.Query,
      personLinks: async (
        _: unknown,
        { state, ...args }: PageArguments & { state?: 'REVIEW' | 'CONFIRMED' | 'REJECTED' | null },
        { links }: GraphContext,
      ) => pages.cut(await links.list(state ?? 'REVIEW'), args, limits.records, { notice: NOTICE }),
    },
    Mutation: {
      ...EMERGENCY_MUTATIONS,
      recordConsent: (_: unknown, { input }: { input: ConsentDraft }, { consents }: GraphContext) =>
        consents.record({ ...input, subject: personOf(input.subject), givenBy: personOf(input.givenBy) }),
      ...consentResolvers.Mutation,
      recordConsentNotRequired: (_: unknown, { input }: { input: ExceptionDraft }, { exceptions }: GraphContext) =>
        exceptions.record({ ...input, subjects: input.subjects.map(personOf) }),
      ...relevance.Mutation,
      ...REVIEWS.Mutation,
      ...requests.Mutation,
      confirmPersonLink: (_: unknown, { id, reason }: LinkDecision, { links }: GraphContext) =>
        links.decide(id, 'CONFIRMED', reason),
      rejectPersonLink: (_: unknown, { id, reason }: LinkDecision, { links }: GraphContext) =>
        links.decide(id, 'REJECTED', reason),
      undoPersonLink: (_: unknown, { id, reason }: LinkDecision, { links }: GraphContext) => links.undo(id, reason),
      separateOwnRecord: (
        _: unknown,
        { person, source, reason }: { person: string; source: string; reason: string },
        { links }: GraphContext,
      ) => links.separate(personOf(person), source, reason),
    },
    FamilyView: FAMILY_VIEW.FamilyView,
    RelevanceJudgement: Object.fromEntries(
      (['servesChild', 'servesAdult'] as const).map((field) => [
        field,
        (
          judgement: { readonly servesChild?: string; readonly servesAdult?: string },
          _: unknown,
          context: GraphContext,
        ) => {
          const person = judgement[field];
          return person === undefined ? null : context.operation.reader.person(person);
        },
      ]),
    ),
    Allegation: REVIEWS.Allegation,
    ...requests.fields,
    Consent: consentResolvers.Consent,
    Withdrawal: consentResolvers.Withdrawal,
    Child: lists(OF_CHILD),
    Adult: lists(OF_ADULT),
    Family: {
      households: async ({ members }: ShownFamily, _: unknown, { operation: { reader, at } }: GraphContext) =>
        householdsOf(await shownAmong(reader, personsOf(members)), at.slice(0, 10)),
      workbook: (family: ShownFamily) => family,
      sources: (_: ShownFamily, __: unknown, { operation }: GraphContext) => operation.statuses.of(OF_FAMILY),
    },
    Workbook: {
      children: (family: ShownFamily, _: unknown, { operation: { reader } }: GraphContext) =>
        shownAmong(reader, personsOf(family.members.filter(({ isChild }) => isChild === true))),
      ...Object.fromEntries(
        Object.entries(OF_WORKBOOK).map(([field, types]) => [
          field,
          (family: ShownFamily, args: PageArguments, { operation: { reader } }: GraphContext) =>
            page(joined(family, types, reader), args),
        ]),
      ),
    },
    ...Object.fromEntries(
      Object.entries(PERSON_FIELDS).map(([type, fields]) => [
        type,
        Object.fromEntries([
          ...fields.map((field) => [field, personField(field)]),
          ...(PERSONS_FIELDS[type] ?? []).map((field) => [field, personsField(field)]),
        ]),
      ]),
    ),
  };
}

/** Those of these persons who may be shown, in their order. */
async function shownAmong(reader: Reader, persons: readonly PersonId[]): Promise<readonly ShownPerson[]> {
  const shown = await Promise.all(persons.map((person) => reader.person(person)));
  return shown.filter((person) => person !== null);
}

/** A workbook list: the records of every member of the workflow (FS-19). */
function joined(family: ShownFamily, types: readonly RecordType[], reader: Reader): Found {
  return reader.recordsOfAll(types, family.included);
}
