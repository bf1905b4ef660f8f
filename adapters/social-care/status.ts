/** The status of a child, derived: SSD holds no status, only plans, episodes, enquiries and involvements. */
import type { PlanPeriodRow } from '../../src/domain/circumstances.js';
import type { IsoDate } from '../../src/domain/words.js';
import { isCurrent, period } from '../../src/sources/sql-values.js';
import type { Lookups } from './lookups.js';
import type { OwnTable, Rows } from './rows.js';
import type { Row } from './wire.js';

/** The tables that plan periods rest on. */
export const PLAN_TABLES = [
  'ssd_pre_proceedings',
  'ssd_cla_episodes',
  'ssd_cp_plans',
  'ssd_cin_plans',
] as const satisfies readonly OwnTable[];

/** How involvements name the child's allocated social worker: the role in words, or a code some systems hold. */
const SOCIAL_WORKER = /^(?:(?:allocated|lead)[ _-]+)?social[ _-]*worker$|^(?:ASW|SW)$/i;

/** The role of an involvement: `social worker` for the allocated one however it is written, else the source's own word. */
export function roleOf(row: Row<'ssd_involvements'>): string | null {
  const role = row.invo_professional_role_id;
  return role !== null && SOCIAL_WORKER.test(role) ? 'social worker' : role;
}

/** The periods of a child under a plan, from gravest to least grave. */
export function planPeriods(rows: Rows, child: string): PlanPeriodRow[] {
  return [
    ...rows.of('ssd_pre_proceedings', child).flatMap((row): PlanPeriodRow[] => {
      const from = row.prep_pre_pro_decision_date ?? row.prep_care_pro_letter_date;
      return from === null ? [] : [{ child, kind: 'PRE_PROCEEDINGS', ...period(from, endOfProceedings(row)) }];
    }),
    ...rows.of('ssd_cla_episodes', child).map(
      (row): PlanPeriodRow => ({
        child,
        kind: 'LOOKED_AFTER',
        ...period(row.clae_cla_episode_start_date, row.clae_cla_episode_ceased_date),
      }),
    ),
    ...rows.of('ssd_cp_plans', child).map(
      (row): PlanPeriodRow => ({
        child,
        kind: 'CHILD_PROTECTION',
        ...period(row.cppl_cp_plan_start_date, row.cppl_cp_plan_end_date),
      }),
    ),
    ...rows.of('ssd_cin_plans', child).map(
      (row): PlanPeriodRow => ({
        child,
        kind: 'CHILD_IN_NEED',
        ...period(row.cinp_cin_plan_start_date, row.cinp_cin_plan_end_date),
      }),
    ),
  ];
}

/**
 * SSD has no date on which proceedings ended. Stepped down: the day that was agreed. Issued (a letter of issue): open
 * until the final plan is approved, and then ended at the latest date there is.
 */
function endOfProceedings(row: Row<'ssd_pre_proceedings'>): IsoDate | null {
  if (row.prep_care_pro_letter_date === null) return row.prep_agree_stepdown_issue_date;
  if (row.prep_la_final_plan_approved !== true) return null;
  const dates = [row.prep_care_pro_letter_date, row.prep_agree_stepdown_issue_date].filter((date) => date !== null);
  return dates.sort().at(-1) ?? null;
}

const GRAVITY: readonly PlanPeriodRow['kind'][] = [
  'PRE_PROCEEDINGS',
  'LOOKED_AFTER',
  'CHILD_PROTECTION',
  'CHILD_IN_NEED',
];

/** The child's status today; undefined for somebody who never was a child of any plan, referral or enquiry. */
export function statusOf(rows: Rows, lookups: Lookups, child: string, today: IsoDate) {
  const plans = planPeriods(rows, child);
  const enquiries = rows.of('ssd_s47_enquiry', child);
  const episodes = rows.of('ssd_cin_episodes', child);
  if (plans.length + enquiries.length + episodes.length === 0) return undefined;
  const open = plans.filter((row) => isCurrent(row.from ?? null, row.until ?? null, today));
  const gravest = (kinds: readonly PlanPeriodRow['kind'][]) =>
    kinds.flatMap((kind) => open.filter((row) => row.kind === kind).sort(latestFirst)).at(0);
  const plan = gravest(GRAVITY.slice(1));
  const isUnderAssessment = episodes.some(
    (row) => isCurrent(row.cine_referral_date, row.cine_close_date, today) && row.cine_referral_nfa !== true,
  );
  const [lead] = rows
    .of('ssd_involvements', child)
    .filter((row) => roleOf(row) === 'social worker')
    .filter((row) => isCurrent(row.invo_involvement_start_date, row.invo_involvement_end_date, today))
    .sort((a, b) => (b.invo_involvement_start_date ?? '').localeCompare(a.invo_involvement_start_date ?? ''));
  const worker = lookups.worker(lead?.invo_professional_id ?? null);
  return {
    stage: gravest(GRAVITY)?.kind ?? (isUnderAssessment ? null : 'CLOSED'),
    planType: plan?.kind ?? null,
    planStartedOn: plan?.from ?? null,
    planEndsOn: plan?.until ?? null,
    leadProfessionalName: worker?.name ?? null,
    leadProfessionalRole: worker ? (worker.title ?? 'Social worker') : null,
    openS47Enquiry: enquiries.some((row) => isCurrent(row.s47e_s47_start_date, row.s47e_s47_end_date, today)),
  };
}

function latestFirst(a: PlanPeriodRow, b: PlanPeriodRow): number {
  return (b.from ?? '').localeCompare(a.from ?? '');
}
