/**
 * When an answer leaves, where its time could tell. To look somebody up who is hidden takes longer than to look up nobody:
 * there is more to read and more to decide, at the source as here. So an answer that says of something asked by name or id
 * that there is nothing, whatever a search answers, and whatever becomes of a statement, leaves at a whole multiple of a
 * quantum since it was asked: who is hidden and who does not exist leave at the same moment. The entry stands by then.
 *
 * What it does not promise: an operation whose work takes longer than the quantum leaves at the next multiple, and by that
 * may be told apart; so the quantum is well above what a look-up takes, and grows with the look-ups of an operation.
 */
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { type DocumentNode, type ExecutionResult, Kind, type SelectionSetNode } from 'graphql';

export interface Pace {
  /** Milliseconds for one root field. */
  readonly quantumMs: number;
  /** Milliseconds from some fixed moment. */
  readonly tick: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

export const DEFAULT_QUANTUM_MS = 250;

/** Root fields whose answer takes longer by whom it does not show, also where it shows somebody else. */
const SEARCHES: readonly string[] = ['findPerson'];

/** The same answers and failures, those that may tell by their time at even times. */
export function evenly(execute: GatewayExecutor, { quantumMs, tick, pause }: Pace): GatewayExecutor {
  return async (context) => {
    const began = tick();
    const roots = rootFields(context.operation.selectionSet, context.document);
    const even = async () => {
      const quantum = quantumMs * Math.max(1, roots.length);
      const took = tick() - began;
      await pause(Math.ceil((Math.floor(took / quantum) + 1) * quantum - took));
    };
    let result: Awaited<ReturnType<GatewayExecutor>>;
    try {
      result = await execute(context);
    } catch (error) {
      await even();
      throw error;
    }
    const isStatement = context.operation.operation !== 'query';
    if (isStatement || roots.some((name) => SEARCHES.includes(name)) || tellsOfNothing(result as ExecutionResult))
      await even();
    return result;
  };
}

/** Names of the fields at the root of an operation, those of fragments too. */
function rootFields(
  { selections }: SelectionSetNode,
  document: DocumentNode,
  within: readonly string[] = [],
): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value;
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet, document, within);
    const { value: name } = selection.name;
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION && !within.includes(name)
      ? rootFields(fragment.selectionSet, document, [...within, name])
      : [];
  });
}

function tellsOfNothing({ data, errors }: ExecutionResult): boolean {
  return !data || errors !== undefined || Object.values(data).some(isNothing);
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  const { nodes } = value as { readonly nodes?: unknown };
  return Array.isArray(nodes) && nodes.length === 0;
}
