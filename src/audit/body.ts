/**
 * Where an entry's canonical text lies in its row: packed (`store/packed-text.ts`), or as it is in rows written before there was that. What
 * was hashed, and is exported, is always the text.
 */
import { unpackText } from '../store/packed-text.js';
import { bytesIn } from '../store/sql.js';
import type { Store } from '../store/store.js';

/** What `bodyColumns` selects. */
export interface BodyRow {
  readonly body: string;
  /** Bytes, or their hex digits. */
  readonly packed: Buffer | string | null;
}

/** The columns of a body to select, of a table or its alias. */
export function bodyColumns(store: Store, table = 'audit_entry'): string {
  return `${table}.body AS body, ${store.bytesOf(`${table}.packed`)} AS packed`;
}

/** The canonical text of a row; empty where it was erased. Throws for bytes that are none. */
export function bodyIn({ body, packed }: BodyRow): string {
  return packed === null ? body : unpackText(bytesIn(packed));
}
