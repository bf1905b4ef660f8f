/** Everything the two files say, by client, worker, team and name: built whole, then only read. */
import type { InvolvementRow, ResidenceRow } from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { LocalId, SourceId } from '../../src/domain/words.js';
import { EXTRACT_FILE, INDEX_FILE, rowsOf } from './client.js';
import { detailsOf, episodeOf, involvementOf, involvementRecordOf, profileOf, residencesOf } from './map.js';
import {
  consentSchema,
  EXTRACT_COLUMNS,
  INDEX_COLUMNS,
  type IndexRow,
  indexSchema,
  type TreatmentRow,
  treatmentSchema,
} from './wire.js';

/** A client of the index, for finding. */
export interface Named {
  readonly id: LocalId;
  readonly forename: string;
  readonly surname: string;
  readonly dateOfBirth: string | undefined;
}

export interface Snapshot {
  readonly records: ReadonlyMap<LocalId, readonly SourceRecord[]>;
  /** `Type localId` → record. */
  readonly byId: ReadonlyMap<string, SourceRecord>;
  readonly involvements: ReadonlyMap<LocalId, readonly InvolvementRow[]>;
  readonly ofWorker: ReadonlyMap<string, readonly InvolvementRow[]>;
  readonly ofTeam: ReadonlyMap<string, readonly InvolvementRow[]>;
  readonly residences: ReadonlyMap<LocalId, readonly ResidenceRow[]>;
  /** By folded forename, folded surname and date of birth, each with a letter before it: `f`, `s`, `d`. */
  readonly named: ReadonlyMap<string, readonly Named[]>;
  /** Rows dropped from the extract and from the client index. */
  readonly rejected: { readonly extract: number; readonly index: number };
}

/** Names are compared without regard to case, spacing or how accents are encoded. */
export function fold(name: string | undefined): string {
  return (name ?? '').normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');
}

/** Reads both files. Throws SourceFailure if one cannot be read as a whole; bad rows are dropped and counted. */
export async function loadSnapshot(folder: string, source: SourceId): Promise<Snapshot> {
  const treatments = await loadTreatments(folder);
  const clients = await loadIndex(folder);

  const records = new Map<LocalId, SourceRecord[]>();
  const byId = new Map<string, SourceRecord>();
  const keep = (record: SourceRecord | undefined) => {
    if (!record) return;
    const { type, localId, subject } = record.label;
    if (byId.has(`${type} ${localId}`)) return;
    byId.set(`${type} ${localId}`, record);
    put(records, subject, record);
  };
  for (const rows of treatments.episodes.values()) {
    keep(episodeOf(rows, source));
    for (const row of rows) keep(profileOf(row, source));
  }

  const involvements = new Map<LocalId, InvolvementRow[]>();
  const ofWorker = new Map<string, InvolvementRow[]>();
  const ofTeam = new Map<string, InvolvementRow[]>();
  const residences = new Map<LocalId, ResidenceRow[]>();
  const named = new Map<string, Named[]>();
  for (const [client, rows] of clients.rows) {
    const latestFirst = rows.toReversed().sort((a, b) => -compare(a.FROM ?? '', b.FROM ?? ''));
    keep(detailsOf(latestFirst, source));
    residences.set(client, residencesOf(rows));
    for (const row of rows) {
      const involvement = involvementOf(row);
      if (!involvement) continue;
      keep(involvementRecordOf(row, source));
      put(involvements, client, involvement);
      if (involvement.worker !== undefined) put(ofWorker, involvement.worker, involvement);
      if (involvement.team !== undefined) put(ofTeam, involvement.team, involvement);
    }
    for (const { FORENAME, SURNAME, DOB } of rows) {
      const name = { id: client, forename: fold(FORENAME), surname: fold(SURNAME), dateOfBirth: DOB };
      put(named, `f${name.forename}`, name);
      put(named, `s${name.surname}`, name);
      if (DOB !== undefined) put(named, `d${DOB}`, name);
    }
  }
  const rejected = { extract: treatments.rejected, index: clients.rejected };
  return { records, byId, involvements, ofWorker, ofTeam, residences, named, rejected };
}

/**
 * Rows by `client/episode`. CONSENT = N: only AGNCY, CLIENTID and CONSENT are read, and since such a row names no episode,
 * its client has no treatment here, whatever other rows say. The same goes for an unknown code, which is counted too.
 */
async function loadTreatments(folder: string) {
  const episodes = new Map<string, TreatmentRow[]>();
  const withoutConsent = new Set<LocalId>();
  let rejected = 0;
  for await (const row of rowsOf(folder, EXTRACT_FILE, EXTRACT_COLUMNS, Object.keys(treatmentSchema.shape))) {
    const consent = consentSchema.safeParse(row);
    if (!consent.success) {
      rejected += 1;
    } else if (consent.data.CONSENT !== 'Y') {
      withoutConsent.add(consent.data.CLIENTID);
      if (consent.data.CONSENT !== 'N') rejected += 1;
    } else {
      const treatment = treatmentSchema.safeParse(row);
      if (treatment.success) put(episodes, `${treatment.data.CLIENTID}/${treatment.data.EPISODID}`, treatment.data);
      else rejected += 1;
    }
  }
  for (const [key, [row]] of episodes) if (row && withoutConsent.has(row.CLIENTID)) episodes.delete(key);
  return { episodes, rejected };
}

async function loadIndex(folder: string) {
  const rows = new Map<LocalId, IndexRow[]>();
  let rejected = 0;
  for await (const row of rowsOf(folder, INDEX_FILE, INDEX_COLUMNS)) {
    const client = indexSchema.safeParse(row);
    if (client.success) put(rows, client.data.CLIENTID, client.data);
    else rejected += 1;
  }
  return { rows, rejected };
}

/** The record of this type and id. */
export function recordById(snapshot: Snapshot, type: RecordType, localId: string): SourceRecord | undefined {
  return snapshot.byId.get(`${type} ${localId}`);
}

function put<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
