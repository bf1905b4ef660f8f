/**
 * Decisions by the hundred thousand a second, for what-ifs over many fact records: nothing is released by them, and whoever
 * asks has Cedar asked of a sample as well (`threshold decide`).
 *
 * Each policy, as written out, is taken apart once into cubes: for every fact the values that it lets through. A cube has a bit,
 * so that each value of a fact is a few words that say in which cubes it is; the words of all facts joined by `&` leave the
 * cubes that a record is in, and so the policies that apply. Another value of a fact is other words: so the least change is
 * found without evaluating anything anew. What a denial shows, and what is tried in which order, is `outcome.ts` and
 * `reason.ts`, here as everywhere.
 */
import type { Decision } from '../../domain/decision.js';
import { FACT_NAMES, FACTS, type FactName, type FactRecord } from '../../domain/facts.js';
import { denialOf } from '../outcome.js';
import { type Policies, rulesOn } from '../policies.js';
import { ASPECTS, type Change, isRequestableBy, reasonsBy, type WouldRelease } from '../reason.js';
import { Points } from './points.js';
import type { Rule } from './rules.js';

/** For each fact, in the order of `FACT_NAMES`, the place of its value in its list. */
export type Places = Uint8Array;

/** What was decided; whoever asks knows the facts. */
export type BulkDecision = Omit<Decision, 'facts'>;

type Words = Int32Array;

/** Combinations of cubes remembered before they are gathered anew; uniform facts make some thousands. */
const REMEMBERED = 200_000;
const BITS = 32;

/**
 * Decides as `createDecide` does on the policies written out. `made` makes something of each distinct decision: equal decisions
 * come out as the same thing while they are remembered.
 */
export function createBulkDecide<T>(
  policies: Pick<Policies, 'all' | 'written'>,
  made: (decision: BulkDecision) => T,
): (places: Places) => T {
  const table = takenApart(policies.all);
  const { vetoing, permitting } = table;
  const asked = askedOf(table, (words) => isAny(words, permitting) && !isAny(words, vetoing));
  const facts = {} as Writable;
  const denied = new Known<{ readonly ids: readonly string[]; readonly index: number }>(vetoing.from, vetoing.until);
  const released = new Known<T>(permitting.from, table.width);
  const vetoSets = new Map<string, { readonly ids: readonly string[]; readonly index: number }>();
  const releases = new Map<string, T>();
  const denials = new Map<string, T>();

  function release(words: Words): T {
    const permits = idsIn(words, permitting);
    const obligations = policies.written.obligations(facts, permits);
    return orMake(releases, `${permits}|${obligations}`, () =>
      made({ outcome: 'RELEASED', permits, vetoes: [], obligations, reasons: [], requestable: false }),
    );
  }
  function vetoSet(words: Words) {
    const ids = idsIn(words, vetoing);
    return orMake(vetoSets, ids.join(), () => ({ ids, index: vetoSets.size }));
  }

  return (places) => {
    const words = asked.of(places);
    filled(VALUES, facts, places);
    if (asked.isReleased()) return released.of(words, release);
    const { ids, index } = denied.of(words, vetoSet);
    const outcome = denialOf(facts, ids);
    const reasons = reasonsBy(facts, ids, asked.wouldRelease);
    const requestable = isRequestableBy(asked.wouldRelease);
    const key = `${index} ${outcome} ${requestable} ${reasons}`;
    return orMake(denials, key, () =>
      made({ outcome, permits: [], vetoes: ids, obligations: [], reasons, requestable }),
    );
  };
}

/** Rules of one kind: their words, and which rule each bit of these is of. */
interface Group {
  readonly from: number;
  readonly until: number;
  readonly ids: readonly string[];
}

interface Table {
  readonly width: number;
  readonly vetoing: Group;
  readonly permitting: Group;
  /** Words of the cubes that a value is in: of the i-th value of a fact, from `i * width` on. */
  readonly accepts: readonly Words[];
}

/** Vetoes, permits, then what binds whoever receives; each group begins with a word of its own. */
function takenApart(policies: Policies['all']): Table {
  const points = new Points();
  const cubes: (readonly number[] | undefined)[] = [];
  const group = (rules: readonly Rule[]): Group => {
    const from = cubes.length / BITS;
    const ids = rules.flatMap(({ id, holds }) =>
      [...points.cubes(points.where(({ facts }) => holds(facts)))].map((cube) => {
        cubes.push(cube);
        return id;
      }),
    );
    while (cubes.length % BITS > 0) cubes.push(undefined);
    return { from, until: cubes.length / BITS, ids };
  };
  const vetoing = group(rulesOn(policies, 'read', 'forbid'));
  const permitting = group(rulesOn(policies, 'read', 'permit'));
  group(rulesOn(policies, 'oblige', 'permit'));
  const width = cubes.length / BITS;
  const accepts = VALUES.map((values, fact) => {
    const words = new Int32Array(values.length * width);
    for (const [bit, cube] of cubes.entries())
      for (const i of values.keys())
        if (((cube?.[fact] ?? 0) >> i) & 1) {
          const word = i * width + Math.floor(bit / BITS);
          words[word] = (words[word] ?? 0) | (1 << (bit % BITS));
        }
    return words;
  });
  return { width, vetoing, permitting, accepts };
}

/** Asks the table of one record after another, and of the last one with some of its facts otherwise. */
function askedOf({ width, accepts }: Table, isReleased: (words: Words) => boolean) {
  const aspectOf = ASPECTS.flatMap(({ changes }, i) => changes.map(() => i));
  const changeable = ASPECTS.map(({ names }) => names.map((name) => FACT_NAMES.indexOf(name)));
  const fixed = together(
    FACT_NAMES.flatMap((_, fact) => (changeable.flat().includes(fact) ? [] : fact)),
    accepts,
    width,
  );
  const changed = ASPECTS.flatMap(({ changes }) => changes.map(({ facts }) => wordsOf(facts)));
  /** Of the record as it is: its fixed facts, each aspect, and all together. */
  const base = new Int32Array(width);
  const aspects = ASPECTS.map(() => new Int32Array(width));
  const whole = new Int32Array(width);
  /** Of everything but two aspects, and which these are. */
  const rest = new Int32Array(width);
  let [restOf, otherOf] = [-1, -1];
  const tried = new Int32Array(width);

  function wordsOf(facts: Partial<FactRecord>): Words {
    const words = new Int32Array(width).fill(-1);
    for (const [name, value] of Object.entries(facts)) {
      const fact = FACT_NAMES.indexOf(name as FactName);
      join(words, accepts[fact], (FACTS[name as FactName] as readonly unknown[]).indexOf(value));
    }
    return words;
  }
  function join(words: Words, of: Words | undefined, place: number): void {
    for (let w = 0; w < width; w += 1) words[w] = (words[w] as number) & ((of as Words)[place * width + w] as number);
  }
  function leave(one: number, two: number): void {
    if (one === restOf && two === otherOf) return;
    [restOf, otherOf] = [one, two];
    rest.set(base);
    for (let i = 0; i < aspects.length; i += 1) if (i !== one && i !== two) join(rest, aspects[i], 0);
  }
  const wouldRelease: WouldRelease = (one: Change, two?: Change) => {
    leave(aspectOf[one.at] as number, two ? (aspectOf[two.at] as number) : -1);
    const first = changed[one.at] as Words;
    const second = two ? (changed[two.at] as Words) : first;
    for (let w = 0; w < width; w += 1) tried[w] = (rest[w] as number) & (first[w] as number) & (second[w] as number);
    return isReleased(tried);
  };
  return {
    wouldRelease,
    isReleased: () => isReleased(whole),
    of(places: Places): Words {
      restOf = -1;
      otherOf = -1;
      base.fill(-1);
      for (let i = 0; i < fixed.length; i += 1) {
        const { facts, sizes, words } = fixed[i] as Together;
        let place = 0;
        for (let j = 0; j < facts.length; j += 1)
          place = place * (sizes[j] as number) + (places[facts[j] as number] as number);
        join(base, words, place);
      }
      whole.set(base);
      for (let i = 0; i < aspects.length; i += 1) {
        const aspect = aspects[i] as Words;
        aspect.fill(-1);
        for (const fact of changeable[i] as readonly number[]) join(aspect, accepts[fact], places[fact] as number);
        join(whole, aspect, 0);
      }
      return whole;
    },
  };
}

/** Facts whose words stand joined for every combination of their values. */
interface Together {
  readonly facts: Uint8Array;
  readonly sizes: Uint8Array;
  readonly words: Words;
}

/** Combinations in one table: more would no longer lie near. */
const COMBINATIONS = 128;

function together(facts: readonly number[], accepts: readonly Words[], width: number): readonly Together[] {
  const tables: { facts: number[]; words: Words }[] = [];
  for (const fact of facts) {
    const own = accepts[fact] as Words;
    const last = tables.at(-1);
    if (!last || (last.words.length / width) * (own.length / width) > COMBINATIONS) {
      tables.push({ facts: [fact], words: own });
      continue;
    }
    const words: number[] = [];
    for (let i = 0; i < last.words.length; i += width)
      for (let j = 0; j < own.length; j += width)
        for (let w = 0; w < width; w += 1) words.push((last.words[i + w] as number) & (own[j + w] as number));
    last.facts.push(fact);
    last.words = Int32Array.from(words);
  }
  return tables.map(({ facts: joined, words }) => ({
    facts: Uint8Array.from(joined),
    sizes: Uint8Array.from(joined, (fact) => valuesOf(fact).length),
    words,
  }));
}

function isAny(words: Words, { from, until }: Group): boolean {
  for (let w = from; w < until; w += 1) if (words[w] !== 0) return true;
  return false;
}

/** Ids of the rules whose cubes these are, in order. */
function idsIn(words: Words, { from, ids }: Group): readonly string[] {
  return [...new Set(ids.filter((_, bit) => ((words[from + Math.floor(bit / BITS)] ?? 0) >> (bit % BITS)) & 1))];
}

/** What was made of some words, by these words. */
class Known<T> {
  readonly #from: number;
  readonly #until: number;
  readonly #steps = new Map<number, number>();
  #made: T[] = [];

  constructor(from: number, until: number) {
    this.#from = from;
    this.#until = until;
  }

  of(words: Words, make: (words: Words) => T): T {
    let at = 0;
    for (let w = this.#from; w < this.#until; w += 1) {
      const step = at * 2 ** BITS + ((words[w] as number) >>> 0);
      let next = this.#steps.get(step);
      if (next === undefined) {
        if (this.#steps.size >= REMEMBERED) {
          this.#steps.clear();
          this.#made = [];
          return make(words);
        }
        next = this.#steps.size + 1;
        this.#steps.set(step, next);
      }
      at = next;
    }
    let known = this.#made[at];
    if (known === undefined) {
      known = make(words);
      this.#made[at] = known;
    }
    return known;
  }
}

function orMake<K, T>(known: Map<K, T>, key: K, make: () => T): T {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= REMEMBERED) known.clear();
  const fresh = make();
  known.set(key, fresh);
  return fresh;
}

type Writable = { -readonly [F in FactName]: FactRecord[F] };

const VALUES: readonly (readonly unknown[])[] = FACT_NAMES.map((name) => FACTS[name]);

function valuesOf(fact: number): readonly unknown[] {
  return VALUES[fact] ?? [];
}

/** Written out fact by fact, from the names and nothing else, as `factKey` is: a loop takes several times as long. */
const filled = new Function(
  'values',
  'facts',
  'places',
  FACT_NAMES.map((name, i) => `facts.${name} = values[${i}][places[${i}]];`).join('\n'),
) as (values: readonly (readonly unknown[])[], facts: Writable, places: Places) => void;
