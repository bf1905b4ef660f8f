/** Loads the CSV files of a world folder into a SQLite file: what the embedded default reads in place of SQL Server. */
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse';
import type { Contract, SqlDatabase } from './sql.js';

const TABLE = /^(?:ssd|gw)_[a-z0-9_]+$/;
const COLUMN = /^[a-z][a-z0-9_]*$/i;
const BATCH = 5000;

/** A loaded SQLite file; `stop` removes it when its folder was made here. */
export interface LoadedSqlite {
  readonly file: string;
  readonly database: SqlDatabase;
  stop(): Promise<void>;
}

/**
 * Loads every `ssd_*.csv` and `gw_*.csv` of `folder` as a table of that name. A table of the contract that has no file
 * is created empty, except one the contract requires: that one the world must bring. `indexes` are `table(expression)`.
 * Throws when a file or column name is not one.
 */
export async function loadSqlite(
  folder: string,
  name: string,
  contract: Contract,
  indexes: readonly string[],
  directory?: string,
): Promise<LoadedSqlite> {
  const home = directory ?? (await mkdtemp(join(tmpdir(), 'threshold-')));
  const file = join(home, `${name}.sqlite`);
  await rm(file, { force: true });
  const stop = async () => rm(directory === undefined ? home : file, { recursive: true, force: true });
  const database = new Database(file);
  try {
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    // One transaction: by itself each of the hundred tables would write the file anew.
    database.exec('BEGIN');
    const loaded = new Set<string>();
    for (const entry of (await readdir(folder)).filter((item) => item.endsWith('.csv'))) {
      const table = entry.slice(0, -'.csv'.length);
      if (!TABLE.test(table)) throw new Error(`${name}: ${entry} is not named after a table`);
      await loadTable(database, table, join(folder, entry), contract[table]?.columns ?? []).catch((cause: unknown) => {
        throw new Error(`${entry}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      });
      loaded.add(table);
    }
    for (const [table, { columns, requires }] of Object.entries(contract)) {
      if (!loaded.has(table) && requires === undefined) create(database, table, columns);
    }
    const tables = new Set(database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all());
    indexes.forEach((index, position) => {
      if (tables.has(index.slice(0, index.indexOf('('))))
        database.exec(`CREATE INDEX ix_${name.replaceAll('-', '_')}_${position} ON ${index}`);
    });
    database.exec('ANALYZE');
    database.exec('COMMIT');
    database.pragma('journal_mode = DELETE');
    database.close();
  } catch (error) {
    database.close();
    await stop();
    throw error;
  }
  return {
    file,
    database: { type: 'better-sqlite3', database: file },
    stop,
  };
}

function create(database: Database.Database, table: string, columns: readonly string[]): void {
  database.exec(`CREATE TABLE ${table} (${columns.map((column) => `${column} TEXT`).join(', ')})`);
}

async function loadTable(
  database: Database.Database,
  table: string,
  file: string,
  promised: readonly string[],
): Promise<void> {
  let insertMany: ((rows: readonly string[][]) => void) | undefined;
  let rows: string[][] = [];
  for await (const record of createReadStream(file).pipe(parse({ bom: true })) as AsyncIterable<string[]>) {
    if (!insertMany) {
      const header = record.map((column) => column.trim().toLowerCase());
      if (!header.every((column) => COLUMN.test(column)))
        throw new Error(`${table}: a column of the header is not a name`);
      create(database, table, [...new Set([...header, ...promised])]);
      const insert = database.prepare(
        `INSERT INTO ${table} (${header.join(', ')}) VALUES (${header.map(() => '?').join(', ')})`,
      );
      insertMany = database.transaction((batch: readonly string[][]) => {
        for (const row of batch) insert.run(row.map((value) => (value === '' ? null : value)));
      });
      continue;
    }
    rows.push(record);
    if (rows.length === BATCH) {
      insertMany(rows);
      rows = [];
    }
  }
  if (!insertMany) create(database, table, promised);
  else if (rows.length > 0) insertMany(rows);
}
