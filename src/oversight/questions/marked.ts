/**
 * Questions 6 to 9 and 11: operations by what an officer looks out for in them. Each is a list of marks, of which an operation has
 * one or more; which, is told beside it. What takes a day of a worker to judge (how much against others of the role, many
 * searches and few openings) is no mark of an operation, and stands among the alerts.
 */
import { ENTRY_MARKS, type EntryMark, marksOf, marksOfLine, type Term } from '../../audit/index/terms.js';
import { withLines } from '../../audit/known-to.js';
import { NEAR, type Near } from '../alerts/nearness.js';
import type { AuditedOperation } from './asking.js';
import { type Days, daysOf, type FindingParts, findSeen, isAdded, type PlacedPage, type SeenEntry } from './finding.js';

/** Marks that the watch adds, for they rest on more than the entry. */
type AddedMark = Exclude<Near, 'RARE_SURNAME'> | 'SELF_ASSERTED' | 'TWO_PURPOSES';
export type Mark = EntryMark | AddedMark;

/** Every mark that an operation may be asked for by. */
export const MARKS: readonly Mark[] = [
  ...ENTRY_MARKS,
  ...NEAR.filter((near) => near !== 'RARE_SURNAME'),
  'SELF_ASSERTED',
  'TWO_PURPOSES',
];

export const MARKED_QUESTIONS = {
  /** 6: whereabouts that are protected, and what is locked: asked for, and refused. */
  attemptsOnProtected: ['LOCATION_REFUSED', 'LOCKED_REFUSED'],
  /** 7: themselves, and whoever they live, lived or work with or are called like. */
  nearThemselves: [
    'OWN_RECORD',
    'CONFLICT',
    'SAME_ADDRESS',
    'FORMER_ADDRESS',
    'SAME_SURNAME',
    'COLLEAGUE',
    'NEIGHBOUR',
  ],
  /** 8: after the case closed, or the role ended. */
  afterTheEnd: ['AFTER_END', 'AFTER_END_RELEASED', 'NOT_KNOWN_HERE'],
  /** 9: as far as one operation tells it. */
  unusualUse: ['OUT_OF_HOURS', 'SEARCH_ONE_FIELD', 'SEARCH_EMPTY'],
  /** 11: on involvement that no other system told of. */
  selfAsserted: ['SELF_ASSERTED'],
} as const satisfies { readonly [question: string]: readonly Mark[] };

export type MarkedQuestion = keyof typeof MARKED_QUESTIONS;

export interface Marked extends Days {
  /** One of the question's; every one of them without it. */
  readonly mark?: Mark | null;
  readonly worker?: string | null;
}

export interface MarkedOperation {
  readonly id: string;
  /** With the lines that have a mark, where every mark is one that a line tells. */
  readonly operation: AuditedOperation;
  /** Of the question's, those that it has. */
  readonly marks: readonly Mark[];
}

/** A page, the latest first. Throws NotPermitted as `AskingAudit.ask`. */
export async function markedOperations(
  parts: FindingParts,
  question: MarkedQuestion,
  { mark, worker, ...days }: Marked,
  page: PlacedPage,
): Promise<{ readonly items: readonly MarkedOperation[]; readonly isMore: boolean }> {
  const { asking, search } = parts;
  await asking.ask(
    question,
    [],
    [mark, worker].flatMap((name) => name ?? []),
  );
  const terms = MARKED_QUESTIONS[question].map(termOf);
  const find = {
    all: worker ? [{ kind: 'worker', name: worker } as const] : [],
    anyOf: [mark ? [termOf(mark)] : terms],
    ...daysOf(days),
  };
  const { entries, isMore } = await findSeen(parts, find, page);
  const carried = await search.carried(
    entries.flatMap(({ index, isOfEverybody }) => (isOfEverybody ? [index] : [])),
    terms.filter(isAdded),
  );
  const items = entries.flatMap((entry) => {
    const own = marksOf(entry.body);
    const added = new Set((carried.get(entry.index) ?? []).map(({ name }) => name));
    const marks = MARKED_QUESTIONS[question].filter((one) => own.has(one as EntryMark) || added.has(one));
    return asking
      .told([onlyMarked(entry, marks)])
      .map((operation) => ({ id: operation.id, operation, marks: marks as readonly Mark[] }));
  });
  return { items, isMore };
}

/** Of an operation whose marks its lines tell, these lines; of every other the whole, for of whom in it one is, nothing says. */
function onlyMarked({ index, hash, body }: SeenEntry, marks: readonly Mark[]) {
  const marksIn = new Set<string>(body.decisions.flatMap(marksOfLine));
  if (!marks.every((mark) => marksIn.has(mark))) return { index, hash, body };
  const isMarked = (line: Parameters<typeof marksOfLine>[0]) => marksOfLine(line).some((mark) => marks.includes(mark));
  return { index, hash, body: withLines(body, isMarked) };
}

function termOf(name: string): Term {
  return { kind: 'mark', name };
}
