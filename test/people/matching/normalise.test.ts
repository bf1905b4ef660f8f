import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nhsNumber } from '../../../bench/linking/population.js';
import { damerauOf } from '../../../src/people/matching/dates.js';
import {
  dateNumber,
  normaliseName,
  normalisePostcode,
  verifiedNhsNumber,
} from '../../../src/people/matching/normalise.js';

describe('an NHS number', () => {
  it('is verified by modulus 11, however it is spaced', () => {
    expect(verifiedNhsNumber('943 476 5919')).toBe(9434765919);
    expect(verifiedNhsNumber('943-476-5919')).toBe(9434765919);
  });

  it.each(['9434765918', '943476591', '94347659190', '0000000000', '1111111111', 'ABC', '', undefined])(
    'is none: %s',
    (text) => {
      expect(verifiedNhsNumber(text)).toBe(0);
    },
  );

  it('does not survive one mistyped digit or two neighbours in the wrong order', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 9 }), (n, at, by) => {
        const number = nhsNumber(n);
        expect(verifiedNhsNumber(number)).toBe(Number(number));
        const digit = (Number(number[at]) + by) % 10;
        expect(verifiedNhsNumber(number.slice(0, at) + digit + number.slice(at + 1))).toBe(0);
        const turned = number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2);
        if (turned !== number) expect(verifiedNhsNumber(turned)).toBe(0);
      }),
    );
  });
});

describe('names, postcodes and dates', () => {
  it.each([
    ['  Zoë ', 'zoe'],
    ["O'Quarry", 'oquarry'],
    ['Thorn-Ley', 'thorn ley'],
    ['Mrs. Ley', 'ley'],
    ['Miss', 'miss'],
  ])('%s is %s', (written, read) => {
    expect(normaliseName(written)).toBe(read);
  });

  it('reads whole postcodes and first parts, and nothing else', () => {
    expect(normalisePostcode('zz1 1ab')).toEqual({ postcode: 'ZZ11AB', outcode: 'ZZ1' });
    expect(normalisePostcode('ZZ1')).toEqual({ postcode: 'ZZ1', outcode: 'ZZ1' });
    expect(normalisePostcode('no fixed abode')).toBeUndefined();
  });

  it('takes no date that is none, and none that systems fill in', () => {
    expect(dateNumber('2014-03-05')).toBe(20140305);
    for (const none of ['2014-02-30', '1900-01-01', '1899-05-05', '05/03/2014', '', undefined])
      expect(dateNumber(none)).toBe(0);
  });

  it('counts one mistyped digit or two turned ones as one edit', () => {
    expect([20140305, 20140306, 20140350, 20143005, 20140503].map((date) => damerauOf(20140305, date))).toEqual([
      0, 1, 1, 1, 2,
    ]);
  });
});
