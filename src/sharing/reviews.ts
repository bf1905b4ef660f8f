/**
 * A team manager's review of what is alleged, either way between two people (RULES §2, Allegations; §6, "review a statement or a
 * counter-allegation"; clause FS-21). Who may is decided by policies. It counts for every fact from the next operation on.
 *
 * Only what the own agency's case system records is shown and reviewed: that another agency has an allegation tells that it works with
 * one of the two. That there is none, that it is another agency's, and that the requester may not are answered alike.
 */
import type { Policies } from '../disclosure/policies.js';
import type { IsoDate, IsoInstant, PersonId, WorkerId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';
import type { Registers } from '../registers/registers.js';
import { type AllegationReview, type ReviewResult, reviewStanding } from '../registers/reviews.js';
import type { Drafts } from './drafts.js';
import { NotPermitted, NotValid } from './refused.js';

export interface ReviewParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly newId: () => string;
  readonly draft: Drafts['draft'];
}

export interface ReviewDraft {
  /** Who is said to have been hurt, and by whom. */
  readonly victim: PersonId;
  readonly perpetrator: PersonId;
  readonly result: ReviewResult;
  readonly why: string;
}

/** An allegation as the own agency has it, with what reviews amount to. */
export interface ShownAllegation {
  readonly victim: PersonId;
  readonly perpetrator: PersonId;
  /** Absent where the case system does not say. */
  readonly recordedOn?: IsoDate;
  readonly result?: ReviewResult;
  /** Reviews of one instant, or a review and the case system, say different things. */
  readonly disputed: boolean;
  /** The last review recorded through the gateway. */
  readonly review?: { readonly at: IsoInstant; readonly by: WorkerId; readonly why: string };
}

export interface Reviewing {
  /** Throws NotPermitted, also for an allegation that does not exist, and NotValid. */
  review(draft: ReviewDraft): Promise<ShownAllegation>;
  /** Those that name the person and that the requester may review, the oldest first; to anybody else none. */
  of(person: PersonId): Promise<readonly ShownAllegation[]>;
}

type Allegation = ReturnType<ReturnType<Operation['facts']>['allegationsHeldBy']>[number];

/** What a source writes that does not know the day. */
const NO_DAY = '9999-12-31';
const LONGEST_REASON = 4000;

export function openReviewing({ operation, policies, registers, newId, draft }: ReviewParts): Reviewing {
  const { requester, at } = operation;

  /** About who is said to be hurt, whose protection is at stake; a conflict with either of the two forbids it. */
  function permitted({ victim, perpetrator }: Pick<ReviewDraft, 'victim' | 'perpetrator'>) {
    const facts = operation.facts();
    const about = { ownAgency: true, party: true };
    const [hurt, alleged] = [facts.actionFacts(victim, about), facts.actionFacts(perpetrator, about)];
    return policies.mayDo('REVIEW_STATEMENT', { ...hurt, conflict: hurt.conflict || alleged.conflict });
  }

  const heldAbout = (person: PersonId) => operation.facts().allegationsHeldBy(requester.agency, person);

  return {
    async review({ victim, perpetrator, result, why }) {
      await operation.surroundings.ensure([victim, perpetrator]);
      const verdict = permitted({ victim, perpetrator });
      const held = heldAbout(victim).filter((row) => row.victim === victim && row.perpetrator === perpetrator);
      const [row] = held;
      if (!verdict.allowed || !row) throw new NotPermitted('REVIEW_STATEMENT');
      const problems = [
        ...(why.trim() ? [] : ['why: say what the review rests on']),
        ...(why.length > LONGEST_REASON ? [`why: at most ${LONGEST_REASON} characters`] : []),
      ];
      if (problems.length > 0) throw new NotValid(problems);
      const review: AllegationReview = {
        id: newId(),
        holder: requester.agency,
        victim,
        perpetrator,
        result,
        why,
        reviewedAt: at,
        reviewedBy: requester.worker,
      };
      draft(
        { did: 'ALLEGATION_REVIEW', ids: [review.id], subjects: [victim, perpetrator], policies: verdict.policies },
        (transaction) => registers.writeReview(transaction, review),
      );
      return shown({ ...row, reviews: [...row.reviews, review] });
    },

    async of(person) {
      await operation.surroundings.ensure([person]);
      const about = heldAbout(person);
      await operation.surroundings.ensure(about.flatMap(({ victim, perpetrator }) => [victim, perpetrator]));
      const verdicts = about.map(permitted);
      const mine = about.filter((_, i) => verdicts[i]?.allowed);
      draft({
        did: 'SHOWN',
        ids: mine.flatMap(({ reviews }) => reviews.map(({ id }) => id)),
        subjects: [...new Set([person, ...mine.flatMap(({ victim, perpetrator }) => [victim, perpetrator])])],
        policies: [...new Set(verdicts.flatMap(({ allowed, policies: by }) => (allowed ? by : [])))],
      });
      return mine.map(shown).sort((a, b) => ((a.recordedOn ?? NO_DAY) < (b.recordedOn ?? NO_DAY) ? -1 : 1));
    },
  };
}

function shown({ victim, perpetrator, recordedAt, review: told, reviews }: Allegation): ShownAllegation {
  const standing = reviewStanding(reviews, told);
  const last = reviews.reduce<AllegationReview | undefined>(
    (a, b) => (a && a.reviewedAt > b.reviewedAt ? a : b),
    undefined,
  );
  const day = recordedAt.slice(0, NO_DAY.length);
  return {
    victim,
    perpetrator,
    ...(day === NO_DAY ? {} : { recordedOn: day }),
    ...(standing === undefined || standing === 'DISPUTED' ? {} : { result: standing }),
    disputed: standing === 'DISPUTED',
    ...(last ? { review: { at: last.reviewedAt, by: last.reviewedBy, why: last.why } } : {}),
  };
}
