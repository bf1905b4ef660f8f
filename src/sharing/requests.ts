/**
 * Asking another agency (RULES §8; clause CF-06), from the side of who asks: a request, its withdrawal, and taking an answer to the next
 * rung. Whether anybody may is decided by policies. Nothing here reads what the holder knows: a request about somebody whom it
 * never met is recorded, acknowledged and due like any other, and so is one to an agency where nobody may look at it.
 */
import type { Policies } from '../disclosure/policies.js';
import type { Action, ActionFacts } from '../domain/facts.js';
import type { Protocol } from '../domain/protocol.js';
import type { AgencyId, Category, PersonId, Purpose } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { AlreadyDone } from '../registers/accesses.js';
import type { Registers } from '../registers/registers.js';
import { isOpen, type RecordedRequest, type Urgency } from '../registers/sharing-request.js';
import { instantAfter } from './deadline.js';
import type { Drafts } from './drafts.js';
import { policiesOfAll } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';
import { requestLadder, standingOf, timeToAnswer } from './request-state.js';
import { openShowing, type Placed, requestHeld, type ShownRequest, type Sight, wordProblems } from './shown-request.js';

export interface RequestDraft {
  readonly holder: AgencyId;
  readonly subjects: readonly PersonId[];
  readonly categories: readonly Category[];
  readonly why: string;
  readonly context?: string | null;
  readonly urgency: Urgency;
  readonly until: string;
}

export interface RequestParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly protocol: Protocol;
  readonly newId: () => string;
  /** Adds what is written with the operation's audit entry, and the line of it. */
  readonly draft: Drafts['draft'];
}

/** A page of the requester's own requests: after the one that was asked then. */
export interface OwnPage {
  readonly limit: number;
  readonly after?: { readonly at: string; readonly id: string };
}

export interface Requests {
  /**
   * Asks, for the purpose that the operation declares: it is for that purpose that who asks works with these people. Answers alike
   * whatever the holder knows. Throws NotPermitted, also for somebody whom the requester may not know of, and NotValid.
   */
  ask(draft: RequestDraft): Promise<ShownRequest>;
  /** Takes a request back that waits for an answer, and ends what was approved of it before. Throws NotPermitted, also for one that does not exist, and NotValid. */
  withdraw(id: string, why: string): Promise<ShownRequest>;
  /** Takes an answer to the next rung. Throws NotPermitted, also for a request that does not exist, and NotValid. */
  dispute(id: string, why: string): Promise<ShownRequest>;
  /** What the requester asked, the latest first. Who works with these people no longer sees no words of it and no contribution. */
  own(page: OwnPage): Promise<{ readonly items: readonly ShownRequest[]; readonly isMore: boolean }>;
}

/** Purposes for which an agency is asked: the casework. An emergency has its own way, and officers have theirs. */
export const ASKED_FOR: readonly Purpose[] = [
  'DIRECT_WORK',
  'SUPERVISION',
  'ASSESSMENT',
  'CHILD_IN_NEED',
  'CHILD_PROTECTION',
  'S47_ENQUIRY',
  'STEP_UP',
  'STEP_DOWN',
  'ALLOCATION',
  'COURT_PROCEEDINGS',
];

const MOST_SUBJECTS = 20;
/** Open requests of one worker: enough for a caseload, too few to bury another agency's list. */
const MOST_OPEN = 50;
const TOO_MANY = `you have ${MOST_OPEN} open requests: take one back first`;

export function openRequests(parts: RequestParts): Requests {
  const { operation, policies, registers, protocol, newId, draft } = parts;
  const { requester, at, purpose, agencies } = operation;
  const showing = openShowing(parts);

  /** Policies by which the requester may, about each of them; undefined when they may not about one. */
  async function permitted(
    action: Action,
    persons: readonly PersonId[],
    about: Pick<ActionFacts, 'ownAgency' | 'madeBy'>,
  ): Promise<readonly string[] | undefined> {
    await operation.surroundings.ensure(persons);
    const verdicts = persons.map((person) =>
      policies.mayDo(action, operation.facts().actionFacts(person, { party: true, ...about })),
    );
    return policiesOfAll(verdicts);
  }

  /** Whoever holds the id of somebody they may not know of learns nothing by asking about them. */
  async function mayKnowAll(persons: readonly PersonId[]): Promise<boolean> {
    const shown = await Promise.all(persons.map((person) => operation.reader.person(person)));
    return shown.every((person) => person !== null);
  }

  function problemsOf({ holder, subjects, categories, why, context, urgency, until }: RequestDraft): string[] {
    const due = instantAfter(at, timeToAnswer(urgency, protocol.timescales));
    const end = Date.parse(until);
    return [
      ...(ASKED_FOR.includes(purpose) ? [] : ['purpose: an agency is asked for casework']),
      ...(agencies.has(holder) ? [] : ['holder: it is no agency']),
      ...(subjects.length <= MOST_SUBJECTS ? [] : [`subjects: at most ${MOST_SUBJECTS}`]),
      ...(categories.length > 0 ? [] : ['categories: it names one or more']),
      ...wordProblems('why', why),
      ...(context ? wordProblems('context', context) : []),
      ...(Number.isNaN(end) || end <= Date.parse(due)
        ? ['until: it is wanted for longer than an answer may take']
        : []),
    ];
  }

  /** The requester's own request, and the policies by which they may. Throws NotPermitted. */
  async function permit(action: 'WITHDRAW_REQUEST' | 'DISPUTE_ANSWER', id: string) {
    const named = await registers.sharingRequest(id);
    const request = named && isOwn(named) ? await requestHeld(parts, id, named) : undefined;
    const by = request && (await permitted(action, request.subjects, BY_REQUESTER));
    if (!request || !by) throw new NotPermitted(action);
    return { request, by };
  }

  const isOwn = ({ worker, agency }: Pick<RecordedRequest, 'worker' | 'agency'>) =>
    worker === requester.worker && agency === requester.agency;

  /** What was approved of it and has not ended. */
  async function liveGrants({ answers }: RecordedRequest) {
    const made = await Promise.all(answers.flatMap(({ grant }) => (grant ? registers.grant(grant) : [])));
    return made.flatMap((grant) => (grant && grant.endedAt === undefined && at < grant.until ? grant : []));
  }

  /**
   * To who asked: everything while they may read the answer, else that it was asked and what became of it. What was written they read
   * for the purpose they asked for alone, though another permit would release it for others too.
   */
  async function sightOf(request: RecordedRequest): Promise<Sight & { readonly by: readonly string[] }> {
    const by =
      request.role === requester.role ? await permitted('SEE_ANSWER', request.subjects, BY_REQUESTER) : undefined;
    const maySee = by !== undefined;
    const contributions = request.purpose === purpose;
    return { ...(maySee ? { subjects: request.subjects, words: true, contributions } : NOTHING), by: by ?? [] };
  }

  async function shown(request: RecordedRequest): Promise<ShownRequest> {
    const [placed] = await showing.place([request]);
    return showing.show(placed as Placed, await sightOf(request));
  }

  return {
    async ask(asked) {
      const about = { ownAgency: asked.holder === requester.agency, madeBy: 'NOBODY' } as const;
      const subjects = [...new Set(asked.subjects)];
      const by = await permitted('REQUEST_INFORMATION', subjects.slice(0, MOST_SUBJECTS), about);
      if (!by || !(await mayKnowAll(subjects.slice(0, MOST_SUBJECTS)))) throw new NotPermitted('REQUEST_INFORMATION');
      const problems = problemsOf({ ...asked, subjects });
      if ((await registers.openRequestsBy(requester.worker, requester.agency)) >= MOST_OPEN) problems.push(TOO_MANY);
      if (problems.length > 0) throw new NotValid(problems);
      const { holder, categories, why, context, urgency, until } = asked;
      const request: RecordedRequest = {
        id: newId(),
        holder,
        worker: requester.worker,
        agency: requester.agency,
        role: requester.role,
        subjects,
        categories: [...new Set(categories)],
        purpose,
        why,
        ...(context ? { context } : {}),
        urgency,
        until: new Date(until).toISOString(),
        recordedAt: at,
        answers: [],
      };
      draft({ did: 'REQUEST', ids: [request.id], subjects, policies: by }, async (transaction) => {
        await registers.writeRequest(transaction, request);
        // Counted again: others of theirs may come in the same operation, or have come meanwhile.
        const open = await registers.openRequestsBy(requester.worker, requester.agency, transaction);
        if (open > MOST_OPEN) throw new NotValid([TOO_MANY]);
      });
      return shown(request);
    },

    async withdraw(id, why) {
      const { request, by } = await permit('WITHDRAW_REQUEST', id);
      const problems = [
        ...(isOpen(request) ? [] : ['it does not wait for an answer, or no longer does']),
        ...wordProblems('why', why),
      ];
      if (problems.length > 0) throw new NotValid(problems);
      const withdrawn = { at, by: requester.worker, why };
      for (const { id: grant, subjects } of await liveGrants(request))
        draft({ did: 'GRANT_END', ids: [grant], subjects, policies: by }, (transaction) =>
          once(registers.endAccess(transaction, grant, withdrawn), 'what was approved has been ended meanwhile'),
        );
      draft({ did: 'REQUEST_WITHDRAWN', ids: [id], subjects: request.subjects, policies: by }, (transaction) =>
        once(registers.writeWithdrawal(transaction, id, withdrawn), 'it has been answered meanwhile'),
      );
      return shown({ ...request, withdrawn });
    },

    async dispute(id, why) {
      const { request, by } = await permit('DISPUTE_ANSWER', id);
      const { timescales } = protocol;
      const ladder = requestLadder(protocol.escalation);
      const { rung } = standingOf(request, { timescales, ladder, at });
      const last = request.answers.at(-1);
      const problems = [
        ...(last && !isOpen(request) && !request.withdrawn ? [] : ['it has no answer to take further']),
        ...(last?.answer === 'APPROVED' ? ['all that was asked for was approved'] : []),
        ...(rung.place + 1 < ladder.length ? [] : ['there is no rung above the one that answered']),
        ...wordProblems('why', why),
      ];
      if (!last || problems.length > 0) throw new NotValid(problems);
      const disputed = { at, by: requester.worker, why };
      draft({ did: 'REQUEST_DISPUTED', ids: [id, last.id], subjects: request.subjects, policies: by }, (transaction) =>
        once(registers.writeDispute(transaction, id, disputed), 'it has been disputed already'),
      );
      return shown({ ...request, answers: [...request.answers.slice(0, -1), { ...last, disputed }] });
    },

    async own({ limit, after }) {
      const page = { limit: limit + 1, ...(after ? { after } : {}) };
      const found = await registers.sharingRequestsBy(requester.worker, requester.agency, page);
      const mine = found.slice(0, limit);
      await operation.surroundings.ensure(mine.flatMap(({ subjects }) => subjects));
      const placed = await showing.place(mine);
      const sights = await Promise.all(mine.map(sightOf));
      const items = await Promise.all(placed.map((one, i) => showing.show(one, sights[i] ?? NOTHING)));
      draft({
        did: 'SHOWN',
        ids: mine.map(({ id }) => id),
        subjects: [...new Set(items.flatMap(({ subjects }) => subjects))],
        policies: [...new Set(sights.flatMap(({ by }) => by))],
      });
      return { items, isMore: found.length > limit };
    },
  };
}

const NOTHING: Sight = { subjects: [], words: false, contributions: false };
const BY_REQUESTER = { ownAgency: false, madeBy: 'REQUESTER' } as const;

/** What somebody else did first, in words. */
export async function once(write: Promise<void>, problem: string): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw error instanceof AlreadyDone ? new NotValid([problem]) : error;
  }
}
