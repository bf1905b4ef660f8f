import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { openStore, type Store, typeormOptions } from '../../src/store/store.js';
import { isBabelfish, openEmpty, placed, STORES } from './test-stores.js';

const ADD_TEAM = `INSERT INTO team (id, agency, name, district, duty) VALUES (?, 'csc', 'East', 'East', 0)`;

/** Where a store on SQLite has its file. */
async function fileOf(store: Store): Promise<string> {
  const [main] = await store.read<{ file: string }>("SELECT file FROM pragma_database_list WHERE name = 'main'");
  return main?.file ?? '';
}

describe.each(STORES)('the store on $kind', (config) => {
  it('has exactly the tables that its entities describe', async () => {
    const store = await openEmpty(config);
    const place = await placed(config);
    const typeorm = await new DataSource(
      typeormOptions(place.kind === 'sqlite' ? { ...place, file: await fileOf(store) } : place),
    ).initialize();
    const { upQueries } = await typeorm.driver.createSchemaBuilder().log();
    await typeorm.destroy();
    // Babelfish, on which this is run where there is no SQL Server, gives indexes names of its own, and says a default of no letters
    // as its type (`''::"varchar"`).
    const renames = config.kind === 'mssql' && (await isBabelfish(store));
    expect(
      upQueries.map(({ query }) => query).filter((query) => !(renames && / INDEX |"kept_by"|"DF_/.test(query))),
    ).toEqual([]);
    await store.close();
  });

  it('shows nothing of a transaction until it is committed, and nothing at all of one that fails', async () => {
    const store = await openEmpty(config);
    const teams = async () => (await store.read('SELECT id FROM team')).length;
    if (config.kind === 'sqlite') {
      await store.transaction(async (transaction) => {
        await transaction.run(ADD_TEAM, ['t-1']);
        expect(await teams()).toBe(0);
      });
    } else {
      await store.transaction((transaction) => transaction.run(ADD_TEAM, ['t-1']));
    }
    expect(await teams()).toBe(1);
    const failing = store.transaction(async (transaction) => {
      await transaction.run(ADD_TEAM, ['t-2']);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await teams()).toBe(1);
    await store.close();
  });

  it('runs transactions that overlap one after another, a failing one among them', async () => {
    const store = await openEmpty(config);
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'a', 'c'].map((id) => store.transaction((transaction) => transaction.run(ADD_TEAM, [id]))),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await store.read('SELECT id FROM team ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    await store.close();
  });

  it('finds by a list of keys and joins a list of rows, each one parameter', async () => {
    const store = await openEmpty(config);
    const keys = Array.from({ length: 3000 }, (_, i) => `t-${i}`);
    const insert = `INSERT INTO team (id, agency, name, district, duty)
      SELECT id, agency, name, district, duty FROM ${store.rowList(['id', 'agency', 'name', 'district', 'duty'])} r`;
    await store.transaction((transaction) =>
      transaction.run(insert, [JSON.stringify(keys.map((key) => [key, 'csc', `É"'; ${key}`, '', 1]))]),
    );
    const rows = await store.read<{ name: string; duty: number }>(
      `SELECT name, duty FROM team WHERE id IN ${store.keyList} ORDER BY id`,
      [JSON.stringify([...keys.slice(0, 2500), 'unknown'])],
    );
    expect(rows).toHaveLength(2500);
    expect(rows[0]).toEqual({ name: `É"'; t-0`, duty: 1 });
    await store.close();
  });

  it('tells ids apart that differ in case only', async () => {
    const store = await openEmpty(config);
    for (const id of ['ab', 'AB']) await store.transaction((transaction) => transaction.run(ADD_TEAM, [id]));
    expect(await store.read(`SELECT id FROM team WHERE id IN ${store.keyList}`, ['["ab"]'])).toEqual([{ id: 'ab' }]);
    await store.close();
  });
});

describe('a store in a file', () => {
  it('is migrated once by instances that open it together, keeps what was written, and flushes every commit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'threshold-test-'));
    const file = join(folder, 'deep', 'store.sqlite');
    const [one, two] = await Promise.all([openStore({ kind: 'sqlite', file }), openStore({ kind: 'sqlite', file })]);
    await one.transaction((transaction) => transaction.run(ADD_TEAM, ['t-1']));
    expect(await two.read('SELECT id FROM team')).toEqual([{ id: 't-1' }]);
    expect(await one.administer('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await one.administer('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    await one.close();
    await two.close();
    const again = await openStore({ kind: 'sqlite', file });
    expect(await again.read('SELECT id FROM team')).toEqual([{ id: 't-1' }]);
    await again.close();
    await rm(folder, { recursive: true });
  });

  it('reads through a connection that cannot write', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    await store.transaction((transaction) => transaction.run(ADD_TEAM, ['t-1']));
    const attempt = store.read('DELETE FROM team RETURNING id');
    await expect(attempt).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
    expect(await store.read('SELECT id FROM team')).toHaveLength(1);
    await store.close();
  });

  it('in memory leaves no file behind', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    const folder = dirname(await fileOf(store));
    expect(existsSync(folder)).toBe(true);
    await store.close();
    expect(existsSync(folder)).toBe(false);
  });
});
