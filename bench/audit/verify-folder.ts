/**
 * Verifies an exported log in a process of its own, as `threshold verify` does, and says as JSON what it took: CPU time of all threads from
 * the start of the process. What is done once, whatever the log's length (starting, compiling, deciding each distinct fact record with
 * Cedar), is told apart from what each further entry takes by the second half of the entries, in which nothing is done for the first time.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trustedKey } from '../../src/audit/verify/notes.js';
import { verifyLog } from '../../src/audit/verify/verify-log.js';

export interface Cost {
  readonly entries: number;
  readonly decisions: number;
  /** Seconds. */
  readonly cpu: number;
  readonly clock: number;
  /** Seconds of CPU for one entry of the second half. */
  readonly each: number;
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const folder = process.argv[2] ?? '';
const { log } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as { log: string[] };
let half: { readonly done: number; readonly cpu: number } | undefined;
const { entries, decisions } = await verifyLog(folder, {
  log: log.map(trustedKey),
  onProgress(done, of) {
    if (!half && done >= of / 2) half = { done, cpu: cpuSeconds() };
  },
});
const cpu = cpuSeconds();
const each = half ? (cpu - half.cpu) / (entries - half.done) : cpu / entries;
const cost: Cost = { entries, decisions, cpu, clock: performance.now() / 1000, each };
process.stdout.write(JSON.stringify(cost));
