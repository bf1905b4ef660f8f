/**
 * Indexes the log's entries by what they are found by, in the order of the tree. Follows the sequencer: what is not in the tree
 * is not in the index yet. Any instance may do it: how far the index has come is a row that is claimed by the transaction that
 * moves it, so that every entry is indexed once. Entries are read and taken apart before that transaction, which only writes:
 * whoever appends an entry waits for no more than that.
 */
import type { AgencyId } from '../../domain/words.js';
import type { Store, Transaction } from '../../store/store.js';
import type { AuditEntryBody } from '../entry.js';
import { addPlaces, type Run, readBlocks, removePlace, SPAN } from './blocks.js';
import { readEntries } from './entry-rows.js';
import { mergeSlice } from './merge.js';
import { COARSE, FINE, placesIn } from './places.js';
import { clearSlice } from './reindex.js';
import { claimState, type IndexState, readState, segmentsOf } from './state.js';
import { addTallies, type DayRange, type Tally, widenDays } from './tallies.js';
import { idsOf, knownIds, nameOf, newMemory, remember } from './term-ids.js';
import { type Count, readTerms, type Term, termsOf } from './terms.js';

export interface Indexer {
  /** Indexes everything in the tree. Says how many entries. Several calls at once share one run, and the first one's `progress`. */
  index(progress?: (done: number) => void): Promise<number>;
  /** Indexes soon: at once, or a second after it last began, for entries together cost less than each by itself. `failed`: when that went wrong. */
  follow(failed: (error: unknown) => void): void;
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

/** Entries indexed in one transaction. */
const BATCH = 500;
/** From one beginning to the next of an index that follows, ms. */
const EVERY_MS = 1000;
const DAY = 'YYYY-MM-DD'.length;

/** What an entry is found by, at its place. */
export interface Posted {
  readonly index: number;
  readonly day: string;
  readonly terms: readonly Term[];
  /** What it adds to the counts of its day. */
  readonly counts: readonly Count[];
}

interface Batch {
  readonly posted: readonly Posted[];
  /** The place after the last. */
  readonly end: number;
}

export function openIndexer(store: Store): Indexer {
  const memory = newMemory();
  let running: Promise<number> | undefined;
  let isStopping = false;
  let next: NodeJS.Timeout | undefined;
  let began = Number.NEGATIVE_INFINITY;

  async function indexAll(progress: (done: number) => void): Promise<number> {
    let count = 0;
    while (!isStopping) {
      const state = await readState(store.read);
      const complete = (state.merged + 1) * COARSE;
      if (state.size < 0) await clearSlice(store);
      else if (state.size >= complete) await mergeAll();
      else {
        // Not past the end of a coarse stretch: one is merged before the next begins.
        const batch = await prepare(state.size, Math.min(BATCH, complete - state.size));
        if (batch.end === state.size) break;
        count += await write(state, batch);
        progress(count);
      }
      // Reading and taking apart are one piece of work: others have their turn after it.
      await new Promise(setImmediate);
    }
    return count;
  }

  async function mergeAll(): Promise<void> {
    for (let after: number | undefined = 0; after !== undefined && !isStopping; ) {
      after = await mergeSlice(store, after);
      await new Promise(setImmediate);
    }
  }

  async function prepare(from: number, limit: number): Promise<Batch> {
    const entries = await readEntries(store, from, limit);
    const posted = entries.flatMap(({ index, body }) => (body ? postedOf(index, body) : []));
    return { posted, end: (entries.at(-1)?.index ?? from - 1) + 1 };
  }

  /** Nothing when the index has moved since the entries were read, or something of it was taken out. */
  async function write(seen: IndexState, { posted, end }: Batch): Promise<number> {
    const learned = await store.transaction(async (transaction) => {
      const run = transaction.run;
      const state = await claimState(run);
      if (state.size !== seen.size || state.epoch !== seen.epoch) return undefined;
      if (memory.epoch !== state.epoch) memory.ids.clear();
      memory.epoch = state.epoch;
      const ids = await writePosted(store, run, posted, memory.ids);
      await run('UPDATE audit_indexed SET size = ? WHERE id = 1', [end]);
      return ids;
    });
    if (!learned) return 0;
    remember(memory, learned);
    return end - seen.size;
  }

  function index(progress: (done: number) => void = () => undefined): Promise<number> {
    running ??= indexAll(progress).finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    index,
    follow(failed) {
      if (next || isStopping) return;
      const wait = Math.max(0, began + EVERY_MS - performance.now());
      next = setTimeout(() => {
        next = undefined;
        began = performance.now();
        index().catch(failed);
      }, wait).unref();
    },
    async stop() {
      isStopping = true;
      clearTimeout(next);
      await running?.catch(() => undefined);
    },
  };
}

/** What an entry is found by. */
export function postedOf(index: number, body: AuditEntryBody): Posted {
  return { index, day: body.at.slice(0, DAY), ...readTerms(body) };
}

/** Writes new places into the fine tier, and counts them. Answers with the numbers of terms that the memory did not have. */
async function writePosted(
  store: Store,
  run: Run,
  posted: readonly Posted[],
  memory: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const terms = new Map<string, Term>();
  const named = (term: Term) => {
    const name = nameOf(term);
    terms.set(name, term);
    return name;
  };
  const namesAt = posted.map(({ terms: all }) => all.map(named));
  const countsAt = posted.map(({ counts }) => counts.map((count) => ({ ...count, name: named(count.term) })));
  const learned = await idsOf(store, run, terms, memory);
  const numberOf = (name: string) => (memory.get(name) ?? learned.get(name)) as number;
  const segments = new Map<number, Map<number, number[]>>();
  const tallies = new Map<string, Tally>();
  const days = new Map<string, DayRange>();
  posted.forEach(({ index, day }, at) => {
    const range = days.get(day);
    if (!range) days.set(day, { day, first: index, last: index });
    else [range.first, range.last] = [Math.min(range.first, index), Math.max(range.last, index)];
    const segment = Math.floor(index / FINE);
    const places = segments.get(segment) ?? new Map<number, number[]>();
    segments.set(segment, places);
    for (const name of namesAt[at] ?? []) {
      const term = numberOf(name);
      const there = places.get(term);
      if (there) there.push(index % FINE);
      else places.set(term, [index % FINE]);
    }
    for (const { name, entries, persons } of countsAt[at] ?? []) tally(tallies, numberOf(name), day, entries, persons);
  });
  for (const [segment, places] of segments) await addPlaces(store, run, 0, segment, places);
  await addTallies(store, run, [...tallies.values()]);
  await widenDays(store, run, [...days.values()]);
  return learned;
}

function tally(tallies: Map<string, Tally>, term: number, day: string, entries: number, persons: number): void {
  const key = `${term} ${day}`;
  const known = tallies.get(key);
  if (!known) tallies.set(key, { term, day, entries, persons });
  else [known.entries, known.persons] = [known.entries + entries, known.persons + persons];
}

/** A mark that rests on more than its entry. */
export interface AddedMark {
  readonly index: number;
  readonly day: string;
  readonly mark: string;
  /** As of a term. */
  readonly keptBy?: AgencyId | undefined;
}

/** Adds marks that rest on more than the entry: found by whoever watches the log. Marks it has already stay as they are. */
export async function addMarks(store: Store, transaction: Transaction, marks: readonly AddedMark[]): Promise<void> {
  const run = transaction.run;
  const { merged } = await claimState(run);
  const terms = new Map(marks.map((mark) => [nameOf(markOf(mark)), markOf(mark)]));
  const ids = await idsOf(store, run, terms);
  const tallies = new Map<string, Tally>();
  for (const mark of marks) {
    const { index, day } = mark;
    const term = ids.get(nameOf(markOf(mark))) as number;
    if (await isThere(store, run, index, term)) continue;
    // What is merged is never looked for in the fine tier.
    const tier = index < merged * COARSE ? 1 : 0;
    const place = index % SPAN[tier];
    await addPlaces(store, run, tier, Math.floor(index / SPAN[tier]), new Map([[term, [place]]]));
    tally(tallies, term, day, 1, 0);
  }
  await addTallies(store, run, [...tallies.values()]);
}

const markOf = ({ mark: name, keptBy }: AddedMark): Term => ({
  kind: 'mark',
  name,
  ...(keptBy === undefined ? {} : { keptBy }),
});

async function isThere(store: Store, run: Run, index: number, term: number): Promise<boolean> {
  for (const tier of [0, 1] as const) {
    const [block] = await readBlocks(store, run, tier, [Math.floor(index / SPAN[tier])], [term]);
    if (block && placesIn(block.packed, SPAN[tier]).includes(index % SPAN[tier])) return true;
  }
  return false;
}

/**
 * Takes entries out of the index, in the transaction that erases them (`bodies` as they still are). Counts a day stay: they
 * name no person, and how much somebody asked is not undone by forgetting of whom.
 */
export async function forget(
  store: Store,
  transaction: Transaction,
  entries: readonly { readonly index: number; readonly body: AuditEntryBody }[],
): Promise<void> {
  const run = transaction.run;
  const state = await claimState(run);
  // Also for entries that are not indexed yet: whoever has read them already reads them again.
  await run('UPDATE audit_indexed SET epoch = ? WHERE id = 1', [state.epoch + 1]);
  const terms = new Map(entries.flatMap(({ body }) => termsOf(body)).map((term) => [nameOf(term), term]));
  const ids = await knownIds(store, run, terms.values());
  const marks = (await run<{ id: number }>(`SELECT id FROM audit_term WHERE kind = 'mark'`, [])).map(({ id }) => id);
  for (const { index, body } of entries) {
    const named = termsOf(body).flatMap((term) => ids.get(nameOf(term)) ?? []);
    await removePlace(store, run, index, [...new Set([...named, ...marks])]);
  }
  const persons = [...terms.values()].flatMap((term) => (term.kind === 'person' ? (ids.get(nameOf(term)) ?? []) : []));
  const { fine, coarse } = segmentsOf(state, 0, Math.ceil(Math.max(0, state.size) / COARSE));
  const left = [
    ...(await readBlocks(store, run, 0, fine, persons)),
    ...(await readBlocks(store, run, 1, coarse, persons)),
  ];
  const held = new Set(left.map(({ term }) => term));
  await run(`DELETE FROM audit_term WHERE id IN ${store.keyList}`, [
    JSON.stringify(persons.filter((id) => !held.has(id))),
  ]);
}
