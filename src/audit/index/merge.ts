/** Makes the fine rows of a complete stretch one coarse row a term: in slices, for whatever writes meanwhile waits for each. */
import { bytesIn } from '../../store/sql.js';
import type { Store } from '../../store/store.js';
import { addPlaces, insertBlocks, SPAN } from './blocks.js';
import { COARSE, FINE, packPlaces, placesIn } from './places.js';
import { claimState } from './state.js';

/** Terms of one slice. */
const SLICE = 250;
const LAST_TERM = 2 ** 31 - 1;
const PER_COARSE = COARSE / FINE;

interface FineRow {
  readonly segment: number;
  readonly term: number;
  readonly places: Buffer | string;
}

/** Merges a slice, the terms after one. Says where it ended; undefined when nothing is to be merged. */
export async function mergeSlice(store: Store, after: number): Promise<number | undefined> {
  return store.transaction(async (transaction) => {
    const run = transaction.run;
    const { size, merged } = await claimState(run);
    if (size < (merged + 1) * COARSE) return undefined;
    const first = merged * PER_COARSE;
    const range = 'tier = 0 AND segment >= ? AND segment < ?';
    const within = [first, first + PER_COARSE];
    // Terms have numbers in the order in which they came: the last fine stretch has the newest.
    const [slice] = await run<{ terms: number; last: number | null }>(
      `SELECT COUNT(*) AS terms, MAX(term) AS last FROM
        (SELECT term FROM audit_block WHERE tier = 0 AND segment = ? AND term > ? ORDER BY term ${store.first}) s`,
      [first + PER_COARSE - 1, after, SLICE],
    );
    const upTo = slice?.terms === SLICE && slice.last !== null ? slice.last : LAST_TERM;
    const rows = (
      await Promise.all(
        Array.from({ length: PER_COARSE }, (_, i) =>
          run<FineRow>(
            `SELECT segment, term, ${store.bytesOf('places')} AS places FROM audit_block
              WHERE tier = 0 AND segment = ? AND term > ? AND term <= ?`,
            [first + i, after, upTo],
          ),
        ),
      )
    ).flat();
    await write(rows);
    for (let segment = first; segment < first + PER_COARSE; segment += 1)
      await run('DELETE FROM audit_block WHERE tier = 0 AND segment = ? AND term > ? AND term <= ?', [
        segment,
        after,
        upTo,
      ]);
    if (upTo < LAST_TERM) return upTo;
    // A mark may have been added below the slices in the meantime.
    const [left] = await run<{ term: number | null }>(
      `SELECT MIN(term) AS term FROM audit_block WHERE ${range}`,
      within,
    );
    if (left?.term === null || left === undefined)
      await run('UPDATE audit_indexed SET merged = ? WHERE id = 1', [merged + 1]);
    return 0;

    async function write(fine: readonly FineRow[]): Promise<void> {
      const places = new Map<number, number[]>();
      for (const { segment, term, places: digits } of fine) {
        const start = (segment - first) * FINE;
        const all = places.get(term) ?? [];
        for (const place of placesIn(bytesIn(digits), FINE)) all.push(start + place);
        places.set(term, all);
      }
      const there = await run<{ term: number }>(
        'SELECT term FROM audit_block WHERE tier = 1 AND segment = ? AND term > ? AND term <= ?',
        [merged, after, upTo],
      );
      const before = new Map<number, number[]>();
      for (const { term } of there) {
        const more = places.get(term);
        if (more) before.set(term, more);
        places.delete(term);
      }
      if (before.size > 0) await addPlaces(store, run, 1, merged, before);
      const packed = new Map<number, Buffer>();
      for (const [term, all] of places) packed.set(term, packPlaces(all, SPAN[1]));
      await insertBlocks(run, 1, merged, packed);
    }
  });
}
