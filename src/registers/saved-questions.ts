/** Questions of the log that officers keep: rows of the store. What a filter may say is for who asks. */
import type { AgencyId, IsoInstant, WorkerId } from '../domain/words.js';
import type { Store, Transaction } from '../store/store.js';

/** Whose they are. */
export interface SavedBy {
  readonly worker: WorkerId;
  readonly agency: AgencyId;
}

export interface SavedRow {
  readonly id: string;
  readonly name: string;
  readonly question: string;
  /** JSON. */
  readonly filter: string;
  readonly savedAt: IsoInstant;
}

export interface SavedRegister {
  /** An officer's own, the first saved first. */
  of(officer: SavedBy): Promise<readonly SavedRow[]>;
  /** Each writes inside the caller's transaction. */
  write(transaction: Transaction, officer: SavedBy, row: SavedRow): Promise<void>;
  delete(transaction: Transaction, officer: SavedBy, id: string): Promise<void>;
}

export function openSavedRegister(store: Store): SavedRegister {
  const own = 'FROM audit_saved_question WHERE worker = ? AND agency = ?';
  return {
    async of({ worker, agency }) {
      const sql = `SELECT id, name, question, filter, saved_at ${own} ORDER BY saved_at, id`;
      const rows = await store.read<Omit<SavedRow, 'savedAt'> & { readonly saved_at: string }>(sql, [worker, agency]);
      return rows.map(({ saved_at: savedAt, ...row }) => ({ ...row, savedAt }));
    },
    async write(transaction, { worker, agency }, { id, name, question, filter, savedAt }) {
      await transaction.run(
        'INSERT INTO audit_saved_question (id, worker, agency, name, question, filter, saved_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [id, worker, agency, name, question, filter, savedAt],
      );
    },
    async delete(transaction, { worker, agency }, id) {
      await transaction.run(`DELETE ${own} AND id = ?`, [worker, agency, id]);
    },
  };
}
