/**
 * The keys of the log. THRESHOLD_LOG_KEY is a list of signer keys with commas between, each but the first with the instant from
 * which it signs: `PRIVATE+KEY+log.example/audit+1234abcd+AQ…, PRIVATE+KEY+…@2027-04-01T00:00:00Z`. All have the log's name. What
 * a key signed in its time keeps verifying; no later checkpoint may be signed by it again.
 */
import {
  NoteError,
  newSigner,
  readSigner,
  SIGNATURE_TYPES,
  type Signer,
  type Verifier,
  writeSigner,
} from './log/signed-note.js';

export interface LogKeys {
  /** The name of the log in its checkpoints, which is that of its keys. */
  readonly origin: string;
  /** In the order of their periods. */
  readonly signers: readonly { readonly signer: Signer; readonly from: string }[];
  readonly verifiers: readonly Verifier[];
}

const BEGINNING = '0000';

/** Reads the configured keys. Throws NoteError that says what is wrong and repeats nothing. */
export function readLogKeys(text: string): LogKeys {
  const signers = text.split(',').map((part, i) => {
    const [key = '', from = BEGINNING] = part.trim().split('@');
    if (i > 0 && (from === BEGINNING || !Number.isFinite(Date.parse(from))))
      throw new NoteError('every key of the log but the first says from when it signs: KEY@2027-04-01T00:00:00Z');
    return { signer: readSigner(key), from: i === 0 ? BEGINNING : new Date(from).toISOString() };
  });
  const origin = signers[0]?.signer.name ?? '';
  if (signers.some(({ signer }) => signer.name !== origin || signer.type !== SIGNATURE_TYPES.note))
    throw new NoteError('the keys of the log are Ed25519 note keys of one name');
  if (signers.some(({ from }, i) => i > 0 && from <= (signers[i - 1]?.from ?? '')))
    throw new NoteError('the keys of the log stand in the order of their periods');
  if (new Set(signers.map(({ signer }) => signer.id)).size < signers.length)
    throw new NoteError('a key of the log is listed twice');
  return { origin, signers, verifiers: signers.map(({ signer }) => signer) };
}

/** The key that signs at an instant; never one before the key `lastSigned` (its id), so that a clock that is slow does not go back to it. */
export function keyAt({ signers }: LogKeys, at: Date, lastSigned?: string): Signer {
  const instant = at.toISOString();
  const byTime = signers.findLastIndex(({ from }) => from <= instant);
  const byOrder = signers.findIndex(({ signer }) => signer.id === lastSigned);
  const current = signers[Math.max(byTime, byOrder)];
  if (!current) throw new Error('no key of the log is in its period');
  return current.signer;
}

/** A new signer key as text, of 32 random bytes. */
export function newLogKey(origin: string, seed: Uint8Array): string {
  return writeSigner(newSigner(origin, seed));
}
