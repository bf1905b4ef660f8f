import { describe, expect, it } from '@jest/globals';
import { instantAfter } from '../../src/sharing/deadline.js';

const NOTHING = { months: 0, days: 0, minutes: 0, workingDays: 0 };

describe('a deadline', () => {
  it.each([
    ['a day of hours', '2026-11-23T10:00:00.000Z', { minutes: 1440 }, '2026-11-24T10:00:00.000Z'],
    ['a working day from a Monday', '2026-11-23T10:00:00.000Z', { workingDays: 1 }, '2026-11-24T10:00:00.000Z'],
    ['a working day from a Friday', '2026-11-27T10:00:00.000Z', { workingDays: 1 }, '2026-11-30T10:00:00.000Z'],
    ['five working days from a Saturday', '2026-11-28T10:00:00.000Z', { workingDays: 5 }, '2026-12-04T10:00:00.000Z'],
    ['a month from its last day', '2026-01-31T10:00:00.000Z', { months: 1 }, '2026-02-28T10:00:00.000Z'],
    ['months over the year, and days', '2026-11-30T10:00:00.000Z', { months: 3, days: 1 }, '2027-03-01T10:00:00.000Z'],
  ])('of %s', (_, from, more, until) => expect(instantAfter(from, { ...NOTHING, ...more })).toBe(until));
});
