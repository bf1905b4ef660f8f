import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { decideLines } from '../../src/cli/decide.js';
import { loadPolicies } from '../../src/disclosure/policies.js';
import { FACT_NAMES, type FactRecord } from '../../src/domain/facts.js';

const policies = loadPolicies('schema/policies');
const base = parse(readFileSync('schema/policies/cases/base.yaml', 'utf8')) as FactRecord;

async function decided(lines: readonly string[], checkEvery = 1) {
  const output = new PassThrough();
  const answers = text(output);
  const counts = await decideLines(Readable.from([lines.join('\n')]), output, { policies, checkEvery });
  output.end();
  return {
    counts,
    answers: (await answers)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

describe('threshold decide', () => {
  it('answers each fact record with its decision, in order, checked against Cedar', async () => {
    const released = { ...base, ownAgency: true };
    const { counts, answers } = await decided([released, base, released].map((facts) => JSON.stringify(facts)));
    expect(counts).toEqual({ decided: 3, refused: 0 });
    expect(answers.map(({ outcome }) => outcome)).toEqual(['RELEASED', 'WITHHELD', 'RELEASED']);
    expect(answers[0]).toEqual({
      outcome: 'RELEASED',
      permits: ['own-records'],
      vetoes: [],
      obligations: [],
      reasons: [],
      requestable: false,
    });
    expect(answers[1].reasons).toEqual(['NOT_ON_TEAM']);
  });

  it.each([
    ['what is not JSON', 'nope', /line 1: not JSON/],
    ['a list', '[]', /line 1: not a fact record/],
    ['a missing fact', JSON.stringify({ ...base, role: undefined }), /line 1: role is missing/],
    [
      'a value outside its list',
      JSON.stringify({ ...base, stage: 'LATER' }),
      /line 1: stage is none of PRE_PROCEEDINGS/,
    ],
    ['a fact that is none', JSON.stringify({ ...base, mood: 'good' }), /line 1: mood is no fact/],
    ['a fact that every object has', JSON.stringify({ ...base, toString: true }), /line 1: toString is no fact/],
    [
      'a fact that stands for none of them',
      `{"__proto__":1,${JSON.stringify(base).slice(1)}`,
      /line 1: __proto__ is no/,
    ],
    ['a value of another kind', JSON.stringify({ ...base, ownAgency: 'true' }), /ownAgency is none of true, false/],
    ['a value with more behind it', JSON.stringify(base).replace('"N"', '"N"x'), /line 1: not JSON/],
    ['a record with more behind it', `${JSON.stringify(base)}]`, /line 1: not JSON/],
    ['a comma that nothing follows', JSON.stringify(base).replace('}', ',}'), /line 1: not JSON/],
    ['half a record', JSON.stringify(base).slice(0, 300), /line 1: not JSON/],
    ['nothing', '', /line 1: not JSON/],
    ['a line without end', `{${' '.repeat(200_000)}`, /line 1: longer than any fact record/],
  ])('refuses %s by its line, and goes on', async (_, line, message) => {
    const { counts, answers } = await decided([line, JSON.stringify(base)]);
    expect(counts).toEqual({ decided: 1, refused: 1 });
    expect(answers[0].error).toMatch(message);
    expect(answers[1].outcome).toBe('WITHHELD');
  });

  it('takes a record of exactly the facts of the rules: it is asked for no member of the family', async () => {
    const OF_THE_RULES =
      'role ownAgency category recordKind confidentiality purpose involvement coreGroup onPanel onFamilyTeam basis consentState exceptionOverridesRefusal serviceConsent relevance opposing victimSide locationProtected worksWithProtected victimOfSubject conflict authoredByRequester grant emergency stage s47Open openToBoth cpGround receiving exited inHandoverPack referredByRecipient';
    expect(FACT_NAMES.join(' ')).toBe(`${OF_THE_RULES} forMember`);
    const asked = { ...base, ownAgency: true, purpose: 'SUBJECT_ACCESS' };
    const { forMember: _, ...without } = asked;
    const lines = [without, { ...asked, forMember: false }, { ...asked, forMember: true }];
    const { answers } = await decided(lines.map((facts) => JSON.stringify(facts)));
    expect(answers.map(({ outcome }) => outcome)).toEqual(['WITHHELD', 'WITHHELD', 'RELEASED']);
    expect(answers[0]).toEqual(answers[1]);
  });

  it('reads a record however its JSON is written, and wherever a chunk ends', async () => {
    const facts = { ...base, category: 'CONTACT', grant: 'COVERS_BY_NAME' };
    const shuffled = Object.fromEntries(Object.entries(facts).reverse());
    const plain = JSON.stringify(facts);
    const lines = [
      plain,
      JSON.stringify(shuffled),
      JSON.stringify(facts).replaceAll(':', ': ').replaceAll(',', ', '),
      JSON.stringify(facts, null, 1).replaceAll('\n', '\t'),
      `  ${plain} \r`,
      plain.replace('"CONTACT"', '"\\u0043ONTACT"'),
      plain.replace('"role"', '"r\\u006fle"'),
      plain.replace('{', '{"role":"KEYWORKER",'),
      plain.replaceAll(':', ' :'),
      plain,
    ];
    const whole = await decided(lines);
    expect(whole.counts).toEqual({ decided: lines.length, refused: 0 });
    expect(new Set(whole.answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    for (const size of [1, 7, 100, 1000, plain.length, plain.length + 1, plain.length + 2]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const output = new PassThrough();
      const answers = text(output);
      await decideLines(Readable.from(chunks), output, { policies, checkEvery: 0 });
      output.end();
      expect((await answers).trim().split('\n')).toEqual(whole.answers.map((answer) => JSON.stringify(answer)));
    }
  });

  it('stops when the policies taken apart and Cedar disagree', async () => {
    const all = policies.all.map((policy) =>
      policy.id === 'family-team' ? { ...policy, rule: { ...policy.rule, holds: () => true } } : policy,
    );
    await expect(
      decideLines(Readable.from([JSON.stringify(base)]), new PassThrough(), {
        policies: { ...policies, all },
        checkEvery: 1,
      }),
    ).rejects.toThrow(/disagree/);
  });

  it('stops when the policies written out and Cedar disagree', async () => {
    const wrong = {
      ...policies,
      written: { ...policies.written, evaluate: () => ({ allowed: true, permits: ['x'], vetoes: [], errors: [] }) },
    };
    await expect(
      decideLines(Readable.from([JSON.stringify(base)]), new PassThrough(), { policies: wrong, checkEvery: 1 }),
    ).rejects.toThrow(/disagree/);
  });
});
