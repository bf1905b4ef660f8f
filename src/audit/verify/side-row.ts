/** One side row of an exported log: what an entry says, and the leaf that it must have made. */
import { hash } from 'node:crypto';
import { textHash } from '../log/hash.js';
import { LogFault } from './fault.js';

export interface SideRow {
  readonly index: number;
  readonly id: string;
  readonly erased?: boolean;
  readonly hash?: string;
  readonly salt?: string;
  /** The canonical text of the entry. */
  readonly body?: string;
}

/** What a verifier looks at in an entry. */
export interface EntryBody {
  readonly id: string;
  readonly at: string;
  readonly requester: { readonly worker: string; readonly agency: string; readonly role: string };
  readonly registersVersion?: number;
  readonly outcomes: readonly (readonly [number, string, string, string, readonly string[]])[];
  readonly statements?: readonly { did: string; ids: readonly string[]; subjects: readonly string[] }[];
}

/** Reads a line. Throws LogFault FILE_MALFORMED. */
export function readSideRow(text: string, place: string): SideRow {
  let row: SideRow;
  try {
    row = JSON.parse(text) as SideRow;
  } catch {
    throw new LogFault('FILE_MALFORMED', place);
  }
  if (!Number.isSafeInteger(row?.index) || typeof row.id !== 'string') throw new LogFault('FILE_MALFORMED', place);
  return row;
}

/** The body of a row that is whole and says what was hashed, or undefined. */
export function bodyOf({ id, body, hash: said, salt }: SideRow): EntryBody | undefined {
  if (typeof body !== 'string' || typeof salt !== 'string' || textHash(body) !== said) return undefined;
  try {
    const parsed = JSON.parse(body) as EntryBody;
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
  const statements = body.statements ?? [];
  const subjects = new Set([...body.outcomes.map(([, subject]) => subject), ...statements.flatMap((s) => s.subjects)]);
  const records = [
    ...body.outcomes.map(([, , holder, type, ids]) => [holder, type, ids]),
    ...statements.map(({ did, ids }) => [did, ids]),
  ];
  // The keys stand in their canonical order.
  return JSON.stringify({
    at: body.at,
    body: opened('body', row.hash ?? ''),
    records: opened('records', JSON.stringify(records)),
    subjects: opened('subjects', JSON.stringify([...subjects].sort())),
    v: 1,
    worker: opened('worker', JSON.stringify([worker, agency, role])),
  });
}
