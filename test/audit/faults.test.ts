/**
 * What can go wrong under the log while it is written and sequenced, done in earnest: a disk that is full (a small tmpfs where it can be
 * mounted, and SQLite's own page limit everywhere), a store that only reads, one that is gone for a while, clocks that step, two instances
 * that both believe they hold the lease. Answers are counted against rows: none without its own.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { openAudit, type Receipt } from '../../src/audit/audit.js';
import { exportLog } from '../../src/audit/export.js';
import { keepPolicies } from '../../src/audit/kept-policies.js';
import { LeaseLost } from '../../src/audit/lease.js';
import { writeVerifier } from '../../src/audit/log/signed-note.js';
import { trustedKey } from '../../src/audit/verify/notes.js';
import { verifyLog } from '../../src/audit/verify/verify-log.js';
import { openStore, type Store } from '../../src/store/store.js';
import { ask, startDemo } from '../attacks/demo.js';
import { cuttableWay, freshDatabase, MSSQL_URL } from '../databases.js';
import { decidedEntry as entry, POLICIES } from './decided.js';
import { brokenRows, KEYS, sequencerOf } from './sequenced.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-log-faults-'));
});
const unmount: (() => unknown)[] = [];
const opened: Store[] = [];
afterAll(async () => {
  for (const store of opened) await store.close().catch(() => undefined);
  for (const one of unmount) one();
  await rm(folder, { recursive: true, force: true });
});

/** Appends `count` entries in groups of ten; what was answered, and how many were refused. */
async function answer(store: Store, prefix: string, count: number) {
  const audit = openAudit(store);
  const answers: Receipt[] = [];
  const refusals: unknown[] = [];
  for (let i = 0; i < count; i += 10) {
    const group = Array.from({ length: Math.min(10, count - i) }, (_, j) => audit.append(entry(`${prefix}-${i + j}`)));
    for (const settled of await Promise.allSettled(group))
      if (settled.status === 'fulfilled') answers.push(settled.value);
      else refusals.push(settled.reason);
  }
  return { answers, refusals };
}

/** Answers that have no row with their hash. */
async function unaudited(store: Store, answers: readonly Receipt[]): Promise<number> {
  const rows = await store.read<{ id: string; hash: string }>('SELECT id, hash FROM audit_entry');
  const standing = new Set(rows.map(({ id, hash }) => `${id} ${hash}`));
  return answers.filter(({ entry, hash }) => !standing.has(`${entry} ${hash}`)).length;
}

/** That the log is whole: its rows, and its files as anybody verifies them. Says how many entries. */
async function expectWhole(store: Store): Promise<number> {
  await keepPolicies(store, POLICIES, '2026-11-01T00:00:00.000Z');
  await store.transaction((transaction) =>
    transaction.run(`UPDATE audit_lease SET expires_at = '2000-01-01T00:00:00.000Z'`),
  );
  const last = sequencerOf(store);
  await last.sequence();
  await last.stop();
  expect(await brokenRows(store)).toEqual([]);
  const out = await mkdtemp(join(folder, 'out-'));
  await exportLog(store, { ...KEYS, witnesses: [] }, out);
  const { entries } = await verifyLog(out, { log: KEYS.verifiers.map((key) => trustedKey(writeVerifier(key))) });
  return entries;
}

/** A folder on a file system of so many bytes; undefined where none may be mounted. */
async function smallDisk(bytes: number) {
  const at = await mkdtemp(join(folder, 'disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', at], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return {
    at,
    grow: (to: number) => execFileSync('mount', ['-o', `remount,size=${to}`, at]),
    unmount: () => execFileSync('umount', ['-l', at]),
  };
}

describe('a disk that is full', () => {
  it('stops answers and sequencing, loses nothing, and both go on when there is room (tmpfs)', async () => {
    const disk = await smallDisk(1_500_000);
    if (!disk) return;
    unmount.push(disk.unmount);
    const store = await openStore({ kind: 'sqlite', file: join(disk.at, 'store.sqlite') });
    opened.push(store);
    const sequencer = sequencerOf(store);
    const before = await answer(store, 'before', 200);
    expect(before.refusals).toEqual([]);
    await sequencer.sequence();
    const full = await answer(store, 'full', 3000);
    expect(full.refusals.length).toBeGreaterThan(0);
    expect(String((full.refusals.at(-1) as Error).message)).toMatch(/full|disk I\/O/);
    const answers = [...before.answers, ...full.answers];
    expect(await unaudited(store, answers)).toBe(0);
    // Leaves need room too: what cannot be written leaves nothing behind.
    await sequencer.sequence().catch(() => undefined);
    disk.grow(30_000_000);
    const after = await answer(store, 'after', 50);
    expect(after.refusals).toEqual([]);
    answers.push(...after.answers);
    expect(await unaudited(store, answers)).toBe(0);
    expect(await expectWhole(store)).toBe(answers.length);
    await sequencer.stop();
    await store.close();
  }, 60_000);

  it('is as harmless wherever in the file the room ends (SQLITE_FULL by max_page_count)', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    const sequencer = sequencerOf(store);
    const pragma = (text: string) => store.administer<{ page_count: number }>(`PRAGMA ${text}`);
    const answers: Receipt[] = [];
    let [refused, unsequenced] = [0, 0];
    for (let round = 0; round < 12; round += 1) {
      const [{ page_count: pages } = { page_count: 0 }] = await pragma('page_count');
      await pragma(`max_page_count = ${pages + round}`);
      const said = await answer(store, `r${round}`, 60);
      answers.push(...said.answers);
      refused += said.refusals.length;
      for (const refusal of said.refusals) expect(String(refusal)).toMatch(/full/);
      await sequencer.sequence().catch(() => {
        unsequenced += 1;
      });
      expect(await unaudited(store, answers)).toBe(0);
    }
    expect(refused).toBeGreaterThan(100);
    expect(unsequenced).toBeGreaterThan(0);
    await pragma('max_page_count = 1073741823');
    expect(await expectWhole(store)).toBe(answers.length);
    await store.close();
  });
});

describe('a store that only reads', () => {
  it('answers nobody until it writes again (query_only: as root, chmod would not stop it)', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    const sequencer = sequencerOf(store);
    const before = await answer(store, 'before', 20);
    await store.administer('PRAGMA query_only = ON');
    const during = await answer(store, 'during', 20);
    expect(during.answers).toEqual([]);
    expect(String(during.refusals[0])).toMatch(/readonly/);
    await expect(sequencer.sequence()).rejects.toThrow(/readonly/);
    await store.administer('PRAGMA query_only = OFF');
    const after = await answer(store, 'after', 20);
    expect(await unaudited(store, [...before.answers, ...after.answers])).toBe(0);
    expect(await expectWhole(store)).toBe(40);
    await store.close();
  });

  it('lets no byte of an answer out, counted over HTTP while it comes and goes', async () => {
    const demo = await startDemo();
    const query =
      'query B @purpose(of: SUPERVISION) { families(first: 5) { nodes { members { person { forename } } } } }';
    let isOver = false;
    const flapping = (async () => {
      for (let on = true; !isOver; on = !on) {
        await demo.store.administer(`PRAGMA query_only = ${on ? 'ON' : 'OFF'}`);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
    })();
    const said = [];
    for (let i = 0; i < 12; i += 1)
      said.push(...(await Promise.all(Array.from({ length: 5 }, () => ask(demo, 'sw-ada-thorne', query)))));
    isOver = true;
    await flapping;
    await demo.store.administer('PRAGMA query_only = OFF');
    const answered = said.filter(({ data }) => data !== null && data !== undefined);
    const refused = said.filter(({ data }) => data === null || data === undefined);
    expect(answered.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(answered.length + refused.length).toBe(60);
    const receipts = answered.map(({ extensions }) => extensions?.receipt as Receipt);
    expect(await unaudited(demo.store, receipts)).toBe(0);
    expect(new Set(receipts.map(({ entry }) => entry)).size).toBe(answered.length);
    for (const { data, errors } of refused) {
      expect(data ?? null).toBeNull();
      expect(errors?.[0]?.extensions.code).toBe('NOT_RECORDED');
    }
    await demo.stop();
  }, 60_000);
});

describe('a store that is gone and comes back', () => {
  it('keeps answers waiting, or refuses them; none without its row (another process holds the file)', async () => {
    const file = join(folder, 'gone.sqlite');
    const store = await openStore({ kind: 'sqlite', file });
    const sequencer = sequencerOf(store, { everyMs: 20 });
    sequencer.start();
    const before = await answer(store, 'before', 20);
    const other = new Database(file);
    other.exec('BEGIN EXCLUSIVE');
    const waiting = answer(store, 'during', 20);
    const isDone = await Promise.race([waiting.then(() => true), new Promise((resolve) => setTimeout(resolve, 1500))]);
    expect(isDone).toBeUndefined();
    other.exec('ROLLBACK');
    other.close();
    const during = await waiting;
    expect(during.answers.length + during.refusals.length).toBe(20);
    expect(await unaudited(store, [...before.answers, ...during.answers])).toBe(0);
    await sequencer.stop();
    expect(await expectWhole(store)).toBe(before.answers.length + during.answers.length);
    await store.close();
  }, 60_000);

  (MSSQL_URL === undefined ? it.skip : it)(
    'refuses answers while the server is away, and the rows tell what was answered (SQL Server)',
    async () => {
      const database = await freshDatabase();
      const way = await cuttableWay(database.options);
      const url = new URL(database.url);
      url.port = String(way.options.port);
      url.hostname = 'localhost';
      const direct = await openStore({ kind: 'mssql', url: database.url });
      const store = await openStore({ kind: 'mssql', url: url.href });
      const before = await answer(store, 'before', 20);
      const during = answer(store, 'during', 100);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await way.cut();
      const { answers, refusals } = await during;
      expect(refusals.length).toBeGreaterThan(0);
      expect(await unaudited(direct, [...before.answers, ...answers])).toBe(0);
      expect((await answer(direct, 'after', 10)).refusals).toEqual([]);
      await expectWhole(direct);
      await store.close().catch(() => undefined);
      await direct.close();
      await database.drop();
    },
    180_000,
  );
});

describe('clocks that step, and two instances that both believe they hold the lease', () => {
  it('never skip or repeat an index, in a hundred rounds of whatever comes', async () => {
    const file = join(folder, 'two.sqlite');
    const stores = [await openStore({ kind: 'sqlite', file }), await openStore({ kind: 'sqlite', file })] as const;
    let step = 0;
    const clock = (sign: number) => () => new Date(Date.UTC(2026, 10, 23) + sign * step);
    const two = [sequencerOf(stores[0], { now: clock(1) }), sequencerOf(stores[1], { now: clock(-1) })] as const;
    // The same every time: a linear congruential generator.
    let seed = 7;
    const below = (n: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    const end = (at: string) =>
      stores[0].transaction((transaction) => transaction.run('UPDATE audit_lease SET expires_at = ?', [at]));
    const answers: Receipt[] = [];
    let lost = 0;
    for (let round = 0; round < 100; round += 1) {
      answers.push(...(await answer(stores[below(2)]!, `r${round}`, 1 + below(6))).answers);
      // The store's clock stepped: forward, so that the lease is over; or back, so that it ends far ahead.
      const stepped = below(4);
      if (stepped === 0) await end('2000-01-01T00:00:00.000Z');
      if (stepped === 1) await end('2999-01-01T00:00:00.000Z');
      // An instance's own clock stepped, up to an hour either way.
      if (stepped === 2) step = below(7_200_000) - 3_600_000;
      const outcomes = await Promise.allSettled([two[round % 2]!.sequence(), two[1 - (round % 2)]!.sequence()]);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        expect(outcome.reason).toBeInstanceOf(LeaseLost);
        lost += 1;
      }
    }
    expect(lost).toBeGreaterThan(5);
    expect(await unaudited(stores[0], answers)).toBe(0);
    expect(await expectWhole(stores[0])).toBe(answers.length);
    for (const store of stores) await store.close();
  }, 60_000);
});
