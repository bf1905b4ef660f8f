/**
 * Sharing requests (RULES §8; clause CF-06): what one agency asks another for, and everything that was said to it since. A
 * refusal is a record too. Statements are added and never changed; how a request stands is worked out from them and from the time
 * (src/sharing/request-state.ts).
 */
import type { AgencyId, Category, IsoInstant, PersonId, Purpose, Role, WorkerId } from '../domain/words.js';

export const URGENCIES = ['IMMEDIATE', 'URGENT', 'ROUTINE'] as const;
export type Urgency = (typeof URGENCIES)[number];

export const ANSWERS = ['APPROVED', 'APPROVED_IN_PART', 'REFUSED', 'CONTRIBUTED'] as const;
export type Answer = (typeof ANSWERS)[number];

/**
 * Why it was refused, as far as it is counted. NOTHING_TO_SHARE is the one word for what is not held and for what may not be told:
 * a list that held two would tell them apart.
 */
export const REFUSAL_GROUNDS = ['NOTHING_TO_SHARE', 'NO_LAWFUL_BASIS', 'NOT_NECESSARY', 'REFER_INSTEAD'] as const;
export type RefusalGround = (typeof REFUSAL_GROUNDS)[number];

/** What is asked for. It is its asker's own: in that role, for that agency. */
export interface SharingRequest {
  readonly id: string;
  /** Who is asked. */
  readonly holder: AgencyId;
  readonly worker: WorkerId;
  readonly agency: AgencyId;
  readonly role: Role;
  readonly subjects: readonly PersonId[];
  readonly categories: readonly Category[];
  readonly purpose: Purpose;
  /** Why it is needed, and what else the holder must know: words of the case. */
  readonly why: string;
  readonly context?: string;
  readonly urgency: Urgency;
  /** Until when it is wanted. */
  readonly until: IsoInstant;
  readonly recordedAt: IsoInstant;
}

/** One part of a written contribution: about one person, of one category. It leaves by the door alone (src/reader/contributions.ts). */
export interface Contribution {
  readonly id: string;
  readonly subject: PersonId;
  readonly category: Category;
  readonly text: string;
}

export interface RequestAnswer {
  readonly id: string;
  readonly request: string;
  readonly answer: Answer;
  /** Of a refusal. */
  readonly ground?: RefusalGround;
  /** Words of the case. */
  readonly reasons: string;
  /** What was approved, or by what the contribution may be read. */
  readonly grant?: string;
  readonly at: IsoInstant;
  readonly answeredBy: WorkerId;
}

/** Something that was said of a request or an answer, by whom, and why. */
export interface Remark {
  readonly at: IsoInstant;
  readonly by: WorkerId;
  readonly why: string;
}

/** An answer as the register has it. */
export interface RecordedAnswer extends RequestAnswer {
  readonly contributions: readonly Contribution[];
  /** By who asked. */
  readonly disputed?: Remark;
}

/** A request as the register has it, its answers the first first: each but the last was disputed. */
export interface RecordedRequest extends SharingRequest {
  readonly answers: readonly RecordedAnswer[];
  /** Taken back by who asked. */
  readonly withdrawn?: Remark;
}

/** Nobody has answered it since it was asked, or since its last answer was disputed, and it was not taken back. */
export function isOpen({ answers, withdrawn }: Pick<RecordedRequest, 'answers' | 'withdrawn'>): boolean {
  const last = answers.at(-1);
  return withdrawn === undefined && (last === undefined || last.disputed !== undefined);
}
