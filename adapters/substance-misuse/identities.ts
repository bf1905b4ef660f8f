/**
 * Every client of the provider's own index. Who stands in the extract alone is left out: by initials, birth, sex and the
 * first part of a postcode nobody is told from another with certainty.
 */
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { SourceId } from '../../src/domain/words.js';
import { identityOf } from '../../src/sources/identity-of.js';
import type { Snapshot } from './snapshot.js';

export function* identities({ records }: Pick<Snapshot, 'records'>, space: SourceId): Generator<PersonIdentity> {
  for (const ofClient of records.values()) {
    const details = ofClient.find(({ label }) => label.type === 'PersonDetails');
    if (details) yield identityOf(space, details);
  }
}
