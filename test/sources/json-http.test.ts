/** The one JSON client, over real sockets. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SourceBusy, SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { createJsonHttp, type JsonHttp, type JsonHttpOptions, type JsonRequest } from '../../src/sources/json-http.js';
import { type Listening, listen } from '../adapters/http-server.js';
import { head, type Speaking, speak } from './tcp-server.js';

const JSON_TYPE = 'content-type: application/json';
const signal = AbortSignal.timeout(25_000);
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

function over(baseUrl: string, options: Partial<JsonHttpOptions> = {}): JsonHttp {
  const http = createJsonHttp({ name: 'the service', baseUrl, ...options });
  running.push({ stop: () => http.close() });
  return http;
}

/** A client of a server that says these bytes to every request. */
async function saying(
  say: (socket: Socket, requestHead: string, nth: number) => void,
  options: Partial<JsonHttpOptions> = {},
): Promise<{ server: Speaking; http: JsonHttp }> {
  const server = await speak(say);
  running.push(server);
  return { server, http: over(server.url, options) };
}

async function serving(handler: Parameters<typeof listen>[0], options: Partial<JsonHttpOptions> = {}) {
  const server: Listening = await listen(handler);
  running.push(server);
  return { server, http: over(server.url, options) };
}

const failureOf = async (asked: Promise<unknown>): Promise<Error> => {
  const outcome = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('it was answered');
  return outcome;
};
/** An answer with a length, in one piece. */
const whole = (status: string, body: string | Buffer, ...lines: readonly string[]) =>
  Buffer.concat([
    Buffer.from(head(status, JSON_TYPE, `content-length: ${Buffer.byteLength(body)}`, ...lines)),
    Buffer.from(body),
  ]);

describe('asking for JSON: what is an answer', () => {
  it('is 200 with JSON in UTF-8, however it is written', async () => {
    for (const type of [
      'application/json',
      'application/json; charset="UTF-8"',
      'application/fhir+json;charset=utf-8',
    ]) {
      const { http } = await saying((socket) => {
        socket.write(head('200 OK', `content-type: ${type}`, 'transfer-encoding: chunked'));
        const bytes = Buffer.from('{"name":"Zoë"}');
        // A character split over two chunks.
        for (const part of [bytes.subarray(0, 12), bytes.subarray(12)])
          socket.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
        socket.write('0\r\n\r\n');
      });
      expect(await http.ask('/x', signal)).toEqual({ status: 200, body: { name: 'Zoë' } });
    }
  });

  it.each<[string, Buffer | string, RegExp]>([
    ['a latin-1 body called UTF-8', whole('200 OK', Buffer.from('{"name":"Zoë"}', 'latin1')), /JSON in UTF-8/],
    [
      'another charset',
      `${head('200 OK', 'content-type: application/json; charset=iso-8859-1', 'content-length: 2')}[]`,
      /JSON in UTF-8/,
    ],
    ['no content type', `${head('200 OK', 'content-length: 2')}[]`, /JSON in UTF-8/],
    ['a page', `${head('200 OK', 'content-type: text/html', 'content-length: 2')}[]`, /JSON in UTF-8/],
    [
      'two content types',
      `${head('200 OK', JSON_TYPE, 'content-type: text/html', 'content-length: 2')}[]`,
      /JSON in UTF-8/,
    ],
    [
      'compressed though nobody asked',
      Buffer.concat([
        Buffer.from(head('200 OK', JSON_TYPE, 'content-encoding: gzip', 'connection: close')),
        gzipSync('[]'),
      ]),
      /JSON in UTF-8/,
    ],
    ['JSON that stops', whole('200 OK', '{"rows":[{"name":"Quill'), /JSON in UTF-8/],
    ['an empty body', whole('200 OK', ''), /JSON in UTF-8/],
    ['a part of an answer', whole('206 Partial Content', '[]', 'content-range: bytes 0-1/900'), /status 206/],
    ['no content', head('204 No Content'), /status 204/],
    ['not modified, unasked', head('304 Not Modified'), /status 304/],
    ['no HTTP', 'QUILLAN DA-P-1\r\n\r\n', /cannot be reached/],
  ])('is not %s', async (_name, bytes, message) => {
    const { http } = await saying((socket) => socket.end(bytes));
    const failure = await failureOf(http.ask('/cases/DA-P-1', signal));
    expect(failure).toBeInstanceOf(SourceFailure);
    expect(failure.message).toMatch(message);
    expect(String(failure.stack)).not.toMatch(/Quillan|DA-P-1|127\.0\.0\.1:/i);
  });

  it.each([
    ['with a length', head('200 OK', JSON_TYPE, 'content-length: 900')],
    ['in chunks', `${head('200 OK', JSON_TYPE, 'transfer-encoding: chunked')}2\r\n`],
  ])('is not one that breaks off, %s, even where what came is whole JSON', async (_name, start) => {
    const { http } = await saying((socket) => socket.end(`${start}[]`));
    expect((await failureOf(http.ask('/x', signal))).message).toMatch(/^the service cannot be reached/);
  });

  it('is not one cut off by a reset', async () => {
    const { http } = await saying((socket) => {
      socket.write(`${head('200 OK', JSON_TYPE, 'content-length: 900')}[`, () => socket.resetAndDestroy());
    });
    expect((await failureOf(http.ask('/x', signal))).message).toMatch(/cannot be reached/);
  });

  it('is a missing thing only where it may be missing', async () => {
    const { http } = await saying((socket) => socket.write(whole('404 Not Found', '{}')));
    expect(await http.ask('/x', signal, { mayBeMissing: true })).toEqual({ status: 404, body: undefined });
    await expect(http.ask('/x', signal)).rejects.toThrow(/status 404/);
  });
});

describe('asking for JSON: bounds', () => {
  it('an announced body over the bound is not read', async () => {
    let written = 0;
    const { server, http } = await saying(
      (socket) => {
        socket.write(head('200 OK', JSON_TYPE, 'content-length: 104857600'));
        const piece = Buffer.alloc(65_536, 0x20);
        const more = () => {
          while (!socket.destroyed && socket.write(piece)) written += piece.length;
        };
        socket.on('drain', more);
        more();
      },
      { mostBytes: 1000 },
    );
    await expect(http.ask('/x', signal)).rejects.toThrow(/more than 1000 bytes/);
    await server.closed(1);
    expect(written).toBeLessThan(20 * 1024 * 1024);
  });

  it('an endless body ends at the bound, with its connection', async () => {
    const { server, http } = await saying(
      (socket) => {
        socket.write(head('200 OK', JSON_TYPE, 'transfer-encoding: chunked'));
        const piece = `4000\r\n${' '.repeat(0x4000)}\r\n`;
        const more = () => {
          while (!socket.destroyed && socket.write(piece));
        };
        socket.on('drain', more);
        more();
      },
      { mostBytes: 100_000 },
    );
    await expect(http.ask('/x', signal)).rejects.toThrow(/more than 100000 bytes/);
    await server.closed(1);
  });

  it('headers without end are a failure', async () => {
    const { http } = await saying((socket) => socket.write(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(200_000)}`));
    await expect(http.ask('/x', signal)).rejects.toThrow(/cannot be reached \(UND_ERR_HEADERS_OVERFLOW\)|\(HPE_/);
  });

  it('a failure whose body stalls is told at once, without its body', async () => {
    const { server, http } = await saying((socket) =>
      socket.write(`${head('500 Failed', JSON_TYPE, 'content-length: 900')}{`),
    );
    const began = performance.now();
    await expect(http.ask('/x', signal)).rejects.toThrow(/status 500/);
    expect(performance.now() - began).toBeLessThan(2000);
    await server.closed(1);
  });
});

describe('asking for JSON: where it goes', () => {
  it('a redirect is never followed', async () => {
    const other = await serving((_request, response) => response.end());
    for (const status of [301, 302, 303, 307, 308]) {
      const { http } = await serving(
        (_request, response) => response.writeHead(status, { location: `${other.server.url}/x` }).end(),
        { token: 'secret' },
      );
      await expect(http.ask('/x', signal, { body: { a: 1 } })).rejects.toThrow(`status ${status}`);
      await expect(http.ask('/x', signal)).rejects.toThrow(`status ${status}`);
    }
    expect(other.server.asked).toEqual([]);
  });

  it('an absolute address of another host is refused before anything is sent', async () => {
    const { server, http } = await serving((_request, response) => response.end());
    for (const path of [
      'https://elsewhere.example/x',
      server.url.replace('http', 'https'),
      `${server.url}0/x`,
      'x',
      '',
    ]) {
      await expect(http.ask(path, signal)).rejects.toThrow(/another host/);
    }
    expect(server.asked).toEqual([]);
  });

  it.each(['nonsense', 'ftp://service.example', 'https://user:secret@service.example'])(
    'an address like %s stops the client from being made, without telling it',
    (baseUrl) => {
      const made = () => createJsonHttp({ name: 'the service', baseUrl });
      expect(made).toThrow(SourceFailure);
      expect(made).not.toThrow(/secret|nonsense|ftp:/);
    },
  );

  it('nobody listening is a failure that says so', async () => {
    const { server, http } = await serving((_request, response) => response.end());
    await server.stop();
    await expect(http.ask('/x', signal)).rejects.toThrow('the service cannot be reached (ECONNREFUSED)');
  });
});

describe('asking for JSON: states', () => {
  const DATE = 'date: Mon, 23 Nov 2026 12:00:00 GMT';
  it.each<[string, readonly string[], number | undefined]>([
    ['seconds', ['retry-after: 120'], 120_000],
    ['a date by its own clock', ['retry-after: Mon, 23 Nov 2026 12:00:30 GMT', DATE], 30_000],
    ['a date that has passed', ['retry-after: Mon, 23 Nov 2026 11:00:00 GMT', DATE], 0],
    ['a date without its clock', ['retry-after: Mon, 23 Nov 2026 12:00:30 GMT'], undefined],
    ['nonsense', ['retry-after: soon', DATE], undefined],
    ['a number beyond reason', ['retry-after: 99999999999'], undefined],
    ['nothing', [], undefined],
  ])('429 is busy, and says when to ask again by %s', async (_name, lines, expected) => {
    const { http } = await saying((socket) => socket.write(whole('429 Too Many Requests', '{}', ...lines)));
    const failure = await failureOf(http.ask('/x', signal));
    expect(failure).toBeInstanceOf(SourceBusy);
    expect((failure as SourceBusy).retryAfterMs).toBe(expected);
  });

  it('503 is not ready, anything else a failure', async () => {
    const { http } = await saying((socket, requestHead) =>
      socket.write(whole(requestHead.includes('/loading') ? '503 Loading' : '502 Bad Gateway', '{}')),
    );
    expect(await failureOf(http.ask('/loading', signal))).toBeInstanceOf(SourceNotReady);
    expect(await failureOf(http.ask('/other', signal))).toBeInstanceOf(SourceFailure);
  });

  it('a failure may be explained from a closed list, and a body that explains nothing changes nothing', async () => {
    const { http } = await saying((socket, requestHead) =>
      socket.write(whole('400 Bad', requestHead.startsWith('GET /json') ? '{"code":"invalid"}' : 'Quillan')),
    );
    const explain: NonNullable<JsonRequest['explain']> = (body) =>
      (body as { code: string }).code === 'invalid' ? 'invalid' : undefined;
    await expect(http.ask('/json', signal, { explain })).rejects.toThrow(
      'the service answered with status 400 (invalid)',
    );
    await expect(http.ask('/text', signal, { explain })).rejects.toThrow(/status 400$/);
  });
});

describe('asking for JSON: connections', () => {
  it('one is kept through failures, missing things and answers', async () => {
    const { server, http } = await serving((request, response) => {
      const status = Number(request.url?.slice(1));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"no"}');
    });
    for (const status of [500, 404, 429, 503, 401, 400, 200, 502, 200])
      await http.ask(`/${status}`, signal).catch((error: unknown) => expect(error).toBeInstanceOf(Error));
    // The second is opened while the first is being given back.
    expect([server.asked.length, server.seen.connections <= 2]).toEqual([9, true]);
  });

  it('after a reset, a body over the bound or a break in the body, the next question is asked anew', async () => {
    const ways = ['reset', 'huge', 'break'];
    const { server, http } = await saying(
      (socket, requestHead) => {
        if (requestHead.includes('/reset')) socket.resetAndDestroy();
        else if (requestHead.includes('/huge')) socket.write(whole('200 OK', `"${'a'.repeat(5000)}"`));
        else if (requestHead.includes('/break')) socket.end(`${head('200 OK', JSON_TYPE, 'content-length: 900')}[`);
        else socket.write(whole('200 OK', '[1]'));
      },
      { mostBytes: 1000 },
    );
    for (const way of ways) {
      await expect(http.ask(`/${way}`, signal)).rejects.toThrow(SourceFailure);
      expect((await http.ask('/good', signal)).body).toEqual([1]);
    }
    expect(server.sockets.length).toBeGreaterThan(1);
  });

  it('bytes after an answer are never taken for the next one', async () => {
    const { http } = await saying((socket, _head, nth) =>
      socket.write(
        Buffer.concat([whole('200 OK', `[${nth}]`), nth === 1 ? whole('200 OK', '["smuggled"]') : Buffer.alloc(0)]),
      ),
    );
    expect((await http.ask('/1', signal)).body).toEqual([1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await http.ask('/2', signal)).body).toEqual([2]);
  });

  it('closed, it asks no more', async () => {
    const { server, http } = await serving((_request, response) => response.end());
    await http.close();
    await expect(http.ask('/x', signal)).rejects.toThrow(SourceFailure);
    expect(server.asked).toEqual([]);
  });
});

describe('asking for JSON: the deadline', () => {
  it.each([
    ['before the head', () => undefined],
    ['in the head', (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nx-a: ')],
    ['in the body', (socket: Socket) => void socket.write(`${head('200 OK', JSON_TYPE, 'content-length: 900')}[1,`)],
  ])('passing %s gives the reason back and lets the connection go', async (_name, say) => {
    const heard: Socket[] = [];
    const { server, http } = await saying((socket) => {
      heard.push(socket);
      say(socket);
    });
    const controller = new AbortController();
    const reason = new Error('deadline');
    const answer = http.ask('/x', controller.signal);
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 30));
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await server.closed(1);
  });

  it('passed already, nothing is sent, and no token is fetched', async () => {
    let fetched = 0;
    const { server, http } = await serving((_request, response) => response.end(), {
      token: async () => {
        fetched += 1;
        return 'token';
      },
    });
    const reason = new Error('deadline');
    await expect(http.ask('/x', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect([server.asked, fetched]).toEqual([[], 0]);
  });

  it('of one of two that ask at once does not touch the other', async () => {
    const sockets: Socket[] = [];
    const { http } = await saying((socket) => sockets.push(socket));
    const controller = new AbortController();
    const [first, second] = [http.ask('/1', controller.signal), http.ask('/2', signal)];
    while (sockets.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error('deadline'));
    await expect(first).rejects.toThrow('deadline');
    for (const socket of sockets) if (!socket.destroyed) socket.write(whole('200 OK', '[2]'));
    expect((await second).body).toEqual([2]);
  });

  it('leaves no listener behind on the signal', async () => {
    const { http } = await serving((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]'),
    );
    const controller = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = controller.signal;
    controller.signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listeners += 1;
      return addEventListener.apply(controller.signal, given);
    };
    controller.signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      return removeEventListener.apply(controller.signal, given);
    };
    for (let i = 0; i < 20; i += 1) await http.ask('/x', controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(listeners).toBeLessThanOrEqual(0);
  });
});

describe('asking for JSON: conditionally, within one operation', () => {
  /** A server whose answer may change; says which requests were conditional. */
  async function versions(etag: (version: number) => string = (version) => `"v${version}"`) {
    const state = { version: 1, asked: [] as (string | undefined)[] };
    const { http } = await serving((request, response) => {
      state.asked.push(request.headers['if-none-match']);
      const headers = { 'content-type': 'application/json', etag: etag(state.version) };
      if (request.headers['if-none-match'] === headers.etag) response.writeHead(304, headers).end();
      else response.writeHead(200, headers).end(JSON.stringify({ version: state.version }));
    });
    return { state, http };
  }

  it('asks each time, and reuses what the source says has not changed', async () => {
    const { state, http } = await versions();
    const within = {};
    const first = await http.ask('/x', signal, { within });
    const second = await http.ask('/x', signal, { within });
    expect(second).toEqual({ status: 200, body: { version: 1 }, etag: '"v1"' });
    expect(second.body).toBe(first.body);
    state.version = 2;
    expect((await http.ask('/x', signal, { within })).body).toEqual({ version: 2 });
    expect(state.asked).toEqual([undefined, '"v1"', '"v1"']);
  });

  it('keeps nothing for another operation, another address, or none', async () => {
    const { state, http } = await versions();
    const within = {};
    await http.ask('/x', signal, { within });
    await http.ask('/x', signal, { within: {} });
    await http.ask('/y', signal, { within });
    await http.ask('/x', signal);
    await http.ask('/x', signal, { within, body: { a: 1 } });
    expect(state.asked).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('rests on strong validators only', async () => {
    const { state, http } = await versions((version) => `W/"v${version}"`);
    const within = {};
    await http.ask('/x', signal, { within });
    expect((await http.ask('/x', signal, { within })).body).toEqual({ version: 1 });
    expect(state.asked).toEqual([undefined, undefined]);
  });

  it('a failure is not papered over with what was answered before', async () => {
    let isDown = false;
    const { http } = await serving((_request, response) =>
      response.writeHead(isDown ? 500 : 200, { 'content-type': 'application/json', etag: '"v"' }).end('{}'),
    );
    const within = {};
    await http.ask('/x', signal, { within });
    isDown = true;
    await expect(http.ask('/x', signal, { within })).rejects.toThrow(/status 500/);
  });
});

describe('asking for JSON: tokens', () => {
  const guarded = (good: () => string) => (request: IncomingMessage, response: ServerResponse) =>
    response
      .writeHead(request.headers.authorization === `Bearer ${good()}` ? 200 : 401, {
        'content-type': 'application/json',
      })
      .end('[]');

  it('one that is refused is fetched anew, once', async () => {
    const refused: string[] = [];
    const token = Object.assign(async () => (refused.length === 0 ? 'old' : 'new'), {
      refused: (old: string) => void refused.push(old),
    });
    const { server, http } = await serving(
      guarded(() => 'new'),
      { token },
    );
    expect((await http.ask('/x', signal)).body).toEqual([]);
    expect([refused, server.asked.length]).toEqual([['old'], 2]);
  });

  it('one refused twice is a failure, as is a token that stands in the configuration', async () => {
    const token = Object.assign(async () => 'old', { refused: () => undefined });
    const { server, http } = await serving(
      guarded(() => 'new'),
      { token },
    );
    await expect(http.ask('/x', signal)).rejects.toThrow(/status 401/);
    expect(server.asked).toHaveLength(2);
    const plain = await serving(
      guarded(() => 'new'),
      { token: 'old' },
    );
    await expect(plain.http.ask('/x', signal)).rejects.toThrow(/status 401/);
    expect(plain.server.asked).toHaveLength(1);
  });

  it('none to be had: nothing is sent', async () => {
    const { server, http } = await serving((_request, response) => response.end(), {
      token: async () => {
        throw new SourceFailure('the token server of the service gave no bearer token');
      },
    });
    await expect(http.ask('/x', signal)).rejects.toThrow(/gave no bearer token/);
    expect(server.asked).toEqual([]);
  });
});

it('a server that half-closes after its answer is heard', async () => {
  const { server, http } = await saying((socket) => socket.end(whole('200 OK', '[1]')));
  expect((await http.ask('/x', signal)).body).toEqual([1]);
  const [socket] = server.sockets;
  if (socket && !socket.destroyed) await once(socket, 'close');
  expect((await http.ask('/x', signal)).body).toEqual([1]);
});
