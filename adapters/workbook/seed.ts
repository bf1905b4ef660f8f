/** The source as it would be: a world folder's workbook views in a SQLite file of its own. */

import type { SqlSourceOptions } from '../../src/sources/sql.js';
import { loadSqlite } from '../../src/sources/sqlite-files.js';
import { CONTRACT } from './wire.js';

/** What rows are asked by, as `table(expression)`: a site indexes these columns. */
export const INDEXES = [
  'gw_workbook_parenting_assessment(parent_person_id)',
  'gw_workbook_parenting_assessment(id)',
  'gw_workbook_monthly_summary(about_person_id)',
  'gw_workbook_monthly_summary(id)',
  'gw_workbook_rag_rating(child_person_id)',
  'gw_workbook_rag_rating(id)',
  'gw_workbook_supervision(index_child_id)',
  'gw_workbook_supervision(id)',
  'gw_workbook_supervision_person(supervision_id)',
];

/** Loads `folder` (a world's `sources/<id>`); `directory` is where the file goes, a temporary one unless given. */
export async function simulateWorkbook(
  folder: string,
  { directory, ...options }: Omit<SqlSourceOptions, 'database'> & { readonly directory?: string },
): Promise<{ readonly options: SqlSourceOptions; readonly file: string; stop(): Promise<void> }> {
  const loaded = await loadSqlite(folder, options.id, CONTRACT, INDEXES, directory);
  return { options: { ...options, database: loaded.database }, file: loaded.file, stop: loaded.stop };
}
