/** Checks a receipt with nothing but its proof and keys that were got beforehand: no store, no network. */
import { readCheckpointText } from './log/checkpoint.js';
import { cosignersOf } from './log/cosignature.js';
import { leafHash } from './log/hash.js';
import { leafByOpening } from './log/leaf.js';
import { verifyInclusion } from './log/proof.js';
import { NoteError, openNote, type Verifier } from './log/signed-note.js';
import { readProof } from './log/tlog-proof.js';

export interface CheckedReceipt {
  readonly index: number;
  readonly size: number;
  readonly at: string;
  /** Names of the witnesses that cosigned. */
  readonly witnesses: readonly string[];
}

/**
 * Where the entry of a receipt (its hash, hex) stands in the log. Throws NoteError unless the proof leads from this very hash to a
 * checkpoint that the log signed and at least `quorum` of the witnesses cosigned.
 */
export function checkReceipt(
  hash: string,
  proofText: string,
  logKeys: readonly Verifier[],
  witnesses: readonly Verifier[] = [],
  quorum = 0,
): CheckedReceipt {
  const { extra, index, proof, checkpoint } = readProof(proofText);
  const { origin, size, root } = readCheckpointText(openNote(checkpoint, logKeys).text);
  if (!logKeys.some(({ name }) => name === origin)) throw new NoteError('a checkpoint of another log');
  const cosigners = cosignersOf(checkpoint, witnesses);
  if (cosigners.length < quorum) throw new NoteError('too few witnesses cosigned the checkpoint');
  const leaf = leafByOpening(extra ?? Buffer.alloc(0), hash);
  if (leaf === undefined) throw new NoteError('the proof does not say how its leaf is made');
  if (!verifyInclusion(index, size, leafHash(leaf), proof, root))
    throw new NoteError('the proof does not lead from this receipt to the checkpoint');
  const { at } = JSON.parse(leaf) as { at: string };
  return { index, size, at, witnesses: cosigners.map(({ name }) => name) };
}
