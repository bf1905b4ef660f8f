/**
 * Rows of the NDTMS extract and of the provider's client index, as far as they are read. A table of column readers rather
 * than a schema library: an extract has millions of rows, and each fault must name its column.
 */
import codes from './code-sets.json' with { type: 'json' };
import type { Header } from './editions.js';

/** What one cell says; undefined for an empty one. */
type Cell = string | number | undefined;
/** What is wrong with a row, in words that quote nothing of it. */
export interface Fault {
  readonly column: string;
  readonly why: string;
}

const WRONG = Symbol('not a value of this column');
interface Reader {
  /** What a value of this column is, as `… is not <what>`. */
  readonly what: string;
  read(text: string): Cell | typeof WRONG;
}

/** Outcome profile columns: days of use in the last 28. */
export const USE_COLUMNS = {
  ALCUSE: 'Alcohol',
  OPIUSE: 'Opiates',
  CRAUSE: 'Crack',
  COCAUSE: 'Cocaine',
  AMPHUSE: 'Amphetamines',
  CANNUSE: 'Cannabis',
} as const;
export type UseColumn = keyof typeof USE_COLUMNS;

const DAYS_IN_PROFILE = 28;
const MOST_CHILDREN = 97;
const LONGEST_KEY = 100;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Ids are joined by `/` in record ids, so none may hold one. */
const key: Reader = {
  what: `an id (1 to ${LONGEST_KEY} characters, no slash)`,
  read: (text) => (text.includes('/') || text.length > LONGEST_KEY ? WRONG : text),
};
const text: Reader = { what: 'text', read: (value) => value };
const date: Reader = { what: 'a day that exists (YYYY-MM-DD or YYYYMMDD)', read: (value) => dayOf(value) ?? WRONG };
const code = (pattern: RegExp, what: string): Reader => ({
  what,
  read: (value) => (pattern.test(value) ? value : WRONG),
});
const substance = code(/^\d{4}$/, 'a substance code (four digits)');
const reason = code(/^\d{1,2}$/, 'a reason code (one or two digits)');
/** 98 (declined to say) and 99 are no number of children. */
const children: Reader = {
  what: 'a number of children (0 to 97; 98 and 99 are no answer)',
  read: (value) => (/^\d{1,2}$/.test(value) ? (Number(value) > MOST_CHILDREN ? undefined : Number(value)) : WRONG),
};
const days: Reader = {
  what: 'a number of days (0 to 28)',
  read: (value) => (/^\d{1,2}$/.test(value) && Number(value) <= DAYS_IN_PROFILE ? Number(value) : WRONG),
};
const sex: Reader = { what: 'a code of sex', read: (value) => SEXES.get(value.toUpperCase()) };

const SEXES: ReadonlyMap<string, string> = new Map([
  ['1', 'Male'],
  ['M', 'Male'],
  ['2', 'Female'],
  ['F', 'Female'],
]);

/** What is read of a row with consent, and nothing else of it. */
const TREATMENT_READERS = {
  CLIENTID: key,
  EPISODID: key,
  MODID: text,
  REFLD: date,
  TRIAGED: date,
  DISD: date,
  DISRSN: reason,
  DRUG1: substance,
  DRUG2: substance,
  DRUG3: substance,
  CHILDWTH: children,
  TOPID: key,
  TOPDATE: date,
  ALCUSE: days,
  OPIUSE: days,
  CRAUSE: days,
  COCAUSE: days,
  AMPHUSE: days,
  CANNUSE: days,
} as const satisfies Record<string, Reader>;

const INDEX_READERS = {
  CLIENTID: key,
  FORENAME: text,
  SURNAME: text,
  DOB: date,
  SEX: sex,
  HOUSE: text,
  POSTCODE: text,
  KEYWORKER_ID: text,
  KEYWORKER_NAME: text,
  TEAM_ID: text,
  FROM: date,
  UNTIL: date,
} as const satisfies Record<string, Reader>;

type Numbers = 'CHILDWTH' | UseColumn;
/** One client, episode and treatment, and perhaps an outcome profile; an empty cell has no property. */
export type TreatmentRow = {
  readonly [column in Exclude<keyof typeof TREATMENT_READERS, Numbers | 'CLIENTID' | 'EPISODID'>]?: string;
} & { readonly [column in Numbers]?: number } & { readonly CLIENTID: string; readonly EPISODID: string };
/** One client and keyworker (or team), from and until when. */
export type IndexRow = { readonly [column in Exclude<keyof typeof INDEX_READERS, 'CLIENTID'>]?: string } & {
  readonly CLIENTID: string;
};

export const TREATMENT_COLUMNS = ['AGNCY', 'CONSENT', ...Object.keys(TREATMENT_READERS)];
export const INDEX_COLUMNS = Object.keys(INDEX_READERS);

/** The columns of an outcome profile. */
export function useColumns(): readonly UseColumn[] {
  return Object.keys(USE_COLUMNS) as UseColumn[];
}

/** What came of a row: `row` if it is good, else the faults; never both. */
export interface Parsed<T> {
  readonly row?: T;
  readonly faults: readonly Fault[];
}

/** The consent of an extract's row: all that may be read of it unless that is Y (ndtms: CONSENT = N). */
export interface Consent {
  /** The client, if the row names one. */
  readonly client?: string;
  readonly isGiven: boolean;
  readonly faults: readonly Fault[];
}

/** How the rows of a file with this header are read. */
export function treatmentRows(header: Header) {
  const plan = planOf(header, TREATMENT_READERS);
  const [client, agency, consent] = ['CLIENTID', 'AGNCY', 'CONSENT'].map((name) => header.position.get(name) ?? -1);
  return {
    /** Reads AGNCY, CLIENTID and CONSENT. Whatever is not plainly Y is no consent. */
    consentOf(cells: readonly string[]): Consent {
      const faults: Fault[] = [];
      const said = (cells[consent ?? -1] ?? '').trim();
      const id = saidIn(cells[client ?? -1], true);
      const isId = id !== undefined && key.read(id) !== WRONG;
      if (saidIn(cells[agency ?? -1], true) === undefined) faults.push({ column: 'AGNCY', why: 'is empty' });
      if (!isId) faults.push({ column: 'CLIENTID', why: id === undefined ? 'is empty' : `is not ${key.what}` });
      if (said !== 'Y' && said !== 'N') faults.push({ column: 'CONSENT', why: 'is neither Y nor N: counts as N' });
      return { ...(isId ? { client: id } : {}), isGiven: said === 'Y', faults };
    },
    /** Whether a row without consent says more than AGNCY, CLIENTID and CONSENT; nothing of it is looked at. */
    saysTooMuch: (cells: readonly string[]) =>
      cells.some((cell, i) => cell !== '' && i !== client && i !== agency && i !== consent && cell !== 'NA'),
    /** Reads the rest of a row with consent. */
    rowOf(cells: readonly string[]): Parsed<TreatmentRow> {
      const { row, faults } = parseRow<TreatmentRow>(cells, plan, ['CLIENTID', 'EPISODID'], true);
      if (!row || row.TOPDATE !== undefined || useColumns().every((column) => row[column] === undefined))
        return row ? { row, faults } : { faults };
      return { faults: [{ column: 'TOPDATE', why: 'is empty, but the row has days of use' }] };
    },
  };
}

/** How the rows of a client index with this header are read. */
export function indexRows(header: Header) {
  const plan = planOf(header, INDEX_READERS);
  return { rowOf: (cells: readonly string[]) => parseRow<IndexRow>(cells, plan, ['CLIENTID'], false) };
}

type Plan = readonly { readonly column: string; readonly at: number; readonly reader: Reader }[];

function planOf(header: Header, readers: Record<string, Reader>): Plan {
  return Object.entries(readers).flatMap(([column, reader]) => {
    const at = header.position.get(column);
    return at === undefined ? [] : [{ column, at, reader }];
  });
}

const NONE: readonly Fault[] = [];

function parseRow<T>(cells: readonly string[], plan: Plan, required: readonly string[], hasNa: boolean): Parsed<T> {
  const row: Record<string, Cell> = {};
  let faults: Fault[] | undefined;
  for (const { column, at, reader } of plan) {
    const said = saidIn(cells[at], hasNa);
    if (said === undefined) {
      if (required.includes(column)) {
        faults ??= [];
        faults.push({ column, why: 'is empty' });
      }
      continue;
    }
    const value = reader.read(said);
    if (value === WRONG) {
      faults ??= [];
      faults.push({ column, why: `is not ${reader.what}` });
    } else if (value !== undefined) row[column] = value;
  }
  return faults ? { faults } : { row: row as T, faults: NONE };
}

/** A cell's text; undefined if empty, or `NA` in the extract: a field that the provider's system does not hold. */
function saidIn(cell: string | undefined, hasNa: boolean): string | undefined {
  if (cell === undefined || cell === '' || (hasNa && cell === 'NA')) return undefined;
  const said = cell.trim();
  return said === '' || (hasNa && said === 'NA') ? undefined : said;
}

/** YYYY-MM-DD of a day that exists, written so or as YYYYMMDD (both occur); from 1900 on. */
function dayOf(value: string): string | undefined {
  const match = /^((?:19|20|21)\d\d)(-?)(\d\d)\2(\d\d)$/.exec(value);
  if (!match) return undefined;
  const [, year = '', dash, month = '', day = ''] = match;
  const last = month === '02' && isLeap(Number(year)) ? 29 : (MONTH_DAYS[Number(month) - 1] ?? 0);
  if (Number(day) < 1 || Number(day) > last) return undefined;
  return dash === '-' ? value : `${year}-${month}-${day}`;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const SUBSTANCES: ReadonlySet<string> = new Set([
  ...Object.keys(codes.problemSubstance.codes),
  ...codes.problemSubstance.noSubstance,
]);
const REASONS: ReadonlySet<string> = new Set(Object.keys(codes.dischargeReason.codes));

/** Codes of the row that are on no public list: kept, and shown as their code. */
export function unknownCodes(row: TreatmentRow, hasReasons: boolean): readonly (readonly [string, string])[] {
  const { DRUG1, DRUG2, DRUG3, DISRSN } = row;
  const unknown: (readonly [string, string])[] = [];
  if (DRUG1 !== undefined && !SUBSTANCES.has(DRUG1)) unknown.push(['DRUG1', DRUG1]);
  if (DRUG2 !== undefined && !SUBSTANCES.has(DRUG2)) unknown.push(['DRUG2', DRUG2]);
  if (DRUG3 !== undefined && !SUBSTANCES.has(DRUG3)) unknown.push(['DRUG3', DRUG3]);
  if (DISRSN !== undefined && !(hasReasons && REASONS.has(DISRSN))) unknown.push(['DISRSN', DISRSN]);
  return unknown;
}
