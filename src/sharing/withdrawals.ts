/**
 * What a withdrawal is answered with: who received what under the consent (RULES §7, FS-01). The whole of it stands in the log;
 * what is told of it goes no further than what the one who records the withdrawal may know already (docs/consent.md).
 */
import { FactsChanged } from '../audit/audit.js';
import type { Release, Releases } from '../audit/releases.js';
import type { Agency, Requester } from '../domain/requester.js';
import { ADULT_WORK, ADULT_WORK_AGENCY_KINDS, type AgencyId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import type { ConsentStatement } from '../registers/statements.js';
import type { Drafts } from './drafts.js';

export interface WithdrawalParts {
  readonly operation: Operation;
  readonly directory: Directory;
  readonly releases: Releases;
  /** The operation is not decided again after this time: the withdrawal stands whatever was released meanwhile. */
  readonly isLastTry: boolean;
  readonly draft: Drafts['draft'];
}

/** What one worker received of one holder's and of one category for one purpose. */
export interface Received {
  readonly recipient: Agency;
  /** By name; absent of an adult service, whose workers are named to nobody else. */
  readonly worker: string | null;
  readonly holder: Agency;
  readonly category: string;
  readonly purpose: string | null;
  readonly first: string;
  readonly last: string;
  readonly times: number;
}

export interface ShownReleases {
  readonly received: readonly Received[];
  readonly complete: boolean;
  readonly notice: string;
}

/** Released under the consent between reading the log and taking the consent back: the operation is decided again. */
export class ReleasedMeanwhile extends FactsChanged {}

export const RELEASES_NOTICE =
  'Shows what may be told of it: what your agency holds or received. There may be more; information governance sees all.';

export interface Withdrawals {
  /** Who received what under a consent that this operation takes back. Throws nothing of its own; its draft may reject with ReleasedMeanwhile. */
  receivedUnder(given: ConsentStatement): Promise<ShownReleases>;
}

export function openWithdrawals({ operation, directory, releases, isLastTry, draft }: WithdrawalParts): Withdrawals {
  const { requester, agencies } = operation;
  return {
    async receivedUnder(given) {
      const read = await releases.under(given.id);
      draft(
        { did: 'RELEASES_SHOWN', ids: [given.id], subjects: [given.subject], policies: [] },
        async (transaction) => {
          if (!isLastTry && (await releases.isMore(transaction, given.id, read)))
            throw new ReleasedMeanwhile('released under the consent meanwhile');
        },
      );
      const told = read.releases.filter((release) => mayBeTold(release, given, requester, agencies));
      const names = new Map((await directory.workers()).map(({ id, name }) => [id, name]));
      return { received: linesOf(told, requester, agencies, names), complete: !isLastTry, notice: RELEASES_NOTICE };
    },
  };
}

/**
 * Nobody learns here that an adult service knows somebody. What I received I know. My agency, as the holder, learns who
 * received its own: of adult services those that the person named. As the recipient it learns what colleagues received, but
 * for what comes from an adult service: a withdrawal covers existence too.
 */
export function mayBeTold(
  { worker, agency, holder, category }: Pick<Release, 'worker' | 'agency' | 'holder' | 'category'>,
  given: Pick<ConsentStatement, 'recipients'>,
  requester: Pick<Requester, 'worker' | 'agency'>,
  agencies: ReadonlyMap<AgencyId, Pick<Agency, 'kind'>>,
): boolean {
  const own = requester.agency;
  if (agency === own && worker === requester.worker) return true;
  if (holder === own) return !isAdultService(agency, agencies) || given.recipients.includes(agency);
  return agency === own && !isAdultService(holder, agencies) && !ADULT_WORK.some((each) => each === category);
}

/** An agency that the directory does not know is taken for one. */
function isAdultService(id: AgencyId, agencies: ReadonlyMap<AgencyId, Pick<Agency, 'kind'>>): boolean {
  const kind = agencies.get(id)?.kind;
  return kind === undefined || ADULT_WORK_AGENCY_KINDS.includes(kind);
}

function linesOf(
  releases: readonly Release[],
  requester: Requester,
  agencies: ReadonlyMap<AgencyId, Agency>,
  names: ReadonlyMap<string, string>,
): Received[] {
  const lines = new Map<string, Received>();
  for (const { worker, agency, holder, category, purpose, at } of releases) {
    const [recipient, from] = [agencies.get(agency), agencies.get(holder)];
    if (!recipient || !from) continue;
    const isNamed = agency === requester.agency || !isAdultService(agency, agencies);
    const key = JSON.stringify([isNamed ? worker : '', agency, holder, category, purpose]);
    const line = lines.get(key);
    lines.set(key, {
      recipient,
      worker: isNamed ? (names.get(worker) ?? null) : null,
      holder: from,
      category,
      purpose,
      first: line?.first ?? at,
      last: at,
      times: (line?.times ?? 0) + 1,
    });
  }
  return [...lines.values()];
}
