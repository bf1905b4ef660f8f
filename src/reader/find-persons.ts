/**
 * Finding persons by words. A match on what an agency holds and does not show would tell it: who is found must be shown, as
 * asked, by a source that found them.
 */
import type { Passed } from '../disclosure/released.js';
import type { PersonId } from '../domain/words.js';
import type { Asking } from '../sources/ask.js';
import type { NumberedFindAsk, Source } from '../sources/contract.js';
import type { Calls } from './calls.js';
import type { Listing } from './listing.js';
import type { PassedRecords } from './passed-records.js';
import { DETAILS, type ShownPerson } from './person.js';
import type { Reader } from './reader.js';
import type { Statuses } from './statuses.js';

export interface FindParts {
  readonly asking: Asking;
  readonly calls: Calls;
  readonly passed: PassedRecords;
  readonly reader: Reader;
  readonly statuses: Statuses;
}

export interface FoundPersons extends Listing<ShownPerson> {
  /** All who matched, shown or not: for the log alone. */
  readonly matched: readonly PersonId[];
}

/** Persons who match, and of whom something may be shown. */
export async function findPersons(
  { asking, calls, passed, reader, statuses }: FindParts,
  { nhsNumber, ...words }: NumberedFindAsk,
): Promise<FoundPersons> {
  const ask = nhsNumber === undefined ? words : { ...words, nhsNumber: nhsNumber.replace(/\s+/g, '') };
  const finders = asking.sources.filter((source) => source.finds);
  const found = await Promise.all(finders.map((source) => calls.personsFound(source, ask)));
  const matched = [...new Set(found.flat())].sort();
  await passed.ensure([{ types: DETAILS, persons: matched }]);
  const shown = matched.filter((person) =>
    isShownAs(
      ask,
      passed.known(DETAILS, [person]) ?? [],
      finders.filter((_, i) => found[i]?.includes(person)),
    ),
  );
  const persons = await Promise.all(shown.map((person) => reader.person(person)));
  return {
    items: persons.flatMap((person) => person ?? []),
    withheld: [],
    sources: finders.map((source) => statuses.ofSource(source)),
    matched,
  };
}

/** Whether one of these sources' agencies shows what was asked for. */
function isShownAs(ask: NumberedFindAsk, details: readonly Passed[], finders: readonly Source[]): boolean {
  const holders = new Set(finders.map(({ holder }) => holder));
  const fields = (['forename', 'surname', 'dateOfBirth'] as const).filter((field) => ask[field] !== undefined);
  return details.some(
    ({ record }) =>
      record &&
      holders.has(record.holder.id) &&
      fields.every((field) => typeof record[field] === 'string') &&
      (ask.nhsNumber === undefined || record['nhsNumber'] === ask.nhsNumber),
  );
}
