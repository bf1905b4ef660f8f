/**
 * Which records of adult work somebody asked for and was sent to the duty point for, or refused for want of a judgement: told
 * by the log, kept beside it so that a holder's work list need not read the log. Written in the transaction of the entries
 * themselves. The same agency asking again for the same record within an hour is one request.
 */
import type { AgencyId, IsoInstant, LocalId } from '../domain/words.js';
import type { Store, Transaction } from '../store/store.js';
import type { AuditEntryBody } from './entry.js';

/** Somebody of an agency asked for a record that another agency holds. */
export interface RelevanceRequest {
  readonly type: string;
  readonly localId: LocalId;
  /** Who asked. */
  readonly agency: AgencyId;
  readonly at: IsoInstant;
  /** A judgement that it is relevant would have been the least to change. */
  readonly forRelevance: boolean;
}

export interface RelevanceRequests {
  /** Notes the requests of entries inside their transaction. What it gives is to be called once that is committed. */
  note(transaction: Transaction, entries: readonly AuditEntryBody[]): () => void;
  /** Every request for these records of a holder, in no order. */
  of(holder: AgencyId, localIds: readonly LocalId[]): Promise<readonly RelevanceRequest[]>;
}

const ADULT_WORK_TYPES: readonly string[] = ['SubstanceMisuseRecord', 'MentalHealthRecord', 'DomesticAbuseRecord'];
const COLUMNS = ['holder', 'type', 'local_id', 'agency', 'at', 'for_relevance'] as const;
/** Requests of the hour that are remembered as noted; past it some may be noted twice. */
const REMEMBERED = 200_000;
const LONGEST_ID = 200;
const HOUR = 'YYYY-MM-DDTHH'.length;

interface Asked extends RelevanceRequest {
  readonly holder: AgencyId;
}

export function openRelevanceRequests(store: Store): RelevanceRequests {
  const noted = new Set<string>();
  let hour = '';
  const select = `SELECT type, local_id, agency, at, for_relevance FROM relevance_request
    WHERE holder = ? AND local_id IN ${store.keyList}`;

  return {
    note(transaction, entries) {
      const fresh = new Map<string, Asked>();
      for (const asked of entries.flatMap(requestsIn)) {
        const key = keyOf(asked);
        if (!noted.has(key)) fresh.set(key, asked);
      }
      if (fresh.size === 0) return () => {};
      const rows = [...fresh.values()].map(({ holder, type, localId, agency, at, forRelevance }) => [
        holder,
        type,
        localId,
        agency,
        at,
        forRelevance ? 1 : 0,
      ]);
      void transaction.insert('relevance_request', COLUMNS, rows);
      return () => {
        for (const [key, { at }] of fresh) {
          if (at.slice(0, HOUR) > hour || noted.size >= REMEMBERED) noted.clear();
          hour = at.slice(0, HOUR);
          noted.add(key);
        }
      };
    },
    async of(holder, localIds) {
      const rows = await store.read<{
        type: string;
        local_id: string;
        agency: string;
        at: string;
        for_relevance: number;
      }>(select, [holder, JSON.stringify(localIds)]);
      return rows.map(({ type, local_id, agency, at, for_relevance }) => ({
        type,
        localId: local_id,
        agency,
        at,
        forRelevance: for_relevance === 1,
      }));
    },
  };
}

/** The requests that an entry is proof of: another agency's adult work, brokered, or withheld for want of a judgement. */
function requestsIn({ at, requester, decisions, outcomes }: AuditEntryBody): Asked[] {
  return outcomes.flatMap(([index, , holder, type, localIds]) => {
    const decision = decisions[index];
    if (!decision || holder === requester.agency || !ADULT_WORK_TYPES.includes(type)) return [];
    const forRelevance = decision.reasons?.includes('NOT_JUDGED_RELEVANT') ?? false;
    const isAsked = decision.outcome === 'BROKERED' || (decision.outcome === 'WITHHELD' && forRelevance);
    if (!isAsked) return [];
    // Ids longer than the register's cannot be judged by name either.
    const named = localIds.filter((localId) => localId.length <= LONGEST_ID);
    return named.map((localId) => ({ holder, type, localId, agency: requester.agency, at, forRelevance }));
  });
}

function keyOf({ holder, type, localId, agency, at, forRelevance }: Asked): string {
  return JSON.stringify([at.slice(0, HOUR), agency, holder, type, localId, forRelevance]);
}
