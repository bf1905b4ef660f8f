/** Resolvers of what is alleged and how it was reviewed: `schema/graphql/reviews.graphql`. */
import type { ReviewDraft, ShownAllegation } from '../sharing/reviews.js';
import type { GraphContext } from './context.js';
import { personOf } from './node-id.js';

interface ReviewInput extends Pick<ReviewDraft, 'result' | 'why'> {
  readonly harmed: string;
  readonly alleged: string;
}

export const REVIEWS = {
  Query: {
    allegations: (_: unknown, { person }: { person: string }, { reviewing }: GraphContext) =>
      reviewing.of(personOf(person)),
  },
  Mutation: {
    reviewAllegation: (
      _: unknown,
      { input: { harmed, alleged, result, why } }: { input: ReviewInput },
      { reviewing }: GraphContext,
    ) => reviewing.review({ victim: personOf(harmed), perpetrator: personOf(alleged), result, why }),
  },
  Allegation: {
    harmed: ({ victim }: ShownAllegation, _: unknown, { operation }: GraphContext) => operation.reader.person(victim),
    alleged: ({ perpetrator }: ShownAllegation, _: unknown, { operation }: GraphContext) =>
      operation.reader.person(perpetrator),
    reviewedAt: ({ review }: ShownAllegation) => review?.at ?? null,
    reviewedBy: ({ review }: ShownAllegation) => review?.by ?? null,
    why: ({ review }: ShownAllegation) => review?.why ?? null,
  },
};
