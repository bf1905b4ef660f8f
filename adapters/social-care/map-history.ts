/**
 * What goes deep into a child's life: health, substance use, offences, the way to a permanent home, proceedings. The rules
 * name no category for most of it: as protected as the record of the work, and sealed.
 * Proceedings too: PLAN is read by core groups, and what was advised on the way to court is not theirs.
 */
import type { RecordType } from '../../src/domain/records.js';
import { readable } from './codes.js';
import { carePeriodEpisode, type Mapper, record, withIds } from './record.js';

const SEALED = { confidentiality: 'R' } as const;

export const HISTORY = {
  HealthCheck: {
    tables: ['ssd_cla_health', 'ssd_cla_immunisations'],
    found: [
      { table: 'ssd_cla_health', id: 'clah_health_check_id', person: 'clah_person_id' },
      { table: 'ssd_cla_immunisations', id: 'clai_person_id', person: 'clai_person_id', prefix: 'immunisations:' },
    ],
    map: (m, person) => [
      ...m.rows.of('ssd_cla_health', person).map((row) => {
        const extra = { ...SEALED, at: row.clah_health_check_date };
        return record(m, 'HealthCheck', row.clah_health_check_id, person, 'SOCIAL_CARE', extra, {
          type: row.clah_health_check_type,
          date: row.clah_health_check_date,
          status: readable('health_check_status', row.clah_health_check_status),
          immunisationsUpToDate: null,
        });
      }),
      ...m.rows.of('ssd_cla_immunisations', person).map((row) => {
        const extra = { ...SEALED, at: row.clai_immunisations_status_date };
        return record(m, 'HealthCheck', `immunisations:${person}`, person, 'SOCIAL_CARE', extra, {
          type: 'Immunisations',
          date: row.clai_immunisations_status_date,
          status: null,
          immunisationsUpToDate: readable('yes_no_na', row.clai_immunisations_status),
        });
      }),
    ],
  },
  SubstanceUse: {
    tables: ['ssd_cla_substance_misuse'],
    found: [{ table: 'ssd_cla_substance_misuse', id: 'clas_substance_misuse_id', person: 'clas_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cla_substance_misuse', person).map((row) => {
        const extra = { ...SEALED, at: row.clas_substance_misuse_date };
        return record(m, 'SubstanceUse', row.clas_substance_misuse_id, person, 'SOCIAL_CARE', extra, {
          recordedOn: row.clas_substance_misuse_date,
          substance: row.clas_substance_misused,
          helpReceived: row.clas_intervention_received,
        });
      }),
  },
  Conviction: {
    tables: ['ssd_cla_convictions'],
    found: [{ table: 'ssd_cla_convictions', id: 'clac_cla_conviction_id', person: 'clac_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cla_convictions', person).map((row) => {
        const extra = { ...SEALED, at: row.clac_cla_conviction_date };
        return record(m, 'Conviction', row.clac_cla_conviction_id, person, 'SOCIAL_CARE', extra, {
          offenceOn: row.clac_cla_conviction_date,
          offence: row.clac_cla_conviction_offence,
        });
      }),
  },
  PreviousPermanence: {
    tables: ['ssd_cla_previous_permanence'],
    found: [{ table: 'ssd_cla_previous_permanence', id: 'lapp_table_id', person: 'lapp_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cla_previous_permanence', person).map((row) =>
        record(m, 'PreviousPermanence', row.lapp_table_id, person, 'SOCIAL_CARE', SEALED, {
          orderedOn: row.lapp_previous_permanence_order_date,
          optionCode: row.lapp_previous_permanence_option,
          option: readable('previous_permanence', row.lapp_previous_permanence_option),
          council: row.lapp_previous_permanence_la,
        }),
      ),
  },
  Permanence: {
    tables: ['ssd_permanence', 'ssd_cla_episodes'],
    found: [{ table: 'ssd_permanence', id: 'perm_table_id', person: 'perm_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_permanence', person).map((row) => {
        const worker = m.lookups.worker(row.perm_adoption_worker_id);
        const episode = carePeriodEpisode(m.rows, person, row.perm_cla_id);
        const at = row.perm_permanence_order_date ?? row.perm_placed_for_adoption_date ?? row.perm_adm_decision_date;
        const extra = { ...SEALED, author: worker?.id, episode, at };
        return record(m, 'Permanence', row.perm_table_id, person, 'SOCIAL_CARE', extra, {
          adoptionDecidedOn: row.perm_adm_decision_date,
          earlyPermanenceDecidedOn: row.perm_ffa_cp_decision_date,
          placementOrderOn: row.perm_placement_order_date,
          matchedOn: row.perm_matched_date,
          placedForAdoptionOn: row.perm_placed_for_adoption_date,
          placedForEarlyPermanenceOn: row.perm_placed_ffa_cp_date,
          decisionReversedOn: row.perm_decision_reversed_date,
          decisionReversedReason: readable('adoption_decision_reversed', row.perm_decision_reversed_reason),
          orderedOn: row.perm_permanence_order_date,
          orderType: row.perm_permanence_order_type,
          partOfSiblingGroup: row.perm_part_of_sibling_group,
          siblingsPlacedTogether: row.perm_siblings_placed_together,
          siblingsPlacedApart: row.perm_siblings_placed_apart,
        });
      }),
  },
  PreProceedings: {
    tables: ['ssd_pre_proceedings'],
    found: [
      { table: 'ssd_pre_proceedings', id: 'prep_table_id', person: 'prep_person_id' },
      { table: 'ssd_pre_proceedings', id: 'prep_person_id', person: 'prep_person_id', prefix: 'person:' },
    ],
    map: (m, person) =>
      withIds(person, m.rows.of('ssd_pre_proceedings', person), (row) => [
        row.prep_table_id,
        row.prep_pre_pro_decision_date,
      ]).map(({ id, row }) => {
        const extra = { ...SEALED, at: row.prep_pre_pro_decision_date ?? row.prep_care_pro_letter_date };
        return record(m, 'PreProceedings', id, person, 'SOCIAL_CARE', extra, {
          decidedOn: row.prep_pre_pro_decision_date,
          legalGatewayOutcome: row.prep_legal_gateway_outcome,
          letterSentOn: row.prep_pre_pro_letter_date,
          firstMeetingOn: row.prep_initial_pre_pro_meeting_date,
          reviewMeetings: row.prep_pre_pro_meetings_num,
          outcome: row.prep_pre_pro_outcome,
          steppedDownOrIssueAgreedOn: row.prep_agree_stepdown_issue_date,
          letterOfIssueSentOn: row.prep_care_pro_letter_date,
          parentsRepresented: row.prep_pre_pro_parents_legal_rep,
          courtReference: row.prep_court_reference,
          hearings: row.prep_care_proc_court_hearings,
          issuedAtShortNotice: row.prep_care_proc_short_notice,
          initialCarePlan: row.prep_la_initial_care_plan,
          initialPlanApproved: row.prep_la_inital_plan_approved,
          finalCarePlan: row.prep_la_final_care_plan,
          finalPlanApproved: row.prep_la_final_plan_approved,
        });
      }),
  },
} as const satisfies { readonly [T in RecordType]?: Mapper };
