/** When a timescale of the protocol runs out, on the calendar. */
import type { Duration } from '../domain/protocol.js';
import type { IsoInstant } from '../domain/words.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * The instant after a duration, UTC: months on the calendar (the last day of a shorter month), then days and minutes, then
 * working days at the same time of day. A working day is Monday to Friday: bank holidays are not known here, so that a
 * deadline falls rather before than after the one a council's calendar has.
 */
export function instantAfter(from: IsoInstant, { months, days, minutes, workingDays }: Duration): IsoInstant {
  const start = new Date(from);
  const end = new Date(start);
  end.setUTCDate(1);
  end.setUTCMonth(start.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  end.setTime(end.getTime() + days * DAY + minutes * MINUTE);
  for (let left = workingDays; left > 0; ) {
    end.setTime(end.getTime() + DAY);
    const day = end.getUTCDay();
    if (day !== 0 && day !== 6) left -= 1;
  }
  return end.toISOString();
}
