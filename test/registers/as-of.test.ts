/** When a consent is due to be talked about again: on its day, while it is given and has not ended. */
import { describe, expect, it } from '@jest/globals';
import { asOf, isReviewDue } from '../../src/registers/as-of.js';

const AT = '2026-11-23T12:00:00.000Z';

describe('a consent is due to be talked about again', () => {
  it('on its review date and after it, not before', () => {
    expect(isReviewDue({ state: 'GIVEN', reviewOn: '2026-11-22' }, AT)).toBe(true);
    expect(isReviewDue({ state: 'GIVEN', reviewOn: '2026-11-23' }, AT)).toBe(true);
    expect(isReviewDue({ state: 'GIVEN', reviewOn: '2026-11-24' }, AT)).toBe(false);
  });
  it('while it is given, has such a date and has not ended', () => {
    expect(isReviewDue({ state: 'GIVEN' }, AT)).toBe(false);
    for (const state of ['REFUSED', 'WITHDRAWN'] as const)
      expect(isReviewDue({ state, reviewOn: '2026-11-22' }, AT)).toBe(false);
    expect(isReviewDue({ state: 'GIVEN', reviewOn: '2026-11-22', until: AT }, AT)).toBe(false);
    expect(isReviewDue({ state: 'GIVEN', reviewOn: '2026-11-22', until: '2026-11-23T12:00:00.001Z' }, AT)).toBe(true);
  });
});

describe('what was known of what had begun', () => {
  const said = (from: string, recordedAt: string) => ({ from, recordedAt });
  const rows = [said('2026-01-01', '2026-01-02'), said('2026-02-01', '2026-01-03'), said('2026-01-01', '2026-03-01')];
  it('counts what began, and was recorded, at the very moment', () => {
    expect(asOf(rows, {})).toEqual(rows);
    expect(asOf(rows, { validAt: '2026-01-01' })).toEqual([rows[0], rows[2]]);
    expect(asOf(rows, { knownAt: '2026-01-03' })).toEqual([rows[0], rows[1]]);
    expect(asOf(rows, { knownAt: '2026-01-02', validAt: '2025-12-31' })).toEqual([]);
  });
});
