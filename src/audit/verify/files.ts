/** The files of an exported log as a verifier reads them: lines one after another with where they end, tiles by level and index. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogFault } from './fault.js';

/** Bytes read at once, and more for a longer line. */
const CHUNK = 1 << 18;
const NEWLINE = 10;

/** A line without its newline, and the byte of the file after it. */
export interface Line {
  readonly bytes: Buffer;
  readonly end: number;
}

/** The lines of a file, with a look ahead. Read at once: to wait for each part costs more than to read it. */
export interface Lines {
  /** The line `ahead` lines on from here, undefined past the end. Throws LogFault FILE_MISSING, or FILE_MALFORMED for a line without its end. */
  peek(ahead?: number): Line | undefined;
  /** The line here; goes on to the next. Throws as `peek` does. */
  next(): Line | undefined;
  close(): void;
}

/** The lines of a file from a byte on. Opens it at the first look. */
export function openLines(folder: string, name: string, start = 0): Lines {
  const waiting: Line[] = [];
  let file: number | undefined;
  /** Of `bytes`, what was read and not yet looked at: [at, filled), beginning at `place` in the file. */
  let [bytes, at, filled, place] = [Buffer.alloc(0), 0, 0, start];

  /** Reads on; whether there was more. Never over what a line that was given out lies in. */
  function fill(): boolean {
    const more = Buffer.allocUnsafeSlow(Math.max(CHUNK, 2 * (filled - at)));
    bytes.copy(more, 0, at, filled);
    [bytes, at, filled] = [more, 0, filled - at];
    try {
      file ??= openSync(join(folder, name), 'r');
      const count = readSync(file, bytes, filled, bytes.length - filled, place + filled);
      filled += count;
      return count > 0;
    } catch {
      throw new LogFault('FILE_MISSING', name);
    }
  }

  function read(): Line | undefined {
    let to = bytes.indexOf(NEWLINE, at);
    while (to < 0 || to >= filled) {
      if (!fill()) {
        // A line without its end was cut off.
        if (filled > at) throw new LogFault('FILE_MALFORMED', name);
        return undefined;
      }
      to = bytes.indexOf(NEWLINE, at);
    }
    const line = { bytes: bytes.subarray(at, to), end: place + to + 1 - at };
    [at, place] = [to + 1, line.end];
    return line;
  }

  function peek(ahead = 0): Line | undefined {
    while (waiting.length <= ahead) {
      const line = read();
      if (!line) return undefined;
      waiting.push(line);
    }
    return waiting[ahead];
  }

  return {
    peek,
    next: () => waiting.shift() ?? read(),
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
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
