/** One server of the benchmark in a process of its own: `server.js KIND FAMILIES`. Tells its parent where it listens. */
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import mercurius from 'mercurius';
import { packagePath } from '../src/package-path.js';
import { personOf, startGateway } from './gateway.js';
import { peerResolvers, peerSchema, peerTypeDefs } from './peer-schema.js';
import { makeRecords } from './records.js';

export const KINDS = ['threshold', 'apollo', 'apollo-no-cache-control', 'mercurius-jit', 'precomputed'] as const;
export type Kind = (typeof KINDS)[number];

const [kind = 'threshold', families = '25', answers = ''] = process.argv.slice(2);
const records = makeRecords(Number(families));
const folder = packagePath('schema', 'graphql');

async function start(): Promise<string> {
  if (kind === 'threshold') return (await startGateway(records, new Map())).url;
  const app = Fastify({ bodyLimit: 100_000 });
  if (kind === 'precomputed') precomputed(app);
  else if (kind === 'mercurius-jit') await withMercurius(app);
  else await withApollo(app, kind === 'apollo-no-cache-control');
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

async function withApollo(app: FastifyInstance, noCacheControl: boolean): Promise<void> {
  const apollo = new ApolloServer({
    schema: peerSchema(folder, records, personOf),
    plugins: [fastifyApolloDrainPlugin(app), ...(noCacheControl ? [ApolloServerPluginCacheControlDisabled()] : [])],
  });
  await apollo.start();
  app.post('/graphql', fastifyApolloHandler(apollo));
}

const url = await start();
process.send?.({ url });
process.on('message', (message) => {
  if (message === 'usage') process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
