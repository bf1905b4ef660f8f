/**
 * A TCP proxy on loopback that stands before a real server and spoils what it says: at the level of bytes (nothing there,
 * late, stalled, closed by half, reset) for whatever is spoken through it, and at the level of HTTP answers (statuses,
 * bodies, headers) where that is HTTP. The server behind it is the real one; what it answers is spoilt on its way.
 */
import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** What becomes of the bytes that the server sends on one connection. */
export type ByteFault =
  /** Each piece comes so many milliseconds late. */
  | { readonly late: number }
  /** So many bytes of an answer go through, then: nothing more, an end of this direction, or a reset. */
  | { readonly after: number; readonly finally: 'stall' | 'half-close' | 'reset' };

/** An answer on its way: what the server said, to be changed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What an answer is made into; `endless` is a body of so many bytes after the headers. */
export interface Spoilt extends Partial<Answer> {
  readonly endless?: number;
}

export interface FaultProxy {
  readonly port: number;
  /** Connections refused from now on; open ones are reset. */
  refuse(): Promise<void>;
  spoilBytes(fault: ByteFault): void;
  /** Throws at its first use where the server behind does not speak HTTP. What is promised is held until then. */
  spoilAnswers(change: (answer: Answer, path: string) => Spoilt | Promise<Spoilt>): void;
  /** As if there were no proxy. */
  heal(): Promise<void>;
  /** Answers that came out other than they went in, and the most bytes of an endless body that were taken. */
  readonly done: { spoilt: number; bytes: number };
  stop(): Promise<void>;
}

export async function startFaultProxy(upstream: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  let bytes: ByteFault | undefined;
  let answers: ((answer: Answer, path: string) => Spoilt | Promise<Spoilt>) | undefined;
  const done = { spoilt: 0, bytes: 0 };
  const open = new Set<Socket>();
  const http = createHttpServer((asked, response) => void passOn(asked, response).catch(() => response.destroy()));

  async function passOn(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await answerOf(upstream, asked);
    const { endless, ...change } = (await answers?.(answer, asked.url ?? '')) ?? {};
    const given = { ...answer, ...change };
    const isSpoilt = endless !== undefined || given.status !== answer.status || !given.body.equals(answer.body);
    if (isSpoilt || JSON.stringify(given.headers) !== JSON.stringify(answer.headers)) done.spoilt += 1;
    const { 'transfer-encoding': _, 'content-length': __, ...headers } = given.headers;
    response.sendDate = headers['date'] === undefined;
    response.writeHead(given.status, {
      ...headers,
      ...(endless === undefined ? { 'content-length': given.body.length } : {}),
    });
    if (endless === undefined) return void response.end(given.body);
    const chunk = Buffer.alloc(64 * 1024, ' ');
    for (let sent = 0; sent < endless && !response.destroyed; sent += chunk.length) {
      done.bytes = Math.max(done.bytes, sent);
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  }

  function tunnel(client: Socket, fault: ByteFault | undefined): void {
    const server = connect(upstream.port, upstream.host);
    track(server);
    client.on('data', (data) => server.write(data));
    client.on('end', () => server.end());
    client.on('close', () => server.destroy());
    server.on('close', () => {
      if (fault === undefined || 'late' in fault) client.end();
    });
    let passed = 0;
    server.on('data', async (data) => {
      if (fault === undefined) return void client.write(data);
      if ('late' in fault) {
        await setTimeout(fault.late);
        if (!client.destroyed) client.write(data);
        return;
      }
      const rest = fault.after - passed;
      passed += data.length;
      if (rest <= 0) return;
      if (data.length < rest) return void client.write(data);
      done.spoilt += 1;
      client.write(data.subarray(0, rest), () => {
        if (fault.finally === 'half-close') client.end();
        if (fault.finally === 'reset') client.resetAndDestroy();
      });
    });
  }

  function track(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    track(client);
    if (answers) http.emit('connection', client);
    else tunnel(client, bytes);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  /** Kept connections would go on as before. */
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      cut();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    done,
    refuse: close,
    spoilBytes(fault) {
      bytes = fault;
      cut();
    },
    spoilAnswers(change) {
      answers = change;
      cut();
    },
    async heal() {
      bytes = undefined;
      answers = undefined;
      cut();
      if (!server.listening) await listen(port);
    },
    stop: async () => {
      http.closeAllConnections();
      if (server.listening) await close();
    },
  };
}

/** What the server says to this request, whole. */
async function answerOf(upstream: { host: string; port: number }, asked: IncomingMessage): Promise<Answer> {
  const body = await wholeOf(asked);
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method, url, headers } = asked;
    request({ ...upstream, method, path: url, headers, agent: false }, resolve)
      .on('error', reject)
      .end(body);
  });
  const headers = Object.fromEntries(
    Object.entries(answered.headers).map(([name, value]) => [name, String(value)] as const),
  );
  const { connection: _, 'keep-alive': __, ...kept } = headers;
  return { status: answered.statusCode ?? 0, headers: kept, body: await wholeOf(answered) };
}

async function wholeOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function once(emitter: ServerResponse, event: string): Promise<void> {
  return new Promise((resolve) => emitter.once(event, () => resolve()));
}
