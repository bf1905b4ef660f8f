/**
 * What the own agency's system says was agreed to or refused there (a FHIR Consent), listed beside what was recorded here (clause
 * FS-01). To the agency itself alone: to a recipient it would tell that the person is known to the service, and the person did not say
 * it through the recipient (docs/decisions/0011). It is changed there, and cannot be taken back here.
 */
import type { AgencyId, PersonId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';
import { asOf, type Moment } from '../registers/as-of.js';
import type { ConsentStatement } from '../registers/statements.js';

/** A statement with the agency whose system tells it, where it was not recorded here. */
export type ListedConsent = ConsentStatement & { readonly toldBy?: AgencyId };

/**
 * Requires that the person's surroundings are known. Undefined where the own system did not answer. Nothing for a moment of knowing:
 * a system tells what it says now, not what it said then.
 */
export function toldToOwn(
  operation: Operation,
  person: PersonId,
  moment: Moment,
): readonly ListedConsent[] | undefined {
  const { agency } = operation.requester;
  const told = operation.facts().consentsToldBy(agency, person);
  if (!told) return undefined;
  if (moment.knownAt !== undefined) return [];
  const listed = told.map(({ id, state, categories, recipients, purposes, at, from, until }): ListedConsent => {
    const recordedAt = at ?? operation.at;
    return {
      id,
      subject: person,
      state,
      givenBy: person,
      capacity: 'SELF',
      categories,
      holders: [agency],
      recipients,
      purposes,
      from: from ?? recordedAt,
      ...(until === undefined ? {} : { until }),
      recordedAt,
      recordedBy: '',
      method: "the holder's own system",
      toldBy: agency,
    };
  });
  return asOf(listed, moment);
}
