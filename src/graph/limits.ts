/**
 * How much one operation may ask for: a validation rule, so that nothing is fetched for a document that is too large.
 * Depth, aliases, and cost, where the cost of a list is the number of records it may hold times what is asked of each.
 */
import {
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValueNode,
} from 'graphql';
import { Refusal } from './errors.js';

export interface Limits {
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly cost: number;
  /** Largest `first` of a list of families, and of any other list. */
  readonly families: number;
  readonly records: number;
  /** Lexical tokens of a document, for the parser. */
  readonly tokens: number;
}

export const DEFAULT_LIMITS: Limits = {
  depth: 14,
  aliases: 30,
  rootFields: 10,
  cost: 2_000_000,
  families: 1_000,
  records: 100,
  tokens: 5_000,
};

/** How many members a family is counted with. */
const FAMILY_SIZE = 8;
const DEFAULT_FIRST = 25;

/** Throws (through the context) Refusal TOO_COMPLEX. Names that JavaScript objects inherit are refused as aliases. */
export function limitRule(limits: Limits): (context: ValidationContext) => ASTVisitor {
  return (context) => ({
    Document(document) {
      const fragments = new Map<string, FragmentDefinitionNode>();
      for (const definition of document.definitions)
        if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
        const measure = { aliases: 0, visited: 0 };
        const cost = costOf(definition.selectionSet, fragments, limits, measure, 1, new Set());
        const roots = definition.selectionSet.selections.length;
        if (!(cost <= limits.cost) || measure.aliases > limits.aliases || roots > limits.rootFields)
          context.reportError(new Refusal('TOO_COMPLEX'));
      }
    },
    Variable({ name }) {
      if (isInherited(name.value)) context.reportError(new Refusal('TOO_COMPLEX'));
    },
  });
}

function costOf(
  selections: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  limits: Limits,
  measure: { aliases: number; visited: number },
  depth: number,
  within: ReadonlySet<string>,
): number {
  if (depth > limits.depth || ++measure.visited > limits.tokens) return Number.POSITIVE_INFINITY;
  let cost = 0;
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FIELD) {
      if (selection.alias) measure.aliases += isInherited(selection.alias.value) ? limits.aliases + 1 : 1;
      const size = sizeOf(selection, limits);
      cost +=
        size *
        (1 +
          (selection.selectionSet ? costOf(selection.selectionSet, fragments, limits, measure, depth + 1, within) : 0));
      continue;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      cost += costOf(selection.selectionSet, fragments, limits, measure, depth, within);
      continue;
    }
    const name = selection.name.value;
    const fragment = fragments.get(name);
    if (!fragment) continue;
    if (within.has(name)) return Number.POSITIVE_INFINITY;
    cost += costOf(fragment.selectionSet, fragments, limits, measure, depth, new Set([...within, name]));
  }
  return cost;
}

function sizeOf(field: FieldNode, limits: Limits): number {
  if (field.name.value === 'members') return FAMILY_SIZE;
  if (field.name.value === 'families') return Math.min(firstOf(field) ?? limits.families, limits.families);
  // Lists of records are short in life: what they may cost is their page, an unknown page (a variable) the default.
  return field.arguments?.some(({ name }) => name.value === 'first')
    ? Math.max(1, Math.min(firstOf(field) ?? DEFAULT_FIRST, limits.records) / 5)
    : 1;
}

function firstOf(field: FieldNode): number | undefined {
  const value: ValueNode | undefined = field.arguments?.find(({ name }) => name.value === 'first')?.value;
  return value?.kind === Kind.INT ? Number(value.value) : field.arguments?.length ? undefined : DEFAULT_FIRST;
}

/** `__proto__`, `constructor` and the like: names that an object has before anybody gives it any. */
function isInherited(name: string): boolean {
  return name in Object.prototype;
}
