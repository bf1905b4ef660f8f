/** How far a verification has come: everything that is needed to go on from there. */
import { readFile, rename, writeFile } from 'node:fs/promises';

export interface Progress {
  readonly v: 1;
  /** Of the checkpoint that is verified towards; for another one the work starts again. */
  readonly root: string;
  /** Entries verified; a multiple of 256. */
  size: number;
  /** Roots of perfect subtrees, [leaves, hash], the leftmost first. Base64 in the file. */
  edge: [number, Buffer][];
  /** Hashes (hex) of the unfinished tile of each level from 1 on. */
  tiles: { index: number; hashes: string[] }[];
  entriesAt: number;
  checkpointsAt: number;
  lastCheckpoint: number;
  lastKey: number;
  registersVersion: number;
  /** Ids of erased entries that no entry has said to be erased yet, with their indices. */
  erased: [string, number][];
  erasures: number;
  checkpoints: number;
}

export function startProgress(root: string): Progress {
  return {
    v: 1,
    root,
    size: 0,
    edge: [],
    tiles: [],
    entriesAt: 0,
    checkpointsAt: 0,
    lastCheckpoint: 0,
    lastKey: 0,
    registersVersion: 0,
    erased: [],
    erasures: 0,
    checkpoints: 0,
  };
}

/** What was kept in a file, if it is of this checkpoint. */
export async function readProgress(file: string, root: string): Promise<Progress | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const progress = JSON.parse(text) as Omit<Progress, 'edge'> & { readonly edge: readonly [number, string][] };
  if (progress.v !== 1 || progress.root !== root) return undefined;
  return { ...progress, edge: progress.edge.map(([width, hash]) => [width, Buffer.from(hash, 'base64')]) };
}

export async function keepProgress(file: string, progress: Progress): Promise<void> {
  await writeFile(
    `${file}.new`,
    JSON.stringify({ ...progress, edge: progress.edge.map(([width, hash]) => [width, hash.toString('base64')]) }),
  );
  await rename(`${file}.new`, file);
}
