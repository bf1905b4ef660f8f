/** Rows of the NDTMS extract and of the provider's client index, as far as they are read. */
import { z } from 'zod';

/** Without these an extract cannot be read; every other column may be absent, as editions differ. */
export const EXTRACT_COLUMNS = ['AGNCY', 'CLIENTID', 'CONSENT', 'EPISODID'] as const;
export const INDEX_COLUMNS = [
  'CLIENTID',
  'FORENAME',
  'SURNAME',
  'DOB',
  'SEX',
  'HOUSE',
  'POSTCODE',
  'KEYWORKER_ID',
  'KEYWORKER_NAME',
  'TEAM_ID',
  'FROM',
  'UNTIL',
] as const;

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

/** A cell that may be empty; `NA` is how the extract writes a field that the provider's system does not hold. */
const cell = (empty: readonly string[]) =>
  z
    .string()
    .optional()
    .transform((value) => (value === undefined || empty.includes(value.trim()) ? undefined : value.trim()));
const extractCell = cell(['', 'NA']);
const indexCell = cell(['']);

/** Ids are joined by `/` in record ids, so none may hold one. */
const key = z
  .string()
  .trim()
  .regex(/^[^/]+$/);

/** Holds to `pattern`, then to `read`: undefined from either refuses the row. */
const checked = <T>(of: typeof extractCell, pattern: RegExp, read: (text: string) => T | undefined) =>
  of.transform((text, context): T | undefined => {
    if (text === undefined) return undefined;
    const value = pattern.test(text) ? read(text) : undefined;
    if (value === undefined) context.addIssue({ code: 'custom', message: 'not a value of this field' });
    return value;
  });

/** YYYY-MM-DD or YYYYMMDD (both occur), a day that exists; → YYYY-MM-DD. */
const date = (of: typeof extractCell) =>
  checked(of, /^\d{4}-?\d{2}-?\d{2}$/, (text) => {
    const digits = text.replaceAll('-', '');
    const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
    const at = new Date(`${day}T00:00:00.000Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) ? day : undefined;
  });
const substance = checked(extractCell, /^\d{4}$/, (text) => text);
const reason = checked(extractCell, /^\d{1,2}$/, (text) => text);
/** 98 (declined to say) and 99 are no number of children. */
const children = checked(extractCell, /^\d{1,2}$/, Number).transform((n) =>
  n === undefined || n > MOST_CHILDREN ? undefined : n,
);
const days = checked(extractCell, /^\d{1,2}$/, (text) => (Number(text) <= DAYS_IN_PROFILE ? Number(text) : undefined));

/** All that may be read of a row whose client does not consent, and the first that is read of any row. */
export const consentSchema = z.object({ AGNCY: z.string().min(1), CLIENTID: key, CONSENT: z.string().trim() });

/** The rest of a row with consent: one client, episode and treatment, and perhaps an outcome profile. */
export const treatmentSchema = z
  .object({
    CLIENTID: key,
    EPISODID: key,
    REFLD: date(extractCell),
    TRIAGED: date(extractCell),
    DISD: date(extractCell),
    DISRSN: reason,
    DRUG1: substance,
    DRUG2: substance,
    DRUG3: substance,
    CHILDWTH: children,
    TOPID: extractCell.refine((id) => id === undefined || !id.includes('/')),
    TOPDATE: date(extractCell),
    ALCUSE: days,
    OPIUSE: days,
    CRAUSE: days,
    COCAUSE: days,
    AMPHUSE: days,
    CANNUSE: days,
  })
  .refine((row) => row.TOPDATE !== undefined || useColumns().every((column) => row[column] === undefined));
export type TreatmentRow = z.infer<typeof treatmentSchema>;

/** The columns of an outcome profile. */
export function useColumns(): readonly UseColumn[] {
  return Object.keys(USE_COLUMNS) as UseColumn[];
}

const SEXES: ReadonlyMap<string, string> = new Map([
  ['1', 'Male'],
  ['M', 'Male'],
  ['2', 'Female'],
  ['F', 'Female'],
]);

/** One client and keyworker (or team), from and until when. */
export const indexSchema = z.object({
  CLIENTID: key,
  FORENAME: indexCell,
  SURNAME: indexCell,
  DOB: date(indexCell),
  SEX: indexCell.transform((code) => SEXES.get(code?.toUpperCase() ?? '')),
  HOUSE: indexCell,
  POSTCODE: indexCell,
  KEYWORKER_ID: indexCell,
  KEYWORKER_NAME: indexCell,
  TEAM_ID: indexCell,
  FROM: date(indexCell),
  UNTIL: date(indexCell),
});
export type IndexRow = z.infer<typeof indexSchema>;
