/**
 * Whether a record of adult work was judged relevant for this requester (RULES §2, relevance; clauses FS-02, FS-03). Pure.
 * A judgement serves a child or an adult's safety; for each person served, one made by name beats a standing one, a later
 * one replaces an earlier, and at equal times not relevant counts. Relevant for any of them is enough.
 */
import type { RecordType } from '../domain/records.js';
import type { IsoInstant, LocalId, PersonId, SourceId } from '../domain/words.js';
import type { Judgement } from './statements.js';

export interface RelevanceAsk {
  readonly source: SourceId;
  readonly type: RecordType;
  readonly localId: LocalId;
  readonly episode?: string;
  readonly subject: PersonId;
  /** Children the requester works with, in a family that joins them and the subject. */
  readonly childrenWorkedWith: readonly PersonId[];
  readonly adultsWorkedWith: readonly PersonId[];
  /** Children of open s47 enquiries that the requester works on. */
  readonly enquiryChildren: readonly PersonId[];
  readonly at: IsoInstant;
}

export interface RelevanceFinding {
  readonly state: 'RELEVANT' | 'NOT_RELEVANT' | 'UNJUDGED';
  /** Ids of the judgements it rests on; empty for UNJUDGED. */
  readonly ids: readonly string[];
}

export function relevanceOf(judgements: readonly Judgement[], ask: RelevanceAsk): RelevanceFinding {
  const counting = new Map<string, Judgement>();
  for (const judgement of judgements) {
    if (!isAbout(judgement, ask)) continue;
    const served = servedBy(judgement, ask);
    if (served === undefined) continue;
    const other = counting.get(served);
    if (!other || outweighs(judgement, other)) counting.set(served, judgement);
  }
  const deciding = [...counting.values()];
  const relevant = deciding.filter(({ decision }) => decision === 'RELEVANT');
  if (relevant.length > 0) return { state: 'RELEVANT', ids: relevant.map(({ id }) => id) };
  return deciding.length > 0 ? { state: 'NOT_RELEVANT', ids: deciding.map(({ id }) => id) } : UNJUDGED;
}

/**
 * Judgements of relevance on which nothing can rest any more once this one is in the register, whatever else comes to be judged: those
 * not replaced before. Requires that it is made after all of these, or at the same time. One of relevance replaces none for good, for an
 * instance whose clock is behind does not count it yet.
 */
export function replacedBy(judgement: Judgement, judgements: readonly Judgement[]): readonly Judgement[] {
  if (judgement.decision !== 'NOT_RELEVANT') return [];
  const same = judgements.filter((one) => one.id !== judgement.id && isOfSame(one, judgement));
  const before = same.filter(({ decision }) => decision === 'NOT_RELEVANT');
  return same.filter((one) => one.decision === 'RELEVANT' && !before.some((other) => other.judgedAt >= one.judgedAt));
}

/** Whether a judgement, whomever it serves, speaks of this record: by name, or of its kind in its episode. */
export function speaksOf(
  judgement: Judgement,
  record: Pick<RelevanceAsk, 'source' | 'type' | 'localId' | 'episode' | 'subject'>,
): boolean {
  if (judgement.subject !== record.subject || judgement.source !== record.source || judgement.type !== record.type)
    return false;
  if (judgement.localId !== undefined) return judgement.localId === record.localId;
  return judgement.episode !== undefined && judgement.episode === record.episode;
}

/** Of one record by name, or of one kind in one episode, and serving the same person. */
function isOfSame(a: Judgement, b: Judgement): boolean {
  return (
    a.subject === b.subject &&
    a.source === b.source &&
    a.type === b.type &&
    a.localId === b.localId &&
    (a.localId !== undefined || a.episode === b.episode) &&
    a.servesChild === b.servesChild &&
    a.servesAdult === b.servesAdult
  );
}

/** A judgement that something is relevant counts from its time; that it is not, as soon as it is in the register. */
function isAbout(judgement: Judgement, ask: RelevanceAsk): boolean {
  if (judgement.decision === 'RELEVANT' && judgement.judgedAt > ask.at) return false;
  return speaksOf(judgement, ask);
}

/** Whom the judgement serves, when that is somebody for whom the requester may rely on it. */
function servedBy({ servesChild, servesAdult }: Judgement, ask: RelevanceAsk): string | undefined {
  if (servesChild !== undefined) {
    return ask.childrenWorkedWith.includes(servesChild) || ask.enquiryChildren.includes(servesChild)
      ? `C${servesChild}`
      : undefined;
  }
  return servesAdult !== undefined && ask.adultsWorkedWith.includes(servesAdult) ? `A${servesAdult}` : undefined;
}

function outweighs(a: Judgement, b: Judgement): boolean {
  const [isByName, otherByName] = [a.localId !== undefined, b.localId !== undefined];
  if (isByName !== otherByName) return isByName;
  if (a.judgedAt !== b.judgedAt) return a.judgedAt > b.judgedAt;
  return a.decision === 'NOT_RELEVANT' && b.decision === 'RELEVANT';
}

const UNJUDGED: RelevanceFinding = Object.freeze({ state: 'UNJUDGED', ids: Object.freeze([]) });
