/**
 * Every client of the provider's own index. Who stands in the extract alone is left out: by initials, birth, sex and the
 * first part of a postcode nobody is told from another with certainty.
 */
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { LocalId, SourceId } from '../../src/domain/words.js';
import { type SourceAnswer, SourceNotReady } from '../../src/sources/contract.js';
import { identityOf } from '../../src/sources/identity-of.js';
import { PERSONS_AT_ONCE } from '../../src/sources/listing.js';
import type { Held } from './hold.js';

const DETAILS = new Set(['PersonDetails'] as const);

/**
 * Bad rows of the index are counted with the first page, a newer file that was refused among them. Throws SourceNotReady when
 * another extract is swapped in meanwhile: half of each is everybody of neither.
 */
export async function* identities(
  held: Held,
  signal: AbortSignal,
  space: SourceId,
): AsyncGenerator<SourceAnswer<PersonIdentity>> {
  let last: LocalId | undefined = '';
  let stamp: string | undefined;
  while (last !== undefined) {
    const after: LocalId = last;
    const page = await held.ask(signal, (snapshot) => {
      const clients = snapshot.clients(after, PERSONS_AT_ONCE);
      const records = snapshot.records(DETAILS, clients);
      return { stamp: snapshot.stamp, last: clients.at(-1), records, bad: snapshot.rejected.index };
    });
    if (stamp !== undefined && page.stamp !== stamp)
      throw new SourceNotReady('another extract was taken while its clients were read');
    const rejected = stamp === undefined ? page.bad + Number(held.isBehind()) : 0;
    stamp = page.stamp;
    yield { items: page.records.map((record) => identityOf(space, record)), rejected };
    last = page.last;
  }
}
