import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { createDomesticAbuse, type DomesticAbuseOptions } from '../../adapters/domestic-abuse/index.js';
import { domesticAbuseHandler, simulateDomesticAbuse } from '../../adapters/domestic-abuse/seed.js';
import type { SourceRecord } from '../../src/domain/records.js';
import { SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import type { Simulated } from '../../src/sources/json-server.js';
import { type Listening, listen } from './http-server.js';

const FOLDER = new URL('../../adapters/domestic-abuse/', import.meta.url);
const FIXTURES = fileURLToPath(new URL('fixtures', FOLDER));
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const fixtures = () => JSON.parse(read('fixtures/cases.json'));
const AS = { id: 'da', holder: 'dass', space: 'da-space' };
const JSON_TYPE = { 'content-type': 'application/json' };
const signal = AbortSignal.timeout(20_000);

const running: Listening[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function over(cases: unknown[], changes: Partial<DomesticAbuseOptions> = {}) {
  const server = await listen(domesticAbuseHandler(cases, 'token'));
  running.push(server);
  return { server, source: createDomesticAbuse({ ...AS, baseUrl: server.url, token: 'token', ...changes }) };
}

const everything = (...persons: string[]) => ({
  wants: (['DomesticAbuseRecord', 'PersonDetails', 'Involvement'] as const).map((type) => ({ type, persons })),
});
const byId = (items: readonly SourceRecord[], localId: string, type = 'DomesticAbuseRecord') =>
  items.find(({ label }) => label.localId === localId && label.type === type);

describe('domestic abuse: the published contract', () => {
  let simulated: Simulated<DomesticAbuseOptions>;
  const validate = addFormats
    .default(new Ajv2020({ allErrors: true, strictTypes: false }))
    .compile(JSON.parse(read('case.schema.json')));
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${simulated.options.baseUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${simulated.options.token}` },
    });
  const search = (body: unknown) => ask('/cases/search', { method: 'POST', body: JSON.stringify(body) });

  beforeAll(async () => {
    simulated = await simulateDomesticAbuse(FIXTURES, AS);
  });
  afterAll(async () => {
    await simulated.stop();
    await simulated.stop();
  });

  it('is kept by the answers of the simulator', async () => {
    const persons = ['DA-P-1', 'DA-P-4'];
    const { cases } = (await (await search({ personIds: persons })).json()) as { cases: unknown[] };
    const byStaff = (await (await search({ workerIds: ['da-w1'], teamIds: ['team-da-behaviour'] })).json()) as {
      cases: unknown[];
    };
    const one = await (await ask('/cases/DA-C-1')).json();
    expect([cases.length, byStaff.cases.length]).toEqual([3, 3]);
    for (const document of [...cases, ...byStaff.cases, one]) {
      expect([validate(document), validate.errors]).toEqual([true, null]);
    }
  });

  it.each([
    [
      'two persons worked with',
      (c: ReturnType<typeof fixtures>[0]) => c.persons.push({ ...c.persons[0], personId: 'X' }),
    ],
    ['nobody worked with', (c: ReturnType<typeof fixtures>[0]) => c.persons.shift()],
    ['no confidentiality', (c: ReturnType<typeof fixtures>[0]) => delete c.confidentiality],
    ['no mark of protection', (c: ReturnType<typeof fixtures>[0]) => delete c.persons[0].locationProtected],
    ['a misspelt field', (c: ReturnType<typeof fixtures>[0]) => (c.safetyplan = 'x')],
    ['an id that cannot stand in a path', (c: ReturnType<typeof fixtures>[0]) => (c.caseId = '../x')],
  ])('refuses %s', (_name, damage) => {
    const document = fixtures()[0];
    damage(document);
    expect(validate(document)).toBe(false);
  });

  it('describes every path that the simulator serves, and their refusals', async () => {
    const { paths } = parse(read('openapi.yaml')) as { paths: Record<string, object> };
    expect(Object.keys(paths).sort()).toEqual([
      '/cases/search',
      '/cases/{caseId}',
      '/health',
      '/persons/list',
      '/persons/search',
    ]);
    const statuses = await Promise.all([
      ask('/health'),
      fetch(`${simulated.options.baseUrl}/health`),
      ask('/cases/none'),
      search({ personIds: Array.from({ length: 501 }, (_, i) => `P${i}`) }),
      search({ personIds: 'DA-P-1' }),
      ask('/persons/search', { method: 'POST', body: JSON.stringify({ surname: 'Testcase' }) }),
      ask('/elsewhere'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 401, 404, 413, 400, 400, 404]);
  });
});

describe('domestic abuse: a case becomes records', () => {
  it('on the side of the person worked with, and of nobody else on it', async () => {
    const { source } = await over(fixtures());
    const { items } = await source.read(everything('DA-P-1', 'DA-P-2', 'DA-P-3'), { signal });
    expect(
      items.map(({ label }) => `${label.type} ${label.localId} ${label.subject} ${label.category}`).sort(),
    ).toEqual([
      'DomesticAbuseRecord DA-C-1 DA-P-1 DOMESTIC_ABUSE_VICTIM',
      'DomesticAbuseRecord DA-C-1/E1 DA-P-1 DOMESTIC_ABUSE_VICTIM',
      'DomesticAbuseRecord DA-C-1/E2 DA-P-1 DOMESTIC_ABUSE_VICTIM',
      'DomesticAbuseRecord DA-C-1/referral/R1 DA-P-1 DOMESTIC_ABUSE_VICTIM',
      'DomesticAbuseRecord DA-C-1/referral/R2 DA-P-1 DOMESTIC_ABUSE_VICTIM',
      'DomesticAbuseRecord DA-C-2 DA-P-2 DOMESTIC_ABUSE_PERPETRATOR',
      'DomesticAbuseRecord DA-C-2/E1 DA-P-2 DOMESTIC_ABUSE_PERPETRATOR',
      'Involvement DA-C-1 DA-P-1 INVOLVEMENT',
      'Involvement DA-C-2 DA-P-2 INVOLVEMENT',
      'PersonDetails DA-C-1 DA-P-1 DOMESTIC_ABUSE_VICTIM',
      'PersonDetails DA-C-2 DA-P-2 DOMESTIC_ABUSE_PERPETRATOR',
    ]);
  });

  it('the case itself holds risk, MARAC, plan, contact and every address; an entry holds none of them', async () => {
    const { source } = await over(fixtures());
    const { items } = await source.read(everything('DA-P-1'), { signal });
    expect(byId(items, 'DA-C-1')).toEqual({
      label: {
        type: 'DomesticAbuseRecord',
        source: 'da',
        localId: 'DA-C-1',
        subject: 'DA-P-1',
        names: ['DA-P-2', 'DA-P-3'],
        fromWorkWith: ['DA-P-1'],
        category: 'DOMESTIC_ABUSE_VICTIM',
        kind: 'OTHER',
        confidentiality: 'R',
        addresses: ['pc:zz993cz/14', 'pc:zz993vz/3'],
        episode: 'DA-C-1',
        author: 'da-w1',
        at: '2026-05-20',
      },
      content: {
        recordedOn: '2026-05-20',
        side: 'VICTIM',
        kind: 'Case',
        summary: 'Heard at MARAC on 2026-05-20: Marker on the address; school told.',
        nature: 'FACT',
        riskLevel: 'HIGH',
        dashScore: 17,
        marac: true,
        safetyPlan: 'Fixture plan: bag packed, code word agreed.',
        safeContact: 'Fixture contact: weekday mornings, withheld number.',
      },
      persons: {
        adult: 'DA-P-1',
        victims: ['DA-P-1'],
        allegedPerpetrators: ['DA-P-2'],
        children: ['DA-P-3'],
        others: [],
      },
    });
    const entry = byId(items, 'DA-C-1/E2');
    expect(entry?.content).toEqual({
      recordedOn: '2026-06-01',
      side: 'VICTIM',
      kind: 'Third-party report',
      summary: 'Fixture entry: neighbour heard shouting.',
      nature: 'THIRD_PARTY_REPORT',
    });
    expect([entry?.label.addresses, entry?.label.names, entry?.label.author]).toEqual([
      [],
      ['DA-P-2', 'DA-P-3'],
      'da-w2',
    ]);
  });

  it('a referral says who made it or to whom, why and what became of it, and holds no address', async () => {
    const { source } = await over(fixtures());
    const { items } = await source.read(everything('DA-P-1'), { signal });
    const received = byId(items, 'DA-C-1/referral/R1');
    expect(received?.content).toEqual({
      recordedOn: '2026-05-03',
      side: 'VICTIM',
      kind: 'Referral received',
      summary: 'From Fixture Police\nReason: Fixture reason: called out at night.\nOutcome: Accepted',
      nature: 'FACT',
    });
    expect([received?.label.at, received?.label.addresses, received?.label.confidentiality]).toEqual([
      '2026-05-03',
      [],
      'R',
    ]);
    expect(byId(items, 'DA-C-1/referral/R2')?.content).toMatchObject({
      kind: 'Referral made',
      summary: 'To Fixture Refuge',
    });
    const again = await source.readOne({ type: 'DomesticAbuseRecord', localId: 'DA-C-1/referral/R1' }, { signal });
    expect(again.items).toEqual([received]);
  });

  it('a malformed referral is dropped alone, and counted', async () => {
    const cases = fixtures();
    cases[0].referrals[0].direction = 'sideways';
    const { source } = await over(cases);
    const { items, rejected } = await source.read(everything('DA-P-1'), { signal });
    expect([byId(items, 'DA-C-1/referral/R1'), byId(items, 'DA-C-1/referral/R2') !== undefined, rejected]).toEqual([
      undefined,
      true,
      1,
    ]);
  });

  it('instants are told in UTC, a level by professional judgement is opinion', async () => {
    const { source } = await over(fixtures());
    const { items } = await source.read(everything('DA-P-2'), { signal });
    expect(byId(items, 'DA-C-2/E1')?.label.at).toBe('2026-05-14T12:00:00.000Z');
    expect(byId(items, 'DA-C-2')?.content).toMatchObject({ nature: 'OPINION', marac: false, safetyPlan: null });
  });

  it('an involvement does not say which side the service works with', async () => {
    const { source } = await over(fixtures());
    const { items } = await source.read(everything('DA-P-1', 'DA-P-2'), { signal });
    const involvements = items.filter(({ label }) => label.type === 'Involvement');
    expect(new Set(involvements.map(({ content }) => content.workerRole))).toEqual(new Set(['case worker']));
  });

  it('without a readable confidentiality it is very restricted', async () => {
    const cases = fixtures().slice(0, 1);
    cases[0].confidentiality = 'low';
    const { source } = await over(cases);
    const { items, rejected } = await source.read(everything('DA-P-1'), { signal });
    expect([new Set(items.map(({ label }) => label.confidentiality)), rejected]).toEqual([new Set(['V']), 0]);
  });

  it.each(['two persons worked with', 'somebody twice'])('with %s it gives none, and is counted', async (fault) => {
    const cases = fixtures();
    const [victim, perpetrator] = cases[0].persons;
    cases[0].persons.push(fault === 'somebody twice' ? perpetrator : { ...victim, personId: 'DA-P-9' });
    const { source } = await over(cases);
    const { items, rejected } = await source.read(everything('DA-P-1', 'DA-P-2'), { signal });
    expect([new Set(items.map(({ label }) => label.episode)), rejected]).toEqual([new Set(['DA-C-2']), 1]);
  });
});

describe('domestic abuse: circumstances', () => {
  it('tell every victim × alleged perpetrator of a case, whoever of them was asked for', async () => {
    const { source } = await over(fixtures());
    const { items } = await source.circumstances(['DA-P-6'], { signal });
    expect(items.flatMap((c) => c.allegations)).toEqual([
      { victim: 'DA-P-4', perpetrator: 'DA-P-5', recordedAt: '2024-01-15' },
      { victim: 'DA-P-4', perpetrator: 'DA-P-6', recordedAt: '2024-01-15' },
    ]);
    expect(items.flatMap((c) => c.involvements)).toEqual([
      {
        person: 'DA-P-4',
        worker: 'da-w1',
        team: 'team-da-survivors',
        role: 'case worker',
        from: '2024-01-15',
        until: '2024-09-30',
      },
    ]);
  });

  it('tell who is protected, and where everybody on the case lives', async () => {
    const { source } = await over(fixtures().slice(0, 1));
    const { items } = await source.circumstances(['DA-P-3'], { signal });
    expect(items.flatMap((c) => c.protectedPersons)).toEqual([{ person: 'DA-P-1' }, { person: 'DA-P-3' }]);
    expect(items.flatMap((c) => c.residences)).toEqual([
      { person: 'DA-P-1', address: 'pc:zz993cz/14', from: '2026-05-02' },
      { person: 'DA-P-1', address: 'pc:zz993vz/3', from: '2019-01-01', until: '2026-05-02' },
      { person: 'DA-P-2', address: 'pc:zz993vz/3', from: '2019-01-01' },
    ]);
  });

  it('of a malformed case still say who hurt whom and who is protected, and count the fault', async () => {
    const cases = fixtures().slice(0, 1);
    cases[0].worker = null;
    cases[0].risk = 'high';
    cases[0].persons[0].forename = 7;
    cases[0].persons[0].locationProtected = 'yes';
    const { source } = await over(cases);
    const { items, rejected } = await source.circumstances(['DA-P-1'], { signal });
    expect(rejected).toBeGreaterThan(0);
    expect(items.flatMap((c) => c.allegations)).toHaveLength(1);
    expect(items.flatMap((c) => c.protectedPersons)).toContainEqual({ person: 'DA-P-1' });
    expect(items.flatMap((c) => c.involvements)).toEqual([]);
    expect(await source.read(everything('DA-P-1'), { signal })).toEqual({ items: [], rejected: 1 });
  });
});

describe('domestic abuse: the transport', () => {
  it('asks for 1,200 persons in three requests, each case once', async () => {
    const { source, server } = await over(fixtures());
    const crowd = ['DA-P-1', ...Array.from({ length: 1198 }, (_, i) => `stranger-${i}`), 'DA-P-2'];
    const { items } = await source.read(everything(...crowd), { signal });
    expect(server.asked).toEqual(Array.from({ length: 3 }, () => 'POST /cases/search'));
    expect(
      items.filter(({ label }) => label.localId === 'DA-C-1' && label.type === 'DomesticAbuseRecord'),
    ).toHaveLength(1);
  });

  it('asks about nobody as it asks about somebody', async () => {
    const { source, server } = await over(fixtures());
    await source.read(everything('-'), { signal });
    expect(server.asked).toEqual(['POST /cases/search']);
  });

  it('does not start on a wrong token, another contract or data still loading', async () => {
    const { server, source } = await over([]);
    await expect(source.start()).resolves.toBeUndefined();
    await expect((await over([], { token: async () => 'wrong' })).source.start()).rejects.toThrow(SourceFailure);
    server.handle((_request, response) => response.writeHead(200, JSON_TYPE).end('{"status":"ok","contract":"2"}'));
    await expect(source.start()).rejects.toThrow(SourceFailure);
    server.handle((_request, response) => response.writeHead(503).end());
    await expect(source.start()).rejects.toThrow(SourceNotReady);
  });

  it.each([
    ['not JSON', 200, 'Quillan'],
    ['another shape', 200, '{"rows":["Quillan"]}'],
    ['a failure with content', 500, '{"error":"Quillan DA-P-1"}'],
    ['not found where nothing can be missing', 404, '{}'],
  ])('fails without content or ids on an answer that is %s', async (_name, status, body) => {
    const { server, source } = await over([]);
    server.handle((_request, response) => response.writeHead(status, JSON_TYPE).end(body));
    const error: unknown = await source.read(everything('DA-P-1'), { signal }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SourceFailure);
    expect(String((error as Error).stack)).not.toMatch(/Quillan|DA-P-1/);
  });

  it('asks again within one operation by ETag, and in full for another', async () => {
    const { server, source } = await over(fixtures());
    const [conditions, handler] = [[] as unknown[], domesticAbuseHandler(fixtures(), 'token')];
    server.handle((request, response) => {
      conditions.push(request.headers['if-none-match'] !== undefined);
      handler(request, response);
    });
    const ask = { type: 'DomesticAbuseRecord', localId: 'DA-C-1' } as const;
    const operation = {};
    const first = await source.readOne(ask, { signal, operation });
    expect(await source.readOne(ask, { signal, operation })).toEqual(first);
    expect(await source.readOne(ask, { signal, operation: {} })).toEqual(first);
    expect(await source.readOne(ask, { signal })).toEqual(first);
    expect(conditions).toEqual([false, true, false, false]);
  });

  it('does not carry its token to another host', async () => {
    const { server: other } = await over([]);
    const { server, source } = await over([]);
    server.handle((_request, response) => response.writeHead(307, { location: `${other.url}/cases/search` }).end());
    await expect(source.read(everything('DA-P-1'), { signal })).rejects.toThrow(SourceFailure);
    expect(other.asked).toEqual([]);
  });

  it('lets go of a source that does not answer when the deadline passes', async () => {
    const { server, source } = await over([]);
    const controller = new AbortController();
    const reason = new Error('deadline');
    server.handle(() => controller.abort(reason));
    await expect(source.circumstances(['DA-P-1'], { signal: controller.signal })).rejects.toBe(reason);
  });
});
