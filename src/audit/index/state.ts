/** How far the index is: one row, held by whoever changes anything of the index until its transaction ends. */
import type { Run } from './blocks.js';
import { COARSE, FINE } from './places.js';

export interface IndexState {
  /** Entries that are indexed; below zero while what is there is being cleared, to be made anew. */
  readonly size: number;
  /** Coarse stretches that hold no fine rows any more. */
  readonly merged: number;
  /** Moves whenever a term is taken out: what is remembered of terms is to be forgotten then. */
  readonly epoch: number;
}

const LOOK = 'SELECT size, merged, epoch FROM audit_indexed WHERE id = 1';

export async function readState(run: Run): Promise<IndexState> {
  return (await run<IndexState>(LOOK, []))[0] ?? { size: 0, merged: 0, epoch: 0 };
}

/** Reads it and holds it. Held by writing it: a lock that a read only hints at is one that a server may not take. */
export async function claimState(run: Run): Promise<IndexState> {
  await run('UPDATE audit_indexed SET size = size WHERE id = 1', []);
  return readState(run);
}

/** The stretches of either tier that can hold a place of the coarse stretches [from, to). */
export function segmentsOf({ merged }: IndexState, from: number, to: number): { fine: number[]; coarse: number[] } {
  const each = (first: number, end: number) => Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  const ratio = COARSE / FINE;
  return { fine: each(Math.max(from, merged) * ratio, to * ratio), coarse: each(from, to) };
}
