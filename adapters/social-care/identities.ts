/** Everybody whom social care knows, children of SSD and adults of our view, some hundreds at a time. */
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { SourceRecord } from '../../src/domain/records.js';
import type { SourceId } from '../../src/domain/words.js';
import type { ReadAsk, SourceAnswer } from '../../src/sources/contract.js';
import { identityOf } from '../../src/sources/identity-of.js';
import { eachOnce, PERSONS_AT_ONCE } from '../../src/sources/listing.js';
import { type SocialCareClient, startCall } from './client.js';

/** Those on the restricted list are marked as protected. */
export async function* identities(
  client: SocialCareClient,
  signal: AbortSignal,
  space: SourceId,
  read: (ask: ReadAsk) => Promise<SourceAnswer<SourceRecord>>,
): AsyncGenerator<SourceAnswer<PersonIdentity>> {
  const call = startCall(signal);
  await client.assertReady(call);
  const ids = new Set([...(await client.everybody(call, 'ssd_person')), ...(await client.everybody(call, 'gw_adult'))]);
  const all = [...ids];
  const once = eachOnce();
  for (let from = 0; from < all.length; from += PERSONS_AT_ONCE) {
    const persons = all.slice(from, from + PERSONS_AT_ONCE);
    const restricted = await client.of(call, 'gw_restricted_person', persons);
    const { items, rejected } = await read({ wants: [{ type: 'PersonDetails', persons }] });
    const isRestricted = new Set(restricted.map(({ person_id: person }) => person));
    const identities = items.map((record): PersonIdentity => {
      const identity = identityOf(space, record);
      return isRestricted.has(identity.local) ? { ...identity, isProtected: true } : identity;
    });
    yield once({ items: identities, rejected });
  }
}
