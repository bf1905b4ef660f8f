/** The source as it would be: a world folder's SSD tables and views in a SQLite file, indexed as a site would index them. */

import type { SqlSourceOptions } from '../../src/sources/sql.js';
import { type LoadedSqlite, loadSqlite } from '../../src/sources/sqlite-files.js';
import { CONTRACT } from './wire.js';

/** What rows are asked by, as `table(expression)`: a site indexes these columns. */
export const INDEXES = [
  'ssd_person(pers_person_id)',
  'ssd_person(LOWER(pers_surname))',
  'ssd_person(LOWER(pers_forename))',
  'ssd_person(SUBSTR(pers_dob, 1, 10))',
  'ssd_address(addr_person_id)',
  "ssd_address(REPLACE(UPPER(addr_address_postcode), ' ', ''))",
  'ssd_involvements(invo_person_id)',
  'ssd_involvements(invo_professional_id)',
  'ssd_involvements(invo_professional_team)',
  'ssd_involvements(invo_involvements_id)',
  'ssd_professionals(prof_professional_id)',
  'ssd_professionals(prof_staff_id)',
  'ssd_department(dept_team_id)',
  'ssd_contacts(cont_person_id)',
  'ssd_contacts(cont_contact_id)',
  'ssd_cin_episodes(cine_person_id)',
  'ssd_cin_episodes(cine_referral_id)',
  'ssd_cin_assessments(cina_person_id)',
  'ssd_cin_assessments(cina_assessment_id)',
  'ssd_assessment_factors(cinf_assessment_id)',
  'ssd_cin_plans(cinp_person_id)',
  'ssd_cin_plans(cinp_cin_plan_id)',
  'ssd_cin_visits(cinv_person_id)',
  'ssd_cin_visits(cinv_cin_visit_id)',
  'ssd_s47_enquiry(s47e_person_id)',
  'ssd_s47_enquiry(s47e_s47_enquiry_id)',
  'ssd_initial_cp_conference(icpc_person_id)',
  'ssd_initial_cp_conference(icpc_icpc_id)',
  'ssd_cp_plans(cppl_person_id)',
  'ssd_cp_plans(cppl_cp_plan_id)',
  'ssd_cp_visits(cppv_person_id)',
  'ssd_cp_visits(cppv_cp_visit_id)',
  'ssd_cp_reviews(cppr_person_id)',
  'ssd_cp_reviews(cppr_cp_review_id)',
  'ssd_cla_episodes(clae_person_id)',
  'ssd_cla_episodes(clae_cla_episode_id)',
  'ssd_cla_episodes(clae_cla_id)',
  'ssd_cla_placement(clap_cla_placement_id)',
  'ssd_cla_reviews(clar_cla_person_id)',
  'ssd_cla_reviews(clar_cla_review_id)',
  'ssd_cla_visits(clav_person_id)',
  'ssd_cla_visits(clav_cla_visit_id)',
  'ssd_legal_status(lega_person_id)',
  'ssd_legal_status(lega_legal_status_id)',
  'ssd_pre_proceedings(prep_person_id)',
  'gw_adult(person_id)',
  'gw_adult(LOWER(surname))',
  'gw_adult(LOWER(forename))',
  'gw_adult(SUBSTR(dob, 1, 10))',
  'gw_restricted_person(person_id)',
  'gw_relationship(person_id)',
  'gw_relationship(other_person_id)',
  'gw_relationship(relationship_id)',
  'gw_family_member(person_id)',
  'gw_family_member(family_id)',
  'gw_family_team(family_id)',
  'gw_family_team(team_id)',
  'gw_core_group(child_person_id)',
  'gw_panel_family(family_id)',
  'gw_panel_member(panel_id)',
  'gw_s47_person(s47_enquiry_id)',
  'gw_s47_person(person_id)',
  'gw_allegation(victim_person_id)',
  'gw_allegation(alleged_person_id)',
  'gw_handover(family_id)',
  'gw_referral_origin(referral_id)',
];

/** What a simulator needs beside its folder. `directory` is where the file goes; a temporary one unless given. */
export type SimulationOptions = Omit<SqlSourceOptions, 'database'> & { readonly directory?: string };

/** Loads `folder` (a world's `sources/<id>`). A folder without gw_restricted_person.csv makes a source that is not ready. */
export async function simulateSocialCare(
  folder: string,
  { directory, ...options }: SimulationOptions,
): Promise<{ readonly options: SqlSourceOptions; readonly file: string; stop(): Promise<void> }> {
  const loaded: LoadedSqlite = await loadSqlite(folder, options.id, CONTRACT, INDEXES, directory);
  return { options: { ...options, database: loaded.database }, file: loaded.file, stop: loaded.stop };
}
