/**
 * The thread that writes a SQLite store (`writer.ts` is its other end): the one connection that writes, so that neither a statement nor a
 * flush to disk holds the thread that answers. It takes orders one after another. Once one of a transaction has failed, whatever
 * follows in it is refused until the transaction is rolled back: orders need not wait for each other's answers.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { packedParameters } from './packed-text.js';

/**
 * What the thread is asked to do. A statement comes with its parameters, an insert with those of each row. RUN and INSERT are of a
 * transaction: outside of one they are refused, for there SQLite would keep at once what nothing can take back. ALONE is of none.
 */
export type Order =
  | { readonly do: 'BEGIN' | 'COMMIT' | 'ROLLBACK' }
  | { readonly do: 'RUN' | 'ALONE'; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly do: 'INSERT'; readonly sql: string; readonly rows: readonly (readonly unknown[])[] };

/** Its rows, or the driver's error: in the order of the orders, one for each. */
export type Answer = { readonly rows: readonly unknown[] } | { readonly message: string; readonly code: string };

/** How long BEGIN waits for another process that writes: its own pauses, for SQLite's grow to a tenth of a second. */
const LOCK_TRIES = 5000;
const LOCK_PAUSE_MS = 2;
const STATEMENTS_KEPT = 500;
const NO_ROWS: readonly unknown[] = [];

function serve(port: MessagePort, file: string): void {
  const database = new Database(file, { timeout: 0 });
  database.pragma('synchronous = FULL');
  const prepared = new Map<string, Database.Statement>();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let hasFailed = false;

  function prepare(sql: string): Database.Statement {
    let statement = prepared.get(sql);
    if (!statement) {
      if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
      statement = database.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement;
  }

  function begin(): void {
    for (let tries = 1; ; tries += 1) {
      try {
        database.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (tries >= LOCK_TRIES || !codeOf(error).startsWith('SQLITE_BUSY')) throw error;
        Atomics.wait(pause, 0, 0, LOCK_PAUSE_MS);
      }
    }
  }

  function perform(order: Order): readonly unknown[] {
    switch (order.do) {
      case 'BEGIN':
        begin();
        return NO_ROWS;
      case 'COMMIT':
        database.exec('COMMIT');
        return NO_ROWS;
      case 'ROLLBACK':
        if (database.inTransaction) database.exec('ROLLBACK');
        return NO_ROWS;
      case 'RUN':
      case 'ALONE': {
        const statement = prepare(order.sql);
        if (statement.reader) return statement.all(...order.parameters);
        statement.run(...order.parameters);
        return NO_ROWS;
      }
      case 'INSERT': {
        const statement = prepare(order.sql);
        for (const row of order.rows) statement.run(...packedParameters(row));
        return NO_ROWS;
      }
    }
  }

  function answer(order: Order): Answer {
    if (order.do === 'BEGIN' || order.do === 'ROLLBACK') hasFailed = false;
    // There may be none: SQLite ends it by itself when the disk is full, and a thread that was started anew knows of none.
    else if (order.do !== 'ALONE' && (hasFailed || !database.inTransaction))
      return { message: 'what came before in the transaction has failed', code: 'SQLITE_ABORT' };
    try {
      return { rows: perform(order) };
    } catch (error) {
      hasFailed = true;
      return { message: error instanceof Error ? error.message : String(error), code: codeOf(error) };
    }
  }

  port.on('message', (order: Order | 'CLOSE') => {
    if (order !== 'CLOSE') return port.postMessage(answer(order));
    database.close();
    port.close();
  });
}

function codeOf(error: unknown): string {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'SQLITE_ERROR';
}

if (parentPort) serve(parentPort, String((workerData as { file?: unknown }).file));
