/** Pages of statements whose latest stands first, without those about people whom the officer stands near. */
import type { IsoInstant, PersonId } from '../../domain/words.js';
import type { After, ListPage } from '../../registers/listing.js';
import type { AskingAudit } from './asking.js';

/** A page as it is asked for: `after` is the `place` of the last row of the page before. */
export interface ListedPage {
  readonly limit: number;
  readonly after?: string;
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly isMore: boolean;
}

interface Recorded {
  readonly id: string;
  readonly recordedAt: IsoInstant;
}

/** Where a row stands in the list: for cursors. */
export function placeOf({ recordedAt, id }: Recorded): string {
  return `${recordedAt} ${id}`;
}

/** A full page of what may be shown: whatever is left out moves nothing. */
export async function listSeen<T extends Recorded>(
  asking: Pick<AskingAudit, 'nearOf'>,
  { limit, after }: ListedPage,
  read: (page: ListPage) => Promise<readonly T[]>,
  about: (row: T) => readonly PersonId[],
  keeps: (row: T) => boolean = () => true,
): Promise<Listed<T>> {
  const items: T[] = [];
  let from = after === undefined ? undefined : readPlace(after);
  for (;;) {
    const size = Math.max(limit + 1, LEAST_LOOK);
    const rows = await read({ limit: size, ...(from ? { after: from } : {}) });
    const isNear = await asking.nearOf(rows.flatMap(about));
    items.push(...rows.filter((row) => !about(row).some(isNear) && keeps(row)));
    const last = rows.at(-1);
    if (items.length > limit || !last || rows.length < size)
      return { items: items.slice(0, limit), isMore: items.length > limit };
    from = { at: last.recordedAt, id: last.id };
  }
}

const LEAST_LOOK = 50;

function readPlace(place: string): After {
  const space = place.indexOf(' ');
  return { at: place.slice(0, space), id: place.slice(space + 1) };
}
