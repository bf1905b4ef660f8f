import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { type AuditEntryBody, canonicalForm, hashOf } from '../../src/audit/entry.js';
import { entry } from './entries.js';

const text = fc.string({ unit: 'binary' });
const texts = fc.array(text, { maxLength: 3 });
const body = fc
  .record({
    id: text,
    purpose: fc.option(text),
    registersVersion: fc.option(fc.nat(), { nil: undefined }),
    code: fc.option(text, { nil: undefined }),
    decisions: fc.array(
      fc.record(
        { facts: fc.nat(), outcome: text, category: text, permits: texts, basis: text, evidence: texts },
        { requiredKeys: ['facts', 'category', 'outcome'] },
      ),
    ),
    outcomes: fc.array(fc.tuple(fc.nat(), text, text, text, texts)),
    statements: fc.option(fc.array(fc.record({ subjects: texts, did: text, ids: texts, policies: texts })), {
      nil: undefined,
    }),
    gaps: fc.option(fc.array(fc.tuple(text, text)), { nil: undefined }),
  })
  .map(({ registersVersion, code, statements, gaps, ...rest }) =>
    entry('e', {
      ...rest,
      ...(registersVersion === undefined ? {} : { registersVersion }),
      ...(code === undefined ? {} : { code }),
      ...(statements === undefined ? {} : { statements }),
      ...(gaps === undefined ? {} : { gaps }),
    }),
  );

describe('the canonical form of an entry', () => {
  it('is that of RFC 8785, for any entry', () => {
    fc.assert(fc.property(body, (one) => expect(canonicalForm(one)).toBe(canonicalize(one))));
  });

  it('does not depend on the order in which an entry was put together', () => {
    const { outcomes, v, ...rest } = entry('e-1');
    expect(canonicalForm({ ...rest, v, outcomes } as AuditEntryBody)).toBe(canonicalForm(entry('e-1')));
  });

  it('holds everything that was said, and only that', () => {
    const one = entry('e-1', { code: 'null \\ud800 "outcomes":[]' });
    expect(JSON.parse(canonicalForm(one))).toEqual(one);
  });

  it.each([
    ['half a surrogate pair', entry('e', { outcomes: [[0, '\ud800', 'csc', 'Visit', []]] })],
    ['a number that is none', entry('e', { registersVersion: Number.NaN })],
  ])('there is none for %s', (_, one) => {
    expect(() => canonicalForm(one)).toThrow();
  });

  it('is hashed with SHA-256 over its UTF-8', () => {
    const written = canonicalForm(entry('e-1', { code: 'né' }));
    expect(hashOf(written)).toBe(createHash('sha256').update(Buffer.from(written, 'utf8')).digest('hex'));
  });
});
