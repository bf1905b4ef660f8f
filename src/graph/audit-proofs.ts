/** What anybody may ask of the log: proofs for their own receipts, and that the log only grew. It names nobody. */
import type { GraphContext } from './context.js';
import { missed } from './errors.js';

/** Root fields of this file, which touch no personal data. */
export const PROOF_FIELDS = ['auditProof', 'auditCheckpoint', 'auditConsistency', 'auditConsistencyFile'] as const;

type Sizes = Readonly<Record<'from' | 'to', number>>;
const LONGEST_ID = 64;

export const auditProofs = {
  auditProof: async (_: unknown, { receipt }: { readonly receipt: string }, { operation, proofs }: GraphContext) =>
    receipt.length > LONGEST_ID ? null : ((await proofs.ofEntry(receipt, operation.requester)) ?? null),
  auditCheckpoint: async (_: unknown, __: unknown, { proofs }: GraphContext) => (await proofs.checkpoint()) ?? null,
  auditConsistency: async (_: unknown, { from, to }: Sizes, { proofs }: GraphContext) => {
    if (from < 0 || to < from) throw missed('CHECKPOINT_SIZES');
    return (await proofs.consistency(from, to)) ?? null;
  },
  auditConsistencyFile: async (_: unknown, { from, to }: Sizes, { proofs }: GraphContext) => {
    if (from < 1 || to < from) throw missed('CHECKPOINT_SIZES');
    return (await proofs.consistencyFile(from, to)) ?? null;
  },
};
