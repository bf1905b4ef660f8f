/** Sharing requests as rows of the store: whom they are about, their answers, disputes and withdrawals in tables of their own. */
import type { Category, Purpose, Role } from '../domain/words.js';
import type { Store } from '../store/store.js';
import { instant, join, type Row, split, type TableWriter, text } from './rows.js';
import type {
  Answer,
  Contribution,
  RecordedAnswer,
  RecordedRequest,
  RefusalGround,
  Remark,
  RequestAnswer,
  SharingRequest,
  Urgency,
} from './sharing-request.js';

export const requestRows: TableWriter<SharingRequest> = {
  table: 'sharing_request',
  columns: [
    'id',
    'holder',
    'worker',
    'agency',
    'role',
    'categories',
    'purpose',
    'why',
    'context',
    'urgency',
    'until_at',
    'recorded_at',
  ],
  values: (r) => [
    r.id,
    r.holder,
    r.worker,
    r.agency,
    r.role,
    join(r.categories),
    r.purpose,
    r.why,
    r.context ?? null,
    r.urgency,
    instant(r.until),
    instant(r.recordedAt),
  ],
};

export const answerRows: TableWriter<RequestAnswer> = {
  table: 'sharing_answer',
  columns: ['id', 'request_id', 'answer', 'ground', 'reasons', 'grant_id', 'at', 'answered_by'],
  values: (a) => [a.id, a.request, a.answer, a.ground ?? null, a.reasons, a.grant ?? null, instant(a.at), a.answeredBy],
};

/** Requests that a condition on `r` (`sharing_request`) picks, in this order, with everything that was said to them. */
export async function readRequests(
  store: Store,
  where: string,
  parameters: readonly unknown[],
): Promise<readonly RecordedRequest[]> {
  const columns = requestRows.columns.map((name) => `r.${name} AS ${name}`).join(', ');
  const rows = await store.read<Row>(
    `SELECT ${columns}, w.at AS withdrawn_at, w.withdrawn_by AS withdrawn_by, w.why AS withdrawn_why
      FROM sharing_request r LEFT JOIN sharing_withdrawal w ON w.request_id = r.id ${where}`,
    parameters,
  );
  if (rows.length === 0) return [];
  const ids = [JSON.stringify(rows.map(({ id }) => id))];
  const answers = answerRows.columns.map((name) => `a.${name} AS ${name}`).join(', ');
  const [subjects, said, parts] = await store.readAll<[Row, Row, Row]>([
    [
      `SELECT request_id, person_id FROM sharing_request_subject WHERE request_id IN ${store.keyList} ORDER BY person_id`,
      ids,
    ],
    [
      `SELECT ${answers}, d.at AS disputed_at, d.disputed_by AS disputed_by, d.why AS disputed_why FROM sharing_answer a
        LEFT JOIN sharing_dispute d ON d.answer_id = a.id WHERE a.request_id IN ${store.keyList} ORDER BY a.at, a.id`,
      ids,
    ],
    [
      `SELECT c.id, c.answer_id, c.subject, c.category, c.text FROM sharing_contribution c
        WHERE c.answer_id IN (SELECT a.id FROM sharing_answer a WHERE a.request_id IN ${store.keyList}) ORDER BY c.id`,
      ids,
    ],
  ]);
  return rows.map((row) => ({
    ...readTerms(row),
    subjects: subjects.flatMap((one) => (one['request_id'] === row['id'] ? text(one['person_id']) : [])),
    answers: said.flatMap((one) => (one['request_id'] === row['id'] ? readAnswer(one, parts) : [])),
    ...remarkOf(row, 'withdrawn'),
  }));
}

function readTerms(row: Row): Omit<SharingRequest, 'subjects'> {
  return {
    id: text(row['id']),
    holder: text(row['holder']),
    worker: text(row['worker']),
    agency: text(row['agency']),
    role: text(row['role']) as Role,
    categories: split(row['categories']) as readonly Category[],
    purpose: text(row['purpose']) as Purpose,
    why: text(row['why']),
    ...(row['context'] ? { context: text(row['context']) } : {}),
    urgency: text(row['urgency']) as Urgency,
    until: text(row['until_at']),
    recordedAt: text(row['recorded_at']),
  };
}

function readAnswer(row: Row, parts: readonly Row[]): RecordedAnswer {
  return {
    id: text(row['id']),
    request: text(row['request_id']),
    answer: text(row['answer']) as Answer,
    ...(row['ground'] ? { ground: text(row['ground']) as RefusalGround } : {}),
    reasons: text(row['reasons']),
    ...(row['grant_id'] ? { grant: text(row['grant_id']) } : {}),
    at: text(row['at']),
    answeredBy: text(row['answered_by']),
    contributions: parts.flatMap((part) => (part['answer_id'] === row['id'] ? readContribution(part) : [])),
    ...remarkOf(row, 'disputed'),
  };
}

function readContribution(row: Row): Contribution {
  return {
    id: text(row['id']),
    subject: text(row['subject']),
    category: text(row['category']) as Category,
    text: text(row['text']),
  };
}

function remarkOf<K extends 'disputed' | 'withdrawn'>(row: Row, of: K): { readonly [N in K]?: Remark } {
  if (!row[`${of}_at`]) return {};
  const remark = { at: text(row[`${of}_at`]), by: text(row[`${of}_by`]), why: text(row[`${of}_why`]) };
  return { [of]: remark } as { readonly [N in K]?: Remark };
}
