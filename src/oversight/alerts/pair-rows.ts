/**
 * How near a worker stands to a person, as rows of the store: kept, so that the same two are not read of at the sources with every
 * operation. Who they are is the numbers of their terms in the log's index: forgotten there, they are forgotten here.
 */
import type { IsoInstant, PersonId, WorkerId } from '../../domain/words.js';
import type { Store } from '../../store/store.js';
import { NEAR, type Near } from './nearness.js';

/** A worker, and a person whom they asked about. */
export interface WatchedPair {
  readonly worker: WorkerId;
  readonly person: PersonId;
}

/** How the two of a pair stand to each other, beside what any entry says; see `Pair` of `rules.ts`. */
export interface Nearness {
  readonly near: ReadonlySet<Near>;
  readonly isTold: boolean;
  readonly isStanding: boolean;
}

/** Of a pair of which nothing was found. */
export const NOT_NEAR: Nearness = { near: new Set(), isTold: false, isStanding: true };

/** By `pairKey`. */
export type NearnessByPair = ReadonlyMap<string, Nearness>;

export interface PairRows {
  /** What is kept of these pairs, and from when it is. */
  known(pairs: readonly WatchedPair[]): Promise<ReadonlyMap<string, Nearness & { readonly at: IsoInstant }>>;
  /** Keeps what was found of these pairs, in place of what was. */
  keep(found: NearnessByPair, pairs: readonly WatchedPair[], at: IsoInstant): Promise<void>;
}

const TOLD = 'TOLD';
const STANDING = 'STANDING';

export function pairKey({ worker, person }: WatchedPair): string {
  return `${worker} ${person}`;
}

export function openPairRows(store: Store): PairRows {
  return {
    async known(pairs) {
      const rows = await store.read<{ worker: string; person: string; near: string; at: string }>(
        `SELECT w.name AS worker, p.name AS person, k.near, k.at FROM ${store.rowList(['worker', 'person'])} r
          JOIN audit_term w ON w.kind = 'worker' AND w.name = r.worker
          JOIN audit_term p ON p.kind = 'person' AND p.name = r.person
          JOIN audit_watched_pair k ON k.worker_term = w.id AND k.person_term = p.id`,
        [JSON.stringify(pairs.map(({ worker, person }) => [worker, person]))],
      );
      return new Map(rows.map(({ near, at, ...pair }) => [pairKey(pair), { ...nearnessIn(near), at }]));
    },

    async keep(found, pairs, at) {
      const rows = pairs.flatMap((pair) => {
        const nearness = found.get(pairKey(pair));
        return nearness ? [[pair.worker, pair.person, wordsOf(nearness), at]] : [];
      });
      const given = store.rowList(['worker', 'person', 'near', 'at']);
      const joined = `${given} r JOIN audit_term w ON w.kind = 'worker' AND w.name = r.worker
        JOIN audit_term p ON p.kind = 'person' AND p.name = r.person`;
      await store.transaction(async (transaction) => {
        await transaction.run(
          `DELETE FROM audit_watched_pair WHERE EXISTS (SELECT 1 FROM ${joined}
            WHERE w.id = audit_watched_pair.worker_term AND p.id = audit_watched_pair.person_term)`,
          [JSON.stringify(rows)],
        );
        await transaction.run(
          `INSERT INTO audit_watched_pair (worker_term, person_term, near, at) SELECT w.id, p.id, r.near, r.at FROM ${joined}`,
          [JSON.stringify(rows)],
        );
      });
    },
  };
}

function nearnessIn(text: string): Nearness {
  const words = text.split(';');
  const near: ReadonlySet<Near> = new Set(NEAR.filter((mark) => words.includes(mark)));
  return { near, isTold: words.includes(TOLD), isStanding: words.includes(STANDING) };
}

function wordsOf({ near, isTold, isStanding }: Nearness): string {
  return [...near, ...(isTold ? [TOLD] : []), ...(isStanding ? [STANDING] : [])].join(';');
}
