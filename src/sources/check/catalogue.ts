/** What a database says of itself: its tables and columns, what they are indexed by, and what the log-in may do. */
import type { DataSource } from 'typeorm';
import { SNAPSHOT_STATE } from '../../mssql/server.js';
import type { Place } from './expectation.js';

export interface Column {
  /** The type's name in small letters, without its length; empty when the database does not say (a view on SQLite). */
  readonly type: string;
  readonly isUnbounded: boolean;
  readonly collation: string | null;
}

export interface CatalogueTable {
  /** As a statement names it: `dbo.ssd_person`. */
  readonly name: string;
  readonly isView: boolean;
  readonly columns: ReadonlyMap<string, Column>;
  /** Columns that stand first in an index that is in use. */
  readonly indexed: ReadonlySet<string>;
}

export interface Catalogue {
  readonly kind: 'mssql' | 'better-sqlite3';
  /** By name in small letters. */
  readonly tables: ReadonlyMap<string, CatalogueTable>;
  /** How text is compared when nothing else is said; null where that is not told. */
  readonly collation: string | null;
  readonly isSnapshot: boolean;
  /** What the log-in may do beyond reading the expected tables, in plain words. */
  readonly mayAlso: readonly string[];
  /** The column that a view's column is read from, and whether it is indexed; undefined when that cannot be seen. */
  behind(
    place: Place,
  ): Promise<{ readonly table: string; readonly column: string; readonly isIndexed: boolean } | undefined>;
}

/** Reads the catalogue. `tables` are those whose rights matter. Rejects with the driver's error. */
export function readCatalogue(data: DataSource, tables: readonly string[]): Promise<Catalogue> {
  return data.options.type === 'mssql' ? ofServer(data, tables) : ofFile(data);
}

const SERVER_COLUMNS = `SELECT c.TABLE_SCHEMA AS s, c.TABLE_NAME AS t, c.COLUMN_NAME AS c, c.DATA_TYPE AS d,
    c.CHARACTER_MAXIMUM_LENGTH AS n, c.COLLATION_NAME AS k, CASE WHEN t.TABLE_TYPE = 'VIEW' THEN 1 ELSE 0 END AS v,
    CASE WHEN c.TABLE_SCHEMA = SCHEMA_NAME() THEN 1 ELSE 0 END AS own
  FROM INFORMATION_SCHEMA.COLUMNS c
  JOIN INFORMATION_SCHEMA.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
  WHERE c.TABLE_SCHEMA IN (SCHEMA_NAME(), 'dbo')`;

/** Disabled indexes are not used, filtered ones not for every row. */
const SERVER_INDEXES = `SELECT SCHEMA_NAME(o.schema_id) AS s, o.name AS t, c.name AS c
  FROM sys.indexes i
  JOIN sys.index_columns ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.key_ordinal = 1
  JOIN sys.columns c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
  JOIN sys.objects o ON o.object_id = i.object_id
  WHERE i.is_disabled = 0 AND i.has_filter = 0 AND o.type IN ('U', 'V')`;

const SERVER_COLLATION = `SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS NVARCHAR(128)) AS k`;

interface ServerColumn {
  readonly s: string;
  readonly t: string;
  readonly c: string;
  readonly d: string;
  readonly n: number | null;
  readonly k: string | null;
  readonly v: number;
  readonly own: number;
}

async function ofServer(data: DataSource, expected: readonly string[]): Promise<Catalogue> {
  const listed = await data.query<ServerColumn[]>(SERVER_COLUMNS);
  const indexes = await data.query<{ s: string; t: string; c: string }[]>(SERVER_INDEXES);
  const [collation] = await data.query<{ k: string | null }[]>(SERVER_COLLATION);
  const [snapshot] = await data.query<{ is_on: number }[]>(SNAPSHOT_STATE);
  const indexed = new Set(indexes.map(({ s, t, c }) => `${s}.${t}.${c}`.toLowerCase()));
  const tables = new Map<string, CatalogueTable & { readonly columns: Map<string, Column> }>();
  // The log-in's default schema is looked in before dbo, as the server itself does.
  for (const row of [...listed].sort((a, b) => b.own - a.own)) {
    const name = `${row.s}.${row.t}`.toLowerCase();
    const known = tables.get(row.t.toLowerCase());
    if (known && known.name !== name) continue;
    const columns = known?.columns ?? new Map<string, Column>();
    columns.set(row.c.toLowerCase(), { type: row.d.toLowerCase(), isUnbounded: row.n === -1, collation: row.k });
    const firsts = [...columns.keys()].filter((column) => indexed.has(`${name}.${column}`));
    tables.set(row.t.toLowerCase(), { name, isView: row.v === 1, columns, indexed: new Set(firsts) });
  }
  const present = expected.flatMap((table) => tables.get(table)?.name ?? []);
  return {
    kind: 'mssql',
    tables,
    collation: collation?.k ?? null,
    isSnapshot: snapshot?.is_on === 1,
    mayAlso: await rightsBeyondReading(data, present),
    behind: async ([table, column]) => {
      const source = await sourceOf(data, tables.get(table)?.name ?? table, column);
      if (source === undefined || !(await isVisible(data, source.table))) return undefined;
      return { ...source, isIndexed: indexed.has(`${source.table}.${source.column}`.toLowerCase()) };
    },
  };
}

async function rightsBeyondReading(data: DataSource, tables: readonly string[]): Promise<string[]> {
  const roles = await data.query<{ r: string; m: number | null }[]>(
    `SELECT 'sysadmin' AS r, IS_SRVROLEMEMBER('sysadmin') AS m
     UNION ALL SELECT 'db_owner', IS_ROLEMEMBER('db_owner')
     UNION ALL SELECT 'db_datawriter', IS_ROLEMEMBER('db_datawriter')
     UNION ALL SELECT 'db_ddladmin', IS_ROLEMEMBER('db_ddladmin')`,
  );
  const can: string[] = roles.filter(({ m }) => m === 1).map(({ r }) => `is a member of ${r}`);
  for (const right of ['INSERT', 'UPDATE', 'DELETE', 'ALTER']) {
    const [row] = await data.query<{ n: number }[]>(
      `SELECT COUNT(*) AS n FROM OPENJSON(@0) WITH (t NVARCHAR(300) '$') x WHERE HAS_PERMS_BY_NAME(x.t, 'OBJECT', '${right}') = 1`,
      [JSON.stringify(tables)],
    );
    if (row && row.n > 0) can.push(`may ${right} on ${row.n} of ${tables.length} tables`);
  }
  return can;
}

/** The table and column that a view's column is read from, when the server can tell. */
async function sourceOf(
  data: DataSource,
  view: string,
  column: string,
): Promise<{ readonly table: string; readonly column: string } | undefined> {
  try {
    const [row] = await data.query<{ s: string | null; t: string | null; c: string | null }[]>(
      'SELECT source_schema AS s, source_table AS t, source_column AS c FROM sys.dm_exec_describe_first_result_set(@0, NULL, 1) WHERE is_hidden = 0',
      [`SELECT ${column} FROM ${view}`],
    );
    return row?.t && row.c ? { table: `${row.s ?? 'dbo'}.${row.t}`, column: row.c } : undefined;
  } catch {
    // Not every server and log-in is told.
    return undefined;
  }
}

async function isVisible(data: DataSource, table: string): Promise<boolean> {
  const [row] = await data.query<{ id: number | null }[]>('SELECT OBJECT_ID(@0) AS id', [table]);
  return row?.id != null;
}

async function ofFile(data: DataSource): Promise<Catalogue> {
  const listed = await data.query<{ t: string; v: number; c: string; d: string; pk: number }[]>(
    `SELECT m.name AS t, m.type = 'view' AS v, p.name AS c, p.type AS d, p.pk AS pk
     FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type IN ('table', 'view')`,
  );
  const indexes = await data.query<{ t: string; c: string | null; sql: string | null }[]>(
    `SELECT m.tbl_name AS t, x.name AS c, m.sql AS sql FROM sqlite_master m JOIN pragma_index_info(m.name) x
     WHERE m.type = 'index' AND x.seqno = 0`,
  );
  const tables = new Map<string, CatalogueTable & { columns: Map<string, Column>; indexed: Set<string> }>();
  for (const { t, v, c, d, pk } of listed) {
    const table = tables.get(t.toLowerCase()) ?? {
      name: t,
      isView: v === 1,
      columns: new Map<string, Column>(),
      indexed: new Set<string>(),
    };
    table.columns.set(c.toLowerCase(), {
      type: d.toLowerCase().replace(/\(.*/, ''),
      isUnbounded: false,
      collation: null,
    });
    if (pk === 1) table.indexed.add(c.toLowerCase());
    tables.set(t.toLowerCase(), table);
  }
  for (const { t, c, sql } of indexes) {
    const table = tables.get(t.toLowerCase());
    // An expression has no name: it is the first of the table's columns that stands in its text.
    const words: string[] = sql === null ? [] : (sql.slice(sql.indexOf('(')).toLowerCase().match(/\w+/g) ?? []);
    const first = c?.toLowerCase() ?? words.find((word) => table?.columns.has(word));
    if (first !== undefined && !sql?.toLowerCase().includes(' where ')) table?.indexed.add(first);
  }
  return {
    kind: 'better-sqlite3',
    tables,
    collation: null,
    isSnapshot: true,
    mayAlso: (data.options as { readonly?: boolean }).readonly === true ? [] : ['opens the file for writing'],
    behind: async () => undefined,
  };
}
