/**
 * What a verifier wants of an entry, by its places in the canonical text (`canonical.ts`). Members that a verifier knows nothing of may be
 * there; those it knows must be of their form. One EntryText serves all entries, one after another: most of a log is verified without
 * making an object of what it says.
 */
import {
  charactersAt,
  fail,
  newText,
  readAll,
  readList,
  readNumber,
  readObject,
  readString,
  readValue,
  sliceOf,
  stands,
  type Text,
  wholeIn,
} from './canonical.js';
import { type DecisionText, type KnownLines, newKnownLines } from './known-lines.js';
import { copyTo, isAt, viewOf } from './stretch.js';

/** An entry; where it says what. No member is at 0, which is the entry. */
export interface EntryText extends Text {
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
  decisionsEnd: number;
  readonly known: KnownLines;
  /** Each decision's own place; the first `lineCount` are of this entry. */
  readonly lines: DecisionText[];
  lineCount: number;
  /** Ids of whom its outcomes are about, each at least once: the first `subjectCount`. */
  readonly subjects: string[];
  subjectCount: number;
  /** Whom the outcome before is about: from `subject` to `subjectEnd`, nobody at the first. */
  subject: number;
  subjectEnd: number;
  /** `[[holder,type,ids],…` of its outcomes, from RECORDS_AT on to `recordsEnd`; not closed. */
  records: Buffer;
  /** Of the same bytes. */
  recordsView: DataView;
  recordsEnd: number;
  statements: readonly StatementText[];
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
const [AT, DECISIONS, ID, OUTCOMES, STATEMENTS] = ['at', 'decisions', 'id', 'outcomes', 'statements'].map(
  name,
) as Names;
const [VERSION, PURPOSE, REGISTERS_VERSION, REQUESTER, EVIDENCE] = [
  'policyVersion',
  'purpose',
  'registersVersion',
  'requester',
  'evidence',
].map(name) as Names;
const [AGENCY, ROLE, WORKER] = [name('agency'), name('role'), name('worker')];
type Names = [Buffer, Buffer, Buffer, Buffer, Buffer];
const [QUOTE, COMMA, OPEN_LIST, CLOSE_LIST] = [0x22, 0x2c, 0x5b, 0x5d] as const;

/** `known`: decisions that need not be read again. */
export function newEntryText(known = newKnownLines()): EntryText {
  const records = Buffer.alloc(FIRST_ROOM);
  return {
    ...newText(),
    at: 0,
    id: 0,
    worker: 0,
    agency: 0,
    role: 0,
    purpose: 0,
    version: 0,
    registersVersion: undefined,
    decisions: 0,
    decisionsEnd: 0,
    known,
    lines: [],
    lineCount: 0,
    subjects: [],
    subjectCount: 0,
    subject: 0,
    subjectEnd: 0,
    records,
    recordsView: viewOf(records),
    recordsEnd: 0,
    statements: NONE,
  };
}

/** Reads the entry whose text is these bytes. Throws NotCanonical unless it is canonical, and an entry. */
export function readEntryText(entry: EntryText, bytes: Buffer): void {
  entry.at = entry.id = entry.worker = entry.agency = entry.role = entry.purpose = entry.version = entry.decisions = 0;
  entry.registersVersion = undefined;
  entry.lineCount = 0;
  entry.subjectCount = 0;
  entry.statements = NONE;
  // What is copied out of the text is never longer than it.
  if (entry.records.length < RECORDS_AT + bytes.length) {
    entry.records = Buffer.alloc(2 * (RECORDS_AT + bytes.length));
    entry.recordsView = viewOf(entry.records);
  }
  entry.recordsEnd = 0;
  readAll(entry, bytes, readEntry);
  const { at, id, worker, agency, role, purpose, version, decisions, recordsEnd } = entry;
  if (!(at && id && worker && agency && role && purpose && version && decisions && recordsEnd)) fail();
}

/** The characters of a string of the entry. */
export function said(entry: EntryText, at: number): string {
  return charactersAt(entry, at);
}

/** The same as it stands there, in JSON. */
export function quoted(entry: EntryText, at: number): string {
  return sliceOf(entry, at, readValue(entry, at));
}

/** What was asked for; null where the entry says so. */
export function purposeOf(entry: EntryText): string | null {
  return entry.bytes[entry.purpose] === QUOTE ? said(entry, entry.purpose) : null;
}

/** Its decisions, as JSON. */
export function decisionsOf(entry: EntryText): unknown {
  return JSON.parse(sliceOf(entry, entry.decisions, entry.decisionsEnd));
}

function readEntry(entry: EntryText, from: number): number {
  return readObject(entry, from, readOfEntry);
}

function readOfEntry(entry: EntryText, at: number, name: number): number {
  if (stands(entry, name, DECISIONS)) return readDecisions(entry, at);
  if (stands(entry, name, OUTCOMES)) return readOutcomes(entry, at);
  if (stands(entry, name, STATEMENTS)) return readStatements(entry, at);
  if (stands(entry, name, REQUESTER)) return readObject(entry, at, readOfRequester);
  if (stands(entry, name, REGISTERS_VERSION)) return readRegistersVersion(entry, at);
  if (stands(entry, name, PURPOSE)) return readPurpose(entry, at);
  if (stands(entry, name, AT)) entry.at = at;
  else if (stands(entry, name, ID)) entry.id = at;
  else if (stands(entry, name, VERSION)) entry.version = at;
  else return readValue(entry, at);
  return readString(entry, at);
}

function readOfRequester(entry: EntryText, at: number, name: number): number {
  if (stands(entry, name, AGENCY)) entry.agency = at;
  else if (stands(entry, name, ROLE)) entry.role = at;
  else if (stands(entry, name, WORKER)) entry.worker = at;
  else return readValue(entry, at);
  return readString(entry, at);
}

function readRegistersVersion(entry: EntryText, at: number): number {
  const end = readNumber(entry, at);
  entry.registersVersion = wholeIn(entry, at, end);
  if (entry.registersVersion < 0) fail();
  return end;
}

function readPurpose(entry: EntryText, at: number): number {
  entry.purpose = at;
  return stands(entry, at, NULL) ? at + NULL.length : readString(entry, at);
}

function readDecisions(entry: EntryText, at: number): number {
  entry.decisions = at;
  entry.decisionsEnd = readList(entry, at, readDecision);
  return entry.decisionsEnd;
}

function readDecision(entry: EntryText, from: number): number {
  const { known, lines, lineCount } = entry;
  let line = lines[lineCount];
  if (!line) {
    line = { from: 0, to: 0, evidenceFrom: 0, evidenceTo: 0, isKnown: false, scope: 0 };
    lines.push(line);
  }
  line.from = from;
  if (!known.read(entry, line)) {
    line.evidenceTo = 0;
    line.to = readObject(entry, from, readOfDecision);
    if (line.evidenceTo === 0) line.evidenceFrom = line.evidenceTo = line.to;
  }
  entry.lineCount += 1;
  return line.to;
}

function readOfDecision(entry: EntryText, at: number, name: number): number {
  if (!stands(entry, name, EVIDENCE)) return readValue(entry, at);
  const line = entry.lines[entry.lineCount] as DecisionText;
  line.evidenceFrom = at;
  line.evidenceTo = readList(entry, at, readString);
  return line.evidenceTo;
}

function readOutcomes(entry: EntryText, at: number): number {
  entry.records[RECORDS_AT] = OPEN_LIST;
  entry.recordsEnd = RECORDS_AT + 1;
  entry.subject = entry.subjectEnd = 0;
  return readList(entry, at, readOutcome);
}

/** [decision, subject, holder, type, ids] */
function readOutcome(entry: EntryText, from: number): number {
  const { bytes, view, records, recordsView } = entry;
  if (bytes[from] !== OPEN_LIST) fail();
  const decisionEnd = readNumber(entry, from + 1);
  // The decisions stand before the outcomes, in the order of the keys.
  const made = wholeIn(entry, from + 1, decisionEnd);
  if (made < 0 || made >= entry.lineCount) fail();
  const subject = after(COMMA, bytes, decisionEnd);
  // Records of one person stand together: who was read just before is known by the bytes.
  const isSubject = standsAgain(entry, subject);
  const subjectEnd = isSubject ? subject + entry.subjectEnd - entry.subject : readString(entry, subject);
  const holder = after(COMMA, bytes, subjectEnd);
  const type = after(COMMA, bytes, readString(entry, holder));
  const ids = after(COMMA, bytes, readString(entry, type));
  const end = after(CLOSE_LIST, bytes, readList(entry, ids, readString));
  if (!isSubject) {
    entry.subjects[entry.subjectCount++] = charactersAt(entry, subject);
    entry.subject = subject;
    entry.subjectEnd = subjectEnd;
  }
  // From the holder on it is the text of the record, with the outcome's own bracket at its end.
  let to = entry.recordsEnd;
  if (to > RECORDS_AT + 1) records[to++] = COMMA;
  records[to++] = OPEN_LIST;
  entry.recordsEnd = copyTo(recordsView, to, view, holder, end);
  return end;
}

/** The place after a byte that must stand here. */
function after(byte: number, bytes: Buffer, at: number): number {
  if (bytes[at] !== byte) fail();
  return at + 1;
}

/** Whether whom the outcome before is about stands here again. */
function standsAgain({ view, subject, subjectEnd }: EntryText, at: number): boolean {
  return subjectEnd > subject && isAt(view, at, view, subject, subjectEnd);
}

function readStatements(entry: EntryText, at: number): number {
  const end = readValue(entry, at);
  const list: unknown = JSON.parse(sliceOf(entry, at, end));
  if (!Array.isArray(list) || !list.every(isStatement)) fail();
  entry.statements = list;
  return end;
}

function isStatement(said: Partial<StatementText> | null): said is StatementText {
  return typeof said?.did === 'string' && areTexts(said.ids) && areTexts(said.subjects);
}

function areTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((item) => typeof item === 'string');
}
