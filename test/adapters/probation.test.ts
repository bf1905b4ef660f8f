import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createProbation, type ProbationOptions } from '../../adapters/probation/index.js';
import { probationHandler, simulateProbation } from '../../adapters/probation/seed.js';
import { SourceFailure } from '../../src/sources/contract.js';
import type { Simulated } from '../../src/sources/json-server.js';
import { type Listening, listen } from './http-server.js';

const FIXTURES = new URL('../../adapters/probation/fixtures/', import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8'));
const fixtures = () => read('cases.json');
const AS = { id: 'probation', holder: 'probation-west' };
const JSON_TYPE = { 'content-type': 'application/json' };
const signal = AbortSignal.timeout(20_000);
const OFFICER_ONE = 'fixtureofficerone@probation.example';
const OFFICER_TWO = 'FixtureOfficerTwo@Probation.example';

const running: Listening[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function over(cases: Parameters<typeof probationHandler>[0], changes: Partial<ProbationOptions> = {}) {
  const handler = probationHandler(cases, 'token');
  const server = await listen(handler);
  running.push(server);
  return { server, handler, source: createProbation({ ...AS, baseUrl: server.url, token: 'token', ...changes }) };
}

const everything = (...persons: string[]) => ({
  wants: (['DomesticAbuseRecord', 'PersonDetails', 'Involvement'] as const).map((type) => ({ type, persons })),
});
const as = (onBehalfOf?: string) => (onBehalfOf === undefined ? { signal } : { signal, onBehalfOf });

/** The handler, but for paths that match. */
const except =
  (handler: RequestListener, path: RegExp, instead: RequestListener): RequestListener =>
  (request, response) =>
    path.test(request.url ?? '') ? instead(request, response) : handler(request, response);

describe('probation: the simulator speaks nDelius', () => {
  let simulated: Simulated<ProbationOptions>;
  const schemas = read('ndelius-schemas.json');
  close(schemas.components.schemas);
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true })).addSchema(schemas, 'ndelius');
  const faults = (name: string, value: unknown) => {
    const validate = ajv.compile({ $ref: `ndelius#/components/schemas/${name}` });
    return validate(value) ? [] : validate.errors;
  };
  const ask = async (path: string, body?: object) => {
    const response = await fetch(`${simulated.options.baseUrl}${path}`, {
      headers: { authorization: `Bearer ${simulated.options.token}` },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };

  beforeAll(async () => {
    simulated = await simulateProbation(fileURLToPath(FIXTURES), AS);
  });
  afterAll(async () => {
    await simulated.stop();
    await simulated.stop();
  });

  it('answers in the documented shapes, with no property beyond them', async () => {
    for (const { crn } of fixtures()) {
      expect(faults('SupervisionResponse', (await ask(`/case/${crn}/supervisions`)).body)).toEqual([]);
      expect(faults('AddressWrapper', (await ask(`/case/${crn}/addresses`)).body)).toEqual([]);
      expect(faults('LimitedAccessDetail', (await ask(`/case/${crn}/access-limitations`)).body)).toEqual([]);
    }
    const found = (
      await ask('/search/probation-cases', { firstName: 'bram', surname: 'MOCKRIDGE', includeAliases: true })
    ).body as unknown[];
    expect(found).toHaveLength(1);
    expect(found.flatMap((detail) => faults('ProbationCaseDetail', detail))).toEqual([]);
    expect(faults('ProbationReferenceData', (await ask('/reference-data')).body)).toEqual([]);
    expect(faults('SupervisionResponse', { supervision: [] })).toHaveLength(1);
  });

  it('refuses without a token and does not know what does not exist', async () => {
    expect((await fetch(`${simulated.options.baseUrl}/case/Z900001/supervisions`)).status).toBe(401);
    expect((await ask('/case/Z999999/supervisions')).status).toBe(404);
    expect((await ask('/case/Z900001/else')).status).toBe(404);
  });

  it('the adapter asks for searches in the documented shape', async () => {
    const bodies: unknown[] = [];
    const { server, source } = await over([]);
    server.handle((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        bodies.push(JSON.parse(Buffer.concat(parts).toString('utf8')));
        response.writeHead(200, JSON_TYPE).end('[]');
      });
    });
    await source.find({ forename: 'Bramwell', dateOfBirth: '1988-07-08' }, { signal });
    expect(bodies).toEqual([{ firstName: 'Bramwell', dateOfBirth: '1988-07-08', includeAliases: true }]);
    expect(bodies.flatMap((body) => faults('SearchRequest', body))).toEqual([]);
  });
});

/** Closes every object schema, so that an undocumented property is a fault. */
function close(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema && !('additionalProperties' in schema))
    Object.assign(schema, { additionalProperties: false });
  for (const inner of Object.values(schema)) close(inner);
}

describe('probation: a case becomes records', () => {
  it('one a supervision, one a risk registration, one for MAPPA, with their labels', async () => {
    const { source } = await over(fixtures());
    const { items, rejected } = await source.read(everything('Z900001'), as());
    const told = items.map(({ label, content }) => [
      label.localId,
      label.confidentiality,
      content.kind ?? label.type,
      content.nature ?? null,
    ]);
    expect([told, rejected]).toEqual([
      [
        ['Z900001/supervision/1', 'N', 'Supervision', 'FACT'],
        ['Z900001/supervision/2', 'N', 'Supervision', 'FACT'],
        ['Z900001/risk/RCCO', 'N', 'Risk registration', 'OPINION'],
        ['Z900001/risk/ADVP', 'N', 'Risk registration', 'FACT'],
        ['Z900001/mappa', 'R', 'MAPPA', 'FACT'],
        ['Z900001', 'N', 'Involvement', null],
        ['Z900001', 'N', 'PersonDetails', null],
      ],
      0,
    ]);
    expect(items[1]).toEqual({
      label: {
        type: 'DomesticAbuseRecord',
        source: 'probation',
        localId: 'Z900001/supervision/2',
        subject: 'Z900001',
        names: [],
        fromWorkWith: ['Z900001'],
        category: 'DOMESTIC_ABUSE_PERPETRATOR',
        kind: 'OTHER',
        confidentiality: 'N',
        addresses: [],
        episode: 'Z900001',
        author: 'FixtureOfficerOne',
        at: '2026-02-16',
      },
      content: {
        recordedOn: '2026-02-16',
        kind: 'Supervision',
        summary: 'Suspended Sentence Order (18 months, from 2026-02-16)\nMain offence: Fixture offence two',
        nature: 'FACT',
        side: 'PERPETRATOR',
      },
      persons: { adult: 'Z900001' },
    });
  });

  it('details and involvement stand on their own endpoints', async () => {
    const { source } = await over(fixtures());
    const { items } = await source.read(everything('Z900001'), as());
    const details = items.find(({ label }) => label.type === 'PersonDetails');
    expect(details?.label).toMatchObject({
      category: 'DOMESTIC_ABUSE_PERPETRATOR',
      addresses: ['pc:zz993vz/3', 'pc:zz993wz/examplehouse'],
    });
    expect(details?.content).toMatchObject({
      forename: 'Bramwell',
      aliases: ['Bram Mockridge'],
      phones: ['01632 960002'],
    });
    expect(items.find(({ label }) => label.type === 'Involvement')).toMatchObject({
      label: { category: 'INVOLVEMENT' },
      content: {
        workerName: 'Fixture Officer One',
        workerRole: 'community manager',
        from: '2026-02-16',
        serviceName: 'Fixture Walsall Team',
      },
    });
  });

  it('a code registered twice is one record, the latest first', async () => {
    const cases = fixtures().slice(0, 1);
    cases[0].supervisions.dynamicRisks.push({ code: 'ADVP', description: 'Registered again', startDate: '2026-05-01' });
    const { source } = await over(cases);
    const { items } = await source.readOne({ type: 'DomesticAbuseRecord', localId: 'Z900001/risk/ADVP' }, as());
    expect(items.map(({ content }) => [content.recordedOn, content.summary])).toEqual([
      ['2026-05-01', 'Registered again\nDomestic Abuse Perpetrator'],
    ]);
  });

  it('an unallocated manager is involved with nobody', async () => {
    const { source } = await over(fixtures());
    expect((await source.read({ wants: [{ type: 'Involvement', persons: ['Z900004'] }] }, as())).items).toEqual([]);
    expect((await source.circumstances(['Z900004'], { signal })).items.flatMap((c) => c.involvements)).toEqual([]);
  });

  it('a part of another shape is counted, the other parts and cases stay', async () => {
    const cases = fixtures();
    cases[0].supervisions.communityManager = 'somebody';
    cases[0].supervisions.supervisions[0] = { active: true };
    cases[3].supervisions = [];
    const { source } = await over(cases);
    const { items, rejected } = await source.read(
      { wants: [{ type: 'DomesticAbuseRecord', persons: ['Z900001', 'Z900004'] }] },
      as(),
    );
    expect([items.length, rejected]).toEqual([4, 3]);
    expect(new Set(items.map(({ label }) => label.author))).toEqual(new Set([undefined]));
  });
});

describe('probation: access limitations', () => {
  const seenBy = async (crn: string, viewer?: string) => {
    const { source } = await over(fixtures());
    const answer = await source.read(everything(crn), as(viewer));
    return [answer.items.length > 0, answer.rejected];
  };

  it('say nothing to somebody excluded, whatever the case of the address', async () => {
    expect(await seenBy('Z900002', OFFICER_ONE)).toEqual([false, 0]);
    expect(await seenBy('Z900002', OFFICER_TWO)).toEqual([true, 0]);
  });

  it('of a restricted case, say nothing to anybody but those named', async () => {
    expect(await seenBy('Z900003', OFFICER_TWO)).toEqual([true, 0]);
    expect(await seenBy('Z900003', OFFICER_ONE)).toEqual([false, 0]);
  });

  it('bind a viewer whose address is unknown: nothing of any limited case, a username is no address', async () => {
    for (const viewer of [undefined, 'FixtureOfficerTwo', '']) {
      expect(await seenBy('Z900002', viewer)).toEqual([false, 0]);
      expect(await seenBy('Z900003', viewer)).toEqual([false, 0]);
      expect(await seenBy('Z900001', viewer)).toEqual([true, 0]);
    }
  });

  it('with an exclusion that names no address, say nothing to anybody', async () => {
    const cases = fixtures();
    cases[0].accessLimitations = { excludedFrom: [{}] };
    const { source } = await over(cases);
    expect(await source.read(everything('Z900001'), as(OFFICER_TWO))).toEqual({ items: [], rejected: 0 });
  });

  it('make an excluded case cost and give what one that does not exist does', async () => {
    const { source, server } = await over(fixtures());
    const excluded = await source.read(everything('Z900002'), as(OFFICER_ONE));
    const absent = await source.read(everything('Z999999'), as(OFFICER_ONE));
    const nobody = await source.read(everything('-'), as(OFFICER_ONE));
    expect([absent, nobody]).toEqual([excluded, excluded]);
    expect(server.asked).toEqual(['Z900002', 'Z999999', '-'].map((crn) => `GET /case/${crn}/access-limitations`));
  });

  it('hold for reading by id and for finding', async () => {
    const { source } = await over(fixtures());
    const one = { type: 'DomesticAbuseRecord', localId: 'Z900002/supervision/1' } as const;
    expect(await source.readOne(one, as(OFFICER_ONE))).toEqual({ items: [], rejected: 0 });
    expect((await source.readOne(one, as(OFFICER_TWO))).items).toHaveLength(1);
    const ask = { forename: 'Ignatz', surname: 'Mockridge' };
    expect(await source.find(ask, as(OFFICER_ONE))).toEqual({ items: [], rejected: 0 });
    expect(await source.find(ask, as(OFFICER_TWO))).toEqual({ items: ['Z900002'], rejected: 0 });
  });

  it('are asked anew for every call', async () => {
    const cases = fixtures();
    const { source, server } = await over(cases);
    expect((await source.read(everything('Z900001'), as(OFFICER_ONE))).items).not.toEqual([]);
    cases[0].accessLimitations = { excludedFrom: [{ email: OFFICER_ONE }] };
    server.handle(probationHandler(cases, 'token'));
    expect((await source.read(everything('Z900001'), as(OFFICER_ONE))).items).toEqual([]);
  });

  it.each([
    ['a failure', 500, '{}'],
    ['not JSON', 200, 'Bramwell Z900001'],
    ['another shape', 200, '{"excludedFrom":"Bramwell"}'],
    ['a refusal', 403, '{}'],
  ])('that cannot be asked (%s) fail the whole read, naming nobody', async (_name, status, body) => {
    const { source, server, handler } = await over(fixtures());
    server.handle(
      except(handler, /Z900004\/access-limitations/, (_request, response) =>
        response.writeHead(status, JSON_TYPE).end(body),
      ),
    );
    const error: unknown = await source
      .read(everything('Z900001', 'Z900004'), as(OFFICER_ONE))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SourceFailure);
    expect(String((error as Error).stack)).not.toMatch(/Bramwell|Z9000/);
  });

  it('are not asked for circumstances and workload, which are never released', async () => {
    const { source, server } = await over(fixtures());
    const { items } = await source.circumstances(['Z900002'], { signal });
    expect(items.flatMap((c) => c.involvements)).toEqual([
      {
        person: 'Z900002',
        worker: 'FixtureOfficerTwo',
        team: 'team-probation-walsall',
        role: 'community manager',
        from: '2026-03-03',
      },
    ]);
    const load = await source.workload({ workers: ['FixtureOfficerTwo', OFFICER_TWO], teams: [] }, { signal });
    expect(load.items.map(({ person }) => person)).toEqual(['Z900002', 'Z900003']);
    expect(server.asked.filter((path) => path.includes('access-limitations'))).toEqual([]);
  });
});

describe('probation: the transport', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      ...fixtures()[3],
      crn: `Y${i}`,
      detail: { otherIds: { crn: `Y${i}` } },
    }));

  it('asks at most eight things at once, over connections that it keeps', async () => {
    const cases = many(60);
    const { source, server } = await over(cases);
    const { items } = await source.read(everything(...cases.map(({ crn }) => crn)), as());
    expect([items.length, server.asked.length]).toEqual([60, 240]);
    expect(server.seen.atOnce).toBeLessThanOrEqual(8);
    expect(server.seen.connections).toBeLessThan(server.asked.length / 4);
  });

  it('stops asking at the first failure', async () => {
    const cases = many(200);
    const { source, server } = await over(cases);
    server.handle((_request, response) => response.writeHead(500).end());
    await expect(source.read(everything(...cases.map(({ crn }) => crn)), as())).rejects.toThrow(SourceFailure);
    expect(server.asked.length).toBeLessThanOrEqual(16);
  });

  it('lets go of a source that does not answer when the deadline passes', async () => {
    const { source, server } = await over(fixtures());
    const controller = new AbortController();
    const reason = new Error('deadline');
    server.handle(() => controller.abort(reason));
    await expect(source.read(everything('Z900001'), { signal: controller.signal })).rejects.toBe(reason);
  });

  it('does not start on a wrong token or at a wrong address', async () => {
    await expect((await over([])).source.start()).resolves.toBeUndefined();
    await expect((await over([], { token: async () => 'wrong' })).source.start()).rejects.toThrow(SourceFailure);
    const { server } = await over([]);
    await expect((await over([], { baseUrl: `${server.url}/elsewhere` })).source.start()).rejects.toThrow(
      SourceFailure,
    );
  });
});
