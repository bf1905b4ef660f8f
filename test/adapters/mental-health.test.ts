import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contains, isFhirDate, periodOf, pointOf } from '../../adapters/mental-health/dates.js';
import { createMentalHealth } from '../../adapters/mental-health/index.js';
import { categoryOf, confidentialityOf } from '../../adapters/mental-health/labels.js';
import { type SimulatedMentalHealth, simulateMentalHealth } from '../../adapters/mental-health/seed.js';
import type { SourceRecord } from '../../src/domain/records.js';
import { type Source, SourceFailure, SourceNotReady } from '../../src/sources/contract.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/mental-health/fixtures', import.meta.url));
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const options = () => ({ signal: AbortSignal.timeout(10_000) });
const coded = (level: string, ...codes: string[]) => ({
  security: [{ system: CONFIDENTIALITY, code: level }, ...codes.map((code) => ({ system: ACT_CODE, code }))],
});
const labelled = (...codes: string[]) => ({ security: codes.map((code) => ({ system: CONFIDENTIALITY, code })) });

/** A source over a server that answers each request with what `answer` makes of it. */
async function against(
  answer: (url: string, base: string) => { status?: number; body: unknown },
  run: (source: Source, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  let base = '';
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status = 200, body } = answer(request.url ?? '', base);
    request.resume();
    response
      .writeHead(status, { 'content-type': 'application/fhir+json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  try {
    await run(createMentalHealth({ id: 'mh', holder: 'trust', baseUrl: base }), asked);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
const EMPTY = { body: { resourceType: 'Bundle', type: 'searchset' } };
const readAbout = (source: Source, persons: readonly string[]) =>
  source.read({ wants: [...source.provides].map((type) => ({ type, persons })) }, options());

describe('security labels', () => {
  it.each([
    [labelled('U'), 'N'],
    [labelled('L'), 'N'],
    [labelled('M'), 'N'],
    [labelled('N'), 'N'],
    [labelled('R'), 'R'],
    [labelled('V'), 'V'],
    [labelled('N', 'R'), 'R'],
    [labelled('PSY'), 'V'],
    [labelled('n'), 'V'],
    [labelled(), 'V'],
    [undefined, 'V'],
    [{ security: [{ system: 'http://elsewhere.example', code: 'N' }] }, 'V'],
    [{ security: [{ code: 'N' }] }, 'V'],
    [{ security: [{ system: ACT_CODE, code: 'R' }] }, 'V'],
    [coded('N', 'MH'), 'N'],
    [coded('N', 'SDV'), 'N'],
    [coded('N', 'PSYTHPN'), 'R'],
    [coded('U', 'LOCIS'), 'R'],
    [coded('N', 'ENCRYPT', 'NORDSCLCD'), 'N'],
    [coded('N', 'ORCON'), 'V'],
    [coded('N', 'NOAUTH'), 'V'],
    [coded('N', 'REDACT'), 'V'],
    [coded('N', 'SICKLE'), 'V'],
    [coded('N', 'a code to come'), 'V'],
    [{ security: [{ system: ACT_CODE, code: 'MH' }] }, 'V'],
    [{ security: [...labelled('N').security, { system: 'urn:trust:labels', code: 'ordinary' }] }, 'V'],
    [{ security: [...labelled('N').security, {}] }, 'V'],
  ])('%j are %s', (meta, expected) => expect(confidentialityOf(meta)).toBe(expected));

  it('make work with a victim of what v3-ActCode marks SDV, and of nothing else', () => {
    expect(categoryOf({ security: [{ system: ACT_CODE, code: 'SDV' }] })).toBe('DOMESTIC_ABUSE_VICTIM');
    expect(categoryOf({ security: [{ system: ACT_CODE, code: 'DVD' }] })).toBe('MENTAL_HEALTH');
    expect(categoryOf(labelled('SDV'))).toBe('MENTAL_HEALTH');
  });

  it('make treatment of what v3-ActCode marks as substance misuse; where both are marked, the victim is protected', () => {
    for (const code of ['ETH', 'SUD', 'ETHUD', 'OPIOIDUD'])
      expect(categoryOf(coded('N', code))).toBe('SUBSTANCE_MISUSE');
    expect(categoryOf(coded('N', 'MH', 'ETH', 'SDV'))).toBe('DOMESTIC_ABUSE_VICTIM');
    expect(categoryOf(coded('N', 'PSYTHPN'))).toBe('MENTAL_HEALTH');
  });
});

describe('FHIR dates', () => {
  it('exist or are refused', () => {
    for (const good of ['2026', '2026-02', '2024-02-29', '2026-02-01T10:00:00Z']) expect(isFhirDate(good)).toBe(true);
    for (const bad of ['2026-02-30', '2026-13', '26', '2026-02-01T10:00', '01/02/2026'])
      expect(isFhirDate(bad)).toBe(false);
  });

  it('keep the end day in the period, and read what is vague as short or as long as asked', () => {
    expect(periodOf({ start: '2026-01-01', end: '2026-01-31' }, 'narrow')).toEqual({
      from: '2026-01-01',
      until: '2026-02-01',
    });
    expect(periodOf({ start: '2026-02', end: '2027' }, 'narrow')).toEqual({ from: '2026-02-28', until: '2027-01-01' });
    expect(periodOf({ start: '2026-02', end: '2027' }, 'wide')).toEqual({ from: '2026-02-01', until: '2028-01-01' });
    expect(periodOf(undefined, 'narrow')).toEqual({});
    expect(pointOf('2026-06-01T00:30:00+01:00')).toBe('2026-05-31T23:30:00.000Z');
    expect(contains({ from: '2026-01-01', until: '2026-02-01' }, '2026-02-01')).toBe(false);
  });
});

describe('mental health records', () => {
  let simulated: SimulatedMentalHealth;
  let source: Source;
  let records: Map<string, SourceRecord>;
  beforeAll(async () => {
    simulated = await simulateMentalHealth(FIXTURES, { id: 'mh', holder: 'trust', space: 'mh' });
    source = createMentalHealth(simulated.options);
    const { items } = await readAbout(source, ['mh-pat-1', 'mh-pat-2', 'mh-pat-3']);
    records = new Map(items.map((record) => [record.label.localId, record]));
  });
  afterAll(() => simulated.stop());

  it('say whether they are fact, opinion or what a third party reported', () => {
    const nature = (id: string) => records.get(id)?.content.nature;
    expect(nature('Condition/mh-con-1')).toBe('FACT');
    expect(nature('Condition/mh-con-2')).toBe('THIRD_PARTY_REPORT');
    expect(nature('CarePlan/mh-cp-1')).toBe('OPINION');
  });

  it('hold the words of the resource and its code', () => {
    expect(records.get('Condition/mh-con-1')?.content).toEqual({
      recordedOn: '2021-06-01',
      kind: 'Condition',
      summary: 'Recurrent low mood – Responds well to a morning routine.',
      nature: 'FACT',
      code: '35489007',
      meaning: 'Depressive disorder',
      status: 'active',
      startedOn: null,
      endedOn: null,
    });
  });

  it('belong to the episode they state, else to the one that was open when they were written', () => {
    expect(records.get('Condition/mh-con-1')?.label.episode).toBe('mh-ep-1');
    expect(records.get('CarePlan/mh-cp-1')?.label.episode).toBe('mh-ep-1');
    expect(records.get('Condition/mh-con-2')?.label.episode).toBeUndefined();
  });

  it('carry the confidentiality and category of their labels', () => {
    const label = (id: string) => [records.get(id)?.label.category, records.get(id)?.label.confidentiality];
    expect(label('CarePlan/mh-cp-1')).toEqual(['MENTAL_HEALTH', 'N']);
    expect(label('Flag/mh-flag-1')).toEqual(['DOMESTIC_ABUSE_VICTIM', 'R']);
    expect(label('RiskAssessment/mh-risk-1')).toEqual(['MENTAL_HEALTH', 'V']);
    expect(label('Patient/mh-pat-3')).toEqual(['MENTAL_HEALTH', 'V']);
    expect(label('EpisodeOfCare/mh-ep-3')).toEqual(['INVOLVEMENT', 'R']);
  });

  it('do not exist once entered in error', () => {
    expect(records.has('Condition/mh-con-3')).toBe(false);
    expect(records.has('EpisodeOfCare/mh-ep-4')).toBe(false);
  });

  it('show the usual name, a verified NHS number only, and every address but the protected', () => {
    expect(records.get('Patient/mh-pat-1')?.content).toMatchObject({
      forename: 'Alphie',
      surname: 'Fixture-Oak',
      aliases: ['Alphie Formerfixture'],
      sex: 'Female',
      nhsNumber: '9991000003',
      phones: ['01632960001'],
      gpPractice: 'Example Street Surgery',
    });
    expect(records.get('Patient/mh-pat-1')?.label.addresses).toEqual([
      'uprn:100000000001',
      'pc:zz993wz/12a',
      'pc:zz994aa/3',
    ]);
    expect(records.get('Patient/mh-pat-2')?.content.nhsNumber).toBeNull();
    expect(records.get('Patient/mh-pat-3')?.content.addresses).toEqual([]);
    expect(records.get('Patient/mh-pat-3')?.label.addresses).toEqual([]);
  });

  it('tell who is protected, where people live, and involvements that are over as over', async () => {
    const { items } = await source.circumstances(['mh-pat-1', 'mh-pat-2', 'mh-pat-3'], options());
    const [told] = items;
    expect(told?.protectedPersons.map((row) => row.person).sort()).toEqual(['mh-pat-2', 'mh-pat-3']);
    expect(told?.residences).toContainEqual({ person: 'mh-pat-3', address: 'pc:zz995bb/placeholdercottage' });
    expect(told?.residences).not.toContainEqual(expect.objectContaining({ address: 'pc:zz994aa/3' }));
    expect(told?.involvements).toContainEqual({
      person: 'mh-pat-2',
      worker: 'mh-staff-2',
      role: 'care manager',
      from: '2020-01-01',
      until: '2020-01-01',
    });
  });

  it('protect a patient whose resource cannot be read', async () => {
    const own = await simulateMentalHealth(FIXTURES, { id: 'mh', holder: 'trust' });
    own.put({ resourceType: 'Patient', id: 'mh-pat-1', meta: labelled('N'), name: 'malformed' });
    const { items, rejected } = await createMentalHealth(own.options).circumstances(['mh-pat-1'], options());
    await own.stop();
    expect([items[0]?.protectedPersons, rejected]).toEqual([[{ person: 'mh-pat-1' }], 1]);
  });

  it('come from every page of a search', async () => {
    const own = await simulateMentalHealth(FIXTURES, { id: 'mh', holder: 'trust' });
    for (let i = 0; i < 1200; i += 1) {
      const subject = { reference: 'Patient/mh-pat-1' };
      own.put({
        resourceType: 'Flag',
        id: `many-${i}`,
        meta: labelled('N'),
        status: 'active',
        code: { text: 'Note' },
        subject,
      });
    }
    const { items } = await readAbout(createMentalHealth(own.options), ['mh-pat-1']);
    await own.stop();
    expect(items.filter((record) => record.label.localId.startsWith('Flag/many-'))).toHaveLength(1200);
  });
});

describe('searching', () => {
  it('costs the same number of requests for one person as for a hundred', async () => {
    const counts: number[] = [];
    for (const size of [1, 100]) {
      await against(
        () => EMPTY,
        async (source, asked) => {
          const persons = Array.from({ length: size }, (_, i) => `p-${i}`);
          await readAbout(source, persons);
          await source.circumstances(persons, options());
          counts.push(asked.length);
          expect(asked.some((url) => url.includes('p-0'))).toBe(false);
        },
      );
    }
    expect(counts).toEqual([10, 10]);
  });

  it.each([
    [
      'a next link to another host',
      (_: string) => ({ body: { resourceType: 'Bundle', link: [{ relation: 'next', url: 'http://127.0.0.9/x' }] } }),
    ],
    [
      'pages without end',
      (_: string, base: string) => ({
        body: { resourceType: 'Bundle', link: [{ relation: 'next', url: `${base}?p=1` }] },
      }),
    ],
    [
      'an unfinished search',
      (_: string) => ({
        body: {
          resourceType: 'Bundle',
          entry: [
            { resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'incomplete' }] } },
          ],
        },
      }),
    ],
    ['an error status', (_: string) => ({ status: 500, body: 'person p-0 is on fire' })],
    ['no JSON', (_: string) => ({ body: '<html>p-0</html>' })],
    ['no Bundle', (_: string) => ({ body: { resourceType: 'Patient', id: 'p-0' } })],
  ])('is a failure on %s', async (_name, answer) => {
    await against(answer, async (source) => {
      const failure = await readAbout(source, ['p-0']).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SourceFailure);
      expect(String(failure)).not.toContain('p-0');
    });
  });

  it('is believed in nothing once it answers about somebody who was not asked for', async () => {
    const over = { resourceType: 'Flag', id: 'f', status: 'active', code: {}, subject: { reference: 'Patient/other' } };
    const body = { resourceType: 'Bundle', entry: [{ resource: over }] };
    await against(
      () => ({ body }),
      (source) => expect(readAbout(source, ['p-0'])).rejects.toThrow(SourceFailure),
    );
  });
});

describe('starting', () => {
  it('refuses a server that is not R4 or lacks a resource type', async () => {
    const statement = { resourceType: 'CapabilityStatement', fhirVersion: '5.0.0', rest: [] };
    await against(
      () => ({ body: statement }),
      (source) => expect(source.start()).rejects.toThrow(SourceNotReady),
    );
    await against(
      () => ({ body: { ...statement, fhirVersion: '4.0.1' } }),
      (source) => expect(source.start()).rejects.toThrow('does not search Patient'),
    );
  });

  it('fails without the token that the server insists on', async () => {
    const { options: right, stop } = await simulateMentalHealth(FIXTURES, {
      id: 'mh',
      holder: 'trust',
      token: 'right',
    });
    await createMentalHealth({ ...right, token: async () => 'right' }).start();
    await expect(createMentalHealth({ ...right, token: 'wrong' }).start()).rejects.toThrow('status 401');
    await stop();
  });
});

describe('the simulated server', () => {
  it('speaks FHIR: search by GET, read by id, OperationOutcome on what it does not know', async () => {
    const { options: at, stop } = await simulateMentalHealth(FIXTURES, { id: 'mh', holder: 'trust' });
    const get = async (path: string) => {
      const response = await fetch(`${at.baseUrl}/${path}`);
      return { status: response.status, body: (await response.json()) as { resourceType: string; total?: number } };
    };
    expect(await get('Condition?subject=mh-pat-1,mh-pat-2&_count=1')).toMatchObject({
      status: 200,
      body: { total: 3 },
    });
    expect(await get('Patient?identifier=9991000003')).toMatchObject({ body: { total: 1 } });
    expect(await get('Patient?family=fixture-oak&birthdate=1970')).toMatchObject({ body: { total: 1 } });
    expect(await get('Patient/mh-pat-1')).toMatchObject({ status: 200, body: { resourceType: 'Patient' } });
    expect(await get('Patient/nobody')).toMatchObject({ status: 404, body: { resourceType: 'OperationOutcome' } });
    expect(await get('Condition?severity=1')).toMatchObject({
      status: 400,
      body: { resourceType: 'OperationOutcome' },
    });
    expect(await get('Observation')).toMatchObject({ status: 404, body: { resourceType: 'OperationOutcome' } });
    await stop();
  });
});
