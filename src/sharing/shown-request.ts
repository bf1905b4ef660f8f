/** A sharing request as it is shown: to who asked, and to who may answer it. What neither may see of it is not there. */
import type { Protocol } from '../domain/protocol.js';
import type { Agency } from '../domain/requester.js';
import type { AgencyId, IsoInstant, PersonId } from '../domain/words.js';
import type { Directory, Worker } from '../people/directory.js';
import type { WrittenContribution } from '../reader/contributions.js';
import type { Operation } from '../reader/operation.js';
import type { Grant, GrantAbout } from '../registers/grant.js';
import type { Registers } from '../registers/registers.js';
import type { RecordedAnswer, RecordedRequest } from '../registers/sharing-request.js';
import {
  type Answerers,
  answerersOf,
  type RequestStanding,
  requestLadder,
  type StandsOn,
  standingOf,
} from './request-state.js';

/** A rung as it is shown. */
export interface ShownRung extends Pick<StandsOn, 'level' | 'office' | 'dueBy'> {
  /** Somebody of the holder sits there who signs in here; where nobody does, a manager of the holder records what it decides. */
  readonly isSeated: boolean;
}

export interface ShownAnswer extends Pick<RecordedAnswer, 'id' | 'answer' | 'at' | 'answeredBy'> {
  readonly ground: RecordedAnswer['ground'] | null;
  readonly reasons: string | null;
  /** Where it was given. */
  readonly office: string;
  readonly grant: (Grant & Pick<GrantAbout, 'endedAt'>) | null;
  readonly disputedAt: IsoInstant | null;
  readonly disputedBecause: string | null;
  /** What may be read of it by who asked, if the door lets it out; nobody else has any. */
  readonly written: readonly WrittenContribution[];
}

export interface ShownRequest
  extends Pick<RecordedRequest, 'id' | 'worker' | 'role' | 'categories' | 'purpose' | 'urgency' | 'until'> {
  readonly holder: Agency | null;
  readonly agency: Agency | null;
  readonly askedAt: IsoInstant;
  readonly subjects: readonly PersonId[];
  readonly namesOthers: boolean;
  readonly why: string | null;
  readonly context: string | null;
  readonly state: RequestStanding['state'];
  readonly dueBy: IsoInstant;
  readonly isOverdue: boolean;
  readonly isEscalated: boolean;
  readonly rung: ShownRung;
  readonly withdrawnAt: IsoInstant | null;
  readonly answers: readonly ShownAnswer[];
}

/** How much of a request somebody may see. */
export interface Sight {
  /** Whom of its subjects it may name to them. */
  readonly subjects: readonly PersonId[];
  /** What people wrote in it: words of the case. */
  readonly words: boolean;
  /** What was written for it: for who asked. */
  readonly contributions: boolean;
}

export interface ShowingParts {
  readonly operation: Operation;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly protocol: Protocol;
}

/** A request with how it stands now, and who may answer it. */
export interface Placed {
  readonly request: RecordedRequest;
  readonly standing: RequestStanding;
  readonly answerers: Answerers;
}

export interface Showing {
  /** Which rung each stands on now; the staff of each holder is read once. */
  place(requests: readonly RecordedRequest[]): Promise<readonly Placed[]>;
  /** `made` is a grant that this operation makes: the register has it from the next one on. */
  show(placed: Placed, sight: Sight, made?: Grant): Promise<ShownRequest>;
}

export function openShowing({ operation, registers, directory, protocol }: ShowingParts): Showing {
  const { agencies, at } = operation;
  const ladder = requestLadder(protocol.escalation);
  const { timescales } = protocol;
  const staff = new Map<AgencyId, Promise<readonly Worker[]>>();

  function staffOf(agency: AgencyId): Promise<readonly Worker[]> {
    const known = staff.get(agency) ?? directory.workersIn(agency);
    staff.set(agency, known);
    return known;
  }

  async function placeOne(request: RecordedRequest): Promise<Placed> {
    const standing = standingOf(request, { timescales, ladder, at });
    return { request, standing, answerers: answerersOf(request, standing, ladder, await staffOf(request.holder)) };
  }

  async function showAnswer(
    request: RecordedRequest,
    { contributions, disputed, ...said }: RecordedAnswer,
    office: string,
    sight: Sight,
    made?: ShownAnswer['grant'],
  ): Promise<ShownAnswer> {
    const grant = said.grant === made?.id ? made : said.grant && (await registers.grant(said.grant));
    const isLive = grant ? !request.withdrawn && grant.endedAt === undefined && at < grant.until : false;
    return {
      id: said.id,
      answer: said.answer,
      at: said.at,
      answeredBy: said.answeredBy,
      ground: said.ground ?? null,
      reasons: sight.words ? said.reasons : null,
      office,
      grant: grant ? { ...grant, subjects: grant.subjects.filter((person) => sight.subjects.includes(person)) } : null,
      disputedAt: disputed?.at ?? null,
      disputedBecause: sight.words ? (disputed?.why ?? null) : null,
      written:
        sight.contributions && isLive
          ? contributions.map((part) => ({ ...part, holder: request.holder, at: said.at }))
          : [],
    };
  }

  return {
    place: (requests) => Promise.all(requests.map(placeOne)),
    async show({ request, standing, answerers: { isSeated } }, sight, made) {
      const { level, office, dueBy } = standing.rung;
      const answers = request.answers.map((answer, i) =>
        showAnswer(request, answer, standing.answeredOn[i]?.office ?? office, sight, made),
      );
      return {
        id: request.id,
        worker: request.worker,
        role: request.role,
        categories: request.categories,
        purpose: request.purpose,
        urgency: request.urgency,
        until: request.until,
        holder: agencies.get(request.holder) ?? null,
        agency: agencies.get(request.agency) ?? null,
        askedAt: request.recordedAt,
        subjects: request.subjects.filter((person) => sight.subjects.includes(person)),
        namesOthers: request.subjects.some((person) => !sight.subjects.includes(person)),
        why: sight.words ? request.why : null,
        context: sight.words ? (request.context ?? null) : null,
        state: standing.state,
        dueBy: standing.dueBy,
        isOverdue: standing.isOverdue,
        isEscalated: standing.isEscalated,
        rung: { level, office, dueBy, isSeated },
        withdrawnAt: request.withdrawn?.at ?? null,
        answers: await Promise.all(answers),
      };
    },
  };
}

/** Longest of what people write; a contribution is a report. */
export const LONGEST = { words: 4_000, contribution: 40_000 } as const;

/** What is wrong with words that must be there. Each problem speaks of the statement and repeats nothing of it. */
export function wordProblems(name: string, text: string, longest: number = LONGEST.words): string[] {
  if (text.trim() === '') return [`${name}: it is not empty`];
  return text.length > longest ? [`${name}: at most ${longest} characters`] : [];
}

/**
 * A request as it stands in the version of the registers that the operation is held to: read once it is known whom it is about, for
 * until then that version is open. What is said of it afterwards lets no entry of the operation stand.
 */
export async function requestHeld(
  { registers, operation }: Pick<ShowingParts, 'registers' | 'operation'>,
  id: string,
  { subjects }: Pick<RecordedRequest, 'subjects'>,
): Promise<RecordedRequest | undefined> {
  await operation.surroundings.ensure(subjects);
  return registers.sharingRequest(id);
}
