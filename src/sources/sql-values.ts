/**
 * Values as SQL sources hold them: the text `SSD_PH` and empty strings mean no data, DATETIME carries a time nobody
 * meant, flags are Y or N, and some columns hold JSON. A row that has not the shape promised is counted, never guessed at.
 */
import { z } from 'zod';
import type { Period } from '../domain/circumstances.js';
import type { IsoDate, IsoInstant } from '../domain/words.js';
import type { SqlRow } from './sql.js';

const EMPTY = new Set(['', 'SSD_PH', 'ssd_ph']);

function clean(value: unknown): unknown {
  if (typeof value !== 'string') return value === undefined ? null : value;
  const trimmed = value.trim();
  return EMPTY.has(trimmed) ? null : trimmed;
}

/** A field of a row: cleaned, then read by `read`, which returns undefined for what it cannot read. */
function field<T>(read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const result = read(clean(value));
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: 'not of the shape promised' });
    return z.NEVER;
  });
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : undefined;

/** An id that must be there. Numbers become text. */
export const sqlKey = field(asText);
/** Text, or null. */
export const sqlText = field<string | null>((value) => (value === null ? null : asText(value)));
/** A calendar date (the time part is dropped), or null. */
export const sqlDate = field<IsoDate | null>((value) => {
  if (value === null) return null;
  return typeof value === 'string' && PLAIN_DATE.test(value) ? value.slice(0, 10) : asInstant(value)?.slice(0, 10);
});
/** An instant; text without a zone is UTC. Or null. */
export const sqlInstant = field<IsoInstant | null>((value) => (value === null ? null : asInstant(value)));
/** Y or N (or a bit); anything else says nothing: null. */
export const sqlFlag = field<boolean | null>((value) => {
  const said = typeof value === 'string' ? value.toUpperCase() : value;
  if (said === 'Y' || said === 'YES' || said === '1' || said === 1 || said === true) return true;
  return said === 'N' || said === 'NO' || said === '0' || said === 0 || said === false ? false : null;
});
/** A JSON object of flat values, cleaned likewise; null when empty. */
export const sqlObject = field<Readonly<Record<string, string | null>> | null>((value) => {
  if (value === null) return null;
  const parsed = asJson(value);
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return undefined;
  return Object.fromEntries(Object.entries(parsed).map(([key, inner]) => [key, asText(clean(inner)) ?? null]));
});
/** A JSON array of text; null when empty. */
export const sqlList = field<readonly string[] | null>((value) => {
  if (value === null) return null;
  const parsed = asJson(value);
  return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
});

function asJson(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** A date that every month has, with midnight or nothing after it: nearly all there are, and not worth a Date. */
const PLAIN_DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])(?: 00:00:00(?:\.0+)?)?$/;
const WRITTEN = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** An instant in UTC with milliseconds, or undefined for what is no real date. */
function asInstant(value: unknown): IsoInstant | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  const parts = typeof value === 'string' ? WRITTEN.exec(value) : null;
  if (!parts) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = parts;
  const date = new Date(`${day}T00:00:00.000Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) return undefined;
  const instant = new Date(`${day}T${time.replace(/(\.\d{3})\d+$/, '$1')}${zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}

/** Reads rows by a shape and counts those that do not have it. */
export class RowReader {
  rejected = 0;

  read<T>(rows: readonly SqlRow[], shape: z.ZodType<T>): T[] {
    const items: T[] = [];
    for (const row of rows) {
      const parsed = shape.safeParse(row);
      if (parsed.success) items.push(parsed.data);
      else this.rejected += 1;
    }
    return items;
  }
}

/** A period of what is known of its ends. */
export function period(from: string | null, until: string | null): Period {
  return { ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) };
}

/** Whether [from, until) has begun and not ended on this day; an absent end is open. */
export function isCurrent(from: string | null, until: string | null, today: IsoDate): boolean {
  return (from === null || from.slice(0, 10) <= today) && (until === null || today < until.slice(0, 10));
}
