/**
 * What can be found wrong with a deployment: one closed table of codes with the words an administrator reads. A finding holds
 * names of tables and columns, and counts; never a value of a row.
 */

/** FAULT: the source is not ready, unsafe, wrong or slow. NOTE: the gateway copes, and somebody should know. */
export type Level = 'FAULT' | 'NOTE';

export const FINDINGS = {
  UNREACHABLE: ['FAULT', 'the database cannot be reached'],
  NOT_ENCRYPTED: [
    'FAULT',
    'the connection is not encrypted (`encrypt: false`): records travel readable by anybody on the way',
  ],
  CERTIFICATE_NOT_CHECKED: [
    'NOTE',
    'the server’s certificate is not checked (`trustServerCertificate: true`): a machine in between could pose as the server',
  ],
  CAN_WRITE: ['FAULT', 'the log-in can do more than read: the gateway needs SELECT and nothing else'],
  SNAPSHOT_OFF: [
    'FAULT',
    'READ_COMMITTED_SNAPSHOT is off: the gateway’s reading and the case system’s writing hold each other up',
  ],
  TABLE_MISSING: ['FAULT', 'is not there, or the log-in may not see it: it reads as empty, as if there were none'],
  REQUIRED_MISSING: ['FAULT', 'is not there, or the log-in may not see it: nothing of this source is read without it'],
  TABLE_UNREADABLE: ['FAULT', 'is there and cannot be read'],
  COLUMN_MISSING: ['FAULT', 'is not there: it reads as NULL in every row'],
  COLUMN_REACHED: ['NOTE', 'is not there: the person is found through another table, which is slower'],
  COLUMN_LACKING: ['NOTE', 'is not there, as in some products: it reads as NULL in every row'],
  WRONG_TYPE: ['FAULT', 'has a type that the gateway cannot read'],
  DATE_AS_TEXT: ['NOTE', 'holds its dates as text: only YYYY-MM-DD and RFC 3339 are understood'],
  KEY_UNBOUNDED: ['FAULT', 'is an id of unbounded length: no index can be made on it'],
  KEY_NOT_UNICODE: [
    'NOTE',
    'is VARCHAR under a collation of SQL Server’s own: compared with the gateway’s NVARCHAR ids its index is not used',
  ],
  COLLATION_DIFFERS: [
    'NOTE',
    'has another collation than its database: it is converted row by row and its index is not used',
  ],
  NO_INDEX: ['FAULT', 'has no index that begins with it: every request reads the whole table'],
  INDEX_UNSEEN: ['NOTE', 'is of a view whose table the log-in cannot see: have the column behind it indexed'],
  SOURCE_EMPTY: ['FAULT', 'is empty: the source is not ready, whatever else it holds'],
  RESTRICTED_EMPTY: ['FAULT', 'is empty: it says that nobody’s whereabouts are protected'],
  RESTRICTED_UNKNOWN: [
    'FAULT',
    'names nobody that the source knows: the list protects no one. Are these the right ids?',
  ],
  BLANK_ID: ['FAULT', 'has rows without an id (NULL, empty or SSD_PH): they are dropped'],
  RESTRICTED_BLANK: ['FAULT', 'has entries that name nobody: nothing of this source is read until they do'],
  DUPLICATE_ID: ['FAULT', 'has ids that several rows share'],
  UNREADABLE_VALUE: ['FAULT', 'holds values not of the form promised: their rows are dropped'],
  ORPHANS: ['NOTE', 'has ids that are not in the table they point at'],
  NOTHING_FOUND: ['FAULT', 'has no id at all that is in the table it points at. Are these the right ids?'],
  UNKNOWN_CODES: ['NOTE', 'holds codes that are in no code set: they are shown without a meaning'],
  PLACEHOLDERS: ['NOTE', 'holds the placeholder SSD_PH, which reads as NULL'],
  NOT_CHECKED: ['FAULT', 'could not be checked: the database refused a statement that the gateway may send'],
  STALE: ['FAULT', 'nothing new has come in: is the source still being filled?'],
} as const satisfies { readonly [code: string]: readonly [Level, string] };

export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  readonly code: FindingCode;
  readonly level: Level;
  readonly table?: string;
  readonly column?: string;
  /** In plain words, without table and column. */
  readonly says: string;
  /** How many rows (or codes) it concerns, and of how many. */
  readonly count?: number;
  readonly of?: number;
  /** The statement that puts it right. */
  readonly run?: string;
}

/** A finding in the words of its code; `more` is added to them. */
export function finding(
  code: FindingCode,
  { more, ...rest }: Omit<Finding, 'code' | 'level' | 'says'> & { readonly more?: string } = {},
): Finding {
  const [level, words] = FINDINGS[code];
  return { code, level, ...rest, says: more === undefined ? words : `${words} (${more})` };
}

/** As one or two lines for a person. */
export function describeFinding({ level, table, column, says, count, of, run }: Finding): string {
  const place = table === undefined ? '' : `${column === undefined ? table : `${table}.${column}`} `;
  const share = count === undefined ? '' : `: ${of === undefined ? count : `${count} of ${of}`}`;
  return `${level === 'FAULT' ? 'FAULT' : 'note '}  ${place}${says}${share}${run === undefined ? '' : `\n       run: ${run}`}`;
}
