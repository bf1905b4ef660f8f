/**
 * What is wrong with the rows of a deployment: ids that are blank, shared or point nowhere, values and codes nobody can read,
 * placeholders, a source that is no longer fed. Only counts leave this file.
 */
import type { IsoDate } from '../../domain/words.js';
import type { Dialect, SqlConnection, SqlRow } from '../sql.js';
import { sqlDate } from '../sql-values.js';
import type { Catalogue } from './catalogue.js';
import { kindsOf, type Place, type SqlExpectation } from './expectation.js';
import { type Finding, type FindingCode, finding } from './finding.js';

/** The share of a column's rows from which on its placeholders are worth a word. */
const MANY_PLACEHOLDERS = 0.1;
const DAY_MS = 86_400_000;

/** What the rows are checked with. */
export interface RowCheck {
  readonly expectation: SqlExpectation;
  readonly catalogue: Catalogue;
  /** A connection over the expectation's contract. */
  readonly connection: SqlConnection;
  readonly signal: AbortSignal;
  readonly today: IsoDate;
  /** A source whose newest row is older than this many days is no longer fed. */
  readonly maxAgeDays: number;
  /** How many rows of a table are read as the adapter reads them. */
  readonly sample: number;
}

export interface RowReport {
  readonly findings: readonly Finding[];
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** How old the newest row is; undefined when there is none. */
  readonly newestAgeDays: number | undefined;
}

/** Everything wrong with the rows of the tables that can be read. A statement that fails is a finding like the others. */
export async function checkRows(check: RowCheck, readable: ReadonlySet<string>): Promise<RowReport> {
  const findings: Finding[] = [];
  const rows = new Map<string, number>();
  const { unique, references, fed } = check.expectation;
  const isRead = ([table, column]: Place) => readable.has(table) && has(check, [table, column]);
  const looked = async ([table, column]: readonly [string, string?], look: () => Promise<Finding[]>): Promise<void> => {
    const found = await look().catch(() => [
      finding('NOT_CHECKED', { table, ...(column === undefined ? {} : { column }) }),
    ]);
    findings.push(...found);
  };
  for (const table of readable)
    await looked([table], async () => {
      const { count, found } = await countTable(check, table);
      rows.set(table, count);
      return count === 0 ? found : [...found, ...(await readSample(check, table))];
    });
  for (const place of unique) if (isRead(place)) await looked(place, () => countShared(check, place));
  for (const { from, to } of references) {
    const places = to.filter(isRead);
    if (isRead(from) && places.length > 0) await looked(from, () => countOrphans(check, from, places));
  }
  findings.push(...emptyTables(check.expectation, rows));
  let age: number | undefined;
  await looked(fed[0] ?? ['', ''], async () => {
    age = await ageOf(check, fed.filter(isRead));
    const isStale = age !== undefined && age > check.maxAgeDays;
    return isStale ? [finding('STALE', { more: `the newest row is ${age} days old` })] : [];
  });
  return { findings, rows, newestAgeDays: age };
}

function has({ catalogue, expectation }: RowCheck, [table, column]: Place): boolean {
  const { via } = expectation.contract[table] ?? {};
  return catalogue.tables.get(table)?.columns.has(column) === true || via?.column === column;
}

const BLANK = (expression: string) => `COALESCE(LTRIM(RTRIM(${expression})), '') IN ('', 'SSD_PH', 'ssd_ph')`;
const textOf = ({ catalogue }: RowCheck, column: string) =>
  catalogue.kind === 'mssql' ? `CAST(t.${column} AS NVARCHAR(400))` : `CAST(t.${column} AS TEXT)`;
const howMany = (condition: string) => `COALESCE(SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;
const number = (value: unknown) => Number(value ?? 0);

async function ask(check: RowCheck, statement: (d: Dialect) => string): Promise<readonly SqlRow[]> {
  return check.connection.rows(statement, [], check.signal);
}

/** Rows, blank ids and placeholders of a table in one statement. */
async function countTable(check: RowCheck, table: string): Promise<{ count: number; found: Finding[] }> {
  const { expectation, catalogue } = check;
  const kinds = [...kindsOf(expectation, table)].filter(([column]) => has(check, [table, column]));
  const keys = kinds.flatMap(([column, kind]) => (kind === 'key' ? [column] : []));
  const texts = kinds.flatMap(([column, kind]) =>
    kind === 'text' && isText(catalogue, table, column) ? [column] : [],
  );
  const [row = {}] = await ask(
    check,
    (d) =>
      `SELECT COUNT(*) AS n${keys.map((column, i) => `, ${howMany(BLANK(textOf(check, column)))} AS k${i}`).join('')}${texts
        .map((column, i) => `, ${howMany(`LTRIM(RTRIM(${textOf(check, column)})) IN ('SSD_PH', 'ssd_ph')`)} AS p${i}`)
        .join('')} FROM ${d.from(table)} t`,
  );
  const count = number(row.n);
  const blank: FindingCode = expectation.restricted?.[0] === table ? 'RESTRICTED_BLANK' : 'BLANK_ID';
  const found = [
    ...keys.map((column, i) => [blank, column, number(row[`k${i}`]), 1] as const),
    ...texts.map((column, i) => ['PLACEHOLDERS', column, number(row[`p${i}`]), count * MANY_PLACEHOLDERS] as const),
  ].flatMap(([code, column, n, least]) =>
    n > 0 && n >= least ? [finding(code, { table, column, count: n, of: count })] : [],
  );
  return { count, found };
}

function isText({ tables }: Catalogue, table: string, column: string): boolean {
  return /char|text|^$/.test(tables.get(table)?.columns.get(column)?.type ?? 'no');
}

/** Reads rows as the adapter does, and says which columns it could not read and which codes it does not know. */
async function readSample(check: RowCheck, table: string): Promise<Finding[]> {
  const { expectation, catalogue, sample } = check;
  const shape = expectation.shapes[table];
  if (!shape) return [];
  const rows = await ask(check, (d) =>
    catalogue.kind === 'mssql'
      ? `SELECT TOP ${sample} t.* FROM ${d.from(table)} t`
      : `SELECT t.* FROM ${d.from(table)} t LIMIT ${sample}`,
  );
  const kinds = kindsOf(expectation, table);
  const wrong = new Map<string, number>();
  for (const row of rows) {
    const parsed = shape.safeParse(row);
    const columns = new Set(parsed.error?.issues.map(({ path: [column] }) => String(column)));
    // A blank id is counted over the whole table, and as such.
    for (const column of columns) if (kinds.get(column) !== 'key') wrong.set(column, (wrong.get(column) ?? 0) + 1);
  }
  const found = [...wrong].map(([column, count]) =>
    finding('UNREADABLE_VALUE', { table, column, count, of: rows.length }),
  );
  for (const { at, known } of expectation.codes) {
    const [codedTable, column] = at;
    const read = shape.shape[column];
    if (codedTable !== table || !read) continue;
    const unknown = rows
      .flatMap((row) => codesIn(read.safeParse(row[column]).data))
      .filter((code) => !known.includes(code));
    if (unknown.length > 0)
      found.push(
        finding('UNKNOWN_CODES', { table, column, count: unknown.length, more: `${new Set(unknown).size} different` }),
      );
  }
  return found;
}

/** The codes a value holds: text itself, the items of a list, the flags of an object that say Y. */
function codesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.map(String);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([flag, said]) => (said === 'Y' ? [flag] : []));
}

async function countShared(check: RowCheck, [table, column]: Place): Promise<Finding[]> {
  const [row = {}] = await ask(
    check,
    (d) =>
      `SELECT COUNT(*) AS n FROM (SELECT t.${column} AS id FROM ${d.from(table)} t WHERE NOT (${BLANK(textOf(check, column))}) GROUP BY t.${column} HAVING COUNT(*) > 1) d`,
  );
  const count = number(row.n);
  return count > 0 ? [finding('DUPLICATE_ID', { table, column, count })] : [];
}

async function countOrphans(check: RowCheck, [table, column]: Place, to: readonly Place[]): Promise<Finding[]> {
  const isRestricted = check.expectation.restricted?.[0] === table;
  const [row = {}] = await ask(check, (d) => {
    const nowhere = to.map(
      ([other, id]) => `NOT EXISTS (SELECT 1 FROM ${d.from(other)} o WHERE o.${id} = t.${column})`,
    );
    return `SELECT COUNT(*) AS n, ${howMany(nowhere.join(' AND '))} AS lost FROM ${d.from(table)} t WHERE NOT (${BLANK(textOf(check, column))})`;
  });
  const [of, count] = [number(row.n), number(row.lost)];
  if (count === 0) return [];
  const code = count < of ? 'ORPHANS' : isRestricted ? 'RESTRICTED_UNKNOWN' : 'NOTHING_FOUND';
  return [
    finding(code, {
      table,
      column,
      count,
      of,
      more: `looked for in ${to.map((place) => place.join('.')).join(' and ')}`,
    }),
  ];
}

function emptyTables({ persons, restricted }: SqlExpectation, rows: ReadonlyMap<string, number>): Finding[] {
  return [
    ...(persons && rows.get(persons[0]) === 0 ? [finding('SOURCE_EMPTY', { table: persons[0] })] : []),
    ...(restricted && rows.get(restricted[0]) === 0 ? [finding('RESTRICTED_EMPTY', { table: restricted[0] })] : []),
  ];
}

/** Days since the newest of the dates that are not to come. */
async function ageOf(check: RowCheck, places: readonly Place[]): Promise<number | undefined> {
  const newest: string[] = [];
  for (const [table, column] of places) {
    const rows = await check.connection.rows(
      (d) => `SELECT MAX(t.${column}) AS newest FROM ${d.from(table)} t WHERE ${d.date(`t.${column}`)} <= ${d.at(0)}`,
      [check.today],
      check.signal,
    );
    const read = sqlDate.safeParse(rows[0]?.newest);
    if (read.success && read.data !== null) newest.push(read.data);
  }
  const last = newest.sort().at(-1);
  return last === undefined ? undefined : Math.round((Date.parse(check.today) - Date.parse(last)) / DAY_MS);
}
