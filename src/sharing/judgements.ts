/**
 * Judgements of relevance: whether a record of adult work serves a child or an adult (FS-02), made of one record or of many at
 * once, and the work list of what waits for one. Whether somebody may is decided by policies (schema/policies/actions.cedar).
 */
import { recordId } from '../disclosure/door.js';
import type { Policies } from '../disclosure/policies.js';
import type { RecordLabel, RecordType } from '../domain/records.js';
import { ADULT_WORK, type AgencyId, type PersonId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';
import type { Registers } from '../registers/registers.js';
import { replacedBy } from '../registers/relevance.js';
import type { Judgement } from '../registers/statements.js';
import { type Drafts, draftEnd } from './drafts.js';
import { permit } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';
import { type RequestsForRelevance, type UnjudgedRecord, unjudgedRecords } from './unjudged.js';

export interface JudgementParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  /** Ids of the assessment factors that a judgement may name. */
  readonly factors: ReadonlySet<string>;
  readonly requests: RequestsForRelevance;
  readonly newId: () => string;
  readonly draft: Drafts['draft'];
}

/** A record by its id at its source. */
export interface RecordRef {
  readonly type: RecordType;
  readonly source: string;
  readonly localId: string;
}

/** What a judgement says, of whichever record. */
export interface JudgementDraft {
  readonly decision: Judgement['decision'];
  /** It stands for every record of this kind in the record's episode, those to come too, but for those judged by name. */
  readonly standing?: boolean | null;
  readonly servesChild?: PersonId | null;
  readonly servesAdult?: PersonId | null;
  readonly factor: string;
  readonly why: string;
}

/** A judgement with the node id of the record it was made of, if it was made of one. */
export type ShownJudgement = Judgement & { readonly record: string | null; readonly standing: boolean };

export interface Judgements {
  /** Throws NotPermitted, also for a record that does not exist, and NotValid. */
  judge(given: JudgementDraft & { readonly record: RecordRef }): Promise<ShownJudgement>;
  /**
   * One judgement of each of these records, all of them or none. Throws NotPermitted when the requester may not judge one, or
   * it does not exist; NotValid.
   */
  judgeMany(given: JudgementDraft & { readonly records: readonly RecordRef[] }): Promise<readonly ShownJudgement[]>;
  /** What waits for a judgement by the requester; see `unjudged.ts`. */
  unjudged(): Promise<readonly UnjudgedRecord[]>;
}

/** A record to be judged: what it is and who holds it. */
interface Labelled {
  readonly label: RecordLabel<PersonId>;
  readonly holder: AgencyId;
}

/** Records judged in one operation. */
const MOST_AT_ONCE = 100;

export function openJudgements(parts: JudgementParts): Judgements {
  const { operation, policies, registers, factors, requests, newId, draft } = parts;
  const { families, holdings, requester, at } = operation;

  const permitJudging = ({ label, holder }: Labelled): Promise<readonly string[]> => {
    const about = { ownAgency: holder === requester.agency, party: true };
    return permit({ operation, policies }, 'JUDGE_RELEVANCE', label.subject, about);
  };

  async function check(given: JudgementDraft, labels: readonly RecordLabel<PersonId>[]): Promise<void> {
    const problems = [
      ...(labels.every(({ category }) => ADULT_WORK.includes(category)) ? [] : ['only adult work is judged']),
      ...(given.standing && labels.some(({ episode }) => episode === undefined)
        ? ['a standing judgement is made of a record that belongs to an episode']
        : []),
      ...(Boolean(given.servesChild) === Boolean(given.servesAdult) ? ['it serves either a child or an adult'] : []),
      ...(factors.has(given.factor) ? [] : [`${given.factor} is not an assessment factor`]),
      ...(given.why.trim() ? [] : ['it says why']),
      ...(given.servesChild ? await childProblems(given.servesChild) : []),
    ];
    if (problems.length > 0) throw new NotValid(problems);
  }

  async function childProblems(person: PersonId): Promise<string[]> {
    await operation.surroundings.ensure([person]);
    const { isChild, joining } = operation.facts().subject(person);
    return isChild && joining.length > 0 ? [] : ['it serves a child whom its writer works with'];
  }

  function write(given: JudgementDraft, { label, holder }: Labelled, by: readonly string[]): ShownJudgement {
    const judgement: Judgement = {
      id: newId(),
      source: label.source,
      type: label.type,
      ...(given.standing ? {} : { localId: label.localId }),
      ...(label.episode ? { episode: label.episode } : {}),
      subject: label.subject,
      holder,
      ...(given.servesChild ? { servesChild: given.servesChild } : {}),
      ...(given.servesAdult ? { servesAdult: given.servesAdult } : {}),
      factor: given.factor,
      decision: given.decision,
      why: given.why,
      judgedAt: at,
      judgedBy: requester.worker,
    };
    const line = { did: 'JUDGEMENT', ids: [judgement.id], subjects: [label.subject], policies: by } as const;
    draft(line, (transaction) => registers.writeJudgement(transaction, judgement));
    const replaced = replacedBy(judgement, operation.surroundings.statements.judgements.get(label.subject) ?? []);
    draftEnd(draft, { did: 'JUDGEMENT_END', of: line, ended: replaced.map(({ id }) => id) });
    return shownJudgement(judgement);
  }

  return {
    async judge(given) {
      const { type, source, localId } = given.record;
      const found = await holdings.labelOf(type, source, localId);
      if (!found) throw new NotPermitted('no such record');
      const by = await permitJudging(found);
      await check(given, [found.label]);
      return write(given, found, by);
    },

    async judgeMany(given) {
      const wanted = new Set(given.records.map(recordId));
      if (wanted.size === 0 || given.records.length > MOST_AT_ONCE)
        throw new NotValid([`it names between one and ${MOST_AT_ONCE} records`]);
      if (wanted.size < given.records.length) throw new NotValid(['it names a record twice']);
      const types = [...new Set(given.records.map(({ type }) => type))];
      const held = await holdings.own(types, await families.everybodyWorkedWith());
      const labels = new Map(held.map(({ label }) => [recordId(label), label]));
      const found = given.records.flatMap((record) => labels.get(recordId(record)) ?? []);
      if (found.length < wanted.size) throw new NotPermitted('no such record');
      const judged = found.map((label) => ({ label, holder: requester.agency }));
      const by = await Promise.all(judged.map(permitJudging));
      await check(given, found);
      if (given.standing) {
        const kinds = found.map(({ type, source, subject, episode }) => [type, source, subject, episode].join(' '));
        if (new Set(kinds).size < kinds.length)
          throw new NotValid(['it stands for a kind of record in an episode, and names two of the same']);
      }
      return judged.map((one, i) => write(given, one, by[i] ?? []));
    },

    unjudged() {
      return unjudgedRecords({
        operation,
        requests,
        mayJudge: (person) =>
          policies.mayDo('JUDGE_RELEVANCE', operation.facts().actionFacts(person, { ownAgency: true, party: true })),
        draft,
      });
    },
  };
}

/** With the node id of its record. */
export function shownJudgement(judgement: Judgement): ShownJudgement {
  const { type, source, localId } = judgement;
  const record = localId === undefined ? null : recordId({ type, source, localId });
  return { ...judgement, record, standing: localId === undefined };
}
