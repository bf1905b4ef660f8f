/**
 * A family as it may be shown. Its memberships are records too: kept by the agency that keeps the family, and decided by the
 * door like any other. By what passed it the family is named.
 */
import type { Door } from '../disclosure/door.js';
import type { FamilyView, View } from '../disclosure/facts/view.js';
import { type Work, worksWith } from '../disclosure/facts/work.js';
import type { Released, ShownRecord, WithheldNotice } from '../disclosure/released.js';
import type { SourceRecord } from '../domain/records.js';
import type { Requester } from '../domain/requester.js';
import type { PersonId, SourceId } from '../domain/words.js';
import type { Asking } from '../sources/ask.js';
import { seal } from '../sources/sealed.js';
import { noticesOf, recordsOf } from './listing.js';

/** The memberships that passed the door. */
export interface ShownFamily {
  readonly __typename: 'Family';
  readonly id: string;
  readonly members: readonly Released<ShownRecord>[];
  /** Included members, shown or not, for the family's lists: their records pass the door by themselves. Not a field of the SDL. */
  readonly included: readonly PersonId[];
  readonly withheld: readonly WithheldNotice[];
  /** Members by whom the requester may ask for the family: those shown, and those included whom they work with. Not a field of the SDL. */
  readonly known: ReadonlySet<PersonId>;
}

export interface ShownFamilyParts {
  readonly requester: Requester;
  readonly work: Work;
  readonly view: View;
  readonly asking: Asking;
  readonly door: Door;
}

/** What may be shown of each of these families, in their order; null of whom nothing may. The door is passed once. */
export async function showFamilies(
  parts: ShownFamilyParts,
  families: readonly FamilyView[],
): Promise<(ShownFamily | null)[]> {
  const sealed = families.map((family) => membershipsOf(parts, family).map(seal));
  const passed = await parts.door.release(sealed.flat());
  let from = 0;
  return families.map((family, i) => {
    const mine = passed.slice(from, from + (sealed[i]?.length ?? 0));
    from += mine.length;
    const members = recordsOf(mine);
    const withheld = noticesOf(mine);
    if (members.length === 0 && withheld.length === 0) return null;
    const shownOnes = personsOf(members);
    const workedWith = family.included.filter((person) => worksWith(parts.work, person));
    return {
      __typename: 'Family',
      id: familyNodeId(family, shownOnes.length > 0 ? shownOnes : workedWith),
      members,
      included: family.included,
      withheld,
      known: new Set([...shownOnes, ...workedWith]),
    };
  });
}

/** The persons whom these memberships show. */
export function personsOf(members: readonly Released<ShownRecord>[]): PersonId[] {
  return members.flatMap(({ person }) => (typeof person === 'string' ? person : []));
}

/** A membership as the requester's own agency keeps it, where it does; else as the agency that keeps the family does. */
function membershipsOf({ requester, view, asking }: ShownFamilyParts, family: FamilyView): SourceRecord<PersonId>[] {
  const tellers = asking.sources.filter(({ tells }) => tells.has('memberships'));
  const leading = tellers.find(({ space }) => family.id.startsWith(`${space}:`));
  const own = tellers.filter(({ holder }) => holder === requester.agency);
  return [...family.members].flatMap(([person, { included, isChild }]): SourceRecord<PersonId>[] => {
    const source = own.find(({ space }) => isToldBy(view, space, family, person)) ?? leading;
    if (!source) return [];
    return [
      {
        label: {
          type: 'FamilyMember',
          source: source.id,
          localId: `${family.id}/${person}`,
          subject: person,
          names: [],
          fromWorkWith: [person],
          category: 'NETWORK',
          kind: 'OTHER',
          confidentiality: 'N',
          addresses: [],
        },
        content: { isChild, included },
        persons: { person },
      },
    ];
  });
}

function isToldBy(view: View, space: SourceId, family: FamilyView, person: PersonId): boolean {
  return view
    .of('memberships', person)
    .some((row) => row.space === space && family.aliases.includes(`${space}:${row.family}`));
}

/**
 * A family is named by its source's id and one of its members, so that it can be found again without searching: one who is shown, else one
 * included whom the requester works with, never one who is hidden. Where there is none of these, by its id alone.
 */
function familyNodeId(family: FamilyView, nameable: readonly PersonId[]): string {
  const [member = ''] = [...nameable].sort();
  return Buffer.from(`Family:${member}:${family.id}`).toString('base64url');
}
