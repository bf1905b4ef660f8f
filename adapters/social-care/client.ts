/** Transport: which rows are asked for. Every method is one statement, or a number of them that no count of persons changes. */
import { type CallOptions, SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { connectDeployed } from '../../src/sources/deployment.js';
import { type Dialect, keyList, type SqlRow, type SqlSourceOptions } from '../../src/sources/sql.js';
import { RowReader } from '../../src/sources/sql-values.js';
import { watchReload } from './reload.js';
import { CONTRACT, RENAMES, type Row, SHAPES, type TableName } from './wire.js';

type Signal = CallOptions['signal'];
/** A condition on the table `t` over the key list `k`. */
type Where = string | ((dialect: Dialect) => string);

const IN = 'IN (SELECT id FROM k)';
const through = (column: string, table: TableName, id: string, person: string) => (dialect: Dialect) =>
  `t.${column} IN (SELECT x.${id} FROM ${dialect.from(table)} x WHERE x.${person} ${IN})`;

/** How the rows of some persons are found, table by table. */
const OF_PERSONS = {
  ssd_person: `t.pers_person_id ${IN}`,
  gw_adult: `t.person_id ${IN}`,
  ssd_address: `t.addr_person_id ${IN}`,
  ssd_involvements: `t.invo_person_id ${IN}`,
  ssd_contacts: `t.cont_person_id ${IN}`,
  ssd_cin_episodes: `t.cine_person_id ${IN}`,
  ssd_cin_assessments: `t.cina_person_id ${IN}`,
  ssd_assessment_factors: through('cinf_assessment_id', 'ssd_cin_assessments', 'cina_assessment_id', 'cina_person_id'),
  ssd_cin_plans: `t.cinp_person_id ${IN}`,
  ssd_cin_visits: `t.cinv_person_id ${IN}`,
  ssd_s47_enquiry: `t.s47e_person_id ${IN}`,
  ssd_initial_cp_conference: `t.icpc_person_id ${IN}`,
  ssd_cp_plans: `t.cppl_person_id ${IN}`,
  ssd_cp_visits: `t.cppv_person_id ${IN}`,
  ssd_cp_reviews: `t.cppr_person_id ${IN}`,
  ssd_cla_episodes: `t.clae_person_id ${IN}`,
  ssd_cla_placement: (d) =>
    `t.clap_person_id ${IN} OR ${through('clap_cla_placement_id', 'ssd_cla_episodes', 'clae_cla_placement_id', 'clae_person_id')(d)}`,
  ssd_cla_care_plan: `t.lacp_person_id ${IN}`,
  ssd_sdq_scores: `t.csdq_person_id ${IN}`,
  ssd_missing: `t.miss_person_id ${IN}`,
  ssd_care_leavers: `t.clea_person_id ${IN}`,
  ssd_cla_health: `t.clah_person_id ${IN}`,
  ssd_cla_immunisations: `t.clai_person_id ${IN}`,
  ssd_cla_substance_misuse: `t.clas_person_id ${IN}`,
  ssd_cla_convictions: `t.clac_person_id ${IN}`,
  ssd_cla_previous_permanence: `t.lapp_person_id ${IN}`,
  ssd_permanence: `t.perm_person_id ${IN}`,
  ssd_disability: `t.disa_person_id ${IN}`,
  ssd_immigration_status: `t.immi_person_id ${IN}`,
  ssd_mother: `t.moth_person_id ${IN} OR t.moth_childs_person_id ${IN}`,
  ssd_early_help_episodes: `t.earl_person_id ${IN}`,
  ssd_cla_reviews: `t.clar_cla_person_id ${IN}`,
  ssd_cla_visits: `t.clav_person_id ${IN}`,
  ssd_legal_status: `t.lega_person_id ${IN}`,
  ssd_pre_proceedings: `t.prep_person_id ${IN}`,
  gw_restricted_person: `t.person_id ${IN}`,
  gw_relationship: `t.person_id ${IN}`,
  gw_core_group: `t.child_person_id ${IN}`,
  gw_s47_person: through('s47_enquiry_id', 'ssd_s47_enquiry', 's47e_s47_enquiry_id', 's47e_person_id'),
  gw_referral_origin: through('referral_id', 'ssd_cin_episodes', 'cine_referral_id', 'cine_person_id'),
} as const satisfies { [T in TableName]?: Where };
export type PersonTable = keyof typeof OF_PERSONS;

export type SocialCareClient = ReturnType<typeof socialCareClient>;
/** One call on the client: its deadline, and the count of the rows that were not of the shape promised. */
export interface Call {
  readonly signal: Signal;
  readonly reader: RowReader;
}

export function startCall(signal: Signal): Call {
  signal.throwIfAborted();
  return { signal, reader: new RowReader() };
}

export function socialCareClient({ id, database }: SqlSourceOptions) {
  const connection = connectDeployed(id, database, CONTRACT, RENAMES);
  const reload = watchReload(id, connection);

  async function select<T extends TableName>(
    call: Call,
    table: T,
    keys: Iterable<string>,
    where: Where,
  ): Promise<Row<T>[]> {
    const list = keyList(keys);
    if (list === '[]') return [];
    const statement = (d: Dialect) =>
      `WITH k AS (${d.keys(0)}) SELECT t.* FROM ${d.from(table)} t WHERE ${typeof where === 'string' ? where : where(d)}`;
    const rows = await connection.rows(statement, [list], call.signal);
    return call.reader.read<Row<T>>(rows, SHAPES[table] as never);
  }

  /** Throws SourceNotReady while SSD is being reloaded. */
  const assertLoaded = ({ signal }: Call): Promise<void> => reload.assertNone(signal);

  return {
    missing: connection.missing,
    async open(signal: Signal = new AbortController().signal): Promise<void> {
      await connection.open(signal);
      await reload.learn(signal);
    },
    close: () => connection.close(),
    select,

    /** The rows of these persons. */
    of: <T extends PersonTable>(call: Call, table: T, persons: Iterable<string>): Promise<Row<T>[]> =>
      select(call, table, persons, OF_PERSONS[table]),

    assertLoaded,

    /** Throws SourceNotReady as `assertLoaded` does, and when the restricted list cannot be read or has an entry that names nobody. */
    async assertReady(call: Call): Promise<void> {
      await assertLoaded(call);
      const blank = await connection
        .rows(
          (d) =>
            `SELECT CASE WHEN EXISTS (SELECT 1 FROM ${d.from('gw_restricted_person')} t WHERE COALESCE(LTRIM(RTRIM(t.person_id)), '') = '') THEN 1 ELSE 0 END AS answer`,
          [],
          call.signal,
        )
        .catch((error: unknown) => {
          throw error instanceof SourceFailure
            ? new SourceNotReady(`source ${id}: gw_restricted_person cannot be read`)
            : error;
        });
      if (isOne(blank)) throw new SourceNotReady(`source ${id}: gw_restricted_person has an entry that names nobody`);
    },

    /** The ids of everybody in a table. */
    async everybody({ signal }: Call, table: 'ssd_person' | 'gw_adult'): Promise<string[]> {
      const idColumn = table === 'ssd_person' ? 'pers_person_id' : 'person_id';
      const rows = await connection.rows((d) => `SELECT t.${idColumn} AS person FROM ${d.from(table)} t`, [], signal);
      return rows.flatMap(({ person }) =>
        typeof person === 'string' || typeof person === 'number' ? [String(person)] : [],
      );
    },

    /** The person a record is about, by the record's id. */
    async subjectsOf(
      { signal }: Call,
      table: TableName,
      idColumn: string,
      personColumn: string,
      localId: string,
    ): Promise<string[]> {
      const rows = await connection.rows(
        (d) =>
          `WITH k AS (${d.keys(0)}) SELECT t.${personColumn} AS person FROM ${d.from(table)} t WHERE t.${idColumn} ${IN}`,
        [keyList([localId])],
        signal,
      );
      return rows.flatMap(({ person }) =>
        typeof person === 'string' || typeof person === 'number' ? [String(person)] : [],
      );
    },

    /** Ids of persons in a table whose given columns match: names without regard to case, dates by their day. */
    async find(
      { signal }: Call,
      table: 'ssd_person' | 'gw_adult',
      given: readonly (readonly [column: string, value: string])[],
    ) {
      const idColumn = table === 'ssd_person' ? 'pers_person_id' : 'person_id';
      const condition = (d: Dialect) =>
        given.map(([column], i) =>
          column.endsWith('dob') ? `${d.date(`t.${column}`)} = ${d.at(i)}` : `LOWER(t.${column}) = LOWER(${d.at(i)})`,
        );
      const rows = await connection.rows(
        (d) => `SELECT t.${idColumn} AS person FROM ${d.from(table)} t WHERE ${condition(d).join(' AND ')}`,
        given.map(([, value]) => value),
        signal,
      );
      return rows.flatMap(({ person }) =>
        typeof person === 'string' || typeof person === 'number' ? [String(person)] : [],
      );
    },
  };
}

function isOne(rows: readonly SqlRow[]): boolean {
  return Number(rows[0]?.answer) === 1;
}
