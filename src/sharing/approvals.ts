/**
 * Approving why consent is not required, where the gateway asks for a second person (RULES §6; clause FS-01): by an operation
 * of the approver's own. Until then the exception covers nothing.
 */
import type { Policies } from '../disclosure/policies.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { AlreadyDone } from '../registers/accesses.js';
import type { Registers } from '../registers/registers.js';
import type { ExceptionRecord } from '../registers/statements.js';
import type { Drafts } from './drafts.js';
import { madeByOf, policiesOfAll } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';

export interface ApprovalParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  /** Adds what is written with the operation's audit entry, and the line of it. */
  readonly draft: Drafts['draft'];
}

export interface Approvals {
  /** Counts from the next operation on. Throws NotPermitted, also for an exception that does not exist, and NotValid. */
  approve(id: string): Promise<ExceptionRecord>;
  /** Exceptions that wait for the requester, as the manager who was asked, the oldest first. */
  awaiting(): Promise<readonly ExceptionRecord[]>;
}

const DECIDED = 'it does not wait for an approval, or no longer does';

export function openApprovals({ operation, policies, registers, directory, draft }: ApprovalParts): Approvals {
  const { requester, at } = operation;

  /** Policies by which the requester may approve it, about everybody it names; undefined when they may not. */
  async function permitted(record: ExceptionRecord): Promise<readonly string[] | undefined> {
    const recorder = await directory.worker(record.recordedBy);
    const isOwn = recorder?.agency === requester.agency;
    const about = {
      ownAgency: isOwn,
      party: isOwn || record.holders.includes(requester.agency),
      madeBy: madeByOf(requester, { worker: record.recordedBy, agency: recorder?.agency }),
    };
    await operation.surroundings.ensure(record.subjects);
    const verdicts = record.subjects.map((subject) =>
      policies.mayDo('APPROVE_EXCEPTION', operation.facts().actionFacts(subject, about)),
    );
    return policiesOfAll(verdicts);
  }

  return {
    async approve(id) {
      const record = await registers.exception(id);
      const by = record && (await permitted(record));
      if (!record || !by) throw new NotPermitted('APPROVE_EXCEPTION');
      if (record.awaits === undefined) throw new NotValid([DECIDED]);
      if (record.until <= at) throw new NotValid(['it has ended already']);
      const { subjects } = record;
      draft({ did: 'EXCEPTION_APPROVED', ids: [id], subjects, policies: by }, async (transaction) => {
        try {
          await registers.approveException(transaction, id, { at, by: requester.worker });
        } catch (error) {
          throw error instanceof AlreadyDone ? new NotValid([DECIDED]) : error;
        }
      });
      const { awaits: _, ...rest } = record;
      return { ...rest, approvedBy: requester.worker };
    },

    async awaiting() {
      const all = await registers.exceptionsAwaiting(requester.worker);
      const verdicts = await Promise.all(all.map(permitted));
      const mine = all.filter((record, i) => verdicts[i] !== undefined && at < record.until);
      draft({
        did: 'SHOWN',
        ids: mine.map(({ id }) => id),
        subjects: [...new Set(mine.flatMap(({ subjects }) => subjects))],
        policies: [...new Set(verdicts.flatMap((by) => by ?? []))],
      });
      return mine;
    },
  };
}
