import type { AgencyId, AgencyKind, PersonId, Purpose, Role, TeamId, WorkerId } from './words.js';

/** Who asks, as established by sign-in and the directory. One role: a worker with several says which (no stacking). */
export interface Requester {
  readonly worker: WorkerId;
  readonly name: string;
  readonly agency: AgencyId;
  readonly agencyKind: AgencyKind;
  readonly role: Role;
}

/** One agency: an organisation of a kind. */
export interface Agency {
  readonly id: AgencyId;
  readonly name: string;
  readonly kind: AgencyKind;
  /** A voluntary body cannot rely on the Crime and Disorder Act 1998 s115. */
  readonly voluntary: boolean;
  /** Where a practitioner turns when this agency holds something that may not be shown (brokered). */
  readonly dutyPoint: string;
}

export interface Team {
  readonly id: TeamId;
  readonly agency: AgencyId;
  readonly name: string;
  readonly district: string;
  /** The agency's front door or duty team. */
  readonly duty: boolean;
}

/** What is known of a requester beyond the token: read from the directory at the start of each operation. */
export interface Standing {
  readonly requester: Requester;
  /** The team they belong to in their own agency, and the multi-disciplinary teams they sit on. */
  readonly teams: readonly TeamId[];
  /** Teams whose families they support as a whole (business support, clinical psychology). */
  readonly supports: readonly TeamId[];
  readonly manages: readonly TeamId[];
  readonly onDuty: boolean;
  /** Workers they manage: members of the teams they manage. */
  readonly managed: readonly { readonly worker: WorkerId; readonly role: Role }[];
  /** `${source} ${staff id at that source}` → worker, for the requester and everyone they manage. */
  readonly identities: ReadonlyMap<string, WorkerId>;
  /** The requester as a person of ours, when the directory says so. */
  readonly person?: PersonId;
  /** Persons the requester is registered as conflicted with. */
  readonly conflicts: readonly PersonId[];
}

/** What one operation declares: its purpose stands in the document itself. */
export interface Declared {
  readonly purpose: Purpose;
}
