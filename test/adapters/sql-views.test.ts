/** The T-SQL that an authority fills in names every column that the adapters read. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXPECTATION as EARLY_HELP_EXPECTED } from '../../adapters/early-help/deployment.js';
import { CONTRACT as EARLY_HELP } from '../../adapters/early-help/wire.js';
import { EXPECTATION as SOCIAL_CARE_EXPECTED } from '../../adapters/social-care/deployment.js';
import { CONTRACT as SOCIAL_CARE } from '../../adapters/social-care/wire.js';
import { EXPECTATION as WORKBOOK_EXPECTED } from '../../adapters/workbook/deployment.js';
import { CONTRACT as WORKBOOK } from '../../adapters/workbook/wire.js';
import { checkSql } from '../../src/sources/check/check-sql.js';
import { type FreshDatabase, freshDatabase, MSSQL_URL } from '../databases.js';

describe.each([
  ['social-care', SOCIAL_CARE],
  ['workbook', WORKBOOK],
  ['early-help', EARLY_HELP],
])('adapters/%s/views.sql', (name, contract) => {
  const sql = readFileSync(new URL(`../../adapters/${name}/views.sql`, import.meta.url), 'utf8');
  const views = new Map(
    sql.split(/^GO$/m).flatMap((batch) => {
      const [, view = ''] = /CREATE VIEW dbo\.(\w+) AS/.exec(batch) ?? [];
      const columns = [...batch.matchAll(/ AS (\w+),?(?: +--.*)?$/gm)].map(([, column = '']) => column);
      return view === '' ? [] : [[view, columns] as const];
    }),
  );

  it('creates every view with every column the adapter reads', () => {
    for (const [table, { columns }] of Object.entries(contract)) {
      if (table.startsWith('gw_'))
        expect([table, views.get(table) ?? []]).toEqual([table, expect.arrayContaining([...columns])]);
    }
  });

  it('creates no view the adapter does not read', () => {
    expect([...views.keys()].filter((view) => !(view in contract))).toEqual([]);
  });
});

it('has no skeleton of the restricted list that would run empty', () => {
  const sql = readFileSync(new URL('../../adapters/social-care/views.sql', import.meta.url), 'utf8');
  const [batch = ''] = /CREATE VIEW dbo\.gw_restricted_person AS[\s\S]*?^GO$/m.exec(sql) ?? [];
  expect(batch).toContain('REPLACE_BY_THE_RESTRICTED_LIST');
  expect(batch).not.toContain('WHERE 1 = 0');
});

describe('adapters/social-care for an administrator', () => {
  const text = (file: string) => readFileSync(new URL(`../../adapters/social-care/${file}`, import.meta.url), 'utf8');

  it('README.md names every table and column that is read, and no other', () => {
    const rows = [...text('README.md').matchAll(/^\| `(\w+)` \| [^|]+ \| ([\w, ]+) \|$/gm)];
    expect(rows.map(([, table, columns]) => [table, columns?.split(', ')])).toEqual(
      Object.entries(SOCIAL_CARE).map(([table, { columns }]) => [table, columns]),
    );
  });

  it('login.sql grants SELECT on every table that is read, and nothing else', () => {
    const granted = [...text('login.sql').matchAll(/^GRANT (\w+) ON dbo\.(\w+) TO threshold_reader;$/gm)];
    expect(granted.map(([, right, table]) => [right, table])).toEqual(
      Object.keys(SOCIAL_CARE).map((table) => ['SELECT', table]),
    );
    expect(text('login.sql').match(/^GRANT/gm)).toHaveLength(granted.length);
  });
});

(MSSQL_URL === undefined ? describe.skip : describe)('views.sql on SQL Server', () => {
  let fresh: FreshDatabase;
  beforeAll(async () => {
    fresh = await freshDatabase();
    // What an authority brings: the mothers of SSD, and its restricted list under its own name.
    await fresh.run(
      'CREATE TABLE ssd_mother (moth_table_id NVARCHAR(48), moth_person_id NVARCHAR(48), moth_childs_person_id NVARCHAR(48))',
    );
    await fresh.run('CREATE TABLE REPLACE_BY_THE_RESTRICTED_LIST (entry NVARCHAR(48))');
  });
  afterAll(() => fresh?.drop());

  it.each([
    ['social-care', SOCIAL_CARE_EXPECTED],
    ['workbook', WORKBOOK_EXPECTED],
    ['early-help', EARLY_HELP_EXPECTED],
  ])(
    'of %s runs as it stands, and check-source finds every view with columns of fitting types',
    async (name, expectation) => {
      const sql = readFileSync(new URL(`../../adapters/${name}/views.sql`, import.meta.url), 'utf8');
      for (const batch of sql.split(/^GO$/m)) if (/CREATE VIEW/.test(batch)) await fresh.run(batch);
      const { findings } = await checkSql(fresh.options, expectation, {
        today: '2026-11-23',
        maxAgeDays: 31,
        sample: 10,
      });
      const wrong = findings.filter(
        ({ code, table }) =>
          table?.startsWith('gw_') && /MISSING|UNREADABLE|WRONG_TYPE|DATE_AS_TEXT|KEY_|NOT_CHECKED/.test(code),
      );
      expect(wrong.map(({ code, table, column }) => `${code} ${table}.${column}`)).toEqual([]);
    },
  );
});
