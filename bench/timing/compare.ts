/** Whether two samples of times can be told apart: the Mann–Whitney statistic as the area under the ROC curve. Pure. */

export interface Compared {
  /** P(a time of `b` is longer than one of `a`), ties counted half: 0.5 when nothing tells them apart. */
  readonly auc: number;
  /** 95 % interval by bootstrap over pairs. */
  readonly low: number;
  readonly high: number;
  /** Median of the differences b − a, pair by pair, ms. */
  readonly medianDifference: number;
}

/** Samples taken pairwise: `a[i]` and `b[i]` were measured beside each other. `random` yields numbers in [0, 1). */
export function compare(a: readonly number[], b: readonly number[], random: () => number, rounds = 400): Compared {
  const n = Math.min(a.length, b.length);
  const drawn = Array.from({ length: rounds }, () => {
    const picks = Array.from({ length: n }, () => Math.floor(random() * n));
    return aucOf(
      picks.map((i) => a[i] ?? 0),
      picks.map((i) => b[i] ?? 0),
    );
  }).sort((x, y) => x - y);
  return {
    auc: aucOf(a, b),
    low: drawn[Math.floor(rounds * 0.025)] ?? 0,
    high: drawn[Math.ceil(rounds * 0.975) - 1] ?? 1,
    medianDifference: median(Array.from({ length: n }, (_, i) => (b[i] ?? 0) - (a[i] ?? 0))),
  };
}

/** By ranks, equal times sharing the mean of theirs. */
export function aucOf(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((time) => ({ time, isB: false })), ...b.map((time) => ({ time, isB: true }))];
  all.sort((x, y) => x.time - y.time);
  let rankSum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.time === all[from]?.time) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i += 1) if (all[i]?.isB) rankSum += rank;
    from = to;
  }
  return (rankSum - (b.length * (b.length + 1)) / 2) / (a.length * b.length);
}

export function median(times: readonly number[]): number {
  const sorted = [...times].sort((x, y) => x - y);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
