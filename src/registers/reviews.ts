/**
 * What a team manager's review found of an allegation (RULES §2, Allegations; clause FS-21), and what reviews amount to beside what
 * the holder's own system says of one. Pure.
 *
 * - A review is of what one agency recorded, in one direction: what another agency recorded of the same two people it leaves alone.
 * - The latest counts. Two of one instant that differ, and a review that differs from what the holder's own system says, are DISPUTED:
 *   the system does not tell when it was reviewed there. What is disputed protects whoever it says was hurt, and lets nobody receive.
 */
import type { AllegationRow } from '../domain/circumstances.js';
import type { AgencyId, IsoInstant, PersonId, WorkerId } from '../domain/words.js';

export const REVIEW_RESULTS = ['STANDS', 'DOES_NOT_STAND'] as const;
export type ReviewResult = (typeof REVIEW_RESULTS)[number];

export interface AllegationReview {
  readonly id: string;
  /** Who recorded the allegation. */
  readonly holder: AgencyId;
  readonly victim: PersonId;
  readonly perpetrator: PersonId;
  readonly result: ReviewResult;
  readonly why: string;
  readonly reviewedAt: IsoInstant;
  readonly reviewedBy: WorkerId;
}

/** The reviews of an allegation that an agency recorded. */
export function reviewsOf(
  reviews: readonly AllegationReview[],
  { victim, perpetrator, holder }: Pick<AllegationReview, 'victim' | 'perpetrator' | 'holder'>,
): readonly AllegationReview[] {
  return reviews.filter(
    (review) => review.victim === victim && review.perpetrator === perpetrator && review.holder === holder,
  );
}

/** What these reviews of one allegation, and what its holder's system says (`told`), amount to; undefined where nobody reviewed it. */
export function reviewStanding(
  reviews: readonly AllegationReview[],
  told: AllegationRow['review'],
): ReviewResult | 'DISPUTED' | undefined {
  const last = reviews.reduce<IsoInstant>((at, { reviewedAt }) => (reviewedAt > at ? reviewedAt : at), '');
  const found = new Set(reviews.flatMap(({ reviewedAt, result }) => (reviewedAt === last ? result : [])));
  if (told !== undefined) found.add(told);
  const [first] = found;
  return found.size > 1 ? 'DISPUTED' : first;
}
