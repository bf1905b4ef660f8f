/**
 * The tables of the store as TypeORM knows them. Migrations make them; a test holds that the two agree. Booleans are 0 or 1,
 * instants are RFC 3339 text in UTC with milliseconds (their text order is their order), lists are joined by `;`. Longer than most
 * files here, since it is one list: whoever looks for a table looks here.
 */
import { EntitySchema } from 'typeorm';
import { type ColumnType, columnTypes, type Dialect } from './columns.js';

type Row = Record<string, unknown>;
interface Index {
  readonly name: string;
  readonly columns: string[];
  readonly unique?: boolean;
}
interface Shape {
  readonly name: string;
  readonly primary: { readonly [column: string]: ColumnType };
  readonly columns?: { readonly [column: string]: ColumnType };
  readonly nullable?: { readonly [column: string]: ColumnType };
  readonly indices?: Index[];
  /** SQLite keeps the rows in the order of the key, and nothing beside them. */
  readonly isKeyed?: boolean;
}

/** Every entity of the store, for one dialect. */
export function entities(dialect: Dialect): EntitySchema<Row>[] {
  return [
    ...directoryShapes(dialect),
    ...linkShapes(dialect),
    ...registerShapes(dialect),
    ...accessShapes(dialect),
    ...requestShapes(dialect),
    ...treeShapes(dialect),
    ...indexShapes(dialect),
    ...alertShapes(dialect),
    ...questionShapes(dialect),
  ]
    .map(entity)
    .concat(auditEntry(dialect), auditTerm(dialect), relevanceRequest(dialect));
}

function entity({
  name,
  primary,
  columns = {},
  nullable = {},
  indices = [],
  isKeyed = false,
}: Shape): EntitySchema<Row> {
  const described = (group: { readonly [column: string]: ColumnType }, more: object) =>
    Object.entries(group).map(([column, type]) => [column, { ...type, ...more }] as const);
  return new EntitySchema<Row>({
    name,
    tableName: name,
    columns: Object.fromEntries([
      ...described(primary, { primary: true }),
      ...described(columns, {}),
      ...described(nullable, { nullable: true }),
    ]),
    indices,
    ...(isKeyed ? { withoutRowid: true } : {}),
  });
}

/** Questions whether two source persons are one, what was decided, and which of our persons went into which. */
function linkShapes(dialect: Dialect): Shape[] {
  const { key, long, number } = columnTypes(dialect);
  return [
    {
      name: 'person_link_question',
      primary: { id: key() },
      columns: {
        space_a: key(),
        local_a: key(200),
        space_b: key(),
        local_b: key(200),
        state: key(16),
        weight: number,
        ground: key(32),
        levels: long,
        asked_at: key(32),
      },
      nullable: { decided_at: key(32), decided_by: key(), reason: long },
      indices: [
        { name: 'person_link_question_by_pair', columns: ['space_a', 'local_a', 'space_b', 'local_b'], unique: true },
        { name: 'person_link_question_by_state', columns: ['state', 'space_a'] },
      ],
    },
    {
      name: 'person_merge',
      primary: { retired: key() },
      columns: { kept: key(), at: key(32) },
      nullable: { question: key() },
      indices: [{ name: 'person_merge_by_kept', columns: ['kept'] }],
    },
    { name: 'person_link_moved', primary: { space: key(), local_id: key(200), at: key(32), was: key() } },
  ];
}

/** Who works where, and who is who at which source. */
function directoryShapes(dialect: Dialect): Shape[] {
  const { key, text, number } = columnTypes(dialect);
  return [
    {
      name: 'agency',
      primary: { id: key() },
      columns: { name: text(), kind: key(), voluntary: number, duty_point: text() },
    },
    {
      name: 'team',
      primary: { id: key() },
      columns: { agency: key(), name: text(), district: text(), duty: number },
    },
    {
      name: 'worker',
      primary: { id: key() },
      columns: { agency: key(), name: text(), roles: text() },
      nullable: { person: key() },
    },
    {
      name: 'worker_team',
      primary: { worker: key(), team: key(), relation: key(16) },
      indices: [{ name: 'worker_team_by_team', columns: ['team', 'relation'] }],
    },
    { name: 'worker_identity', primary: { worker: key(), space: key(), local_id: key(200) } },
    { name: 'conflict', primary: { worker: key(), person: key() }, nullable: { reason: text() } },
    {
      name: 'person_link',
      primary: { space: key(), local_id: key(200) },
      columns: { person_id: key() },
      indices: [{ name: 'person_link_by_person', columns: ['person_id'] }],
    },
  ];
}

/** What people have said. Rows are added and never changed. */
function registerShapes(dialect: Dialect): Shape[] {
  const { key, text, long, number } = columnTypes(dialect);
  const scope = { categories: text(1000), holders: text(2000), recipients: text(2000), purposes: text(1000) };
  return [
    {
      name: 'consent_statement',
      primary: { id: key() },
      columns: {
        subject: key(),
        state: key(16),
        given_by: key(),
        capacity: key(32),
        ...scope,
        from_at: key(32),
        recorded_at: key(32),
        recorded_by: key(),
        method: text(),
      },
      nullable: { until_at: key(32), review_on: key(32), competence: long },
      indices: [{ name: 'consent_statement_by_subject', columns: ['subject'] }],
    },
    {
      name: 'service_consent',
      primary: { id: key() },
      columns: {
        subject: key(),
        state: key(16),
        given_by: key(),
        capacity: key(32),
        service: key(),
        from_at: key(32),
        recorded_at: key(32),
        recorded_by: key(),
        method: text(),
      },
      nullable: { competence: long },
      indices: [{ name: 'service_consent_by_subject', columns: ['subject'] }],
    },
    {
      name: 'statement_moved',
      primary: { statement: key(), part: key(16), at: key(32) },
      columns: { was: key() },
    },
    {
      name: 'exception_record',
      primary: { id: key() },
      columns: {
        subjects: long,
        gateway: key(),
        ...scope,
        overrides_refusal: number,
        from_at: key(32),
        until_at: key(32),
        recorded_at: key(32),
        recorded_by: key(),
        answers: long,
      },
      nullable: { approved_by: key() },
    },
    {
      name: 'exception_subject',
      primary: { person_id: key(), exception_id: key() },
    },
    {
      name: 'relevance_judgement',
      primary: { id: key() },
      columns: {
        source: key(),
        type: key(),
        subject: key(),
        holder: key(),
        factor: key(16),
        decision: key(16),
        why: long,
        judged_at: key(32),
        judged_by: key(),
      },
      nullable: { local_id: key(200), episode: key(200), serves_child: key(), serves_adult: key() },
      indices: [{ name: 'relevance_judgement_by_subject', columns: ['subject'] }],
    },
    {
      name: 'allegation_review',
      primary: { id: key() },
      columns: {
        holder: key(),
        victim: key(),
        perpetrator: key(),
        result: key(16),
        why: long,
        reviewed_at: key(32),
        reviewed_by: key(),
      },
      indices: [
        { name: 'allegation_review_by_victim', columns: ['victim'] },
        { name: 'allegation_review_by_perpetrator', columns: ['perpetrator'] },
      ],
    },
    { name: 'register_clock', primary: { id: number }, columns: { version: number } },
  ];
}

/** What was approved on request, opened in an emergency, and what an exception waits for. Rows are added and never changed. */
function accessShapes(dialect: Dialect): Shape[] {
  const { key, text, long } = columnTypes(dialect);
  const whom = { worker: key(), agency: key(), role: key() };
  const period = { from_at: key(32), until_at: key(32), recorded_at: key(32) };
  return [
    {
      name: 'sharing_grant',
      primary: { id: key() },
      columns: {
        request: key(),
        holder: key(),
        ...whom,
        categories: text(1000),
        purpose: key(32),
        items: long,
        ...period,
        approved_by: key(),
        cites: text(2000),
      },
    },
    { name: 'sharing_grant_subject', primary: { person_id: key(), grant_id: key() } },
    {
      name: 'emergency_access',
      primary: { id: key() },
      columns: { person: key(), ...whom, gateway: key(), answers: long, risk: long, phoned: long, ...period },
    },
    { name: 'emergency_subject', primary: { person_id: key(), emergency_id: key() } },
    {
      name: 'emergency_review',
      primary: { emergency_id: key() },
      columns: { at: key(32), reviewed_by: key(), finding: key(32), why: long },
    },
    { name: 'access_end', primary: { id: key() }, columns: { at: key(32), ended_by: key(), why: long } },
    { name: 'exception_awaiting', primary: { exception_id: key() }, columns: { asked: key() } },
    { name: 'exception_approval', primary: { exception_id: key() }, columns: { at: key(32), approved_by: key() } },
  ];
}

/** What agencies ask each other for, and what became of it. Rows are added and never changed. */
function requestShapes(dialect: Dialect): Shape[] {
  const { key, text, long } = columnTypes(dialect);
  return [
    {
      name: 'sharing_request',
      primary: { id: key() },
      columns: {
        holder: key(),
        worker: key(),
        agency: key(),
        role: key(),
        categories: text(1000),
        purpose: key(32),
        why: long,
        urgency: key(16),
        until_at: key(32),
        recorded_at: key(32),
      },
      nullable: { context: long },
      indices: [
        { name: 'sharing_request_by_holder', columns: ['holder', 'recorded_at'] },
        { name: 'sharing_request_by_worker', columns: ['worker', 'agency', 'recorded_at'] },
      ],
    },
    {
      name: 'sharing_request_subject',
      primary: { person_id: key(), request_id: key() },
      indices: [{ name: 'sharing_request_subject_by_request', columns: ['request_id'] }],
    },
    {
      name: 'sharing_answer',
      primary: { id: key() },
      columns: { request_id: key(), answer: key(32), reasons: long, at: key(32), answered_by: key() },
      nullable: { ground: key(32), grant_id: key() },
      indices: [{ name: 'sharing_answer_by_request', columns: ['request_id'] }],
    },
    {
      name: 'sharing_contribution',
      primary: { id: key() },
      columns: { answer_id: key(), subject: key(), category: key(32), text: long, recorded_at: key(32) },
      indices: [
        { name: 'sharing_contribution_by_answer', columns: ['answer_id'] },
        { name: 'sharing_contribution_by_subject', columns: ['subject'] },
      ],
    },
    {
      name: 'sharing_dispute',
      primary: { answer_id: key() },
      columns: { at: key(32), disputed_by: key(), why: long },
    },
    {
      name: 'sharing_withdrawal',
      primary: { request_id: key() },
      columns: { at: key(32), withdrawn_by: key(), why: long },
    },
  ];
}

/** The tree over the log's rows. Nothing is changed but salts, which are erased, and the lease. */
function treeShapes(dialect: Dialect): Shape[] {
  const { key, long, number } = columnTypes(dialect);
  return [
    {
      name: 'audit_leaf',
      primary: { leaf_index: number },
      columns: { entry_seq: number, leaf: key(400), hash: key() },
      nullable: { salt: key(32) },
      indices: [{ name: 'audit_leaf_by_entry_seq', columns: ['entry_seq'], unique: true }],
    },
    { name: 'audit_node', primary: { tile_level: number, node_index: number }, columns: { hash: key() } },
    {
      name: 'audit_checkpoint',
      primary: { tree_size: number },
      columns: { note: long, at: key(32), token: number },
    },
    { name: 'audit_cosignature', primary: { tree_size: number, witness: key(200) }, columns: { line: long } },
    { name: 'audit_policies', primary: { version: key() }, columns: { at: key(32), stated: long } },
    { name: 'audit_lease', primary: { id: number }, columns: { holder: key(), token: number, expires_at: key(32) } },
  ];
}

/** What the log is asked by (src/audit/index). Derived from its rows, but for marks that a watch added. */
function indexShapes(dialect: Dialect): Shape[] {
  const { key, number, bytes } = columnTypes(dialect);
  const keyed: readonly Omit<Shape, 'isKeyed'>[] = [
    { name: 'audit_block', primary: { tier: number, segment: number, term: number }, columns: { places: bytes } },
    { name: 'audit_day', primary: { day: key(10) }, columns: { first_index: number, last_index: number } },
    {
      name: 'audit_tally',
      primary: { term: number, day: key(10) },
      columns: { entries: number, persons: number },
    },
    { name: 'audit_indexed', primary: { id: number }, columns: { size: number, merged: number, epoch: number } },
  ];
  return keyed.map((shape) => ({ ...shape, isKeyed: true }));
}

/** Alerts, the operations behind them, and what the watch over the log has seen. */
function alertShapes(dialect: Dialect): Shape[] {
  const { key, long, number, text } = columnTypes(dialect);
  return [
    {
      name: 'audit_alert',
      primary: { id: key() },
      columns: {
        rule: key(32),
        worker_term: number,
        person_term: number,
        day: key(10),
        kept_by: { ...key(), default: '' },
        round: number,
        leaf_index: number,
        opened_at: key(32),
      },
      nullable: { closed_at: key(32), outcome: key(32), why: long },
      indices: [
        {
          name: 'audit_alert_once',
          columns: ['rule', 'worker_term', 'person_term', 'day', 'kept_by', 'round'],
          unique: true,
        },
        { name: 'audit_alert_by_time', columns: ['opened_at'] },
      ],
    },
    { name: 'audit_alert_entry', primary: { alert: key(), leaf_index: number }, isKeyed: true },
    { name: 'audit_watched', primary: { id: number }, columns: { size: number, swept: key(32) }, isKeyed: true },
    {
      name: 'audit_watched_pair',
      primary: { worker_term: number, person_term: number },
      columns: { near: text(200), at: key(32) },
      isKeyed: true,
    },
  ];
}

/** Questions that officers keep. */
function questionShapes(dialect: Dialect): Shape[] {
  const { key, text, long } = columnTypes(dialect);
  return [
    {
      name: 'audit_saved_question',
      primary: { id: key() },
      columns: {
        worker: key(),
        agency: key(),
        name: text(100),
        question: key(),
        filter: long,
        saved_at: key(32),
      },
      indices: [{ name: 'audit_saved_question_by_officer', columns: ['worker', 'agency'] }],
    },
  ];
}

function auditTerm(dialect: Dialect): EntitySchema<Row> {
  const { key, number } = columnTypes(dialect);
  return new EntitySchema<Row>({
    name: 'audit_term',
    tableName: 'audit_term',
    columns: {
      id: { ...number, primary: true, generated: 'increment' },
      kind: key(16),
      name: key(200),
      kept_by: { ...key(), default: '' },
    },
    indices: [{ name: 'audit_term_by_name', columns: ['kind', 'name', 'kept_by'], unique: true }],
  });
}

/** The log's rows in the order in which they became durable (`seq`), which is what a tree is later built over. */
function auditEntry(dialect: Dialect): EntitySchema<Row> {
  const { key, long, number, bytes } = columnTypes(dialect);
  return new EntitySchema<Row>({
    name: 'audit_entry',
    tableName: 'audit_entry',
    columns: {
      seq: { ...number, primary: true, generated: 'increment' },
      id: key(),
      at: key(32),
      worker: key(),
      agency: key(),
      purpose: { ...key(32), nullable: true },
      result: key(16),
      registers_version: { ...number, nullable: true },
      body: long,
      hash: key(),
      packed: { ...bytes, nullable: true },
    },
    indices: [{ name: 'audit_entry_by_id', columns: ['id'], unique: true }],
  });
}

/** Records of adult work that were asked for and wait for a judgement, as the log tells it. */
function relevanceRequest(dialect: Dialect): EntitySchema<Row> {
  const { key, number } = columnTypes(dialect);
  return new EntitySchema<Row>({
    name: 'relevance_request',
    tableName: 'relevance_request',
    columns: {
      seq: { ...number, primary: true, generated: 'increment' },
      holder: key(),
      type: key(),
      local_id: key(200),
      agency: key(),
      at: key(32),
      for_relevance: number,
    },
    indices: [{ name: 'relevance_request_by_record', columns: ['holder', 'local_id'] }],
  });
}
