/** What the verifier takes as known of a decision: a text that came out whole, under its own version, purpose and role, and no other. */
import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { type EntryText, newEntryText, readEntryText } from '../../src/audit/verify/entry-text.js';
import { type DecisionText, newKnownLines } from '../../src/audit/verify/known-lines.js';

interface Line {
  readonly category: string;
  readonly facts: number;
  readonly evidence?: readonly string[];
  readonly [member: string]: unknown;
}

const PLAN: Line = {
  basis: 'CONSENT',
  category: 'PLAN',
  evidence: ['c-1'],
  facts: 11,
  outcome: 'RELEASED',
  permits: ['a'],
};
const IDENTITY: Line = { category: 'IDENTITY', evidence: ['c-2'], facts: 12, outcome: 'RELEASED', permits: ['a'] };
const CONTACT: Line = { category: 'CONTACT', facts: 13, outcome: 'RELEASED' };
const ALL = [PLAN, IDENTITY, CONTACT];

const known = newKnownLines();
const entry = newEntryText(known);

function read(decisions: readonly Line[], changes: object = {}): EntryText {
  const body = {
    at: '2026-11-02T08:00:00.000Z',
    decisions,
    id: 'e-1',
    outcomes: [],
    policyVersion: 'ab'.repeat(32),
    purpose: 'SUPERVISION',
    requester: { agency: 'csc', role: 'SOCIAL_WORKER', worker: 'w-1' },
    ...changes,
  };
  readEntryText(entry, Buffer.from(canonicalize(body) as string));
  return entry;
}

describe('decisions that came out', () => {
  it('are known again, whatever they rest on and whichever stand together', () => {
    expect(known.cameOut(read(ALL))).toBe(false);
    known.add(entry);
    expect(known.cameOut(read(ALL))).toBe(true);
    expect(known.cameOut(read([CONTACT, { ...PLAN, evidence: [] }]))).toBe(true);
    expect(known.cameOut(read([{ ...PLAN, evidence: ['c-7', 'é'] }]))).toBe(true);
    const { evidenceFrom, evidenceTo } = entry.lines[0] as DecisionText;
    expect(entry.bytes.toString('utf8', evidenceFrom, evidenceTo)).toBe('["c-7","é"]');
    expect(entry.lines[0]).toMatchObject({ isKnown: true, to: entry.decisionsEnd - 1 });
  });

  it.each([
    ['another version', ALL, { policyVersion: 'cd'.repeat(32) }],
    ['another purpose', ALL, { purpose: 'ASSESSMENT' }],
    ['no purpose', ALL, { purpose: null }],
    ['another role', ALL, { requester: { agency: 'csc', role: 'SOCIAL_WORKER_2', worker: 'w-1' } }],
    ['the beginning of one and the end of another', [{ ...IDENTITY, facts: PLAN.facts }], {}],
    ['the same with the basis of another', [{ ...IDENTITY, basis: 'CONSENT' }], {}],
    ['evidence where there was none', [{ ...CONTACT, evidence: ['c-1'] }], {}],
    ['no evidence where there was some', [{ ...PLAN, evidence: undefined }], {}],
    ['one member more', [{ ...CONTACT, vetoes: [] }], {}],
    ['other facts', [PLAN, { ...CONTACT, facts: 130 }], {}],
  ] as const)('are not known under %s', (_, decisions, changes) => {
    read(ALL);
    known.add(entry);
    expect(known.cameOut(read(decisions as readonly Line[], changes))).toBe(false);
  });

  it('are no less strictly read for being known', () => {
    read(ALL);
    known.add(entry);
    for (const [from, to] of [
      ['"c-1"', '1'],
      ['"c-1"', '"c-1",'],
      ['["c-1"]', '"c-1"'],
      ['"c-1"', '"\\u0063-1"'],
      ['"permits":["a"]}', '"permits":["a"] }'],
      ['"facts":11', '"facts":11.0'],
    ] as const) {
      const text = canonicalize({ decisions: [PLAN] })?.slice(1, -1) ?? '';
      const body = read([PLAN]).bytes.toString().replace(text, text.replace(from, to));
      expect(() => readEntryText(entry, Buffer.from(body))).toThrow('not the canonical form');
    }
  });

  it('are known by the thousand', () => {
    const many = Array.from({ length: 5000 }, (_, i): Line => ({ ...PLAN, facts: 1000 + i, category: `C${i % 7}` }));
    read(many);
    known.add(entry);
    expect(known.cameOut(read([...many].reverse()))).toBe(true);
    expect(known.cameOut(read(many.map((line, i) => ({ ...line, category: `C${(i + 1) % 7}` }))))).toBe(false);
  });
});
