/**
 * The registers: consents, exceptions, judgements, grants and emergency access, read fresh for every operation. Every write moves the one register
 * clock in the same transaction, so an operation can tell, when it settles, whether anything it rests on has changed.
 */
import type { IsoInstant, PersonId } from '../domain/words.js';
import type { Statement, Store, Transaction } from '../store/store.js';
import { readEmergency, readGrant } from './access-rows.js';
import { type Accesses, accessReadings, EXCEPTIONS, openAccesses } from './accesses.js';
import { asOf, beforeMoves, type Moment, type Move } from './as-of.js';
import type { EmergencyAbout } from './emergency.js';
import type { GrantAbout } from './grant.js';
import { openReviews, type Reviews, readReview, reviewReading } from './review-rows.js';
import type { AllegationReview } from './reviews.js';
import {
  consentRows,
  exceptionRows,
  insertRow,
  instant,
  judgementRows,
  type Row,
  readConsent,
  readException,
  readJudgement,
  readServiceConsent,
  serviceConsentRows,
  type TableWriter,
} from './rows.js';
import { openSharingRequests, type SharingRequests } from './sharing-requests.js';
import type { ConsentStatement, ExceptionRecord, Judgement, ServiceConsent } from './statements.js';

export type { Transaction } from '../store/store.js';

/** Everything said about some persons, and the version of the registers it was read at. */
export interface Said {
  readonly version: number;
  readonly consents: readonly ConsentStatement[];
  readonly serviceConsents: readonly ServiceConsent[];
  readonly exceptions: readonly ExceptionRecord[];
  /** Judgements on records whose subject is one of the persons. */
  readonly judgements: readonly Judgement[];
  /** Grants and emergency accesses, each about one of the persons; those that have ended too. */
  readonly grants: readonly GrantAbout[];
  readonly emergencies: readonly EmergencyAbout[];
  /** Reviews of what is alleged of or by one of the persons. */
  readonly reviews: readonly AllegationReview[];
}

export interface Registers extends Accesses, Reviews, SharingRequests {
  /** All rows about these persons, all of one version. Rejects with the store's error. */
  read(persons: readonly PersonId[]): Promise<Said>;
  /** Emergency access alone: what can still be told while what people said cannot be read. */
  readEmergencies(persons: readonly PersonId[]): Promise<Pick<Said, 'version' | 'emergencies'>>;
  version(): Promise<number>;
  /** One consent statement by its id. */
  consent(id: string): Promise<ConsentStatement | undefined>;
  serviceConsent(id: string): Promise<ServiceConsent | undefined>;
  /**
   * What the register knew at `knownAt` of what had begun by `validAt` about one person, in the order in which it was
   * recorded: statements that only a later join of persons made theirs are not among it. Answers the same whenever asked.
   */
  consentsAsOf(person: PersonId, moment: Moment): Promise<readonly ConsentStatement[]>;
  serviceConsentsAsOf(person: PersonId, moment: Moment): Promise<readonly ServiceConsent[]>;
  /**
   * Each writes inside the caller's transaction and moves the clock. A statement that would stand before the person's last
   * one, because the clock of the instance that recorded it is behind, is given the time of that last one: at equal times
   * the more restrictive counts. Reject with a RangeError when a list or an instant cannot be held.
   */
  writeConsent(transaction: Transaction, statement: ConsentStatement): Promise<void>;
  writeServiceConsent(transaction: Transaction, statement: ServiceConsent): Promise<void>;
  writeException(transaction: Transaction, record: ExceptionRecord): Promise<void>;
  writeJudgement(transaction: Transaction, judgement: Judgement): Promise<void>;
}

const VERSION: Statement = ['SELECT version FROM register_clock WHERE id = 1'];
/** How often a reading is begun again because the registers changed under it (SQL Server only). */
const TRIES = 5;

/** What people said changed under every one of several readings. */
export class RegistersChanging extends Error {
  override readonly name = 'RegistersChanging';
}

export function openRegisters(store: Store): Registers {
  const { keyList } = store;
  const consentsOf = `SELECT ${consentRows.columns.join(', ')} FROM consent_statement WHERE subject IN ${keyList}`;
  const judgementsOf = `SELECT ${judgementRows.columns.join(', ')} FROM relevance_judgement WHERE subject IN ${keyList}`;
  const exceptionsOf = `${EXCEPTIONS} WHERE r.id IN (SELECT exception_id FROM exception_subject WHERE person_id IN ${keyList})`;
  const { grants: grantsOf, emergencies: emergenciesOf } = accessReadings(store);
  const reviewsOf = reviewReading(store);
  const serviceConsents = `SELECT ${serviceConsentRows.columns.join(', ')} FROM service_consent`;
  const consentById = `SELECT ${consentRows.columns.join(', ')} FROM consent_statement WHERE id = ?`;

  type Versioned = { version: number };
  async function readOnce(persons: readonly PersonId[]): Promise<Said | undefined> {
    const keys = [JSON.stringify(persons)];
    const [before, consents, services, exceptions, judgements, grants, emergencies, reviews, after] =
      await store.readAll<[Versioned, Row, Row, Row, Row, Row, Row, Row, Versioned]>([
        VERSION,
        [consentsOf, keys],
        [`${serviceConsents} WHERE subject IN ${keyList}`, keys],
        [exceptionsOf, keys],
        [judgementsOf, keys],
        [grantsOf, keys],
        [emergenciesOf, keys],
        [reviewsOf, [...keys, ...keys]],
        VERSION,
      ]);
    const version = versionOf(before);
    if (version !== versionOf(after)) return undefined;
    return {
      version,
      consents: consents.map(readConsent),
      serviceConsents: services.map(readServiceConsent),
      exceptions: exceptions.map(readException),
      judgements: judgements.map(readJudgement),
      grants: grants.map(readGrant),
      emergencies: emergencies.map(readEmergency),
      reviews: reviews.map(readReview),
    };
  }

  async function readEmergenciesOnce(
    persons: readonly PersonId[],
  ): Promise<Pick<Said, 'version' | 'emergencies'> | undefined> {
    const [before, emergencies, after] = await store.readAll<[Versioned, Row, Versioned]>([
      VERSION,
      [emergenciesOf, [JSON.stringify(persons)]],
      VERSION,
    ]);
    const version = versionOf(before);
    return version === versionOf(after) ? { version, emergencies: emergencies.map(readEmergency) } : undefined;
  }

  /** Again while the registers change under the reading. */
  async function settled<T>(once: () => Promise<T | undefined>): Promise<T> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const said = await once();
      if (said) return said;
    }
    throw new RegistersChanging('the registers change faster than they can be read');
  }

  /** The rows about a person as they stood at a moment, those that a link taken back has since made somebody else's among them. */
  async function history<T extends ConsentStatement | ServiceConsent>(
    { table, columns }: TableWriter<T>,
    readRow: (row: Row) => T,
    person: PersonId,
    moment: Moment,
  ): Promise<readonly T[]> {
    const theirs = `subject = ? OR id IN (SELECT statement FROM statement_moved WHERE part = 'subject' AND was = ?)`;
    const [rows, moves] = await store.readAll<[Row, Move]>([
      [`SELECT ${columns.join(', ')} FROM ${table} WHERE ${theirs}`, [person, person]],
      [`${MOVES} IN (SELECT id FROM ${table} WHERE ${theirs})`, [moment.knownAt ?? NEVER, person, person]],
    ]);
    const stood = beforeMoves(rows.map(readRow), moves, moment.knownAt ?? NEVER);
    return inOrder(
      asOf(
        stood.filter(({ subject }) => subject === person),
        moment,
      ),
    );
  }

  /** Moves the clock: first in every write, so that writers of several instances follow one another. */
  async function tick(transaction: Transaction): Promise<void> {
    await transaction.run('UPDATE register_clock SET version = version + 1 WHERE id = 1');
  }

  /** The later of a time and the last time that stands about this subject in the table. */
  async function notBefore(transaction: Transaction, table: string, column: string, subject: PersonId, time: string) {
    const rows = await transaction.run<{ last: string | null }>(
      `SELECT MAX(${column}) AS last FROM ${table} WHERE subject = ?`,
      [subject],
    );
    const recorded = instant(time);
    const last = rows[0]?.last ?? recorded;
    if (last > recorded) return last;
    return recorded;
  }

  return {
    ...openAccesses(store, tick),
    ...openReviews(tick),
    ...openSharingRequests(store, tick),
    read: (persons) => settled(() => readOnce(persons)),
    readEmergencies: (persons) => settled(() => readEmergenciesOnce(persons)),
    async version() {
      return versionOf(await store.read<Versioned>(...VERSION));
    },
    async consent(id) {
      const [row] = await store.read<Row>(consentById, [id]);
      return row && readConsent(row);
    },
    async serviceConsent(id) {
      const [row] = await store.read<Row>(`${serviceConsents} WHERE id = ?`, [id]);
      return row && readServiceConsent(row);
    },
    consentsAsOf: (person, moment) => history(consentRows, readConsent, person, moment),
    serviceConsentsAsOf: (person, moment) => history(serviceConsentRows, readServiceConsent, person, moment),
    async writeConsent(transaction, statement) {
      await tick(transaction);
      const recordedAt = await notBefore(
        transaction,
        'consent_statement',
        'recorded_at',
        statement.subject,
        statement.recordedAt,
      );
      await insertRow(transaction, consentRows, { ...statement, recordedAt });
    },
    async writeServiceConsent(transaction, statement) {
      await tick(transaction);
      const { subject, recordedAt: at } = statement;
      const recordedAt = await notBefore(transaction, 'service_consent', 'recorded_at', subject, at);
      await insertRow(transaction, serviceConsentRows, { ...statement, recordedAt });
    },
    async writeException(transaction, record) {
      await tick(transaction);
      await insertRow(transaction, exceptionRows, record);
      if (record.awaits !== undefined)
        await transaction.run('INSERT INTO exception_awaiting (exception_id, asked) VALUES (?, ?)', [
          record.id,
          record.awaits,
        ]);
      for (const person of new Set(record.subjects)) {
        await transaction.run('INSERT INTO exception_subject (person_id, exception_id) VALUES (?, ?)', [
          person,
          record.id,
        ]);
      }
    },
    async writeJudgement(transaction, judgement) {
      await tick(transaction);
      const judgedAt = await notBefore(
        transaction,
        'relevance_judgement',
        'judged_at',
        judgement.subject,
        judgement.judgedAt,
      );
      await insertRow(transaction, judgementRows, { ...judgement, judgedAt });
    },
  };
}

const MOVES = 'SELECT statement, part, at, was FROM statement_moved WHERE at > ? AND statement';
/** Later than every instant. */
const NEVER = '~';

function inOrder<T extends { readonly recordedAt: IsoInstant; readonly id: string }>(statements: readonly T[]): T[] {
  return [...statements].sort((a, b) => compare(a.recordedAt, b.recordedAt) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function versionOf(rows: readonly { version: number }[]): number {
  const [row] = rows;
  if (!row) throw new Error('the register clock is missing');
  return row.version;
}
