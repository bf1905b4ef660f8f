/** Resolvers of the questions that have a name: they cut pages and translate ids. */
import type { AboutPerson } from '../oversight/questions/about-person.js';
import type { AuditedEmergency, EmergencyState } from '../oversight/questions/emergencies.js';
import type { Evidence } from '../oversight/questions/evidence.js';
import type { Days, OperationsPage } from '../oversight/questions/finding.js';
import type { ListedPage } from '../oversight/questions/listed.js';
import { MARKED_QUESTIONS, type Marked, type MarkedQuestion } from '../oversight/questions/marked.js';
import type { PolicyChange } from '../oversight/questions/policy-changes.js';
import type { Received } from '../oversight/questions/received.js';
import type {
  AuditedGrant,
  AuditedRelevanceRequest,
  RelevanceState,
  WaitingException,
} from '../oversight/questions/requests.js';
import { type Recalled, type RestingOn, recallOf } from '../oversight/questions/resting-on.js';
import type { MonthlySample } from '../oversight/questions/sample.js';
import type { SavedKind, SavedQuestion } from '../oversight/questions/saved.js';
import {
  type AuditedSharingRequest,
  minutesBetween,
  type SharingRequestState,
} from '../oversight/questions/sharing-requests.js';
import type { PageArguments, Pages } from './connection.js';
import type { GraphContext } from './context.js';
import { missed } from './errors.js';
import type { Limits } from './limits.js';
import { personIdOf, personOf } from './node-id.js';

type Paged<A> = A & PageArguments;

/** A page of what is kept in the order of the tree: a cursor is a place in it. */
export function placedPage(pages: Pages, limits: Limits, page: PageArguments) {
  const { size, afterId } = pages.wanted(page, limits.records);
  const before = afterId === undefined ? undefined : Number(afterId);
  if (before !== undefined && !Number.isSafeInteger(before)) throw missed('CURSOR');
  return { limit: size, ...(before === undefined ? {} : { before }) };
}

export function auditNamedResolvers(pages: Pages, limits: Limits) {
  const placed = (page: PageArguments) => placedPage(pages, limits, page);
  const listed = (page: PageArguments): ListedPage => {
    const { size, afterId } = pages.wanted(page, limits.records);
    if (afterId !== undefined && !PLACE.test(afterId)) throw missed('CURSOR');
    return { limit: size, ...(afterId === undefined ? {} : { after: afterId }) };
  };
  const ofOperations = ({ operations, isMore }: OperationsPage, page: PageArguments) =>
    pages.made(operations, Boolean(page.after), isMore);
  const ofItems = <T extends { readonly id: string }>(
    { items, isMore }: { readonly items: readonly T[]; readonly isMore: boolean },
    page: PageArguments,
  ) => pages.made(items, Boolean(page.after), isMore);

  const marked =
    (question: MarkedQuestion) =>
    async (_: unknown, ask: Paged<Marked>, { auditQuestions }: GraphContext) =>
      ofItems(await auditQuestions.marked(question, ask, placed(ask)), ask);
  /** What a change let through. */
  const passed = async (
    { from, to }: Pick<PolicyChange, 'from' | 'to'>,
    ask: Paged<Days>,
    { auditQuestions }: GraphContext,
  ) => {
    const days = { since: ask.since ?? null, until: ask.until ?? null };
    const found = await auditQuestions.letThrough({ from, to, ...days }, placed(ask));
    return pages.made(found.operations, Boolean(ask.after), found.isMore, found.lookedUntil);
  };

  return {
    Audit: {
      ...Object.fromEntries(
        (Object.keys(MARKED_QUESTIONS) as MarkedQuestion[]).map((question) => [question, marked(question)]),
      ),
      aboutPerson: async (_: unknown, ask: Paged<AboutPerson>, { auditQuestions }: GraphContext) =>
        ofOperations(await auditQuestions.aboutPerson({ ...ask, person: personOf(ask.person) }, placed(ask)), ask),
      sentences: async (_: unknown, ask: Paged<Days & { person: string }>, { auditQuestions }: GraphContext) =>
        ofItems(await auditQuestions.sentences({ ...ask, person: personOf(ask.person) }, placed(ask)), ask),
      received: async (_: unknown, ask: Paged<Received>, { auditQuestions }: GraphContext) =>
        ofOperations(await auditQuestions.received(ask, placed(ask)), ask),
      restingOn: async (_: unknown, ask: Paged<RestingOn>, { auditQuestions }: GraphContext) =>
        ofOperations(await auditQuestions.restingOn(ask, placed(ask)), ask),
      recall: async (_: unknown, ask: Paged<RestingOn>, { auditQuestions }: GraphContext) => {
        const found = await auditQuestions.restingOn(ask, placed(ask), 'recall');
        return { recipients: recallOf(found.operations), pageInfo: ofOperations(found, ask).pageInfo };
      },
      emergencies: async (
        _: unknown,
        ask: Paged<{ readonly state?: EmergencyState | null }>,
        { auditQuestions }: GraphContext,
      ) => ofItems(await auditQuestions.emergencies(ask.state ?? null, listed(ask)), ask),
      overriddenRefusals: async (_: unknown, ask: Paged<Days>, { auditQuestions }: GraphContext) =>
        ofItems(await auditQuestions.overriddenRefusals(ask, placed(ask)), ask),
      sharingRequests: async (
        _: unknown,
        ask: Paged<{ readonly state?: SharingRequestState | null }>,
        { auditQuestions }: GraphContext,
      ) => ofItems(await auditQuestions.sharingRequests(ask.state ?? null, listed(ask)), ask),
      relevanceRequests: async (
        _: unknown,
        ask: Paged<{ readonly state?: RelevanceState | null }>,
        { auditQuestions }: GraphContext,
      ) => ofItems(await auditQuestions.relevanceRequests(ask.state ?? null, placed(ask)), ask),
      awaitingApproval: async (_: unknown, ask: PageArguments, { auditQuestions }: GraphContext) =>
        ofItems(await auditQuestions.awaitingApproval(listed(ask)), ask),
      grants: async (_: unknown, ask: PageArguments, { auditQuestions }: GraphContext) =>
        ofItems(await auditQuestions.grants(listed(ask)), ask),
      sample: (_: unknown, { month, size }: { month: string; size: number }, { auditQuestions }: GraphContext) =>
        auditQuestions.sample(month, size),
      policyVersions: (_: unknown, __: unknown, { auditQuestions }: GraphContext) => auditQuestions.policyVersions(),
      policyChanges: (_: unknown, days: Days, { auditQuestions }: GraphContext) => auditQuestions.policyChanges(days),
      letThrough: (_: unknown, ask: Paged<Days & Pick<PolicyChange, 'from' | 'to'>>, context: GraphContext) =>
        passed(ask, ask, context),
      savedQuestions: (_: unknown, __: unknown, { auditQuestions }: GraphContext) => auditQuestions.saved.list(),
      run: async (_: unknown, ask: Paged<{ readonly id: string }>, { auditQuestions }: GraphContext) =>
        ofOperations(await auditQuestions.run(ask.id, placed(ask)), ask),
    },
    Mutation: {
      saveAuditQuestion: (
        _: unknown,
        { name, question, filter }: { name: string; question: SavedKind; filter: string },
        { auditQuestions }: GraphContext,
      ) => auditQuestions.saved.save(name, question, readFilter(filter)),
      deleteAuditQuestion: (_: unknown, { id }: { id: string }, { auditQuestions }: GraphContext) =>
        auditQuestions.saved.delete(id),
    },
    Recalled: { person: ({ person }: Recalled) => personIdOf(person) },
    AuditedEmergency: {
      id: ({ emergency }: AuditedEmergency) => emergency,
      person: ({ person }: AuditedEmergency) => personIdOf(person),
      openedBy: ({ worker }: AuditedEmergency) => worker,
      released: async ({ emergency }: AuditedEmergency, ask: PageArguments, { auditQuestions }: GraphContext) =>
        ofOperations(await auditQuestions.restingOn({ ground: 'EMERGENCY', id: emergency }, placed(ask)), ask),
    },
    Evidence: { about: ({ about }: Evidence) => about.map(personIdOf) },
    AuditedSharingRequest: {
      id: ({ request }: AuditedSharingRequest) => request,
      askedBy: ({ worker }: AuditedSharingRequest) => worker,
      about: ({ about }: AuditedSharingRequest) => about.map(personIdOf),
      firstReleasedAt: (request: AuditedSharingRequest) => request.firstReleasedAt(),
      minutesToShare: async (request: AuditedSharingRequest) => {
        const releasedAt = await request.firstReleasedAt();
        return releasedAt === null ? null : minutesBetween(request.askedAt, releasedAt);
      },
    },
    AuditedRelevanceRequest: {
      recordType: ({ type }: AuditedRelevanceRequest) => type,
      judgedAt: ({ judgement }: AuditedRelevanceRequest) => judgement?.judgedAt ?? null,
      judgedBy: ({ judgement }: AuditedRelevanceRequest) => judgement?.judgedBy ?? null,
      decision: ({ judgement }: AuditedRelevanceRequest) => judgement?.decision ?? null,
      factor: ({ judgement }: AuditedRelevanceRequest) => judgement?.factor ?? null,
      firstReleasedAt: (request: AuditedRelevanceRequest) => request.firstReleasedAt(),
    },
    WaitingException: {
      id: ({ exception }: WaitingException) => exception,
      about: ({ about }: WaitingException) => about.map(personIdOf),
    },
    AuditedGrant: {
      id: ({ grant }: AuditedGrant) => grant,
      about: ({ about }: AuditedGrant) => about.map(personIdOf),
    },
    AuditSample: {
      checkpointSize: ({ checkpoint }: MonthlySample) => checkpoint.size,
      checkpointRoot: ({ checkpoint }: MonthlySample) => checkpoint.root,
      checkpointAt: ({ checkpoint }: MonthlySample) => checkpoint.at,
    },
    PolicyChange: {
      letThrough: (change: PolicyChange, ask: Paged<Days>, context: GraphContext) =>
        change.isComparable ? passed(change, ask, context) : null,
    },
    SavedQuestion: {
      filter: ({ filter }: SavedQuestion) =>
        JSON.stringify('person' in filter && filter.person ? { ...filter, person: personIdOf(filter.person) } : filter),
    },
  };
}

/** As `placeOf` writes it: a cursor of another list is none of this one. */
const PLACE = /^\d{4}-\d\d-\d\dT[\d:.]+Z ./;
const LONGEST_FILTER = 4_000;

/** A filter as it is asked: people are node ids. What is no JSON object fits no filter. Hostile input. */
function readFilter(text: string): unknown {
  if (text.length > LONGEST_FILTER) throw missed('FILTER');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw missed('FILTER');
  }
  if (given === null || typeof given !== 'object' || Array.isArray(given)) throw missed('FILTER');
  const { person, ...rest } = given as { readonly person?: unknown };
  return typeof person === 'string' ? { ...rest, person: personOf(person) } : given;
}
