/** Resolvers of relevance: the work list of what waits for a judgement, and judging many at once. */

import { ADULT_WORK_TYPES } from '../sharing/unjudged.js';
import type { PageArguments, Pages } from './connection.js';
import { NOTICE } from './connection.js';
import type { GraphContext } from './context.js';
import { Refusal } from './errors.js';
import type { Limits } from './limits.js';
import { personOf, readNodeId } from './node-id.js';

interface Judging {
  readonly decision: 'RELEVANT' | 'NOT_RELEVANT';
  readonly standing?: boolean | null;
  readonly servesChild?: string | null;
  readonly servesAdult?: string | null;
  readonly factor: string;
  readonly why: string;
}

export function relevanceResolvers(pages: Pages, limits: Limits) {
  return {
    Query: {
      unjudgedRecords: async (_: unknown, page: PageArguments, { operation, judgements }: GraphContext) =>
        pages.cut(await judgements.unjudged(), page, limits.records, {
          sources: operation.statuses.own(ADULT_WORK_TYPES),
          notice: NOTICE,
        }),
    },
    Mutation: {
      judgeRelevance: (_: unknown, { input }: { input: Judging & { record: string } }, { judgements }: GraphContext) =>
        judgements.judge({ ...draftOf(input), record: recordOf(input.record) }),
      judgeRelevanceOfMany: (
        _: unknown,
        { input }: { input: Judging & { records: readonly string[] } },
        { judgements }: GraphContext,
      ) => judgements.judgeMany({ ...draftOf(input), records: input.records.map(recordOf) }),
    },
  };
}

function draftOf({ decision, standing, servesChild, servesAdult, factor, why }: Judging) {
  return {
    decision,
    standing: standing ?? false,
    factor,
    why,
    servesChild: servesChild ? personOf(servesChild) : null,
    servesAdult: servesAdult ? personOf(servesAdult) : null,
  };
}

/** Throws Refusal NOT_PERMITTED on an id that names no record, as of one that may not be judged. */
function recordOf(id: string) {
  const ref = readNodeId(id);
  if (ref?.kind !== 'Record') throw new Refusal('NOT_PERMITTED');
  return ref;
}
