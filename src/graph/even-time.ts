/**
 * When an answer leaves, where its time could tell. To look somebody up who is hidden takes longer than to look up nobody:
 * there is more to read and more to decide, at the source as here. So an answer that says of something asked by name or id
 * that there is nothing, whatever a search answers, and whatever becomes of a statement, leaves at a whole multiple of a
 * quantum since it was asked: who is hidden and who does not exist leave at the same moment. The entry stands by then.
 *
 * Every other answer leaves at a multiple of a grain: what is silent beside what is shown is read and decided too, in less
 * than a millisecond (bench/results/timing.md), and a grain of many tells less of it than the answer's own time. It costs an
 * answer half a grain of waiting on average, and no work.
 *
 * What it does not promise: an operation whose work takes longer than the quantum leaves at the next multiple, and by that
 * may be told apart; so the quantum is well above what a look-up takes, and grows with the look-ups of an operation.
 */
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { type DocumentNode, type ExecutionResult, Kind, type SelectionSetNode } from 'graphql';

export interface Pace {
  /** Milliseconds for one root field of an answer that tells of nothing, a search or a statement. */
  readonly quantumMs: number;
  /** Milliseconds for any other answer. */
  readonly grainMs: number;
  /** Milliseconds from some fixed moment. */
  readonly tick: () => number;
  /** Waits so many milliseconds, up to a multiple of a step. */
  readonly pause: (ms: number, stepMs: number) => Promise<void>;
}

export const DEFAULT_STEPS: Pick<Pace, 'quantumMs' | 'grainMs'> = { quantumMs: 250, grainMs: 25 };

/** Root fields whose answer takes longer by whom it does not show, also where it shows somebody else. */
const SEARCHES: readonly string[] = ['findPerson', 'informationRequestsToAnswer'];

/** The same answers and failures, at even times. */
export function evenly(execute: GatewayExecutor, { quantumMs, grainMs, tick, pause }: Pace): GatewayExecutor {
  return async (context) => {
    const began = tick();
    const roots = rootFields(context.operation.selectionSet, context.document);
    const quantum = quantumMs * Math.max(1, roots.length);
    const leave = async (step: number) => {
      const took = tick() - began;
      await pause(Math.ceil((Math.floor(took / step) + 1) * step - took), step);
    };
    let result: Awaited<ReturnType<GatewayExecutor>>;
    try {
      result = await execute(context);
    } catch (error) {
      await leave(quantum);
      throw error;
    }
    const isStatement = context.operation.operation !== 'query';
    const mayTell = isStatement || roots.some((name) => SEARCHES.includes(name));
    await leave(mayTell || tellsOfNothing(result as ExecutionResult) ? quantum : grainMs);
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
