/** What binds whoever receives a release (RULES §5): every case, and every obligation or condition taken out is noticed by one. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  compilePolicies,
  loadPolicies,
  type Policies,
  PolicyError,
  readPolicyFiles,
} from '../../src/disclosure/policies.js';
import { FACT_NAMES, FACTS, type FactRecord } from '../../src/domain/facts.js';
import { OBLIGATIONS } from '../../src/domain/words.js';

const base = parse(readFileSync('schema/policies/cases/base.yaml', 'utf8')) as FactRecord;
const cases = parse(readFileSync('schema/policies/cases/obligations/obligations.yaml', 'utf8')) as readonly {
  readonly name: string;
  readonly facts?: Partial<FactRecord>;
  readonly permits: readonly string[];
  readonly obligations: readonly string[];
}[];
const files = readPolicyFiles('schema/policies');
const policies = loadPolicies('schema/policies');
const inOrder = (list: readonly string[]) => OBLIGATIONS.filter((obligation) => list.includes(obligation));
const isUnnoticed = (changed: Policies) =>
  cases.every(
    ({ facts, permits, obligations }) =>
      changed.obligations({ ...base, ...facts }, permits).join() === inOrder(obligations).join(),
  );
/** Whether a text in the place of another is noticed: by a case, or by Cedar, which takes no policy that can never apply. */
function isNoticed(text: string, instead: string): boolean {
  try {
    return !isUnnoticed(compilePolicies(files.map((one) => ({ ...one, text: one.text.replace(text, () => instead) }))));
  } catch (error) {
    if (error instanceof PolicyError && error.message.includes('impossible')) return true;
    throw error;
  }
}

describe('a release', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { facts, permits, obligations }) => {
    const record = { ...base, ...facts };
    for (const name of FACT_NAMES) expect(FACTS[name] as readonly unknown[]).toContain(record[name]);
    for (const id of permits) expect(policies.all.map((policy) => policy.id)).toContain(id);
    expect(policies.obligations(record, permits)).toEqual(inOrder(obligations));
    expect(policies.written.obligations(record, permits)).toEqual(inOrder(obligations));
  });
});

describe('a case notices', () => {
  const binding = policies.all.filter(({ obligations }) => obligations.length > 0);

  it('nothing while nothing is changed', () => {
    expect(binding.length).toBeGreaterThan(4);
    expect(isUnnoticed(policies)).toBe(true);
  });
  it.each(binding.map((policy) => [policy.id, policy] as const))('each obligation of %s gone', (_, policy) => {
    for (const gone of policy.obligations) {
      const kept = policy.obligations.filter((one) => one !== gone).join(', ');
      const text = policy.text.replace(/@obligations\("[^"]*"\)/, kept ? `@obligations("${kept}")` : '');
      expect([gone, isNoticed(policy.text, text)]).toEqual([gone, true]);
    }
  });
  it.each(binding.filter(({ actions }) => actions.includes('oblige')).map((policy) => [policy.id, policy] as const))(
    'each condition of %s gone, or either side of one',
    (_, { text }) => {
      const [head = '', body = ''] = text.split(/when \{/);
      const parts = body
        .replace(/\}\s*;?\s*$/, '')
        .split(/&&|\|\|/)
        .map((part) => part.replace(/^[\s(]+|[\s]+$/g, ''));
      for (const part of parts) {
        const condition = part.replace(/\)+$/, (ends) => (part.includes('.contains(') ? ')' : ends.slice(ends.length)));
        for (const value of ['true', 'false']) {
          const changed = `${head}when {${body.replace(condition, () => `(${value} || (${condition} && false))`)}`;
          expect([condition, value, isNoticed(text, changed)]).toEqual([condition, value, true]);
        }
      }
    },
  );
});
