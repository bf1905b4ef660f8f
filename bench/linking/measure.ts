/** Precision and recall of a linkage against the truth of a generated world. Pairs are all pairs of records of one person. */
import type { Clusters } from '../../src/people/matching/cluster.js';
import type { Edges } from '../../src/people/matching/edges.js';

export interface Measured {
  readonly truePairs: number;
  /** Pairs that stand in one group without anybody's decision, and how many of them are of one person. */
  readonly joined: number;
  readonly joinedRightly: number;
  /** Pairs joined or between groups that somebody is asked about. */
  readonly found: number;
  readonly asked: number;
  /** Questions whose answer is yes. */
  readonly askedRightly: number;
}

export function measure(truth: ArrayLike<number>, clusters: Pick<Clusters, 'of' | 'review'>, edges: Edges): Measured {
  const groups = new Map<number, number[]>();
  const persons = new Map<number, number[]>();
  for (let row = 0; row < truth.length; row += 1) {
    push(groups, clusters.of[row] ?? row, row);
    push(persons, truth[row] ?? 0, row);
  }
  let [joined, joinedRightly] = [0, 0];
  for (const rows of groups.values()) {
    eachPair(rows, (a, b) => {
      joined += 1;
      if (truth[a] === truth[b]) joinedRightly += 1;
    });
  }
  const asked = new Set<number>();
  let askedRightly = 0;
  for (const { edge } of clusters.review) {
    const [a, b] = [edges.a[edge] ?? 0, edges.b[edge] ?? 0];
    asked.add(between(clusters.of[a] ?? 0, clusters.of[b] ?? 0));
    if (truth[a] === truth[b]) askedRightly += 1;
  }
  let [truePairs, found] = [0, 0];
  for (const rows of persons.values()) {
    eachPair(rows, (a, b) => {
      truePairs += 1;
      const [x, y] = [clusters.of[a] ?? 0, clusters.of[b] ?? 0];
      if (x === y || asked.has(between(x, y))) found += 1;
    });
  }
  return { truePairs, joined, joinedRightly, found, asked: clusters.review.length, askedRightly };
}

const between = (x: number, y: number) => Math.min(x, y) * 2097152 + Math.max(x, y);

function push(lists: Map<number, number[]>, key: number, item: number): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function eachPair(rows: readonly number[], visit: (a: number, b: number) => void): void {
  for (let i = 0; i < rows.length; i += 1)
    for (let j = i + 1; j < rows.length; j += 1) visit(rows[i] ?? 0, rows[j] ?? 0);
}
