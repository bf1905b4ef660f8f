/** What is wrong with the structure of a deployment: tables, columns, types, indexes. Nothing of a row is read. */
import type { SqlConnection } from '../sql.js';
import type { Catalogue, CatalogueTable, Column } from './catalogue.js';
import { type ColumnKind, kindsOf, type Place, type SqlExpectation } from './expectation.js';
import { type Finding, finding } from './finding.js';

const TEXT = ['nvarchar', 'varchar', 'nchar', 'char', 'ntext', 'text', 'sysname', ''];
const WHOLE = ['int', 'bigint', 'smallint', 'tinyint', 'integer'];
const DATES = ['date', 'datetime', 'datetime2', 'smalldatetime', 'datetimeoffset'];

/** The types in which each kind of value can be read. */
const FITTING: { readonly [K in ColumnKind]: readonly string[] } = {
  key: [...TEXT, ...WHOLE, 'uniqueidentifier'],
  text: [...TEXT, ...WHOLE, 'uniqueidentifier'],
  date: [...DATES, ...TEXT],
  instant: [...DATES, ...TEXT],
  flag: [...TEXT, ...WHOLE, 'bit', 'boolean'],
  list: TEXT,
  object: TEXT,
};

/** What SQL Server should hold each kind in. */
const ADVISED: { readonly [K in ColumnKind]: string } = {
  key: 'NVARCHAR(48)',
  text: 'NVARCHAR(400)',
  date: 'DATE or DATETIME2',
  instant: 'DATETIMEOFFSET or DATETIME2 in UTC',
  flag: 'NCHAR(1), Y or N',
  list: 'NVARCHAR(MAX), a JSON array',
  object: 'NVARCHAR(MAX), a JSON object',
};

const isAmong = (places: readonly Place[], table: string, column: string) =>
  places.some(([t, c]) => t === table && c === column);

/** Everything wrong with the structure. `connection` is used to see whether each table can be read at all. */
export async function checkStructure(
  expectation: SqlExpectation,
  catalogue: Catalogue,
  connection: SqlConnection,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [table, { requires }] of Object.entries(expectation.contract)) {
    const there = catalogue.tables.get(table);
    if (!there) {
      findings.push(finding(requires === undefined ? 'TABLE_MISSING' : 'REQUIRED_MISSING', { table }));
      continue;
    }
    const canRead = await connection
      .rows(() => `SELECT COUNT(*) AS n FROM ${there.name} WHERE 1 = 0`, [], signal)
      .then(
        () => true,
        () => false,
      );
    if (!canRead) {
      findings.push(
        finding('TABLE_UNREADABLE', {
          table,
          ...(catalogue.kind === 'mssql' ? { run: `GRANT SELECT ON ${there.name} TO [THE_GATEWAYS_LOG-IN];` } : {}),
        }),
      );
      continue;
    }
    for (const [column, kind] of kindsOf(expectation, table))
      findings.push(...(await checkColumn(expectation, catalogue, there, table, column, kind)));
  }
  return findings;
}

async function checkColumn(
  expectation: SqlExpectation,
  catalogue: Catalogue,
  there: CatalogueTable,
  table: string,
  column: string,
  kind: ColumnKind,
): Promise<Finding[]> {
  const is = there.columns.get(column);
  if (!is) return [missing(expectation, catalogue, table, column)];
  if (!FITTING[kind].includes(is.type))
    return [finding('WRONG_TYPE', { table, column, more: `${is.type.toUpperCase()}; wanted: ${ADVISED[kind]}` })];
  const findings: Finding[] = [];
  const isServer = catalogue.kind === 'mssql';
  if (isServer && (kind === 'date' || kind === 'instant') && TEXT.includes(is.type))
    findings.push(finding('DATE_AS_TEXT', { table, column, more: `wanted: ${ADVISED[kind]}` }));
  if (!isAmong(expectation.asked, table, column)) return findings;
  if (isServer) findings.push(...checkComparison(catalogue, there, table, column, is));
  if (!is.isUnbounded) findings.push(...(await checkIndex(catalogue, there, table, column)));
  return findings;
}

function missing({ contract, lacking }: SqlExpectation, { tables }: Catalogue, table: string, column: string): Finding {
  const { requires, via } = contract[table] ?? {};
  if (requires === column) return finding('REQUIRED_MISSING', { table, column });
  const isReached =
    via?.column === column && tables.get(table)?.columns.has(via.key) && tables.get(via.table)?.columns.has(via.id);
  if (isReached) return finding('COLUMN_REACHED', { table, column, more: `by ${via.key} through ${via.table}` });
  return finding(isAmong(lacking, table, column) ? 'COLUMN_LACKING' : 'COLUMN_MISSING', { table, column });
}

/** Whether an index on the column can be used for the gateway's ids, which are NVARCHAR in the database's own collation. */
function checkComparison(
  { collation }: Catalogue,
  there: CatalogueTable,
  table: string,
  column: string,
  is: Column,
): Finding[] {
  if (is.isUnbounded)
    return [
      finding('KEY_UNBOUNDED', {
        table,
        column,
        ...(there.isView ? {} : { run: `ALTER TABLE ${there.name} ALTER COLUMN ${column} NVARCHAR(48);` }),
      }),
    ];
  if (is.collation !== null && collation !== null && is.collation.toLowerCase() !== collation.toLowerCase())
    return [finding('COLLATION_DIFFERS', { table, column, more: `${is.collation}; the database has ${collation}` })];
  const isNarrow = is.type === 'varchar' || is.type === 'char';
  return isNarrow && is.collation?.toLowerCase().startsWith('sql_')
    ? [finding('KEY_NOT_UNICODE', { table, column, more: 'declare it NVARCHAR' })]
    : [];
}

async function checkIndex(
  catalogue: Catalogue,
  there: CatalogueTable,
  table: string,
  column: string,
): Promise<Finding[]> {
  if (there.indexed.has(column)) return [];
  if (!there.isView) return [finding('NO_INDEX', { table, column, run: createIndex(there.name, column) })];
  const behind = await catalogue.behind([table, column]);
  if (behind === undefined) return [finding('INDEX_UNSEEN', { table, column })];
  return behind.isIndexed
    ? []
    : [finding('NO_INDEX', { table, column, run: createIndex(behind.table, behind.column) })];
}

function createIndex(table: string, column: string): string {
  return `CREATE INDEX ix_gateway_${table.replace(/^.*\./, '')}_${column} ON ${table} (${column});`;
}
