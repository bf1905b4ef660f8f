/** What `threshold check-source` expects of an authority's SSD and of the views beside it. */
import { askedBy, type Place, referencesBy, type SqlExpectation } from '../../src/sources/check/expectation.js';
import data from './code-sets.json' with { type: 'json' };
import { INDEXES } from './seed.js';
import { CONTRACT, SHAPES } from './wire.js';

const PERSONS: readonly Place[] = [
  ['ssd_person', 'pers_person_id'],
  ['gw_adult', 'person_id'],
];
/** SSD tables hold the professional's id or, on Mosaic, the staff id. */
const WORKERS: readonly Place[] = [
  ['ssd_professionals', 'prof_professional_id'],
  ['ssd_professionals', 'prof_staff_id'],
];

const REFERENCES = [
  [/^(?:pers_person_id|.*_staff_id)$/, []],
  [/person_id$/, PERSONS],
  [/(?:_worker_id|_professional_id)$/, WORKERS],
  [/referral_id$/, [['ssd_cin_episodes', 'cine_referral_id']]],
  [/^family_id$/, [['gw_family_member', 'family_id']]],
  [/_cin_plan_id$/, [['ssd_cin_plans', 'cinp_cin_plan_id']]],
  [/_cp_plan_id$/, [['ssd_cp_plans', 'cppl_cp_plan_id']]],
  [/^cinf_assessment_id$/, [['ssd_cin_assessments', 'cina_assessment_id']]],
  [/s47_enquiry_id$/, [['ssd_s47_enquiry', 's47e_s47_enquiry_id']]],
  [/_cla_placement_id$/, [['ssd_cla_placement', 'clap_cla_placement_id']]],
  [/_cla_id$/, [['ssd_cla_episodes', 'clae_cla_id']]],
  [/professional_team$|_plan_team$/, [['ssd_department', 'dept_team_id']]],
] as const satisfies readonly (readonly [RegExp, readonly Place[]])[];

/** Each record's own id, which the gateway reads it again by. */
const UNIQUE: readonly Place[] = [
  ['ssd_person', 'pers_person_id'],
  ['gw_adult', 'person_id'],
  ['ssd_involvements', 'invo_involvements_id'],
  ['ssd_department', 'dept_team_id'],
  ['ssd_contacts', 'cont_contact_id'],
  ['ssd_cin_episodes', 'cine_referral_id'],
  ['ssd_cin_assessments', 'cina_assessment_id'],
  ['ssd_cin_plans', 'cinp_cin_plan_id'],
  ['ssd_cin_visits', 'cinv_cin_visit_id'],
  ['ssd_s47_enquiry', 's47e_s47_enquiry_id'],
  ['ssd_initial_cp_conference', 'icpc_icpc_id'],
  ['ssd_cp_plans', 'cppl_cp_plan_id'],
  ['ssd_cp_visits', 'cppv_cp_visit_id'],
  ['ssd_cp_reviews', 'cppr_cp_review_id'],
  ['ssd_cla_episodes', 'clae_cla_episode_id'],
  ['ssd_cla_placement', 'clap_cla_placement_id'],
  ['ssd_cla_reviews', 'clar_cla_review_id'],
  ['ssd_cla_visits', 'clav_cla_visit_id'],
  ['ssd_legal_status', 'lega_legal_status_id'],
  ['gw_relationship', 'relationship_id'],
];

const set = (name: keyof typeof data.sets): readonly string[] => Object.keys(data.sets[name]);
const CODES: SqlExpectation['codes'] = [
  { at: ['ssd_person', 'pers_sex'], known: set('sex') },
  { at: ['ssd_person', 'pers_ethnicity'], known: set('ethnicity') },
  { at: ['ssd_contacts', 'cont_contact_source_code'], known: set('cin_referral_source') },
  { at: ['ssd_contacts', 'cont_contact_outcome_json'], known: set('contact_outcome_keys') },
  { at: ['ssd_cin_episodes', 'cine_cin_primary_need_code'], known: set('cin_primary_need') },
  { at: ['ssd_cin_episodes', 'cine_referral_source_code'], known: set('cin_referral_source') },
  { at: ['ssd_cin_episodes', 'cine_referral_outcome_json'], known: set('referral_outcome_keys') },
  { at: ['ssd_cin_episodes', 'cine_close_reason'], known: set('cin_closure_reason') },
  { at: ['ssd_cin_assessments', 'cina_assessment_outcome_json'], known: set('assessment_outcome_keys') },
  { at: ['ssd_assessment_factors', 'cinf_assessment_factors_json'], known: set('cin_assessment_factors') },
  { at: ['ssd_s47_enquiry', 's47e_s47_outcome_json'], known: set('s47_outcome_keys') },
  { at: ['ssd_initial_cp_conference', 'icpc_icpc_outcome_json'], known: set('icpc_outcome_keys') },
  { at: ['ssd_cp_plans', 'cppl_cp_plan_initial_category'], known: set('cp_category_of_abuse') },
  { at: ['ssd_cp_plans', 'cppl_cp_plan_latest_category'], known: set('cp_category_of_abuse') },
  { at: ['ssd_cp_reviews', 'cppr_cp_review_participation'], known: set('review_participation') },
  { at: ['ssd_cla_reviews', 'clar_cla_review_participation'], known: set('review_participation') },
  { at: ['ssd_cla_episodes', 'clae_cla_episode_start_reason'], known: set('cla_reason_new_episode') },
  { at: ['ssd_cla_episodes', 'clae_cla_episode_ceased_reason'], known: set('cla_reason_episode_ceased') },
  { at: ['ssd_cla_placement', 'clap_cla_placement_type'], known: set('cla_placement_type') },
  { at: ['ssd_legal_status', 'lega_legal_status'], known: set('cla_legal_status') },
  {
    at: ['gw_relationship', 'kind'],
    known: 'PARENT CHILD SIBLING PARTNER FORMER_PARTNER GRANDPARENT CARER NEIGHBOUR FRIEND OTHER'.split(' '),
  },
  { at: ['gw_allegation', 'review_result'], known: ['STANDS', 'DOES_NOT_STAND'] },
];

export const EXPECTATION: SqlExpectation = {
  contract: CONTRACT,
  shapes: SHAPES,
  asked: askedBy(INDEXES, SHAPES),
  unique: UNIQUE,
  references: referencesBy(SHAPES, REFERENCES),
  codes: CODES,
  fed: [
    ['ssd_contacts', 'cont_contact_date'],
    ['ssd_cin_episodes', 'cine_referral_date'],
    ['ssd_involvements', 'invo_involvement_start_date'],
    ['ssd_cin_visits', 'cinv_cin_visit_date'],
    ['ssd_cp_visits', 'cppv_cp_visit_date'],
    ['ssd_cla_visits', 'clav_cla_visit_date'],
  ],
  // As the published scripts of the two products leave them out (SSD 1.4.5).
  lacking: [
    ['ssd_professionals', 'prof_professional_name'],
    ['ssd_cin_visits', 'cinv_cin_plan_id'],
  ],
  persons: ['ssd_person', 'pers_person_id'],
  restricted: ['gw_restricted_person', 'person_id'],
};
