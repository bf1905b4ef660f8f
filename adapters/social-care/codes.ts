/** Codes of the children's services returns → readable values. An unknown code has no meaning: null, never a guess. */
import data from './code-sets.json' with { type: 'json' };

export type CodeSet = keyof typeof data.sets;
type Meanings = Readonly<Record<string, string>>;

const SETS: { readonly [S in CodeSet]: Meanings } = data.sets;
const SUBJECTS: Meanings = data.factorSubjects;

/** What a code means, or null. */
export function meaningOf(set: CodeSet, code: string | null): string | null {
  const meanings = SETS[set];
  return code !== null && Object.hasOwn(meanings, code) ? (meanings[code] ?? null) : null;
}

/** The meaning of a code, or the words the source holds in its place (Mosaic holds words where Liquidlogic holds codes). */
export function wordsOf(set: CodeSet, value: string | null): string | null {
  return meaningOf(set, value) ?? value;
}

/** The outcomes a JSON object of flags says Y to, in words; a flag we do not know by its own name. Null when there is none. */
export function outcomesOf(set: CodeSet, flags: Readonly<Record<string, string | null>> | null): string[] | null {
  if (flags === null) return null;
  return Object.entries(flags)
    .filter(([, value]) => value === 'Y')
    .map(([flag]) => meaningOf(set, flag) ?? flag);
}

/** An assessment factor: its meaning, and whose need it is (child, parent_or_carer, other_household). */
export function factorOf(code: string): { code: string; meaning: string | null; subject: string | null } {
  const subject = Object.hasOwn(SUBJECTS, code) ? SUBJECTS[code] : undefined;
  return { code, meaning: meaningOf('cin_assessment_factors', code), subject: subject ?? null };
}
