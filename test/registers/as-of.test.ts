/** When a consent is due to be talked about again: on its day, while it is given and has not ended. */
import { describe, expect, it } from '@jest/globals';
import { asOf, beforeMoves, consentAsOf, isReviewDue } from '../../src/registers/as-of.js';
import { ASK, day, said } from './said.js';

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

describe('a statement that joins of persons have moved', () => {
  const now = { id: 'c-1', subject: 'P-3', givenBy: 'P-3' };
  const moves = [
    { statement: 'c-1', part: 'subject', at: '2026-01-05', was: 'P-1' },
    { statement: 'c-1', part: 'subject', at: '2026-01-09', was: 'P-2' },
    { statement: 'c-1', part: 'given_by', at: '2026-01-09', was: 'P-2' },
    { statement: 'c-9', part: 'subject', at: '2026-01-09', was: 'P-9' },
  ] as const;
  const stood = (knownAt: string, list: readonly (typeof moves)[number][] = moves) =>
    beforeMoves([now], list, knownAt).map(({ subject, givenBy }) => [subject, givenBy]);

  it('stands about whom it stood before the first join since, in whatever order the joins are read', () => {
    for (const list of [moves, [...moves].reverse()]) {
      expect(stood('2026-01-04', list)).toEqual([['P-1', 'P-2']]);
      expect(stood('2026-01-05', list)).toEqual([['P-2', 'P-2']]);
      expect(stood('2026-01-09', list)).toEqual([['P-3', 'P-3']]);
    }
    expect(stood('2026-01-04', [])).toEqual([['P-3', 'P-3']]);
  });
});

describe('consent at a past moment', () => {
  it('is what was known then of what had begun by the moment asked about', () => {
    const given = said({ recordedAt: day(2) });
    const refused = said({ id: 'c-2', state: 'REFUSED', recordedAt: day(8) });
    const at = (validAt: number, knownAt: number) =>
      consentAsOf([given, refused], ASK, { validAt: day(validAt), knownAt: day(knownAt) });
    expect(at(8, 8)).toEqual({ state: 'REFUSED', statements: ['c-2'] });
    expect(at(8, 7)).toEqual({ state: 'GIVEN', statements: ['c-1'] });
    expect(at(7, 8)).toEqual({ state: 'GIVEN', statements: ['c-1'] });
    expect(at(1, 8)).toEqual({ state: 'NONE', statements: [] });
  });
});
