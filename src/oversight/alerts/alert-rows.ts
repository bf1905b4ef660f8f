/**
 * Alerts as rows of the store: a reference, a rule, when, and the places of the operations behind it. Whom it is about is
 * the numbers of their terms in the log's index: forgotten there, they are forgotten here.
 */
import { EVERYBODYS } from '../../audit/index/term-ids.js';
import type { AgencyId, IsoInstant, PersonId, WorkerId } from '../../domain/words.js';
import type { Store, Transaction } from '../../store/store.js';
import type { AlertRule } from './rules.js';

/** How an alert was closed. */
export const ALERT_OUTCOMES = ['NO_CONCERN', 'EXPLAINED', 'ADVICE_GIVEN', 'MISUSE', 'RULE_AT_FAULT'] as const;
export type AlertOutcome = (typeof ALERT_OUTCOMES)[number];

/** An alert as it is listed. */
export interface AlertRow {
  readonly id: string;
  readonly rule: AlertRule;
  readonly openedAt: IsoInstant;
  readonly closedAt: IsoInstant | null;
  readonly outcome: AlertOutcome | null;
  readonly why: string | null;
}

/** And whom it is about, for deciding who may see it. Null where the index has forgotten them. */
export interface AlertAbout extends AlertRow {
  readonly worker: WorkerId | null;
  readonly person: PersonId | null;
}

export interface NewAlert {
  readonly id: string;
  readonly rule: AlertRule;
  readonly worker: WorkerId;
  /** Of a rule about a person. */
  readonly person?: PersonId;
  /** Of a rule about a day: YYYY-MM-DD. */
  readonly day?: string;
  /** The agency whose officers alone may know of it: it rests on what that agency keeps locked. */
  readonly keptBy?: AgencyId;
  /** Operations behind it, the latest last. */
  readonly indexes: readonly number[];
  readonly at: IsoInstant;
}

export interface AlertFilter {
  /** As officers of this agency may know. */
  readonly knownTo: AgencyId;
  readonly rule?: AlertRule | null;
  readonly isOpen?: boolean | null;
  /** Opened before this one, in the order of the list. */
  readonly before?: { readonly openedAt: IsoInstant; readonly id: string };
  readonly limit: number;
}

export interface AlertRows {
  /**
   * Opens it, or adds its operations to the one that is open for the same. An open alert of the same rule about the same worker
   * that shares an operation with it takes it up: a family of four asked about together is one thing to look into. Answers
   * whether it was opened.
   */
  open(transaction: Transaction, alert: NewAlert): Promise<boolean>;
  /** Of closed alerts about a worker and a person: when the last of each rule was closed that everybody, or that agency, may know of. */
  closures(worker: WorkerId, person: PersonId, keptBy?: AgencyId): Promise<ReadonlyMap<AlertRule, IsoInstant>>;
  /** The latest first. */
  list(filter: AlertFilter): Promise<readonly AlertAbout[]>;
  /** Undefined as if there were none, where officers of that agency may not know of it. */
  get(id: string, knownTo: AgencyId): Promise<AlertAbout | undefined>;
  /** Places of the operations behind it, in order. */
  operations(id: string): Promise<readonly number[]>;
  /** Of which it is not known whose officers may know of them. */
  unplaced(): Promise<readonly AlertAbout[]>;
  /** Makes such an alert these agencies' own, each with one of its own; what another instance has placed meanwhile stays. */
  place(id: string, keepers: readonly AgencyId[], newId: () => string): Promise<void>;
  /** False when it is closed already. */
  close(
    transaction: Transaction,
    id: string,
    closing: { readonly outcome: AlertOutcome; readonly why: string; readonly at: IsoInstant },
  ): Promise<boolean>;
}

/** Stands where a rule is about no person, or no day. */
const NO_TERM = 0;
const NO_DAY = '';
/** Stands where that is not known: in no agency's id. */
const NOBODYS = '?';
/** What is the same in an alert of each agency. `rule` is a word of T-SQL's own. */
const SAME = '[rule], worker_term, person_term, day, round, leaf_index, opened_at, closed_at, outcome, why';

interface Row {
  readonly id: string;
  readonly rule: AlertRule;
  readonly opened_at: IsoInstant;
  readonly closed_at: IsoInstant | null;
  readonly outcome: AlertOutcome | null;
  readonly why: string | null;
  readonly worker: string | null;
  readonly person: string | null;
}

const ABOUT = `SELECT a.id, a.[rule], a.opened_at, a.closed_at, a.outcome, a.why, w.name AS worker, p.name AS person
  FROM audit_alert a LEFT JOIN audit_term w ON w.id = a.worker_term LEFT JOIN audit_term p ON p.id = a.person_term`;

export function openAlertRows(store: Store): AlertRows {
  /** Whoever may know of it, the first that there was: what is about somebody stays about the same, though more comes to be known. */
  async function termOf(transaction: Transaction, kind: string, name: string | undefined): Promise<number> {
    if (name === undefined) return NO_TERM;
    const sql = `SELECT id FROM audit_term WHERE kind = ? AND name = ? ORDER BY id ${store.first}`;
    return (await transaction.run<{ id: number }>(sql, [kind, name.slice(0, 200), 1]))[0]?.id ?? NO_TERM;
  }

  async function addOperations(transaction: Transaction, alert: string, indexes: readonly number[]): Promise<void> {
    const rows = indexes.map((index) => [alert, index]);
    await transaction.run(
      `INSERT INTO audit_alert_entry (alert, leaf_index)
        SELECT r.alert, CAST(r.leaf_index AS INTEGER) FROM ${store.rowList(['alert', 'leaf_index'])} r
        WHERE NOT EXISTS (SELECT 1 FROM audit_alert_entry e WHERE e.alert = r.alert AND e.leaf_index = CAST(r.leaf_index AS INTEGER))`,
      [JSON.stringify(rows)],
    );
  }

  return {
    async open(transaction, { id, rule, worker, person, day, keptBy = EVERYBODYS, indexes, at }) {
      const key = [
        rule,
        await termOf(transaction, 'worker', worker),
        await termOf(transaction, 'person', person),
        day ?? NO_DAY,
        keptBy,
      ] as const;
      const [last] = await transaction.run<{ id: string; round: number; closed_at: string | null }>(
        `SELECT id, round, closed_at FROM audit_alert ${store.claiming}
          WHERE [rule] = ? AND worker_term = ? AND person_term = ? AND day = ? AND kept_by = ? ORDER BY round DESC ${store.first}`,
        [...key, 1],
      );
      if (last && (last.closed_at === null || day !== undefined)) {
        await addOperations(transaction, last.id, indexes);
        return false;
      }
      const [standing] = await transaction.run<{ id: string }>(
        `SELECT a.id FROM audit_alert a WHERE a.[rule] = ? AND a.worker_term = ? AND a.day = ? AND a.kept_by = ? AND a.closed_at IS NULL
          AND EXISTS (SELECT 1 FROM audit_alert_entry e WHERE e.alert = a.id AND e.leaf_index IN ${store.keyList})
          ORDER BY a.opened_at ${store.first}`,
        [key[0], key[1], key[3], keptBy, JSON.stringify(indexes), 1],
      );
      if (standing) {
        await addOperations(transaction, standing.id, indexes);
        return false;
      }
      await transaction.run(
        `INSERT INTO audit_alert (id, [rule], worker_term, person_term, day, kept_by, round, leaf_index, opened_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [id, ...key, (last?.round ?? -1) + 1, indexes.at(-1) ?? 0, at],
      );
      await addOperations(transaction, id, indexes);
      return true;
    },
    async closures(worker, person, keptBy = EVERYBODYS) {
      const rows = await store.read<{ rule: AlertRule; closed_at: IsoInstant }>(
        `SELECT a.[rule], MAX(a.closed_at) AS closed_at FROM audit_alert a
          JOIN audit_term w ON w.id = a.worker_term JOIN audit_term p ON p.id = a.person_term
          WHERE w.kind = 'worker' AND w.name = ? AND p.kind = 'person' AND p.name = ? AND a.closed_at IS NOT NULL
          AND a.kept_by IN (?, ?) GROUP BY a.[rule]`,
        [worker.slice(0, 200), person.slice(0, 200), EVERYBODYS, keptBy],
      );
      return new Map(rows.map(({ rule, closed_at }) => [rule, closed_at]));
    },
    async list({ knownTo, rule, isOpen, before, limit }) {
      const given: readonly (readonly [string, readonly unknown[]])[] = [
        ['a.kept_by IN (?, ?)', [EVERYBODYS, knownTo]],
        ...(rule ? [['a.[rule] = ?', [rule]] as const] : []),
        ...(isOpen === true ? [['a.closed_at IS NULL', []] as const] : []),
        ...(isOpen === false ? [['a.closed_at IS NOT NULL', []] as const] : []),
        ...(before
          ? [
              [
                '(a.opened_at < ? OR (a.opened_at = ? AND a.id < ?))',
                [before.openedAt, before.openedAt, before.id],
              ] as const,
            ]
          : []),
      ];
      const where = `WHERE ${given.map(([condition]) => condition).join(' AND ')}`;
      const rows = await store.read<Row>(`${ABOUT} ${where} ORDER BY a.opened_at DESC, a.id DESC ${store.first}`, [
        ...given.flatMap(([, values]) => values),
        limit,
      ]);
      return rows.map(readRow);
    },
    async get(id, knownTo) {
      const sql = `${ABOUT} WHERE a.id = ? AND a.kept_by IN (?, ?)`;
      const [row] = await store.read<Row>(sql, [id, EVERYBODYS, knownTo]);
      return row && readRow(row);
    },
    async operations(id) {
      const sql = 'SELECT leaf_index FROM audit_alert_entry WHERE alert = ? ORDER BY leaf_index';
      return (await store.read<{ leaf_index: number }>(sql, [id])).map(({ leaf_index }) => leaf_index);
    },
    async unplaced() {
      return (await store.read<Row>(`${ABOUT} WHERE a.kept_by = ?`, [NOBODYS])).map(readRow);
    },
    async place(id, [first, ...others], newId) {
      await store.transaction(async ({ run }) => {
        const sql = `SELECT id FROM audit_alert ${store.claiming} WHERE id = ? AND kept_by = ?`;
        const [unplaced] = await run<{ id: string }>(sql, [id, NOBODYS]);
        if (!unplaced || first === undefined) return;
        for (const keeper of others) {
          const other = newId();
          await run(
            `INSERT INTO audit_alert (id, kept_by, ${SAME}) SELECT ?, ?, ${SAME} FROM audit_alert WHERE id = ?`,
            [other, keeper, id],
          );
          await run(
            'INSERT INTO audit_alert_entry (alert, leaf_index) SELECT ?, leaf_index FROM audit_alert_entry WHERE alert = ?',
            [other, id],
          );
        }
        await run('UPDATE audit_alert SET kept_by = ? WHERE id = ?', [first, id]);
      });
    },
    async close(transaction, id, { outcome, why, at }) {
      const [open] = await transaction.run<{ id: string }>(
        `SELECT id FROM audit_alert ${store.claiming} WHERE id = ? AND closed_at IS NULL`,
        [id],
      );
      if (!open) return false;
      const sql = 'UPDATE audit_alert SET closed_at = ?, outcome = ?, why = ? WHERE id = ?';
      await transaction.run(sql, [at, outcome, why, id]);
      return true;
    },
  };
}

function readRow({ opened_at, closed_at, ...row }: Row): AlertAbout {
  return { ...row, openedAt: opened_at, closedAt: closed_at };
}
