/**
 * What a change of the policies changes, over the whole space of facts: what would newly be released, and newly withheld,
 * to whom. The paper that an officer signs.
 */
import type { FactRecord } from '../../domain/facts.js';
import { CATEGORIES, type Category, PURPOSES, type Purpose, ROLES, type Role } from '../../domain/words.js';
import { type PolicyText, rulesOn } from '../policies.js';
import { spaceOf } from './outcomes.js';
import { type PointSet, Points } from './points.js';

/** One kind of change for one role and category. */
export interface Change {
  readonly becomes: 'RELEASED' | 'DENIED' | 'SHOWN_OTHERWISE';
  readonly role: Role;
  readonly category: Category;
  readonly purposes: readonly Purpose[];
  /** Combinations of the other facts. */
  readonly points: bigint;
  /** One of them. */
  readonly example: FactRecord;
}

/** Every change from the old policies to the new, in the order of the closed lists; none when they decide alike everywhere. */
export function changesBetween(before: readonly PolicyText[], after: readonly PolicyText[]): readonly Change[] {
  const points = new Points();
  const [old, fresh] = [before, after].map((policies) => spaceOf(rulesOn(policies, 'read'), points).outcomes);
  if (!old || !fresh) return [];
  const gained = points.without(fresh.RELEASED, old.RELEASED);
  const lost = points.without(old.RELEASED, fresh.RELEASED);
  const same = points.anyOf(
    (['RELEASED', 'BROKERED', 'WITHHELD', 'SILENT'] as const).map((outcome) =>
      points.and(old[outcome], fresh[outcome]),
    ),
  );
  const otherwise = points.not(points.anyOf([gained, lost, same]));
  return [
    ...grouped(points, gained, 'RELEASED'),
    ...grouped(points, lost, 'DENIED'),
    ...grouped(points, otherwise, 'SHOWN_OTHERWISE'),
  ];
}

function grouped(points: Points, set: PointSet, becomes: Change['becomes']): Change[] {
  if (set === points.none) return [];
  return ROLES.flatMap((role) =>
    CATEGORIES.flatMap((category): Change[] => {
      const part = points.and(set, points.and(points.having('role', role), points.having('category', category)));
      const example = points.example(part);
      if (!example) return [];
      const purposes = PURPOSES.filter(
        (purpose) => points.and(part, points.having('purpose', purpose)) !== points.none,
      );
      return [{ becomes, role, category, purposes, points: points.size(part), example }];
    }),
  );
}

/** A line of JSON for each change. */
export function changesJson(changes: readonly Change[]): string {
  return changes.map((change) => JSON.stringify({ ...change, points: String(change.points) })).join('\n');
}

/** For people to read and sign. */
export function changesText(changes: readonly Change[]): string {
  if (changes.length === 0) return 'Both decide alike at every point of the space of facts.';
  const headings = {
    RELEASED: 'Would newly be released',
    DENIED: 'Would no longer be released',
    SHOWN_OTHERWISE: 'Still denied, but shown otherwise',
  };
  return (['RELEASED', 'DENIED', 'SHOWN_OTHERWISE'] as const)
    .flatMap((becomes) => {
      const of = changes.filter((change) => change.becomes === becomes);
      return of.length === 0 ? [] : [`${headings[becomes]}:`, ...of.map(lineOf), ''];
    })
    .join('\n');
}

function lineOf({ role, category, purposes, points, example }: Change): string {
  const { involvement, ownAgency, basis, stage } = example;
  const such = `e.g. involvement ${involvement}, ${ownAgency ? 'own agency' : `across agencies on ${basis}`}, stage ${stage}`;
  return `  ${role} · ${category} · for ${purposes.join(', ')} (${points} combinations; ${such})`;
}
