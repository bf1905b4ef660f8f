/** Entries by their places in the tree: the one place where the index reads what the writer wrote. */
import type { IsoInstant } from '../../domain/words.js';
import type { Store } from '../../store/store.js';
import type { AuditEntryBody } from '../entry.js';

/** An entry with its place in the tree. */
export interface IndexedEntry {
  readonly index: number;
  readonly body: AuditEntryBody;
  readonly hash: string;
}

interface EntryRow {
  readonly leaf_index: number;
  readonly body: string;
  readonly hash: string;
}

const FROM = 'FROM audit_leaf l JOIN audit_entry e ON e.seq = l.entry_seq';

/** The entries from a place on, in order; of one that was erased there is no body. */
export async function readEntries(
  store: Store,
  from: number,
  limit: number,
): Promise<readonly { readonly index: number; readonly body: AuditEntryBody | undefined }[]> {
  const rows = await store.read<EntryRow>(
    `SELECT l.leaf_index, e.body ${FROM} WHERE l.leaf_index >= ? ORDER BY l.leaf_index ${store.first}`,
    [from, limit],
  );
  return rows.map(({ leaf_index: index, body }) => ({ index, body: body === '' ? undefined : parse(body) }));
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
    `SELECT l.leaf_index, e.body, e.hash ${FROM}
      WHERE l.leaf_index IN ${store.keyList} ${times.map(([condition]) => `AND ${condition}`).join(' ')} AND e.body <> ''`,
    [JSON.stringify(indexes), ...times.map(([, value]) => value)],
  );
  const byIndex = new Map(rows.map((row) => [row.leaf_index, row]));
  return indexes.flatMap((index) => {
    const row = byIndex.get(index);
    return row ? { index, body: parse(row.body), hash: row.hash } : [];
  });
}

function parse(body: string): AuditEntryBody {
  return JSON.parse(body) as AuditEntryBody;
}
