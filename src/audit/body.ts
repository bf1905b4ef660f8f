/**
 * How an entry's canonical text lies in its row: deflated (RFC 1951) in `packed`, a third to a fifth of its size. Rows written before
 * that have it in `body`. What was hashed, and is exported, is always the text. The one place that packs and unpacks.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Store } from '../store/store.js';

/** What `bodyColumns` selects. */
export interface BodyRow {
  readonly body: string;
  /** Hex. */
  readonly packed: string | null;
}

/** No entry comes near it: a row that says so was not written here. */
const LONGEST_BODY = 1 << 28;

/** The columns of a body to select, of a table or its alias. */
export function bodyColumns(store: Store, table = 'audit_entry'): string {
  return `${table}.body AS body, ${store.hex(`${table}.packed`)} AS packed`;
}

/** An entry's text for its column `packed`. */
export function packBody(canonical: string): Buffer {
  return deflateRawSync(canonical);
}

/** The canonical text of a row; empty where it was erased. Throws zlib's error for bytes that are none. */
export function bodyIn({ body, packed }: BodyRow): string {
  if (packed === null) return body;
  return inflateRawSync(Buffer.from(packed, 'hex'), { maxOutputLength: LONGEST_BODY }).toString();
}
