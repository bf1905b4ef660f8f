/**
 * How the two dialects are written. Statements stand once, with `?` for parameters (each used once, in order); lists of
 * keys or rows travel as ONE JSON parameter, so a statement's text does not depend on how many there are.
 */
import { type Dialect, KEY_COLLATION } from './columns.js';

export interface SqlWords {
  /** A sub-select of the keys in one JSON array parameter: `WHERE subject IN ${keyList}`. */
  readonly keyList: string;
  /** A sub-select of the rows in one JSON parameter, an array of arrays in the order of `columns`: `FROM ${rowList([…])} r`. */
  rowList(columns: readonly string[]): string;
  /** A table hint (SQL Server) that keeps what was read for a transaction that goes on to write it. */
  readonly claiming: string;
  /** After an ORDER BY: only the first so many, as one parameter. */
  readonly first: string;
  /** The store's own time, so many milliseconds (one parameter) from now, as RFC 3339 text in UTC. */
  readonly clock: string;
  /** A table hint (SQL Server): waits for every row that is being inserted, so that none appears later before the last one read. */
  readonly settled: string;
  /** A column of bytes to select, to be read by `bytesIn`: hex digits on SQLite, whose rows travel as text, bytes on SQL Server. */
  bytesOf(column: string): string;
  /** The items of a JSON array in one parameter, each as `value`, to be joined where a planner must take them first. */
  readonly members: string;
  /** A statement in the dialect's own parameters. */
  bind(statement: string): string;
}

const SQLITE: SqlWords = {
  keyList: '(SELECT value FROM json_each(?))',
  rowList: (columns) =>
    `(SELECT ${columns.map((column, i) => `json_extract(value, '$[${i}]') AS ${column}`).join(', ')} FROM json_each(?))`,
  claiming: '',
  first: 'LIMIT ?',
  clock: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', (? / 1000.0) || ' seconds')",
  settled: '',
  bytesOf: (column) => `CASE WHEN ${column} IS NULL THEN NULL ELSE hex(${column}) END`,
  members: 'json_each(?)',
  bind: (statement) => statement,
};

const bound = new Map<string, string>();

const MSSQL: SqlWords = {
  keyList: `(SELECT k COLLATE ${KEY_COLLATION} AS k FROM OPENJSON(?) WITH (k nvarchar(400) '$'))`,
  rowList: (columns) =>
    `(SELECT ${columns.map((column) => `[${column}] COLLATE ${KEY_COLLATION} AS [${column}]`).join(', ')} FROM OPENJSON(?) WITH (${columns
      .map((column, i) => `[${column}] nvarchar(max) '$[${i}]'`)
      .join(', ')}))`,
  claiming: 'WITH (UPDLOCK, HOLDLOCK, ROWLOCK)',
  first: 'OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY',
  clock: "CONVERT(nvarchar(23), DATEADD(millisecond, ?, SYSUTCDATETIME()), 126) + 'Z'",
  settled: 'WITH (READCOMMITTEDLOCK, TABLOCK)',
  bytesOf: (column) => column,
  members: 'OPENJSON(?)',
  bind(statement) {
    let text = bound.get(statement);
    if (text === undefined) {
      let position = 0;
      text = statement.replace(/\?/g, () => `@${position++}`);
      bound.set(statement, text);
    }
    return text;
  },
};

/** What `bytesOf` selected. */
export function bytesIn(value: Buffer | string): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'hex') : value;
}

export function sqlWords(dialect: Dialect): SqlWords {
  return dialect === 'sqlite' ? SQLITE : MSSQL;
}
