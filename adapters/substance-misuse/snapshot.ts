/** Everything the two files say, in a SQLite file that is built whole (load.ts) and then only read. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { InvolvementRow, ResidenceRow } from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { IsoDate, IsoInstant, LocalId, SourceId } from '../../src/domain/words.js';
import { detailsOf, episodeOf, involvementOf, involvementRecordOf, profileOf, residencesOf } from './map.js';
import { type IndexRow, TREATMENT_COLUMNS, type TreatmentRow } from './wire.js';

/** A snapshot of another format is not read but built anew. Raise it when tables or the meaning of rows change. */
export const SNAPSHOT_FORMAT = 1;

/**
 * Columns of their own are what rows are looked for by; `said` is the rest: of a client index's row the row as JSON, of a
 * treatment's, of which there are millions, its cells in the order of PACKED.
 */
export const SNAPSHOT_TABLES: readonly string[] = [
  `CREATE TABLE snapshot (format INTEGER, source TEXT, stamp TEXT, as_of TEXT, rows INTEGER, rejected_extract INTEGER,
     rejected_index INTEGER, has_reasons INTEGER, is_keyed INTEGER)`,
  'INSERT INTO snapshot (format, is_keyed) VALUES (0, 1)',
  'CREATE TABLE treatment (client TEXT, episode TEXT, treatment TEXT, profile TEXT, line INTEGER PRIMARY KEY, said TEXT)',
  'CREATE TABLE without_consent (client TEXT PRIMARY KEY) WITHOUT ROWID',
  `CREATE TABLE client (client TEXT, worker TEXT, team TEXT, forename TEXT, surname TEXT, born TEXT,
     line INTEGER PRIMARY KEY, said TEXT)`,
];
export const SNAPSHOT_INDEXES: readonly string[] = [
  'CREATE INDEX treatment_client ON treatment (client, episode, treatment, profile)',
  'CREATE INDEX client_client ON client (client)',
  'CREATE INDEX client_worker ON client (worker) WHERE worker IS NOT NULL',
  'CREATE INDEX client_team ON client (team) WHERE team IS NOT NULL',
  'CREATE INDEX client_name ON client (surname, forename)',
  'CREATE INDEX client_born ON client (born, surname)',
];

const CACHE_KIB = 16 * 1024;

const PACKED = TREATMENT_COLUMNS.filter(
  (column) => !['AGNCY', 'CONSENT', 'CLIENTID', 'EPISODID', 'MODID', 'TOPID'].includes(column),
);

/** What stands in `said` for a treatment row: a JSON array, null for what the row does not say. */
export function packed(row: TreatmentRow): string {
  return JSON.stringify(PACKED.map((column) => (row as Readonly<Record<string, unknown>>)[column]));
}

interface Stored {
  readonly client: string;
  readonly episode: string;
  readonly profile: string | null;
  readonly said: string;
}

function unpacked({ client, episode, profile, said }: Stored): TreatmentRow {
  const row: Record<string, unknown> = { CLIENTID: client, EPISODID: episode };
  if (profile !== null) row['TOPID'] = profile;
  (JSON.parse(said) as unknown[]).forEach((cell, i) => {
    const column = PACKED[i];
    if (cell !== null && column !== undefined) row[column] = cell;
  });
  return row as unknown as TreatmentRow;
}

/** Names are compared without regard to case, spacing or how accents are encoded. */
export function fold(name: string | undefined): string {
  return (name ?? '').normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');
}

/** What to look for; a folded name, empty for any. */
export interface Sought {
  readonly forename: string;
  readonly surname: string;
  readonly born: IsoDate | undefined;
}

/** A snapshot that is open. Its answers are synchronous: batched look-ups of an index, well under a millisecond a person. */
export interface Snapshot {
  /** Of which files it is made (see load.ts, stampOf). */
  readonly stamp: string;
  /** Until when what it holds can be complete. */
  readonly asOf: IsoInstant;
  readonly rows: number;
  /** Rows dropped from the extract and from the client index. */
  readonly rejected: { readonly extract: number; readonly index: number };
  /** Records of these types about these clients, in the order of the files, one an id. */
  records(types: ReadonlySet<RecordType>, clients: readonly LocalId[]): SourceRecord[];
  residences(clients: readonly LocalId[]): ResidenceRow[];
  involvements(clients: readonly LocalId[]): InvolvementRow[];
  involvementsOf(workers: readonly string[], teams: readonly string[]): InvolvementRow[];
  find(sought: Sought): LocalId[];
  /** Clients of the index in the order of their ids, after one; at most so many. */
  clients(after: LocalId, most: number): LocalId[];
  close(): void;
}

/** Opens the snapshot of a source. Undefined if there is none, or it is another source's or of another format. */
export function openSnapshot(path: string, source: SourceId): Snapshot | undefined {
  if (!existsSync(path)) return undefined;
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    database.pragma(`cache_size = -${CACHE_KIB}`);
    const about = database.prepare('SELECT * FROM snapshot').get() as Record<string, unknown> | undefined;
    if (about?.['format'] === SNAPSHOT_FORMAT && about['source'] === source) return reading(database, source, about);
  } catch (error) {
    // By its code: the driver's class is another one for each loading of its module.
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_')) throw error;
  }
  database?.close();
  return undefined;
}

function reading(database: Database.Database, source: SourceId, about: Record<string, unknown>): Snapshot {
  const hasReasons = about['has_reasons'] === 1;
  const saidBy = <Row>(sql: string) => {
    const statement = database.prepare(`${sql} ORDER BY client, line`).pluck();
    return (...keys: readonly (readonly string[])[]): Row[] =>
      (statement.all(...keys.map((list) => JSON.stringify(list))) as string[]).map((said) => JSON.parse(said) as Row);
  };
  const treatments = database.prepare(
    `SELECT client, episode, profile, said FROM treatment WHERE client IN (SELECT value FROM json_each(?))
     ORDER BY client, line`,
  );
  const treatmentOf = (clients: readonly LocalId[]) =>
    (treatments.all(JSON.stringify(clients)) as Stored[]).map(unpacked);
  const indexOf = saidBy<IndexRow>('SELECT said FROM client WHERE client IN (SELECT value FROM json_each(?))');
  const workloadOf = saidBy<IndexRow>(
    `SELECT said FROM client WHERE line IN (SELECT line FROM client WHERE worker IN (SELECT value FROM json_each(?))
     UNION SELECT line FROM client WHERE team IN (SELECT value FROM json_each(?)))`,
  );
  const found = (where: string) => database.prepare(`SELECT DISTINCT client FROM client WHERE ${where}`).pluck();
  const byBirth = found(
    `born = :born AND (:surname = '' OR surname = :surname) AND (:forename = '' OR forename = :forename)`,
  );
  const clientsAfter = database
    .prepare('SELECT DISTINCT client FROM client WHERE client > ? ORDER BY client LIMIT ?')
    .pluck();
  const byNames = found('surname = :surname AND forename = :forename');

  return {
    stamp: String(about['stamp']),
    asOf: String(about['as_of']),
    rows: Number(about['rows']),
    rejected: { extract: Number(about['rejected_extract']), index: Number(about['rejected_index']) },
    records(types, clients) {
      const records = new Map<string, SourceRecord>();
      const keep = (record: SourceRecord | undefined) => {
        if (!record || !types.has(record.label.type)) return;
        const id = `${record.label.type} ${record.label.localId}`;
        if (!records.has(id)) records.set(id, record);
      };
      if (types.has('SubstanceMisuseRecord')) {
        for (const rows of groups(treatmentOf(clients), (row) => `${row.CLIENTID}/${row.EPISODID}`)) {
          keep(episodeOf(rows, source, hasReasons));
          for (const row of rows) keep(profileOf(row, source));
        }
      }
      if (types.has('PersonDetails') || types.has('Involvement')) {
        for (const rows of groups(indexOf(clients), (row) => row.CLIENTID)) {
          keep(detailsOf(latestFirst(rows), source));
          for (const row of rows) if (involvementOf(row)) keep(involvementRecordOf(row, source));
        }
      }
      return [...records.values()];
    },
    residences: (clients) => groups(indexOf(clients), (row) => row.CLIENTID).flatMap(residencesOf),
    involvements: (clients) => indexOf(clients).flatMap((row) => involvementOf(row) ?? []),
    involvementsOf: (workers, teams) => workloadOf(workers, teams).flatMap((row) => involvementOf(row) ?? []),
    find({ forename, surname, born }) {
      const ids = born === undefined ? byNames.all({ forename, surname }) : byBirth.all({ born, forename, surname });
      return ids as LocalId[];
    },
    clients: (after, most) => clientsAfter.all(after, most) as LocalId[],
    close: () => database.close(),
  };
}

/** Rows with the same key together, in the order in which the keys first occur. */
function groups<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[][] {
  const lists = new Map<string, Row[]>();
  for (const row of rows) {
    const list = lists.get(keyOf(row));
    if (list) list.push(row);
    else lists.set(keyOf(row), [row]);
  }
  return [...lists.values()];
}

function latestFirst(rows: readonly IndexRow[]): IndexRow[] {
  return rows.toReversed().sort((a, b) => -compare(a.FROM ?? '', b.FROM ?? ''));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
