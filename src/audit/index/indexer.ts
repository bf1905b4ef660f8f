/**
 * Indexes the log's entries by what they are found by, in the order of the tree. Follows the sequencer: what is not in the tree
 * is not in the index yet. Any instance may do it: how far the index has come is a row that is claimed by the transaction that
 * moves it, so that every entry is indexed once.
 */
import type { EntityManager } from 'typeorm';
import type { Store } from '../../store/store.js';
import type { AuditEntryBody } from '../entry.js';
import { TALLIED, type Term, type TermKind, termsOf } from './terms.js';

export interface Indexer {
  /** Indexes everything in the tree. Says how many entries. Several calls at once share one run. */
  index(): Promise<number>;
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

/** Entries indexed in one transaction. */
const BATCH = 500;
const DAY = 'YYYY-MM-DD'.length;

interface LeafRow {
  readonly leaf_index: number;
  readonly body: string;
}

interface Posting {
  readonly term: Term;
  readonly index: number;
  readonly day: string;
  /** People that an outcome of the entry is about. */
  readonly persons: number;
}

export function openIndexer(store: Store): Indexer {
  let running: Promise<number> | undefined;
  let isStopping = false;

  async function indexAll(): Promise<number> {
    let count = 0;
    for (;;) {
      const done = isStopping ? 0 : await store.transaction(indexBatch);
      if (done === 0) return count;
      count += done;
    }
  }

  async function indexBatch(manager: EntityManager): Promise<number> {
    const run = <T>(sql: string, parameters: readonly unknown[]) => store.run<T>(manager, sql, parameters);
    // Held by writing it: a lock that a read only hints at is one that a server may not take.
    await run('UPDATE audit_indexed SET size = size WHERE id = 1', []);
    const [at] = await run<{ size: number }>('SELECT size FROM audit_indexed WHERE id = 1', []);
    const from = at?.size ?? 0;
    const rows = await run<LeafRow>(
      `SELECT l.leaf_index, e.body FROM audit_leaf l JOIN audit_entry e ON e.seq = l.entry_seq
        WHERE l.leaf_index >= ? ORDER BY l.leaf_index ${store.first}`,
      [from, BATCH],
    );
    const last = rows.at(-1);
    if (!last) return 0;
    await writePostings(store, manager, rows.flatMap(postingsOf));
    await run('UPDATE audit_indexed SET size = ? WHERE id = 1', [last.leaf_index + 1]);
    return rows.length;
  }

  return {
    index() {
      running ??= indexAll().finally(() => {
        running = undefined;
      });
      return running;
    },
    async stop() {
      isStopping = true;
      await running?.catch(() => undefined);
    },
  };
}

/** What was erased says nothing, and is found by nothing. */
function postingsOf({ leaf_index: index, body: text }: LeafRow): Posting[] {
  if (text === '') return [];
  const body = JSON.parse(text) as AuditEntryBody;
  const day = body.at.slice(0, DAY);
  const persons = new Set(body.outcomes.map(([, person]) => person)).size;
  return termsOf(body).map((term) => ({ term, index, day, persons }));
}

/** Adds marks that rest on more than the entry: found by whoever watches the log. Marks it has already stay as they are. */
export async function addMarks(
  store: Store,
  manager: EntityManager,
  marks: readonly { readonly index: number; readonly day: string; readonly mark: string }[],
): Promise<void> {
  const ids = await idsOf(
    store,
    manager,
    marks.map(({ mark }) => ({ kind: 'mark', name: mark })),
  );
  const fresh = new Map<string, Posting>();
  for (const { index, day, mark } of marks) {
    const id = ids.get(`mark ${mark}`);
    const sql = 'SELECT 1 AS there FROM audit_posting WHERE term = ? AND leaf_index = ?';
    const [there] = await store.run(manager, sql, [id, index]);
    if (!there) fresh.set(`${mark} ${index}`, { term: { kind: 'mark', name: mark }, index, day, persons: 0 });
  }
  await writePostings(store, manager, [...fresh.values()]);
}

/**
 * Takes entries out of the index, in the transaction that erases them (`bodies` as they still are). Counts a day stay: they
 * name no person, and how much somebody asked is not undone by forgetting of whom.
 */
export async function forget(
  store: Store,
  manager: EntityManager,
  entries: readonly { readonly index: number; readonly body: AuditEntryBody }[],
): Promise<void> {
  const terms = entries.flatMap(({ body }) => termsOf(body));
  const ids = await knownIds(store, manager, terms);
  const marks = await store.run<{ id: number }>(manager, 'SELECT id FROM audit_term WHERE kind = ?', ['mark']);
  for (const { index, body } of entries) {
    const named = termsOf(body).flatMap((term) => ids.get(nameOf(term)) ?? []);
    await store.run(manager, `DELETE FROM audit_posting WHERE leaf_index = ? AND term IN ${store.keyList}`, [
      index,
      JSON.stringify([...named, ...marks.map(({ id }) => id)]),
    ]);
  }
  await store.run(
    manager,
    `DELETE FROM audit_term WHERE kind = 'person' AND id IN ${store.keyList}
      AND NOT EXISTS (SELECT 1 FROM audit_posting p WHERE p.term = audit_term.id)`,
    [JSON.stringify([...ids.values()])],
  );
}

async function writePostings(store: Store, manager: EntityManager, postings: readonly Posting[]): Promise<void> {
  if (postings.length === 0) return;
  const ids = await idsOf(
    store,
    manager,
    postings.map(({ term }) => term),
  );
  const idOf = (term: Term) => ids.get(nameOf(term)) as number;
  const counts = new Map<number, number>();
  const tallies = new Map<string, [number, string, number, number]>();
  const days = new Map<string, [string, number, number]>();
  for (const { term, index, day, persons } of postings) {
    const id = idOf(term);
    counts.set(id, (counts.get(id) ?? 0) + 1);
    const range = days.get(day) ?? [day, index, index];
    days.set(day, [day, Math.min(range[1], index), Math.max(range[2], index)]);
    if (!TALLIED.has(term.kind)) continue;
    const tally = tallies.get(`${id} ${day}`) ?? [id, day, 0, 0];
    tallies.set(`${id} ${day}`, [id, day, tally[2] + 1, tally[3] + persons]);
  }
  const columns = ['term', 'leaf_index'];
  await store.run(
    manager,
    `INSERT INTO audit_posting (term, leaf_index) SELECT r.term, r.leaf_index FROM ${store.rowList(columns)} r`,
    [JSON.stringify(postings.map(({ term, index }) => [idOf(term), index]))],
  );
  await update(store, manager, COUNTS, [...counts]);
  await update(store, manager, TALLIES, [...tallies.values()]);
  await update(store, manager, DAYS, [...days.values()]);
}

/** A table of numbers under a key, and how a new row changes the one that is there. */
interface Summed {
  readonly table: string;
  readonly keys: readonly string[];
  readonly values: { readonly [column: string]: (old: string, said: string) => string };
}

const plus = (old: string, said: string) => `${old} + ${said}`;
const COUNTS: Summed = { table: 'audit_term', keys: ['id'], values: { entries: plus } };
const TALLIES: Summed = { table: 'audit_tally', keys: ['term', 'day'], values: { entries: plus, persons: plus } };
const DAYS: Summed = {
  table: 'audit_day',
  keys: ['day'],
  values: {
    first_index: (old, said) => `CASE WHEN ${said} < ${old} THEN ${said} ELSE ${old} END`,
    last_index: (old, said) => `CASE WHEN ${said} > ${old} THEN ${said} ELSE ${old} END`,
  },
};

/** Changes the rows that are there, then inserts the others: neither dialect's own upsert is the other's. */
async function update(
  store: Store,
  manager: EntityManager,
  { table, keys, values }: Summed,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const numbers = Object.keys(values);
  const columns = [...keys, ...numbers];
  const isSame = keys.map((key) => `r.${key} = ${table}.${key}`).join(' AND ');
  const sets = numbers.map(
    (column) => `${column} = ${values[column]?.(`${table}.${column}`, `CAST(r.${column} AS INTEGER)`)}`,
  );
  const json = JSON.stringify(rows);
  const given = `${store.rowList(columns)} r`;
  await store.run(manager, `UPDATE ${table} SET ${sets.join(', ')} FROM ${given} WHERE ${isSame}`, [json]);
  // A term is there before it is counted.
  if (table === COUNTS.table) return;
  await store.run(
    manager,
    `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.map((column) => `r.${column}`).join(', ')} FROM ${given}
      WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${isSame})`,
    [json],
  );
}

/** The numbers of these terms, those that are new with a number of their own now. */
async function idsOf(store: Store, manager: EntityManager, terms: readonly Term[]): Promise<Map<string, number>> {
  const known = await knownIds(store, manager, terms);
  const fresh = new Map<string, Term>();
  for (const term of terms) if (!known.has(nameOf(term))) fresh.set(nameOf(term), term);
  if (fresh.size === 0) return known;
  const rows = [...fresh.values()].map(({ kind, name }) => [kind, name]);
  await store.run(
    manager,
    `INSERT INTO audit_term (kind, name, entries) SELECT r.kind, r.name, 0 FROM ${store.rowList(['kind', 'name'])} r`,
    [JSON.stringify(rows)],
  );
  return new Map([...known, ...(await knownIds(store, manager, [...fresh.values()]))]);
}

async function knownIds(store: Store, manager: EntityManager, terms: readonly Term[]): Promise<Map<string, number>> {
  const names = new Map<string, readonly [TermKind, string]>();
  for (const term of terms) names.set(nameOf(term), [term.kind, term.name]);
  const rows = await store.run<{ id: number; kind: string; name: string }>(
    manager,
    `SELECT t.id, t.kind, t.name FROM ${store.rowList(['kind', 'name'])} r JOIN audit_term t ON t.kind = r.kind AND t.name = r.name`,
    [JSON.stringify([...names.values()])],
  );
  return new Map(rows.map(({ id, kind, name }) => [`${kind} ${name}`, id]));
}

function nameOf({ kind, name }: Term): string {
  return `${kind} ${name}`;
}
