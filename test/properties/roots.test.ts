/** The property of non-interference is of the whole schema: a root that is added is drawn too, or it is said why not. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { createPages } from '../../src/graph/connection.js';
import { DEFAULT_LIMITS } from '../../src/graph/limits.js';
import { buildGraph } from '../../src/graph/schema.js';
import { anyOperation, NOT_DRAWN, type Pools, ROOTS } from './operations.js';

const { schema } = buildGraph('schema/graphql', createPages('none'), DEFAULT_LIMITS);
const fields = Object.keys(schema.getQueryType()?.getFields() ?? {});
const POOLS: Pools = {
  ids: ['a', 'b'],
  families: ['f'],
  people: ['p'],
  workers: ['w'],
  agencies: ['csc'],
  entries: ['e'],
  persons: [{ forename: 'A', surname: 'B', dateOfBirth: '2000-01-01' }],
};

describe('random operations', () => {
  it('are on every root of the schema, but for those of which it is said why not', () => {
    expect([...ROOTS, ...Object.keys(NOT_DRAWN)].sort()).toEqual([...fields].sort());
  });

  it('reach every one of these roots, and are nearly all valid', () => {
    const drawn = new Set<string>();
    let invalid = 0;
    for (const text of fc.sample(anyOperation(schema, POOLS), { numRuns: 300, seed: 1 })) {
      // Fragments on two types may ask the same name of different types; nothing else is ever wrong.
      const errors = validate(schema, parse(text));
      expect(errors.filter(({ message }) => !message.includes('they return conflicting types'))).toEqual([]);
      if (errors.length > 0) invalid += 1;
      for (const root of ROOTS) if (new RegExp(`[{ ]${root}[ ({]`).test(text)) drawn.add(root);
    }
    expect([...drawn].sort()).toEqual([...ROOTS].sort());
    expect(invalid).toBeLessThan(30);
  }, 120_000);
});
