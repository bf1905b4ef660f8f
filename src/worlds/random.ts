/** Random numbers that a seed fixes: sfc32, seeded by splitmix32. The same seed makes the same world on every machine. */

export interface Random {
  /** [0, 1). */
  next(): number;
  /** An integer of [from, to]. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  /** One of a list. Requires one. */
  pick<T>(items: readonly T[]): T;
  /** One of the keys, as often as its weight says. Requires one. */
  weighted<K extends string>(weights: { readonly [key in K]: number }): K;
}

/** A generator of its own for each pair: what is drawn for one family moves nothing for the next. */
export function randomOf(seed: number, stream: number): Random {
  const mix = splitmix32((seed ^ Math.imul(stream + 1, 0x9e3779b9)) | 0);
  let [a, b, c, d] = [mix(), mix(), mix(), mix() | 1];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i += 1) next();
  const random: Random = {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    weighted(weights) {
      const keys = Object.keys(weights) as (keyof typeof weights)[];
      let left = next() * keys.reduce((sum, key) => sum + weights[key], 0);
      for (const key of keys) {
        left -= weights[key];
        if (left < 0) return key;
      }
      return random.pick(keys);
    },
  };
  return random;
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
}
