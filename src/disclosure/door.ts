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
  moreConfidential,
  type Obligation,
  OBLIGATIONS,
  type Outcome,
  type PersonId,
} from '../domain/words.js';
import { type HeldRecord, type Sealed, unseal } from '../sources/sealed.js';
import type { Decide } from './decide.js';
import type { FactGatherer, Gathered } from './facts/gather.js';
import type { Ledger } from './ledger.js';
import { adultWorkDenial } from './outcome.js';
import { type FieldGroup, project, type Projection } from './projection.js';
import { safeReasons } from './reason.js';
import { markReleased, type Passed, type Released, type ShownRecord, type WithheldNotice } from './released.js';
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

/** A decision on one group of a record's fields. */
interface Part {
  readonly group: FieldGroup | undefined;
  readonly gathered: Gathered;
  readonly decision: Decision;
  readonly outcome: Outcome;
}

export function openDoor(parts: DoorParts): Door {
  return {
    async release(batch) {
      const records = batch.map(unseal);
      await parts.surroundings.ensure(records.flatMap(({ label }) => [label.subject, ...label.fromWorkWith, ...label.names]));
      const labels = records.map(({ label }) => label);
      return records.map((record) => pass(parts, record, labels));
    },
  };
}

function pass(parts: DoorParts, record: HeldRecord, batch: readonly RecordLabel<PersonId>[]): Passed {
  const { label } = record;
  const holderId = parts.holderOf(label);
  const holder = parts.agencies.get(holderId);
  if (!holder) throw new Error('a record is held by an agency that the directory does not know');
  const main = decidePart(parts, record, holder, undefined, batch);
  const others = parts.projection[label.type].map((group) => sameAsMain(group, main) ?? decidePart(parts, record, holder, group, batch));
  const passed = { type: label.type, subject: label.subject, at: label.at ?? '' };
  if (!isShown(main, others)) {
    note(parts.ledger, label, holder, main);
    return { ...passed, notices: noticesOf([main], holder) };
  }
  const distinct = distinctParts([main, ...others]);
  for (const part of distinct) note(parts.ledger, label, holder, part);
  return { ...passed, record: show(record, holder, others, distinct), notices: noticesOf(distinct, holder) };
}

/** Groups that share the record's own decision count once. */
function distinctParts(parts: readonly Part[]): readonly Part[] {
  return parts.filter((part, i) => parts.findIndex((other) => other.gathered === part.gathered) === i);
}

/** A record whose main part is silent or brokered is so whole; else whatever parts are released are shown. */
function isShown(main: Part, others: readonly Part[]): boolean {
  if (main.outcome === 'RELEASED') return true;
  return main.outcome === 'WITHHELD' && others.some((part) => part.outcome === 'RELEASED');
}

/** The group of the record's own category needs no decision of its own. */
function sameAsMain(group: FieldGroup, main: Part): Part | undefined {
  const { category, confidentiality } = main.gathered.facts;
  const isSame = group.category === 'OF_RECORD' || group.category === category;
  return isSame && moreConfidential(group.confidentiality, confidentiality) === confidentiality ? { ...main, group } : undefined;
}

function decidePart(parts: DoorParts, { label }: HeldRecord, holder: Agency, group: FieldGroup | undefined, batch: readonly RecordLabel<PersonId>[]): Part {
  const category = group === undefined || group.category === 'OF_RECORD' ? label.category : group.category;
  const confidentiality = group === undefined ? label.confidentiality : moreConfidential(label.confidentiality, group.confidentiality);
  const gathered = parts.facts().gather(label, holder.id, category, confidentiality, batch);
  const decision = parts.decide(gathered.facts);
  return { group, gathered, decision, outcome: shownAs(decision, gathered, label, holder) };
}

/**
 * What an adult service holds about a person, be it only a name or a worker, tells that the person is known to it. Denied
 * across agencies, a person's details are silent (whether there is anything relevant is for the records to say), and
 * anything else shows no further than adult work itself would.
 */
function shownAs(decision: Decision, { facts }: Gathered, { type }: RecordLabel<PersonId>, holder: Agency): Outcome {
  const isDenied = decision.outcome === 'WITHHELD' || decision.outcome === 'BROKERED';
  if (!isDenied || facts.ownAgency || !ADULT_WORK_AGENCY_KINDS.includes(holder.kind)) return decision.outcome;
  if (type === 'PersonDetails') return 'SILENT';
  return decision.outcome === 'WITHHELD' ? adultWorkDenial(facts) : decision.outcome;
}

function show(record: HeldRecord, holder: Agency, others: readonly Part[], distinct: readonly Part[]): Released<ShownRecord> {
  const { label } = record;
  const target: Record<string, unknown> = {
    __typename: label.type,
    id: recordId(label),
    holder,
    obligations: obligationsOf(distinct),
  };
  for (const { group, outcome } of others) {
    if (group && outcome === 'RELEASED') project(group.fields, record.content, record.persons, target);
  }
  return markReleased(Object.freeze(target) as unknown as ShownRecord);
}

function obligationsOf(parts: readonly Part[]): readonly Obligation[] {
  const owed = parts.flatMap(({ outcome, decision }) => (outcome === 'RELEASED' ? decision.obligations : []));
  return owed.length === 0 ? NOTHING : OBLIGATIONS.filter((obligation) => owed.includes(obligation));
}

const NOTHING: readonly Obligation[] = Object.freeze([]);

function noticesOf(parts: readonly Part[], holder: Agency): WithheldNotice[] {
  return parts.flatMap(({ outcome, decision, gathered }) => {
    if (outcome !== 'WITHHELD' && outcome !== 'BROKERED') return [];
    const brokered = outcome === 'BROKERED';
    return [
      {
        outcome,
        holder,
        category: brokered ? null : gathered.facts.category,
        reason: brokered ? null : gathered.unknown.length > 0 ? 'FACT_UNAVAILABLE' : (safeReasons(decision.reasons)[0] ?? null),
        requestable: brokered || decision.requestable,
        dutyPoint: holder.dutyPoint,
      },
    ];
  });
}

function note(ledger: Ledger, label: RecordLabel<PersonId>, holder: Agency, part: Part): void {
  const { facts, evidence, unknown } = part.gathered;
  ledger.note({
    subject: label.subject,
    holder: holder.id,
    type: label.type,
    localId: label.localId,
    category: facts.category,
    outcome: part.outcome,
    decision: part.decision,
    basis: facts.basis,
    evidence,
    unknown,
  });
}

/** The id under which a released record is named outside: its type, source and id there. */
export function recordId(label: Pick<RecordLabel<PersonId>, 'type' | 'source' | 'localId'>): string {
  return Buffer.from(`${label.type}:${label.source}:${label.localId}`).toString('base64url');
}
