/**
 * What an entry is found by. Terms are derived from the entry alone, so that the index can be thrown away and made again;
 * only what a watch adds later (a mark that rests on more than the entry) cannot.
 */
import { type FactRecord, factsOf } from '../../domain/facts.js';
import type { AuditEntryBody, DecisionEntry } from '../entry.js';
import { isOutOfHours } from './hours.js';

/**
 * - `person`: somebody whom an outcome or a statement is about · `worker`, `agency`, `purpose`, `result`, `version`: of the operation
 * - `policy`, `evidence`, `category`, `holder`: of what was RELEASED, and nothing else
 * - `did`: a kind of statement · `statement`: the id of one that the entry wrote or showed
 * - `mark`: what an officer looks out for
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
] as const;
export type TermKind = (typeof TERM_KINDS)[number];

export interface Term {
  readonly kind: TermKind;
  readonly name: string;
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
  'OUT_OF_HOURS',
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
]);

/** Ids come from people's systems; a longer one is found by its beginning. */
const LONGEST = 200;

/** Every term of an entry, each once. */
export function termsOf(body: AuditEntryBody): readonly Term[] {
  const found = new Map<string, Term>();
  const add = (kind: TermKind, name: string | null | undefined) => {
    if (name === null || name === undefined || name === '') return;
    const term = { kind, name: name.slice(0, LONGEST) };
    found.set(`${term.kind} ${term.name}`, term);
  };
  const { requester, decisions, outcomes, statements = [] } = body;
  add('worker', requester.worker);
  add('agency', requester.agency);
  add('purpose', body.purpose);
  add('result', body.result);
  add('version', body.policyVersion);
  for (const [index, person, holder] of outcomes) {
    add('person', person);
    const line = decisions[index];
    if (line?.outcome !== 'RELEASED') continue;
    add('holder', holder);
    add('category', line.category);
    for (const policy of line.permits ?? []) add('policy', policy);
    for (const evidence of line.evidence ?? []) add('evidence', evidence);
  }
  for (const { did, ids, subjects } of statements) {
    add('did', did);
    for (const id of ids) add('statement', id);
    for (const person of subjects) add('person', person);
  }
  for (const mark of marksOf(body)) add('mark', mark);
  return [...found.values()];
}

/** The marks that the entry itself carries. A line whose facts cannot be read by the lists of today is judged by its words alone. */
export function marksOf(body: AuditEntryBody): ReadonlySet<EntryMark> {
  const marks = new Set<EntryMark>(body.decisions.flatMap(marksOfLine));
  if (body.outcomes.length > 0 && isOutOfHours(body.at)) marks.add('OUT_OF_HOURS');
  return marks;
}

function marksOfLine(line: DecisionEntry): readonly EntryMark[] {
  const facts = readFacts(line);
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

/** Released against a refusal or a withdrawal, by an exception that overrides it. */
export function isOverridden(line: DecisionEntry, facts: FactRecord | undefined = readFacts(line)): boolean {
  const isRefused = facts?.consentState === 'REFUSED' || facts?.consentState === 'WITHDRAWN';
  return line.outcome === 'RELEASED' && line.basis === 'EXCEPTION' && isRefused;
}

function readFacts({ facts }: DecisionEntry): FactRecord | undefined {
  try {
    return factsOf(facts);
  } catch {
    return undefined;
  }
}
