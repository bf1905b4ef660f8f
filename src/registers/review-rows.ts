/** Reviews of allegations as rows of the store: read with everything else that is said, written inside the caller's transaction. */
import type { Store, Transaction } from '../store/store.js';
import type { AllegationReview, ReviewResult } from './reviews.js';
import { instant, type Row, text } from './rows.js';

const COLUMNS = ['id', 'holder', 'victim', 'perpetrator', 'result', 'why', 'reviewed_at', 'reviewed_by'] as const;

export interface Reviews {
  /**
   * Writes inside the caller's transaction and moves the clock. One that would stand before the last of the same allegation, because
   * the clock of the instance is behind, is given the time of that last one. Rejects with a RangeError on what is no instant.
   */
  writeReview(transaction: Transaction, review: AllegationReview): Promise<void>;
}

/** The reading of the batch; takes one JSON list of persons, twice. */
export function reviewReading({ keyList }: Store): string {
  return `SELECT ${COLUMNS.join(', ')} FROM allegation_review WHERE victim IN ${keyList} OR perpetrator IN ${keyList}`;
}

export function readReview(row: Row): AllegationReview {
  return {
    id: text(row['id']),
    holder: text(row['holder']),
    victim: text(row['victim']),
    perpetrator: text(row['perpetrator']),
    result: text(row['result']) as ReviewResult,
    why: text(row['why']),
    reviewedAt: text(row['reviewed_at']),
    reviewedBy: text(row['reviewed_by']),
  };
}

export function openReviews(tick: (transaction: Transaction) => Promise<void>): Reviews {
  return {
    async writeReview(transaction, { id, holder, victim, perpetrator, result, why, reviewedAt, reviewedBy }) {
      await tick(transaction);
      const at = instant(reviewedAt);
      const [row] = await transaction.run<{ last: string | null }>(
        'SELECT MAX(reviewed_at) AS last FROM allegation_review WHERE holder = ? AND victim = ? AND perpetrator = ?',
        [holder, victim, perpetrator],
      );
      const last = row?.last ?? at;
      const values = [id, holder, victim, perpetrator, result, why, last > at ? last : at, reviewedBy];
      await transaction.insert('allegation_review', COLUMNS, [values]);
    },
  };
}
