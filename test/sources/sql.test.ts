import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SourceFailure } from '../../src/sources/contract.js';
import { connectSql, dialectOf, keyList } from '../../src/sources/sql.js';
import {
  isCurrent,
  RowReader,
  sqlDate,
  sqlFlag,
  sqlInstant,
  sqlKey,
  sqlList,
  sqlObject,
  sqlText,
} from '../../src/sources/sql-values.js';

const CONTRACT = {
  plan: { columns: ['id', 'person', 'team'] },
  visit: {
    columns: ['id', 'person', 'seen'],
    via: { column: 'person', key: 'plan_id', table: 'plan', id: 'id', person: 'person' },
  },
};

describe('the dialects', () => {
  const schema = [
    { t: 'Plan', c: 'ID' },
    { t: 'Plan', c: 'Person' },
    { t: 'visit', c: 'id' },
    { t: 'visit', c: 'plan_id' },
  ];

  it('read keys from one JSON parameter', () => {
    const server = dialectOf({ type: 'mssql' } as never, CONTRACT, schema);
    const embedded = dialectOf({ type: 'better-sqlite3', database: ':memory:' }, CONTRACT, schema);
    expect([server.keys(0), server.at(1), server.date('t.born')]).toEqual([
      `SELECT id FROM OPENJSON(@0) WITH (id NVARCHAR(400) '$')`,
      '@1',
      'CAST(t.born AS DATE)',
    ]);
    expect([embedded.keys(0), embedded.at(1), embedded.date('t.born')]).toEqual([
      'SELECT value AS id FROM json_each(?)',
      '?',
      'SUBSTR(t.born, 1, 10)',
    ]);
    expect(keyList(['a', 'b', 'a'])).toBe('["a","b"]');
  });

  it('convert, on SQL Server, text that is compared otherwise than its database compares', () => {
    const foreign = [...schema, { t: 'Plan', c: 'Team', k: 1 }, { t: 'visit', c: 'person', k: 0 }];
    expect(dialectOf({ type: 'mssql' } as never, CONTRACT, foreign).from('plan')).toBe(
      '(SELECT t.id, t.person, t.team COLLATE DATABASE_DEFAULT AS team FROM plan t)',
    );
    expect(dialectOf({ type: 'better-sqlite3', database: ':memory:' }, CONTRACT, foreign).from('plan')).not.toContain(
      'COLLATE',
    );
  });

  it('select NULL for columns that are not there and nothing from tables that are not there', () => {
    const server = dialectOf({ type: 'mssql' } as never, CONTRACT, schema);
    expect(server.from('plan')).toBe('(SELECT t.id, t.person, CAST(NULL AS NVARCHAR(400)) AS team FROM plan t)');
    expect(server.from('visit')).toBe(
      '(SELECT t.id, v.person AS person, CAST(NULL AS NVARCHAR(400)) AS seen FROM visit t LEFT JOIN (SELECT DISTINCT id AS id, person AS person FROM plan) v ON v.id = t.plan_id)',
    );
    expect(dialectOf({ type: 'mssql' } as never, CONTRACT, []).from('plan')).toContain('WHERE 1 = 0');
    expect(() => server.from('other')).toThrow('not in the contract');
  });
});

describe('a connection', () => {
  it('fails with SourceFailure when the database cannot be opened, and says no more than its code', async () => {
    const connection = connectSql('x', { type: 'better-sqlite3', database: '/nowhere/at/all.sqlite' }, CONTRACT);
    const error = await connection.open().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SourceFailure);
    expect((error as Error).message).not.toContain('nowhere');
    await connection.close();
    await expect(connection.open()).rejects.toThrow('stopped');
  });
});

describe('values', () => {
  const read = (shape: z.ZodType, value: unknown) => shape.safeParse(value);
  const values = (shape: z.ZodType, given: readonly unknown[]) => given.map((value) => read(shape, value).data);

  it('take SSD_PH, empty and missing for null', () => {
    expect(values(sqlText, ['SSD_PH', '', '  ', null, undefined, 7, ' a '])).toEqual([
      null,
      null,
      null,
      null,
      null,
      '7',
      'a',
    ]);
    expect(['SSD_PH', '', null, undefined].map((value) => read(sqlKey, value).success)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('cut DATETIME to its date, and refuse what is no date', () => {
    expect(
      values(sqlDate, [
        '2024-02-29',
        '2024-02-29 00:00:00',
        '2024-02-29T13:00:00Z',
        new Date('2024-02-29T00:00:00Z'),
        '',
      ]),
    ).toEqual(['2024-02-29', '2024-02-29', '2024-02-29', '2024-02-29', null]);
    const bad = ['2023-02-29', '2024-13-01', '29/02/2024', 'soon', 20240229, new Date(Number.NaN)];
    expect(bad.map((value) => read(sqlDate, value).success)).toEqual(bad.map(() => false));
    expect(values(sqlInstant, ['2024-02-29', '2024-02-29 13:00', '2024-02-29T13:00:00.1234567+01:00'])).toEqual([
      '2024-02-29T00:00:00.000Z',
      '2024-02-29T13:00:00.000Z',
      '2024-02-29T12:00:00.123Z',
    ]);
  });

  it('read flags and JSON', () => {
    expect(values(sqlFlag, ['Y', 'n', true, 0, 'maybe', '', null])).toEqual([
      true,
      false,
      true,
      false,
      null,
      null,
      null,
    ]);
    expect(values(sqlObject, ['{"A":"Y","B":"","C":2}', ''])).toEqual([{ A: 'Y', B: null, C: '2' }, null]);
    expect(values(sqlList, ['["1A"]', null])).toEqual([['1A'], null]);
    expect([read(sqlObject, '[1]').success, read(sqlObject, '{').success, read(sqlList, '{}').success]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('count malformed rows and keep the others', () => {
    const reader = new RowReader();
    expect(
      reader.read(
        [
          { id: 'a', on: '2024-01-01' },
          { id: '', on: null },
          { id: 'b', on: 'x' },
        ],
        z.object({ id: sqlKey, on: sqlDate }),
      ),
    ).toEqual([{ id: 'a', on: '2024-01-01' }]);
    expect(reader.rejected).toBe(2);
  });

  it('count the start of a period and not its end', () => {
    const on = (day: string) => isCurrent('2024-01-10', '2024-02-10', day);
    expect(['2024-01-09', '2024-01-10', '2024-02-09', '2024-02-10'].map(on)).toEqual([false, true, true, false]);
    expect(isCurrent(null, null, '2024-01-01')).toBe(true);
  });
});
