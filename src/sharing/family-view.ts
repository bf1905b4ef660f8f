/**
 * The family view (FS-05): what a practitioner may show a named member of the family of the workbook and the plans. Every
 * record passes a door that knows for whom it is asked (`Operation.doorFor`); what stays behind is an outcome of the log and
 * nothing here. Who wrote an entry is left out: it would tell which services work with the others.
 */
import type { ShownRecord } from '../disclosure/released.js';
import type { RecordType } from '../domain/records.js';
import type { IsoInstant, Nature, PersonId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';
import type { StatementLine } from './drafts.js';

export interface FamilyViewPerson {
  readonly forename: string | null;
  readonly surname: string | null;
  readonly dateOfBirth: string | null;
}

export interface FamilyViewAssessment {
  readonly startedOn: string | null;
  readonly updatedOn: string | null;
  readonly summary: string | null;
  readonly strengths: string | null;
  readonly concerns: string | null;
  readonly capacityToChange: string | null;
  readonly nature: Nature;
}

export interface FamilyViewSummary {
  readonly month: string | null;
  readonly summary: string | null;
  readonly nature: Nature;
}

export interface FamilyViewRating {
  readonly about: FamilyViewPerson;
  readonly month: string | null;
  readonly rating: string | null;
  readonly reason: string | null;
  readonly nature: Nature;
}

/** A plan, or a review of one. */
export interface FamilyViewPlan {
  readonly about: FamilyViewPerson;
  readonly kind: FamilyViewPlanKind;
  readonly startedOn: string | null;
  readonly endedOn: string | null;
  /** Of a review. */
  readonly dueOn: string | null;
  readonly heldOn: string | null;
  /** Why there is a protection plan. */
  readonly category: string | null;
  readonly goals: string | null;
  readonly actions: string | null;
}

export interface FamilyView {
  readonly member: FamilyViewPerson;
  /** Children for whom the member holds parental responsibility, as far as they may be named. */
  readonly children: readonly FamilyViewPerson[];
  readonly parentingAssessments: readonly FamilyViewAssessment[];
  readonly monthlySummaries: readonly FamilyViewSummary[];
  readonly ratings: readonly FamilyViewRating[];
  readonly plans: readonly FamilyViewPlan[];
  /** When it was put together, and by whom it is shown. */
  readonly at: IsoInstant;
  readonly shownBy: string;
}

const PLAN_TYPES = [
  'ChildInNeedPlan',
  'ChildProtectionPlan',
  'LookedAfterPlan',
  'PlanReview',
  'SupportPlan',
] as const satisfies readonly RecordType[];
const PLAN_KINDS = {
  ChildInNeedPlan: 'CHILD_IN_NEED_PLAN',
  ChildProtectionPlan: 'CHILD_PROTECTION_PLAN',
  LookedAfterPlan: 'LOOKED_AFTER_PLAN',
  PlanReview: 'PLAN_REVIEW',
  SupportPlan: 'SUPPORT_PLAN',
} as const satisfies { readonly [T in (typeof PLAN_TYPES)[number]]: string };
export type FamilyViewPlanKind = (typeof PLAN_KINDS)[keyof typeof PLAN_KINDS];

const TYPES: readonly RecordType[] = [
  'PersonDetails',
  'ParentingAssessment',
  'MonthlySummary',
  'RagRating',
  ...PLAN_TYPES,
];

interface Shown {
  readonly type: RecordType;
  readonly subject: PersonId;
  readonly at: string;
  readonly record: ShownRecord;
}

/**
 * What may be shown to a member of a family; null where the requester may not show them anything, alike whether or not family
 * and member exist. Requires an operation whose purpose is SUBJECT_ACCESS: no other knows for whom it is asked.
 */
export async function familyView(
  operation: Operation,
  ask: { readonly family: string; readonly member: PersonId },
  draft: (line: StatementLine) => void,
): Promise<FamilyView | null> {
  if (operation.purpose !== 'SUBJECT_ACCESS') throw new Error('a family view is asked for another purpose');
  const { families, holdings, requester, at } = operation;
  const included = (await families.includedWith(ask.member, ask.family)) ?? [];
  const held = await holdings.own(TYPES, included);
  const passed = await operation.doorFor(ask.member).release(held.map(({ sealed }) => sealed));
  const shown = passed
    .flatMap(({ type, subject, at: made, record }): Shown[] => (record ? [{ type, subject, at: made, record }] : []))
    .sort((a, b) => compare(b.at, a.at) || compare(a.record.id, b.record.id));
  const names = new Map<PersonId, FamilyViewPerson>();
  for (const { subject, record } of of(shown, 'PersonDetails'))
    if (!names.has(subject)) names.set(subject, personOf(record));
  const member = names.get(ask.member);
  draft({
    did: 'FAMILY_VIEW',
    ids: member ? shown.map(({ record }) => record.id) : [],
    subjects: [ask.member],
    policies: [],
  });
  if (!member) return null;
  names.delete(ask.member);
  const known = (subject: PersonId) => (subject === ask.member ? member : names.get(subject));
  return {
    member,
    children: [...names.values()].sort((a, b) => compare(a.dateOfBirth ?? '', b.dateOfBirth ?? '')),
    parentingAssessments: of(shown, 'ParentingAssessment').map(({ record }) => ({
      startedOn: text(record['startedOn']),
      updatedOn: text(record['updatedOn']),
      summary: text(record['summary']),
      strengths: text(record['strengths']),
      concerns: text(record['concerns']),
      capacityToChange: text(record['capacityToChange']),
      nature: natureOf(record),
    })),
    monthlySummaries: of(shown, 'MonthlySummary').map(({ record }) => ({
      month: text(record['month']),
      summary: text(record['summary']),
      nature: natureOf(record),
    })),
    ratings: of(shown, 'RagRating').flatMap(({ subject, record }): FamilyViewRating[] => {
      const about = known(subject);
      if (!about) return [];
      const { month, rating, reason } = record;
      return [{ about, month: text(month), rating: text(rating), reason: text(reason), nature: natureOf(record) }];
    }),
    plans: PLAN_TYPES.flatMap((type) => of(shown, type)).flatMap(({ type, subject, record }): FamilyViewPlan[] => {
      const about = known(subject);
      return about ? [{ about, kind: PLAN_KINDS[type as keyof typeof PLAN_KINDS], ...planOf(record) }] : [];
    }),
    at,
    shownBy: requester.name,
  };
}

function of(shown: readonly Shown[], type: RecordType): readonly Shown[] {
  return shown.filter((one) => one.type === type);
}

function personOf(record: ShownRecord): FamilyViewPerson {
  return {
    forename: text(record['forename']),
    surname: text(record['surname']),
    dateOfBirth: text(record['dateOfBirth']),
  };
}

function planOf(record: ShownRecord): Omit<FamilyViewPlan, 'about' | 'kind'> {
  return {
    startedOn: text(record['startedOn']),
    endedOn: text(record['endedOn']),
    dueOn: text(record['dueOn']),
    heldOn: text(record['heldOn']),
    category: text(record['latestCategory']),
    goals: text(record['goals']),
    actions: text(record['actions']),
  };
}

/** Only stated ones pass the door for a member. */
function natureOf(record: ShownRecord): Nature {
  return record['nature'] as Nature;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
