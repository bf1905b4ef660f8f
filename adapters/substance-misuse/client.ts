/** The folder that a provider puts its extract into: which files in it count, and what they are at a glance. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { IsoInstant } from '../../src/domain/words.js';
import { plain } from './editions.js';

export const EXTRACT_FILE = 'extract.csv';
export const INDEX_FILE = 'client-index.csv';

/** `AGNCY-YYYYMMDD-YYYYMMDD-TREAT-IN-<edition>.csv`, as providers' systems name it. */
const NAMED = /^[^.].*-(\d{8})-(\d{8})-TREAT-IN-([A-Z-]+)\.csv$/i;

/** A file as it stands. */
export interface Standing {
  readonly name: string;
  readonly path: string;
  /** Which file, of what size and from when: another if anything was written to it or put in its place. */
  readonly stamp: string;
  /** Until when it can be complete: when it was last written, or the end of the later day in its name if that is earlier. */
  readonly asOf: IsoInstant;
  /** The edition in its name. */
  readonly edition?: string;
}

/** An extract and the client index beside it; either may not be there. */
export interface Pair {
  readonly extract?: Standing;
  readonly index?: Standing;
}

/**
 * Looks at a folder. `extract.csv` counts before all; else, of files named as providers' systems do, the one that reaches
 * furthest, and of those the last written. Anything else (a `.part`, a `.tmp`, a hidden file) is passed over, so that a
 * transfer may write beside and rename. Throws the file system's error if the folder cannot be read.
 */
export async function lookAt(folder: string): Promise<Pair> {
  const names = await readdir(folder);
  const extract = names.includes(EXTRACT_FILE) ? EXTRACT_FILE : await latestOf(folder, names);
  const [standing, index] = await Promise.all([
    extract === undefined ? undefined : standingOf(folder, extract),
    names.includes(INDEX_FILE) ? standingOf(folder, INDEX_FILE) : undefined,
  ]);
  return { ...(standing ? { extract: standing } : {}), ...(index ? { index } : {}) };
}

async function latestOf(folder: string, names: readonly string[]): Promise<string | undefined> {
  const dated = names.flatMap((name) => {
    const until = reachOf(name);
    return until === undefined ? [] : [{ name, until }];
  });
  const furthest = dated
    .map(({ until }) => until)
    .sort()
    .at(-1);
  const candidates = await Promise.all(
    dated
      .filter(({ until }) => until === furthest)
      .map(async ({ name }) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  return candidates.sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1))[0]?.name;
}

/** The file as it stands; undefined if it has just gone. */
async function standingOf(folder: string, name: string): Promise<Standing | undefined> {
  const path = join(folder, name);
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    const edition = NAMED.exec(name)?.[3];
    return {
      name,
      path,
      stamp: `${name} ${mtimeNs} ${size} ${ino}`,
      asOf: earlier(new Date(Number(mtimeNs / 1_000_000n)).toISOString(), endOf(reachOf(name))),
      ...(edition === undefined ? {} : { edition: plain(edition) }),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The later of the two days in its name, YYYYMMDD; undefined for another name. */
function reachOf(name: string): string | undefined {
  const [, first = '', second = ''] = NAMED.exec(name) ?? [];
  return [first, second].sort().at(1) || undefined;
}

/** The last instant of a day, if it is one. */
function endOf(day: string | undefined): string | undefined {
  if (day === undefined) return undefined;
  const at = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T23:59:59.999Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** The earlier of two instants. */
export function earlier(one: IsoInstant, other: IsoInstant | undefined): IsoInstant {
  return [one, other ?? one].sort()[0] ?? one;
}
