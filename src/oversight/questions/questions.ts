/** Everything an officer may ask of the log, for one operation. */
import type { LogState } from '../../audit/index/search.js';
import type { Directory } from '../../people/directory.js';
import { type AskingParts, openAsking } from './asking.js';
import { type Counts, openCounts } from './counts.js';
import { auditedOperations, type OperationsFilter, type OperationsPage } from './operations.js';

export interface AuditQuestions {
  /** How far the log, its tree and its index are: what an answer stands on. */
  state(): Promise<LogState>;
  operations(
    filter: OperationsFilter,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<OperationsPage>;
  /** Over time, for a chart. */
  readonly counts: Counts;
}

export interface AuditQuestionParts extends AskingParts {
  readonly directory: Pick<Directory, 'workersOf'>;
}

export function openAuditQuestions(parts: AuditQuestionParts): AuditQuestions {
  const { search } = parts;
  const asking = openAsking(parts);
  return {
    async state() {
      await asking.ask('state');
      return search.state();
    },
    operations: (filter, page) => auditedOperations({ ...parts, asking }, filter, page),
    counts: openCounts({ asking, search }),
  };
}
