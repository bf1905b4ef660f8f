import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { createDecide } from '../../src/disclosure/decide.js';
import { compilePolicies, loadPolicies } from '../../src/disclosure/policies.js';
import { FACT_NAMES, FACTS, type FactRecord, factKey } from '../../src/domain/facts.js';
import { ADULT_WORK } from '../../src/domain/words.js';

const policies = loadPolicies('schema/policies');
const decide = createDecide(policies, () => {
  throw new Error('a policy failed to evaluate');
});
const anyFacts = fc.record(
  Object.fromEntries(FACT_NAMES.map((name) => [name, fc.constantFrom(...(FACTS[name] as readonly unknown[]))])),
) as fc.Arbitrary<FactRecord>;
const head = '@id("x") @source("FS-01") @says("x") ';
const compile = (text: string) => () => compilePolicies([{ file: 'x.cedar', text }]);

describe('policies', () => {
  it('each cite clauses that are carried, and say what they do', () => {
    const { clauses } = parse(readFileSync('schema/protocols/clauses.yaml', 'utf8')) as { clauses: { id: string }[] };
    const known = new Set(clauses.map(({ id }) => id));
    for (const { id, source, says } of policies.all) {
      expect({ id, unknown: source.filter((clause) => !known.has(clause)) }).toEqual({ id, unknown: [] });
      expect(says.length).toBeGreaterThan(20);
    }
  });

  it.each([
    ['is not Cedar', 'permit (principal', /x.cedar/],
    ['has no id', '@source("FS-01") @says("x") permit (principal, action == Action::"read", resource);', /without @id/],
    ['cites no source', '@id("x") @says("x") permit (principal, action == Action::"read", resource);', /@source/],
    [
      'reads an unknown fact',
      `${head}permit (principal, action == Action::"read", resource) when { context.mood == "good" };`,
      /x/,
    ],
    [
      'misspells a value',
      `${head}forbid (principal, action == Action::"read", resource) when { context.category == "CONTACTS" };`,
      /CONTACTS.*category/,
    ],
    [
      'misspells a value in a list',
      `${head}permit (principal, action == Action::"read", resource) when { ["PLAN", "PLAM"].contains(context.category) };`,
      /PLAM/,
    ],
    [
      'compares a fact with the wrong type',
      `${head}permit (principal, action == Action::"read", resource) when { context.ownAgency == "yes" };`,
      /x/,
    ],
    [
      'carries an unknown obligation',
      `${head}@obligations("TELL_NOBODY") permit (principal, action == Action::"read", resource);`,
      /TELL_NOBODY/,
    ],
    [
      'stands twice',
      `${head}permit (principal, action == Action::"read", resource); ${head}permit (principal, action == Action::"read", resource);`,
      /twice/,
    ],
  ])('that %s stop the start', (_, text, message) => {
    expect(compile(text)).toThrow(message);
  });

  it('that are not there stop the start', () => expect(() => loadPolicies('test/types')).toThrow(/no policies/));
});

describe('whatever the facts', () => {
  const check = (holds: (facts: FactRecord, outcome: string) => boolean) =>
    fc.assert(
      fc.property(anyFacts, (facts) => holds(facts, decide(facts).outcome)),
      { numRuns: 400 },
    );

  it('nothing crosses agencies without a basis', () =>
    check(
      (facts, outcome) =>
        outcome !== 'RELEASED' || facts.ownAgency || facts.basis !== 'NONE' || facts.authoredByRequester,
    ));
  it('nothing is released in conflict', () => check((facts, outcome) => !facts.conflict || outcome === 'SILENT'));
  it('no adult work, contact or victim side reaches the other side', () =>
    check(
      (facts, outcome) =>
        !facts.opposing ||
        outcome !== 'RELEASED' ||
        !(ADULT_WORK.includes(facts.category) || facts.category === 'CONTACT' || facts.victimSide),
    ));
  it('no locked record leaves its holder but by name', () =>
    check(
      (facts, outcome) =>
        facts.confidentiality !== 'V' || facts.ownAgency || facts.grant === 'COVERS_BY_NAME' || outcome === 'SILENT',
    ));
  it('officers read nothing', () =>
    check(
      (facts, outcome) =>
        !['INFORMATION_GOVERNANCE_OFFICER', 'DATA_STEWARD', 'PERFORMANCE_ANALYST'].includes(facts.role) ||
        outcome === 'SILENT',
    ));
  it('every denial has a reason and every release a permit', () =>
    check((facts) => {
      const { outcome, permits, reasons } = decide(facts);
      return outcome === 'RELEASED'
        ? permits.length > 0 && reasons.length === 0
        : permits.length === 0 && reasons.length > 0;
    }));
  it('adult work from another agency is never passed on', () =>
    check(
      (facts, outcome) =>
        outcome !== 'RELEASED' ||
        facts.ownAgency ||
        !ADULT_WORK.includes(facts.category) ||
        decide(facts).obligations.includes('NOT_TO_BE_PASSED_ON'),
    ));
});

describe('the key of a fact record', () => {
  it('is equal exactly when the facts are', () => {
    fc.assert(
      fc.property(
        anyFacts,
        anyFacts,
        (a, b) => (factKey(a) === factKey(b)) === FACT_NAMES.every((name) => a[name] === b[name]),
      ),
    );
    fc.assert(fc.property(anyFacts, (a) => factKey(a) === factKey({ ...a })));
  });

  it('refuses a value outside its list', () => {
    expect(() => factKey({ ...fc.sample(anyFacts, 1)[0], category: 'MOOD' } as never)).toThrow(RangeError);
  });
});

describe('a policy that cannot be evaluated', () => {
  it('denies, in silence, and raises an alarm', () => {
    const broken = compilePolicies([
      { file: 'a.cedar', text: `${head}permit (principal, action == Action::"read", resource);` },
      {
        file: 'b.cedar',
        text: '@id("veto") @source("FS-01") @says("x") forbid (principal, action == Action::"read", resource) when { context.conflict };',
      },
    ]);
    const alarms: string[][] = [];
    const decideBroken = createDecide(
      { ...broken, evaluate: (facts) => broken.evaluate({ ...facts, conflict: undefined } as never) },
      (ids) => alarms.push([...ids]),
    );
    const [facts] = fc.sample(anyFacts, 1);
    expect(facts && decideBroken(facts).outcome).toBe('SILENT');
    expect(alarms.length).toBe(1);
  });
});
