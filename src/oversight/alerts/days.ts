/** Days of UTC, as the watch counts them. */
import type { IsoDate, IsoInstant, WorkerId } from '../../domain/words.js';
import type { Deed } from './sightings.js';

export const DAY_MS = 86_400_000;

/** One worker's day: what the rules of `day-rules.ts` judge. */
export interface WorkerDay {
  readonly worker: WorkerId;
  readonly day: IsoDate;
}

export function dayOf(at: IsoInstant): IsoDate {
  return at.slice(0, 10);
}

export function startOf(day: IsoDate): IsoInstant {
  return `${day}T00:00:00.000Z`;
}

/** The day so many days before another. */
export function dayBefore(day: IsoDate, days: number): IsoDate {
  return dayOf(before(startOf(day), days * DAY_MS));
}

export function dayAfter(day: IsoDate): IsoDate {
  return dayBefore(day, -1);
}

/** The instant so many milliseconds before another. */
export function before(at: IsoInstant, ms: number): IsoInstant {
  return new Date(Date.parse(at) - ms).toISOString();
}

/** Every day on which somebody did one of these, each once. */
export function daysOf(deeds: readonly Deed[]): readonly WorkerDay[] {
  const all = new Map(deeds.map(({ worker, at }) => [`${worker} ${dayOf(at)}`, { worker, day: dayOf(at) }]));
  return [...all.values()];
}
