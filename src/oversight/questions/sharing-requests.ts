/**
 * Question 10, of the agencies' requests to each other: who asked whom about whom, what was answered and why, how long it took to answer
 * and to share, what is overdue, what climbed the ladder. What people wrote in one is told to the officers of the agency whose
 * words they are, and of that the reasons alone: why it was asked, and what was contributed, is content.
 */
import type { Search } from '../../audit/index/search.js';
import type { Protocol } from '../../domain/protocol.js';
import type { Agency } from '../../domain/requester.js';
import type { AgencyId, IsoInstant, PersonId } from '../../domain/words.js';
import type { Listing } from '../../registers/listing.js';
import type { RecordedRequest } from '../../registers/sharing-request.js';
import { type RequestStanding, requestLadder, standingOf } from '../../sharing/request-state.js';
import type { AskingAudit } from './asking.js';
import { type Listed, type ListedPage, listSeen, placeOf } from './listed.js';

/** How a request stands, or what may be said of it whatever its state. */
export const SHARING_REQUEST_STATES = [
  'OPEN',
  'OVERDUE',
  'ESCALATED',
  'APPROVED',
  'APPROVED_IN_PART',
  'REFUSED',
  'CONTRIBUTED',
  'WITHDRAWN',
] as const;
export type SharingRequestState = (typeof SHARING_REQUEST_STATES)[number];

export interface AuditedSharingRequest
  extends Pick<RecordedRequest, 'worker' | 'role' | 'categories' | 'purpose' | 'urgency' | 'until'>,
    Pick<RequestStanding, 'state' | 'dueBy' | 'isOverdue' | 'isEscalated'> {
  /** Its place in the list. */
  readonly id: string;
  readonly request: string;
  readonly holder: Agency | null;
  readonly agency: Agency | null;
  readonly about: readonly PersonId[];
  readonly askedAt: IsoInstant;
  /** The office of the rung it stands on, or was answered on. */
  readonly office: string;
  readonly level: RequestStanding['rung']['level'];
  readonly answers: readonly AuditedAnswer[];
  /** Of the answer that stands; null while none does. */
  readonly minutesToAnswer: number | null;
  /** When something was first released by what was approved or contributed: where the time to share ends. */
  firstReleasedAt(): Promise<IsoInstant | null>;
}

export interface AuditedAnswer {
  readonly answer: string;
  readonly ground: string | null;
  /** Told to the officers of the holder. */
  readonly reasons: string | null;
  readonly office: string;
  readonly at: IsoInstant;
  readonly by: string;
  readonly grant: string | null;
  readonly isDisputed: boolean;
}

export interface SharingRequestsParts {
  readonly asking: AskingAudit;
  readonly listing: Pick<Listing, 'sharingRequests'>;
  readonly search: Pick<Search, 'earliest' | 'at'>;
  readonly protocol: Pick<Protocol, 'timescales' | 'escalation'>;
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  readonly at: IsoInstant;
  /** The officer's own. */
  readonly agency: AgencyId;
}

/** A page, the latest first. Throws NotPermitted as `AskingAudit.ask`. */
export async function sharingRequests(
  parts: SharingRequestsParts,
  state: SharingRequestState | null,
  page: ListedPage,
): Promise<Listed<AuditedSharingRequest>> {
  const { asking, listing } = parts;
  await asking.ask('sharingRequests', [], state ? [state] : []);
  const { items, isMore } = await listSeen(
    asking,
    page,
    (wanted) => listing.sharingRequests(wanted),
    ({ subjects }) => subjects,
    (request) => state === null || isIn(state, standing(parts, request)),
  );
  return { items: items.map((request) => audited(parts, request)), isMore };
}

function isIn(state: SharingRequestState, { state: is, isOverdue, isEscalated }: RequestStanding): boolean {
  if (state === 'OVERDUE') return is === 'OPEN' && isOverdue;
  return state === 'ESCALATED' ? isEscalated : is === state;
}

function standing({ protocol, at }: SharingRequestsParts, request: RecordedRequest): RequestStanding {
  return standingOf(request, { timescales: protocol.timescales, ladder: requestLadder(protocol.escalation), at });
}

function audited(parts: SharingRequestsParts, request: RecordedRequest): AuditedSharingRequest {
  const { agencies, agency: own, search } = parts;
  const { state, dueBy, isOverdue, isEscalated, rung, answeredOn } = standing(parts, request);
  const { worker, role, categories, purpose, urgency, until, holder, subjects, recordedAt, answers } = request;
  const last = state === 'OPEN' || state === 'WITHDRAWN' ? undefined : answers.at(-1);
  return {
    id: placeOf(request),
    request: request.id,
    worker,
    role,
    categories,
    purpose,
    urgency,
    until,
    state,
    dueBy,
    isOverdue,
    isEscalated,
    holder: agencies.get(holder) ?? null,
    agency: agencies.get(request.agency) ?? null,
    about: subjects,
    askedAt: recordedAt,
    office: rung.office,
    level: rung.level,
    answers: answers.map(({ answer, ground, reasons, at, answeredBy, grant, disputed }, i) => ({
      answer,
      ground: ground ?? null,
      reasons: holder === own ? reasons : null,
      office: answeredOn[i]?.office ?? rung.office,
      at,
      by: answeredBy,
      grant: grant ?? null,
      isDisputed: disputed !== undefined,
    })),
    minutesToAnswer: last ? minutesBetween(recordedAt, last.at) : null,
    async firstReleasedAt() {
      const grants = answers.flatMap(({ grant }) => grant ?? []);
      const places = await Promise.all(grants.map((name) => search.earliest([{ kind: 'evidence', name }])));
      const found = places.filter((place) => place !== undefined);
      const [entry] = found.length === 0 ? [] : await search.at([Math.min(...found)]);
      return entry?.body.at ?? null;
    },
  };
}

/** Whole minutes. */
export function minutesBetween(from: IsoInstant, until: IsoInstant): number {
  return Math.floor((Date.parse(until) - Date.parse(from)) / 60_000);
}
