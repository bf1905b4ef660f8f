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

/** Every cell, in the order of the closed lists. About a second; keep it. */
export function sharingMatrix(policies: readonly PolicyText[]): readonly MatrixCell[] {
  const rules = rulesOn(policies, 'read');
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const whole = spaceOf(rules);
  const cells: MatrixCell[] = [];
  for (const role of ROLES) {
    const ofRole = given(whole, 'role', role);
    for (const category of CATEGORIES) {
      const ofCategory = given(ofRole, 'category', category);
      for (const purpose of PURPOSES) {
        const ofPurpose = given(ofCategory, 'purpose', purpose);
        for (const ownAgency of [true, false]) {
          const facts = { role, category, purpose, ownAgency };
          cells.push({ ...facts, ...cellOf(given(ofPurpose, 'ownAgency', ownAgency), byId, facts) });
        }
      }
    }
  }
  return cells;
}

function cellOf(
  { points, permits, vetoes, outcomes }: Space,
  rules: ReadonlyMap<string, Rule>,
  facts: Partial<FactRecord>,
): Pick<MatrixCell, 'ways' | 'outcomes' | 'vetoes'> {
  const meets = (a: PointSet, b: PointSet) => points.and(a, b) !== points.none;
  const releasing = [...permits].filter(([, set]) => meets(set, outcomes.RELEASED));
  const permitted = points.anyOf(releasing.map(([, set]) => set));
  return {
    ways: releasing.map(([permit]) => {
      const rule = rules.get(permit);
      const when = rule ? residueOf(rule, facts) : false;
      return { permit, when: typeof when === 'string' ? when : '' };
    }),
    outcomes: OUTCOMES.filter((outcome) => outcomes[outcome] !== points.none),
    vetoes: [...vetoes].flatMap(([veto, set]) => (meets(set, permitted) ? veto : [])),
  };
}

/** The space in which a fact has a value. */
function given<F extends keyof FactRecord>(space: Space, fact: F, value: FactRecord[F]): Space {
  const { points } = space;
  const each = (sets: ReadonlyMap<string, PointSet>) =>
    new Map([...sets].map(([id, set]) => [id, points.given(set, fact, value)]));
  return {
    points,
    permits: each(space.permits),
    vetoes: each(space.vetoes),
    outcomes: Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, points.given(space.outcomes[outcome], fact, value)]),
    ) as Space['outcomes'],
  };
}
