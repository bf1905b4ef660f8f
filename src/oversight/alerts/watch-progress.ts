/**
 * How far the watch is, as a row of the store: the entries judged, and the hour last swept. Whoever moves it on claims it in the
 * transaction that writes what was judged, so that of two instances one writes.
 */
import type { Store, Transaction } from '../../store/store.js';

export interface WatchProgress {
  /** How many entries are judged, and how many there are to judge: what is indexed. */
  read(): Promise<{ readonly judged: number; readonly indexed: number }>;
  /** The first `to` are judged now. False, and nothing moved, where they are no longer `from`. */
  claim(transaction: Transaction, from: number, to: number): Promise<boolean>;
  /** The hour last swept: YYYY-MM-DDTHH. */
  swept(): Promise<string | undefined>;
  /** That hour is swept now. False, and nothing moved, where the last is no longer `last`. */
  claimSweep(transaction: Transaction, last: string | undefined, hour: string): Promise<boolean>;
}

export function openWatchProgress(store: Store): WatchProgress {
  return {
    async read() {
      const [[at], [indexed]] = await store.readAll<[{ size: number }, { size: number }]>([
        ['SELECT size FROM audit_watched WHERE id = 1'],
        ['SELECT size FROM audit_indexed WHERE id = 1'],
      ]);
      return { judged: at?.size ?? 0, indexed: indexed?.size ?? 0 };
    },

    async claim(transaction, from, to) {
      const sql = `SELECT size FROM audit_watched ${store.claiming} WHERE id = ?`;
      const [claimed] = await transaction.run<{ size: number }>(sql, [1]);
      if (claimed?.size !== from) return false;
      await transaction.run('UPDATE audit_watched SET size = ? WHERE id = 1', [to]);
      return true;
    },

    async swept() {
      const [row] = await store.read<{ swept: string }>('SELECT swept FROM audit_watched WHERE id = 1');
      return row?.swept;
    },

    async claimSweep(transaction, last, hour) {
      const sql = `SELECT swept FROM audit_watched ${store.claiming} WHERE id = ?`;
      const [claimed] = await transaction.run<{ swept: string }>(sql, [1]);
      if (claimed?.swept !== last) return false;
      await transaction.run('UPDATE audit_watched SET swept = ? WHERE id = 1', [hour]);
      return true;
    },
  };
}
