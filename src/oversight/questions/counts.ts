/**
 * How much there was over time, for a chart: of one worker, policy, mark …, a count for each day, week or month, the empty ones
 * too; and who or what there was most of. Of people there are no counts: who is in how many entries is asked by name.
 */
import type { DayCount, Search } from '../../audit/index/search.js';
import type { TermKind } from '../../audit/index/terms.js';
import { NotValid } from '../../sharing/refused.js';
import type { AskingAudit } from './asking.js';

/** What is counted, by the kind of term that it is (each of `TALLIED`). */
export const COUNTED = {
  WORKER: 'worker',
  AGENCY: 'agency',
  PURPOSE: 'purpose',
  RESULT: 'result',
  POLICY: 'policy',
  CATEGORY: 'category',
  HOLDER: 'holder',
  STATEMENT: 'did',
  MARK: 'mark',
} as const satisfies { readonly [name: string]: TermKind };

export type CountBy = keyof typeof COUNTED;
export type Period = 'DAY' | 'WEEK' | 'MONTH';

export interface PeriodCount {
  /** The first day of it that was asked for, YYYY-MM-DD. */
  readonly from: string;
  readonly entries: number;
  readonly persons: number;
}

export interface NamedCount {
  readonly name: string;
  readonly entries: number;
  readonly persons: number;
}

export interface Counts {
  over(of: CountBy, name: string, from: string, until: string, by: Period): Promise<readonly PeriodCount[]>;
  most(of: CountBy, from: string, until: string, limit: number): Promise<readonly NamedCount[]>;
}

/** Ten years of days. */
const MOST_DAYS = 3_660;
const DAY_MS = 86_400_000;

/** Days are [from, until) in UTC. Throws NotPermitted as `AskingAudit.ask`; NotValid for days out of order or too many. */
export function openCounts({ asking, search }: { readonly asking: AskingAudit; readonly search: Search }): Counts {
  return {
    async over(of, name, from, until, by) {
      await asking.ask('counts', [], [of, name, from, until]);
      const days = daysIn(from, until);
      return inPeriods(days, by, await search.daily({ kind: COUNTED[of], name }, from, until));
    },
    async most(of, from, until, limit) {
      await asking.ask('totals', [], [of, from, until]);
      daysIn(from, until);
      const totals = await search.totals(COUNTED[of], from, until);
      return totals.slice(0, limit).map(({ name, entries, persons }) => ({ name, entries, persons }));
    },
  };
}

function daysIn(from: string, until: string): readonly string[] {
  const many = (Date.parse(until) - Date.parse(from)) / DAY_MS;
  if (!(many >= 1 && many <= MOST_DAYS))
    throw new NotValid([`the days must be in order, and at most ${MOST_DAYS} of them`]);
  return Array.from({ length: many }, (_, i) => dayOf(Date.parse(from) + i * DAY_MS));
}

function inPeriods(days: readonly string[], by: Period, counts: readonly DayCount[]): readonly PeriodCount[] {
  const byDay = new Map(counts.map((count) => [count.day, count]));
  const periods = new Map<string, { from: string; entries: number; persons: number }>();
  for (const day of days) {
    const key = startOf(day, by);
    const period = periods.get(key) ?? { from: day, entries: 0, persons: 0 };
    periods.set(key, period);
    period.entries += byDay.get(day)?.entries ?? 0;
    period.persons += byDay.get(day)?.persons ?? 0;
  }
  return [...periods.values()];
}

/** Weeks begin on Monday (ISO 8601). */
function startOf(day: string, by: Period): string {
  if (by === 'DAY') return day;
  if (by === 'MONTH') return day.slice(0, 'YYYY-MM'.length);
  const at = Date.parse(day);
  return dayOf(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'YYYY-MM-DD'.length);
}
