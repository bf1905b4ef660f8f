/**
 * Question 10: what was asked for and waits, or waited: records of adult work for which a judgement was asked, exceptions that a
 * manager has yet to approve, grants; what agencies ask each other for stands in `sharing-requests.ts`. Of which record and person a
 * relevance request is, is not told: that it waits is.
 */
import type { Search } from '../../audit/index/search.js';
import type { Protocol } from '../../domain/protocol.js';
import type { Agency } from '../../domain/requester.js';
import type { AgencyId, IsoInstant, PersonId } from '../../domain/words.js';
import type { Grant } from '../../registers/grant.js';
import type { AskedRelevance, Listing } from '../../registers/listing.js';
import type { ExceptionRecord } from '../../registers/statements.js';
import { instantAfter } from '../../sharing/deadline.js';
import type { AskingAudit } from './asking.js';
import type { PlacedPage } from './finding.js';
import { type Listed, type ListedPage, listSeen, placeOf } from './listed.js';

export interface RequestsParts {
  readonly asking: AskingAudit;
  readonly listing: Pick<Listing, 'relevanceAsked' | 'exceptionsAwaiting' | 'grants'>;
  readonly search: Pick<Search, 'earliest' | 'at'>;
  readonly protocol: Pick<Protocol, 'timescales'>;
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  readonly at: IsoInstant;
  /** The officer's own. */
  readonly agency: AgencyId;
}

export const RELEVANCE_STATES = ['OPEN', 'OVERDUE'] as const;
export type RelevanceState = (typeof RELEVANCE_STATES)[number];

/** That an agency asked for a record of another's adult work, and what became of it. */
export interface AuditedRelevanceRequest
  extends Pick<AskedRelevance, 'type' | 'askedAt' | 'askedLastAt' | 'times' | 'judgement'> {
  readonly id: string;
  readonly holder: Agency | null;
  readonly agency: Agency | null;
  /** Routine: the shortest time that nobody asked to shorten. */
  readonly dueBy: IsoInstant | null;
  readonly isOverdue: boolean;
  /** When something that rests on the judgement was first released to an agency that asked: the time to share ends here. */
  firstReleasedAt(): Promise<IsoInstant | null>;
}

export interface WaitingException extends Pick<ExceptionRecord, 'gateway' | 'recordedBy' | 'recordedAt'> {
  readonly id: string;
  readonly exception: string;
  readonly awaits: string;
  readonly about: readonly PersonId[];
}

export interface AuditedGrant
  extends Pick<
    Grant,
    'request' | 'worker' | 'role' | 'categories' | 'purpose' | 'from' | 'until' | 'recordedAt' | 'approvedBy' | 'cites'
  > {
  readonly id: string;
  readonly grant: string;
  readonly holder: Agency | null;
  readonly agency: Agency | null;
  readonly about: readonly PersonId[];
  /** Told to the holder's officers alone: what is approved by name may be locked. */
  readonly recordsByName: number | null;
  readonly endedAt?: IsoInstant;
}

/** The first asked for last. Throws NotPermitted as `AskingAudit.ask`. */
export async function relevanceRequests(
  parts: RequestsParts,
  state: RelevanceState | null,
  { limit, before }: PlacedPage,
): Promise<Listed<AuditedRelevanceRequest>> {
  const { asking, listing } = parts;
  await asking.ask('relevanceRequests', [], state ? [state] : []);
  const items: AuditedRelevanceRequest[] = [];
  let from = before;
  for (;;) {
    const rows = await listing.relevanceAsked(
      { limit: limit + 1, ...(from === undefined ? {} : { after: from }) },
      state !== null,
    );
    items.push(...rows.map((row) => audited(parts, row)).filter(({ isOverdue }) => state !== 'OVERDUE' || isOverdue));
    from = rows.at(-1)?.key;
    if (items.length > limit || from === undefined)
      return { items: items.slice(0, limit), isMore: items.length > limit };
  }
}

function audited(
  { search, protocol, agencies, at }: RequestsParts,
  { key, holder, type, agency, askedAt, askedLastAt, times, judgement }: AskedRelevance,
): AuditedRelevanceRequest {
  const routine = protocol.timescales.REQUEST_ROUTINE;
  const dueBy = routine ? instantAfter(askedAt, routine) : null;
  return {
    id: String(key),
    holder: agencies.get(holder) ?? null,
    type,
    agency: agencies.get(agency) ?? null,
    askedAt,
    askedLastAt,
    times,
    ...(judgement ? { judgement } : {}),
    dueBy,
    isOverdue: dueBy !== null && (judgement?.judgedAt ?? at) > dueBy,
    async firstReleasedAt() {
      if (!judgement) return null;
      const place = await search.earliest([
        { kind: 'evidence', name: judgement.id },
        { kind: 'agency', name: agency },
      ]);
      const [entry] = place === undefined ? [] : await search.at([place]);
      return entry?.body.at ?? null;
    },
  };
}

/** Exceptions that cover nothing until a manager approves them, the latest first. Throws NotPermitted as `AskingAudit.ask`. */
export async function awaitingApproval(
  { asking, listing }: RequestsParts,
  page: ListedPage,
): Promise<Listed<WaitingException>> {
  await asking.ask('awaitingApproval');
  const { items, isMore } = await listSeen(
    asking,
    page,
    (wanted) => listing.exceptionsAwaiting(wanted),
    ({ subjects }) => subjects,
  );
  const shown = items.map((record) => ({
    id: placeOf(record),
    exception: record.id,
    gateway: record.gateway,
    recordedBy: record.recordedBy,
    recordedAt: record.recordedAt,
    awaits: record.awaits ?? '',
    about: record.subjects,
  }));
  return { items: shown, isMore };
}

/** Grants, the latest first. What was approved by name may be locked: how many is told, not which. Throws as `AskingAudit.ask`. */
export async function grants(
  { asking, listing, agencies, agency: own }: RequestsParts,
  page: ListedPage,
): Promise<Listed<AuditedGrant>> {
  await asking.ask('grants');
  const { items, isMore } = await listSeen(
    asking,
    page,
    (wanted) => listing.grants(wanted),
    ({ subjects }) => subjects,
  );
  const shown = items.map(({ id: grant, items: named, holder, agency, subjects, ...terms }) => ({
    ...terms,
    id: placeOf({ id: grant, recordedAt: terms.recordedAt }),
    grant,
    holder: agencies.get(holder) ?? null,
    agency: agencies.get(agency) ?? null,
    about: subjects,
    recordsByName: holder === own ? named.length : null,
  }));
  return { items: shown, isMore };
}
