/**
 * Whose side a record comes from, and who must not see it: allegations have a direction. Women have been found because
 * one shared too much: everything here errs towards keeping back.
 */
import type { PersonId } from '../../domain/words.js';
import { type Asker, counts } from './subject.js';
import type { View } from './view.js';
import { type Work, worksWith } from './work.js';

/** Roles of a family's own social work line: never opposing while they work with the subject. */
const NEVER_OPPOSING = ['SOCIAL_WORKER', 'SENIOR_PRACTITIONER', 'CHILD_PRACTITIONER', 'TEAM_MANAGER'];

export interface RecordPersons {
  readonly subject: PersonId;
  readonly fromWorkWith: readonly PersonId[];
}

/** Everybody recorded as alleged to have hurt the person. */
export function allegedAgainst(view: View, person: PersonId): PersonId[] {
  return view
    .of('allegations', person)
    .filter((row) => row.victim === person && counts(view, row))
    .map((row) => row.perpetrator);
}

/** The content, whatever its category, comes from work with somebody who is a victim. Unknown allegations: yes. */
export function isVictimSide(view: View, persons: RecordPersons): boolean {
  if (!view.mayHold('allegations')) return false;
  return (
    persons.fromWorkWith.some((person) => allegedAgainst(view, person).length > 0) ||
    view.isUnknown('allegations', persons.fromWorkWith)
  );
}

/**
 * The requester, or somebody they manage, works with an alleged perpetrator against the subject, against somebody from
 * work with whom the content comes, or against anybody whom the field locates – and not themselves with that person.
 */
export function isOpposing(
  view: View,
  asker: Asker,
  persons: RecordPersons,
  located: Iterable<PersonId>,
  record: { readonly ownAgency: boolean; readonly victimSide: boolean },
): boolean {
  const { standing, work } = asker;
  if (!view.mayHold('allegations')) return false;
  if (isFamilyLine(view, asker, persons.subject)) return false;
  const locatedPersons = [...located];
  const harmed = [persons.subject, ...persons.fromWorkWith, ...locatedPersons];
  if (view.isUnknown('allegations', harmed)) return true;
  const opposed = harmed.filter((person) => isOpposedTo(view, work, standing.requester.role, person));
  if (opposed.length === 0) return false;
  const locatesTheOtherSide = opposed.some((person) => locatedPersons.includes(person));
  const ownSubject = record.ownAgency && worksWith(work, persons.subject);
  return !ownSubject || record.victimSide || locatesTheOtherSide;
}

/** Working with a perpetrator against this person, and not with the person too; that escape is closed to the perpetrator line. */
function isOpposedTo(view: View, work: Work, role: string, person: PersonId): boolean {
  const alleged = allegedAgainst(view, person);
  const perpetrators = alleged.filter((perpetrator) => worksWith(work, perpetrator));
  if (perpetrators.length === 0) return alleged.length > 0 && work.gaps.length > 0;
  const perpetratorLine =
    role === 'DOMESTIC_ABUSE_OFFICER' ||
    perpetrators.some((perpetrator) => work.rolesWith.get(perpetrator)?.has('DOMESTIC_ABUSE_OFFICER') === true);
  return perpetratorLine || !worksWith(work, person);
}

/** The family's allocated social worker, senior and child practitioner and team manager. */
function isFamilyLine(view: View, { standing, work }: Asker, subject: PersonId): boolean {
  if (standing.requester.agencyKind !== 'CHILDRENS_SOCIAL_CARE' || !NEVER_OPPOSING.includes(standing.requester.role))
    return false;
  const children = view.familiesOf(subject).flatMap((family) => family.children);
  return [subject, ...children].some((person) => worksWith(work, person) && view.isChild(person));
}

/** A person whose whereabouts are protected. Unknown: yes. */
function isProtected(view: View, person: PersonId): boolean {
  return view.of('protectedPersons', person).length > 0 || view.isUnknown('protectedPersons', [person]);
}

/** Everybody whom a field about the subject, naming these persons and holding these addresses, locates. */
export function locatedBy(
  view: View,
  subject: PersonId,
  names: readonly PersonId[],
  addresses: readonly string[],
): Set<PersonId> {
  const located = new Set([...view.householdOf(subject), ...names]);
  for (const address of addresses) for (const resident of view.residentsOf(address)) located.add(resident);
  return located;
}

export interface LocationFacts {
  readonly locationProtected: boolean;
  readonly worksWithProtected: boolean;
}

export function locationFacts(view: View, { work }: Asker, located: ReadonlySet<PersonId>): LocationFacts {
  const guarded = [...located].filter((person) => isProtected(view, person));
  return {
    locationProtected: guarded.length > 0,
    worksWithProtected: guarded.length > 0 && guarded.every((person) => worksForProtected(view, work, person, guarded)),
  };
}

/**
 * Works with the protected person, a child of their household or somebody protected with them there, and not with an alleged
 * perpetrator against them.
 */
function worksForProtected(view: View, work: Work, person: PersonId, guarded: readonly PersonId[]): boolean {
  if (view.isUnknown('allegations', [person])) return false;
  const household = [...view.householdOf(person)].filter((other) => guarded.includes(other) || view.isChild(other));
  return (
    household.some((other) => worksWith(work, other)) &&
    !allegedAgainst(view, person).some((harmer) => worksWith(work, harmer))
  );
}

/** The requester is one of the record's persons, of their household or network, or registered as conflicted with them. */
export function isConflicted(view: View, { standing }: Asker, persons: Iterable<PersonId>): boolean {
  const self = standing.person;
  for (const person of persons) {
    if (standing.conflicts.includes(person)) return true;
    if (self === undefined) continue;
    // Who lives with or beside whom cannot be told: the worker may be of their household or network.
    if (view.isUnknown('relationships', [person]) || view.isUnknown('residences', [person])) return true;
    if (person === self || view.householdOf(person).has(self)) return true;
    if (view.of('relationships', person).some((row) => row.person === self || row.other === self)) return true;
  }
  return false;
}
