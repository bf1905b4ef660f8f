/** Whether a list names what was ended: by its bytes, and the same as by its strings. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newText, readAll, readValue } from '../../src/audit/verify/canonical.js';
import { newEnded } from '../../src/audit/verify/ended.js';

/** Few, so that lists name them; with what JSON escapes, what takes several bytes, and one that begins another. */
const ids = fc.constantFrom('', 'c-1', 'c-10', 'c"', 'c\\', 'c\\"', '\u0001', 'é', '😀', '01M8PS3S', ',', '","');

function areIn(ended: readonly string[], list: readonly string[]): boolean {
  const text = newText();
  const bytes = Buffer.from(JSON.stringify({ evidence: list, x: ended }));
  readAll(text, bytes, readValue);
  return newEnded(ended).areIn(text, '{"evidence":'.length);
}

describe('what was ended', () => {
  it('is found in a list by its bytes where it stands there, and nowhere else', () => {
    fc.assert(
      fc.property(fc.array(ids), fc.array(ids), (ended, list) => {
        expect(areIn(ended, list)).toBe(list.some((id) => ended.includes(id)));
      }),
      { numRuns: 2000 },
    );
  });

  it('is told apart though there is much of it', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => `c-${i}`);
    const ended = newEnded(many);
    const text = newText();
    readAll(text, Buffer.from(JSON.stringify(many.slice(0, 5000).map((id) => `${id}x`))), readValue);
    expect(ended.areIn(text, 0)).toBe(false);
    expect([...newEnded(ended.ids).ids]).toEqual(many);
  });
});
