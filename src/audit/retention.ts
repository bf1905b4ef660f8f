/**
 * The retention rule of the log: what entries older than so many calendar months say of people is erased, their leaves stay. Each
 * erasure is an entry that names what it erased (`erase.ts`); those entries name nobody and are kept, for without them the missing rows
 * would be taken for removed by stealth.
 */
import type { Store } from '../store/store.js';
import type { Audit } from './audit.js';
import { type BodyRow, bodyColumns, bodyIn } from './body.js';
import type { AuditEntryBody } from './entry.js';
import { eraseEntries, isErasure } from './erase.js';

export interface Retention {
  /** Entries before this instant. */
  readonly before: string;
  /** The erasing entry as its author writes it, but for its id and statements. */
  readonly by: Omit<AuditEntryBody, 'id' | 'statements'>;
  readonly newId: () => string;
  readonly onProgress?: (entries: number) => void;
}

/** Entries that one erasing entry names. */
const AT_A_TIME = 2000;

/** The instant so many calendar months before another, at the same time of day; the last day of a month that is too short. Throws RangeError unless months ≥ 1. */
export function monthsBefore(now: Date, months: number): string {
  if (!Number.isInteger(months) || months < 1) throw new RangeError('a retention rule keeps at least one month');
  const day = new Date(now);
  day.setUTCDate(1);
  day.setUTCMonth(day.getUTCMonth() - months);
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  day.setUTCDate(Math.min(now.getUTCDate(), last));
  return day.toISOString();
}

/** Erases every entry before an instant that is in the tree and not erased yet. Answers with how many. */
export async function eraseOlder(
  store: Store,
  audit: Audit,
  { before, by, newId, onProgress }: Retention,
): Promise<number> {
  const sql = `SELECT l.leaf_index, e.id, ${bodyColumns(store, 'e')} FROM audit_leaf l JOIN audit_entry e ON e.seq = l.entry_seq
    WHERE l.leaf_index > ? AND l.salt IS NOT NULL AND e.at < ? ORDER BY l.leaf_index ${store.first}`;
  let [last, count] = [-1, 0];
  for (;;) {
    const rows = await store.read<BodyRow & { leaf_index: number; id: string }>(sql, [last, before, AT_A_TIME]);
    if (rows.length === 0) return count;
    last = rows.at(-1)?.leaf_index ?? last;
    const ids = rows.filter((row) => !isErasure(bodyIn(row))).map(({ id }) => id);
    if (ids.length > 0) await eraseEntries(store, audit, ids, { ...by, id: newId() });
    count += ids.length;
    onProgress?.(count);
  }
}
