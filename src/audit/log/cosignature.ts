/**
 * Cosignatures (c2sp.org/tlog-cosignature, cosignature/v1): a witness's word that at a time this was the largest tree it had
 * seen of the log, and that each tree it saw only added to the one before.
 */
import {
  NoteError,
  parseNote,
  type SignatureLine,
  type Signer,
  signatureLine,
  signBytes,
  type Verifier,
  verifyBytes,
} from './signed-note.js';

const TIME_SIZE = 8;

/** The signature line with its newline, to be put at a checkpoint's end. `time` is POSIX seconds. */
export function cosign(checkpoint: string, witness: Signer, time: number): string {
  const { text } = parseNote(checkpoint);
  const stamp = Buffer.alloc(TIME_SIZE);
  stamp.writeBigUInt64BE(BigInt(time));
  return signatureLine(witness, Buffer.concat([stamp, signBytes(witness, message(text, String(time)))]));
}

/** When a witness cosigned this text (POSIX seconds). Throws NoteError when the line is not the witness's, or wrong. */
export function verifyCosignature(text: string, { name, id, signature }: SignatureLine, witness: Verifier): number {
  if (name !== witness.name || id !== witness.id) throw new NoteError('a cosignature of somebody else');
  if (signature.length !== TIME_SIZE + 64) throw new NoteError('not a cosignature');
  const time = signature.readBigUInt64BE();
  if (time >= 2n ** 63n || !verifyBytes(witness, message(text, String(time)), signature.subarray(TIME_SIZE)))
    throw new NoteError('a cosignature of a known witness is wrong');
  return Number(time);
}

/** The witnesses that cosigned a checkpoint. Throws NoteError when the line of a known witness is wrong. */
export function cosignersOf(checkpoint: string, witnesses: readonly Verifier[]): Verifier[] {
  const { text, signatures } = parseNote(checkpoint);
  return witnesses.filter((witness) => {
    const line = signatures.find(({ name, id }) => name === witness.name && id === witness.id);
    if (line) verifyCosignature(text, line, witness);
    return line !== undefined;
  });
}

function message(text: string, time: string): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}
