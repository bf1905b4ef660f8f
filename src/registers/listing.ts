/**
 * What people have said, for those who watch over the sharing: by what it is, not by whom it is about. Read only; who may see
 * what of it is decided where it is asked for.
 */
import type { AgencyId, IsoInstant } from '../domain/words.js';
import type { Store } from '../store/store.js';
import { emergencyRows, grantRows, readGrant, readRecordedEmergency } from './access-rows.js';
import { EXCEPTIONS } from './accesses.js';
import type { RecordedEmergency } from './emergency.js';
import type { Grant, GrantAbout } from './grant.js';
import { readRequests } from './request-rows.js';
import { consentRows, judgementRows, type Row, readConsent, readException, readJudgement } from './rows.js';
import type { RecordedRequest } from './sharing-request.js';
import type { ConsentStatement, ExceptionRecord, Judgement } from './statements.js';

/** A place in a list whose latest stands first: after the row of this time and id. */
export interface After {
  readonly at: IsoInstant;
  readonly id: string;
}

export interface ListPage {
  readonly limit: number;
  readonly after?: After;
}

/** A record of adult work that an agency asked for, and what became of it. Of which person is not kept. */
export interface AskedRelevance {
  /** Stands for the record and the agency that asked; names neither. */
  readonly key: number;
  readonly holder: AgencyId;
  readonly type: string;
  /** Who asked. */
  readonly agency: AgencyId;
  /** First and last, and in how many hours. */
  readonly askedAt: IsoInstant;
  readonly askedLastAt: IsoInstant;
  readonly times: number;
  /** The first judgement since; one that stands for its kind of record in an episode is not told apart from none. */
  readonly judgement?: Pick<Judgement, 'id' | 'decision' | 'factor' | 'judgedAt' | 'judgedBy'>;
}

/** A grant, and when it was ended before its time. */
export type ListedGrant = Grant & Pick<GrantAbout, 'endedAt'>;

/** Statements by their ids. */
export interface StatementsById {
  readonly consents: readonly ConsentStatement[];
  readonly exceptions: readonly ExceptionRecord[];
  readonly judgements: readonly Judgement[];
  readonly grants: readonly Grant[];
  readonly emergencies: readonly RecordedEmergency[];
}

export interface Listing {
  /** The latest first; with `isUnreviewed` only those that nobody has reviewed. */
  emergencies(page: ListPage, isUnreviewed: boolean): Promise<readonly RecordedEmergency[]>;
  grants(page: ListPage): Promise<readonly ListedGrant[]>;
  /** Sharing requests, with all that was said to them. */
  sharingRequests(page: ListPage): Promise<readonly RecordedRequest[]>;
  /** Those that wait for a manager's approval. */
  exceptionsAwaiting(page: ListPage): Promise<readonly ExceptionRecord[]>;
  /** The first asked for last; with `isOpen` only those that nobody has judged by name since. */
  relevanceAsked(
    page: { readonly limit: number; readonly after?: number },
    isOpen: boolean,
  ): Promise<readonly AskedRelevance[]>;
  /** Ids of the exceptions and emergency accesses recorded under a lawful gateway, at most so many, the latest first. */
  underGateway(gateway: string, limit: number): Promise<readonly string[]>;
  byIds(ids: readonly string[]): Promise<StatementsById>;
}

/** Past every number of a row. */
const PAST_ALL = 2 ** 31 - 1;
const NOT_AFTER: After = { at: '~', id: '' };

export function openListing(store: Store): Listing {
  const { keyList, first } = store;
  const of = (columns: readonly string[], table: string) =>
    columns.map((name) => `${table}.${name} AS ${name}`).join(', ');
  const emergencies = `SELECT ${of(emergencyRows.columns, 'e')}, x.at AS ended, v.at AS reviewed_at, v.reviewed_by AS reviewed_by,
    v.finding AS finding, v.why AS why FROM emergency_access e LEFT JOIN access_end x ON x.id = e.id
    LEFT JOIN emergency_review v ON v.emergency_id = e.id`;
  const grants = `SELECT '' AS subject, ${of(grantRows.columns, 'g')}, x.at AS ended FROM sharing_grant g
    LEFT JOIN access_end x ON x.id = g.id`;
  const after = (table: string, { at, id }: After = NOT_AFTER) =>
    [`(${table}.recorded_at < ? OR (${table}.recorded_at = ? AND ${table}.id < ?))`, [at, at, id]] as const;
  const latest = (table: string) => `ORDER BY ${table}.recorded_at DESC, ${table}.id DESC ${first}`;

  /** Whom each is about. */
  async function subjects(table: string, column: string, ids: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await store.read<{ id: string; person: string }>(
      `SELECT ${column} AS id, person_id AS person FROM ${table} WHERE ${column} IN ${keyList} ORDER BY person_id`,
      [JSON.stringify(ids)],
    );
    const about = new Map<string, string[]>();
    for (const { id, person } of rows) about.set(id, [...(about.get(id) ?? []), person]);
    return about;
  }

  async function readEmergencies(sql: string, parameters: readonly unknown[]): Promise<readonly RecordedEmergency[]> {
    const rows = await store.read<Row>(sql, parameters);
    const about = await subjects(
      'emergency_subject',
      'emergency_id',
      rows.map(({ id }) => String(id)),
    );
    return rows.map((row) => readRecordedEmergency(row, about.get(String(row['id'])) ?? []));
  }

  async function readGrants(sql: string, parameters: readonly unknown[]): Promise<readonly ListedGrant[]> {
    const rows = (await store.read<Row>(sql, parameters)).map(readGrant);
    const about = await subjects(
      'sharing_grant_subject',
      'grant_id',
      rows.map(({ id }) => id),
    );
    return rows.map(({ subject: _, ...terms }: GrantAbout) => ({ ...terms, subjects: about.get(terms.id) ?? [] }));
  }

  return {
    emergencies({ limit, after: from }, isUnreviewed) {
      const [condition, parameters] = after('e', from);
      const where = isUnreviewed ? `${condition} AND v.at IS NULL` : condition;
      return readEmergencies(`${emergencies} WHERE ${where} ${latest('e')}`, [...parameters, limit]);
    },
    grants({ limit, after: from }) {
      const [condition, parameters] = after('g', from);
      return readGrants(`${grants} WHERE ${condition} ${latest('g')}`, [...parameters, limit]);
    },
    sharingRequests({ limit, after: from }) {
      const [condition, parameters] = after('r', from);
      return readRequests(store, `WHERE ${condition} ${latest('r')}`, [...parameters, limit]);
    },
    async exceptionsAwaiting({ limit, after: from }) {
      const [condition, parameters] = after('r', from);
      const sql = `${EXCEPTIONS} WHERE w.asked IS NOT NULL AND a.at IS NULL AND ${condition} ${latest('r')}`;
      return (await store.read<Row>(sql, [...parameters, limit])).map(readException);
    },
    async relevanceAsked({ limit, after: from }, isOpen) {
      // Of a record that was asked for, judged and asked for again, what counts is the first asking and the first judgement after it.
      const judged = `SELECT MIN(j.judged_at) FROM relevance_judgement j
        WHERE j.holder = q.holder AND j.type = q.type AND j.local_id = q.local_id AND j.judged_at >= q.asked`;
      const rows = await store.read<AskedRow>(
        `SELECT a.first_seq, a.holder, a.type, a.agency, a.asked, a.last, a.times, j.id, j.decision, j.factor, j.judged_at, j.judged_by
          FROM (SELECT q.*, (${judged}) AS judged FROM (SELECT MIN(seq) AS first_seq, holder, type, local_id, agency,
            MIN(at) AS asked, MAX(at) AS last, COUNT(*) AS times FROM relevance_request GROUP BY holder, type, local_id, agency) q) a
          LEFT JOIN relevance_judgement j ON j.holder = a.holder AND j.type = a.type AND j.local_id = a.local_id AND j.judged_at = a.judged
          WHERE a.first_seq < ? ${isOpen ? 'AND a.judged IS NULL' : ''} ORDER BY a.first_seq DESC ${first}`,
        [from ?? PAST_ALL, limit],
      );
      const seen = new Set<number>();
      return rows.flatMap((row) => {
        if (seen.has(row.first_seq)) return [];
        seen.add(row.first_seq);
        return readAsked(row);
      });
    },
    async underGateway(gateway, limit) {
      const rows = await store.read<{ id: string }>(
        `SELECT u.id FROM (SELECT id, recorded_at FROM exception_record WHERE gateway = ?
          UNION ALL SELECT id, recorded_at FROM emergency_access WHERE gateway = ?) u ORDER BY u.recorded_at DESC, u.id DESC ${first}`,
        [gateway, gateway, limit],
      );
      return rows.map(({ id }) => id);
    },
    async byIds(ids) {
      const keys = [JSON.stringify(ids)];
      const [consents, exceptions, judgements] = await store.readAll<[Row, Row, Row]>([
        [`SELECT ${consentRows.columns.join(', ')} FROM consent_statement WHERE id IN ${keyList}`, keys],
        [`${EXCEPTIONS} WHERE r.id IN ${keyList}`, keys],
        [`SELECT ${judgementRows.columns.join(', ')} FROM relevance_judgement WHERE id IN ${keyList}`, keys],
      ]);
      return {
        consents: consents.map(readConsent),
        exceptions: exceptions.map(readException),
        judgements: judgements.map(readJudgement),
        grants: await readGrants(`${grants} WHERE g.id IN ${keyList}`, keys),
        emergencies: await readEmergencies(`${emergencies} WHERE e.id IN ${keyList}`, keys),
      };
    },
  };
}

interface AskedRow {
  readonly first_seq: number;
  readonly holder: string;
  readonly type: string;
  readonly agency: string;
  readonly asked: string;
  readonly last: string;
  readonly times: number;
  readonly id: string | null;
  readonly decision: string | null;
  readonly factor: string | null;
  readonly judged_at: string | null;
  readonly judged_by: string | null;
}

function readAsked(row: AskedRow): AskedRelevance {
  const { id, decision, factor, judged_at: judgedAt, judged_by: judgedBy } = row;
  return {
    key: row.first_seq,
    holder: row.holder,
    type: row.type,
    agency: row.agency,
    askedAt: row.asked,
    askedLastAt: row.last,
    times: row.times,
    ...(id && decision && factor && judgedAt && judgedBy
      ? { judgement: { id, decision: decision as Judgement['decision'], factor, judgedAt, judgedBy } }
      : {}),
  };
}
