/**
 * Alerts as officers work on them. As listed they carry a reference, a rule and a time, and nobody; opening one is a question
 * asked of the log, and shows the operations behind it. Whoever an alert is about, or stands near whom it is about, is shown
 * none of it: neither in the list, nor opened, nor to close; nor is, of what an agency keeps locked, any officer but its own. An
 * alert that is not there answers the same.
 */
import type { Search } from '../../audit/index/search.js';
import type { Policies } from '../../disclosure/policies.js';
import type { IsoInstant, PersonId } from '../../domain/words.js';
import type { StaffMember } from '../../people/staff.js';
import type { Operation } from '../../reader/operation.js';
import type { Drafts, StatementLine } from '../../sharing/drafts.js';
import { madeByOf } from '../../sharing/permitted.js';
import { NotPermitted, NotValid } from '../../sharing/refused.js';
import type { AskingAudit, AuditedOperation } from '../questions/asking.js';
import type { AlertAbout, AlertFilter, AlertOutcome, AlertRow, AlertRows } from './alert-rows.js';
import { ALERT_RULES, type AlertRule } from './rules.js';

export interface AlertParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly staff: () => Promise<ReadonlyMap<string, StaffMember>>;
  readonly search: Pick<Search, 'at'>;
  readonly rows: AlertRows;
  readonly asking: AskingAudit;
  readonly draft: Drafts['draft'];
}

/** An alert without anybody. */
export interface ListedAlert {
  readonly id: string;
  readonly rule: AlertRule;
  readonly kind: (typeof ALERT_RULES)[AlertRule];
  readonly openedAt: IsoInstant;
  readonly closedAt: IsoInstant | null;
  readonly outcome: AlertOutcome | null;
}

export interface OpenedAlert extends ListedAlert {
  /** As the officer who closed it gave it. */
  readonly why: string | null;
  readonly operations: readonly AuditedOperation[];
}

export interface AlertsPage {
  readonly alerts: readonly ListedAlert[];
  readonly isMore: boolean;
}

export interface Alerts {
  /** The latest first. Throws NotPermitted as `AskingAudit.ask`. */
  list(filter: Pick<AlertFilter, 'rule' | 'isOpen'>, page: { limit: number; after?: string }): Promise<AlertsPage>;
  /** Throws NotPermitted to whom it is about, to whoever stands near them, and where there is none. */
  open(id: string): Promise<OpenedAlert>;
  /** The same; and NotValid without a reason, or where it is closed already. */
  close(id: string, outcome: AlertOutcome, why: string): Promise<ListedAlert>;
}

/** What the closing entry says was done. */
export const ALERT_CLOSED = 'ALERT_CLOSED' satisfies StatementLine['did'];

const LONGEST_WHY = 2000;
/** Looked at in one go; what the officer may not see is left out, so a page may take several. */
const LOOK = 100;

export function openAlerts({ operation, policies, staff, search, rows, asking, draft }: AlertParts): Alerts {
  const { requester, surroundings } = operation;

  /** Which of these the officer may see and close: decided by policies about everybody each is about. */
  async function mayClose(alerts: readonly AlertAbout[]): Promise<(alert: AlertAbout) => boolean> {
    const members = await staff();
    const personsOf = ({ worker, person }: AlertAbout): PersonId[] => {
      const self = worker === null ? undefined : members.get(worker)?.person;
      return [...(person === null ? [] : [person]), ...(self === undefined ? [] : [self])];
    };
    await surroundings.ensure(alerts.flatMap(personsOf));
    const facts = operation.facts();
    return (alert) => {
      const { worker } = alert;
      const madeBy =
        worker === null ? 'ANOTHER_AGENCY' : madeByOf(requester, { worker, agency: members.get(worker)?.agency });
      const about = { ownAgency: false, party: false, madeBy } as const;
      const persons = personsOf(alert);
      const all =
        persons.length === 0
          ? [{ ...facts.actionFactsOfNobody(), madeBy } as const]
          : persons.map((person) => facts.actionFacts(person, about));
      return all.every((one) => policies.mayDo('CLOSE_ALERT', one).allowed);
    };
  }

  async function permitted(id: string): Promise<AlertAbout> {
    const alert = await rows.get(id, requester.agency);
    const may = await mayClose(alert ? [alert] : []);
    if (!alert || !may(alert)) throw new NotPermitted('CLOSE_ALERT');
    return alert;
  }

  return {
    async list(filter, { limit, after }) {
      await asking.ask('alerts');
      const shown: AlertAbout[] = [];
      const last = after === undefined ? undefined : await rows.get(after, requester.agency);
      if (after !== undefined && !last) return { alerts: [], isMore: false };
      let before: AlertFilter['before'] = last && { openedAt: last.openedAt, id: last.id };
      while (shown.length <= limit) {
        const next = await rows.list({
          ...filter,
          knownTo: requester.agency,
          ...(before ? { before } : {}),
          limit: LOOK,
        });
        shown.push(...next.filter(await mayClose(next)));
        const end = next.at(-1);
        if (!end || next.length < LOOK) break;
        before = { openedAt: end.openedAt, id: end.id };
      }
      return { alerts: shown.slice(0, limit).map(listed), isMore: shown.length > limit };
    },
    async open(id) {
      await asking.ask('alert');
      const alert = await permitted(id);
      const { worker, person } = alert;
      // Whom it is about stands in the entry of the asking: opening one is asking about them.
      await asking.ask('alert', person === null ? [] : [person], [id, ...(worker === null ? [] : [worker])]);
      const entries = await search.at(await rows.operations(id));
      return { ...listed(alert), why: alert.why, operations: await asking.show(entries) };
    },
    async close(id, outcome, why) {
      if (operation.purpose !== 'INFORMATION_GOVERNANCE') throw new NotPermitted('CLOSE_ALERT');
      const alert = await permitted(id);
      const problems = [
        ...(why.trim() === '' ? ['say why'] : []),
        ...(why.length > LONGEST_WHY ? [`the reason has at most ${LONGEST_WHY} characters`] : []),
        ...(alert.closedAt === null ? [] : ['it is closed already']),
      ];
      if (problems.length > 0) throw new NotValid(problems);
      const { at } = operation;
      draft(
        {
          did: ALERT_CLOSED,
          ids: [id, outcome],
          subjects: alert.person === null ? [] : [alert.person],
          policies: ['may-close-alert'],
        },
        async (transaction) => {
          const isClosed = await rows.close(transaction, id, { outcome, why, at });
          if (!isClosed) throw new NotValid(['it is closed already']);
        },
      );
      return { ...listed(alert), outcome, closedAt: at };
    },
  };
}

function listed({ id, rule, openedAt, closedAt, outcome }: AlertRow): ListedAlert {
  return { id, rule, kind: ALERT_RULES[rule], openedAt, closedAt, outcome };
}
