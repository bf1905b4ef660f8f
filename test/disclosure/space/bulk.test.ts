/** Decided by the hundred thousand as decided one by one: every field, on any facts, with added policies too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createDecide } from '../../../src/disclosure/decide.js';
import { compilePolicies, loadPolicies, type Policies, rulesOn } from '../../../src/disclosure/policies.js';
import { createBulkDecide } from '../../../src/disclosure/space/bulk.js';
import { spaceOf } from '../../../src/disclosure/space/outcomes.js';
import { type PointSet, Points } from '../../../src/disclosure/space/points.js';
import { FACT_NAMES, FACTS, type FactRecord, factsOf } from '../../../src/domain/facts.js';
import { PACKS } from '../../../src/protocols/pack.js';
import { loadRules } from '../../../src/rules.js';
import { randomOf } from '../../../src/worlds/random.js';

const placesOf = (facts: FactRecord) =>
  Uint8Array.from(FACT_NAMES, (name) => (FACTS[name] as readonly unknown[]).indexOf(facts[name]));
const anyFacts = fc.record(
  Object.fromEntries(FACT_NAMES.map((name) => [name, fc.constantFrom(...(FACTS[name] as readonly unknown[]))])),
) as fc.Arbitrary<FactRecord>;

/** Both ways of deciding under some policies. */
function bothWays(policies: Policies) {
  const decide = createDecide({ ...policies.written, written: policies.written }, () => {
    throw new Error('a policy failed to evaluate');
  });
  const inBulk = createBulkDecide(policies, (decision) => decision);
  return (facts: FactRecord) => {
    const { facts: _, ...decision } = decide(facts);
    return [inBulk(placesOf(facts)), decision] as const;
  };
}

describe('in bulk', () => {
  const policies = loadPolicies('schema/policies');
  const decided = bothWays(policies);

  it('any facts are decided as they are one by one', () =>
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const [inBulk, alone] = decided(facts);
        expect(inBulk).toEqual(alone);
      }),
      { numRuns: 3000 },
    ));

  it('so are records that come after others, whatever was decided before them', () => {
    const inOrder = bothWays(policies);
    const lines = readFileSync('test/disclosure/space/fixtures/met-in-this-order.ndjson', 'utf8').trim().split('\n');
    for (const line of lines) {
      const [inBulk, alone] = inOrder({ forMember: false, ...JSON.parse(line) } as FactRecord);
      expect(inBulk).toEqual(alone);
    }
  });

  it('so are facts of every outcome, and those a step away from them', () => {
    const { points, outcomes } = spaceOf(rulesOn(policies.all, 'read'));
    const dice = randomOf(11, 0);
    for (const set of Object.values(outcomes)) {
      for (let i = 0; i < 500; i += 1) {
        const facts = points.example(set, (ways) => dice.int(0, ways - 1));
        const name = FACT_NAMES[dice.int(0, FACT_NAMES.length - 1)] ?? 'role';
        const other = FACTS[name][dice.int(0, FACTS[name].length - 1)];
        for (const record of [facts, { ...facts, [name]: other }] as FactRecord[]) {
          const [inBulk, alone] = decided(record);
          expect(inBulk).toEqual(alone);
        }
      }
    }
  });

  it('policies that packs and authorities add count too', () => {
    const added = bothWays(loadRules({ protocols: PACKS }).policies);
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const [inBulk, alone] = added(facts);
        expect(inBulk).toEqual(alone);
      }),
      { numRuns: 500 },
    );
  });

  it('equal decisions are the same thing, made once', () => {
    let count = 0;
    const decide = createBulkDecide(policies, () => ++count);
    const facts = { ...factsOf(0), conflict: true } as FactRecord;
    expect(decide(placesOf(facts))).toBe(decide(placesOf({ ...facts, serviceConsent: false })));
    expect(count).toBe(1);
  });

  it('more rules than fit one word are told apart', () => {
    const head = (id: string) => `@id("${id}") @source("FS-01") @says("A rule of a test, one of many.")`;
    const many = PURPOSE_CATEGORY.map(
      ([purpose, category], i) =>
        `${head(`p${i}`)} permit (principal, action == Action::"read", resource) when { context.purpose == "${purpose}" && context.category == "${category}" };`,
    );
    const both = bothWays(compilePolicies([{ file: 'many.cedar', text: many.join('\n') }]));
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const [inBulk, alone] = both(facts);
        expect(inBulk).toEqual(alone);
      }),
      { numRuns: 300 },
    );
  });
});

const PURPOSE_CATEGORY = FACTS.purpose.flatMap((purpose) =>
  FACTS.category.map((category) => [purpose, category] as const),
);

describe('the cubes of a set', () => {
  it('hold every point of it once, and no other', () => {
    const points = new Points();
    const set = points.or(
      points.and(points.having('role', 'KEYWORKER', 'DATA_STEWARD'), points.having('exited', true)),
      points.and(points.having('grant', 'COVERS'), points.not(points.having('stage', 'CLOSED', 'STEPPING_UP'))),
    );
    const cubes = [...points.cubes(set)];
    const sets = cubes.map((cube) =>
      cube.reduce<PointSet>((all, values, fact) => {
        const name = FACT_NAMES[fact] ?? 'role';
        const within = FACTS[name].filter((_, i) => (values >> i) & 1) as FactRecord[typeof name][];
        return points.and(all, points.having(name, ...within));
      }, points.all),
    );
    expect(points.anyOf(sets)).toBe(set);
    expect(sets.reduce((sum, one) => sum + points.size(one), 0n)).toBe(points.size(set));
    expect([...points.cubes(points.none)]).toEqual([]);
    expect([...points.cubes(points.all)]).toHaveLength(1);
  });
});
