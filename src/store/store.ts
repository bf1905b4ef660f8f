/**
 * The gateway's own database: SQLite embedded, SQL Server in service. Migrations run when it is opened, one instance at a
 * time. Reading sees committed rows only; writing happens in transactions, one after another in this process.
 *
 * On SQLite there are two connections to the file (WAL): one that writes, in a thread of its own (`writer.ts`), and a read-only one
 * here. With one alone, whatever reads between the steps of a transaction would see what may yet be rolled back.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DataSource, type DataSourceOptions, type EntityManager, MigrationExecutor } from 'typeorm';
import { SNAPSHOT_STATE, serverOptions, TURN_SNAPSHOT_ON } from '../mssql/server.js';
import type { Dialect } from './columns.js';
import { entities } from './entities.js';
import { Accesses1764400000000 } from './migrations/accesses.js';
import { AllegationReviews1764702000000 } from './migrations/allegation-reviews.js';
import { AuditAlerts1764730000000 } from './migrations/audit-alerts.js';
import { AuditIndex1764710000000 } from './migrations/audit-index.js';
import { AuditLog1764600000000 } from './migrations/audit-log.js';
import { AuditQuestions1764720000000 } from './migrations/audit-questions.js';
import { ConsentRegister1764500000000 } from './migrations/consent-register.js';
import { EntriesByWorker1764740000000 } from './migrations/entries-by-worker.js';
import { Initial1764000000000 } from './migrations/initial.js';
import { KeptBy1764760000000 } from './migrations/kept-by.js';
import { PackedBodies1764700000000 } from './migrations/packed-bodies.js';
import { PersonLinks1764200000000 } from './migrations/person-links.js';
import { PersonLinksMoved1764701000000 } from './migrations/person-links-moved.js';
import { RelevanceRequests1764300000000 } from './migrations/relevance-requests.js';
import { SharingRequests1764750000000 } from './migrations/sharing-requests.js';
import { packedParameters } from './packed-text.js';
import { type SqlWords, sqlWords } from './sql.js';
import { openWriter, type Transaction } from './writer.js';

export type { Transaction } from './writer.js';

/** `file` may be `:memory:`: a temporary file, removed on close. `url`: `mssql://user:password@host:1433/database` (`serverAt`). */
export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'mssql'; readonly url: string };

/** A statement with its parameters. */
export type Statement = readonly [sql: string, parameters?: readonly unknown[]];

export interface Store extends Omit<SqlWords, 'bind'> {
  readonly dialect: Dialect;
  /** Committed rows. Rejects with the driver's error. */
  read<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Several statements in order; on SQLite all of one moment. */
  readAll<T extends readonly unknown[]>(
    statements: readonly Statement[],
  ): Promise<{ -readonly [K in keyof T]: T[K][] }>;
  /**
   * All or nothing; durable when it resolves. On SQLite it holds the database's only write lock from its start: inside `work`
   * never wait for another transaction.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** A statement of an administrator's, by itself: set-up, never an answer. */
  administer<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

/** Opens the store and brings its tables up to date. Throws when it cannot be reached or migrated. */
export async function openStore(config: StoreConfig): Promise<Store> {
  if (config.kind === 'mssql') return openServer(config.url);
  if (config.file !== ':memory:') return openFile(config.file);
  const folder = await mkdtemp(join(tmpdir(), 'threshold-store-'));
  const store = await openFile(join(folder, 'store.sqlite'));
  return {
    ...store,
    async close() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What both kinds never do: change tables on their own, or print statements (they hold identifiers). */
const SAFE = {
  synchronize: false,
  migrationsRun: false,
  logging: false,
  migrations: [
    Initial1764000000000,
    PersonLinks1764200000000,
    RelevanceRequests1764300000000,
    Accesses1764400000000,
    ConsentRegister1764500000000,
    AuditLog1764600000000,
    PackedBodies1764700000000,
    PersonLinksMoved1764701000000,
    AllegationReviews1764702000000,
    AuditIndex1764710000000,
    AuditQuestions1764720000000,
    AuditAlerts1764730000000,
    EntriesByWorker1764740000000,
    SharingRequests1764750000000,
    KeptBy1764760000000,
  ],
};

/** A store as TypeORM is told of it, which brings its tables up to date. On SQLite that is all that it does. */
export function typeormOptions(config: StoreConfig): DataSourceOptions {
  if (config.kind === 'mssql')
    return { ...serverOptions({ type: 'mssql', url: config.url }), ...SAFE, entities: entities('mssql') };
  return {
    ...SAFE,
    type: 'better-sqlite3',
    database: config.file,
    entities: entities('sqlite'),
    enableWAL: true,
    timeout: 10_000,
  };
}

async function openFile(file: string): Promise<Store> {
  const words = sqlWords('sqlite');
  const migrated = await connect(typeormOptions({ kind: 'sqlite', file }));
  await migrated.destroy();
  const writer = openWriter(file);
  const reader = new Database(file, { readonly: true, timeout: 5000 });
  const prepared = new Map<string, Database.Statement<unknown[], string>>();
  const select = ([sql, parameters = []]: Statement): unknown[] => {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = reader.prepare<unknown[], string>(asOneText(reader, sql)).pluck();
      prepared.set(sql, statement);
    }
    return JSON.parse(statement.get(...parameters) ?? '[]') as unknown[];
  };
  const together = reader.transaction((statements: readonly Statement[]) => statements.map(select));
  return {
    ...words,
    dialect: 'sqlite',
    read: async <T>(...statement: Statement) => select(statement) as T[],
    readAll: async <T extends readonly unknown[]>(statements: readonly Statement[]) =>
      together(statements) as { -readonly [K in keyof T]: T[K][] },
    transaction: (work) => writer.transaction(work),
    administer: (sql, parameters) => writer.run(sql, parameters),
    async close() {
      await writer.close();
      reader.close();
    },
  };
}

/** The same rows as one JSON text: half the cost of a JavaScript value for each column of each row. */
function asOneText(reader: Database.Database, sql: string): string {
  const columns = reader.prepare(sql).columns();
  return `SELECT json_group_array(json_object(${columns.map(({ name }) => `'${name}', "${name}"`).join(', ')})) FROM (${sql})`;
}

async function openServer(url: string): Promise<Store> {
  const words = sqlWords('mssql');
  const dataSource = await connect(typeormOptions({ kind: 'mssql', url }), assertSnapshot);
  const read = <T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> =>
    dataSource.query<T[]>(words.bind(sql), [...parameters]);
  return {
    ...words,
    dialect: 'mssql',
    read,
    async readAll<T extends readonly unknown[]>(statements: readonly Statement[]) {
      const results: unknown[][] = [];
      for (const statement of statements) results.push(await read(...statement));
      return results as { -readonly [K in keyof T]: T[K][] };
    },
    transaction: (work) => dataSource.transaction((manager) => onServer(manager, words, work)),
    administer: read,
    close: () => dataSource.destroy(),
  };
}

/** What `work` does within a transaction of TypeORM's, one statement after another. */
async function onServer<T>(
  manager: EntityManager,
  { bind }: SqlWords,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  const run = <R>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> => {
    const answer = last.then(() => manager.query<R[]>(bind(sql), [...parameters]));
    last = answer;
    answer.catch(() => undefined);
    return answer;
  };
  const result = await work({
    run,
    insert(table, columns, rows) {
      const row = `(${columns.map(() => '?').join(', ')})`;
      const most = Math.floor(MOST_PARAMETERS / columns.length);
      for (let at = 0; at < rows.length; at += most) {
        const some = rows.slice(at, at + most);
        void run(
          `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${some.map(() => row).join(', ')}`,
          some.flatMap(packedParameters),
        );
      }
      return last;
    },
  });
  await last;
  return result;
}

/** Of one statement, on SQL Server: 2,100, less what its driver takes. */
const MOST_PARAMETERS = 2000;

/** Connects and migrates: one transaction under a lock, so that instances that start together do not both create tables. */
async function connect(
  options: DataSourceOptions,
  assertFit: (dataSource: DataSource) => Promise<void> = async () => undefined,
): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  try {
    await assertFit(dataSource);
    const runner = dataSource.createQueryRunner();
    const isServer = options.type === 'mssql';
    if (isServer) await runner.startTransaction();
    await runner.query(isServer ? LOCK_MIGRATIONS : 'BEGIN IMMEDIATE');
    try {
      const migrations = new MigrationExecutor(dataSource, runner);
      migrations.transaction = 'none';
      await migrations.executePendingMigrations();
      await (isServer ? runner.commitTransaction() : runner.query('COMMIT'));
    } catch (error) {
      await (isServer ? runner.rollbackTransaction() : runner.query('ROLLBACK'));
      throw error;
    } finally {
      await runner.release();
    }
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/** Without it whoever reads waits for whoever writes: the register would stand still while the log is written. */
async function assertSnapshot(dataSource: DataSource): Promise<void> {
  const [state] = await dataSource.query<{ is_on: number }[]>(SNAPSHOT_STATE);
  if (state?.is_on !== 1)
    throw new Error(`the store's database needs READ_COMMITTED_SNAPSHOT; its administrator runs: ${TURN_SNAPSHOT_ON}`);
}

const LOCK_MIGRATIONS = `EXEC sp_getapplock @Resource = 'threshold-migrations', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 60000`;
