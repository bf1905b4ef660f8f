/**
 * Approving a sharing request (RULES §8; clause CF-06): the holder's manager makes a grant with an end, citing a live consent
 * or exception for everything it covers. The one way to a grant: `answers.ts` calls it with the request that it answers.
 */
import type { Policies } from '../disclosure/policies.js';
import type { RecordType } from '../domain/records.js';
import type { Agency } from '../domain/requester.js';
import type { AgencyId, Category, LocalId, PersonId, SourceId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import { contributionsOf } from '../reader/contributions.js';
import type { Operation } from '../reader/operation.js';
import { AlreadyDone } from '../registers/accesses.js';
import { isStoodBy } from '../registers/consent.js';
import { exceptionFor } from '../registers/exception.js';
import type { Grant, GrantedItem } from '../registers/grant.js';
import type { Registers } from '../registers/registers.js';
import { covers } from '../registers/scope.js';
import type { SharingRequest } from '../registers/sharing-request.js';
import type { ExceptionRecord } from '../registers/statements.js';
import type { Drafts } from './drafts.js';
import { madeByOf, policiesOfAll } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';
import { wordProblems } from './shown-request.js';

/** What is approved of a request. Who asked, as what, and for which purpose is the request's. */
export interface GrantDraft {
  /** As the register has it: there is no grant without one, and none that goes beyond it. */
  readonly request: SharingRequest;
  readonly subjects: readonly PersonId[];
  readonly categories: readonly Category[];
  /** Records approved by name; none approves what the categories hold. */
  readonly items: readonly { readonly type: RecordType; readonly source: SourceId; readonly localId: LocalId }[];
  /** Ids of what was written for it: then it opens these and nothing else. */
  readonly contributions?: readonly string[];
  readonly until: string;
  /** Ids of live consents and exceptions which together cover everybody and everything in it; open enquiries need no citing. */
  readonly cites: readonly string[];
  /** Exceptions that this operation records for it: the register has them from the next one on. */
  readonly recorded?: readonly ExceptionRecord[];
}

export interface GrantParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly newId: () => string;
  /** Adds what is written with the operation's audit entry, and the line of it. */
  readonly draft: Drafts['draft'];
}

/** What is said of an approval that goes beyond its request. */
export const OUTSIDE = 'it lies within what was asked: about whom, of which categories, until when';

export interface Grants {
  /** Counts from the next operation on. Throws NotPermitted, NotValid. */
  approve(draft: GrantDraft): Promise<Grant>;
  /** By a manager of the holder; counts from the next operation on. Throws NotPermitted, also where there is none, and NotValid. */
  end(id: string, why: string): Promise<void>;
}

export function openGrants({ operation, policies, registers, directory, newId, draft }: GrantParts): Grants {
  const { requester, at, agencies } = operation;

  /** The policies by which the requester answers for the holder, about everybody concerned. Throws NotPermitted. */
  async function permit(
    holder: AgencyId,
    madeBy: Pick<SharingRequest, 'worker' | 'agency'>,
    subjects: readonly PersonId[],
  ): Promise<readonly string[]> {
    await operation.surroundings.ensure(subjects);
    const about = { ownAgency: holder === requester.agency, party: true, madeBy: madeByOf(requester, madeBy) };
    const verdicts = subjects.map((subject) =>
      policies.mayDo('ANSWER_REQUEST', operation.facts().actionFacts(subject, about)),
    );
    const by = policiesOfAll(verdicts);
    if (!by) throw new NotPermitted('ANSWER_REQUEST');
    return by;
  }

  /** The named records with the addresses they hold now; undefined where one is not the holder's, or about somebody else. */
  async function namedItems({ items, subjects }: GrantDraft): Promise<readonly GrantedItem[] | undefined> {
    const found = await Promise.all(
      items.map(async ({ type, source, localId }) => {
        const held = await operation.holdings.labelOf(type, source, localId);
        if (held?.holder !== requester.agency || !subjects.includes(held.label.subject)) return undefined;
        return { type, source, localId, addresses: held.label.addresses };
      }),
    );
    const named = found.filter((item) => item !== undefined);
    return named.length === found.length ? named : undefined;
  }

  /**
   * Whether a cited consent or exception covers each category for each subject, at this moment, and each that is cited covers
   * some. A consent that was taken back since is none.
   */
  async function isCovered(asked: GrantDraft, holder: Agency, recipient: Agency): Promise<boolean> {
    const { purpose } = asked.request;
    const consents = (await Promise.all(asked.cites.map((id) => registers.consent(id)))).flatMap((one) => one ?? []);
    const exceptions = (await Promise.all(asked.cites.map((id) => registers.exception(id)))).flatMap(
      (one) => one ?? [],
    );
    if (consents.length + exceptions.length < asked.cites.length) return false;
    exceptions.push(...(asked.recorded ?? []));
    const asks = asked.subjects.flatMap((subject) =>
      asked.categories.map((category) => ({
        subject,
        category,
        holder: holder.id,
        holderKind: holder.kind,
        recipient: recipient.id,
        recipientKind: recipient.kind,
        purpose,
        at,
        holderVoluntary: holder.voluntary,
        recipientVoluntary: recipient.voluntary,
      })),
    );
    type Ask = (typeof asks)[number];
    const { statements } = operation.surroundings;
    const cited: ((ask: Ask) => boolean)[] = [
      ...consents.map(
        (said) => (ask: Ask) =>
          said.state === 'GIVEN' &&
          said.from <= at &&
          (said.until === undefined || at < said.until) &&
          covers(said, ask) &&
          isStoodBy(said, statements.consents.get(ask.subject) ?? [], ask),
      ),
      ...exceptions.map((record) => (ask: Ask) => exceptionFor([record], ask).covers),
    ];
    return (
      cited.every((covering) => asks.some(covering)) &&
      asks.every(
        (ask) =>
          operation.facts().enquiriesFor(ask.subject, recipient, purpose).length > 0 ||
          cited.some((covering) => covering(ask)),
      )
    );
  }

  /** What it rests on: what is cited, and the open enquiries that are a reason by themselves. */
  function restsOn({ cites, recorded = [], subjects, request }: GrantDraft, recipient: Agency): readonly string[] {
    const { purpose } = request;
    const enquiries = subjects.flatMap((subject) => operation.facts().enquiriesFor(subject, recipient, purpose));
    return [...new Set([...cites, ...recorded.map(({ id }) => id), ...enquiries])];
  }

  return {
    async approve(asked) {
      const { request, subjects, categories, contributions = [] } = asked;
      const { worker, agency, role, purpose } = request;
      const holder = agencies.get(request.holder);
      const recipient = agencies.get(agency);
      const by = await permit(request.holder, request, subjects);
      const [named, whom] = await Promise.all([namedItems(asked), directory.worker(worker)]);
      const until = Date.parse(asked.until);
      const cites = recipient ? restsOn(asked, recipient) : [];
      const problems = [
        ...(categories.length > 0 ? [] : ['it names no category']),
        ...(purpose === 'SUBJECT_ACCESS'
          ? ['what is held of a person is shown to them by a family view, not by a request']
          : []),
        ...(Number.isNaN(until) || until <= Date.parse(at) ? ['it has an end, which lies ahead'] : []),
        ...(isInside(asked) ? [] : [OUTSIDE]),
        ...(named ? [] : ['a record it names is not one of the holder’s about whom it names']),
        ...(whom?.agency === agency && whom.roles.includes(role) && recipient
          ? []
          : ['whom it names is not known in that agency and role']),
        ...(holder && recipient && cites.length > 0 && (await isCovered(asked, holder, recipient))
          ? []
          : ['it cites a live consent or exception for everybody and everything in it']),
      ];
      if (!named || problems.length > 0) throw new NotValid(problems);
      const written = contributions.map((localId) => ({
        type: 'Contribution' as const,
        source: contributionsOf(request.holder),
        localId,
        addresses: [],
      }));
      const grant: Grant = {
        id: newId(),
        request: request.id,
        holder: request.holder,
        worker,
        agency,
        role,
        subjects,
        categories,
        purpose,
        items: [...named, ...written],
        from: at,
        until: new Date(until).toISOString(),
        recordedAt: at,
        approvedBy: requester.worker,
        cites,
      };
      draft({ did: 'GRANT', ids: [grant.id], subjects, policies: by }, (transaction) =>
        registers.writeGrant(transaction, grant),
      );
      return grant;
    },

    async end(id, why) {
      const grant = await registers.grant(id);
      if (!grant) throw new NotPermitted('no such grant');
      const by = await permit(grant.holder, grant, grant.subjects);
      const problems = wordProblems('why', why);
      if (problems.length > 0) throw new NotValid(problems);
      draft({ did: 'GRANT_END', ids: [id], subjects: grant.subjects, policies: by }, async (transaction) => {
        try {
          await registers.endAccess(transaction, id, { at, by: requester.worker, why });
        } catch (error) {
          throw error instanceof AlreadyDone ? new NotValid(['it has ended already']) : error;
        }
      });
    },
  };
}

/** Nobody, nothing and no time beyond what was asked for. */
function isInside({ request, subjects, categories, until }: GrantDraft): boolean {
  return (
    subjects.every((person) => request.subjects.includes(person)) &&
    categories.every((category) => request.categories.includes(category)) &&
    Date.parse(until) <= Date.parse(request.until)
  );
}
