/**
 * An answer of the log as text, a row at a time: a table for the terminal, CSV (RFC 4180), NDJSON, or FHIR R4 AuditEvents as
 * NDJSON (`fhir.ts`). What stands in a row was written by people and systems: hostile to a terminal and to a spreadsheet.
 */
import { auditEventOf } from './fhir.js';
import type { Json, Question } from './questions.js';

export const FORMATS = ['table', 'csv', 'ndjson', 'fhir'] as const;
export type Format = (typeof FORMATS)[number];

/** Those that an answer can be written in: AuditEvents are of operations. */
export function formatsOf({ isOfOperations }: Question): readonly Format[] {
  return isOfOperations ? FORMATS : FORMATS.filter((format) => format !== 'fhir');
}

/** Lines without their ends. */
export type Writer = (row: Json) => readonly string[];

/** Makes the lines of an answer's rows; `first` stands before them all, once there is a row. Throws for what a format cannot say. */
export function writerFor(format: Format, question: Question): { readonly write: Writer; readonly end: string } {
  if (format === 'ndjson') return { write: (row) => [JSON.stringify(row)], end: '\n' };
  if (format === 'fhir') {
    if (!question.isOfOperations)
      throw new Error('only questions that are answered with operations can be FHIR AuditEvents');
    return { write: (row) => [JSON.stringify(auditEventOf(row))], end: '\n' };
  }
  let columns: readonly string[] | undefined;
  const tabular =
    (cell: (text: string) => string, between: string): Writer =>
    (row) =>
      rowsOf(row, question).flatMap((flat) => {
        const heading = columns === undefined ? [Object.keys(flat)] : [];
        columns ??= Object.keys(flat);
        const values = columns.map((column) => flat[column] ?? '');
        return [...heading, values].map((cells) => cells.map(cell).join(between));
      });
  return format === 'csv'
    ? { write: tabular(csvCell, ','), end: '\r\n' }
    : { write: tabular(tableCell, '\t'), end: '\n' };
}

type Flat = { readonly [column: string]: string };

const LINE_COLUMNS = [
  'person',
  'holder',
  'recordType',
  'records',
  'category',
  'outcome',
  'permits',
  'vetoes',
  'reasons',
  'obligations',
  'basis',
  'evidence',
] as const;

/** Of all statements of an operation. */
const STATEMENT_COLUMNS = [
  ['statements', 'did'],
  ['statementIds', 'ids'],
  ['statementPersons', 'persons'],
  ['statementPolicies', 'policies'],
] as const;

/** An operation is a row for each of its lines (one, where it has none); whatever else is a row by itself. */
function rowsOf(row: Json, { isOfOperations }: Question): readonly Flat[] {
  if (!isOfOperations) return [flatten(row)];
  const { lines, statements, ...operation } = row as {
    readonly lines: readonly Json[];
    readonly statements: readonly Json[];
  };
  const own = {
    ...flatten(operation),
    ...Object.fromEntries(
      STATEMENT_COLUMNS.map(([column, field]) => [
        column,
        statements
          .map((one) => said(one[field]))
          .join(' ')
          .trim(),
      ]),
    ),
  };
  const none = Object.fromEntries(LINE_COLUMNS.map((column) => [column, '']));
  if (lines.length === 0) return [{ ...own, ...none }];
  return lines.map((line) => ({
    ...own,
    ...Object.fromEntries(LINE_COLUMNS.map((column) => [column, said(line[column])])),
  }));
}

function flatten(row: Json): Flat {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, said(value)]));
}

/** A value in one cell: an agency by its id, what else is an object as JSON, a list with spaces. */
function said(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(said).join(' ');
  if (typeof value !== 'object') return String(value);
  const { id, name } = value as { readonly id?: unknown; readonly name?: unknown };
  return typeof id === 'string' && typeof name === 'string' ? id : JSON.stringify(value);
}

/** RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe, and so is text. */
export function csvCell(text: string): string {
  const guarded = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** Without control characters: a cell can neither move the cursor nor colour what follows. */
export function tableCell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal obeys
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
}
