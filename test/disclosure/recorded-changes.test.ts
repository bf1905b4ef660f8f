/** The dry run over a log of a few entries: what is counted, how it is summed up, and what is said of what could not be compared. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { AuditEntryBody, DecisionEntry } from '../../src/audit/entry.js';
import { type RecordedDiff, recordedDiff, recordedJson, recordedText } from '../../src/disclosure/recorded-diff.js';
import type { Decision } from '../../src/domain/decision.js';
import { type FactRecord, factKey } from '../../src/domain/facts.js';
import type { Outcome } from '../../src/domain/words.js';

const base = parse(readFileSync('schema/policies/cases/base.yaml', 'utf8')) as FactRecord;
const requester = { worker: 'w', agency: 'csc', role: 'SOCIAL_WORKER' } as const;

/** A decision of the log on the plan of somebody, for a purpose. */
function line(changes: Partial<FactRecord>, outcome: Outcome, decided?: Outcome): DecisionEntry {
  const facts: FactRecord = {
    ...base,
    role: 'SOCIAL_WORKER',
    purpose: 'SUPERVISION',
    basis: 'NONE',
    category: 'PLAN',
    ...changes,
  };
  return { facts: factKey(facts), outcome, category: facts.category, ...(decided ? { decided } : {}) };
}
const entry = (
  id: string,
  decisions: readonly DecisionEntry[],
  outcomes: readonly (readonly [number, readonly string[]])[],
  changes: Partial<Pick<AuditEntryBody, 'purpose' | 'requester'>> = {},
) =>
  ({
    id,
    requester,
    purpose: 'SUPERVISION',
    decisions,
    outcomes: outcomes.map(([index, ids]) => [index, 'P-1', 'csc', 'Plan', ids]),
    ...changes,
  }) as unknown as AuditEntryBody;
const by = (decide: (facts: FactRecord) => Outcome) => (facts: FactRecord) => ({ outcome: decide(facts) }) as Decision;

/** Read two at a time. */
async function diffOf(
  bodies: readonly AuditEntryBody[],
  before: (f: FactRecord) => Outcome,
  after: (f: FactRecord) => Outcome,
) {
  const told: number[] = [];
  const entries = bodies.map((body, i) => ({ seq: i + 1, body }));
  const read = async (seq: number) => entries.filter((one) => one.seq > seq).slice(0, 2) as never;
  const diff = await recordedDiff({ after: read }, by(before), by(after), (n) => told.push(n));
  return { diff, told };
}
const withheld = () => 'WITHHELD' as const;
const released = () => 'RELEASED' as const;

describe('a dry run over a few entries', () => {
  it('counts records and operations of each kind of change, by role, category and purpose', async () => {
    const bodies = [
      entry(
        '1',
        [line({}, 'WITHHELD'), line({ category: 'STATUS' }, 'WITHHELD')],
        [
          [0, ['a', 'b']],
          [1, ['c']],
          [0, ['d']],
        ],
      ),
      entry(
        '2',
        [line({}, 'WITHHELD'), line({ coreGroup: !base.coreGroup }, 'WITHHELD')],
        [
          [0, ['a']],
          [1, ['e']],
        ],
      ),
      entry('3', [line({ purpose: 'DIRECT_WORK' }, 'WITHHELD')], [[0, ['a']]], { purpose: 'DIRECT_WORK' }),
      entry('4', [line({ role: 'KEYWORKER' }, 'WITHHELD')], [], { requester: { ...requester, role: 'KEYWORKER' } }),
      entry('5', [], []),
    ];
    const { diff, told } = await diffOf(bodies, withheld, released);
    const change = { becomes: 'RELEASED', role: 'SOCIAL_WORKER', purposes: ['SUPERVISION'] };
    expect(diff).toEqual({
      changes: [
        { ...change, category: 'STATUS', operations: 1, records: 1 },
        { ...change, category: 'PLAN', purposes: ['DIRECT_WORK', 'SUPERVISION'], operations: 3, records: 6 },
        { ...change, category: 'PLAN', role: 'KEYWORKER', operations: 1, records: 0 },
      ],
      operations: 4,
      decisions: 6,
      unreadable: 0,
      madeOtherwise: 0,
    });
    expect(told).toEqual([2, 4, 5]);
  });

  it('tells what is newly released from what no longer is, and from what is denied in another way', async () => {
    const bodies = [
      entry(
        '1',
        [line({}, 'WITHHELD'), line({ category: 'STATUS' }, 'RELEASED')],
        [
          [0, ['a']],
          [1, ['b']],
        ],
      ),
    ];
    const kinds = async (before: (f: FactRecord) => Outcome, after: (f: FactRecord) => Outcome) =>
      (await diffOf(bodies, before, after)).diff.changes.map(({ becomes, category }) => [becomes, category]);
    const was = ({ category }: FactRecord) => (category === 'PLAN' ? 'WITHHELD' : 'RELEASED');
    expect(await kinds(was, was)).toEqual([]);
    expect(await kinds(was, released)).toEqual([['RELEASED', 'PLAN']]);
    expect(await kinds(was, withheld)).toEqual([['DENIED', 'STATUS']]);
    expect(await kinds(was, () => 'SILENT')).toEqual([
      ['DENIED', 'STATUS'],
      ['SHOWN_OTHERWISE', 'PLAN'],
    ]);
  });

  it('holds the old policies against what was decided, not against how far it was shown', async () => {
    const made = async (one: DecisionEntry) =>
      (await diffOf([entry('1', [one], [])], withheld, withheld)).diff.madeOtherwise;
    expect(await made(line({}, 'SILENT', 'WITHHELD'))).toBe(0);
    expect(await made(line({}, 'SILENT'))).toBe(1);
    expect(await made(line({}, 'WITHHELD', 'RELEASED'))).toBe(1);
  });

  it('compares nothing whose facts cannot be read, and counts it', async () => {
    const garbled = { ...line({}, 'WITHHELD'), facts: -1 };
    const { diff } = await diffOf(
      [
        entry(
          '1',
          [garbled, line({}, 'WITHHELD')],
          [
            [0, ['a']],
            [1, ['b']],
          ],
        ),
      ],
      withheld,
      released,
    );
    expect(diff).toMatchObject({ decisions: 2, unreadable: 1 });
    expect(diff.changes.map(({ records }) => records)).toEqual([1]);
  });
});

describe('the paper that is signed', () => {
  const change = {
    role: 'SOCIAL_WORKER',
    category: 'PLAN',
    purposes: ['SUPERVISION', 'ASSESSMENT'],
    operations: 2,
    records: 7,
  } as const;
  const diff: RecordedDiff = {
    changes: [
      { ...change, becomes: 'RELEASED' },
      { ...change, becomes: 'DENIED', category: 'STATUS', records: 1 },
    ],
    operations: 3,
    decisions: 9,
    unreadable: 0,
    madeOtherwise: 0,
  };

  it('has a heading for each kind of change that there is, and what was looked through', () => {
    expect(recordedText(diff)).toBe(
      [
        'Of what was asked, would now be released:',
        '  SOCIAL_WORKER · PLAN · for SUPERVISION, ASSESSMENT (7 times, in 2 operations)',
        '',
        'Of what was released, would now be withheld:',
        '  SOCIAL_WORKER · STATUS · for SUPERVISION, ASSESSMENT (1 times, in 2 operations)',
        '',
        'Looked through: 9 decisions of 3 operations.',
      ].join('\n'),
    );
    const otherwise = { ...diff, changes: [{ ...change, becomes: 'SHOWN_OTHERWISE' as const }] };
    expect(recordedText(otherwise)).toMatch(/^Of what was denied, would be shown otherwise:\n/);
  });

  it('says that nothing would change, that other policies were in force, and what could not be read', () => {
    expect(recordedText({ ...diff, changes: [], unreadable: 2, madeOtherwise: 1 })).toBe(
      [
        'Nothing that was asked would have come out otherwise.',
        '',
        'Looked through: 9 decisions of 3 operations.',
        '1 of them were made under other policies than the old ones given: compared all the same.',
        '2 of them rest on facts that are no longer those of today: not compared.',
      ].join('\n'),
    );
  });

  it('is a line of JSON for each change, and one for what was looked through', () => {
    const [first, second, counts, ...others] = recordedJson(diff)
      .split('\n')
      .map((text) => JSON.parse(text));
    expect([first, second]).toEqual(diff.changes.map((one) => ({ over: 'LOG', ...one })));
    expect(counts).toEqual({ over: 'LOG', operations: 3, decisions: 9, unreadable: 0, madeOtherwise: 0 });
    expect(others).toEqual([]);
  });
});
