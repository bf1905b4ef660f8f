/** Rows of the workbook → records. What has no readable confidentiality is locked: V. */
import type { ContentValue, RecordLabel, RecordType, SourceRecord } from '../../src/domain/records.js';
import {
  CONFIDENTIALITIES,
  type Confidentiality,
  type Nature,
  type RecordKind,
  type SourceId,
} from '../../src/domain/words.js';
import type { Row } from './wire.js';

function confidentialityOf(written: string | null): Confidentiality {
  return CONFIDENTIALITIES.find((value) => value === written?.toUpperCase()) ?? 'V';
}

interface Common {
  readonly id: string;
  readonly author_staff_id: string | null;
  readonly confidentiality: string | null;
  readonly nature?: Nature | null;
}

interface About {
  readonly type: RecordType;
  readonly kind: RecordKind;
  readonly subject: string;
  readonly at: string | null;
  readonly names?: readonly string[];
  readonly fromWorkWith?: readonly string[];
}

function record(
  source: SourceId,
  row: Common,
  { type, kind, subject, at, names = [], fromWorkWith = [subject] }: About,
  content: { readonly [field: string]: ContentValue },
  persons?: SourceRecord['persons'],
): SourceRecord {
  const label: RecordLabel<string> = {
    type,
    source,
    localId: row.id,
    subject,
    names,
    fromWorkWith,
    category: 'WORKBOOK',
    kind,
    confidentiality: confidentialityOf(row.confidentiality),
    addresses: [],
    ...(row.author_staff_id === null ? {} : { author: row.author_staff_id }),
    ...(row.nature ? { nature: row.nature } : {}),
    ...(at === null ? {} : { at }),
  };
  return persons === undefined ? { label, content } : { label, content, persons };
}

export function parentingAssessment(source: SourceId, row: Row<'gw_workbook_parenting_assessment'>): SourceRecord {
  const parent = row.parent_person_id;
  const about = {
    type: 'ParentingAssessment',
    kind: 'PARENTING_ASSESSMENT',
    subject: parent,
    at: row.updated_on ?? row.started_on,
  } as const;
  const content = {
    startedOn: row.started_on,
    updatedOn: row.updated_on,
    summary: row.summary,
    strengths: row.strengths,
    concerns: row.concerns,
    capacityToChange: row.capacity_to_change,
    nature: row.nature,
  };
  return record(source, row, about, content, { parent });
}

export function monthlySummary(source: SourceId, row: Row<'gw_workbook_monthly_summary'>): SourceRecord {
  const subject = row.about_person_id;
  const about = { type: 'MonthlySummary', kind: 'MONTHLY_SUMMARY', subject, at: row.recorded_at } as const;
  const content = {
    month: row.month,
    summary: row.summary,
    nature: row.nature,
    authorName: row.author_name,
    authorRole: row.author_role,
  };
  return record(source, row, about, content, { about: subject });
}

/** A rating is about the child and comes from work with the parent: the parent's side is judged as theirs. */
export function ragRating(source: SourceId, row: Row<'gw_workbook_rag_rating'>): SourceRecord {
  const child = row.child_person_id;
  const parent = row.parent_person_id;
  const parents = parent === null ? {} : { names: [parent], fromWorkWith: [parent] };
  const about = { type: 'RagRating', kind: 'RAG_RATING', subject: child, at: row.recorded_at, ...parents } as const;
  const content = {
    month: row.month,
    rating: row.rating,
    reason: row.reason,
    nature: row.nature,
    authorName: row.author_name,
    authorRole: row.author_role,
  };
  return record(source, row, about, content, parent === null ? { child } : { child, parent });
}

export function supervision(
  source: SourceId,
  row: Row<'gw_workbook_supervision'>,
  persons: readonly Row<'gw_workbook_supervision_person'>[],
): SourceRecord {
  const subject = row.index_child_id;
  const named = persons.filter((person) => person.supervision_id === row.id).map((person) => person.person_id);
  const names = [...new Set(named)].filter((person) => person !== subject).sort();
  // A team speaks of its work with each of them: what comes of work with a victim is in it, and it cannot be split.
  const fromWorkWith = [subject, ...names];
  const about = {
    type: 'Supervision',
    kind: 'SUPERVISION_NOTE',
    subject,
    at: row.held_on,
    names,
    fromWorkWith,
  } as const;
  const content = {
    heldOn: row.held_on,
    agreedRating: row.agreed_rating,
    discussion: row.discussion,
    decisions: row.decisions,
    approved: row.approved_at !== null,
  };
  return record(source, row, about, content);
}
