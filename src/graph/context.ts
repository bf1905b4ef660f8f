import type { AuditProofs } from '../audit/proofs.js';
import type { Operation } from '../reader/operation.js';
import type { PersonLinks } from '../sharing/person-links.js';
import type { Statements } from '../sharing/statements.js';

/** What resolvers see: the one operation they serve. */
export interface GraphContext {
  readonly operation: Operation;
  readonly statements: Statements;
  readonly links: PersonLinks;
  readonly proofs: AuditProofs;
}
