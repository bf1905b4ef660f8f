/** The two files of a provider as they stand: read by streaming, read again when they change. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { SourceFailure, SourceNotReady } from '../../src/sources/contract.js';

export const EXTRACT_FILE = 'extract.csv';
export const INDEX_FILE = 'client-index.csv';

/** The read cells of a row by column name; undefined for a row with another number of cells than the header. */
export type Row = Readonly<Record<string, string>> | undefined;

/**
 * The rows of a CSV file with a header (RFC 4180, UTF-8, a byte order mark allowed), one at a time: of each the cells of
 * the required columns, and of the optional ones that the file has.
 * Throws SourceFailure if the file cannot be read, is no CSV, or its header lacks a required column or names one twice.
 */
export async function* rowsOf(
  folder: string,
  file: string,
  required: readonly string[],
  optional: readonly string[] = [],
): AsyncGenerator<Row> {
  const input = createReadStream(join(folder, file));
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true });
  input.on('error', (error) => parser.destroy(error));
  let header: Header | undefined;
  try {
    for await (const cells of input.pipe(parser) as AsyncIterable<readonly string[]>) {
      if (header === undefined) {
        header = headerOf(cells, file, required, optional);
        continue;
      }
      // A row that is not UTF-8 is none: what it says would be other names.
      const isRow = cells.length === header.width && !cells.some((cell) => cell.includes('\uFFFD'));
      yield isRow ? byName(header, cells) : undefined;
    }
  } catch (error) {
    if (error instanceof SourceFailure) throw error;
    throw new SourceFailure(`${file} ${error instanceof CsvError ? 'is not well-formed CSV' : 'cannot be read'}`);
  } finally {
    input.destroy();
  }
  if (header === undefined) throw new SourceFailure(`${file} has no header row`);
}

interface Header {
  readonly width: number;
  readonly read: readonly (readonly [column: string, position: number])[];
}

function headerOf(
  cells: readonly string[],
  file: string,
  required: readonly string[],
  optional: readonly string[],
): Header {
  const names = cells.map((cell) => cell.trim());
  const missing = required.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new SourceFailure(`${file} lacks the columns ${missing.join(', ')}`);
  if (new Set(names).size < names.length) throw new SourceFailure(`${file} names a column twice`);
  const columns = new Set([...required, ...optional]);
  const read = names.map((name, position) => [name, position] as const).filter(([name]) => columns.has(name));
  return { width: names.length, read };
}

function byName({ read }: Header, cells: readonly string[]): Row {
  const row: Record<string, string> = {};
  for (const [column, position] of read) row[column] = cells[position] ?? '';
  return row;
}

export interface Held<T> {
  /** What the files say now. Rejects with the signal's reason, SourceFailure, or SourceNotReady while they change. */
  current(signal: AbortSignal): Promise<T>;
}

/**
 * Holds what `load` makes of the folder's two files for as long as neither changes. New files take the place of the
 * old as one and whole, or not at all: while they cannot be read nothing is answered, the old ones neither.
 */
export function holdFiles<T>(folder: string, load: () => Promise<T>): Held<T> {
  let held: { readonly stamp: string; readonly content: Promise<T> } | undefined;

  async function loadAt(stamp: string): Promise<T> {
    const content = await load();
    if ((await stampOf(folder)) !== stamp) throw new SourceNotReady('the extract was replaced while it was read');
    return content;
  }

  async function fresh(): Promise<T> {
    const stamp = await stampOf(folder);
    if (held?.stamp !== stamp) {
      const next = { stamp, content: loadAt(stamp) };
      held = next;
      next.content.catch(() => {
        if (held === next) held = undefined;
      });
    }
    return held.content;
  }

  return {
    async current(signal) {
      signal.throwIfAborted();
      return untilAborted(fresh(), signal);
    },
  };
}

/** When, how large and which the two files are. */
async function stampOf(folder: string): Promise<string> {
  const stamps = [EXTRACT_FILE, INDEX_FILE].map(async (file) => {
    try {
      const { mtimeNs, size, ino } = await stat(join(folder, file), { bigint: true });
      return `${mtimeNs} ${size} ${ino}`;
    } catch {
      throw new SourceFailure(`${file} cannot be read`);
    }
  });
  return (await Promise.all(stamps)).join('; ');
}

/** The load goes on for others who wait for it; this caller no longer does. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
