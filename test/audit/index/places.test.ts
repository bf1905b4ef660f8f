import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  COARSE,
  countIn,
  FINE,
  highest,
  keepShared,
  noBits,
  packPlaces,
  placesIn,
  setBits,
} from '../../../src/audit/index/places.js';

const places = (span: number) =>
  fc
    .record({ from: fc.nat(span - 1), every: fc.integer({ min: 1, max: 400 }), more: fc.uniqueArray(fc.nat(span - 1)) })
    .map(({ from, every, more }) => {
      const all = new Set(more);
      for (let place = from; place < span; place += every) all.add(place);
      return [...all].sort((a, b) => a - b);
    });

describe.each([FINE, COARSE])('places within %i', (span) => {
  it('are unpacked as they were packed, and never take more than a bit each of the stretch', () => {
    fc.assert(
      fc.property(places(span), (all) => {
        const packed = packPlaces(all, span);
        expect(packed.length).toBeLessThanOrEqual(span / 8);
        expect(placesIn(packed, span)).toEqual(all);
        expect(countIn(packed, span)).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });

  it('a few take a few bytes', () => {
    expect(packPlaces([5], span).length).toBe(1);
    expect(packPlaces([span - 1], span).length).toBeLessThanOrEqual(3);
    expect(packPlaces([], span).length).toBe(0);
  });
});

describe('bits', () => {
  it('share what two lists share, the highest first, within bounds', () => {
    fc.assert(
      fc.property(
        places(COARSE),
        places(FINE),
        fc.nat(COARSE / FINE - 1),
        fc.nat(COARSE),
        fc.nat(COARSE),
        (some, others, segment, from, to) => {
          const bits = noBits();
          setBits(bits, packPlaces(some, COARSE), COARSE, 0);
          const more = noBits();
          setBits(more, packPlaces(others, FINE), FINE, segment * FINE);
          keepShared(bits, more);
          const shifted = new Set(others.map((place) => place + segment * FINE));
          const expected = some.filter((place) => shifted.has(place) && place >= from && place < to).reverse();
          expect(highest(bits, from, to, COARSE)).toEqual(expected);
          expect(highest(bits, from, to, 3)).toEqual(expected.slice(0, 3));
        },
      ),
      { numRuns: 40 },
    );
  });
});
