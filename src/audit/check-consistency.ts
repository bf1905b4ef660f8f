/**
 * That nothing was removed between two checkpoints, as one file: both signed notes and the RFC 6962 consistency proof between
 * them. Whoever has the file and keys that they got beforehand needs nothing else: no store, no network.
 */
import { z } from 'zod';
import { readCheckpointText } from './log/checkpoint.js';
import { cosignersOf } from './log/cosignature.js';
import { verifyConsistency } from './log/proof.js';
import { fromBase64, NoteError, openNote, type Verifier } from './log/signed-note.js';

/** The form of the file. */
export const CONSISTENCY_FORMAT = 'threshold/consistency@v1';

export interface ConsistencyFile {
  readonly format: typeof CONSISTENCY_FORMAT;
  /** Signed notes (c2sp.org/tlog-checkpoint), with the cosignatures of witnesses. */
  readonly old: string;
  readonly new: string;
  /** Hashes, base64. */
  readonly proof: readonly string[];
}

export interface CheckedConsistency {
  readonly origin: string;
  readonly oldSize: number;
  readonly size: number;
  /** Names of the witnesses that cosigned the later checkpoint. */
  readonly witnesses: readonly string[];
}

/** A proof has a hash for each level of the tree and one more. */
const MOST_HASHES = 64;
const shape = z.strictObject({
  format: z.literal(CONSISTENCY_FORMAT),
  old: z.string().max(100_000),
  new: z.string().max(100_000),
  proof: z.array(z.string().max(64)).max(MOST_HASHES),
});

export function writeConsistency(file: Omit<ConsistencyFile, 'format'>): string {
  return `${JSON.stringify({ format: CONSISTENCY_FORMAT, ...file }, null, 2)}\n`;
}

/**
 * Checks a file: hostile input. Throws NoteError unless both checkpoints are of one log, signed by its keys, the later one cosigned by at
 * least `quorum` of the witnesses, and the later tree only adds to the earlier. Nothing is proved of an empty tree.
 */
export function checkConsistency(
  text: string,
  logKeys: readonly Verifier[],
  witnesses: readonly Verifier[] = [],
  quorum = 0,
): CheckedConsistency {
  const { old, new: later, proof } = read(text);
  const [from, to] = [old, later].map((note) => readCheckpointText(openNote(note, logKeys).text));
  if (!from || !to || from.origin !== to.origin || !logKeys.some(({ name }) => name === from.origin))
    throw new NoteError('checkpoints of another log');
  const cosigners = cosignersOf(later, witnesses);
  if (cosigners.length < quorum) throw new NoteError('too few witnesses cosigned the later checkpoint');
  const hashes = proof.map((hash) => fromBase64(hash) ?? Buffer.alloc(0));
  if (!verifyConsistency(from.size, to.size, from.root, to.root, hashes))
    throw new NoteError('the later tree does not contain the earlier one');
  return { origin: from.origin, oldSize: from.size, size: to.size, witnesses: cosigners.map(({ name }) => name) };
}

function read(text: string): ConsistencyFile {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new NoteError('not a consistency file');
  }
  const parsed = shape.safeParse(given);
  if (!parsed.success) throw new NoteError('not a consistency file');
  return parsed.data;
}
