/** What the person concerned is told: a sentence for every decision, and none by which anybody could be found or guessed. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createDecide } from '../../src/disclosure/decide.js';
import { loadPolicies } from '../../src/disclosure/policies.js';
import { NEUTRAL, sentenceFor } from '../../src/disclosure/sentences.js';
import { BASES, FACT_NAMES, FACTS, type FactRecord } from '../../src/domain/facts.js';
import { FULL_FORM_ONLY, type OUTCOMES, REASONS } from '../../src/domain/words.js';

const decide = createDecide(loadPolicies('schema/policies'), () => {
  throw new Error('a policy failed to evaluate');
});
const anyFacts = fc.record(
  Object.fromEntries(FACT_NAMES.map((name) => [name, fc.constantFrom(...(FACTS[name] as readonly unknown[]))])),
) as fc.Arbitrary<FactRecord>;

/** Words that would tell of danger, of another person, or of what is hidden. */
const TELLING =
  /victim|perpetrator|abuse|harm|hurt|violen|alleg|oppos|other side|protect|locat|address|where|lock|seal|conflict|secret|hidden|emergenc|enquir|police|safe|risk|partner|parent/i;
const told = (reasons: readonly (typeof REASONS)[number][], outcome: (typeof OUTCOMES)[number] = 'WITHHELD') =>
  sentenceFor({ outcome, reasons, basis: 'NONE' });

describe('the sentence for the person concerned', () => {
  it.each(REASONS)('is one plain sentence for %s, whatever the denial shows', (reason) => {
    const sentences = new Set((['WITHHELD', 'BROKERED', 'SILENT'] as const).map((outcome) => told([reason], outcome)));
    expect(sentences.size).toBe(1);
    const [sentence = ''] = sentences;
    expect(sentence).toMatch(/^[A-Z][^.A-Z]*\.$/);
    expect(sentence).toMatch(/: [a-z][^:]{10,}\.$/);
    expect(sentence).not.toMatch(TELLING);
    expect(sentence).not.toContain('_');
  });

  it.each(BASES)('is one for a release on %s, which names nobody', (basis) => {
    const sentence = sentenceFor({ outcome: 'RELEASED', reasons: [], basis });
    expect(sentence).toMatch(/^It may be (shared with|read by) the worker, [^.A-Z]*\.$/);
    expect(sentence).not.toMatch(TELLING);
  });

  it.each(FULL_FORM_ONLY)('tells %s apart from no ordinary refusal, beside whatever other reason', (reason) => {
    for (const other of REASONS) {
      expect(told([reason, other])).toBe(told(['ROLE_NOT_PERMITTED']));
      expect(told([other, reason])).toBe(told(['ROLE_NOT_PERMITTED']));
    }
  });

  it('tells different ordinary reasons apart, and what the person said in particular', () => {
    const ordinary = REASONS.filter((reason) => !told([reason]).includes(NEUTRAL));
    expect(new Set(ordinary.map((reason) => told([reason]))).size).toBe(ordinary.length);
    expect(ordinary).toEqual(expect.arrayContaining(['CONSENT_REFUSED', 'CONSENT_WITHDRAWN', 'CONSENT_NOT_GIVEN']));
  });

  it('is the neutral one at every point where somebody opposes, stands too near, or something is locked or protected', () => {
    const vetoed = new Set<string>();
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { outcome, reasons, vetoes } = decide(facts);
        const sentence = sentenceFor({ outcome, reasons, basis: facts.basis });
        expect(sentence).not.toMatch(TELLING);
        for (const veto of ['opposing-party', 'conflict', 'locked', 'protected-location']) {
          if (!vetoes.includes(veto)) continue;
          vetoed.add(veto);
          expect(sentence).toBe(told(['ROLE_NOT_PERMITTED']));
        }
      }),
      { numRuns: 3000, seed: 4 },
    );
    expect(vetoed.size).toBe(4);
  });

  it('of a decision without a reason is neutral', () => expect(told([])).toContain(NEUTRAL));
});
