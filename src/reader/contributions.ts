/**
 * A written contribution (RULES §8; clause CF-06) as a record of its holder: about one person, of one category, approved by name for
 * whoever asked. It passes the door like any other, so that every veto holds when it is read and a consent that was taken back since
 * opens nothing. It stands in the gateway's register, in no agency's system: no list and no id leads to it but its own request.
 */
import type { Door } from '../disclosure/door.js';
import type { View } from '../disclosure/facts/view.js';
import type { Released, ShownRecord } from '../disclosure/released.js';
import type { Surroundings } from '../disclosure/surroundings.js';
import type { AgencyId, Category, IsoInstant, PersonId, SourceId } from '../domain/words.js';
import { type Sealed, seal } from '../sources/sealed.js';
import { recordsOf } from './listing.js';

export interface WrittenContribution {
  readonly id: string;
  readonly holder: AgencyId;
  readonly subject: PersonId;
  readonly category: Category;
  readonly text: string;
  readonly at: IsoInstant;
}

const PREFIX = 'contributed/';

/** What stands in for the source of a holder's contributions. */
export function contributionsOf(holder: AgencyId): SourceId {
  return `${PREFIX}${holder}`;
}

/** Whose contributions these are; undefined for a source that is one. */
export function contributorOf(source: SourceId): AgencyId | undefined {
  return source.startsWith(PREFIX) ? source.slice(PREFIX.length) : undefined;
}

export interface ContributionParts {
  readonly surroundings: Surroundings;
  readonly view: View;
  readonly door: Door;
}

/** Of written contributions those that may be shown now, in their order; each is decided, and noted, like any record. */
export async function releaseContributions(
  { surroundings, view, door }: ContributionParts,
  written: readonly WrittenContribution[],
): Promise<readonly Released<ShownRecord>[]> {
  const subjects = written.map(({ subject }) => subject);
  await surroundings.ensure(subjects);
  const familyOf = (person: PersonId) => view.includingFamiliesOf(person).flatMap(({ included }) => included);
  await surroundings.ensure(subjects.flatMap(familyOf));
  const sealed = written.map((part) => {
    const worksWith = (person: PersonId) => view.of('involvements', person).some((row) => row.holder === part.holder);
    const others = worksWith(part.subject) ? [] : familyOf(part.subject).filter(worksWith);
    return sealContribution(part, others.length > 0 ? [...new Set(others)] : [part.subject]);
  });
  return recordsOf(await door.release(sealed));
}

/** `fromWorkWith`: those from whose work with the holder its content comes; the subject, or where it works with others of their family, these. */
function sealContribution(
  { id, holder, subject, category, text, at }: WrittenContribution,
  fromWorkWith: readonly PersonId[],
): Sealed {
  return seal({
    label: {
      type: 'Contribution',
      source: contributionsOf(holder),
      localId: id,
      subject,
      names: [],
      fromWorkWith,
      category,
      kind: 'OTHER',
      confidentiality: 'N',
      addresses: [],
      at,
    },
    content: { category, text, writtenAt: at },
    persons: { about: subject },
  });
}
