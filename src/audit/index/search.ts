/**
 * Finds entries by their terms, the latest first. An entry is found once it is in the tree and indexed (within a second or two
 * of being durable); `state` says how far that is, so that an answer can say as of which checkpoint it stands.
 */
import type { IsoInstant } from '../../domain/words.js';
import type { Store } from '../../store/store.js';
import type { AuditEntryBody } from '../entry.js';
import { readLatest } from '../tree-rows.js';
import type { Term } from './terms.js';

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

/** An entry with its place in the tree. */
export interface IndexedEntry {
  readonly index: number;
  readonly body: AuditEntryBody;
  readonly hash: string;
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
  /** How many entries have this term. */
  count(term: Term): Promise<number>;
  /** Entries by their places, in that order; what was erased is left out. */
  at(indexes: readonly number[]): Promise<readonly IndexedEntry[]>;
  state(): Promise<LogState>;
}

const DAY = 'YYYY-MM-DD'.length;
/** Past every place in a tree. */
const PAST_ALL = 2 ** 31 - 1;
/** Looked at together when the time within a day or an erased body leaves some out. */
const LEAST_LOOK = 50;

interface TermRow {
  readonly id: number;
  readonly entries: number;
}

export function openSearch(store: Store): Search {
  async function look(term: Term): Promise<TermRow | undefined> {
    const sql = 'SELECT id, entries FROM audit_term WHERE kind = ? AND name = ?';
    return (await store.read<TermRow>(sql, [term.kind, term.name.slice(0, 200)]))[0];
  }

  /** The places that hold all of the days asked for: clocks of instances differ, so a day's entries need not stand together. */
  async function bounds({ since, until }: Find): Promise<{ from: number; to: number }> {
    const [row] = await store.read<{ first: number | null; last: number | null }>(
      'SELECT MIN(first_index) AS first, MAX(last_index) AS last FROM audit_day WHERE day >= ? AND day <= ?',
      [since?.slice(0, DAY) ?? '', until?.slice(0, DAY) ?? '9999'],
    );
    return { from: row?.first ?? 0, to: (row?.last ?? -1) + 1 };
  }

  /** Places with every list's terms, the latest first. */
  async function places(lists: readonly (readonly TermRow[])[], from: number, to: number, limit: number) {
    const weight = (list: readonly TermRow[]) => list.reduce((sum, { entries }) => sum + entries, 0);
    const [rarest = [], ...others] = [...lists].sort((a, b) => weight(a) - weight(b));
    const also = others.map(
      () =>
        `AND EXISTS (SELECT 1 FROM audit_posting q WHERE q.leaf_index = p.leaf_index AND q.term IN ${store.keyList})`,
    );
    const sql = `SELECT p.leaf_index FROM audit_posting p WHERE p.term = ? AND p.leaf_index >= ? AND p.leaf_index < ?
      ${also.join(' ')} ORDER BY p.leaf_index DESC ${store.first}`;
    const otherIds = others.map((list) => JSON.stringify(list.map(({ id }) => id)));
    const found = new Set<number>();
    for (const { id } of rarest)
      for (const row of await store.read<{ leaf_index: number }>(sql, [id, from, to, ...otherIds, limit]))
        found.add(row.leaf_index);
    return [...found].sort((a, b) => b - a).slice(0, limit);
  }

  async function everyPlace(from: number, to: number, limit: number): Promise<number[]> {
    const sql = `SELECT leaf_index FROM audit_leaf WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index DESC ${store.first}`;
    return (await store.read<{ leaf_index: number }>(sql, [from, to, limit])).map(({ leaf_index }) => leaf_index);
  }

  async function at(indexes: readonly number[]): Promise<IndexedEntry[]> {
    const rows = await store.read<{ leaf_index: number; body: string; hash: string }>(
      `SELECT l.leaf_index, e.body, e.hash FROM audit_leaf l JOIN audit_entry e ON e.seq = l.entry_seq
        WHERE l.leaf_index IN ${store.keyList} AND e.body <> ''`,
      [JSON.stringify(indexes)],
    );
    const byIndex = new Map(
      rows.map(({ leaf_index: index, body, hash }) => [
        index,
        { index, body: JSON.parse(body) as AuditEntryBody, hash },
      ]),
    );
    return indexes.flatMap((index) => byIndex.get(index) ?? []);
  }

  const counted = `SELECT y.day, y.entries, y.persons FROM audit_tally y JOIN audit_term t ON t.id = y.term
    WHERE t.kind = ? AND t.name = ? AND y.day >= ? AND y.day < ? ORDER BY y.day`;
  const summed = `SELECT t.name, MIN(y.day) AS day, SUM(y.entries) AS entries, SUM(y.persons) AS persons
    FROM audit_tally y JOIN audit_term t ON t.id = y.term
    WHERE t.kind = ? AND y.day >= ? AND y.day < ? GROUP BY t.name ORDER BY SUM(y.entries) DESC, t.name`;

  return {
    async find(find) {
      const { all = [], anyOf = [], since, until, limit } = find;
      const lists: TermRow[][] = [];
      for (const wanted of [...all.map((term) => [term]), ...anyOf]) {
        const rows = await Promise.all(wanted.map(look));
        lists.push(rows.filter((row): row is TermRow => row !== undefined));
      }
      if (lists.some((list) => list.length === 0)) return { entries: [], isMore: false };
      const { from, to } = await bounds(find);
      const entries: IndexedEntry[] = [];
      let before = Math.min(to, find.before ?? PAST_ALL);
      const size = Math.max(limit + 1, LEAST_LOOK);
      while (entries.length <= limit) {
        const next = await (lists.length > 0 ? places(lists, from, before, size) : everyPlace(from, before, size));
        const fit = (await at(next)).filter(
          ({ body }) => (since === undefined || body.at >= since) && (until === undefined || body.at < until),
        );
        entries.push(...fit);
        const last = next.at(-1);
        if (last === undefined || next.length < size) break;
        before = last;
      }
      return { entries: entries.slice(0, limit), isMore: entries.length > limit };
    },
    daily: ({ kind, name }, since, until) => store.read<DayCount>(counted, [kind, name, since, until]),
    totals: (kind, since, until) => store.read<DayCount & { name: string }>(summed, [kind, since, until]),
    async earliest(all) {
      const rows = await Promise.all(all.map(look));
      const ids = rows.flatMap((row) => (row ? [row] : [])).sort((a, b) => a.entries - b.entries);
      const [rarest, ...others] = ids;
      if (!rarest || ids.length < all.length) return undefined;
      const also = others.map(
        () => 'AND EXISTS (SELECT 1 FROM audit_posting q WHERE q.leaf_index = p.leaf_index AND q.term = ?)',
      );
      const sql = `SELECT MIN(p.leaf_index) AS place FROM audit_posting p WHERE p.term = ? ${also.join(' ')}`;
      const [row] = await store.read<{ place: number | null }>(sql, [rarest.id, ...others.map(({ id }) => id)]);
      return row?.place ?? undefined;
    },
    extents: (kind) =>
      store.read<TermExtent>(
        `SELECT t.name, t.entries, (SELECT MIN(p.leaf_index) FROM audit_posting p WHERE p.term = t.id) AS first,
          (SELECT MAX(p.leaf_index) FROM audit_posting p WHERE p.term = t.id) AS last
          FROM audit_term t WHERE t.kind = ? AND EXISTS (SELECT 1 FROM audit_posting p WHERE p.term = t.id)`,
        [kind],
      ),
    count: async (term) => (await look(term))?.entries ?? 0,
    at,
    async state() {
      const latest = await readLatest(store);
      const [indexed] = await store.read<{ size: number }>('SELECT size FROM audit_indexed WHERE id = 1');
      const [waiting] = await store.read<{ waiting: number }>(
        `SELECT COUNT(*) AS waiting FROM audit_entry WHERE seq > (SELECT COALESCE(MAX(entry_seq), 0) FROM audit_leaf)`,
      );
      return {
        size: latest?.tree_size ?? 0,
        indexed: indexed?.size ?? 0,
        at: latest?.at ?? null,
        waiting: waiting?.waiting ?? 0,
      };
    },
  };
}
