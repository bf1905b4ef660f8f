/**
 * How m and u are estimated, without knowing who is who: m from pairs of different systems that bear the same verified NHS
 * number (what Splink calls estimating m from a label), u from pairs taken at random. A deployment can do the same on its own data.
 */
import { compare, FIELDS, LEVELS, newComparison } from '../../src/people/matching/compare.js';
import type { PersonTable } from '../../src/people/matching/table.js';
import type { LevelWeight } from '../../src/people/matching/weigh.js';
import { randomOf } from '../../src/worlds/random.js';

type Levels = { readonly [field: string]: { readonly [level: string]: LevelWeight } };

export function estimateLevels(table: PersonTable, randomPairs = 6_000_000): Levels {
  const same = count();
  const different = count();
  const initials = { same: newInitials(), different: newInitials() };
  const comparison = newComparison();
  const byNumber = new Map<number, number[]>();
  for (let row = 0; row < table.size; row += 1) {
    const nhs = table.nhs[row] ?? 0;
    if (nhs === 0) continue;
    const rows = byNumber.get(nhs) ?? [];
    rows.push(row);
    byNumber.set(nhs, rows);
  }
  for (const rows of byNumber.values()) {
    for (const a of rows) {
      for (const b of rows) {
        if (a >= b || table.space[a] === table.space[b]) continue;
        compare(table, a, b, comparison);
        note(same, comparison.levels);
        noteInitials(table, a, b, initials.same);
      }
    }
  }
  const random = randomOf(11, 0);
  for (let i = 0; i < randomPairs; i += 1) {
    const [a, b] = [random.int(0, table.size - 1), random.int(0, table.size - 1)];
    if (a === b) continue;
    compare(table, a, b, comparison);
    note(different, comparison.levels);
    noteInitials(table, a, b, initials.different);
  }
  const estimated: { [field: string]: { [level: string]: LevelWeight } } = Object.fromEntries(
    FIELDS.map((field, place) => {
      const [m, u] = [same[place] ?? [], different[place] ?? []];
      const levels = LEVELS[field].slice(1);
      return [
        field,
        Object.fromEntries(
          levels.map((level, i) => [level, { m: share(m, i + 1, levels.length), u: share(u, i + 1, levels.length) }]),
        ),
      ];
    }),
  );
  // Who is known by initials bears no NHS number: what an initial is worth is told from the letters of whole names.
  for (const field of ['forename', 'surname'] as const) {
    const of = (seen: Initials) => Number((seen[field] / seen.pairs).toPrecision(4));
    estimated[field] = {
      ...estimated[field],
      INITIAL: { m: of(initials.same), u: of(initials.different) },
    };
  }
  // Names in the wrong order are one event: it is weighed once, with the forename.
  estimated['surname'] = { ...estimated['surname'], TRANSPOSED: { m: 1, u: 1 } };
  return estimated;
}

interface Initials {
  pairs: number;
  forename: number;
  surname: number;
}
const newInitials = (): Initials => ({ pairs: 0, forename: 0, surname: 0 });

function noteInitials({ names, forename, surname }: PersonTable, a: number, b: number, seen: Initials): void {
  const first = (column: Uint32Array, row: number) => names.text(column[row] ?? 0)[0];
  seen.pairs += 1;
  seen.forename += Number(first(forename, a) === first(forename, b));
  seen.surname += Number(first(surname, a) === first(surname, b));
}

const count = () => FIELDS.map((field) => LEVELS[field].map(() => 0));

function note(counts: number[][], levels: Uint8Array): void {
  levels.forEach((level, place) => {
    const ofField = counts[place];
    if (ofField) ofField[level] = (ofField[level] ?? 0) + 1;
  });
}

/** Among pairs where the field is known, half a pair added to each level so that none is impossible. */
function share(counts: readonly number[], level: number, levels: number): number {
  const known = counts.slice(1).reduce((sum, n) => sum + n, 0);
  return Number((((counts[level] ?? 0) + 0.5) / (known + levels / 2)).toPrecision(4));
}
