/** The verifier's strict reading, held to the library: a text passes exactly when it is what the library writes of its value. */
import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { charactersAt, newText, readAll, readValue, sliceOf, wholeIn } from '../../src/audit/verify/canonical.js';

const reading = newText();

/** Whether it passes, with other bytes before and after it. */
function passes(text: Buffer | string): boolean {
  const bytes = Buffer.from(text as string);
  try {
    const among = Buffer.concat([Buffer.from('[1,'), bytes, Buffer.from('}\n"]')]);
    readAll(reading, among.subarray(3, 3 + bytes.length), readValue);
    return true;
  } catch (error) {
    expect((error as Error).name).toBe('NotCanonical');
    return false;
  }
}

function isCanonical(text: string): boolean {
  try {
    return canonicalize(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

// Proper Unicode: of half a surrogate pair there is no canonical form.
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(null, true, false, 0, 1e21, 1e-7, 2 ** 53, 2 ** 53 + 2, 1e15, 123456789012345680000),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('a', 'ab', 'a!', 'é', '\u{1f600}', '\ufb01')), tie('value'), {
      maxKeys: 5,
    }),
  ),
}));
const canonical = value.map((one) => canonicalize(one) as string);
/** What makes another text of a text. */
const CHARACTERS = [...'{}[],:"\\ \n\t0123456789.-+eEuabcdfntrl/é'];
const changes = fc.array(
  fc.record({ at: fc.nat(), drop: fc.nat({ max: 2 }), put: fc.constantFrom('', ...CHARACTERS) }),
  { minLength: 1, maxLength: 3 },
);

describe('canonical JSON', () => {
  it('passes, whatever it says', () => {
    fc.assert(
      fc.property(canonical, (one) => expect(passes(one)).toBe(true)),
      { numRuns: 2000 },
    );
  });

  it('passes only if it is what would be written of it', () => {
    fc.assert(
      fc.property(canonical, changes, (one, all) => {
        let changed = one;
        for (const { at, drop, put } of all) {
          const place = at % (changed.length + 1);
          changed = changed.slice(0, place) + put + changed.slice(place + drop);
        }
        // A change may have cut a surrogate pair, of which the bytes would be another text.
        const read = Buffer.from(changed).toString();
        expect([read, passes(read)]).toEqual([read, isCanonical(read)]);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '01',
    '-0',
    '1.0',
    '1e3',
    '9007199254740993',
    '1e400',
    'nul',
    'NaN',
    '"',
    '"a',
    '"\\/"',
    '"\\u0041"',
    '"\\u000A"',
    '"\\u000a"',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"\t"',
    '{"a":1,"a":2}',
    '{"b":1,"a":2}',
    '{"a":1,}',
    '{"a"}',
    '{1:1}',
    '[1,]',
    '[,1]',
    '[1}',
    '{"a":1]',
    '[1',
    '1,2',
    '[]]',
    '{"\u{fb01}":1,"\u{1f600}":2}',
  ])('refuses %j', (one) => {
    expect(passes(one)).toBe(false);
    expect(isCanonical(one)).toBe(false);
  });

  it('refuses bytes that are not UTF-8, and what is deeper than anything written', () => {
    expect(passes(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe(false);
    expect(passes(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe(false);
    expect(passes('['.repeat(100_000))).toBe(false);
    expect(passes(`${'['.repeat(64)}1${']'.repeat(64)}`)).toBe(true);
    expect(passes(`${'['.repeat(65)}1${']'.repeat(65)}`)).toBe(false);
  });

  it('is read place by place', () => {
    const said = '{"a":[1,"é\\n",{}],"b":"x"}';
    readAll(reading, Buffer.from(said), readValue);
    const at = (part: string) => Buffer.from(said).indexOf(part);
    const partAt = (place: number) => sliceOf(reading, place, readValue(reading, place));
    expect(['{"a"', '[1', '1', '"é', '{}', '"x"'].map((part) => partAt(at(part)))).toEqual([
      said,
      '[1,"é\\n",{}]',
      '1',
      '"é\\n"',
      '{}',
      '"x"',
    ]);
    expect(charactersAt(reading, at('"é'))).toBe('é\n');
    expect(wholeIn(reading, at('1'), at('1') + 1)).toBe(1);
    expect(wholeIn(reading, at('"x"'), at('"x"') + 3)).toBe(-1);
  });
});
