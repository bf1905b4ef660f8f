/**
 * What an SQL adapter expects of a deployment, beyond the tables and columns of its contract: of what kind each column is, by
 * which it is asked (and so must be indexed), which ids are unique, what points where, and which codes there are.
 */
import type { z } from 'zod';
import type { Contract } from '../sql.js';
import { sqlDate, sqlFlag, sqlInstant, sqlKey, sqlList, sqlObject, sqlText } from '../sql-values.js';

/** A table and a column of it. */
export type Place = readonly [table: string, column: string];

export interface SqlExpectation {
  readonly contract: Contract;
  /** How the adapter reads each table's rows: columns and their kinds. */
  readonly shapes: { readonly [table: string]: z.ZodObject };
  /** Columns that rows are asked by: each must stand first in an index. */
  readonly asked: readonly Place[];
  /** Ids that no two rows of a table may share. */
  readonly unique: readonly Place[];
  /** Where an id must be found: in one of the places. */
  readonly references: readonly { readonly from: Place; readonly to: readonly Place[] }[];
  /** The values that mean something: of a text column, of the items of a JSON list, of the flags of a JSON object that say Y. */
  readonly codes: readonly { readonly at: Place; readonly known: readonly string[] }[];
  /** Dates of rows that come in all the time: the newest of them tells whether the source is still fed. */
  readonly fed: readonly Place[];
  /** Columns that some products never have: a deployment without them is no worse. */
  readonly lacking: readonly Place[];
  /** Where everybody stands, of a source that is not ready while it is empty. */
  readonly persons?: Place;
  /** The restricted list, of a source that has one: empty says that nobody is protected. */
  readonly restricted?: Place;
}

/** What a column holds, as the adapter reads it. */
export type ColumnKind = 'key' | 'text' | 'date' | 'instant' | 'flag' | 'list' | 'object';

const KINDS = new Map<unknown, ColumnKind>([
  [sqlKey, 'key'],
  [sqlText, 'text'],
  [sqlDate, 'date'],
  [sqlInstant, 'instant'],
  [sqlFlag, 'flag'],
  [sqlList, 'list'],
  [sqlObject, 'object'],
]);

/** The kind of a column's shape, however it is refined (`.pipe`, `.transform`, `.catch`, `.nullable`); text when it is none of ours. */
export function kindOf(shape: unknown): ColumnKind {
  for (let at: unknown = shape; at; ) {
    const kind = KINDS.get(at);
    if (kind) return kind;
    const { innerType, in: before } = ((at as { def?: object }).def ?? {}) as { innerType?: unknown; in?: unknown };
    at = innerType ?? before;
  }
  return 'text';
}

/** The columns of a table with their kinds. */
export function kindsOf({ shapes }: SqlExpectation, table: string): ReadonlyMap<string, ColumnKind> {
  return new Map(Object.entries(shapes[table]?.shape ?? {}).map(([column, shape]) => [column, kindOf(shape)]));
}

/** The columns of an adapter's own index list, `table(column)` or `table(FUNCTION(column, …))`, that are in its shapes. */
export function askedBy(indexes: readonly string[], shapes: SqlExpectation['shapes']): Place[] {
  const places = indexes.flatMap((index): Place[] => {
    const table = index.slice(0, index.indexOf('('));
    const column = (index.slice(index.indexOf('(')).match(/\w+/g) ?? []).find(
      (word) => word in (shapes[table]?.shape ?? {}),
    );
    return column === undefined ? [] : [[table, column]];
  });
  return [...new Map(places.map((place) => [place.join('.'), place])).values()];
}

/** References by what columns are called: the first rule that fits a column says where its ids stand. */
export function referencesBy(
  shapes: SqlExpectation['shapes'],
  rules: readonly (readonly [name: RegExp, to: readonly Place[]])[],
): SqlExpectation['references'] {
  return Object.entries(shapes).flatMap(([table, { shape }]) =>
    Object.keys(shape).flatMap((column) => {
      const to = rules.find(([name]) => name.test(column))?.[1] ?? [];
      const isItself = to.some(([other, id]) => other === table && id === column);
      return isItself || to.length === 0 ? [] : [{ from: [table, column] as const, to }];
    }),
  );
}
