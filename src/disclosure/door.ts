/**
 * The door. One way through, for every record of every source:
 *
 *   unseal → surroundings → facts → decide → project → note in the ledger
 *
 * What comes out is Released; there is nothing else that resolvers and the SDL's types can hold.
 */
import type { Decision } from '../domain/decision.js';
import type { RecordLabel } from '../domain/records.js';
import type { Agency } from '../domain/requester.js';
import {
  ADULT_WORK_AGENCY_KINDS,
  type AgencyId,
  OBLIGATIONS,
  type Obligation,
  type Outcome,
  type PersonId,
} from '../domain/words.js';
import { type HeldRecord, type Sealed, unseal } from '../sources/sealed.js';
import type { Decide } from './decide.js';
import type { FactGatherer, Gathered } from './facts/gather.js';
import type { Ledger, LedgerLine } from './ledger.js';
import { adultWorkDenial } from './outcome.js';
import { type Layout, type Projection, writerOf } from './projection.js';
import { reasonTold } from './reason.js';
import {
  DECIDED,
  type DecidedBy,
  markReleased,
  type Passed,
  type Released,
  type ShownRecord,
  type WithheldNotice,
} from './released.js';
import type { Surroundings } from './surroundings.js';

export interface DoorParts {
  readonly surroundings: Surroundings;
  /** Facts about this operation's requester; asked for only once the surroundings of its records are known. */
  readonly facts: () => FactGatherer;
  readonly decide: Decide;
  readonly projection: Projection;
  readonly ledger: Ledger;
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  readonly holderOf: (label: RecordLabel<PersonId>) => AgencyId;
}

export interface Door {
  /** Decides every record of a batch. Throws FactsChanged when what people have said changed meanwhile. */
  release(batch: readonly Sealed[]): Promise<readonly Passed[]>;
}

/** A decision on the fields of a record that share a category and a confidentiality; the same for all records with these facts. */
interface Part {
  readonly gathered: Gathered;
  readonly decision: Decision;
  readonly outcome: Outcome;
  /** Where such records stand in the ledger, once one does. */
  line?: LedgerLine;
}

/** A door with what it has decided so far in its operation. */
interface OpenDoor extends DoorParts {
  readonly decided: Map<Gathered, Part>;
}

export function openDoor(parts: DoorParts): Door {
  const door: OpenDoor = { ...parts, decided: new Map() };
  return {
    async release(batch) {
      const records = batch.map(unseal);
      const labels = records.map(({ label }) => label);
      await parts.surroundings.ensure(personsOf(labels));
      return records.map((record) => pass(door, record, labels));
    },
  };
}

/** Everybody on whom a decision may rest. */
function personsOf(labels: readonly RecordLabel<PersonId>[]): ReadonlySet<PersonId> {
  const persons = new Set<PersonId>();
  for (const { subject, fromWorkWith, names } of labels) {
    persons.add(subject);
    for (const person of fromWorkWith) persons.add(person);
    for (const person of names) persons.add(person);
  }
  return persons;
}

function pass(door: OpenDoor, record: HeldRecord, batch: readonly RecordLabel<PersonId>[]): Passed {
  const { label } = record;
  const { type, subject, at = '' } = label;
  const holder = holderOf(door, label);
  const layout = door.projection(label);
  const main = decidePart(door, label, holder, label, batch);
  const others =
    layout.others.length === 0 ? NOTHING : layout.others.map((group) => decidePart(door, label, holder, group, batch));
  if (!isShown(main, others)) {
    note(door.ledger, label, holder, main);
    return { type, subject, at, notices: noticesOf([main], holder) };
  }
  const all = others.length === 0 ? [main] : [main, ...others];
  const lines = all.map((part) => note(door.ledger, label, holder, part));
  return {
    type,
    subject,
    at,
    record: show(record, holder, layout, main, others, { subject, lines }),
    notices: noticesOf(all, holder),
  };
}

/** Decides the fields of a record that have this category and confidentiality. */
function decidePart(
  { facts, decide, decided }: OpenDoor,
  label: RecordLabel<PersonId>,
  holder: Agency,
  { category, confidentiality }: Pick<RecordLabel<PersonId>, 'category' | 'confidentiality'>,
  batch: readonly RecordLabel<PersonId>[],
): Part {
  const gathered = facts().gather(label, holder.id, category, confidentiality, batch);
  const known = decided.get(gathered);
  if (known) return known;
  const decision = decide(gathered.facts);
  const part: Part = { gathered, decision, outcome: shownAs(decision, gathered, label, holder) };
  decided.set(gathered, part);
  return part;
}

function holderOf({ agencies, holderOf }: DoorParts, label: RecordLabel<PersonId>): Agency {
  const holder = agencies.get(holderOf(label));
  if (!holder) throw new Error('a record is held by an agency that the directory does not know');
  return holder;
}

/** A record whose main part is silent or brokered is so whole; else whatever parts are released are shown. */
function isShown(main: Part, others: readonly Part[]): boolean {
  if (main.outcome === 'RELEASED') return true;
  return main.outcome === 'WITHHELD' && others.some((part) => part.outcome === 'RELEASED');
}

/**
 * What an adult service holds about a person, be it only a name or a worker, tells that the person is known to it. Denied
 * across agencies, a person's details are silent (whether there is anything relevant is for the records to say), and
 * anything else shows no further than adult work itself would.
 */
export function shownAs(
  decision: Decision,
  { facts }: Pick<Gathered, 'facts'>,
  { type }: Pick<RecordLabel<PersonId>, 'type'>,
  holder: Agency,
): Outcome {
  const isDenied = decision.outcome === 'WITHHELD' || decision.outcome === 'BROKERED';
  if (!isDenied || facts.ownAgency || !ADULT_WORK_AGENCY_KINDS.includes(holder.kind)) return decision.outcome;
  if (type === 'PersonDetails') return 'SILENT';
  return decision.outcome === 'WITHHELD' ? adultWorkDenial(facts) : decision.outcome;
}

function show(
  { label, content, persons }: HeldRecord,
  holder: Agency,
  layout: Layout,
  main: Part,
  others: readonly Part[],
  decided: DecidedBy,
): Released<ShownRecord> {
  const write = writerOf(
    layout,
    main.outcome === 'RELEASED',
    others.map(({ outcome }) => outcome === 'RELEASED'),
  );
  const made = {
    __typename: label.type,
    id: recordId(label),
    holder,
    obligations: obligationsOf(main, others),
    [DECIDED]: decided,
  };
  return markReleased(Object.freeze(write(made, content, persons)));
}

function obligationsOf(main: Part, others: readonly Part[]): readonly Obligation[] {
  if (others.length === 0) return main.decision.obligations;
  const owed = [main, ...others].flatMap(({ outcome, decision }) =>
    outcome === 'RELEASED' ? decision.obligations : [],
  );
  return owed.length === 0 ? NOTHING : OBLIGATIONS.filter((obligation) => owed.includes(obligation));
}

const NOTHING: readonly never[] = Object.freeze([]);

function noticesOf(parts: readonly Part[], holder: Agency): readonly WithheldNotice[] {
  if (parts.every(({ outcome }) => outcome === 'RELEASED')) return NOTHING;
  return parts.flatMap(({ outcome, decision, gathered }) => {
    if (outcome !== 'WITHHELD' && outcome !== 'BROKERED') return [];
    const brokered = outcome === 'BROKERED';
    return [
      {
        outcome,
        holder,
        category: brokered ? null : gathered.facts.category,
        reason: reasonTold(outcome, decision.reasons, gathered.unknown.length > 0),
        requestable: brokered || decision.requestable,
        dutyPoint: holder.dutyPoint,
      },
    ];
  });
}

/** Writes the record on the ledger's line of this decision, and answers with the decision's place there. */
function note(ledger: Ledger, { subject, type, localId }: RecordLabel<PersonId>, holder: Agency, part: Part): number {
  part.line ??= ledger.lineOf({ subject, holder: holder.id, type, ...outturnOf(part) });
  return ledger.note(part.line, localId);
}

function outturnOf({ outcome, decision, gathered: { facts, evidence, unknown } }: Part) {
  return { category: facts.category, outcome, decision, basis: facts.basis, evidence, unknown };
}

/** The id under which a released record is named outside: its type, source and id there. */
export function recordId(label: Pick<RecordLabel<PersonId>, 'type' | 'source' | 'localId'>): string {
  return Buffer.from(`${label.type}:${label.source}:${label.localId}`).toString('base64url');
}
