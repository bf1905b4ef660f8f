import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY_ROOT, type Hash, leafHash, nodeHash } from '../../../src/audit/log/hash.js';
import {
  consistencyPlan,
  inclusionPlan,
  longestInclusion,
  proofOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/audit/log/proof.js';
import { append, EMPTY_RANGE, type Node, rootOf } from '../../../src/audit/log/tree.js';
import { mth, path, proof } from './naive-tree.js';

const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => Buffer.from(`leaf ${i}`));

/** The tree over leaves with every root on the way and every node. */
function grow(leaves: readonly Uint8Array[]) {
  const nodes = new Map<string, Hash>();
  const roots = [EMPTY_ROOT];
  let range = EMPTY_RANGE;
  for (const leaf of leaves) {
    range = append(range, leafHash(leaf), ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash));
    roots.push(rootOf(range));
  }
  const hashAt = ({ level, index }: Node) => nodes.get(`${level}/${index}`)!;
  return { roots, hashAt };
}

describe('the tree, against the RFC written down', () => {
  it('has the same roots and inclusion proofs at every size up to 96, and the proofs verify', () => {
    const leaves = leavesOf(96);
    const { roots, hashAt } = grow(leaves);
    for (let size = 0; size <= 96; size += 1) {
      const part = leaves.slice(0, size);
      expect(roots[size]).toEqual(mth(part));
      for (let index = 0; index < size; index += size < 40 ? 1 : 7) {
        const made = proofOf(inclusionPlan(index, size), hashAt);
        expect(made).toEqual(path(index, part));
        expect(made.length).toBeLessThanOrEqual(longestInclusion(size));
        expect(verifyInclusion(index, size, leafHash(leaves[index]!), made, roots[size]!)).toBe(true);
      }
    }
  });

  it('has the same consistency proofs between all sizes up to 96, and they verify', () => {
    const leaves = leavesOf(96);
    const { roots, hashAt } = grow(leaves);
    const wrong: number[][] = [];
    for (let size = 1; size <= 96; size += 1) {
      for (let old = 1; old <= size; old += 1) {
        const made = proofOf(consistencyPlan(old, size), hashAt);
        if ((old * 31 + size) % 11 === 0) expect(made).toEqual(proof(old, leaves.slice(0, size)));
        if (!verifyConsistency(old, size, roots[old]!, roots[size]!, made)) wrong.push([old, size]);
        if (old !== size && verifyConsistency(old, size, roots[old - 1]!, roots[size]!, made)) wrong.push([old, size]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('agrees at random sizes up to 5,000; a proof changed anywhere fails', () => {
    const leaves = leavesOf(5000);
    const { roots, hashAt } = grow(leaves);
    const sizes = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(4999), fc.nat(4999), fc.nat(255));
    fc.assert(
      fc.property(sizes, ([size, a, b, bit]) => {
        const [index, old] = [a % size, (b % size) + 1];
        const part = leaves.slice(0, size);
        expect(roots[size]).toEqual(mth(part));
        const included = proofOf(inclusionPlan(index, size), hashAt);
        expect(included).toEqual(path(index, part));
        const leaf = leafHash(leaves[index]!);
        expect(verifyInclusion(index, size, leaf, included, roots[size]!)).toBe(true);
        expect(verifyInclusion(index, size, leaf, [...included, leaf], roots[size]!)).toBe(false);
        const consistent = proofOf(consistencyPlan(old, size), hashAt);
        expect(consistent).toEqual(proof(old, part));
        expect(verifyConsistency(old, size, roots[old]!, roots[size]!, consistent)).toBe(true);
        for (const hashes of [included, consistent]) {
          if (hashes.length === 0) continue;
          const wrong = hashes.map((hash) => Buffer.from(hash));
          wrong[bit % wrong.length]![bit % 32]! ^= 1 << (bit % 8);
          if (hashes === included) expect(verifyInclusion(index, size, leaf, wrong, roots[size]!)).toBe(false);
          else expect(verifyConsistency(old, size, roots[old]!, roots[size]!, wrong)).toBe(false);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('refuses proofs that there cannot be', () => {
    expect(() => inclusionPlan(3, 3)).toThrow(RangeError);
    expect(() => inclusionPlan(-1, 3)).toThrow(RangeError);
    expect(() => consistencyPlan(4, 3)).toThrow(RangeError);
    expect(consistencyPlan(0, 3)).toEqual([]);
    expect(proofOf(inclusionPlan(2 ** 40, 2 ** 41), () => leafHash('')).length).toBe(41);
  });
});

interface Vectors {
  readonly inclusion: readonly {
    readonly case: string;
    readonly leafIdx: number;
    readonly treeSize: number;
    readonly root: string;
    readonly leafHash: string;
    readonly proof: readonly string[] | null;
    readonly wantErr: boolean;
  }[];
  readonly consistency: readonly {
    readonly case: string;
    readonly size1: number;
    readonly size2: number;
    readonly root1: string;
    readonly root2: string;
    readonly proof: readonly string[] | null;
    readonly wantErr: boolean;
  }[];
}

const read = (name: string) => JSON.parse(readFileSync(join('test', 'audit', 'log', 'vectors', name), 'utf8'));
const bytes = (text: string) => Buffer.from(text, 'base64');

describe('the vectors of transparency-dev/merkle', () => {
  const { inclusion, consistency } = read('transparency-dev-merkle.json') as Vectors;

  it.each(inclusion.map((one) => [`${one.case}: ${one.wantErr ? 'fails' : 'holds'}`, one] as const))(
    'inclusion %s',
    (_, one) => {
      const hashes = (one.proof ?? []).map(bytes);
      expect(verifyInclusion(one.leafIdx, one.treeSize, bytes(one.leafHash), hashes, bytes(one.root))).toBe(
        !one.wantErr,
      );
    },
  );

  // Of an empty tree nothing is proved here; their library lets a proof between two empty trees of one root pass.
  const proving = consistency.filter(({ size1, wantErr }) => size1 > 0 || wantErr);

  it.each(proving.map((one) => [`${one.case}: ${one.wantErr ? 'fails' : 'holds'}`, one] as const))(
    'consistency %s',
    (_, one) => {
      const hashes = (one.proof ?? []).map(bytes);
      expect(verifyConsistency(one.size1, one.size2, bytes(one.root1), bytes(one.root2), hashes)).toBe(!one.wantErr);
    },
  );

  it('are all read', () => {
    expect(inclusion).toHaveLength(98);
    expect(inclusion.filter(({ wantErr }) => wantErr).length).toBeGreaterThan(80);
    expect(consistency).toHaveLength(98);
    expect(consistency.length - proving.length).toBeLessThanOrEqual(2);
  });

  it('has the eight leaves, their nodes and the nine roots', () => {
    const { leaves, nodes, roots } = read('rfc6962-eight-leaves.json') as {
      leaves: string[];
      nodes: string[][];
      roots: string[];
    };
    const tree = grow(leaves.map((hex) => Buffer.from(hex, 'hex')));
    expect(tree.roots.map((root) => root.toString('hex'))).toEqual(roots);
    for (const [level, hashes] of nodes.entries())
      for (const [index, hash] of hashes.entries()) expect(tree.hashAt({ level, index }).toString('hex')).toBe(hash);
    expect(nodeHash(tree.hashAt({ level: 2, index: 0 }), tree.hashAt({ level: 2, index: 1 }))).toEqual(tree.roots[8]);
  });
});
