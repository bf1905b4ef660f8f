/**
 * `threshold check-source`: tells an administrator in plain words what is missing, wrong or unindexed in the databases that the
 * gateway reads, of the sources a YAML file lists or of the demo world. Names of tables and columns and counts; nothing of a row.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXPECTATION as EARLY_HELP } from '../../adapters/early-help/deployment.js';
import { simulateEarlyHelp } from '../../adapters/early-help/seed.js';
import { EXPECTATION as SOCIAL_CARE } from '../../adapters/social-care/deployment.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import { EXPECTATION as WORKBOOK } from '../../adapters/workbook/deployment.js';
import { simulateWorkbook } from '../../adapters/workbook/seed.js';
import { listSources } from '../compose-service.js';
import { type CheckOptions, checkSql, type SqlReport } from '../sources/check/check-sql.js';
import type { SqlExpectation } from '../sources/check/expectation.js';
import { describeFinding } from '../sources/check/finding.js';
import type { SqlDatabase, SqlSourceOptions } from '../sources/sql.js';
import { readWorldManifest } from '../worlds/load-world.js';
import { demoConfig } from './configured.js';
import { wholeNumber } from './whole-number.js';

type Simulation = (
  folder: string,
  identity: Omit<SqlSourceOptions, 'database'>,
) => Promise<{ readonly options: SqlSourceOptions; stop(): Promise<void> }>;

/** The adapters that read SQL: what they expect, and the system behind them in the demo. */
const CHECKED: { readonly [adapter: string]: { readonly expectation: SqlExpectation; readonly simulate: Simulation } } =
  {
    'social-care': { expectation: SOCIAL_CARE, simulate: simulateSocialCare },
    workbook: { expectation: WORKBOOK, simulate: simulateWorkbook },
    'early-help': { expectation: EARLY_HELP, simulate: simulateEarlyHelp },
  };

export interface CheckedSource {
  readonly id: string;
  readonly adapter: string;
  readonly faults: number;
  readonly notes: number;
  readonly report: SqlReport;
}

/** A source to check, and what takes its system down afterwards. */
interface ToCheck {
  readonly id: string;
  readonly adapter: string;
  readonly database: SqlDatabase;
  stop(): Promise<void>;
}

/** Checks the source of this id, or every SQL source, that a sources file lists. Throws ConfigError, or for an id it does not list. */
export async function checkListed(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  id: string | undefined,
  options: CheckOptions,
): Promise<CheckedSource[]> {
  const listed = listSources(await readFile(file, 'utf8'), env).map(({ adapter, settings }) => ({
    id: settings.id,
    adapter,
    database: settings['database'] as SqlDatabase,
    stop: async () => undefined,
  }));
  return checkAll(chosen(listed, id), options);
}

/** The same over a world folder: its sources as the demo serves them, on the world's own day. */
export async function checkWorldSources(
  folder: string,
  id: string | undefined,
  options: Omit<CheckOptions, 'today'>,
): Promise<CheckedSource[]> {
  const { sources, today } = readWorldManifest(folder);
  const started: ToCheck[] = [];
  try {
    for (const { adapter, ...identity } of chosen(sources, id)) {
      const simulated = await CHECKED[adapter]?.simulate(join(folder, 'sources', identity.id), {
        ...identity,
        now: () => `${today}T12:00:00.000Z`,
      });
      if (simulated)
        started.push({ id: identity.id, adapter, database: simulated.options.database, stop: () => simulated.stop() });
    }
    return await checkAll(started, { ...options, today });
  } finally {
    for (const { stop } of started) await stop();
  }
}

/** Those of the sources that are SQL, or the one named. */
function chosen<S extends { readonly id: string; readonly adapter: string }>(sources: readonly S[], id?: string): S[] {
  if (id === undefined) return sources.filter(({ adapter }) => adapter in CHECKED);
  const source = sources.find((known) => known.id === id);
  if (!source) throw new Error(`no source ${id}; there are ${sources.map((known) => known.id).join(', ')}`);
  if (!(source.adapter in CHECKED))
    throw new Error(
      `source ${id} is not read over SQL; check-source knows the adapters ${Object.keys(CHECKED).join(', ')}`,
    );
  return [source];
}

async function checkAll(sources: readonly ToCheck[], options: CheckOptions): Promise<CheckedSource[]> {
  const checked: CheckedSource[] = [];
  for (const { id, adapter, database } of sources) {
    const report = await checkSql(database, (CHECKED[adapter] as (typeof CHECKED)[string]).expectation, options);
    const faults = report.findings.filter(({ level }) => level === 'FAULT').length;
    checked.push({ id, adapter, faults, notes: report.findings.length - faults, report });
  }
  return checked;
}

/** What the command prints for one source: faults first. */
export function describeChecked({ id, adapter, faults, notes, report }: CheckedSource): string {
  const { tables, rows, newestAgeDays, findings } = report;
  const age = newestAgeDays === null ? '' : `, newest row ${newestAgeDays} days old`;
  const sorted = [...findings].sort((a, b) => Number(a.level === 'NOTE') - Number(b.level === 'NOTE'));
  return [
    `${id} (${adapter}): ${tables} tables, ${rows} rows${age}`,
    ...sorted.map((each) => `  ${describeFinding(each).replaceAll('\n', '\n  ')}`),
    `  ${faults === 0 ? 'all right' : `${faults} faults`}${notes === 0 ? '' : `, ${notes} notes`}`,
  ].join('\n');
}

/** What the command line says. */
export interface CheckRequest {
  readonly id?: string | undefined;
  /** The YAML file of the sources; without one the world folder is checked. */
  readonly sources?: string | undefined;
  readonly world: () => string;
  readonly maxAgeDays: number;
  readonly sample: number;
  readonly json: boolean;
  readonly today: string;
}

/** Runs the command; answers its exit code: 0 all right (notes do not count), 1 faults, 2 it could not be checked. */
export async function runCheckSource(
  { id, sources, world, json, maxAgeDays, sample, today }: CheckRequest,
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<0 | 1 | 2> {
  try {
    if (!(maxAgeDays >= 0) || !(Number.isInteger(sample) && sample > 0))
      throw new Error('--max-age and --sample are numbers, --sample a whole one above 0');
    const checked =
      sources === undefined
        ? await checkWorldSources(world(), id, { maxAgeDays, sample })
        : await checkListed(sources, env, id, { today, maxAgeDays, sample });
    if (checked.length === 0) throw new Error('no source is read over SQL');
    print(json ? JSON.stringify(checked, null, 2) : checked.map(describeChecked).join('\n'));
    return checked.some(({ faults }) => faults > 0) ? 1 : 0;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

interface CheckSourceOptions {
  readonly sources?: string;
  readonly world?: string;
  readonly maxAge: number;
  readonly sample: number;
  readonly json?: boolean;
}

/** Adds the command. */
export function addCheckSourceCommand(program: Command): void {
  program
    .command('check-source [id]')
    .description('what is missing, wrong or unindexed in the databases that the SQL sources are read from')
    .option(
      '--sources <file>',
      'the YAML file of the sources (THRESHOLD_SOURCES); without one, the demo world is checked',
    )
    .option('--world <dir>', 'a world folder in place of the demo world')
    .option('--max-age <days>', 'how old the newest row may be', wholeNumber({ exitCode: 2 }), 31)
    .option(
      '--sample <rows>',
      'how many rows of each table are read as the gateway reads them',
      wholeNumber({ least: 1, exitCode: 2 }),
      2000,
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nReads only. Prints names of tables and columns and counts, nothing of a row; statements to run stand after "run:".\nExit code: 0 all right (notes do not count), 1 faults, 2 it could not be checked.',
    )
    .action(async (id: string | undefined, { maxAge, sample, json, world: folder, ...options }: CheckSourceOptions) => {
      process.exitCode = await runCheckSource(
        {
          id,
          sources: options.sources ?? (folder === undefined ? process.env['THRESHOLD_SOURCES'] : undefined),
          world: () => demoConfig(folder).world,
          maxAgeDays: maxAge,
          sample,
          json: json === true,
          today: new Date().toISOString().slice(0, 10),
        },
        process.env,
        (line) => console.log(line),
        (line) => console.error(line),
      );
    });
}
