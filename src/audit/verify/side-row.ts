/** One side row of an exported log: what an entry says, and the leaf that it must have made. */
import { hash } from 'node:crypto';
import { type EntryText, newEntryText, quoted, RECORDS_AT, readEntryText, said } from './entry-text.js';
import { LogFault } from './fault.js';

export interface SideRow {
  readonly index: number;
  readonly id: string;
  readonly erased?: boolean;
  readonly hash?: string;
  readonly salt?: string;
  /** The canonical text of the entry, as its bytes stand in the line. */
  readonly body?: Buffer;
}

/** The text stands last in a line. Before it are no quotes but those of JSON: in a value they would be escaped. */
const BODY = Buffer.from(',"body":');
const CLOSING = 125;
const SALT_DIGITS = 32;
const SALT = /^[0-9a-f]{32}$/;

/** Reads a line. Throws LogFault FILE_MALFORMED. */
export function readSideRow(line: Buffer, place: string): SideRow {
  const at = line.indexOf(BODY);
  let row: SideRow;
  try {
    row = JSON.parse(at < 0 ? line.toString() : `${line.toString('utf8', 0, at)}}`) as SideRow;
  } catch {
    throw new LogFault('FILE_MALFORMED', place);
  }
  if (!Number.isSafeInteger(row?.index) || typeof row.id !== 'string') throw new LogFault('FILE_MALFORMED', place);
  if (at < 0) return row;
  return { ...row, body: bodyAt(line, at, place) };
}

function bodyAt(line: Buffer, at: number, place: string): Buffer {
  if (line[line.length - 1] !== CLOSING) throw new LogFault('FILE_MALFORMED', place);
  return bodyIn(line, at);
}

function bodyIn(line: Buffer, at: number): Buffer {
  return line.subarray(at + BODY.length, line.length - 1);
}

/**
 * Whether a line is byte for byte what the export writes of the entry at a place in the tree, whose leaf this is; then `entry` is that
 * entry. A line that is not may say the same in another way, or be at fault: `readSideRow` and `entryOf` look closer, and take longer.
 */
export function isRowOf(line: Buffer, index: number, leaf: string, entry: EntryText): boolean {
  const at = line.indexOf(BODY);
  if (at < 0 || line[line.length - 1] !== CLOSING) return false;
  const salt = line.toString('latin1', at - 1 - SALT_DIGITS, at - 1);
  const body = bodyIn(line, at);
  if (!SALT.test(salt) || !isRead(entry, body)) return false;
  const bodyHash = hash('sha256', body, 'hex');
  const head = `{"index":${index},"id":${quoted(entry, entry.id)},"hash":"${bodyHash}","salt":"${salt}"`;
  return line.toString('utf8', 0, at) === head && leafFrom(salt, bodyHash, entry) === leaf;
}

/** The entry of a row that is whole, canonical, and says what was hashed; or undefined. Read into `entry`, which the next one overwrites. */
export function entryOf(row: SideRow, entry = newEntryText()): EntryText | undefined {
  const { id, body, salt } = row;
  if (body === undefined || !isSalt(salt) || !isHashed(row) || !isRead(entry, body)) return undefined;
  return said(entry, entry.id) === id ? entry : undefined;
}

function isRead(entry: EntryText, body: Buffer): boolean {
  try {
    readEntryText(entry, body);
    return true;
  } catch {
    return false;
  }
}

function isSalt(salt: string | undefined): salt is string {
  return typeof salt === 'string' && SALT.test(salt);
}

function isHashed({ body, hash: said }: SideRow): boolean {
  return Buffer.isBuffer(body) && hash('sha256', body, 'hex') === said;
}

/** The leaf that this row leads to; undefined for one that leads to none. */
export function leafOfRow(row: SideRow, entry = entryOf(row)): string | undefined {
  const { salt } = row;
  return entry && isSalt(salt) ? leafFrom(salt, row.hash ?? '', entry) : undefined;
}

function leafFrom(salt: string, bodyHash: string, entry: EntryText): string {
  const body = opened(salt, 'body', bodyHash);
  const records = openedRecords(salt, entry);
  const subjects = opened(salt, 'subjects', JSON.stringify(subjectsOf(entry)));
  const who = `[${quoted(entry, entry.worker)},${quoted(entry, entry.agency)},${quoted(entry, entry.role)}]`;
  const worker = opened(salt, 'worker', who);
  // The keys stand in their canonical order.
  return `{"at":${quoted(entry, entry.at)},"body":"${body}","records":"${records}","subjects":"${subjects}","v":1,"worker":"${worker}"}`;
}

/** Whether a leaf commits to the text of a row, whatever that text is. */
export function isCommittedTo(row: SideRow, leaf: string): boolean {
  if (!isHashed(row) || !isSalt(row.salt)) return false;
  return leaf.includes(`"body":"${opened(row.salt, 'body', row.hash ?? '')}"`);
}

function opened(salt: string, field: 'body' | 'subjects' | 'worker', value: string): string {
  return hash('sha256', `${fieldSalt(salt, field)}${value}`, 'base64url');
}

function fieldSalt(salt: string, field: 'body' | 'records' | 'subjects' | 'worker'): string {
  return hash('sha256', `${salt}:${field}`, 'hex').slice(0, SALT_DIGITS);
}

/** Whom it is about, each once, in the order of their UTF-16 code units. */
function subjectsOf({ subjects, subjectCount, statements }: EntryText): readonly string[] {
  const all = new Set<string>();
  for (let i = 0; i < subjectCount; i += 1) all.add(subjects[i] as string);
  for (const { subjects: more } of statements) for (const subject of more) all.add(subject);
  return [...all].sort();
}

const [COMMA, CLOSE_LIST] = [0x2c, 0x5d];

/** [holder, type, ids] of the outcomes, as their text has them, and [what was done, ids] of the statements. */
function openedRecords(salt: string, { records, recordsEnd, statements }: EntryText): string {
  let end = recordsEnd;
  records.write(fieldSalt(salt, 'records'), 0, 'latin1');
  if (statements.length > 0) {
    const isFirst = end === RECORDS_AT + 1;
    const more = JSON.stringify(statements.map(({ did, ids }) => [did, ids])).slice(1, -1);
    if (!isFirst) records[end++] = COMMA;
    end += records.write(more, end);
  }
  records[end++] = CLOSE_LIST;
  return hash('sha256', records.subarray(0, end), 'base64url');
}
