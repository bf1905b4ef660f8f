/**
 * Finds entries by their terms, the latest first. An entry is found once it is in the tree and indexed (within a second or two
 * of being durable); `state` says how far that is, so that an answer can say as of which checkpoint it stands.
 *
 * Stretches of the tree are looked through from the latest back, and no more than are needed. What takes long (a term that is
 * nowhere beside another) is cut into pieces of a few milliseconds, between which the process does its other work.
 */
import { push } from '../../domain/entry.js';
import type { AgencyId, IsoInstant } from '../../domain/words.js';
import type { Store } from '../../store/store.js';
import { readLatest } from '../tree-rows.js';
import { readBlocks } from './blocks.js';
import { type IndexedEntry, readEntriesAt } from './entry-rows.js';
import { type Bits, COARSE, countIn, FINE, highest, keepShared, noBits, setBits } from './places.js';
import { type IndexState, readState, segmentsOf } from './state.js';
import { idsKnownTo, type Looking, mayKnow, nameOf } from './term-ids.js';
import type { Term } from './terms.js';

export type { IndexedEntry } from './entry-rows.js';

export interface Find {
  /** Every one of these. */
  readonly all?: readonly Term[];
  /** And of each of these lists at least one; an empty list finds nothing. */
  readonly anyOf?: readonly (readonly Term[])[];
  /** Entries of this instant and later. */
  readonly since?: IsoInstant;
  /** Entries before this instant. */
  readonly until?: IsoInstant;
  /** Only entries before this place in the tree: where the page before ended. */
  readonly before?: number;
  readonly limit: number;
}

export interface Found {
  /** The latest first. */
  readonly entries: readonly IndexedEntry[];
  /** Whether there are more before the last. */
  readonly isMore: boolean;
}

/** How much there was on a day: entries, and people that they were about (a person of two entries twice). */
export interface DayCount {
  /** YYYY-MM-DD, in UTC. */
  readonly day: string;
  readonly entries: number;
  readonly persons: number;
}

/** Between which places a term stands, and how often. */
export interface TermExtent {
  readonly name: string;
  readonly entries: number;
  readonly first: number;
  readonly last: number;
}

/** How far the log, its tree and its index are. */
export interface LogState {
  /** Entries in the tree. */
  readonly size: number;
  /** Entries that can be found. */
  readonly indexed: number;
  /** When the last checkpoint was signed; null in an empty log. */
  readonly at: IsoInstant | null;
  /** Entries that are durable and not in the tree yet. */
  readonly waiting: number;
}

export interface Search {
  find(find: Find): Promise<Found>;
  /** Of terms of a kind that is tallied: each day on which there was something, in order, days [since, until). */
  daily(term: Term, since: string, until: string): Promise<readonly DayCount[]>;
  /** The same for every name of a kind, over the days together, the most first. */
  totals(kind: Term['kind'], since: string, until: string): Promise<readonly (DayCount & { readonly name: string })[]>;
  /** The place of the first entry that has all of these. */
  earliest(all: readonly Term[]): Promise<number | undefined>;
  /** Every name of a kind, each with its first and last place. */
  extents(kind: Term['kind']): Promise<readonly TermExtent[]>;
  /** Which of these terms the entries at these places have, by place. */
  carried(indexes: readonly number[], terms: readonly Term[]): Promise<ReadonlyMap<number, readonly Term[]>>;
  /** How many entries have this term, over the whole log. */
  count(term: Term): Promise<number>;
  /** Entries by their places, in that order; what was erased is left out. */
  at(indexes: readonly number[]): Promise<readonly IndexedEntry[]>;
  state(): Promise<LogState>;
}

/** The search of the log itself: for what the gateway does of its own accord, and for no answer to an officer. */
export interface LogSearch extends Search {
  /**
   * The same as officers of an agency may know the log: nothing is found or counted by what another agency keeps locked, nor is
   * that it is there told by a page or a count. Of no agency: as everybody may.
   */
  seenBy(agency?: AgencyId): Search;
}

const DAY = 'YYYY-MM-DD'.length;
/** Past every place in a tree. */
const PAST_ALL = 2 ** 31 - 1;
/** Entries read in one piece; more where the time within a day left all of them out, for their texts are not read. */
const LEAST_LOOK = 25;
const MOST_LOOK = 1_000;
/** Coarse stretches looked through in one piece, at most. */
const MOST_STRETCHES = 8;
/** Terms whose counts are added up in one piece. */
const SUMMED = 100;

export function openSearch(store: Store): LogSearch {
  return { ...searchAs(store, 'THE_LOG_ITSELF'), seenBy: (agency) => searchAs(store, { as: agency }) };
}

function searchAs(store: Store, looking: Looking): Search {
  /** Numbers of the terms of each list that there are. */
  async function idsIn(lists: readonly (readonly Term[])[]): Promise<number[][]> {
    // Ids come from people's systems; a longer one is found by its beginning.
    const cut = lists.map((list) => list.map(({ kind, name }) => ({ kind, name: name.slice(0, 200) })));
    const terms = new Map(cut.flat().map((term) => [nameOf(term), term]));
    const ids = await idsKnownTo(store, looking, terms.values());
    return cut.map((list) => [...new Set(list.flatMap((term) => ids.get(nameOf(term)) ?? []))]);
  }

  /** The places that hold all of the days asked for: clocks of instances differ, so a day's entries need not stand together. */
  async function bounds({ since, until, before = PAST_ALL }: Find): Promise<{ from: number; to: number }> {
    const [row] = await store.read<{ first: number | null; last: number | null }>(
      'SELECT MIN(first_index) AS first, MAX(last_index) AS last FROM audit_day WHERE day >= ? AND day <= ?',
      [since?.slice(0, DAY) ?? '', until === undefined ? '9999' : lastDay(until)],
    );
    return { from: row?.first ?? 0, to: Math.min((row?.last ?? -1) + 1, before) };
  }

  /** Of coarse stretches [from, to): for each term and stretch its bits. */
  async function readBits(
    state: IndexState,
    terms: readonly number[],
    from: number,
    to: number,
  ): Promise<(term: number, stretch: number) => Bits | undefined> {
    const { fine, coarse } = segmentsOf(state, from, to);
    const found = new Map<string, Bits>();
    // In this order: what is merged meanwhile is seen twice rather than not at all.
    for (const [tier, segments] of [
      [0, fine],
      [1, coarse],
    ] as const) {
      const span = tier === 0 ? FINE : COARSE;
      for (const { segment, term, packed } of await readBlocks(store, store.read, tier, segments, terms)) {
        const start = segment * span;
        const key = `${term} ${Math.floor(start / COARSE)}`;
        const bits = found.get(key) ?? noBits();
        found.set(key, bits);
        setBits(bits, packed, span, start % COARSE);
      }
    }
    return (term, stretch) => found.get(`${term} ${stretch}`);
  }

  /** Places in [from, to) with a term of every list, the latest first, in pieces. */
  async function* places(lists: readonly (readonly number[])[], from: number, to: number): AsyncGenerator<number[]> {
    const state = await readState(store.read);
    const terms = [...new Set(lists.flat())];
    const lowest = Math.floor(from / COARSE);
    let many = 1;
    // Past what is indexed there is nothing to look through.
    for (let top = Math.ceil(Math.min(to, Math.max(0, state.size)) / COARSE); top > lowest; ) {
      const bottom = Math.max(lowest, top - many);
      const bitsOf = await readBits(state, terms, bottom, top);
      for (let stretch = top - 1; stretch >= bottom; stretch -= 1) {
        const start = stretch * COARSE;
        const shared = sharedBits(lists.map((list) => list.flatMap((term) => bitsOf(term, stretch) ?? [])));
        if (!shared) continue;
        const within = highest(shared, Math.max(0, from - start), Math.min(COARSE, to - start), COARSE);
        if (within.length > 0) yield within.map((place) => start + place);
      }
      top = bottom;
      many = Math.min(many * 2, MOST_STRETCHES);
      await turn();
    }
  }

  /** The lowest place with a term of every list. */
  async function firstPlace(lists: readonly (readonly number[])[]): Promise<number | undefined> {
    const state = await readState(store.read);
    const terms = [...new Set(lists.flat())];
    const end = Math.ceil(Math.max(0, state.size) / COARSE);
    for (let bottom = 0; bottom < end; bottom += MOST_STRETCHES) {
      const top = Math.min(end, bottom + MOST_STRETCHES);
      const bitsOf = await readBits(state, terms, bottom, top);
      for (let stretch = bottom; stretch < top; stretch += 1) {
        const shared = sharedBits(lists.map((list) => list.flatMap((term) => bitsOf(term, stretch) ?? [])));
        const lowest = shared && highest(shared, 0, COARSE, COARSE).at(-1);
        if (lowest !== undefined) return stretch * COARSE + lowest;
      }
      await turn();
    }
    return undefined;
  }

  /** How many entries have one of these terms. */
  async function countOf(terms: readonly number[]): Promise<number> {
    const state = await readState(store.read);
    let count = 0;
    for (let top = Math.ceil(Math.max(0, state.size) / COARSE); top > 0; top -= MOST_STRETCHES) {
      const bottom = Math.max(0, top - MOST_STRETCHES);
      const bitsOf = await readBits(state, terms, bottom, top);
      for (let stretch = bottom; stretch < top; stretch += 1)
        count += countIn(
          sharedBits([terms.flatMap((term) => bitsOf(term, stretch) ?? [])]) ?? new Uint8Array(),
          COARSE,
        );
      await turn();
    }
    return count;
  }

  async function* everyPlace(from: number, to: number): AsyncGenerator<number[]> {
    const sql = `SELECT leaf_index FROM audit_leaf WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index DESC ${store.first}`;
    for (let top = to; top > from; ) {
      const rows = await store.read<{ leaf_index: number }>(sql, [from, top, MOST_LOOK]);
      if (rows.length === 0) return;
      yield rows.map(({ leaf_index }) => leaf_index);
      top = rows.at(-1)?.leaf_index ?? from;
      await turn();
    }
  }

  const { condition, values } = mayKnow(looking);
  const counted = `SELECT y.day, SUM(y.entries) AS entries, SUM(y.persons) AS persons
    FROM audit_tally y JOIN audit_term t ON t.id = y.term
    WHERE t.kind = ? AND t.name = ? AND y.day >= ? AND y.day < ? ${condition} GROUP BY y.day ORDER BY y.day`;
  const named = `SELECT t.id, t.name FROM audit_term t WHERE t.kind = ? ${condition} ORDER BY t.name`;
  const summed = `SELECT y.term, MIN(y.day) AS day, SUM(y.entries) AS entries, SUM(y.persons) AS persons
    FROM audit_tally y WHERE y.term IN ${store.keyList} AND y.day >= ? AND y.day < ? GROUP BY y.term`;

  return {
    async find(find) {
      const { all = [], anyOf = [], limit } = find;
      const lists = await idsIn([...all.map((term) => [term]), ...anyOf]);
      if (lists.some((list) => list.length === 0)) return { entries: [], isMore: false };
      const { from, to } = await bounds(find);
      const entries: IndexedEntry[] = [];
      let look = LEAST_LOOK;
      for await (const found of lists.length > 0 ? places(lists, from, to) : everyPlace(from, to))
        for (let at = 0; at < found.length; ) {
          const fit = await readEntriesAt(store, found.slice(at, at + look), find);
          entries.push(...fit);
          if (entries.length > limit) return { entries: entries.slice(0, limit), isMore: true };
          at += look;
          look = fit.length > 0 ? LEAST_LOOK : Math.min(look * 2, MOST_LOOK);
          await turn();
        }
      return { entries, isMore: false };
    },
    daily: ({ kind, name }, since, until) => store.read<DayCount>(counted, [kind, name, since, until, ...values]),
    async totals(kind, since, until) {
      const terms = await store.read<{ id: number; name: string }>(named, [kind, ...values]);
      const totals = new Map<string, DayCount & { readonly name: string }>();
      for (let at = 0; at < terms.length; at += SUMMED) {
        const names = new Map(terms.slice(at, at + SUMMED).map(({ id, name }) => [id, name]));
        const ids = JSON.stringify([...names.keys()]);
        for (const { term, ...counts } of await store.read<DayCount & { readonly term: number }>(summed, [
          ids,
          since,
          until,
        ])) {
          const name = names.get(term) ?? '';
          const before = totals.get(name);
          totals.set(name, {
            name,
            day: before && before.day < counts.day ? before.day : counts.day,
            entries: (before?.entries ?? 0) + counts.entries,
            persons: (before?.persons ?? 0) + counts.persons,
          });
        }
        await turn();
      }
      return [...totals.values()].sort((a, b) => b.entries - a.entries || (a.name < b.name ? -1 : 1));
    },
    async carried(indexes, terms) {
      const ids = await idsIn(terms.map((term) => [term]));
      const state = await readState(store.read);
      const carried = new Map<number, Term[]>();
      for (const stretch of new Set(indexes.map((index) => Math.floor(index / COARSE)))) {
        const bitsOf = await readBits(state, ids.flat(), stretch, stretch + 1);
        for (const index of indexes.filter((one) => Math.floor(one / COARSE) === stretch))
          carried.set(
            index,
            terms.filter((_, at) => ids[at]?.some((id) => isSet(bitsOf(id, stretch), index % COARSE))),
          );
      }
      return carried;
    },
    async count(term) {
      const [ids = []] = await idsIn([[term]]);
      return countOf(ids);
    },
    async earliest(all) {
      const lists = await idsIn(all.map((term) => [term]));
      return lists.some((list) => list.length === 0) ? undefined : firstPlace(lists);
    },
    async extents(kind) {
      const idsOf = new Map<string, number[]>();
      for (const { id, name } of await store.read<{ id: number; name: string }>(named, [kind, ...values]))
        push(idsOf, name, id);
      const found: TermExtent[] = [];
      for (const [name, ids] of idsOf) {
        const first = await firstPlace([ids]);
        const last = (await places([ids], 0, PAST_ALL).next()).value?.[0];
        if (first === undefined || last === undefined) continue;
        found.push({ name, entries: await countOf(ids), first, last });
      }
      return found;
    },
    at: (indexes) => readEntriesAt(store, indexes),
    async state() {
      const latest = await readLatest(store);
      const { size: indexed } = await readState(store.read);
      const [waiting] = await store.read<{ waiting: number }>(
        `SELECT COUNT(*) AS waiting FROM audit_entry WHERE seq > (SELECT COALESCE(MAX(entry_seq), 0) FROM audit_leaf)`,
      );
      return {
        size: latest?.tree_size ?? 0,
        indexed: Math.max(0, indexed),
        at: latest?.at ?? null,
        waiting: waiting?.waiting ?? 0,
      };
    },
  };
}

/** What every list has something of; undefined for nothing. */
function sharedBits(lists: readonly (readonly Bits[])[]): Bits | undefined {
  if (lists.some((list) => list.length === 0)) return undefined;
  const all = noBits().fill(0xff);
  for (const list of lists) {
    const any = list[0] ?? noBits();
    // A term of two lists is read once.
    const either = list.length === 1 ? any : any.slice();
    for (const bits of list.slice(1)) setBits(either, bits, COARSE, 0);
    keepShared(all, either);
  }
  return all;
}

function isSet(bits: Bits | undefined, place: number): boolean {
  return (((bits?.[place >> 3] ?? 0) >> (place & 7)) & 1) === 1;
}

/** The last day of which there is something before an instant. */
function lastDay(until: IsoInstant): string {
  return new Date(Date.parse(until) - 1).toISOString().slice(0, DAY);
}

/** Whatever else the process has to do comes first. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
