/**
 * The officers' questions at ten million entries: `npm run bench:audit-scale [-- --entries N] [--dir DIR] [--keep]` generates a log
 * into a store, asks it, and writes bench/results/audit-scale.md.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COARSE } from '../src/audit/index/places.js';
import { openStore } from '../src/store/store.js';
import { repeat, writeInBulk } from './audit-scale/bulk.js';
import { logOf } from './audit-scale/log.js';

/** Entries made one by one, over a period of five weeks; the rest are these again, later. */
const PERIOD = { entries: 8 * COARSE, days: 35 };

const { values } = parseArgs({ options: { entries: { type: 'string' }, dir: { type: 'string' } } });
const times = Math.ceil(Number(values.entries ?? 10_000_000) / PERIOD.entries);
const dir = values.dir ?? '/tmp/threshold-audit-scale';
const file = join(dir, 'store.sqlite');
const tell = (done: number) =>
  process.stderr.write(`\r${done} entries, ${((Date.now() - started) / 1000).toFixed(0)} s`);
const started = Date.now();

function generate(): void {
  const from = Date.UTC(2026, 10, 23) - times * PERIOD.days * 86_400_000;
  const settings = { entries: PERIOD.entries, seed: 5, from, until: from + PERIOD.days * 86_400_000 };
  writeInBulk(file, logOf(settings), tell);
  repeat(file, { ...PERIOD, times }, tell);
}

mkdirSync(dir, { recursive: true });
for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
await (await openStore({ kind: 'sqlite', file })).close();
generate();
console.log(`${times * PERIOD.entries} ${statSync(file).size}`);
