/**
 * Loads the CSV files of a world folder into a SQL Server database, as an authority's would be: SSD tables and views' columns
 * in the types they are deployed with, and an index on every column that rows are asked by. For compose files and tests;
 * the gateway itself only ever reads.
 */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { DataSource } from 'typeorm';
import { type SqlServerDataSourceOptions, serverOptions } from '../mssql/server.js';
import { type ColumnKind, kindsOf, type SqlExpectation } from './check/expectation.js';

const TABLE = /^(?:ssd|gw)_[a-z0-9_]+$/;
const COLUMN = /^[a-z][a-z0-9_]*$/i;
const BATCH = 1000;

/**
 * Loads every `ssd_*.csv` and `gw_*.csv` of `folder` as a table of that name in place of one that is there. A table of the
 * contract that has no file is made empty, except one the contract requires. A column with a value that is not of its type is
 * text, as it is at an authority that holds such a value. Throws, naming no value, when a file or column name is not one.
 */
export async function loadServer(
  folder: string,
  database: SqlServerDataSourceOptions,
  expectation: SqlExpectation,
): Promise<{ readonly tables: number; readonly rows: number }> {
  const data = await new DataSource(serverOptions(database)).initialize();
  try {
    const loaded = new Set<string>();
    let rows = 0;
    for (const entry of (await readdir(folder)).filter((item) => item.endsWith('.csv'))) {
      const table = entry.slice(0, -'.csv'.length);
      if (!TABLE.test(table)) throw new Error(`${entry} is not named after a table`);
      rows += await loadTable(data, table, join(folder, entry), expectation);
      loaded.add(table);
    }
    for (const [table, { columns, requires }] of Object.entries(expectation.contract)) {
      if (loaded.has(table) || requires !== undefined) continue;
      await create(data, table, columns, expectation);
      loaded.add(table);
    }
    return { tables: loaded.size, rows };
  } finally {
    await data.destroy();
  }
}

/** SSD holds its dates as date and time; the views promise dates. */
function typeOf(table: string, kind: ColumnKind | undefined, isAsked: boolean): string {
  if (kind === 'key' || (kind === 'text' && isAsked)) return 'NVARCHAR(200)';
  if (kind === 'date') return table.startsWith('ssd_') ? 'DATETIME2(3)' : 'DATE';
  if (kind === 'instant') return 'DATETIMEOFFSET(3)';
  return kind === 'flag' ? 'NVARCHAR(3)' : 'NVARCHAR(MAX)';
}

/** Makes the table anew, with its indexes; answers with the type of each column. */
async function create(
  data: DataSource,
  table: string,
  columns: readonly string[],
  expectation: SqlExpectation,
): Promise<string[]> {
  const kinds = kindsOf(expectation, table);
  const asked = expectation.asked.flatMap(([of, column]) => (of === table ? [column] : []));
  const types = columns.map((column) => typeOf(table, kinds.get(column), asked.includes(column)));
  await data.query(`DROP TABLE IF EXISTS dbo.${table}`);
  await data.query(
    `CREATE TABLE dbo.${table} (${columns.map((column, i) => `${column} ${types[i]} NULL`).join(', ')})`,
  );
  for (const column of asked.filter((each) => columns.includes(each)))
    await data.query(`CREATE INDEX ix_gateway_${table}_${column} ON dbo.${table} (${column})`);
  return types;
}

async function loadTable(data: DataSource, table: string, file: string, expectation: SqlExpectation): Promise<number> {
  const promised = expectation.contract[table]?.columns ?? [];
  let insert: ((rows: readonly (readonly string[])[]) => Promise<void>) | undefined;
  let rows: string[][] = [];
  let count = 0;
  for await (const record of createReadStream(file).pipe(parse({ bom: true })) as AsyncIterable<string[]>) {
    if (!insert) {
      const header = record.map((column) => column.trim().toLowerCase());
      if (!header.every((column) => COLUMN.test(column)))
        throw new Error(`${table}: a column of the header is not a name`);
      const types = await create(data, table, [...new Set([...header, ...promised])], expectation);
      insert = inserter(data, table, header, types);
      continue;
    }
    rows.push(record);
    count += 1;
    if (rows.length === BATCH) {
      await insert(rows);
      rows = [];
    }
  }
  if (!insert) await create(data, table, promised, expectation);
  else if (rows.length > 0) await insert(rows);
  return count;
}

/** Inserts rows that travel as one JSON parameter. */
function inserter(data: DataSource, table: string, header: readonly string[], given: readonly string[]) {
  const types = [...given];
  const from = `OPENJSON(@0) WITH (${header.map((column, i) => `${column} NVARCHAR(MAX) '$[${i}]'`).join(', ')}) j`;
  const cast = (column: string, i: number) => `CAST(j.${column} AS ${types[i]})`;
  const insert = (batch: string) =>
    data.query(`INSERT INTO dbo.${table} (${header.join(', ')}) SELECT ${header.map(cast).join(', ')} FROM ${from}`, [
      batch,
    ]);
  return async (rows: readonly (readonly string[])[]): Promise<void> => {
    const batch = JSON.stringify(rows.map((row) => row.map((value) => (value === '' ? null : value))));
    try {
      await insert(batch);
    } catch {
      for (const [i, column] of header.entries()) {
        const fits = await data.query(`SELECT COUNT(${cast(column, i)}) AS n FROM ${from}`, [batch]).then(
          () => true,
          () => false,
        );
        if (fits) continue;
        types[i] = 'NVARCHAR(MAX)';
        await data.query(`ALTER TABLE dbo.${table} ALTER COLUMN ${column} NVARCHAR(MAX)`);
      }
      await insert(batch);
    }
  };
}
