/**
 * The work list of an adult service: records of its own that the council's services were sent to the duty point for, or
 * refused, for want of a judgement, and that nobody has judged since; the oldest request first (FS-02).
 *
 * What a holder may know of a request is docs/decisions/0010: which of the council's services asked and on which day. Who it
 * was, for which purpose and how often is not told; a request of another adult service is not told at all.
 */
import type { Released, ShownRecord } from '../disclosure/released.js';
import type { RecordLabel, RecordType } from '../domain/records.js';
import {
  ADULT_WORK_AGENCY_KINDS,
  type AgencyId,
  type AgencyKind,
  type IsoDate,
  type IsoInstant,
  type PersonId,
} from '../domain/words.js';
import type { OwnHeld } from '../reader/holdings.js';
import type { Operation } from '../reader/operation.js';
import { speaksOf } from '../registers/relevance.js';
import type { StatementLine } from './drafts.js';

/** Requests as the log tells them. */
export interface RequestsForRelevance {
  of(
    holder: AgencyId,
    localIds: readonly string[],
  ): Promise<
    readonly {
      readonly type: string;
      readonly localId: string;
      readonly agency: AgencyId;
      readonly at: IsoInstant;
      readonly forRelevance: boolean;
    }[]
  >;
}

export interface UnjudgedParts {
  readonly operation: Operation;
  readonly requests: RequestsForRelevance;
  /** Whether the requester may judge a person's records, and by which policies. */
  readonly mayJudge: (person: PersonId) => { readonly allowed: boolean; readonly policies: readonly string[] };
  readonly draft: (line: StatementLine) => void;
}

/** A record that waits for a judgement. */
export interface UnjudgedRecord {
  readonly id: string;
  readonly record: Released<ShownRecord>;
  readonly requestedBy: AgencyKind;
  readonly requestedOn: IsoDate;
}

/** The types of adult work. */
export const ADULT_WORK_TYPES: readonly RecordType[] = [
  'SubstanceMisuseRecord',
  'MentalHealthRecord',
  'DomesticAbuseRecord',
];

interface Waiting {
  readonly held: OwnHeld;
  readonly requestedBy: AgencyKind;
  readonly requestedOn: IsoDate;
}

/** The records that wait, in an order that tells no more than the days do. Of no adult service: none. */
export async function unjudgedRecords(parts: UnjudgedParts): Promise<readonly UnjudgedRecord[]> {
  const { operation, mayJudge, draft } = parts;
  const { families, holdings, requester } = operation;
  if (!ADULT_WORK_AGENCY_KINDS.includes(requester.agencyKind)) return [];
  const held = await holdings.own(ADULT_WORK_TYPES, await families.everybodyWorkedWith());
  await operation.surroundings.ensure(new Set(held.map(({ label }) => label.subject)));
  const policies = new Set<string>();
  const judgeable = held.filter(({ label }) => {
    const verdict = mayJudge(label.subject);
    for (const id of verdict.allowed ? verdict.policies : []) policies.add(id);
    return verdict.allowed;
  });
  const waiting = await waitingAmong(parts, judgeable);
  const shown = await holdings.shownOf(waiting.map((one) => one.held));
  const list = waiting.flatMap(({ requestedBy, requestedOn }, i): UnjudgedRecord[] => {
    const record = shown[i];
    return record ? [{ id: record.id, record, requestedBy, requestedOn }] : [];
  });
  draft({
    did: 'REQUESTS_SHOWN',
    ids: list.map(({ id }) => id),
    subjects: [...new Set(waiting.flatMap(({ held: { label } }, i) => (shown[i] ? label.subject : [])))],
    policies: [...policies].sort(),
  });
  return list.sort((a, b) => compare(a.requestedOn, b.requestedOn) || compare(a.id, b.id));
}

/** Those for which one of the council's services has asked since they were last judged. */
async function waitingAmong(
  { operation, requests }: UnjudgedParts,
  held: readonly OwnHeld[],
): Promise<readonly Waiting[]> {
  const asked = await requests.of(operation.requester.agency, [...new Set(held.map(({ label }) => label.localId))]);
  const byRecord = new Map<string, (typeof asked)[number][]>();
  for (const request of asked) {
    const key = `${request.type} ${request.localId}`;
    byRecord.set(key, [...(byRecord.get(key) ?? []), request]);
  }
  return held.flatMap((one): Waiting[] => {
    const { label } = one;
    const judged = lastJudged(operation, label);
    const first = (byRecord.get(`${label.type} ${label.localId}`) ?? [])
      .filter(({ at, forRelevance }) => judged === undefined || (forRelevance && at > judged))
      .flatMap(({ agency, at }) => {
        const kind = operation.agencies.get(agency)?.kind;
        return kind === undefined || ADULT_WORK_AGENCY_KINDS.includes(kind) ? [] : [{ kind, day: at.slice(0, 10) }];
      })
      .sort((a, b) => compare(a.day, b.day) || compare(a.kind, b.kind))[0];
    return first ? [{ held: one, requestedBy: first.kind, requestedOn: first.day }] : [];
  });
}

/** When a record was last judged, by name or as one of its kind, for whomever. */
function lastJudged(operation: Operation, label: RecordLabel<PersonId>): IsoInstant | undefined {
  const judgements = operation.surroundings.statements.judgements.get(label.subject) ?? [];
  const times = judgements.flatMap((judgement) => (speaksOf(judgement, label) ? judgement.judgedAt : []));
  return times.sort(compare).at(-1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
