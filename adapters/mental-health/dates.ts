/** FHIR dates (R4 §2.24.0.1: a year, a month, a day or an instant) as the gateway's days and [from, until) periods. */
import type { Period } from '../../src/domain/circumstances.js';
import type { IsoDate, IsoInstant } from '../../src/domain/words.js';

const DATE_TIME =
  /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?)?)?$/;

/** Whether this is a FHIR date or dateTime that exists in the calendar. */
export function isFhirDate(value: string): boolean {
  if (!DATE_TIME.test(value)) return false;
  if (value.length < 10) return true;
  const day = value.slice(0, 10);
  return dayAfter(day, 0) === day && !Number.isNaN(Date.parse(value));
}

/** The day as it was written; none for a date that names only a month or a year. */
export function dayOf(value: string | undefined): IsoDate | undefined {
  return value !== undefined && value.length >= 10 ? value.slice(0, 10) : undefined;
}

/** The day, or the instant in UTC; none for a date that names only a month or a year. */
export function pointOf(value: string | undefined): IsoDate | IsoInstant | undefined {
  if (value === undefined || value.length <= 10) return dayOf(value);
  return new Date(value).toISOString();
}

/**
 * A FHIR period as [from, until). FHIR's end day still counts (R4 §2.24.0.10), so `until` is the day after it.
 * A month or year is read so that the period is as short (`narrow`: what may permit) or as long (`wide`: what protects)
 * as it can be.
 */
export function periodOf(
  period: { readonly start?: string | undefined; readonly end?: string | undefined } | undefined,
  reading: 'narrow' | 'wide',
): Period {
  const { start, end } = period ?? {};
  const from = pointOf(start) ?? (start && (reading === 'narrow' ? lastDay(start) : firstDay(start)));
  const until = end && untilOf(end, reading);
  return { ...(from ? { from } : {}), ...(until ? { until } : {}) };
}

function untilOf(end: string, reading: 'narrow' | 'wide'): IsoDate | IsoInstant {
  if (end.length > 10) return new Date(end).toISOString();
  if (end.length === 10) return dayAfter(end, 1);
  return reading === 'narrow' ? firstDay(end) : dayAfter(lastDay(end), 1);
}

/** Whether [from, until) contains the day or instant. */
export function contains(period: Period, point: IsoDate | IsoInstant): boolean {
  return (
    (period.from === undefined || comparable(period.from) <= comparable(point)) &&
    (period.until === undefined || comparable(point) < comparable(period.until))
  );
}

function comparable(point: string): number {
  return Date.parse(point.length === 10 ? `${point}T00:00:00.000Z` : point);
}

function firstDay(partial: string): IsoDate {
  return `${partial}-01-01`.slice(0, 10);
}

function lastDay(partial: string): IsoDate {
  const month = partial.length === 4 ? 12 : Number(partial.slice(5, 7));
  return new Date(Date.UTC(Number(partial.slice(0, 4)), month, 0)).toISOString().slice(0, 10);
}

function dayAfter(day: IsoDate, days: number): IsoDate {
  const at = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10)) + days));
  return at.toISOString().slice(0, 10);
}

/** When a FHIR date may have been: not before `from`, before `until`; `last` is the latest day or the instant itself. */
export function rangeOf(
  value: string | undefined,
): { readonly from: string; readonly until: string; readonly last: string } | undefined {
  if (value === undefined) return undefined;
  const instant = value.length > 10 ? new Date(value).toISOString() : undefined;
  if (instant !== undefined) return { from: instant, until: instant, last: instant };
  const last = value.length === 10 ? value : lastDay(value);
  return { from: firstDay(value), until: dayAfter(last, 1), last };
}
