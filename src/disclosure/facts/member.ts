/**
 * What a practitioner may show a member of the family of the workbook and the plans (FS-05): what is said of that member, and
 * the plans of the children for whom they hold parental responsibility. What speaks of anybody else, what somebody else
 * reported, what comes from the side of somebody whom they are alleged to have hurt, and whatever could tell where such a
 * person or a protected one is, stays. Everything here errs towards keeping back: unknown is no.
 */
import type { RecordLabel, RecordType } from '../../domain/records.js';
import type { PersonId } from '../../domain/words.js';
import type { ConsentStatement } from '../../registers/statements.js';
import { allegedAgainst, type RecordPersons } from './sides.js';
import type { View } from './view.js';

/** Work with the member: theirs only. A child's talks with a worker are the child's. */
const OF_THE_MEMBER: readonly RecordType[] = ['ParentingAssessment', 'MonthlySummary'];
/** What a service decided and agreed, of the member or a child of theirs. */
const PLANS: readonly RecordType[] = [
  'ChildInNeedPlan',
  'ChildProtectionPlan',
  'LookedAfterPlan',
  'PlanReview',
  'SupportPlan',
];
/** What must be known of everybody concerned before anything is shown. */
const NEEDED = ['allegations', 'protectedPersons', 'relationships', 'residences', 'memberships', 'enquiries'] as const;

/** The member is alleged to have hurt the subject, or somebody from work with whom the content comes. */
export function isOtherSideOf(view: View, member: PersonId, { subject, fromWorkWith }: RecordPersons): boolean {
  const harmed = [subject, ...fromWorkWith];
  return (
    view.isUnknown('allegations', harmed) || harmed.some((person) => allegedAgainst(view, person).includes(member))
  );
}

/** Whether a record may be shown to a member of the family. Requires that the surroundings of member and record are known. */
export function mayBeShownTo(
  view: View,
  consents: ReadonlyMap<PersonId, readonly ConsentStatement[]>,
  member: PersonId,
  label: RecordLabel<PersonId>,
): boolean {
  const others = [...new Set([label.subject, ...label.names, ...label.fromWorkWith])].filter((one) => one !== member);
  const circle = new Set(others.flatMap((person) => [...view.householdOf(person), ...guardiansOf(view, person)]));
  if (NEEDED.some((kind) => view.isUnknown(kind, [member, ...others, ...circle]))) return false;
  if (!others.every((person) => isChildOf(view, person, member) && !hasRefused(consents.get(person) ?? [])))
    return false;
  // A child is spoken of only where nobody with them could come to harm by it.
  circle.delete(member);
  const mayEndanger = (person: PersonId) =>
    allegedAgainst(view, person).includes(member) ||
    (view.of('protectedPersons', person).length > 0 && !view.householdOf(member).has(person));
  if ([...circle].some(mayEndanger)) return false;
  return isOfTheirs(view, member, label);
}

/** Whether it is something that the family view shows: of its kind, stated by its writer, and not while an enquiry is open. */
function isOfTheirs(view: View, member: PersonId, label: RecordLabel<PersonId>): boolean {
  const { type, subject, names, nature } = label;
  if (type === 'PersonDetails') return true;
  if ([member, subject].some((person) => view.of('enquiries', person).some((row) => view.isCurrent(row)))) return false;
  if (PLANS.includes(type)) return true;
  const isStated = nature === 'FACT' || nature === 'OPINION';
  if (type === 'RagRating') return isStated && names.includes(member);
  return OF_THE_MEMBER.includes(type) && isStated && subject === member;
}

/** An included child of a family in which the member is included, for whom the member holds parental responsibility. */
function isChildOf(view: View, child: PersonId, member: PersonId): boolean {
  const inOneFamily = view.includingFamiliesOf(member).some((family) => family.includedChildren.includes(child));
  return inOneFamily && guardiansOf(view, child).includes(member);
}

function guardiansOf(view: View, child: PersonId): readonly PersonId[] {
  return view
    .of('relationships', child)
    .flatMap((row) => (row.person === child && row.parentalResponsibility ? row.other : []));
}

/** A child competent to decide who last refused, or took back, any sharing: their parents are not shown their records either. */
function hasRefused(consents: readonly ConsentStatement[]): boolean {
  const own = consents.filter(({ capacity }) => capacity === 'OWN_COMPETENCE');
  const last = own.reduce<ConsentStatement | undefined>(
    (a, b) =>
      a === undefined || b.recordedAt > a.recordedAt || (b.recordedAt === a.recordedAt && b.state !== 'GIVEN') ? b : a,
    undefined,
  );
  return last !== undefined && last.state !== 'GIVEN';
}
