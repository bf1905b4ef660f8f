/**
 * The policies written out in JavaScript, from the very texts that Cedar evaluates: for questions asked of the rules a
 * million times, and nothing released by the answer – why something is withheld, what-if files, the whole space of facts.
 * What releases is Cedar's own evaluation. `test/disclosure/space` holds the two to each other.
 *
 * Requires policies over closed facts in ==, !=, &&, ||, !, contains and if; anything else throws PolicyError at start,
 * naming the policy: a rule that could not be enumerated could not be proven.
 */
import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { FactRecord } from '../../domain/facts.js';

/** Thrown at start: the message names the policy and what is wrong with it. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** One policy as a function of the facts. */
export interface Rule {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** Whether it applies to these facts: permits or forbids. Reads no more facts than it must. */
  readonly holds: (facts: FactRecord) => boolean;
  /** As Cedar's JSON has them: all of `when`, none of `unless`. */
  readonly conditions: PolicyJson['conditions'];
}

/** Writes out one policy. Throws PolicyError. */
export function ruleOf(id: string, { effect, principal, resource, conditions }: PolicyJson): Rule {
  if (principal.op !== 'All' || resource.op !== 'All')
    throw new PolicyError(`policy ${id} names a principal or a resource: rules here rest on facts alone`);
  const tests = conditions.map(({ kind, body }) => (kind === 'when' ? written(id, body) : `!(${written(id, body)})`));
  const holds = new Function('facts', `return ${tests.length === 0 ? 'true' : tests.join(' && ')};`);
  return { id, effect, holds: holds as Rule['holds'], conditions };
}

/** The JavaScript of an expression. Values and names stand in it as JSON strings, so that no text of a policy becomes code. */
function written(id: string, expression: Expr): string {
  const [[operator, operand] = ['nothing', undefined]] = Object.entries(expression) as [string, unknown][];
  const both = operand as { readonly left: Expr; readonly right: Expr };
  switch (operator) {
    case 'Value':
      if (typeof operand === 'string' || typeof operand === 'boolean') return JSON.stringify(operand);
      break;
    case '.': {
      const { left, attr } = operand as { readonly left: Expr; readonly attr: string };
      if ('Var' in left && left.Var === 'context') return `facts[${JSON.stringify(attr)}]`;
      break;
    }
    case '!':
      return `!(${written(id, (operand as { readonly arg: Expr }).arg)})`;
    case '==':
      return `(${written(id, both.left)} === ${written(id, both.right)})`;
    case '!=':
      return `(${written(id, both.left)} !== ${written(id, both.right)})`;
    case '&&':
    case '||':
      return `(${written(id, both.left)} ${operator} ${written(id, both.right)})`;
    case 'contains':
      if ('Set' in both.left && Array.isArray(both.left.Set)) {
        const members = both.left.Set.map((member) => written(id, member));
        return `[${members.join(', ')}].includes(${written(id, both.right)})`;
      }
      break;
    case 'if-then-else': {
      const branches = operand as { readonly if: Expr; readonly then: Expr; readonly else: Expr };
      return `(${written(id, branches.if)} ? ${written(id, branches.then)} : ${written(id, branches.else)})`;
    }
  }
  throw new PolicyError(`policy ${id} uses ${operator} in a way that cannot be enumerated: see docs/policies.md`);
}
