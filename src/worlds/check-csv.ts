/** A CSV file of a world folder, read whole: header, rows, cells by column name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

export interface CsvTable {
  readonly path: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Empty for a column that the file has not. */
  cell(row: readonly string[], column: string): string;
  column(column: string): readonly string[];
}

/** Reads RFC 4180 with a header. A file that is none, or a row of another length, is named among the problems. */
export function readCsv(folder: string, path: string, problems: string[]): CsvTable | undefined {
  let lines: string[][];
  try {
    lines = parse(readFileSync(join(folder, path)), { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch {
    problems.push(`${path} is no well-formed CSV`);
    return undefined;
  }
  const [header = [], ...rows] = lines;
  if (new Set(header).size !== header.length) problems.push(`${path}: a column stands twice`);
  rows.forEach((row, i) => {
    if (row.length !== header.length)
      problems.push(`${path} line ${i + 2} has another number of cells than the header`);
  });
  const cell = (row: readonly string[], column: string) => row[header.indexOf(column)] ?? '';
  return { path, header, rows, cell, column: (name) => rows.map((row) => cell(row, name)) };
}
