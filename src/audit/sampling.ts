/**
 * A random sample of a month of the log that nobody can choose, and anybody can draw again: the draws follow from the month and
 * from the root of the first checkpoint signed after its end, which nobody knew before. Each draw is a place among those that
 * hold the month; it counts when what stands there belongs, and has not been drawn before.
 */
import { createHash } from 'node:crypto';
import type { IsoInstant } from '../domain/words.js';
import type { Store } from '../store/store.js';
import type { IndexedEntry, Search } from './index/search.js';
import { readCheckpointText } from './log/checkpoint.js';
import { parseNote } from './log/signed-note.js';

export interface Sample {
  /** SHA-256, hex, of `threshold/sample/v1`, the month and the root (hex), each after a newline. */
  readonly seed: string;
  /** The first checkpoint signed after the month's end. */
  readonly checkpoint: { readonly size: number; readonly root: string; readonly at: IsoInstant };
  /** In the order of the draws: a smaller sample is the beginning of a larger one. */
  readonly entries: readonly IndexedEntry[];
}

/** Draws for each entry wanted, at most: where hardly anything belongs, the sample is smaller than it was asked for. */
const DRAWS = 200;
const AT_ONCE = 64;
/** Numbers of 48 bits: exact as a JavaScript number, and the remainder's bias is below 1 in 10^4 for a log of 10^10. */
const NUMBER_BYTES = 6;
const DAY = 'YYYY-MM-DD'.length;

/** The instants [since, until) of a month, YYYY-MM, in UTC; undefined for what is no month. */
export function monthOf(month: string): { readonly since: IsoInstant; readonly until: IsoInstant } | undefined {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) return undefined;
  const since = new Date(`${month}-01T00:00:00.000Z`);
  const until = new Date(since);
  until.setUTCMonth(until.getUTCMonth() + 1);
  return { since: since.toISOString(), until: until.toISOString() };
}

export interface Sampling {
  /**
   * Draws from the entries of a month that `belong`. Undefined while there is no checkpoint after its end, or what it covers is
   * not indexed yet. Requires a month (`monthOf`).
   */
  draw(month: string, size: number, belongs: (entry: IndexedEntry) => boolean): Promise<Sample | undefined>;
}

export function openSampling(store: Store, search: Pick<Search, 'at'>): Sampling {
  return {
    async draw(month, size, belongs) {
      const period = monthOf(month);
      const checkpoint = period && (await firstAfter(store, period.until));
      if (!period || !checkpoint) return undefined;
      const seed = createHash('sha256').update(`threshold/sample/v1\n${month}\n${checkpoint.root}`).digest('hex');
      const { from, to } = await placesOf(store, period.since, period.until, checkpoint.size);
      const entries: IndexedEntry[] = [];
      const drawn = new Set<number>();
      for (let draw = 0; draw < size * DRAWS && entries.length < size && drawn.size < to - from; draw += AT_ONCE) {
        const places: number[] = [];
        for (let i = draw; i < draw + AT_ONCE; i += 1) {
          const place = from + (numberOf(seed, i) % (to - from));
          if (!drawn.has(place)) places.push(place);
          drawn.add(place);
        }
        for (const entry of await search.at(places)) {
          const { at } = entry.body;
          if (entries.length < size && at >= period.since && at < period.until && belongs(entry)) entries.push(entry);
        }
      }
      return { seed, checkpoint, entries };
    },
  };
}

/** The draw'th number of a seed: the first six bytes of SHA-256(seed, newline, draw), big-endian. */
function numberOf(seed: string, draw: number): number {
  return createHash('sha256').update(`${seed}\n${draw}`).digest().readUIntBE(0, NUMBER_BYTES);
}

async function firstAfter(store: Store, at: IsoInstant): Promise<Sample['checkpoint'] | undefined> {
  const sql = `SELECT tree_size, note, at FROM audit_checkpoint WHERE at >= ? ORDER BY tree_size ${store.first}`;
  const [row] = await store.read<{ tree_size: number; note: string; at: string }>(sql, [at, 1]);
  const [indexed] = await store.read<{ size: number }>('SELECT size FROM audit_indexed WHERE id = 1');
  if (!row || (indexed?.size ?? 0) < row.tree_size) return undefined;
  const { root } = readCheckpointText(parseNote(row.note).text);
  return { size: row.tree_size, root: root.toString('hex'), at: row.at };
}

/** The places that hold the month, under the checkpoint. */
async function placesOf(store: Store, since: IsoInstant, until: IsoInstant, size: number) {
  const [row] = await store.read<{ first: number | null; last: number | null }>(
    'SELECT MIN(first_index) AS first, MAX(last_index) AS last FROM audit_day WHERE day >= ? AND day < ?',
    [since.slice(0, DAY), until.slice(0, DAY)],
  );
  return { from: row?.first ?? 0, to: Math.min((row?.last ?? -1) + 1, size) };
}
