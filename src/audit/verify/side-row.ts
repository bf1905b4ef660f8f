/** One side row of an exported log: what an entry says, and the leaf that it must have made. */
import { hash } from 'node:crypto';
import { textHash } from '../log/hash.js';
import type { Decided } from './decide-again.js';
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

/** What a verifier looks at in an entry. */
export interface EntryBody extends Decided {
  readonly id: string;
  readonly at: string;
  readonly requester: { readonly worker: string; readonly agency: string; readonly role: string };
  readonly registersVersion?: number;
  readonly outcomes: readonly (readonly [number, string, string, string, readonly string[]])[];
  readonly statements?: readonly { did: string; ids: readonly string[]; subjects: readonly string[] }[];
}

/** The text stands last in a line. Before it are no quotes but those of JSON: in a value they would be escaped. */
const BODY = ',"body":';
const CLOSING = 125;

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
  if (line[line.length - 1] !== CLOSING) throw new LogFault('FILE_MALFORMED', place);
  return { ...row, body: line.subarray(at + BODY.length, line.length - 1) };
}

/** The body of a row that is whole and says what was hashed, or undefined. */
export function bodyOf({ id, body, hash: said, salt }: SideRow): EntryBody | undefined {
  if (!Buffer.isBuffer(body) || typeof salt !== 'string' || hash('sha256', body, 'hex') !== said) return undefined;
  try {
    const parsed = JSON.parse(body.toString()) as EntryBody;
    return parsed.id === id ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The leaf that this row leads to; undefined for one that leads to none. */
export function leafOfRow(row: SideRow, body = bodyOf(row)): string | undefined {
  if (!body || row.salt === undefined) return undefined;
  const opened = (field: string, value: string) =>
    hash('sha256', `${textHash(`${row.salt}:${field}`).slice(0, 32)}${value}`, 'base64url');
  const { worker, agency, role } = body.requester;
  const { outcomes, statements = [] } = body;
  const subjects = new Set<string>();
  const records: unknown[] = [];
  for (const [, subject, holder, type, ids] of outcomes) {
    subjects.add(subject);
    records.push([holder, type, ids]);
  }
  for (const { did, ids, subjects: more } of statements) {
    for (const subject of more) subjects.add(subject);
    records.push([did, ids]);
  }
  const by = {
    body: opened('body', row.hash ?? ''),
    records: opened('records', JSON.stringify(records)),
    subjects: opened('subjects', JSON.stringify([...subjects].sort())),
    worker: opened('worker', JSON.stringify([worker, agency, role])),
  };
  // The keys stand in their canonical order.
  return `{"at":${JSON.stringify(body.at)},"body":"${by.body}","records":"${by.records}","subjects":"${by.subjects}","v":1,"worker":"${by.worker}"}`;
}
