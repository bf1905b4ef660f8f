/**
 * What a witness does with a checkpoint (c2sp.org/tlog-witness, add-checkpoint): it cosigns one that only adds to the last it
 * cosigned, and nothing else. Pure: who keeps the state must keep the new one before the answer leaves, one request at a time.
 */
import { readCheckpointText, type TreeHead } from './checkpoint.js';
import { cosign } from './cosignature.js';
import { EMPTY_ROOT, HASH_SIZE, type Hash } from './hash.js';
import { verifyConsistency } from './proof.js';
import { fromBase64, NoteError, openNote, type Signer, type Verifier } from './signed-note.js';

export interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Hash[];
  readonly checkpoint: string;
}

/** The largest tree of a log that the witness cosigned. */
export type Seen = Pick<TreeHead, 'size' | 'root'>;

export interface Answer {
  /** HTTP. */
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly body: string;
  /** To be kept before the answer leaves. */
  readonly seen?: Seen & { readonly origin: string };
}

const LONGEST_PROOF = 63;

export function writeAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  return [`old ${old}`, ...proof.map((hash) => hash.toString('base64')), '', checkpoint].join('\n');
}

/** Throws NoteError. */
export function readAddCheckpoint(body: string): AddCheckpoint {
  const blank = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(blank, 0)).split('\n');
  const [, old] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const proof = lines.map((line) => fromBase64(line));
  if (old === undefined || !Number.isSafeInteger(Number(old)) || proof.length > LONGEST_PROOF)
    throw new NoteError('not a request to add a checkpoint');
  if (!proof.every((hash) => hash?.length === HASH_SIZE)) throw new NoteError('a hash of a proof is none');
  return { old: Number(old), proof: proof as Hash[], checkpoint: body.slice(blank + 2) };
}

/**
 * The answer of `witness` at `time` (POSIX seconds) to what somebody sent. `logs`: the keys that it trusts, whose names are the
 * origins. `seen`: what it cosigned last of an origin.
 */
export function answerAddCheckpoint(
  body: string,
  logs: readonly Verifier[],
  seen: (origin: string) => Seen | undefined,
  witness: Signer,
  time: number,
): Answer {
  const refuse = (status: Exclude<Answer['status'], 200>, text = ''): Answer => ({ status, body: text });
  let request: AddCheckpoint;
  let head: TreeHead;
  try {
    request = readAddCheckpoint(body);
    head = readCheckpointText(request.checkpoint.slice(0, request.checkpoint.lastIndexOf('\n\n') + 1));
  } catch {
    return refuse(400);
  }
  const keys = logs.filter(({ name }) => name === head.origin);
  if (keys.length === 0) return refuse(404);
  try {
    openNote(request.checkpoint, keys);
  } catch {
    return refuse(403);
  }
  const { old, proof, checkpoint } = request;
  if (old > head.size) return refuse(400);
  const last = seen(head.origin) ?? { size: 0, root: EMPTY_ROOT };
  if (old !== last.size) return refuse(409, `${last.size}\n`);
  if (head.size === 0 && !head.root.equals(EMPTY_ROOT)) return refuse(422);
  const adds = old === 0 ? proof.length === 0 : verifyConsistency(old, head.size, last.root, head.root, proof);
  if (!adds) return refuse(422);
  return { status: 200, body: cosign(checkpoint, witness, time), seen: head };
}
