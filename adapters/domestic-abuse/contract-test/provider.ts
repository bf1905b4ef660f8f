/** Asks a provider as nobody else does: every status is an answer here, and what is no JSON is a fault to be told. */
import { type Dispatcher, request } from 'undici';
import { type ClientCertificate, createAgent } from '../../../src/sources/json-http.js';

export interface ProviderOptions {
  readonly baseUrl: string;
  readonly token?: string;
  readonly tls?: ClientCertificate;
}

/** What a provider answered. */
export interface Answer {
  readonly status: number;
  /** The JSON of the body; undefined for one that is none. */
  readonly body: unknown;
  readonly etag?: string;
  /** Why there is no body of JSON, when the status asks for one. */
  readonly unreadable?: string;
}

export interface Asked {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, percent-encoded. */
  readonly path: string;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  /** Instead of the token given; null: none. */
  readonly token?: string | null;
  readonly etag?: string;
}

export interface Provider {
  /** Rejects when there is no answer of HTTP within 30 seconds. */
  ask(asked: Asked): Promise<Answer>;
  close(): Promise<void>;
}

const MOST_BYTES = 16 * 1024 * 1024;
const DEADLINE_MS = 30_000;

/** Throws SourceFailure when a certificate or key cannot be used. */
export function openProvider({ baseUrl, token: given, tls }: ProviderOptions): Provider {
  const base = baseUrl.replace(/\/+$/, '');
  const agent = createAgent('the provider', tls);
  return {
    async ask({ method, path, body, token = given ?? null, etag }) {
      const answer = await request(`${base}${path}`, {
        dispatcher: agent,
        method,
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(etag === undefined ? {} : { 'if-none-match': etag }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      return read(answer);
    },
    close: () => agent.destroy(),
  };
}

async function read({ statusCode: status, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return { status, body: undefined, unreadable: 'holds more than 16 MiB' };
    chunks.push(chunk);
  }
  const etag = typeof headers.etag === 'string' ? { etag: headers.etag } : {};
  if (status !== 200) return { status, body: undefined, ...etag };
  const type = String(headers['content-type'] ?? '');
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^application\/json\s*(;|$)/i.test(type))
    return { status, body: undefined, unreadable: 'is not called application/json in content-type' };
  if (!/^utf-?8$/i.test(charset)) return { status, body: undefined, unreadable: 'is not called UTF-8 in content-type' };
  try {
    return {
      status,
      body: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))),
      ...etag,
    };
  } catch {
    return { status, body: undefined, unreadable: 'is not JSON in UTF-8' };
  }
}
