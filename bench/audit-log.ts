/**
 * What the log costs: appending with the sequencer beside, what it takes on disk, and verifying it from files. `npm run bench:audit`
 * [entries to verify [only this part: size, load or verify]] writes bench/results/audit-log.md; about ten minutes, most of which writes
 * the logs to verify. CPU time beside the clock: machines are shared.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAudit } from '../src/audit/audit.js';
import { canonicalForm } from '../src/audit/entry.js';
import { exportLog } from '../src/audit/export.js';
import { keepPolicies } from '../src/audit/kept-policies.js';
import { newSigner, writeSigner } from '../src/audit/log/signed-note.js';
import { readLogKeys } from '../src/audit/log-keys.js';
import { openSequencer } from '../src/audit/sequencer.js';
import { packagePath } from '../src/package-path.js';
import { loadRules } from '../src/rules.js';
import { tuneHeap } from '../src/server/heap.js';
import { openStore, type Store } from '../src/store/store.js';
import { generateEntries, type Shape } from './audit/entries.js';
import type { Cost } from './audit/verify-folder.js';

const TO_VERIFY = Number(process.argv[2] ?? 300_000);
const ONLY = process.argv[3];
const RATE = 5000;
const SECONDS = 15;
const DIFFERENT = 3000;
const moment = () => new Promise((resolve) => setTimeout(resolve, 1));
const idAt = (n: number) => `01K${String(n).padStart(23, '0')}`;
const KEYS = readLogKeys(writeSigner(newSigner('bench.example/audit', Buffer.alloc(32, 7))));
const { policies } = loadRules({ protocols: ['walsall-family-safeguarding'] });

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const number = (n: number, digits = 0) => n.toLocaleString('en', { maximumFractionDigits: digits });
const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
const rank = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;

function sequencerOf(store: Store) {
  return openSequencer({
    store,
    holder: randomBytes(8).toString('hex'),
    keys: KEYS,
    now: () => new Date(),
    random: (bytes) => randomBytes(bytes),
    warn: (code) => process.stderr.write(`${code}\n`),
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'threshold-bench-log-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the disk takes to make 64 KB durable, a hundred times a second: below it no entry is durable. Milliseconds. */
function flushes(): string {
  const folder = mkdtempSync(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'threshold-bench-disk-'));
  const file = openSync(join(folder, 'file'), 'w');
  const bytes = Buffer.alloc(1 << 16, 1);
  const took: number[] = [];
  for (let i = 0; i < 500; i += 1) {
    const from = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    took.push(performance.now() - from);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  took.sort((a, b) => a - b);
  return [0.5, 0.95, 0.99, 0.999].map((share) => rank(took, share).toFixed(1)).join(', ');
}

/** Entries arrive whether or not those before are done: what an append adds to its answer is the time from its arrival. */
async function load(withSequencer: boolean): Promise<string> {
  return inFolder(async (folder) => {
    const store = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
    const audit = openAudit(store);
    const made = generateEntries(policies, 11);
    const total = RATE * SECONDS;
    // Some, said again under ids of their own: all made before would be a heap that no gateway has, and its collector's work.
    const bodies = Array.from({ length: DIFFERENT }, () => made.mixed());
    const sequencer = sequencerOf(store);
    if (withSequencer) sequencer.start();
    const waits: number[] = [];
    const before = cpuSeconds();
    const started = performance.now();
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * RATE));
      for (; sent < due; sent += 1) {
        const arrived = started + (sent / RATE) * 1000;
        const { registersVersion: _, ...body } = bodies[sent % DIFFERENT] as (typeof bodies)[number];
        void audit.append({ ...body, id: idAt(sent) }).then(() => void waits.push(performance.now() - arrived));
      }
      await moment();
    }
    while (waits.length < total) await moment();
    const seconds = (performance.now() - started) / 1000;
    const cpu = cpuSeconds() - before;
    await sequencer.stop();
    await store.close();
    // The first second is the engine's warming up.
    const sorted = waits.slice(RATE).sort((a, b) => a - b);
    return row(
      withSequencer ? 'beside the sequencer' : 'alone',
      number(total / seconds),
      rank(sorted, 0.5).toFixed(1),
      rank(sorted, 0.95).toFixed(1),
      rank(sorted, 0.99).toFixed(1),
      rank(sorted, 0.999).toFixed(1),
      ((cpu / total) * 1e6).toFixed(0),
    );
  });
}

/** Bytes that an entry takes, its leaf, tiles and the indices of both included: of a file of a thousand that are alike. */
async function size(shape: Shape): Promise<string> {
  return inFolder(async (folder) => {
    const file = join(folder, 'store.sqlite');
    const store = await openStore({ kind: 'sqlite', file });
    const audit = openAudit(store);
    const made = generateEntries(policies, 21);
    const bytes = async () => {
      await store.administer('PRAGMA wal_checkpoint(TRUNCATE)');
      return statSync(file).size;
    };
    const count = 1000;
    const empty = await bytes();
    let plain = 0;
    for (let i = 0; i < count; i += 100) {
      const bodies = Array.from({ length: 100 }, () => made.next(shape));
      for (const body of bodies) plain += canonicalForm(body).length;
      await Promise.all(bodies.map(({ registersVersion: _, ...body }) => audit.append(body)));
    }
    const sequencer = sequencerOf(store);
    await sequencer.sequence();
    await sequencer.stop();
    const taken = (await bytes()) - empty;
    await store.close();
    return row(shape, made.next(shape).outcomes.length, number(plain / count), number(taken / count));
  });
}

/** A log of so many entries, written by the gateway's own hands, then verified from its files by a process of its own: the least of three times. */
async function verify(mix: Shape | 'mixed', count: number): Promise<string> {
  return inFolder(async (folder) => {
    const store = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
    await store.administer('PRAGMA synchronous = OFF');
    await keepPolicies(store, policies, new Date().toISOString());
    const audit = openAudit(store);
    const sequencer = sequencerOf(store);
    const made = generateEntries(policies, 31);
    let plain = 0;
    for (let done = 0; done < count; done += 2000) {
      const bodies = Array.from({ length: Math.min(2000, count - done) }, () => {
        const { registersVersion: _, ...body } = mix === 'mixed' ? made.mixed() : made.next(mix);
        return body;
      });
      for (const body of bodies) plain += canonicalForm(body).length;
      await Promise.all(bodies.map((body) => audit.append(body)));
      await sequencer.sequence();
      process.stderr.write(`\r${done + bodies.length} of ${count} entries written`);
    }
    const out = join(folder, 'out');
    await exportLog(store, { ...KEYS, witnesses: [] }, out);
    await sequencer.stop();
    await store.close();
    process.stderr.write('\n');
    const costs = [1, 2, 3].map(() => verifiedAlone(out));
    const { entries, decisions, cpu, clock, each } = costs.reduce((least, one) => (one.cpu < least.cpu ? one : least));
    return row(
      mix,
      number(entries),
      number(plain / count),
      number(decisions / entries, 1),
      number(entries / cpu),
      number(entries / clock),
      cpu.toFixed(1),
      (cpu - each * entries).toFixed(1),
      (each * 1e6).toFixed(1),
      number(1 / each),
    );
  });
}

function verifiedAlone(folder: string): Cost {
  return JSON.parse(
    execFileSync(process.execPath, [packagePath('dist', 'bench', 'audit', 'verify-folder.js'), folder], {
      encoding: 'utf8',
    }),
  ) as Cost;
}

const VERIFIED_COLUMNS = [
  'entries',
  'how many',
  'bytes each',
  'decisions each',
  'entries a second of CPU',
  'by the clock',
  'CPU s',
  'of it once, s',
  'each further entry, µs',
  'further entries a second of CPU',
];

/** A row for each size; boards are fifteen times as long as the others, and fewer. */
async function verifyAll(): Promise<string> {
  const rows = [row(...VERIFIED_COLUMNS), row('---', ...VERIFIED_COLUMNS.slice(1).map(() => '---:'))];
  for (const mix of ['person', 'mixed', 'family'] as const) rows.push(await verify(mix, TO_VERIFY));
  rows.push(await verify('board', Math.ceil(TO_VERIFY / 10)));
  return rows.join('\n');
}

async function main(): Promise<void> {
  // As the gateway does when it is started.
  tuneHeap();
  if (ONLY === 'size') return console.log(await size('person'), await size('family'), await size('board'));
  if (ONLY === 'load') return console.log(flushes(), await load(false), await load(true));
  if (ONLY === 'verify') return console.log(await verifyAll());
  const sizes = [];
  for (const shape of ['person', 'family', 'board'] as const) sizes.push(await size(shape));
  const [flushed, ...loads] = [flushes(), await load(false), await load(true)];
  const verified = await verifyAll();
  const report = `# The log: what it costs

Written by \`npm run bench:audit\`. Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), load average ${loadavg()
    .map((n) => n.toFixed(1))
    .join(', ')}: shared with other work while it was measured, so that CPU
time stands beside the clock. Entries are invented (bench/audit/entries.ts): real facts, decided by the real policies. *Mixed* is 55 of 100 questions about one
person, 43 about a family, 2 boards of 25 families.

## Appending: ${number(RATE)} entries a second, ${SECONDS} s, embedded store (WAL, synchronous=FULL)

Arrivals keep their own time, whether or not those before are done. The wait is from arrival to durable: what the log adds to an answer. Milliseconds;
arrivals, appending, sequencing and the clock share one process. The disk alone, 64 KB made durable 500 times just before: p50, p95, p99, p99.9
${flushed}.

${[row('', 'entries/s', 'p50', 'p95', 'p99', 'p99.9', 'CPU µs an entry'), row('---', '---:', '---:', '---:', '---:', '---:', '---:'), ...loads].join('\n')}

## On disk, embedded store: bytes an entry with its leaf, nodes and their indices

${[row('question', 'records', 'canonical text', 'stored'), row('---', '---:', '---:', '---:'), ...sizes].join('\n')}

The index that officers ask by is not in it.

## \`threshold verify\`, from files

Every leaf, hash, checkpoint and side row, order, and every decision made again (Cedar once for each distinct fact record), by a process of
its own: CPU time of all its threads from its start, the least of three runs. *Once* is what does not grow with the log: starting, compiling,
Cedar; what each further entry takes is that of the log's second half.

${verified}
`;
  mkdirSync(packagePath('bench', 'results'), { recursive: true });
  writeFileSync(packagePath('bench', 'results', 'audit-log.md'), report);
  console.log(report);
}

await main();
