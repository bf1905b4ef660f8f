/**
 * JSON over HTTP, as every web source is asked: one bounded body, decoded strictly, under the caller's signal, with the
 * credentials and certificates an authority gives. Messages hold the source's name and a status; never an address, an
 * identifier or content.
 */
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, request } from 'undici';
import { SourceBusy, SourceFailure, SourceNotReady } from './contract.js';

/** What fetches a bearer token that is still good; called once per request, so it keeps what it fetched. */
export type TokenSource = (signal: AbortSignal) => Promise<string>;

/** Client certificate for mutual TLS (RFC 8705), as paths of PEM files. Certificates are always checked. */
export interface ClientCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly passphrase?: string;
  /** The authorities the server's certificate may come from, instead of the system's. */
  readonly authorityFile?: string;
}

export interface JsonHttpOptions {
  /** What messages call the service, e.g. `the domestic abuse service`. */
  readonly name: string;
  readonly baseUrl: string;
  readonly token?: string | TokenSource;
  readonly tls?: ClientCertificate;
  /** Media type asked for; `application/json` unless told. */
  readonly accept?: string;
  /** Headers every request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The most bytes of one answer that are read; 16 MiB unless told. More is a failure of the source. */
  readonly mostBytes?: number;
}

/** What was answered: 2xx, 304, or 404 where the request allows it. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined for 304 and 404. */
  readonly body: unknown;
  readonly etag?: string;
}

export interface JsonRequest {
  /** Sent as JSON, or as a form when it is URLSearchParams; its presence makes the request a POST. */
  readonly body?: object | URLSearchParams;
  /** Whether 404 is an answer (an id that does not exist) rather than a failure. */
  readonly mayBeMissing?: boolean;
  /** If-None-Match; 304 is then an answer. */
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JsonHttp {
  /**
   * Asks `path` (absolute URLs only of the base's origin: anything else would carry the token there). Rejects with the signal's reason once it is aborted;
   * with SourceBusy on 429, SourceNotReady on 503, SourceFailure on anything else that is not an answer.
   */
  ask(path: string, signal: AbortSignal, request?: JsonRequest): Promise<JsonAnswer>;
  close(): Promise<void>;
}

const MOST_BYTES = 16 * 1024 * 1024;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([\w-]+)/i;

/** Throws SourceFailure when a certificate file cannot be read. */
export function createJsonHttp(options: JsonHttpOptions): JsonHttp {
  const { name, accept = 'application/json', mostBytes = MOST_BYTES } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  const { origin } = new URL(base);
  const agent = new Agent({
    connections: 64,
    keepAliveTimeout: 10_000,
    ...(options.tls ? { connect: tlsOf(name, options.tls) } : {}),
  });

  function urlOf(path: string): string {
    const url = path.startsWith('/') ? `${base}${path}` : path;
    if (!URL.canParse(url) || new URL(url).origin !== origin) throw new SourceFailure(`${name} points to another host`);
    return url;
  }

  async function ask(path: string, signal: AbortSignal, asked: JsonRequest = {}): Promise<JsonAnswer> {
    signal.throwIfAborted();
    const url = urlOf(path);
    try {
      const token = typeof options.token === 'function' ? await options.token(signal) : options.token;
      const { body, etag } = asked;
      const isForm = body instanceof URLSearchParams;
      const answer = await request(url, {
        dispatcher: agent,
        method: body ? 'POST' : 'GET',
        headers: {
          accept,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body ? { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' } : {}),
          ...(etag === undefined ? {} : { 'if-none-match': etag }),
          ...options.headers,
          ...asked.headers,
        },
        signal,
        ...(body ? { body: isForm ? body.toString() : JSON.stringify(body) } : {}),
      });
      return await read(answer, asked);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SourceFailure || error instanceof SourceNotReady) throw error;
      throw new SourceFailure(`${name} cannot be reached`);
    }
  }

  async function read(
    { statusCode: status, headers, body }: Dispatcher.ResponseData,
    asked: JsonRequest,
  ): Promise<JsonAnswer> {
    if (status >= 200 && status < 300) {
      const type = String(headers['content-type'] ?? '');
      const charset = CHARSET.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
      if (!JSON_MEDIA_TYPE.test(type) || !['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
        body.destroy();
        throw new SourceFailure(`${name} answered with something other than JSON in UTF-8`);
      }
      const { etag } = headers;
      const parsed = jsonOf(name, await bounded(name, body, mostBytes));
      return { status, body: parsed, ...(typeof etag === 'string' ? { etag } : {}) };
    }
    // Read to its end (a little, at most), so that the connection is kept.
    await body.dump({ limit: 65_536 });
    if (status === 304 && asked.etag !== undefined) return { status, body: undefined };
    if (status === 404 && asked.mayBeMissing) return { status, body: undefined };
    if (status === 429) throw new SourceBusy(`${name} is asked too often`, retryAfter(headers['retry-after']));
    if (status === 503) throw new SourceNotReady(`${name} is not ready to be read`);
    throw new SourceFailure(`${name} answered with status ${status}`);
  }

  return { ask, close: () => agent.destroy() };
}

async function bounded(name: string, body: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop destroys the body and its connection.
    if (size > mostBytes) throw new SourceFailure(`${name} answered with more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new SourceFailure(`${name} answered with something other than JSON in UTF-8`);
  }
}

/** Milliseconds of a Retry-After in seconds (RFC 9110 §10.2.3); a date or nonsense is undefined: the caller's own pace then. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

function tlsOf(name: string, tls: ClientCertificate) {
  try {
    return {
      cert: readFileSync(tls.certificateFile),
      key: readFileSync(tls.keyFile),
      ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
      ...(tls.authorityFile === undefined ? {} : { ca: readFileSync(tls.authorityFile) }),
    };
  } catch {
    throw new SourceFailure(`${name}: a certificate or key file cannot be read`);
  }
}
