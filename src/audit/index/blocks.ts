/**
 * The rows of the index: for a tier (0 fine, 1 coarse), a stretch of the tree and a term, the places that have it. New places go
 * into the fine tier; once a coarse stretch is complete its fine rows become one (`merge.ts`). While that is under way a term
 * is in either tier: whoever reads takes both, the fine ones first.
 */
import { bytesIn } from '../../store/sql.js';
import type { Store } from '../../store/store.js';
import { COARSE, FINE, packPlaces, placesIn } from './places.js';

export type Tier = 0 | 1;
export const SPAN: Readonly<Record<Tier, number>> = [FINE, COARSE];

export interface Block {
  readonly segment: number;
  readonly term: number;
  readonly packed: Buffer;
}

interface BlockRow {
  readonly segment: number;
  readonly term: number;
  readonly places: Buffer | string;
}

/** How a statement is run: as committed, or inside a transaction. */
export type Run = <T>(sql: string, parameters: readonly unknown[]) => Promise<T[]>;

/** The blocks of these terms in these stretches. */
export async function readBlocks(
  store: Store,
  run: Run,
  tier: Tier,
  segments: readonly number[],
  terms: readonly number[],
): Promise<Block[]> {
  if (segments.length === 0 || terms.length === 0) return [];
  // Crossed in this order: a planner that does not know the lists short would read whole stretches.
  const rows = await run<BlockRow>(
    `SELECT b.segment, b.term, ${store.bytesOf('b.places')} AS places
      FROM ${store.members} s CROSS JOIN ${store.members} t CROSS JOIN audit_block b
      WHERE b.tier = ? AND b.segment = CAST(s.value AS INTEGER) AND b.term = CAST(t.value AS INTEGER)`,
    [JSON.stringify(segments), JSON.stringify(terms), tier],
  );
  return rows.map(({ segment, term, places }) => ({ segment, term, packed: bytesIn(places) }));
}

/** Adds blocks that are not there. `blocks`: term → packed places. */
export async function insertBlocks(
  run: Run,
  tier: Tier,
  segment: number,
  blocks: ReadonlyMap<number, Buffer>,
): Promise<void> {
  // In the order of the key: a stretch's rows come to lie together.
  const all = [...blocks].sort(([a], [b]) => a - b);
  for (let at = 0; at < all.length; at += ROWS) {
    const rows = all.slice(at, at + ROWS);
    await run(
      `INSERT INTO audit_block (tier, segment, term, places) VALUES ${rows.map(() => '(?, ?, ?, ?)').join(', ')}`,
      rows.flatMap(([term, places]) => [tier, segment, term, places]),
    );
  }
}

/** Rows of one statement: of four parameters each, and SQL Server takes at most 2,100. */
const ROWS = 500;

async function removeBlocks(
  store: Store,
  run: Run,
  tier: Tier,
  segment: number,
  terms: readonly number[],
): Promise<void> {
  if (terms.length === 0) return;
  await run(`DELETE FROM audit_block WHERE tier = ? AND segment = ? AND term IN ${store.keyList}`, [
    tier,
    segment,
    JSON.stringify(terms),
  ]);
}

/** Adds places (within the stretch, in order) to what is there. */
export async function addPlaces(
  store: Store,
  run: Run,
  tier: Tier,
  segment: number,
  places: ReadonlyMap<number, readonly number[]>,
): Promise<void> {
  const there = new Map<number, number[]>();
  for (const { term, packed } of await readBlocks(store, run, tier, [segment], [...places.keys()]))
    there.set(term, placesIn(packed, SPAN[tier]));
  const packed = new Map<number, Buffer>();
  for (const [term, more] of places) {
    packed.set(term, packPlaces(together(there.get(term) ?? [], more), SPAN[tier]));
  }
  await removeBlocks(store, run, tier, segment, [...there.keys()]);
  await insertBlocks(run, tier, segment, packed);
}

/** Both, in order, each once. Nearly always the second come after the first. */
function together(before: readonly number[], more: readonly number[]): readonly number[] {
  const [last = -1, first = -1] = [before.at(-1), more[0]];
  if (last < first) return before.concat(more);
  return [...new Set([...before, ...more])].sort((a, b) => a - b);
}

/** Takes one place out of the blocks of these terms, and a block out that holds nothing any more. */
export async function removePlace(store: Store, run: Run, index: number, terms: readonly number[]): Promise<void> {
  for (const tier of [0, 1] as const) {
    const segment = Math.floor(index / SPAN[tier]);
    const changed = new Map<number, Buffer>();
    const touched: number[] = [];
    for (const { term, packed } of await readBlocks(store, run, tier, [segment], terms)) {
      const before = placesIn(packed, SPAN[tier]);
      const left = before.filter((place) => place !== index % SPAN[tier]);
      if (left.length === before.length) continue;
      touched.push(term);
      if (left.length > 0) changed.set(term, packPlaces(left, SPAN[tier]));
    }
    await removeBlocks(store, run, tier, segment, touched);
    await insertBlocks(run, tier, segment, changed);
  }
}
