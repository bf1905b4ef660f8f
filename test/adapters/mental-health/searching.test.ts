/** How the trust's server is asked, over real HTTP: against the simulator, and against servers that misbehave. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FhirServerOptions } from '../../../adapters/mental-health/fhir-server.js';
import { createMentalHealth } from '../../../adapters/mental-health/index.js';
import { type SimulatedMentalHealth, simulateMentalHealth } from '../../../adapters/mental-health/seed.js';
import { type Source, SourceBusy, SourceFailure, SourceNotReady } from '../../../src/sources/contract.js';
import { type Listening, listen } from '../http-server.js';

const FIXTURES = fileURLToPath(new URL('../../../adapters/mental-health/fixtures', import.meta.url));
const N = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }] };
const ALPHIE = { reference: 'Patient/mh-pat-1' };

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});
const options = () => ({ signal: AbortSignal.timeout(10_000) });

async function simulated(server: FhirServerOptions = {}): Promise<SimulatedMentalHealth> {
  const trust = await simulateMentalHealth(FIXTURES, { id: 'mh', holder: 'trust', server });
  open.push(trust);
  return trust;
}

/** A source over the simulator, with a tap between the two that notes what is asked for, and may change what is answered. */
async function tapped(
  trust: SimulatedMentalHealth,
  change: (answer: Json) => object = (answer) => answer,
): Promise<{ source: Source; asked: string[] }> {
  const asked: string[] = [];
  const tap: Listening = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const path = (request.url ?? '').replace(/^\/r4/, '');
    asked.push(decodeURIComponent(`${path.replace(/^\/|\/_search$/g, '')} ${body.replace(/&?_count=\d+/, '')}`.trim()));
    const answer = await fetch(`${trust.options.baseUrl}${path}`, {
      method: request.method ?? 'GET',
      ...(body ? { body: new URLSearchParams(body) } : {}),
    });
    const text = (await answer.text()).replaceAll(trust.options.baseUrl, `${tap.url}/r4`);
    const told = JSON.stringify(change(JSON.parse(text) as Json));
    response.writeHead(answer.status, { 'content-type': 'application/fhir+json' }).end(told);
  });
  open.push(tap);
  const source = createMentalHealth({ ...trust.options, baseUrl: `${tap.url}/r4` });
  open.push({ stop: () => source.stop() });
  return { source, asked };
}
// biome-ignore lint/suspicious/noExplicitAny: FHIR JSON is read by path
type Json = { readonly [key: string]: any };

function without(statement: Json, key: string): object {
  if (!statement['rest']) return statement;
  const rest = statement['rest'].map((side: Json) => ({
    ...side,
    resource: side['resource'].map((resource: Json) => ({ ...resource, [key]: [] })),
  }));
  return { ...statement, rest };
}
const readOne = (source: Source, type: 'MentalHealthRecord' | 'Involvement', localId: string) =>
  source.readOne({ type, localId }, options());

describe('finding by NHS number', () => {
  it('finds whom the trust verified it of, alone or beside what else is known', async () => {
    const { source, asked } = await tapped(await simulated());
    const find = async (ask: Parameters<Source['find']>[0]) => (await source.find(ask, options())).items;
    expect(await find({ nhsNumber: '9991000003' })).toEqual(['mh-pat-1']);
    expect(asked).toEqual(['Patient identifier=https://fhir.nhs.uk/Id/nhs-number|9991000003']);
    expect(await find({ nhsNumber: '9991000003', surname: 'FIXTURE-OAK' })).toEqual(['mh-pat-1']);
    expect(await find({ nhsNumber: '9991000003', surname: 'Somebody' })).toEqual([]);
  });

  it('finds nobody by a number that the trust did not verify, and asks for none with a wrong check digit', async () => {
    const { source, asked } = await tapped(await simulated());
    expect((await source.find({ nhsNumber: '9992000007' }, options())).items).toEqual([]);
    expect(asked).toHaveLength(1);
    for (const nhsNumber of ['9991000004', '999', '9991000003,9992000007', ''])
      expect((await source.find({ nhsNumber }, options())).items).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});

describe('what a search brings along', () => {
  it('is asked for only of a server that says it can, and changes the number of requests, never the answer', async () => {
    const trust = await simulated();
    const answers: string[] = [];
    const counts: number[] = [];
    for (const change of [
      (statement: Json) => statement,
      (statement: Json) => without(without(statement, 'searchInclude') as Json, 'searchRevInclude'),
    ]) {
      const { source, asked } = await tapped(trust, change);
      await source.start();
      const before = asked.length;
      const record = await readOne(source, 'MentalHealthRecord', 'Condition/mh-con-1');
      const work = await readOne(source, 'Involvement', 'EpisodeOfCare/mh-ep-1');
      expect([record.items[0]?.label.episode, work.items[0]?.content['workerRole']]).toEqual([
        'mh-ep-1',
        'Care coordinator',
      ]);
      answers.push(JSON.stringify([record, work]));
      counts.push(asked.length - before);
    }
    expect(answers[0]).toBe(answers[1]);
    expect(counts).toEqual([4, 6]);
  });

  it('is asked for by id where the server left it out', async () => {
    const trust = await simulated();
    const { source, asked } = await tapped(trust, (answer) => ({
      ...answer,
      ...(answer['entry'] ? { entry: answer['entry'].filter((one: Json) => one['search'].mode === 'match') } : {}),
    }));
    await source.start();
    const { items } = await readOne(source, 'MentalHealthRecord', 'Condition/mh-con-1');
    expect(items[0]?.label.episode).toBe('mh-ep-1');
    expect(asked).toContain('Condition _id=mh-con-1&_include=Condition:encounter');
    expect(asked).toContain('Encounter _id=mh-enc-1');
  });

  it('is never a Consent or a record: what a server leaves out of these would read as nothing there', async () => {
    const { source, asked } = await tapped(await simulated());
    await source.start();
    const persons = ['mh-pat-1', 'mh-pat-2'];
    await source.read({ wants: [...source.provides].map((type) => ({ type, persons })) }, options());
    await source.circumstances(persons, options());
    const brought = asked.flatMap((one) => one.match(/_(?:rev)?include=\S+/g) ?? []);
    expect(new Set(brought)).toEqual(new Set(['_revinclude=PractitionerRole:practitioner']));
    expect(asked).toContain('Consent patient=Patient/mh-pat-1,Patient/mh-pat-2');
  });
});

describe('a care manager who is a role', () => {
  it('is whoever holds it, in the record, the circumstances and the workload', async () => {
    const trust = await simulated();
    trust.put({
      resourceType: 'EpisodeOfCare',
      id: 'by-role',
      meta: N,
      status: 'active',
      patient: { reference: 'Patient/mh-pat-2' },
      careManager: { reference: 'PractitionerRole/mh-role-1' },
      period: { start: '2026-05-01' },
    });
    const source = createMentalHealth(trust.options);
    const row = { person: 'mh-pat-2', worker: 'mh-staff-1', role: 'care manager', from: '2026-05-01' };
    const [told] = (await source.circumstances(['mh-pat-2'], options())).items;
    expect(told?.involvements).toContainEqual(row);
    expect((await source.workload({ workers: ['mh-staff-1'], teams: [] }, options())).items).toContainEqual(row);
    const { items } = await readOne(source, 'Involvement', 'EpisodeOfCare/by-role');
    expect(items[0]?.content).toMatchObject({ workerName: 'Corin Samplewright', workerRole: 'Care coordinator' });
  });
});

describe('a resource', () => {
  const flag = (changes: Json) => ({
    resourceType: 'Flag',
    id: 'f1',
    meta: N,
    status: 'active',
    code: {},
    subject: ALPHIE,
    ...changes,
  });
  const read = async (trust: SimulatedMentalHealth) => {
    const ask = { wants: [{ type: 'MentalHealthRecord' as const, persons: ['mh-pat-1'] }] };
    const { items, rejected } = await createMentalHealth(trust.options).read(ask, options());
    return { found: items.find(({ label }) => label.localId === 'Flag/f1'), rejected };
  };

  it.each([
    [
      'of which elements were left out (_summary)',
      {
        meta: {
          ...N,
          tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
        },
      },
    ],
    ['whose meaning something unknown changes', { modifierExtension: [{ url: 'urn:negates', valueBoolean: true }] }],
  ])('%s is rejected and counted, the others kept', async (_, changes) => {
    const trust = await simulated();
    trust.put(flag({}));
    expect((await read(trust)).rejected).toBe(0);
    trust.put(flag(changes));
    expect(await read(trust)).toEqual({ found: undefined, rejected: 1 });
  });

  it('of a patient who is not whole keeps their whereabouts protected', async () => {
    const trust = await simulated();
    trust.put({
      resourceType: 'Patient',
      id: 'mh-pat-1',
      meta: { ...N, tag: [{ code: 'SUBSETTED' }] },
      name: [{ family: 'F' }],
    });
    const { items, rejected } = await createMentalHealth(trust.options).circumstances(['mh-pat-1'], options());
    expect([items[0]?.protectedPersons, rejected]).toEqual([[{ person: 'mh-pat-1' }], 1]);
  });

  it.each([
    ['the same', (one: object) => [one, one], [1, 0]],
    ['different', (one: object) => [one, { ...one, meta: undefined }], [0, 1]],
  ])('sent twice, %s, is never two records', async (_, twice, expected) => {
    const server = await listen((request, response) => {
      const resources = request.url === '/Flag/_search' ? twice(flag({})) : [];
      const entry = resources.map((resource) => ({ resource }));
      response.setHeader('content-type', 'application/fhir+json');
      response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry }));
    });
    open.push(server);
    const source = createMentalHealth({ id: 'mh', holder: 'trust', baseUrl: server.url });
    const ask = { wants: [{ type: 'MentalHealthRecord' as const, persons: ['mh-pat-1'] }] };
    const { items, rejected } = await source.read(ask, options());
    expect([items.length, rejected]).toEqual(expected);
  });
});

describe('a server', () => {
  it('that is asked too often says so, and is asked again once it takes requests', async () => {
    const clock = { at: 1_000_000 };
    const trust = await simulated({ limit: { requests: 10, everyMs: 30_000 }, now: () => clock.at });
    const source = createMentalHealth(trust.options);
    const ask = { wants: [{ type: 'MentalHealthRecord' as const, persons: ['mh-pat-1'] }] };
    expect((await source.read(ask, options())).items.length).toBeGreaterThan(0);
    clock.at += 12_000;
    const busy = await source.read(ask, options()).catch((error: unknown) => error);
    expect(busy).toBeInstanceOf(SourceBusy);
    expect(busy).toMatchObject({ retryAfterMs: 18_000, message: 'the FHIR server is asked too often (throttled)' });
    clock.at += 18_000;
    expect((await source.read(ask, options())).items.length).toBeGreaterThan(0);
  });

  it('that says so is left alone: what else was under way is given up', async () => {
    let givenUp = 0;
    const server = await listen((request, response) => {
      if (request.url?.startsWith('/Patient')) setTimeout(() => response.writeHead(429).end(), 100);
      else response.once('close', () => (givenUp += 1));
    });
    open.push(server);
    const source = createMentalHealth({ id: 'mh', holder: 'trust', baseUrl: server.url });
    await expect(source.circumstances(['p-0'], options())).rejects.toThrow(SourceBusy);
    while (givenUp < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(server.asked).toHaveLength(3);
  });

  const answering = async (status: number, body: object): Promise<Source> => {
    const server = await listen((_, response) => {
      response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(body));
    });
    open.push(server);
    return createMentalHealth({ id: 'mh', holder: 'trust', baseUrl: server.url });
  };
  const outcome = (issue: object) => ({ resourceType: 'OperationOutcome', issue: [issue] });

  it.each([
    [
      400,
      { severity: 'error', code: 'not-supported', diagnostics: 'Patient/p-0' },
      'answered with status 400 (not-supported)',
    ],
    [403, { severity: 'error', code: 'forbidden' }, 'answered with status 403 (forbidden)'],
    [500, { severity: 'fatal', code: 'Patient/p-0 is on fire' }, 'answered with status 500'],
  ])('that refuses with %i says why in the words of R4 alone', async (status, issue, said) => {
    const failure = await (await answering(status, outcome(issue)))
      .find({ surname: 'a', forename: 'b' }, options())
      .catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(SourceFailure);
    expect((failure as Error).message).toBe(`the FHIR server ${said}`);
  });

  it('that is not ready is not ready', async () => {
    const source = await answering(503, outcome({ severity: 'error', code: 'transient' }));
    await expect(source.start()).rejects.toThrow(SourceNotReady);
  });

  it.each([
    ['truncates what it brings along', { severity: 'warning', code: 'incomplete' }],
    ['ignores a parameter', { severity: 'warning', code: 'not-supported' }],
  ])('that %s has not answered', async (_, issue) => {
    const entry = [{ search: { mode: 'outcome' }, resource: outcome(issue) }];
    const source = await answering(200, { resourceType: 'Bundle', type: 'searchset', entry });
    await expect(source.circumstances(['p-0'], options())).rejects.toThrow('could not finish a search');
  });

  it('that only informs has', async () => {
    const entry = [{ resource: outcome({ severity: 'information', code: 'informational' }) }];
    const source = await answering(200, { resourceType: 'Bundle', type: 'searchset', entry });
    expect((await source.circumstances(['p-0'], options())).rejected).toBe(0);
  });
});

describe('the capability statement', () => {
  const start = async (change: (statement: Json) => object, more: object = {}) => {
    const trust = await simulated();
    const { source } = await tapped({ ...trust, options: { ...trust.options, ...more } }, change);
    return source.start();
  };
  const withoutType = (type: string) => (statement: Json) => ({
    ...statement,
    rest: statement['rest'].map((side: Json) => ({
      ...side,
      resource: side['resource'].filter((resource: Json) => resource['type'] !== type),
    })),
  });

  it('names every search that is needed and missing', async () => {
    await expect(start((statement) => without(statement, 'searchParam'))).rejects.toThrow(
      /does not search Patient by identifier, .*EpisodeOfCare by care-manager, .*Consent by patient/,
    );
    await expect(start((statement) => ({ ...statement, format: ['xml'] }))).rejects.toThrow('speaks no JSON');
  });

  it('may lack Consents only where whoever connects the trust says that it keeps none', async () => {
    await expect(start(withoutType('Consent'))).rejects.toThrow('does not search Consent');
    await start(withoutType('Consent'), { hasConsents: false });
    const source = createMentalHealth({ id: 'mh', holder: 'trust', baseUrl: 'http://127.0.0.1:1', hasConsents: false });
    expect(source.tells.has('consents')).toBe(false);
  });
});

describe('the simulated server', () => {
  it('speaks what is used of FHIR: tokens with their system, labels, includes on every page', async () => {
    const trust = await simulated();
    const get = async (path: string) => {
      const response = await fetch(`${trust.options.baseUrl}/${path}`);
      return { status: response.status, body: (await response.json()) as Json };
    };
    const ids = async (path: string) =>
      (((await get(path)).body['entry'] ?? []) as Json[]).map(
        ({ search, resource }) => `${search['mode']} ${resource['resourceType']}/${resource['id']}`,
      );
    expect(await ids('Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9991000003')).toEqual([
      'match Patient/mh-pat-1',
    ]);
    expect(await ids('Patient?identifier=urn:other|9991000003')).toEqual([]);
    expect(await ids('Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|')).toHaveLength(2);
    expect(await ids('Flag?_security=http://terminology.hl7.org/CodeSystem/v3-ActCode|SDV')).toEqual([
      'match Flag/mh-flag-1',
    ]);
    expect(await ids('Condition?_id=mh-con-1&_include=Condition:encounter')).toEqual([
      'match Condition/mh-con-1',
      'include Encounter/mh-enc-1',
    ]);
    const first = await get('EpisodeOfCare?patient=mh-pat-1&_include=EpisodeOfCare:care-manager&_count=1');
    const second = await (await fetch(first.body['link'][0].url)).json();
    const included = [first.body, second as Json].flatMap(({ entry }) =>
      (entry as Json[]).map(({ resource }) => resource['id']),
    );
    expect(included).toEqual(['mh-ep-1', 'mh-staff-1', 'mh-ep-2', 'mh-staff-2']);
    for (const refused of [
      'Patient?_revinclude=Consent:author',
      'Patient?_include=Condition:encounter',
      'Patient?_summary=true',
    ])
      expect(await get(refused)).toMatchObject({ status: 400, body: { resourceType: 'OperationOutcome' } });
  });
});
