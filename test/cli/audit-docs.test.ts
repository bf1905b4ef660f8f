/** docs/audit.md: every question is in it, every query in it fits the schema, every ground on which a sentence is left out is said. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, validate } from 'graphql';
import { QUESTIONS } from '../../src/cli/audit/questions.js';
import { createPages } from '../../src/graph/connection.js';
import { DEFAULT_LIMITS } from '../../src/graph/limits.js';
import { buildGraph } from '../../src/graph/schema.js';
import { HARMS } from '../../src/oversight/questions/harm.js';
import { MARKS } from '../../src/oversight/questions/marked.js';

const text = readFileSync('docs/audit.md', 'utf8');
const queries = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, query]) => query ?? '');

describe('docs/audit.md', () => {
  const { schema } = buildGraph('schema/graphql', createPages('none'), DEFAULT_LIMITS);
  it.each(queries)('asks what the schema has: %s', (query) => {
    const document = parse(`query Ask @purpose(of: INFORMATION_GOVERNANCE) { audit { ${query} } }`);
    expect(validate(schema, document)).toEqual([]);
  });

  it.each(Object.keys(QUESTIONS))('shows the command of %s with its options as they are', (name) => {
    const [, options = ''] = new RegExp(`\\$ threshold audit ${name}\\b(.*)`).exec(text) ?? [];
    expect(text).toContain(`$ threshold audit ${name}`);
    const known = [...Object.keys(QUESTIONS[name]?.options ?? {}), 'format', 'as'];
    for (const [, option] of options.matchAll(/--([a-z-]+)/g)) expect(known).toContain(option);
  });

  it('has a section for each of the fourteen questions, in order, and one for each of the marks', () => {
    const sections = [...text.matchAll(/^## (\d+) /gm)].map(([, number]) => Number(number));
    expect(sections).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    for (const mark of MARKS) expect(text).toContain(mark);
  });

  it('says every ground on which a sentence is left out', () => {
    for (const harm of HARMS) expect(text).toContain(`\`${harm}\``);
  });
});
