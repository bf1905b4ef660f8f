/** Every case under schema/policies/cases: the file's name is the sentence claimed, its folder the outcome. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { createDecide } from '../../src/disclosure/decide.js';
import { loadPolicies } from '../../src/disclosure/policies.js';
import { FACT_NAMES, FACTS, type FactRecord } from '../../src/domain/facts.js';
import { OUTCOMES, type Outcome } from '../../src/domain/words.js';

const folder = 'schema/policies/cases';
const base = parse(readFileSync(join(folder, 'base.yaml'), 'utf8')) as FactRecord;
const policies = loadPolicies('schema/policies');
const decide = createDecide(policies, (ids) => {
  throw new Error(`policies failed to evaluate: ${ids}`);
});
const decided = new Set<string>();

interface Case {
  readonly facts: Partial<FactRecord>;
  readonly permits?: string[];
  readonly vetoes?: string[];
  readonly reasons?: string[];
}

/** Several cases in one file: a policy, and what it leaves alone by one condition each. */
interface NamedCase extends Case {
  readonly name: string;
  readonly outcome: Outcome;
}

function check({ facts, permits, vetoes, reasons }: Case, outcome: Outcome): void {
  const record = { ...base, ...facts };
  for (const name of FACT_NAMES) expect(FACTS[name] as readonly unknown[]).toContain(record[name]);
  const decision = decide(record);
  expect({ outcome: decision.outcome, permits: decision.permits, vetoes: decision.vetoes }).toEqual({
    outcome,
    permits: permits ?? [],
    vetoes: vetoes ?? [],
  });
  if (reasons) expect(decision.reasons).toEqual(reasons);
  for (const id of [...decision.permits, ...decision.vetoes]) decided.add(id);
}

for (const outcome of OUTCOMES) {
  describe(outcome, () => {
    for (const file of readdirSync(join(folder, outcome))) {
      it(file.replace('.yaml', '').replaceAll('-', ' '), () => {
        check(parse(readFileSync(join(folder, outcome, file), 'utf8')) as Case, outcome);
      });
    }
  });
}

describe('near misses', () => {
  for (const file of readdirSync(join(folder, 'near-misses'))) {
    for (const one of parse(readFileSync(join(folder, 'near-misses', file), 'utf8')) as NamedCase[])
      it(one.name, () => check(one, one.outcome));
  }
});

describe('the cases', () => {
  it('show every reading policy deciding', () => {
    const reading = policies.all.filter(({ id, text }) => text.includes('Action::"read"') && id).map(({ id }) => id);
    expect(reading.filter((id) => !decided.has(id))).toEqual([]);
  });

  it('have a base in which nothing is permitted yet', () => {
    expect(decide(base).permits).toEqual([]);
  });
});
