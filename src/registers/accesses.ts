/**
 * The statements about grants, emergency access and approvals: read with everything else that is said, in the same batch;
 * written inside the caller's transaction. `registers.ts` moves the clock before each of these writes.
 */
import type { IsoInstant, PersonId, WorkerId } from '../domain/words.js';
import type { Store, Transaction } from '../store/store.js';
import { emergencyRows, grantRows, readGrant, readRecordedEmergency } from './access-rows.js';
import type { EmergencyAccess, EmergencyReview, RecordedEmergency } from './emergency.js';
import type { Grant, GrantAbout } from './grant.js';
import { exceptionRows, instant, type Row, readException, type TableWriter } from './rows.js';
import type { ExceptionRecord } from './statements.js';

/** It was ended, reviewed or approved already, or is not there: whoever came first stands. */
export class AlreadyDone extends Error {
  override readonly name = 'AlreadyDone';
}

/** Why something ended before its time, and who ended it. */
export interface AccessEnd {
  readonly at: IsoInstant;
  readonly by: WorkerId;
  readonly why: string;
}

export interface Accesses {
  /** With when it was ended before its time. */
  grant(id: string): Promise<(Grant & Pick<GrantAbout, 'endedAt'>) | undefined>;
  emergency(id: string): Promise<RecordedEmergency | undefined>;
  /** Emergency accesses that nobody has reviewed, the oldest first, at most so many. */
  unreviewedEmergencies(limit: number): Promise<readonly RecordedEmergency[]>;
  exception(id: string): Promise<ExceptionRecord | undefined>;
  /** Exceptions that wait for this manager, the oldest first. */
  exceptionsAwaiting(manager: WorkerId): Promise<readonly ExceptionRecord[]>;
  /** Each writes inside the caller's transaction and moves the clock. RangeError: a list or a period that cannot be held. */
  writeGrant(transaction: Transaction, grant: Grant): Promise<void>;
  writeEmergency(transaction: Transaction, access: EmergencyAccess): Promise<void>;
  /** Ends a grant or an emergency access from the next operation on. Rejects with AlreadyDone when it was ended before. */
  endAccess(transaction: Transaction, id: string, end: AccessEnd): Promise<void>;
  /** Rejects with AlreadyDone when somebody reviewed it before. */
  reviewEmergency(transaction: Transaction, id: string, review: EmergencyReview): Promise<void>;
  /** Rejects with AlreadyDone when it does not wait for an approval, or no longer. */
  approveException(
    transaction: Transaction,
    id: string,
    approval: { readonly at: IsoInstant; readonly by: WorkerId },
  ): Promise<void>;
}

const ENDED = (of: string) => `LEFT JOIN access_end x ON x.id = ${of}.id`;
const columnsOf = ({ columns }: TableWriter<never>, of: string) =>
  columns.map((name) => `${of}.${name} AS ${name}`).join(', ');

/** The readings of the batch; each takes one JSON list of persons. */
export function accessReadings(store: Store) {
  return {
    grants: `SELECT s.person_id AS subject, ${columnsOf(grantRows, 'g')}, x.at AS ended FROM sharing_grant_subject s
      JOIN sharing_grant g ON g.id = s.grant_id ${ENDED('g')} WHERE s.person_id IN ${store.keyList}`,
    emergencies: `SELECT s.person_id AS subject, ${columnsOf(emergencyRows, 'e')}, x.at AS ended FROM emergency_subject s
      JOIN emergency_access e ON e.id = s.emergency_id ${ENDED('e')} WHERE s.person_id IN ${store.keyList}`,
  };
}

/** Exceptions with what they wait for. */
export const EXCEPTIONS = `SELECT ${columnsOf(exceptionRows, 'r')}, w.asked AS awaiting, a.approved_by AS confirmed_by
  FROM exception_record r LEFT JOIN exception_awaiting w ON w.exception_id = r.id
  LEFT JOIN exception_approval a ON a.exception_id = r.id`;

export function openAccesses(store: Store, tick: (transaction: Transaction) => Promise<void>): Accesses {
  const grantById = `SELECT s.person_id AS subject, ${columnsOf(grantRows, 'g')}, x.at AS ended FROM sharing_grant g
    JOIN sharing_grant_subject s ON s.grant_id = g.id ${ENDED('g')} WHERE g.id = ? ORDER BY s.person_id`;
  const emergencies = `SELECT ${columnsOf(emergencyRows, 'e')}, x.at AS ended, v.at AS reviewed_at, v.reviewed_by AS reviewed_by,
    v.finding AS finding, v.why AS why FROM emergency_access e ${ENDED('e')}
    LEFT JOIN emergency_review v ON v.emergency_id = e.id`;

  async function recorded(sql: string, parameters: readonly unknown[]): Promise<RecordedEmergency[]> {
    const rows = await store.read<Row>(sql, parameters);
    if (rows.length === 0) return [];
    const ids = JSON.stringify(rows.map(({ id }) => id));
    const subjects = await store.read<{ emergency_id: string; person_id: PersonId }>(
      `SELECT emergency_id, person_id FROM emergency_subject WHERE emergency_id IN ${store.keyList} ORDER BY person_id`,
      [ids],
    );
    return rows.map((row) =>
      readRecordedEmergency(
        row,
        subjects.flatMap(({ emergency_id, person_id }) => (emergency_id === row['id'] ? person_id : [])),
      ),
    );
  }

  async function insert(
    transaction: Transaction,
    table: string,
    row: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await transaction.insert(table, Object.keys(row), [Object.values(row)]);
  }

  async function insertWith<T extends { readonly from: string; readonly until: string }>(
    transaction: Transaction,
    { table, columns, values }: TableWriter<T>,
    row: T,
  ): Promise<void> {
    if (!(instant(row.from) < instant(row.until))) throw new RangeError('it ends before it starts');
    const listed = values(row);
    await insert(transaction, table, Object.fromEntries(columns.map((name, i) => [name, listed[i]])));
  }

  /** Throws AlreadyDone when such a row is there: the register clock, which the writer has moved, keeps others out meanwhile. */
  async function assertNone(transaction: Transaction, table: string, column: string, id: string): Promise<void> {
    const rows = await transaction.run(`SELECT ${column} FROM ${table} WHERE ${column} = ?`, [id]);
    if (rows.length > 0) throw new AlreadyDone(table);
  }

  async function assertSome(transaction: Transaction, table: string, column: string, id: string): Promise<void> {
    const rows = await transaction.run(`SELECT ${column} FROM ${table} WHERE ${column} = ?`, [id]);
    if (rows.length === 0) throw new AlreadyDone(table);
  }

  return {
    async grant(id) {
      const rows = (await store.read<Row>(grantById, [id])).map(readGrant);
      const [first] = rows;
      if (!first) return undefined;
      const { subject: _, ...terms } = first;
      return { ...terms, subjects: rows.map(({ subject }: GrantAbout) => subject) };
    },
    async emergency(id) {
      return (await recorded(`${emergencies} WHERE e.id = ?`, [id]))[0];
    },
    unreviewedEmergencies: (limit) =>
      recorded(`${emergencies} WHERE v.at IS NULL ORDER BY e.recorded_at, e.id ${store.first}`, [limit]),
    async exception(id) {
      const [row] = await store.read<Row>(`${EXCEPTIONS} WHERE r.id = ?`, [id]);
      return row && readException(row);
    },
    async exceptionsAwaiting(manager) {
      const sql = `${EXCEPTIONS} WHERE w.asked = ? AND a.at IS NULL ORDER BY r.recorded_at, r.id`;
      return (await store.read<Row>(sql, [manager])).map(readException);
    },
    async writeGrant(transaction, grant) {
      await tick(transaction);
      await insertWith(transaction, grantRows, grant);
      for (const person of new Set(grant.subjects))
        await insert(transaction, 'sharing_grant_subject', { person_id: person, grant_id: grant.id });
    },
    async writeEmergency(transaction, access) {
      await tick(transaction);
      await insertWith(transaction, emergencyRows, access);
      for (const person of new Set(access.subjects))
        await insert(transaction, 'emergency_subject', { person_id: person, emergency_id: access.id });
    },
    async endAccess(transaction, id, { at, by, why }) {
      await tick(transaction);
      await assertNone(transaction, 'access_end', 'id', id);
      await insert(transaction, 'access_end', { id, at: instant(at), ended_by: by, why });
    },
    async reviewEmergency(transaction, id, { at, reviewedBy, finding, why }) {
      await tick(transaction);
      await assertNone(transaction, 'emergency_review', 'emergency_id', id);
      await insert(transaction, 'emergency_review', {
        emergency_id: id,
        at: instant(at),
        reviewed_by: reviewedBy,
        finding,
        why,
      });
    },
    async approveException(transaction, id, { at, by }) {
      await tick(transaction);
      await assertSome(transaction, 'exception_awaiting', 'exception_id', id);
      await assertNone(transaction, 'exception_approval', 'exception_id', id);
      await insert(transaction, 'exception_approval', { exception_id: id, at: instant(at), approved_by: by });
    },
  };
}
