/**
 * Approving a sharing request (RULES §8; clause CF-06): the holder's manager makes a grant with an end, citing a live consent
 * or exception for everything it covers. How a request is made and comes here is the workflow's; it calls this.
 */
import type { Policies } from '../disclosure/policies.js';
import type { RecordType } from '../domain/records.js';
import type { Agency } from '../domain/requester.js';
import type { AgencyId, Category, LocalId, PersonId, Purpose, Role, SourceId, WorkerId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { AlreadyDone } from '../registers/accesses.js';
import { exceptionFor } from '../registers/exception.js';
import type { Grant, GrantedItem } from '../registers/grant.js';
import type { Registers, Transaction } from '../registers/registers.js';
import { covers } from '../registers/scope.js';
import { NotPermitted, NotValid, type StatementLine } from './statements.js';

/** What a request asks for, as far as it is approved. */
export interface GrantDraft {
  readonly request: string;
  /** Who asked: the grant is theirs alone, in that role. */
  readonly worker: WorkerId;
  readonly agency: AgencyId;
  readonly role: Role;
  readonly subjects: readonly PersonId[];
  readonly categories: readonly Category[];
  readonly purpose: Purpose;
  /** Records approved by name; none approves what the categories hold. */
  readonly items: readonly { readonly type: RecordType; readonly source: SourceId; readonly localId: LocalId }[];
  readonly until: string;
  /** Ids of live consents and exceptions which together cover everybody and everything in it. */
  readonly cites: readonly string[];
}

export interface GrantParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly newId: () => string;
  /** Adds what is written with the operation's audit entry, and the line of it. */
  readonly draft: (line: StatementLine, write?: (transaction: Transaction) => Promise<void>) => void;
}

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
    madeBy: Pick<GrantDraft, 'worker' | 'agency'>,
    subjects: readonly PersonId[],
  ): Promise<readonly string[]> {
    await operation.surroundings.ensure(subjects);
    const about = {
      ownAgency: holder === requester.agency,
      party: true,
      madeBy:
        madeBy.worker === requester.worker
          ? 'REQUESTER'
          : madeBy.agency === requester.agency
            ? 'OWN_AGENCY'
            : 'ANOTHER_AGENCY',
    } as const;
    const verdicts = subjects.map((subject) =>
      policies.mayDo('ANSWER_REQUEST', operation.facts().actionFacts(subject, about)),
    );
    if (verdicts.length === 0 || verdicts.some(({ allowed }) => !allowed)) throw new NotPermitted('ANSWER_REQUEST');
    return [...new Set(verdicts.flatMap((verdict) => verdict.policies))];
  }

  /** The named records with the addresses they hold now; undefined where one is not the holder's, or about somebody else. */
  async function namedItems({ items, subjects }: GrantDraft): Promise<readonly GrantedItem[] | undefined> {
    const found = await Promise.all(
      items.map(async ({ type, source, localId }) => {
        const held = await operation.reader.labelOf(type, source, localId);
        if (held?.holder !== requester.agency || !subjects.includes(held.label.subject)) return undefined;
        return { type, source, localId, addresses: held.label.addresses };
      }),
    );
    const named = found.filter((item) => item !== undefined);
    return named.length === found.length ? named : undefined;
  }

  /** Whether a cited consent or exception covers each category for each subject, at this moment. */
  async function isCovered(asked: GrantDraft, holder: Agency, recipient: Agency): Promise<boolean> {
    const consents = (await Promise.all(asked.cites.map((id) => registers.consent(id)))).flatMap((one) => one ?? []);
    const exceptions = (await Promise.all(asked.cites.map((id) => registers.exception(id)))).flatMap(
      (one) => one ?? [],
    );
    if (consents.length + exceptions.length < asked.cites.length) return false;
    return asked.subjects.every((subject) =>
      asked.categories.every((category) => {
        const ask = {
          subject,
          category,
          holder: holder.id,
          holderKind: holder.kind,
          recipient: recipient.id,
          recipientKind: recipient.kind,
          purpose: asked.purpose,
          at,
          holderVoluntary: holder.voluntary,
          recipientVoluntary: recipient.voluntary,
        };
        const agrees = consents.some(
          (said) =>
            said.subject === subject &&
            said.state === 'GIVEN' &&
            said.from <= at &&
            (said.until === undefined || at < said.until) &&
            covers(said, ask),
        );
        return agrees || exceptionFor(exceptions, ask).covers;
      }),
    );
  }

  return {
    async approve(asked) {
      const holder = agencies.get(requester.agency);
      const recipient = agencies.get(asked.agency);
      const by = await permit(requester.agency, asked, asked.subjects);
      const [named, whom] = await Promise.all([namedItems(asked), directory.worker(asked.worker)]);
      const until = Date.parse(asked.until);
      const problems = [
        ...(asked.categories.length > 0 ? [] : ['it names no category']),
        ...(asked.purpose === 'SUBJECT_ACCESS'
          ? ['what is held of a person is shown to them by a family view, not by a request']
          : []),
        ...(Number.isNaN(until) || until <= Date.parse(at) ? ['it has an end, which lies ahead'] : []),
        ...(named ? [] : ['a record it names is not one of the holder’s about whom it names']),
        ...(whom?.agency === asked.agency && whom.roles.includes(asked.role) && recipient
          ? []
          : ['whom it names is not known in that agency and role']),
        ...(holder && recipient && asked.cites.length > 0 && (await isCovered(asked, holder, recipient))
          ? []
          : ['it cites a live consent or exception for everybody and everything in it']),
      ];
      if (!named || problems.length > 0) throw new NotValid(problems);
      const grant: Grant = {
        ...asked,
        id: newId(),
        holder: requester.agency,
        items: named,
        from: at,
        until: new Date(until).toISOString(),
        recordedAt: at,
        approvedBy: requester.worker,
      };
      draft({ did: 'GRANT', ids: [grant.id], subjects: grant.subjects, policies: by }, (transaction) =>
        registers.writeGrant(transaction, grant),
      );
      return grant;
    },

    async end(id, why) {
      const grant = await registers.grant(id);
      if (!grant) throw new NotPermitted('no such grant');
      const by = await permit(grant.holder, grant, grant.subjects);
      if (!why.trim()) throw new NotValid(['it says why']);
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
