/** Everything an officer may ask of the log, for one operation. */
import type { LogState, Search } from '../../audit/index/search.js';
import type { Sampling } from '../../audit/sampling.js';
import { textsIn } from '../../disclosure/policies.js';
import type { Protocol } from '../../domain/protocol.js';
import type { Directory } from '../../people/directory.js';
import type { LawfulGateways } from '../../registers/lawful-gateways.js';
import type { Listing } from '../../registers/listing.js';
import type { SavedRegister } from '../../registers/saved-questions.js';
import type { Drafts } from '../../sharing/drafts.js';
import { type AboutPerson, aboutPerson } from './about-person.js';
import { type AskingParts, openAsking } from './asking.js';
import { type Counts, openCounts } from './counts.js';
import { type AuditedEmergency, type EmergencyState, emergencies } from './emergencies.js';
import type { Days, OperationsPage, PlacedPage } from './finding.js';
import type { Listed, ListedPage } from './listed.js';
import { type Marked, type MarkedOperation, type MarkedQuestion, markedOperations } from './marked.js';
import { auditedOperations, type OperationsFilter } from './operations.js';
import { type OverriddenRefusal, overriddenRefusals } from './overridden.js';
import {
  type AuditedVersion,
  type LetThrough,
  letThrough,
  type PastDecides,
  type PolicyChange,
  type PolicyVersions,
  policyChanges,
  policyVersions,
} from './policy-changes.js';
import { type Received, received } from './received.js';
import {
  type AuditedGrant,
  type AuditedRelevanceRequest,
  awaitingApproval,
  grants,
  type RelevanceState,
  relevanceRequests,
  type WaitingException,
} from './requests.js';
import { type RestingOn, restingOn } from './resting-on.js';
import { type MonthlySample, monthlySample } from './sample.js';
import { openSavedQuestions, type SavedFilter, type SavedQuestion, type SavedQuestions } from './saved.js';
import { sentencesAbout, type ToldOperation } from './sentences.js';
import { type AuditedSharingRequest, type SharingRequestState, sharingRequests } from './sharing-requests.js';

type Operations = Promise<OperationsPage>;

/** Each throws NotPermitted as `AskingAudit.ask` says; pages show the latest first. */
export interface AuditQuestions {
  /** How far the log, its tree and its index are: what an answer stands on. */
  state(): Promise<LogState>;
  operations(filter: OperationsFilter, page: PlacedPage): Operations;
  /** Over time, for a chart. */
  readonly counts: Counts;
  aboutPerson(ask: AboutPerson, page: PlacedPage): Operations;
  sentences(
    ask: Days & { readonly person: string },
    page: PlacedPage,
  ): Promise<{ readonly items: readonly ToldOperation[]; readonly isMore: boolean }>;
  received(ask: Received, page: PlacedPage): Operations;
  restingOn(ask: RestingOn, page: PlacedPage, question?: 'recall'): Operations;
  emergencies(state: EmergencyState | null, page: ListedPage): Promise<Listed<AuditedEmergency>>;
  overriddenRefusals(
    days: Days,
    page: PlacedPage,
  ): Promise<{ readonly items: readonly OverriddenRefusal[]; readonly isMore: boolean }>;
  /** Questions 6 to 9 and 11. */
  marked(
    question: MarkedQuestion,
    ask: Marked,
    page: PlacedPage,
  ): Promise<{ readonly items: readonly MarkedOperation[]; readonly isMore: boolean }>;
  sharingRequests(state: SharingRequestState | null, page: ListedPage): Promise<Listed<AuditedSharingRequest>>;
  relevanceRequests(state: RelevanceState | null, page: PlacedPage): Promise<Listed<AuditedRelevanceRequest>>;
  awaitingApproval(page: ListedPage): Promise<Listed<WaitingException>>;
  grants(page: ListedPage): Promise<Listed<AuditedGrant>>;
  sample(month: string, size: number): Promise<MonthlySample>;
  policyVersions(): Promise<readonly AuditedVersion[]>;
  policyChanges(days: Days): Promise<readonly PolicyChange[]>;
  letThrough(ask: { readonly from: string; readonly to: string } & Days, page: PlacedPage): Promise<LetThrough>;
  readonly saved: SavedQuestions;
  /** Asks a saved question again. */
  run(id: string, page: PlacedPage): Operations;
}

/** What the questions are asked of, beside the search. */
export interface AuditBooks {
  readonly sampling: Sampling;
  readonly savedRegister: SavedRegister;
  readonly listing: Listing;
  /** What a version of the policies stated; undefined where it decided before any were kept. */
  readonly stated: (version: string) => Promise<string | undefined>;
  readonly pastDecides: PastDecides;
}

export interface AuditQuestionParts extends AskingParts {
  readonly search: Search;
  readonly books: AuditBooks;
  readonly directory: Directory;
  readonly gateways: LawfulGateways;
  readonly protocol: Protocol;
  readonly newId: () => string;
  readonly draft: Drafts['draft'];
}

export function openAuditQuestions(given: AuditQuestionParts): AuditQuestions {
  const { search, operation, books } = given;
  const { requester, agencies, at } = operation;
  const asking = openAsking(given);
  const versions: PolicyVersions = {
    async read(version) {
      const stated = await books.stated(version);
      return stated === undefined ? undefined : textsIn(stated);
    },
  };
  const parts = { ...given, ...books, versions, asking, agencies, at, agency: requester.agency };
  const saved = openSavedQuestions({ ...parts, worker: requester.worker });
  const ask: Pick<AuditQuestions, 'operations' | 'aboutPerson' | 'received' | 'restingOn'> = {
    operations: (filter, page) => auditedOperations(parts, filter, page),
    aboutPerson: (about, page) => aboutPerson(parts, about, page),
    received: (by, page) => received(parts, by, page),
    restingOn: (ground, page, question) => restingOn(parts, ground, page, question),
  };
  return {
    ...ask,
    async state() {
      await asking.ask('state');
      return search.state();
    },
    sentences: (about, page) => sentencesAbout(parts, about, page),
    emergencies: (state, page) => emergencies(parts, state, page),
    overriddenRefusals: (days, page) => overriddenRefusals(parts, days, page),
    marked: (question, by, page) => markedOperations(parts, question, by, page),
    sharingRequests: (state, page) => sharingRequests(parts, state, page),
    relevanceRequests: (state, page) => relevanceRequests(parts, state, page),
    awaitingApproval: (page) => awaitingApproval(parts, page),
    grants: (page) => grants(parts, page),
    sample: (month, size) => monthlySample(parts, month, size),
    counts: openCounts(parts),
    policyVersions: () => policyVersions(parts),
    policyChanges: (days) => policyChanges(parts, days),
    letThrough: (change, page) => letThrough(parts, change, page),
    saved,
    async run(id, page) {
      return runSaved(ask, await saved.toRun(id), page);
    },
  };
}

/** As it was validated when it was saved. */
function runSaved(
  ask: Pick<AuditQuestions, 'operations' | 'aboutPerson' | 'received' | 'restingOn'>,
  { question, filter }: SavedQuestion,
  page: PlacedPage,
): Operations {
  if (question === 'ABOUT_PERSON') return ask.aboutPerson(filter as SavedFilter<'ABOUT_PERSON'>, page);
  if (question === 'RECEIVED') return ask.received(filter as SavedFilter<'RECEIVED'>, page);
  if (question === 'RESTING_ON') return ask.restingOn(filter as SavedFilter<'RESTING_ON'>, page);
  return ask.operations(filter as SavedFilter<'OPERATIONS'>, page);
}
