import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exceptionFor } from '../../src/registers/exception.js';
import { ASK, day, excepted, NOW } from './said.js';

describe('a record of why consent is not required', () => {
  it('covers subject, category, holder, recipient and purpose while it is live', () => {
    expect(exceptionFor([excepted()], ASK)).toEqual({ covers: true, overridesRefusal: false, ids: ['e-1'] });
    expect(exceptionFor([excepted({ holders: ['*'], recipients: ['CHILDRENS_SOCIAL_CARE'] })], ASK).covers).toBe(true);
  });

  it.each([
    ['another subject', { subjects: ['P-2'] }],
    ['another category', { categories: ['PLAN'] }],
    ['another holder', { holders: ['trust-b'] }],
    ['another recipient', { recipients: ['eh'] }],
    ['another purpose', { purposes: ['S47_ENQUIRY'] }],
    ['what has not started', { from: day(21) }],
    ['what has ended', { until: NOW }],
    ['what a manager has not approved yet', { awaits: 'w-9' }],
  ] as const)('does not cover %s', (_, changes) => {
    expect(exceptionFor([excepted(changes)], ASK)).toEqual({ covers: false, overridesRefusal: false, ids: [] });
  });

  it('starts with its start', () => {
    expect(exceptionFor([excepted({ from: NOW })], ASK).covers).toBe(true);
  });

  it('overrides a refusal when one of those that cover it does', () => {
    const ordinary = excepted();
    const strong = excepted({ id: 'e-2', overridesRefusal: true });
    const elsewhere = excepted({ id: 'e-3', overridesRefusal: true, purposes: ['S47_ENQUIRY'] });
    expect(exceptionFor([ordinary, strong], ASK)).toEqual({
      covers: true,
      overridesRefusal: true,
      ids: ['e-1', 'e-2'],
    });
    expect(exceptionFor([ordinary, elsewhere], ASK)).toEqual({ covers: true, overridesRefusal: false, ids: ['e-1'] });
  });

  it('under the Crime and Disorder Act s115 is nothing to a voluntary body, on either side', () => {
    const s115 = excepted({ gateway: 'CRIME_AND_DISORDER_ACT_1998_S115' });
    expect(exceptionFor([s115], ASK).covers).toBe(true);
    expect(exceptionFor([s115], { ...ASK, holderVoluntary: true }).covers).toBe(false);
    expect(exceptionFor([s115], { ...ASK, recipientVoluntary: true }).covers).toBe(false);
    expect(exceptionFor([excepted()], { ...ASK, holderVoluntary: true }).covers).toBe(true);
  });

  it('overrides a refusal only where it covers', () => {
    const record = fc
      .record({
        subjects: fc.subarray(['P-1', 'P-2'], { minLength: 1 }),
        from: fc.constantFrom(day(1), NOW, day(21)),
        until: fc.constantFrom(NOW, day(22), day(28)),
        overridesRefusal: fc.boolean(),
      })
      .map(excepted);
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), (records) => {
        const { covers, overridesRefusal, ids } = exceptionFor(records, ASK);
        expect(covers).toBe(ids.length > 0);
        if (overridesRefusal) expect(covers).toBe(true);
      }),
    );
  });
});
