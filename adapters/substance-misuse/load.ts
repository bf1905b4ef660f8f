/**
 * Loads an extract and its client index into a snapshot: a SQLite file that is built aside, from rows as they stream past,
 * and put in its place whole by a rename – or not at all. Memory does not grow with the files. See snapshot.ts for its tables.
 */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { earlier, lookAt, type Standing } from './client.js';
import { readCsv } from './csv.js';
import { ALWAYS, type Edition, ExtractRefused, editionNamed, type Header, headerOf, plain } from './editions.js';
import { openRejects, type Rejects, rejectsName } from './rejects.js';
import { fold, packed, SNAPSHOT_FORMAT, SNAPSHOT_INDEXES, SNAPSHOT_TABLES } from './snapshot.js';
import { INDEX_COLUMNS, indexRows, TREATMENT_COLUMNS, treatmentRows, unknownCodes } from './wire.js';

/** What to load and when to refuse it. Plain data: it travels to another process. */
export interface LoadRequest {
  readonly source: string;
  readonly folder: string;
  readonly extract: Standing;
  readonly index: Standing;
  /** Where the snapshot stands; the rejects reports stand beside it. */
  readonly snapshot: string;
  /** The edition that the provider sends; a file that names another is refused. */
  readonly edition?: string;
  readonly editionsFile?: string;
  /** Of 1: a file with a greater share of bad rows is refused whole. */
  readonly mostRejected: number;
  /** Of 1: an extract with a smaller share of the rows that the last one had is refused whole; of the last, its rows. */
  readonly leastRows: number;
  readonly lastRows: number;
}

/** How a load ended. `refused`: the files are at fault, the report says how. `changed`: they changed meanwhile. `failed`: try again. */
export interface LoadOutcome {
  readonly state: 'loaded' | 'refused' | 'changed' | 'failed';
  /** Why not; names a file, a line or a column, never content. */
  readonly why?: string;
  readonly rows: number;
  readonly rejected: { readonly extract: number; readonly index: number };
}

const CACHE_KIB = 48 * 1024;
/** Of codes on no list, so many different ones are reported. */
const MOST_CODES = 1000;
/** Fewer rows than these are no measure of a share of the last extract. */
const FEW_ROWS = 1000;
const HOUR_MS = 3_600_000;

interface Counted {
  rows: number;
  rejected: number;
  /** Whether the row last seen has fewer cells than the header: the last of the file must not. */
  isShort: boolean;
}

/** Loads. Never rejects: what went wrong is the outcome. Blocks for as long as it takes to sort the rows: not for a thread that answers. */
export async function loadExtract(request: LoadRequest): Promise<LoadOutcome> {
  const extract: Counted = { rows: 0, rejected: 0, isShort: false };
  const index: Counted = { rows: 0, rejected: 0, isShort: false };
  const home = dirname(request.snapshot);
  const building = `${request.snapshot}.${process.pid}.part`;
  const reports: Rejects[] = [];
  const end = (state: LoadOutcome['state'], why?: string): LoadOutcome => ({
    state,
    ...(why === undefined ? {} : { why }),
    rows: extract.rows,
    rejected: { extract: extract.rejected, index: index.rejected },
  });
  let about = request.extract;
  let database: Database.Database | undefined;
  try {
    removeLeftovers(home);
    const ofExtract = openRejects(join(home, rejectsName(request.extract.name)));
    reports.push(ofExtract);
    const ofIndex = openRejects(join(home, rejectsName(request.index.name)));
    reports.push(ofIndex);
    try {
      const edition = editionOf(request);
      database = beginSnapshot(building);
      about = request.index;
      await loadIndex(database, request, ofIndex, index);
      about = request.extract;
      await loadTreatments(database, request, edition, ofExtract, extract);
      for (const statement of SNAPSHOT_INDEXES) database.exec(statement);
      dropRepeated(database, ofExtract, extract);
      dropWithoutConsent(database);
      refuseTooMany(request, extract);
      finishSnapshot(database, building, request, edition, end('loaded'));
    } catch (error) {
      if (!(error instanceof ExtractRefused)) throw error;
      (about === request.extract ? ofExtract : ofIndex).add(undefined, undefined, `refused whole: ${error.message}`);
      if (await hasChanged(request)) return end('changed');
      for (const report of reports.splice(0)) report.finish();
      return end('refused', `${about.name} is refused whole: ${error.message}`);
    }
    if (await hasChanged(request)) return end('changed');
    renameSync(building, request.snapshot);
    for (const report of reports.splice(0)) report.finish();
    return end('loaded');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return end(
      'failed',
      `the load failed${typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : ''}`,
    );
  } finally {
    if (database?.open) database.close();
    for (const report of reports) report.abandon();
    rmSync(building, { force: true });
  }
}

function editionOf({ edition, editionsFile, extract }: LoadRequest): Edition {
  if (edition !== undefined && extract.edition !== undefined && plain(edition) !== extract.edition)
    throw new ExtractRefused('the edition in its name is not the one that this source is set to');
  return editionNamed(edition ?? extract.edition, editionsFile);
}

function beginSnapshot(building: string): Database.Database {
  rmSync(building, { force: true });
  closeSync(openSync(building, 'wx', 0o600));
  const database = new Database(building);
  // It is thrown away unless it is finished: no journal on disk. What is taken out again must not stay in free pages.
  database.pragma('journal_mode = MEMORY');
  database.pragma('synchronous = OFF');
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('secure_delete = ON');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  for (const statement of SNAPSHOT_TABLES) database.exec(statement);
  database.exec('BEGIN');
  return database;
}

/** Whether a row has the header's width; one that has not refuses the file where quotes must be at fault. */
function isWhole(
  header: Header,
  counted: Counted,
  cells: readonly string[],
  line: number,
  isSpread: boolean,
  rejects: Rejects,
): boolean {
  counted.isShort = cells.length < header.width;
  if (cells.length === header.width) return true;
  if (isSpread)
    throw new ExtractRefused(`line ${line}: the row has line ends in it and is not whole: quotes do not match`);
  rejects.add(line, undefined, `has ${cells.length} cells where the header has ${header.width}`);
  return false;
}

/** Throws ExtractRefused unless the file had a header and ended with a whole row. */
function refuseCutOff(header: Header | undefined, { isShort }: Counted): void {
  if (!header) throw new ExtractRefused('it has no header row');
  if (isShort) throw new ExtractRefused('its last row is not whole: is it cut off?');
}

async function loadIndex(database: Database.Database, request: LoadRequest, rejects: Rejects, counted: Counted) {
  const insert = database.prepare(
    'INSERT INTO client (client, worker, team, forename, surname, born, line, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  let header: Header | undefined;
  let rows: ReturnType<typeof indexRows> | undefined;
  await readCsv(request.index.path, (cells, line, isSpread) => {
    if (!header || !rows) {
      header = headerOf(cells, INDEX_COLUMNS, INDEX_COLUMNS);
      rows = indexRows(header);
      return;
    }
    counted.rows += 1;
    const parsed = isWhole(header, counted, cells, line, isSpread, rejects) ? rows.rowOf(cells) : undefined;
    for (const { column, why } of parsed?.faults ?? []) rejects.add(line, column, why);
    const row = parsed?.row;
    if (!row) {
      counted.rejected += 1;
      return;
    }
    const { CLIENTID, KEYWORKER_ID, TEAM_ID, FORENAME, SURNAME, DOB } = row;
    insert.run(
      CLIENTID,
      KEYWORKER_ID ?? null,
      TEAM_ID ?? null,
      fold(FORENAME),
      fold(SURNAME),
      DOB ?? null,
      line,
      JSON.stringify(row),
    );
  });
  refuseCutOff(header, counted);
  refuseShare(counted, request.mostRejected);
}

/**
 * CONSENT = N (ndtms, consent_rule): only AGNCY, CLIENTID and CONSENT are read, and since such a row names no episode, its
 * client has no treatment here, whatever other rows say. The same goes for an unknown code, which is a fault beside.
 */
async function loadTreatments(
  database: Database.Database,
  request: LoadRequest,
  edition: Edition,
  rejects: Rejects,
  counted: Counted,
) {
  const insert = database.prepare(
    'INSERT INTO treatment (client, episode, treatment, profile, line, said) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const withhold = database.prepare('INSERT OR IGNORE INTO without_consent (client) VALUES (?)');
  const codes = new Set<string>();
  let header: Header | undefined;
  let rows: ReturnType<typeof treatmentRows> | undefined;
  const reject = (line: number, faults: readonly { column: string; why: string }[]) => {
    counted.rejected += 1;
    for (const { column, why } of faults) rejects.add(line, column, why);
  };
  await readCsv(request.extract.path, (cells, line, isSpread) => {
    if (!header || !rows) {
      header = headerOf(cells, edition.complete ? TREATMENT_COLUMNS : ALWAYS, TREATMENT_COLUMNS);
      rows = treatmentRows(header);
      for (const column of header.lacking) rejects.add(undefined, column, 'is not in the header: reads as empty');
      return;
    }
    counted.rows += 1;
    if (!isWhole(header, counted, cells, line, isSpread, rejects)) {
      counted.rejected += 1;
      for (const id of mayBeWithoutConsent(cells)) withhold.run(id);
      return;
    }
    const consent = rows.consentOf(cells);
    if (!consent.isGiven && consent.client !== undefined) withhold.run(consent.client);
    if (consent.faults.length > 0) return reject(line, consent.faults);
    if (!consent.isGiven) {
      if (rows.saysTooMuch(cells))
        rejects.add(line, 'CONSENT', 'is N but other columns are not empty: they were not read (row kept)');
      return;
    }
    const { row, faults } = rows.rowOf(cells);
    if (!row) return reject(line, faults);
    for (const [column, code] of unknownCodes(row, edition.dischargeReasons)) {
      if (codes.has(column + code) || codes.size >= MOST_CODES) continue;
      codes.add(column + code);
      rejects.add(line, column, 'is a code on no list of this edition: shown as its code (row kept; told once a code)');
    }
    const { CLIENTID, EPISODID, MODID, TOPID } = row;
    insert.run(CLIENTID, EPISODID, MODID ?? null, TOPID ?? null, line, packed(row));
  });
  refuseCutOff(header, counted);
  // Without MODID it cannot be told which row is a repetition.
  if (!header?.position.has('MODID')) database.exec('UPDATE snapshot SET is_keyed = 0');
}

/** A row of the wrong width that says little but N may be somebody's refusal: whoever it may name has no treatment here. */
function mayBeWithoutConsent(cells: readonly string[]): readonly string[] {
  const said = cells.map((cell) => cell.trim()).filter((cell) => cell !== '' && cell !== 'NA');
  return said.length <= 4 && said.includes('N') && !said.includes('Y') ? said : [];
}

/** One row a client, episode, treatment and profile (ndtms, one_row_per): of repeated ones the first counts. */
function dropRepeated(database: Database.Database, rejects: Rejects, counted: Counted): void {
  if (database.prepare('SELECT is_keyed FROM snapshot').pluck().get() === 0) return;
  database.exec(
    `CREATE TABLE repeated AS SELECT line FROM (
       SELECT line, ROW_NUMBER() OVER (PARTITION BY client, episode, treatment, profile ORDER BY line) AS nth FROM treatment
     ) WHERE nth > 1`,
  );
  for (const line of database.prepare('SELECT line FROM repeated ORDER BY line').pluck().iterate()) {
    counted.rejected += 1;
    rejects.add(Number(line), 'MODID', 'repeats an earlier row (CLIENTID, EPISODID, MODID and TOPID are the same)');
  }
  database.exec('DELETE FROM treatment WHERE line IN (SELECT line FROM repeated)');
  database.exec('DROP TABLE repeated');
}

function dropWithoutConsent(database: Database.Database): void {
  database.exec('DELETE FROM treatment WHERE client IN (SELECT client FROM without_consent)');
}

function refuseShare({ rows, rejected }: Counted, most: number): void {
  if (rejected > rows * most)
    throw new ExtractRefused(`${rejected} of its ${rows} rows are bad, more than the share of ${most} that is allowed`);
}

function refuseTooMany({ mostRejected, leastRows, lastRows }: LoadRequest, counted: Counted): void {
  refuseShare(counted, mostRejected);
  if (lastRows >= FEW_ROWS && counted.rows < lastRows * leastRows)
    throw new ExtractRefused(
      `it has ${counted.rows} rows where the last had ${lastRows}, less than the share of ${leastRows}: is it cut off?`,
    );
}

function finishSnapshot(
  database: Database.Database,
  building: string,
  { source, extract, index, edition: setTo }: LoadRequest,
  edition: Edition,
  { rows, rejected }: LoadOutcome,
): void {
  database
    .prepare(
      `UPDATE snapshot SET format = ?, source = ?, stamp = ?, as_of = ?, rows = ?, rejected_extract = ?, rejected_index = ?,
       has_reasons = ?`,
    )
    .run(
      SNAPSHOT_FORMAT,
      source,
      stampOf(extract, index, setTo),
      earlier(extract.asOf, index.asOf),
      rows,
      rejected.extract,
      rejected.index,
      Number(edition.dischargeReasons),
    );
  database.exec('COMMIT');
  database.close();
  const file = openSync(building, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** What two files are at a glance, together, and as what edition they are read. */
export function stampOf(extract: Standing, index: Standing, edition: string | undefined): string {
  return `${extract.stamp}; ${index.stamp}; ${plain(edition ?? '')}`;
}

async function hasChanged({ folder, extract, index }: LoadRequest): Promise<boolean> {
  const now = await lookAt(folder);
  return now.extract?.stamp !== extract.stamp || now.index?.stamp !== index.stamp;
}

/** What a process that died left half-built; not what another may be building now. */
function removeLeftovers(home: string): void {
  for (const name of readdirSync(home).filter((file) => /\.\d+\.part$/.test(basename(file)))) {
    const path = join(home, name);
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > HOUR_MS) rmSync(path, { force: true });
  }
}
