/**
 * The conformance suite of an SQL source, on SQLite always and on SQL Server when MSSQL_URL is set: the same fixtures, people
 * and faults. On the server the source reads through a way that can be cut, with a log-in's whole round trip.
 */
import { writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { TIMEOUTS } from '../../src/mssql/server.js';
import type { SqlExpectation } from '../../src/sources/check/expectation.js';
import type { Source } from '../../src/sources/contract.js';
import { loadServer } from '../../src/sources/mssql-files.js';
import type { SqlSourceOptions } from '../../src/sources/sql.js';
import { cuttableWay, freshDatabase, MSSQL_URL, PATIENCE } from '../databases.js';
import { describeSource, type Prepared } from './source-conformance.js';

type Identity = Omit<SqlSourceOptions, 'database'>;

export interface SqlConformance {
  readonly folder: string;
  readonly identity: Identity;
  readonly expectation: SqlExpectation;
  readonly create: (options: SqlSourceOptions) => Source;
  readonly simulate: (
    folder: string,
    identity: Identity,
  ) => Promise<{ readonly options: SqlSourceOptions; readonly file: string; stop(): Promise<void> }>;
  readonly known: Prepared['known'];
  /** One column of one row that is given a value it must not hold, by which one record is lost. */
  readonly corrupt: { readonly table: string; readonly column: string; readonly value: string; readonly where: string };
}

/** Runs the suite on each database there is. */
export function describeSqlSource(conformance: SqlConformance): void {
  describeSource(`${conformance.identity.id} on SQLite`, () => onSqlite(conformance));
  if (MSSQL_URL !== undefined) describeSource(`${conformance.identity.id} on SQL Server`, () => onServer(conformance));
}

const spoil = ({ corrupt: { table, column, value, where } }: SqlConformance) =>
  `UPDATE ${table} SET ${column} = '${value}' WHERE ${where}`;

async function onSqlite(conformance: SqlConformance): Promise<Prepared> {
  const { folder, identity, simulate, create, known } = conformance;
  const simulated = await simulate(folder, identity);
  return {
    source: create(simulated.options),
    stop: simulated.stop,
    transport: { kind: 'sqlite', file: simulated.file },
    known,
    corrupt: async () => {
      const database = new Database(simulated.file);
      database.exec(spoil(conformance));
      database.close();
      return 1;
    },
    kill: () => writeFile(simulated.file, 'this was a database'),
  };
}

async function onServer(conformance: SqlConformance): Promise<Prepared> {
  const { folder, identity, expectation, create, known, corrupt } = conformance;
  const fresh = await freshDatabase();
  await loadServer(folder, fresh.options, expectation);
  const patient = { connectionTimeout: TIMEOUTS.connect * PATIENCE, requestTimeout: TIMEOUTS.request * PATIENCE };
  const way = await cuttableWay({ ...fresh.options, ...patient });
  return {
    source: create({ ...identity, database: way.options }),
    transport: {
      kind: 'tcp',
      host: '127.0.0.1',
      port: Number(fresh.options.port ?? 1433),
      connect: (port) => create({ ...identity, database: { ...fresh.options, ...patient, host: '127.0.0.1', port } }),
    },
    known,
    async stop() {
      await way.cut();
      await fresh.drop();
    },
    corrupt: async () => {
      // A date column holds no such value: authorities that have one keep their dates as text.
      await fresh.run(`ALTER TABLE ${corrupt.table} ALTER COLUMN ${corrupt.column} NVARCHAR(40)`);
      await fresh.run(spoil(conformance));
      return 1;
    },
    kill: way.cut,
  };
}
