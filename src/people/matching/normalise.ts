/**
 * What sources write, in one form. Nothing is guessed: what does not have the form of its kind is absent, and absent
 * neither speaks for a link nor against it.
 */

/** A name in lower case without accents, apostrophes and titles; hyphens become blanks. Empty when nothing is left. */
export function normaliseName(text: string | undefined): string {
  if (text === undefined) return '';
  const plain = PLAIN.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain
    .toLowerCase()
    .replace(/['’`.]/g, '')
    .replace(/[^a-z]+/g, ' ')
    .trim()
    .replace(TITLE, '');
}

const PLAIN = /^[\x20-\x7e]*$/;
const TITLE = /^(?:mr|mrs|miss|ms|dr|master|baby) (?=\S)/;

/** Words that systems hold where a name is not known. */
const NO_NAMES = new Set([
  'unknown',
  'not known',
  'unborn',
  'na',
  'none',
  'anon',
  'anonymous',
  'test',
  'n a',
  'x',
  'xx',
]);

export function isNoName(name: string): boolean {
  return NO_NAMES.has(name);
}

/**
 * The ten digits of an NHS number whose check digit holds (modulus 11, NHS Data Dictionary: NHS NUMBER), as a number;
 * 0 otherwise. Numbers of one repeated digit pass the arithmetic and are nobody's.
 */
export function verifiedNhsNumber(text: string | undefined): number {
  const digits = text?.replace(/[\s-]/g, '') ?? '';
  if (!/^[1-9]\d{9}$/.test(digits) || /^(\d)\1{9}$/.test(digits)) return 0;
  let sum = 0;
  for (let position = 0; position < 9; position += 1) sum += Number(digits[position]) * (10 - position);
  const check = (11 - (sum % 11)) % 11;
  return check === Number(digits[9]) ? Number(digits) : 0;
}

/** A postcode without blanks, upper case, and its first part; undefined when it has neither form. */
export function normalisePostcode(
  text: string | undefined,
): { readonly postcode: string; readonly outcode: string } | undefined {
  const squashed = text?.toUpperCase().replace(/[^A-Z0-9]/g, '') ?? '';
  const full = /^([A-Z]{1,2}\d[A-Z\d]?)\d[A-Z]{2}$/.exec(squashed);
  if (full?.[1]) return { postcode: squashed, outcode: full[1] };
  return /^[A-Z]{1,2}\d[A-Z\d]?$/.test(squashed) ? { postcode: squashed, outcode: squashed } : undefined;
}

/** A calendar date as the number YYYYMMDD; 0 when it is none, or none on which anybody living was born. */
export function dateNumber(text: string | undefined): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(text ?? '');
  if (!parts) return 0;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal && year >= 1900 && !(year === 1900 && month === 1 && day === 1) ? year * 10000 + month * 100 + day : 0;
}

/** A 32-bit hash (FNV-1a). Equal texts have equal hashes; who takes equal hashes for equal texts compares again. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
