/**
 * Asks witnesses to cosign each new checkpoint, and keeps what they gave. A witness that is down, slow or refuses holds nothing
 * up: the next checkpoint is put to it with the proof from the last that it knows.
 */
import type { Store } from '../store/store.js';
import { verifyCosignature } from './log/cosignature.js';
import { consistencyPlan } from './log/proof.js';
import { parseNote, readSignatureLine, type Verifier } from './log/signed-note.js';
import { writeAddCheckpoint } from './log/witness.js';
import { readLatest, readProofOf } from './tree-rows.js';

/** A witness: where it takes checkpoints (without `/add-checkpoint`), and its cosignature key. */
export interface Witness {
  readonly url: string;
  readonly key: Verifier;
}

export interface WitnessParts {
  readonly store: Store;
  readonly witnesses: readonly Witness[];
  /** Told of a witness (its name) that refused what it should not have, and of one that could not be asked. */
  readonly warn: (code: 'WITNESS_REFUSED' | 'WITNESS_SILENT', witness: string) => void;
  readonly timeoutMs?: number;
}

export interface Witnessing {
  /** Puts the latest checkpoint to every witness that is not being asked already. Never rejects. */
  ask(): Promise<void>;
}

const TIMEOUT_MS = 5000;
const LONGEST_ANSWER = 10_000;

export function openWitnesses({ store, witnesses, warn, timeoutMs = TIMEOUT_MS }: WitnessParts): Witnessing {
  const known = new Map<Witness, number>();
  const asking = new Set<Witness>();

  async function put(witness: Witness, old: number, size: number, checkpoint: string): Promise<Response> {
    const proof = await readProofOf(store, consistencyPlan(old, size));
    return fetch(`${witness.url}/add-checkpoint`, {
      method: 'POST',
      body: writeAddCheckpoint({ old, proof, checkpoint }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
  }

  async function askOne(witness: Witness): Promise<void> {
    const latest = await readLatest(store);
    if (!latest) return;
    const { tree_size: size, note } = latest;
    let response = await put(witness, known.get(witness) ?? 0, size, note);
    if (response.status === 409) {
      const said = Number((await response.text()).trim());
      // It has seen a larger tree than there is: this store was rolled back, or the witness witnesses another.
      if (!Number.isSafeInteger(said) || said < 0 || said > size) return warn('WITNESS_REFUSED', witness.key.name);
      known.set(witness, said);
      response = await put(witness, said, size, note);
    }
    if (response.status !== 200) return warn('WITNESS_REFUSED', witness.key.name);
    const line = lineOf(witness, note, (await response.text()).slice(0, LONGEST_ANSWER));
    if (line === undefined) return warn('WITNESS_REFUSED', witness.key.name);
    known.set(witness, size);
    const row = [size, witness.key.name];
    await store.transaction(async (transaction) => {
      const there = await transaction.run(
        'SELECT 1 AS one FROM audit_cosignature WHERE tree_size = ? AND witness = ?',
        row,
      );
      if (there.length === 0)
        await transaction.run('INSERT INTO audit_cosignature (tree_size, witness, line) VALUES (?, ?, ?)', [
          ...row,
          line,
        ]);
    });
  }

  return {
    async ask() {
      await Promise.all(
        witnesses
          .filter((witness) => !asking.has(witness))
          .map(async (witness) => {
            asking.add(witness);
            try {
              await askOne(witness);
            } catch {
              warn('WITNESS_SILENT', witness.key.name);
            } finally {
              asking.delete(witness);
            }
          }),
      );
    },
  };
}

/** The line of this witness in its answer, if it is its cosignature of the checkpoint. */
function lineOf(witness: Witness, checkpoint: string, answer: string): string | undefined {
  for (const line of answer.split('\n').filter((one) => one !== '')) {
    try {
      verifyCosignature(parseNote(checkpoint).text, readSignatureLine(line), witness.key);
      return `${line}\n`;
    } catch {
      // Another of its keys, or not a cosignature of this checkpoint.
    }
  }
  return undefined;
}
