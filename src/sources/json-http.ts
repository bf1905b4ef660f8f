/**
 * JSON over HTTP, as every web source is asked: one bounded body, decoded strictly, under the caller's signal, with the
 * credentials and certificates an authority gives; redirects are never followed. Messages hold the source's name, a status
 * and an error code; never an address, an identifier or content.
 */
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { Agent, type Dispatcher, request } from 'undici';
import { SourceBusy, SourceFailure, SourceNotReady } from './contract.js';

/** What fetches a bearer token that is still good; called once per request, so it keeps what it fetched. */
export interface TokenSource {
  (signal: AbortSignal): Promise<string>;
  /** Told that the service no longer takes this token (401): the next call fetches another, and the request is sent once more. */
  readonly refused?: (token: string) => void;
}

/**
 * The certificates of a connection, as paths of PEM files, read once: after a renewal the gateway is started again. The
 * server's certificate and host name are always checked; there is no switch that turns this off.
 */
export interface ClientCertificate {
  /** Ours, for mutual TLS (RFC 8705), with the authorities between it and the root; together with `keyFile` or not at all. */
  readonly certificateFile?: string;
  readonly keyFile?: string;
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

/** What was answered: 200, 304, or 404 where the request allows it. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined for 304 and 404. Not to be changed: within an operation it may be given again. */
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
  /**
   * The operation on whose behalf a GET is asked: while that object lives, what it was answered under a strong ETag is
   * asked for conditionally and reused on 304 (RFC 9110 §13.1.2). The source is asked each time, and nothing is shared
   * between operations.
   */
  readonly within?: object;
  /** Words for the message of a failure, from the JSON of its body; only from a closed list: the body is the source's. */
  readonly explain?: (body: unknown) => string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JsonHttp {
  /**
   * Asks `path` (absolute URLs only of the base's origin: anything else would carry the token there). Rejects with the
   * signal's reason once it is aborted; with SourceBusy on 429, SourceNotReady on 503, SourceFailure on anything else that
   * is not an answer.
   */
  ask(path: string, signal: AbortSignal, request?: JsonRequest): Promise<JsonAnswer>;
  /** Closes every connection; asking afterwards is a SourceFailure. */
  close(): Promise<void>;
}

interface Kept {
  readonly etag: string;
  readonly body: unknown;
}

const MOST_BYTES = 16 * 1024 * 1024;
/** How much of a failure's body is read, and for how long, so that its connection can be kept. */
const MOST_FAILURE_BYTES = 65_536;
const MOST_FAILURE_MS = 250;
/** The most answers kept for one operation. */
const MOST_KEPT = 256;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([\w-]+)/i;
const UTF_8 = ['utf-8', 'utf8', 'us-ascii'];
const STRONG_ETAG = /^"[\x21\x23-\x7e\x80-\xff]*"$/;

/** Throws SourceFailure when the address is none, or a certificate or key cannot be read or used. */
export function createJsonHttp(options: JsonHttpOptions): JsonHttp {
  const { name, accept = 'application/json', mostBytes = MOST_BYTES, token: tokens } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  const origin = originOf(name, base);
  const agent = createAgent(name, options.tls);
  const keptBy = new WeakMap<object, Map<string, Kept>>();

  function urlOf(path: string): string {
    const url = path.startsWith('/') ? `${base}${path}` : path;
    if (!URL.canParse(url) || new URL(url).origin !== origin) throw new SourceFailure(`${name} points to another host`);
    return url;
  }

  async function ask(path: string, signal: AbortSignal, asked: JsonRequest = {}): Promise<JsonAnswer> {
    signal.throwIfAborted();
    const url = urlOf(path);
    const kept = asked.body === undefined ? keptOf(asked.within) : undefined;
    const known = kept?.get(url);
    try {
      const answer = await send(url, signal, known ? { ...asked, etag: known.etag } : asked);
      if (answer.status === 304 && known) return { status: 200, ...known };
      const { status, body, etag } = answer;
      if (kept && status === 200 && etag !== undefined && STRONG_ETAG.test(etag) && kept.size < MOST_KEPT)
        kept.set(url, { etag, body });
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SourceFailure || error instanceof SourceNotReady) throw error;
      throw new SourceFailure(`${name} cannot be reached${codeOf(error)}`);
    }
  }

  function keptOf(operation: object | undefined): Map<string, Kept> | undefined {
    if (operation === undefined) return undefined;
    const kept = keptBy.get(operation) ?? new Map<string, Kept>();
    keptBy.set(operation, kept);
    return kept;
  }

  /** Sends with a token, and once more with another when the service no longer takes the one that was kept. */
  async function send(url: string, signal: AbortSignal, asked: JsonRequest): Promise<JsonAnswer> {
    if (typeof tokens !== 'function') return read(await sendOnce(url, signal, asked, tokens), asked);
    const token = await tokens(signal);
    const answer = await sendOnce(url, signal, asked, token);
    if (answer.statusCode !== 401 || !tokens.refused) return read(answer, asked);
    await restOf(answer.body);
    tokens.refused(token);
    return read(await sendOnce(url, signal, asked, await tokens(signal)), asked);
  }

  function sendOnce(url: string, signal: AbortSignal, { body, etag, headers }: JsonRequest, token?: string) {
    const isForm = body instanceof URLSearchParams;
    return request(url, {
      dispatcher: agent,
      method: body ? 'POST' : 'GET',
      headers: {
        accept,
        'accept-encoding': 'identity',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' } : {}),
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
        ...options.headers,
        ...headers,
      },
      signal,
      ...(body ? { body: isForm ? body.toString() : JSON.stringify(body) } : {}),
    });
  }

  async function read(answer: Dispatcher.ResponseData, asked: JsonRequest): Promise<JsonAnswer> {
    const { statusCode: status, headers, body } = answer;
    if (status === 200) {
      const { etag } = headers;
      const parsed = jsonOf(name, await wholeBody(name, answer, mostBytes));
      return { status, body: parsed, ...(typeof etag === 'string' ? { etag } : {}) };
    }
    const rest = await restOf(body);
    if (status === 304 && asked.etag !== undefined) return { status, body: undefined };
    if (status === 404 && asked.mayBeMissing) return { status, body: undefined };
    const why = asked.explain && explained(asked.explain, rest);
    const said = why === undefined ? '' : ` (${why})`;
    if (status === 429)
      throw new SourceBusy(`${name} is asked too often${said}`, retryAfter(headers['retry-after'], headers.date));
    if (status === 503) throw new SourceNotReady(`${name} is not ready to be read${said}`);
    throw new SourceFailure(`${name} answered with status ${status}${said}`);
  }

  return { ask, close: () => agent.destroy() };
}

/** The connections to one service. Throws SourceFailure when a certificate or key cannot be read or used. */
export function createAgent(name: string, tls?: ClientCertificate): Agent {
  // Shorter than servers keep an idle connection, so that none is used while its server closes it.
  return new Agent({ connections: 64, keepAliveTimeout: 4_000, ...(tls ? { connect: tlsOf(name, tls) } : {}) });
}

function originOf(name: string, base: string): string {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new SourceFailure(`${name}: its address is not a URL`);
  if (url.username !== '' || url.password !== '')
    throw new SourceFailure(`${name}: its address holds credentials; give a token, oauth or a certificate instead`);
  return url.origin;
}

/** The body of a good answer. Leaving the loop destroys the body and its connection. */
async function wholeBody(name: string, { headers, body }: Dispatcher.ResponseData, mostBytes: number): Promise<Buffer> {
  const refuse = (why: string): never => {
    body.on('error', () => undefined).destroy();
    throw new SourceFailure(`${name} answered with ${why}`);
  };
  const type = String(headers['content-type'] ?? '');
  const charset = CHARSET.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (!JSON_MEDIA_TYPE.test(type) || !UTF_8.includes(charset) || encoding !== 'identity') return refuse(NOT_JSON);
  if (Number(headers['content-length'] ?? 0) > mostBytes) return refuse(`more than ${mostBytes} bytes`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) return refuse(`more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body of a failure, if it is small and comes soon; else its connection is given up. Never rejects. */
async function restOf(body: Dispatcher.ResponseData['body']): Promise<Buffer | undefined> {
  const timer = setTimeout(() => body.destroy(), MOST_FAILURE_MS);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_FAILURE_BYTES) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

const NOT_JSON = 'something other than JSON in UTF-8';

function jsonOf(name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new SourceFailure(`${name} answered with ${NOT_JSON}`);
  }
}

function explained(explain: (body: unknown) => string | undefined, rest: Buffer | undefined): string | undefined {
  try {
    return explain(JSON.parse((rest ?? Buffer.alloc(0)).toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Milliseconds of a Retry-After (RFC 9110 §10.2.3): seconds, or a date, counted by the source's own clock. */
function retryAfter(header: string | string[] | undefined, date: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const after = Date.parse(header) - Date.parse(String(date));
  return Number.isFinite(after) ? Math.max(0, after) : undefined;
}

/** An error's code where it is of the known form: a driver's message can quote an address. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? ` (${code})` : '';
}

function tlsOf(name: string, tls: ClientCertificate): SecureContextOptions {
  const { certificateFile, keyFile, passphrase, authorityFile } = tls;
  if ((certificateFile === undefined) !== (keyFile === undefined))
    throw new SourceFailure(`${name}: certificateFile and keyFile belong together`);
  const read = (setting: string, file: string) => {
    try {
      return readFileSync(file);
    } catch {
      throw new SourceFailure(`${name}: the file of ${setting} cannot be read`);
    }
  };
  const material = {
    ...(certificateFile === undefined ? {} : { cert: read('certificateFile', certificateFile) }),
    ...(keyFile === undefined ? {} : { key: read('keyFile', keyFile) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(authorityFile === undefined ? {} : { ca: read('authorityFile', authorityFile) }),
  };
  try {
    createSecureContext(material);
  } catch {
    throw new SourceFailure(`${name}: the certificate, its key and passphrase, and the authority do not fit together`);
  }
  return material;
}
