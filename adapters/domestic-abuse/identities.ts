/**
 * Everybody who stands on a case, whatever their part on it: that an alleged perpetrator is known elsewhere as somebody is
 * what keeps that person's workers from the victim.
 */
import type { PersonIdentity } from '../../src/domain/identity.js';
import { addressKey } from '../../src/domain/records.js';
import type { SourceId } from '../../src/domain/words.js';
import type { SourceAnswer } from '../../src/sources/contract.js';
import { identityOf } from '../../src/sources/identity-of.js';
import { eachOnce } from '../../src/sources/listing.js';
import type { DomesticAbuseClient } from './client.js';
import { type ListedPerson, parseListed } from './wire.js';

export async function* identities(
  client: DomesticAbuseClient,
  space: SourceId,
  signal: AbortSignal,
): AsyncGenerator<SourceAnswer<PersonIdentity>> {
  const once = eachOnce();
  for await (const page of client.everybody(signal)) {
    const { items, rejected } = parseListed(page);
    yield once({ items: items.map((person) => listedIdentity(space, person)), rejected });
  }
}

function listedIdentity(space: SourceId, person: ListedPerson): PersonIdentity {
  const { personId, forename, surname, dateOfBirth, sex, aliases, nhsNumber } = person;
  const places = (person.addresses ?? []).map(({ house, postcode }) => ({
    house: house ?? null,
    postcode: postcode ?? null,
  }));
  return identityOf(space, {
    label: {
      subject: personId,
      confidentiality: person.protected ? 'V' : 'N',
      addresses: places.flatMap((place) => addressKey(place) ?? []),
    },
    content: {
      forename,
      surname,
      aliases: aliases ?? [],
      dateOfBirth: dateOfBirth ?? null,
      sex: sex ?? null,
      nhsNumber: nhsNumber ?? null,
      addresses: places,
    },
  });
}
