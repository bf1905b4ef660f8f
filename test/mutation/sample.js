/** Samples of mutants, and what a sample tells of the whole. */

/** A generator of numbers in [0, 1) from a seed (mulberry32). */
function numbersFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An order of which every beginning is a random sample with each file in proportion: drawn by lot within a file, then evenly mixed. */
export function sampleOrder(mutants, seed) {
  const next = numbersFrom(seed);
  const files = new Map();
  for (const one of mutants) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return [...files.values()]
    .flatMap((list) => {
      const drawn = list.map((one) => ({ one, lot: next() })).sort((a, b) => a.lot - b.lot);
      const start = next();
      return drawn.map(({ one }, i) => ({ one, place: (i + start) / list.length }));
    })
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

/** Wilson's interval of 95 % for a share of which `found` of `tried` are known, out of `whole`: narrower the more of it was tried. */
export function interval(found, tried, whole) {
  if (tried >= whole) return [found / tried, found / tried];
  const n = (tried * (whole - 1)) / (whole - tried);
  const p = found / tried;
  const z = 1.96;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

export const percent = (share) => `${(100 * share).toFixed(1)} %`;
