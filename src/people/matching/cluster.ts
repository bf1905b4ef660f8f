/**
 * From pairs to persons. Joins are made from the heaviest on, and only while the whole of two groups agrees: nobody twice of
 * one source, no two different NHS numbers, no pair that somebody rejected, no two members who are plainly apart.
 * A join that is held back goes to review.
 */
import { APART, groundOf, JOIN, verdictOf } from './classify.js';
import type { Edges } from './edges.js';
import type { PersonTable } from './table.js';

/** What people decided of pairs, by row: made before anything else, and never undone here. */
export interface Decided {
  readonly confirmed: readonly (readonly [number, number])[];
  readonly rejected: readonly (readonly [number, number])[];
}

/** The verdict of any two rows, compared afresh (packed, see classify). */
export type Judge = (a: number, b: number) => { readonly weight: number; readonly packed: number };

export interface Clusters {
  /** For each row the row that stands for its group. */
  readonly of: Uint32Array;
  /** Edges (places in the list given) for somebody to decide: the heaviest for each two groups. */
  readonly review: readonly { readonly edge: number; readonly isChain: boolean }[];
}

/** `mayAsk`: whether there is somebody whom these two rows may be shown to; of two groups such a pair is asked about first. */
export function clusterEdges(
  table: PersonTable,
  edges: Edges,
  judge: Judge,
  decided: Decided,
  mayAsk: (a: number, b: number) => boolean = () => true,
): Clusters {
  const parent = new Uint32Array(table.size);
  for (let row = 0; row < parent.length; row += 1) parent[row] = row;
  const members = new Map<number, number[]>();
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at;
      at = parent[at] ?? at;
    }
    return at;
  };
  const groupOf = (at: number) => members.get(at) ?? [at];
  const unite = (a: number, b: number) => {
    const [keep, go] = a < b ? [a, b] : [b, a];
    members.set(keep, [...groupOf(keep), ...groupOf(go)]);
    members.delete(go);
    parent[go] = keep;
  };
  const rejected = new Map<number, Set<number>>();
  for (const [a, b] of decided.rejected) {
    rejected.set(a, (rejected.get(a) ?? new Set()).add(b));
    rejected.set(b, (rejected.get(b) ?? new Set()).add(a));
  }
  const isRejected = (a: number, b: number) => rejected.get(a)?.has(b) ?? false;
  const isAnyRejected = (left: readonly number[], right: readonly number[]) =>
    rejected.size > 0 && left.some((a) => right.some((b) => isRejected(a, b)));

  for (const [a, b] of decided.confirmed) {
    const [x, y] = [root(a), root(b)];
    if (x !== y && !isAnyRejected(groupOf(x), groupOf(y))) unite(x, y);
  }

  const mayUnite = (left: readonly number[], right: readonly number[]): boolean => {
    for (const a of left) {
      for (const b of right) {
        if (table.space[a] === table.space[b] || isRejected(a, b)) return false;
        const [nhsA, nhsB] = [table.nhs[a] ?? 0, table.nhs[b] ?? 0];
        if (nhsA !== 0 && nhsB !== 0 && nhsA !== nhsB) return false;
        if (left.length + right.length > 2) {
          const { packed } = judge(a, b);
          if (verdictOf(packed) === APART || groundOf(packed) === 'NUMBER_BUT_NOT_PERSON') return false;
        }
      }
    }
    return true;
  };

  const joins: number[] = [];
  const others: number[] = [];
  for (let at = 0; at < edges.size; at += 1) (verdictOf(edges.packed[at] ?? 0) === JOIN ? joins : others).push(at);
  const heaviestFirst = (x: number, y: number) => (edges.weight[y] ?? 0) - (edges.weight[x] ?? 0) || x - y;
  joins.sort(heaviestFirst);
  const held: number[] = [];
  for (const at of joins) {
    const [x, y] = [root(edges.a[at] ?? 0), root(edges.b[at] ?? 0)];
    if (x === y) continue;
    if (mayUnite(groupOf(x), groupOf(y))) unite(x, y);
    else held.push(at);
  }

  others.sort(heaviestFirst);
  const asked = new Set<number>();
  const review: { edge: number; isChain: boolean }[] = [];
  const ask = (at: number, isChain: boolean) => {
    const [x, y] = [root(edges.a[at] ?? 0), root(edges.b[at] ?? 0)];
    const key = Math.min(x, y) * 2097152 + Math.max(x, y);
    if (x === y || asked.has(key) || isAnyRejected(groupOf(x), groupOf(y))) return;
    asked.add(key);
    review.push({ edge: at, isChain });
  };
  for (const isFirst of [true, false]) {
    for (const [places, isChain] of [
      [held, true],
      [others, false],
    ] as const) {
      for (const at of places) if (mayAsk(edges.a[at] ?? 0, edges.b[at] ?? 0) === isFirst) ask(at, isChain);
    }
  }
  for (let row = 0; row < parent.length; row += 1) parent[row] = root(row);
  return { of: parent, review };
}
