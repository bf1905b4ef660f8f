/**
 * A connection to tables that not every site has alike: which of the declared columns are there is read from the schema
 * itself, columns that a deployment calls otherwise are read under their declared name, and what is not there is named.
 */
import type { SourceId } from '../domain/words.js';
import { type Contract, connectSql, type Dialect, SCHEMA_OF, type SqlConnection, type SqlDatabase } from './sql.js';

/** Other names of declared columns, by table: declared column → the name that some deployments give it. */
export interface Renames {
  readonly [table: string]: { readonly [column: string]: string };
}

export interface DeployedConnection extends SqlConnection {
  /**
   * Declared tables (`ssd_missing`) and columns (`ssd_person.pers_upn`) that are not there, in the order declared. One
   * array for the life of the connection, empty until the schema has been read.
   */
  readonly missing: readonly string[];
}

/** A connection as `connectSql` makes it, over the columns that are there. Nothing is opened yet. */
export function connectDeployed(
  source: SourceId,
  database: SqlDatabase,
  contract: Contract,
  renames: Renames = {},
): DeployedConnection {
  const connection = connectSql(source, database, withOtherNames(contract, renames));
  const missing: string[] = [];
  let deployed: ReadonlySet<string> | undefined;

  async function look(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const rows = await connection.rows(() => SCHEMA_OF[database.type], [], signal);
    const names = new Set(rows.flatMap(({ t, c }) => [`${t}`.toLowerCase(), `${t}.${c}`.toLowerCase()]));
    deployed = names;
    missing.splice(0, missing.length, ...missingOf(contract, renames, names));
    return names;
  }

  return {
    missing,
    async open(signal = new AbortController().signal) {
      await connection.open(signal);
      await look(signal);
    },
    close: () => connection.close(),
    async rows(statement, parameters, signal) {
      const names = deployed ?? (await look(signal));
      try {
        return await connection.rows((d) => statement(named(d, contract, renames, names)), parameters, signal);
      } catch (error) {
        // The schema may have changed under us, as `connectSql` takes it too: look again before the next statement.
        if (!signal.aborted) deployed = undefined;
        throw error;
      }
    },
  };
}

/** The contract with the other names, and the keys by which persons are reached, among its columns. */
function withOtherNames(contract: Contract, renames: Renames): Contract {
  return Object.fromEntries(
    Object.entries(contract).map(([table, entry]) => {
      const further = [...Object.values(renames[table] ?? {}), ...(entry.via ? [entry.via.key] : [])];
      return [table, { ...entry, columns: [...new Set([...entry.columns, ...further])] }];
    }),
  );
}

function missingOf(contract: Contract, renames: Renames, names: ReadonlySet<string>): string[] {
  return Object.entries(contract).flatMap(([table, { columns }]) => {
    if (!names.has(table)) return [table];
    const isThere = (column: string) =>
      names.has(`${table}.${column}`) || names.has(`${table}.${renames[table]?.[column] ?? column}`);
    return columns.filter((column) => !isThere(column)).map((column) => `${table}.${column}`);
  });
}

/** The dialect with every column under its declared name, and persons reached through a table whose key is called otherwise. */
function named(d: Dialect, contract: Contract, renames: Renames, names: ReadonlySet<string>): Dialect {
  const otherName = (table: string, column: string): string | undefined => {
    const other = renames[table]?.[column];
    return other !== undefined && !names.has(`${table}.${column}`) && names.has(`${table}.${other}`)
      ? other
      : undefined;
  };
  return {
    ...d,
    from(table) {
      const { columns = [], via } = contract[table] ?? {};
      const key = via && !names.has(`${table}.${via.column}`) ? otherName(via.table, via.id) : undefined;
      if (key === undefined && !columns.some((column) => otherName(table, column))) return d.from(table);
      const selected = columns.map((column) => {
        if (via && key !== undefined && column === via.column) return `v.person AS ${column}`;
        return `r.${otherName(table, column) ?? column} AS ${column}`;
      });
      const joined =
        via && key !== undefined
          ? ` LEFT JOIN (SELECT DISTINCT x.${key} AS id, x.${via.person} AS person FROM ${d.from(via.table)} x) v ON v.id = r.${via.key}`
          : '';
      return `(SELECT ${selected.join(', ')} FROM ${d.from(table)} r${joined})`;
    },
  };
}
