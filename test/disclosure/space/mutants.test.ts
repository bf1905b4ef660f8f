/** Whoever drops a condition of a permit, or a veto, is caught by a case: each change of the policies tried one by one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { denialOf } from '../../../src/disclosure/outcome.js';
import { loadPolicies } from '../../../src/disclosure/policies.js';
import { spaceOf } from '../../../src/disclosure/space/outcomes.js';
import { type Rule, ruleOf } from '../../../src/disclosure/space/rules.js';
import type { FactRecord } from '../../../src/domain/facts.js';
import { OUTCOMES } from '../../../src/domain/words.js';

const folder = 'schema/policies/cases';
const base = parse(readFileSync(join(folder, 'base.yaml'), 'utf8')) as FactRecord;

interface Case {
  readonly facts: FactRecord;
  readonly outcome: string;
  readonly permits: readonly string[];
  readonly vetoes: readonly string[];
}

/** Of a file of near misses. */
type NamedCase = Partial<Case> & Pick<Case, 'outcome'>;

const nearMisses = readdirSync(join(folder, 'near-misses')).flatMap((file) =>
  (parse(readFileSync(join(folder, 'near-misses', file), 'utf8')) as NamedCase[]).map(
    ({ facts, outcome, permits = [], vetoes = [] }): Case => ({
      facts: { ...base, ...facts },
      outcome,
      permits,
      vetoes,
    }),
  ),
);
const sentences = OUTCOMES.flatMap((outcome) =>
  readdirSync(join(folder, outcome)).map((file): Case => {
    const { facts, permits = [], vetoes = [] } = parse(readFileSync(join(folder, outcome, file), 'utf8'));
    return { facts: { ...base, ...facts }, outcome, permits, vetoes };
  }),
);
const cases = [...sentences, ...nearMisses];
const reading = loadPolicies('schema/policies').all.filter(({ actions }) => actions.includes('read'));

/** Whether every case comes out as it says under these rules. */
function isUnnoticed(rules: readonly Rule[]): boolean {
  return cases.every(({ facts, outcome, permits, vetoes }) => {
    const ids = (effect: Rule['effect']) =>
      rules.flatMap((rule) => (rule.effect === effect && rule.holds(facts) ? rule.id : [])).sort();
    const [permitted, vetoed] = [ids('permit'), ids('forbid')];
    const isReleased = permitted.length > 0 && vetoed.length === 0;
    const shown = isReleased ? 'RELEASED' : denialOf(facts, vetoed);
    return (
      shown === outcome &&
      vetoed.join() === [...vetoes].sort().join() &&
      (isReleased ? permitted : []).join() === [...permits].sort().join()
    );
  });
}

type Json = cedar.PolicyJson;
type Body = Json['conditions'][number]['body'];

/** The parts that must all hold, or of which one must: what stands between && or ||. */
function parts(operator: '&&' | '||', body: Body): Body[] {
  if (!(operator in body)) return [body];
  const { left, right } = (body as Record<string, { left: Body; right: Body }>)[operator] as {
    left: Body;
    right: Body;
  };
  return [...parts(operator, left), ...parts(operator, right)];
}

const joined = (operator: '&&' | '||', bodies: readonly Body[]): Body | undefined =>
  bodies.length === 0
    ? undefined
    : bodies
        .slice(1)
        .reduce<Body>((left, right) => ({ [operator]: { left, right } }) as unknown as Body, bodies[0] as Body);

/** The policy with one of its conditions dropped, for each that can be; what is dropped, as a name. */
function* weakened(json: Json): Generator<readonly [string, Json]> {
  for (const [i, { kind, body }] of json.conditions.entries()) {
    const operator = kind === 'when' ? '&&' : '||';
    const all = parts(operator, body);
    for (const [j, dropped] of all.entries()) {
      const rest = joined(
        operator,
        all.filter((_, k) => k !== j),
      );
      const conditions = json.conditions.flatMap((condition, k) =>
        k !== i ? condition : rest ? { ...condition, body: rest } : [],
      );
      yield [`${kind} ${JSON.stringify(dropped)}`, { ...json, conditions }];
    }
  }
}

/** Every body that comes of leaving out one side of one && or ||, at whatever depth, and what was left out, as a name. */
function* withoutOneSide(body: unknown): Generator<readonly [string, unknown]> {
  if (Array.isArray(body)) {
    for (const [i, part] of body.entries())
      for (const [name, changed] of withoutOneSide(part)) yield [name, body.map((one, k) => (k === i ? changed : one))];
    return;
  }
  if (body === null || typeof body !== 'object') return;
  for (const [operator, operand] of Object.entries(body)) {
    if (operator === '&&' || operator === '||') {
      const { left, right } = operand as { left: unknown; right: unknown };
      yield [`${JSON.stringify(left)} of ${operator}`, right];
      yield [`${JSON.stringify(right)} of ${operator}`, left];
    }
    for (const [name, changed] of withoutOneSide(operand)) yield [name, { ...body, [operator]: changed }];
  }
}

/** The policy with one side of one && or || left out, anywhere in it. */
function* loosened(json: Json): Generator<readonly [string, Json]> {
  for (const [i, condition] of json.conditions.entries())
    for (const [name, body] of withoutOneSide(condition.body))
      yield [
        name,
        { ...json, conditions: json.conditions.map((one, k) => (k === i ? { ...one, body: body as Body } : one)) },
      ];
}

const { points, permits, vetoes } = spaceOf(reading.map(({ rule }) => rule));

/** Whether no point tells a weakened permit from the permit: what it lets through more is vetoed everywhere. Proven, not tried. */
function isEquivalent(rule: Rule): boolean {
  if (rule.effect === 'forbid') return false;
  const more = points.without(
    points.where(({ facts }) => rule.holds(facts)),
    permits.get(rule.id) ?? points.none,
  );
  return points.without(more, points.anyOf(vetoes.values())) === points.none;
}

/** Whether it decides everything as before: what it lets through more is vetoed everywhere, what it lets through less is none. */
function isSame(rule: Rule, before: Rule): boolean {
  const now = points.where(({ facts }) => rule.holds(facts));
  const then = points.where(({ facts }) => before.holds(facts));
  if (now === then) return true;
  return points.without(then, now) === points.none && isEquivalent(rule);
}

const jsonOf = (text: string): Json => {
  const parsed = cedar.policyToJson(text);
  if (parsed.type === 'failure') throw new Error('not Cedar');
  return parsed.json;
};

describe('the cases', () => {
  it('hold for the policies as they are', () => expect(isUnnoticed(reading.map(({ rule }) => rule))).toBe(true));

  for (const policy of reading) {
    it(`notice either side gone of every && and || of ${policy.id}`, () => {
      const without = reading.filter((other) => other !== policy).map(({ rule }) => rule);
      const unnoticed = [...loosened(jsonOf(policy.text))].flatMap(([name, json]) => {
        const rule = ruleOf(policy.id, json);
        return isUnnoticed([...without, rule]) && !isSame(rule, policy.rule) ? name : [];
      });
      expect(unnoticed).toEqual([]);
    });

    const others = reading.filter((other) => other !== policy).map(({ rule }) => rule);
    it(`notice that ${policy.id} is gone`, () => expect(isUnnoticed(others)).toBe(false));

    it(`notice every condition dropped from ${policy.id}`, () => {
      const unnoticed = [...weakened(jsonOf(policy.text))].flatMap(([name, json]) => {
        const rule = ruleOf(policy.id, json);
        return isUnnoticed([...others, rule]) && !isEquivalent(rule) ? name : [];
      });
      expect(unnoticed).toEqual([]);
    });
  }
});
