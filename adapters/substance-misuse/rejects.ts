/**
 * The report on a file: `<name>.rejects.csv`, one line a fault, with line number, column and why. Never a value of the
 * file and never a name: it may be mailed to the provider's system supplier.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

const FLUSH_CHARACTERS = 64 * 1024;

export interface Rejects {
  /** One fault. No `line`: it is about the whole file; no `column`: about the whole row. */
  add(line: number | undefined, column: string | undefined, why: string): void;
  /** Puts the report in its place, whole. */
  finish(): void;
  /** Takes away what was begun. */
  abandon(): void;
}

/** Begins the report that shall stand at `path`; an older one stands until `finish`. Throws the file system's error. */
export function openRejects(path: string): Rejects {
  const aside = `${path}.${process.pid}.part`;
  rmSync(aside, { force: true });
  const file = openSync(aside, 'wx', 0o600);
  let waiting = 'line,column,why\n';
  const flush = () => {
    writeSync(file, waiting);
    waiting = '';
  };
  return {
    add(line, column, why) {
      waiting += `${line ?? ''},${column ?? ''},"${why.replaceAll('"', '""')}"\n`;
      if (waiting.length > FLUSH_CHARACTERS) flush();
    },
    finish() {
      flush();
      fsyncSync(file);
      closeSync(file);
      renameSync(aside, path);
    },
    abandon() {
      closeSync(file);
      rmSync(aside, { force: true });
    },
  };
}

/** Where the report on a file stands: `extract.csv` → `extract.rejects.csv` in the work folder. */
export function rejectsName(file: string): string {
  return `${file.replace(/\.csv$/i, '')}.rejects.csv`;
}
