/** Faults of deployments, each planted by statements that SQLite and SQL Server both understand, and what must be found for it. */
import type { FindingCode } from '../../src/sources/check/finding.js';

export interface PlantedFault {
  readonly says: string;
  readonly plant: readonly string[];
  /** `CODE table.column`, and how many rows where that is counted. */
  readonly finds: readonly (readonly [code: FindingCode, place: string, count?: number])[];
  /** Cannot stand beside the other faults in one database. */
  readonly alone?: true;
}

/** Drops the index on a column; how depends on the database. */
export const dropIndex = (table: string, column: string) => `-- drop index ${table} ${column}`;

export const PLANTED: readonly PlantedFault[] = [
  {
    says: 'a view was never created',
    plant: ['DROP TABLE gw_handover'],
    finds: [['TABLE_MISSING', 'gw_handover']],
  },
  {
    says: 'the restricted list was never created',
    plant: ['DROP TABLE gw_restricted_person'],
    finds: [['REQUIRED_MISSING', 'gw_restricted_person']],
    alone: true,
  },
  {
    says: 'the restricted list has no column of persons',
    plant: [dropIndex('gw_restricted_person', 'person_id'), 'ALTER TABLE gw_restricted_person DROP COLUMN person_id'],
    finds: [['REQUIRED_MISSING', 'gw_restricted_person.person_id']],
    alone: true,
  },
  {
    says: 'a column is not deployed',
    plant: ['ALTER TABLE ssd_cp_plans DROP COLUMN cppl_cp_plan_latest_category'],
    finds: [['COLUMN_MISSING', 'ssd_cp_plans.cppl_cp_plan_latest_category']],
  },
  {
    says: 'visits are keyed by plan, as on Mosaic',
    plant: [dropIndex('ssd_cp_visits', 'cppv_person_id'), 'ALTER TABLE ssd_cp_visits DROP COLUMN cppv_person_id'],
    finds: [['COLUMN_REACHED', 'ssd_cp_visits.cppv_person_id']],
  },
  {
    says: 'professionals have no name, as on Mosaic',
    plant: ['ALTER TABLE ssd_professionals DROP COLUMN prof_professional_name'],
    finds: [['COLUMN_LACKING', 'ssd_professionals.prof_professional_name']],
  },
  {
    says: 'a date is deployed as a number',
    plant: [
      'ALTER TABLE ssd_cin_visits DROP COLUMN cinv_cin_visit_date',
      'ALTER TABLE ssd_cin_visits ADD cinv_cin_visit_date FLOAT',
    ],
    finds: [['WRONG_TYPE', 'ssd_cin_visits.cinv_cin_visit_date']],
  },
  {
    says: 'a person column has no index',
    plant: [dropIndex('ssd_address', 'addr_person_id')],
    finds: [['NO_INDEX', 'ssd_address.addr_person_id']],
  },
  {
    says: 'names are not indexed for finding',
    plant: [dropIndex('ssd_person', 'pers_surname')],
    finds: [['NO_INDEX', 'ssd_person.pers_surname']],
  },
  {
    says: 'the person table is empty',
    plant: ['DELETE FROM ssd_person'],
    finds: [['SOURCE_EMPTY', 'ssd_person']],
    alone: true,
  },
  {
    says: 'the restricted list is empty',
    plant: ['DELETE FROM gw_restricted_person'],
    finds: [['RESTRICTED_EMPTY', 'gw_restricted_person']],
    alone: true,
  },
  {
    says: 'the restricted list holds the ids of another system',
    plant: [`UPDATE gw_restricted_person SET person_id = CONCAT('legacy-', person_id)`],
    finds: [['RESTRICTED_UNKNOWN', 'gw_restricted_person.person_id']],
    alone: true,
  },
  {
    says: 'an entry of the restricted list names nobody',
    plant: ['INSERT INTO gw_restricted_person (person_id) VALUES (NULL)'],
    finds: [['RESTRICTED_BLANK', 'gw_restricted_person.person_id', 1]],
  },
  {
    says: 'contacts have no person',
    plant: [
      `INSERT INTO ssd_contacts (cont_contact_id, cont_person_id) VALUES ('planted-1', NULL)`,
      `INSERT INTO ssd_contacts (cont_contact_id, cont_person_id) VALUES ('planted-2', 'SSD_PH')`,
    ],
    finds: [['BLANK_ID', 'ssd_contacts.cont_person_id', 2]],
  },
  {
    says: 'a team is there twice',
    plant: [
      'INSERT INTO ssd_department SELECT * FROM ssd_department WHERE dept_team_id = (SELECT MIN(dept_team_id) FROM ssd_department)',
    ],
    finds: [['DUPLICATE_ID', 'ssd_department.dept_team_id', 1]],
  },
  {
    says: 'an address is not JSON',
    plant: [
      `UPDATE ssd_address SET addr_address_json = '{' WHERE addr_table_id = (SELECT MIN(addr_table_id) FROM ssd_address)`,
    ],
    finds: [['UNREADABLE_VALUE', 'ssd_address.addr_address_json', 1]],
  },
  {
    says: 'an assessment is about somebody who is not there',
    plant: [`INSERT INTO ssd_cin_assessments (cina_assessment_id, cina_person_id) VALUES ('planted-1', 'nobody')`],
    finds: [['ORPHANS', 'ssd_cin_assessments.cina_person_id', 1]],
  },
  {
    says: 'relationships are of the ids of another system',
    plant: [`UPDATE gw_relationship SET person_id = CONCAT('legacy-', person_id)`],
    finds: [['NOTHING_FOUND', 'gw_relationship.person_id']],
  },
  {
    says: 'a code is of no code set',
    plant: [
      `UPDATE ssd_cp_plans SET cppl_cp_plan_initial_category = 'ZZZ' WHERE cppl_cp_plan_id = (SELECT MIN(cppl_cp_plan_id) FROM ssd_cp_plans)`,
    ],
    finds: [['UNKNOWN_CODES', 'ssd_cp_plans.cppl_cp_plan_initial_category', 1]],
  },
  {
    says: 'roles are nothing but placeholders',
    plant: [`UPDATE ssd_involvements SET invo_professional_role_id = 'SSD_PH'`],
    finds: [['PLACEHOLDERS', 'ssd_involvements.invo_professional_role_id']],
  },
  {
    says: 'a view stands where a table with an index stood',
    plant: [
      'CREATE TABLE planted_panel (panel_id NVARCHAR(48), staff_id NVARCHAR(48))',
      'DROP TABLE gw_panel_member',
      'CREATE VIEW gw_panel_member AS SELECT panel_id, staff_id FROM planted_panel',
    ],
    finds: [['INDEX_UNSEEN', 'gw_panel_member.panel_id']],
  },
];
