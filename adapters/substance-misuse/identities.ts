/**
 * Every client of the provider's own index. Who stands in the extract alone is left out: by initials, birth, sex and the
 * first part of a postcode nobody is told from another with certainty.
 */
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { LocalId, SourceId } from '../../src/domain/words.js';
import { SourceNotReady } from '../../src/sources/contract.js';
import { identityOf } from '../../src/sources/identity-of.js';
import type { Held } from './hold.js';

const DETAILS = new Set(['PersonDetails'] as const);
/** Clients read at a time. */
const PAGE = 500;

/** Throws SourceNotReady when another extract is swapped in meanwhile: half of each is everybody of neither. */
export async function* identities(held: Held, signal: AbortSignal, space: SourceId): AsyncGenerator<PersonIdentity> {
  let last: LocalId | undefined = '';
  let stamp: string | undefined;
  while (last !== undefined) {
    const after: LocalId = last;
    const page = await held.ask(signal, (snapshot) => {
      const clients = snapshot.clients(after, PAGE);
      return { stamp: snapshot.stamp, last: clients.at(-1), records: snapshot.records(DETAILS, clients) };
    });
    stamp ??= page.stamp;
    if (page.stamp !== stamp) throw new SourceNotReady('another extract was taken while its clients were read');
    for (const record of page.records) yield identityOf(space, record);
    last = page.last;
  }
}
