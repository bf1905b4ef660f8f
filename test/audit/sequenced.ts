/** A log under test: a store with entries, keys and sequencers over it. */
import { randomBytes } from 'node:crypto';
import { openAudit } from '../../src/audit/audit.js';
import { newSigner, writeSigner } from '../../src/audit/log/signed-note.js';
import { type LogKeys, readLogKeys } from '../../src/audit/log-keys.js';
import { openSequencer, type SequencerParts } from '../../src/audit/sequencer.js';
import type { Store } from '../../src/store/store.js';
import { entry } from './entries.js';

export const ORIGIN = 'log.test.example/audit';

export const keyText = (fill: number, origin = ORIGIN) => writeSigner(newSigner(origin, Buffer.alloc(32, fill)));

export const KEYS: LogKeys = readLogKeys(keyText(1));

export function sequencerOf(store: Store, changes: Partial<SequencerParts> = {}) {
  return openSequencer({
    store,
    holder: randomBytes(8).toString('hex'),
    keys: KEYS,
    now: () => new Date(),
    random: (bytes) => randomBytes(bytes),
    warn: () => undefined,
    ...changes,
  });
}

/** Appends entries e-FROM … and answers with their receipts. */
export async function appendEntries(store: Store, count: number, from = 0, make = entry) {
  const audit = openAudit(store);
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      audit.append(
        make(`e-${from + i}`, { outcomes: [[0, `P-${(from + i) % 7}`, 'csc', 'Visit', [`visit-${from + i}`]]] }),
      ),
    ),
  );
}

interface TreeRow {
  readonly leaf_index: number;
  readonly entry_seq: number;
}

/** What must hold of the tree's rows whatever happened: every entry once, indices without a gap, in the order of the entries. */
export async function brokenRows(store: Store): Promise<string[]> {
  const leaves = await store.read<TreeRow>('SELECT leaf_index, entry_seq FROM audit_leaf ORDER BY leaf_index');
  const entries = await store.read<{ seq: number }>('SELECT seq FROM audit_entry ORDER BY seq');
  const checkpoints = await store.read<{ tree_size: number; token: number }>(
    'SELECT tree_size, token FROM audit_checkpoint ORDER BY tree_size',
  );
  return [
    ...(leaves.some(({ leaf_index }, i) => leaf_index !== i) ? ['an index is skipped'] : []),
    ...(leaves.length !== entries.length ? [`${entries.length} entries, ${leaves.length} leaves`] : []),
    ...(leaves.some(({ entry_seq }, i) => entry_seq !== entries[i]?.seq) ? ['not in the order of the entries'] : []),
    ...((checkpoints.at(-1)?.tree_size ?? 0) !== leaves.length ? ['no checkpoint over all leaves'] : []),
    ...(checkpoints.some(({ token }, i) => token < (checkpoints[i - 1]?.token ?? 0)) ? ['tokens go back'] : []),
  ];
}
