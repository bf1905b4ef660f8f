/** A person as several sources know them, made one from what each released. */

import type { Passed, Released, ShownRecord, WithheldNotice } from '../disclosure/released.js';
import type { RecordType } from '../domain/records.js';
import type { PersonId } from '../domain/words.js';
import { noticesOf, recordsOf, type SourceStatus } from './listing.js';

export interface ShownPerson {
  readonly __typename: 'Child' | 'Adult';
  readonly id: string;
  /** The gateway's own id, for the reader; not a field of the SDL. */
  readonly personId: PersonId;
  /** What its fields come from; not a field of the SDL. */
  readonly released: readonly Released<ShownRecord>[];
  readonly withheld: readonly WithheldNotice[];
  readonly sources: readonly SourceStatus[];
  readonly [field: string]: unknown;
}

/** The records that a person is made of. */
export const DETAILS: readonly RecordType[] = ['PersonDetails'];

/** Fields by the first source that released a value: the requester's own agency's first, then in the order of the sources. */
export function mergePerson(
  person: PersonId,
  isChild: boolean,
  passed: readonly Passed[],
  sources: readonly SourceStatus[],
): ShownPerson | null {
  const records = recordsOf(passed);
  const withheld = noticesOf(passed);
  const isKnown = records.length > 0 || withheld.some(({ outcome }) => outcome === 'WITHHELD');
  if (!isKnown) return null;
  const [first, ...others] = records;
  const __typename = isChild ? 'Child' : 'Adult';
  const id = Buffer.from(`Person:${person}`).toString('base64url');
  const shown: Record<string, unknown> = {
    __typename,
    id,
    personId: person,
    released: records,
    withheld,
    sources,
    ...first,
  };
  for (const record of others) {
    for (const field in record) {
      if (shown[field] === null || shown[field] === undefined) shown[field] = record[field];
    }
  }
  // A record has a type and an id too; its other fields are the SDL's, none of which is named as what stands before them.
  return Object.assign(shown, { __typename, id }) as ShownPerson;
}
