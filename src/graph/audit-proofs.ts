/** What anybody may ask of the log: proofs for their own receipts, and that the log only grew. It names nobody. */
import type { AuditProofs } from '../audit/proofs.js';
import type { GraphContext } from './context.js';
import { missed } from './errors.js';

/** Root fields of this file, which touch no personal data. */
export const PROOF_FIELDS = ['auditProof', 'auditCheckpoint', 'auditConsistency', 'auditConsistencyFile'] as const;

type Resolver<A> = (_: unknown, args: A, context: GraphContext) => unknown;
const LONGEST_ID = 64;

export const auditProofs: {
  readonly auditProof: Resolver<{ readonly receipt: string }>;
  readonly auditCheckpoint: Resolver<unknown>;
  readonly auditConsistency: Resolver<Readonly<Record<'from' | 'to', number>>>;
  readonly auditConsistencyFile: Resolver<Readonly<Record<'from' | 'to', number>>>;
} = {
  auditProof: async (_, { receipt }, { operation, proofs }) =>
    receipt.length > LONGEST_ID ? null : ((await proofs.ofEntry(receipt, operation.requester)) ?? null),
  auditCheckpoint: async (_, __, { proofs }) => (await proofs.checkpoint()) ?? null,
  auditConsistency: async (_, { from, to }, { proofs }) => {
    if (from < 0 || to < from) throw missed('CHECKPOINT_SIZES');
    return (await proofs.consistency(from, to)) ?? null;
  },
  auditConsistencyFile: async (_, { from, to }, { proofs }) => {
    if (from < 1 || to < from) throw missed('CHECKPOINT_SIZES');
    return (await proofs.consistencyFile(from, to)) ?? null;
  },
};

export type { AuditProofs };
