/** The thread that writes a SQLite store: orders that nobody waits for, orders that fail, and a thread that does not come up. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { openWriter } from '../../src/store/writer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-writer-'));
});
afterAll(() => rm(folder, { recursive: true }));

function newFile(name: string): { readonly file: string; readonly rows: () => unknown[] } {
  const file = join(folder, name);
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)');
  return { file, rows: () => database.prepare('SELECT a FROM t ORDER BY a').pluck().all() };
}

describe('the thread that writes', () => {
  it('has done what nobody waited for when the transaction resolves', async () => {
    const { file, rows } = newFile('unawaited.sqlite');
    const writer = openWriter(file);
    await writer.transaction(async ({ run, insert }) => {
      void insert(
        't',
        ['a', 'b'],
        [
          [1, 'x'],
          [2, null],
        ],
      );
      void run('INSERT INTO t (a) VALUES (?)', [3]);
    });
    expect(rows()).toEqual([1, 2, 3]);
    await writer.close();
  });

  it('rejects with what failed first though nobody waited for it, and leaves nothing of the transaction', async () => {
    const { file, rows } = newFile('failing.sqlite');
    const writer = openWriter(file);
    await writer.transaction(({ run }) => run('INSERT INTO t (a) VALUES (1)'));
    const failing = writer.transaction(async ({ run, insert }) => {
      void run('INSERT INTO t (a) VALUES (2)');
      void insert('t', ['a'], [[3], [1], [4]]);
      await run('INSERT INTO t (a) VALUES (5)');
    });
    await expect(failing).rejects.toMatchObject({ name: 'StoreError', code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(rows()).toEqual([1]);
    // Swallowed, a failure fails the transaction all the same.
    const swallowing = writer.transaction(async ({ run }) => {
      await run('INSERT INTO t (a) VALUES (1)').catch(() => undefined);
      await run('INSERT INTO t (a) VALUES (6)').catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    const throwing = writer.transaction(async ({ run }) => {
      void run('INSERT INTO t (a) VALUES (7)');
      throw new Error('thought better of it');
    });
    await expect(throwing).rejects.toThrow('thought better of it');
    await writer.transaction(({ run }) => run('INSERT INTO t (a) VALUES (8)'));
    expect(rows()).toEqual([1, 8]);
    await writer.close();
  });

  it('waits for another connection that writes, without holding this thread', async () => {
    const { file, rows } = newFile('busy.sqlite');
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const writer = openWriter(file);
    const waiting = writer.transaction(({ run }) => run('INSERT INTO t (a) VALUES (1)'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    other.exec('INSERT INTO t (a) VALUES (2)');
    expect(rows()).toEqual([]);
    other.exec('COMMIT');
    await waiting;
    expect(rows()).toEqual([1, 2]);
    other.close();
    await writer.close();
  });

  it('rejects what was under way when it dies, and is started anew by what comes next', async () => {
    const deep = join(folder, 'not-yet', 'store.sqlite');
    const writer = openWriter(deep);
    const add = () => writer.transaction(({ run }) => run('INSERT INTO t (a) VALUES (1)'));
    const dead = await Promise.allSettled([add(), add()]);
    for (const outcome of dead) expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreError' } });
    await mkdir(join(folder, 'not-yet'));
    const { rows } = newFile(join('not-yet', 'store.sqlite'));
    await add();
    expect(rows()).toEqual([1]);
    await writer.close();
  });

  it('that dies within a transaction takes all of it along: what follows is not kept by the thread that is started anew', async () => {
    const { file, rows } = newFile('dying.sqlite');
    const writer = openWriter(file);
    const post = jest.spyOn(Worker.prototype, 'postMessage');
    const dying = writer.transaction(async ({ run, insert }) => {
      await run('INSERT INTO t (a) VALUES (1)');
      await (post.mock.contexts.at(-1) as Worker).terminate();
      void insert('t', ['a'], [[2]]);
      await run('INSERT INTO t (a) VALUES (3)').catch(() => undefined);
    });
    await expect(dying).rejects.toMatchObject({ name: 'StoreError' });
    post.mockRestore();
    expect(rows()).toEqual([]);
    await writer.transaction(({ run }) => run('INSERT INTO t (a) VALUES (4)'));
    expect(rows()).toEqual([4]);
    await writer.close();
  });

  it('takes no order of a transaction that is over, which would be of the one that is under way', async () => {
    const { file, rows } = newFile('over.sqlite');
    const writer = openWriter(file);
    const kept: Parameters<Parameters<typeof writer.transaction>[0]>[0][] = [];
    await writer.transaction(async (transaction) => {
      kept.push(transaction);
    });
    await writer.transaction(async ({ run }) => {
      await run('INSERT INTO t (a) VALUES (1)');
      await expect(kept[0]?.run('INSERT INTO t (a) VALUES (2)')).rejects.toMatchObject({ name: 'StoreError' });
    });
    await expect(kept[0]?.insert('t', ['a'], [[3]])).rejects.toMatchObject({ name: 'StoreError' });
    expect(rows()).toEqual([1]);
    await writer.close();
  });

  it('does a statement by itself though one before it has failed', async () => {
    const { file, rows } = newFile('alone.sqlite');
    const writer = openWriter(file);
    await expect(writer.run('INSERT INTO nowhere (a) VALUES (1)')).rejects.toMatchObject({ name: 'StoreError' });
    await writer.run('INSERT INTO t (a) VALUES (?)', [1]);
    expect(rows()).toEqual([1]);
    await writer.close();
  });
});
