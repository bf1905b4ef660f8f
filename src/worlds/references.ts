/**
 * Which cells of a world folder point where. A target is a set of ids that the check has read (see check.ts): `worker`,
 * `team`, `agency`, `person` (the gateway's), `local` and `staff` (of the source's id space), or a column of the same source.
 */
import { AGENCY_KINDS, CATEGORIES, PURPOSES, ROLES } from '../domain/words.js';

export interface Reference {
  readonly column: string;
  /** A set of ids by name, or `table.column` of the same source. */
  readonly to: string;
  /** Several ids joined by semicolons. */
  readonly list?: true;
}

const to = (target: string, ...columns: readonly string[]): Reference[] =>
  columns.map((column) => ({ column, to: target }));
const lists = (target: string, ...columns: readonly string[]): Reference[] =>
  columns.map((column) => ({ column, to: target, list: true }));

export const FOLDER_REFERENCES: { readonly [path: string]: readonly Reference[] } = {
  'directory/teams.csv': to('agency', 'agency'),
  'directory/workers.csv': [
    ...to('agency', 'agency'),
    ...to('team', 'team'),
    ...lists('team', 'sits_on', 'supports', 'manages'),
    ...to('person', 'person'),
  ],
  'directory/worker-identities.csv': [...to('worker', 'worker'), ...to('space', 'space')],
  'directory/conflicts.csv': [...to('worker', 'worker'), ...to('person', 'person')],
  'links.csv': to('space', 'space'),
  'registers/consents.csv': [
    ...to('person', 'subject', 'given_by'),
    ...to('worker', 'recorded_by'),
    ...lists('party', 'holders', 'recipients'),
  ],
  'registers/exceptions.csv': [
    ...lists('person', 'subjects'),
    ...to('worker', 'recorded_by', 'approved_by'),
    ...lists('party', 'holders', 'recipients'),
  ],
  'registers/judgements.csv': [
    ...to('person', 'subject', 'serves_child', 'serves_adult'),
    ...to('worker', 'judged_by'),
    ...to('source', 'source'),
    ...to('agency', 'holder'),
  ],
};

const REFERRAL = 'ssd_cin_episodes.cine_referral_id';
const FAMILY = 'gw_family_member.family_id';
const EPISODE = 'gw_eh_episode.episode_id';
const ENQUIRY = 'ssd_s47_enquiry.s47e_s47_enquiry_id';

/** By adapter and table. */
export const SOURCE_REFERENCES: { readonly [adapter: string]: { readonly [table: string]: readonly Reference[] } } = {
  'social-care': {
    ssd_family: to('local', 'fami_person_id'),
    ssd_address: to('local', 'addr_person_id'),
    ssd_disability: to('local', 'disa_person_id'),
    ssd_immigration_status: to('local', 'immi_person_id'),
    ssd_mother: to('local', 'moth_person_id', 'moth_childs_person_id'),
    ssd_contacts: to('local', 'cont_person_id'),
    ssd_early_help_episodes: [...to('local', 'earl_person_id'), ...to('staff', 'earl_episode_worker_id')],
    ssd_cin_episodes: [
      ...to('local', 'cine_person_id'),
      ...to('staff', 'cine_referral_worker_id'),
      ...to('team', 'cine_referral_team'),
    ],
    ssd_cin_assessments: [
      ...to('local', 'cina_person_id'),
      ...to(REFERRAL, 'cina_referral_id'),
      ...to('team', 'cina_assessment_team'),
      ...to('staff', 'cina_assessment_worker_id'),
    ],
    ssd_assessment_factors: to('ssd_cin_assessments.cina_assessment_id', 'cinf_assessment_id'),
    ssd_cin_plans: [
      ...to('local', 'cinp_person_id'),
      ...to(REFERRAL, 'cinp_referral_id'),
      ...to('team', 'cinp_cin_plan_team'),
      ...to('staff', 'cinp_cin_plan_worker_id'),
    ],
    ssd_cin_visits: [...to('local', 'cinv_person_id'), ...to('ssd_cin_plans.cinp_cin_plan_id', 'cinv_cin_plan_id')],
    ssd_s47_enquiry: [
      ...to('local', 's47e_person_id'),
      ...to(REFERRAL, 's47e_referral_id'),
      ...to('staff', 's47e_s47_completed_by_worker_id'),
      ...to('team', 's47e_s47_completed_by_team'),
    ],
    ssd_initial_cp_conference: [
      ...to('local', 'icpc_person_id'),
      ...to(ENQUIRY, 'icpc_s47_enquiry_id'),
      ...to('ssd_cp_plans.cppl_cp_plan_id', 'icpc_cp_plan_id'),
      ...to(REFERRAL, 'icpc_referral_id'),
      ...to('team', 'icpc_icpc_team'),
      ...to('staff', 'icpc_icpc_worker_id'),
    ],
    ssd_cp_plans: [
      ...to('local', 'cppl_person_id'),
      ...to(REFERRAL, 'cppl_referral_id'),
      ...to('ssd_initial_cp_conference.icpc_icpc_id', 'cppl_icpc_id'),
    ],
    ssd_cp_visits: [...to('local', 'cppv_person_id'), ...to('ssd_cp_plans.cppl_cp_plan_id', 'cppv_cp_plan_id')],
    ssd_cp_reviews: [...to('local', 'cppr_person_id'), ...to('ssd_cp_plans.cppl_cp_plan_id', 'cppr_cp_plan_id')],
    ssd_cla_episodes: [
      ...to('local', 'clae_person_id'),
      ...to(REFERRAL, 'clae_referral_id'),
      ...to('ssd_cla_placement.clap_cla_placement_id', 'clae_cla_placement_id'),
    ],
    ssd_cla_placement: [...to('local', 'clap_person_id'), ...to('ssd_cla_episodes.clae_cla_id', 'clap_cla_id')],
    ssd_cla_reviews: [...to('local', 'clar_cla_person_id'), ...to('ssd_cla_episodes.clae_cla_id', 'clar_cla_id')],
    ssd_cla_visits: [...to('local', 'clav_person_id'), ...to('ssd_cla_episodes.clae_cla_id', 'clav_cla_id')],
    ssd_cla_care_plan: to('local', 'lacp_person_id'),
    ssd_sdq_scores: to('local', 'csdq_person_id'),
    ssd_missing: to('local', 'miss_person_id'),
    ssd_cla_health: to('local', 'clah_person_id'),
    ssd_cla_immunisations: to('local', 'clai_person_id'),
    ssd_cla_substance_misuse: to('local', 'clas_person_id'),
    ssd_cla_convictions: to('local', 'clac_person_id'),
    ssd_cla_previous_permanence: to('local', 'lapp_person_id'),
    ssd_permanence: [
      ...to('local', 'perm_person_id'),
      ...to('ssd_cla_episodes.clae_cla_id', 'perm_cla_id'),
      ...to('staff', 'perm_adoption_worker_id'),
    ],
    ssd_care_leavers: [
      ...to('local', 'clea_person_id'),
      ...to('staff', 'clea_care_leaver_personal_advisor', 'clea_care_leaver_worker_id'),
      ...to('team', 'clea_care_leaver_allocated_team'),
    ],
    ssd_legal_status: to('local', 'lega_person_id'),
    ssd_pre_proceedings: to('local', 'prep_person_id'),
    ssd_involvements: [
      ...to('local', 'invo_person_id'),
      ...to('staff', 'invo_professional_id'),
      ...to('team', 'invo_professional_team'),
      ...to(REFERRAL, 'invo_referral_id'),
    ],
    gw_restricted_person: to('local', 'person_id'),
    gw_relationship: to('local', 'person_id', 'other_person_id'),
    gw_family_member: to('local', 'person_id'),
    gw_family_team: [...to(FAMILY, 'family_id'), ...to('team', 'team_id')],
    gw_core_group: [...to('local', 'child_person_id'), ...to('staff', 'staff_id')],
    gw_panel_family: to(FAMILY, 'family_id'),
    gw_panel_member: to('staff', 'staff_id'),
    gw_s47_person: [...to(ENQUIRY, 's47_enquiry_id'), ...to('local', 'person_id')],
    gw_allegation: to('local', 'victim_person_id', 'alleged_person_id'),
    gw_handover: [...to(FAMILY, 'family_id'), ...to('staff', 'receiving_staff_id')],
    gw_referral_origin: [...to(REFERRAL, 'referral_id'), ...to('agency', 'agency_id')],
  },
  workbook: {
    gw_workbook_parenting_assessment: [...to('local', 'parent_person_id'), ...to('staff', 'author_staff_id')],
    gw_workbook_monthly_summary: [...to('local', 'about_person_id'), ...to('staff', 'author_staff_id')],
    gw_workbook_rag_rating: [...to('local', 'child_person_id', 'parent_person_id'), ...to('staff', 'author_staff_id')],
    gw_workbook_supervision: [...to('local', 'index_child_id'), ...to('staff', 'author_staff_id')],
    gw_workbook_supervision_person: [
      ...to('gw_workbook_supervision.id', 'supervision_id'),
      ...to('local', 'person_id'),
    ],
  },
  'early-help': {
    gw_eh_family_member: to('local', 'person_id'),
    gw_eh_episode: [
      ...to('local', 'index_person_id'),
      ...to('gw_eh_family_member.family_id', 'family_id'),
      ...to('staff', 'keyworker_staff_id'),
      ...to('team', 'team_id'),
    ],
    gw_eh_assessment: [
      ...to('local', 'child_person_id'),
      ...to(EPISODE, 'episode_id'),
      ...to('staff', 'author_staff_id'),
    ],
    gw_eh_support_plan: [
      ...to('local', 'child_person_id'),
      ...to(EPISODE, 'episode_id'),
      ...to('staff', 'author_staff_id'),
    ],
    gw_eh_outcome: [...to('local', 'child_person_id'), ...to(EPISODE, 'episode_id'), ...to('staff', 'author_staff_id')],
    gw_eh_service_consent: to('local', 'person_id'),
    gw_eh_cp_ground: to('gw_eh_family_member.family_id', 'family_id'),
  },
  'substance-misuse': {
    extract: to('local', 'CLIENTID'),
    'client-index': [...to('staff', 'KEYWORKER_ID'), ...to('team', 'TEAM_ID')],
  },
};

/** Where a source's own persons stand, by adapter: tables and their person column. */
export const PERSON_COLUMNS: { readonly [adapter: string]: readonly (readonly [table: string, column: string])[] } = {
  'social-care': [
    ['ssd_person', 'pers_person_id'],
    ['gw_adult', 'person_id'],
  ],
  'early-help': [['gw_eh_person', 'person_id']],
  'substance-misuse': [['client-index', 'CLIENTID']],
};

/** Cells that hold a word of a closed list; several joined by semicolons where the column is a list. */
export const CLOSED_WORDS: { readonly [path: string]: { readonly [column: string]: readonly string[] } } = {
  'directory/agencies.csv': { kind: AGENCY_KINDS, voluntary: ['Y', 'N'] },
  'directory/teams.csv': { duty: ['Y', 'N'] },
  'directory/workers.csv': { role: ROLES },
  'registers/consents.csv': {
    state: ['GIVEN', 'REFUSED', 'WITHDRAWN'],
    capacity: ['SELF', 'PARENTAL_RESPONSIBILITY', 'OWN_COMPETENCE'],
    categories: [...CATEGORIES, '*'],
    purposes: [...PURPOSES, '*'],
  },
  'registers/exceptions.csv': {
    categories: [...CATEGORIES, '*'],
    purposes: [...PURPOSES, '*'],
    overrides_refusal: ['Y', 'N'],
  },
  'registers/judgements.csv': { decision: ['RELEVANT', 'NOT_RELEVANT'] },
};
