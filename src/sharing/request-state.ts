/**
 * How a sharing request stands (RULES §8): what was answered, by when an answer was due, and on which rung of the ladder it is. Pure,
 * and worked out whenever it is read: no timer has to run for a request to be overdue, and none can be missed.
 *
 * Who is asked first is a manager of the holder; above them stand the rungs of the authority's protocol. A request that was not answered
 * in time stands on the next rung, which has the same time again: nobody there could have answered before, no protocol fixes a
 * shorter time, and the rungs are few, so that it comes to an end. A disputed answer is taken to the next rung at once, from that
 * moment and with the same time. Above the highest there is nothing: there it stays, overdue.
 */
import type { Duration, Protocol, Rung, Timescale } from '../domain/protocol.js';
import type { IsoInstant, Role, WorkerId } from '../domain/words.js';
import { ANSWERS, isOpen, type RecordedRequest, type Urgency } from '../registers/sharing-request.js';
import { instantAfter } from './deadline.js';

export const REQUEST_STATES = ['OPEN', ...ANSWERS, 'WITHDRAWN'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** A rung as a request stands on it. */
export interface StandsOn extends Rung {
  /** From the lowest, 0. */
  readonly place: number;
  /** By when it answers. */
  readonly dueBy: IsoInstant;
}

export interface RequestStanding {
  readonly state: RequestState;
  /** When an answer was due first: since it was asked, or since its last answer was disputed. */
  readonly dueBy: IsoInstant;
  /** Not answered by then: not yet, or late. */
  readonly isOverdue: boolean;
  /** It has left the lowest rung. */
  readonly isEscalated: boolean;
  /** Where it is, or was answered. */
  readonly rung: StandsOn;
  /** The lowest rung that may answer since the last dispute: who gave a disputed answer does not judge it. */
  readonly floor: number;
  /** Where each answer was given. */
  readonly answeredOn: readonly StandsOn[];
}

export interface StandingParts {
  readonly timescales: Protocol['timescales'];
  readonly ladder: readonly Rung[];
  readonly at: IsoInstant;
}

/** Who is asked first, as `may-answer-request` has them. */
const MANAGERS_OF_HOLDER: Rung = {
  level: 'TEAM',
  office: 'Manager of the holder',
  roles: ['TEAM_MANAGER', 'EARLY_HELP_MANAGER', 'AGENCY_MANAGER'],
};

/**
 * The rungs a request climbs: the holder's managers, then the protocol's rungs above them. What a protocol calls its own lowest rung
 * is a title of one of its agencies, and says nothing of another's managers.
 */
export function requestLadder(escalation: readonly Rung[]): readonly Rung[] {
  return [MANAGERS_OF_HOLDER, ...escalation.filter(({ level }) => level !== 'TEAM')];
}

const TIMESCALE_OF: { readonly [U in Urgency]: Timescale } = {
  IMMEDIATE: 'REQUEST_IMMEDIATE',
  URGENT: 'REQUEST_URGENT',
  ROUTINE: 'REQUEST_ROUTINE',
};

/** How long an answer may take. Where neither a pack nor the house fixes it, as RULES §8 has it. */
export function timeToAnswer(urgency: Urgency, timescales: Protocol['timescales']): Duration {
  return timescales[TIMESCALE_OF[urgency]] ?? HOUSE[urgency];
}

export function standingOf(request: RecordedRequest, { timescales, ladder, at }: StandingParts): RequestStanding {
  const time = timeToAnswer(request.urgency, timescales);
  const { answers, withdrawn } = request;
  const answeredOn: StandsOn[] = [];
  let floor = 0;
  let from = request.recordedAt;
  for (const { at: answeredAt, disputed } of answers) {
    const rung = climb(ladder, floor, from, answeredAt, time);
    answeredOn.push(rung);
    if (!disputed) break;
    floor = Math.min(rung.place + 1, ladder.length - 1);
    from = disputed.at;
  }
  const last = answers.at(-1);
  const isWaiting = isOpen(request);
  const until = isWaiting ? at : (withdrawn?.at ?? last?.at ?? at);
  const rung = climb(ladder, floor, from, until, time);
  const dueBy = instantAfter(from, time);
  return {
    state: withdrawn ? 'WITHDRAWN' : isWaiting || !last ? 'OPEN' : last.answer,
    dueBy,
    isOverdue: until > dueBy,
    isEscalated: rung.place > 0,
    rung,
    floor,
    answeredOn,
  };
}

/** Where a request is at an instant that stood on a rung from another, unanswered since. */
function climb(ladder: readonly Rung[], place: number, from: IsoInstant, until: IsoInstant, time: Duration): StandsOn {
  const dueBy = instantAfter(from, time);
  if (until > dueBy && place + 1 < ladder.length) return climb(ladder, place + 1, dueBy, until, time);
  return { ...(ladder[place] ?? MANAGERS_OF_HOLDER), place, dueBy };
}

/** Whoever of a holder may sit on a rung. */
export interface Seated {
  readonly id: WorkerId;
  readonly roles: readonly Role[];
}

export interface Answerers {
  readonly workers: ReadonlySet<WorkerId>;
  /** Somebody of the holder who signs in here sits on the rung it stands on. */
  readonly isSeated: boolean;
}

/**
 * Who of the holder's staff may answer it: whoever sits on a rung that it has come to, from the lowest that may since the last dispute, but
 * for who gave a disputed answer. Many offices of a protocol are outside the gateway (their rung has no roles), or nobody of the
 * holder has the role: then the rungs below, and at last whoever is left, record what that office decides.
 */
export function answerersOf(
  { answers }: Pick<RecordedRequest, 'answers'>,
  { floor, rung: { place } }: Pick<RequestStanding, 'floor' | 'rung'>,
  ladder: readonly Rung[],
  staff: readonly Seated[],
): Answerers {
  const disputed = answers.flatMap((answer) => (answer.disputed ? answer.answeredBy : []));
  const on = (rungs: readonly Rung[]) =>
    staff.filter(({ roles }) => rungs.some((rung) => roles.some((role) => rung.roles.includes(role))));
  const reached = ladder.slice(0, place + 1);
  const isSeated = on(reached.slice(place)).length > 0;
  for (let lowest = floor; lowest >= 0; lowest -= 1) {
    const found = on(reached.slice(lowest)).filter(({ id }) => !disputed.includes(id));
    if (found.length > 0) return { workers: idsOf(found), isSeated };
  }
  return { workers: idsOf(on(reached)), isSeated };
}

function idsOf(staff: readonly Seated[]): ReadonlySet<WorkerId> {
  return new Set(staff.map(({ id }) => id));
}

const NONE = { months: 0, days: 0, minutes: 0, workingDays: 0 } as const;
const HOUSE: { readonly [U in Urgency]: Duration } = {
  IMMEDIATE: { ...NONE, minutes: 240 },
  URGENT: { ...NONE, workingDays: 1 },
  ROUTINE: { ...NONE, workingDays: 5 },
};
