/** What becomes an alert by time alone, and no entry of the log would have judged: looked for by the watch once an hour. */
import type { Search } from '../../audit/index/search.js';
import type { IsoInstant, WorkerId } from '../../domain/words.js';
import type { StaffMember } from '../../people/staff.js';
import { instantAfter } from '../../sharing/deadline.js';
import type { Store } from '../../store/store.js';
import type { NewAlert } from './alert-rows.js';
import type { DayAlerts } from './day-alerts.js';
import { isUnknown, judgeUnknown, UNKNOWN_SWEEP } from './day-rules.js';
import { before, DAY_MS, dayOf, daysOf, startOf } from './days.js';
import type { PairAlerts } from './pair-alerts.js';
import type { PairNearness } from './pair-nearness.js';
import { inOrder, type PastDeeds } from './past-deeds.js';
import { SELF_ASSERTED_SWEEPS } from './rules.js';
import type { Deed } from './sightings.js';

export interface DueAlertParts {
  readonly store: Store;
  readonly search: Pick<Search, 'find'>;
  readonly past: PastDeeds;
  readonly nearness: PairNearness;
  readonly ofPairs: PairAlerts;
  readonly ofDays: DayAlerts;
  readonly staff: () => Promise<ReadonlyMap<WorkerId, StaffMember>>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface DueAlerts {
  /** Everything that has become one by this instant. */
  by(at: IsoInstant): Promise<readonly NewAlert[]>;
}

export function openDueAlerts(parts: DueAlertParts): DueAlerts {
  const { store, search, past, nearness, ofPairs, ofDays, staff, now, newId } = parts;

  /** Involvement was used so many days ago that another system has had its time to tell of it, or the work to be written up. */
  async function selfAsserted(at: IsoInstant): Promise<readonly NewAlert[]> {
    const deeds: Deed[] = [];
    for (const days of SELF_ASSERTED_SWEEPS) {
      const due = before(at, days * DAY_MS);
      const bounds = { since: before(due, DAY_MS), until: due };
      deeds.push(...(await past.having({ kind: 'mark', name: 'SELF_ASSERTED' }, bounds)));
    }
    const near = await nearness.ofAll(deeds, await staff());
    const alerts: NewAlert[] = [];
    for (const { worker, sightings } of deeds)
      for (const { person, unconfirmed } of sightings)
        if (unconfirmed) {
          const about = await ofPairs.about({ worker, person }, near, at);
          alerts.push(...about.filter(({ rule }) => rule === 'SELF_ASSERTED'));
        }
    return alerts;
  }

  /** Days a week ago on which the directory did not know somebody: by now it does again, or the role has ended. */
  async function unknown(at: IsoInstant): Promise<readonly NewAlert[]> {
    const due = before(at, UNKNOWN_SWEEP * DAY_MS);
    const bounds = { since: before(due, DAY_MS), until: due };
    const refused = (await past.having({ kind: 'result', name: 'REFUSED' }, bounds)).filter(isUnknown);
    const alerts: NewAlert[] = [];
    for (const { worker, day } of daysOf(refused)) {
      const deeds = inOrder(refused.filter((deed) => deed.worker === worker && dayOf(deed.at) === day));
      for (const finding of judgeUnknown({ deeds, ...(await past.around(deeds)) }))
        alerts.push({ id: newId(), worker, day, at: now().toISOString(), ...finding });
    }
    return alerts;
  }

  /** The day before, now that it is over: what was not filled in is not. */
  async function oneField(at: IsoInstant): Promise<readonly NewAlert[]> {
    const bounds = { since: startOf(dayOf(before(at, DAY_MS))), until: startOf(dayOf(at)) };
    const deeds = await past.having({ kind: 'mark', name: 'SEARCH_ONE_FIELD' }, bounds);
    const members = await staff();
    const alerts: NewAlert[] = [];
    for (const day of daysOf(deeds))
      alerts.push(...(await ofDays.about(day, members)).filter(({ rule }) => rule === 'ONE_FIELD'));
    return alerts;
  }

  /** Emergency access is reviewed within one working day (RULES §8). */
  async function emergencies(at: IsoInstant): Promise<readonly NewAlert[]> {
    const open = await store.read<{ id: string; worker: string; person: string; recorded_at: string }>(
      `SELECT e.id, e.worker, e.person, e.recorded_at FROM emergency_access e
        WHERE NOT EXISTS (SELECT 1 FROM emergency_review r WHERE r.emergency_id = e.id)
        AND NOT EXISTS (SELECT 1 FROM audit_alert a JOIN audit_term w ON w.id = a.worker_term JOIN audit_term p ON p.id = a.person_term
          WHERE a.[rule] = 'EMERGENCY_OVERDUE' AND w.name = e.worker AND p.name = e.person AND a.opened_at > e.recorded_at)`,
    );
    const overdue = open.filter(({ recorded_at }) => instantAfter(recorded_at, ONE_WORKING_DAY) <= at);
    return Promise.all(
      overdue.map(async ({ id, worker, person }) => {
        const { entries } = await search.find({ all: [{ kind: 'statement', name: id }], limit: 1 });
        const indexes = entries.map(({ index }) => index);
        return { id: newId(), rule: 'EMERGENCY_OVERDUE' as const, worker, person, indexes, at };
      }),
    );
  }

  return {
    by: async (at) => [
      ...(await selfAsserted(at)),
      ...(await unknown(at)),
      ...(await oneField(at)),
      ...(await emergencies(at)),
    ],
  };
}

const ONE_WORKING_DAY = { months: 0, days: 0, minutes: 0, workingDays: 1 };
