/** How far a verification has come: everything that is needed to go on from there. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { type Ended, newEnded } from './ended.js';

/** Of another version it starts again: what it kept says too little. */
const VERSION = 3;

export interface Progress {
  readonly v: typeof VERSION;
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
  /** What was taken back, replaced or ended. */
  ended: Ended;
  /** Decisions that were decided again. */
  decisions: number;
  /** Ids of erased entries that no entry has said to be erased yet, with their indices. */
  erased: Map<string, number>;
  erasures: number;
  checkpoints: number;
}

export function startProgress(root: string): Progress {
  return {
    v: VERSION,
    root,
    size: 0,
    edge: [],
    tiles: [],
    entriesAt: 0,
    checkpointsAt: 0,
    lastCheckpoint: 0,
    lastKey: 0,
    registersVersion: 0,
    ended: newEnded(),
    decisions: 0,
    erased: new Map(),
    erasures: 0,
    checkpoints: 0,
  };
}

/** As it lies in its file. */
type Kept = Omit<Progress, 'edge' | 'ended' | 'erased'> & {
  readonly edge: readonly [number, string][];
  readonly ended: readonly string[];
  readonly erased: readonly [string, number][];
};

/** What was kept in a file, if it is of this checkpoint. */
export async function readProgress(file: string, root: string): Promise<Progress | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as Kept;
  if (kept.v !== VERSION || kept.root !== root) return undefined;
  return {
    ...kept,
    edge: kept.edge.map(([width, hash]) => [width, Buffer.from(hash, 'base64')]),
    ended: newEnded(kept.ended),
    erased: new Map(kept.erased),
  };
}

export async function keepProgress(file: string, progress: Progress): Promise<void> {
  const kept: Kept = {
    ...progress,
    edge: progress.edge.map(([width, hash]) => [width, hash.toString('base64')]),
    ended: [...progress.ended.ids],
    erased: [...progress.erased],
  };
  await writeFile(`${file}.new`, JSON.stringify(kept));
  await rename(`${file}.new`, file);
}
