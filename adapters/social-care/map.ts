/** Rows of the source → records in the gateway's words: one mapper a record type, and whom the rows name. */
import type { RecordType } from '../../src/domain/records.js';
import { CARE } from './map-care.js';
import { HISTORY } from './map-history.js';
import { PEOPLE } from './map-people.js';
import { PLANS } from './map-plans.js';
import { WORK } from './map-work.js';
import type { Mapper } from './record.js';
import type { Rows } from './rows.js';

/** One mapper a record type this source provides. */
export const MAPPERS = { ...PEOPLE, ...WORK, ...PLANS, ...CARE, ...HISTORY } as const satisfies {
  readonly [T in RecordType]?: Mapper;
};
export type ProvidedType = keyof typeof MAPPERS;

export function mapperOf(type: RecordType): Mapper | undefined {
  return Object.hasOwn(MAPPERS, type) ? MAPPERS[type as ProvidedType] : undefined;
}

/** The staff and teams that rows name, for `lookUp`. */
export function namedIn(rows: Rows): { workers: (string | null)[]; teams: (string | null)[] } {
  const involvements = rows.all('ssd_involvements');
  const plans = rows.all('ssd_cin_plans');
  const leavers = rows.all('ssd_care_leavers');
  return {
    workers: [
      ...involvements.map((row) => row.invo_professional_id),
      ...plans.map((row) => row.cinp_cin_plan_worker_id),
      ...rows.all('ssd_cin_episodes').map((row) => row.cine_referral_worker_id),
      ...rows.all('ssd_cin_assessments').map((row) => row.cina_assessment_worker_id),
      ...rows.all('ssd_s47_enquiry').map((row) => row.s47e_s47_completed_by_worker_id),
      ...rows.all('ssd_initial_cp_conference').map((row) => row.icpc_icpc_worker_id),
      ...rows.all('ssd_early_help_episodes').map((row) => row.earl_episode_worker_id),
      ...rows.all('ssd_permanence').map((row) => row.perm_adoption_worker_id),
      ...leavers.flatMap((row) => [row.clea_care_leaver_worker_id, row.clea_care_leaver_personal_advisor]),
    ],
    teams: [
      ...involvements.map((row) => row.invo_professional_team),
      ...plans.map((row) => row.cinp_cin_plan_team),
      ...leavers.map((row) => row.clea_care_leaver_allocated_team),
    ],
  };
}
