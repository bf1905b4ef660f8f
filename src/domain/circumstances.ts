/**
 * What sources tell the door about people, so that it can work out the facts of a decision. Never released.
 * Periods are [from, until): `from` counts, `until` does not; an absent `until` is open.
 * `P` is how persons are referred to (a source's local ids, then the gateway's person ids).
 * Worker fields hold the SOURCE's own staff ids; the directory says who they are. Team ids are shared with the directory.
 */
import type { Category, IsoDate, IsoInstant, LocalId, Purpose, TeamId } from './words.js';

export interface Period {
  readonly from?: IsoDate | IsoInstant;
  readonly until?: IsoDate | IsoInstant;
}

/** A worker's (or a team's) involvement with one person, from the source's own involvements or keyworker field. */
export interface InvolvementRow<P = LocalId> extends Period {
  readonly person: P;
  readonly worker?: string;
  readonly team?: TeamId;
  /** The source's word for the worker's part in it; `social worker` marks the child's allocated social worker. */
  readonly role?: string;
}

/** Who belongs to a family; `included` is the explicit membership of the workflow (FS-19). */
export interface MembershipRow<P = LocalId> {
  readonly family: string;
  readonly person: P;
  readonly included: boolean;
  readonly isChild: boolean;
}

/** A multi-disciplinary team around a family. */
export interface FamilyTeamRow extends Period {
  readonly family: string;
  readonly team: TeamId;
}

export interface RelationshipRow<P = LocalId> {
  readonly person: P;
  readonly other: P;
  /** PARENT, CHILD, SIBLING, PARTNER, FORMER_PARTNER, GRANDPARENT, CARER, NEIGHBOUR, FRIEND, OTHER: `other` is the … of `person`. */
  readonly kind: string;
  /** `other` holds parental responsibility for `person`. */
  readonly parentalResponsibility: boolean;
}

export interface ResidenceRow<P = LocalId> extends Period {
  readonly person: P;
  /** See `addressKey`. */
  readonly address: string;
}

/** Somebody is alleged to have hurt somebody. `review` is the result of a team manager's review, once there is one. */
export interface AllegationRow<P = LocalId> {
  readonly victim: P;
  readonly perpetrator: P;
  readonly recordedAt: IsoDate | IsoInstant;
  readonly review?: 'STANDS' | 'DOES_NOT_STAND';
}

/** An s47 enquiry: open while it has no `until`. `names` are the adults and siblings it names beside its child. */
export interface EnquiryRow<P = LocalId> extends Period {
  readonly id: string;
  readonly child: P;
  readonly names: readonly P[];
  /** Source staff id of who completes it. */
  readonly worker?: string;
}

/** A period of a child under a plan or in proceedings. */
export interface PlanPeriodRow<P = LocalId> extends Period {
  readonly child: P;
  readonly kind: 'CHILD_IN_NEED' | 'CHILD_PROTECTION' | 'LOOKED_AFTER' | 'PRE_PROCEEDINGS' | 'EARLY_HELP';
}

/** A seat on a child's core group or team around the family. */
export interface CoreGroupRow<P = LocalId> extends Period {
  readonly child: P;
  readonly worker: string;
}

/** A family stands on the list of a panel; `workers` sit on it or support it. */
export interface PanelRow extends Period {
  readonly family: string;
  readonly workers: readonly string[];
}

/** A handover between services, open until its receiving episode closes (`until`). */
export interface HandoverRow extends Period {
  readonly family: string;
  readonly direction: 'STEP_DOWN' | 'STEP_UP' | 'EXIT';
  /** Source staff id of the named receiving worker. */
  readonly receivingWorker: string;
}

/** A contact or referral about a person received by the holder's front door. */
export interface ReceivedRow<P = LocalId> {
  readonly person: P;
  readonly at: IsoDate | IsoInstant;
}

/** Somebody whose whereabouts are protected (the restricted list, a provider's own mark, a restricted NHS record). */
export interface ProtectedRow<P = LocalId> {
  readonly person: P;
}

/** Agreement to be worked with by an early-help service (FS-17, BFS-02, BFS-09); separate from consent to share. */
export interface ServiceConsentRow<P = LocalId> {
  readonly person: P;
  readonly state: 'GIVEN' | 'REFUSED' | 'WITHDRAWN';
  readonly at: IsoDate | IsoInstant;
}

/**
 * What a person said about sharing what the source's holder has, as it stands in the holder's own system (a FHIR Consent).
 * It speaks of that holder's records alone. Recipients are agency ids or kinds; `*` is everything.
 */
export interface ConsentRow<P = LocalId> extends Period {
  /** The id of what says it, unique at the source. */
  readonly id: string;
  readonly person: P;
  readonly state: 'GIVEN' | 'REFUSED' | 'WITHDRAWN';
  /** A denial that counts while it stands there, whatever was said since and wherever. Only of what is REFUSED. */
  readonly inForce: boolean;
  readonly categories: readonly (Category | '*')[];
  readonly recipients: readonly string[];
  readonly purposes: readonly (Purpose | '*')[];
  /** When it was said. Without it nothing is given; a denial needs none. */
  readonly at?: IsoDate | IsoInstant;
}

/** Why an early-help agency may work on a protection case (CF-04). */
export interface ProtectionGroundRow {
  readonly family: string;
  readonly ground: 'OPEN_BEFORE' | 'ENDING' | 'SPECIAL';
}

/** Everything one source says about the circumstances of the persons asked for. Absent kinds are empty arrays. */
export interface Circumstances<P = LocalId> {
  readonly involvements: readonly InvolvementRow<P>[];
  readonly memberships: readonly MembershipRow<P>[];
  readonly familyTeams: readonly FamilyTeamRow[];
  readonly relationships: readonly RelationshipRow<P>[];
  readonly residences: readonly ResidenceRow<P>[];
  readonly allegations: readonly AllegationRow<P>[];
  readonly enquiries: readonly EnquiryRow<P>[];
  readonly plans: readonly PlanPeriodRow<P>[];
  readonly coreGroups: readonly CoreGroupRow<P>[];
  readonly panels: readonly PanelRow[];
  readonly handovers: readonly HandoverRow[];
  readonly received: readonly ReceivedRow<P>[];
  readonly protectedPersons: readonly ProtectedRow<P>[];
  readonly serviceConsents: readonly ServiceConsentRow<P>[];
  readonly consents: readonly ConsentRow<P>[];
  readonly protectionGrounds: readonly ProtectionGroundRow[];
  /**
   * Persons whom one case of the source joins though no row says so: asked about one of them it tells of all. Read only to
   * tell rows that were asked for from rows that were not.
   */
  readonly circles?: readonly (readonly P[])[];
}

export const CIRCUMSTANCE_KINDS = [
  'involvements',
  'memberships',
  'familyTeams',
  'relationships',
  'residences',
  'allegations',
  'enquiries',
  'plans',
  'coreGroups',
  'panels',
  'handovers',
  'received',
  'protectedPersons',
  'serviceConsents',
  'consents',
  'protectionGrounds',
] as const satisfies readonly (keyof Circumstances)[];
export type CircumstanceKind = (typeof CIRCUMSTANCE_KINDS)[number];

/** No circumstances at all. */
export const NO_CIRCUMSTANCES: Circumstances<never> = Object.freeze(
  Object.fromEntries(CIRCUMSTANCE_KINDS.map((kind) => [kind, Object.freeze([])])),
) as unknown as Circumstances<never>;
