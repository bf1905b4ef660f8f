/** Checkpoints (c2sp.org/tlog-checkpoint): a signed note that says origin, size and root of a log. */
import { HASH_SIZE, type Hash } from './hash.js';
import { fromBase64, NoteError, openNote, type Signer, signNote, type Verifier } from './signed-note.js';

export interface TreeHead {
  /** Names the log, such as `threshold.walsall.example/audit`. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** The three lines that are signed. */
export function checkpointText({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

export function signCheckpoint(head: TreeHead, signers: readonly Signer[]): string {
  return signNote(checkpointText(head), signers);
}

/** What a checkpoint's text says; extension lines are passed over. Throws NoteError. */
export function readCheckpointText(text: string): TreeHead {
  const [origin = '', size = '', root = '', ...extensions] = text.slice(0, -1).split('\n');
  const bytes = fromBase64(root);
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(size) || bytes?.length !== HASH_SIZE)
    throw new NoteError('not a checkpoint');
  if (!Number.isSafeInteger(Number(size)) || extensions.includes('')) throw new NoteError('not a checkpoint');
  return { origin, size: Number(size), root: bytes };
}

/** A checkpoint of this origin that one of these keys signed. Throws NoteError. */
export function openCheckpoint(note: string, origin: string, verifiers: readonly Verifier[]): TreeHead {
  const head = readCheckpointText(openNote(note, verifiers).text);
  if (head.origin !== origin) throw new NoteError('a checkpoint of another log');
  return head;
}
