/** Signed checkpoints and cosignatures as a verifier reads them, on their own: nothing here is shared with what wrote them. */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { LogFault } from './fault.js';

export interface TrustedKey {
  readonly name: string;
  readonly id: string;
  readonly key: KeyObject;
  /** 1: signs notes. 4: cosigns. */
  readonly kind: 1 | 4;
}

export interface ReadCheckpoint {
  readonly origin: string;
  readonly size: number;
  /** hex */
  readonly root: string;
  /** Place of its key among the log's. */
  readonly key: number;
  readonly cosigners: readonly string[];
}

/** A verifier key (c2sp.org/signed-note). Throws Error for anything else. */
export function trustedKey(text: string): TrustedKey {
  const [name = '', id = '', encoded = ''] = splitKey(text.trim());
  const bytes = Buffer.from(encoded, 'base64');
  const [kind] = bytes;
  const expected = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), bytes]), 'hex').slice(0, 8);
  if (bytes.length !== 33 || (kind !== 1 && kind !== 4) || id !== expected) throw new Error('not a verifier key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') };
  return { name, id, kind, key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function splitKey(text: string): string[] {
  const first = text.indexOf('+');
  return first < 0 ? [] : [text.slice(0, first), text.slice(first + 1, first + 9), text.slice(first + 10)];
}

/**
 * A checkpoint that a key of the log signed, and by which witnesses it was cosigned. Throws LogFault: FILE_MALFORMED, CHECKPOINT_KEY,
 * CHECKPOINT_SIGNATURE or COSIGNATURE.
 */
export function readCheckpoint(
  note: string,
  log: readonly TrustedKey[],
  witnesses: readonly TrustedKey[],
  place: string,
): ReadCheckpoint {
  const blank = note.lastIndexOf('\n\n');
  const text = note.slice(0, blank + 1);
  const [origin = '', size = '', root = ''] = text.split('\n');
  const rootBytes = Buffer.from(root, 'base64');
  if (blank < 0 || !/^\d{1,15}$/.test(size) || rootBytes.length !== 32 || rootBytes.toString('base64') !== root)
    throw new LogFault('FILE_MALFORMED', place);
  let key = -1;
  const cosigners: string[] = [];
  for (const line of note.slice(blank + 2).split('\n')) {
    if (line === '') continue;
    const [dash, name = '', encoded = '', ...more] = line.split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    if (dash !== '—' || more.length > 0 || bytes.toString('base64') !== encoded)
      throw new LogFault('FILE_MALFORMED', place);
    const id = bytes.subarray(0, 4).toString('hex');
    const isBy = (trusted: TrustedKey) => trusted.name === name && trusted.id === id;
    const signer = log.findIndex(isBy);
    const witness = witnesses.find(isBy);
    const signature = bytes.subarray(4);
    if (signer >= 0 && log[signer]?.name === origin) {
      if (!verify(null, Buffer.from(text), (log[signer] as TrustedKey).key, signature))
        throw new LogFault('CHECKPOINT_SIGNATURE', place);
      key = Math.max(key, signer);
    }
    if (witness) {
      const time = signature.length === 72 ? signature.readBigUInt64BE() : 0n;
      const said = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
      if (signature.length !== 72 || !verify(null, said, witness.key, signature.subarray(8)))
        throw new LogFault('COSIGNATURE', `${place}, ${witness.name}`);
      if (!cosigners.includes(name)) cosigners.push(name);
    }
  }
  if (key < 0) throw new LogFault('CHECKPOINT_KEY', place);
  return { origin, size: Number(size), root: rootBytes.toString('hex'), key, cosigners };
}
