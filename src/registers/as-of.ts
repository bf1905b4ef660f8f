/**
 * Consent in two times (RULES §2, consentState; clause FS-01). Pure. `validAt`: the moment that is asked about, by the period
 * a statement is said to hold for. `knownAt`: what the register held at that moment, by when it was recorded. Rows are added and
 * never changed, so that every past pair of moments can be asked for again and answers the same.
 *
 * A decision made now does not go through here: `consentFor` lets a refusal count that an instance recorded whose clock is ahead.
 */
import type { IsoDate, IsoInstant } from '../domain/words.js';
import { type ConsentAsk, type ConsentFinding, consentFor } from './consent.js';
import type { ConsentStatement } from './statements.js';

/** A point in both times; what is left out is not restricted. */
export interface Moment {
  readonly validAt?: IsoInstant | undefined;
  readonly knownAt?: IsoInstant | undefined;
}

interface Timed {
  readonly from: IsoInstant;
  readonly recordedAt: IsoInstant;
}

/** What was known at `knownAt` of what had begun by `validAt`; what has ended by then is among it, for it counts as expired. */
export function asOf<T extends Timed>(statements: readonly T[], { validAt, knownAt }: Moment): readonly T[] {
  return statements.filter(
    ({ from, recordedAt }) =>
      (knownAt === undefined || recordedAt <= knownAt) && (validAt === undefined || from <= validAt),
  );
}

/** What the statements known at `knownAt` amounted to for `validAt`. */
export function consentAsOf(
  statements: readonly ConsentStatement[],
  ask: Omit<ConsentAsk, 'at'>,
  moment: { readonly validAt: IsoInstant; readonly knownAt: IsoInstant },
): ConsentFinding {
  return consentFor(asOf(statements, moment), { ...ask, at: moment.validAt });
}

/** On its review date and after it a consent is due to be talked about again. It counts as before: only its end ends it. */
export function isReviewDue(
  { state, reviewOn, until }: Pick<ConsentStatement, 'state' | 'reviewOn' | 'until'>,
  at: IsoInstant,
): boolean {
  return state === 'GIVEN' && reviewOn !== undefined && reviewOn <= dayOf(at) && (until === undefined || at < until);
}

function dayOf(at: IsoInstant): IsoDate {
  return at.slice(0, 10);
}

/** A statement came to be about somebody else when persons were joined: `was` is who it was about until then. */
export interface Move {
  readonly statement: string;
  readonly part: 'subject' | 'given_by';
  readonly at: IsoInstant;
  readonly was: string;
}

/** The statements as they stood before the joins that came after `knownAt`. */
export function beforeMoves<T extends Pick<ConsentStatement, 'id' | 'subject' | 'givenBy'>>(
  statements: readonly T[],
  moves: readonly Move[],
  knownAt: IsoInstant,
): readonly T[] {
  const later = moves.filter(({ at }) => at > knownAt).sort((a, b) => (a.at < b.at ? 1 : -1));
  const wasOf = (id: string, part: Move['part'], now: string) =>
    later.reduce((was, move) => (move.statement === id && move.part === part ? move.was : was), now);
  return statements.map((said) => ({
    ...said,
    subject: wasOf(said.id, 'subject', said.subject),
    givenBy: wasOf(said.id, 'given_by', said.givenBy),
  }));
}
