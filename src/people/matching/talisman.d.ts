declare module 'talisman/metrics/jaro-winkler.js' {
  /** Similarity from 0 to 1 (Winkler 1990). */
  const jaroWinkler: (a: string, b: string) => number;
  export = jaroWinkler;
}
declare module 'talisman/metrics/damerau-levenshtein.js' {
  /** Edits: insertions, deletions, substitutions and transpositions of neighbours. */
  const damerauLevenshtein: (a: string, b: string) => number;
  export = damerauLevenshtein;
}
