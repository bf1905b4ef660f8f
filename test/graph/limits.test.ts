import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { DEFAULT_LIMITS, limitRule } from '../../src/graph/limits.js';

const schema = buildSchema(`type Query { families(first: Int = 25): Families person(id: ID): Person }
type Families { nodes: [Family] } type Family { members: [Member] } type Member { person: Person }
type Person { id: ID records(first: Int = 25): [Person] other: Person }`);
const errorsOf = (text: string) => validate(schema, parse(text), [limitRule(DEFAULT_LIMITS)]).length;

describe('limits', () => {
  it('let a board through', () => {
    expect(errorsOf('{ families(first: 1000) { nodes { members { person { id records { id } } } } } }')).toBe(0);
  });

  it.each([
    ['depth', `{ person { ${'other { '.repeat(20)} id ${'}'.repeat(20)} } }`],
    ['a hundred aliases', `{ ${Array.from({ length: 100 }, (_, i) => `p${i}: person(id: "${i}") { id }`).join(' ')} }`],
    [
      'cost',
      `{ families(first: 1000) { nodes { members { person { ${'records(first: 100) { '.repeat(4)} id ${'}'.repeat(4)} } } } } }`,
    ],
    [
      'a fragment that doubles',
      `{ person { ...A } } ${'ABCDEFGHIJKLM'
        .split('')
        .map(
          (n, i, all) =>
            `fragment ${n} on Person { a${n}: other { ...${all[i + 1] ?? 'Z'} } b${n}: other { ...${all[i + 1] ?? 'Z'} } }`,
        )
        .join(' ')} fragment Z on Person { id }`,
    ],
    ['a fragment in a circle', '{ person { ...A } } fragment A on Person { other { ...A } }'],
    ['__proto__ as an alias', '{ __proto__: person { id } }'],
    ['constructor as a variable', 'query ($constructor: ID) { person(id: $constructor) { id } }'],
  ])('refuse %s', (_, text) => {
    expect(errorsOf(text)).toBeGreaterThan(0);
  });
});
