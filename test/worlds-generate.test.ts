/** The named world is whole and every adapter reads it; a generated one has the same form, the same for the same seed. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { z } from 'zod';
import { createDomesticAbuse } from '../adapters/domestic-abuse/index.js';
import { simulateDomesticAbuse } from '../adapters/domestic-abuse/seed.js';
import { createEarlyHelp } from '../adapters/early-help/index.js';
import { simulateEarlyHelp } from '../adapters/early-help/seed.js';
import { SHAPES as EARLY_HELP } from '../adapters/early-help/wire.js';
import { createMentalHealth } from '../adapters/mental-health/index.js';
import { simulateMentalHealth } from '../adapters/mental-health/seed.js';
import { createProbation } from '../adapters/probation/index.js';
import { simulateProbation } from '../adapters/probation/seed.js';
import { createSocialCare } from '../adapters/social-care/index.js';
import { simulateSocialCare } from '../adapters/social-care/seed.js';
import { SHAPES as SOCIAL_CARE } from '../adapters/social-care/wire.js';
import { createSubstanceMisuse } from '../adapters/substance-misuse/index.js';
import { simulateSubstanceMisuse } from '../adapters/substance-misuse/seed.js';
import { createWorkbook } from '../adapters/workbook/index.js';
import { simulateWorkbook } from '../adapters/workbook/seed.js';
import { SHAPES as WORKBOOK } from '../adapters/workbook/wire.js';
import { composeDemo } from '../src/compose-demo.js';
import { type DemoConfig, readConfig } from '../src/config.js';
import type { Source } from '../src/sources/contract.js';
import { openStore } from '../src/store/store.js';
import { absentFiles, checkWorld } from '../src/worlds/check.js';
import { dateOfColumn } from '../src/worlds/check-dates.js';
import { generateWorld } from '../src/worlds/generate.js';
import { loadWorld, readWorldManifest } from '../src/worlds/load-world.js';

const NAMED = 'test/worlds/walsall-road';
const TODAY = '2026-11-23';
const FAMILIES = 240;
let out: string;
let generated: string;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'threshold-worlds-'));
  generated = join(out, 'generated');
  await generateWorld({ families: FAMILIES, seed: 7, out: generated, today: TODAY });
});
afterAll(() => rm(out, { recursive: true, force: true }));

const filesOf = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
const rowsOf = async (folder: string, file: string) =>
  parse(await readFile(join(folder, file)), { columns: true }) as Record<string, string>[];
const digestOf = async (folder: string) => {
  const hash = createHash('sha256');
  for (const file of await filesOf(folder)) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest('hex');
};
const everythingIn = async (folder: string) =>
  (await Promise.all((await filesOf(folder)).map((file) => readFile(join(folder, file), 'utf8')))).join('\n');

const worlds: readonly (readonly [string, () => string])[] = [
  ['the named world', () => NAMED],
  ['a generated world', () => generated],
];

describe.each(worlds)('%s', (_, folder) => {
  it('is whole', () => {
    expect(checkWorld(folder())).toEqual([]);
  });

  it('loads into a store', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    try {
      expect(await loadWorld(store, folder())).toBe(true);
    } finally {
      await store.close();
    }
  });

  it('is read by every adapter, and no row of it is rejected', async () => {
    const links = await rowsOf(folder(), 'links.csv');
    const { sources } = await readWorldManifest(folder());
    const rejected: unknown[] = [];
    for (const { id, adapter, holder, space } of sources) {
      const locals = links.flatMap((link) => (link.space === space ? [link.local_id ?? ''] : [])).slice(0, 300);
      const { source, stop } = await started(adapter, join(folder(), 'sources', id), { id, holder, space });
      try {
        const signal = AbortSignal.timeout(20_000);
        const onBehalfOf = 'somebody@alderbrook.example';
        const wants = [...source.provides].map((type) => ({ type, persons: locals }));
        const records = await source.read({ wants }, { signal, onBehalfOf });
        const circumstances = await source.circumstances(locals, { signal, onBehalfOf });
        expect(records.items.length).toBeGreaterThan(0);
        rejected.push([id, records.rejected, circumstances.rejected]);
      } finally {
        await source.stop();
        await stop();
      }
    }
    expect(rejected).toEqual(sources.map(({ id }) => [id, 0, 0]));
  });

  it('names nobody: NHS numbers, telephone numbers and postcodes that were never given out', async () => {
    const text = await everythingIn(folder());
    const numbers = [...text.matchAll(/\b9\d{9}\b/g)].map(([number]) => number);
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.filter((number) => !isTestNumber(number))).toEqual([]);
    expect(
      [...text.matchAll(/\b0\d{3,4} ?\d{6}\b/g)].map(([n]) => n).filter((n) => !n.startsWith('01632 960')),
    ).toEqual([]);
    const postcodes = (await rowsOf(folder(), 'sources/social-care/ssd_address.csv')).map(
      (row) => row.addr_address_postcode,
    );
    expect(postcodes.filter((postcode) => !/^ZZ\d{1,2} \d[A-Z]{2}$/.test(postcode ?? ''))).toEqual([]);
  });
});

describe('generateWorld', () => {
  it('writes the files that the named world has', async () => {
    expect(await filesOf(generated)).toEqual(await filesOf(NAMED));
  });

  it('writes the same files for the same seed, others for another', async () => {
    const [again, other] = [join(out, 'again'), join(out, 'other')];
    const done: number[] = [];
    await generateWorld({ families: FAMILIES, seed: 7, out: again, today: TODAY, onProgress: (n) => done.push(n) });
    await generateWorld({ families: FAMILIES, seed: 8, out: other, today: TODAY });
    expect(await digestOf(again)).toBe(await digestOf(generated));
    expect(await digestOf(other)).not.toBe(await digestOf(generated));
    expect(done.at(-1)).toBe(FAMILIES);
  });

  it('has workers of every role, with ids that can be guessed', async () => {
    const workers = await rowsOf(generated, 'directory/workers.csv');
    const ids = new Set(workers.map(({ id }) => id));
    for (const id of [
      'sw-0001',
      'tm-0001',
      'bso-0001',
      'sp-0001',
      'kw-0001',
      'ehm-0001',
      'rw-0001',
      'mhp-0001',
      'dap-0001',
      'dao-0001',
      'ig-0001',
    ]) {
      expect([id, ids.has(id)]).toEqual([id, true]);
    }
    const teams = await rowsOf(generated, 'directory/teams.csv');
    const managed = new Set(workers.flatMap(({ manages }) => manages?.split(';') ?? []));
    expect(teams.filter(({ id }) => id !== 'csc-core' && !managed.has(id ?? ''))).toEqual([]);
  });

  it('has families and consents in the shares asked for, as far as few families can', async () => {
    const members = await rowsOf(generated, 'sources/social-care/gw_family_member.csv');
    const families = new Set(members.map(({ family_id }) => family_id)).size;
    expect(families / FAMILIES).toBeGreaterThan(0.88);
    const consents = await rowsOf(generated, 'registers/consents.csv');
    const said = new Set(consents.map(({ subject }) => subject));
    const linked = new Set((await rowsOf(generated, 'links.csv')).map(({ person }) => person));
    expect(said.size / linked.size).toBeGreaterThan(0.75);
    expect(said.size / linked.size).toBeLessThan(0.95);
    const states = new Set(consents.map(({ state }) => state));
    expect([...states].sort()).toEqual(['GIVEN', 'REFUSED', 'WITHDRAWN']);
  });

  it.each([
    [0, 1, TODAY],
    [1.5, 1, TODAY],
    [1, 0.5, TODAY],
    [1, 1, '23 November'],
    [1, 1, '2026-02-31'],
  ])('refuses %p families, seed %p, today %p', async (families, seed, today) => {
    await expect(generateWorld({ families, seed, out: join(out, 'no'), today })).rejects.toThrow(RangeError);
  });
});

describe('checkWorld', () => {
  const broken = async (file: string, change: (text: string) => string): Promise<string[]> => {
    const copy = await mkdtemp(join(out, 'broken-'));
    await cp(NAMED, copy, { recursive: true });
    await writeFile(join(copy, file), change(await readFile(join(copy, file), 'utf8')));
    return checkWorld(copy);
  };
  const firstLine = (text: string, change: (line: string) => string) => text.replace(/^.*/, change);

  it('names the files that a world does without', async () => {
    expect(absentFiles(NAMED)).toEqual([]);
    const copy = await mkdtemp(join(out, 'absent-'));
    await cp(NAMED, copy, { recursive: true });
    await rm(join(copy, 'sources/social-care/ssd_address.csv'));
    expect(checkWorld(copy)).toEqual([]);
    expect(absentFiles(copy)).toEqual(['sources/social-care/ssd_address.csv']);
  });

  it.each<[string, string, (text: string) => string, RegExp]>([
    ['a manifest that is no YAML', 'world.yaml', (text) => `${text}\nfoo: [`, /^world\.yaml is not YAML: .*line \d+/s],
    [
      'a column that nothing reads',
      'links.csv',
      (text) => text.replaceAll(/$/gm, ',x').replace(/,x$/, ''),
      /links\.csv: nothing reads the column x/,
    ],
    [
      'a column of a source',
      'sources/early-help/gw_eh_person.csv',
      (text) => firstLine(text, (line) => line.replace('forename', 'firstname')),
      /gw_eh_person\.csv: nothing reads the column firstname/,
    ],
    [
      'a consent of nobody',
      'registers/consents.csv',
      (text) => text.replace('c-1001,P-1001', 'c-1001,P-9999'),
      /consents\.csv line 2: subject leads to no person/,
    ],
    [
      'a category outside the list',
      'registers/consents.csv',
      (text) => text.replace('IDENTITY', 'IDENTITEE'),
      /consents\.csv line 2: categories holds a word outside its list/,
    ],
    [
      'a family team of no team',
      'sources/social-care/gw_family_team.csv',
      (text) => text.replace('fst-1', 'fst-9'),
      /gw_family_team\.csv line 2: team_id leads to no team/,
    ],
    [
      'a judgement of a record that is not there',
      'registers/judgements.csv',
      (text) => text.replace('X301201/risk/ADVP', 'X301201/risk/NONE'),
      /judgements\.csv line \d+: no source holds what was judged/,
    ],
    [
      'a case of a worker nobody knows',
      'sources/domestic-abuse/cases.json',
      (text) => text.replace('"id": "LDA3"', '"id": "LDA9"'),
      /cases\.json case 1 leads to no staff/,
    ],
    [
      'a resource about nobody',
      'sources/mental-health/Condition.ndjson',
      (text) => text.replace(/Patient\/svp-\d+/, 'Patient/svp-0'),
      /Condition\.ndjson line 1 leads to no local/,
    ],
    [
      'a date in the workbook that is none',
      'sources/workbook/gw_workbook_supervision.csv',
      (text) => text.replace('2026-09-29', '20xx-09-29'),
      /gw_workbook_supervision\.csv line 2: held_on is no date/,
    ],
    [
      'a month that is none',
      'sources/workbook/gw_workbook_rag_rating.csv',
      (text) => text.replace(',2026-09,', ',2026-13,'),
      /gw_workbook_rag_rating\.csv line 2: month is no date/,
    ],
    [
      'a day that no calendar has in a plan',
      'sources/social-care/ssd_cp_plans.csv',
      (text) => text.replace('2026-07-08', '2026-02-31'),
      /ssd_cp_plans\.csv line 2: cppl_cp_plan_start_date is no date/,
    ],
    [
      'a date in an extract that is none',
      'sources/substance-misuse/extract.csv',
      (text) => text.replace('2026-07-15', '20261315'),
      /extract\.csv line 2: \w+ is no date/,
    ],
    [
      'an instant in a register without a zone',
      'registers/consents.csv',
      (text) => text.replace('2026-07-01T10:15:00.000Z', '2026-07-01T10:15:00'),
      /consents\.csv line 2: from is no date/,
    ],
    [
      'a date in a case that is none',
      'sources/domestic-abuse/cases.json',
      (text) => text.replace(/("openedOn": ")2026/, '$120xx'),
      /cases\.json case \d+: openedOn is no date/,
    ],
    [
      'a date in a resource that is none',
      'sources/mental-health/Condition.ndjson',
      (text) => text.replace(/("recordedDate": ?")\d{4}/, '$120xx'),
      /Condition\.ndjson line \d+: recordedDate is no date/,
    ],
    [
      'a line that is no JSON',
      'sources/mental-health/Condition.ndjson',
      (text) => text.replace(/\n/, '\n{"resourceType"\n'),
      /Condition\.ndjson line 2 is no JSON/,
    ],
    [
      'a resource with an id that FHIR has not',
      'sources/mental-health/Condition.ndjson',
      (text) => text.replace(/"id": ?"/, (id) => `${id}a b`),
      /Condition\.ndjson line 1 is no Condition with an id/,
    ],
    [
      'a short row',
      'links.csv',
      (text) => text.replace(/,[^,\n]*\n$/, '\n'),
      /links\.csv line \d+ has another number of cells/,
    ],
  ])('names %s', async (_, file, change, problem) => {
    expect(await broken(file, change)).toContainEqual(expect.stringMatching(problem));
  });

  it('looks at every column that an adapter reads as a date', () => {
    const read = Object.entries({ 'social-care': SOCIAL_CARE, workbook: WORKBOOK, 'early-help': EARLY_HELP }).flatMap(
      ([adapter, shapes]) =>
        Object.entries(shapes).flatMap(([table, { shape }]) =>
          Object.entries(shape as Record<string, z.ZodType>)
            .filter(([, cell]) => cell.safeParse('2026-11-02').success && !cell.safeParse('20xx-11-02').success)
            .map(([column]) => ({ adapter, table, column })),
        ),
    );
    expect(read.length).toBeGreaterThan(80);
    expect(read.filter(({ adapter, column }) => dateOfColumn(adapter, column) === undefined)).toEqual([]);
  });

  it('is what a start that a broken source stops tells to run', async () => {
    const copy = await mkdtemp(join(out, 'broken-'));
    await cp(NAMED, copy, { recursive: true });
    const file = join(copy, 'sources/mental-health/Condition.ndjson');
    await writeFile(file, (await readFile(file, 'utf8')).replace('\n', '\nnonsense\n'));
    const config = readConfig({ PORT: '0', THRESHOLD_STORE: ':memory:', LOG_LEVEL: 'silent', THRESHOLD_WORLD: copy });
    await expect(composeDemo(config as DemoConfig)).rejects.toThrow(
      `${join(copy, 'sources/mental-health')} cannot be served: Condition.ndjson line 2 is not a FHIR resource. What else is broken in the world: threshold world check ${copy}`,
    );
  });

  it('names a required file that is missing', async () => {
    const copy = await mkdtemp(join(out, 'broken-'));
    await cp(NAMED, copy, { recursive: true });
    await rm(join(copy, 'sources/social-care/gw_restricted_person.csv'));
    expect(checkWorld(copy)).toContain('sources/social-care/gw_restricted_person.csv is missing');
  });

  it('names no person', async () => {
    const problems = await broken('links.csv', (text) => text.split('\n').slice(0, 1).join('\n'));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter((problem) => /P-\d|\b41\d{4}\b/.test(problem))).toEqual([]);
  });
});

function isTestNumber(number: string): boolean {
  const sum = [...number].slice(0, 9).reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
  return number.startsWith('999') && (11 - (sum % 11)) % 11 === Number(number[9]);
}

interface Identity {
  readonly id: string;
  readonly holder: string;
  readonly space: string;
}

async function started(
  adapter: string,
  folder: string,
  identity: Identity,
): Promise<{ source: Source; stop(): Promise<void> }> {
  const as = { ...identity, now: () => `${TODAY}T10:00:00.000Z` };
  const open = async <O>(
    simulation: Promise<{ readonly options: O; stop(): Promise<void> }>,
    create: (options: O) => Source,
  ) => {
    const { options, stop } = await simulation;
    const source = create(options);
    await source.start();
    return { source, stop };
  };
  switch (adapter) {
    case 'social-care':
      return open(simulateSocialCare(folder, as), createSocialCare);
    case 'workbook':
      return open(simulateWorkbook(folder, as), createWorkbook);
    case 'early-help':
      return open(simulateEarlyHelp(folder, as), createEarlyHelp);
    case 'mental-health':
      return open(simulateMentalHealth(folder, as), createMentalHealth);
    case 'substance-misuse':
      return open(simulateSubstanceMisuse(folder, as), createSubstanceMisuse);
    case 'domestic-abuse':
      return open(simulateDomesticAbuse(folder, as), createDomesticAbuse);
    default:
      return open(simulateProbation(folder, as), createProbation);
  }
}
