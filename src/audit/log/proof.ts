/**
 * Merkle proofs: made as RFC 6962 §2.1.1 and §2.1.2 define them, verified by the algorithms of RFC 9162 §2.1.3.2 and
 * §2.1.4.2. A proof is first a plan (which stretches of leaves its hashes stand for), so that whoever keeps hashes elsewhere
 * can fetch them together. Sizes are whole numbers up to 2^53 − 1.
 */
import { HASH_SIZE, type Hash, nodeHash } from './hash.js';
import { joined, type Node, nodesOf } from './tree.js';

/** Leaves [begin, end) of which a proof needs the Merkle tree hash. */
export type Stretch = readonly [begin: number, end: number];

/** PATH(index, D[size]), from the leaf's sibling up. Throws RangeError unless 0 ≤ index < size. */
export function inclusionPlan(index: number, size: number): Stretch[] {
  if (!isSize(size) || !isSize(index) || index >= size) throw new RangeError('there is no such leaf in this tree');
  const path = (begin: number, end: number): Stretch[] => {
    if (end - begin === 1) return [];
    const middle = begin + largestPowerBelow(end - begin);
    return index < middle ? [...path(begin, middle), [middle, end]] : [...path(middle, end), [begin, middle]];
  };
  return path(0, size);
}

/** PROOF(old, D[size]). Empty from the empty tree and between equal sizes. Throws RangeError unless 0 ≤ old ≤ size. */
export function consistencyPlan(old: number, size: number): Stretch[] {
  if (!isSize(old) || !isSize(size) || old > size) throw new RangeError('a tree does not grow smaller');
  if (old === 0 || old === size) return [];
  const subproof = (begin: number, end: number, isComplete: boolean): Stretch[] => {
    if (old === end) return isComplete ? [] : [[begin, end]];
    const middle = begin + largestPowerBelow(end - begin);
    return old <= middle
      ? [...subproof(begin, middle, isComplete), [middle, end]]
      : [...subproof(middle, end, false), [begin, middle]];
  };
  return subproof(0, size, true);
}

/** The hashes of a plan. `hashAt` is asked for perfect subtrees only (`nodesOf` says which). */
export function proofOf(plan: readonly Stretch[], hashAt: (node: Node) => Hash): Hash[] {
  return plan.map(([begin, end]) => joined(nodesOf(begin, end).map(hashAt)));
}

/** The root that an inclusion proof leads to, or undefined when it cannot be a proof of that leaf in a tree of that size. */
export function rootByInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Hash | undefined {
  if (!isSize(index) || !isSize(size) || index >= size || ![leaf, ...proof].every(isHash)) return undefined;
  let [fn, sn] = [index, size - 1];
  let root: Hash = Buffer.from(leaf);
  for (const hash of proof) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      root = nodeHash(hash, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else root = nodeHash(root, hash);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? root : undefined;
}

/** Whether the leaf stands at this index in the tree of this size and root. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const reached = rootByInclusion(index, size, leaf, proof);
  return reached !== undefined && isHash(root) && reached.equals(root);
}

/** Whether the tree of `size` and `root` only adds to the one of `oldSize` and `oldRoot`. Nothing is proved of an empty tree: false. */
export function verifyConsistency(
  oldSize: number,
  size: number,
  oldRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(oldSize) || !isSize(size) || oldSize === 0 || oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && Buffer.from(root).equals(oldRoot);
  if (![oldRoot, root, ...proof].every(isHash)) return false;
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  const [first, ...rest] = path;
  if (!first || proof.length === 0) return false;
  let [fn, sn] = [oldSize - 1, size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [fr, sr]: [Hash, Hash] = [Buffer.from(first), Buffer.from(first)];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeHash(hash, fr), nodeHash(hash, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else sr = nodeHash(sr, hash);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && fr.equals(oldRoot) && sr.equals(root);
}

/** The length of an inclusion proof in a tree of this size, at most: one hash for each level. */
export function longestInclusion(size: number): number {
  return size <= 1 ? 0 : Math.ceil(Math.log2(size));
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Uint8Array): boolean {
  return value.length === HASH_SIZE;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** Math.round(Math.log2(value)) === value;
}

/** The largest power of two smaller than n, for n > 1. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
