/**
 * The schema: the SDL files with their resolvers. Promises: every field of every type that bears on persons is classified,
 * or it throws ClassificationError naming the field, at start and in the build.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { type Projection, readProjection } from '../disclosure/projection.js';
import { releasedOnly } from '../disclosure/released-only.js';
import { auditAlertResolvers } from './audit-alerts.js';
import { auditCountResolvers } from './audit-counts.js';
import { auditNamedResolvers } from './audit-named.js';
import { auditQuestionResolvers } from './audit-questions.js';
import type { Pages } from './connection.js';
import { explainResolvers } from './explain-resolvers.js';
import type { Limits } from './limits.js';
import { createResolvers } from './resolvers.js';

export interface Graph {
  readonly schema: GraphQLSchema;
  readonly projection: Projection;
}

/** Reads the SDL of a folder. Throws ClassificationError, or GraphQL's own errors on a malformed SDL. */
export function buildGraph(folder: string, pages: Pages, limits: Limits): Graph {
  const typeDefs = readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: releasedOnly(
      createResolvers(pages, limits),
      explainResolvers,
      auditQuestionResolvers(pages, limits),
      auditAlertResolvers(pages, limits),
      auditCountResolvers(limits),
      auditNamedResolvers(pages, limits),
    ),
    inheritResolversFromInterfaces: true,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  return { schema, projection: readProjection(schema) };
}
