/** CSV files of a world folder, read as a stream: RFC 4180, a header row, UTF-8, empty means null. */
import { createReadStream, existsSync } from 'node:fs';
import { relative } from 'node:path';
import { parse } from 'csv-parse';
import type { z } from 'zod';

/** A world's file is not what it should be. Names file, line and column, never what stands there. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** One row by its header; empty cells are absent. */
export type CsvRow = { readonly [column: string]: string };

const BATCH = 2000;

/** The rows of a file in batches, each read by `shape`. A file that is not there has no rows. Throws WorldError. */
export async function* readCsv<T>(folder: string, file: string, shape: z.ZodType<T>): AsyncGenerator<T[]> {
  const path = `${folder}/${file}`;
  if (!existsSync(path)) return;
  let batch: T[] = [];
  let line = 1;
  const rows = createReadStream(path).pipe(parse({ bom: true, columns: true, skip_empty_lines: true }));
  try {
    for await (const row of rows as AsyncIterable<{ [column: string]: string }>) {
      line += 1;
      for (const column in row) if (row[column] === '') delete row[column];
      const read = shape.safeParse(row);
      if (!read.success) throw new WorldError(`${file}, row ${line}: ${problems(read.error)}`);
      batch.push(read.data);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    if (error instanceof WorldError) throw error;
    throw new WorldError(`${relative(folder, path)} is not CSV after row ${line}`);
  }
  if (batch.length > 0) yield batch;
}

function problems({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => [...path.map(String), message].join(': ')).join('; ');
}
