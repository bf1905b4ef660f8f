/** Transport: one statement a table, whoever is asked for. */
import { connectDeployed } from '../../src/sources/deployment.js';
import { type Dialect, keyList, type SqlSourceOptions } from '../../src/sources/sql.js';
import type { RowReader } from '../../src/sources/sql-values.js';
import { CONTRACT, type Row, SHAPES, type TableName } from './wire.js';

export interface Call {
  readonly signal: AbortSignal;
  readonly reader: RowReader;
}

/** A condition on the table `t` over the key list `k`. */
export type Where = string | ((dialect: Dialect) => string);
export type EarlyHelpClient = ReturnType<typeof earlyHelpClient>;

const IN = 'IN (SELECT id FROM k)';
/** The families that the persons of the key list belong to. */
const familiesOf = (d: Dialect) =>
  `(SELECT f.family_id FROM ${d.from('gw_eh_family_member')} f WHERE f.person_id ${IN})`;

/** How rows are found: by persons, by the families of persons, by who works with them, by their own id. */
export const WHERE = {
  person: `t.person_id ${IN}`,
  child: `t.child_person_id ${IN}`,
  family: (d: Dialect) => `t.family_id IN ${familiesOf(d)}`,
  withFamily: (d: Dialect) =>
    `t.person_id ${IN} OR t.person_id IN (SELECT m.person_id FROM ${d.from('gw_eh_family_member')} m WHERE m.family_id IN ${familiesOf(d)})`,
  index: `t.index_person_id ${IN}`,
  keyworker: `t.keyworker_staff_id ${IN}`,
  team: `t.team_id ${IN}`,
  inFamilies: `t.family_id ${IN}`,
  id: (column: string) => `t.${column} ${IN}`,
} as const;

export function earlyHelpClient({ id, database }: SqlSourceOptions) {
  const connection = connectDeployed(id, database, CONTRACT);
  return {
    missing: connection.missing,
    open: () => connection.open(),
    close: () => connection.close(),

    async select<T extends TableName>(
      { signal, reader }: Call,
      table: T,
      keys: Iterable<string>,
      where: Where,
    ): Promise<Row<T>[]> {
      const list = keyList(keys);
      if (list === '[]') return [];
      const statement = (d: Dialect) =>
        `WITH k AS (${d.keys(0)}) SELECT t.* FROM ${d.from(table)} t WHERE ${typeof where === 'string' ? where : where(d)}`;
      return reader.read<Row<T>>(await connection.rows(statement, [list], signal), SHAPES[table] as never);
    },

    /** The id of everybody, each once, and how many rows had none. */
    async everybody(signal: AbortSignal): Promise<{ readonly ids: readonly string[]; readonly rejected: number }> {
      const rows = await connection.rows(
        (d) => `SELECT t.person_id AS person FROM ${d.from('gw_eh_person')} t`,
        [],
        signal,
      );
      const ids = rows.flatMap(({ person }) =>
        (typeof person === 'string' && person.trim() !== '') || typeof person === 'number' ? [String(person)] : [],
      );
      return { ids: [...new Set(ids)], rejected: rows.length - ids.length };
    },

    /** Ids of persons whose given columns match: names without regard to case, the date by its day. */
    async find({ signal }: Call, given: readonly (readonly [column: string, value: string])[]): Promise<string[]> {
      const condition = (d: Dialect) =>
        given.map(([column], i) =>
          column === 'dob' ? `${d.date('t.dob')} = ${d.at(i)}` : `LOWER(t.${column}) = LOWER(${d.at(i)})`,
        );
      const rows = await connection.rows(
        (d) => `SELECT t.person_id AS person FROM ${d.from('gw_eh_person')} t WHERE ${condition(d).join(' AND ')}`,
        given.map(([, value]) => value),
        signal,
      );
      return rows.flatMap(({ person }) =>
        typeof person === 'string' || typeof person === 'number' ? [String(person)] : [],
      );
    },
  };
}
