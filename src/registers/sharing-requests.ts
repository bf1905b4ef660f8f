/**
 * The register of sharing requests: read fresh for every operation, written inside the caller's transaction. Asking moves no
 * clock, for nothing is decided by it; an answer, a dispute and a withdrawal do, so that of two who come together one is told.
 */
import type { AgencyId, WorkerId } from '../domain/words.js';
import type { Store, Transaction } from '../store/store.js';
import { AlreadyDone } from './accesses.js';
import type { ListPage } from './listing.js';
import { answerRows, readRequests, requestRows } from './request-rows.js';
import { insertRow, instant } from './rows.js';
import type { Contribution, RecordedRequest, Remark, RequestAnswer, SharingRequest } from './sharing-request.js';

export interface SharingRequests {
  sharingRequest(id: string): Promise<RecordedRequest | undefined>;
  /** What a worker asked for an agency, the latest first. */
  sharingRequestsBy(worker: WorkerId, agency: AgencyId, page: ListPage): Promise<readonly RecordedRequest[]>;
  /** What is asked of a holder: the open ones, the first asked first; or the others, the latest first. At most so many. */
  sharingRequestsTo(holder: AgencyId, areOpen: boolean, limit: number): Promise<readonly RecordedRequest[]>;
  /** How many of a worker's requests for an agency are open; within a transaction, what it wrote among them. */
  openRequestsBy(worker: WorkerId, agency: AgencyId, transaction?: Transaction): Promise<number>;
  writeRequest(transaction: Transaction, request: SharingRequest): Promise<void>;
  /** Rejects with AlreadyDone when it was answered, or taken back, before. */
  writeAnswer(transaction: Transaction, answer: RequestAnswer, contributions: readonly Contribution[]): Promise<void>;
  /** Of the last answer. Rejects with AlreadyDone when that was disputed before, or the request taken back. */
  writeDispute(transaction: Transaction, request: string, dispute: Remark): Promise<void>;
  /** Rejects with AlreadyDone when it is not open. */
  writeWithdrawal(transaction: Transaction, request: string, withdrawal: Remark): Promise<void>;
}

const ANSWERED = `EXISTS (SELECT 1 FROM sharing_answer a WHERE a.request_id = r.id
  AND NOT EXISTS (SELECT 1 FROM sharing_dispute d WHERE d.answer_id = a.id))`;
const OPEN = `w.at IS NULL AND NOT ${ANSWERED}`;

export function openSharingRequests(store: Store, tick: (transaction: Transaction) => Promise<void>): SharingRequests {
  const { first } = store;

  /** The last answer to a request, and whether it is disputed, as the transaction has it: the clock keeps other writers out. */
  async function standing(transaction: Transaction, request: string) {
    const withdrawn = await transaction.run('SELECT at FROM sharing_withdrawal WHERE request_id = ?', [request]);
    const answers = await transaction.run<{ id: string; disputed: string | null }>(
      `SELECT a.id, d.at AS disputed FROM sharing_answer a LEFT JOIN sharing_dispute d ON d.answer_id = a.id
        WHERE a.request_id = ?`,
      [request],
    );
    return {
      isWithdrawn: withdrawn.length > 0,
      undisputed: answers.find(({ disputed }) => disputed === null)?.id,
    };
  }

  async function assertOpen(transaction: Transaction, request: string): Promise<void> {
    const { isWithdrawn, undisputed } = await standing(transaction, request);
    if (isWithdrawn || undisputed !== undefined) throw new AlreadyDone('sharing_request');
  }

  return {
    async sharingRequest(id) {
      return (await readRequests(store, 'WHERE r.id = ?', [id]))[0];
    },
    sharingRequestsBy(worker, agency, { limit, after = { at: '~', id: '' } }) {
      const where = `WHERE r.worker = ? AND r.agency = ? AND (r.recorded_at < ? OR (r.recorded_at = ? AND r.id < ?))`;
      const order = `ORDER BY r.recorded_at DESC, r.id DESC ${first}`;
      return readRequests(store, `${where} ${order}`, [worker, agency, after.at, after.at, after.id, limit]);
    },
    sharingRequestsTo(holder, areOpen, limit) {
      const which = areOpen ? OPEN : `NOT (${OPEN})`;
      const order = areOpen ? 'r.recorded_at, r.id' : 'r.recorded_at DESC, r.id DESC';
      return readRequests(store, `WHERE r.holder = ? AND ${which} ORDER BY ${order} ${first}`, [holder, limit]);
    },
    async openRequestsBy(worker, agency, transaction) {
      const sql = `SELECT COUNT(*) AS open_requests FROM sharing_request r LEFT JOIN sharing_withdrawal w ON w.request_id = r.id
        WHERE r.worker = ? AND r.agency = ? AND ${OPEN}`;
      const parameters = [worker, agency];
      const [row] = await (transaction
        ? transaction.run<{ open_requests: number }>(sql, parameters)
        : store.read<{ open_requests: number }>(sql, parameters));
      return row?.open_requests ?? 0;
    },
    async writeRequest(transaction, request) {
      await insertRow(transaction, requestRows, request);
      const subjects = [...new Set(request.subjects)].map((person) => [person, request.id]);
      await transaction.insert('sharing_request_subject', ['person_id', 'request_id'], subjects);
    },
    async writeAnswer(transaction, answer, contributions) {
      await tick(transaction);
      await assertOpen(transaction, answer.request);
      await insertRow(transaction, answerRows, answer);
      const columns = ['id', 'answer_id', 'subject', 'category', 'text', 'recorded_at'];
      const at = instant(answer.at);
      const parts = contributions.map(({ id, subject, category, text }) => [
        id,
        answer.id,
        subject,
        category,
        text,
        at,
      ]);
      await transaction.insert('sharing_contribution', columns, parts);
    },
    async writeDispute(transaction, request, { at, by, why }) {
      await tick(transaction);
      const { isWithdrawn, undisputed } = await standing(transaction, request);
      if (isWithdrawn || undisputed === undefined) throw new AlreadyDone('sharing_dispute');
      const columns = ['answer_id', 'at', 'disputed_by', 'why'];
      await transaction.insert('sharing_dispute', columns, [[undisputed, instant(at), by, why]]);
    },
    async writeWithdrawal(transaction, request, { at, by, why }) {
      await tick(transaction);
      await assertOpen(transaction, request);
      const columns = ['request_id', 'at', 'withdrawn_by', 'why'];
      await transaction.insert('sharing_withdrawal', columns, [[request, instant(at), by, why]]);
    },
  };
}
