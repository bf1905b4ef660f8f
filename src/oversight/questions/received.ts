/** Question 2: everything that one worker, team or agency received. */
import { NotValid } from '../../sharing/refused.js';
import type { Days, OperationsPage, PlacedPage } from './finding.js';
import { auditedOperations, type OperationsParts } from './operations.js';

/** One of the three. */
export interface Received extends Days {
  readonly worker?: string | null;
  readonly team?: string | null;
  readonly agency?: string | null;
}

/** Operations with what they released, the latest first. Throws NotPermitted as `AskingAudit.ask`, NotValid. */
export async function received(parts: OperationsParts, by: Received, page: PlacedPage): Promise<OperationsPage> {
  const { worker, team, agency } = by;
  if ([worker, team, agency].filter(Boolean).length !== 1) {
    await parts.asking.ask('received');
    throw new NotValid(['name a worker, a team or an agency, and only one of them']);
  }
  return auditedOperations(parts, by, page, 'received', ({ outcome }) => outcome === 'RELEASED');
}
