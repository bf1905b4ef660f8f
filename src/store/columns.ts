/** The few column types the store uses, portable between SQLite and SQL Server. */

export type Dialect = 'sqlite' | 'mssql';

/** A column as both an entity and a migration describe it. */
export interface ColumnType {
  readonly type: 'nvarchar' | 'text' | 'integer' | 'blob' | 'varbinary';
  readonly length?: string;
  readonly collation?: string;
  readonly default?: string;
}

export interface ColumnTypes {
  /** An id or a closed word: compared byte by byte. SQL Server's default collation would take `a1` and `A1` for the same. */
  key(length?: number): ColumnType;
  /** Free text of bounded length. */
  text(length?: number): ColumnType;
  /** Text of any length. */
  readonly long: ColumnType;
  readonly number: ColumnType;
  /** Bytes of any length; read as `SqlWords.bytes` says. */
  readonly bytes: ColumnType;
}

/** The collation under which SQL Server compares ids. */
export const KEY_COLLATION = 'Latin1_General_100_BIN2';

export function columnTypes(dialect: Dialect): ColumnTypes {
  const isServer = dialect === 'mssql';
  return {
    key: (length = 64) => ({
      type: 'nvarchar',
      length: String(length),
      ...(isServer ? { collation: KEY_COLLATION } : {}),
    }),
    text: (length = 400) => ({ type: 'nvarchar', length: String(length) }),
    long: isServer ? { type: 'nvarchar', length: 'max' } : { type: 'text' },
    number: { type: 'integer' },
    bytes: isServer ? { type: 'varbinary', length: 'max' } : { type: 'blob' },
  };
}
