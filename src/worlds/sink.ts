/** The files of a world folder as they are written: rows into buffers, buffers into files, never a whole file in memory. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FHIR_TYPES, FOLDER_TABLES, SOURCE_TABLES } from './columns.js';

export type Cell = string | number | undefined;
export type Row = { readonly [column: string]: Cell };

export interface Sink {
  /** A row of a CSV file: `links.csv`, or `social-care/ssd_person` for a source's. Throws on a column the file has not. */
  row(table: string, row: Row): void;
  /** An element of a source's cases.json. */
  item(source: string, item: object): void;
  resource(resource: { readonly resourceType: string; readonly [field: string]: unknown }): void;
  text(path: string, text: string): Promise<void>;
  /** Writes what has gathered, once it is much. */
  drain(): Promise<void>;
  /** Ends every file. Files without rows have their header, or are an empty array. */
  close(): Promise<void>;
}

const MUCH = 256 * 1024;

interface Output {
  readonly file: FileHandle;
  readonly columns: readonly string[];
  readonly known: ReadonlySet<string>;
  buffer: string[];
  size: number;
  count: number;
}

/** Opens every file of a world in `folder`, made if it is not there; what stood in them is gone. */
export async function openSink(folder: string): Promise<Sink> {
  const outputs = new Map<string, Output>();
  const add = async (key: string, path: string, columns: readonly string[], start: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const output = {
      file: await open(join(folder, path), 'w'),
      columns,
      known: new Set(columns),
      buffer: [start],
      size: start.length,
      count: 0,
    };
    outputs.set(key, output);
  };
  const header = (columns: readonly string[]) => `${columns.join(',')}\n`;
  for (const [path, columns] of Object.entries(FOLDER_TABLES)) await add(path, path, columns, header(columns));
  for (const [source, tables] of Object.entries(SOURCE_TABLES)) {
    for (const [table, columns] of Object.entries(tables))
      await add(`${source}/${table}`, `sources/${source}/${table}.csv`, columns, header(columns));
  }
  for (const type of FHIR_TYPES) await add(type, `sources/mental-health/${type}.ndjson`, [], '');
  for (const source of ['domestic-abuse', 'probation']) await add(source, `sources/${source}/cases.json`, [], '[');

  const put = (key: string, text: (output: Output) => string) => {
    const output = outputs.get(key);
    if (!output) throw new RangeError(`a world has no file ${key}`);
    const written = text(output);
    output.count += 1;
    output.buffer.push(written);
    output.size += written.length;
  };
  const flush = async (output: Output) => {
    const text = output.buffer.join('');
    output.buffer = [];
    output.size = 0;
    await output.file.write(text);
  };

  return {
    row(table, row) {
      put(table, ({ columns, known }) => {
        for (const column in row) if (!known.has(column)) throw new RangeError(`${table} has no column ${column}`);
        return `${columns.map((column) => escaped(row[column])).join(',')}\n`;
      });
    },
    item: (source, item) => put(source, ({ count }) => `${count > 0 ? ',' : ''}\n${JSON.stringify(item)}`),
    resource: (resource) => put(resource.resourceType, () => `${JSON.stringify(resource)}\n`),
    async text(path, text) {
      const file = await open(join(folder, path), 'w');
      await file.write(text);
      await file.close();
    },
    async drain() {
      for (const output of outputs.values()) if (output.size > MUCH) await flush(output);
    },
    async close() {
      for (const source of ['domestic-abuse', 'probation']) put(source, () => '\n]\n');
      for (const output of outputs.values()) {
        await flush(output);
        await output.file.close();
      }
    },
  };
}

/** RFC 4180: quoted where a comma, a quote or a line break stands. */
function escaped(cell: Cell): string {
  if (cell === undefined) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
