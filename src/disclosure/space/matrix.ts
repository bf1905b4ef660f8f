/**
 * The sharing matrix: for every role, category and purpose what may be released, on which conditions, and what a denial
 * may show. Derived from the policies over the whole space of facts; nothing in it is written by hand.
 */
import type { FactRecord } from '../../domain/facts.js';
import {
  CATEGORIES,
  type Category,
  OUTCOMES,
  type Outcome,
  PURPOSES,
  type Purpose,
  ROLES,
  type Role,
} from '../../domain/words.js';
import { type PolicyText, rulesOn } from '../policies.js';
import { type Space, spaceOf } from './outcomes.js';
import type { PointSet } from './points.js';
import { residueOf } from './residue.js';
import type { Rule } from './rules.js';

/** A way by which something may be released: a permit, and what it still asks. */
export interface Way {
  readonly permit: string;
  /** Empty when it asks nothing further. */
  readonly when: string;
}

/** What becomes of a category for a role and purpose, from the own agency's system or across agencies. */
export interface MatrixCell {
  readonly role: Role;
  readonly category: Category;
  readonly purpose: Purpose;
  readonly ownAgency: boolean;
  /** Ways by which it may be released; none: never. */
  readonly ways: readonly Way[];
  /** Every outcome that can be, over all other facts. */
  readonly outcomes: readonly Outcome[];
  /** Vetoes that can stand against one of the ways. */
  readonly vetoes: readonly string[];
}

/** Every cell, in the order of the closed lists. Some tenths of a second; keep it. */
export function sharingMatrix(policies: readonly PolicyText[]): readonly MatrixCell[] {
  const rules = rulesOn(policies, 'read');
  const whenOf = rememberedResidues(rules);
  const whole = cutsOf(spaceOf(rules));
  const cells: MatrixCell[] = [];
  for (const role of ROLES) {
    const ofRole = whole.given('role', role);
    const sides = ([true, false] as const).map(
      (ownAgency) => [ownAgency, ofRole.given('ownAgency', ownAgency)] as const,
    );
    for (const category of CATEGORIES) {
      for (const purpose of PURPOSES) {
        for (const [ownAgency, side] of sides) {
          const facts = { role, category, purpose, ownAgency };
          const { permits, outcomes, vetoes } = side.given('category', category).given('purpose', purpose).found();
          cells.push({
            ...facts,
            ways: permits.map((permit) => ({ permit, when: whenOf(permit, facts) })),
            outcomes,
            vetoes,
          });
        }
      }
    }
  }
  return cells;
}

type Given = Pick<MatrixCell, 'role' | 'category' | 'purpose' | 'ownAgency'>;

/** What a permit still asks; the same wherever the facts that it reads are the same. */
function rememberedResidues(rules: readonly Rule[]): (permit: string, facts: Given) => string {
  const known = new Map(
    rules.map((rule) => {
      const text = JSON.stringify(rule.conditions);
      const names = (['role', 'category', 'purpose', 'ownAgency'] as const).filter((name) =>
        text.includes(`"${name}"`),
      );
      return [rule.id, { rule, names, residues: new Map<string, string>() }];
    }),
  );
  return (permit, facts) => {
    const of = known.get(permit);
    if (!of) throw new RangeError(`no rule is ${permit}`);
    const key = of.names.map((name) => facts[name]).join();
    let when = of.residues.get(key);
    if (when === undefined) {
      const residue = residueOf(of.rule, facts);
      when = typeof residue === 'string' ? residue : '';
      of.residues.set(key, when);
    }
    return when;
  };
}

/** What some facts leave of the space. */
interface Cut {
  given<F extends keyof Given>(fact: F, value: FactRecord[F]): Cut;
  /** Permits that release something, vetoes that stand against one, outcomes that there are. */
  found(): Found;
}
type Found = Pick<MatrixCell, 'outcomes' | 'vetoes'> & { readonly permits: readonly string[] };

/** Cuts of a space; many facts leave the same, and that is looked into once. */
function cutsOf({ points, permits, vetoes, outcomes }: Space): Cut {
  const [permitIds, vetoIds] = [[...permits.keys()], [...vetoes.keys()]];
  const known = new Map<string, Cut>();
  const meets = (a: PointSet, b: PointSet) => points.and(a, b) !== points.none;
  function look(sets: readonly PointSet[]): Found {
    const from = permitIds.length + vetoIds.length;
    const released = sets[from + OUTCOMES.indexOf('RELEASED')] ?? points.none;
    const releasing = permitIds.flatMap((id, i) => {
      const set = sets[i] ?? points.none;
      return meets(set, released) ? [{ id, set }] : [];
    });
    const permitted = points.anyOf(releasing.map(({ set }) => set));
    return {
      permits: releasing.map(({ id }) => id),
      outcomes: OUTCOMES.filter((_, i) => sets[from + i] !== points.none),
      vetoes: vetoIds.filter((_, i) => meets(sets[permitIds.length + i] ?? points.none, permitted)),
    };
  }
  function cut(sets: readonly PointSet[]): Cut {
    const key = sets.join();
    const same = known.get(key);
    if (same) return same;
    const cuts = new Map<string, Cut>();
    let found: Found | undefined;
    const made: Cut = {
      given(fact, value) {
        const way = `${fact} ${value}`;
        const before = cuts.get(way);
        if (before) return before;
        const next = cut(sets.map((set) => points.given(set, fact, value)));
        cuts.set(way, next);
        return next;
      },
      found() {
        found ??= look(sets);
        return found;
      },
    };
    known.set(key, made);
    return made;
  }
  return cut([...permits.values(), ...vetoes.values(), ...OUTCOMES.map((outcome) => outcomes[outcome])]);
}
