/** A person as several sources know them, made one from what each released. */

import type { Passed, Released, ShownRecord, WithheldNotice } from '../disclosure/released.js';
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
  return Object.assign(firstValues(records), {
    __typename: isChild ? ('Child' as const) : ('Adult' as const),
    id: Buffer.from(`Person:${person}`).toString('base64url'),
    personId: person,
    released: records,
    withheld,
    sources,
  });
}

function firstValues([first, ...others]: readonly Released<ShownRecord>[]): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...first };
  for (const record of others) {
    for (const field in record) {
      if (merged[field] === null || merged[field] === undefined) merged[field] = record[field];
    }
  }
  return merged;
}
