/**
 * What the source sends: rows of the Standard Safeguarding Dataset 1.4.5 and of our views, column by column. Columns are
 * read by these names; those a deployment lacks arrive as null. The contract of the views is in README.md.
 */
import { z } from 'zod';
import type { Renames } from '../../src/sources/deployment.js';
import type { Contract } from '../../src/sources/sql.js';
import { sqlDate, sqlFlag, sqlInstant, sqlKey, sqlList, sqlObject, sqlText } from '../../src/sources/sql-values.js';
import { CARE_SHAPES } from './wire-care.js';

export const SHAPES = {
  ssd_person: z.object({
    pers_person_id: sqlKey,
    pers_forename: sqlText,
    pers_surname: sqlText,
    pers_sex: sqlText,
    pers_ethnicity: sqlText,
    pers_dob: sqlDate,
    pers_single_unique_id: sqlText,
    pers_expected_dob: sqlDate,
    pers_death_date: sqlDate,
    pers_nationality: sqlText,
  }),
  ssd_disability: z.object({ disa_table_id: sqlKey, disa_person_id: sqlKey, disa_disability_code: sqlText }),
  ssd_immigration_status: z.object({
    immi_immigration_status_id: sqlKey,
    immi_person_id: sqlKey,
    immi_immigration_status: sqlText,
    immi_immigration_status_start_date: sqlDate,
    immi_immigration_status_end_date: sqlDate,
  }),
  ssd_mother: z.object({ moth_table_id: sqlKey, moth_person_id: sqlKey, moth_childs_person_id: sqlKey }),
  ssd_early_help_episodes: z.object({
    earl_episode_id: sqlKey,
    earl_person_id: sqlKey,
    earl_episode_start_date: sqlDate,
    earl_episode_end_date: sqlDate,
    earl_episode_reason: sqlText,
    earl_episode_end_reason: sqlText,
    earl_episode_organisation: sqlText,
    earl_episode_worker_id: sqlText,
  }),
  gw_adult: z.object({
    person_id: sqlKey,
    forename: sqlText,
    surname: sqlText,
    aliases: sqlText,
    sex: sqlText,
    dob: sqlDate,
    nhs_number: sqlText,
    phone: sqlText,
  }),
  ssd_address: z.object({
    addr_table_id: sqlText,
    addr_address_json: sqlObject,
    addr_person_id: sqlKey,
    addr_address_type: sqlText,
    addr_address_start_date: sqlDate,
    addr_address_end_date: sqlDate,
    addr_address_postcode: sqlText,
  }),
  ssd_involvements: z.object({
    invo_involvements_id: sqlKey,
    invo_professional_id: sqlText,
    invo_professional_role_id: sqlText,
    invo_professional_team: sqlText,
    invo_involvement_start_date: sqlDate,
    invo_involvement_end_date: sqlDate,
    invo_worker_change_reason: sqlText,
    invo_person_id: sqlKey,
    invo_referral_id: sqlText,
  }),
  ssd_professionals: z.object({
    prof_professional_id: sqlText,
    prof_staff_id: sqlText,
    prof_professional_name: sqlText,
    prof_professional_job_title: sqlText,
  }),
  ssd_department: z.object({ dept_team_id: sqlKey, dept_team_name: sqlText, dept_team_parent_name: sqlText }),
  ssd_contacts: z.object({
    cont_contact_id: sqlKey,
    cont_person_id: sqlKey,
    cont_contact_date: sqlDate,
    cont_contact_source_code: sqlText,
    cont_contact_source_desc: sqlText,
    cont_contact_outcome_json: sqlObject,
  }),
  ssd_cin_episodes: z.object({
    cine_referral_id: sqlKey,
    cine_person_id: sqlKey,
    cine_referral_date: sqlDate,
    cine_cin_primary_need_code: sqlText,
    cine_referral_source_code: sqlText,
    cine_referral_source_desc: sqlText,
    cine_referral_outcome_json: sqlObject,
    cine_referral_nfa: sqlFlag,
    cine_close_reason: sqlText,
    cine_close_date: sqlDate,
    cine_referral_worker_id: sqlText,
  }),
  ssd_cin_assessments: z.object({
    cina_assessment_id: sqlKey,
    cina_person_id: sqlKey,
    cina_referral_id: sqlText,
    cina_assessment_start_date: sqlDate,
    cina_assessment_child_seen: sqlFlag,
    cina_assessment_auth_date: sqlDate,
    cina_assessment_outcome_json: sqlObject,
    cina_assessment_outcome_nfa: sqlFlag,
    cina_assessment_worker_id: sqlText,
  }),
  ssd_assessment_factors: z.object({ cinf_assessment_id: sqlKey, cinf_assessment_factors_json: sqlList }),
  ssd_cin_plans: z.object({
    cinp_cin_plan_id: sqlKey,
    cinp_referral_id: sqlText,
    cinp_person_id: sqlKey,
    cinp_cin_plan_start_date: sqlDate,
    cinp_cin_plan_end_date: sqlDate,
    cinp_cin_plan_team: sqlText,
    cinp_cin_plan_worker_id: sqlText,
  }),
  ssd_cin_visits: z.object({
    cinv_cin_visit_id: sqlKey,
    cinv_person_id: sqlKey,
    cinv_cin_plan_id: sqlText,
    cinv_cin_visit_date: sqlDate,
    cinv_cin_visit_seen: sqlFlag,
    cinv_cin_visit_seen_alone: sqlFlag,
    cinv_cin_visit_bedroom: sqlFlag,
  }),
  ssd_s47_enquiry: z.object({
    s47e_s47_enquiry_id: sqlKey,
    s47e_referral_id: sqlText,
    s47e_person_id: sqlKey,
    s47e_s47_start_date: sqlDate,
    s47e_s47_end_date: sqlDate,
    s47e_s47_nfa: sqlFlag,
    s47e_s47_outcome_json: sqlObject,
    s47e_s47_completed_by_worker_id: sqlText,
  }),
  ssd_initial_cp_conference: z.object({
    icpc_icpc_id: sqlKey,
    icpc_person_id: sqlKey,
    icpc_referral_id: sqlText,
    icpc_icpc_transfer_in: sqlFlag,
    icpc_icpc_target_date: sqlDate,
    icpc_icpc_date: sqlDate,
    icpc_icpc_outcome_cp_flag: sqlFlag,
    icpc_icpc_outcome_json: sqlObject,
    icpc_icpc_worker_id: sqlText,
  }),
  ssd_cp_plans: z.object({
    cppl_cp_plan_id: sqlKey,
    cppl_referral_id: sqlText,
    cppl_person_id: sqlKey,
    cppl_cp_plan_start_date: sqlDate,
    cppl_cp_plan_end_date: sqlDate,
    cppl_cp_plan_initial_category: sqlText,
    cppl_cp_plan_ola: sqlFlag,
    cppl_cp_plan_latest_category: sqlText,
  }),
  ssd_cp_visits: z.object({
    cppv_cp_visit_id: sqlKey,
    cppv_person_id: sqlKey,
    cppv_cp_plan_id: sqlText,
    cppv_cp_visit_date: sqlDate,
    cppv_cp_visit_seen: sqlFlag,
    cppv_cp_visit_seen_alone: sqlFlag,
    cppv_cp_visit_bedroom: sqlFlag,
  }),
  ssd_cp_reviews: z.object({
    cppr_cp_review_id: sqlKey,
    cppr_person_id: sqlKey,
    cppr_cp_plan_id: sqlText,
    cppr_cp_review_due: sqlDate,
    cppr_cp_review_date: sqlDate,
    cppr_cp_review_outcome_continue_cp: sqlFlag,
    cppr_cp_review_quorate: sqlText,
    cppr_cp_review_participation: sqlText,
  }),
  ...CARE_SHAPES,
  // Lenient on purpose: a restriction whose end cannot be read still restricts.
  gw_restricted_person: z.object({ person_id: sqlKey, until_date: sqlDate.catch(null) }),
  gw_relationship: z.object({
    relationship_id: sqlKey,
    person_id: sqlKey,
    other_person_id: sqlKey,
    kind: sqlText,
    parental_responsibility: sqlFlag,
    level_of_contact: sqlText,
    from_date: sqlDate,
    until_date: sqlDate,
  }),
  gw_family_member: z.object({
    family_id: sqlKey,
    person_id: sqlKey,
    is_child: sqlFlag,
    in_workflow: sqlFlag,
    from_date: sqlDate,
    until_date: sqlDate,
  }),
  gw_family_team: z.object({ family_id: sqlKey, team_id: sqlKey, from_date: sqlDate, until_date: sqlDate }),
  gw_core_group: z.object({ child_person_id: sqlKey, staff_id: sqlKey, from_date: sqlDate, until_date: sqlDate }),
  gw_panel_family: z.object({ panel_id: sqlKey, family_id: sqlKey, from_date: sqlDate, until_date: sqlDate }),
  gw_panel_member: z.object({ panel_id: sqlKey, staff_id: sqlKey }),
  gw_s47_person: z.object({ s47_enquiry_id: sqlKey, person_id: sqlKey }),
  gw_allegation: z.object({
    victim_person_id: sqlKey,
    alleged_person_id: sqlKey,
    // Lenient on purpose: an allegation whose date or review cannot be read is still one, and not the first recorded.
    recorded_at: sqlInstant.catch(null),
    review_result: sqlText.catch(null),
  }),
  gw_handover: z.object({
    handover_id: sqlText,
    family_id: sqlKey,
    direction: sqlText.pipe(z.enum(['STEP_DOWN', 'STEP_UP', 'EXIT'])),
    receiving_staff_id: sqlKey,
    from_date: sqlDate,
    until_date: sqlDate,
  }),
  gw_referral_origin: z.object({ referral_id: sqlKey, agency_id: sqlKey }),
} as const;

export type TableName = keyof typeof SHAPES;
export type Row<T extends TableName> = z.output<(typeof SHAPES)[T]>;

/** Tables some deployments key by plan, referral or care period only (Mosaic): how their person is reached. */
const VIA = {
  ssd_involvements: ['invo_person_id', 'invo_referral_id', 'ssd_cin_episodes', 'cine_referral_id', 'cine_person_id'],
  ssd_cin_visits: ['cinv_person_id', 'cinv_cin_plan_id', 'ssd_cin_plans', 'cinp_cin_plan_id', 'cinp_person_id'],
  ssd_cp_visits: ['cppv_person_id', 'cppv_cp_plan_id', 'ssd_cp_plans', 'cppl_cp_plan_id', 'cppl_person_id'],
  ssd_cp_reviews: ['cppr_person_id', 'cppr_cp_plan_id', 'ssd_cp_plans', 'cppl_cp_plan_id', 'cppl_person_id'],
  ssd_cla_placement: [
    'clap_person_id',
    'clap_cla_placement_id',
    'ssd_cla_episodes',
    'clae_cla_placement_id',
    'clae_person_id',
  ],
  ssd_cla_reviews: ['clar_cla_person_id', 'clar_cla_id', 'ssd_cla_episodes', 'clae_cla_id', 'clae_person_id'],
} as const satisfies { [T in TableName]?: readonly [string, string, string, string, string] };

/** What Mosaic calls otherwise. */
export const RENAMES: Renames = {
  ssd_cin_plans: { cinp_cin_plan_id: 'cin_plan_id' },
  ssd_cla_care_plan: { lacp_table_id: 'lacp_cla_care_plan_id' },
};

/** Required: without them nothing of this source may be read. */
const REQUIRES: { readonly [T in TableName]?: string } = {
  ssd_person: 'pers_person_id',
  gw_restricted_person: 'person_id',
};

export const CONTRACT: Contract = Object.fromEntries(
  (Object.keys(SHAPES) as TableName[]).map((table) => {
    const requires = REQUIRES[table];
    const [column, key, other, id, person] = (VIA as { [T in TableName]?: readonly string[] })[table] ?? [];
    return [
      table,
      {
        columns: Object.keys(SHAPES[table].shape),
        ...(requires === undefined ? {} : { requires }),
        ...(column && key && other && id && person ? { via: { column, key, table: other, id, person } } : {}),
      },
    ];
  }),
);
