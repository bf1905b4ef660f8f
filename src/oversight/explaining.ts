/** Everything that explains, for one operation: why something was released, would be, or was. */
import type { Released, ShownRecord } from '../disclosure/released.js';
import { type ExplainAsk, type Explanation, explain } from './explain.js';
import { type ExplainPastAsk, type ExplainPastParts, explainPast, type PastOperation } from './explain-past.js';
import { groundsOf, type ReleaseGround } from './release-grounds.js';

export interface Explaining {
  /** Why these records of this operation were released to its requester. */
  releasedBecause(records: readonly Released<ShownRecord>[]): readonly ReleaseGround[];
  explain(ask: ExplainAsk): Promise<Explanation>;
  explainPast(ask: ExplainPastAsk): Promise<readonly PastOperation[]>;
}

export function openExplaining(parts: ExplainPastParts): Explaining {
  return {
    releasedBecause: (records) => groundsOf(records, parts.operation, parts.sayings),
    explain: (ask) => explain(parts, ask),
    explainPast: (ask) => explainPast(parts, ask),
  };
}
