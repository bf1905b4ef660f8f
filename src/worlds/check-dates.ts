/**
 * Dates of a world folder that are none: a source loses the rows and resources that hold them, and nothing says so but a count.
 * Which columns and properties are dates is told here; test/worlds-generate.test.ts holds it to what the adapters read as dates.
 */
import { z } from 'zod';
import { isDate } from '../domain/instants.js';
import type { CsvTable } from './check-csv.js';

type IsRight = (text: string) => boolean;

/** As SQL sources hold them: a day, perhaps with a time, which without a zone is UTC. */
const TIMED = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?)(?:Z|[+-]\d{2}:\d{2})?)?$/;
const isTimed: IsRight = (text) => {
  const [, day = '', time = '00:00'] = TIMED.exec(text) ?? [];
  return isDate(day) && !Number.isNaN(Date.parse(`${day}T${time}Z`));
};
/** A month, or a day of which the month counts. */
const isMonth: IsRight = (text) => isDate(text) || isDate(`${text}-01`);
/** FHIR R4 `dateTime`: a year, a month, a day or an instant. */
const isFhirDate: IsRight = (text) => isTimed(text) || isMonth(text) || isDate(`${text}-01-01`);
/** An extract may leave out the dashes. */
const isExtractDate: IsRight = (text) => isDate(text.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'));
const isInstant: IsRight = (text) => z.iso.datetime({ offset: true }).safeParse(text).success;

/** Of the folder's own tables; by path and column. */
const OF_FOLDER: { readonly [path: string]: { readonly [column: string]: IsRight } } = {
  'registers/consents.csv': { from: isInstant, until: isInstant, recorded_at: isInstant, review_on: isDate },
  'registers/exceptions.csv': { from: isInstant, until: isInstant, recorded_at: isInstant },
  'registers/judgements.csv': { judged_at: isInstant },
};
/** SSD and our views end the name of a date alike. */
const OF_SQL = /(?:_date|_on|_at|dob|_review_due|_latest_contact)$/;
const OF_EXTRACT = /^(?:DOB|REFLD|TRIAGED|CPLANDT|DISD|REFMODDT|MODST|MODEND|TOPDATE|FROM|UNTIL)$/;
/** Properties of a source's documents, at any depth. */
const OF_DOCUMENTS: { readonly [adapter: string]: RegExp } = {
  'mental-health':
    /^(?:birthDate|start|end|created|dateTime|occurrenceDateTime|onsetDateTime|abatementDateTime|recordedDate|lastUpdated)$/,
  'domestic-abuse': /^(?:dateOfBirth|openedOn|closedOn|from|until|madeOn|assessedOn|heardOn|at)$/,
  probation: /^(?:dateOfBirth|date|startDate|reviewDate|from|to)$/,
};
/** How sources write that there is none. */
const NONE = new Set(['', 'SSD_PH', 'ssd_ph', 'NA']);

/** What a cell of a source's column must be; nothing where it is no date. */
export function dateOfColumn(adapter: string, column: string): IsRight | undefined {
  if (adapter === 'substance-misuse') return OF_EXTRACT.test(column) ? isExtractDate : undefined;
  if (column === 'month') return isMonth;
  return OF_SQL.test(column) ? isTimed : undefined;
}

/** Names the cells of a source's table that should be dates and are none. */
export function datedSource(table: CsvTable, adapter: string, problems: string[]): void {
  for (const column of table.header) {
    const isRight = dateOfColumn(adapter, column);
    if (isRight) dated(table, column, isRight, problems);
  }
}

/** The same of a table of the folder itself. */
export function datedFolder(table: CsvTable, problems: string[]): void {
  for (const [column, isRight] of Object.entries(OF_FOLDER[table.path] ?? {})) dated(table, column, isRight, problems);
}

/** The same of a document, or a part of it; by the property that holds it. */
export function datedDocument(value: unknown, adapter: string, place: string, problems: string[]): void {
  if (value === null || typeof value !== 'object') return;
  for (const [name, held] of Object.entries(value)) {
    const isOne = typeof held === 'string' && !Array.isArray(value) && OF_DOCUMENTS[adapter]?.test(name);
    const isRight = adapter === 'mental-health' ? isFhirDate : isTimed;
    if (isOne && !NONE.has(held) && !isRight(held)) problems.push(`${place}: ${name} is no date`);
    datedDocument(held, adapter, place, problems);
  }
}

function dated(table: CsvTable, column: string, isRight: IsRight, problems: string[]): void {
  table.rows.forEach((row, i) => {
    const text = table.cell(row, column).trim();
    if (!NONE.has(text) && !isRight(text)) problems.push(`${table.path} line ${i + 2}: ${column} is no date`);
  });
}
