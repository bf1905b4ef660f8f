/** A CSV file row by row as it streams past: RFC 4180, strictly UTF-8, rows with the line they start on. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { ExtractRefused } from './editions.js';

const CHUNK_BYTES = 256 * 1024;
/** A longer row is a quote that was never closed; without a bound it would take the rest of the file into memory. */
const LONGEST_ROW_BYTES = 1_000_000;

/**
 * Calls `row` for the header and for every row after it, in order, with the line it starts on (1 is the first) and
 * whether it spans several; empty lines are passed over. A byte order mark is allowed. Memory does not grow with the file.
 * Throws ExtractRefused, naming a line but quoting nothing, for what is not UTF-8 or not CSV; whatever `row` throws; or
 * the file system's error.
 */
export async function readCsv(
  file: string,
  row: (cells: readonly string[], line: number, isSpread: boolean) => void,
): Promise<void> {
  let before = 0;
  let drift = 0;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW_BYTES,
    record_delimiter: ['\r\n', '\n'],
    on_record(cells: readonly string[], { lines }) {
      let within = 0;
      if (lines - before > 1) {
        // The parser counts CR and LF of a line end within quotes as two lines.
        for (const cell of cells) {
          within += count(cell, '\n');
          drift += count(cell, '\r');
        }
      }
      before = lines;
      row(cells, lines - drift - within, within > 0);
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(createReadStream(file, { highWaterMark: CHUNK_BYTES }), onlyUtf8, parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as { lines?: unknown }).lines;
    const where = typeof line === 'number' ? `line ${line - drift}: ` : '';
    throw new ExtractRefused(`${where}${SAID[error.code] ?? 'this is not well-formed CSV'}`);
  }
}

const SAID: { readonly [code: string]: string } = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed: the file is cut off, or a quote is not doubled',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote: a quote within a value is not doubled',
  INVALID_OPENING_QUOTE: 'a quote stands within a value that is not quoted',
  CSV_MAX_RECORD_SIZE: 'the row is longer than a megabyte: a quote is probably not closed, or there are no line ends',
};

/** Passes on what is UTF-8; a character cut by the end of a chunk waits for the next. */
async function* onlyUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let passed = 0;
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = wholeCharacters(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw notUtf8(passed);
    rest = bytes.subarray(end);
    passed += end;
    yield whole;
  }
  if (rest.length > 0) throw notUtf8(passed);
}

function notUtf8(passed: number): ExtractRefused {
  return new ExtractRefused(`it is not UTF-8 (after byte ${passed}): export it as UTF-8`);
}

/** Where the last character that is not complete begins, or the end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}
