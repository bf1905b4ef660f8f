/** Resolvers of the officers' alerts. */
import type { AlertOutcome } from '../oversight/alerts/alert-rows.js';
import type { AlertRule } from '../oversight/alerts/rules.js';
import type { PageArguments, Pages } from './connection.js';
import type { GraphContext } from './context.js';
import type { Limits } from './limits.js';

interface Filter {
  readonly rule?: AlertRule | null;
  readonly isOpen?: boolean | null;
}

export function auditAlertResolvers(pages: Pages, limits: Limits) {
  return {
    Audit: {
      alerts: async (
        _: unknown,
        { filter = {}, ...page }: PageArguments & { readonly filter?: Filter },
        { alerts }: GraphContext,
      ) => {
        const { size, afterId } = pages.wanted(page, limits.records);
        const found = await alerts.list(filter, { limit: size, ...(afterId === undefined ? {} : { after: afterId }) });
        return pages.made(found.alerts, Boolean(page.after), found.isMore);
      },
      alert: (_: unknown, { id }: { readonly id: string }, { alerts }: GraphContext) => alerts.open(id),
    },
    Mutation: {
      closeAlert: (
        _: unknown,
        { id, outcome, why }: { readonly id: string; readonly outcome: AlertOutcome; readonly why: string },
        { alerts }: GraphContext,
      ) => alerts.close(id, outcome, why),
    },
  };
}
