/**
 * Durations as packs write them: ISO 8601 (`P6M`, `P7D`, `P2W`, `PT24H`), and `5 working days`, which ISO 8601 cannot say.
 */
import type { Duration } from '../domain/protocol.js';

const ISO = /^P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?$/;
const WORKING_DAYS = /^(\d+) working days?$/;

/** Reads a duration; undefined for whatever is not one, for nothing (`P0D`), and for more than ten years. */
export function readDuration(text: string): Duration | undefined {
  const working = WORKING_DAYS.exec(text);
  const iso = ISO.exec(text);
  if (!working && !iso) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0] = (iso?.slice(1) ?? []).map((part) =>
    part === undefined ? 0 : Number(part),
  );
  const duration: Duration = {
    months: years * 12 + months,
    days: weeks * 7 + days,
    minutes: hours * 60 + minutes,
    workingDays: working ? Number(working[1]) : 0,
  };
  const length = nominalDays(duration);
  return length > 0 && length <= 3_660 ? duration : undefined;
}

/**
 * How long a duration is for the sake of comparing two, in days: a month is 365.25 / 12 days, a working day 1.41 (a little
 * over 7 / 5: five of them are never shorter than a week). Only the order counts; a deadline is reckoned on the calendar.
 */
export function nominalDays({ months, days, minutes, workingDays }: Duration): number {
  return (months * 365.25) / 12 + days + minutes / 1440 + workingDays * 1.41;
}

/** A duration in words. */
export function sayDuration({ months, days, minutes, workingDays }: Duration): string {
  const parts = [
    say(months, 'month'),
    say(days, 'day'),
    minutes % 60 === 0 ? say(minutes / 60, 'hour') : say(minutes, 'minute'),
    say(workingDays, 'working day'),
  ];
  return parts.filter(Boolean).join(' and ');
}

function say(count: number, unit: string): string {
  return count === 0 ? '' : `${count} ${unit}${count === 1 ? '' : 's'}`;
}
