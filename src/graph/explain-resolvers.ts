/** Resolvers of what explains: they ask the operation's explaining, and translate ids. */
import type { Released, ShownRecord } from '../disclosure/released.js';
import type { MatrixFilter } from '../disclosure/space/kept-matrix.js';
import type { MatrixCell } from '../disclosure/space/matrix.js';
import type { ExplainAsk } from '../oversight/explain.js';
import type { ExplainPastAsk } from '../oversight/explain-past.js';
import { evidenceOf, type ReleaseGround } from '../oversight/release-grounds.js';
import type { ShownPerson } from '../reader/person.js';
import type { GraphContext } from './context.js';
import { personOf } from './node-id.js';

export const explainResolvers = {
  Query: {
    explain: async (_: unknown, ask: ExplainAsk, { explaining, operation }: GraphContext) => {
      const explanation = await explaining.explain({ ...ask, person: personOf(ask.person) });
      return { ...explanation, sources: operation.statuses.all() };
    },
    explainAt: (_: unknown, ask: ExplainPastAsk, { explaining }: GraphContext) =>
      explaining.explainPast({ ...ask, person: personOf(ask.person) }),
    sharingMatrix: (_: unknown, filter: MatrixFilter, { matrix }: GraphContext) => matrix(filter),
  },
  // The types that implement these interfaces inherit the field from them.
  HeldRecord: {
    releasedBecause: (record: Released<ShownRecord>, _: unknown, { explaining }: GraphContext) =>
      explaining.releasedBecause([record]),
  },
  FamilyMember: {
    releasedBecause: (record: Released<ShownRecord>, _: unknown, { explaining }: GraphContext) =>
      explaining.releasedBecause([record]),
  },
  Person: {
    releasedBecause: ({ released }: ShownPerson, _: unknown, { explaining }: GraphContext) =>
      explaining.releasedBecause(released),
  },
  ReleaseGround: {
    evidence: (ground: ReleaseGround, _: unknown, { statements }: GraphContext) =>
      evidenceOf(ground, (person) => statements.seenOf(person)),
  },
  SharingRule: {
    vetoes: ({ vetoes }: MatrixCell, _: unknown, { sayings }: GraphContext) => sayings(vetoes),
  },
  SharingWay: {
    permit: ({ permit }: MatrixCell['ways'][number], _: unknown, { sayings }: GraphContext) => sayings([permit])[0],
  },
};
