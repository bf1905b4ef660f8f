/**
 * Question 1: who was given what about a person, when, why, on which basis, and what was withheld from whom, by which version
 * of the policies. Of each operation only what is about this person: whoever else was asked about in it is another question.
 */
import type { Outcome, PersonId } from '../../domain/words.js';
import type { Days, OperationsPage, PlacedPage } from './finding.js';
import { auditedOperations, type OperationsParts } from './operations.js';

export interface AboutPerson extends Days {
  readonly person: PersonId;
  /** Only lines that came out so. */
  readonly outcome?: Outcome | null;
}

/** A page, the latest first. Throws NotPermitted as `AskingAudit.ask`. */
export async function aboutPerson(
  parts: OperationsParts,
  { person, outcome, since = null, until = null }: AboutPerson,
  page: PlacedPage,
): Promise<OperationsPage> {
  const { operations, isMore } = await auditedOperations(
    parts,
    { person, since, until },
    page,
    'aboutPerson',
    outcome ? (line, about) => about === person && line.outcome === outcome : undefined,
  );
  return { operations: operations.map((operation) => only(person, operation)), isMore };
}

function only(person: PersonId, operation: OperationsPage['operations'][number]) {
  return {
    ...operation,
    lines: operation.lines.filter((line) => line.person === person),
    statements: operation.statements.flatMap((statement) =>
      statement.persons.includes(person) ? [{ ...statement, persons: [person] }] : [],
    ),
  };
}
