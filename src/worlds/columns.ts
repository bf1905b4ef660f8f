/**
 * The files of a world folder and the columns each may have: what the generator writes, what the check knows, and what
 * test/worlds/README.md describes. Columns of `ssd_` tables are those of the Standard Safeguarding Dataset 1.4.5
 * (data-to-insight/ssd-data-model, MIT), `gw_` tables are views of ours, the extract is NDTMS (an old edition's names).
 */

const columns = (text: string): readonly string[] => text.trim().split(/\s+/);

/** CSV files of the folder itself. */
export const FOLDER_TABLES: { readonly [path: string]: readonly string[] } = {
  'directory/agencies.csv': columns('id name kind voluntary duty_point'),
  'directory/teams.csv': columns('id agency name district duty'),
  'directory/workers.csv': columns('id agency name role team sits_on supports manages person'),
  'directory/worker-identities.csv': columns('worker space local_id'),
  'directory/conflicts.csv': columns('worker person reason'),
  'links.csv': columns('person space local_id'),
  'registers/consents.csv': columns(`
    id subject state given_by capacity categories holders recipients purposes from until recorded_at recorded_by
    method review_on competence`),
  'registers/exceptions.csv': columns(`
    id subjects gateway categories holders recipients purposes overrides_refusal from until recorded_at recorded_by
    approved_by answers`),
  'registers/judgements.csv': columns(`
    id source type local_id episode subject holder serves_child serves_adult factor decision why judged_at judged_by`),
};

/** CSV files of a source by its adapter, without the ending. A deployment may lack any, and any column, but the required. */
export const SOURCE_TABLES: { readonly [adapter: string]: { readonly [table: string]: readonly string[] } } = {
  'social-care': {
    ssd_person: columns(`
      pers_person_id pers_forename pers_surname pers_sex pers_gender pers_ethnicity pers_dob pers_single_unique_id
      pers_legacy_id pers_upn pers_upn_unknown pers_send_flag pers_expected_dob pers_death_date pers_is_mother
      pers_nationality`),
    ssd_family: columns('fami_table_id fami_family_id fami_person_id'),
    ssd_address: columns(`
      addr_table_id addr_address_json addr_person_id addr_address_type addr_address_start_date addr_address_end_date
      addr_address_postcode`),
    ssd_disability: columns('disa_person_id disa_table_id disa_disability_code'),
    ssd_immigration_status: columns(`
      immi_person_id immi_immigration_status_id immi_immigration_status immi_immigration_status_start_date
      immi_immigration_status_end_date`),
    ssd_mother: columns('moth_table_id moth_person_id moth_childs_person_id moth_childs_dob'),
    ssd_contacts: columns(`
      cont_contact_id cont_person_id cont_contact_date cont_contact_source_code cont_contact_source_desc
      cont_contact_outcome_json`),
    ssd_early_help_episodes: columns(`
      earl_episode_id earl_person_id earl_episode_start_date earl_episode_end_date earl_episode_reason
      earl_episode_end_reason earl_episode_organisation earl_episode_worker_id`),
    ssd_cin_episodes: columns(`
      cine_referral_id cine_person_id cine_referral_date cine_cin_primary_need_code cine_referral_source_code
      cine_referral_source_desc cine_referral_outcome_json cine_referral_nfa cine_close_reason cine_close_date
      cine_referral_team cine_referral_worker_id`),
    ssd_cin_assessments: columns(`
      cina_assessment_id cina_person_id cina_referral_id cina_assessment_start_date cina_assessment_child_seen
      cina_assessment_auth_date cina_assessment_outcome_json cina_assessment_outcome_nfa cina_assessment_team
      cina_assessment_worker_id`),
    ssd_assessment_factors: columns('cinf_table_id cinf_assessment_id cinf_assessment_factors_json'),
    ssd_cin_plans: columns(`
      cinp_cin_plan_id cinp_referral_id cinp_person_id cinp_cin_plan_start_date cinp_cin_plan_end_date
      cinp_cin_plan_team cinp_cin_plan_worker_id`),
    ssd_cin_visits: columns(`
      cinv_cin_visit_id cinv_person_id cinv_cin_visit_date cinv_cin_visit_seen cinv_cin_visit_seen_alone
      cinv_cin_visit_bedroom cinv_cin_plan_id`),
    ssd_s47_enquiry: columns(`
      s47e_s47_enquiry_id s47e_referral_id s47e_person_id s47e_s47_start_date s47e_s47_end_date s47e_s47_nfa
      s47e_s47_outcome_json s47e_s47_completed_by_worker_id s47e_s47_completed_by_team`),
    ssd_initial_cp_conference: columns(`
      icpc_icpc_id icpc_icpc_meeting_id icpc_s47_enquiry_id icpc_person_id icpc_cp_plan_id icpc_referral_id
      icpc_icpc_transfer_in icpc_icpc_target_date icpc_icpc_date icpc_icpc_outcome_cp_flag icpc_icpc_outcome_json
      icpc_icpc_team icpc_icpc_worker_id`),
    ssd_cp_plans: columns(`
      cppl_cp_plan_id cppl_referral_id cppl_icpc_id cppl_person_id cppl_cp_plan_start_date cppl_cp_plan_end_date
      cppl_cp_plan_initial_category cppl_cp_plan_ola cppl_cp_plan_latest_category`),
    ssd_cp_visits: columns(`
      cppv_cp_visit_id cppv_person_id cppv_cp_plan_id cppv_cp_visit_date cppv_cp_visit_seen cppv_cp_visit_seen_alone
      cppv_cp_visit_bedroom`),
    ssd_cp_reviews: columns(`
      cppr_cp_review_id cppr_person_id cppr_cp_plan_id cppr_cp_review_due cppr_cp_review_date
      cppr_cp_review_meeting_id cppr_cp_review_outcome_continue_cp cppr_cp_review_quorate cppr_cp_review_participation`),
    ssd_cla_episodes: columns(`
      clae_cla_episode_id clae_person_id clae_cla_episode_start_date clae_cla_episode_start_reason
      clae_cla_primary_need_code clae_cla_episode_ceased_date clae_cla_episode_ceased_reason clae_cla_id
      clae_referral_id clae_cla_placement_id clae_entered_care_date clae_cla_last_iro_contact_date`),
    ssd_cla_placement: columns(`
      clap_cla_placement_id clap_cla_placement_start_date clap_cla_placement_type clap_cla_placement_urn
      clap_cla_placement_distance clap_cla_id clap_cla_placement_provider clap_cla_placement_postcode
      clap_cla_placement_end_date clap_cla_placement_change_reason clap_person_id`),
    ssd_cla_reviews: columns(`
      clar_cla_review_id clar_cla_id clar_cla_review_due_date clar_cla_review_date clar_cla_review_cancelled
      clar_cla_review_participation clar_cla_person_id`),
    ssd_cla_visits: columns(`
      clav_cla_visit_id clav_cla_id clav_person_id clav_cla_visit_date clav_cla_visit_seen clav_cla_visit_seen_alone`),
    ssd_cla_care_plan: columns(`
      lacp_table_id lacp_person_id lacp_cla_care_plan_start_date lacp_cla_care_plan_end_date lacp_cla_care_plan_json`),
    ssd_sdq_scores: columns(`
      csdq_table_id csdq_person_id csdq_sdq_completed_date csdq_sdq_reason csdq_sdq_score`),
    ssd_missing: columns(`
      miss_table_id miss_person_id miss_missing_episode_start_date miss_missing_episode_type miss_missing_episode_end_date
      miss_missing_rhi_offered miss_missing_rhi_accepted`),
    ssd_cla_health: columns(`
      clah_health_check_id clah_person_id clah_health_check_type clah_health_check_date clah_health_check_status`),
    ssd_cla_immunisations: columns('clai_person_id clai_immunisations_status clai_immunisations_status_date'),
    ssd_cla_substance_misuse: columns(`
      clas_substance_misuse_id clas_person_id clas_substance_misuse_date clas_substance_misused
      clas_intervention_received`),
    ssd_cla_convictions: columns(`
      clac_cla_conviction_id clac_person_id clac_cla_conviction_date clac_cla_conviction_offence`),
    ssd_cla_previous_permanence: columns(`
      lapp_table_id lapp_person_id lapp_previous_permanence_order_date lapp_previous_permanence_option
      lapp_previous_permanence_la`),
    ssd_permanence: columns(`
      perm_table_id perm_person_id perm_cla_id perm_adm_decision_date perm_ffa_cp_decision_date
      perm_placement_order_date perm_placed_for_adoption_date perm_matched_date perm_adopted_by_carer_flag
      perm_placed_ffa_cp_date perm_decision_reversed_date perm_placed_foster_carer_date perm_part_of_sibling_group
      perm_siblings_placed_together perm_siblings_placed_apart perm_placement_provider_urn
      perm_decision_reversed_reason perm_permanence_order_date perm_permanence_order_type perm_adoption_worker_id
      perm_adopter_sex perm_adopter_legal_status perm_number_of_adopters`),
    ssd_care_leavers: columns(`
      clea_table_id clea_person_id clea_care_leaver_eligibility clea_care_leaver_in_touch clea_care_leaver_latest_contact
      clea_care_leaver_accommodation clea_care_leaver_accom_suitable clea_care_leaver_activity
      clea_pathway_plan_review_date clea_care_leaver_personal_advisor clea_care_leaver_allocated_team
      clea_care_leaver_worker_id`),
    ssd_legal_status: columns(`
      lega_legal_status_id lega_person_id lega_legal_status lega_legal_status_start_date lega_legal_status_end_date`),
    ssd_pre_proceedings: columns(`
      prep_table_id prep_person_id prep_plo_family_id prep_pre_pro_decision_date prep_initial_pre_pro_meeting_date
      prep_pre_pro_outcome prep_agree_stepdown_issue_date prep_cp_plans_referral_period prep_legal_gateway_outcome
      prep_prev_pre_proc_child prep_prev_care_proc_child prep_pre_pro_letter_date prep_care_pro_letter_date
      prep_pre_pro_meetings_num prep_pre_pro_parents_legal_rep prep_parents_legal_rep_point_of_issue
      prep_court_reference prep_care_proc_court_hearings prep_care_proc_short_notice prep_proc_short_notice_reason
      prep_la_inital_plan_approved prep_la_initial_care_plan prep_la_final_plan_approved prep_la_final_care_plan`),
    ssd_involvements: columns(`
      invo_involvements_id invo_professional_id invo_professional_role_id invo_professional_team
      invo_involvement_start_date invo_involvement_end_date invo_worker_change_reason invo_person_id invo_referral_id`),
    ssd_professionals: columns(`
      prof_professional_id prof_staff_id prof_professional_name prof_social_worker_registration_no
      prof_professional_job_title prof_professional_caseload prof_professional_department prof_full_time_equivalency
      prof_agency_worker_flag`),
    ssd_department: columns('dept_team_id dept_team_name dept_team_parent_id dept_team_parent_name'),
    gw_adult: columns('person_id forename surname aliases sex dob nhs_number phone'),
    gw_restricted_person: columns('person_id reason from_date until_date'),
    gw_relationship: columns(`
      relationship_id person_id other_person_id kind parental_responsibility level_of_contact from_date until_date`),
    gw_family_member: columns('family_id person_id is_child in_workflow from_date until_date'),
    gw_family_team: columns('family_id team_id from_date until_date'),
    gw_core_group: columns('child_person_id staff_id from_date until_date'),
    gw_panel_family: columns('panel_id family_id from_date until_date'),
    gw_panel_member: columns('panel_id staff_id'),
    gw_s47_person: columns('s47_enquiry_id person_id'),
    gw_allegation: columns('victim_person_id alleged_person_id recorded_at review_result'),
    gw_handover: columns('handover_id family_id direction receiving_staff_id from_date until_date'),
    gw_referral_origin: columns('referral_id agency_id'),
  },
  workbook: {
    gw_workbook_parenting_assessment: columns(`
      id family_id parent_person_id started_on updated_on summary strengths concerns capacity_to_change
      author_staff_id confidentiality nature`),
    gw_workbook_monthly_summary: columns(`
      id family_id about_person_id month summary author_staff_id author_name author_role recorded_at confidentiality
      nature`),
    gw_workbook_rag_rating: columns(`
      id family_id child_person_id parent_person_id month rating reason author_staff_id author_name author_role
      recorded_at confidentiality nature`),
    gw_workbook_supervision: columns(`
      id family_id index_child_id held_on agreed_rating discussion decisions author_staff_id approved_at
      confidentiality`),
    gw_workbook_supervision_person: columns('supervision_id person_id'),
  },
  'early-help': {
    gw_eh_person: columns('person_id forename surname dob sex is_child house street town postcode phone school'),
    gw_eh_family_member: columns('family_id person_id is_child in_workflow'),
    gw_eh_episode: columns(`
      episode_id family_id index_person_id started_on ended_on reason end_reason keyworker_staff_id keyworker_name
      team_id service_name`),
    gw_eh_assessment: columns('assessment_id episode_id child_person_id completed_on summary needs author_staff_id'),
    gw_eh_support_plan: columns(`
      plan_id episode_id child_person_id started_on review_due_on ended_on goals actions author_staff_id`),
    gw_eh_outcome: columns('outcome_id episode_id child_person_id recorded_on domain progress summary author_staff_id'),
    gw_eh_service_consent: columns('person_id state recorded_at'),
    gw_eh_cp_ground: columns('family_id ground'),
  },
  'substance-misuse': {
    extract: columns(`
      FINITIAL SINITIAL DOB SEX ETHNIC NATION REFLD AGNCY CLIENT CLIENTID EPISODID CONSENT PREVTR PC PRNTSTAT RFLS
      TRIAGED CPLANDT DRUG1 DRUG1AGE ROUTE DRUG2 DRUG3 INJSTAT CHILDWTH PREGNANT ALCDDAYS ALCUNITS DISD DISRSN MODAL
      REFMODDT MODID MODST MODEND MODEXIT TOPDATE TOPID TRSTAGE ALCUSE OPIUSE CRAUSE COCAUSE AMPHUSE CANNUSE OTDRGUSE
      PSYHSTAT PHSTAT QUALLIFE`),
    'client-index': columns(`
      CLIENTID FORENAME SURNAME DOB SEX HOUSE POSTCODE KEYWORKER_ID KEYWORKER_NAME TEAM_ID FROM UNTIL`),
  },
};

/** Newline-delimited FHIR R4 resources of a mental health source. */
export const FHIR_TYPES = [
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'EpisodeOfCare',
  'Encounter',
  'Condition',
  'CarePlan',
  'Flag',
  'RiskAssessment',
  'Consent',
] as const;

/** Tables whose further columns are not ours to know: editions of NDTMS differ, so it is read by column name. */
export const OPEN_TABLES: readonly string[] = ['extract'];

/** Without these a source is not ready, or cannot be read: the check names them when they are missing. */
export const REQUIRED_FILES: { readonly [adapter: string]: readonly string[] } = {
  'social-care': ['ssd_person.csv', 'gw_restricted_person.csv'],
  'substance-misuse': ['extract.csv', 'client-index.csv'],
  'domestic-abuse': ['cases.json'],
  probation: ['cases.json'],
};
