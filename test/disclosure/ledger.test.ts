/** What an operation was given and refused, as its entry in the log will have it: everything once, nothing left out. */
import { describe, expect, it } from '@jest/globals';
import { Ledger, type Outturn } from '../../src/disclosure/ledger.js';
import type { Decision } from '../../src/domain/decision.js';

const released: Decision = {
  facts: 17,
  outcome: 'RELEASED',
  permits: ['own-records'],
  vetoes: [],
  obligations: ['READ_ONLY'],
  reasons: [],
  requestable: false,
};
const withheld: Decision = {
  facts: 18,
  outcome: 'WITHHELD',
  permits: [],
  vetoes: ['lawful-basis'],
  obligations: [],
  reasons: ['CONSENT_NOT_GIVEN'],
  requestable: true,
};
const NOTHING: readonly never[] = [];
const outturn = (changes: Partial<Outturn> = {}): Outturn => ({
  subject: 'P-1',
  holder: 'csc',
  type: 'Visit',
  category: 'SOCIAL_CARE',
  outcome: 'RELEASED',
  decision: released,
  basis: 'NONE',
  evidence: NOTHING,
  unknown: NOTHING,
  ...changes,
});
function noted(...list: readonly (Partial<Outturn> & { readonly localId?: string })[]) {
  const ledger = new Ledger();
  const numbers = list.map(({ localId = '1', ...changes }) => {
    return ledger.note(ledger.lineOf(outturn(changes)), localId);
  });
  return { numbers, decisions: ledger.decisions, outcomes: ledger.outcomes };
}

describe('the ledger', () => {
  it('holds nothing before anything is decided', () => {
    expect(noted()).toEqual({ numbers: [], decisions: [], outcomes: [] });
  });

  it('states a decision with its facts, policies and obligations, and of the rest only what there is', () => {
    expect(noted({}).decisions).toEqual([
      { facts: 17, outcome: 'RELEASED', category: 'SOCIAL_CARE', permits: ['own-records'], obligations: ['READ_ONLY'] },
    ]);
    expect(
      noted({ outcome: 'WITHHELD', decision: withheld, basis: 'EXCEPTION', evidence: ['e-1'], unknown: ['stage'] })
        .decisions,
    ).toEqual([
      {
        facts: 18,
        outcome: 'WITHHELD',
        category: 'SOCIAL_CARE',
        vetoes: ['lawful-basis'],
        reasons: ['CONSENT_NOT_GIVEN'],
        basis: 'EXCEPTION',
        evidence: ['e-1'],
        unknown: ['stage'],
      },
    ]);
  });

  it('states what the policies decided where less was shown', () => {
    const [silent, plain] = noted(
      { outcome: 'SILENT', decision: withheld },
      { outcome: 'WITHHELD', decision: withheld },
    ).decisions;
    expect(silent).toMatchObject({ outcome: 'SILENT', decided: 'WITHHELD' });
    expect(plain?.decided).toBeUndefined();
  });

  it('keeps silence like everything else', () => {
    const { outcomes, decisions } = noted({ outcome: 'SILENT', decision: { ...withheld, outcome: 'SILENT' } });
    expect([decisions.length, outcomes]).toEqual([1, [[0, 'P-1', 'csc', 'Visit', ['1']]]]);
  });

  it('gathers the records of one person, holder and type that were decided alike, in their order', () => {
    const { numbers, decisions, outcomes } = noted({}, { localId: '2' }, { localId: '3' });
    expect(numbers).toEqual([0, 0, 0]);
    expect(decisions).toHaveLength(1);
    expect(outcomes).toEqual([[0, 'P-1', 'csc', 'Visit', ['1', '2', '3']]]);
  });

  it('keeps persons, holders and types apart, though they were decided alike', () => {
    const others = [{ subject: 'P-2' }, { holder: 'eh' }, { type: 'Contact' }] as const;
    const { numbers, outcomes } = noted({}, ...others, { localId: '2' }, { subject: 'P-2', localId: '3' });
    expect(numbers).toEqual([0, 0, 0, 0, 0, 0]);
    expect(outcomes).toEqual([
      [0, 'P-1', 'csc', 'Visit', ['1', '2']],
      [0, 'P-2', 'csc', 'Visit', ['1', '3']],
      [0, 'P-1', 'eh', 'Visit', ['1']],
      [0, 'P-1', 'csc', 'Contact', ['1']],
    ]);
  });

  it.each([
    ['category', { category: 'STATUS' }],
    ['outcome', { outcome: 'WITHHELD' }],
    ['basis', { basis: 'CONSENT' }],
    ['evidence', { evidence: ['c-1'] }],
    ['what was unknown', { unknown: ['stage'] }],
    ['decision', { decision: withheld }],
  ] as const)('states decisions apart that differ in their %s, and each of them once', (_, changes) => {
    const { numbers, decisions, outcomes } = noted({}, changes, { localId: '2' }, { ...changes, localId: '3' });
    expect(numbers).toEqual([0, 1, 0, 1]);
    expect(decisions).toHaveLength(2);
    expect(outcomes).toEqual([
      [0, 'P-1', 'csc', 'Visit', ['1', '2']],
      [1, 'P-1', 'csc', 'Visit', ['1', '3']],
    ]);
  });

  it.each([
    ['of another length', ['c-1', 'c-2']],
    ['shorter', []],
    ['of another id at the same place', ['c-3']],
  ])('takes evidence %s for other evidence', (_, evidence) => {
    const { numbers, decisions } = noted({ evidence: ['c-1'] }, { evidence }, { evidence: ['c-1'] });
    expect(numbers).toEqual([0, 1, 0]);
    expect(decisions.map((line) => line.evidence ?? [])).toEqual([['c-1'], evidence]);
  });

  it('takes the same evidence read again for the same', () => {
    expect(noted({ evidence: ['c-1', 'c-2'] }, { evidence: ['c-1', 'c-2'] }).numbers).toEqual([0, 0]);
    expect(noted({ evidence: ['c-1', 'c-2'] }, { evidence: ['c-1', 'c-3'] }).numbers).toEqual([0, 1]);
  });

  it('never runs evidence into what was unknown', () => {
    const two = [
      { evidence: ['stage'], unknown: [] },
      { evidence: [], unknown: ['stage'] },
    ] as const;
    expect(noted(...two).numbers).toEqual([0, 1]);
  });
});
