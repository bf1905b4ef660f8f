import { describe, expect, it } from '@jest/globals';
import { type OperationDefinitionNode, parse } from 'graphql';
import { declarationOf, roleOf } from '../../src/graph/purpose.js';

function declare(text: string) {
  const document = parse(text);
  return declarationOf(document.definitions[0] as OperationDefinitionNode, document);
}

describe('what an operation declares', () => {
  it('is its purpose and role', () => {
    expect(declare('query A @purpose(of: SUPERVISION, as: KEYWORKER) { families { nodes { id } } }')).toEqual({
      purpose: 'SUPERVISION',
      as: 'KEYWORKER',
    });
  });

  it.each([
    ['a plain root field', '{ families { nodes { id } } }'],
    ['an aliased root field', '{ me: families { nodes { id } } }'],
    ['a root field behind a fragment', 'query { me { name } ...F } fragment F on Query { person(id: "x") { id } }'],
    ['a root field behind an inline fragment', '{ ... on Query { findPerson { notice } } }'],
    ['a root field that is skipped', '{ me { name } person(id: "x") @skip(if: true) { id } }'],
    ['introspection beside a root field', '{ __typename person(id: "x") { id } }'],
    ['a mutation', 'mutation { withdrawConsent(consent: "x", method: "y") { id } }'],
    ['a purpose that is none', 'query @purpose(of: CURIOSITY) { families { nodes { id } } }'],
    ['a purpose by variable', 'query ($p: Purpose!) @purpose(of: $p) { families { nodes { id } } }'],
  ])('is required for %s', (_, text) => {
    expect(() => declare(text)).toThrow(expect.objectContaining({ code: 'PURPOSE_REQUIRED' }));
  });

  it('is not required to ask who one is', () => {
    expect(declare('{ me { name } __typename }').purpose).toBeUndefined();
  });
});

describe('the role of an operation', () => {
  it('is the only one held', () => expect(roleOf(['KEYWORKER'], undefined)).toBe('KEYWORKER'));
  it('is the one named of several', () =>
    expect(roleOf(['KEYWORKER', 'SOCIAL_WORKER'], 'SOCIAL_WORKER')).toBe('SOCIAL_WORKER'));
  it('is never several at once', () =>
    expect(() => roleOf(['KEYWORKER', 'SOCIAL_WORKER'], undefined)).toThrow(
      expect.objectContaining({ code: 'ROLE_REQUIRED' }),
    ));
  it('is never one not held', () =>
    expect(() => roleOf(['KEYWORKER'], 'TEAM_MANAGER')).toThrow(expect.objectContaining({ code: 'ROLE_REQUIRED' })));
});
