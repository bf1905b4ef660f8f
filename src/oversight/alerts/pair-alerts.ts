/** Alerts about one worker and one person: what the standing rules of `rules.ts` find in all that the worker asked about them. */
import type { AgencyId, IsoInstant, WorkerId } from '../../domain/words.js';
import type { AlertRows, NewAlert } from './alert-rows.js';
import { judgeAsKnown } from './judging-as-known.js';
import { type NearnessByPair, NOT_NEAR, pairKey, type WatchedPair } from './pair-rows.js';
import type { PastDeeds } from './past-deeds.js';
import { type Finding, isSuspect, judgePair, type Pair } from './rules.js';
import { type Deed, type Seen, seenIn } from './sightings.js';

export interface PairAlertParts {
  readonly past: PastDeeds;
  readonly rows: Pick<AlertRows, 'closures'>;
  readonly isAtFrontDoor: (worker: WorkerId) => Promise<boolean>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface PairAlerts {
  /** As the log stands, judged at an instant. */
  about(pair: WatchedPair, near: NearnessByPair, at: IsoInstant): Promise<readonly NewAlert[]>;
}

export function openPairAlerts({ past, rows, isAtFrontDoor, now, newId }: PairAlertParts): PairAlerts {
  return {
    async about({ worker, person }, near, at) {
      const nearness = near.get(pairKey({ worker, person })) ?? NOT_NEAR;
      const isFrontDoor = await isAtFrontDoor(worker);

      /** What holds of these as they are known to officers of an agency, or of every one. */
      async function judge(deeds: readonly Deed[], keptBy?: AgencyId): Promise<readonly Finding[]> {
        const seen = deeds.flatMap((deed) => seenIn(deed, person));
        const needsSince = seen.some(({ unconfirmed, stands }) => unconfirmed || stands === 'ENDED');
        const workerSince = needsSince ? await past.firstSeen(worker, at) : at;
        const pair: Pair = { seen, ...nearness, isFrontDoor, workerSince, now: at };
        const findings = judgePair(pair);
        if (findings.length === 0) return [];
        const closures = await rows.closures(worker, person, keptBy);
        return findings.flatMap((finding) => sinceClosed(finding, pair, closures.get(finding.rule)) ?? []);
      }

      const judged = await judgeAsKnown(await past.ofPair({ worker, person }, at), judge);
      return judged.map((finding) => ({ id: newId(), worker, person, at: now().toISOString(), ...finding }));
    },
  };
}

/** Pairs of these of which a rule may hold, each once, with when the last of it was done. */
export function suspectPairs(
  deeds: readonly Deed[],
  near: NearnessByPair,
): readonly { readonly pair: WatchedPair; readonly at: IsoInstant }[] {
  const suspect = new Map<string, { readonly pair: WatchedPair; readonly at: IsoInstant }>();
  for (const { worker, at, sightings } of deeds)
    for (const sighting of sightings) {
      const pair = { worker, person: sighting.person };
      const key = pairKey(pair);
      if (isSuspect(sighting, (near.get(key)?.near.size ?? 0) > 0)) suspect.set(key, { pair, at });
    }
  return [...suspect.values()];
}

/** What was closed is judged anew by what came after: an explanation covers what was looked at, and nothing to come. */
function sinceClosed(finding: Finding, pair: Pair, closedAt: IsoInstant | undefined): Finding | undefined {
  if (closedAt === undefined) return finding;
  const seen: readonly Seen[] = pair.seen.filter(({ deed }) => deed.at > closedAt);
  return judgePair({ ...pair, seen }).find(({ rule }) => rule === finding.rule);
}
