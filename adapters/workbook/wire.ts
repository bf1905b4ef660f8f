/** What the source sends: rows of the workbook views. The contract of each column is in README.md. */
import { z } from 'zod';
import { NATURES } from '../../src/domain/words.js';
import type { Contract } from '../../src/sources/sql.js';
import { sqlDate, sqlInstant, sqlKey, sqlText } from '../../src/sources/sql-values.js';

/** YYYY-MM; a whole date is cut to its month. */
const month = sqlText
  .pipe(
    z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])(-\d{2})?$/)
      .nullable(),
  )
  .transform((value) => value?.slice(0, 7) ?? null);
const rating = sqlText
  .transform((value) => value?.toUpperCase() ?? null)
  .pipe(z.enum(['RED', 'AMBER', 'GREEN']).nullable());
/** FACT, OPINION or THIRD_PARTY_REPORT; anything else is not known. */
const nature = sqlText.transform((value) => NATURES.find((known) => known === value?.trim().toUpperCase()) ?? null);
const authored = { author_staff_id: sqlText, author_name: sqlText, author_role: sqlText, recorded_at: sqlInstant };

export const SHAPES = {
  gw_workbook_parenting_assessment: z.object({
    id: sqlKey,
    parent_person_id: sqlKey,
    started_on: sqlDate,
    updated_on: sqlDate,
    summary: sqlText,
    strengths: sqlText,
    concerns: sqlText,
    capacity_to_change: sqlText,
    author_staff_id: sqlText,
    confidentiality: sqlText,
    nature,
  }),
  gw_workbook_monthly_summary: z.object({
    id: sqlKey,
    about_person_id: sqlKey,
    month,
    summary: sqlText,
    ...authored,
    confidentiality: sqlText,
    nature,
  }),
  gw_workbook_rag_rating: z.object({
    id: sqlKey,
    child_person_id: sqlKey,
    parent_person_id: sqlText,
    month,
    rating,
    reason: sqlText,
    ...authored,
    confidentiality: sqlText,
    nature,
  }),
  gw_workbook_supervision: z.object({
    id: sqlKey,
    index_child_id: sqlKey,
    held_on: sqlDate,
    agreed_rating: rating,
    discussion: sqlText,
    decisions: sqlText,
    author_staff_id: sqlText,
    approved_at: sqlInstant,
    confidentiality: sqlText,
  }),
  gw_workbook_supervision_person: z.object({ supervision_id: sqlKey, person_id: sqlKey }),
} as const;

export type TableName = keyof typeof SHAPES;
export type Row<T extends TableName> = z.output<(typeof SHAPES)[T]>;

export const CONTRACT: Contract = Object.fromEntries(
  Object.entries(SHAPES).map(([table, shape]) => [table, { columns: Object.keys(shape.shape) }]),
);
