import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSubstanceMisuse } from '../../adapters/substance-misuse/index.js';
import { simulateSubstanceMisuse } from '../../adapters/substance-misuse/seed.js';
import type { Source } from '../../src/sources/contract.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/substance-misuse/fixtures', import.meta.url));
const options = () => ({ signal: AbortSignal.timeout(10_000) });
const INDEX = 'CLIENTID,FORENAME,SURNAME,DOB,SEX,HOUSE,POSTCODE,KEYWORKER_ID,KEYWORKER_NAME,TEAM_ID,FROM,UNTIL\n';
const HEADER =
  'AGNCY,CLIENTID,EPISODID,CONSENT,REFLD,TRIAGED,DISD,DISRSN,DRUG1,DRUG2,CHILDWTH,TOPDATE,TOPID,ALCUSE,CRAUSE\n';
const row = (over: Record<string, string> = {}): string => {
  const good = { AGNCY: 'ZZ1', CLIENTID: 'C1', EPISODID: 'E1', CONSENT: 'Y', REFLD: '2026-01-05' };
  const cells: Record<string, string> = { ...good, ...over };
  return `${HEADER.trim()
    .split(',')
    .map((name) => cells[name] ?? '')
    .join(',')}\n`;
};

describe('the treatment extract', () => {
  let folder: string;
  let source: Source;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ndtms-test-'));
    await writeFile(join(folder, 'client-index.csv'), INDEX);
    source = createSubstanceMisuse({ id: 'sm', holder: 'provider', folder, settleMs: 5, mostRejected: 0.5 });
  });
  afterEach(async () => {
    await source.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const extract = async (...rows: string[]) => {
    await writeFile(join(folder, 'extract.csv'), HEADER + rows.join(''));
    await source.start();
  };
  const read = (...persons: string[]) =>
    source.read({ wants: [{ type: 'SubstanceMisuseRecord', persons }] }, options());

  it('makes one record an episode, whatever the number of treatments, and one an outcome profile', async () => {
    await extract(
      row({
        DRUG1: '3201',
        DRUG2: '9996',
        CHILDWTH: '1',
        TOPDATE: '2026-01-05',
        TOPID: 'T1',
        ALCUSE: '1',
        CRAUSE: '20',
      }),
      row({
        DRUG1: '3201',
        DRUG2: '9996',
        CHILDWTH: '1',
        TOPDATE: '2026-01-05',
        TOPID: 'T1',
        ALCUSE: '1',
        CRAUSE: '20',
      }),
    );
    const { items, rejected } = await read('C1');
    expect(rejected).toBe(0);
    expect(items.map((record) => [record.label.localId, record.label.episode, record.label.at])).toEqual([
      ['C1/E1', 'E1', '2026-01-05'],
      ['C1/E1/T1', 'E1', '2026-01-05'],
    ]);
    expect(items[0]?.content).toEqual({
      recordedOn: '2026-01-05',
      kind: 'Treatment episode',
      summary: 'Treatment for crack from 2026-01-05, still open; one child lives with the client.',
      nature: 'FACT',
      startedOn: '2026-01-05',
      endedOn: null,
      substances: ['Crack'],
      dischargeReason: null,
      childrenLivingWithClient: 1,
    });
    expect(items[1]?.content).toMatchObject({
      kind: 'Outcome profile',
      summary: 'In the 28 days before 2026-01-05 the client reported using alcohol on 1 day and crack on 20 days.',
      daysOfUse: [
        { substance: 'Alcohol', days: 1 },
        { substance: 'Crack', days: 20 },
      ],
    });
  });

  it('shows codes beyond the public lists as they are, and no number of children where the client declined', async () => {
    await extract(row({ DRUG1: '3299', DISD: '20260401', DISRSN: '81', CHILDWTH: '98' }));
    expect((await read('C1')).items[0]?.content).toMatchObject({
      substances: ['Substance code 3299'],
      endedOn: '2026-04-01',
      dischargeReason: 'Reason code 81',
      childrenLivingWithClient: null,
    });
  });

  it('makes nothing of a row without consent, whatever else stands in it', async () => {
    await extract(row({ CONSENT: 'N', REFLD: 'not a date', DRUG1: '1011', TOPDATE: '2026-01-05', ALCUSE: '3' }));
    expect(await read('C1')).toEqual({ items: [], rejected: 0 });
  });

  it('makes nothing of a client of whom any row lacks consent or says something unknown of it', async () => {
    await extract(
      row(),
      row({ CONSENT: 'N', EPISODID: '' }),
      row({ CLIENTID: 'C2' }),
      row({ CLIENTID: 'C2', CONSENT: '?' }),
    );
    expect(await read('C1', 'C2')).toEqual({ items: [], rejected: 1 });
  });

  it.each([
    [{ REFLD: '2026-02-30' }],
    [{ DISD: '01/04/2026' }],
    [{ DRUG1: 'heroin' }],
    [{ DISRSN: 'done' }],
    [{ CHILDWTH: '-1' }],
    [{ TOPDATE: '2026-01-05', ALCUSE: '29' }],
    [{ ALCUSE: '3' }],
    [{ EPISODID: '' }],
    [{ EPISODID: 'E/1' }],
    [{ CLIENTID: '' }],
    [{ AGNCY: 'ZZ1,surplus' }],
  ])('drops and counts a row with %j and keeps the others', async (bad) => {
    await extract(row(bad), row({ EPISODID: 'E2' }));
    const { items, rejected } = await read('C1');
    expect([items.map((record) => record.label.localId), rejected]).toEqual([['C1/E2'], 1]);
  });

  it('does not tell by the count of dropped rows whose they were', async () => {
    await extract(row({ REFLD: 'bad' }), row({ CLIENTID: 'C2' }));
    expect(await read('stranger')).toEqual(await read('C1'));
  });
});

describe('the client index', () => {
  it('gives the latest name first, every address, and each keyworker in turn', async () => {
    const simulated = await simulateSubstanceMisuse(FIXTURES, { id: 'sm', holder: 'provider' });
    const source = createSubstanceMisuse(simulated.options);
    await source.start();
    const persons = ['SM-0001'];
    const { items } = await source.read(
      {
        wants: [
          { type: 'PersonDetails', persons },
          { type: 'Involvement', persons },
        ],
      },
      options(),
    );
    const told = await source.circumstances(persons, options());
    await source.stop();
    await simulated.stop();
    expect(items[0]?.content).toMatchObject({
      surname: 'Fixture-Ash',
      aliases: ['Dapple Formerfixture'],
      sex: 'Female',
    });
    expect(items[0]?.label).toMatchObject({
      category: 'SUBSTANCE_MISUSE',
      addresses: ['pc:zz996cc/7', 'pc:zz996dd/2b'],
    });
    expect(items.slice(1).map((record) => [record.label.category, record.content.workerName])).toEqual([
      ['INVOLVEMENT', 'Fennel Specimen'],
      ['INVOLVEMENT', 'Merle Mockup'],
    ]);
    expect(told.items[0]?.involvements[1]).toEqual({
      person: 'SM-0001',
      worker: 'sm-kw-2',
      team: 'sm-team-1',
      role: 'keyworker',
      from: '2021-03-05',
      until: '2021-11-30',
    });
    expect(told.items[0]?.residences).toHaveLength(2);
  });
});
