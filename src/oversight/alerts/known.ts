/** Workers and people as nearness compares them, from what directory and sources tell. */
import type { PersonId } from '../../domain/words.js';
import type { StaffMember } from '../../people/staff.js';
import type { WatchedPerson, WatchedPlace, WatchedWork } from '../../reader/watched-persons.js';
import { type Known, type Place, placeOfKey, squeezed } from './nearness.js';

export function knownPerson(person: PersonId, { surnames, places }: WatchedPerson): Known {
  return { person, surnames, places: places.map(placeOf) };
}

/** By the name of the directory, and where the worker is a person of ours by what is known of that person. */
export function knownWorker(
  { name, person }: StaffMember,
  self: WatchedPerson | undefined,
  rareNames: ReadonlySet<string>,
): Known {
  return {
    rareNames,
    ...(person === undefined ? {} : { person }),
    surnames: [surnameOf(name), ...(self?.surnames ?? [])],
    places: self?.places.map(placeOf) ?? [],
  };
}

export function surnameOf(name: string): string {
  return name.trim().split(/\s+/).at(-1) ?? '';
}

/** Whose systems tell of their work, by themselves or by a team of theirs: another agency's, and still their own. */
export function toldOf({ agency, identities, teams }: StaffMember, work: readonly WatchedWork[]) {
  const own = work.filter(
    ({ worker, team }) => (worker !== undefined && identities.has(worker)) || (team !== undefined && teams.has(team)),
  );
  return {
    isTold: own.some(({ holder }) => holder !== agency),
    isStanding: own.some(({ holder }) => holder === agency),
  };
}

function placeOf({ key, postcode, line, isPast }: WatchedPlace): Place {
  const told = key === undefined ? { isPast } : placeOfKey(key, isPast);
  // Houses have numbers; a house with a name is beside its neighbours by its postcode alone.
  const house = line === undefined ? undefined : squeezed(/^\s*(\d+\s?[a-z]?)\b/i.exec(line)?.[1] ?? '');
  return {
    ...told,
    ...(postcode === undefined ? {} : { postcode: squeezed(postcode) }),
    ...(house ? { house } : {}),
  };
}
