/** The HTTP room, really listening, around a graph of two fields: what is under test is the room, not the graph. */
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { ApolloServer } from '@apollo/server';
import { Registry } from 'prom-client';
import { DEFAULT_HTTP_LIMITS, type Http, type HttpLimits, startHttp } from '../../src/server/http.js';
import { createLog } from '../../src/server/log.js';
import { createSignIn, type SignedIn, type SignIn } from '../../src/server/sign-in.js';
import { NOW, type TestIssuer } from './tokens.js';

export interface Room {
  readonly url: string;
  readonly http: Http;
  readonly metrics: Registry;
  /** Every line logged so far. */
  readonly lines: string[];
  /** How often a document reached the graph's parser. */
  parsed(): number;
  /** Posts an operation as JSON. */
  ask(token: string | undefined, query: string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export interface RoomOptions {
  readonly issuer: TestIssuer;
  readonly signIn?: SignIn;
  readonly limits?: Partial<HttpLimits>;
  readonly readiness?: () => Promise<readonly string[]>;
  readonly context?: () => Promise<never>;
  /** What the field `slow` waits for. */
  readonly slow?: () => Promise<string>;
  readonly host?: string;
}

interface Context {
  readonly signedIn: SignedIn;
  readonly requestId: string;
}

export async function openRoom(options: RoomOptions): Promise<Room> {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const metrics = new Registry();
  let parsed = 0;
  const parsingDidStart = async () => {
    parsed += 1;
  };
  const apollo = new ApolloServer<Context>({
    typeDefs: 'type Query { who: String! slow: String fails: String }',
    resolvers: {
      Query: {
        who: (_: unknown, __: unknown, { signedIn }: Context) => `${signedIn.worker} of ${signedIn.agency}`,
        slow: () => options.slow?.(),
        fails: () => Promise.reject(new Error('driver text about Canary Person')),
      },
    },
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [{ requestDidStart: async () => ({ parsingDidStart }) }],
  });
  await apollo.start();
  const ids = Array.from({ length: 100 }, (_, index) => `request-${100 - index}`);
  const http = await startHttp<Context>({
    apollo,
    context: options.context ?? ((signedIn, { id }) => ({ signedIn, requestId: id })),
    signIn: options.signIn ?? createSignIn([options.issuer.issuer], { now: () => NOW, refused: () => {} }),
    readiness: options.readiness ?? (async () => []),
    metrics,
    log: createLog({ level: 'trace', now: () => NOW, destination }),
    limits: { ...DEFAULT_HTTP_LIMITS, ...options.limits },
    newId: () => ids.pop() ?? 'request-0',
    host: options.host ?? '127.0.0.1',
    port: 0,
  });
  return {
    url: http.url,
    http,
    metrics,
    lines,
    parsed: () => parsed,
    ask: (token, query, headers = {}) =>
      fetch(`${http.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query }),
      }),
    async stop() {
      await http.stop();
      await apollo.stop();
    },
  };
}

/** Sends these bytes over a connection of its own and gives all that came back until the other side closed it. */
export function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname.replace(/[[\]]/g, ''), () => socket.write(bytes));
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
