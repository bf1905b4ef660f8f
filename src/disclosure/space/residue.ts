/**
 * What is left of a policy's conditions once some facts are given, in words an officer reads: the part of a rule that a
 * cell of the sharing matrix still has to say.
 */
import type { Expr } from '@cedar-policy/cedar-wasm/nodejs';
import type { FactRecord } from '../../domain/facts.js';
import type { Rule } from './rules.js';

/** Settled, or a sentence; `binding` tells whether the sentence needs brackets beside others. */
type Residue = boolean | { readonly says: string; readonly joins?: 'and' | 'or' };

/** What a rule still asks: `true` when nothing, `false` when it cannot apply, else the sentence. */
export function residueOf({ conditions }: Rule, given: Partial<FactRecord>): boolean | string {
  const parts = conditions.map(({ kind, body }) => {
    const residue = left(body, given);
    return kind === 'when' ? residue : negated(body, residue, given);
  });
  const whole = both('and', parts);
  return typeof whole === 'boolean' ? whole : whole.says;
}

function left(expression: Expr, given: Partial<FactRecord>): Residue {
  const [[operator, operand] = ['', undefined]] = Object.entries(expression) as [string, never][];
  const { left: a, right: b } = operand as unknown as { left: Expr; right: Expr };
  switch (operator) {
    case '&&':
      return both('and', [left(a, given), left(b, given)]);
    case '||':
      return both('or', [left(a, given), left(b, given)]);
    case '!': {
      const { arg } = operand as unknown as { arg: Expr };
      return negated(arg, left(arg, given), given);
    }
    case '==':
    case '!=':
      return compared(a, [literalOf(b)], operator === '==', given);
    case 'contains':
      return compared(b, 'Set' in a && Array.isArray(a.Set) ? a.Set.map(literalOf) : [], true, given);
    default:
      return compared(expression, [true], true, given);
  }
}

/** The opposite; said in the plainest way there is. */
function negated(expression: Expr, residue: Residue, given: Partial<FactRecord>): Residue {
  if (typeof residue === 'boolean') return !residue;
  if ('!' in expression) return left((expression as { '!': { arg: Expr } })['!'].arg, given);
  if ('&&' in expression || '||' in expression) {
    const operator = '&&' in expression ? '&&' : '||';
    const sides = (expression as unknown as Record<string, { left: Expr; right: Expr }>)[operator];
    if (!sides) return residue;
    const opposites = [sides.left, sides.right].map((side) => negated(side, left(side, given), given));
    return both(operator === '&&' ? 'or' : 'and', opposites);
  }
  if ('contains' in expression) {
    const { left: set, right } = (expression as { contains: { left: Expr; right: Expr } }).contains;
    return compared(right, 'Set' in set && Array.isArray(set.Set) ? set.Set.map(literalOf) : [], false, given);
  }
  if ('==' in expression || '!=' in expression) {
    const operator = '==' in expression ? '==' : '!=';
    const sides = (expression as unknown as Record<string, { left: Expr; right: Expr }>)[operator];
    return sides ? compared(sides.left, [literalOf(sides.right)], operator !== '==', given) : residue;
  }
  return compared(expression, [true], false, given);
}

function compared(of: Expr, values: readonly unknown[], isIn: boolean, given: Partial<FactRecord>): Residue {
  const fact = ('.' in of ? (of as { '.': { attr: string } })['.'].attr : '') as keyof FactRecord;
  if (given[fact] !== undefined) return values.includes(given[fact]) === isIn;
  if (values.length === 1 && typeof values[0] === 'boolean')
    return { says: (values[0] === true) === isIn ? fact : `not ${fact}` };
  return { says: `${fact} ${isIn ? 'is' : 'is not'} ${values.join(isIn ? ' or ' : ' nor ')}` };
}

function both(joins: 'and' | 'or', parts: readonly Residue[]): Residue {
  const settling = joins === 'or';
  if (parts.includes(settling)) return settling;
  const open = parts.flatMap((part) => (typeof part === 'boolean' ? [] : part));
  const [first, ...others] = open;
  if (!first) return !settling;
  if (others.length === 0) return first;
  const says = open.map((part) => (part.joins && part.joins !== joins ? `(${part.says})` : part.says));
  return { says: [...new Set(says)].join(` ${joins} `), joins };
}

function literalOf(expression: Expr): unknown {
  return 'Value' in expression ? expression.Value : undefined;
}
