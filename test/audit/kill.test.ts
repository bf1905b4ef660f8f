/** Two instances over one store file, one of them killed (SIGKILL) at every step that it takes; and two that run together and die in turn. */
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

const CHILD = ['--no-warnings', '--import', './test/properties/typescript.js', 'test/audit/sequencing-child.ts'];
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
    const child = execFile(process.execPath, [...CHILD, join(folder, 'store.sqlite'), String(step), when], (_, out) =>
      resolve({ out, signal: child.signalCode }),
    );
  });
}

async function append(count: number): Promise<void> {
  await appendEntries(store, count, from);
  from += count;
}

/** The other instance sequences what is left, once the lease of the dead one has ended. */
async function takeOver(): Promise<string[]> {
  await store.transaction((manager) =>
    store.run(manager, `UPDATE audit_lease SET expires_at = '2000-01-01T00:00:00.000Z'`),
  );
  const other = sequencerOf(store);
  await other.sequence();
  await other.stop();
  const latest = await readLatest(store);
  const head = openCheckpoint(latest?.note ?? '', ORIGIN, KEYS.verifiers);
  const edge = await readEdge(store, head.size);
  return [...(await brokenRows(store)), ...(rootOf(edge).equals(head.root) ? [] : ['another root than was signed'])];
}

describe('an instance killed while it sequences', () => {
  it('at any step, before it and after it, leaves every row, no index twice and none skipped, to the next', async () => {
    await append(3);
    const { out } = await runChild(0, 'never');
    const steps = Number(out);
    expect(steps).toBeGreaterThan(15);
    const found: string[] = [];
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after']) {
        await append(3);
        const { signal } = await runChild(step, when);
        if (signal !== 'SIGKILL') found.push(`step ${step} was not reached`);
        found.push(...(await takeOver()).map((wrong) => `${when} step ${step}: ${wrong}`));
      }
    }
    expect(found).toEqual([]);
  }, 180_000);

  it('at any moment, beside another that goes on within five seconds, while entries keep coming', async () => {
    const script = `import('./test/audit/sequenced.ts').then(async ({ sequencerOf }) => {
      const { openStore } = await import('./src/store/store.ts');
      sequencerOf(await openStore({ kind: 'sqlite', file: process.argv[1] }), { everyMs: 20 }).start();
      setInterval(() => {}, 1000);
    });`;
    const start = () =>
      spawn(process.execPath, [
        '--no-warnings',
        '--import',
        './test/properties/typescript.js',
        '-e',
        script,
        join(folder, 'store.sqlite'),
      ]);
    const waits: number[] = [];
    let [one, two] = [start(), start()];
    for (let round = 0; round < 4; round += 1) {
      await append(5);
      await new Promise((resolve) => setTimeout(resolve, 700));
      one.kill('SIGKILL');
      if (round % 2 === 1) two.kill('SIGKILL');
      if (round % 2 === 1) two = start();
      await append(5);
      const killed = Date.now();
      while ((await readLatest(store))?.tree_size !== from && Date.now() - killed < 20_000)
        await new Promise((resolve) => setTimeout(resolve, 25));
      waits.push(Date.now() - killed);
      [one, two] = [two, start()];
    }
    one.kill('SIGKILL');
    two.kill('SIGKILL');
    expect(await takeOver()).toEqual([]);
    // Where both were killed the new one has to start first.
    expect(waits.filter((_, round) => round % 2 === 0).every((wait) => wait < 5000)).toBe(true);
    expect(Math.max(...waits)).toBeLessThan(15_000);
  }, 120_000);
});
