/**
 * Alerts of a store from before alerts had whose they are: of those that were opened for something locked, the operations behind
 * them tell whose lock it was. Until then they are nobody's; what the operations do not tell stays so.
 */
import type { IndexedEntry, Search } from '../../audit/index/search.js';
import { keepersOf } from '../../audit/known-to.js';
import type { AgencyId } from '../../domain/words.js';
import type { AlertRows } from './alert-rows.js';
import { deedOf } from './sightings.js';

interface UnplacedParts {
  readonly rows: Pick<AlertRows, 'unplaced' | 'operations' | 'place'>;
  readonly search: Pick<Search, 'at'>;
  readonly newId: () => string;
}

/** Gives each alert that has nobody to the officers whose agency keeps what it was opened for: one alert an agency. */
export async function placeAlerts({ rows, search, newId }: UnplacedParts): Promise<void> {
  for (const { id, person } of await rows.unplaced()) {
    if (person === null) continue;
    const keepers = lockedAbout(person, await search.at(await rows.operations(id)));
    if (keepers.size > 0) await rows.place(id, [...keepers], newId);
  }
}

function lockedAbout(person: string, entries: readonly IndexedEntry[]): ReadonlySet<AgencyId> {
  const keepers = new Set<AgencyId>();
  for (const { index, body } of entries) {
    const { kept } = deedOf(index, body);
    for (const keeper of keepersOf(body))
      if (kept?.get(keeper)?.sightings.some((one) => one.person === person && one.lockedRefused)) keepers.add(keeper);
  }
  return keepers;
}
