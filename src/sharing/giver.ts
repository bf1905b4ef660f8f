/**
 * Who may say something for whom, and what a recorded statement must say of it. Each problem names its part and may be shown:
 * it speaks of the statement. What is alleged of somebody is none: their agreement is recorded and counts for nothing
 * (src/registers/consent.ts), for a refusal here would tell of the allegation.
 */
import type { PersonId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';
import type { ConsentStatement } from '../registers/statements.js';

/** The part of a draft that says who spoke. */
export interface Spoken extends Pick<ConsentStatement, 'subject' | 'state' | 'givenBy' | 'capacity'> {
  readonly competence?: string | null;
}

/** Longest account of how competence was judged: a paragraph or two, not an assessment. */
const LONGEST_ACCOUNT = 4000;

/** What keeps the statement from being recorded. Requires that the subject's surroundings are known. */
export function giverProblems(spoken: Spoken, operation: Operation): string[] {
  const { subject, givenBy, capacity } = spoken;
  const facts = operation.facts();
  const { isChild } = facts.subject(subject);
  const competence = competenceProblems(spoken);
  if (capacity === 'PARENTAL_RESPONSIBILITY') {
    if (!isChild) return ['capacity: PARENTAL_RESPONSIBILITY speaks for a child only', ...competence];
    return facts.isGuardian(subject, givenBy)
      ? competence
      : ['givenBy: who gave it is not recorded as holding parental responsibility for the child', ...competence];
  }
  if (givenBy !== subject) return ['givenBy: it is given by the person it is about', ...competence];
  return isChild === (capacity === 'OWN_COMPETENCE')
    ? competence
    : ['capacity: a child speaks by OWN_COMPETENCE, an adult by SELF', ...competence];
}

/** A child's agreement rests on their competence, and so says how it was judged; a child's refusal counts without. */
function competenceProblems({ state, capacity, competence }: Spoken): string[] {
  const account = competence?.trim() ?? '';
  if (account.length > LONGEST_ACCOUNT) return [`competence: at most ${LONGEST_ACCOUNT} characters`];
  if (capacity !== 'OWN_COMPETENCE')
    return account ? ['competence: it is said of a child who speaks by OWN_COMPETENCE'] : [];
  return state === 'GIVEN' && !account
    ? ['competence: say how it was judged that the child understands and can decide (Gillick)']
    : [];
}

/** Who speaks for somebody must not be hidden from who records it: hidden alike is a stranger, and nobody. */
export async function isHiddenSpeaker(operation: Operation, person: PersonId): Promise<boolean> {
  await operation.surroundings.ensure([person]);
  const { opposing, conflict } = operation.facts().actionFacts(person, { ownAgency: false, party: true });
  return opposing || conflict;
}
