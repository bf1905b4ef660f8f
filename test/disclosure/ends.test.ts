/** When what was released ends by itself (RULES §7): only what released decisions rest on, and only what has not ended yet. */
import { describe, expect, it } from '@jest/globals';
import { earliestEnd } from '../../src/disclosure/ends.js';
import type { DecisionLine } from '../../src/disclosure/ledger.js';

const AT = '2026-11-23T12:00:00.000Z';
const line = (outcome: DecisionLine['outcome'], evidence?: string[]): DecisionLine => ({
  facts: 0,
  outcome,
  category: 'PLAN',
  ...(evidence ? { evidence } : {}),
});
const row = (id: string, until?: string) => ({ id, ...(until === undefined ? {} : { until }) });

describe('the earliest end of what was released', () => {
  it('is the earliest of all that released decisions rest on, of whichever register, in any order', () => {
    const decisions = [line('RELEASED', ['c-1', 'c-2']), line('RELEASED', ['g-1'])];
    const [late, later, early] = ['2026-11-25', '2026-11-26', '2026-11-24'].map((day) => `${day}T00:00:00.000Z`);
    for (const rows of [
      [[row('c-1', late), row('c-2', later)], [row('g-1', early)]],
      [[row('g-1', early)], [row('c-2', later), row('c-1', late)]],
    ])
      expect(earliestEnd(decisions, rows, AT)).toBe(early);
  });
  it('is not that of a statement on which nothing released rests', () => {
    const until = '2026-11-24T00:00:00.000Z';
    expect(earliestEnd([line('RELEASED', ['c-1'])], [[row('c-2', until)]], AT)).toBeUndefined();
    expect(earliestEnd([line('WITHHELD', ['c-1'])], [[row('c-1', until)]], AT)).toBeUndefined();
    expect(earliestEnd([line('RELEASED')], [[row('c-1', until)]], AT)).toBeUndefined();
    expect(earliestEnd([], [[row('c-1', until)]], AT)).toBeUndefined();
  });
  it('is not that of what has no end, or had ended when the operation began', () => {
    const decisions = [line('RELEASED', ['c-1', 'c-2', 'c-3'])];
    expect(earliestEnd(decisions, [[row('c-1'), row('c-2', AT), row('c-3', '2026-11-01T00:00:00.000Z')]], AT)).toBe(
      undefined,
    );
    expect(earliestEnd(decisions, [[row('c-1'), row('c-2', '2026-11-23T12:00:00.001Z')]], AT)).toBe(
      '2026-11-23T12:00:00.001Z',
    );
  });
});
