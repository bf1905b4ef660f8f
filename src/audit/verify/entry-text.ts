/**
 * What a verifier wants of an entry, by its places in the canonical text (`canonical.ts`). Members that a verifier knows nothing of may be
 * there; those it knows must be of their form. One tape and one scratch buffer serve all entries, one after another: most of a log is
 * verified without making an object of what it says.
 */
import {
  COMMA,
  charactersOf,
  fail,
  isKind,
  isText,
  newTape,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  readCanonical,
  sumOf,
  type Tape,
  textOf,
  tokenAfter,
  wholeOf,
} from './canonical.js';

/** An entry; of what it says the tokens on the tape. */
export interface EntryText {
  readonly tape: Tape;
  at: number;
  id: number;
  worker: number;
  agency: number;
  role: number;
  /** A string, or the word null. */
  purpose: number;
  version: number;
  registersVersion: number | undefined;
  decisions: number;
  /** Each decision's own place; the first `lineCount` are of this entry. */
  readonly lines: DecisionText[];
  lineCount: number;
  /** Ids of whom its outcomes are about, each at least once. */
  readonly subjects: string[];
  /** `[[holder,type,ids],…` of its outcomes, from RECORDS_AT on to `recordsEnd`; not closed. */
  records: Buffer;
  recordsEnd: number;
  statements: readonly StatementText[];
}

/** The place of one decision in the bytes. */
export interface DecisionText {
  from: number;
  to: number;
  /** Of the number of its facts (`sumOf`). */
  sum: number;
  /** The token of its list of evidence, 0 for none; and where it is, brackets included: at the end where there is none. */
  evidence: number;
  evidenceFrom: number;
  evidenceTo: number;
}

/** Something said, or shown of what was said. */
export interface StatementText {
  readonly did: string;
  readonly ids: readonly string[];
  readonly subjects: readonly string[];
}

/** Before it in `records` there is room for a salt. */
export const RECORDS_AT = 32;
const FIRST_ROOM = 1 << 14;
const NONE: readonly StatementText[] = [];
const NULL = Buffer.from('null');

const name = (text: string): Buffer => Buffer.from(`"${text}"`);
/** The members that a verifier knows, in their order. */
const MEMBERS: readonly (readonly [name: Buffer, read: (entry: EntryText, token: number) => void])[] = [
  [name('at'), readText('at')],
  [name('decisions'), readDecisions],
  [name('id'), readText('id')],
  [name('outcomes'), readOutcomes],
  [name('policyVersion'), readText('version')],
  [name('purpose'), readPurpose],
  [name('registersVersion'), readRegistersVersion],
  [name('requester'), readRequester],
  [name('statements'), readStatements],
];
const [WORKER, AGENCY, ROLE, FACTS, EVIDENCE] = ['worker', 'agency', 'role', 'facts', 'evidence'].map(name) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

export function newEntryText(): EntryText {
  return {
    tape: newTape(),
    at: 0,
    id: 0,
    worker: 0,
    agency: 0,
    role: 0,
    purpose: 0,
    version: 0,
    registersVersion: undefined,
    decisions: 0,
    lines: [],
    lineCount: 0,
    subjects: [],
    records: Buffer.alloc(FIRST_ROOM),
    recordsEnd: 0,
    statements: NONE,
  };
}

/** Reads the entry whose text is these bytes. Throws NotCanonical unless it is canonical, and an entry. */
export function readEntryText(entry: EntryText, bytes: Buffer, from: number, to: number): void {
  const { tape } = entry;
  readCanonical(tape, bytes, from, to);
  // No member is at token 0, which is the entry.
  entry.at = entry.id = entry.worker = entry.agency = entry.role = entry.purpose = entry.version = entry.decisions = 0;
  entry.registersVersion = undefined;
  entry.lineCount = 0;
  entry.subjects.length = 0;
  entry.statements = NONE;
  // What is copied out of the text is never longer than it.
  if (entry.records.length < RECORDS_AT + to - from) entry.records = Buffer.alloc(2 * (RECORDS_AT + to - from));
  entry.recordsEnd = 0;
  if (!isKind(tape, 0, OPEN_OBJECT)) fail();
  let known = 0;
  for (let token = 1; token < tokenAfter(tape, 0); token = tokenAfter(tape, token + 1)) {
    // Both are in order: what is not at the first place that is left is at none before it.
    for (let i = known; i < MEMBERS.length; i += 1) {
      const [text, read] = MEMBERS[i] as (typeof MEMBERS)[number];
      if (!isText(tape, token, text)) continue;
      read(entry, token + 1);
      known = i + 1;
      break;
    }
  }
  const { at, id, worker, agency, role, purpose, version, decisions, recordsEnd } = entry;
  if (!(at && id && worker && agency && role && purpose && version && decisions && recordsEnd)) fail();
}

/** The characters of a string of the entry. */
export function said({ tape }: EntryText, token: number): string {
  return charactersOf(tape, token);
}

/** What was asked for; null where the entry says so. */
export function purposeOf({ tape, purpose }: EntryText): string | null {
  return isKind(tape, purpose, QUOTE) ? charactersOf(tape, purpose) : null;
}

/** A part of the entry, as JSON. */
export function parsed(entry: EntryText, token: number): unknown {
  return JSON.parse(textOf(entry.tape, token));
}

/** The evidence of one decision. */
export function evidenceOf({ tape, lines }: EntryText, line: number): readonly string[] {
  const { evidence } = lines[line] as DecisionText;
  const ids: string[] = [];
  if (evidence === 0) return ids;
  for (let token = evidence + 1; token < tokenAfter(tape, evidence); token += 1) ids.push(charactersOf(tape, token));
  return ids;
}

function string({ tape }: EntryText, token: number): number {
  if (!isKind(tape, token, QUOTE)) fail();
  return token;
}

function readText(member: 'at' | 'id' | 'version') {
  return (entry: EntryText, token: number) => {
    entry[member] = string(entry, token);
  };
}

function readRegistersVersion(entry: EntryText, token: number): void {
  entry.registersVersion = wholeOf(entry.tape, token);
  if (entry.registersVersion < 0) fail();
}

function readPurpose(entry: EntryText, token: number): void {
  entry.purpose = isText(entry.tape, token, NULL) ? token : string(entry, token);
}

function readRequester(entry: EntryText, requester: number): void {
  const { tape } = entry;
  if (!isKind(tape, requester, OPEN_OBJECT)) fail();
  for (let token = requester + 1; token < tokenAfter(tape, requester); token = tokenAfter(tape, token + 1)) {
    if (isText(tape, token, WORKER)) entry.worker = string(entry, token + 1);
    else if (isText(tape, token, AGENCY)) entry.agency = string(entry, token + 1);
    else if (isText(tape, token, ROLE)) entry.role = string(entry, token + 1);
  }
}

function readDecisions(entry: EntryText, decisions: number): void {
  const { tape } = entry;
  if (!isKind(tape, decisions, OPEN_LIST)) fail();
  entry.decisions = decisions;
  for (let token = decisions + 1; token < tokenAfter(tape, decisions); token = tokenAfter(tape, token))
    readDecision(entry, token);
}

function readDecision(entry: EntryText, decision: number): void {
  const { tape, lines, lineCount } = entry;
  const { places } = tape;
  if (!isKind(tape, decision, OPEN_OBJECT)) fail();
  let line = lines[lineCount];
  if (!line) {
    line = { from: 0, to: 0, sum: 0, evidence: 0, evidenceFrom: 0, evidenceTo: 0 };
    lines.push(line);
  }
  line.from = places[3 * decision] as number;
  line.to = line.evidenceFrom = line.evidenceTo = places[3 * decision + 1] as number;
  line.sum = 0;
  line.evidence = 0;
  for (let token = decision + 1; token < tokenAfter(tape, decision); token = tokenAfter(tape, token + 1)) {
    if (isText(tape, token, FACTS)) line.sum = sumOf(tape, token + 1);
    else if (isText(tape, token, EVIDENCE)) {
      line.evidence = token + 1;
      line.evidenceFrom = places[3 * token + 3] as number;
      line.evidenceTo = places[3 * token + 4] as number;
      assertTexts(tape, token + 1);
    }
  }
  entry.lineCount += 1;
}

function readOutcomes(entry: EntryText, outcomes: number): void {
  const { tape, records } = entry;
  const { bytes, places } = tape;
  if (!isKind(tape, outcomes, OPEN_LIST)) fail();
  let end = RECORDS_AT;
  records[end++] = OPEN_LIST;
  let last = 0;
  // [decision, subject, holder, type, ids]
  for (let token = outcomes + 1; token < tokenAfter(tape, outcomes); token = tokenAfter(tape, token)) {
    const [decision, subject, holder, type, ids] = [token + 1, token + 2, token + 3, token + 4, token + 5];
    if (
      !isKind(tape, token, OPEN_LIST) ||
      tokenAfter(tape, token) <= ids ||
      tokenAfter(tape, ids) !== tokenAfter(tape, token)
    )
      fail();
    if (!isKind(tape, subject, QUOTE) || !isKind(tape, holder, QUOTE) || !isKind(tape, type, QUOTE)) fail();
    // The decisions stand before the outcomes, in the order of the keys.
    const made = wholeOf(tape, decision);
    if (made < 0 || made >= entry.lineCount) fail();
    assertTexts(tape, ids);
    // Records of one person stand together.
    if (last === 0 || !isSame(tape, subject, last)) entry.subjects.push(charactersOf(tape, subject));
    last = subject;
    // From the holder on it is the text of the record, with the outcome's own bracket at its end.
    if (end > RECORDS_AT + 1) records[end++] = COMMA;
    records[end++] = OPEN_LIST;
    const to = places[3 * token + 1] as number;
    for (let from = places[3 * holder] as number; from < to; from += 1) records[end++] = bytes[from] as number;
  }
  entry.recordsEnd = end;
}

function assertTexts(tape: Tape, list: number): void {
  if (!isKind(tape, list, OPEN_LIST)) fail();
  for (let token = list + 1; token < tokenAfter(tape, list); token += 1) if (!isKind(tape, token, QUOTE)) fail();
}

function isSame({ bytes, places }: Tape, a: number, b: number): boolean {
  const [from, other] = [places[3 * a] as number, places[3 * b] as number];
  const length = (places[3 * a + 1] as number) - from;
  if ((places[3 * b + 1] as number) - other !== length) return false;
  // From the end: ids made one after another begin alike.
  for (let i = length - 1; i >= 0; i -= 1) if (bytes[from + i] !== bytes[other + i]) return false;
  return true;
}

function readStatements(entry: EntryText, token: number): void {
  const list = parsed(entry, token);
  if (!Array.isArray(list) || !list.every(isStatement)) fail();
  entry.statements = list;
}

function isStatement(said: Partial<StatementText> | null): said is StatementText {
  return typeof said?.did === 'string' && areTexts(said.ids) && areTexts(said.subjects);
}

function areTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((item) => typeof item === 'string');
}
