/** `threshold check-source`: which sources it checks, what it prints and with which code it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { simulateEarlyHelp } from '../../adapters/early-help/seed.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import { type CheckRequest, runCheckSource } from '../../src/cli/check-source.js';
import { listSources } from '../../src/compose-service.js';

const WORLD = 'test/worlds/walsall-road';
const DEFAULTS: CheckRequest = {
  world: () => WORLD,
  maxAgeDays: 31,
  sample: 100,
  json: false,
  today: '2026-11-23',
};

let folder: string;
let file: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-cli-'));
  const identity = { holder: 'csc', directory: folder, now: () => '2026-11-23T12:00:00.000Z' };
  const care = await simulateSocialCare(`${WORLD}/sources/social-care`, { id: 'care', ...identity });
  const help = await simulateEarlyHelp(`${WORLD}/sources/early-help`, { id: 'help', ...identity });
  const database = new Database(care.file);
  database.exec('DROP TABLE gw_relationship');
  database.close();
  env = { CARE_FILE: care.file, HELP_FILE: help.file };
  file = join(folder, 'sources.yaml');
  await writeFile(
    file,
    `- {id: care, adapter: social-care, holder: csc, database: {type: better-sqlite3, database: {env: CARE_FILE}}}
- {id: help, adapter: early-help, holder: eh, database: {type: better-sqlite3, database: {env: HELP_FILE}}}
- {id: mind, adapter: mental-health, holder: mht, baseUrl: 'http://127.0.0.1:1/r4', token: invented}`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function run(request: Partial<CheckRequest>) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runCheckSource(
    { ...DEFAULTS, ...request },
    env,
    (line) => said.push(line),
    (line) => complained.push(line),
  );
  return { code, said: said.join('\n'), complained: complained.join('\n') };
}

describe('threshold check-source', () => {
  it('finds the demo world all right', async () => {
    const { code, said } = await run({});
    expect(code).toBe(0);
    expect(said.split('\n').filter((line) => line.includes('all right'))).toHaveLength(3);
  });

  it('checks every SQL source that a file lists, and ends with 1 when one has a fault', async () => {
    const { code, said } = await run({ sources: file });
    expect(code).toBe(1);
    expect(said).toMatch(/care \(social-care\): \d+ tables/);
    expect(said).toContain('FAULT  gw_relationship is not there');
    expect(said).toContain('help (early-help): 8 tables');
  });

  it('checks the one named, as JSON when asked', async () => {
    const { code, said } = await run({ sources: file, id: 'help', json: true });
    expect(code).toBe(0);
    expect(JSON.parse(said)).toEqual([
      expect.objectContaining({ id: 'help', adapter: 'early-help', faults: 0, report: expect.any(Object) }),
    ]);
  });

  it.each([
    ['a source that is not listed', { id: 'nobody' }, 'no source nobody; there are care, help, mind'],
    ['a source that is not read over SQL', { id: 'mind' }, 'not read over SQL'],
    ['a number that is none', { sample: Number.NaN }, '--sample'],
    ['a file that is not there', { sources: '/nowhere/sources.yaml' }, 'ENOENT'],
  ])('ends with 2 for %s', async (_what, request, words) => {
    const { code, complained } = await run({ sources: file, ...request });
    expect([code, complained]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('a SQL Server in the sources file', () => {
  const listed = (database: string) =>
    listSources(`- {id: care, adapter: social-care, holder: csc, database: {type: mssql, ${database}}}`, {});

  it('is an address or a host, with switches where they belong', () => {
    expect(listed(`url: 'mssql://u:p@h/d'`)).toHaveLength(1);
    expect(listed('host: h, database: d, options: {trustServerCertificate: true, readOnlyIntent: true}')).toHaveLength(
      1,
    );
  });

  it.each([
    [`url: 'mssql://u:secret@h'`],
    [`url: 'postgres://u:secret@h/d'`],
    [`url: 'mssql://u:secret@h/d?trustservercertificate=true'`],
    [`url: 'mssql://u:secret@h/d', host: h`],
    ['database: d'],
    [`url: 'mssql://u:secret@h/d', trustServerCertificate: true`],
    [`url: 'mssql://u:secret@h/d', options: {trustServerCertificate: 'true'}`],
  ])('is refused as %s, without a word of its secrets', (database) => {
    expect(() => listed(database)).toThrow(/social-care/);
    expect(() => listed(database)).not.toThrow(/secret/);
  });
});
