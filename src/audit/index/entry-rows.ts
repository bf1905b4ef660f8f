/** Entries by their places in the tree: the one place where the index reads what the writer wrote. */
import type { IsoInstant } from '../../domain/words.js';
import type { Store } from '../../store/store.js';
import { type BodyRow, bodyColumns, bodyIn } from '../body.js';
import type { AuditEntryBody } from '../entry.js';
import { handedOver } from '../handed-over.js';

/** An entry with its place in the tree. */
export interface IndexedEntry {
  readonly index: number;
  readonly body: AuditEntryBody;
  readonly hash: string;
}

interface EntryRow extends BodyRow {
  readonly leaf_index: number;
  readonly hash: string;
}

const FROM = 'FROM audit_leaf l JOIN audit_entry e ON e.seq = l.entry_seq';

/** The entries from a place on, in order; of one that was erased there is no body. What was handed over is taken. */
export async function readEntries(
  store: Store,
  from: number,
  limit: number,
): Promise<readonly { readonly index: number; readonly body: AuditEntryBody | undefined }[]> {
  const given = handedOver(store);
  const rows = await store.read<{ leaf_index: number; hash: string }>(
    `SELECT l.leaf_index, e.hash ${FROM} WHERE l.leaf_index >= ? ORDER BY l.leaf_index ${store.first}`,
    [from, limit],
  );
  const bodies = new Map(rows.map(({ leaf_index: index, hash }) => [index, given.take(hash)]));
  const missing = rows.flatMap(({ leaf_index: index }) => (bodies.get(index) ? [] : index));
  if (missing.length > 0) {
    const sql = `SELECT l.leaf_index, ${bodyColumns(store, 'e')} ${FROM} WHERE l.leaf_index IN ${store.keyList}`;
    for (const row of await store.read<EntryRow>(sql, [JSON.stringify(missing)])) bodies.set(row.leaf_index, read(row));
  }
  return [...bodies].map(([index, body]) => ({ index, body }));
}

/** Entries at these places, in that order, of the time [since, until); what was erased is left out. */
export async function readEntriesAt(
  store: Store,
  indexes: readonly number[],
  { since, until }: { readonly since?: IsoInstant; readonly until?: IsoInstant } = {},
): Promise<IndexedEntry[]> {
  const times = [
    ['e.at >= ?', since],
    ['e.at < ?', until],
  ].filter(([, value]) => value !== undefined);
  // The time comes first: where it does not fit, the body, which is long, is not read.
  const rows = await store.read<EntryRow>(
    `SELECT l.leaf_index, ${bodyColumns(store, 'e')}, e.hash ${FROM}
      WHERE l.leaf_index IN ${store.keyList} ${times.map(([condition]) => `AND ${condition}`).join(' ')} AND e.hash <> ''`,
    [JSON.stringify(indexes), ...times.map(([, value]) => value)],
  );
  const byIndex = new Map(rows.map((row) => [row.leaf_index, row]));
  return indexes.flatMap((index) => {
    const row = byIndex.get(index);
    const body = row && read(row);
    return body ? { index, body, hash: row.hash } : [];
  });
}

function read(row: BodyRow): AuditEntryBody | undefined {
  const text = bodyIn(row);
  return text === '' ? undefined : (JSON.parse(text) as AuditEntryBody);
}
