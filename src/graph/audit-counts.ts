/** Resolvers of counts over time. */
import type { CountBy, Period } from '../oversight/questions/counts.js';
import type { GraphContext } from './context.js';
import { missed } from './errors.js';
import type { Limits } from './limits.js';

interface CountsArguments {
  readonly of: CountBy;
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly by: Period;
}

interface TotalsArguments {
  readonly of: CountBy;
  readonly from: string;
  readonly until: string;
  readonly first: number;
}

export function auditCountResolvers(limits: Limits) {
  return {
    Audit: {
      counts: (_: unknown, { of, name, from, until, by }: CountsArguments, { auditQuestions }: GraphContext) =>
        auditQuestions.counts.over(of, name, from, until, by),
      totals: (_: unknown, { of, from, until, first }: TotalsArguments, { auditQuestions }: GraphContext) => {
        if (first < 1 || first > limits.records) throw missed('TOTALS_FIRST');
        return auditQuestions.counts.most(of, from, until, first);
      },
    },
  };
}
