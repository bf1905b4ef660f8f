/**
 * Every patient of the trust, by a search of Patient without criteria and its `next` links. Who is not labelled ordinary is
 * marked as protected, and compared without the address: it is left out of the details too.
 */
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { SourceId } from '../../src/domain/words.js';
import type { SourceAnswer } from '../../src/sources/contract.js';
import { identityOf } from '../../src/sources/identity-of.js';
import { eachOnce } from '../../src/sources/listing.js';
import type { FhirClient } from './client.js';
import type { Context } from './context.js';
import { detailsOf, isProtected } from './people.js';
import { keep, readPatient } from './read.js';
import type { Patient } from './wire.js';

export async function* identities(
  client: FhirClient,
  context: Context,
  space: SourceId,
  signal: AbortSignal,
): AsyncGenerator<SourceAnswer<PersonIdentity>> {
  signal.throwIfAborted();
  const once = eachOnce();
  const identity = (patient: Patient): PersonIdentity => ({
    ...identityOf(space, detailsOf(patient, context)),
    ...(isProtected(patient) ? { isProtected: true } : {}),
  });
  for await (const found of client.everything('Patient', signal)) {
    const { items, rejected } = keep(found, readPatient, () => true);
    yield once({ items: items.map(identity), rejected });
  }
}
