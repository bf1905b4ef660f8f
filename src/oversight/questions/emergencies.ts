/**
 * Question 4: emergency access, opened by whom, whether a risk was stated, reviewed by whom or overdue. What the risk is, and
 * who was telephoned, is not told: it is content. What was released under each is asked as what rests on it.
 */
import type { Protocol } from '../../domain/protocol.js';
import type { Agency } from '../../domain/requester.js';
import type { AgencyId, IsoInstant } from '../../domain/words.js';
import type { RecordedEmergency } from '../../registers/emergency.js';
import type { Listing } from '../../registers/listing.js';
import { instantAfter } from '../../sharing/deadline.js';
import type { AskingAudit } from './asking.js';
import { type Listed, type ListedPage, listSeen, placeOf } from './listed.js';

export const EMERGENCY_STATES = ['UNREVIEWED', 'OVERDUE', 'REVIEWED', 'NOT_JUSTIFIED'] as const;
export type EmergencyState = (typeof EMERGENCY_STATES)[number];

/** An emergency access as an officer sees it. */
export interface AuditedEmergency
  extends Pick<RecordedEmergency, 'person' | 'worker' | 'role' | 'gateway' | 'from' | 'until' | 'endedAt'> {
  /** Its place in the list. */
  readonly id: string;
  readonly emergency: string;
  readonly agency: Agency | null;
  readonly isRiskStated: boolean;
  readonly isCallStated: boolean;
  /** By when somebody else reviews it, by the protocol. */
  readonly reviewBy: IsoInstant;
  readonly review: { readonly at: IsoInstant; readonly by: string; readonly finding: string } | null;
  /** Not reviewed, or reviewed after that. */
  readonly isOverdue: boolean;
}

export interface EmergenciesParts {
  readonly asking: AskingAudit;
  readonly listing: Pick<Listing, 'emergencies'>;
  readonly protocol: Pick<Protocol, 'timescales'>;
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  readonly at: IsoInstant;
}

/** A page, the latest first. Throws NotPermitted as `AskingAudit.ask`. */
export async function emergencies(
  parts: EmergenciesParts,
  state: EmergencyState | null,
  page: ListedPage,
): Promise<Listed<AuditedEmergency>> {
  const { asking, listing } = parts;
  await asking.ask('emergencies', [], state ? [state] : []);
  const isUnreviewed = state === 'UNREVIEWED' || state === 'OVERDUE';
  const { items, isMore } = await listSeen(
    asking,
    page,
    (wanted) => listing.emergencies(wanted, isUnreviewed),
    ({ person, subjects }) => [person, ...subjects],
    (access) => state === null || isIn(state, audited(parts, access)),
  );
  return { items: items.map((access) => audited(parts, access)), isMore };
}

function isIn(state: EmergencyState, { review, isOverdue }: AuditedEmergency): boolean {
  if (state === 'UNREVIEWED') return review === null;
  if (state === 'OVERDUE') return review === null && isOverdue;
  return state === 'REVIEWED' ? review !== null : review?.finding === 'NOT_JUSTIFIED';
}

function audited({ protocol, agencies, at }: EmergenciesParts, access: RecordedEmergency): AuditedEmergency {
  const { id: emergency, person, worker, agency, role, gateway, risk, phoned, from, until, endedAt, review } = access;
  const reviewBy = instantAfter(access.recordedAt, protocol.timescales.EMERGENCY_REVIEW ?? ONE_DAY);
  return {
    id: placeOf(access),
    emergency,
    person,
    worker,
    agency: agencies.get(agency) ?? null,
    role,
    gateway,
    isRiskStated: risk.trim() !== '',
    isCallStated: phoned.trim() !== '',
    from,
    until,
    ...(endedAt === undefined ? {} : { endedAt }),
    reviewBy,
    review: review ? { at: review.at, by: review.reviewedBy, finding: review.finding } : null,
    isOverdue: (review?.at ?? at) > reviewBy,
  };
}

/** Where neither a pack nor the house fixes a time, as `sharing/emergencies.ts` has it. */
const ONE_DAY = { months: 0, days: 1, minutes: 0, workingDays: 0 } as const;
