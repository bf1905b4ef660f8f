/**
 * What an entry is found by. Terms are derived from the entry alone, so that the index can be thrown away and made again;
 * only what a watch adds later (a mark that rests on more than the entry) cannot.
 */
import type { FactRecord } from '../../domain/facts.js';
import type { AgencyId, Role } from '../../domain/words.js';
import type { AuditEntryBody, DecisionEntry, StatementEntry } from '../entry.js';
import { asKnownTo, keepersOf } from '../known-to.js';
import { readFacts } from '../logged-facts.js';
import { isOutOfHours } from './hours.js';

/**
 * - `person`: somebody whom an outcome or a statement is about · `worker`, `agency`, `purpose`, `result`, `version`: of the operation
 * - `policy`, `evidence`, `category`, `holder`: of what was RELEASED in an answer, and nothing else
 * - `did`: a kind of statement · `statement`: the id of one that the entry wrote or showed
 * - `mark`: what an officer looks out for · `searcher`, `night`: the worker of an operation that searched, or asked about people out
 *   of hours; there for their counts a day
 */
export const TERM_KINDS = [
  'person',
  'worker',
  'agency',
  'purpose',
  'result',
  'version',
  'policy',
  'evidence',
  'category',
  'holder',
  'did',
  'statement',
  'mark',
  'searcher',
  'night',
] as const;
export type TermKind = (typeof TERM_KINDS)[number];

export interface Term {
  readonly kind: TermKind;
  readonly name: string;
  /** The agency whose officers alone may find or count by it: the entry has it by what that agency keeps (`known-to.ts`). */
  readonly keptBy?: AgencyId;
}

/** What an entry adds to the count a day of a term. */
export interface Count {
  readonly term: Term;
  readonly entries: 0 | 1;
  /** People that an outcome of the entry is about. */
  readonly persons: number;
}

/** What an officer looks out for, as far as the entry itself tells it. */
export const ENTRY_MARKS = [
  /** Released against a refusal or a withdrawal, by an exception that overrides it. */
  'OVERRIDDEN_REFUSAL',
  /** Released by emergency access. */
  'EMERGENCY',
  /** A protected location was asked for, and refused. */
  'LOCATION_REFUSED',
  /** Something locked was asked for, and refused. */
  'LOCKED_REFUSED',
  /** Somebody of the other side was asked about, and refused. */
  'OPPOSING_REFUSED',
  /** The requester, their household or network, or somebody they are conflicted with. */
  'CONFLICT',
  /** The requester's work with the person had ended: what was asked, whatever became of it. */
  'AFTER_END',
  /** The same, and something was released. */
  'AFTER_END_RELEASED',
  /** The directory does not know the requester in this agency and role, or does so no more: refused whole. */
  'NOT_KNOWN_HERE',
  'OUT_OF_HOURS',
  /** People were searched for; nobody was found; or by a single field, which is refused. */
  'SEARCHED',
  'SEARCH_EMPTY',
  'SEARCH_ONE_FIELD',
] as const;
export type EntryMark = (typeof ENTRY_MARKS)[number];

/** The kinds of which a count a day is kept: few names each, or asked for by how much there was of it. */
export const TALLIED: ReadonlySet<TermKind> = new Set<TermKind>([
  'worker',
  'agency',
  'purpose',
  'result',
  'policy',
  'category',
  'holder',
  'did',
  'mark',
  'searcher',
  'night',
]);

/** What a statement line of a search says was done; its ids are the fields searched by, and counts. */
export const SEARCHED = 'SEARCHED';
/** The counts among them: how many were found, and of how many something was shown. */
const FOUND = 'found:';
const SHOWN = 'shown:';

/** A search as its entry has it: by which fields, never by which values. */
export interface LoggedSearch {
  readonly fields: readonly string[];
  readonly found: number;
  readonly shown: number;
  readonly persons: readonly string[];
}

/** The line that a search leaves. */
export function searchLine({ fields, found, shown, persons }: LoggedSearch): StatementEntry & {
  readonly did: typeof SEARCHED;
} {
  const ids = [...[...fields].sort(), `${FOUND}${found}`, `${SHOWN}${shown}`];
  return { did: SEARCHED, ids, subjects: persons, policies: [] };
}

/** The searches of an entry. */
export function searchesOf({ statements = [] }: Pick<AuditEntryBody, 'statements'>): readonly LoggedSearch[] {
  const count = (ids: readonly string[], prefix: string) =>
    Number(ids.find((id) => id.startsWith(prefix))?.slice(prefix.length) ?? 0);
  return statements.flatMap(({ did, ids, subjects }) =>
    did === SEARCHED
      ? [
          {
            fields: ids.filter((id) => !id.includes(':')),
            found: count(ids, FOUND),
            shown: count(ids, SHOWN),
            persons: subjects,
          },
        ]
      : [],
  );
}

/** Ids come from people's systems; a longer one is found by its beginning. */
const LONGEST = 200;

/** What an entry is found and counted by: what everybody may know of it, and what each agency alone may beyond that. */
export function readTerms(body: AuditEntryBody): {
  readonly terms: readonly Term[];
  readonly counts: readonly Count[];
} {
  const keepers = keepersOf(body);
  const open = keepers.size === 0 ? body : asKnownTo(body);
  const terms = termsIn(open);
  const persons = personsIn(open);
  const counts: Count[] = terms.filter(isTallied).map((term) => ({ term, entries: 1, persons }));
  if (keepers.size === 0) return { terms, counts };
  const told = new Set(terms.map(({ kind, name }) => `${kind} ${name}`));
  const kept: Term[] = [];
  for (const keptBy of keepers) {
    const own = asKnownTo(body, keptBy);
    const more = personsIn(own);
    for (const { kind, name } of termsIn(own)) {
      const isTold = told.has(`${kind} ${name}`);
      const term = { kind, name, keptBy };
      if (!isTold) kept.push(term);
      if (isTallied(term) && !(isTold && more === persons))
        counts.push(isTold ? { term, entries: 0, persons: more - persons } : { term, entries: 1, persons: more });
    }
  }
  return { terms: [...terms, ...kept], counts };
}

/** Every term of an entry, each once; those that one agency alone may know of, with that agency. */
export function termsOf(body: AuditEntryBody): readonly Term[] {
  return readTerms(body).terms;
}

function isTallied({ kind }: Term): boolean {
  return TALLIED.has(kind);
}

function personsIn({ outcomes }: AuditEntryBody): number {
  return new Set(outcomes.map(([, person]) => person)).size;
}

function termsIn(body: AuditEntryBody): readonly Term[] {
  const found: Term[] = [];
  const add = (kind: TermKind, names: Iterable<string | null | undefined>) => {
    for (const name of new Set(names)) {
      if (name === null || name === undefined || name === '') continue;
      // What is as long as the longest may be the beginning of another.
      const isNew = name.length < LONGEST || !found.some((term) => term.kind === kind && term.name === cut(name));
      if (isNew) found.push({ kind, name: cut(name) });
    }
  };
  const { requester, decisions, outcomes, statements = [] } = body;
  add('worker', [requester.worker]);
  add('agency', [requester.agency]);
  add('purpose', [body.purpose]);
  add('result', [body.result]);
  add('version', [body.policyVersion]);
  const persons = new Set<string>();
  const holders = new Set<string>();
  const shown = new Set<number>();
  for (const [index, person, holder] of outcomes) {
    persons.add(person);
    // What was decided of an operation that then failed was shown to nobody.
    if (decisions[index]?.outcome !== 'RELEASED' || body.result !== 'ANSWERED') continue;
    holders.add(holder);
    shown.add(index);
  }
  for (const { subjects } of statements) for (const person of subjects) persons.add(person);
  const released = decisions.filter((_, index) => shown.has(index));
  add('person', persons);
  add('holder', holders);
  add(
    'category',
    released.map(({ category }) => category),
  );
  add(
    'policy',
    released.flatMap(({ permits = [] }) => permits),
  );
  add(
    'evidence',
    released.flatMap((line) => [...(line.evidence ?? []), ...(restsOnEnquiry(line) ? [ENQUIRY_GATEWAY] : [])]),
  );
  add(
    'did',
    statements.map(({ did }) => did),
  );
  add(
    'statement',
    // What a search says by its ids is no id of anything.
    statements.flatMap(({ did, ids }) => (did === SEARCHED ? [] : ids)),
  );
  const marks = marksOf(body);
  add('mark', marks);
  if (marks.has('SEARCHED')) add('searcher', [requester.worker]);
  if (marks.has('OUT_OF_HOURS')) add('night', [requester.worker]);
  return found;
}

function cut(name: string): string {
  return name.slice(0, LONGEST);
}

/** The marks that the entry itself carries. A line whose facts cannot be read by the lists of today is judged by its words alone. */
export function marksOf(body: AuditEntryBody): ReadonlySet<EntryMark> {
  const decided = new Set(body.outcomes.flatMap(([index]) => body.decisions[index] ?? []));
  const marks = new Set<EntryMark>([...decided].flatMap(marksOfLine));
  if (body.code === 'NOT_KNOWN_HERE') marks.add('NOT_KNOWN_HERE');
  if (body.outcomes.length > 0 && isOutOfHours(body.at)) marks.add('OUT_OF_HOURS');
  for (const { fields, found } of searchesOf(body)) {
    marks.add('SEARCHED');
    if (fields.length === 1) marks.add('SEARCH_ONE_FIELD');
    else if (found === 0) marks.add('SEARCH_EMPTY');
  }
  return marks;
}

/** The marks of a line by itself: of what was decided, and on which facts. */
export function marksOfLine(line: DecisionEntry): readonly EntryMark[] {
  const facts = readFacts(line.facts);
  const isReleased = line.outcome === 'RELEASED';
  const refusedBy = (policy: string) => !isReleased && line.vetoes?.includes(policy) === true;
  const hasEnded = facts?.involvement === 'ENDED';
  const marks: readonly (readonly [EntryMark, boolean])[] = [
    ['OVERRIDDEN_REFUSAL', isOverridden(line, facts)],
    ['EMERGENCY', isReleased && line.permits?.includes('emergency') === true],
    ['LOCATION_REFUSED', refusedBy('protected-location')],
    ['LOCKED_REFUSED', refusedBy('locked')],
    ['OPPOSING_REFUSED', refusedBy('opposing-party')],
    ['CONFLICT', facts?.conflict === true || refusedBy('conflict')],
    ['AFTER_END', hasEnded],
    ['AFTER_END_RELEASED', hasEnded && isReleased],
  ];
  return marks.flatMap(([mark, holds]) => (holds ? [mark] : []));
}

/** The gateway that an open section 47 enquiry is by itself: it stands in no register, so what rests on one is found by this too. */
export const ENQUIRY_GATEWAY = 'CHILDREN_ACT_1989_S47';

const SOCIAL_CARE_ROLES: readonly Role[] = [
  'SOCIAL_WORKER',
  'SENIOR_PRACTITIONER',
  'CHILD_PRACTITIONER',
  'TEAM_MANAGER',
  'CLINICAL_PSYCHOLOGIST',
];

/** An enquiry's id is a source's own, `source:id`, and counts for these purposes while it is open. */
export function restsOnEnquiry(line: DecisionEntry): boolean {
  if (line.outcome !== 'RELEASED' || line.basis !== 'EXCEPTION') return false;
  const facts = readFacts(line.facts);
  const isForIt = facts?.purpose === 'S47_ENQUIRY' || facts?.purpose === 'CHILD_PROTECTION';
  // To social care: a denial that another agency's system tells has an id of that form too.
  return (
    isForIt &&
    SOCIAL_CARE_ROLES.includes(facts.role) &&
    facts.s47Open &&
    line.evidence?.some((id) => id.includes(':')) === true
  );
}

/** Released against a refusal or a withdrawal, by an exception that overrides it. */
export function isOverridden(line: DecisionEntry, facts: FactRecord | undefined = readFacts(line.facts)): boolean {
  const isRefused = facts?.consentState === 'REFUSED' || facts?.consentState === 'WITHDRAWN';
  return line.outcome === 'RELEASED' && line.basis === 'EXCEPTION' && isRefused;
}
