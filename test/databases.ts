/**
 * The databases that suites over the store and the SQL sources run on: SQLite always, SQL Server when MSSQL_URL names one. Its
 * log-in must be allowed to create databases: each suite makes one of its own and drops it.
 */
import { randomUUID } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import {
  SNAPSHOT_STATE,
  type SqlServerDataSourceOptions,
  serverAt,
  serverOptions,
  TURN_SNAPSHOT_ON,
} from '../src/mssql/server.js';

/** `mssql://user:password@host:port/database?…`, or undefined: then there is no server to run on. */
export const MSSQL_URL = process.env['MSSQL_URL'];
/** By how much longer than on a quiet machine a server may take before a test says that it does not answer (MSSQL_PATIENCE). */
export const PATIENCE = MSSQL_URL === undefined ? 1 : Number(process.env['MSSQL_PATIENCE'] ?? 1);
// Databases are made and filled for each suite, on machines that do other things too.
if (MSSQL_URL !== undefined) jest.setTimeout(180_000 * PATIENCE);

export interface FreshDatabase {
  readonly url: string;
  readonly options: SqlServerDataSourceOptions;
  /** Runs statements as the owner. */
  run<T = unknown>(statement: string): Promise<T[]>;
  /** A log-in of its own with these rights and no others: `SELECT ON dbo.ssd_person`. */
  logIn(rights: readonly string[]): Promise<SqlServerDataSourceOptions>;
  drop(): Promise<void>;
}

/** An empty database of the server that MSSQL_URL names, whose readers see committed rows. */
export async function freshDatabase(): Promise<FreshDatabase> {
  if (MSSQL_URL === undefined) throw new Error('MSSQL_URL is not set');
  const name = `threshold_test_${randomUUID().slice(0, 8)}`;
  const server = await new DataSource(serverOptions({ ...serverAt(MSSQL_URL), requestTimeout: 60_000 })).initialize();
  await whileBusy(() => server.query(`CREATE DATABASE ${name}`));
  const url = new URL(MSSQL_URL);
  url.pathname = `/${name}`;
  const options = serverAt(url.href);
  const owner = await new DataSource(serverOptions({ ...options, requestTimeout: 60_000 })).initialize();
  const [state] = await owner.query<{ is_on: number }[]>(SNAPSHOT_STATE);
  if (state?.is_on !== 1) await owner.query(TURN_SNAPSHOT_ON);
  const logIns: string[] = [];
  return {
    url: url.href,
    options,
    run: (statement) => owner.query(statement),
    async logIn(rights) {
      const user = `${name}_${logIns.length}`;
      const password = `Invented-${randomUUID()}`;
      await owner.query(`CREATE LOGIN ${user} WITH PASSWORD = '${password}'`);
      logIns.push(user);
      await owner.query(`CREATE USER ${user} FOR LOGIN ${user}`);
      for (const right of rights) await owner.query(`GRANT ${right} TO ${user}`);
      return { ...options, username: user, password };
    },
    async drop() {
      await owner.destroy();
      await whileBusy(() => server.query(`DROP DATABASE ${name}`));
      for (const user of logIns) await server.query(`DROP LOGIN ${user}`);
      await server.destroy();
    },
  };
}

/** Suites that run side by side create and drop databases at once, which a server may refuse for a moment. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * tries));
    }
  }
}

/** A way to the server that can be cut: a relay on this machine. */
export async function cuttableWay(options: SqlServerDataSourceOptions): Promise<{
  readonly options: SqlServerDataSourceOptions;
  /** The server is gone: open connections are reset, new ones refused. */
  cut(): Promise<void>;
}> {
  const open = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(options.port ?? 1433, options.host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const { port } = relay.address() as { port: number };
  return {
    options: { ...options, host: 'localhost', port },
    async cut() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => relay.close(() => resolve()));
    },
  };
}
