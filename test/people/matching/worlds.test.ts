/** The measure of the whole on generated worlds whose truth is known; bench/results/linking.md has the large ones. */
import { describe, expect, it } from '@jest/globals';
import { measure } from '../../../bench/linking/measure.js';
import { linkWorld, loadWorld, readWeights } from '../../../bench/linking/run.js';

describe('generated worlds', () => {
  it.each([21, 22])('are linked without a wrong link, and nearly all found (seed %d)', (seed) => {
    const world = loadWorld(seed, 20_000);
    const { clusters, edges } = linkWorld(world, readWeights());
    const { truePairs, joined, joinedRightly, found, asked, askedRightly } = measure(world.truth, clusters, edges);
    expect(joinedRightly / joined).toBeGreaterThanOrEqual(0.9999);
    expect(found / truePairs).toBeGreaterThanOrEqual(0.95);
    expect(joined / truePairs).toBeGreaterThan(0.7);
    expect(askedRightly / asked).toBeGreaterThan(0.5);
  });

  it('give nobody two records of one source, two NHS numbers, or only initials', () => {
    const { table, truth } = loadWorld(23, 20_000);
    const { clusters } = linkWorld({ table, truth }, readWeights());
    const groups = new Map<number, number[]>();
    clusters.of.forEach((of, row) => {
      groups.set(of, [...(groups.get(of) ?? []), row]);
    });
    for (const rows of groups.values()) {
      expect(new Set(rows.map((row) => table.space[row])).size).toBe(rows.length);
      expect(new Set(rows.map((row) => table.nhs[row]).filter((nhs) => nhs !== 0)).size).toBeLessThanOrEqual(1);
      if (rows.length > 1) expect(rows.filter((row) => table.partial[row] === 1)).toEqual([]);
    }
  });
});
