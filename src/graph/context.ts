import type { Operation } from '../reader/operation.js';
import type { PersonLinks } from '../sharing/person-links.js';
import type { ServiceConsents } from '../sharing/service-consents.js';
import type { Statements } from '../sharing/statements.js';
import type { Withdrawals } from '../sharing/withdrawals.js';

/** What resolvers see: the one operation they serve. */
export interface GraphContext {
  readonly operation: Operation;
  readonly statements: Statements;
  readonly links: PersonLinks;
  readonly serviceConsents: ServiceConsents;
  readonly withdrawals: Withdrawals;
}
