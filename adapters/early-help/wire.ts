/** What the source sends: rows of the early-help views. The contract of each column is in README.md. */
import { z } from 'zod';
import type { Contract } from '../../src/sources/sql.js';
import { sqlDate, sqlFlag, sqlInstant, sqlKey, sqlText } from '../../src/sources/sql-values.js';

const word = sqlText.transform((value) => value?.toUpperCase() ?? null);

export const SHAPES = {
  gw_eh_person: z.object({
    person_id: sqlKey,
    forename: sqlText,
    surname: sqlText,
    dob: sqlDate,
    sex: sqlText,
    house: sqlText,
    street: sqlText,
    town: sqlText,
    postcode: sqlText,
    phone: sqlText,
    school: sqlText,
  }),
  gw_eh_family_member: z.object({ family_id: sqlKey, person_id: sqlKey, is_child: sqlFlag, in_workflow: sqlFlag }),
  gw_eh_episode: z.object({
    episode_id: sqlKey,
    family_id: sqlKey,
    index_person_id: sqlKey,
    started_on: sqlDate,
    ended_on: sqlDate,
    reason: sqlText,
    end_reason: sqlText,
    keyworker_staff_id: sqlText,
    keyworker_name: sqlText,
    team_id: sqlText,
    service_name: sqlText,
  }),
  gw_eh_assessment: z.object({
    assessment_id: sqlKey,
    episode_id: sqlText,
    child_person_id: sqlKey,
    completed_on: sqlDate,
    summary: sqlText,
    needs: sqlText,
    author_staff_id: sqlText,
  }),
  gw_eh_support_plan: z.object({
    plan_id: sqlKey,
    episode_id: sqlText,
    child_person_id: sqlKey,
    started_on: sqlDate,
    review_due_on: sqlDate,
    ended_on: sqlDate,
    goals: sqlText,
    actions: sqlText,
    author_staff_id: sqlText,
  }),
  gw_eh_outcome: z.object({
    outcome_id: sqlKey,
    episode_id: sqlText,
    child_person_id: sqlKey,
    recorded_on: sqlDate,
    domain: sqlText,
    progress: sqlText,
    summary: sqlText,
    author_staff_id: sqlText,
  }),
  gw_eh_service_consent: z.object({
    person_id: sqlKey,
    // What cannot be read agrees to nothing: it stands as a withdrawal.
    state: word.pipe(z.enum(['GIVEN', 'REFUSED', 'WITHDRAWN'])).catch('WITHDRAWN'),
    recorded_at: sqlInstant.catch(null),
  }),
  gw_eh_cp_ground: z.object({ family_id: sqlKey, ground: word.pipe(z.enum(['OPEN_BEFORE', 'ENDING', 'SPECIAL'])) }),
} as const;

export type TableName = keyof typeof SHAPES;
export type Row<T extends TableName> = z.output<(typeof SHAPES)[T]>;

export const CONTRACT: Contract = Object.fromEntries(
  Object.entries(SHAPES).map(([table, shape]) => [
    table,
    { columns: Object.keys(shape.shape), ...(table === 'gw_eh_person' ? { requires: 'person_id' } : {}) },
  ]),
);
