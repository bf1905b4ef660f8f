/**
 * Codes of the children's services returns → readable values. An unknown code is kept and marked, `unknown code ZZZZ`, never
 * dropped and never guessed at. Words in place of a code stay as they are: Mosaic holds words where Liquidlogic holds codes.
 */
import data from './code-sets.json' with { type: 'json' };

export type CodeSet = keyof typeof data.sets;
type Meanings = Readonly<Record<string, string>>;

const SETS: { readonly [S in CodeSet]: Meanings } = data.sets;
const SUBJECTS: Meanings = data.factorSubjects;

/** How codes of these sets are written; what has small letters or spaces and is no code of its set is words. */
const CODE = /^[A-Z0-9][A-Z0-9_./-]{0,39}$/;

/** What a code means; else the words that stand beside it; else the value as words, or marked as unknown. Null for none. */
export function readable(set: CodeSet, value: string | null, words: string | null = null): string | null {
  if (value === null) return words;
  return meaningOf(set, value) ?? words ?? marked(value);
}

/** The flags of a JSON object that say Y, in words; none is null. */
export function flagged(set: CodeSet, flags: Readonly<Record<string, string | null>> | null): string[] | null {
  if (flags === null) return null;
  return Object.entries(flags)
    .filter(([, value]) => value?.toUpperCase() === 'Y')
    .map(([flag]) => meaningOf(set, flag) ?? marked(flag));
}

/** An assessment factor: its meaning, and whose need it is (child, parent_or_carer, other_household). */
export function factorOf(code: string): { code: string; meaning: string | null; subject: string | null } {
  const subject = Object.hasOwn(SUBJECTS, code) ? SUBJECTS[code] : undefined;
  return { code, meaning: readable('cin_assessment_factors', code), subject: subject ?? null };
}

/** The meaning of a code however it is written; a meaning in place of its code, `FEMALE`, is that meaning. */
function meaningOf(set: CodeSet, value: string): string | undefined {
  const meanings = SETS[set];
  const code = [value, value.toUpperCase()].find((written) => Object.hasOwn(meanings, written));
  if (code !== undefined) return meanings[code];
  const words = value.toLowerCase();
  return Object.values(meanings).find((meaning) => meaning.toLowerCase() === words);
}

function marked(value: string): string {
  return CODE.test(value) ? `unknown code ${value}` : value;
}
