/** What the rules make of every point of the space: which are released, and what the denial of each other shows. */
import { OUTCOMES, type Outcome } from '../../domain/words.js';
import { denialOf } from '../outcome.js';
import { type PointSet, Points } from './points.js';
import type { Rule } from './rules.js';

export interface Space {
  readonly points: Points;
  /** The points at which each reading policy applies, by id; permits and vetoes apart. */
  readonly permits: ReadonlyMap<string, PointSet>;
  readonly vetoes: ReadonlyMap<string, PointSet>;
  /** The points of each outcome: every point is in exactly one. */
  readonly outcomes: { readonly [O in Outcome]: PointSet };
}

/** Requires the rules on reading. `points` may be shared, to compare the spaces of two sets of rules. */
export function spaceOf(rules: readonly Rule[], points = new Points()): Space {
  const setsOf = (effect: Rule['effect']) =>
    new Map(
      rules.flatMap((rule): [string, PointSet][] =>
        rule.effect === effect ? [[rule.id, points.where(({ facts }) => rule.holds(facts))]] : [],
      ),
    );
  const permits = setsOf('permit');
  const vetoes = setsOf('forbid');
  const released = points.without(points.anyOf(permits.values()), points.anyOf(vetoes.values()));
  const denials = points.not(released);
  const shows = (outcome: Outcome) =>
    points.and(
      denials,
      points.where(
        ({ facts, isIn }) => denialOf(facts, { includes: (id) => vetoes.has(id) && isIn(id) }) === outcome,
        vetoes,
      ),
    );
  return {
    points,
    permits,
    vetoes,
    outcomes: Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, outcome === 'RELEASED' ? released : shows(outcome)]),
    ) as Space['outcomes'],
  };
}
