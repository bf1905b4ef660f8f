/**
 * Whether a world folder is whole: files and columns that nothing reads, references that lead nowhere, words outside their
 * lists, dates that are none, judgements of records that no source holds. Messages name file, line and column, never a value.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDate } from '../domain/instants.js';
import { AGENCY_KINDS } from '../domain/words.js';
import { type CsvTable, readCsv } from './check-csv.js';
import { datedFolder, datedSource } from './check-dates.js';
import { type Documents, readDocuments } from './check-documents.js';
import { FOLDER_TABLES, OPEN_TABLES, REQUIRED_FILES, SOURCE_TABLES } from './columns.js';
import { WorldError } from './csv.js';
import { parseManifest } from './load-world.js';
import { CLOSED_WORDS, FOLDER_REFERENCES, PERSON_COLUMNS, type Reference, SOURCE_REFERENCES } from './references.js';

interface SourceEntry {
  readonly id: string;
  readonly adapter: string;
  readonly holder: string;
  readonly space?: string;
}

/** Named sets of ids: `worker`, `local social-care`, `staff early-help`, `social-care gw_family_member.family_id` … */
type Ids = Map<string, Set<string>>;

const DOCUMENT_ADAPTERS = ['mental-health', 'domestic-abuse', 'probation'];

/** What is broken in a world folder, one sentence each; none when it is whole. Throws WorldError only if the folder is no folder. */
export function checkWorld(folder: string): string[] {
  try {
    readdirSync(folder);
  } catch (cause) {
    throw new WorldError(`${folder} is no folder that can be read; name a world folder`, { cause });
  }
  const problems: string[] = [];
  const sources = readManifest(folder, problems);
  const ids: Ids = new Map();
  const tables = new Map<string, CsvTable>();

  for (const [path, columns] of Object.entries(FOLDER_TABLES)) {
    const table = open(folder, path, columns, problems, true);
    if (!table) continue;
    tables.set(path, table);
    datedFolder(table, problems);
  }
  const all = (path: string, column: string) => tables.get(path)?.column(column) ?? [];
  put(ids, 'agency', all('directory/agencies.csv', 'id'));
  put(ids, 'party', [...all('directory/agencies.csv', 'id'), ...AGENCY_KINDS, '*']);
  put(ids, 'team', all('directory/teams.csv', 'id'));
  put(ids, 'worker', all('directory/workers.csv', 'id'));
  put(ids, 'person', all('links.csv', 'person'));
  put(
    ids,
    'source',
    sources.map(({ id }) => id),
  );
  put(ids, 'space', sources.map(spaceOf));
  for (const path of ['directory/agencies.csv', 'directory/teams.csv', 'directory/workers.csv'] as const)
    unique(tables.get(path), ['id'], problems);
  for (const path of ['registers/consents.csv', 'registers/exceptions.csv', 'registers/judgements.csv'])
    unique(tables.get(path), ['id'], problems);
  unique(tables.get('links.csv'), ['space', 'local_id'], problems);
  const identities = tables.get('directory/worker-identities.csv');
  for (const row of identities?.rows ?? [])
    put(ids, `staff ${identities?.cell(row, 'space')}`, [identities?.cell(row, 'local_id') ?? '']);

  const documents = new Map<string, Documents>();
  for (const source of sources) {
    const from = join('sources', source.id);
    if (!ids.get('agency')?.has(source.holder))
      problems.push(`world.yaml: the holder of source ${source.id} is no agency`);
    missing(folder, source, from, problems);
    if (DOCUMENT_ADAPTERS.includes(source.adapter)) {
      const read = readDocuments(join(folder, from), source.adapter, from, problems);
      documents.set(source.id, read);
      put(ids, `local ${spaceOf(source)}`, read.persons);
    } else openTables(folder, source, from, tables, ids, problems);
  }

  for (const [path, references] of Object.entries(FOLDER_REFERENCES))
    follow(tables.get(path), references, (target) => ids.get(target), problems);
  for (const [path, words] of Object.entries(CLOSED_WORDS)) closed(tables.get(path), words, problems);
  for (const source of sources) {
    const space = spaceOf(source);
    const target = (name: string) =>
      ids.get(
        name === 'local' || name === 'staff' ? `${name} ${space}` : name.includes('.') ? `${source.id} ${name}` : name,
      );
    for (const [table, references] of Object.entries(SOURCE_REFERENCES[source.adapter] ?? {})) {
      follow(tables.get(join('sources', source.id, `${table}.csv`)), references, target, problems);
    }
    const read = documents.get(source.id);
    for (const { place, to, id } of read?.references ?? []) {
      if (!target(to)?.has(id)) problems.push(`${place} leads to no ${to}`);
    }
  }
  linked(tables.get('links.csv'), ids, problems);
  judged(tables, sources, documents, problems);
  return problems;
}

/** Files that a world may do without, and does: what they would tell nobody knows, and no gap says so. */
export function absentFiles(folder: string): string[] {
  return readManifest(folder, []).flatMap(({ id, adapter }) => {
    const files = Object.keys(SOURCE_TABLES[adapter] ?? {}).map((table) => join('sources', id, `${table}.csv`));
    return files.filter((file) => !existsSync(join(folder, file)));
  });
}

function spaceOf({ id, space }: SourceEntry): string {
  return space ?? id;
}

function readManifest(folder: string, problems: string[]): readonly SourceEntry[] {
  const path = join(folder, 'world.yaml');
  if (!existsSync(path)) {
    problems.push('world.yaml is missing');
    return [];
  }
  const world = (yamlOf(readFileSync(path, 'utf8'), problems) ?? {}) as {
    readonly name?: unknown;
    readonly today?: unknown;
    readonly sources?: unknown;
  };
  if (typeof world.name !== 'string') problems.push('world.yaml names no world');
  if (!isDate(String(world.today))) problems.push('world.yaml: today is no date');
  const sources = (Array.isArray(world.sources) ? world.sources : []) as SourceEntry[];
  const adapters = [...Object.keys(SOURCE_TABLES), ...DOCUMENT_ADAPTERS];
  const known = sources.filter(({ id, adapter }) => typeof id === 'string' && adapters.includes(adapter));
  if (known.length < sources.length || sources.length === 0)
    problems.push('world.yaml: a source has no id, or an adapter that nobody knows');
  return known;
}

function yamlOf(text: string, problems: string[]): unknown {
  try {
    return parseManifest(text);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function open(
  folder: string,
  path: string,
  columns: readonly string[],
  problems: string[],
  isRequired: boolean,
): CsvTable | undefined {
  if (!existsSync(join(folder, path))) {
    if (isRequired) problems.push(`${path} is missing`);
    return undefined;
  }
  const table = readCsv(folder, path, problems);
  for (const column of table?.header ?? []) {
    if (!columns.includes(column) && !OPEN_TABLES.some((name) => path.endsWith(`/${name}.csv`)))
      problems.push(`${path}: nothing reads the column ${column}`);
  }
  return table;
}

function missing(folder: string, { adapter }: SourceEntry, from: string, problems: string[]): void {
  for (const file of REQUIRED_FILES[adapter] ?? [])
    if (!existsSync(join(folder, from, file))) problems.push(`${join(from, file)} is missing`);
}

function openTables(
  folder: string,
  source: SourceEntry,
  from: string,
  tables: Map<string, CsvTable>,
  ids: Ids,
  problems: string[],
): void {
  const known = SOURCE_TABLES[source.adapter] ?? {};
  const files = existsSync(join(folder, from)) ? readdirSync(join(folder, from)) : [];
  for (const file of files)
    if (!(file.replace(/\.csv$/, '') in known)) problems.push(`${join(from, file)}: no adapter reads this file`);
  for (const [name, columns] of Object.entries(known)) {
    const path = join(from, `${name}.csv`);
    const table = open(folder, path, columns, problems, false);
    if (!table) continue;
    tables.set(path, table);
    datedSource(table, source.adapter, problems);
  }
  for (const [name, column] of PERSON_COLUMNS[source.adapter] ?? []) {
    put(ids, `local ${spaceOf(source)}`, tables.get(join(from, `${name}.csv`))?.column(column) ?? []);
  }
  const targets = Object.values(SOURCE_REFERENCES[source.adapter] ?? {}).flatMap((references) =>
    references.map(({ to }) => to),
  );
  for (const target of new Set(targets.filter((name) => name.includes('.')))) {
    const [name = '', column = ''] = target.split('.');
    put(ids, `${source.id} ${target}`, tables.get(join(from, `${name}.csv`))?.column(column) ?? []);
  }
  const professionals = tables.get(join(from, 'ssd_professionals.csv'));
  for (const column of ['prof_professional_id', 'prof_staff_id'])
    put(ids, `staff ${spaceOf(source)}`, professionals?.column(column) ?? []);
}

function follow(
  table: CsvTable | undefined,
  references: readonly Reference[],
  target: (name: string) => ReadonlySet<string> | undefined,
  problems: string[],
): void {
  if (!table) return;
  for (const { column, to, list } of references) {
    const known = target(to);
    table.rows.forEach((row, i) => {
      const cell = table.cell(row, column);
      for (const id of list ? cell.split(';') : [cell]) {
        if (id !== '' && !known?.has(id)) problems.push(`${table.path} line ${i + 2}: ${column} leads to no ${to}`);
      }
    });
  }
}

function closed(
  table: CsvTable | undefined,
  words: { readonly [column: string]: readonly string[] },
  problems: string[],
): void {
  if (!table) return;
  for (const [column, list] of Object.entries(words)) {
    table.rows.forEach((row, i) => {
      if (
        table
          .cell(row, column)
          .split(';')
          .some((word) => !list.includes(word))
      )
        problems.push(`${table.path} line ${i + 2}: ${column} holds a word outside its list`);
    });
  }
}

function unique(table: CsvTable | undefined, columns: readonly string[], problems: string[]): void {
  if (!table) return;
  const seen = new Set<string>();
  table.rows.forEach((row, i) => {
    const key = columns.map((column) => table.cell(row, column)).join(' ');
    if (seen.has(key)) problems.push(`${table.path} line ${i + 2}: ${columns.join(' and ')} occur twice`);
    seen.add(key);
  });
}

/** A link must lead to a person whom a source of that space knows. */
function linked(table: CsvTable | undefined, ids: Ids, problems: string[]): void {
  table?.rows.forEach((row, i) => {
    if (!ids.get(`local ${table.cell(row, 'space')}`)?.has(table.cell(row, 'local_id')))
      problems.push(`${table.path} line ${i + 2}: no source of the space knows local_id`);
  });
}

/** A judgement must be of a record, or an episode, that its source holds. */
function judged(
  tables: ReadonlyMap<string, CsvTable>,
  sources: readonly SourceEntry[],
  documents: ReadonlyMap<string, Documents>,
  problems: string[],
): void {
  const table = tables.get('registers/judgements.csv');
  if (!table) return;
  const held = new Map<string, ReadonlySet<string>>();
  for (const { id, adapter } of sources) {
    const extract = tables.get(join('sources', id, 'extract.csv'));
    if (adapter === 'substance-misuse' && extract) held.set(id, treatmentIds(extract));
    const read = documents.get(id);
    if (read) held.set(id, read.records);
  }
  table.rows.forEach((row, i) => {
    const known = held.get(table.cell(row, 'source'));
    const [record, episode] = [table.cell(row, 'local_id'), table.cell(row, 'episode')];
    const isHeld = record === '' ? known?.has(`episode ${episode}`) : known?.has(record);
    if (!isHeld) problems.push(`${table.path} line ${i + 2}: no source holds what was judged`);
  });
}

function treatmentIds(extract: CsvTable): ReadonlySet<string> {
  const records = new Set<string>();
  for (const row of extract.rows) {
    const [client, episode, profile] = ['CLIENTID', 'EPISODID', 'TOPID'].map((column) => extract.cell(row, column));
    records.add(`${client}/${episode}`).add(`${client}/${episode}/${profile}`).add(`episode ${episode}`);
  }
  return records;
}

function put(ids: Ids, name: string, values: Iterable<string>): void {
  const known = ids.get(name) ?? new Set<string>();
  for (const value of values) if (value !== '') known.add(value);
  ids.set(name, known);
}
