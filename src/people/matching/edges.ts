/** Pairs worth keeping, in columns, and how they are found over a whole table. */
import { classify, verdictOf } from './classify.js';
import { compare, newComparison } from './compare.js';
import { createMeeting, type Postings } from './index-of-persons.js';
import type { PersonTable } from './table.js';
import { createWeigh, type MatchWeights } from './weigh.js';

/** Pairs that are joined or reviewed: rows, weight in bits, packed verdict (see classify). */
export interface Edges {
  size: number;
  a: Uint32Array;
  b: Uint32Array;
  weight: Float32Array;
  packed: Uint8Array;
}

export function createEdges(expected = 1024): Edges {
  return {
    size: 0,
    a: new Uint32Array(expected),
    b: new Uint32Array(expected),
    weight: new Float32Array(expected),
    packed: new Uint8Array(expected),
  };
}

export function addEdge(edges: Edges, a: number, b: number, weight: number, packed: number): void {
  const at = edges.size;
  if (at >= edges.a.length) {
    const size = edges.a.length * 2;
    for (const [column, made] of [
      ['a', new Uint32Array(size)],
      ['b', new Uint32Array(size)],
      ['weight', new Float32Array(size)],
      ['packed', new Uint8Array(size)],
    ] as const) {
      made.set(edges[column]);
      (edges as unknown as { [column: string]: unknown })[column] = made;
    }
  }
  edges.a[at] = a;
  edges.b[at] = b;
  edges.weight[at] = weight;
  edges.packed[at] = packed;
  edges.size = at + 1;
}

export interface Found {
  readonly edges: Edges;
  /** Pairs compared. */
  readonly compared: number;
  readonly passedOver: number;
}

/** Compares every pair of rows that share a key, the first row in [from, to), and keeps those joined or reviewed. */
export function findEdges(
  table: PersonTable,
  postings: Postings,
  weights: MatchWeights,
  from = 0,
  to = table.size,
  isRetired: (row: number) => boolean = () => false,
): Found {
  const edges = createEdges();
  const comparison = newComparison();
  const weigh = createWeigh(table, weights);
  const meeting = createMeeting(table, postings);
  let compared = 0;
  for (let a = from; a < to; a += 1) {
    if (isRetired(a)) continue;
    meeting.each(a, a + 1, (b) => {
      if (isRetired(b)) return;
      compared += 1;
      compare(table, a, b, comparison);
      const weight = weigh(comparison);
      const packed = classify(table, a, b, comparison, weight, weights);
      if (verdictOf(packed) !== 0) addEdge(edges, a, b, weight, packed);
    });
  }
  return { edges, compared, passedOver: meeting.passedOver };
}
