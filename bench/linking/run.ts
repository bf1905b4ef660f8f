/** One world linked by one way of linking, and what came of it. */
import { readFileSync } from 'node:fs';
import { packagePath } from '../../src/package-path.js';
import { classify } from '../../src/people/matching/classify.js';
import { clusterEdges } from '../../src/people/matching/cluster.js';
import { compare, newComparison } from '../../src/people/matching/compare.js';
import { findEdges } from '../../src/people/matching/edges.js';
import { buildPostings } from '../../src/people/matching/index-of-persons.js';
import { addPerson, createPersonTable, type PersonTable } from '../../src/people/matching/table.js';
import { createWeigh, type MatchWeights } from '../../src/people/matching/weigh.js';
import { knownNicknames, makeWorld } from './world.js';

export interface World {
  readonly table: PersonTable;
  readonly truth: Uint32Array;
}

export function loadWorld(seed: number, records: number): World {
  const table = createPersonTable(knownNicknames(), records);
  const truth = new Uint32Array(records);
  for (const { identity, person } of makeWorld(seed, records)) truth[addPerson(table, identity)] = person;
  return { table, truth };
}

export function readWeights(): MatchWeights {
  return JSON.parse(readFileSync(packagePath('schema', 'matching', 'match-weights.json'), 'utf8')) as MatchWeights;
}

export function linkWorld({ table }: World, weights: MatchWeights, mayAsk?: (a: number, b: number) => boolean) {
  const postings = buildPostings(table);
  const found = findEdges(table, postings, weights);
  const comparison = newComparison();
  const weigh = createWeigh(table, weights);
  const clusters = clusterEdges(
    table,
    found.edges,
    (a, b) => {
      compare(table, a, b, comparison);
      const weight = weigh(comparison);
      return { weight, packed: classify(table, a, b, comparison, weight, weights) };
    },
    { confirmed: [], rejected: [] },
    mayAsk,
  );
  return { ...found, clusters, postings };
}
