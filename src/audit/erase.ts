/**
 * Erasing what an entry says of people: its row loses worker, body, hash and salt, the leaf stays. The tree and every proof hold;
 * whom the leaf was about can no longer be told. An erasure is an entry itself, written in the same transaction and naming the
 * entries, without which a verifier takes the missing rows for removed by stealth.
 */

import type { Store } from '../store/store.js';
import type { Audit, AuditEntryBody, Receipt } from './audit.js';
import { type BodyRow, bodyColumns, bodyIn } from './body.js';
import { forget } from './index/indexer.js';

/** What an erasing entry says was done. */
export const ERASED = 'ENTRIES_ERASED';

/** Names entries that are not there, not in the tree yet, erased already, or erasures themselves. */
export class NotErasable extends Error {
  override readonly name = 'NotErasable';
}

/**
 * Erases entries. `body` is the erasing entry as its author writes it, without statements. Rejects with NotErasable, and erases nothing,
 * unless every entry can be.
 */
export async function eraseEntries(
  store: Store,
  audit: Audit,
  ids: readonly string[],
  body: Omit<AuditEntryBody, 'statements'>,
): Promise<Receipt> {
  const named = [...new Set(ids)].sort();
  const statements = [{ did: ERASED, ids: named, subjects: [], policies: [] }];
  return audit.append(
    { ...body, statements },
    {
      async write(transaction) {
        const list = JSON.stringify(named);
        const found = await transaction.run<BodyRow & { leaf_index: number }>(
          `SELECT l.leaf_index, ${bodyColumns(store, 'e')} FROM audit_entry e JOIN audit_leaf l ON l.entry_seq = e.seq WHERE l.salt IS NOT NULL AND e.id IN ${store.keyList}`,
          [list],
        );
        if (found.length !== named.length || found.some((row) => isErasure(bodyIn(row))))
          throw new NotErasable('not every entry can be erased');
        await forget(
          store,
          transaction,
          found.map((row) => ({ index: row.leaf_index, body: JSON.parse(bodyIn(row)) as AuditEntryBody })),
        );
        await transaction.run(
          `UPDATE audit_leaf SET salt = NULL WHERE entry_seq IN (SELECT seq FROM audit_entry WHERE id IN ${store.keyList})`,
          [list],
        );
        await transaction.run(
          `UPDATE audit_entry SET body = '', packed = NULL, hash = '', worker = '', agency = '', purpose = NULL, registers_version = NULL
            WHERE id IN ${store.keyList}`,
          [list],
        );
      },
    },
  );
}

/** Whether a canonical text is that of an erasure: it names nobody, and is never erased. */
export function isErasure(text: string): boolean {
  if (!text.includes(ERASED)) return false;
  const { statements = [] } = JSON.parse(text) as AuditEntryBody;
  return statements.some(({ did }) => did === ERASED);
}
