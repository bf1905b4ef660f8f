/**
 * Takes a record out of a person: from then on it is of a person of its own. What closes (a refusal, a withdrawal, not relevant,
 * a conflict) and was said while the record was the person's stands for both from then on. What opens (consent, an exception, a
 * judgement of relevance, a grant, an emergency) goes with the record when it was said before the two became one; said while
 * they were one it may be of either, and stands for neither until it is said again. What was said of the other alone stays.
 * docs/decisions/0013 says why.
 */
import type { IsoInstant, PersonId } from '../domain/words.js';
import type { Transaction } from '../store/store.js';
import { renameInExceptions, SAID } from './join-persons.js';
import type { PersonRef } from './people.js';

export interface SeparateParts {
  readonly newId: () => string;
  readonly at: IsoInstant;
  /**
   * The record that it was wrongly one with. Without it, everybody else's: then all that opens and was said since the record was
   * the person's counts as said of both, whoever else is in that person – so that nothing shows whether there is anybody.
   */
  readonly from?: PersonRef;
}

/** How far the clocks of two instances may be apart. */
const CLOCKS_APART_MS = 5_000;

type Row = Readonly<Record<string, unknown>>;
interface Move {
  readonly statement: string;
  readonly part: string;
  readonly at: IsoInstant;
  readonly was: PersonId;
}

/** Of each table: when it was said, and whether it opens anything. Without a rule: it does. */
const TOLD: { readonly [table: string]: { readonly at: string; readonly opens?: (row: Row) => boolean } } = {
  consent_statement: { at: 'recorded_at', opens: ({ state }) => state === 'GIVEN' },
  service_consent: { at: 'recorded_at', opens: ({ state }) => state === 'GIVEN' },
  relevance_judgement: { at: 'judged_at', opens: ({ decision }) => decision === 'RELEVANT' },
  emergency_access: { at: 'recorded_at' },
  sharing_contribution: { at: 'recorded_at' },
};
/** Tables whose rows only name who is meant: the record behind says when. */
const RECORD_OF: { readonly [table: string]: string } = {
  exception_subject: 'exception_record',
  sharing_grant_subject: 'sharing_grant',
  emergency_subject: 'emergency_access',
  sharing_request_subject: 'sharing_request',
};

/**
 * Inside the caller's transaction; resolves to who the record is now of, or to undefined when the two are not one person (any
 * more), and then nothing has changed. Moves the registers' clock: operations under way are decided again.
 */
export async function separatePersons(
  transaction: Transaction,
  taken: PersonRef,
  { newId, at, from }: SeparateParts,
): Promise<PersonId | undefined> {
  await transaction.run('UPDATE register_clock SET version = version + 1 WHERE id = 1');
  const whole = await personOf(transaction, taken);
  if (whole === undefined) return undefined;
  if (from && (await personOf(transaction, from)) !== whole) return undefined;
  const [own, nobody] = [`P-${newId()}`, `P-${newId()}`];
  const was = await historyOf(transaction, taken, whole);
  const otherWas = from ? await historyOf(transaction, from, whole) : undefined;

  /**
   * Whose is what was said at a moment about somebody who was then `about`. The record may have been theirs already though the
   * moment says not yet: an instance wrote it whose clock was behind.
   */
  function fate(about: PersonId, saidAt: IsoInstant): 'THEIRS' | 'OWN' | 'EITHER' {
    const at = was(saidAt) === about ? saidAt : laterThan(saidAt);
    if (was(at) !== about) return 'THEIRS';
    return otherWas && otherWas(at) !== about ? 'OWN' : 'EITHER';
  }

  // Renamed last: a row that names the person twice is copied as it was.
  const renames: (() => Promise<unknown>)[] = [];
  const copies = new Map<
    string,
    { readonly table: string; readonly row: Row; readonly columns: Map<string, string> }
  >();
  for (const { table, id, column, part } of SAID) {
    const record = RECORD_OF[table];
    const when = record
      ? `SELECT t.*, r.recorded_at AS said_at FROM ${table} t JOIN ${record} r ON r.id = t.${id} WHERE t.${column} = ?`
      : `SELECT t.*, t.${TOLD[table]?.at} AS said_at FROM ${table} t WHERE t.${column} = ?`;
    for (const { said_at: saidAt, ...row } of await transaction.run<Row>(when, [whole])) {
      const statement = String(row[id]);
      const whose = fate(await aboutThen(transaction, statement, part, whole), String(saidAt));
      if (whose === 'THEIRS') continue;
      if (TOLD[table]?.opens?.(row) === false) {
        const copy = copies.get(statement) ?? { table, row, columns: new Map<string, string>() };
        copies.set(statement, copy);
        copy.columns.set(column, part);
        continue;
      }
      const to = whose === 'OWN' ? own : nobody;
      renames.push(async () => {
        if (table === 'exception_subject') await renameInExceptions(transaction, whole, to, statement);
        const sql = `UPDATE ${table} SET ${column} = ? WHERE ${id} = ? AND ${column} = ?`;
        await transaction.run(sql, [to, statement, whole]);
        await note(transaction, { statement, part, at, was: whole });
      });
    }
  }
  for (const { table, row, columns: of } of copies.values()) {
    const id = newId();
    const renamed = { ...row, id, ...Object.fromEntries([...of.keys()].map((column) => [column, own])) };
    await transaction.insert(table, Object.keys(renamed), [Object.values(renamed)]);
    // Until now it was about nobody who is known by this id.
    for (const part of of.values()) await note(transaction, { statement: id, part, at, was: nobody });
  }
  for (const rename of renames) await rename();
  await transaction.run(
    `INSERT INTO conflict (worker, person, reason) SELECT c.worker, ?, c.reason FROM conflict c WHERE c.person = ?`,
    [own, whole],
  );
  // A worker who is one of the two may be either.
  await transaction.run(
    `INSERT INTO conflict (worker, person) SELECT w.id, ? FROM worker w WHERE w.person = ?
      AND NOT EXISTS (SELECT 1 FROM conflict c WHERE c.worker = w.id AND c.person = ?)`,
    [own, whole, own],
  );
  const { space, local } = taken;
  await transaction.run('INSERT INTO person_link_moved (space, local_id, at, was) VALUES (?, ?, ?, ?)', [
    space,
    local,
    at,
    whole,
  ]);
  await transaction.run('UPDATE person_link SET person_id = ? WHERE space = ? AND local_id = ?', [own, space, local]);
  return own;
}

function laterThan(at: IsoInstant): IsoInstant {
  return new Date(Date.parse(at) + CLOCKS_APART_MS).toISOString();
}

async function personOf(transaction: Transaction, { space, local }: PersonRef) {
  const sql = 'SELECT person_id AS person FROM person_link WHERE space = ? AND local_id = ?';
  const [row] = await transaction.run<{ person: PersonId }>(sql, [space, local]);
  return row?.person;
}

/** Who a record was of, at a moment: empty while it was nobody's. */
async function historyOf(
  transaction: Transaction,
  { space, local }: PersonRef,
  now: PersonId,
): Promise<(at: IsoInstant) => PersonId> {
  const sql = 'SELECT at, was FROM person_link_moved WHERE space = ? AND local_id = ? ORDER BY at';
  const moves = await transaction.run<Move>(sql, [space, local]);
  return (at) => moves.find((move) => move.at > at)?.was ?? now;
}

/** Whom a statement was about when it was said. */
async function aboutThen(transaction: Transaction, statement: string, part: string, now: PersonId): Promise<PersonId> {
  const sql = 'SELECT at, was FROM statement_moved WHERE statement = ? AND part = ? ORDER BY at';
  const [first] = await transaction.run<Move>(sql, [statement, part]);
  return first?.was ?? now;
}

async function note(transaction: Transaction, { statement, part, at, was }: Move): Promise<void> {
  await transaction.run(
    `INSERT INTO statement_moved (statement, part, at, was) SELECT ?, ?, ?, ?
      WHERE NOT EXISTS (SELECT 1 FROM statement_moved m WHERE m.statement = ? AND m.part = ? AND m.at = ?)`,
    [statement, part, at, was, statement, part, at],
  );
}
