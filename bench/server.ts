/** One server of the benchmark in a process of its own: `server.js KIND FAMILIES`. Tells its parent where it listens. */
import { readFileSync } from 'node:fs';
import { ApolloServer, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { GatewayExecutionResult, GatewayInterface } from '@apollo/server-gateway-interface';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import mercurius from 'mercurius';
import { packagePath } from '../src/package-path.js';
import { tuneHeap } from '../src/server/heap.js';
import { personOf, startGateway } from './gateway.js';
import { peerResolvers, peerSchema, peerTypeDefs } from './peer-schema.js';
import { makeRecords } from './records.js';

const [kind = 'threshold', families = '25', answers = ''] = process.argv.slice(2);
const records = makeRecords(Number(families));
const folder = packagePath('schema', 'graphql');

async function start(): Promise<string> {
  if (kind === 'threshold') {
    tuneHeap();
    return (await startGateway(records, new Map())).url;
  }
  const app = Fastify({ bodyLimit: 100_000 });
  if (kind === 'precomputed') precomputed(app);
  else if (kind === 'mercurius-jit') await withMercurius(app);
  else await withApollo(app, kind);
  return `${await app.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
}

/** The same bytes for each operation, told apart by the operation's name. */
function precomputed(app: FastifyInstance): void {
  const known = JSON.parse(readFileSync(answers, 'utf8')) as { [operation: string]: string };
  app.post('/graphql', (request, reply) => {
    const { query } = request.body as { query: string };
    reply.header('content-type', 'application/json; charset=utf-8').send(known[/query (\w+)/.exec(query)?.[1] ?? '']);
  });
}

async function withMercurius(app: FastifyInstance): Promise<void> {
  const { resolvers } = peerResolvers(records, personOf);
  await app.register(
    mercurius as never,
    { schema: peerTypeDefs(folder).join('\n'), resolvers, jit: 1, graphiql: false } as never,
  );
}

async function withApollo(app: FastifyInstance, kind: string): Promise<void> {
  const schema = peerSchema(folder, records, personOf);
  const noCacheControl = kind === 'apollo' ? [] : [ApolloServerPluginCacheControlDisabled()];
  const apollo = new ApolloServer<BaseContext>({
    ...(kind === 'apollo-gateway-jit' ? { gateway: compiling(schema) } : { schema }),
    plugins: [fastifyApolloDrainPlugin(app), ...noCacheControl],
  });
  await apollo.start();
  app.post('/graphql', fastifyApolloHandler(apollo));
}

/** The seam and the compiled executor that the gateway uses, with nothing in between. */
function compiling(schema: GraphQLSchema): GatewayInterface {
  const compiled = new Map<string, CompiledQuery>();
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      executor: async ({ document, queryHash, request }) => {
        let query = compiled.get(queryHash);
        if (!query) {
          const made = compileQuery(schema, document);
          if (!isCompiledQuery(made)) throw new Error('the operation does not compile');
          query = made;
          compiled.set(queryHash, query);
        }
        return (await query.query(undefined, {}, request.variables ?? {})) as GatewayExecutionResult;
      },
    }),
    stop: async () => {},
  };
}

const url = await start();
process.send?.({ url });
process.on('message', (message) => {
  if (message === 'usage') process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
