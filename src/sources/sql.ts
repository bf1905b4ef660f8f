/**
 * What sources held in a SQL database share: the connection (TypeORM: SQLite embedded, SQL Server in service), the two
 * dialects, and reading the tables as they really are. Deployments differ: a column that is not there reads as NULL, a
 * table that is not there as empty. Keys travel as one JSON parameter, so a call's statements do not grow with its persons.
 */
import { DataSource } from 'typeorm';
import type { BetterSqlite3DataSourceOptions } from 'typeorm/driver/better-sqlite3/BetterSqlite3DataSourceOptions.js';
import type { SqlServerDataSourceOptions } from 'typeorm/driver/sqlserver/SqlServerDataSourceOptions.js';
import type { AgencyId, IsoInstant, SourceId } from '../domain/words.js';
import { type RunningQuery, serverOptions, startQuery } from '../mssql/server.js';
import { SourceFailure, SourceNotReady } from './contract.js';

/**
 * Where the tables are. On SQL Server the log-in's default schema, or `dbo`, is read; it needs SELECT and nothing else. The
 * connection is encrypted and the certificate checked unless `options` say otherwise (`src/mssql/server.ts`).
 */
export type SqlDatabase = BetterSqlite3DataSourceOptions | SqlServerDataSourceOptions;

/** What every SQL adapter is made with. */
export interface SqlSourceOptions {
  readonly id: SourceId;
  /** The id space of persons and staff; its own id unless said otherwise. */
  readonly space?: SourceId;
  readonly holder: AgencyId;
  readonly database: SqlDatabase;
  /** The present instant, for what is derived from periods. */
  readonly now: () => IsoInstant;
}

/** A table as the adapter reads it. */
export interface TableContract {
  readonly columns: readonly string[];
  /** Without this table and this column nothing of the source may be read: SourceNotReady. */
  readonly requires?: string;
  /** Where the person stands when the table has no such column: the row's `key` is `id` in `table`, which has `person`. */
  readonly via?: {
    readonly column: string;
    readonly key: string;
    readonly table: string;
    readonly id: string;
    readonly person: string;
  };
}
export type Contract = { readonly [table: string]: TableContract };

export type SqlRow = Readonly<Record<string, unknown>>;

/** How a statement names tables and parameters in the database at hand. */
export interface Dialect {
  /** A derived table with every column of the contract, whether or not the deployment has it. */
  from(table: string): string;
  /** A select of `id` from the key list at this parameter (see `keyList`). */
  keys(parameter: number): string;
  /** The parameter at this position; on SQLite parameters must be used once each and in order. */
  at(parameter: number): string;
  /** The date part of a column, comparable with a YYYY-MM-DD parameter. */
  date(column: string): string;
}

/** A connection that is opened when first needed and reads the schema as it is. */
export interface SqlConnection {
  /** Connects and checks the required tables. Throws SourceFailure or SourceNotReady. */
  open(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** Runs one parameterised statement. Throws SourceFailure (naming no content), or the signal's reason once aborted. */
  rows(
    statement: (dialect: Dialect) => string,
    parameters: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SqlRow[]>;
}

/** One JSON parameter that holds any number of keys. */
export function keyList(keys: Iterable<string>): string {
  return JSON.stringify([...new Set(keys)]);
}

/** A connection for one source. Nothing is opened yet. */
export function connectSql(source: SourceId, database: SqlDatabase, contract: Contract): SqlConnection {
  const data = new DataSource(guarded(database));
  const query = (
    sql: string,
    parameters: readonly string[],
  ): Pick<RunningQuery<SqlRow>, 'rows'> & { cancel?(): void } =>
    database.type === 'mssql'
      ? startQuery<SqlRow>(data, sql, parameters)
      : { rows: data.query<SqlRow[]>(sql, [...parameters]) };
  let opening: Promise<Dialect> | undefined;
  let closing: Promise<void> | undefined;
  let closed = false;
  /** Tables and columns once seen: a reload that drops one must not read as "nothing there". */
  const seen = new Set<string>();

  async function prepare(): Promise<Dialect> {
    try {
      await closing;
      if (!data.isInitialized) await data.initialize();
      const dialect = dialectOf(database, contract, await data.query(SCHEMA_OF[database.type]));
      for (const [table, { requires }] of Object.entries(contract)) {
        if (requires !== undefined && !dialect.has(table, requires)) {
          throw new SourceNotReady(`source ${source}: the required table ${table} (${requires}) is not there`);
        }
      }
      if (dialect.names.size === 0) throw new SourceNotReady(`source ${source}: none of its tables is there`);
      for (const name of seen) {
        if (!dialect.names.has(name)) throw new SourceNotReady(`source ${source}: ${name} was there and is gone`);
      }
      for (const name of dialect.names) seen.add(name);
      return dialect;
    } catch (error) {
      throw error instanceof SourceNotReady ? error : failure(source, error);
    }
  }

  async function dialect(signal?: AbortSignal): Promise<Dialect> {
    signal?.throwIfAborted();
    if (closed) throw new SourceFailure(`source ${source}: stopped`);
    opening ??= prepare();
    const mine = opening;
    mine.catch(() => {
      if (opening === mine) opening = undefined;
    });
    return untilAborted(mine, signal);
  }

  return {
    async open(signal) {
      await dialect(signal);
    },
    async close() {
      closed = true;
      await opening?.catch(() => undefined);
      if (data.isInitialized) await data.destroy();
    },
    async rows(statement, parameters, signal) {
      const sql = statement(await dialect(signal));
      const mine = opening;
      try {
        const running = query(sql, parameters);
        return await untilAborted(running.rows, signal, running.cancel);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        // The schema may have changed under us: look again before the next statement, at the file as it then is.
        if (opening === mine) {
          opening = undefined;
          if (database.type === 'better-sqlite3') closing = data.destroy().catch(() => undefined);
        }
        throw failure(source, error);
      }
    },
  };
}

/** Who waits under a signal: one listener a signal, for one call has many statements under way. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function waitersOf(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal);
  if (known) return known;
  const waiters = new Set<() => void>();
  signal.addEventListener(
    'abort',
    () => {
      for (const abort of waiters) abort();
    },
    { once: true },
  );
  waiting.set(signal, waiters);
  return waiters;
}

/** Settles with the promise, or rejects with the signal's reason as soon as it is aborted; then it is cancelled. */
function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal, cancel?: () => void): Promise<T> {
  if (!signal) return promise;
  const waiters = waitersOf(signal);
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel?.();
      reject(signal.reason);
    };
    waiters.add(abort);
    promise
      .then((value) => (signal.aborted ? reject(signal.reason) : resolve(value)), reject)
      .finally(() => waiters.delete(abort));
  });
}

/** Driver messages can quote data, so only an error code of the known form is passed on. */
function failure(source: SourceId, error: unknown): SourceFailure {
  const { code: told, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const code = told === undefined && name === 'TimeoutError' ? 'NO_CONNECTION_FREE' : told;
  const said = typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : '';
  return new SourceFailure(`source ${source}: its database failed${said}`);
}

/** The options with everything off that could write: no synchronisation, no migrations, no logging of statements. */
export function guarded(database: SqlDatabase): SqlDatabase {
  if (database.type === 'mssql') return serverOptions(database);
  const safe = { synchronize: false, dropSchema: false, migrationsRun: false, logging: false } as const;
  // A locked file is waited for by asking again: the driver's own waiting stops the whole process.
  return { timeout: 50, readonly: true, fileMustExist: true, ...database, ...safe };
}

/** Every table and column that can be seen; `k` is 1 for text that is compared otherwise than the database compares by itself. */
export const SCHEMA_OF = {
  'better-sqlite3': `SELECT m.name AS t, p.name AS c, 0 AS k FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type IN ('table', 'view')`,
  mssql: `SELECT TABLE_NAME AS t, COLUMN_NAME AS c, CASE WHEN LOWER(COLLATION_NAME) <> LOWER(CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS NVARCHAR(128))) THEN 1 ELSE 0 END AS k FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA IN (SCHEMA_NAME(), 'dbo')`,
} as const;

/** The dialect of a database whose schema has these tables and columns. */
export function dialectOf(
  { type }: SqlDatabase,
  contract: Contract,
  schema: readonly { t: string; c: string; k?: number }[],
): Dialect & { has(table: string, column?: string): boolean; readonly names: ReadonlySet<string> } {
  const columns = new Map<string, Set<string>>();
  const foreign = new Set<string>();
  for (const { t, c, k } of schema) {
    const table = columns.get(t.toLowerCase()) ?? new Set<string>();
    columns.set(t.toLowerCase(), table.add(c.toLowerCase()));
    if (k === 1) foreign.add(`${t}.${c}`.toLowerCase());
  }
  // A view over another database brings its collation along; compared with ours, SQL Server refuses the whole statement.
  const named: Named = (table, column, alias) =>
    type === 'mssql' && foreign.has(`${table}.${column}`)
      ? `${alias}${column} COLLATE DATABASE_DEFAULT`
      : `${alias}${column}`;
  const has = (table: string, column?: string) =>
    column === undefined ? columns.has(table) : columns.get(table)?.has(column) === true;
  const nothing = type === 'mssql' ? 'CAST(NULL AS NVARCHAR(400))' : 'CAST(NULL AS TEXT)';
  const views = new Map(
    Object.entries(contract).map(([table, entry]) => [table, view(table, entry, has, named, nothing)]),
  );
  const names = Object.entries(contract).flatMap(([table, entry]) =>
    entry.columns.filter((column) => has(table, column)).map((column) => `${table}.${column}`),
  );
  return {
    has,
    names: new Set(names),
    from(table) {
      const sql = views.get(table);
      if (sql === undefined) throw new Error(`table ${table} is not in the contract`);
      return sql;
    },
    ...(type === 'mssql'
      ? {
          keys: (parameter) => `SELECT id FROM OPENJSON(@${parameter}) WITH (id NVARCHAR(400) '$')`,
          at: (parameter) => `@${parameter}`,
          date: (column) => `CAST(${column} AS DATE)`,
        }
      : {
          keys: () => 'SELECT value AS id FROM json_each(?)',
          at: () => '?',
          date: (column) => `SUBSTR(${column}, 1, 10)`,
        }),
  };
}

/** A column as an expression, under the alias of its table (`t.`, or nothing). */
type Named = (table: string, column: string, alias: string) => string;

function view(
  table: string,
  { columns, via }: TableContract,
  has: (table: string, column?: string) => boolean,
  named: Named,
  nothing: string,
): string {
  if (!has(table)) return `(SELECT ${columns.map((column) => `${nothing} AS ${column}`).join(', ')} WHERE 1 = 0)`;
  const isReached =
    via && !has(table, via.column) && has(table, via.key) && has(via.table, via.id) && has(via.table, via.person);
  const selected = columns.map((column) => {
    if (has(table, column)) {
      const expression = named(table, column, 't.');
      return expression === `t.${column}` ? expression : `${expression} AS ${column}`;
    }
    return isReached && column === via.column ? `v.person AS ${column}` : `${nothing} AS ${column}`;
  });
  const joined = isReached
    ? ` LEFT JOIN (SELECT DISTINCT ${named(via.table, via.id, '')} AS id, ${named(via.table, via.person, '')} AS person FROM ${via.table}) v ON v.id = ${named(table, via.key, 't.')}`
    : '';
  return `(SELECT ${selected.join(', ')} FROM ${table} t${joined})`;
}
