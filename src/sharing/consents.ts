/**
 * Consent to share, recorded and taken back (FS-01). Whether somebody may is decided by policies (schema/policies/actions.cedar);
 * what is recorded is written in one transaction with the operation's audit entry, and counts from the next operation on.
 */
import type { Policies } from '../disclosure/policies.js';
import type { Category, IsoInstant, PersonId, Purpose } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';
import { takenBackBy } from '../registers/consent.js';
import type { Registers } from '../registers/registers.js';
import type { ConsentStatement } from '../registers/statements.js';
import { type Drafts, draftEnd } from './drafts.js';
import { giverProblems, isHiddenSpeaker } from './giver.js';
import { permit } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';
import { isParty, isSide, scopeProblems } from './scope.js';

export interface ConsentParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly newId: () => string;
  readonly draft: Drafts['draft'];
}

export interface ConsentDraft {
  readonly subject: PersonId;
  readonly state: 'GIVEN' | 'REFUSED' | 'WITHDRAWN';
  readonly givenBy: PersonId;
  readonly capacity: ConsentStatement['capacity'];
  readonly categories: readonly Category[];
  readonly holders: readonly string[];
  readonly recipients: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly from?: string | null;
  readonly until?: string | null;
  readonly method: string;
  readonly reviewOn?: string | null;
  readonly competence?: string | null;
}

/** A consent taken back, with what is taken back. */
export type Withdrawn = ConsentStatement & { readonly of: ConsentStatement };

export interface Consents {
  /** Throws NotPermitted and NotValid. */
  record(said: ConsentDraft): Promise<ConsentStatement>;
  /**
   * The same scope, taken back now; told only to an agency it concerns. Throws NotPermitted, also for a consent that does not
   * exist, and NotValid for a statement that agreed to nothing.
   */
  withdraw(id: string, method: string): Promise<Withdrawn>;
}

export function openConsents({ operation, policies, registers, newId, draft }: ConsentParts): Consents {
  const { requester, at } = operation;

  /** `of`: what it was made to take back. Requires that the subject's surroundings are known. */
  function write(
    statement: ConsentStatement,
    by: readonly string[],
    of: readonly ConsentStatement[],
  ): ConsentStatement {
    const { id, subject } = statement;
    const line = { did: 'CONSENT', ids: [id], subjects: [subject], policies: by } as const;
    draft(line, (transaction) => registers.writeConsent(transaction, statement));
    const taken = takenBackBy(statement, operation.surroundings.statements.consents.get(subject) ?? []);
    draftEnd(draft, { did: 'CONSENT_END', of: line, ended: [...of, ...taken].map((one) => one.id) });
    return statement;
  }

  return {
    async record(said) {
      if (said.state === 'WITHDRAWN') throw new NotValid(['to take a consent back use withdrawConsent']);
      const action = said.state === 'GIVEN' ? 'RECORD_CONSENT' : 'RECORD_REFUSAL';
      const about = { ownAgency: false, party: isSide(operation, said) };
      const by = await permit({ operation, policies }, action, said.subject, about);
      if (said.givenBy !== said.subject && (await isHiddenSpeaker(operation, said.givenBy)))
        throw new NotPermitted('RECORD_CONSENT');
      const from = said.from ?? at;
      const problems = [
        ...scopeProblems(operation, said),
        ...giverProblems(said, operation),
        ...reviewProblems(said, from),
        ...(said.until && said.until <= from ? ['it ends before it starts'] : []),
        ...(said.until && said.until <= at ? ['it has ended already'] : []),
        ...(said.until && said.state === 'REFUSED' ? ['a refusal has no end: agreeing again is a new statement'] : []),
      ];
      if (problems.length > 0) throw new NotValid(problems);
      const { subject, state, givenBy, capacity, categories, holders, recipients, purposes, until, method } = said;
      const { reviewOn, competence } = said;
      return write(
        {
          id: newId(),
          subject,
          state,
          givenBy,
          capacity,
          categories,
          holders,
          recipients,
          purposes,
          from,
          ...(until ? { until } : {}),
          recordedAt: at,
          recordedBy: requester.worker,
          method,
          ...(reviewOn ? { reviewOn } : {}),
          ...(competence?.trim() ? { competence } : {}),
        },
        by,
        [],
      );
    },

    async withdraw(id, method) {
      const given = await registers.consent(id);
      if (!given) throw new NotPermitted('no such consent');
      const about = { ownAgency: false, party: true };
      const by = await permit({ operation, policies }, 'RECORD_REFUSAL', given.subject, about);
      const concerns = isParty(operation, [...given.holders, ...given.recipients]);
      if (given.state !== 'GIVEN') {
        if (!concerns) throw new NotPermitted('no such consent');
        throw new NotValid(['only an agreement is taken back: a refusal is followed by a new statement']);
      }
      const { until: _, reviewOn: __, ...scope } = given;
      const withdrawn = write(
        {
          ...scope,
          id: newId(),
          state: 'WITHDRAWN',
          from: at,
          recordedAt: at,
          recordedBy: requester.worker,
          method,
        },
        by,
        [given],
      );
      const shown = concerns ? withdrawn : { ...withdrawn, categories: [], holders: [], recipients: [], purposes: [] };
      return { ...shown, of: given };
    },
  };
}

/** When it is to be looked at again: after it begins, before it ends, and only what was agreed to. */
function reviewProblems({ state, reviewOn, until }: ConsentDraft, from: IsoInstant): string[] {
  if (!reviewOn) return [];
  if (state !== 'GIVEN') return ['reviewOn: a refusal has no review: agreeing again is a new statement'];
  if (reviewOn <= from.slice(0, 10)) return ['reviewOn: it is reviewed before it begins'];
  return until && until.slice(0, 10) < reviewOn ? ['reviewOn: it is reviewed after it ends'] : [];
}
