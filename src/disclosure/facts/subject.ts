/**
 * The facts that depend on who a record is about, not on which record it is: computed once per subject and operation.
 * Unknown (a source that should tell is down) becomes the most restrictive value, and is named.
 */
import type { Fact, FactName, Stage } from '../../domain/facts.js';
import { STAGES } from '../../domain/facts.js';
import type { Standing } from '../../domain/requester.js';
import type { AgencyId, PersonId, Purpose } from '../../domain/words.js';
import type { FamilyView, Told, View } from './view.js';
import { type Work, worksWith } from './work.js';

export interface Asker {
  readonly standing: Standing;
  readonly work: Work;
  readonly purpose: Purpose;
  /** The member of the family for whom it is asked: what may not be shown to them is not released. */
  readonly member?: PersonId;
}

export interface SubjectFacts {
  readonly isChild: boolean;
  /** Families in which the subject is included and in which the requester (or whom they manage) works. */
  readonly joining: readonly FamilyView[];
  /** All families of the subject. */
  readonly families: readonly FamilyView[];
  /** Involvement but for DUTY, which depends on the holder. */
  readonly involvement: Exclude<Fact<'involvement'>, 'DUTY'>;
  readonly coreGroup: boolean;
  readonly onPanel: boolean;
  readonly onFamilyTeam: boolean;
  readonly stage: Stage;
  readonly s47Open: boolean;
  readonly enquiries: readonly Told<'enquiries'>[];
  readonly cpGround: Fact<'cpGround'>;
  /** What register and sources say together (`agreesToService`): added where the register is at hand. */
  readonly serviceConsent: boolean;
  readonly receiving: boolean;
  readonly handovers: readonly Told<'handovers'>[];
  readonly victimOfSubject: boolean;
  readonly unknown: readonly FactName[];
}

/** What holds for a family, whoever of it is asked about: computed once per family and operation. */
export interface FamilyFacts {
  /** With an included member of it the requester works, those they manage do, or one of these did. */
  readonly own: boolean;
  readonly managed: boolean;
  readonly ended: boolean;
  /** The requester belongs to the team around it, or manages it. */
  readonly onTeam: boolean;
  readonly managesTeam: boolean;
  readonly onPanel: boolean;
  readonly handovers: readonly Told<'handovers'>[];
  readonly cpGround: Fact<'cpGround'> | undefined;
  /** Agencies that now work with an included member. */
  readonly agencies: ReadonlySet<AgencyId>;
}

export function familyFacts(view: View, { standing, work }: Asker, family: FamilyView): FamilyFacts {
  const { included } = family;
  const teams = view.ofFamily('familyTeams', family).flatMap((row) => (view.isCurrent(row) ? row.team : []));
  const own = [...standing.teams, ...standing.supports, ...standing.manages];
  const isWorkerOf = ({ space, workers }: Told<'panels'>) =>
    workers.some((staff) => isRequester(standing, space, staff));
  const agencies = new Set<AgencyId>();
  for (const member of included)
    for (const row of view.of('involvements', member)) if (view.isCurrent(row)) agencies.add(row.holder);
  return {
    own: included.some((member) => work.own.has(member)),
    managed: included.some((member) => work.managed.has(member)),
    ended: included.some((member) => work.ended.has(member)),
    onTeam: teams.some((team) => own.includes(team)),
    managesTeam: teams.some((team) => standing.manages.includes(team)),
    onPanel: view.ofFamily('panels', family).some((row) => view.isCurrent(row) && isWorkerOf(row)),
    handovers: view.ofFamily('handovers', family).filter((row) => view.isCurrent(row)),
    cpGround: view.ofFamily('protectionGrounds', family)[0]?.ground,
    agencies,
  };
}

export function subjectFacts(
  view: View,
  asker: Asker,
  subject: PersonId,
  factsOf: (family: FamilyView) => FamilyFacts,
): Omit<SubjectFacts, 'serviceConsent'> {
  const { standing, work } = asker;
  const families = view.familiesOf(subject);
  const including = view.includingFamiliesOf(subject);
  const held = including.map(factsOf);
  const joining = including.filter((_, i) => held[i]?.own || held[i]?.managed);
  const enquiries = openEnquiries(view, subject, families);
  const coreGroup = holdsSeat(view, standing, subject);
  const handovers = held.flatMap((family) => family.handovers);
  const unknown: FactName[] = [];
  const members = families.flatMap((family) => [...family.members.keys()]);
  if (view.isUnknown('memberships', [subject])) unknown.push('involvement', 'onFamilyTeam', 'onPanel', 'stage');
  if (view.isUnknown('plans', members)) unknown.push('stage');
  if (view.isUnknown('enquiries', members)) unknown.push('s47Open');
  if (view.isUnknown('coreGroups', [subject])) unknown.push('coreGroup');
  return {
    isChild: view.isChild(subject),
    joining,
    families,
    involvement: involvementWith(asker, subject, held, enquiries),
    coreGroup,
    onPanel: held.some((family) => family.onPanel),
    onFamilyTeam: held.some((family) => family.onTeam),
    stage: stageOf(view, subject, joining.length > 0 ? joining : families, handovers),
    s47Open: enquiries.length > 0,
    enquiries,
    cpGround: coreGroup ? 'CORE_GROUP' : (held.find((family) => family.cpGround !== undefined)?.cpGround ?? 'NONE'),
    receiving: handovers.some((row) => isRequesterOrManaged(standing, row.space, row.receivingWorker)),
    handovers,
    victimOfSubject: view
      .of('allegations', subject)
      .some((row) => row.perpetrator === subject && countsForSafety(view, row) && worksWith(work, row.victim)),
    unknown,
  };
}

/** ALLOCATED and MANAGING reach the person directly or through an included member of a family that includes them. */
function involvementWith(
  { standing, work, purpose }: Asker,
  subject: PersonId,
  including: readonly FamilyFacts[],
  enquiries: readonly Told<'enquiries'>[],
): SubjectFacts['involvement'] {
  const reaches = (how: 'own' | 'managed' | 'ended') =>
    work[how].has(subject) || including.some((family) => family[how]);
  if (reaches('own')) return 'ALLOCATED';
  const forEnquiry = purpose === 'S47_ENQUIRY' || purpose === 'CHILD_PROTECTION' ? enquiries : [];
  const named = forEnquiry.filter((row) => row.child === subject || row.names.includes(subject));
  if (named.some((row) => isEnquiryWorker(standing, work, row))) return 'ALLOCATED';
  if (reaches('managed')) return 'MANAGING';
  if (including.some((family) => family.managesTeam) || named.some((row) => isEnquiryManager(standing, work, row)))
    return 'MANAGING';
  return reaches('ended') ? 'ENDED' : 'NONE';
}

/** The workers of an open enquiry: its child's allocated social worker and who completes it. */
function isEnquiryWorker(standing: Standing, work: Work, row: Told<'enquiries'>): boolean {
  if (row.worker !== undefined && isRequester(standing, row.space, row.worker)) return true;
  return standing.requester.role === 'SOCIAL_WORKER' && work.own.has(row.child);
}

function isEnquiryManager(standing: Standing, work: Work, row: Told<'enquiries'>): boolean {
  if (row.worker !== undefined && isRequesterOrManaged(standing, row.space, row.worker)) return true;
  return work.managed.has(row.child) && (work.rolesWith.get(row.child)?.has('SOCIAL_WORKER') ?? false);
}

export function isRequester(standing: Standing, space: string, staff: string): boolean {
  return standing.identities.get(`${space} ${staff}`) === standing.requester.worker;
}

function isRequesterOrManaged(standing: Standing, space: string, staff: string): boolean {
  return standing.identities.has(`${space} ${staff}`);
}

function holdsSeat(view: View, standing: Standing, subject: PersonId): boolean {
  return view
    .of('coreGroups', subject)
    .some((row) => view.isCurrent(row) && isRequester(standing, row.space, row.worker));
}

/** Open enquiries in a family of the subject, or that name the subject. */
function openEnquiries(view: View, subject: PersonId, families: readonly FamilyView[]): readonly Told<'enquiries'>[] {
  if (!view.mayHold('enquiries')) return NONE;
  const persons = new Set([subject, ...families.flatMap((family) => [...family.members.keys()])]);
  const open = new Map<string, Told<'enquiries'>>();
  for (const person of persons) {
    for (const row of view.of('enquiries', person)) if (view.isCurrent(row)) open.set(`${row.space} ${row.id}`, row);
  }
  return [...open.values()];
}

/**
 * Whether an allegation counts. One that was reviewed and does not stand never does; between two people who each allege,
 * once there is a review only what stands counts. One whose reviews differ counts.
 */
export function counts(view: View, row: Told<'allegations'>): boolean {
  const review = view.reviewOf(row);
  if (review === 'DOES_NOT_STAND') return false;
  const pair = pairOf(view, row);
  const isMutual = pair.some((other) => other.victim === row.perpetrator);
  const isReviewed = pair.some((other) => view.reviewOf(other) !== undefined);
  return !isMutual || !isReviewed || review !== undefined;
}

/** Victim-safety goes on for the one first recorded as a victim until a review; after it for whatever stands. */
function countsForSafety(view: View, row: Told<'allegations'>): boolean {
  const review = view.reviewOf(row);
  if (review === 'DISPUTED' || !counts(view, row)) return false;
  const against = pairOf(view, row).filter((other) => other.victim === row.perpetrator && counts(view, other));
  return review === 'STANDS' || against.every((other) => row.recordedAt < other.recordedAt);
}

function pairOf(view: View, row: Told<'allegations'>): Told<'allegations'>[] {
  const both = new Set([row.victim, row.perpetrator]);
  return view
    .of('allegations', row.victim)
    .filter((other) => both.has(other.victim) && both.has(other.perpetrator)) as Told<'allegations'>[];
}

/** The child's own stage, or for an adult the gravest of the children of these families. */
function stageOf(
  view: View,
  subject: PersonId,
  families: readonly FamilyView[],
  handovers: readonly Told<'handovers'>[],
): Stage {
  const children = view.isChild(subject) ? [subject] : families.flatMap((family) => family.children);
  const steppingDown = handovers.some((row) => row.direction === 'STEP_DOWN') && everyLastPlanEnds(view, families);
  const steppingUp = handovers.some((row) => row.direction === 'STEP_UP');
  const stages = children.map((child) => childStage(view, child, steppingDown, steppingUp));
  return STAGES.find((stage) => stages.includes(stage)) ?? 'CLOSED';
}

function childStage(view: View, child: PersonId, steppingDown: boolean, steppingUp: boolean): Stage {
  const current = new Set(
    view
      .of('plans', child)
      .filter((row) => view.isCurrent(row))
      .map((row) => row.kind),
  );
  for (const grave of ['PRE_PROCEEDINGS', 'LOOKED_AFTER', 'CHILD_PROTECTION'] as const)
    if (current.has(grave)) return grave;
  if (steppingDown) return 'STEPPING_DOWN';
  if (current.has('CHILD_IN_NEED')) return 'CHILD_IN_NEED';
  if (steppingUp) return 'STEPPING_UP';
  return current.has('EARLY_HELP') ? 'EARLY_HELP' : 'CLOSED';
}

/** Every child's last statutory plan has an end, and none is graver than child in need. */
function everyLastPlanEnds(view: View, families: readonly FamilyView[]): boolean {
  const children = families.flatMap((family) => family.children);
  return children.every((child) =>
    view
      .of('plans', child)
      .filter((row) => row.kind !== 'EARLY_HELP' && view.isCurrent(row))
      .every((row) => row.kind === 'CHILD_IN_NEED' && row.until !== undefined),
  );
}

const NONE: readonly never[] = Object.freeze([]);
