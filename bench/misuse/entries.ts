/** Entries of the log as the gateway writes them, from who was asked about and how the worker stood to them. */
import type { AuditEntryBody, DecisionEntry } from '../../src/audit/entry.js';
import { type LoggedSearch, searchLine } from '../../src/audit/index/terms.js';
import { type FactRecord, factKey } from '../../src/domain/facts.js';
import type { Purpose, Role } from '../../src/domain/words.js';
import type { Job, TownWorker } from './town.js';

export interface About {
  readonly person: string;
  readonly involvement: FactRecord['involvement'];
  /** Records beside who they are. */
  readonly isOpened?: boolean;
  readonly onFamilyTeam?: boolean;
  readonly conflict?: boolean;
  readonly locationRefused?: boolean;
  readonly opposing?: boolean;
  /** Released by another agency: with a seat or team that confirms the involvement, or on that alone. */
  readonly across?: 'CONFIRMED' | 'ALONE';
}

export interface Act {
  readonly worker: TownWorker;
  /** Minutes from the start. */
  readonly minute: number;
  readonly purpose: Purpose;
  readonly about: readonly About[];
  readonly search?: LoggedSearch;
  readonly code?: string;
}

const ROLE: { readonly [J in Job]: Role } = {
  SOCIAL_WORKER: 'SOCIAL_WORKER',
  DUTY_WORKER: 'SOCIAL_WORKER',
  NIGHT_WORKER: 'SOCIAL_WORKER',
  KEYWORKER: 'KEYWORKER',
  TEAM_MANAGER: 'TEAM_MANAGER',
  DOMESTIC_ABUSE_PRACTITIONER: 'DOMESTIC_ABUSE_PRACTITIONER',
  RECOVERY_WORKER: 'RECOVERY_WORKER',
  DOMESTIC_ABUSE_OFFICER: 'DOMESTIC_ABUSE_OFFICER',
};

export const roleOf = ({ job }: TownWorker): Role => ROLE[job];

const FACTS: FactRecord = {
  role: 'SOCIAL_WORKER',
  ownAgency: true,
  category: 'IDENTITY',
  recordKind: 'OTHER',
  confidentiality: 'N',
  purpose: 'DIRECT_WORK',
  involvement: 'NONE',
  coreGroup: false,
  onPanel: false,
  onFamilyTeam: false,
  basis: 'NONE',
  consentState: 'NONE',
  exceptionOverridesRefusal: false,
  serviceConsent: false,
  relevance: 'NOT_NEEDED',
  opposing: false,
  victimSide: false,
  locationProtected: false,
  worksWithProtected: false,
  victimOfSubject: false,
  conflict: false,
  authoredByRequester: false,
  grant: 'NONE',
  emergency: false,
  stage: 'CHILD_IN_NEED',
  s47Open: false,
  openToBoth: false,
  cpGround: 'NONE',
  receiving: false,
  exited: false,
  inHandoverPack: false,
  referredByRecipient: false,
  forMember: false,
};

/** A Monday in September 2026, at midnight in UTC. */
export const START = Date.parse('2026-09-07T00:00:00.000Z');
const MINUTE_MS = 60_000;

export function entryOf({ worker, minute, purpose, about, search, code }: Act): AuditEntryBody {
  const decisions: DecisionEntry[] = [];
  const numbers = new Map<string, number>();
  const outcomes: AuditEntryBody['outcomes'][number][] = [];
  const role = roleOf(worker);
  const add = (
    one: About,
    change: Partial<FactRecord>,
    line: Omit<DecisionEntry, 'facts' | 'category'>,
    type: string,
  ) => {
    const facts: FactRecord = {
      ...FACTS,
      role,
      purpose,
      involvement: one.involvement,
      onFamilyTeam: one.onFamilyTeam === true,
      conflict: one.conflict === true,
      opposing: one.opposing === true,
      ...change,
    };
    const key = factKey(facts);
    const known = `${key} ${line.outcome} ${line.vetoes?.join() ?? ''}`;
    let number = numbers.get(known);
    if (number === undefined) {
      number = decisions.length;
      numbers.set(known, number);
      decisions.push({
        facts: key,
        category: facts.category,
        ...line,
        ...(facts.basis === 'NONE' ? {} : { basis: facts.basis }),
      });
    }
    outcomes.push([number, one.person, worker.agency, type, [`${type}-${one.person}`]]);
  };
  for (const one of about) {
    const isWork = one.involvement === 'ALLOCATED' || one.involvement === 'MANAGING';
    const isReleased = (isWork || one.involvement === 'DUTY') && !one.conflict && !one.opposing;
    const line = (releases: boolean): Omit<DecisionEntry, 'facts' | 'category'> =>
      releases
        ? { outcome: 'RELEASED', permits: ['own-records'] }
        : {
            outcome: one.involvement === 'ENDED' ? 'WITHHELD' : 'SILENT',
            vetoes: one.conflict ? ['conflict'] : one.opposing ? ['opposing-party'] : isWork ? [] : ['ended'],
          };
    add(one, {}, line(isReleased), 'PersonDetails');
    if (one.locationRefused)
      add(
        one,
        { category: 'CONTACT', locationProtected: true },
        {
          outcome: one.opposing ? 'SILENT' : 'WITHHELD',
          vetoes: ['protected-location', ...(one.opposing ? ['opposing-party'] : [])],
        },
        'PersonDetails',
      );
    if (one.isOpened) add(one, { category: 'SOCIAL_CARE' }, line(isReleased), 'Visit');
    if (one.across)
      add(
        one,
        {
          ownAgency: false,
          category: 'STATUS',
          basis: 'CONSENT',
          consentState: 'GIVEN',
          openToBoth: true,
          onFamilyTeam: one.across === 'CONFIRMED',
        },
        { outcome: 'RELEASED', permits: ['keyworker-informed'] },
        'ChildStatus',
      );
  }
  return {
    v: 1,
    id: '',
    at: new Date(START + minute * MINUTE_MS).toISOString(),
    operation: { name: 'Bench', sha256: '', type: 'query' },
    requester: { worker: worker.id, agency: worker.agency, role },
    purpose: code === undefined ? purpose : null,
    result: code === 'NOT_KNOWN_HERE' ? 'REFUSED' : code === undefined ? 'ANSWERED' : 'FAILED',
    ...(code === undefined ? {} : { code }),
    policyVersion: 'bench',
    decisions,
    outcomes,
    ...(search ? { statements: [searchLine(search)] } : {}),
  };
}
