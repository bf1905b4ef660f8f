/** What an outsider needs to check the log: proofs for receipts, checkpoints, and that one tree only adds to another. */
import type { Store } from '../store/store.js';
import { writeConsistency } from './check-consistency.js';
import { openingOf } from './log/leaf.js';
import { consistencyPlan, inclusionPlan } from './log/proof.js';
import { writeProof } from './log/tlog-proof.js';
import { cosigned, readCovering, readLatest, readProofOf } from './tree-rows.js';

export interface AuditProofs {
  /**
   * A `c2sp.org/tlog-proof@v1` for an entry of this worker of this agency; undefined until it is in the tree (within a second),
   * once it is erased, and for every other entry. Its checkpoint is the first over the entry that witnesses have cosigned, or,
   * where none did yet, the first.
   */
  ofEntry(id: string, requester: { readonly worker: string; readonly agency: string }): Promise<string | undefined>;
  /** The latest checkpoint with its cosignatures; undefined in an empty log. */
  checkpoint(): Promise<string | undefined>;
  /** The hashes (base64) that lead from one tree size to a later one; undefined where no checkpoint was signed at either. */
  consistency(from: number, to: number): Promise<readonly string[] | undefined>;
  /** The same with both checkpoints, as a file to be checked offline (`check-consistency.ts`). */
  consistencyFile(from: number, to: number): Promise<string | undefined>;
}

interface Placed {
  readonly leaf_index: number;
  readonly leaf: string;
  readonly salt: string | null;
}

const BY_ENTRY = `SELECT l.leaf_index, l.leaf, l.salt FROM audit_entry e JOIN audit_leaf l ON l.entry_seq = e.seq
  WHERE e.id = ? AND e.worker = ? AND e.agency = ?`;

export function openProofs(store: Store): AuditProofs {
  async function consistency(from: number, to: number): Promise<readonly string[] | undefined> {
    const rows = await store.read<{ tree_size: number }>(
      'SELECT tree_size FROM audit_checkpoint WHERE tree_size = ? OR tree_size = ?',
      [from, to],
    );
    if (from > to || rows.length !== new Set([from, to]).size) return undefined;
    return (await readProofOf(store, consistencyPlan(from, to))).map((hash) => hash.toString('base64'));
  }

  return {
    async ofEntry(id, { worker, agency }) {
      const [placed] = await store.read<Placed>(BY_ENTRY, [id, worker, agency]);
      if (!placed || placed.salt === null) return undefined;
      const covering =
        (await firstCosigned(store, placed.leaf_index)) ?? (await readCovering(store, placed.leaf_index + 1));
      if (!covering) return undefined;
      return writeProof({
        extra: openingOf(placed.leaf, placed.salt),
        index: placed.leaf_index,
        proof: await readProofOf(store, inclusionPlan(placed.leaf_index, covering.tree_size)),
        checkpoint: await cosigned(store, covering),
      });
    },
    async checkpoint() {
      const latest = await readLatest(store);
      return latest && cosigned(store, latest);
    },
    consistency,
    async consistencyFile(from, to) {
      const proof = await consistency(from, to);
      const [old, later] = await Promise.all([from, to].map((size) => readCovering(store, size)));
      if (!proof || !old || !later) return undefined;
      return writeConsistency({ old: await cosigned(store, old), new: await cosigned(store, later), proof });
    },
  };
}

/** The smallest tree over a leaf that a witness has seen. */
async function firstCosigned(store: Store, index: number) {
  const [row] = await store.read<{ size: number | null }>(
    'SELECT MIN(tree_size) AS size FROM audit_cosignature WHERE tree_size > ?',
    [index],
  );
  return row?.size === null || row?.size === undefined ? undefined : readCovering(store, row.size);
}
