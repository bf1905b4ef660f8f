/**
 * Agreement to be worked with by a service, recorded, taken back and shown (FS-17, BFS-02, BFS-09). Apart from consent to
 * share. Who may is decided by the same actions; the service itself may record an agreement, and social care, who hands over.
 */
import type { Policies } from '../disclosure/policies.js';
import type { PersonId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { asOf, type Moment } from '../registers/as-of.js';
import type { Registers } from '../registers/registers.js';
import { serviceConsentsTakenBackBy } from '../registers/service-consent.js';
import type { ServiceConsent } from '../registers/statements.js';
import { type Drafts, draftEnd } from './drafts.js';
import { giverProblems, isHiddenSpeaker } from './giver.js';
import { permit } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';

export interface ServiceConsentParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly newId: () => string;
  readonly draft: Drafts['draft'];
}

export interface ServiceConsentDraft
  extends Pick<ServiceConsent, 'subject' | 'state' | 'givenBy' | 'capacity' | 'service' | 'method'> {
  readonly from?: string | null;
  readonly competence?: string | null;
}

/** As told to somebody whom the service does not concern: which service it is stays out. */
export type ShownServiceConsent = Omit<ServiceConsent, 'service'> & { readonly service: string | null };

export interface ServiceConsents {
  /** Throws NotPermitted and NotValid, naming the part. */
  record(draft: ServiceConsentDraft): Promise<ServiceConsent>;
  /** Taken back now. Throws NotPermitted, also for one that does not exist, and NotValid. */
  withdraw(id: string, method: string): Promise<ShownServiceConsent>;
  /** What a person said that concerns the own agency: agreed to be worked with by it, or was recorded by it. */
  of(person: PersonId, moment: Moment): Promise<readonly ServiceConsent[]>;
}

export function openServiceConsents(parts: ServiceConsentParts): ServiceConsents {
  const { operation, policies, registers, directory, newId, draft } = parts;
  const { requester } = operation;

  const isOwn = (service: string) => service === requester.agency || service === requester.agencyKind;

  async function concerns({ service, recordedBy }: ServiceConsent): Promise<boolean> {
    return isOwn(service) || (await directory.worker(recordedBy))?.agency === requester.agency;
  }

  /** `of`: what it was made to take back. Requires that the subject's surroundings are known. */
  function write<T extends ServiceConsent>(statement: T, by: readonly string[], of: readonly ServiceConsent[]): T {
    const { id, subject } = statement;
    const line = { did: 'SERVICE_CONSENT', ids: [id], subjects: [subject], policies: by } as const;
    draft(line, (transaction) => registers.writeServiceConsent(transaction, statement));
    const said = operation.surroundings.statements.serviceConsents.get(subject) ?? [];
    const taken = serviceConsentsTakenBackBy(statement, said);
    draftEnd(draft, { did: 'SERVICE_CONSENT_END', of: line, ended: [...of, ...taken].map((one) => one.id) });
    return statement;
  }

  return {
    async record({ subject, state, givenBy, capacity, service, method, from, competence }) {
      if (state === 'WITHDRAWN') throw new NotValid(['state: to take an agreement back use withdrawServiceConsent']);
      const isSide = isOwn(service) || requester.agencyKind === 'CHILDRENS_SOCIAL_CARE';
      const action = state === 'GIVEN' ? 'RECORD_SERVICE_CONSENT' : 'RECORD_REFUSAL';
      const by = await permit({ operation, policies }, action, subject, { ownAgency: false, party: isSide });
      if (givenBy !== subject && (await isHiddenSpeaker(operation, givenBy)))
        throw new NotPermitted('RECORD_SERVICE_CONSENT');
      const agencies = [...operation.agencies.values()];
      const problems = [
        ...giverProblems({ subject, state, givenBy, capacity, competence: competence ?? null }, operation),
        ...(agencies.some(({ id, kind }) => id === service || kind === service)
          ? []
          : ['service: it is no agency and no kind of agency']),
        ...(method.trim() ? [] : ['method: say how it was given']),
      ];
      if (problems.length > 0) throw new NotValid(problems);
      return write(
        {
          id: newId(),
          subject,
          state,
          givenBy,
          capacity,
          service,
          from: from ?? operation.at,
          recordedAt: operation.at,
          recordedBy: requester.worker,
          method,
          ...(competence?.trim() ? { competence } : {}),
        },
        by,
        [],
      );
    },

    async withdraw(id, method) {
      const given = await registers.serviceConsent(id);
      if (!given) throw new NotPermitted('no such agreement');
      const about = { ownAgency: false, party: true };
      const by = await permit({ operation, policies }, 'RECORD_REFUSAL', given.subject, about);
      const isConcerned = await concerns(given);
      if (given.state !== 'GIVEN') {
        if (!isConcerned) throw new NotPermitted('no such agreement');
        throw new NotValid(['only what was agreed to is taken back']);
      }
      const { at } = operation;
      const withdrawn = write(
        { ...given, id: newId(), state: 'WITHDRAWN', from: at, recordedAt: at, recordedBy: requester.worker, method },
        by,
        [given],
      );
      return isConcerned ? withdrawn : { ...withdrawn, service: null };
    },

    async of(person, moment) {
      await operation.surroundings.ensure([person]);
      const facts = operation.facts().actionFacts(person, { ownAgency: true, party: true });
      const verdict = policies.mayDo('SEE_STATEMENTS', facts);
      const now = operation.surroundings.statements.serviceConsents.get(person) ?? [];
      const told = await Promise.all(now.map(concerns));
      const mine = new Set(now.filter((_, i) => told[i]).map(({ id }) => id));
      const then =
        moment.knownAt === undefined ? asOf(now, moment) : await registers.serviceConsentsAsOf(person, moment);
      const shown = verdict.allowed ? then.filter(({ id }) => mine.has(id)) : [];
      draft({ did: 'SHOWN', ids: shown.map(({ id }) => id), subjects: [person], policies: verdict.policies });
      return shown;
    },
  };
}
