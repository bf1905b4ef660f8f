/**
 * What stands behind a release: the consents, exceptions, judgements, grants and emergency accesses that it rests on, with what
 * they say. What was written in words of the case (how somebody agreed, answers to a gateway's questions, why something is relevant) is
 * told to the officers of the agency whose words they are: to others it is case content.
 */
import type { AgencyId, IsoInstant, PersonId } from '../../domain/words.js';
import type { Directory } from '../../people/directory.js';
import type { LawfulGateways } from '../../registers/lawful-gateways.js';
import type { Listing } from '../../registers/listing.js';
import type { AskingAudit, AuditedOperation } from './asking.js';

export type EvidenceKind = 'CONSENT' | 'EXCEPTION' | 'JUDGEMENT' | 'GRANT' | 'EMERGENCY' | 'OF_A_SOURCE';

/** One statement. `says` are pairs of what is said and its value, in the words of the closed lists. */
export interface Evidence {
  readonly id: string;
  readonly kind: EvidenceKind;
  readonly recordedAt: IsoInstant | null;
  readonly recordedBy: string | null;
  readonly approvedBy: string | null;
  readonly from: IsoInstant | null;
  readonly until: IsoInstant | null;
  /** Of an exception or an emergency. */
  readonly gateway: string | null;
  readonly citation: string | null;
  readonly about: readonly PersonId[];
  readonly says: readonly { readonly name: string; readonly value: string }[];
}

export interface EvidenceParts {
  readonly asking: Pick<AskingAudit, 'nearOf'>;
  readonly listing: Pick<Listing, 'byIds'>;
  readonly gateways: LawfulGateways;
  readonly directory: Pick<Directory, 'worker'>;
  /** The officer's own. */
  readonly agency: AgencyId;
}

/**
 * The evidence behind what these operations released, as the officer may see it, by id. What is in no register was told by a source:
 * an open enquiry, or a consent in the holder's own system.
 */
export async function evidenceBehind(
  parts: EvidenceParts,
  operations: readonly Pick<AuditedOperation, 'lines'>[],
): Promise<ReadonlyMap<string, Evidence>> {
  const lines = operations.flatMap((operation) => operation.lines).filter(({ outcome }) => outcome === 'RELEASED');
  const ids = [...new Set(lines.flatMap(({ evidence }) => evidence))];
  const { consents, exceptions, judgements, grants, emergencies } = await parts.listing.byIds(ids);
  const isOwn = await ownWords(
    parts,
    [...consents, ...exceptions].map(({ recordedBy }) => recordedBy),
  );
  const gatewayOf = (id: string) => ({ gateway: id, citation: parts.gateways.get(id)?.citation ?? null });
  const found: Evidence[] = [
    ...consents.map((said) => ({
      ...NOTHING,
      ...periodOf(said),
      id: said.id,
      kind: 'CONSENT' as const,
      recordedAt: said.recordedAt,
      recordedBy: said.recordedBy,
      about: [...new Set([said.subject, said.givenBy])],
      says: [
        pair('state', said.state),
        pair('capacity', said.capacity),
        ...scopeOf(said),
        ...(isOwn(said.recordedBy) || said.holders.includes(parts.agency) ? [pair('method', said.method)] : []),
        ...(said.reviewOn ? [pair('reviewOn', said.reviewOn)] : []),
        ...(said.competence ? [pair('competenceJudged', 'true')] : []),
      ],
    })),
    ...exceptions.map((said) => ({
      ...NOTHING,
      ...periodOf(said),
      ...gatewayOf(said.gateway),
      id: said.id,
      kind: 'EXCEPTION' as const,
      recordedAt: said.recordedAt,
      recordedBy: said.recordedBy,
      approvedBy: said.approvedBy ?? null,
      about: said.subjects,
      says: [
        ...scopeOf(said),
        pair('overridesRefusal', String(said.overridesRefusal)),
        ...(isOwn(said.recordedBy) || said.holders.includes(parts.agency) ? answersOf(said.answers) : []),
      ],
    })),
    ...judgements.map((said) => ({
      ...NOTHING,
      id: said.id,
      kind: 'JUDGEMENT' as const,
      recordedAt: said.judgedAt,
      recordedBy: said.judgedBy,
      about: [said.subject, ...[said.servesChild, said.servesAdult].flatMap((person) => person ?? [])],
      says: [
        pair('decision', said.decision),
        pair('factor', said.factor),
        pair('recordType', said.type),
        pair('holder', said.holder),
        pair('standing', String(said.localId === undefined)),
        ...(said.holder === parts.agency ? [pair('why', said.why)] : []),
      ],
    })),
    ...grants.map((said) => ({
      ...NOTHING,
      ...periodOf(said),
      id: said.id,
      kind: 'GRANT' as const,
      recordedAt: said.recordedAt,
      recordedBy: said.worker,
      approvedBy: said.approvedBy,
      about: said.subjects,
      says: [
        pair('holder', said.holder),
        pair('agency', said.agency),
        pair('categories', said.categories.join(' ')),
        pair('purpose', said.purpose),
        // What was approved by name may be locked: that is known to its holder's officers.
        ...(said.holder === parts.agency ? [pair('recordsByName', String(said.items.length))] : []),
        pair('cites', said.cites.join(' ')),
      ],
    })),
    ...emergencies.map((said) => ({
      ...NOTHING,
      ...periodOf(said),
      ...gatewayOf(said.gateway),
      id: said.id,
      kind: 'EMERGENCY' as const,
      recordedAt: said.recordedAt,
      recordedBy: said.worker,
      about: [...new Set([said.person, ...said.subjects])],
      says: [pair('riskStated', String(said.risk.trim() !== '')), pair('review', said.review?.finding ?? 'NONE')],
    })),
  ];
  const isNear = await parts.asking.nearOf(found.flatMap(({ about }) => about));
  const shown = new Map(found.map((one) => [one.id, withoutNear(one, isNear)]));
  for (const id of ids) if (!shown.has(id)) shown.set(id, { ...NOTHING, id, kind: 'OF_A_SOURCE' });
  return shown;
}

/** Whether somebody of the officer's own agency wrote it, as the directory has them now. */
async function ownWords({ directory, agency }: EvidenceParts, workers: readonly string[]) {
  const known = await Promise.all([...new Set(workers)].map((id) => directory.worker(id)));
  const own = new Set(known.flatMap((worker) => (worker?.agency === agency ? worker.id : [])));
  return (worker: string) => own.has(worker);
}

function withoutNear(one: Evidence, isNear: (person: PersonId) => boolean): Evidence {
  return one.about.some(isNear) ? { ...one, about: one.about.filter((person) => !isNear(person)), says: [] } : one;
}

const NOTHING = {
  recordedAt: null,
  recordedBy: null,
  approvedBy: null,
  from: null,
  until: null,
  gateway: null,
  citation: null,
  about: [],
  says: [],
} as const;

function pair(name: string, value: string) {
  return { name, value };
}

function periodOf({ from, until }: { readonly from: IsoInstant; readonly until?: IsoInstant }) {
  return { from, until: until ?? null };
}

function scopeOf(
  scope: {
    readonly [K in 'categories' | 'holders' | 'recipients' | 'purposes']: readonly string[];
  },
): Evidence['says'] {
  return (['categories', 'holders', 'recipients', 'purposes'] as const).map((part) =>
    pair(part, scope[part].join(' ')),
  );
}

function answersOf(answers: { readonly [question: string]: string }): Evidence['says'] {
  return Object.entries(answers).map(([question, answer]) => pair(question, answer));
}
