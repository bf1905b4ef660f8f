/** The cases of the packs: with the pack the outcome of the folder, `without` it that of the gateway's own policies. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { createDecide } from '../../src/disclosure/decide.js';
import { FACT_NAMES, FACTS, type FactRecord } from '../../src/domain/facts.js';
import { OUTCOMES, type Outcome } from '../../src/domain/words.js';
import { PACKS } from '../../src/protocols/pack.js';
import { loadRules, type Rules } from '../../src/rules.js';

interface Case {
  readonly clauses: readonly string[];
  readonly facts: Partial<FactRecord>;
  readonly permits?: readonly string[];
  readonly vetoes?: readonly string[];
  readonly without: Outcome;
}

const base = parse(readFileSync('schema/policies/cases/base.yaml', 'utf8')) as FactRecord;
const decideBy = ({ policies }: Rules) =>
  createDecide(policies, (ids) => {
    throw new Error(`policies failed to evaluate: ${ids}`);
  });
const withoutPacks = decideBy(loadRules({ protocols: [] }));

for (const pack of PACKS) {
  const folder = join('schema/protocols/cases', pack);
  const rules = loadRules({ protocols: [pack] });
  const decide = decideBy(rules);
  const extra = rules.policies.all.filter(({ file }) => file.startsWith(`${pack}: `)).map(({ id }) => id);
  const decided = new Set<string>();

  describe(pack, () => {
    for (const outcome of OUTCOMES) {
      const files = existsSync(join(folder, outcome)) ? readdirSync(join(folder, outcome)) : [];
      for (const file of files) {
        it(`${outcome}: ${file.replace('.yaml', '').replaceAll('-', ' ')}`, () => {
          const told = parse(readFileSync(join(folder, outcome, file), 'utf8')) as Case;
          const facts = { ...base, ...told.facts };
          for (const name of FACT_NAMES) expect(FACTS[name] as readonly unknown[]).toContain(facts[name]);
          const { permits, vetoes, ...decision } = decide(facts);
          expect([decision.outcome, permits, vetoes]).toEqual([outcome, told.permits ?? [], told.vetoes ?? []]);
          expect(withoutPacks(facts).outcome).toBe(told.without);
          for (const id of [...permits, ...vetoes]) decided.add(id);
        });
      }
    }
    it('shows each of its policies deciding', () => expect(extra.filter((id) => !decided.has(id))).toEqual([]));
  });
}
