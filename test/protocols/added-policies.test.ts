/** Policies of packs and of an authority: in one set with the others, and unable to lift a veto, directly or by a detour. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FACT_NAMES, FACTS, type FactRecord } from '../../src/domain/facts.js';
import { PACKS } from '../../src/protocols/pack.js';
import { loadRules } from '../../src/rules.js';

const head = (id: string, source = 'Walsall information sharing agreement 2026, paragraph 4') =>
  `@id("${id}") @source("${source}") @says("What the authority agreed.") `;
const permitAll =
  'permit (principal, action == Action::"read", resource) when { context.purpose != "SUBJECT_ACCESS" };';
const folderOf = (files: Record<string, string>) => {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-own-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};
const rulesWith = (text: string, protocols: readonly string[] = []) =>
  loadRules({ protocols, ownPolicies: folderOf({ 'ours.cedar': text }) });
const anyFacts = fc.record(
  Object.fromEntries(FACT_NAMES.map((name) => [name, fc.constantFrom(...(FACTS[name] as readonly unknown[]))])),
) as fc.Arbitrary<FactRecord>;

describe('an authority’s own policies', () => {
  const bare = loadRules({ protocols: [] }).policies;

  it('FIP-01: stand beside the others, each with its source and file, and move the version', () => {
    const { policies } = rulesWith(head('ours') + permitAll);
    expect(policies.all.length).toBe(bare.all.length + 1);
    expect(policies.all.find(({ id }) => id === 'ours')?.file).toBe('own: ours.cedar');
    expect(policies.version).not.toBe(bare.version);
  });

  it('may permit more, yet never lift a veto: what any veto forbids stays forbidden by it', () => {
    const { policies } = rulesWith(head('ours') + permitAll);
    const differences = fc.sample(anyFacts, 600).map((facts) => {
      const [before, after] = [bare.evaluate(facts), policies.evaluate(facts)];
      if (before.vetoes.length > 0) expect(after).toEqual(before);
      else if (facts.purpose === 'SUBJECT_ACCESS') expect(after).toEqual(before);
      else expect(after.permits).toEqual([...before.permits, 'ours'].sort());
      return before.vetoes.length > 0;
    });
    expect(differences).toContain(true);
    expect(differences).toContain(false);
  });

  it('may forbid more', () => {
    const { policies } = rulesWith(`${head('ours')}forbid (principal, action == Action::"read", resource);`);
    for (const facts of fc.sample(anyFacts, 50)) expect(policies.evaluate(facts).vetoes).toContain('ours');
  });

  it('may add an obligation', () => {
    const { policies } = rulesWith(
      `@obligations("REVIEW") ${head('ours')}permit (principal, action == Action::"oblige", resource);`,
    );
    const [facts] = fc.sample(anyFacts, 1);
    expect(facts && policies.obligations(facts, [])).toContain('REVIEW');
  });

  it.each([
    [
      'has no @source',
      '@id("ours") @says("x") permit (principal, action == Action::"read", resource);',
      /ours lacks @source/,
    ],
    [
      'has no @says',
      '@id("ours") @source("x") permit (principal, action == Action::"read", resource);',
      /ours lacks @source or @says/,
    ],
    [
      'has no @id',
      '@source("x") @says("x") permit (principal, action == Action::"read", resource);',
      /own: ours.cedar: a policy without @id/,
    ],
    [
      'reuses an id',
      head('lawful-basis') + permitAll,
      /lawful-basis stands twice, in vetoes.cedar and in own: ours.cedar: none replaces/,
    ],
    [
      'cites a clause that is none',
      head('ours', 'FS-99') + permitAll,
      /own: ours.cedar: policy ours cites FS-99, which is no clause/,
    ],
    [
      'misspells a value',
      `${head('ours')}forbid (principal, action == Action::"read", resource) when { context.role == "SOCIALWORKER" };`,
      /SOCIALWORKER.*role/,
    ],
    [
      'reaches what a family’s member is shown',
      `${head('ours')}permit (principal, action == Action::"read", resource) when { context.ownAgency };`,
      /ours permits reading for SUBJECT_ACCESS/,
    ],
    ...[
      '[context.purpose].contains(context.purpose)',
      'context.purpose == context.purpose',
      'context.forMember == context.onPanel',
      'context.forMember == (context.role == "TEAM_MANAGER")',
    ].map((when): [string, string, RegExp] => [
      `reaches what a family’s member is shown by a detour: ${when}`,
      `${head('ours')}permit (principal, action == Action::"read", resource) when { ${when} };`,
      /ours permits reading for SUBJECT_ACCESS/,
    ]),
    ['permits every action', `${head('ours')}permit (principal, action, resource);`, /a permit on every action/],
    [
      'lets anybody judge relevance',
      `${head('ours')}permit (principal, action == Action::"JUDGE_RELEVANCE", resource);`,
      /a permit on JUDGE_RELEVANCE; an added permit names its action, one of read, oblige/,
    ],
    [
      'lets anybody record an exception beside reading',
      `${head('ours')}permit (principal, action in [Action::"RECORD_EXCEPTION"], resource);`,
      /a permit on RECORD_EXCEPTION/,
    ],
    [
      'drops obligations',
      `${head('ours')}forbid (principal, action == Action::"oblige", resource);`,
      /a veto on oblige/,
    ],
    [
      'forbids everything, obligations too',
      `${head('ours')}forbid (principal, action, resource);`,
      /a veto on every action/,
    ],
    [
      'keeps anybody from recording a refusal',
      `${head('ours')}forbid (principal, action == Action::"RECORD_REFUSAL", resource);`,
      /a veto on RECORD_REFUSAL/,
    ],
    [
      'keeps anybody from judging something not relevant',
      `${head('ours')}forbid (principal, action in [Action::"SEE_STATEMENTS", Action::"JUDGE_RELEVANCE"], resource);`,
      /a veto on JUDGE_RELEVANCE/,
    ],
    ...(
      ['ANSWER_REQUEST', 'REVIEW_EMERGENCY', 'END_EMERGENCY', 'REVIEW_STATEMENT', 'RECORD_SERVICE_CONSENT'] as const
    ).map((action): [string, string, RegExp] => [
      `keeps anybody from ${action}`,
      `${head('ours')}forbid (principal, action == Action::"${action}", resource);`,
      new RegExp(`a veto on ${action}; an added veto names its action`),
    ]),
    [
      'lets anybody open an emergency',
      `${head('ours')}permit (principal, action == Action::"OPEN_EMERGENCY", resource);`,
      /a permit on OPEN_EMERGENCY/,
    ],
    [
      'misspells who made something',
      `${head('ours')}forbid (principal, action == Action::"OPEN_EMERGENCY", resource) when { context.madeBy == "ANYBODY" };`,
      /ANYBODY.*madeBy/,
    ],
  ])('stop the start when one %s', (_, text, message) => expect(() => rulesWith(text)).toThrow(message));

  it.each(['OPEN_EMERGENCY', 'APPROVE_EXCEPTION', 'STATUTORY_DECISION'])('may narrow %s', (action) =>
    expect(() =>
      rulesWith(`${head('ours')}forbid (principal, action == Action::"${action}", resource) when { context.party };`),
    ).not.toThrow(),
  );

  it('stop the start when their folder is empty, is not there, or holds what would not be read', () => {
    expect(() => loadRules({ protocols: [], ownPolicies: folderOf({}) })).toThrow(/no policies in/);
    expect(() => loadRules({ protocols: [], ownPolicies: join(folderOf({}), 'missing') })).toThrow(/cannot be read/);
    expect(() =>
      loadRules({ protocols: [], ownPolicies: folderOf({ 'a.cedar': head('a') + permitAll, 'b.cedar.txt': 'x' }) }),
    ).toThrow(/b.cedar.txt would not be read/);
  });
});

describe('the packs’ policies', () => {
  it('narrow: with any packs nothing is released that is not without them', () => {
    const bare = loadRules({ protocols: [] }).policies;
    const every = loadRules({ protocols: PACKS }).policies;
    for (const facts of fc.sample(anyFacts, 400)) {
      const [before, after] = [bare.evaluate(facts), every.evaluate(facts)];
      if (after.allowed) expect(before).toEqual(after);
      for (const id of before.vetoes) expect(after.vetoes).toContain(id);
    }
  });

  it('and the packs’ values are part of the version, their order not least', () => {
    const versionOf = (...protocols: string[]) => loadRules({ protocols }).policies.version;
    const versions = [versionOf(), ...PACKS.map((id) => versionOf(id)), versionOf(...PACKS)];
    expect(new Set(versions).size).toBe(versions.length);
    expect(versionOf('connecting-families')).toBe(versionOf('connecting-families'));
  });
});
