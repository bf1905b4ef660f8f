/**
 * The consent algebra (RULES: basis and consentState; clause FS-01). Pure: what was said, and what that amounts to for one
 * subject, category, holder, recipient and purpose at one instant.
 *
 * - The most recent covering statement of a person counts, an expired one too; at equal times the more restrictive.
 * - An adult speaks for themselves alone.
 * - A competent child outranks any other, and takes back what they agreed in whatever capacity. Else each holder of parental responsibility has a voice, and the more restrictive
 *   counts; an expired voice counts only where no other is live; whoever said nothing is passed over.
 * - Who is alleged to have harmed the child or its carer agrees to nothing, and their refusal counts: agreements of theirs
 *   are set aside before the most recent is sought, so that agreeing later does not lift what they refused.
 * - Somebody without responsibility says nothing, but a child's own refusal or withdrawal counts, competent or not.
 */
import { CONSENT_STATES, type Fact } from '../domain/facts.js';
import type { IsoInstant, PersonId } from '../domain/words.js';
import { type Covering, covers, isWithin } from './scope.js';
import type { ConsentStatement } from './statements.js';

export interface ConsentAsk extends Covering {
  readonly isChild: boolean;
  /** Holders of parental responsibility for the subject. */
  readonly guardians: readonly PersonId[];
  /** Persons alleged to have hurt the subject or a carer of theirs, where no review found that it does not stand. */
  readonly allegedAgainstSubjectOrCarer: readonly PersonId[];
}

export type ConsentState = Fact<'consentState'>;

export interface ConsentFinding {
  readonly state: ConsentState;
  /** Ids of the statements it rests on; empty for NONE. */
  readonly statements: readonly string[];
}

/** What the statements amount to. Statements about others, or that do not cover what is asked, count for nothing. */
export function consentFor(statements: readonly ConsentStatement[], ask: ConsentAsk): ConsentFinding {
  if (statements.length === 0) return NOTHING;
  const covering = statements.filter(
    (said) => said.subject === ask.subject && hasStarted(said, ask.at) && covers(said, ask),
  );
  if (covering.length === 0) return NOTHING;
  const own = covering.filter((said) => said.givenBy === ask.subject);
  return ask.isChild ? forChild(covering, own, ask) : latest(own, ask.at);
}

/**
 * Whether who gave a consent stands by it for what is asked: the last thing they said that covers it is an agreement that is live, and who
 * it is about has not said no since. Of whose agreement counts it says nothing: that is for `consentFor`, at each release.
 */
export function isStoodBy(
  { subject, givenBy }: ConsentStatement,
  statements: readonly ConsentStatement[],
  ask: Covering,
): boolean {
  const about = statements.filter((said) => said.subject === subject && hasStarted(said, ask.at) && covers(said, ask));
  const lastOf = (person: PersonId) =>
    latest(
      about.filter((said) => said.givenBy === person),
      ask.at,
    ).state;
  return subject === ask.subject && lastOf(givenBy) === 'GIVEN' && !['REFUSED', 'WITHDRAWN'].includes(lastOf(subject));
}

/**
 * Agreements on which nothing can rest any more once this is in the register, whatever else comes to be said: those not taken back before.
 * Requires that it is recorded after all of these, or at the same time. What it takes back in part is not among them, nor what another
 * agreement replaces: that may count yet.
 */
export function takenBackBy<T extends ConsentStatement>(
  said: ConsentStatement,
  statements: readonly T[],
): readonly T[] {
  if (!isFinal(said)) return [];
  const before = statements.filter((one) => isFinal(one) && one.id !== said.id);
  return statements.filter(
    (given) =>
      endsWhole(said, given) && !before.some((one) => given.recordedAt <= one.recordedAt && endsWhole(one, given)),
  );
}

/** A refusal or withdrawal that counts as soon as it is in the register, and for good. */
function isFinal({ state, from, until, recordedAt }: ConsentStatement): boolean {
  return state !== 'GIVEN' && until === undefined && from <= recordedAt;
}

/**
 * Whoever agreed takes back their own; whom it is about takes back everybody's. By the words alone: which agencies are of a kind may
 * change, and another who refuses may agree again.
 */
function endsWhole(closing: ConsentStatement, given: ConsentStatement): boolean {
  return (
    given.state === 'GIVEN' &&
    given.subject === closing.subject &&
    (closing.givenBy === given.givenBy || closing.givenBy === closing.subject) &&
    isWithin(given, closing)
  );
}

function forChild(
  covering: readonly ConsentStatement[],
  own: readonly ConsentStatement[],
  ask: ConsentAsk,
): ConsentFinding {
  const counting = (said: ConsentStatement) =>
    said.state !== 'GIVEN' || !ask.allegedAgainstSubjectOrCarer.includes(said.givenBy);
  const refusals = own.filter((said) => said.state !== 'GIVEN');
  const competent = own.filter((said) => said.capacity === 'OWN_COMPETENCE' && counting(said));
  if (competent.length > 0) return latest([...new Set([...competent, ...refusals])], ask.at);
  const holders = [...new Set(ask.guardians)].filter((guardian) => guardian !== ask.subject);
  const voices = holders.map((guardian) =>
    latest(
      covering.filter((said) => said.givenBy === guardian && isForChild(said) && counting(said)),
      ask.at,
    ),
  );
  return together([latest(refusals, ask.at), ...voices]);
}

/** Agreement for a child is given by parental responsibility; a refusal by its holder counts however it was recorded. */
function isForChild(said: ConsentStatement): boolean {
  return said.state !== 'GIVEN' || said.capacity === 'PARENTAL_RESPONSIBILITY';
}

/** The more restrictive of the voices that are live; where none is, what has expired. */
function together(voices: readonly ConsentFinding[]): ConsentFinding {
  const live = voices.filter(({ state }) => state !== 'NONE' && state !== 'EXPIRED');
  return mostRestrictive(live.length > 0 ? live : voices);
}

/** What one person most recently said. */
function latest(said: readonly ConsentStatement[], at: IsoInstant): ConsentFinding {
  let time = '';
  for (const { recordedAt } of said) if (recordedAt > time) time = recordedAt;
  const last = said.filter(({ recordedAt }) => recordedAt === time);
  return mostRestrictive(last.map((statement) => ({ state: stateOf(statement, at), statements: [statement.id] })));
}

function mostRestrictive(findings: readonly ConsentFinding[]): ConsentFinding {
  const said = findings.filter(({ state }) => state !== 'NONE');
  const [first, ...others] = said;
  if (!first) return NOTHING;
  if (others.length === 0) return first;
  const gravest = Math.max(...said.map(({ state }) => CONSENT_STATES.indexOf(state)));
  const state = CONSENT_STATES[gravest] ?? 'REFUSED';
  return {
    state,
    statements: said.filter((finding) => finding.state === state).flatMap((finding) => finding.statements),
  };
}

function stateOf({ state, until }: ConsentStatement, at: IsoInstant): ConsentState {
  return until !== undefined && until <= at ? 'EXPIRED' : state;
}

/**
 * A statement counts from its start. A refusal or withdrawal that was to count at once does so as soon as it is in the
 * register, even where the clock of the instance that recorded it is ahead of ours.
 */
function hasStarted({ state, from, recordedAt }: ConsentStatement, at: IsoInstant): boolean {
  return from <= at || (state !== 'GIVEN' && from <= recordedAt);
}

const NOTHING: ConsentFinding = Object.freeze({ state: 'NONE', statements: Object.freeze([]) });
