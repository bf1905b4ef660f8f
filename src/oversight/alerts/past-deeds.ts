/** What was done before, as the log's index tells it: what one pair, one day and the sweep are judged by. */
import type { Search } from '../../audit/index/search.js';
import type { Term } from '../../audit/index/terms.js';
import type { IsoInstant, WorkerId } from '../../domain/words.js';
import { UNKNOWN_BEFORE_MS, type UnknownDay } from './day-rules.js';
import { before, DAY_MS, dayAfter, startOf, type WorkerDay } from './days.js';
import type { WatchedPair } from './pair-rows.js';
import { PAIR_DAYS } from './rules.js';
import { type Deed, deedOf } from './sightings.js';

/** Of each at most 400, the latest of them; in the order of time where nothing else is said. */
export interface PastDeeds {
  /** What a worker asked about a person, in the last `PAIR_DAYS` days. */
  ofPair(pair: WatchedPair, at: IsoInstant): Promise<readonly Deed[]>;
  ofDay(day: WorkerDay): Promise<readonly Deed[]>;
  /** What a worker did out of hours in the days before one. */
  nightsBefore(day: WorkerDay): Promise<readonly Deed[]>;
  /** What a worker did in that agency and role before and after the directory did not know them. */
  around(deeds: readonly Deed[]): Promise<Pick<UnknownDay, 'before' | 'after'>>;
  /** When a worker first stands in the log. */
  firstSeen(worker: WorkerId, at: IsoInstant): Promise<IsoInstant>;
  /** Of whomever: what has that mark, or came to that result; the latest first. */
  having(term: Term, bounds: Bounds): Promise<readonly Deed[]>;
}

interface Bounds {
  readonly since: IsoInstant;
  readonly until?: IsoInstant;
}

const HISTORY = 400;
const EARLIER_NIGHTS = 6;

export function openPastDeeds(search: Pick<Search, 'find' | 'earliest' | 'at'>): PastDeeds {
  async function found(all: readonly Term[], bounds: Bounds): Promise<readonly Deed[]> {
    const { entries } = await search.find({ all, ...bounds, limit: HISTORY });
    return entries.map(({ index, body }) => deedOf(index, body));
  }

  return {
    async ofPair({ worker, person }, at) {
      const all: Term[] = [
        { kind: 'worker', name: worker },
        { kind: 'person', name: person },
      ];
      return inOrder(await found(all, { since: before(at, PAIR_DAYS * DAY_MS) }));
    },

    async ofDay({ worker, day }) {
      const bounds = { since: startOf(day), until: startOf(dayAfter(day)) };
      return inOrder(await found([{ kind: 'worker', name: worker }], bounds));
    },

    async nightsBefore({ worker, day }) {
      const start = startOf(day);
      const bounds = { since: before(start, EARLIER_NIGHTS * DAY_MS), until: start };
      return inOrder(await found([{ kind: 'night', name: worker }], bounds));
    },

    async around(deeds) {
      const [first] = deeds;
      const last = deeds.at(-1);
      if (!first || !last) return { before: [], after: [] };
      const all: Term[] = [
        { kind: 'worker', name: first.worker },
        { kind: 'agency', name: first.agency },
      ];
      const inRole = async (bounds: Bounds) =>
        inOrder((await found(all, bounds)).filter(({ role }) => role === first.role));
      return {
        before: await inRole({ since: before(first.at, UNKNOWN_BEFORE_MS), until: first.at }),
        after: (await inRole({ since: last.at })).filter(({ index }) => index !== last.index),
      };
    },

    async firstSeen(worker, at) {
      const first = await search.earliest([{ kind: 'worker', name: worker }]);
      const [entry] = first === undefined ? [] : await search.at([first]);
      return entry?.body.at ?? at;
    },

    having: (term, bounds) => found([term], bounds),
  };
}

/** In the order of time; of one instant, as they stand in the log. */
export function inOrder(deeds: readonly Deed[]): readonly Deed[] {
  return [...deeds].sort((a, b) => (a.at === b.at ? a.index - b.index : a.at < b.at ? -1 : 1));
}
