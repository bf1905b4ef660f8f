/**
 * What a change of the policies would have changed of what was asked in earnest: the facts of every decision in the log,
 * decided under both. Counts only: nobody who asked, was asked about, or holds anything is named.
 */
import type { Audit } from '../audit/audit.js';
import { factsIn } from '../audit/logged-facts.js';
import { entry as held } from '../domain/entry.js';
import type { FactRecord } from '../domain/facts.js';
import { CATEGORIES, type Category, type Outcome, PURPOSES, type Purpose, ROLES, type Role } from '../domain/words.js';
import type { Decide } from './decide.js';
import type { Change } from './space/diff.js';

/** One kind of change for one role and category. */
export interface RecordedChange {
  readonly becomes: Change['becomes'];
  readonly role: Role;
  readonly category: Category;
  readonly purposes: readonly Purpose[];
  /** Operations of the log in which it would have made a difference. */
  readonly operations: number;
  /** Records, or parts of a record decided by themselves; one is counted each time it was asked for. */
  readonly records: number;
}

export interface RecordedDiff {
  /** In the order of the closed lists. */
  readonly changes: readonly RecordedChange[];
  /** What was looked through: operations in which anything was decided, and decisions. */
  readonly operations: number;
  readonly decisions: number;
  /** Decisions whose facts the lists of today cannot read: not compared. */
  readonly unreadable: number;
  /** Decisions that the old policies do not make as they were made: other policies were in force. Compared all the same. */
  readonly madeOtherwise: number;
}

interface Tally {
  readonly purposes: Set<Purpose>;
  operations: number;
  records: number;
  last?: string;
}

/** Entries read at a time. */
const PAGE = 500;

/** Reads the log from its beginning. `onProgress` is told how many entries were read. */
export async function recordedDiff(
  audit: Pick<Audit, 'after'>,
  before: Decide,
  after: Decide,
  onProgress: (entries: number) => void = () => {},
): Promise<RecordedDiff> {
  const tallies = new Map<string, Tally>();
  const counts = { operations: 0, decisions: 0, unreadable: 0, madeOtherwise: 0 };
  for (let [last, entries] = [0, 0]; ; ) {
    const page = await audit.after(last, PAGE);
    if (page.length === 0) return { changes: changesOf(tallies), ...counts };
    for (const { seq, body } of page) {
      last = seq;
      entries += 1;
      if (body.decisions.length > 0) counts.operations += 1;
      const records = new Map<number, number>();
      for (const [index, , , , ids] of body.outcomes) records.set(index, (records.get(index) ?? 0) + ids.length);
      for (const [index, line] of body.decisions.entries()) {
        counts.decisions += 1;
        const facts = factsIn(line, body);
        if (!facts) {
          counts.unreadable += 1;
          continue;
        }
        const [old, fresh] = [before(facts).outcome, after(facts).outcome];
        if (old !== (line.decided ?? line.outcome)) counts.madeOtherwise += 1;
        if (old !== fresh) count(tallies, becoming(old, fresh), facts, records.get(index) ?? 0, body.id);
      }
    }
    onProgress(entries);
  }
}

function becoming(old: Outcome, fresh: Outcome): Change['becomes'] {
  if (fresh === 'RELEASED') return 'RELEASED';
  return old === 'RELEASED' ? 'DENIED' : 'SHOWN_OTHERWISE';
}

function count(
  tallies: Map<string, Tally>,
  becomes: Change['becomes'],
  { role, category, purpose }: FactRecord,
  records: number,
  operation: string,
): void {
  const tally = held(
    tallies,
    `${becomes} ${role} ${category}`,
    (): Tally => ({
      purposes: new Set(),
      operations: 0,
      records: 0,
    }),
  );
  tally.purposes.add(purpose);
  tally.records += records;
  if (tally.last !== operation) tally.operations += 1;
  tally.last = operation;
}

function changesOf(tallies: ReadonlyMap<string, Tally>): RecordedChange[] {
  return (['RELEASED', 'DENIED', 'SHOWN_OTHERWISE'] as const).flatMap((becomes) =>
    ROLES.flatMap((role) =>
      CATEGORIES.flatMap((category): RecordedChange[] => {
        const tally = tallies.get(`${becomes} ${role} ${category}`);
        if (!tally) return [];
        const { operations, records } = tally;
        const purposes = PURPOSES.filter((purpose) => tally.purposes.has(purpose));
        return [{ becomes, role, category, purposes, operations, records }];
      }),
    ),
  );
}

/** A line of JSON for each change, and one for what was looked through. */
export function recordedJson({ changes, ...counts }: RecordedDiff): string {
  return [...changes, counts].map((line) => JSON.stringify({ over: 'LOG', ...line })).join('\n');
}

const HEADINGS = {
  RELEASED: 'Of what was asked, would now be released',
  DENIED: 'Of what was released, would now be withheld',
  SHOWN_OTHERWISE: 'Of what was denied, would be shown otherwise',
} as const;

/** For people to read and sign. */
export function recordedText({ changes, operations, decisions, unreadable, madeOtherwise }: RecordedDiff): string {
  const lines = (Object.keys(HEADINGS) as (keyof typeof HEADINGS)[]).flatMap((becomes) => {
    const of = changes.filter((change) => change.becomes === becomes);
    return of.length === 0 ? [] : [`${HEADINGS[becomes]}:`, ...of.map(lineOf), ''];
  });
  return [
    ...(lines.length > 0 ? lines : ['Nothing that was asked would have come out otherwise.', '']),
    `Looked through: ${decisions} decisions of ${operations} operations.`,
    ...(madeOtherwise > 0
      ? [`${madeOtherwise} of them were made under other policies than the old ones given: compared all the same.`]
      : []),
    ...(unreadable > 0 ? [`${unreadable} of them rest on facts that are no longer those of today: not compared.`] : []),
  ].join('\n');
}

function lineOf({ role, category, purposes, operations, records }: RecordedChange): string {
  return `  ${role} · ${category} · for ${purposes.join(', ')} (${records} times, in ${operations} operations)`;
}
