/** The server half of a simulated web source: JSON over real HTTP on loopback. For the demo and tests. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const MOST_BYTES = 1_000_000;

/** A request as a simulator needs it. */
export interface JsonAsked {
  readonly method: string;
  /** The path, still percent-encoded. */
  readonly path: string;
  /** The body, if it is a JSON object of at most 1 MB. */
  body(): Promise<Record<string, unknown> | undefined>;
}
export type JsonReply = readonly [status: number, body: unknown];

/** A running simulator, and the options by which its adapter finds it. */
export interface Simulated<O> {
  readonly options: O;
  /** May be called twice. */
  stop(): Promise<void>;
}

/**
 * A listener that answers those who hold `token`, everybody else with 401 and `words(401)`; 500 when `answer` throws. A GET
 * answered with 200 carries an ETag and is answered with 304 when asked for by it.
 */
export function jsonListener(
  token: string,
  words: (status: number) => unknown,
  answer: (asked: JsonAsked) => Promise<JsonReply> | JsonReply,
): RequestListener {
  async function reply(request: IncomingMessage): Promise<JsonReply> {
    if (request.headers.authorization !== `Bearer ${token}`) return [401, words(401)];
    const { pathname } = new URL(request.url ?? '/', 'http://simulator');
    return answer({ method: request.method ?? 'GET', path: pathname, body: () => objectOf(request) });
  }
  return (request, response) => {
    reply(request).then(
      ([status, body]) => send(request, response, status, body),
      () => send(request, response, 500, words(500)),
    );
  };
}

/** Serves on a free port of 127.0.0.1. */
export async function serveOnLoopback(
  listener: RequestListener,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A segment of a path as it was before it was percent-encoded; nothing when that was done wrongly. */
export function decodedSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Adds to the list that stands under a key. */
export function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}

async function objectOf(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BYTES) return undefined;
    parts.push(part as Buffer);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function send(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  const headers: Record<string, string> = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  if (status === 200 && request.method === 'GET') {
    headers.etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
    if (request.headers['if-none-match'] === headers.etag) {
      response.writeHead(304, headers).end();
      return;
    }
  }
  response.writeHead(status, headers).end(text);
}
