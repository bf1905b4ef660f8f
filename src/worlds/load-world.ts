/**
 * A world folder: named families and agencies in the files that every source would send, with the gateway's own directory,
 * links and registers beside them. Here those last three go into the store; each adapter loads its own source's files.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { AGENCY_KINDS, CATEGORIES, PURPOSES, ROLES } from '../domain/words.js';
import { consentRows, exceptionRows, judgementRows, type TableWriter } from '../registers/rows.js';
import { consentShape, exceptionShape, judgementShape } from '../registers/statements.js';
import type { Store, Transaction } from '../store/store.js';
import { type CsvRow, readCsv, WorldError } from './csv.js';

const id = z.string().min(1);
const manifestShape = z.strictObject({
  name: z.string().min(1),
  today: z.iso.date(),
  sources: z
    .array(z.strictObject({ id, adapter: id, holder: id, space: id.optional() }))
    .transform((sources) => sources.map((source) => ({ ...source, space: source.space ?? source.id }))),
  /** The family that `threshold demo` shows: found on a worker's board by a surname, and seen by each viewer. */
  demo: z
    .strictObject({
      family: z.string(),
      story: z.string(),
      member: z.strictObject({ worker: id, surname: z.string() }),
      viewers: z.array(z.strictObject({ worker: id, purpose: z.enum(PURPOSES) })),
      /** A request that one agency makes to another: who asks for what about whom, and by which lawful gateway a manager approves it. */
      request: z
        .strictObject({
          asker: id,
          purpose: z.enum(PURPOSES),
          forename: z.string(),
          surname: z.string(),
          holder: id,
          category: z.enum(CATEGORIES),
          why: z.string(),
          manager: id,
          gateway: id,
          answers: z.array(z.string()),
        })
        .optional(),
    })
    .optional(),
});

/** What a world says of itself: `today` is the day its stories stand at, `space` whose ids a source's persons and staff have. */
export type WorldManifest = z.infer<typeof manifestShape>;

/** Reads `world.yaml`. Throws WorldError when it is not there, or lacks something. */
export function readWorldManifest(folder: string): WorldManifest {
  const read = manifestShape.safeParse(parseManifest(manifestOf(folder)));
  if (!read.success)
    throw new WorldError(
      `world.yaml: ${read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
    );
  return read.data;
}

/** What stands in a `world.yaml`. Throws WorldError, saying where, when it is not YAML. */
export function parseManifest(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new WorldError(`world.yaml is not YAML: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function manifestOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'world.yaml'), 'utf8');
  } catch (cause) {
    throw new WorldError(
      `${folder} is no world folder: there is no world.yaml to read. Name one with --world or THRESHOLD_WORLD; \`threshold world generate\` makes one`,
      { cause },
    );
  }
}

/**
 * Loads a world's directory, links and registers, all or nothing. Answers whether it did: a store that knows an agency
 * already is left as it is, unless its directory, links and registers are to be replaced (the log never is).
 * Throws WorldError naming file and row.
 */
export async function loadWorld(store: Store, folder: string, { replace = false } = {}): Promise<boolean> {
  return store.transaction(async (transaction) => {
    const known = await transaction.run('SELECT id FROM agency');
    if (known.length > 0 && !replace) return false;
    for (const table of REPLACED) await transaction.run(`DELETE FROM ${table}`);
    const load = loader(store, transaction, folder);
    await loadDirectory(load);
    await load('links.csv', linkShape, ({ person, space, local_id }) => [
      ['person_link', { person_id: person, space, local_id }],
    ]);
    await loadRegisters(load);
    await transaction.run('UPDATE register_clock SET version = version + 1 WHERE id = 1');
    return true;
  });
}

/**
 * Tells whether the registers of a world, with its directory and links, are those that a store was filled with: SHA-256 (hex) over the
 * files that `loadWorld` reads, by name.
 */
export function registersOf(folder: string): string {
  const hash = createHash('sha256');
  const files = ['links.csv', ...['directory', 'registers'].flatMap((part) => namesIn(folder, part))];
  for (const file of files) {
    const path = join(folder, file);
    if (existsSync(path)) hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function namesIn(folder: string, part: string): string[] {
  if (!existsSync(join(folder, part))) return [];
  return readdirSync(join(folder, part))
    .sort()
    .map((name) => join(part, name));
}

const REPLACED = [
  'agency',
  'team',
  'worker',
  'worker_team',
  'worker_identity',
  'conflict',
  'person_link',
  'person_link_question',
  'person_merge',
  'person_link_moved',
  'consent_statement',
  'service_consent',
  'statement_moved',
  'exception_record',
  'exception_subject',
  'relevance_judgement',
] as const;

type Value = string | number | null;
type TableRow = readonly [table: string, row: { readonly [column: string]: Value }];
type Load = <T>(file: string, shape: z.ZodType<T>, rowsOf: (item: T) => readonly TableRow[]) => Promise<void>;

/** Loads a file into the tables that its items become rows of: one statement a batch and table, rows as one parameter. */
function loader(store: Store, transaction: Transaction, folder: string): Load {
  return async (file, shape, rowsOf) => {
    for await (const items of readCsv(folder, file, shape)) {
      const tables = new Map<string, { columns: string[]; rows: Value[][] }>();
      for (const [table, row] of items.flatMap(rowsOf)) {
        const into = tables.get(table) ?? { columns: Object.keys(row), rows: [] };
        into.rows.push(Object.values(row));
        tables.set(table, into);
      }
      for (const [table, { columns, rows }] of tables) {
        const names = columns.join(', ');
        await transaction.run(`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${store.rowList(columns)} r`, [
          JSON.stringify(rows),
        ]);
      }
    }
  };
}

const flag = z.enum(['Y', 'N']).transform((value) => (value === 'Y' ? 1 : 0));
const list = z.string().transform((text) => text.split(';').map((item) => item.trim()));
const listOrNone = list.optional().transform((items) => items ?? []);

const agencyShape = z.object({ id, name: id, kind: z.enum(AGENCY_KINDS), voluntary: flag, duty_point: id });
const teamShape = z.object({ id, agency: id, name: id, district: z.string().default(''), duty: flag });
const workerShape = z.object({
  id,
  agency: id,
  name: id,
  role: list.pipe(z.array(z.enum(ROLES)).min(1)),
  team: id.optional(),
  sits_on: listOrNone,
  supports: listOrNone,
  manages: listOrNone,
  person: id.optional(),
});
const identityShape = z.object({ worker: id, space: id, local_id: id });
const conflictShape = z.object({ worker: id, person: id, reason: z.string().optional() });
const linkShape = z.object({ person: id, space: id, local_id: id });

async function loadDirectory(load: Load): Promise<void> {
  await load('directory/agencies.csv', agencyShape, (agency) => [['agency', agency]]);
  await load('directory/teams.csv', teamShape, (team) => [['team', team]]);
  await load('directory/workers.csv', workerShape, (worker) => {
    const places = [
      ...(worker.team === undefined ? [] : [['MEMBER', worker.team] as const]),
      ...worker.sits_on.map((team) => ['SITS_ON', team] as const),
      ...worker.supports.map((team) => ['SUPPORTS', team] as const),
      ...worker.manages.map((team) => ['MANAGES', team] as const),
    ];
    return [
      [
        'worker',
        {
          id: worker.id,
          agency: worker.agency,
          name: worker.name,
          roles: worker.role.join(';'),
          person: worker.person ?? null,
        },
      ],
      ...places.map(([relation, team]): TableRow => ['worker_team', { worker: worker.id, team, relation }]),
    ];
  });
  await load('directory/worker-identities.csv', identityShape, (identity) => [['worker_identity', identity]]);
  await load('directory/conflicts.csv', conflictShape, ({ worker, person, reason }) => [
    ['conflict', { worker, person, reason: reason ?? null }],
  ]);
}

async function loadRegisters(load: Load): Promise<void> {
  await load('registers/consents.csv', consentCsv, (consent) => [rowOf(consentRows, consent)]);
  await load('registers/exceptions.csv', exceptionCsv, (exception) => [
    rowOf(exceptionRows, exception),
    ...[...new Set(exception.subjects)].map(
      (person): TableRow => ['exception_subject', { person_id: person, exception_id: exception.id }],
    ),
  ]);
  await load('registers/judgements.csv', judgementCsv, (judgement) => [rowOf(judgementRows, judgement)]);
}

function rowOf<T>({ table, columns, values }: TableWriter<T>, statement: T): TableRow {
  const row = values(statement);
  return [table, Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]))];
}

/** CSV columns by the statement's own names, then its own shape. */
function renamed<T>(shape: z.ZodType<T>, more: (row: CsvRow) => object = () => ({})): z.ZodType<T> {
  return z
    .record(z.string(), z.string())
    .transform((row): unknown => ({ ...camelCased(row), ...more(row) }))
    .pipe(shape);
}

function camelCased(row: CsvRow): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

const items = (text: string | undefined): string[] => text?.split(';').map((item) => item.trim()) ?? [];
const scopeOf = ({ categories, holders, recipients, purposes }: CsvRow) => ({
  categories: items(categories),
  holders: items(holders),
  recipients: items(recipients),
  purposes: items(purposes),
});

const consentCsv = renamed(consentShape, scopeOf);
const exceptionCsv = renamed(exceptionShape, (row) => ({
  ...scopeOf(row),
  subjects: items(row.subjects),
  overridesRefusal: row.overrides_refusal === 'Y',
  answers: json(row.answers ?? '{}'),
}));
const judgementCsv = renamed(judgementShape);

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
