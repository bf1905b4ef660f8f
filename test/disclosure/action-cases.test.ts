/** Who may say what: every case under schema/policies/cases/actions, each changed condition noticed by one, and the whole space. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadPolicies } from '../../src/disclosure/policies.js';
import { type Rule, ruleOf } from '../../src/disclosure/space/rules.js';
import { ACTION_FACTS, ACTIONS, type Action, type ActionFacts, type FactRecord } from '../../src/domain/facts.js';

const folder = 'schema/policies/cases/actions';
const base = parse(readFileSync(join(folder, 'base.yaml'), 'utf8')) as ActionFacts;
const policies = loadPolicies('schema/policies');
const acting = policies.all.filter(({ actions }) => ACTIONS.some((action) => actions.includes(action)));

interface Case {
  readonly name: string;
  readonly allowed: boolean;
  readonly facts: Partial<ActionFacts>;
  readonly policies: readonly string[];
}

const casesOf = (action: Action) => parse(readFileSync(join(folder, `${action}.yaml`), 'utf8')) as readonly Case[];
const decided = new Set<string>();

describe.each(ACTIONS)('%s', (action) => {
  it.each(casesOf(action).map((one) => [one.name, one] as const))('%s', (_, one) => {
    const facts = { ...base, ...one.facts };
    for (const [name, values] of Object.entries(ACTION_FACTS))
      expect(values as readonly unknown[]).toContain(facts[name as keyof ActionFacts]);
    const verdict = policies.mayDo(action, facts);
    expect(verdict).toEqual({ allowed: one.allowed, policies: one.policies });
    for (const id of verdict.policies) decided.add(id);
  });
});

it('every file of cases is of an action, and every policy on actions decides in a case', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== 'base.yaml');
  expect(files.sort()).toEqual(ACTIONS.map((action) => `${action}.yaml`).sort());
  expect(acting.filter(({ id }) => !decided.has(id)).map(({ id }) => id)).toEqual([]);
});

/** Whether every case still comes out as it says with these rules in the place of those in force. */
function isUnnoticed(rules: ReadonlyMap<string, Rule>): boolean {
  return ACTIONS.every((action) =>
    casesOf(action).every((one) => {
      const facts = { ...base, ...one.facts } as unknown as FactRecord;
      const holding = acting.flatMap(({ id, actions }) => {
        const rule = rules.get(id);
        return rule && actions.includes(action) && rule.holds(facts) ? rule : [];
      });
      const vetoes = holding.filter(({ effect }) => effect === 'forbid').map(({ id }) => id);
      const permits = holding.filter(({ effect }) => effect === 'permit').map(({ id }) => id);
      const allowed = permits.length > 0 && vetoes.length === 0;
      return allowed === one.allowed && (allowed ? permits : vetoes).sort().join() === [...one.policies].sort().join();
    }),
  );
}

type Json = cedar.PolicyJson;
type Body = Json['conditions'][number]['body'];

/** The parts that must all hold: what stands between &&. */
function conjuncts(body: Body): Body[] {
  if (!('&&' in body)) return [body];
  const { left, right } = (body as unknown as { '&&': { left: Body; right: Body } })['&&'];
  return [...conjuncts(left), ...conjuncts(right)];
}

/** The policy with one condition of its `when` left out, each in turn. */
function withoutOne(text: string): Json[] {
  const parsed = cedar.policyToJson(text);
  if (parsed.type === 'failure') throw new Error('a policy cannot be read');
  const { json } = parsed;
  return json.conditions.flatMap((condition, at) => {
    const all = conjuncts(condition.body);
    return all.map((_, left) => {
      const kept = all.filter((__, i) => i !== left);
      const [first, ...others] = kept;
      const body = first && others.reduce<Body>((a, b) => ({ '&&': { left: a, right: b } }) as unknown as Body, first);
      const conditions = json.conditions.flatMap((one, i) => (i !== at ? [one] : body ? [{ ...condition, body }] : []));
      return { ...json, conditions };
    });
  });
}

describe('a case notices', () => {
  const inForce = new Map(acting.map(({ id, rule }) => [id, rule]));
  it('nothing while nothing is changed', () => expect(isUnnoticed(inForce)).toBe(true));
  it.each(acting.map(({ id, text }) => [id, text] as const))('%s gone, or a condition of it dropped', (id, text) => {
    const others = new Map(inForce);
    others.delete(id);
    expect(isUnnoticed(others)).toBe(false);
    const unnoticed = withoutOne(text).filter((json) => isUnnoticed(new Map(inForce).set(id, ruleOf(id, json))));
    expect(unnoticed.map(({ conditions }) => JSON.stringify(conditions))).toEqual([]);
  });
});

describe('at every point of the space', () => {
  const points = Object.entries(ACTION_FACTS).reduce<readonly ActionFacts[]>(
    (all, [name, values]) =>
      all.flatMap((facts) =>
        (values as readonly unknown[]).map((value) => ({ ...facts, [name]: value }) as ActionFacts),
      ),
    [{} as ActionFacts],
  );
  const may = (action: Action) => {
    const rules = acting.filter(({ actions }) => actions.includes(action)).map(({ rule }) => rule);
    const [permits, vetoes] = (['permit', 'forbid'] as const).map((effect) => rules.filter((r) => r.effect === effect));
    return (facts: ActionFacts) => {
      const record = facts as unknown as FactRecord;
      return permits?.some(({ holds }) => holds(record)) === true && !vetoes?.some(({ holds }) => holds(record));
    };
  };
  const where = (action: Action) => points.filter(may(action));

  it(`the written rules are Cedar's own (${points.length} points, every 97th for every action)`, () => {
    for (const action of ACTIONS) {
      const written = may(action);
      for (let i = 0; i < points.length; i += 97) {
        const facts = points[i] as ActionFacts;
        expect([action, facts, written(facts)]).toEqual([action, facts, policies.mayDo(action, facts).allowed]);
      }
    }
  });
  it('nothing is done in conflict or by the other side but taking back: an emergency, a request', () => {
    for (const action of ACTIONS.filter((one) => one !== 'END_EMERGENCY' && one !== 'WITHDRAW_REQUEST'))
      expect(where(action).filter(({ conflict, opposing }) => conflict || opposing)).toEqual([]);
  });
  it('nobody approves, answers or reviews what they made themselves', () => {
    for (const action of ['APPROVE_EXCEPTION', 'ANSWER_REQUEST', 'REVIEW_EMERGENCY'] as const) {
      const by = new Set(where(action).map(({ madeBy }) => madeBy));
      expect([by.has('REQUESTER'), by.has('NOBODY'), by.size > 0]).toEqual([false, false, true]);
    }
  });
  it('nobody asks their own agency, and only who asked reads, disputes or takes back', () => {
    expect(where('REQUEST_INFORMATION').filter(({ ownAgency }) => ownAgency)).toEqual([]);
    for (const action of ['SEE_ANSWER', 'DISPUTE_ANSWER', 'WITHDRAW_REQUEST'] as const)
      expect(new Set(where(action).map(({ madeBy }) => madeBy))).toEqual(new Set(['REQUESTER']));
  });
  it('no early-help role takes a statutory decision (FIP-07), no head of service or officer opens an emergency', () => {
    expect(where('STATUTORY_DECISION').filter(({ role }) => /KEYWORKER|EARLY_HELP/.test(role))).toEqual([]);
    expect(
      where('OPEN_EMERGENCY')
        .filter(({ role }) => /OFFICER$|STEWARD|ANALYST|HEAD/.test(role))
        .map(({ role }) => role)
        .filter((role) => role !== 'DOMESTIC_ABUSE_OFFICER'),
    ).toEqual([]);
  });
  it('no emergency is opened under a gateway that a refusal outweighs', () =>
    expect(where('OPEN_EMERGENCY').filter(({ overridesRefusal }) => !overridesRefusal)).toEqual([]));
});
