/**
 * The index of persons, and whatever is matched with it: all of them from time to time, and between these whoever was met since. One
 * matching at a time: persons met while all are read are matched against the index that comes of it.
 */
import type { Applied } from '../people/link-questions.js';
import type { PersonRef } from '../people/people.js';
import type { PersonIndex } from '../people/person-index.js';
import { type MetParts, openMet } from './match-met.js';
import { type Matched, matchPersons } from './match-persons.js';

export interface MatchingParts extends MetParts {
  readonly newIndex: () => PersonIndex;
}

export interface Matching {
  /** As it is now; empty before the first matching of all. */
  index(): PersonIndex;
  /** Remembers persons that a source told of for the first time. Never fails. */
  note(refs: readonly PersonRef[]): void;
  /** Reads everybody from the sources and brings links and questions up to date. Rejects with the store's error, or when aborted. */
  matchAll(signal: AbortSignal): Promise<Matched>;
  /** Matches persons met since; undefined before the first matching of all, for there is nobody yet to match with. */
  matchMet(): Promise<Applied | undefined>;
}

export function openMatching(parts: MatchingParts): Matching {
  const { sources, agencies, questions, now, newIndex } = parts;
  const met = openMet(parts);
  let index = newIndex();
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  }
  return {
    index: () => index,
    note: met.note,
    matchAll: (signal) =>
      inTurn(async () => {
        const matched = await matchPersons({ sources, agencies: await agencies(), newIndex, questions, now, signal });
        index = matched.index;
        return matched;
      }),
    matchMet: () => inTurn(async () => (index.size === 0 ? undefined : met.match(index))),
  };
}
