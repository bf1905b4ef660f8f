/** A real HTTP server on loopback whose handler a test may change while it runs, and what was asked of it. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly url: string;
  /** `METHOD /path` of every request so far. */
  readonly asked: string[];
  /** Connections opened so far, and the most requests that were under way at once. */
  readonly seen: { connections: number; atOnce: number };
  handle(handler: RequestListener): void;
  stop(): Promise<void>;
}

export async function listen(first: RequestListener): Promise<Listening> {
  let handler = first;
  let underWay = 0;
  const asked: string[] = [];
  const seen = { connections: 0, atOnce: 0 };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    underWay += 1;
    seen.atOnce = Math.max(seen.atOnce, underWay);
    response.once('close', () => {
      underWay -= 1;
    });
    handler(request, response);
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    seen,
    handle: (next) => {
      handler = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
