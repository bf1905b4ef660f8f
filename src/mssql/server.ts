/**
 * How SQL Server is connected to, by the store and by the sources alike. The connection is encrypted and the server's
 * certificate checked; only a deployment that says `encrypt: false` or `trustServerCertificate: true` goes without.
 */
import type { DataSource } from 'typeorm';
import type { SqlServerDataSourceOptions } from 'typeorm/driver/sqlserver/SqlServerDataSourceOptions.js';

export type { SqlServerDataSourceOptions } from 'typeorm/driver/sqlserver/SqlServerDataSourceOptions.js';

/**
 * Milliseconds. A request is given up at the server too; a call's own deadline, usually shorter, cancels it before, and ends its
 * waiting for a connection: a call of many statements must not fail for want of one before its time is over.
 */
export const TIMEOUTS = { connect: 5_000, request: 15_000, cancel: 1_000, idle: 300_000, acquire: 15_000 } as const;
/** Connections of one source or store: at most, and how many stay open when nothing is asked (opening one takes a while). */
export const POOL_SIZE = { max: 20, min: 2 } as const;

/**
 * The options of `mssql://user:password@host:port/database?encrypt=…&trustServerCertificate=…`. Throws when it is no such
 * address; the message holds nothing of it, for there is a password in it.
 */
export function serverAt(url: string): SqlServerDataSourceOptions {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol !== 'mssql:' || address.hostname === '' || address.pathname.length < 2)
    throw new Error('not an address of SQL Server: mssql://user:password@host:1433/database');
  const { hostname, port, username, password, pathname, searchParams } = address;
  const unknown = [...searchParams.keys()].filter((name) => !SWITCHES.includes(name));
  if (unknown.length > 0) throw new Error(`an address of SQL Server takes only ${SWITCHES.join(', ')} after its ?`);
  const [encrypt, trust] = SWITCHES.map((name) => searchParams.get(name));
  return {
    type: 'mssql',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 1433 : Number(port),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    options: { encrypt: encrypt !== 'false', trustServerCertificate: trust === 'true' },
  };
}

const SWITCHES = ['encrypt', 'trustServerCertificate'];

/**
 * The options made safe: what a deployment left unsaid is said. Nothing synchronises, migrates, or prints statements (they
 * hold identifiers), and a DATETIME, which has no zone, is read as UTC so that its date is the date that was written.
 */
export function serverOptions({ url, ...given }: SqlServerDataSourceOptions): SqlServerDataSourceOptions {
  const address = url === undefined ? undefined : serverAt(url);
  return {
    connectionTimeout: TIMEOUTS.connect,
    requestTimeout: TIMEOUTS.request,
    ...address,
    ...given,
    pool: {
      max: POOL_SIZE.max,
      min: Math.min(POOL_SIZE.min, given.pool?.max ?? POOL_SIZE.max),
      idleTimeoutMillis: TIMEOUTS.idle,
      acquireTimeoutMillis: TIMEOUTS.acquire,
      ...given.pool,
    },
    options: {
      encrypt: true,
      trustServerCertificate: false,
      appName: 'threshold',
      cancelTimeout: TIMEOUTS.cancel,
      ...address?.options,
      ...given.options,
      useUTC: true,
    },
    // Not by a statement before every statement: one that is never answered cannot be cancelled, and keeps its connection for
    // the whole of `TIMEOUTS.request` after its call was given up.
    extra: { validateConnection: 'socket', ...(given.extra as object | undefined) },
    synchronize: false,
    dropSchema: false,
    migrationsRun: false,
    logging: false,
  };
}

/** One row: `is_on` is 1 when readers see the last committed rows and neither wait for writers nor hold them up. */
export const SNAPSHOT_STATE =
  'SELECT CAST(is_read_committed_snapshot_on AS INT) AS is_on FROM sys.databases WHERE name = DB_NAME()';
/** What turns it on; needs the right to alter the database and nobody else in it. */
export const TURN_SNAPSHOT_ON = 'ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;';

/** What of a request of the `mssql` driver is used here. */
interface Request {
  input(name: string, value: unknown): void;
  query<T>(statement: string): Promise<{ readonly recordset?: T[] }>;
  cancel(): void;
}

/** A statement under way. */
export interface RunningQuery<T> {
  /** Rejects with the driver's error, also when it was cancelled. */
  readonly rows: Promise<T[]>;
  /**
   * Gives it up at the server, so that it does not keep its connection. A server that does not confirm within
   * `TIMEOUTS.cancel` loses the connection, and the pool opens another.
   */
  cancel(): void;
}

/** Runs a statement (parameters `@0`, `@1` …) on a connection of the pool. */
export function startQuery<T>(data: DataSource, statement: string, parameters: readonly unknown[]): RunningQuery<T> {
  const driver = data.driver as unknown as { obtainMasterConnection(): Promise<{ request(): Request }> };
  let request: Request | undefined;
  let isCancelled = false;
  const run = async (): Promise<T[]> => {
    const pool = await driver.obtainMasterConnection();
    if (isCancelled) throw new Error('cancelled');
    request = pool.request();
    for (const [position, value] of parameters.entries()) request.input(String(position), value);
    return (await request.query<T>(statement)).recordset ?? [];
  };
  return {
    rows: run(),
    cancel() {
      isCancelled = true;
      // The driver cannot take back what still waits for a connection: it cancels that as soon as it has one.
      request?.cancel();
    },
  };
}
