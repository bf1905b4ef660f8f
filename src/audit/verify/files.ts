/** The files of an exported log as a verifier reads them: lines one after another with where they end, tiles by level and index. */
import { createReadStream, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogFault } from './fault.js';

const CHUNK = 1 << 20;
const NEWLINE = 10;

/** A line without its newline, and the byte of the file after it. */
export interface Line {
  readonly bytes: Buffer;
  readonly end: number;
}

/** The lines of a file, with a look ahead. */
export interface Lines {
  /** The line `ahead` lines on from here, undefined past the end. */
  peek(ahead?: number): Promise<Line | undefined>;
  next(): Promise<Line | undefined>;
  /** The line here, if it was looked at already (`peek`): at once. */
  now(): Line | undefined;
  /** Goes on from the line here. */
  skip(): void;
  close(): Promise<void>;
}

/** Opens a file of lines at a byte. Throws LogFault FILE_MISSING at the first read. */
export function openLines(folder: string, name: string, start = 0): Lines {
  const stream = linesOf(join(folder, name), name, start);
  let buffer: Line[] = [];
  let at = 0;
  async function fill(count: number): Promise<void> {
    while (buffer.length - at < count) {
      const { value, done } = await stream.next();
      if (done) return;
      buffer = at > 0 ? [...buffer.slice(at), ...value] : [...buffer, ...value];
      at = 0;
    }
  }
  return {
    async peek(ahead = 0) {
      if (buffer.length - at <= ahead) await fill(ahead + 1);
      return buffer[at + ahead];
    },
    async next() {
      if (buffer.length === at) await fill(1);
      const line = buffer[at];
      if (line) at += 1;
      return line;
    },
    now: () => buffer[at],
    skip() {
      at += 1;
    },
    async close() {
      await stream.return(undefined);
    },
  };
}

async function* linesOf(file: string, name: string, start: number): AsyncGenerator<Line[], void> {
  let rest: Buffer = Buffer.alloc(0);
  let end = start;
  try {
    for await (const chunk of createReadStream(file, { start, highWaterMark: CHUNK })) {
      const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
      const lines: Line[] = [];
      let from = 0;
      for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
        end += to + 1 - from;
        lines.push({ bytes: bytes.subarray(from, to), end });
        from = to + 1;
      }
      rest = bytes.subarray(from);
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    if (!(error instanceof LogFault) && typeof (error as { code?: unknown } | null)?.code === 'string')
      throw new LogFault('FILE_MISSING', name);
    throw error;
  }
  // A line without its end was cut off.
  if (rest.length > 0) throw new LogFault('FILE_MALFORMED', name);
}

/** A whole file. Throws LogFault FILE_MISSING. */
export async function readBytes(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch {
    throw new LogFault('FILE_MISSING', name);
  }
}

/** `tile/<kind>/<N>[.p/<W>]`, c2sp.org/tlog-tiles. */
export function tileName(kind: number | 'entries', index: number, width: number): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  return `tile/${kind}/${path}${width === 256 ? '' : `.p/${width}`}`;
}

/** The same at once: of files of some kilobytes, of which there are two for 256 entries, a file opened by way of other threads costs several times as much. */
export function readBytesNow(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch {
    throw new LogFault('FILE_MISSING', name);
  }
}

/** The leaves of a bundle. Throws LogFault FILE_MALFORMED unless it holds exactly `width`. */
export function readBundle(folder: string, index: number, width: number): string[] {
  const name = tileName('entries', index, width);
  const bytes = readBytesNow(folder, name);
  const leaves: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + 2 <= bytes.length ? bytes.readUInt16BE(at) : Number.POSITIVE_INFINITY;
    if (at + 2 + length > bytes.length) throw new LogFault('FILE_MALFORMED', name);
    leaves.push(bytes.toString('utf8', at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (leaves.length !== width) throw new LogFault('FILE_MALFORMED', name);
  return leaves;
}
