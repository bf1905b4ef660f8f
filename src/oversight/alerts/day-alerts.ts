/** Alerts about one worker and one day: what the standing rules of `day-rules.ts` find in it, beside what is usual. */
import type { Search } from '../../audit/index/search.js';
import type { WorkerId } from '../../domain/words.js';
import type { StaffMember } from '../../people/staff.js';
import type { NewAlert } from './alert-rows.js';
import { judgeDay, twoPurposes } from './day-rules.js';
import { dayAfter, dayOf, type WorkerDay } from './days.js';
import { judgeAsKnown } from './judging-as-known.js';
import type { PastDeeds } from './past-deeds.js';
import { deedsKnownTo, keptIn } from './sightings.js';
import { usualOf } from './usual.js';

export interface DayAlertParts {
  /** As everybody may know the log: what is usual is told by no lock. */
  readonly search: Search;
  readonly past: PastDeeds;
  readonly isAtFrontDoor: (worker: WorkerId) => Promise<boolean>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface DayAlerts {
  /** As the log stands: a day that is not over is judged again with what is added to it. */
  about(day: WorkerDay, staff: ReadonlyMap<WorkerId, StaffMember>): Promise<readonly NewAlert[]>;
}

export function openDayAlerts({ search, past, isAtFrontDoor, now, newId }: DayAlertParts): DayAlerts {
  return {
    async about({ worker, day }, staff) {
      const deeds = await past.ofDay({ worker, day });
      const usual = await usualOf({ search, staff }, worker, day, dayAfter(day));
      const isNight = [...deeds, ...keptIn(deeds)].some((deed) => deed.isNight);
      // Asked for only where the day itself has such.
      const earlierNights = isNight ? await past.nightsBefore({ worker, day }) : [];
      const isFrontDoor = isNight && (await isAtFrontDoor(worker));
      const isOver = day < dayOf(now().toISOString());
      const findings = await judgeAsKnown(deeds, (known, keptBy) => {
        const nights = keptBy === undefined ? earlierNights : deedsKnownTo(keptBy, earlierNights);
        return [
          ...judgeDay({ deeds: known, isOver, isFrontDoor, earlierNights: nights, ...usual }),
          ...twoPurposes(known),
        ];
      });
      return findings.map((finding) => ({ id: newId(), worker, day, at: now().toISOString(), ...finding }));
    },
  };
}
