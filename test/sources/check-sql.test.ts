/** Each fault planted in a good deployment is found and named; the good one yields none; nothing of a row is said. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { EXPECTATION } from '../../adapters/social-care/deployment.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import { checkSql, type SqlReport } from '../../src/sources/check/check-sql.js';
import { describeFinding, FINDINGS } from '../../src/sources/check/finding.js';
import { loadServer } from '../../src/sources/mssql-files.js';
import { type FreshDatabase, freshDatabase, MSSQL_URL } from '../databases.js';
import { PLANTED, type PlantedFault } from './planted-faults.js';

const WORLD = fileURLToPath(new URL('../worlds/walsall-road/sources/social-care', import.meta.url));
const OPTIONS = { today: '2026-11-23', maxAgeDays: 31, sample: 2000 };

/** A report as the planted faults say it: `CODE table.column`. */
function named({ findings }: SqlReport): string[] {
  return findings.map(({ code, table, column }) => [code, [table, column].filter(Boolean).join('.')].join(' ').trim());
}
const expected = ({ finds }: Pick<PlantedFault, 'finds'>) => finds.map(([code, place]) => `${code} ${place}`);

function expectCounts(report: SqlReport, { finds }: PlantedFault): void {
  for (const [code, place, count] of finds) {
    const found = report.findings.find(
      (each) => each.code === code && `${place}` === [each.table, each.column].filter(Boolean).join('.'),
    );
    if (count !== undefined) expect([place, found?.count]).toEqual([place, count]);
  }
}

describe('check-source on SQLite', () => {
  let folder: string;
  let good: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threshold-check-'));
    good = (
      await simulateSocialCare(WORLD, {
        id: 'social-care',
        holder: 'csc',
        directory: folder,
        now: () => '2026-11-23T12:00:00.000Z',
      })
    ).file;
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function deployed(plant: readonly string[]): Promise<string> {
    const file = join(folder, 'planted.sqlite');
    await copyFile(good, file);
    const database = new Database(file);
    for (const statement of plant) {
      const [, table, column] = /^-- drop index (\w+) (\w+)$/.exec(statement) ?? [];
      const sql = table
        ? database
            .prepare(
              `SELECT 'DROP INDEX ' || name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE ?`,
            )
            .pluck()
            .get(table, `%(%${column}%`)
        : statement;
      database.exec(String(sql));
    }
    database.close();
    return file;
  }
  const check = async (plant: readonly string[], options = OPTIONS) =>
    checkSql({ type: 'better-sqlite3', database: await deployed(plant) }, EXPECTATION, options);

  it('finds nothing wrong with a good deployment', async () => {
    const report = await check([]);
    expect(report.findings.map(describeFinding)).toEqual([]);
    expect(report).toMatchObject({ tables: Object.keys(EXPECTATION.contract).length, newestAgeDays: 5 });
  });

  it.each(PLANTED.map((fault) => [fault.says, fault] as const))('finds that %s', async (_says, fault) => {
    const report = await check(fault.plant);
    expect(named(report)).toEqual(expect.arrayContaining(expected(fault)));
    expectCounts(report, fault);
    // What else is found can only follow from it: other findings are about the same tables or point at them.
    const tables = fault.finds.map(([, place]) => place.split('.')[0] ?? '');
    const others = report.findings.filter(({ table, says }) => !tables.some((t) => t === table || says.includes(t)));
    expect(others.filter(({ code }) => code !== 'ORPHANS').map(describeFinding)).toEqual([]);
  });

  it('finds that nothing comes in any more', async () => {
    const report = await check([], { ...OPTIONS, today: '2027-03-01' });
    expect(named(report)).toEqual(['STALE']);
    expect(report.newestAgeDays).toBe(103);
  });

  it('finds a database that is not there, or is none, and repeats nothing of its address', async () => {
    const gone = await checkSql({ type: 'better-sqlite3', database: '/nowhere/secret.sqlite' }, EXPECTATION, OPTIONS);
    expect(named(gone)).toEqual(['UNREACHABLE']);
    expect(JSON.stringify(gone)).not.toContain('secret');
    const file = join(folder, 'none.sqlite');
    await writeFile(
      file,
      'this is no database, and it is long enough to be taken for the header of one by its size alone',
    );
    expect(named(await checkSql({ type: 'better-sqlite3', database: file }, EXPECTATION, OPTIONS))).toEqual([
      'UNREACHABLE',
    ]);
  });

  it('finds a connection that could write', async () => {
    const report = await checkSql(
      { type: 'better-sqlite3', database: await deployed([]), readonly: false },
      EXPECTATION,
      OPTIONS,
    );
    expect(named(report)).toEqual(['CAN_WRITE']);
  });

  it('says how to index in a statement that does it', async () => {
    const file = await deployed(['-- drop index ssd_address addr_person_id']);
    const before = await checkSql({ type: 'better-sqlite3', database: file }, EXPECTATION, OPTIONS);
    const [{ run } = { run: '' }] = before.findings;
    const database = new Database(file);
    database.exec(String(run));
    database.close();
    expect((await checkSql({ type: 'better-sqlite3', database: file }, EXPECTATION, OPTIONS)).findings).toEqual([]);
  });

  it('says nothing of a row', async () => {
    const all = PLANTED.filter(({ alone }) => !alone).flatMap(({ plant }) => plant);
    const said = (await check(all)).findings.map(describeFinding).join('\n');
    const database = new Database(good, { readonly: true });
    const values = ['pers_person_id', 'pers_forename', 'pers_surname'].flatMap((column) =>
      database.prepare(`SELECT DISTINCT ${column} FROM ssd_person WHERE ${column} IS NOT NULL`).pluck().all(),
    );
    database.close();
    expect(values.length).toBeGreaterThan(20);
    expect(values.filter((value) => new RegExp(`\\b${value}\\b`).test(said))).toEqual([]);
    expect(said).not.toContain('ZZZ');
  });
});

/** Babelfish tells collations by names of its own, so that every column seems to differ from its database. */
const isOwnName = (says: string) => says.includes('bbf_unicode_cp1_ci_as');

(MSSQL_URL === undefined ? describe.skip : describe)('check-source on SQL Server', () => {
  let fresh: FreshDatabase;
  let reader: FreshDatabase['options'];
  const tables = Object.keys(EXPECTATION.contract);

  beforeAll(async () => {
    fresh = await freshDatabase();
    await loadServer(WORLD, fresh.options, EXPECTATION);
    reader = await fresh.logIn(tables.map((table) => `SELECT ON dbo.${table}`));
  });
  afterAll(() => fresh?.drop());

  const check = async (options = reader, today = OPTIONS) => {
    const report = await checkSql(options, EXPECTATION, today);
    const findings = report.findings.filter(
      ({ code, says }) => code !== 'CERTIFICATE_NOT_CHECKED' && !(code === 'COLLATION_DIFFERS' && isOwnName(says)),
    );
    return { ...report, findings };
  };

  it('finds nothing wrong with a good deployment read by a log-in that may only read', async () => {
    const report = await check();
    expect(report.findings.map(describeFinding)).toEqual([]);
    expect(report).toMatchObject({ tables: tables.length, newestAgeDays: 5 });
  });

  it('says that the certificate is not checked, when a deployment says so', async () => {
    const report = await checkSql({ ...reader, options: { trustServerCertificate: true } }, EXPECTATION, OPTIONS);
    expect(named(report)).toContain('CERTIFICATE_NOT_CHECKED');
  });

  it('does not connect to a server whose certificate nobody vouches for, unless told to', async () => {
    const report = await checkSql({ ...reader, options: {} }, EXPECTATION, OPTIONS);
    expect(report.findings.map(({ code, says }) => [code, says.includes('certificate')])).toEqual([
      ['UNREACHABLE', true],
    ]);
  });

  it('finds a connection without encryption', async () => {
    const report = await check({ ...reader, options: { encrypt: false } });
    expect(named(report)).toContain('NOT_ENCRYPTED');
  });

  it('finds a log-in that may write, one that owns everything, and a password that is wrong', async () => {
    const writer = await fresh.logIn([...tables.map((table) => `SELECT ON dbo.${table}`), 'UPDATE ON dbo.ssd_person']);
    const [found] = (await check(writer)).findings;
    expect([found?.code, found?.says]).toEqual([
      'CAN_WRITE',
      expect.stringContaining(`may UPDATE on 1 of ${tables.length}`),
    ]);
    expect(named(await check(fresh.options))).toEqual(['CAN_WRITE']);
    const [refused] = (await check({ ...reader, password: 'not this one' })).findings;
    expect([refused?.code, refused?.says]).toEqual(['UNREACHABLE', expect.stringContaining('refuses the log-in')]);
    expect(refused?.says).not.toContain('not this one');
  });

  it('finds a table it may see but not read, with the statement that grants it', async () => {
    const blind = await fresh.logIn([
      ...tables.filter((table) => table !== 'ssd_contacts').map((table) => `SELECT ON dbo.${table}`),
      'INSERT ON dbo.ssd_contacts',
    ]);
    const found = (await check(blind)).findings.find(({ code }) => code === 'TABLE_UNREADABLE');
    expect([found?.table, found?.run]).toEqual([
      'ssd_contacts',
      expect.stringContaining('GRANT SELECT ON dbo.ssd_contacts'),
    ]);
  });

  it('finds every fault of a badly deployed SSD', async () => {
    const faults = PLANTED.filter(({ alone }) => !alone);
    for (const statement of faults.flatMap(({ plant }) => plant)) {
      const [, table, column] = /^-- drop index (\w+) (\w+)$/.exec(statement) ?? [];
      await fresh.run(table ? `DROP INDEX ix_gateway_${table}_${column} ON dbo.${table}` : statement);
    }
    await fresh.run('ALTER TABLE ssd_s47_enquiry ALTER COLUMN s47e_s47_start_date NVARCHAR(40)');
    await fresh.run('DROP INDEX ix_gateway_gw_core_group_child_person_id ON dbo.gw_core_group');
    await fresh.run('ALTER TABLE gw_core_group ALTER COLUMN child_person_id NVARCHAR(MAX)');
    await fresh.run('DROP INDEX ix_gateway_gw_allegation_victim_person_id ON dbo.gw_allegation');
    await fresh.run('ALTER TABLE gw_allegation DROP COLUMN victim_person_id');
    await fresh.run('ALTER TABLE gw_allegation ADD victim_person_id NVARCHAR(48) COLLATE Latin1_General_100_BIN2');
    const report = await check(
      await fresh.logIn(tables.filter((t) => t !== 'gw_handover').map((t) => `SELECT ON dbo.${t}`)),
    );
    expect(named(report)).toEqual(
      expect.arrayContaining([
        ...faults.flatMap(expected),
        'DATE_AS_TEXT ssd_s47_enquiry.s47e_s47_start_date',
        'KEY_UNBOUNDED gw_core_group.child_person_id',
        'COLLATION_DIFFERS gw_allegation.victim_person_id',
        'NO_INDEX gw_allegation.victim_person_id',
      ]),
    );
    for (const fault of faults) expectCounts(report, fault);
    for (const { code, run } of report.findings) if (code === 'NO_INDEX') await fresh.run(String(run));
    expect(named(await check()).filter((name) => name.startsWith('NO_INDEX'))).toEqual([]);
  });
});

describe('the words of the findings', () => {
  it('are of the two levels, and say something of every code', () => {
    for (const [code, [level, says]] of Object.entries(FINDINGS)) {
      expect([code, ['FAULT', 'NOTE'].includes(level), says.length > 15]).toEqual([code, true, true]);
    }
  });
});
