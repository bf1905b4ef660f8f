/** What the work with a child consists of, from the first contact to the conference. */
import type { RecordType } from '../../src/domain/records.js';
import type { RecordKind } from '../../src/domain/words.js';
import { factorOf, flagged, readable } from './codes.js';
import { type Mapper, type Mapping, record } from './record.js';
import { PLAN_TABLES, statusOf } from './status.js';
import type { Row } from './wire.js';

export const WORK = {
  ChildStatus: {
    tables: [...PLAN_TABLES, 'ssd_s47_enquiry', 'ssd_cin_episodes', 'ssd_involvements'],
    found: [{ table: 'ssd_person', id: 'pers_person_id', person: 'pers_person_id' }],
    map: (m, person) => {
      const status = statusOf(m.rows, m.lookups, person, m.today);
      return status ? [record(m, 'ChildStatus', person, person, 'STATUS', { at: status.planStartedOn }, status)] : [];
    },
  },
  Contact: {
    tables: ['ssd_contacts'],
    found: [{ table: 'ssd_contacts', id: 'cont_contact_id', person: 'cont_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_contacts', person).map((row) =>
        record(
          m,
          'Contact',
          row.cont_contact_id,
          person,
          'SOCIAL_CARE',
          { at: row.cont_contact_date },
          {
            receivedOn: row.cont_contact_date,
            sourceCode: row.cont_contact_source_code,
            source: readable('cin_referral_source', row.cont_contact_source_code, row.cont_contact_source_desc),
            outcomes: flagged('contact_outcome_keys', row.cont_contact_outcome_json),
          },
        ),
      ),
  },
  /** Early help as the council's case system has it; the early-help system's own record is another source's. */
  EarlyHelpEpisode: {
    tables: ['ssd_early_help_episodes'],
    found: [{ table: 'ssd_early_help_episodes', id: 'earl_episode_id', person: 'earl_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_early_help_episodes', person).map((row) => {
        const worker = m.lookups.worker(row.earl_episode_worker_id);
        const extra = { author: worker?.id, at: row.earl_episode_start_date };
        const content = {
          startedOn: row.earl_episode_start_date,
          endedOn: row.earl_episode_end_date,
          reason: row.earl_episode_reason,
          endReason: row.earl_episode_end_reason,
          keyworkerName: worker?.name ?? null,
          serviceName: row.earl_episode_organisation,
        };
        return record(m, 'EarlyHelpEpisode', row.earl_episode_id, person, 'EARLY_HELP', extra, content, {});
      }),
  },
  Referral: {
    tables: ['ssd_cin_episodes', 'gw_referral_origin'],
    found: [{ table: 'ssd_cin_episodes', id: 'cine_referral_id', person: 'cine_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_episodes', person).map((row) =>
        record(m, 'Referral', row.cine_referral_id, person, 'SOCIAL_CARE', ofReferral(m, row, 'REFERRAL'), {
          receivedOn: row.cine_referral_date,
          primaryNeedCode: row.cine_cin_primary_need_code,
          primaryNeed: readable('cin_primary_need', row.cine_cin_primary_need_code),
          sourceCode: row.cine_referral_source_code,
          source: readable('cin_referral_source', row.cine_referral_source_code, row.cine_referral_source_desc),
          closedOn: row.cine_close_date,
          closeReasonCode: row.cine_close_reason,
          closeReason: readable('cin_closure_reason', row.cine_close_reason),
        }),
      ),
  },
  ReferralDecision: {
    tables: ['ssd_cin_episodes', 'gw_referral_origin'],
    found: [{ table: 'ssd_cin_episodes', id: 'cine_referral_id', person: 'cine_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_episodes', person).flatMap((row) => {
        const outcomes = flagged('referral_outcome_keys', row.cine_referral_outcome_json);
        if (row.cine_referral_nfa === null && (outcomes ?? []).length === 0) return [];
        // SSD holds no date of the decision; a referral that went no further was decided at the latest when it closed.
        const decidedOn = row.cine_referral_nfa === true ? row.cine_close_date : null;
        const content = { decidedOn, outcomes, noFurtherAction: row.cine_referral_nfa };
        const extra = ofReferral(m, row, 'REFERRAL_DECISION');
        return [record(m, 'ReferralDecision', row.cine_referral_id, person, 'STATUS', extra, content)];
      }),
  },
  Assessment: {
    tables: ['ssd_cin_assessments', 'ssd_assessment_factors'],
    found: [{ table: 'ssd_cin_assessments', id: 'cina_assessment_id', person: 'cina_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_assessments', person).map((row) => {
        const codes = m.rows
          .on('ssd_assessment_factors', row.cina_assessment_id)
          .flatMap((f) => f.cinf_assessment_factors_json ?? []);
        const extra = {
          kind: 'ASSESSMENT',
          author: m.lookups.worker(row.cina_assessment_worker_id)?.id,
          episode: row.cina_referral_id,
          at: row.cina_assessment_auth_date ?? row.cina_assessment_start_date,
        } as const;
        return record(m, 'Assessment', row.cina_assessment_id, person, 'SOCIAL_CARE', extra, {
          startedOn: row.cina_assessment_start_date,
          authorisedOn: row.cina_assessment_auth_date,
          childSeen: row.cina_assessment_child_seen,
          noFurtherAction: row.cina_assessment_outcome_nfa,
          outcomes: flagged('assessment_outcome_keys', row.cina_assessment_outcome_json),
          comments: row.cina_assessment_outcome_json?.COMMENTS ?? null,
          factors: [...new Set(codes)].map(factorOf),
        });
      }),
  },
  S47Enquiry: {
    tables: ['ssd_s47_enquiry', 'gw_s47_person'],
    found: [{ table: 'ssd_s47_enquiry', id: 's47e_s47_enquiry_id', person: 's47e_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_s47_enquiry', person).map((row) => {
        const named = m.rows.on('gw_s47_person', row.s47e_s47_enquiry_id).map((other) => other.person_id);
        const extra = {
          names: [...new Set(named)].filter((other) => other !== person).sort(),
          author: m.lookups.worker(row.s47e_s47_completed_by_worker_id)?.id,
          episode: row.s47e_referral_id,
          at: row.s47e_s47_start_date,
        };
        return record(m, 'S47Enquiry', row.s47e_s47_enquiry_id, person, 'SOCIAL_CARE', extra, {
          startedOn: row.s47e_s47_start_date,
          endedOn: row.s47e_s47_end_date,
          noFurtherAction: row.s47e_s47_nfa,
          outcomes: flagged('s47_outcome_keys', row.s47e_s47_outcome_json),
          comments: row.s47e_s47_outcome_json?.OUTCOME_COMMENTS ?? null,
        });
      }),
  },
  Conference: {
    tables: ['ssd_initial_cp_conference'],
    found: [{ table: 'ssd_initial_cp_conference', id: 'icpc_icpc_id', person: 'icpc_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_initial_cp_conference', person).map((row) => {
        const author = m.lookups.worker(row.icpc_icpc_worker_id)?.id;
        const extra = { author, episode: row.icpc_referral_id, at: row.icpc_icpc_date ?? row.icpc_icpc_target_date };
        return record(m, 'Conference', row.icpc_icpc_id, person, 'SOCIAL_CARE', extra, {
          dueOn: row.icpc_icpc_target_date,
          heldOn: row.icpc_icpc_date,
          transferredIn: row.icpc_icpc_transfer_in,
          endedInPlan: row.icpc_icpc_outcome_cp_flag,
          outcomes: flagged('icpc_outcome_keys', row.icpc_icpc_outcome_json),
          comments: row.icpc_icpc_outcome_json?.COMMENTS ?? null,
        });
      }),
  },
} as const satisfies { readonly [T in RecordType]?: Mapper };

function ofReferral(m: Mapping, row: Row<'ssd_cin_episodes'>, kind: RecordKind) {
  const [origin] = m.rows.on('gw_referral_origin', row.cine_referral_id);
  const author = m.lookups.worker(row.cine_referral_worker_id)?.id;
  return { kind, author, referredBy: origin?.agency_id, episode: row.cine_referral_id, at: row.cine_referral_date };
}
