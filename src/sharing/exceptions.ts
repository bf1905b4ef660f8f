/**
 * Why consent is not required, recorded: a lawful gateway, answers to its questions, and who approves it (RULES §6). Whether
 * somebody may is decided by policies (schema/policies/actions.cedar). What waits for a second person counts once they say yes
 * (`approvals.ts`).
 */
import type { Policies } from '../disclosure/policies.js';
import type { Category, PersonId, Purpose } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { checkException, type LawfulGateways } from '../registers/lawful-gateways.js';
import type { Registers } from '../registers/registers.js';
import type { ExceptionRecord } from '../registers/statements.js';
import type { Drafts } from './drafts.js';
import { permit } from './permitted.js';
import { NotValid } from './refused.js';
import { isSide, scopeProblems } from './scope.js';

export interface ExceptionParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly gateways: LawfulGateways;
  readonly newId: () => string;
  readonly draft: Drafts['draft'];
}

export interface ExceptionDraft {
  readonly subjects: readonly PersonId[];
  readonly gateway: string;
  readonly answers: readonly string[];
  readonly categories: readonly Category[];
  readonly holders: readonly string[];
  readonly recipients: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly from?: string | null;
  readonly until: string;
  readonly approvedBy?: string | null;
}

export interface Exceptions {
  /** Throws NotPermitted where the requester may not about one of the people whom it names, and NotValid. */
  record(given: ExceptionDraft): Promise<ExceptionRecord>;
}

export function openExceptions(parts: ExceptionParts): Exceptions {
  const { operation, policies, registers, directory, gateways, newId, draft } = parts;
  const { requester, at } = operation;
  return {
    async record(given) {
      const about = { ownAgency: false, party: isSide(operation, given) };
      const permitted = await Promise.all(
        given.subjects.map((subject) => permit({ operation, policies }, 'RECORD_EXCEPTION', subject, about)),
      );
      const gateway = gateways.get(given.gateway);
      if (!gateway)
        throw new NotValid([
          `there is no lawful gateway ${given.gateway}; known are ${[...gateways.keys()].join(', ')}`,
        ]);
      const from = given.from ?? at;
      const agencies = await directory.agencies();
      const approver = given.approvedBy ? await directory.worker(given.approvedBy) : undefined;
      const problems = [
        ...scopeProblems(operation, given),
        ...checkException(gateway, {
          ...given,
          from,
          recordedBy: requester.worker,
          approver,
          agencies,
          stages: given.subjects.map((subject) => operation.facts().subject(subject).stage),
        }),
      ];
      if (given.subjects.length === 0) problems.push('it names nobody');
      if (approver && approver.agency !== requester.agency && !given.holders.includes(approver.agency)) {
        problems.push('who approved is a manager of the requester’s or the holder’s agency');
      }
      if (problems.length > 0) throw new NotValid(problems);
      const { subjects, categories, holders, recipients, purposes, until, approvedBy } = given;
      const answers = Object.fromEntries(gateway.questions.map((question, i) => [question, given.answers[i] ?? '']));
      const record: ExceptionRecord = {
        id: newId(),
        subjects,
        gateway: gateway.id,
        categories,
        holders,
        recipients,
        purposes,
        overridesRefusal: gateway.overridesRefusal,
        from,
        until,
        recordedAt: at,
        recordedBy: requester.worker,
        ...(gateway.approver === 'manager' && approvedBy ? { awaits: approvedBy } : {}),
        answers,
      };
      draft({ did: 'EXCEPTION', ids: [record.id], subjects, policies: permitted.flat() }, (transaction) =>
        registers.writeException(transaction, record),
      );
      return record;
    },
  };
}
