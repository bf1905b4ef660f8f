/**
 * Makes two persons of ours one: every link and everything said about the one that goes is from then on about the one that
 * stays. Nothing said is lost, a refusal least of all. Which records and what was said moved, and when, is kept, so that it can
 * be undone (separate-persons.ts).
 */
import type { IsoInstant, PersonId } from '../domain/words.js';
import type { Store, Transaction } from '../store/store.js';
import type { PersonRef } from './people.js';

/** Thrown when somebody has decided that two source persons of these are not one. Names nobody. */
export class RejectedBefore extends Error {
  override readonly name = 'RejectedBefore';
  constructor() {
    super('a pair among these was rejected');
  }
}

/** Columns that name a person and may name the same one twice. */
const NAMING = [
  ['person_link', 'person_id'],
  ['consent_statement', 'subject'],
  ['consent_statement', 'given_by'],
  ['service_consent', 'subject'],
  ['service_consent', 'given_by'],
  ['relevance_judgement', 'subject'],
  ['relevance_judgement', 'serves_child'],
  ['relevance_judgement', 'serves_adult'],
  ['emergency_access', 'person'],
  ['sharing_contribution', 'subject'],
  ['allegation_review', 'victim'],
  ['allegation_review', 'perpetrator'],
  ['worker', 'person'],
] as const;

/**
 * Joins the persons behind some refs into one, inside the caller's transaction, and gives who it is; who was not known yet
 * becomes known. Rejects with RejectedBefore, and then nothing has changed.
 */
export async function joinPersons(
  store: Store,
  transaction: Transaction,
  refs: readonly PersonRef[],
  { newId, at, question }: { readonly newId: () => string; readonly at: IsoInstant; readonly question?: string },
): Promise<PersonId> {
  const held = await transaction.run<{ person: PersonId }>(personsOf(store), [rowsOf(refs)]);
  const persons = [...new Set(held.map(({ person }) => person))].sort();
  const [kept = `P-${newId()}`, ...retired] = persons;
  const together = await transaction.run<PersonRef>(localsOf(store), [JSON.stringify(persons)]);
  await assertNotRejected(store, transaction, [...refs, ...together]);
  // Somebody who was known before this source's record came to be theirs: what was said until then was not about it.
  if (persons.length > 0) await transaction.run(noteNew(store), [at, rowsOf(refs)]);
  await transaction.run(linkNew(store), [JSON.stringify(refs.map(({ space, local }) => [space, local, kept]))]);
  if (retired.length === 0) return kept;
  await transaction.run('UPDATE register_clock SET version = version + 1 WHERE id = 1');
  for (const gone of retired) {
    await noteMoves(transaction, gone, at);
    await moveStatements(transaction, gone, kept);
    await transaction.run('UPDATE person_merge SET kept = ? WHERE kept = ?', [kept, gone]);
    await transaction.run('INSERT INTO person_merge (retired, kept, at, question) VALUES (?, ?, ?, ?)', [
      gone,
      kept,
      at,
      question ?? null,
    ]);
  }
  return kept;
}

/** What is said about somebody, by the column or table that names them, as `statement_moved` calls it. */
export const SAID = [
  { table: 'consent_statement', id: 'id', column: 'subject', part: 'subject' },
  { table: 'consent_statement', id: 'id', column: 'given_by', part: 'given_by' },
  { table: 'service_consent', id: 'id', column: 'subject', part: 'subject' },
  { table: 'service_consent', id: 'id', column: 'given_by', part: 'given_by' },
  { table: 'relevance_judgement', id: 'id', column: 'subject', part: 'subject' },
  { table: 'relevance_judgement', id: 'id', column: 'serves_child', part: 'serves_child' },
  { table: 'relevance_judgement', id: 'id', column: 'serves_adult', part: 'serves_adult' },
  { table: 'exception_subject', id: 'exception_id', column: 'person_id', part: 'exception' },
  { table: 'sharing_grant_subject', id: 'grant_id', column: 'person_id', part: 'grant' },
  { table: 'emergency_subject', id: 'emergency_id', column: 'person_id', part: 'emergency' },
  { table: 'emergency_access', id: 'id', column: 'person', part: 'emergency_of' },
  { table: 'sharing_request_subject', id: 'request_id', column: 'person_id', part: 'request' },
  { table: 'sharing_contribution', id: 'id', column: 'subject', part: 'contribution' },
] as const;

/** From when on records and what was said are known to be about who stays: before that they were about somebody else. */
async function noteMoves(transaction: Transaction, gone: PersonId, at: IsoInstant): Promise<void> {
  for (const { table, id, column, part } of SAID)
    await transaction.run(
      `INSERT INTO statement_moved (statement, part, at, was) SELECT t.${id}, '${part}', ?, t.${column} FROM ${table} t
        WHERE t.${column} = ? AND NOT EXISTS (SELECT 1 FROM statement_moved m WHERE m.statement = t.${id} AND m.part = '${part}' AND m.at = ?)`,
      [at, gone, at],
    );
  await transaction.run(
    'INSERT INTO person_link_moved (space, local_id, at, was) SELECT space, local_id, ?, person_id FROM person_link WHERE person_id = ?',
    [at, gone],
  );
}

async function moveStatements(transaction: Transaction, gone: PersonId, kept: PersonId): Promise<void> {
  for (const [table, column] of NAMING)
    await transaction.run(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`, [kept, gone]);
  for (const [table, column, other] of [
    ['conflict', 'person', 'worker'],
    ['exception_subject', 'person_id', 'exception_id'],
    ['sharing_grant_subject', 'person_id', 'grant_id'],
    ['emergency_subject', 'person_id', 'emergency_id'],
    ['sharing_request_subject', 'person_id', 'request_id'],
  ] as const) {
    if (table === 'exception_subject') await renameInExceptions(transaction, gone, kept);
    await transaction.run(
      `DELETE FROM ${table} WHERE ${column} = ? AND ${other} IN (SELECT ${other} FROM ${table} WHERE ${column} = ?)`,
      [gone, kept],
    );
    await transaction.run(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`, [kept, gone]);
  }
}

/** Exceptions also list whom they are about in themselves; `only`: of one of them. */
export async function renameInExceptions(
  transaction: Transaction,
  from: PersonId,
  to: PersonId,
  only?: string,
): Promise<void> {
  const exceptions = await transaction.run<{ id: string; subjects: string }>(
    `SELECT id, subjects FROM exception_record WHERE id IN
      (SELECT exception_id FROM exception_subject WHERE person_id = ?)`,
    [from],
  );
  for (const { id, subjects } of exceptions.filter((each) => only === undefined || each.id === only)) {
    const renamed = [...new Set(subjects.split(';').map((person) => (person === from ? to : person)))];
    await transaction.run('UPDATE exception_record SET subjects = ? WHERE id = ?', [renamed.join(';'), id]);
  }
}

async function assertNotRejected(store: Store, transaction: Transaction, refs: readonly PersonRef[]): Promise<void> {
  const pairs = (side: 'a' | 'b') =>
    `EXISTS (SELECT 1 FROM ${store.rowList(['space', 'local_id'])} ${side}
      WHERE ${side}.space = q.space_${side} AND ${side}.local_id = q.local_${side})`;
  const rejected = await transaction.run(
    `SELECT q.id FROM person_link_question q WHERE q.state = 'REJECTED' AND ${pairs('a')} AND ${pairs('b')}`,
    [rowsOf(refs), rowsOf(refs)],
  );
  if (rejected.length > 0) throw new RejectedBefore();
}

const rowsOf = (refs: readonly PersonRef[]) => JSON.stringify(refs.map(({ space, local }) => [space, local]));

/** Of records that nobody's person was until now `was` is empty. */
const noteNew = (store: Store) => `INSERT INTO person_link_moved (space, local_id, at, was)
  SELECT r.space, r.local_id, ?, '' FROM ${store.rowList(['space', 'local_id'])} r
  WHERE NOT EXISTS (SELECT 1 FROM person_link p ${store.claiming} WHERE p.space = r.space AND p.local_id = r.local_id)`;

const personsOf = (store: Store) => `SELECT p.person_id AS person FROM ${store.rowList(['space', 'local_id'])} r
  JOIN person_link p ${store.claiming} ON p.space = r.space AND p.local_id = r.local_id`;

const localsOf = (store: Store) =>
  `SELECT space, local_id AS local FROM person_link WHERE person_id IN ${store.keyList}`;

const linkNew = (store: Store) => `INSERT INTO person_link (space, local_id, person_id)
  SELECT r.space, r.local_id, r.person_id FROM ${store.rowList(['space', 'local_id', 'person_id'])} r
  WHERE NOT EXISTS (SELECT 1 FROM person_link p ${store.claiming} WHERE p.space = r.space AND p.local_id = r.local_id)`;
