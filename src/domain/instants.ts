/** Dates and instants as text, read strictly: JavaScript takes 31 February for 3 March, and a time without a zone for the server's. */

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** RFC 3339, section 5.6, `date-time`, but for the leap second (`:60`): no clock of ours has it. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether it is a day that the calendar has, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/**
 * The instant of an RFC 3339 date-time, in UTC to the millisecond; nothing of what is none. Nor of one that its offset carries past
 * the year 9999 or before 0000: written with a sign, it would stand before all others in order of text.
 */
export function instantOf(text: string): string | undefined {
  const upper = text.toUpperCase();
  const day = INSTANT.exec(upper)?.[1];
  if (day === undefined || !isDate(day)) return undefined;
  const instant = new Date(upper).toISOString();
  return /^\d/.test(instant) ? instant : undefined;
}
