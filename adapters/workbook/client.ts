/** Transport: one statement a table, whoever is asked for. */
import { connectDeployed } from '../../src/sources/deployment.js';
import { type Dialect, keyList, type SqlSourceOptions } from '../../src/sources/sql.js';
import type { RowReader } from '../../src/sources/sql-values.js';
import { CONTRACT, type Row, SHAPES, type TableName } from './wire.js';

export interface Call {
  readonly signal: AbortSignal;
  readonly reader: RowReader;
}

export type WorkbookClient = ReturnType<typeof workbookClient>;

export function workbookClient({ id, database }: SqlSourceOptions) {
  const connection = connectDeployed(id, database, CONTRACT);
  return {
    missing: connection.missing,
    open: () => connection.open(),
    close: () => connection.close(),

    /** Rows of a table whose `column` is among the keys, or, `through` another table, is the id of one whose column is. */
    async select<T extends TableName>(
      { signal, reader }: Call,
      table: T,
      column: keyof Row<T> & string,
      keys: Iterable<string>,
      through?: { readonly table: TableName; readonly id: string; readonly column: string },
    ): Promise<Row<T>[]> {
      const list = keyList(keys);
      if (list === '[]') return [];
      const ids = (d: Dialect) =>
        through
          ? `SELECT x.${through.id} FROM ${d.from(through.table)} x WHERE x.${through.column} IN (SELECT id FROM k)`
          : 'SELECT id FROM k';
      const statement = (d: Dialect) =>
        `WITH k AS (${d.keys(0)}) SELECT t.* FROM ${d.from(table)} t WHERE t.${column} IN (${ids(d)})`;
      return reader.read<Row<T>>(await connection.rows(statement, [list], signal), SHAPES[table] as never);
    },
  };
}
