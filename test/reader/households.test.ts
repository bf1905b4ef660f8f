/** Who lives with whom, of what is shown. */
import { describe, expect, it } from '@jest/globals';
import { householdsOf } from '../../src/reader/households.js';
import type { ShownPerson } from '../../src/reader/person.js';

const TODAY = '2026-11-23';
const HERON = { line: '3 Heron Rise', postcode: 'ZZ17 9HR', from: '2026-09-01', until: null };
const MILL = { line: '8 Mill Lane', postcode: 'ZZ19 1ML', from: null, until: null };

const person = (id: string, addresses: unknown): ShownPerson => ({
  __typename: 'Adult',
  id,
  personId: id,
  released: [],
  withheld: [],
  sources: [],
  addresses,
});

const found = (...persons: readonly ShownPerson[]) =>
  householdsOf(persons, TODAY).map(({ members }) => members.map(({ id }) => id));

describe('households', () => {
  it('are of those who are shown at one address, however it is written', () => {
    const same = { ...HERON, line: '3, HERON RISE', postcode: 'zz179hr' };
    expect(found(person('a', [HERON]), person('b', [MILL]), person('c', [same]))).toEqual([['a', 'c'], ['b']]);
    expect(householdsOf([person('a', [HERON]), person('c', [same])], TODAY)[0]?.address).toBe(HERON);
  });

  it('hold nobody whose address is withheld, or not known whole', () => {
    const half = { ...HERON, line: null };
    expect(found(person('a', [HERON]), person('b', null), person('c', undefined), person('d', [half]))).toEqual([
      ['a'],
    ]);
  });

  it('are those of today', () => {
    expect(
      found(
        person('left', [{ ...HERON, until: '2026-11-22' }]),
        person('leaves today', [{ ...HERON, until: TODAY }]),
        person('comes today', [{ ...HERON, from: TODAY }]),
        person('comes tomorrow', [{ ...HERON, from: '2026-11-24' }]),
      ),
    ).toEqual([['leaves today', 'comes today']]);
  });

  it('have whoever has two homes in both, and once in each', () => {
    expect(found(person('a', [HERON, MILL, HERON]), person('b', [MILL]))).toEqual([['a'], ['a', 'b']]);
  });
});
