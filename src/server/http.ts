/**
 * The HTTP room. One route carries GraphQL, and every request to it walks the same steps, each before the next may begin:
 *
 *   not stopping → sign-in → media type → size and JSON → one operation, no batch → Apollo
 *
 * Nothing of a body is read before somebody is signed in. Nothing here logs a URL, an address, a header or a body.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ApolloServer, BaseContext } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { httpMetrics } from './metrics.js';
import { FIXED_HEADERS, HEADERS_OF_EVERY_ANSWER, type HttpRefusal, rawRefusal, refuse } from './refusals.js';
import { type SignedIn, type SignIn, SignInRefused } from './sign-in.js';

export interface HttpLimits {
  /** Largest request body, in bytes. */
  readonly bodyBytes: number;
  /** How long a request may take to arrive, in milliseconds. */
  readonly requestMs: number;
  /** How long `stop` waits for answers under way before it cuts them off, in milliseconds. */
  readonly drainMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = { bodyBytes: 100 * 1024, requestMs: 30_000, drainMs: 10_000 };

export interface HttpParts<C extends BaseContext> {
  /** Started; stop it after this has stopped. */
  readonly apollo: ApolloServer<C>;
  /** Apollo's context for one request of somebody signed in. */
  readonly context: (signedIn: SignedIn, request: { readonly id: string }) => C | Promise<C>;
  readonly signIn: SignIn;
  /** Names (from the configuration, not of people) of what is not ready to serve; empty when all is. */
  readonly readiness: () => Promise<readonly string[]>;
  readonly metrics: Registry;
  readonly log: Logger;
  readonly limits: HttpLimits;
  /** A new request id: unguessable and without meaning. Ids that callers send are not taken over. */
  readonly newId: () => string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

export interface Http {
  readonly url: string;
  /** Takes no new work, lets answers under way finish (at most `drainMs`), and closes. May be called more than once. */
  stop(): Promise<void>;
}

const GRAPHQL = '/graphql';
const NOT_POST = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const ROUTES: readonly string[] = [GRAPHQL, '/health/live', '/health/ready', '/metrics'];
/** JSON in UTF-8 and nothing else: no other charset (CVE-2026-23897), no further parameter. */
const JSON_IN_UTF8 = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?[ \t]*$/i;

/** Listens. Rejects if the port is taken. */
export async function startHttp<C extends BaseContext>(parts: HttpParts<C>): Promise<Http> {
  const { limits, log } = parts;
  const servers: Server[] = [];
  const state = { stopping: false };
  const server = fastify({
    logger: false,
    genReqId: parts.newId,
    requestIdHeader: false,
    bodyLimit: limits.bodyBytes,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 64 },
    serverFactory: (handler) => {
      const made = serverOf(handler as RequestListener, limits);
      servers.push(made);
      return made;
    },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (_error, _request, reply) => void refuse(reply, 'BAD_REQUEST'),
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, server.getDefaultJsonParser('error', 'error'));

  addEveryAnswer(server, parts, state);
  server.setNotFoundHandler((_request, reply) => refuse(reply, 'NOT_FOUND'));
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const code = refusalOf(error);
    if (code === 'INTERNAL') log.error({ requestId: request.id, err: error }, 'a request failed');
    return refuse(reply, code);
  });
  addGraphql(server, parts, state);
  addHealth(server, parts, state);
  server.get('/metrics', async (_request, reply) =>
    reply.type(parts.metrics.contentType).send(await parts.metrics.metrics()),
  );

  const url = await server.listen({ host: parts.host, port: parts.port }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  log.info({ listening: url }, 'listening');

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    state.stopping = true;
    const cutOff = setTimeout(() => {
      log.warn({ code: 'DRAIN_CUT_OFF' }, 'answers under way were cut off');
      for (const made of servers) made.closeAllConnections();
    }, limits.drainMs);
    await server.close();
    clearTimeout(cutOff);
    log.info('stopped');
  };
  return { url, stop: () => (stopped ??= stop()) };
}

/** Node's server, with every answer's headers in place before anything can go wrong. */
function serverOf(handler: RequestListener, { requestMs }: HttpLimits): Server {
  return createServer(
    {
      maxHeaderSize: 16 * 1024,
      requestTimeout: requestMs,
      headersTimeout: Math.min(requestMs, 10_000),
      keepAliveTimeout: 60_000,
    },
    (request, response) => {
      for (const [name, value] of Object.entries(HEADERS_OF_EVERY_ANSWER)) response.setHeader(name, value);
      handler(request, response);
    },
  );
}

/** What holds for every route, known or not. */
function addEveryAnswer(
  server: FastifyInstance,
  { log, metrics }: Pick<HttpParts<BaseContext>, 'log' | 'metrics'>,
  state: { readonly stopping: boolean },
): void {
  const counted = httpMetrics(metrics);
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    for (const name of FIXED_HEADERS) reply.header(name, HEADERS_OF_EVERY_ANSWER[name]);
    // Closing a server waits for connections that are kept alive unless the last answer on them says that it is the last.
    if (state.stopping) reply.header('connection', 'close');
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request);
    const ms = Math.round(reply.elapsedTime);
    counted.served(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
    log.info({ requestId: request.id, route, method: request.method, status: reply.statusCode, ms }, 'answered');
  });
}

function addGraphql<C extends BaseContext>(
  server: FastifyInstance,
  parts: HttpParts<C>,
  state: { readonly stopping: boolean },
): void {
  const callers = new WeakMap<FastifyRequest, SignedIn>();

  const isServing = async (_request: FastifyRequest, reply: FastifyReply) =>
    state.stopping ? refuse(reply, 'STOPPING') : undefined;

  const signIn = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      callers.set(request, await parts.signIn(request.headers.authorization));
      return undefined;
    } catch (error) {
      if (!(error instanceof SignInRefused)) parts.log.error({ requestId: request.id, err: error }, 'sign-in failed');
      return refuse(reply, 'UNAUTHENTICATED');
    }
  };

  const isJson = async ({ headers, url, protocol, hostname }: FastifyRequest, reply: FastifyReply) => {
    if (!JSON_IN_UTF8.test(headers['content-type'] ?? '')) return refuse(reply, 'UNSUPPORTED_MEDIA_TYPE');
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') return refuse(reply, 'UNSUPPORTED_MEDIA_TYPE');
    // The integration makes a URL of the Host header, and would fail on one that is none.
    return URL.canParse(url, `${protocol}://${hostname}/`) ? undefined : refuse(reply, 'BAD_REQUEST');
  };

  const isOneOperation = async ({ body }: FastifyRequest, reply: FastifyReply) =>
    typeof body === 'object' && body !== null && !Array.isArray(body) ? undefined : refuse(reply, 'BAD_REQUEST');

  server.route({
    method: 'POST',
    url: GRAPHQL,
    onRequest: [isServing, signIn, isJson],
    preValidation: isOneOperation,
    handler: fastifyApolloHandler<C>(parts.apollo, {
      context: async (request) => {
        const signedIn = callers.get(request as FastifyRequest);
        if (!signedIn) throw new Error('a request without sign-in reached the graph');
        return parts.context(signedIn, { id: request.id });
      },
    }),
  });
  const refuseMethod = async (_request: FastifyRequest, reply: FastifyReply) => refuse(reply, 'METHOD_NOT_ALLOWED');
  server.route({
    method: NOT_POST,
    url: GRAPHQL,
    exposeHeadRoute: false,
    onRequest: refuseMethod,
    handler: refuseMethod,
  });
}

/** Live: the process answers. Ready: it can serve; 503 with the names of what cannot be reached, and nothing about why. */
function addHealth(
  server: FastifyInstance,
  { readiness, log }: Pick<HttpParts<BaseContext>, 'readiness' | 'log'>,
  state: { readonly stopping: boolean },
): void {
  server.get('/health/live', async () => ({ live: true }));
  server.get('/health/ready', async (request, reply) => {
    const notReady = state.stopping
      ? ['stopping']
      : await readiness().catch((error: unknown) => {
          log.error({ requestId: request.id, err: error }, 'readiness could not be asked');
          return ['readiness'];
        });
    return reply.code(notReady.length === 0 ? 200 : 503).send({ ready: notReady.length === 0, notReady });
  });
}

function routeOf(request: FastifyRequest): string {
  const { url } = request.routeOptions;
  return url !== undefined && ROUTES.includes(url) ? url : 'none';
}

function refusalOf({ statusCode }: FastifyError): HttpRefusal {
  if (statusCode === 413) return 'CONTENT_TOO_LARGE';
  if (statusCode === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? 'BAD_REQUEST' : 'INTERNAL';
}

function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy();
  const code =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'HEADERS_TOO_LARGE'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'REQUEST_TIMEOUT'
        : 'BAD_REQUEST';
  socket.end(rawRefusal(code));
}
