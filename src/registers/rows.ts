/** Statements as rows of the store: columns in one order, lists joined by `;`, instants in the register's one form. */
import type { RecordType } from '../domain/records.js';
import type { IsoInstant } from '../domain/words.js';
import type { Transaction } from '../store/store.js';
import type { ConsentStatement, ExceptionRecord, Judgement, Scope, ServiceConsent } from './statements.js';

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** Values in the order of the columns. */
export interface TableWriter<T> {
  readonly table: string;
  readonly columns: readonly string[];
  values(statement: T): Value[];
}

export async function insertRow<T>(
  transaction: Transaction,
  { table, columns, values }: TableWriter<T>,
  row: T,
): Promise<void> {
  await transaction.insert(table, columns, [values(row)]);
}

const SCOPE = ['categories', 'holders', 'recipients', 'purposes'] as const;

export const consentRows: TableWriter<ConsentStatement> = {
  table: 'consent_statement',
  columns: [
    'id',
    'subject',
    'state',
    'given_by',
    'capacity',
    ...SCOPE,
    'from_at',
    'until_at',
    'recorded_at',
    'recorded_by',
    'method',
    'review_on',
    'competence',
  ],
  values: (s) => [
    s.id,
    s.subject,
    s.state,
    s.givenBy,
    s.capacity,
    ...scopeValues(s),
    instant(s.from),
    optional(s.until),
    instant(s.recordedAt),
    s.recordedBy,
    s.method,
    s.reviewOn ?? null,
    s.competence ?? null,
  ],
};

export const serviceConsentRows: TableWriter<ServiceConsent> = {
  table: 'service_consent',
  columns: [
    'id',
    'subject',
    'state',
    'given_by',
    'capacity',
    'service',
    'from_at',
    'recorded_at',
    'recorded_by',
    'method',
    'competence',
  ],
  values: (s) => [
    s.id,
    s.subject,
    s.state,
    s.givenBy,
    s.capacity,
    s.service,
    instant(s.from),
    instant(s.recordedAt),
    s.recordedBy,
    s.method,
    s.competence ?? null,
  ],
};

export const exceptionRows: TableWriter<ExceptionRecord> = {
  table: 'exception_record',
  columns: [
    'id',
    'subjects',
    'gateway',
    ...SCOPE,
    'overrides_refusal',
    'from_at',
    'until_at',
    'recorded_at',
    'recorded_by',
    'approved_by',
    'answers',
  ],
  values: (e) => [
    e.id,
    join(e.subjects),
    e.gateway,
    ...scopeValues(e),
    e.overridesRefusal ? 1 : 0,
    instant(e.from),
    instant(e.until),
    instant(e.recordedAt),
    e.recordedBy,
    e.approvedBy ?? null,
    JSON.stringify(e.answers),
  ],
};

export const judgementRows: TableWriter<Judgement> = {
  table: 'relevance_judgement',
  columns: [
    'id',
    'source',
    'type',
    'local_id',
    'episode',
    'subject',
    'holder',
    'serves_child',
    'serves_adult',
    'factor',
    'decision',
    'why',
    'judged_at',
    'judged_by',
  ],
  values: (j) => [
    j.id,
    j.source,
    j.type,
    j.localId ?? null,
    j.episode ?? null,
    j.subject,
    j.holder,
    j.servesChild ?? null,
    j.servesAdult ?? null,
    j.factor,
    j.decision,
    j.why,
    instant(j.judgedAt),
    j.judgedBy,
  ],
};

export function readConsent(row: Row): ConsentStatement {
  return {
    id: text(row.id),
    subject: text(row.subject),
    state: text(row.state) as ConsentStatement['state'],
    givenBy: text(row.given_by),
    capacity: text(row.capacity) as ConsentStatement['capacity'],
    ...readScope(row),
    from: text(row.from_at),
    ...(row.until_at ? { until: text(row.until_at) } : {}),
    recordedAt: text(row.recorded_at),
    recordedBy: text(row.recorded_by),
    method: text(row.method),
    ...(row.review_on ? { reviewOn: text(row.review_on) } : {}),
    ...(row.competence ? { competence: text(row.competence) } : {}),
  };
}

export function readServiceConsent(row: Row): ServiceConsent {
  return {
    id: text(row.id),
    subject: text(row.subject),
    state: text(row.state) as ServiceConsent['state'],
    givenBy: text(row.given_by),
    capacity: text(row.capacity) as ServiceConsent['capacity'],
    service: text(row.service),
    from: text(row.from_at),
    recordedAt: text(row.recorded_at),
    recordedBy: text(row.recorded_by),
    method: text(row.method),
    ...(row.competence ? { competence: text(row.competence) } : {}),
  };
}

export function readException(row: Row): ExceptionRecord {
  return {
    id: text(row.id),
    subjects: text(row.subjects).split(';'),
    gateway: text(row.gateway),
    ...readScope(row),
    overridesRefusal: row.overrides_refusal === 1,
    from: text(row.from_at),
    until: text(row.until_at),
    recordedAt: text(row.recorded_at),
    recordedBy: text(row.recorded_by),
    ...approvalOf(row),
    answers: JSON.parse(text(row.answers)) as { [question: string]: string },
  };
}

/** A row read without what it waits for (`awaiting`, `confirmed_by`) was approved by whom it names. */
function approvalOf(row: Row): Pick<ExceptionRecord, 'approvedBy' | 'awaits'> {
  if (row.confirmed_by) return { approvedBy: text(row.confirmed_by) };
  if (row.awaiting) return { awaits: text(row.awaiting) };
  return row.approved_by ? { approvedBy: text(row.approved_by) } : {};
}

export function readJudgement(row: Row): Judgement {
  return {
    id: text(row.id),
    source: text(row.source),
    type: text(row.type) as RecordType,
    ...(row.local_id ? { localId: text(row.local_id) } : {}),
    ...(row.episode ? { episode: text(row.episode) } : {}),
    subject: text(row.subject),
    holder: text(row.holder),
    ...(row.serves_child ? { servesChild: text(row.serves_child) } : {}),
    ...(row.serves_adult ? { servesAdult: text(row.serves_adult) } : {}),
    factor: text(row.factor),
    decision: text(row.decision) as Judgement['decision'],
    why: text(row.why),
    judgedAt: text(row.judged_at),
    judgedBy: text(row.judged_by),
  };
}

/** UTC with milliseconds, whatever zone and precision it was written in. Throws RangeError on what is no instant. */
export function instant(value: string): IsoInstant {
  return new Date(value).toISOString();
}

function optional(value: string | undefined): IsoInstant | null {
  return value === undefined ? null : instant(value);
}

function scopeValues(scope: Scope): string[] {
  return SCOPE.map((part) => join(scope[part]));
}

function readScope(row: Row): Scope {
  return {
    categories: split(row.categories) as Scope['categories'],
    holders: split(row.holders),
    recipients: split(row.recipients),
    purposes: split(row.purposes) as Scope['purposes'],
  };
}

/** An item with the separator in it would come back as two, and cover what was never said. */
export function join(items: readonly string[]): string {
  if (items.some((item) => item === '' || item.includes(';')))
    throw new RangeError('an item of a list is empty or holds a semicolon');
  return items.join(';');
}

/** The same few scopes stand in most rows: each text is split once. Words only, no persons. */
const lists = new Map<string, readonly string[]>();
const LISTS_KEPT = 1000;

export function split(value: Value | undefined): readonly string[] {
  const joined = text(value);
  let items = lists.get(joined);
  if (!items) {
    items = Object.freeze(joined === '' ? [] : joined.split(';'));
    if (lists.size >= LISTS_KEPT) lists.clear();
    lists.set(joined, items);
  }
  return items;
}

export function text(value: Value | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
