/**
 * The way to the thread that writes a SQLite store (`writer-thread.ts`): transactions, one after another. The thread starts with the first
 * and keeps no process alive that has nothing under way. Should it die, what was under way is rejected, and the next
 * transaction starts another.
 */
import { Worker } from 'node:worker_threads';
import { packagePath } from '../package-path.js';
import type { Answer, Order } from './writer-thread.js';

/**
 * A transaction under way. What `run` and `insert` give may be left unawaited: the transaction waits for it, and fails with it. Once it is
 * over they reject: what comes late would be of whatever transaction is under way then.
 */
export interface Transaction {
  /** A statement with `?` for parameters, and its rows. Rejects with the driver's error. */
  run<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Adds rows, each in the order of `columns`; a value may be a ToPack. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<unknown>;
}

export interface Writer {
  /** All or nothing; durable when it resolves. Rejects with what failed first: a statement's StoreError, or what `work` threw. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** One statement by itself. */
  run<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** After what is under way. */
  close(): Promise<void>;
}

/** What SQLite refused, with its code (`SQLITE_FULL`, `SQLITE_CONSTRAINT_UNIQUE` …). */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

interface Asked {
  readonly resolve: (rows: readonly unknown[]) => void;
  readonly reject: (error: StoreError) => void;
}

/** Where the thread's code lies: built, also where this file is run from its source. */
const THREAD = packagePath('dist', 'src', 'store', 'writer-thread.js');

/** Of rows nothing lives long: more room for the young would be held and not needed. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8 };

export function openWriter(file: string): Writer {
  // Answers come in the order of the orders.
  let asked: Asked[] = [];
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function start(): Worker {
    const worker = new Worker(THREAD, { workerData: { file }, execArgv: [], resourceLimits: THREAD_LIMITS });
    worker.on('message', (answer: Answer) => {
      // Of a thread that is gone: it would be taken for the answer to an order of the next one's.
      if (thread !== worker) return;
      const next = asked.shift();
      if (asked.length === 0) worker.unref();
      if ('rows' in answer) next?.resolve(answer.rows);
      else next?.reject(new StoreError(answer.message, answer.code));
    });
    worker.on('error', (error) => gone(worker, error.message));
    worker.on('exit', () => gone(worker, 'the thread that writes has ended'));
    return worker;
  }

  function gone(worker: Worker, why: string): void {
    if (thread !== worker) return;
    thread = undefined;
    const lost = asked;
    asked = [];
    for (const { reject } of lost) reject(new StoreError(why, 'SQLITE_INTERRUPT'));
  }

  function ask(order: Order): Promise<readonly unknown[]> {
    thread ??= start();
    if (asked.length === 0) thread.ref();
    thread.postMessage(order);
    return new Promise((resolve, reject) => asked.push({ resolve, reject }));
  }

  async function inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const pending: Promise<unknown>[] = [];
    const failures: unknown[] = [];
    let isOver = false;
    const order = (one: Order): Promise<readonly unknown[]> => {
      const answer = isOver ? Promise.reject(new StoreError('the transaction is over', 'SQLITE_MISUSE')) : ask(one);
      pending.push(answer.catch((error: unknown) => failures.push(error)));
      return answer;
    };
    void order({ do: 'BEGIN' });
    try {
      const result = await work({
        run: <R>(sql: string, parameters: readonly unknown[] = []) =>
          order({ do: 'RUN', sql, parameters }) as Promise<R[]>,
        insert: (table, columns, rows) =>
          order({ do: 'INSERT', sql: insertInto(table, columns), rows }) as Promise<unknown>,
      });
      const committed = order({ do: 'COMMIT' });
      isOver = true;
      await committed;
      return result;
    } catch (error) {
      isOver = true;
      await ask({ do: 'ROLLBACK' }).catch(() => undefined);
      await Promise.all(pending);
      throw failures[0] ?? error;
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }

  return {
    transaction: (work) => inTurn(() => inTransaction(work)),
    run: (sql, parameters = []) => inTurn(async () => [...(await ask({ do: 'ALONE', sql, parameters }))] as never[]),
    async close() {
      await last;
      const ending = thread;
      thread = undefined;
      if (!ending) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.ref();
      ending.postMessage('CLOSE');
      await ended;
    },
  };
}

const inserts = new Map<string, string>();

function insertInto(table: string, columns: readonly string[]): string {
  const names = `${table} (${columns.join(', ')})`;
  let sql = inserts.get(names);
  if (!sql) {
    sql = `INSERT INTO ${names} VALUES (${columns.map(() => '?').join(', ')})`;
    inserts.set(names, sql);
  }
  return sql;
}
