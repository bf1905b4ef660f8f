/**
 * The policies of one version as its file has them, asked without the gateway: Cedar says what is released; a walk over Cedar's own
 * syntax trees says what another fact would change. Written a second time: nothing of the gateway's reading of policies is used.
 */
import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';

// V8 may take back an optimised call into WebAssembly in the middle of it, and dies (Node 20.20); and compiles it twice, which costs more than
// the second gains.
setFlagsFromString('--no-turbo-inline-js-wasm-calls');
setFlagsFromString('--liftoff-only');

/** `import` would load it before the lines above. */
const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as typeof Cedar;

/** A fact record: what policies read as `context`. */
export type Facts = Readonly<Record<string, string | boolean>>;

export interface Verdict {
  readonly allowed: boolean;
  /** Ids of the policies that decided, in order. */
  readonly by: readonly string[];
}

export interface Rules {
  /** The fact record of a key; undefined for a number that is none. */
  factsOf(key: number): Facts | undefined;
  /** Cedar's own answer. Throws Error when a policy cannot be evaluated. */
  ask(facts: Facts): Verdict;
  /** Whether it would be released, by the syntax trees. */
  wouldAllow(facts: Facts): boolean;
  /** What binds whoever receives a release by these permits. */
  obligations(facts: Facts, permits: readonly string[]): readonly string[];
  /** The closed list of a fact. */
  valuesOf(fact: string): readonly (string | boolean)[];
}

interface Policy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly obligations: readonly string[];
  readonly actions: readonly string[];
  readonly holds: (facts: Facts) => boolean;
  readonly text: string;
}

/** In the order in which an entry lists them. */
const OBLIGATIONS = ['READ_ONLY', 'NOT_TO_BE_PASSED_ON', 'NOTIFY_HOLDER', 'REVIEW', 'TELL_LEAD_PROFESSIONAL'];

/** Reads the bytes of `policies/VERSION.json`. Throws Error unless they are that version, and policies. */
export function readRules(bytes: Buffer, version: string): Rules {
  if (hash('sha256', bytes, 'hex') !== version) throw new Error('another version');
  const [lists, texts] = JSON.parse(bytes.toString()) as [Record<string, readonly (string | boolean)[]>, string[]];
  const names = Object.keys(lists);
  const policies = texts.flatMap((text) => partsOf(text).map(policyOf));
  const on = (action: string) => policies.filter(({ actions }) => actions.length === 0 || actions.includes(action));
  const reading = on('read');
  const permits = reading.filter(({ effect }) => effect === 'permit');
  const vetoes = reading.filter(({ effect }) => effect === 'forbid');
  const owing = new Map(policies.map(({ id, obligations }) => [id, obligations]));
  for (const action of ['read', 'oblige']) {
    const staticPolicies = Object.fromEntries(on(action).map(({ id, text }) => [id, text]));
    const parsed = cedar.preparsePolicySet(`${version} ${action}`, { staticPolicies });
    if (parsed.type === 'failure') throw new Error('policies that cannot be read');
  }

  function evaluate(action: 'read' | 'oblige', facts: Facts): Verdict {
    const answer = cedar.statefulIsAuthorized({
      principal: { type: 'Worker', id: 'requester' },
      action: { type: 'Action', id: action },
      resource: { type: 'Record', id: 'record' },
      context: facts as Record<string, Cedar.CedarValueJson>,
      preparsedPolicySetId: `${version} ${action}`,
      entities: [],
    });
    if (answer.type === 'failure' || answer.response.diagnostics.errors.length > 0)
      throw new Error('a policy that cannot be evaluated');
    const { decision, diagnostics } = answer.response;
    return { allowed: decision === 'allow', by: [...diagnostics.reason].sort() };
  }

  return {
    factsOf(key) {
      if (!Number.isSafeInteger(key) || key < 0) return undefined;
      const facts: Record<string, string | boolean> = {};
      let left = BigInt(key);
      // The last fact is the lowest digit.
      for (const name of [...names].reverse()) {
        const values = lists[name] ?? [];
        facts[name] = values[Number(left % BigInt(values.length))] as string | boolean;
        left /= BigInt(values.length);
      }
      return left === 0n ? facts : undefined;
    },
    ask: (facts) => evaluate('read', facts),
    wouldAllow: (facts) => !vetoes.some(({ holds }) => holds(facts)) && permits.some(({ holds }) => holds(facts)),
    obligations(facts, by) {
      const owed = new Set([...by, ...evaluate('oblige', facts).by].flatMap((id) => owing.get(id) ?? []));
      return OBLIGATIONS.filter((obligation) => owed.has(obligation));
    },
    valuesOf: (fact) => lists[fact] ?? [],
  };
}

function partsOf(text: string): string[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw new Error('policies that cannot be read');
  return parts.policies;
}

function policyOf(text: string): Policy {
  const parsed = cedar.policyToJson(text);
  if (parsed.type === 'failure') throw new Error('a policy that cannot be read');
  const { annotations = {}, effect, action, conditions } = parsed.json;
  const named = action as { readonly entity?: { id: string }; readonly entities?: { id: string }[] };
  return {
    id: annotations['id'] ?? '',
    effect,
    obligations: (annotations['obligations'] ?? '').split(',').map((part) => part.trim()),
    actions: [...(named.entity ? [named.entity] : []), ...(named.entities ?? [])].map(({ id }) => id),
    holds: (facts) => conditions.every(({ kind, body }) => (read(body, facts) === true) === (kind === 'when')),
    text,
  };
}

/** The value of an expression over facts, by walking it. Throws Error for what the policies do not use. */
function read(expression: Cedar.Expr, facts: Facts): unknown {
  const [[operator, operand] = ['', undefined]] = Object.entries(expression) as [string, unknown][];
  const { left, right, arg } = operand as { left: Cedar.Expr; right: Cedar.Expr; arg: Cedar.Expr };
  switch (operator) {
    case 'Value':
      return operand;
    case '.':
      return facts[(operand as { attr: string }).attr];
    case '!':
      return read(arg, facts) !== true;
    case '==':
      return read(left, facts) === read(right, facts);
    case '!=':
      return read(left, facts) !== read(right, facts);
    case '&&':
      return read(left, facts) === true && read(right, facts) === true;
    case '||':
      return read(left, facts) === true || read(right, facts) === true;
    case 'Set':
      return (operand as Cedar.Expr[]).map((member) => read(member, facts));
    case 'contains':
      return (read(left, facts) as unknown[]).includes(read(right, facts));
    case 'if-then-else': {
      const branch = operand as { if: Cedar.Expr; then: Cedar.Expr; else: Cedar.Expr };
      return read(read(branch.if, facts) === true ? branch.then : branch.else, facts);
    }
  }
  throw new Error(`an expression that is not used here: ${operator}`);
}
