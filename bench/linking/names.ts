/** Invented names that sound like names and are spread like names: a few common ones, a long tail, nicknames, spellings. */
import { type Random, randomOf } from '../../src/worlds/random.js';

export interface NamePool {
  readonly girls: readonly string[];
  readonly boys: readonly string[];
  readonly surnames: readonly string[];
  /** What a forename is shortened to. */
  readonly short: ReadonlyMap<string, string>;
  /** The part of the short forms that a table of nicknames would have: the matcher is given no more. */
  readonly known: readonly (readonly string[])[];
  readonly forename: (random: Random, sex: 'F' | 'M') => string;
  readonly surname: (random: Random) => string;
}

const list = (words: string) => words.split(' ');
const ONSETS = list('b br c ch cl d dr f fl fr g gl gr h j k kr l m n p ph pr qu r s sh sl st t th tr v w y z');
const VOWELS = list('a e i o u ai ee ia ea ou y');
const MIDDLES = list('b bb ck d dd ff g l ll m mm n nn nd nt p r rr rt s ss sh st t tt th v x z');
const GIRL_ENDS = list('a ah ia ie elle ene ina een ora ith yn is ey anne etta');
const BOY_ENDS = list('an en on us er ock ard eth im iel ot ias el ance ex ur am');
const SURNAME_ENDS = list(
  'son ton ley worth er man field well s ford ham by bury cott den wick ridge more land stone brook hurst gate thorpe ing',
);

/** How much of the nicknames in use a table of nicknames knows. */
const KNOWN_NICKNAMES = 0.7;

export function makeNames(seed: number): NamePool {
  const random = randomOf(seed, 900_001);
  const stem = () => random.pick(ONSETS) + random.pick(VOWELS) + random.pick(MIDDLES);
  const unique = (count: number, make: () => string) => {
    const names = new Set<string>();
    while (names.size < count) names.add(make());
    return [...names];
  };
  const girls = unique(1500, () => stem() + random.pick(GIRL_ENDS));
  const boys = unique(1500, () => stem() + random.pick(BOY_ENDS));
  const surnames = unique(30_000, () => {
    const long = random.chance(0.35) ? random.pick(VOWELS) + random.pick(MIDDLES) : '';
    return stem() + long + random.pick(SURNAME_ENDS);
  });
  const short = new Map<string, string>();
  const known: string[][] = [];
  for (const name of [...girls, ...boys]) {
    if (!random.chance(0.5)) continue;
    const [start = name] = /^[^aeiouy]*[aeiouy]+[^aeiouy]/.exec(name) ?? [];
    const nickname = random.chance(0.5) ? start : `${start}${random.pick(['y', 'ie'])}`;
    if (nickname === name) continue;
    short.set(name, nickname);
    if (random.chance(KNOWN_NICKNAMES)) known.push([name, nickname]);
  }
  const girlOf = drawer(girls, 8, 1.05);
  const boyOf = drawer(boys, 8, 1.05);
  const surnameOf = drawer(surnames, 12, 0.95);
  return {
    girls,
    boys,
    surnames,
    short,
    known,
    forename: (from, sex) => (sex === 'F' ? girlOf(from) : boyOf(from)),
    surname: surnameOf,
  };
}

/** Draws by rank: the probability falls as 1/(rank + shift)^exponent. The commonest surname is borne by some 0.8 %. */
function drawer(items: readonly string[], shift: number, exponent: number): (random: Random) => string {
  const cumulated = new Float64Array(items.length);
  let sum = 0;
  items.forEach((_, rank) => {
    sum += 1 / (rank + 1 + shift) ** exponent;
    cumulated[rank] = sum;
  });
  return (random) => {
    const wanted = random.next() * sum;
    let [low, high] = [0, items.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return items[low] ?? '';
  };
}

const SOUND_ALIKE: readonly (readonly [RegExp, string])[] = [
  [/ck/, 'k'],
  [/ph/, 'f'],
  [/f(?!f)/, 'ph'],
  [/(?<!c)k/, 'ck'],
  [/ee/, 'ea'],
  [/ea/, 'ee'],
  [/y$/, 'ie'],
  [/ie$/, 'y'],
  [/ey$/, 'y'],
  [/([lmnrst])\1/, '$1'],
  [/(?<=[aeiou])([lmnrst])(?=[aeiou])/, '$1$1'],
  [/ah$/, 'a'],
  [/c(?=[aou])/, 'k'],
  [/z/, 's'],
];
const NEIGHBOURS: { readonly [key: string]: string } = {
  a: 'sq', b: 'vn', c: 'xv', d: 'sf', e: 'wr', f: 'dg', g: 'fh', h: 'gj', i: 'uo', j: 'hk', k: 'jl', l: 'k', m: 'n',
  n: 'bm', o: 'ip', p: 'o', q: 'wa', r: 'et', s: 'ad', t: 'ry', u: 'yi', v: 'cb', w: 'qe', x: 'zc', y: 'tu', z: 'x',
}; // biome-ignore format: a keyboard is easier to check in rows

/** A spelling mistake: what is heard is written otherwise, or a finger slips. */
export function misspell(random: Random, name: string): string {
  if (random.chance(0.5)) {
    const fitting = SOUND_ALIKE.filter(([pattern]) => pattern.test(name));
    if (fitting.length > 0) {
      const [pattern, other] = random.pick(fitting);
      return name.replace(pattern, other);
    }
  }
  const at = random.int(1, Math.max(1, name.length - 1));
  const letter = name[at] ?? '';
  switch (random.int(0, 3)) {
    case 0:
      return name.slice(0, at) + name.slice(at + 1);
    case 1:
      return name.slice(0, at) + letter + name.slice(at);
    case 2:
      return name.slice(0, at - 1) + letter + (name[at - 1] ?? '') + name.slice(at + 1);
    default:
      return name.slice(0, at) + random.pick([...(NEIGHBOURS[letter] ?? 'e')]) + name.slice(at + 1);
  }
}
