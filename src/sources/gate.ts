/**
 * The gate before a source: one a source, for the whole process. It lets so many calls through at once, apart for each
 * class of purpose, so that a flood of boards cannot keep a section 47 enquiry waiting; it shuts while the source does not
 * answer (circuit breaker; what is urgent has one of its own, lest a flood that is too much for the source, or for us, shuts
 * the gate before an enquiry) or has asked to be left alone; it asks again where asking again may help. It knows when the
 * source last answered, and nothing of what was asked or answered.
 *
 * What counts as a failure of the source, and shuts the gate when it is most of the last calls: not being reached, a
 * failure, an answer that is none, no answer in time. What does not: SourceNotReady, which the source itself says, quickly
 * (a reload, a restricted list that cannot be read: it is asked again at once when it is over); SourceBusy with a time, for
 * then that time is kept; malformed rows and rows about somebody else, for then one person's record would take the source
 * from everybody; a call that had less than half of its source's time because its operation had no more to give.
 */
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import type { Logger } from 'pino';
import type { IsoInstant, Purpose } from '../domain/words.js';
import { LEAST_MS, type Tick } from './budget.js';
import { type Source, SourceBusy, SourceFailure, SourceNotReady } from './contract.js';

/** Who waits for whom: each class has places of its own at every source. */
export const PURPOSE_CLASSES = ['urgent', 'casework', 'overview'] as const;
export type PurposeClass = (typeof PURPOSE_CLASSES)[number];

/** Statutory enquiries and emergencies; work with a family; what looks over many families or is no casework at all. */
export const CLASS_OF: { readonly [P in Purpose]: PurposeClass } = {
  S47_ENQUIRY: 'urgent',
  EMERGENCY: 'urgent',
  DIRECT_WORK: 'casework',
  ASSESSMENT: 'casework',
  CHILD_IN_NEED: 'casework',
  CHILD_PROTECTION: 'casework',
  STEP_UP: 'casework',
  STEP_DOWN: 'casework',
  COURT_PROCEEDINGS: 'casework',
  SUPERVISION: 'overview',
  ALLOCATION: 'overview',
  SERVICE_MEASURES: 'overview',
  INFORMATION_GOVERNANCE: 'overview',
  SUBJECT_ACCESS: 'overview',
};

/** How a source is asked. Times in milliseconds. */
export interface GateSettings {
  /** How long one call may take, waiting its turn and being tried again included. */
  readonly timeoutMs: number;
  /** How often one read is tried in all; every call of the contract is a read, so trying again changes nothing. */
  readonly tries: number;
  /** The longest pause before the second try; twice that before the third, and so on. The pause is drawn from 0 to it. */
  readonly pauseMs: number;
  /** How many calls of each class are under way at once. Together no more than the source's own connections allow. */
  readonly atOnce: { readonly [C in PurposeClass]: number };
  /** How many more of a class may wait for their turn. */
  readonly waiting: number;
  /** The gate shuts when more than half of the last `outOf` reads failed, `least` of them at least. */
  readonly outOf: number;
  readonly least: number;
  /** How long it is shut before one call may try the source. */
  readonly shutMs: number;
  /** How long a source that asks to be left alone (429 with a time) is left alone at most. */
  readonly quietMs: number;
}

export const DEFAULT_GATE: GateSettings = {
  timeoutMs: 2_000,
  tries: 3,
  pauseMs: 50,
  atOnce: { urgent: 8, casework: 16, overview: 8 },
  waiting: 1_000,
  outOf: 20,
  least: 5,
  shutMs: 5_000,
  quietMs: 60_000,
};

/** Why a call did not reach the source, or was not waited for: the code its log entry carries. */
export type Barred = 'GATE_SHUT' | 'ASKED_TO_WAIT' | 'CROWDED';

/** Thrown instead of asking. */
export class GateShut extends SourceFailure {
  constructor(
    source: string,
    readonly why: Barred,
  ) {
    super(`source ${source} is not asked now`);
  }
}

type Call<T> = () => Promise<T>;

export interface Gate {
  readonly settings: GateSettings;
  /**
   * When the source last answered what it was asked, malformed rows or not, in whole minutes: the exact moment, and whether
   * rows were malformed, would tell of other people's questions.
   */
  readonly lastGoodRead: IsoInstant | undefined;
  noteGoodRead(): void;
  /**
   * Reads through the gate. `until` is the tick at which `signal` is aborted. Rejects with what the source threw at last,
   * GateShut, OutOfTime, or the signal's reason.
   */
  read<T>(call: Call<T>, purpose: PurposeClass, signal: AbortSignal, until: number): Promise<T>;
}

export interface GateParts {
  readonly now: () => Date;
  readonly tick: Tick;
  /** From 0 to 1, for the length of pauses. */
  readonly random: () => number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Thrown when a call's time was over before the source had a fair part of it: no word about the source. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

const MINUTE_MS = 60_000;

export function openGate(source: Pick<Source, 'id' | 'holder'>, settings: GateSettings, parts: GateParts): Gate {
  const { tick, log } = parts;
  const places = Object.fromEntries(
    PURPOSE_CLASSES.map((name) => [name, bulkhead(settings.atOnce[name], settings.waiting)]),
  ) as { readonly [C in PurposeClass]: ReturnType<typeof bulkhead> };
  const breakers: { readonly [C in PurposeClass]: CircuitBreakerPolicy } = (() => {
    const [urgent, others] = [openBreaker(), openBreaker()];
    return { urgent, casework: others, overview: others };
  })();

  function openBreaker(): CircuitBreakerPolicy {
    const breaker: CircuitBreakerPolicy = circuitBreaker(
      handleWhen((error) => isFailure(error, breaker.state === CircuitState.HalfOpen)),
      {
        breaker: new CountBreaker({ threshold: 0.5, size: settings.outOf, minimumNumberOfCalls: settings.least }),
        halfOpenAfter: settings.shutMs,
      },
    );
    const about = { source: source.id, holder: source.holder };
    breaker.onBreak(() => log.warn({ ...about, code: 'GATE_SHUT' }, 'a source fails: it is not asked for now'));
    breaker.onReset(() => log.warn({ ...about, code: 'GATE_OPEN' }, 'a source answers again'));
    return breaker;
  }

  let quietUntil = Number.NEGATIVE_INFINITY;
  let lastGoodMs: number | undefined;

  /** Reads in its turn, again where that may help, while there is time and the gate is open. */
  async function inTurn<T>(call: Call<T>, purpose: PurposeClass, signal: AbortSignal, until: number): Promise<T> {
    const breaker = breakers[purpose];
    // The one call that may try the source while the gate is shut.
    const isTrial = breaker.state !== CircuitState.Closed;
    let atSourceMs = 0;
    // cockatiel is not told of the signal: a call whose time is over while it waits would stay in the way of those behind it.
    const once = () =>
      places[purpose].execute(async () => {
        if (!isTrial && breaker.state !== CircuitState.Closed) throw new GateShut(source.id, 'GATE_SHUT');
        const began = tick();
        // Nobody waits any more for what would now be asked: it would only add to the crowd.
        if (signal.aborted || until - began < LEAST_MS) throw new OutOfTime();
        return within(call(), signal).finally(() => {
          atSourceMs += tick() - began;
        });
      });
    for (let tries = 1; ; tries += 1) {
      await leaveAlone(signal, until);
      try {
        return await once();
      } catch (thrown) {
        if (signal.aborted) throw atSourceMs < settings.timeoutMs / 2 ? new OutOfTime() : signal.reason;
        const error = thrown instanceof BulkheadRejectedError ? new GateShut(source.id, 'CROWDED') : thrown;
        const asked = error instanceof SourceBusy ? error.retryAfterMs : undefined;
        if (asked !== undefined) quietUntil = Math.max(quietUntil, tick() + Math.min(asked, settings.quietMs));
        const wait = asked ?? parts.random() * settings.pauseMs * 2 ** (tries - 1);
        if (!mayHelp(error) || tries >= settings.tries || tick() + wait >= until) throw error;
        await pause(wait, signal);
      }
    }
  }

  /** Waits while the source has asked to be left alone. Throws GateShut when that is longer than there is time. */
  async function leaveAlone(signal: AbortSignal, until: number): Promise<void> {
    const quiet = quietUntil - tick();
    if (quiet <= 0) return;
    if (tick() + quiet >= until) throw new GateShut(source.id, 'ASKED_TO_WAIT');
    await pause(quiet, signal);
  }

  async function read<T>(call: Call<T>, purpose: PurposeClass, signal: AbortSignal, until: number): Promise<T> {
    const breaker = breakers[purpose];
    // While one call tries the source the others do not wait for what comes of it.
    if (breaker.state === CircuitState.HalfOpen) throw new GateShut(source.id, 'GATE_SHUT');
    try {
      return await breaker.execute(() => inTurn(call, purpose, signal, until));
    } catch (error) {
      throw error instanceof BrokenCircuitError ? new GateShut(source.id, 'GATE_SHUT') : error;
    }
  }

  return {
    settings,
    get lastGoodRead() {
      return lastGoodMs === undefined ? undefined : new Date(lastGoodMs - (lastGoodMs % MINUTE_MS)).toISOString();
    },
    read,
    noteGoodRead() {
      lastGoodMs = parts.now().getTime();
    },
  };
}

function isFailure(error: unknown, isTrial: boolean): boolean {
  if (error instanceof SourceNotReady) return false;
  // No word about the source; but a trial that ends in none has not shown that it answers.
  if (error instanceof OutOfTime || error instanceof GateShut) return isTrial;
  return !(error instanceof SourceBusy && error.retryAfterMs !== undefined);
}

/** Whether the same read may be answered in a moment. A source that took all of its time is not asked again. */
function mayHelp(error: unknown): boolean {
  return error instanceof SourceFailure && !(error instanceof GateShut);
}

/** Settles with the promise or, once the signal is aborted, with its reason: a source that ignores the signal cannot hold us. */
export function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = () => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    const timer = setTimeout(over, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}
