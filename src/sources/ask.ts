/**
 * How one operation asks its sources: within its budget, through each source's gate, every failure a typed state, every row
 * checked against what was asked. A source that is down is a gap, never an empty list.
 */
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { push } from '../domain/entry.js';
import {
  type IsoInstant,
  type PersonId,
  type Purpose,
  SOURCE_STATES,
  type SourceId,
  type SourceState,
} from '../domain/words.js';
import type { Budget, Tick } from './budget.js';
import { type CallOptions, type Source, type SourceAnswer, SourceNotReady } from './contract.js';
import type { Expected } from './expected.js';
import { CLASS_OF, DEFAULT_GATE, type Gate, type GateSettings, GateShut, OutOfTime, openGate, within } from './gate.js';

/** What became of one call. `items` is present when the source answered. */
export interface Reply<T> {
  readonly source: Source;
  readonly state: SourceState;
  readonly items: readonly T[];
}

/** How a source does, whoever asks. */
export interface SourceHealth {
  /** When it last answered what it was asked, in whole minutes; absent while it never did since the gateway started. */
  readonly lastGoodRead?: IsoInstant;
  /**
   * By how many seconds what it answers is behind: the age of its copy; 0 for a source that is itself what is kept, null for a
   * copy that does not say how old it is.
   */
  readonly lagSeconds: number | null;
}

/** What outlives operations: the gate of every source, and the clocks. Holds no answer and no person. */
export interface Gates {
  of(source: Source): Gate;
  health(source: Source): SourceHealth;
  readonly tick: Tick;
  readonly log: Pick<Logger, 'warn'>;
}

export interface GatesParts {
  readonly now: () => Date;
  readonly tick: Tick;
  readonly random: () => number;
  readonly log: Pick<Logger, 'warn'>;
  /** Of every source, and of single ones by id. */
  readonly settings?: Partial<GateSettings>;
  readonly settingsOf?: ReadonlyMap<SourceId, Partial<GateSettings>>;
}

export function openGates(parts: GatesParts): Gates {
  const gates = new Map<SourceId, Gate>();
  const of = (source: Source): Gate => {
    let gate = gates.get(source.id);
    if (!gate) {
      gate = openGate(source, { ...DEFAULT_GATE, ...parts.settings, ...parts.settingsOf?.get(source.id) }, parts);
      gates.set(source.id, gate);
    }
    return gate;
  };
  return {
    of,
    health(source) {
      const { lastGoodRead } = of(source);
      return { ...(lastGoodRead === undefined ? {} : { lastGoodRead }), lagSeconds: lagOf(source, parts.now()) };
    },
    tick: parts.tick,
    log: parts.log,
  };
}

function lagOf({ asOf }: Source, now: Date): number | null {
  if (!asOf) return 0;
  const complete = asOf();
  // A source whose clock is ahead of ours is not behind.
  return complete === undefined ? null : Math.max(0, Math.round((now.getTime() - Date.parse(complete)) / 1000));
}

/** The sources of one operation: remembers the worst state of each and how many calls were made. */
export class Asking {
  readonly #states = new Map<SourceId, SourceState>();
  /** Of calls whose answers lost rows: about whom they asked. */
  readonly #rejected = new Map<SourceId, (readonly PersonId[])[]>();
  /** Sources that took all their time once: an operation does not wait for them again. */
  readonly #hung = new Set<SourceId>();
  /** What sources know this operation by. */
  readonly #operation = {};
  calls = 0;

  constructor(
    readonly sources: readonly Source[],
    private readonly gates: Gates,
    private readonly budget: Budget,
    private readonly purpose: Purpose,
  ) {}

  stateOf(source: SourceId): SourceState {
    return this.#states.get(source) ?? 'OK';
  }

  /** About whom each call asked whose answer lost rows; of a call that did not say, nothing. */
  rejectedOf(source: SourceId): readonly (readonly PersonId[])[] {
    return this.#rejected.get(source) ?? [];
  }

  healthOf(source: Source): SourceHealth {
    return this.gates.health(source);
  }

  /**
   * Calls one source. Never rejects: a failure, a timeout or a refusal is the reply's state. `expected` judges the answer:
   * with one row about somebody who was not asked for nothing of it is used. `about`: on whom it depends that this is asked.
   */
  async ask<T>(
    source: Source,
    call: (options: CallOptions) => Promise<SourceAnswer<T>>,
    onBehalfOf: string | undefined,
    expected: Expected<T>,
    about?: Iterable<PersonId>,
  ): Promise<Reply<T>> {
    this.calls += 1;
    const gate = this.gates.of(source);
    const share = this.#hung.has(source.id) ? 0 : this.budget.share(gate.settings.timeoutMs);
    if (share === 0) return this.#gap(source, 'TIMED_OUT', 'NO_TIME_LEFT');
    const deadline = new AbortController();
    const { signal } = deadline;
    const until = this.gates.tick() + share;
    // Taken back when the source has answered: a deadline that outlives its call would hold what was asked.
    const timer = setTimeout(
      () => deadline.abort(new DOMException('the source did not answer in time', 'TimeoutError')),
      share,
    );
    // An adapter may wait in as many places as it has requests under way.
    setMaxListeners(0, signal);
    try {
      const options: CallOptions = {
        signal,
        operation: this.#operation,
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      };
      const reading = gate.read(() => call(options), CLASS_OF[this.purpose], signal, until);
      const answer = expected(await within(reading, signal));
      if (answer === 'UNASKED') return this.#gap(source, 'UNAVAILABLE', 'UNASKED_ROWS');
      gate.noteGoodRead();
      if (answer.rejected === 0) return this.#reply(source, 'OK', answer.items);
      this.gates.log.warn(
        { source: source.id, holder: source.holder, code: 'ROWS_REJECTED', count: answer.rejected },
        'source rows rejected',
      );
      if (about) push(this.#rejected, source.id, [...about]);
      return this.#reply(source, 'DEGRADED', answer.items);
    } catch (error) {
      if (signal.aborted || error instanceof OutOfTime) {
        this.#hung.add(source.id);
        return this.#gap(source, 'TIMED_OUT', 'TIMED_OUT');
      }
      if (error instanceof SourceNotReady) return this.#gap(source, 'NOT_READY', 'NOT_READY', error);
      return this.#gap(source, 'UNAVAILABLE', error instanceof GateShut ? error.why : 'UNAVAILABLE', error);
    } finally {
      clearTimeout(timer);
    }
  }

  #gap<T>(source: Source, state: SourceState, code: string, err?: unknown): Reply<T> {
    this.gates.log.warn(
      { source: source.id, holder: source.holder, state, code, ...(err instanceof Error ? { err } : {}) },
      code === 'UNASKED_ROWS' ? 'source answered about somebody else: nothing of it is used' : 'source did not answer',
    );
    return this.#reply(source, state, []);
  }

  #reply<T>(source: Source, state: SourceState, items: readonly T[]): Reply<T> {
    if (state !== 'OK' && SEVERITY.indexOf(state) > SEVERITY.indexOf(this.stateOf(source.id)))
      this.#states.set(source.id, state);
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
