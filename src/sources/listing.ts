/** What listings of persons share: each person once, however pages shift, and a page asked for again when the source says when. */
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { PersonIdentity } from '../domain/identity.js';
import type { LocalId } from '../domain/words.js';
import { type SourceAnswer, SourceBusy } from './contract.js';

/** Persons whose details are read in one call. */
export const PERSONS_AT_ONCE = 500;

/** How often a page is asked for, and how long a listing waits at most when it is told to. */
const TRIES = 4;
const LONGEST_WAIT_MS = 60_000;

/**
 * Takes the pages of one listing in their order. Of two who have one id on one page and are not the same neither is kept, for
 * which one holds cannot be told; who stands on a page before is passed over. Both are counted as rejected.
 */
export function eachOnce(): (page: SourceAnswer<PersonIdentity>) => SourceAnswer<PersonIdentity> {
  const before = new Set<LocalId>();
  return ({ items, rejected }) => {
    const here = new Map<LocalId, PersonIdentity | undefined>();
    let lost = 0;
    for (const person of items) {
      const { local } = person;
      if (before.has(local)) lost += 1;
      else if (!here.has(local)) here.set(local, person);
      else if (!isDeepStrictEqual(here.get(local), person)) {
        here.set(local, undefined);
        lost += 1;
      }
    }
    for (const local of here.keys()) before.add(local);
    return { items: [...here.values()].filter((person) => person !== undefined), rejected: rejected + lost };
  };
}

/**
 * Asks for a page, and again after the time that a source names (429 with Retry-After): a listing is long and nobody waits for
 * it. Rejects with SourceBusy when that is too long or too often, and with the signal's reason.
 */
export async function inItsTime<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const wait = error instanceof SourceBusy ? error.retryAfterMs : undefined;
      if (wait === undefined || wait > LONGEST_WAIT_MS || tries === TRIES) throw error;
      await setTimeout(wait, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted());
    }
  }
}
