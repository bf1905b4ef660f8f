/** Dates and instants that are none must not pass for the next that is one: a consent until 31 February ended on 3 March. */
import { describe, expect, it } from '@jest/globals';
import { parseValue } from 'graphql';
import { dateScalar, dateTimeScalar } from '../../src/graph/scalars.js';

const date = (value: unknown) => dateScalar.parseValue(value);
const dateTime = (value: unknown) => dateTimeScalar.parseValue(value);

describe('Date', () => {
  it.each(['2026-11-23', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('is %s', (text) => {
    expect(date(text)).toBe(text);
    expect(dateScalar.parseLiteral(parseValue(`"${text}"`))).toBe(text);
  });

  it.each([
    '2020-02-31',
    '2021-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '20260101',
    '2026-11-23T00:00:00Z',
    ' 2026-11-23',
    '2026-11-23\n',
    '٢٠٢٦-11-23',
    '',
    20260101,
    null,
  ])('is not %j', (value) => {
    expect(() => date(value)).toThrow('A Date is');
  });
});

describe('DateTime', () => {
  it.each([
    ['2026-11-23T10:00:00Z', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23T10:00:00.5Z', '2026-11-23T10:00:00.500Z'],
    ['2026-11-23T10:00:00.123456789Z', '2026-11-23T10:00:00.123Z'],
    ['2026-11-23T10:00:00+01:00', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T10:00:00-00:00', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23t10:00:00z', '2026-11-23T10:00:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(dateTime(text)).toBe(instant);
    expect(dateTimeScalar.parseLiteral(parseValue(`"${text}"`))).toBe(instant);
  });

  it.each([
    ['a day that is none', '2026-02-31T00:00:00Z'],
    ['29 February of a year that has none', '2021-02-29T12:00:00Z'],
    ['no zone: it would be read in the server’s', '2026-11-23T10:00:00'],
    ['no zone and no seconds', '2026-11-23T10:00'],
    ['no seconds', '2026-11-23T10:00Z'],
    ['no time', '2026-11-23'],
    ['an hour of the next day', '2026-11-23T24:00:00Z'],
    ['a leap second, which no clock of ours has', '2016-12-31T23:59:60Z'],
    ['a minute that is none', '2026-11-23T10:60:00Z'],
    ['an offset of a whole day', '2026-11-23T10:00:00+24:00'],
    ['an offset without minutes', '2026-11-23T10:00:00+01'],
    ['an offset without a colon', '2026-11-23T10:00:00+0100'],
    ['a space for the T', '2026-11-23 10:00:00Z'],
    ['a dot that nothing follows', '2026-11-23T10:00:00.Z'],
    ['more behind it', '2026-11-23T10:00:00Z\n'],
    ['a year before 0000 by its zone', '0000-01-01T00:00:00+01:00'],
    ['a year past 9999 by its zone', '9999-12-31T23:59:59-01:00'],
    ['a number', 1_764_000_000_000],
    ['nothing', null],
  ])('with %s is refused', (_, value) => {
    expect(() => dateTime(value)).toThrow('A DateTime is');
  });
});
