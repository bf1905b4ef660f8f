/** What of a person's details may be compared to tell who is the same person. */
import type { PersonIdentity } from '../domain/identity.js';
import type { ContentValue, RecordLabel, SourceRecord } from '../domain/records.js';
import type { LocalId, SourceId } from '../domain/words.js';

/** A PersonDetails record, as far as it is compared. */
export interface Details extends Pick<SourceRecord, 'content'> {
  readonly label: Pick<RecordLabel<LocalId>, 'subject' | 'confidentiality' | 'addresses'>;
}

/** The identity in a PersonDetails record. Who is locked (V) is protected. */
export function identityOf(space: SourceId, { label, content }: Details): PersonIdentity {
  const [forename, surname, dateOfBirth] = [content['forename'], content['surname'], content['dateOfBirth']].map(text);
  const nhsNumber = text(content['nhsNumber']);
  const sex = SEXES.get(text(content['sex'])?.toLowerCase() ?? '');
  const otherNames = list(content['aliases']).flatMap((alias) => nameOf(text(alias)));
  const places = placesOf(list(content['addresses']), label.addresses);
  return {
    space,
    local: label.subject,
    ...(label.confidentiality === 'V' ? { isProtected: true } : {}),
    ...(forename === undefined ? {} : { forename }),
    ...(surname === undefined ? {} : { surname }),
    ...(dateOfBirth === undefined ? {} : { dateOfBirth }),
    ...(nhsNumber === undefined ? {} : { nhsNumber }),
    ...(sex === undefined ? {} : { sex }),
    ...(otherNames.length > 0 ? { otherNames } : {}),
    ...(places.length > 0 ? { places } : {}),
  };
}

const SEXES: ReadonlyMap<string, 'F' | 'M'> = new Map([
  ['f', 'F'],
  ['female', 'F'],
  ['m', 'M'],
  ['male', 'M'],
]);

const text = (value: ContentValue | undefined) =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;
const list = (value: ContentValue | undefined): readonly ContentValue[] => (Array.isArray(value) ? value : []);

/** `Mary Ann Ley`: the last word is the surname. */
function nameOf(alias: string | undefined) {
  const words = alias?.trim().split(/\s+/) ?? [];
  const surname = words.at(-1);
  if (surname === undefined || surname === '') return [];
  const forename = words.slice(0, -1).join(' ');
  return [forename === '' ? { surname } : { forename, surname }];
}

/** Postcodes in their order, each with the key of an address that stands in it; keys without a postcode by themselves. */
function placesOf(addresses: readonly ContentValue[], keys: readonly string[]) {
  const postcodes = addresses.flatMap((address) => {
    const postcode = address !== null && typeof address === 'object' && 'postcode' in address ? address.postcode : null;
    return text(postcode) ?? [];
  });
  const startOf = (postcode: string) => `pc:${postcode.toLowerCase().replace(/[^a-z0-9]/g, '')}/`;
  const paired = postcodes.map((postcode) => {
    const address = keys.find((key) => key.startsWith(startOf(postcode)));
    return address === undefined ? { postcode } : { postcode, address };
  });
  const others = keys.filter((key) => !postcodes.some((postcode) => key.startsWith(startOf(postcode))));
  return [...paired, ...others.map((address) => ({ address }))];
}
