/**
 * How sources are asked: every call under a deadline, every failure a typed state, every row checked against what was
 * asked. A source that is down is a gap, never an empty list.
 */
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { SOURCE_STATES, type SourceId, type SourceState } from '../domain/words.js';
import { type CallOptions, type Source, type SourceAnswer, SourceNotReady } from './contract.js';

/** What became of one call. `items` is present when the source answered. */
export interface Reply<T> {
  readonly source: Source;
  readonly state: SourceState;
  readonly items: readonly T[];
}

/** The sources of one operation: remembers the worst state of each and how many calls were made. */
export class Asking {
  readonly #states = new Map<SourceId, SourceState>();
  calls = 0;

  constructor(
    readonly sources: readonly Source[],
    private readonly deadlineMs: number,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  stateOf(source: SourceId): SourceState {
    return this.#states.get(source) ?? 'OK';
  }

  /** Calls one source. Never rejects: a failure, a timeout or a refusal is the reply's state. `isExpected` refuses whole answers. */
  async ask<T>(
    source: Source,
    call: (options: CallOptions) => Promise<SourceAnswer<T>>,
    onBehalfOf: string | undefined,
    isExpected: (item: T) => boolean,
  ): Promise<Reply<T>> {
    this.calls += 1;
    const deadline = new AbortController();
    const { signal } = deadline;
    // Taken back when the source has answered: a deadline that outlives its call would hold what was asked.
    const timer = setTimeout(
      () => deadline.abort(new DOMException('the source did not answer in time', 'TimeoutError')),
      this.deadlineMs,
    );
    // An adapter may wait in as many places as it has requests under way.
    setMaxListeners(0, signal);
    try {
      const options: CallOptions = onBehalfOf === undefined ? { signal } : { signal, onBehalfOf };
      const answer = await within(call(options), signal);
      if (!answer.items.every(isExpected)) {
        this.log.warn(
          { source: source.id, code: 'UNASKED_ROWS' },
          'source answered about somebody else: nothing of it is used',
        );
        return this.#reply(source, 'UNAVAILABLE', []);
      }
      if (answer.rejected > 0)
        this.log.warn({ source: source.id, code: 'ROWS_REJECTED', count: answer.rejected }, 'source rows rejected');
      return this.#reply(source, answer.rejected > 0 ? 'DEGRADED' : 'OK', answer.items);
    } catch (error) {
      const state = signal.aborted ? 'TIMED_OUT' : error instanceof SourceNotReady ? 'NOT_READY' : 'UNAVAILABLE';
      this.log.warn({ source: source.id, code: state }, 'source did not answer');
      return this.#reply(source, state, []);
    } finally {
      clearTimeout(timer);
    }
  }

  #reply<T>(source: Source, state: SourceState, items: readonly T[]): Reply<T> {
    const worst = Math.max(...[state, this.stateOf(source.id)].map((s) => SEVERITY.indexOf(s)));
    this.#states.set(source.id, SEVERITY[worst] ?? 'UNAVAILABLE');
    return { source, state, items };
  }
}

const SEVERITY: readonly SourceState[] = [
  'OK',
  'DEGRADED',
  ...SOURCE_STATES.filter((s) => s !== 'OK' && s !== 'DEGRADED'),
];

/** Whether a reply is an answer at all. */
export function hasAnswered(reply: { readonly state: SourceState }): boolean {
  return reply.state === 'OK' || reply.state === 'DEGRADED';
}

/** Settles with the promise or, once the signal is aborted, with its reason: a source that ignores the signal cannot hold us. */
function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
