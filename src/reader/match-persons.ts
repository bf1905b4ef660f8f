/**
 * Reads everybody whom the sources tell of into the index, matches them, and brings links and questions up to date. Run
 * from time to time; while it reads, operations go on.
 */
import type { Agency } from '../domain/requester.js';
import { ADULT_WORK_AGENCY_KINDS, type AgencyId, type SourceId } from '../domain/words.js';
import type { Applied, LinkQuestions } from '../people/link-questions.js';
import type { PersonIndex } from '../people/person-index.js';
import type { Source } from '../sources/contract.js';

export interface MatchParts {
  readonly sources: readonly Source[];
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  /** An empty index: it is filled anew each time, so that who has left a source has left it too. */
  readonly newIndex: () => PersonIndex;
  readonly questions: LinkQuestions;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

export interface Matched extends Applied {
  readonly index: PersonIndex;
  readonly persons: number;
  /** Sources that cannot list their persons, or failed while they did: their persons keep the links they have. */
  readonly unread: readonly SourceId[];
}

/** Rejects with the store's error, or with the signal's reason. A source that fails is named in `unread`. */
export async function matchPersons({
  sources,
  agencies,
  newIndex,
  questions,
  now,
  signal,
}: MatchParts): Promise<Matched> {
  const index = newIndex();
  const unread: SourceId[] = [];
  for (const source of sources) {
    if (!source.persons) {
      unread.push(source.id);
      continue;
    }
    try {
      for await (const person of source.persons({ signal })) index.add(person);
    } catch {
      signal.throwIfAborted();
      unread.push(source.id);
    }
  }
  const isAdultWork = new Map<SourceId, boolean>(
    sources.map(({ space, holder }) => {
      const kind = agencies.get(holder)?.kind;
      return [space, kind === undefined || ADULT_WORK_AGENCY_KINDS.includes(kind)];
    }),
  );
  const mayAsk = (a: SourceId, b: SourceId) => !(isAdultWork.get(a) && isAdultWork.get(b));
  const matching = index.matchAll(await questions.decisions(), mayAsk);
  return { ...(await questions.apply(matching, now().toISOString())), index, persons: index.size, unread };
}
