/** Answers are held against the question, row by row. */
import { describe, expect, it } from '@jest/globals';
import { type Circumstances, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import { circumstancesOf, recordsOf, recordWith, workOf } from '../../src/sources/expected.js';

const record = (localId: string, subject: string, says = 'x', type: RecordType = 'Visit') =>
  ({ label: { type, localId, subject }, content: { says } }) as unknown as SourceRecord;
const asked = new Map([['Visit' as const, new Set(['A', 'B'])]]);
const answer = <T>(...items: T[]) => ({ items, rejected: 0 });
const told = (rows: Partial<Circumstances>) => answer({ ...NO_CIRCUMSTANCES, ...rows });
const member = (family: string, person: string) => ({ family, person, included: true, isChild: true });

describe('records', () => {
  it('are believed when every one is of a type and person asked for, and else none of them', () => {
    const good = answer(record('1', 'A'), record('2', 'B'));
    expect(recordsOf(asked)(good)).toBe(good);
    expect(recordsOf(asked)(answer(record('1', 'A'), record('2', 'C')))).toBe('UNASKED');
    expect(recordsOf(asked)(answer(record('1', 'A', 'x', 'Contact')))).toBe('UNASKED');
    expect(recordWith('Visit', '1')(answer(record('2', 'A')))).toBe('UNASKED');
  });

  it('of one id are one where they say the same, none where they do not, and counted', () => {
    const [one, other] = [record('1', 'A'), record('1', 'A', 'y')];
    expect(recordsOf(asked)(answer(one, one, record('2', 'B')))).toEqual({
      items: [one, record('2', 'B')],
      rejected: 1,
    });
    expect(recordsOf(asked)(answer(one, other, record('2', 'B')))).toEqual({ items: [record('2', 'B')], rejected: 2 });
    // Told to be about two persons: about neither.
    expect(recordsOf(asked)(answer(one, record('1', 'B')))).toEqual({ items: [], rejected: 2 });
  });
});

describe('work', () => {
  it('is of the workers and teams asked for', () => {
    const expected = workOf(['w1'], ['t1']);
    expect(expected(answer({ person: 'A', worker: 'w1' }, { person: 'B', worker: 'w9', team: 't1' }))).not.toBe(
      'UNASKED',
    );
    expect(expected(answer({ person: 'A', worker: 'w1' }, { person: 'B', worker: 'w9' }))).toBe('UNASKED');
    expect(expected(answer({ person: 'A' }))).toBe('UNASKED');
  });
});

describe('circumstances', () => {
  const expected = circumstancesOf(['A']);
  it('are of those asked for and of those whom a row, a family, an address or a case joins to them, in any order', () => {
    for (const rows of [
      {},
      { memberships: [member('f', 'B'), member('f', 'A')] },
      { plans: [{ child: 'B', kind: 'CHILD_IN_NEED' as const }], memberships: [member('f', 'B'), member('f', 'A')] },
      {
        residences: [
          { person: 'B', address: 'x' },
          { person: 'A', address: 'x' },
        ],
        protectedPersons: [{ person: 'B' }],
      },
      { enquiries: [{ id: 'e', child: 'B', names: ['A', 'C'] }], received: [{ person: 'C', at: '2026-01-01' }] },
      { protectedPersons: [{ person: 'C' }], circles: [['A', 'B', 'C']] },
      { panels: [{ family: 'f', workers: ['w'] }], memberships: [member('f', 'A')] },
    ])
      expect([rows, expected(told(rows))]).not.toEqual([rows, 'UNASKED']);
  });

  it('are none at all once a row is joined to nobody who was asked for', () => {
    for (const rows of [
      {
        involvements: [
          { person: 'A', worker: 'w' },
          { person: 'B', worker: 'w' },
        ],
      },
      { memberships: [member('f', 'A'), member('g', 'B')] },
      {
        residences: [
          { person: 'B', address: 'y' },
          { person: 'A', address: 'x' },
        ],
      },
      { panels: [{ family: 'g', workers: ['w'] }] },
      { protectedPersons: [{ person: 'C' }], circles: [['B', 'C']] },
    ])
      expect([rows, expected(told(rows))]).toEqual([rows, 'UNASKED']);
  });
});
