/**
 * Whether SSD is there to be read. It is reloaded by truncation, table after table: a table that is empty for the moment
 * would read as a child without plans. So an empty `ssd_person`, and any table that had rows and has none, is a reload.
 */
import { SourceNotReady } from '../../src/sources/contract.js';
import type { DeployedConnection } from '../../src/sources/deployment.js';
import { SHAPES } from './wire.js';

/** A table with fewer rows may come to have none by itself: a small authority's last child in pre-proceedings. */
const ROWS_THAT_DO_NOT_END = 20;

const SSD_TABLES = Object.keys(SHAPES).filter((table) => table.startsWith('ssd_') && table !== 'ssd_person');

export interface Reload {
  /** Counts the rows of every table of SSD, to know which of them are never empty. Nothing is learnt while SSD is empty. */
  learn(signal: AbortSignal): Promise<void>;
  /** One statement. Throws SourceNotReady while SSD is being reloaded, naming the table. */
  assertNone(signal: AbortSignal): Promise<void>;
}

export function watchReload(id: string, connection: DeployedConnection): Reload {
  const neverEmpty = new Set<string>();
  let hasLearnt = false;
  /** The tables themselves, not what is read of them; what is missing is known once the first statement is made. */
  const deployed = () => ['ssd_person', ...SSD_TABLES].filter((table) => !connection.missing.includes(table));

  async function learn(signal: AbortSignal): Promise<void> {
    const [counts = {}] = await connection.rows(
      () =>
        `SELECT ${deployed()
          .map((table) => `(SELECT COUNT(*) FROM ${table}) AS ${table}`)
          .join(', ')}`,
      [],
      signal,
    );
    if (!(Number(counts.ssd_person) > 0)) return;
    hasLearnt = true;
    for (const table of SSD_TABLES) if (Number(counts[table]) >= ROWS_THAT_DO_NOT_END) neverEmpty.add(table);
  }

  return {
    learn,
    async assertNone(signal) {
      if (!hasLearnt) await learn(signal);
      const watched = ['ssd_person', ...neverEmpty];
      const [filled = {}] = await connection.rows(
        () =>
          `SELECT ${watched.map((table) => `CASE WHEN EXISTS (SELECT 1 FROM ${table}) THEN 1 ELSE 0 END AS ${table}`).join(', ')}`,
        [],
        signal,
      );
      const empty = watched.find((table) => Number(filled[table]) !== 1);
      if (empty === undefined) return;
      // What was empty as we learnt is known once the reload is over.
      hasLearnt = false;
      throw new SourceNotReady(`source ${id}: ${empty} is empty: SSD is being reloaded`);
    },
  };
}
