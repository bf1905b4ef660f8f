/**
 * Emergency access (RULES §2, emergency; §8; clauses CF-12, BFS-04). Pure: whether a live one covers requester and subject,
 * and the exception that it is by itself: under a gateway that stands against a refusal, for the emergency alone, whatever
 * can or cannot be read of the consents.
 */
import type { AgencyId, IsoInstant, PersonId, Role, WorkerId } from '../domain/words.js';
import { EVERYTHING, type ExceptionRecord } from './statements.js';

export const REVIEW_FINDINGS = ['JUSTIFIED', 'NOT_JUSTIFIED'] as const;
export type ReviewFinding = (typeof REVIEW_FINDINGS)[number];

/** What holds for everybody whom an emergency access covers. It is the opener's own: in that role, for that agency. */
export interface EmergencyTerms {
  readonly id: string;
  /** Whose family it is. */
  readonly person: PersonId;
  readonly worker: WorkerId;
  readonly agency: AgencyId;
  readonly role: Role;
  /** A lawful gateway that overrides a refusal, with its questions and what was answered. */
  readonly gateway: string;
  readonly answers: { readonly [question: string]: string };
  readonly risk: string;
  /** Who was telephoned. */
  readonly phoned: string;
  readonly from: IsoInstant;
  readonly until: IsoInstant;
  readonly recordedAt: IsoInstant;
}

export interface EmergencyAccess extends EmergencyTerms {
  /** Fixed when it was opened: whoever joins the family later is not covered. */
  readonly subjects: readonly PersonId[];
}

export interface EmergencyEnd {
  /** It was ended before its time: as soon as that is in the register it counts for nothing. */
  readonly endedAt?: IsoInstant;
}

/** An emergency access as it stands about one of its subjects. */
export interface EmergencyAbout extends EmergencyTerms, EmergencyEnd {
  readonly subject: PersonId;
}

export interface EmergencyReview {
  readonly at: IsoInstant;
  readonly reviewedBy: WorkerId;
  readonly finding: ReviewFinding;
  readonly why: string;
}

/** An emergency access as the register has it. */
export interface RecordedEmergency extends EmergencyAccess, EmergencyEnd {
  readonly review?: EmergencyReview;
}

export interface EmergencyAsk {
  readonly worker: WorkerId;
  readonly agency: AgencyId;
  readonly role: Role;
  readonly subject: PersonId;
  readonly at: IsoInstant;
}

/** Those that are live and the requester's own, about this subject. Live is [from, until), and not ended. */
export function emergenciesFor(accesses: readonly EmergencyAbout[], ask: EmergencyAsk): readonly EmergencyAbout[] {
  if (accesses.length === 0) return NONE;
  return accesses.filter(
    (access) =>
      isLive(access, ask.at) &&
      access.subject === ask.subject &&
      access.worker === ask.worker &&
      access.agency === ask.agency &&
      access.role === ask.role,
  );
}

export function isLive({ from, until, endedAt }: EmergencyTerms & EmergencyEnd, at: IsoInstant): boolean {
  return endedAt === undefined && from <= at && at < until;
}

/** The exception that an emergency access is: any category of any holder, to the opener's agency, for EMERGENCY alone. */
export function exceptionOf(access: EmergencyAbout): ExceptionRecord {
  return {
    id: access.id,
    subjects: [access.subject],
    gateway: access.gateway,
    categories: [EVERYTHING],
    holders: [EVERYTHING],
    recipients: [access.agency],
    purposes: ['EMERGENCY'],
    overridesRefusal: true,
    from: access.from,
    until: access.until,
    recordedAt: access.recordedAt,
    recordedBy: access.worker,
    answers: access.answers,
  };
}

const NONE: readonly never[] = Object.freeze([]);
