/** What the council knows of a child it looks after, and of those who have left its care. */
import type { RecordType } from '../../src/domain/records.js';
import { flagged, readable } from './codes.js';
import { carePeriodEpisode, type Mapper, record, withIds } from './record.js';

export const CARE = {
  LookedAfterPlan: {
    tables: ['ssd_cla_episodes', 'ssd_cla_placement'],
    found: [{ table: 'ssd_cla_episodes', id: 'clae_cla_episode_id', person: 'clae_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cla_episodes', person).map((row) => {
        const [placement] = m.rows.on('ssd_cla_placement', row.clae_cla_placement_id);
        const extra = { episode: row.clae_referral_id, at: row.clae_cla_episode_start_date };
        return record(m, 'LookedAfterPlan', row.clae_cla_episode_id, person, 'PLAN', extra, {
          startedOn: row.clae_cla_episode_start_date,
          endedOn: row.clae_cla_episode_ceased_date,
          enteredCareOn: row.clae_entered_care_date,
          primaryNeedCode: row.clae_cla_primary_need_code,
          primaryNeed: readable('cin_primary_need', row.clae_cla_primary_need_code),
          reviewingOfficerContactOn: row.clae_cla_last_iro_contact_date,
          startReason: readable('cla_reason_new_episode', row.clae_cla_episode_start_reason),
          endReason: readable('cla_reason_episode_ceased', row.clae_cla_episode_ceased_reason),
          placementType: readable('cla_placement_type', placement?.clap_cla_placement_type ?? null),
          placementPostcode: placement?.clap_cla_placement_postcode ?? null,
        });
      }),
  },
  LegalStatus: {
    tables: ['ssd_legal_status'],
    found: [{ table: 'ssd_legal_status', id: 'lega_legal_status_id', person: 'lega_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_legal_status', person).map((row) => {
        const extra = { at: row.lega_legal_status_start_date };
        return record(m, 'LegalStatus', row.lega_legal_status_id, person, 'SOCIAL_CARE', extra, {
          code: row.lega_legal_status,
          meaning: readable('cla_legal_status', row.lega_legal_status),
          from: row.lega_legal_status_start_date,
          until: row.lega_legal_status_end_date,
        });
      }),
  },
  Placement: {
    tables: ['ssd_cla_placement', 'ssd_cla_episodes'],
    found: [{ table: 'ssd_cla_placement', id: 'clap_cla_placement_id', person: 'clap_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cla_placement', person).map((row) => {
        const episode = carePeriodEpisode(m.rows, person, row.clap_cla_id);
        const extra = { episode, at: row.clap_cla_placement_start_date };
        return record(m, 'Placement', row.clap_cla_placement_id, person, 'PLAN', extra, {
          startedOn: row.clap_cla_placement_start_date,
          endedOn: row.clap_cla_placement_end_date,
          typeCode: row.clap_cla_placement_type,
          type: readable('cla_placement_type', row.clap_cla_placement_type),
          providerCode: row.clap_cla_placement_provider,
          provider: readable('cla_placement_provider', row.clap_cla_placement_provider),
          endReasonCode: row.clap_cla_placement_change_reason,
          endReason: readable('cla_placement_change_reason', row.clap_cla_placement_change_reason),
          postcode: row.clap_cla_placement_postcode,
          settingNumber: row.clap_cla_placement_urn,
          distanceFromHome: row.clap_cla_placement_distance,
        });
      }),
  },
  CarePlan: {
    tables: ['ssd_cla_care_plan'],
    found: [{ table: 'ssd_cla_care_plan', id: 'lacp_table_id', person: 'lacp_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cla_care_plan', person).map((row) => {
        const extra = { at: row.lacp_cla_care_plan_start_date };
        return record(m, 'CarePlan', row.lacp_table_id, person, 'PLAN', extra, {
          startedOn: row.lacp_cla_care_plan_start_date,
          endedOn: row.lacp_cla_care_plan_end_date,
          permanence: flagged('care_plan_keys', row.lacp_cla_care_plan_json),
        });
      }),
  },
  /** A measure of the child's mental health: as protected as the record of the work, and sealed. */
  SdqScore: {
    tables: ['ssd_sdq_scores'],
    found: [{ table: 'ssd_sdq_scores', id: 'csdq_table_id', person: 'csdq_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_sdq_scores', person).map((row) => {
        const extra = { confidentiality: 'R', at: row.csdq_sdq_completed_date } as const;
        return record(m, 'SdqScore', row.csdq_table_id, person, 'SOCIAL_CARE', extra, {
          completedOn: row.csdq_sdq_completed_date,
          score: row.csdq_sdq_score,
          noScoreReasonCode: row.csdq_sdq_reason,
          noScoreReason: readable('sdq_reason_missing', row.csdq_sdq_reason),
        });
      }),
  },
  MissingEpisode: {
    tables: ['ssd_missing'],
    found: [{ table: 'ssd_missing', id: 'miss_table_id', person: 'miss_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_missing', person).map((row) => {
        const extra = { at: row.miss_missing_episode_start_date };
        return record(m, 'MissingEpisode', row.miss_table_id, person, 'SOCIAL_CARE', extra, {
          startedOn: row.miss_missing_episode_start_date,
          endedOn: row.miss_missing_episode_end_date,
          typeCode: row.miss_missing_episode_type,
          type: readable('missing_type', row.miss_missing_episode_type),
          returnInterviewOffered: readable('yes_no_na', row.miss_missing_rhi_offered),
          returnInterviewAccepted: readable('yes_no_na', row.miss_missing_rhi_accepted),
        });
      }),
  },
  CareLeaver: {
    tables: ['ssd_care_leavers'],
    found: [
      { table: 'ssd_care_leavers', id: 'clea_table_id', person: 'clea_person_id' },
      { table: 'ssd_care_leavers', id: 'clea_person_id', person: 'clea_person_id', prefix: 'person:' },
    ],
    map: (m, person) =>
      withIds(
        person,
        m.rows.of('ssd_care_leavers', person),
        ({ clea_table_id: id, clea_care_leaver_latest_contact: at }) => [id, at],
      ).map(({ id, row }) => {
        const adviser = row.clea_care_leaver_personal_advisor;
        const worker = m.lookups.worker(row.clea_care_leaver_worker_id);
        const extra = { at: row.clea_care_leaver_latest_contact ?? row.clea_pathway_plan_review_date };
        const content = {
          eligibilityCode: row.clea_care_leaver_eligibility,
          eligibility: readable('care_leaver_eligibility', row.clea_care_leaver_eligibility),
          inTouchCode: row.clea_care_leaver_in_touch,
          inTouch: readable('care_leaver_in_touch', row.clea_care_leaver_in_touch),
          lastContactOn: row.clea_care_leaver_latest_contact,
          accommodationCode: row.clea_care_leaver_accommodation,
          accommodation: readable('care_leaver_accommodation', row.clea_care_leaver_accommodation),
          accommodationSuitable: readable('care_leaver_accommodation_suitable', row.clea_care_leaver_accom_suitable),
          activityCode: row.clea_care_leaver_activity,
          activity: readable('care_leaver_activity', row.clea_care_leaver_activity),
          pathwayPlanReviewedOn: row.clea_pathway_plan_review_date,
          // A name, or the id of one of the workers: an id is nothing to show.
          personalAdviserName: m.lookups.worker(adviser)?.name ?? (adviser?.includes(' ') ? adviser : null),
          workerName: worker?.name ?? null,
          teamName: m.lookups.team(row.clea_care_leaver_allocated_team)?.dept_team_name ?? null,
        };
        return record(m, 'CareLeaver', id, person, 'SOCIAL_CARE', extra, content, { person });
      }),
  },
} as const satisfies { readonly [T in RecordType]?: Mapper };
