/**
 * The index over the persons of all sources: whom two sources know as one person, whom somebody must decide about, and
 * whom a new person may be. Holds what is compared in memory and nothing else; it is built again from the sources.
 */
import { readFileSync } from 'node:fs';
import type { PersonIdentity } from '../domain/identity.js';
import type { LocalId, SourceId } from '../domain/words.js';
import { packagePath } from '../package-path.js';
import { APART, classify, type Ground, groundOf, JOIN, verdictOf } from './matching/classify.js';
import { clusterEdges } from './matching/cluster.js';
import { compare, describeLevels, type Field, newComparison } from './matching/compare.js';
import { findEdges } from './matching/edges.js';
import { type Added, buildPostings, createMeeting, noteAdded, type Postings } from './matching/index-of-persons.js';
import { addPerson, createPersonTable, dropLast, type PersonTable } from './matching/table.js';
import { createWeigh, type MatchWeights } from './matching/weigh.js';
import { type PersonRef, refKey } from './people.js';

/** How two records agree. */
export interface Agreement {
  /** log2 of the odds that they are of one person, in bits. */
  readonly weight: number;
  readonly ground: Ground;
  readonly levels: { readonly [F in Field]: string };
}

export interface Match extends Agreement {
  readonly ref: PersonRef;
  readonly verdict: 'JOIN' | 'REVIEW';
}

/** Two records about which somebody must decide. */
export interface Question extends Agreement {
  readonly a: PersonRef;
  readonly b: PersonRef;
}

export interface Matching {
  /** The groups of two and more. */
  readonly groups: readonly (readonly PersonRef[])[];
  readonly questions: readonly Question[];
}

/** Pairs that people have decided, whatever they weigh. */
export interface Decisions {
  readonly confirmed: readonly (readonly [PersonRef, PersonRef])[];
  readonly rejected: readonly (readonly [PersonRef, PersonRef])[];
}

/** What of a record may be shown to whoever compares it. */
export interface Sketch {
  readonly forename: string | null;
  readonly surname: string | null;
  readonly dateOfBirth: string | null;
  readonly sex: 'F' | 'M' | null;
  /** First parts of postcodes. */
  readonly districts: readonly string[];
}

export interface PersonIndex {
  readonly size: number;
  /** Adds a person, or the new details of one known already. Counts from the next matching on. */
  add(person: PersonIdentity): void;
  /** Everybody against everybody. Who is protected is joined like others, and nobody is asked about them. `mayAsk`: whether there is anybody whom a pair of these spaces may be shown to. */
  matchAll(decisions: Decisions, mayAsk?: (a: SourceId, b: SourceId) => boolean): Matching;
  /** Whom this person may be, heaviest first; they are not added. Of two records of one source at most a review. */
  matchOne(person: PersonIdentity): readonly Match[];
  has(ref: PersonRef): boolean;
  /**
   * Whether nothing speaks against all of these being one: nobody twice of one source, no two NHS numbers, no two who are plainly
   * apart. Those who are not here cannot be compared: they only count by their source.
   */
  mayBeOne(left: readonly PersonRef[], right: readonly PersonRef[]): boolean;
  /** Undefined for who is not here, and for who is protected. */
  sketch(ref: PersonRef): Sketch | undefined;
}

/** The weights and nicknames in force (schema/matching). Throws when a file is not there or is not JSON. */
export function readMatching(): { readonly weights: MatchWeights; readonly nicknames: readonly (readonly string[])[] } {
  const read = (file: string): unknown => JSON.parse(readFileSync(packagePath('schema', 'matching', file), 'utf8'));
  return {
    weights: read('match-weights.json') as MatchWeights,
    nicknames: (read('nicknames.json') as { groups: string[][] }).groups,
  };
}

/** An empty index. */
export function createPersonIndex(
  { weights, nicknames }: ReturnType<typeof readMatching>,
  expected = 1024,
): PersonIndex {
  const table = createPersonTable(nicknames, expected);
  const rows = new Map<string, number>();
  const retired = new Set<number>();
  const guarded = new Set<number>();
  let built: { readonly postings: Postings; readonly size: number } | undefined;
  let added: Added = new Map();
  let meeting: { postings: Postings; added: Added; each: ReturnType<typeof createMeeting> } | undefined;
  const comparison = newComparison();

  /** Sorts everything when more than a tenth is new: until then what was added is looked up beside it. */
  function postings(): Postings {
    if (built && table.size - built.size <= Math.max(1000, built.size / 10)) return built.postings;
    built = { postings: buildPostings(table), size: table.size };
    added = new Map();
    return built.postings;
  }

  function agreement(weigh: ReturnType<typeof createWeigh>, a: number, b: number) {
    compare(table, a, b, comparison);
    const weight = weigh(comparison);
    return { weight, packed: classify(table, a, b, comparison, weight, weights) };
  }

  return {
    get size() {
      return rows.size;
    },

    add(person) {
      const known = rows.get(refKey(person));
      if (known !== undefined) retired.add(known);
      const row = addPerson(table, person);
      rows.set(refKey(person), row);
      if (person.isProtected) guarded.add(row);
      if (built) noteAdded(table, row, added);
    },

    matchAll({ confirmed, rejected }, mayAsk = () => true) {
      built = { postings: buildPostings(table), size: table.size };
      added = new Map();
      const { edges } = findEdges(table, built.postings, weights, 0, table.size, (row) => retired.has(row));
      const weigh = createWeigh(table, weights);
      const asRows = (pairs: Decisions['confirmed']) =>
        pairs.flatMap(([a, b]) => {
          const [x, y] = [rows.get(refKey(a)), rows.get(refKey(b))];
          return x === undefined || y === undefined ? [] : [[x, y] as const];
        });
      const clusters = clusterEdges(
        table,
        edges,
        (a, b) => agreement(weigh, a, b),
        { confirmed: asRows(confirmed), rejected: asRows(rejected) },
        (a, b) => !guarded.has(a) && !guarded.has(b) && mayAsk(spaceOf(table, a), spaceOf(table, b)),
      );
      const groups = new Map<number, PersonRef[]>();
      for (let row = 0; row < table.size; row += 1) {
        const of = clusters.of[row] ?? row;
        if (retired.has(row)) continue;
        const group = groups.get(of);
        if (group) group.push(refOf(table, row));
        else groups.set(of, [refOf(table, row)]);
      }
      const questions = clusters.review.flatMap(({ edge, isChain }): Question[] => {
        const [a, b] = [edges.a[edge] ?? 0, edges.b[edge] ?? 0];
        if (guarded.has(a) || guarded.has(b)) return [];
        const { weight, packed } = agreement(weigh, a, b);
        const levels = describeLevels(comparison.levels);
        const ground = isChain ? 'CHAIN' : groundOf(packed);
        return [{ a: refOf(table, a), b: refOf(table, b), weight, ground, levels }];
      });
      return { groups: [...groups.values()].filter(({ length }) => length > 1), questions };
    },

    matchOne(person) {
      const now = postings();
      const row = addPerson(table, person, false);
      try {
        const weigh = createWeigh(table, weights);
        const own = rows.get(refKey(person));
        const matches: Match[] = [];
        meetingOf(now).each(row, 0, (other) => {
          if (retired.has(other) || other === own) return;
          const { weight, packed } = agreement(weigh, row, other);
          const verdict = verdictOf(packed);
          if (verdict === 0) return;
          matches.push({
            ref: refOf(table, other),
            verdict: verdict === JOIN ? 'JOIN' : 'REVIEW',
            weight,
            ground: groundOf(packed),
            levels: describeLevels(comparison.levels),
          });
        });
        return matches.sort((x, y) => y.weight - x.weight);
      } finally {
        dropLast(table);
      }
    },

    has: (ref) => rows.has(refKey(ref)),

    mayBeOne(left, right) {
      const weigh = createWeigh(table, weights);
      return left.every((a) =>
        right.every((b) => {
          if (a.space === b.space) return false;
          const [x, y] = [rows.get(refKey(a)), rows.get(refKey(b))];
          if (x === undefined || y === undefined) return true;
          const [nhsX, nhsY] = [table.nhs[x] ?? 0, table.nhs[y] ?? 0];
          if (nhsX !== 0 && nhsY !== 0 && nhsX !== nhsY) return false;
          const { packed } = agreement(weigh, x, y);
          return verdictOf(packed) !== APART && groundOf(packed) !== 'NUMBER_BUT_NOT_PERSON';
        }),
      );
    },

    sketch(ref) {
      const row = rows.get(refKey(ref));
      return row === undefined || guarded.has(row) ? undefined : sketchOf(table, row);
    },
  };

  function meetingOf(now: Postings) {
    if (meeting?.postings !== now || meeting.added !== added)
      meeting = { postings: now, added, each: createMeeting(table, now, added) };
    return meeting.each;
  }
}

function spaceOf(table: PersonTable, row: number): SourceId {
  return table.spaces[table.space[row] ?? 0] ?? '';
}

function refOf(table: PersonTable, row: number): { space: SourceId; local: LocalId } {
  return { space: spaceOf(table, row), local: table.locals[row] ?? '' };
}

function sketchOf(table: PersonTable, row: number): Sketch {
  const { names, places, placeStart, postcodes } = table;
  const shown = (id: number | undefined) => {
    const name = names.text(id ?? 0).replace(/(^| )[a-z]/g, (start) => start.toUpperCase());
    return name === '' ? null : name;
  };
  const birth = String(table.birth[row] ?? 0);
  const sex = table.sex[row];
  const districts = new Set<string>();
  for (let i = placeStart[row] ?? 0; i < (placeStart[row + 1] ?? 0); i += 2) {
    const district = postcodes.texts[postcodes.outcode[places[i] ?? 0] ?? 0];
    if (district) districts.add(district);
  }
  return {
    forename: shown(table.forename[row]),
    surname: shown(table.surname[row]),
    dateOfBirth: birth === '0' ? null : `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}`,
    sex: sex === 1 ? 'F' : sex === 2 ? 'M' : null,
    districts: [...districts],
  };
}
