/**
 * The data steward's desk: pairs of records that may be of one person, and deciding about them. Who may see which pair is
 * docs/decisions/0008: only where the own agency holds a side, never where the other side is another agency's adult work.
 */
import type { Policies } from '../disclosure/policies.js';
import type { Agency } from '../domain/requester.js';
import { ADULT_WORK_AGENCY_KINDS, type AgencyId, type PersonId, type SourceId } from '../domain/words.js';
import { RejectedBefore } from '../people/join-persons.js';
import { AlreadyDecided, type LinkQuestion, type LinkQuestions, type LinkState } from '../people/link-questions.js';
import { type People, type PersonRef, refKey } from '../people/people.js';
import type { PersonIndex, Sketch } from '../people/person-index.js';
import type { Operation } from '../reader/operation.js';
import type { Drafts } from './drafts.js';
import { policiesOfAll } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';

export interface PersonLinkParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly people: People;
  readonly questions: LinkQuestions;
  /** The index as last filled. */
  readonly index: () => PersonIndex;
  /** Adds what is written with the operation's audit entry, and the line of it. */
  readonly draft: Drafts['draft'];
}

/** A question as it may be shown. */
export interface ShownLink {
  readonly id: string;
  readonly state: LinkState;
  readonly weight: number;
  readonly ground: string;
  readonly agreement: readonly { readonly field: string; readonly level: string }[];
  readonly yours: ShownRecordOfPerson;
  readonly other: ShownRecordOfPerson;
  readonly askedAt: string;
}

export interface ShownRecordOfPerson extends Sketch {
  readonly holder: Agency;
}

export interface PersonLinks {
  /** The oldest questions in this state that the requester may see; nobody's business else: none. */
  list(state: LinkState): Promise<readonly ShownLink[]>;
  /** Throws NotPermitted, also for a question that does not exist, and NotValid. */
  decide(
    id: string,
    state: 'CONFIRMED' | 'REJECTED',
    reason: string,
  ): Promise<{ readonly id: string; readonly state: LinkState }>;
  /** Takes a confirmed link back: the own agency's record becomes a person of its own. Throws as `decide` does. */
  undo(id: string, reason: string): Promise<{ readonly id: string; readonly state: LinkState }>;
  /**
   * Takes what the own agency's source holds of a person out of that person, however it came there. Answers the same whether or
   * not anybody else's record was joined with it. Throws NotPermitted, also where the source holds nothing of them, and NotValid.
   */
  separate(person: PersonId, source: SourceId, reason: string): Promise<{ readonly source: SourceId }>;
}

/** Questions put to a steward at a time. */
const AT_A_TIME = 100;
const UNKNOWN: Sketch = { forename: null, surname: null, dateOfBirth: null, sex: null, districts: [] };

interface Sides {
  readonly yours: PersonRef;
  readonly other: PersonRef;
  readonly holders: { readonly yours: Agency; readonly other: Agency };
}

export function openPersonLinks({
  operation,
  policies,
  people,
  questions,
  index,
  draft,
}: PersonLinkParts): PersonLinks {
  const own = operation.requester.agency;
  const holders = new Map<SourceId, AgencyId>(operation.asking.sources.map(({ space, holder }) => [space, holder]));
  const ownSpaces = [...holders].flatMap(([space, holder]) => (holder === own ? [space] : []));

  /** The sides as the requester stands to them; undefined when they may not know of the pair. */
  function sidesOf({ a, b }: LinkQuestion): Sides | undefined {
    const [yours, other] = holders.get(a.space) === own ? [a, b] : [b, a];
    if (holders.get(yours.space) !== own) return undefined;
    const holderOf = (ref: PersonRef) => operation.agencies.get(holders.get(ref.space) ?? '');
    const [mine, theirs] = [holderOf(yours), holderOf(other)];
    if (!mine || !theirs) return undefined;
    const isAdultWorkElsewhere = theirs.id !== own && ADULT_WORK_AGENCY_KINDS.includes(theirs.kind);
    return isAdultWorkElsewhere ? undefined : { yours, other, holders: { yours: mine, other: theirs } };
  }

  /** The policies by which the requester may, on both persons; undefined when they may not. */
  function permitted(
    persons: readonly PersonId[],
    action: 'DECIDE_PERSON_LINKS' | 'UNDO_PERSON_LINK' = 'DECIDE_PERSON_LINKS',
  ): readonly string[] | undefined {
    const verdicts = persons.map((person) =>
      policies.mayDo(action, operation.facts().actionFacts(person, { ownAgency: true, party: true })),
    );
    return policiesOfAll(verdicts);
  }

  async function personsOf(asked: readonly LinkQuestion[]): Promise<(question: LinkQuestion) => PersonId[]> {
    const found = await people.resolve(asked.flatMap(({ a, b }) => [a, b]));
    await operation.surroundings.ensure([...new Set(found.values())]);
    return ({ a, b }) => [...new Set([a, b].flatMap((ref) => found.get(refKey(ref)) ?? []))];
  }

  function show(question: LinkQuestion, { yours, other, holders: of }: Sides): ShownLink {
    const [mine, theirs] = [index().sketch(yours) ?? UNKNOWN, index().sketch(other) ?? UNKNOWN];
    const shared = theirs.districts.filter((district) => of.other.id === own || mine.districts.includes(district));
    const { id, state, weight, ground, levels, askedAt } = question;
    return {
      id,
      state,
      weight,
      ground,
      agreement: Object.entries(levels).map(([field, level]) => ({ field, level })),
      yours: { ...mine, holder: of.yours },
      other: { ...theirs, districts: shared, holder: of.other },
      askedAt,
    };
  }

  return {
    async list(state) {
      if (operation.requester.role !== 'DATA_STEWARD' || ownSpaces.length === 0) return [];
      const visible = (await questions.list(state, ownSpaces))
        .flatMap((question) => {
          const sides = sidesOf(question);
          return sides ? [{ question, sides }] : [];
        })
        .slice(0, AT_A_TIME);
      const personsIn = await personsOf(visible.map(({ question }) => question));
      const shown = visible.flatMap(({ question, sides }) => {
        const by = permitted(personsIn(question));
        return by ? [{ question, sides, by }] : [];
      });
      draft({
        did: 'LINKS_SHOWN',
        ids: shown.map(({ question }) => question.id),
        subjects: [...new Set(shown.flatMap(({ question }) => personsIn(question)))],
        policies: [...new Set(shown.flatMap(({ by }) => by))],
      });
      return shown.map(({ question, sides }) => show(question, sides));
    },

    async decide(id, state, reason) {
      const question = await questions.find(id);
      if (!question || !sidesOf(question)) throw new NotPermitted('no such question');
      const subjects = (await personsOf([question]))(question);
      const by = permitted(subjects);
      if (!by) throw new NotPermitted('DECIDE_PERSON_LINKS');
      if (!reason.trim()) throw new NotValid(['it says why']);
      if (question.state !== 'REVIEW') throw new NotValid(['it has been decided already']);
      const decision = { id, state, by: operation.requester.worker, at: operation.at, reason };
      draft(
        { did: state === 'CONFIRMED' ? 'LINK' : 'NO_LINK', ids: [id], subjects, policies: by },
        async (transaction) => {
          try {
            await questions.decide(transaction, decision);
          } catch (error) {
            if (error instanceof AlreadyDecided) throw new NotValid(['it has been decided already']);
            if (error instanceof RejectedBefore)
              throw new NotValid(['records of these two people were rejected before']);
            throw error;
          }
        },
      );
      return { id, state };
    },

    async undo(id, reason) {
      const question = await questions.find(id);
      const sides = question && sidesOf(question);
      if (!question || !sides) throw new NotPermitted('no such question');
      const subjects = (await personsOf([question]))(question);
      const by = permitted(subjects, 'UNDO_PERSON_LINK');
      if (!by) throw new NotPermitted('UNDO_PERSON_LINK');
      if (!reason.trim()) throw new NotValid(['it says why']);
      if (question.state !== 'CONFIRMED') throw new NotValid(['only a confirmed link can be taken back']);
      const undone = { id, taken: sides.yours, by: operation.requester.worker, at: operation.at, reason };
      draft({ did: 'LINK_UNDONE', ids: [id], subjects, policies: by }, async (transaction) => {
        try {
          await questions.undo(transaction, undone);
        } catch (error) {
          if (error instanceof AlreadyDecided) throw new NotValid(['only a confirmed link can be taken back']);
          throw error;
        }
      });
      return { id, state: 'REJECTED' };
    },

    async separate(person, source, reason) {
      const mine = operation.asking.sources.find(({ id, holder }) => id === source && holder === own);
      const known = mine === undefined ? [] : await people.locals([person]);
      const taken = known.filter(({ space }) => space === mine?.space);
      if (taken.length === 0) throw new NotPermitted('no such record');
      await operation.surroundings.ensure([person]);
      const by = permitted([person], 'UNDO_PERSON_LINK');
      if (!by) throw new NotPermitted('UNDO_PERSON_LINK');
      if (!reason.trim()) throw new NotValid(['it says why']);
      const undone = { taken, by: operation.requester.worker, at: operation.at, reason };
      draft({ did: 'SEPARATED', ids: [], subjects: [person], policies: by }, (transaction) =>
        questions.separate(transaction, undone),
      );
      return { source };
    },
  };
}
