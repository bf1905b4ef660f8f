/**
 * The officers' questions at ten million entries: generates a log into a store, asks it, measures what a board takes and what
 * indexing costs, and writes bench/results/audit-scale.md.
 *
 *   npm run bench:audit-scale -- [--entries N] [--dir DIR] [--reuse]
 *
 * `--reuse` asks the store that is in the folder already. Ten million entries take 12 GB; about eight minutes of one core.
 */
import { existsSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { COARSE } from '../src/audit/index/places.js';
import { packagePath } from '../src/package-path.js';
import { openStore } from '../src/store/store.js';
import { measureBoards } from './audit-scale/board.js';
import { repeat, writeInBulk } from './audit-scale/bulk.js';
import { logOf } from './audit-scale/log.js';
import { askAll, QUESTION_HEAD } from './audit-scale/questions.js';
import { assertSame, type Steps } from './audit-scale/same.js';

/** Entries made one by one, over a period of five weeks; the rest are these again, later. */
const PERIOD = { entries: 8 * COARSE, days: 35 };
/** Entries that the product writes too, to compare. */
const SAME = 20_000;
const BOARDS = 10_000;
/** What an entry may take, and more free than that. */
const ROOM = 1_400;

const { values } = parseArgs({
  options: { entries: { type: 'string' }, dir: { type: 'string' }, reuse: { type: 'boolean' } },
});
const times = Math.ceil(Number(values.entries ?? 10_000_000) / PERIOD.entries);
const dir = values.dir ?? '/tmp/threshold-audit-scale';
const file = join(dir, 'store.sqlite');
const started = Date.now();
const tell = (text: string) =>
  process.stderr.write(`\r${((Date.now() - started) / 1000).toFixed(0)} s: ${text}`.padEnd(100));
const from = Date.UTC(2026, 10, 23) - times * PERIOD.days * 86_400_000;
const settings = { entries: PERIOD.entries, seed: 5, from, until: from + PERIOD.days * 86_400_000 };
const number = (n: number) => Math.round(n).toLocaleString('en');
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

async function generate(): Promise<void> {
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize < times * PERIOD.entries * ROOM)
    throw new Error('not enough room on the disk for so many entries');
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  await (await openStore({ kind: 'sqlite', file })).close();
  writeInBulk(file, logOf(settings), (done) => tell(`${done} entries`));
  repeat(file, { ...PERIOD, times }, (done) => tell(`${done} entries`));
}

async function same(): Promise<Steps> {
  const folder = join(dir, 'same');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const log = [];
  for (const entry of logOf(settings)) if (log.push(entry) === SAME) break;
  tell(`comparing ${SAME} entries with those that the product writes`);
  const steps = await assertSame(log, folder);
  rmSync(folder, { recursive: true });
  return steps;
}

async function boards(): Promise<ReadonlyMap<string, number>> {
  const folder = join(dir, 'boards');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  tell(`${BOARDS} boards`);
  const sizes = await measureBoards(folder, BOARDS);
  rmSync(folder, { recursive: true });
  return sizes;
}

function facts(): { readonly entries: number; readonly first: string; readonly last: string } {
  const db = new Database(file, { readonly: true });
  const { entries } = db.prepare('SELECT size AS entries FROM audit_indexed').get() as { entries: number };
  const days = db.prepare('SELECT MIN(day) AS first, MAX(day) AS last FROM audit_day').get() as {
    first: string;
    last: string;
  };
  db.close();
  return { entries, ...days };
}

mkdirSync(dir, { recursive: true });
const steps = await same();
if (!values.reuse || !existsSync(file)) await generate();
const { entries, first, last } = facts();
const answers = await askAll(file, entries, (row) => tell(row));
const sizes = await boards();
const whole = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
const index = ['audit_block', 'audit_term', 'audit_term_by_name', 'audit_tally', 'audit_day'];
const indexed = [...sizes].reduce((sum, [name, bytes]) => sum + (index.includes(name) ? bytes : 0), 0);

writeFileSync(
  join(packagePath('bench', 'results'), 'audit-scale.md'),
  [
    '# The officers’ questions over a large log',
    '',
    `Written by \`node dist/bench/audit-scale.js\`. Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? ''}), load average ${loadavg()[0]?.toFixed(0)} while it ended: the machine is shared, so beside each time by the clock stands the time of the processor.`,
    '',
    `**${number(entries)} entries** from ${first} to ${last}, store ${gigabytes(statSync(file).size)} (SQLite). Invented: 3,000 workers of seven agencies, busy by a power law; 80,000 families, some asked about by everybody; boards of 6 to 25 families beside single ones; the marks at shares of 0.05 to 1 %. The first ${number(PERIOD.entries)} are made one by one over ${PERIOD.days} days, the rest are these again each ${PERIOD.days} days later, with ids and times of their own in the columns (their texts are those of the first).`,
    `The rows are those that the product writes: of the first ${number(SAME)} every row of the entries, terms, blocks, tallies and days was compared with what the writer, the sequencer and the indexer made of the same. Left out, for no question reads them: true commitments in the leaves (text of the same length instead), nodes, and every checkpoint but the last.`,
    '',
    'Each question as the officers’ questions put it to the search, pages of 100, with the parameters that take longest first. Cold: the store just opened, the file out of the operating system’s cache, the first parameters. On SQLite a statement holds the process; between statements others have their turn.',
    '',
    ...QUESTION_HEAD,
    ...answers,
    '',
    `## A board of 300 releases in the store: ${number(whole)} bytes`,
    '',
    `${number(BOARDS)} boards of 100 people in 25 families, written, sequenced (a checkpoint for 50) and indexed by the product; pages as they lie on the disk, indices included. The index is ${number(indexed)} bytes of it.`,
    '',
    '| table or index | bytes a board |',
    '|---|---:|',
    ...[...sizes].map(([name, bytes]) => `| ${name} | ${number(bytes)} |`),
    '',
    '## What an entry costs to append, sequence and index',
    '',
    `The ${number(SAME)} entries of the comparison, nothing of them known before.`,
    '',
    '| step | µs an entry by the clock | of CPU |',
    '|---|---:|---:|',
    ...Object.entries(steps).map(([step, { wall, cpu }]) => `| ${step} | ${wall.toFixed(0)} | ${cpu.toFixed(0)} |`),
    '',
  ].join('\n'),
);
