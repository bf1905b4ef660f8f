/**
 * Sets of fact records, over the whole space of closed facts at once. A set is a decision diagram: each node asks one
 * fact and has a child for each of its values, equal parts are one node. So "is there any point where …" is answered for
 * all of some 10^15 points exactly, not by trying some.
 *
 * R. E. Bryant, Graph-Based Algorithms for Boolean Function Manipulation, IEEE Trans. Computers C-35(8), 1986; with a
 * child for each value of a fact in place of two (multi-valued decision diagrams).
 */
import { FACT_NAMES, FACTS, type FactName, type FactRecord } from '../../domain/facts.js';

/** A set of fact records of one `Points`. Two sets are equal exactly when they are the same number. */
export type PointSet = number & { readonly __points: unique symbol };

/** Reads facts, and whatever else a predicate asks by name that has been given as a set. */
export interface Probe {
  readonly facts: FactRecord;
  readonly isIn: (name: string) => boolean;
}

const NO = 0 as PointSet;
const YES = 1 as PointSet;
/** Below every fact: the level of the two sets that ask nothing. */
const BOTTOM = FACT_NAMES.length;
const LEVEL = new Map(FACT_NAMES.map((name, level) => [name, level]));
const VALUES: readonly (readonly unknown[])[] = FACT_NAMES.map((name) => FACTS[name]);

/** Keeps every set it ever made: make one a question, not one a process. */
export class Points {
  readonly none = NO;
  readonly all = YES;
  readonly #levels: number[] = [BOTTOM, BOTTOM];
  readonly #children: (readonly PointSet[])[] = [[], []];
  readonly #known = new Map<string, PointSet>();
  readonly #both = new Map<number, PointSet>();
  readonly #givens = new Map<number, Map<PointSet, PointSet>>();
  readonly #complements = new Map<PointSet, PointSet>();
  readonly #sizes = new Map<PointSet, bigint>();

  /** The points at which a fact has one of these values. */
  having<F extends FactName>(fact: F, ...values: readonly FactRecord[F][]): PointSet {
    const level = levelOf(fact);
    return this.#node(
      level,
      valuesAt(level).map((value) => (values.includes(value as FactRecord[F]) ? YES : NO)),
    );
  }

  and(a: PointSet, b: PointSet): PointSet {
    if (a === NO || b === NO) return NO;
    if (a === YES || a === b) return b;
    if (b === YES) return a;
    const key = a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a;
    const known = this.#both.get(key);
    if (known !== undefined) return known;
    const level = Math.min(this.#levelOf(a), this.#levelOf(b));
    const result = this.#node(
      level,
      valuesAt(level).map((_, i) => this.and(this.#child(a, level, i), this.#child(b, level, i))),
    );
    this.#both.set(key, result);
    return result;
  }

  not(set: PointSet): PointSet {
    if (set === NO) return YES;
    if (set === YES) return NO;
    const known = this.#complements.get(set);
    if (known !== undefined) return known;
    const result = this.#node(
      this.#levelOf(set),
      (this.#children[set] ?? []).map((child) => this.not(child)),
    );
    this.#complements.set(set, result);
    return result;
  }

  or(a: PointSet, b: PointSet): PointSet {
    return this.not(this.and(this.not(a), this.not(b)));
  }

  /** The points of the first that are not in the second. */
  without(a: PointSet, b: PointSet): PointSet {
    return this.and(a, this.not(b));
  }

  anyOf(sets: Iterable<PointSet>): PointSet {
    let union: PointSet = NO;
    for (const set of sets) union = this.or(union, set);
    return union;
  }

  /** The points that would be in the set if the fact had this value: the set no longer depends on the fact. */
  given<F extends FactName>(set: PointSet, fact: F, value: FactRecord[F]): PointSet {
    const at = levelOf(fact);
    const index = valuesAt(at).indexOf(value);
    const key = at * 2 ** 8 + index;
    const memo = this.#givens.get(key) ?? new Map<PointSet, PointSet>();
    this.#givens.set(key, memo);
    const walk = (node: PointSet): PointSet => {
      const level = this.#levelOf(node);
      if (level > at) return node;
      if (level === at) return this.#child(node, at, index);
      const known = memo.get(node);
      if (known !== undefined) return known;
      const result = this.#node(level, (this.#children[node] ?? []).map(walk));
      memo.set(node, result);
      return result;
    };
    return walk(set);
  }

  /**
   * The points at which a predicate holds, found by running it: where it reads a fact, once for each value. Requires that it
   * depends on what it reads of the probe and on nothing else. `named` are sets that it may ask for by name.
   */
  where(holds: (probe: Probe) => boolean, named: ReadonlyMap<string, PointSet> = new Map()): PointSet {
    const asked = new Asked();
    const explore = (): PointSet => {
      const answer = asked.answerOf(holds);
      if (answer === true) return YES;
      if (answer === false) return NO;
      const { level, set } = answer;
      if (set !== undefined) {
        const points = named.get(set);
        if (points === undefined) throw new RangeError(`no set is named ${set}`);
        asked.sets.set(set, true);
        const inside = this.and(points, explore());
        asked.sets.set(set, false);
        const outside = this.without(explore(), points);
        asked.sets.delete(set);
        return this.or(inside, outside);
      }
      const children: PointSet[] = [];
      for (const value of valuesAt(level)) {
        asked.values[level] = value;
        children.push(explore());
      }
      asked.values[level] = UNREAD;
      return this.#asking(level, children);
    };
    return explore();
  }

  /** One of its points; undefined when it has none. `choose` picks among so many ways at each fact: the first, unless told. */
  example(set: PointSet, choose: (ways: number) => number = () => 0): FactRecord | undefined {
    if (set === NO) return undefined;
    const point: Record<string, unknown> = {};
    let node = set;
    for (const [level, name] of FACT_NAMES.entries()) {
      const ways = valuesAt(level).flatMap((_, i) => (this.#child(node, level, i) === NO ? [] : i));
      const index = ways[choose(ways.length)] ?? 0;
      point[name] = valuesAt(level)[index];
      node = this.#child(node, level, index);
    }
    return point as FactRecord;
  }

  /**
   * The set as cubes, no two of which share a point: each says for every fact, in the order of the names, which of its values
   * are in it (bit i: the i-th).
   */
  *cubes(set: PointSet): Generator<readonly number[]> {
    const cube = VALUES.map(({ length }) => 2 ** length - 1);
    yield* this.#cubesBelow(set, cube);
  }

  has(set: PointSet, facts: FactRecord): boolean {
    let node = set;
    while (node !== NO && node !== YES) {
      const level = this.#levelOf(node);
      node = this.#child(node, level, valuesAt(level).indexOf(facts[FACT_NAMES[level] as FactName]));
    }
    return node === YES;
  }

  /** How many points it has. */
  size(set: PointSet): bigint {
    return this.#below(set) * combinations(0, this.#levelOf(set));
  }

  /** How many points of all points there are. */
  get total(): bigint {
    return combinations(0, BOTTOM);
  }

  *#cubesBelow(set: PointSet, cube: readonly number[]): Generator<readonly number[]> {
    if (set === NO) return;
    if (set === YES) {
      yield cube;
      return;
    }
    const level = this.#levelOf(set);
    const ways = new Map<PointSet, number>();
    for (const [i, child] of (this.#children[set] ?? []).entries()) ways.set(child, (ways.get(child) ?? 0) | (1 << i));
    for (const [child, values] of ways)
      yield* this.#cubesBelow(
        child,
        cube.map((all, fact) => (fact === level ? values : all)),
      );
  }

  #below(set: PointSet): bigint {
    if (set === NO) return 0n;
    if (set === YES) return 1n;
    const known = this.#sizes.get(set);
    if (known !== undefined) return known;
    const level = this.#levelOf(set);
    let sum = 0n;
    for (const child of this.#children[set] ?? [])
      sum += this.#below(child) * combinations(level + 1, this.#levelOf(child));
    this.#sizes.set(set, sum);
    return sum;
  }

  /** The set that asks a fact and goes on with one of these, whatever facts these ask themselves. */
  #asking(level: number, children: readonly PointSet[]): PointSet {
    const first = children.reduce((least, child) => Math.min(least, this.#levelOf(child)), BOTTOM);
    // What asks the same fact has its answer already.
    if (first >= level)
      return this.#node(
        level,
        children.map((child, i) => this.#child(child, level, i)),
      );
    return this.#node(
      first,
      valuesAt(first).map((_, i) =>
        this.#asking(
          level,
          children.map((child) => this.#child(child, first, i)),
        ),
      ),
    );
  }

  #levelOf(set: PointSet): number {
    return this.#levels[set] ?? BOTTOM;
  }

  /** What a set becomes when the fact of a level has its i-th value. */
  #child(set: PointSet, level: number, i: number): PointSet {
    return this.#levelOf(set) === level ? (this.#children[set]?.[i] ?? NO) : set;
  }

  #node(level: number, children: readonly PointSet[]): PointSet {
    const [first = NO] = children;
    if (children.every((child) => child === first)) return first;
    const key = `${level}:${children.join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#levels.length as PointSet;
    this.#levels.push(level);
    this.#children.push(children);
    this.#known.set(key, made);
    return made;
  }
}

const UNREAD = Symbol('not decided yet');

/** What stops a predicate that reads what is not decided yet: the fact's level, or a set's name. Thrown, and one for all. */
const stopped: { level: number; set: string | undefined } = { level: 0, set: undefined };

/** What is decided so far of a record, as a predicate reads it. */
class Asked {
  readonly values: unknown[] = FACT_NAMES.map(() => UNREAD);
  readonly sets = new Map<string, boolean>();
  readonly #probe: Probe;

  constructor() {
    const { values, sets } = this;
    const facts = {};
    for (const [level, name] of FACT_NAMES.entries())
      Object.defineProperty(facts, name, {
        enumerable: true,
        get() {
          const value = values[level];
          if (value !== UNREAD) return value;
          stopped.level = level;
          stopped.set = undefined;
          throw stopped;
        },
      });
    const isIn = (set: string) => {
      const known = sets.get(set);
      if (known !== undefined) return known;
      stopped.set = set;
      throw stopped;
    };
    this.#probe = { facts: facts as FactRecord, isIn };
  }

  answerOf(holds: (probe: Probe) => boolean): boolean | typeof stopped {
    try {
      return holds(this.#probe);
    } catch (error) {
      if (error === stopped) return stopped;
      throw error;
    }
  }
}

function levelOf(fact: FactName): number {
  const level = LEVEL.get(fact);
  if (level === undefined) throw new RangeError(`${fact} is no fact`);
  return level;
}

function valuesAt(level: number): readonly unknown[] {
  return VALUES[level] ?? [];
}

/** How many ways there are to choose the facts of these levels. */
function combinations(from: number, to: number): bigint {
  return VALUES.slice(from, to).reduce((product, values) => product * BigInt(values.length), 1n);
}
