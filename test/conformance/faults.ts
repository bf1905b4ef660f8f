/**
 * What goes wrong with a source, and what must come of it, as one list: each fault says how it is done to each transport.
 * An adapter's test says which transport its source has, never which faults it passes. What must come of every fault: the
 * answer is as good as without it, or says that it is not (one of `states`), within the time; never fewer rows in silence.
 */
import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { SourceState } from '../../src/domain/words.js';
import type { Source } from '../../src/sources/contract.js';
import type { Answer, FaultProxy, Spoilt } from '../fault-proxy.js';

/** How a source is reached. `connect` makes it anew, through another port of this machine. */
export type Transport =
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly port: number;
      readonly connect: (port: number) => Source;
    }
  /** Another protocol over TCP (TDS): faults of bytes alone. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly connect: (port: number) => Source }
  | { readonly kind: 'sqlite'; readonly file: string }
  /** CSV files in a folder. */
  | {
      readonly kind: 'csv';
      readonly files: readonly string[];
      /** Resolves once the source has had the time to see that a file changed. */
      readonly noticed: () => Promise<void>;
    };

/** What stands in the place of an id asked for, in the faults that put somebody else there. */
export function othersOf(id: string): readonly string[] {
  return [`${id}9`, id.toLowerCase()].filter((other) => other !== id);
}

/** What a fault may use: the proxy or the files, and the persons asked about. */
export interface Rig {
  readonly proxy?: FaultProxy;
  readonly file?: string;
  readonly files?: readonly string[];
  /** Ids asked with: of persons; of workers and teams. */
  readonly persons: readonly string[];
  readonly staff: readonly string[];
  /** Run when the fault is over, beside the restoring of files. */
  readonly after: (() => void)[];
}

export interface Fault {
  readonly name: string;
  /** The states that may be told; none: the fault must change nothing. */
  readonly states: readonly SourceState[];
  /** Whether a source may be none the worse for it: one row kept of two that say the same, or rows without ids. */
  readonly mayBeHarmless?: boolean;
  /** Whether a database may truly have nothing more about those asked for: its rows are about others now. */
  readonly mayLose?: boolean;
  /** Methods that cannot know it. */
  readonly but?: readonly string[];
  readonly tcp?: (proxy: FaultProxy) => Promise<void> | void;
  readonly http?: (rig: Rig, proxy: FaultProxy) => void;
  readonly sqlite?: (file: string, rig: Rig) => Promise<void> | void;
  readonly csv?: (files: readonly string[], rig: Rig) => Promise<void>;
}

const FAILED: readonly SourceState[] = ['UNAVAILABLE'];
const UNREADY: readonly SourceState[] = ['UNAVAILABLE', 'NOT_READY'];
const DOUBTED: readonly SourceState[] = ['UNAVAILABLE', 'NOT_READY', 'DEGRADED'];
/** Longer than any call of the suite may take: each piece of every answer, those by which a connection is opened among them. */
export const LATE_MS = 3_000;
export const HUGE_BYTES = 100 * 1024 * 1024;

export const FAULTS: readonly Fault[] = [
  {
    name: 'refused; the file is gone, or something else stands in its place',
    states: FAILED,
    tcp: (proxy) => proxy.refuse(),
    // One that is open is read on after it was removed.
    sqlite: (file) => writeFile(file, 'this was a database'),
    csv: async ([file = '']) => rm(file),
  },
  {
    name: 'slow beyond its time; the file is locked',
    states: ['TIMED_OUT', 'UNAVAILABLE'],
    tcp: (proxy) => proxy.spoilBytes({ late: LATE_MS }),
    sqlite: (file, { after }) => {
      const other = new Database(file);
      other.exec('BEGIN EXCLUSIVE');
      after.push(() => other.close());
    },
  },
  { name: 'slow within its time', states: [], tcp: (proxy) => proxy.spoilBytes({ late: 15 }) },
  {
    name: 'stalled before its answer',
    states: ['TIMED_OUT'],
    tcp: (proxy) => proxy.spoilBytes({ after: 1, finally: 'stall' }),
  },
  {
    name: 'stalled in the middle of its body',
    states: ['TIMED_OUT'],
    tcp: (proxy) => proxy.spoilBytes({ after: MIDDLE, finally: 'stall' }),
  },
  {
    name: 'closed by half in the middle of its body',
    states: ['UNAVAILABLE', 'TIMED_OUT'],
    tcp: (proxy) => proxy.spoilBytes({ after: MIDDLE, finally: 'half-close' }),
  },
  {
    name: 'a truncated file',
    states: DOUBTED,
    sqlite: async (file) => truncate(file, Math.floor((await readFile(file)).length / 2)),
    csv: async (files) => {
      for (const file of files) await truncate(file, (await readFile(file)).length - 7);
    },
  },
  { name: 'reset at once', states: FAILED, tcp: (proxy) => proxy.spoilBytes({ after: 1, finally: 'reset' }) },
  {
    name: 'reset in the middle of its body',
    states: FAILED,
    tcp: (proxy) => proxy.spoilBytes({ after: MIDDLE, finally: 'reset' }),
  },
  ...[500, 502, 503, 504].map((status) => ({
    name: `status ${status}`,
    states: UNREADY,
    http: answering(() => ({ status, body: Buffer.from('{"error":"out of order"}') })),
  })),
  ...[undefined, '1', '3600', 'Wed, 21 Oct 2099 07:28:00 GMT', 'soon'].map((after) => ({
    name: `status 429, Retry-After ${after ?? 'not told'}`,
    states: ['UNAVAILABLE', 'TIMED_OUT'] as const,
    http: answering(({ headers }) => ({
      status: 429,
      headers: after === undefined ? headers : { ...headers, 'retry-after': after },
      body: Buffer.from('{}'),
    })),
  })),
  { name: 'truncated JSON', states: FAILED, http: spoiling((body) => body.subarray(0, Math.ceil(body.length / 2))) },
  {
    name: 'an empty body; a file without a byte',
    states: UNREADY,
    http: spoiling(() => Buffer.alloc(0)),
    sqlite: (file) => truncate(file, 0),
    csv: async (files) => {
      for (const file of files) await truncate(file, 0);
    },
  },
  {
    name: 'JSON in another charset, told',
    states: FAILED,
    http: answering(({ headers, body }) => ({
      headers: { ...headers, 'content-type': String(headers['content-type']).replace(/;.*|$/, '; charset=utf-16le') },
      body: Buffer.from(body.toString('utf8'), 'utf16le'),
    })),
  },
  {
    name: 'JSON in another charset, not told',
    states: DOUBTED,
    http: rewriting((value) => (typeof value === 'string' ? value.replaceAll('o', 'ö') : value), 'latin1'),
    csv: async (files) => {
      for (const file of files) {
        const [header = '', ...rows] = (await readFile(file, 'utf8')).split('\n');
        await writeFile(
          file,
          Buffer.from([header, ...rows.map((row) => row.replaceAll('o', 'ö'))].join('\n'), 'latin1'),
        );
      }
    },
  },
  { name: 'a web page', states: FAILED, http: answering(({ headers }) => PAGE(headers)) },
  { name: 'a body of 100 MB', states: ['UNAVAILABLE', 'TIMED_OUT'], http: answering(() => ({ endless: HUGE_BYTES })) },
  ...['{"unexpected":true}', '[{"unexpected":true}]', '"text"', 'null', '42'].map((text) => ({
    name: `valid JSON of the wrong shape: ${text}`,
    states: DOUBTED,
    http: spoiling(() => Buffer.from(text)),
  })),
  {
    name: 'rows of the wrong shape',
    states: DOUBTED,
    // Every list of objects becomes a list of something else.
    http: rewriting((value) => (isList(value) ? value.map(() => ({ unexpected: true })) : value)),
    sqlite: (file) =>
      changing(file, (database, tables) => {
        for (const [table, columns] of tables)
          for (const column of columns.slice(0, 2))
            database.exec(`ALTER TABLE ${table} RENAME COLUMN ${column} TO ${column}_renamed`);
      }),
    csv: async (files) => {
      for (const file of files) await writeFile(file, `UN${await readFile(file, 'utf8')}`);
    },
  },
  {
    // Nothing in every table may be the truth of a small deployment; a source that knows better says NOT_READY (the SSD).
    name: 'every table emptied',
    states: UNREADY,
    mayLose: true,
    sqlite: (file) =>
      changing(file, (database, tables) => {
        for (const [table] of tables) database.exec(`DELETE FROM ${table}`);
      }),
  },
  {
    name: 'the same rows twice',
    states: DOUBTED,
    mayBeHarmless: true,
    http: rewriting((value) => (isList(value) && value.some(hasId) ? [...value, ...value] : value)),
    sqlite: (file) =>
      changing(file, (database, tables) => {
        for (const [table] of tables) database.exec(`INSERT INTO ${table} SELECT * FROM ${table}`);
      }),
    csv: async (files) => {
      for (const file of files) {
        const [header = '', ...rows] = (await readFile(file, 'utf8')).trimEnd().split('\n');
        await writeFile(file, [header, ...rows, ...rows, ''].join('\n'));
      }
    },
  },
  {
    name: 'duplicate ids of rows that say otherwise',
    states: DOUBTED,
    mayBeHarmless: true,
    http: rewriting((value) =>
      isList(value) ? value.map((row, i) => (i === 1 ? withIdsOf(value[0], row) : row)) : value,
    ),
  },
  {
    name: 'rows for somebody else',
    states: DOUBTED,
    mayLose: true,
    // The persons of workers, and ids that were found, are not what was asked with: they cannot be held against it.
    but: ['workload', 'find', 'persons'],
    http: (rig, proxy) => forOthers(rig.persons)(rig, proxy),
    sqlite: (file, { persons }) => alike(file, persons),
  },
  {
    name: 'work of somebody else',
    states: DOUBTED,
    mayLose: true,
    but: ['read', 'readOne', 'circumstances', 'find', 'persons'],
    http: (rig, proxy) => forOthers(rig.staff)(rig, proxy),
    sqlite: (file, { staff }) => alike(file, staff),
  },
  {
    name: 'a clock a day ahead',
    states: [],
    http: answering(({ headers }) => ({ headers: skewed(headers, 86_400_000) })),
  },
  {
    name: 'a clock a year behind',
    states: [],
    http: answering(({ headers }) => ({ headers: skewed(headers, -31_536_000_000) })),
  },
];

/** Whether a fault can be done to a transport. */
export function canBeDone(fault: Fault, { kind }: Transport): boolean {
  return (kind === 'http' && fault.tcp !== undefined) || fault[kind] !== undefined;
}

/** Does a fault; what comes back undoes it. */
export async function doFault(fault: Fault, transport: Transport, rig: Rig): Promise<() => Promise<void>> {
  if (rig.proxy) {
    if (fault.tcp) await fault.tcp(rig.proxy);
    else fault.http?.(rig, rig.proxy);
    return () => (rig.proxy as FaultProxy).heal();
  }
  const files = transport.kind === 'sqlite' ? [transport.file] : transport.kind === 'csv' ? transport.files : [];
  const kept = `${files[0]}.kept`;
  await mkdir(kept);
  for (const [i, file] of files.entries()) await copyFile(file, join(kept, String(i)));
  if (transport.kind === 'sqlite') await fault.sqlite?.(transport.file, rig);
  if (transport.kind === 'csv') {
    await fault.csv?.(files, rig);
    await transport.noticed();
  }
  return async () => {
    for (const each of rig.after.splice(0)) each();
    for (const name of await readdir(kept)) await copyFile(join(kept, name), files[Number(name)] as string);
    await rm(kept, { recursive: true });
  };
}

/** Headers of the simulators are under 300 bytes: this is in the body of any answer with a record in it. */
const MIDDLE = 330;

function PAGE(headers: Answer['headers']): Spoilt {
  return {
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
    body: Buffer.from('<!doctype html><title>Sign in</title><p>Please sign in.</p>'),
  };
}

function answering(change: (answer: Answer) => Spoilt) {
  return (_: Rig, proxy: FaultProxy) => proxy.spoilAnswers((answer) => change(answer));
}

/** Other bodies for good answers. */
function spoiling(change: (body: Buffer) => Buffer) {
  return answering(({ status, body }) => (status === 200 ? { body: change(body) } : {}));
}

/** Other values in the JSON of good answers. */
function rewriting(change: (value: unknown) => unknown, charset: BufferEncoding = 'utf8') {
  return spoiling((body) =>
    Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'), (_, value: unknown) => change(value))), charset),
  );
}

function isList(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.length > 0 && value.every((row) => row !== null && typeof row === 'object');
}

/** Whether it is a row by itself, and no part of one. */
function hasId(row: object): boolean {
  return Object.keys(row).some((name) => /^(resource|otherIds|id|.*Id)$/.test(name));
}

/** A row, or the resource in it, with the ids of another. */
function withIdsOf(first: object | undefined, row: object): object {
  const changed = Object.entries(first ?? {}).flatMap(([name, value]): [string, unknown][] => {
    const own = (row as Record<string, unknown>)[name];
    if (/^(otherIds|id|.*Id)$/.test(name)) return [[name, value]];
    return name === 'resource' && isList([value, own]) ? [[name, withIdsOf(value as object, own as object)]] : [];
  });
  return { ...row, ...Object.fromEntries(changed) };
}

function forOthers(asked: readonly string[]) {
  return rewriting((value) => (typeof value === 'string' ? another(value, asked) : value));
}

/** As on a server whose collation does not tell upper from lower case: ids match that are not the ones asked for. */
function alike(file: string, asked: readonly string[]): void {
  changing(file, (database, tables) => {
    for (const [table, columns] of tables) {
      database.exec(`CREATE TABLE swap (${columns.map((column) => `${column} TEXT COLLATE NOCASE`).join(', ')})`);
      const lower = (column: string) =>
        asked.reduce((sql, id) => `replace(${sql}, '${id}', '${id.toLowerCase()}')`, column);
      database.exec(`INSERT INTO swap SELECT ${columns.map(lower).join(', ')} FROM ${table}`);
      database.exec(`DROP TABLE ${table}; ALTER TABLE swap RENAME TO ${table}`);
    }
  });
}

/** Somebody else's id of the same form wherever one of these stands. */
function another(value: string, asked: readonly string[]): string {
  return asked.some((id) => value === id || value.endsWith(`/${id}`)) ? `${value}9` : value;
}

function skewed(headers: Answer['headers'], ms: number): Answer['headers'] {
  const at = new Date(Date.now() + ms).toUTCString();
  return { ...headers, date: at, expires: at, 'last-modified': at, age: '1' };
}

/** Changes a SQLite file in place; `tables` are its tables with their columns. */
function changing(
  file: string,
  change: (database: Database.Database, tables: ReadonlyMap<string, readonly string[]>) => void,
): void {
  const database = new Database(file);
  database.pragma('synchronous = OFF');
  const names = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
  for (const index of database.prepare(`SELECT name FROM sqlite_master WHERE type = 'index'`).pluck().all())
    database.exec(`DROP INDEX ${index}`);
  const tables = new Map(
    (names.pluck().all() as string[]).map((table) => [
      table,
      database.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all() as string[],
    ]),
  );
  change(database, tables);
  database.close();
}
