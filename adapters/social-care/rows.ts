/** The rows of one call, by table and person: every table once, whatever number of record types rests on it. */
import type { Call, PersonTable, SocialCareClient } from './client.js';
import type { Row } from './wire.js';

/** Which columns of a table name the persons a row belongs to; tables without one hang on another table's rows. */
const PERSON_COLUMNS = {
  ssd_person: ['pers_person_id'],
  gw_adult: ['person_id'],
  ssd_address: ['addr_person_id'],
  ssd_involvements: ['invo_person_id'],
  ssd_contacts: ['cont_person_id'],
  ssd_cin_episodes: ['cine_person_id'],
  ssd_cin_assessments: ['cina_person_id'],
  ssd_cin_plans: ['cinp_person_id'],
  ssd_cin_visits: ['cinv_person_id'],
  ssd_s47_enquiry: ['s47e_person_id'],
  ssd_initial_cp_conference: ['icpc_person_id'],
  ssd_cp_plans: ['cppl_person_id'],
  ssd_cp_visits: ['cppv_person_id'],
  ssd_cp_reviews: ['cppr_person_id'],
  ssd_cla_episodes: ['clae_person_id'],
  ssd_cla_reviews: ['clar_cla_person_id'],
  ssd_cla_visits: ['clav_person_id'],
  ssd_legal_status: ['lega_person_id'],
  ssd_pre_proceedings: ['prep_person_id'],
  gw_relationship: ['person_id'],
  ssd_mother: ['moth_person_id', 'moth_childs_person_id'],
  ssd_disability: ['disa_person_id'],
  ssd_immigration_status: ['immi_person_id'],
  ssd_early_help_episodes: ['earl_person_id'],
  ssd_cla_placement: ['clap_person_id'],
  ssd_cla_care_plan: ['lacp_person_id'],
  ssd_sdq_scores: ['csdq_person_id'],
  ssd_missing: ['miss_person_id'],
  ssd_care_leavers: ['clea_person_id'],
  ssd_cla_health: ['clah_person_id'],
  ssd_cla_immunisations: ['clai_person_id'],
  ssd_cla_substance_misuse: ['clas_person_id'],
  ssd_cla_convictions: ['clac_person_id'],
  ssd_cla_previous_permanence: ['lapp_person_id'],
  ssd_permanence: ['perm_person_id'],
} as const satisfies { [T in PersonTable]?: readonly (keyof Row<T>)[] };
/** Tables whose rows belong to a person. */
export type OwnTable = keyof typeof PERSON_COLUMNS;

/** Tables whose rows hang on a record, and the column that names it. */
const KEY_COLUMN = {
  ssd_assessment_factors: 'cinf_assessment_id',
  ssd_cla_placement: 'clap_cla_placement_id',
  gw_s47_person: 's47_enquiry_id',
  gw_referral_origin: 'referral_id',
} as const satisfies { [T in PersonTable]?: keyof Row<T> };
export type HungTable = keyof typeof KEY_COLUMN;

export interface Rows {
  /** The rows of a person; none when the table was not read. */
  of<T extends OwnTable>(table: T, person: string): readonly Row<T>[];
  /** The rows that hang on a record. */
  on<T extends HungTable>(table: T, record: string | null): readonly Row<T>[];
  all<T extends OwnTable | HungTable>(table: T): readonly Row<T>[];
}

/** Reads tables for persons, one statement a table. */
export async function readTables(
  client: SocialCareClient,
  call: Call,
  wanted: ReadonlyMap<OwnTable | HungTable, ReadonlySet<string>>,
): Promise<Rows> {
  const tables = new Map<string, readonly object[]>();
  const indexes = new Map<string, Map<unknown, object[]>>();
  await Promise.all(
    [...wanted].map(async ([table, persons]) => {
      const rows: readonly object[] = await client.of(call, table, persons);
      tables.set(table, rows);
      if (table in PERSON_COLUMNS) indexes.set(`of ${table}`, indexBy(rows, PERSON_COLUMNS[table as OwnTable]));
      if (table in KEY_COLUMN) indexes.set(`on ${table}`, indexBy(rows, [KEY_COLUMN[table as HungTable]]));
    }),
  );
  const at = (index: string, key: string | null) => (key === null ? undefined : indexes.get(index)?.get(key)) ?? [];
  return {
    of: <T extends OwnTable>(table: T, person: string) => at(`of ${table}`, person) as unknown as readonly Row<T>[],
    on: <T extends HungTable>(table: T, record: string | null) =>
      at(`on ${table}`, record) as unknown as readonly Row<T>[],
    all: <T extends OwnTable | HungTable>(table: T) => (tables.get(table) ?? []) as unknown as readonly Row<T>[],
  };
}

/** Rows by the values of these columns; a row that has one value in several of them stands there once. */
function indexBy(rows: readonly object[], columns: readonly string[]): Map<unknown, object[]> {
  const index = new Map<unknown, object[]>();
  for (const row of rows) {
    for (const key of new Set(columns.map((column) => (row as Record<string, unknown>)[column]))) {
      const known = index.get(key);
      if (known) known.push(row);
      else index.set(key, [row]);
    }
  }
  return index;
}

/** Each once: no key is enforced, so that a row may stand twice. */
export function distinct<T extends object>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
