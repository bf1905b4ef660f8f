/** What the log says of a decision, read again: its facts by the lists of today, and the decision made anew. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { AuditEntryBody, DecisionEntry } from '../../src/audit/entry.js';
import { factsIn } from '../../src/audit/logged-facts.js';
import { replay, replayLog } from '../../src/disclosure/replay.js';
import type { Decision } from '../../src/domain/decision.js';
import { type FactRecord, factKey } from '../../src/domain/facts.js';

const base = parse(readFileSync('schema/policies/cases/base.yaml', 'utf8')) as FactRecord;
const facts: FactRecord = {
  ...base,
  category: 'PLAN',
  role: 'SOCIAL_WORKER',
  purpose: 'SUPERVISION',
  basis: 'CONSENT',
};
const line: DecisionEntry = {
  facts: factKey(facts),
  outcome: 'SILENT',
  decided: 'WITHHELD',
  category: 'PLAN',
  basis: 'CONSENT',
};
const entry = { requester: { worker: 'w', agency: 'csc', role: 'SOCIAL_WORKER' }, purpose: 'SUPERVISION' } as const;
const made: Decision = {
  facts: line.facts,
  outcome: 'WITHHELD',
  permits: [],
  vetoes: [],
  obligations: [],
  reasons: [],
  requestable: false,
};

describe('the facts of a line of the log', () => {
  it('are read where they say what the entry says of itself', () => expect(factsIn(line, entry)).toEqual(facts));
  it('without a basis are those that rest on none', () => {
    const none = { ...facts, basis: 'NONE' } as const;
    const { basis: _, ...unbased } = line;
    expect(factsIn({ ...unbased, facts: factKey(none) }, entry)).toEqual(none);
    expect(factsIn(unbased, entry)).toBeUndefined();
  });
  it.each([
    ['category', { ...line, category: 'STATUS' as const }, entry],
    ['basis', { ...line, basis: 'EXCEPTION' as const }, entry],
    ['role', line, { ...entry, requester: { ...entry.requester, role: 'KEYWORKER' as const } }],
    ['purpose', line, { ...entry, purpose: 'DIRECT_WORK' as const }],
    ['key', { ...line, facts: -1 }, entry],
  ])('are not where its %s is another', (_, one, of) => expect(factsIn(one, of)).toBeUndefined());
});

describe('a decision of the log', () => {
  it('comes out again by what was decided, not by how far it was shown', () =>
    expect(replay({ id: 'e', decisions: [line] }, () => made)).toEqual([]));
  it.each([
    ['outcome', { outcome: 'SILENT' as const }, 'outcome: WITHHELD → SILENT'],
    ['permits', { permits: ['a', 'b'] }, 'permits:  → a b'],
    ['vetoes', { vetoes: ['v'] }, 'vetoes:  → v'],
    ['obligations', { obligations: ['REVIEW' as const] }, 'obligations:  → REVIEW'],
    ['reasons', { reasons: ['NOT_ON_TEAM' as const] }, 'reasons:  → NOT_ON_TEAM'],
  ])('tells that its %s came out otherwise, and where', (_, change, differs) =>
    expect(replay({ id: 'e', decisions: [line, line] }, () => ({ ...made, ...change }))).toEqual(
      [0, 1].map((index) => ({ entry: 'e', index, differs: [differs] })),
    ),
  );
  it('whose outcome was shown as it was decided is held against that', () => {
    const { decided: _, ...plain } = line;
    expect(replay({ id: 'e', decisions: [plain] }, () => made)[0]?.differs).toEqual(['outcome: SILENT → WITHHELD']);
    expect(replay({ id: 'e', decisions: [{ ...plain, category: 'STATUS' }] }, () => made)[0]?.differs).toEqual([
      'outcome: SILENT → WITHHELD',
      'category: STATUS → PLAN',
    ]);
  });
  it('whose key is none, or about which no decision can be made, is told so', () => {
    const none = [{ entry: 'e', index: 0, differs: ['its facts are no fact record'] }];
    expect(replay({ id: 'e', decisions: [{ ...line, facts: -1 }] }, () => made)).toEqual(none);
  });
});

describe('the whole log', () => {
  const body = (id: string, policyVersion: string, decisions: readonly DecisionEntry[]) =>
    ({ id, policyVersion, decisions }) as unknown as AuditEntryBody;
  it('is read to its end, entries of other policies counted by version and not decided again', async () => {
    const bodies = [
      body('1', 'now', [line, line]),
      body('2', 'then', [line]),
      body('3', 'then', []),
      body('4', 'then', [line]),
      body('5', 'now', [{ ...line, facts: -1 }]),
    ].map((one, i) => ({ seq: i + 1, body: one }));
    const asked: number[] = [];
    const told: number[] = [];
    const after = async (seq: number) => {
      asked.push(seq);
      return bodies.filter((one) => one.seq > seq).slice(0, 2) as never;
    };
    const { otherVersions, ...replayed } = await replayLog(
      { after },
      'now',
      () => made,
      (n) => told.push(n),
    );
    expect([...otherVersions]).toEqual([['then', 2]]);
    expect(replayed).toEqual({
      entries: 5,
      decisions: 3,
      discrepancies: [{ entry: '5', index: 0, differs: ['its facts are no fact record'] }],
    });
    expect([asked, told]).toEqual([
      [0, 2, 4, 5],
      [2, 4, 5],
    ]);
  });
});
