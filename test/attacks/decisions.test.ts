/** Ways in through the decision itself: a policy that fails, a fact that ends while an operation reads (docs/attacks.md). */
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { loadRules } from '../../src/rules.js';
import type { Source } from '../../src/sources/contract.js';
import { ask, peopleOf, startDemo } from './demo.js';

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});
const demoWith = async (place?: (source: Source) => Source): Promise<Demo> => {
  const demo = await startDemo({}, place);
  open.push(demo);
  return demo;
};

describe('25: a policy that could fail while it is evaluated', () => {
  // In Cedar a veto that errs does not forbid. Each of these is valid, or nearly, and would err on some facts.
  it.each([
    ['by a number that is too large', '9223372036854775807 + 1 > 0'],
    ['by an extension that cannot read its text', 'decimal("none").lessThan(decimal("1.0"))'],
    ['by a fact that is not there', 'context.notAFact == "x"'],
    ['by an attribute of whoever asks', 'principal.agency == "csc"'],
  ])('%s stops the start, and is named', (_, condition) => {
    const folder = mkdtempSync(join(tmpdir(), 'threshold-policies-'));
    cpSync('schema/policies', folder, { recursive: true });
    writeFileSync(
      join(folder, 'ours.cedar'),
      `@id("ours") @source("FS-01") @says("A veto that errs.") forbid (principal, action == Action::"read", resource) when { ${condition} };`,
    );
    expect(() => loadRules({ protocols: [], policyFolder: folder })).toThrow(/ours/);
  });
});

describe('26: a source that is down', () => {
  it('leaves open who harmed whom, and what is open is as if somebody had', async () => {
    // The council's system knows of no harm here: the domestic abuse service alone does.
    const demo = await demoWith((source) =>
      source.id !== 'social-care'
        ? source
        : {
            ...source,
            circumstances: async (persons, options) => {
              const answer = await source.circumstances(persons, options);
              return { ...answer, items: answer.items.map((told) => ({ ...told, allegations: [] })) };
            },
          },
    );
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'];
    const query =
      'query H($id: ID!) @purpose(of: CHILD_PROTECTION) { person(id: $id) { forename addresses { postcode } } }';
    const seen = async () => (await ask(demo, 'dao-zeke-morrow', query, { id: mira })).data['person'];
    expect(await seen()).toBeNull();
    await demo.kill('domestic-abuse');
    expect(await seen()).toBeNull();
  }, 60_000);
});

describe('35: what ends by itself', () => {
  it('while an operation reads is gone for it: its answer is decided again', async () => {
    let demo: Demo | undefined;
    let endsAt = 0;
    let waited = 0;
    demo = await demoWith((source) =>
      source.id !== 'substance-misuse'
        ? source
        : {
            ...source,
            read: async (asked, options) => {
              const answer = await source.read(asked, options);
              const left = endsAt - (demo?.house.now().getTime() ?? 0);
              if (left > 0 && asked.wants.some(({ type }) => type === 'SubstanceMisuseRecord')) {
                waited += 1;
                await new Promise((resolve) => setTimeout(resolve, left + 5));
              }
              return answer;
            },
          },
    );
    const nessa = (await peopleOf(demo, 'sw-cleo-marchbank'))['Nessa Norbury'];
    const until = demo.house.now().getTime() + 1_500;
    const input = {
      subjects: [nessa],
      gateway: 'CHILDREN_ACT_2004_S16LA',
      answers: ['It shows when the child is alone.', 'Without it nobody sees to the child in the evenings.'],
      categories: ['SUBSTANCE_MISUSE'],
      holders: ['haven'],
      recipients: ['csc'],
      purposes: ['SUPERVISION'],
      until: new Date(until).toISOString(),
    };
    const recorded = await ask(
      demo,
      'sw-cleo-marchbank',
      'mutation X($input: ConsentNotRequiredInput!) @purpose(of: DIRECT_WORK) { recordConsentNotRequired(input: $input) { id } }',
      { input },
    );
    expect(recorded.errors).toBeUndefined();
    const query =
      'query A($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { ... on Adult { adultWork { nodes { id } } } } }';
    const before = await ask(demo, 'sw-cleo-marchbank', query, { id: nessa });
    expect(before.data['person'].adultWork.nodes.length).toBe(1);
    endsAt = until;
    const { data } = await ask(demo, 'sw-cleo-marchbank', query, { id: nessa });
    expect(waited).toBe(1);
    expect(data['person'].adultWork.nodes).toEqual([]);
  }, 60_000);
});
