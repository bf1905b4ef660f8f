/**
 * Answering another agency (RULES §6, §8; clause CF-06), from the side of the holder: the work list, and an answer with its reasons. A
 * manager of the holder answers, never the agency that asked; which of them, the rung says that the request stands on. Whoever works
 * with the other side of somebody whom it names sees no such request. What is approved becomes a grant (`grants.ts`), what is
 * written a record that a grant opens by name (src/reader/contributions.ts).
 */
import type { Policies } from '../disclosure/policies.js';
import type { Protocol } from '../domain/protocol.js';
import type { Category, PersonId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import type { Grant } from '../registers/grant.js';
import type { Registers } from '../registers/registers.js';
import {
  type Answer,
  type Contribution,
  isOpen,
  type RecordedAnswer,
  type RecordedRequest,
  type RefusalGround,
} from '../registers/sharing-request.js';
import type { ExceptionRecord } from '../registers/statements.js';
import type { Drafts } from './drafts.js';
import type { ExceptionDraft } from './exceptions.js';
import { type GrantDraft, type Grants, OUTSIDE } from './grants.js';
import { madeByOf, policiesOfAll } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';
import { once } from './requests.js';
import {
  LONGEST,
  openShowing,
  type Placed,
  requestHeld,
  type ShownRequest,
  type Sight,
  wordProblems,
} from './shown-request.js';

/** A part of a written contribution. */
export interface ContributionDraft {
  readonly about: PersonId;
  readonly category: Category;
  readonly text: string;
}

export interface AnswerDraft {
  readonly request: string;
  readonly answer: Answer;
  readonly reasons: string;
  /** Of a refusal. */
  readonly ground?: RefusalGround | null;
  /** Of an approval in part: what of it. What is not said is as it was asked for. */
  readonly subjects?: readonly PersonId[] | null;
  readonly categories?: readonly Category[] | null;
  readonly records?: GrantDraft['items'] | null;
  readonly until?: string | null;
  readonly contributions?: readonly ContributionDraft[] | null;
  /** Of an approval and a contribution: live consents and exceptions. */
  readonly cites?: readonly string[] | null;
  /** Why consent is not required, recorded with it for exactly what is approved: a lawful gateway, and answers to its questions. */
  readonly exception?: Pick<ExceptionDraft, 'gateway' | 'answers'> | null;
}

export interface AnsweringParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly protocol: Protocol;
  readonly grants: Grants;
  /** As `Exceptions.record`: whether the requester may, policies decide. */
  readonly recordException: (draft: ExceptionDraft) => Promise<ExceptionRecord>;
  readonly newId: () => string;
  /** Adds what is written with the operation's audit entry, and the line of it. */
  readonly draft: Drafts['draft'];
}

export interface Answering {
  /** What is approved counts from the next operation on. Throws NotPermitted, also for a request that does not exist, and NotValid. */
  answer(draft: AnswerDraft): Promise<ShownRequest>;
  /** Open requests that the requester may answer, what is overdue first, then by when it is due; or those that are no longer open. */
  list(areOpen: boolean): Promise<readonly ShownRequest[]>;
}

/** Requests of one holder looked at for one list. */
const AT_A_TIME = 500;
const MOST_RECORDS = 100;
const MOST_CONTRIBUTIONS = 20;
const MOST_CITED = 100;

export function openAnswering(parts: AnsweringParts): Answering {
  const { operation, policies, registers, grants, recordException, newId, draft } = parts;
  const { requester, at } = operation;
  const showing = openShowing(parts);

  /** Policies by which the requester may answer, about everybody whom it names; undefined when they may not. */
  function permitted({ request, answerers }: Placed): readonly string[] | undefined {
    const { holder, subjects } = request;
    const about = { ownAgency: holder === requester.agency, party: true, madeBy: madeByOf(requester, request) };
    const verdicts = subjects.map((subject) =>
      policies.mayDo('ANSWER_REQUEST', operation.facts().actionFacts(subject, about)),
    );
    return answerers.workers.has(requester.worker) ? policiesOfAll(verdicts) : undefined;
  }

  /** Whether they answer requests at all: for whoever does not, nothing is asked about anybody. */
  function mightAnswer(): boolean {
    const might = {
      ...operation.facts().actionFactsOfNobody(),
      ownAgency: true,
      party: true,
      madeBy: 'ANOTHER_AGENCY',
    } as const;
    return policies.mayDo('ANSWER_REQUEST', might).allowed;
  }

  /** Those that the requester may answer. */
  async function mine(requests: readonly RecordedRequest[]) {
    if (!mightAnswer()) return [];
    const persons = requests.flatMap(({ subjects }) => subjects);
    await operation.surroundings.ensure(persons);
    await operation.surroundings.ensure(persons.flatMap((person) => operation.facts().includedWith(person)));
    const placed = await showing.place(requests);
    return placed.flatMap((one) => {
      const by = permitted(one);
      return by ? [{ placed: one, by }] : [];
    });
  }

  /** With whose family the own agency works or worked. Of the others it is told that there are some, and approves nothing. */
  function knownOf({ subjects }: RecordedRequest): readonly PersonId[] {
    const facts = operation.facts();
    return subjects.filter((person) =>
      facts.includedWith(person).some((member) => facts.isKnownTo(member, requester.agency)),
    );
  }

  /**
   * Words of a case that is none of their agency's they are not told either: what they can say to it does not depend on them. Of what was
   * taken back before anybody answered it stays that it was asked: it may have named the wrong people, or been sent to the wrong agency.
   */
  function sightOf(request: RecordedRequest): Sight {
    const isUnsaid = request.withdrawn !== undefined && request.answers.length === 0;
    const subjects = isUnsaid ? [] : knownOf(request);
    return { subjects, words: subjects.length > 0, contributions: false };
  }

  /** What is approved, where anything is: all that was asked, but for what an approval in part leaves out. */
  function granted(
    request: RecordedRequest,
    answer: AnswerDraft,
    known: readonly PersonId[],
    contributions: readonly Contribution[],
  ): GrantDraft | undefined {
    if (answer.answer === 'REFUSED') return undefined;
    const isWritten = answer.answer === 'CONTRIBUTED';
    const written = isWritten
      ? {
          subjects: contributions.map(({ subject }) => subject),
          categories: contributions.map(({ category }) => category),
        }
      : { subjects: answer.subjects ?? known, categories: answer.categories ?? request.categories };
    return {
      request,
      subjects: [...new Set(written.subjects)],
      categories: [...new Set(written.categories)],
      items: answer.records ?? [],
      ...(isWritten ? { contributions: contributions.map(({ id }) => id) } : {}),
      until: answer.until ?? request.until,
      cites: [...new Set(answer.cites ?? [])],
    };
  }

  function problemsOf(request: RecordedRequest, answer: AnswerDraft, known: readonly PersonId[]): string[] {
    const { answer: said, ground, subjects, categories, records, until, contributions, cites } = answer;
    const parts = [subjects, categories, records];
    // Somebody whom it names, and whom the own agency does not know, is as much outside it as anybody: a guess finds out nobody.
    const named = [...(subjects ?? []), ...(contributions ?? []).map(({ about }) => about)];
    if (!named.every((person) => known.includes(person))) return [OUTSIDE];
    const saysPart = parts.some((part) => (part?.length ?? 0) > 0) || Boolean(until);
    const isRefused = said === 'REFUSED';
    const isWritten = said === 'CONTRIBUTED';
    return [
      ...(isOpen(request) ? [] : ['it does not wait for an answer, or no longer does']),
      ...wordProblems('reasons', answer.reasons),
      ...(Boolean(ground) === isRefused ? [] : ['ground: a refusal names one, and nothing else does']),
      ...(parts.some((part) => part?.length === 0) ? ['it names nobody or nothing'] : []),
      ...(said === 'APPROVED' && saysPart ? ['what is approved in part is answered with APPROVED_IN_PART'] : []),
      ...(said === 'APPROVED' && known.length < request.subjects.length
        ? ['it is about somebody whom your agency does not know: what is approved is a part']
        : []),
      ...(isRefused || known.length > 0 ? [] : ['it is about nobody whom your agency knows']),
      ...(said === 'APPROVED_IN_PART' && !isLess(request, { subjects: known, ...answer })
        ? ['it leaves out a part of what was asked for']
        : []),
      ...(isRefused && (saysPart || cites?.length || answer.exception) ? ['a refusal approves nothing'] : []),
      ...(isWritten && parts.some(Boolean) ? ['a contribution says of each part whom and what it is about'] : []),
      ...(isWritten === Boolean(contributions?.length)
        ? []
        : ['contributions: CONTRIBUTED has some, and nothing else does']),
      ...((cites?.length ?? 0) > MOST_CITED ? [`cites: at most ${MOST_CITED}`] : []),
      ...((records?.length ?? 0) > MOST_RECORDS ? [`records: at most ${MOST_RECORDS}`] : []),
      ...((contributions?.length ?? 0) > MOST_CONTRIBUTIONS ? [`contributions: at most ${MOST_CONTRIBUTIONS}`] : []),
      ...(contributions ?? []).flatMap(({ text }) => wordProblems('text', text, LONGEST.contribution)),
    ];
  }

  /** Makes the grant, and before it the reason why consent is not required, where one is recorded for it. */
  async function approve(approval: GrantDraft, { exception }: AnswerDraft): Promise<Grant> {
    if (!exception) return grants.approve(approval);
    const { request, subjects, categories, until } = approval;
    const recorded = await recordException({
      ...exception,
      subjects,
      categories,
      holders: [request.holder],
      recipients: [request.agency],
      purposes: [request.purpose],
      until,
    });
    return grants.approve({ ...approval, recorded: [recorded] });
  }

  return {
    async answer(given) {
      const named = mightAnswer() ? await registers.sharingRequest(given.request) : undefined;
      const found = named && (await requestHeld(parts, given.request, named));
      const [one] = found ? await mine([found]) : [];
      if (!one) throw new NotPermitted('ANSWER_REQUEST');
      const { request } = one.placed;
      const known = knownOf(request);
      const problems = problemsOf(request, given, known);
      if (problems.length > 0) throw new NotValid(problems);
      const contributions = (given.contributions ?? []).map(({ about, category, text }) => ({
        id: newId(),
        subject: about,
        category,
        text,
      }));
      const approval = granted(request, given, known, contributions);
      const grant = approval && (await approve(approval, given));
      const answer: RecordedAnswer = {
        id: newId(),
        request: request.id,
        answer: given.answer,
        ...(given.ground ? { ground: given.ground } : {}),
        reasons: given.reasons,
        ...(grant ? { grant: grant.id } : {}),
        at,
        answeredBy: requester.worker,
        contributions,
      };
      const { subjects } = request;
      const ids = [request.id, answer.id, ...(grant ? [grant.id] : [])];
      draft({ did: `REQUEST_${given.answer}`, ids, subjects, policies: one.by }, (transaction) =>
        once(
          registers.writeAnswer(transaction, answer, contributions),
          'it has been answered, or taken back, meanwhile',
        ),
      );
      const [placed] = await showing.place([{ ...request, answers: [...request.answers, answer] }]);
      return showing.show(placed as Placed, sightOf(request), grant);
    },

    async list(areOpen) {
      const requests = await registers.sharingRequestsTo(requester.agency, areOpen, AT_A_TIME);
      const found = await mine(requests);
      const shown = await Promise.all(found.map(({ placed }) => showing.show(placed, sightOf(placed.request))));
      draft({
        did: 'SHOWN',
        ids: shown.map(({ id }) => id),
        subjects: [...new Set(shown.flatMap(({ subjects }) => subjects))],
        policies: [...new Set(found.flatMap(({ by }) => by))],
      });
      return areOpen ? shown.sort((a, b) => (a.dueBy < b.dueBy ? -1 : Number(a.dueBy > b.dueBy))) : shown;
    },
  };
}

/** Fewer people, fewer categories, some records only, or an earlier end. */
function isLess(request: RecordedRequest, { subjects, categories, records, until }: AnswerDraft): boolean {
  const leavesOut = <T>(all: readonly T[], some: readonly T[] | null | undefined) =>
    some ? all.some((one) => !some.includes(one)) : false;
  return (
    leavesOut(request.subjects, subjects) ||
    leavesOut(request.categories, categories) ||
    (records?.length ?? 0) > 0 ||
    (until ? Date.parse(until) < Date.parse(request.until) : false)
  );
}
