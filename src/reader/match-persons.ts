/**
 * Reads everybody whom the sources tell of into the index, matches them, and brings links and questions up to date. Run
 * from time to time; while it reads, operations go on.
 */
import type { Agency } from '../domain/requester.js';
import { ADULT_WORK_AGENCY_KINDS, type AgencyId, type SourceId } from '../domain/words.js';
import type { Applied, LinkQuestions } from '../people/link-questions.js';
import type { PersonIndex } from '../people/person-index.js';
import { type Source, SourceFailure } from '../sources/contract.js';
import { within } from '../sources/gate.js';

export interface MatchParts {
  readonly sources: readonly Source[];
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  /** An empty index: it is filled anew each time, so that who has left a source has left it too. */
  readonly newIndex: () => PersonIndex;
  readonly questions: LinkQuestions;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** How long a source may take for one page of its persons, ms. */
  readonly pageMs?: number;
}

export interface Matched extends Applied {
  readonly index: PersonIndex;
  readonly persons: number;
  /** Rows about persons that could not be read: they are matched with nobody. */
  readonly rejected: number;
  /**
   * Sources that tell who their persons are but cannot list them, or failed while they did: their persons keep the links they
   * have, and what was asked about them stays asked.
   */
  readonly unread: readonly SourceId[];
}

/** A page of hundreds from a system that does other things too. */
const PAGE_MS = 60_000;

/** Rejects with the store's error, or with the signal's reason. A source that fails is named in `unread`. */
export async function matchPersons({
  sources,
  agencies,
  newIndex,
  questions,
  now,
  signal,
  pageMs = PAGE_MS,
}: MatchParts): Promise<Matched> {
  const index = newIndex();
  const unread: Source[] = [];
  let rejected = 0;
  for (const source of sources.filter(tellsWho)) {
    try {
      rejected += await addEverybody(source, index, signal, pageMs);
    } catch {
      signal.throwIfAborted();
      unread.push(source);
    }
  }
  const matching = index.matchAll(await questions.decisions(), mayAskBetween(sources, agencies));
  const applied = await questions.apply(matching, now().toISOString(), new Set(unread.map(({ space }) => space)));
  return { ...applied, index, persons: index.size, rejected, unread: unread.map(({ id }) => id) };
}

/** Whether a source knows more of persons than their ids: one beside another (the workbook) does not. */
function tellsWho({ provides }: Source): boolean {
  return provides.has('PersonDetails');
}

/**
 * Whether there is anybody whom a pair of records of these spaces may be shown to: to nobody when both are of adult services
 * (docs/decisions/0008).
 */
export function mayAskBetween(
  sources: readonly Source[],
  agencies: ReadonlyMap<AgencyId, Agency>,
): (a: SourceId, b: SourceId) => boolean {
  const isAdultWork = new Map<SourceId, boolean>(
    sources.map(({ space, holder }) => {
      const kind = agencies.get(holder)?.kind;
      return [space, kind === undefined || ADULT_WORK_AGENCY_KINDS.includes(kind)];
    }),
  );
  return (a, b) => !(isAdultWork.get(a) && isAdultWork.get(b));
}

/** Resolves to how many rows could not be read. A source that hangs is given up: the others wait for it. */
async function addEverybody(source: Source, index: PersonIndex, signal: AbortSignal, pageMs: number): Promise<number> {
  const hung = new AbortController();
  const own = AbortSignal.any([signal, hung.signal]);
  const pages = source.persons?.({ signal: own })[Symbol.asyncIterator]();
  if (!pages) throw new SourceFailure(`source ${source.id} lists nobody`);
  let rejected = 0;
  for (;;) {
    const timer = setTimeout(() => hung.abort(new SourceFailure(`source ${source.id}: a page did not come`)), pageMs);
    try {
      const { done, value: page } = await within(pages.next(), own);
      if (done) return rejected;
      for (const person of page.items) index.add(person);
      rejected += page.rejected;
    } finally {
      clearTimeout(timer);
    }
  }
}
