import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { countRefusedSignIns, createMetrics } from '../../src/server/metrics.js';
import { openRoom } from './room.js';
import { type TestIssuer, testIssuer } from './tokens.js';

let council: TestIssuer;
let token: string;
beforeAll(async () => {
  council = await testIssuer('council', 'council');
  token = await council.token();
});

describe('health', () => {
  it('is live as long as the process answers, ready or not', async () => {
    const room = await openRoom({ issuer: council, readiness: async () => ['store'] });
    const response = await fetch(`${room.url}/health/live`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ live: true });
    expect(response.headers.get('cache-control')).toBe('no-store');
    await room.stop();
  });

  it('is ready when nothing is missing, else names what is', async () => {
    const missing: string[] = [];
    const room = await openRoom({ issuer: council, readiness: async () => missing });
    const ready = await fetch(`${room.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, notReady: [] }]);
    missing.push('store', 'social-care');
    const notReady = await fetch(`${room.url}/health/ready`);
    expect([notReady.status, await notReady.json()]).toEqual([
      503,
      { ready: false, notReady: ['store', 'social-care'] },
    ]);
    await room.stop();
  });

  it('is not ready when that cannot be asked, and does not say why', async () => {
    const room = await openRoom({
      issuer: council,
      readiness: () => Promise.reject(new Error('mssql://user:canary@host')),
    });
    const response = await fetch(`${room.url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([503, { ready: false, notReady: ['readiness'] }]);
    expect(room.lines.join('')).not.toContain('canary');
    await room.stop();
  });
});

describe('metrics', () => {
  it('count by route, method and status only', async () => {
    const room = await openRoom({ issuer: council });
    await room.ask(token, '{ who }');
    await room.ask(undefined, '{ who }');
    await fetch(`${room.url}/people/canary?name=canary`);
    const response = await fetch(`${room.url}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(text).toContain('threshold_http_requests_total{route="/graphql",method="POST",status="200"} 1');
    expect(text).toContain('threshold_http_requests_total{route="/graphql",method="POST",status="401"} 1');
    expect(text).toContain('threshold_http_requests_total{route="none",method="GET",status="404"} 1');
    expect(text).not.toMatch(/canary|w-ada|council/);
    await room.stop();
  });

  it('count refused sign-ins by reason, from nought', async () => {
    const registry = createMetrics();
    const refused = countRefusedSignIns(registry);
    refused('EXPIRED');
    const text = await registry.metrics();
    expect(text).toContain('threshold_sign_in_refused_total{reason="EXPIRED"} 1');
    expect(text).toContain('threshold_sign_in_refused_total{reason="AGENCY"} 0');
    expect(text).toContain('process_cpu_seconds_total');
  });
});

describe('stopping', () => {
  it('lets answers under way finish, refuses new work, and is done once', async () => {
    let finish: (value: string) => void = () => {};
    let begun: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = () => {
      begun();
      return new Promise<string>((resolve) => {
        finish = resolve;
      });
    };
    const room = await openRoom({ issuer: council, slow });
    const underWay = room.ask(token, '{ slow }');
    await started;
    const stopped = room.http.stop();
    expect(room.http.stop()).toBe(stopped);
    finish('done');
    const answer = await underWay;
    expect(await answer.json()).toEqual({ data: { slow: 'done' } });
    await stopped;
    await expect(fetch(`${room.url}/health/live`)).rejects.toThrow();
    await room.stop();
  });

  it.each([
    ['closes it once answered', ''],
    ['refuses what still arrives on it', '{ who }'],
  ])('of a connection that is kept open %s', async (_what, more) => {
    let finish: (value: string) => void = () => {};
    let begun: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = () => {
      begun();
      return new Promise<string>((resolve) => {
        finish = resolve;
      });
    };
    const room = await openRoom({ issuer: council, slow });
    const request = (query: string) => {
      const body = JSON.stringify({ query });
      const type = 'Content-Type: application/json\r\nContent-Length:';
      return `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${type} ${body.length}\r\n\r\n${body}`;
    };
    let answers = '';
    const socket = connect(Number(new URL(room.url).port), '127.0.0.1');
    socket.on('data', (chunk) => {
      answers += String(chunk);
    });
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(request('{ slow }'));
    await started;
    const stopped = room.http.stop();
    socket.write(more === '' ? '' : request(more), () => setImmediate(() => finish('done')));
    await Promise.all([stopped, closed]);
    expect(answers).toMatch(/^HTTP\/1\.1 200 [\s\S]*"slow":"done"/);
    expect(answers).toMatch(/connection: close/i);
    expect(answers).not.toContain('w-ada');
    expect(room.lines.join('')).not.toContain('DRAIN_CUT_OFF');
    await room.stop();
  });

  it('cuts off answers that take too long', async () => {
    let begun: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = () => {
      begun();
      return new Promise<string>(() => {});
    };
    const room = await openRoom({ issuer: council, slow, limits: { drainMs: 20 } });
    const underWay = room.ask(token, '{ slow }').then(
      () => 'answered',
      () => 'cut off',
    );
    await started;
    await room.http.stop();
    expect(await underWay).toBe('cut off');
    expect(room.lines.join('')).toContain('DRAIN_CUT_OFF');
  });

  it('frees the port', async () => {
    const room = await openRoom({ issuer: council });
    await room.stop();
    const again = await openRoom({ issuer: council });
    await again.stop();
  });
});

describe('listening', () => {
  it('works on IPv6', async () => {
    const room = await openRoom({ issuer: council, host: '::1' });
    expect((await room.ask(token, '{ who }')).status).toBe(200);
    await room.stop();
  });
});
