/**
 * A growing RFC 6962 tree of which only the right edge is kept: the roots of the perfect subtrees that its size is the sum of
 * (a compact range from 0). Appending costs one hash on average, the root at most one for each bit of the size.
 */
import { EMPTY_ROOT, type Hash, nodeHash } from './hash.js';

/** The root of the perfect subtree over the leaves [index · 2^level, (index + 1) · 2^level). */
export interface Node {
  readonly level: number;
  readonly index: number;
}

export interface CompactRange {
  /** How many leaves. */
  readonly size: number;
  /** Roots of its perfect subtrees, the largest (leftmost) first. */
  readonly edge: readonly Hash[];
}

export const EMPTY_RANGE: CompactRange = { size: 0, edge: [] };

/** The tree with one leaf more. `completed` is told of every node that is now final, the leaf first. */
export function append(
  { size, edge }: CompactRange,
  leaf: Hash,
  completed: (node: Node, hash: Hash) => void = () => undefined,
): CompactRange {
  const grown = [...edge];
  let hash = leaf;
  let [level, index] = [0, size];
  completed({ level, index }, hash);
  while (index % 2 === 1) {
    hash = nodeHash(grown.pop() as Hash, hash);
    level += 1;
    index = (index - 1) / 2;
    completed({ level, index }, hash);
  }
  grown.push(hash);
  return { size: size + 1, edge: grown };
}

/** MTH(D[0:size]), RFC 6962 §2.1. */
export function rootOf({ edge }: CompactRange): Hash {
  return edge.length === 0 ? EMPTY_ROOT : joined(edge);
}

/** The hash over neighbouring perfect subtrees that shrink to the right, as the ragged edge of a tree has them. */
export function joined(hashes: readonly Hash[]): Hash {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The perfect subtrees that make up the leaves [begin, end), left to right. Requires `begin` to be where such a range can begin in a tree. */
export function nodesOf(begin: number, end: number): Node[] {
  const nodes: Node[] = [];
  for (let at = begin; at < end; ) {
    let [level, width] = [0, 1];
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}
