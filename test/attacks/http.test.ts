/** Ways in through HTTP, time, caches and logs, against the running gateway (docs/attacks.md). */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { wire } from '../../src/compose.js';
import type { Demo } from '../../src/compose-demo.js';
import { DEFAULT_STEPS } from '../../src/graph/even-time.js';
import { loadRules } from '../../src/rules.js';
import { createLog } from '../../src/server/log.js';
import type { Source } from '../../src/sources/contract.js';
import { KEYS } from '../audit/sequenced.js';
import { ask, type Json, peopleOf, startDemo } from './demo.js';

let demo: Demo;
let calls: string[] = [];
/** To which steps answers waited, ms. */
let steps: number[] = [];
beforeAll(async () => {
  demo = await startDemo(
    {},
    (source) => counting(source),
    undefined,
    async (_, stepMs) => void steps.push(stepMs),
  );
});
afterAll(() => demo.stop());

/** Notes every call to a source. */
function counting(source: Source): Source {
  const noted =
    <A extends readonly unknown[], R>(what: string, call: (...args: A) => R) =>
    (...args: A): R => {
      calls.push(`${source.id} ${what}`);
      return call(...args);
    };
  return {
    ...source,
    read: noted('read', source.read.bind(source)),
    circumstances: noted('circumstances', source.circumstances.bind(source)),
    workload: noted('workload', source.workload.bind(source)),
    find: noted('find', source.find.bind(source)),
  };
}

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(demo.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
const token = (worker: string) => demo.tokenOf(worker);

describe('over HTTP', () => {
  it.each([
    ['no token', {}],
    ['a token that is none', { authorization: 'Bearer x.y.z' }],
    ['another scheme', { authorization: 'Basic c3c6c3c=' }],
  ])('%s is refused with the same bytes and no detail', async (_, headers) => {
    const response = await post('{"query":"{ me { name } }"}', headers as Record<string, string>);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe(
      '{"errors":[{"message":"Sign-in required.","extensions":{"code":"UNAUTHENTICATED"}}]}',
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('17: nothing may be kept by a cache, answers and errors alike', async () => {
    const authorization = `Bearer ${await token('sw-ada-thorne')}`;
    const bodies = [
      '{"query":"{ me { name } }"}',
      '{"query":"{ nonsense }"}',
      '{"query":"query @purpose(of: DIRECT_WORK) { families { nodes { id } } }"}',
      'not json',
    ];
    for (const body of bodies) {
      const response = await post(body, { authorization });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('vary')?.toLowerCase()).toContain('authorization');
      expect(response.headers.get('etag')).toBeNull();
    }
    for (const path of ['/graphql', '/health/ready', '/nothing']) {
      expect((await fetch(demo.url.replace('/graphql', path))).headers.get('cache-control')).toBe('no-store');
    }
  });

  it('18: there are no persisted queries to poison', async () => {
    const authorization = `Bearer ${await token('sw-ada-thorne')}`;
    const extensions = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
    const response = await post(JSON.stringify({ extensions }), { authorization });
    const text = await response.text();
    expect(JSON.parse(text).errors[0].extensions.code).toBe('BAD_REQUEST');
    expect(text).not.toMatch(/Persisted/);
  });

  it('19: there are no batches', async () => {
    const authorization = `Bearer ${await token('sw-ada-thorne')}`;
    const response = await post('[{"query":"{ me { name } }"},{"query":"{ me { name } }"}]', { authorization });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('Ada');
  });

  it('20: a body is no larger than 100 kB, and in UTF-8', async () => {
    const authorization = `Bearer ${await token('sw-ada-thorne')}`;
    expect(
      (await post(JSON.stringify({ query: `{ me { name } } #${'x'.repeat(200_000)}` }), { authorization })).status,
    ).toBe(413);
    expect(
      (await post('{"query":"{ me { name } }"}', { authorization, 'content-type': 'application/json; charset=utf-16' }))
        .status,
    ).toBe(415);
  });

  it('30: no operation travels by GET, and none without a preflighted content type', async () => {
    const authorization = `Bearer ${await token('sw-ada-thorne')}`;
    const get = await fetch(`${demo.url}?query=${encodeURIComponent('{ me { name } }')}`, {
      headers: { authorization },
    });
    expect(get.status).toBe(405);
    const form = await post('query={ me { name } }', { authorization, 'content-type': 'text/plain' });
    expect(form.status).toBe(415);
  });
});

describe('10: who is hidden', () => {
  it('costs the sources the same calls as who does not exist', async () => {
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'] ?? '';
    const nobody = Buffer.from('Person:P-9999999').toString('base64url');
    const query =
      'query T($id: ID!) @purpose(of: DIRECT_WORK) { person(id: $id) { surname ... on Adult { adultWork { nodes { id } } } } }';
    const callsFor = async (id: string) => {
      calls = [];
      await ask(demo, 'sw-isla-penrose', query, { id });
      return [...new Set(calls)].sort();
    };
    expect(await callsFor(mira)).toEqual(await callsFor(nobody));
  });

  it('is answered at the same moment as who does not exist, and so is every search and statement', async () => {
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'] ?? '';
    const idOf = (name: string) => Buffer.from(name).toString('base64url');
    const isEven = async (worker: string, document: string, id: string) => {
      steps = [];
      await ask(demo, worker, document, { id });
      expect(steps).toHaveLength(1);
      return steps[0] !== DEFAULT_STEPS.grainMs;
    };
    const lookUps = [
      'query T($id: ID!) @purpose(of: DIRECT_WORK) { person(id: $id) { surname } }',
      'query T($id: ID!) @purpose(of: DIRECT_WORK) { node(id: $id) { id } }',
      'query T($id: ID!) @purpose(of: DIRECT_WORK) { consents(person: $id) { id } }',
      'query T($id: ID!) @purpose(of: DIRECT_WORK) { family(id: $id) { id } }',
      'query T($id: ID!) @purpose(of: DIRECT_WORK) { me { name } ... on Query { x: person(id: $id) { surname } } }',
      'mutation T($id: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $id, method: "by telephone") { id } }',
    ];
    for (const document of lookUps)
      for (const id of [mira, idOf('Person:P-9999999'), idOf('SubstanceMisuseRecord:substance-misuse:X/Y')])
        expect([document, id, await isEven('sw-isla-penrose', document, id)]).toEqual([document, id, true]);
    for (const surname of ['Quist', 'Nobody'])
      expect(
        await isEven(
          'sw-ada-thorne',
          `query F @purpose(of: DIRECT_WORK) { findPerson(forename: "Mira", surname: "${surname}") { persons { id } } }`,
          '',
        ),
      ).toBe(true);
    // Who may be known is answered at the next grain.
    expect(await isEven('sw-ada-thorne', lookUps[0] as string, mira)).toBe(false);
  });
});

describe('29: what is logged', () => {
  it('holds no content, no identifier of a person, no variable and no token', async () => {
    const lines: string[] = [];
    const log = createLog({
      level: 'trace',
      now: () => new Date(),
      destination: { write: (line: string) => void lines.push(line) },
    });
    const logged = await wire({
      store: demo.store,
      sources: demo.house.sources.map((source) => ({
        ...source,
        start: async () => Promise.reject(new Error('CANARY-START of P-1001')),
        stop: async () => {},
        read: async () => Promise.reject(new Error('CANARY-CONTENT of P-1001')),
      })),
      signIn: async () => ({ worker: 'sw-ada-thorne', name: 'Ada', agency: 'csc', roles: ['SOCIAL_WORKER'] }),
      now: demo.house.now,
      log,
      host: '127.0.0.1',
      port: 0,
      introspection: false,
      cursorKey: 'x',
      logKeys: KEYS,
      sourceDeadlineMs: 500,
      rules: loadRules({ protocols: [] }),
    });
    const bodies = [
      {
        query: 'query C($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { surname } }',
        variables: { id: 'CANARY-VARIABLE' },
      },
      {
        query: 'query C @purpose(of: SUPERVISION) { families(first: 5) { nodes { members { person { surname } } } } }',
      },
      { query: 'query C @purpose(of: SUPERVISION) { person(id: "CANARY-LITERAL") { CANARYFIELD } }' },
      { query: 'CANARY {' },
    ];
    for (const body of bodies) {
      const response = await fetch(logged.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer CANARY-TOKEN' },
        body: JSON.stringify(body),
      });
      expect(await response.text()).not.toContain('CANARY-CONTENT');
    }
    await fetch(`${logged.url}?CANARY-QUERY=1`);
    // What nobody foresaw: the client is told that something went wrong, the engineer by which request and where.
    const broken = jest.spyOn(demo.store, 'readAll').mockRejectedValueOnce(new TypeError('CANARY-STORE of P-1001'));
    const failed = await fetch(logged.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer CANARY-TOKEN' },
      body: JSON.stringify(bodies[1]),
    });
    broken.mockRestore();
    expect(await failed.text()).toContain('"code":"INTERNAL"');
    const told = lines.map((line) => JSON.parse(line) as Json).find(({ code }) => code === 'INTERNAL');
    expect(told).toMatchObject({ level: 'error', requestId: failed.headers.get('x-request-id') });
    expect(JSON.stringify(told?.['err'])).toContain('TypeError');
    await logged.http.stop();
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.filter((line) => /CANARY|P-1001|Thorne/.test(line))).toEqual([]);
  });
});
