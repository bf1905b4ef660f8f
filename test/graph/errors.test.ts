/** Both tables of errors are what docs/errors.md tells, line by line, and hold no code that nothing refuses with. */
import { readFileSync } from 'node:fs';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { describe, expect, it } from '@jest/globals';
import { ERRORS, MISSED_RULES } from '../../src/graph/errors.js';
import { DEFAULT_LIMITS } from '../../src/graph/limits.js';
import { HTTP_REFUSALS } from '../../src/server/refusals.js';
import { filesUnder } from '../files-under.js';

type Table = { readonly [code: string]: { readonly status: number; readonly message: string } };

const docs = readFileSync('docs/errors.md', 'utf8');

/** The rows of the table under a heading. */
function told(heading: string): unknown[] {
  const [, section = ''] = docs.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \|$/gm)].map(([, code, status, message]) => [
    code,
    Number(status),
    message,
  ]);
}

const rowsOf = (table: Table) => Object.entries(table).map(([code, { status, message }]) => [code, status, message]);

/** Codes that stand in quotes in the code of a room, but in its table itself. */
function namedIn(room: string, table: string): Set<string> {
  const files = filesUnder(room).filter((file) => file !== table);
  return new Set(
    files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'([A-Z_]{3,})'/g)].map(([, c = '']) => c)),
  );
}

describe('the errors of the graph', () => {
  it('are what docs/errors.md tells', () => {
    expect(told('Of the graph')).toEqual(rowsOf(ERRORS));
  });

  it('are all used: by the graph, by the server that carries it, or by HTTP before it', () => {
    const used = new Set([
      ...namedIn('src/graph', 'src/graph/errors.ts'),
      ...Object.values(ApolloServerErrorCode),
      ...namedIn('src/server', 'src/server/refusals.ts'),
    ]);
    expect(Object.keys(ERRORS).filter((code) => !used.has(code))).toEqual([]);
  });
});

describe('the rules that no type says', () => {
  it('are what docs/errors.md tells', () => {
    expect([...docs.matchAll(/^- (.+)$/gm)].map(([, rule]) => rule)).toEqual(Object.values(MISSED_RULES));
  });

  it('are all used, and tell the sizes that are in force', () => {
    const used = namedIn('src/graph', 'src/graph/errors.ts');
    expect(Object.keys(MISSED_RULES).filter((rule) => !used.has(rule))).toEqual([]);
    expect(MISSED_RULES.PAGE_SIZE).toContain(`${DEFAULT_LIMITS.families.toLocaleString('en')} families`);
    expect(MISSED_RULES.PAGE_SIZE).toContain(`${DEFAULT_LIMITS.records} of anything else`);
    expect(MISSED_RULES.TOTALS_FIRST).toContain(`to ${DEFAULT_LIMITS.records}`);
  });
});

describe('the refusals of HTTP', () => {
  it('are what docs/errors.md tells', () => {
    expect(told('Of HTTP, before the graph')).toEqual(rowsOf(HTTP_REFUSALS));
  });

  it('are all used', () => {
    const used = namedIn('src/server', 'src/server/refusals.ts');
    expect(Object.keys(HTTP_REFUSALS).filter((code) => !used.has(code))).toEqual([]);
  });

  it('have the message and status of the graph where a code stands in both', () => {
    const both = Object.entries(HTTP_REFUSALS as Table).filter(([code]) => code in ERRORS);
    expect(both.map(([code]) => code).sort()).toEqual(['BAD_REQUEST', 'INTERNAL', 'UNAUTHENTICATED']);
    for (const [code, refusal] of both) expect(refusal).toEqual((ERRORS as Table)[code]);
  });
});

it('docs/errors.md has these two tables and no other', () => {
  const all = [...docs.matchAll(/^\| `[A-Z_]+` \| \d+ \| .+ \|$/gm)].length;
  expect(all).toBe(Object.keys(ERRORS).length + Object.keys(HTTP_REFUSALS).length);
});
