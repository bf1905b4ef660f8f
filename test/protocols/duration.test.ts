import { describe, expect, it } from '@jest/globals';
import { nominalDays, readDuration, sayDuration } from '../../src/protocols/duration.js';

const read = (text: string) => {
  const duration = readDuration(text);
  if (!duration) throw new Error(`${text} is no duration`);
  return duration;
};

describe('a duration', () => {
  it.each([
    ['P6M', '6 months'],
    ['P1Y', '12 months'],
    ['P7D', '7 days'],
    ['P2W', '14 days'],
    ['PT24H', '24 hours'],
    ['PT90M', '90 minutes'],
    ['P1M2DT3H', '1 month and 2 days and 3 hours'],
    ['1 working day', '1 working day'],
    ['5 working days', '5 working days'],
  ])('%s is %s', (text, said) => expect(sayDuration(read(text))).toBe(said));

  it.each([
    '',
    'P',
    'PT',
    'P1',
    '6M',
    'P-1M',
    'P1.5M',
    'P0D',
    'PT0H',
    'p6m',
    'P6M ',
    'P99Y',
    'a month',
    '0 working days',
  ])('%j is none', (text) => expect(readDuration(text)).toBeUndefined());

  it.each([
    ['PT23H', 'P1D'],
    ['P30D', 'P1M'],
    ['P1M', 'P31D'],
    ['P1D', '1 working day'],
    ['P7D', '5 working days'],
    ['5 working days', 'P8D'],
  ])('%s is shorter than %s', (a, b) => expect(nominalDays(read(a))).toBeLessThan(nominalDays(read(b))));
});
