/**
 * The time of one operation, shared out among the calls it makes. However many sources hang, at however many levels of a
 * query, the answer is due within the budget: each call may take half of what is left and no more than its source's own
 * limit, so that who is asked later still has time. Measured on a clock that nobody sets.
 */

/** Milliseconds of a clock that only goes forward, whatever happens to the time of day. */
export type Tick = () => number;

export interface Budget {
  /** Milliseconds that a call begun now may take; 0 when there is no time left to ask anybody. */
  share(mostMs: number): number;
}

/** Less than this is no time to ask in. */
export const LEAST_MS = 10;
/** Shares are whole multiples of this where they are larger: timers of one length are kept together and cost less. */
const GRAIN_MS = 25;

/** A budget that begins now. */
export function startBudget(totalMs: number, tick: Tick): Budget {
  const until = tick() + totalMs;
  return {
    share(mostMs) {
      const share = Math.min(mostMs, (until - tick()) / 2);
      if (share < LEAST_MS) return 0;
      return share >= mostMs ? mostMs : share < GRAIN_MS ? share : share - (share % GRAIN_MS);
    },
  };
}
