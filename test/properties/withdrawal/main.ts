/**
 * `node --import ./test/properties/typescript.js test/properties/withdrawal/main.ts [--reads 10000] [--seed N]`: the race of
 * releases and withdrawals at full length, on SQLite, or on an empty database of SQL Server with `--store mssql://…`.
 */
import { parseArgs } from 'node:util';
import { race } from './run.js';

const { values } = parseArgs({
  options: {
    reads: { type: 'string', default: '10000' },
    instances: { type: 'string', default: '4' },
    readers: { type: 'string', default: '12' },
    pause: { type: 'string', default: '250' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    store: { type: 'string' },
  },
});
const raced = await race({
  reads: Number(values.reads),
  instances: Number(values.instances),
  readers: Number(values.readers),
  pauseMs: Number(values.pause),
  seed: Number(values.seed),
  ...(values.store ? { store: { kind: 'mssql', url: values.store } as const } : {}),
});
process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), ...raced }, null, 1)}\n`);
if (raced.log.violations.length > 0 || raced.seenThoughGone.length > 0) process.exitCode = 1;
