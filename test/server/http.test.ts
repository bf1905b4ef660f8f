import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { HTTP_REFUSALS, type HttpRefusal } from '../../src/server/refusals.js';
import { openRoom, type Room, sendBytes } from './room.js';
import { AT, forged, type TestIssuer, testIssuer } from './tokens.js';

let council: TestIssuer;
let room: Room;
let token: string;

beforeAll(async () => {
  council = await testIssuer('council', 'council');
  token = await council.token();
  room = await openRoom({ issuer: council });
});
afterAll(() => room.stop());

const post = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
  fetch(`${room.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body }),
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);

async function expectRefusal(response: Response, code: HttpRefusal): Promise<void> {
  const { status, message } = HTTP_REFUSALS[code];
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expectClosed(response);
}

function expectClosed({ headers }: Response): void {
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('vary')).toBe('Authorization');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('x-powered-by')).toBeNull();
}

describe('an operation over POST', () => {
  it('is answered to whom the token says', async () => {
    const response = await room.ask(token, '{ who }');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: { who: 'w-ada of council' } });
    expectClosed(response);
    expect(response.headers.get('x-request-id')).toMatch(/^request-\d+$/);
  });

  it('is given an id of ours, not the one it brings', async () => {
    const response = await room.ask(token, '{ who }', { 'x-request-id': 'canary-person' });
    expect(response.headers.get('x-request-id')).toMatch(/^request-\d+$/);
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
  ])('may be %s', async (type) => {
    expect((await post('{"query":"{ who }"}', { 'content-type': type })).status).toBe(200);
  });

  it('follows the GraphQL over HTTP specification', async () => {
    const audits = serverAudits({
      url: `${room.url}/graphql`,
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, {
          ...init,
          headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` },
        }),
    });
    const failed: string[] = [];
    for (const audit of audits) {
      const result = await audit.fn();
      if (result.status === 'error') failed.push(`${audit.name}: ${result.reason}`);
    }
    expect(failed).toEqual([]);
  });
});

describe('sign-in', () => {
  it('is refused in the same bytes whatever is wrong with the token', async () => {
    const refused = [
      undefined,
      '',
      'nonsense',
      await council.token({ exp: AT - 100 }),
      await council.token({ aud: 'payroll' }),
      await council.token({ agency: 'trust' }),
      await council.token({ iss: 'https://stranger.invalid' }),
      forged({ alg: 'none' }, {}),
      'x'.repeat(9_000),
    ];
    const seen = new Set<string>();
    for (const wrong of refused) {
      const response = await room.ask(wrong, '{ who }');
      const headers = [...response.headers].filter(([name]) => !['x-request-id', 'date'].includes(name));
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      await expectRefusal(response.clone(), 'UNAUTHENTICATED');
      seen.add(JSON.stringify([headers, await response.text()]));
    }
    expect(seen.size).toBe(1);
  });

  it('comes before the document, the body and the media type are looked at', async () => {
    const before = room.parsed();
    await expectRefusal(await room.ask(undefined, '{ who }'), 'UNAUTHENTICATED');
    await expectRefusal(await room.ask(undefined, '{{{'), 'UNAUTHENTICATED');
    await expectRefusal(await post('not json', { authorization: '' }), 'UNAUTHENTICATED');
    await expectRefusal(await post('x', { authorization: '', 'content-type': 'text/plain' }), 'UNAUTHENTICATED');
    expect(room.parsed()).toBe(before);
  });

  it('answers before the body has been sent', async () => {
    const answer = await sendBytes(
      room.url,
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('that fails in an unforeseen way is a refusal like any other', async () => {
    const broken = await openRoom({
      issuer: council,
      signIn: () => Promise.reject(new Error('key store at Canary Street')),
    });
    await expectRefusal(await broken.ask(token, '{ who }'), 'UNAUTHENTICATED');
    expect(broken.lines.join()).toContain('sign-in failed');
    expect(broken.lines.join()).not.toContain('Canary');
    await broken.stop();
  });
});

describe('a request is refused that', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('uses %s', async (method) => {
    const response = await fetch(`${room.url}/graphql?query={who}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.headers.get('allow')).toBe('POST');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    await expectRefusal(response, 'METHOD_NOT_ALLOWED');
  });

  it('uses HEAD', async () => {
    const response = await fetch(`${room.url}/graphql?query={who}`, { method: 'HEAD' });
    expect(response.status).toBe(405);
    expectClosed(response);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-7',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; profile=x',
    'application/json, text/plain',
    'application/jsonx',
  ])('is %s', async (type) => {
    await expectRefusal(await post('{"query":"{ who }"}', { 'content-type': type }), 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('names no media type, or is compressed', async () => {
    await expectRefusal(
      await post(new Blob(['{"query":"{ who }"}']), { 'content-type': '' }),
      'UNSUPPORTED_MEDIA_TYPE',
    );
    await expectRefusal(await post('{"query":"{ who }"}', { 'content-encoding': 'gzip' }), 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('is larger than allowed, whether it says so or not', async () => {
    const large = JSON.stringify({ query: '{ who }', variables: { text: 'x'.repeat(101 * 1024) } });
    await expectRefusal(await post(large), 'CONTENT_TOO_LARGE');
    const unsaid = new Blob([large]).stream();
    await expectRefusal(await post(unsaid as unknown as ReadableStream), 'CONTENT_TOO_LARGE');
  });

  it.each([
    ['no JSON', '{"query":'],
    ['empty', ''],
    ['a batch', '[{"query":"{ who }"},{"query":"{ who }"}]'],
    ['a batch of one', '[{"query":"{ who }"}]'],
    ['an empty batch', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['poisoned', '{"query":"{ who }","__proto__":{"x":1}}'],
    ['poisoned by way of constructor', '{"query":"{ who }","variables":{"constructor":{"prototype":{"x":1}}}}'],
  ])('is %s', async (_what, body) => {
    const before = room.parsed();
    await expectRefusal(await post(body), 'BAD_REQUEST');
    expect(room.parsed()).toBe(before);
  });

  it('goes to another path', async () => {
    for (const path of [
      '/',
      '/graphql/',
      '/GraphQL',
      '/graphql/x',
      '/health',
      '/favicon.ico',
      '/.env',
      `/${'x'.repeat(200)}`,
    ]) {
      await expectRefusal(await fetch(`${room.url}${path}`), 'NOT_FOUND');
    }
    await expectRefusal(
      await fetch(`${room.url}/`, { method: 'POST', body: 'x', headers: { 'content-type': 'text/xml' } }),
      'NOT_FOUND',
    );
    await expectRefusal(await fetch(`${room.url}/%zz`), 'BAD_REQUEST');
  });

  it('names a host that is none', async () => {
    const body = '{"query":"{ who }"}';
    const rest = `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    for (const host of ['a b', '[', '<canary>', '']) {
      const answer = await sendBytes(room.url, `POST /graphql HTTP/1.1\r\nHost: ${host}\r\n${rest}`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toMatch(/cache-control: no-store/i);
      expect(answer).not.toContain('canary');
    }
  });

  it('is not HTTP, or has headers without end', async () => {
    const nonsense = await sendBytes(room.url, 'GIVE ME /everything\r\n\r\n');
    expect(nonsense).toMatch(/^HTTP\/1\.1 400 /);
    expect(nonsense).toMatch(/cache-control: no-store\r\nvary: Authorization\r\n/);
    expect(nonsense).toContain('"code":"BAD_REQUEST"');
    const endless = await sendBytes(room.url, `GET /graphql HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(endless).toMatch(/^HTTP\/1\.1 431 /);
    expect(endless).toMatch(/cache-control: no-store/);
  });
});

describe('errors of the graph', () => {
  it('are not stored either', async () => {
    expectClosed(await room.ask(token, '{ unknown }'));
    expectClosed(await room.ask(token, '{ fails }'));
    expectClosed(await room.ask(token, '{ who }', { accept: 'text/html' }));
  });

  it('while the context is made reach Apollo, and no line of the log carries their text', async () => {
    const broken = await openRoom({ issuer: council, context: () => Promise.reject(new Error('Canary Person')) });
    expectClosed(await broken.ask(token, '{ who }'));
    expect(broken.lines.join()).not.toContain('Canary');
    await broken.stop();
  });
});

describe('the log', () => {
  it('has a line for each answer, and nothing of the request', async () => {
    const quiet = await openRoom({ issuer: council });
    await quiet.ask(token, 'query CanaryName { who }', {
      'user-agent': 'canary-agent',
      'x-forwarded-for': '192.0.2.7',
    });
    await fetch(`${quiet.url}/canary-path?person=canary`);
    await quiet.stop();
    const answered = quiet.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'answered');
    expect(answered).toEqual([
      {
        level: 'info',
        time: '2026-11-23T10:00:00.000Z',
        requestId: 'request-1',
        route: '/graphql',
        method: 'POST',
        status: 200,
        ms: expect.any(Number),
        msg: 'answered',
      },
      {
        level: 'info',
        time: '2026-11-23T10:00:00.000Z',
        requestId: 'request-2',
        route: 'none',
        method: 'GET',
        status: 404,
        ms: expect.any(Number),
        msg: 'answered',
      },
    ]);
    expect(quiet.lines.join('')).not.toMatch(/canary|192\.0\.2|127\.0\.0\.1:\d+.*answered|w-ada|eyJ/i);
  });
});
