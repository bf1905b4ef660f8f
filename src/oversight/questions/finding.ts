/**
 * Pages of what a question finds, as the officer may see it. An entry that is found only by what the officer may not see is no
 * answer: otherwise a filter (a person, a mark, a category) would tell what the lines leave out.
 */
import type { AuditEntryBody, DecisionEntry } from '../../audit/entry.js';
import type { Find, IndexedEntry, Search } from '../../audit/index/search.js';
import { ENTRY_MARKS, type Term, termsOf } from '../../audit/index/terms.js';
import { asKnownTo, withLines } from '../../audit/known-to.js';
import type { AgencyId, PersonId } from '../../domain/words.js';
import { NotValid } from '../../sharing/refused.js';
import type { AskingAudit, AuditedOperation } from './asking.js';

/** Cuts a page: how many, and before which place in the tree. */
export interface PlacedPage {
  readonly limit: number;
  readonly before?: number;
}

export interface OperationsPage {
  readonly operations: readonly AuditedOperation[];
  readonly isMore: boolean;
}

/** An entry as the officer may see it. */
export interface SeenEntry extends IndexedEntry {
  /** Nobody whom it is about is left out. */
  readonly isOfEverybody: boolean;
}

export interface SeenPage {
  readonly entries: readonly SeenEntry[];
  readonly isMore: boolean;
}

export interface FindingParts {
  readonly asking: AskingAudit;
  /** As officers of `agency` may know the log. */
  readonly search: Pick<Search, 'find' | 'carried'>;
  /** The officer's own. */
  readonly agency: AgencyId;
}

/** Whether a line belongs to the answer, beside being one that the officer may see. */
export type Keeps = (line: DecisionEntry, person: PersonId, body: AuditEntryBody) => boolean;

/** How often it is looked on for a page before the question is called too wide. */
const LOOKS = 60;
/** Looked at together: more than a page where most of it may not be of the answer. */
const LEAST_LOOK = 50;

/**
 * A full page, the latest first. With `keeps`, of each entry only such lines, and only entries that have one. Throws NotValid
 * when hardly anything that is found may be shown.
 */
export async function findSeen(
  { asking, search, agency }: FindingParts,
  find: Omit<Find, 'limit' | 'before'>,
  { limit, before }: PlacedPage,
  keeps?: Keeps,
): Promise<SeenPage> {
  const entries: SeenEntry[] = [];
  // Of several terms an entry need have only one: which of them, the index tells.
  const either = (find.anyOf ?? []).filter((terms) => terms.length > 1).flatMap((terms) => terms.filter(isAdded));
  let from = before;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const wanted = Math.max(limit + 1 - entries.length, keeps ? LEAST_LOOK : 1);
    const found = await search.find({ ...find, ...(from === undefined ? {} : { before: from }), limit: wanted });
    const whole = new Map(found.entries.map(({ index, body }) => [index, asKnownTo(body, agency)]));
    const carried = either.length > 0 ? await search.carried([...whole.keys()], either) : undefined;
    for (const entry of await asking.see(found.entries)) {
      const isOfEverybody = hidesNobody(whole.get(entry.index), entry.body);
      const added = (term: Term) =>
        isOfEverybody &&
        isAdded(term) &&
        (!either.includes(term) || carried?.get(entry.index)?.includes(term) === true);
      if (!isFoundBy(entry.body, find, added)) continue;
      const kept = keeps ? withLines(entry.body, (line, person) => keeps(line, person, entry.body)) : entry.body;
      if (!keeps || kept.outcomes.length > 0) entries.push({ ...entry, body: kept, isOfEverybody });
    }
    from = found.entries.at(-1)?.index;
    if (entries.length > limit || !found.isMore || from === undefined)
      return { entries: entries.slice(0, limit), isMore: entries.length > limit };
  }
  throw new NotValid(['ask for fewer days, or with a further filter']);
}

/** The same in the words of the domain. */
export async function findOperations(
  parts: FindingParts,
  find: Omit<Find, 'limit' | 'before'>,
  page: PlacedPage,
  keeps?: Keeps,
): Promise<OperationsPage> {
  const { entries, isMore } = await findSeen(parts, find, page, keeps);
  return { operations: parts.asking.told(entries), isMore };
}

/**
 * Whether what is seen of an entry has what it was looked for by. Marks that a watch added are of the entry, and not told by it: of
 * which of its people one is, nothing says. So they stand only where the officer sees everybody whom the entry, as officers of the
 * agency may know it, is about.
 */
function isFoundBy(
  body: AuditEntryBody,
  { all = [], anyOf = [] }: Omit<Find, 'limit'>,
  added: (term: Term) => boolean,
): boolean {
  const names = new Set(termsOf(body).map(nameOf));
  const has = (term: Term) => names.has(nameOf(term)) || added(term);
  return all.every(has) && anyOf.every((terms) => terms.some(has));
}

function hidesNobody(whole: AuditEntryBody | undefined, seen: AuditEntryBody): boolean {
  if (!whole) return false;
  const shown = personsOf(seen);
  return [...personsOf(whole)].every((person) => shown.has(person));
}

function personsOf({ outcomes, statements = [] }: AuditEntryBody): ReadonlySet<PersonId> {
  return new Set([...outcomes.map(([, person]) => person), ...statements.flatMap(({ subjects }) => subjects)]);
}

/** A mark that a watch added: the entry itself does not tell it. */
export function isAdded({ kind, name }: Term): boolean {
  return kind === 'mark' && !ENTRY_MARKS.some((mark) => mark === name);
}

function nameOf({ kind, name }: Term): string {
  return `${kind} ${name.slice(0, LONGEST_NAME)}`;
}

/** As terms are cut. */
const LONGEST_NAME = 200;

/** Entries of these instants. */
export interface Days {
  readonly since?: string | null;
  readonly until?: string | null;
}

export function daysOf({ since, until }: Days): Pick<Find, 'since' | 'until'> {
  return { ...(since ? { since } : {}), ...(until ? { until } : {}) };
}
