/** Resolvers of what officers ask of the log: they cut pages and translate ids. */
import type { AuditedLine, AuditedOperation, AuditedStatement } from '../oversight/questions/asking.js';
import type { OperationsFilter } from '../oversight/questions/operations.js';
import { placedPage } from './audit-named.js';
import type { PageArguments, Pages } from './connection.js';
import type { GraphContext } from './context.js';
import type { Limits } from './limits.js';
import { personIdOf, personOf } from './node-id.js';

/** The filter as it is asked: people are node ids. */
type Filter = OperationsFilter;

export function auditQuestionResolvers(pages: Pages, limits: Limits) {
  return {
    Query: {
      // Each of its fields asks by itself, and is noted by itself.
      audit: () => ({}),
    },
    Audit: {
      state: (_: unknown, __: unknown, { auditQuestions }: GraphContext) => auditQuestions.state(),
      operations: async (
        _: unknown,
        { filter = {}, ...page }: PageArguments & { readonly filter?: Filter },
        { auditQuestions }: GraphContext,
      ) => {
        const { operations, isMore } = await auditQuestions.operations(
          readFilter(filter),
          placedPage(pages, limits, page),
        );
        return pages.made(operations, Boolean(page.after), isMore);
      },
    },
    AuditedOperation: {
      id: ({ entry }: AuditedOperation) => entry,
    },
    AuditedLine: {
      person: ({ person }: AuditedLine) => personIdOf(person),
    },
    AuditedStatement: {
      persons: ({ persons }: AuditedStatement) => persons.map(personIdOf),
    },
  };
}

function readFilter(filter: Filter): OperationsFilter {
  return filter.person ? { ...filter, person: personOf(filter.person) } : filter;
}
