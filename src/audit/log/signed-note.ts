/**
 * Signed notes (c2sp.org/signed-note) with Ed25519: a text, a blank line, and signature lines `— name base64(key id || sig)`.
 * Keys travel as text: verifier keys `name+hex(id)+base64(type || key)`, and signer keys in the form that Go's note package gave
 * them, `PRIVATE+KEY+name+hex(id)+base64(type || seed)`. What is opened here was sent by anybody: treat it as hostile.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** The kinds of signature that are known here. */
export const SIGNATURE_TYPES = { note: 0x01, cosignature: 0x04 } as const;
export type SignatureType = (typeof SIGNATURE_TYPES)[keyof typeof SIGNATURE_TYPES];

export interface Verifier {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly type: SignatureType;
  /** 32 bytes (RFC 8032). */
  readonly raw: Buffer;
  readonly key: KeyObject;
}

export interface Signer extends Verifier {
  readonly secret: KeyObject;
}

export interface SignatureLine {
  readonly name: string;
  readonly id: string;
  readonly signature: Buffer;
}

export interface Note {
  /** With its final newline, without the blank line. */
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

/** A note or key that is not of the form. Never repeats what it was given. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
}

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const PRIVATE = 'PRIVATE+KEY+';
const MOST_SIGNATURES = 100;
const LONGEST_NOTE = 1_000_000;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** SHA-256(name || 0x0A || type || key)[:4] in hex. */
export function keyId(name: string, type: SignatureType, raw: Uint8Array): string {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(raw).digest('hex').slice(0, 8);
}

/** Reads a verifier key. Throws NoteError. */
export function readVerifier(text: string): Verifier {
  const [, name = '', id = '', encoded = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  if (!isName(name) || bytes?.length !== 33) throw new NoteError('not a verifier key');
  const type = typeOf(bytes[0]);
  const raw = bytes.subarray(1);
  if (keyId(name, type, raw) !== id) throw new NoteError('the id of a verifier key does not fit its name and key');
  return { name, id, type, raw, key: publicKey(raw) };
}

export function writeVerifier({ name, id, type, raw }: Verifier): string {
  return `${name}+${id}+${Buffer.concat([Buffer.of(type), raw]).toString('base64')}`;
}

/** A signer over a seed of 32 bytes from a cryptographic source. Throws NoteError. */
export function newSigner(name: string, seed: Uint8Array, type: SignatureType = SIGNATURE_TYPES.note): Signer {
  if (!isName(name) || seed.length !== 32) throw new NoteError('not a name and seed of a key');
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return { name, id: keyId(name, type, raw), type, raw, key: publicKey(raw), secret };
}

/** Reads a signer key. Throws NoteError, which says nothing of it. */
export function readSigner(text: string): Signer {
  const [, name = '', id = '', encoded = ''] =
    /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text.startsWith(PRIVATE) ? text.slice(PRIVATE.length) : '') ?? [];
  const bytes = fromBase64(encoded);
  if (bytes?.length !== 33) throw new NoteError('not a signer key');
  const signer = newSigner(name, bytes.subarray(1), typeOf(bytes[0]));
  if (signer.id !== id) throw new NoteError('the id of a signer key does not fit its name and key');
  return signer;
}

export function writeSigner({ name, id, type, secret }: Signer): string {
  const seed = secret.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length);
  return `${PRIVATE}${name}+${id}+${Buffer.concat([Buffer.of(type), seed]).toString('base64')}`;
}

/** The note of a text that ends in a newline, signed. Throws NoteError for a text that a note cannot carry. */
export function signNote(text: string, signers: readonly Signer[]): string {
  if (!text.endsWith('\n') || !isPlain(text)) throw new NoteError('a note is lines of text');
  const lines = signers.map((signer) => signatureLine(signer, signBytes(signer, Buffer.from(text))));
  return `${text}\n${lines.join('')}`;
}

/** `— name base64(id || signature)` with its newline. */
export function signatureLine({ name, id }: Pick<Verifier, 'name' | 'id'>, signature: Uint8Array): string {
  return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
}

/** Takes a note apart; nothing of it is verified. Throws NoteError. */
export function parseNote(note: string): Note {
  if (note.length > LONGEST_NOTE || !isPlain(note)) throw new NoteError('a note is lines of text');
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n')) throw new NoteError('a note has a blank line before its signatures');
  const lines = note.slice(blank + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw new NoteError('a note with too many signatures');
  return { text: note.slice(0, blank + 1), signatures: lines.map(readSignatureLine) };
}

/** One signature line without its newline. Throws NoteError. */
export function readSignatureLine(line: string): SignatureLine {
  const [, name = '', encoded = ''] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (!isName(name) || !bytes || bytes.length < 5) throw new NoteError('a line of a note is not a signature');
  return { name, id: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
}

/**
 * The text of a note and the keys that signed it. Signatures of unknown keys are passed over. Throws NoteError when a known
 * key's signature is wrong, or no known key signed. Requires verifiers of the note type.
 */
export function openNote(
  note: string,
  verifiers: readonly Verifier[],
): { readonly text: string; readonly by: Verifier[] } {
  const { text, signatures } = parseNote(note);
  const bytes = Buffer.from(text);
  const by: Verifier[] = [];
  for (const { name, id, signature } of signatures) {
    const verifier = verifiers.find((known) => known.name === name && known.id === id);
    if (!verifier || by.includes(verifier)) continue;
    if (!verifyBytes(verifier, bytes, signature)) throw new NoteError('a signature of a known key is wrong');
    by.push(verifier);
  }
  if (by.length === 0) throw new NoteError('no known key signed the note');
  return { text, by };
}

/** Ed25519 over bytes (RFC 8032). */
export function signBytes({ secret }: Signer, bytes: Uint8Array): Buffer {
  return sign(null, bytes, secret);
}

export function verifyBytes({ key }: Verifier, bytes: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verify(null, bytes, key, signature);
}

/** The bytes of canonical base64, or undefined. */
export function fromBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function publicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

function typeOf(byte: number | undefined): SignatureType {
  const type = Object.values(SIGNATURE_TYPES).find((known) => known === byte);
  if (type === undefined) throw new NoteError('a key of a kind that is not known here');
  return type;
}

function isName(name: string): boolean {
  return name !== '' && !/[\s\u0085+]/u.test(name) && isPlain(name);
}

/** Well-formed text without control characters but newlines. */
function isPlain(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a note may not hold
  return !/[\u0000-\u0009\u000b-\u001f]/.test(text) && !/\p{Surrogate}/u.test(text);
}
