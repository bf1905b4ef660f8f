/** What is counted beside the index: of each tallied term how much there was a day, and between which places a day's entries are. */
import type { Store } from '../../store/store.js';
import type { Run } from './blocks.js';

export interface Tally {
  readonly term: number;
  readonly day: string;
  entries: number;
  /** People that an outcome of the entries is about. */
  persons: number;
}

export interface DayRange {
  readonly day: string;
  first: number;
  last: number;
}

export async function addTallies(store: Store, run: Run, tallies: readonly Tally[]): Promise<void> {
  const rows = tallies.map(({ term, day, entries, persons }) => [term, day, entries, persons]);
  await change(store, run, TALLIES, rows);
}

export async function widenDays(store: Store, run: Run, days: readonly DayRange[]): Promise<void> {
  const rows = days.map(({ day, first, last }) => [day, first, last]);
  await change(store, run, DAYS, rows);
}

/** A table of numbers under a key, and how a new row changes the one that is there. */
interface Summed {
  readonly table: string;
  readonly keys: readonly string[];
  readonly values: { readonly [column: string]: (old: string, said: string) => string };
}

const plus = (old: string, said: string) => `${old} + ${said}`;
const TALLIES: Summed = { table: 'audit_tally', keys: ['term', 'day'], values: { entries: plus, persons: plus } };
const DAYS: Summed = {
  table: 'audit_day',
  keys: ['day'],
  values: {
    first_index: (old, said) => `CASE WHEN ${said} < ${old} THEN ${said} ELSE ${old} END`,
    last_index: (old, said) => `CASE WHEN ${said} > ${old} THEN ${said} ELSE ${old} END`,
  },
};

/** Changes the rows that are there, then inserts the others: neither dialect's own upsert is the other's. */
async function change(
  store: Store,
  run: Run,
  { table, keys, values }: Summed,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const numbers = Object.keys(values);
  const columns = [...keys, ...numbers];
  const isSame = keys.map((key) => `r.${key} = ${table}.${key}`).join(' AND ');
  const sets = numbers.map(
    (column) => `${column} = ${values[column]?.(`${table}.${column}`, `CAST(r.${column} AS INTEGER)`)}`,
  );
  const json = JSON.stringify(rows);
  const given = `${store.rowList(columns)} r`;
  await run(`UPDATE ${table} SET ${sets.join(', ')} FROM ${given} WHERE ${isSame}`, [json]);
  await run(
    `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.map((column) => `r.${column}`).join(', ')} FROM ${given}
      WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${isSame})`,
    [json],
  );
}
