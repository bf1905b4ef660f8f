/**
 * Whether an answer is one to what was asked. A source that answers about anybody else has misread the question, or its
 * batch has slipped: nothing of that answer can be believed, so nothing of it is used. The same id given to two rows is
 * less: they are dropped and counted (one kept where they are the same), and the rest stands.
 */
import { CIRCUMSTANCE_KINDS, type Circumstances, type InvolvementRow } from '../domain/circumstances.js';
import type { RecordType, SourceRecord } from '../domain/records.js';
import type { LocalId } from '../domain/words.js';
import type { SourceAnswer } from './contract.js';

/** What may be used of an answer, or that nothing may. */
export type Expected<T> = (answer: SourceAnswer<T>) => SourceAnswer<T> | 'UNASKED';

/** Records of these types about these persons. */
export function recordsOf(asked: ReadonlyMap<RecordType, ReadonlySet<LocalId>>): Expected<SourceRecord> {
  return (answer) =>
    answer.items.every(({ label }) => asked.get(label.type)?.has(label.subject) === true) ? unique(answer) : 'UNASKED';
}

/** The one record with this id. */
export function recordWith(type: RecordType, localId: string): Expected<SourceRecord> {
  return (answer) =>
    answer.items.every(({ label }) => label.type === type && label.localId === localId) ? unique(answer) : 'UNASKED';
}

/** Involvements of these workers and teams. */
export function workOf(workers: readonly string[], teams: readonly string[]): Expected<InvolvementRow> {
  const [known, of] = [new Set(workers), new Set(teams)];
  return (answer) =>
    answer.items.every(
      ({ worker, team }) => (worker !== undefined && known.has(worker)) || (team !== undefined && of.has(team)),
    )
      ? answer
      : 'UNASKED';
}

/**
 * Circumstances of these persons: every row is about one of them, or about somebody whom a row about one of them brings in –
 * a member of a family of theirs, who lives at an address with them, who stands with them in an enquiry, a relationship,
 * an allegation or a case.
 */
export function circumstancesOf(persons: readonly LocalId[]): Expected<Circumstances> {
  return (answer) => (areJoined(answer.items, persons) ? answer : 'UNASKED');
}

/** Ids of persons who match cannot be checked against names; who is shown as found is decided on what is read of them. */
export function anyId(answer: SourceAnswer<LocalId>): SourceAnswer<LocalId> {
  return answer;
}

/** Persons, families and addresses that an asked person is joined to by what was told. */
interface Reached {
  readonly persons: Set<LocalId>;
  readonly families: Set<string>;
  readonly addresses: Set<string>;
}

/** What a row of any kind may name. */
interface AnyRow {
  readonly person?: LocalId;
  readonly other?: LocalId;
  readonly child?: LocalId;
  readonly victim?: LocalId;
  readonly perpetrator?: LocalId;
  readonly names?: readonly LocalId[];
  readonly family?: string;
  readonly address?: string;
}

/** Whether every row is joined to an asked person. Rows are gone through again while those before them reach further. */
function areJoined(items: readonly Circumstances[], persons: readonly LocalId[]): boolean {
  const reached: Reached = { persons: new Set(persons), families: new Set(), addresses: new Set() };
  let left: AnyRow[] = [];
  const circles = items.flatMap((told) => (told.circles ?? []).map((names): AnyRow => ({ names })));
  for (const told of items)
    for (const kind of CIRCUMSTANCE_KINDS)
      for (const row of told[kind] as readonly AnyRow[]) if (!reaches(row, reached)) left.push(row);
  while (left.length > 0) {
    const before = reached.persons.size;
    for (const circle of circles) reaches(circle, reached);
    const further = left.filter((row) => !reaches(row, reached));
    if (further.length === left.length && reached.persons.size === before) return false;
    left = further;
  }
  return true;
}

/** Whether a row is about somebody reached; all that it names is then reached as well. */
function reaches(row: AnyRow, { persons, families, addresses }: Reached): boolean {
  const { person, other, child, victim, perpetrator, names, family, address } = row;
  const isAbout = (id: LocalId | undefined) => id !== undefined && persons.has(id);
  if (
    !isAbout(person) &&
    !isAbout(child) &&
    !isAbout(other) &&
    !isAbout(victim) &&
    !isAbout(perpetrator) &&
    !(family !== undefined && families.has(family)) &&
    !(address !== undefined && addresses.has(address)) &&
    !names?.some(isAbout)
  )
    return false;
  for (const id of [person, other, child, victim, perpetrator]) if (id !== undefined) persons.add(id);
  if (names) for (const id of names) persons.add(id);
  if (family !== undefined) families.add(family);
  if (address !== undefined) addresses.add(address);
  return true;
}

/** Rows with an id of their own; of rows that share one all are dropped, or all but one where they say the same. */
function unique(answer: SourceAnswer<SourceRecord>): SourceAnswer<SourceRecord> {
  const { items } = answer;
  const byId = new Map<string, SourceRecord | undefined>();
  for (const record of items) {
    const key = `${record.label.type} ${record.label.localId}`;
    if (!byId.has(key)) byId.set(key, record);
    else if (JSON.stringify(byId.get(key)) !== JSON.stringify(record)) byId.set(key, undefined);
  }
  if (byId.size === items.length) return answer;
  const kept = [...byId.values()].filter((record) => record !== undefined);
  return { items: kept, rejected: answer.rejected + items.length - kept.length };
}
