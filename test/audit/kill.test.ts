/**
 * Instances over one store file, killed (SIGKILL) at every step that they take, sequencing and answering; and two that run together and
 * die in turn. What was answered is counted against the rows.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCheckpoint } from '../../src/audit/log/checkpoint.js';
import { rootOf } from '../../src/audit/log/tree.js';
import { readEdge, readLatest } from '../../src/audit/tree-rows.js';
import { openStore, type Store } from '../../src/store/store.js';
import { appendEntries, brokenRows, KEYS, ORIGIN, sequencerOf } from './sequenced.js';

/** As built: loading the TypeScript would be half of what they do. */
const SEQUENCING = 'dist/test/audit/sequencing-child.js';
const APPENDING = 'dist/test/audit/appending-child.js';
let folder: string;
let store: Store;
let from = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-kill-'));
  store = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** Runs an instance until it ends or is killed; what it printed, or its signal. */
function runChild(step: number, when: string): Promise<{ readonly out: string; readonly signal: string | null }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [SEQUENCING, join(folder, 'store.sqlite'), String(step), when], (_, out) =>
      resolve({ out, signal: child.signalCode }),
    );
  });
}

async function append(count: number): Promise<void> {
  await appendEntries(store, count, from);
  from += count;
}

async function countOf(): Promise<number> {
  const [row] = await store.read<{ n: number }>('SELECT COUNT(*) AS n FROM audit_entry');
  return row?.n ?? 0;
}

/** The other instance sequences what is left, once the lease of the dead one has ended. */
async function takeOver(): Promise<string[]> {
  await store.transaction((transaction) =>
    transaction.run(`UPDATE audit_lease SET expires_at = '2000-01-01T00:00:00.000Z'`),
  );
  const other = sequencerOf(store);
  await other.sequence();
  await other.stop();
  const latest = await readLatest(store);
  const head = openCheckpoint(latest?.note ?? '', ORIGIN, KEYS.verifiers);
  const edge = await readEdge(store, head.size);
  return [...(await brokenRows(store)), ...(rootOf(edge).equals(head.root) ? [] : ['another root than was signed'])];
}

interface Row {
  readonly id: string;
  readonly hash: string;
}

describe('an instance killed while it answers', () => {
  it('at any step of a group commit, before it and after it, has given no answer without its row, and no half of a group', async () => {
    const run = (step: number, when: string, prefix: string) =>
      new Promise<{ readonly out: string; readonly signal: string | null }>((resolve) => {
        const file = join(folder, 'store.sqlite');
        const child = execFile(process.execPath, [APPENDING, file, String(step), when, prefix], (_, out) =>
          resolve({ out, signal: child.signalCode }),
        );
      });
    const read = async (prefix: string) =>
      store.read<Row>(`SELECT id, hash FROM audit_entry WHERE id LIKE ?`, [`${prefix}-%`]);
    const whole = await run(0, 'never', 'whole');
    const steps = Number(/steps (\d+)/.exec(whole.out)?.[1]);
    expect(steps).toBeGreaterThanOrEqual(6);
    expect(await read('whole')).toHaveLength(10);
    const found: string[] = [];
    const counts = { answers: 0, rows: 0 };
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after']) {
        const prefix = `k${step}${when}`;
        const { out, signal } = await run(step, when, prefix);
        if (signal !== 'SIGKILL') found.push(`${when} step ${step} was not reached`);
        const rows = await read(prefix);
        const standing = new Set(rows.map(({ id, hash }) => `${id} ${hash}`));
        const answers = out.split('\n').filter((line) => line.startsWith(prefix));
        for (const answer of answers)
          if (!standing.has(answer)) found.push(`${when} step ${step}: an answer without its row`);
        if (rows.length % 5 !== 0) found.push(`${when} step ${step}: half of a group`);
        counts.answers += answers.length;
        counts.rows += rows.length;
      }
    }
    expect(found).toEqual([]);
    // Some died after the commit and before they answered: rows without answers there may be.
    expect(counts.answers).toBeGreaterThan(0);
    expect(counts.rows).toBeGreaterThan(counts.answers);
    expect(await takeOver()).toEqual([]);
  }, 400_000);
});

describe('an instance killed while it sequences', () => {
  it('at any step, before it and after it, leaves every row, no index twice and none skipped, to the next', async () => {
    await append(3);
    const { out } = await runChild(0, 'never');
    const steps = Number(out);
    expect(steps).toBeGreaterThan(15);
    const found: string[] = [];
    // What is durable after a step is what is durable before the next; only the last has none after it.
    const deaths = Array.from({ length: steps }, (_, i) => [i + 1, 'before'] as const);
    for (const [step, when] of [...deaths, [steps, 'after'] as const]) {
      await append(3);
      const { signal } = await runChild(step, when);
      if (signal !== 'SIGKILL') found.push(`step ${step} was not reached`);
      found.push(...(await takeOver()).map((wrong) => `${when} step ${step}: ${wrong}`));
    }
    expect(found).toEqual([]);
  }, 400_000);

  it('at any moment, beside another that goes on within five seconds, while entries keep coming', async () => {
    const script = `import('./dist/test/audit/sequenced.js').then(async ({ sequencerOf }) => {
      const { openStore } = await import('./dist/src/store/store.js');
      sequencerOf(await openStore({ kind: 'sqlite', file: process.argv[1] }), { everyMs: 20 }).start();
      process.stdout.write('ready');
      setInterval(() => {}, 1000);
    });`;
    // Under way once it says so: what is measured is taking over, not starting up.
    const start = async () => {
      const child = spawn(process.execPath, ['-e', script, join(folder, 'store.sqlite')]);
      await new Promise((resolve) => child.stdout.once('data', resolve));
      return child;
    };
    const waits: number[] = [];
    let [one, two] = await Promise.all([start(), start()]);
    for (let round = 0; round < 4; round += 1) {
      await append(5);
      await new Promise((resolve) => setTimeout(resolve, 700));
      one.kill('SIGKILL');
      if (round % 2 === 1) two.kill('SIGKILL');
      if (round % 2 === 1) two = await start();
      await append(5);
      const killed = Date.now();
      while ((await readLatest(store))?.tree_size !== (await countOf()) && Date.now() - killed < 20_000)
        await new Promise((resolve) => setTimeout(resolve, 25));
      waits.push(Date.now() - killed);
      [one, two] = [two, await start()];
    }
    one.kill('SIGKILL');
    two.kill('SIGKILL');
    expect(await takeOver()).toEqual([]);
    // Where both were killed the new one has to start first.
    expect(waits.filter((_, round) => round % 2 === 0).every((wait) => wait < 5000)).toBe(true);
    expect(Math.max(...waits)).toBeLessThan(15_000);
  }, 400_000);
});
