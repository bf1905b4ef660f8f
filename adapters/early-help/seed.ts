/** The source as it would be: a world folder's early-help views in a SQLite file of its own. */

import type { SqlSourceOptions } from '../../src/sources/sql.js';
import { loadSqlite } from '../../src/sources/sqlite-files.js';
import { CONTRACT } from './wire.js';

/** What rows are asked by, as `table(expression)`: a site indexes these columns. */
export const INDEXES = [
  'gw_eh_person(person_id)',
  'gw_eh_person(LOWER(surname))',
  'gw_eh_person(LOWER(forename))',
  'gw_eh_person(SUBSTR(dob, 1, 10))',
  'gw_eh_family_member(person_id)',
  'gw_eh_family_member(family_id)',
  'gw_eh_episode(episode_id)',
  'gw_eh_episode(family_id)',
  'gw_eh_episode(index_person_id)',
  'gw_eh_episode(keyworker_staff_id)',
  'gw_eh_episode(team_id)',
  'gw_eh_assessment(child_person_id)',
  'gw_eh_assessment(assessment_id)',
  'gw_eh_support_plan(child_person_id)',
  'gw_eh_support_plan(plan_id)',
  'gw_eh_outcome(child_person_id)',
  'gw_eh_outcome(outcome_id)',
  'gw_eh_service_consent(person_id)',
  'gw_eh_cp_ground(family_id)',
];

/** Loads `folder` (a world's `sources/<id>`); `directory` is where the file goes, a temporary one unless given. */
export async function simulateEarlyHelp(
  folder: string,
  { directory, ...options }: Omit<SqlSourceOptions, 'database'> & { readonly directory?: string },
): Promise<{ readonly options: SqlSourceOptions; readonly file: string; stop(): Promise<void> }> {
  const loaded = await loadSqlite(folder, options.id, CONTRACT, INDEXES, directory);
  return { options: { ...options, database: loaded.database }, file: loaded.file, stop: loaded.stop };
}
