import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { evenly } from '../../src/graph/even-time.js';

/** Executes a document that takes so long and answers so; tells when the answer left. */
async function leavingOf(text: string, tookMs: number, answer: object | Error): Promise<number> {
  let at = 1000;
  const document = parse(text);
  const [operation] = document.definitions;
  const execute = evenly(
    async () => {
      at += tookMs;
      if (answer instanceof Error) throw answer;
      return answer as never;
    },
    {
      quantumMs: 250,
      grainMs: 25,
      tick: () => at,
      pause: async (ms) => {
        at += ms;
      },
    },
  );
  await execute({ document, operation } as never).catch((error: unknown) => {
    if (error !== answer) throw error;
  });
  return at - 1000;
}

const NOTHING = { data: { person: null } };

describe('an answer that tells of nothing', () => {
  it.each([
    ['null', '{ person(id: "1") { id } }', NOTHING],
    ['an empty list', '{ consents(person: "1") { id } }', { data: { consents: [] } }],
    ['an empty page', '{ families { nodes { id } } }', { data: { families: { nodes: [] } } }],
    ['a failure', '{ person(id: "1") { id } }', { data: null, errors: [{}] }],
    ['what throws', '{ person(id: "1") { id } }', new Error('refused')],
    ['a search, whatever it finds', '{ findPerson { persons { id } } }', { data: { findPerson: { persons: [{}] } } }],
    ['a search in a fragment', 'query { ...F } fragment F on Query { f: findPerson { persons { id } } }', { data: {} }],
    ['a statement', 'mutation { recordConsent { id } }', { data: { recordConsent: {} } }],
  ])('leaves at the same moment however long it took: %s', async (_, text, answer) => {
    expect(await leavingOf(text, 13, answer)).toBe(250);
    expect(await leavingOf(text, 22, answer)).toBe(250);
    expect(await leavingOf(text, 251, answer)).toBe(500);
  });

  it('leaves later the more is looked up at once', async () => {
    const three = '{ a: person(id: "1") { id } ... { b: person(id: "2") { id } } c: person(id: "3") { id } }';
    expect(await leavingOf(three, 300, { data: { a: null, b: {}, c: {} } })).toBe(750);
  });
});

describe('an answer that tells of something', () => {
  it('leaves at the next grain: a record that is silent beside it does not move it', async () => {
    expect(await leavingOf('{ person(id: "1") { id } }', 13, { data: { person: { id: '1' } } })).toBe(25);
    expect(await leavingOf('{ person(id: "1") { id } }', 14, { data: { person: { id: '1' } } })).toBe(25);
    expect(await leavingOf('{ families { nodes { id } } }', 40, { data: { families: { nodes: [{}] } } })).toBe(50);
  });
});
