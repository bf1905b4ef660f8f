/** A server that speaks bytes, for answers that no HTTP library would send. */
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Speaking {
  readonly url: string;
  /** Every connection so far, in order. */
  readonly sockets: Socket[];
  /** Resolves when the n-th connection (from 1) was closed. */
  closed(n: number): Promise<void>;
  stop(): Promise<void>;
}

/** `say` is called for each whole request head; it writes what it likes. */
export async function speak(say: (socket: Socket, head: string, nth: number) => void): Promise<Speaking> {
  const sockets: Socket[] = [];
  const closes: Promise<void>[] = [];
  let requests = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    closes.push(new Promise((resolve) => socket.once('close', () => resolve())));
    let heard = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      for (let end = heard.indexOf('\r\n\r\n'); end >= 0; end = heard.indexOf('\r\n\r\n')) {
        const head = heard.slice(0, end);
        heard = heard.slice(end + 4 + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0));
        requests += 1;
        say(socket, head, requests);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    closed: async (n) => closes[n - 1],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The head of an answer, with these lines. */
export function head(status: string, ...lines: readonly string[]): string {
  return `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}
