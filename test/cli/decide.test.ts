import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { decideLines } from '../../src/cli/decide.js';
import { loadPolicies } from '../../src/disclosure/policies.js';
import type { FactRecord } from '../../src/domain/facts.js';

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
  ])('refuses %s by its line, and goes on', async (_, line, message) => {
    const { counts, answers } = await decided([line, JSON.stringify(base)]);
    expect(counts).toEqual({ decided: 1, refused: 1 });
    expect(answers[0].error).toMatch(message);
    expect(answers[1].outcome).toBe('WITHHELD');
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
