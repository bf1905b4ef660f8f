/** What holds at every point of the space of facts: proven over all of them, not tried on some. */
import { describe, expect, it } from '@jest/globals';
import { createDecide } from '../../../src/disclosure/decide.js';
import { loadPolicies, rulesOn } from '../../../src/disclosure/policies.js';
import { spaceOf } from '../../../src/disclosure/space/outcomes.js';
import type { PointSet } from '../../../src/disclosure/space/points.js';
import { FACT_NAMES, FACTS, type FactName, type FactRecord, RESTRICTIVENESS } from '../../../src/domain/facts.js';
import { ADULT_WORK, OUTCOMES } from '../../../src/domain/words.js';
import { randomOf } from '../../../src/worlds/random.js';

const policies = loadPolicies('schema/policies');
const space = spaceOf(rulesOn(policies.all, 'read'));
const { points, permits, vetoes, outcomes } = space;
const { RELEASED, BROKERED, WITHHELD, SILENT } = outcomes;
const decide = createDecide(policies, (ids) => {
  throw new Error(`policies failed to evaluate: ${ids}`);
});

const is = <F extends FactName>(fact: F, ...values: FactRecord[F][]) => points.having(fact, ...values);
const across = is('ownAgency', false);
const adultWork = is('category', ...ADULT_WORK);
const all = (...sets: PointSet[]) => sets.reduce((a, b) => points.and(a, b), points.all);
const none = (...sets: PointSet[]) => expect(points.example(all(...sets))).toBeUndefined();

/** Points of a set, drawn by a seed. */
function* drawn(set: PointSet, count: number, seed: number): Generator<FactRecord> {
  const dice = randomOf(seed, 0);
  for (let i = 0; i < count; i += 1) {
    const facts = points.example(set, (ways) => dice.int(0, ways - 1));
    if (facts) yield facts;
  }
}

describe('the space of facts', () => {
  it('is as large as its closed lists make it', () => {
    const product = FACT_NAMES.reduce((size, name) => size * BigInt(FACTS[name].length), 1n);
    expect(points.total).toBe(product);
    expect(points.total).toBeGreaterThan(4n * 10n ** 15n);
  });

  it('is divided among the outcomes, each point in exactly one', () => {
    const sizes = OUTCOMES.map((outcome) => points.size(outcomes[outcome]));
    expect(sizes.reduce((a, b) => a + b, 0n)).toBe(points.total);
    for (const [i, a] of OUTCOMES.entries()) for (const b of OUTCOMES.slice(i + 1)) none(outcomes[a], outcomes[b]);
    expect(sizes.every((size) => size > 0n)).toBe(true);
  });
});

describe('the policies written out', () => {
  const interesting = points.or(RELEASED, points.anyOf(permits.values()));

  // CI asks Cedar at 100,000 points; a contributor's run at fewer: half a millisecond each.
  const POINTS = process.env['CI'] ? 100_000 : 10_000;
  it(`say what Cedar says of ${POINTS} points, half of them where something is permitted`, () => {
    let checked = 0;
    for (const [set, seed] of [
      [points.all, 1],
      [interesting, 2],
    ] as const) {
      for (const facts of drawn(set, POINTS / 2, seed)) {
        const [cedar, written] = [policies.evaluate(facts), policies.written.evaluate(facts)];
        // One comparison a point: an expectation for each would take longer than Cedar.
        if (cedar.errors.length > 0 || `${cedar.permits}|${cedar.vetoes}` !== `${written.permits}|${written.vetoes}`)
          expect(written).toEqual(cedar);
        checked += 1;
      }
    }
    expect(checked).toBe(POINTS);
  }, 120_000);

  it('and the door agree with the sets, outcome by outcome', () => {
    for (const outcome of OUTCOMES) {
      for (const facts of drawn(outcomes[outcome], 150, OUTCOMES.indexOf(outcome))) {
        expect({ facts, outcome: decide(facts).outcome }).toEqual({ facts, outcome });
        expect(points.has(outcomes[outcome], facts)).toBe(true);
      }
    }
  });
});

describe('at every point', () => {
  it('nothing crosses agencies without a basis, but what the requester wrote (FS-01)', () =>
    none(RELEASED, across, is('basis', 'NONE'), is('authoredByRequester', false)));

  it('a refusal or withdrawal binds unless an exception overrides it (FS-01)', () =>
    none(
      RELEASED,
      across,
      is('consentState', 'REFUSED', 'WITHDRAWN'),
      is('basis', 'EXCEPTION', 'NONE'),
      is('exceptionOverridesRefusal', false),
      is('authoredByRequester', false),
    ));

  it('adult work crosses only when judged relevant, granted, in an emergency or their own (FS-02)', () =>
    none(
      RELEASED,
      across,
      adultWork,
      points.not(is('relevance', 'RELEVANT')),
      is('grant', 'NONE'),
      is('emergency', false),
      is('authoredByRequester', false),
    ));

  it('no grant and no emergency opens anything to somebody in conflict', () => {
    none(RELEASED, is('conflict', true));
    none(points.not(SILENT), is('conflict', true));
  });

  it('no grant, emergency or authorship opens adult work, contact or the victim side to the other side (CAM-01)', () =>
    none(RELEASED, is('opposing', true), points.anyOf([adultWork, is('category', 'CONTACT'), is('victimSide', true)])));

  it('the other side is not even told that it is kept from them', () =>
    none(
      points.not(SILENT),
      is('opposing', true),
      points.anyOf([adultWork, is('category', 'CONTACT'), is('victimSide', true)]),
    ));

  it('a locked record leaves its holder only by name, and is not shown to exist (FS-03)', () => {
    none(RELEASED, across, is('confidentiality', 'V'), is('grant', 'COVERS', 'NONE'));
    none(points.or(BROKERED, WITHHELD), across, is('confidentiality', 'V'));
  });

  it('a protected location reaches only their own workers, or by name', () =>
    none(
      RELEASED,
      is('category', 'CONTACT'),
      is('locationProtected', true),
      is('grant', 'COVERS', 'NONE'),
      points.not(all(is('ownAgency', true), points.or(is('worksWithProtected', true), is('emergency', true)))),
    ));

  it('officers, stewards and analysts read no content, and see no trace of it', () =>
    none(points.not(SILENT), is('role', 'INFORMATION_GOVERNANCE_OFFICER', 'DATA_STEWARD', 'PERFORMANCE_ANALYST')));

  it('adult work denied across agencies is brokered or silent, never withheld by name', () =>
    none(WITHHELD, across, adultWork));

  it('work judged not relevant, or refused, is not shown to exist (FS-03)', () => {
    none(points.not(points.or(SILENT, RELEASED)), across, adultWork, is('relevance', 'NOT_RELEVANT'));
    none(
      points.not(points.or(SILENT, RELEASED)),
      across,
      adultWork,
      is('consentState', 'REFUSED', 'WITHDRAWN'),
      is('exceptionOverridesRefusal', false),
    );
  });

  it('who is not connected sees nothing of another agency', () =>
    none(
      points.not(SILENT),
      across,
      is('involvement', 'ENDED', 'NONE'),
      is('coreGroup', false),
      is('onPanel', false),
      is('grant', 'NONE'),
      is('emergency', false),
      is('receiving', false),
      is('referredByRecipient', false),
      is('authoredByRequester', false),
      is('victimOfSubject', false),
    ));

  for (const [fact, values] of Object.entries(RESTRICTIVENESS) as [FactName, readonly FactRecord[FactName][]][]) {
    it(`making ${fact} more restrictive releases nothing more`, () => {
      expect([...values].sort()).toEqual([...FACTS[fact]].filter((value) => value !== 'NOT_NEEDED').sort());
      for (const [i, more] of values.slice(1).entries()) {
        const less = values[i] as FactRecord[FactName];
        none(points.without(points.given(RELEASED, fact, more), points.given(RELEASED, fact, less)));
      }
    });
  }
});

describe('no policy is dead', () => {
  for (const [id, set] of permits) {
    it(`${id} alone releases something`, () => {
      const others = [...permits].flatMap(([other, points_]) => (other === id ? [] : points_));
      expect(points.example(points.without(points.and(set, RELEASED), points.anyOf(others)))).toBeDefined();
    });
  }

  for (const [id, set] of vetoes) {
    it(`${id} alone would stop a permit of everything`, () => {
      const others = [...vetoes].flatMap(([other, points_]) => (other === id ? [] : points_));
      expect(points.example(points.without(set, points.anyOf(others)))).toBeDefined();
    });
  }
});
