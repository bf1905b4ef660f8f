/** Plans of a child, their reviews, and the visits made under them. */
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { IsoDate } from '../../src/domain/words.js';
import { readable } from './codes.js';
import { carePeriodEpisode, cpEpisode, type Mapper, type Mapping, record } from './record.js';

export const PLANS = {
  ChildInNeedPlan: {
    tables: ['ssd_cin_plans'],
    found: [{ table: 'ssd_cin_plans', id: 'cinp_cin_plan_id', person: 'cinp_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_plans', person).map((row) => {
        const author = m.lookups.worker(row.cinp_cin_plan_worker_id)?.id;
        const extra = {
          kind: 'CIN_PLAN',
          author,
          episode: row.cinp_referral_id,
          at: row.cinp_cin_plan_start_date,
        } as const;
        return record(m, 'ChildInNeedPlan', row.cinp_cin_plan_id, person, 'PLAN', extra, {
          startedOn: row.cinp_cin_plan_start_date,
          endedOn: row.cinp_cin_plan_end_date,
          teamName: m.lookups.team(row.cinp_cin_plan_team)?.dept_team_name ?? null,
        });
      }),
  },
  ChildProtectionPlan: {
    tables: ['ssd_cp_plans'],
    found: [{ table: 'ssd_cp_plans', id: 'cppl_cp_plan_id', person: 'cppl_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cp_plans', person).map((row) => {
        const extra = { episode: row.cppl_referral_id, at: row.cppl_cp_plan_start_date };
        return record(m, 'ChildProtectionPlan', row.cppl_cp_plan_id, person, 'PLAN', extra, {
          startedOn: row.cppl_cp_plan_start_date,
          endedOn: row.cppl_cp_plan_end_date,
          heldByAnotherCouncil: row.cppl_cp_plan_ola,
          initialCategoryCode: row.cppl_cp_plan_initial_category,
          initialCategory: readable('cp_category_of_abuse', row.cppl_cp_plan_initial_category),
          latestCategoryCode: row.cppl_cp_plan_latest_category,
          latestCategory: readable('cp_category_of_abuse', row.cppl_cp_plan_latest_category),
        });
      }),
  },
  PlanReview: {
    tables: ['ssd_cp_reviews', 'ssd_cla_reviews', 'ssd_cp_plans', 'ssd_cla_episodes'],
    found: [
      { table: 'ssd_cp_reviews', id: 'cppr_cp_review_id', person: 'cppr_person_id', prefix: 'cp:' },
      { table: 'ssd_cla_reviews', id: 'clar_cla_review_id', person: 'clar_cla_person_id', prefix: 'cla:' },
    ],
    map: (m, person) => [
      ...m.rows.of('ssd_cp_reviews', person).map((row) => {
        const at = row.cppr_cp_review_date ?? row.cppr_cp_review_due;
        const extra = { episode: cpEpisode(m.rows, person, row.cppr_cp_plan_id), at };
        return record(m, 'PlanReview', `cp:${row.cppr_cp_review_id}`, person, 'PLAN', extra, {
          planType: 'CHILD_PROTECTION',
          dueOn: row.cppr_cp_review_due,
          heldOn: row.cppr_cp_review_date,
          planContinues: row.cppr_cp_review_outcome_continue_cp,
          quorate: row.cppr_cp_review_quorate,
          participation: readable('review_participation', row.cppr_cp_review_participation),
        });
      }),
      ...m.rows
        .of('ssd_cla_reviews', person)
        .filter((row) => row.clar_cla_review_cancelled !== true)
        .map((row) => {
          const at = row.clar_cla_review_date ?? row.clar_cla_review_due_date;
          const extra = { episode: carePeriodEpisode(m.rows, person, row.clar_cla_id), at };
          return record(m, 'PlanReview', `cla:${row.clar_cla_review_id}`, person, 'PLAN', extra, {
            planType: 'LOOKED_AFTER',
            dueOn: row.clar_cla_review_due_date,
            heldOn: row.clar_cla_review_date,
            planContinues: null,
            quorate: null,
            participation: readable('review_participation', row.clar_cla_review_participation),
          });
        }),
    ],
  },
  Visit: {
    tables: ['ssd_cin_visits', 'ssd_cp_visits', 'ssd_cla_visits', 'ssd_cin_plans', 'ssd_cp_plans', 'ssd_cla_episodes'],
    found: [
      { table: 'ssd_cin_visits', id: 'cinv_cin_visit_id', person: 'cinv_person_id', prefix: 'cin:' },
      { table: 'ssd_cp_visits', id: 'cppv_cp_visit_id', person: 'cppv_person_id', prefix: 'cp:' },
      { table: 'ssd_cla_visits', id: 'clav_cla_visit_id', person: 'clav_person_id', prefix: 'cla:' },
    ],
    map: (m, person) => [
      ...m.rows.of('ssd_cin_visits', person).map((row) => {
        const plan = m.rows.of('ssd_cin_plans', person).find((p) => p.cinp_cin_plan_id === row.cinv_cin_plan_id);
        const seen = {
          visitedOn: row.cinv_cin_visit_date,
          childSeen: row.cinv_cin_visit_seen,
          childSeenAlone: row.cinv_cin_visit_seen_alone,
          bedroomSeen: row.cinv_cin_visit_bedroom,
        };
        return visit(m, `cin:${row.cinv_cin_visit_id}`, person, 'CHILD_IN_NEED', plan?.cinp_referral_id ?? null, seen);
      }),
      ...m.rows.of('ssd_cp_visits', person).map((row) => {
        const seen = {
          visitedOn: row.cppv_cp_visit_date,
          childSeen: row.cppv_cp_visit_seen,
          childSeenAlone: row.cppv_cp_visit_seen_alone,
          bedroomSeen: row.cppv_cp_visit_bedroom,
        };
        const episode = cpEpisode(m.rows, person, row.cppv_cp_plan_id);
        return visit(m, `cp:${row.cppv_cp_visit_id}`, person, 'CHILD_PROTECTION', episode, seen);
      }),
      ...m.rows.of('ssd_cla_visits', person).map((row) => {
        const seen = {
          visitedOn: row.clav_cla_visit_date,
          childSeen: row.clav_cla_visit_seen,
          childSeenAlone: row.clav_cla_visit_seen_alone,
          bedroomSeen: null,
        };
        const episode = carePeriodEpisode(m.rows, person, row.clav_cla_id);
        return visit(m, `cla:${row.clav_cla_visit_id}`, person, 'LOOKED_AFTER', episode, seen);
      }),
    ],
  },
} as const satisfies { readonly [T in RecordType]?: Mapper };

function visit(
  m: Mapping,
  localId: string,
  child: string,
  planType: 'CHILD_IN_NEED' | 'CHILD_PROTECTION' | 'LOOKED_AFTER',
  episode: string | null,
  seen: {
    readonly visitedOn: IsoDate | null;
    readonly childSeen: boolean | null;
    readonly childSeenAlone: boolean | null;
    readonly bedroomSeen: boolean | null;
  },
): SourceRecord {
  return record(m, 'Visit', localId, child, 'SOCIAL_CARE', { episode, at: seen.visitedOn }, { planType, ...seen });
}
