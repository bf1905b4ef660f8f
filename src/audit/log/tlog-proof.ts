/** Proofs that stand alone (c2sp.org/tlog-proof@v1): extra data, an index, an inclusion proof, and the checkpoint it leads to. */
import { HASH_SIZE, type Hash } from './hash.js';
import { fromBase64, NoteError } from './signed-note.js';

export interface TlogProof {
  /** Not authenticated by itself. */
  readonly extra?: Buffer;
  readonly index: number;
  readonly proof: readonly Hash[];
  /** A signed note, verbatim. */
  readonly checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const LONGEST_PROOF = 63;

export function writeProof({ extra, index, proof, checkpoint }: TlogProof): string {
  return [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...proof.map((hash) => hash.toString('base64')),
    '',
    checkpoint,
  ].join('\n');
}

/** Takes a proof apart; nothing of it is verified. Throws NoteError. */
export function readProof(text: string): TlogProof {
  const blank = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(blank, 0)).split('\n');
  if (header !== HEADER) throw new NoteError('not a proof of a log');
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() ?? '').slice('extra '.length)) : undefined;
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  const proof = lines.map((line) => fromBase64(line));
  if (index === undefined || !Number.isSafeInteger(Number(index)) || proof.length > LONGEST_PROOF)
    throw new NoteError('a proof without its index');
  if (!proof.every((hash) => hash?.length === HASH_SIZE)) throw new NoteError('a hash of a proof is none');
  if (text.includes('\nextra ', HEADER.length + 1)) throw new NoteError('a proof with extra data out of place');
  return {
    ...(extra === undefined ? {} : { extra }),
    index: Number(index),
    proof: proof as Hash[],
    checkpoint: text.slice(blank + 2),
  };
}
