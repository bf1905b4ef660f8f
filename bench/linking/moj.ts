/**
 * The Ministry of Justice's way of linking, for comparison: the comparison levels, m and u, blocking rules, thresholds and
 * handling of twins that ministryofjustice/hmpps-person-match publishes (model_2026_02_23_1e09.json, comparisons.py,
 * blocking_rules.py, model.py, score.py; read November 2026), carried out on our columns. Splink itself is not run. Their
 * thresholds fit one national index; so that the ways are compared and not the thresholds, others are measured too.
 */
import jaroWinkler from 'talisman/metrics/jaro-winkler.js';
import { damerauOf } from '../../src/people/matching/dates.js';
import { addEdge, createEdges, type Edges } from '../../src/people/matching/edges.js';
import { buildPostings, createMeeting } from '../../src/people/matching/index-of-persons.js';
import { hashText } from '../../src/people/matching/normalise.js';
import type { PersonTable } from '../../src/people/matching/table.js';

const PRIOR = Math.log2(2.649234163203061e-7);
export const JOIN_FROM = 24;
/** They keep a group together down to this; here what weighs so much and is not joined counts as asked about. */
export const QUEUE_FROM = 18;

/** m and u as published, by level. */
const NAME = {
  exact: [0.8805713283069031, 6.4416737775260826e-6],
  close: [0.07323973960881489, 0.00046468219642236785],
  reversed: [0.001957189808750337, 1.1870780153891191e-7],
  aliases: [0.01638930823738129, 5.720295598943465e-6],
  alike: [0.004954401712078166, 0.0004886023257307557],
  forename: [0.004210367993889316, 0.004258998503613082],
  surname: [0.00533261227541768, 0.0007850765819690798],
  other: [0.004143399354623031, 0.9939830079481641],
} as const;
const BIRTH = {
  exact: [0.9480015447228074, 6.32817809183543e-5],
  oneEdit: [0.017251329692897888, 0.001769188292516566],
  fiveYears: [0.010200657427295447, 0.21782305372325345],
  other: [0.0020388218873687394, 0.7803218229061581],
} as const;
const PLACE = {
  rarest: [0.6530514212604018, 1.916780772186791e-5],
  rare: [0.04047911150252939, 9.70967030841373e-6],
  common: [0.01468158219941504, 0.00010470776311967955],
  district: [0.09228399254208307, 0.002418387421033641],
  other: [0.1993084330118613, 0.9974480273378163],
} as const;
const SECOND = {
  exact: [0.9311828314925126, 0.012319973710486735],
  close: [0.030955920552027012, 0.002507835722714576],
  other: [0.041068944007088604, 0.9851721905667987],
} as const;
/** Of the police's number; ours stands in its place where asked. */
const ID = { exact: [0.4107364720646719, 1.3083008349386952e-7], other: [0.00390625, 1] } as const;

const bits = ([m, u]: readonly [number, number]) => Math.log2(m / u);

/** Pairs that weigh `from` or more, found by their blocking rules. `withNhs`: the NHS number is taken for the police's. */
export function linkAsMoj(
  table: PersonTable,
  withNhs: boolean,
  from = QUEUE_FROM,
): { readonly edges: Edges; readonly compared: number } {
  const keyed = (of: PersonTable, row: number, into: Uint32Array) => mojKeys(of, row, into, withNhs);
  const postings = buildPostings(table, keyed);
  const meeting = createMeeting(table, postings, undefined, keyed);
  const weigh = mojWeigh(table, withNhs);
  const edges = createEdges();
  let compared = 0;
  for (let a = 0; a < table.size; a += 1) {
    meeting.each(a, a + 1, (b) => {
      compared += 1;
      const weight = weigh(a, b);
      if (weight >= from) addEdge(edges, a, b, weight, 0);
    });
  }
  return { edges, compared };
}

/** Groups as connected components of the pairs that are joined; the queue is what lies between the thresholds. */
export function groupAsMoj(table: PersonTable, edges: Edges, joinFrom = JOIN_FROM, queueFrom = QUEUE_FROM) {
  const of = new Uint32Array(table.size);
  for (let row = 0; row < of.length; row += 1) of[row] = row;
  const root = (row: number): number => {
    let at = row;
    while (of[at] !== at) {
      of[at] = of[of[at] ?? at] ?? at;
      at = of[at] ?? at;
    }
    return at;
  };
  for (let i = 0; i < edges.size; i += 1) {
    if ((edges.weight[i] ?? 0) < joinFrom) continue;
    const [x, y] = [root(edges.a[i] ?? 0), root(edges.b[i] ?? 0)];
    if (x !== y) of[Math.max(x, y)] = Math.min(x, y);
  }
  for (let row = 0; row < of.length; row += 1) of[row] = root(row);
  const asked = new Set<number>();
  const review: { edge: number; isChain: boolean }[] = [];
  for (let i = 0; i < edges.size; i += 1) {
    const [x, y] = [of[edges.a[i] ?? 0] ?? 0, of[edges.b[i] ?? 0] ?? 0];
    const key = Math.min(x, y) * 2097152 + Math.max(x, y);
    if (x === y || asked.has(key) || (edges.weight[i] ?? 0) < queueFrom) continue;
    asked.add(key);
    review.push({ edge: i, isChain: false });
  }
  return { of, review };
}

function mojWeigh(table: PersonTable, withNhs: boolean): (a: number, b: number) => number {
  const { names, others, otherStart, places, placeStart, postcodes } = table;
  const whole = (row: number) => (table.forename[row] ?? 0) * 67108864 + (table.surname[row] ?? 0);
  const wholeCount = new Map<number, number>();
  const secondCount = new Map<number, number>();
  let postcodeTotal = 0;
  for (let row = 0; row < table.size; row += 1) {
    wholeCount.set(whole(row), (wholeCount.get(whole(row)) ?? 0) + 1);
    const second = table.second[row] ?? 0;
    secondCount.set(second, (secondCount.get(second) ?? 0) + 1);
    postcodeTotal += ((placeStart[row + 1] ?? 0) - (placeStart[row] ?? 0)) / 2;
  }
  const frequency = (count: number) => Math.max(count, 1) / table.size;
  const forenames = (row: number): number[] => listed(row, table.forename[row] ?? 0, 0);
  const surnames = (row: number): number[] => listed(row, table.surname[row] ?? 0, 1);
  const listed = (row: number, own: number, offset: number): number[] => {
    const list = own === 0 ? [] : [own];
    for (let i = otherStart[row] ?? 0; i < (otherStart[row + 1] ?? 0); i += 2) {
      const other = others[i + offset] ?? 0;
      if (other !== 0) list.push(other);
    }
    return list;
  };
  const meet = (x: readonly number[], y: readonly number[]) => x.some((id) => y.includes(id));

  function nameWeight(a: number, b: number): number {
    const [foreA, foreB] = [table.forename[a] ?? 0, table.forename[b] ?? 0];
    const [surA, surB] = [table.surname[a] ?? 0, table.surname[b] ?? 0];
    if ((foreA === 0 || foreB === 0) && (surA === 0 || surB === 0)) return 0;
    const commonest = frequency(Math.max(wholeCount.get(whole(a)) ?? 0, wholeCount.get(whole(b)) ?? 0));
    const adjusted = Math.log2(NAME.exact[1] / commonest);
    if (foreA === foreB && surA === surB) return bits(NAME.exact) + adjusted;
    const [textA, textB] = [`${names.text(foreA)} ${names.text(surA)}`, `${names.text(foreB)} ${names.text(surB)}`];
    if (jaroWinkler(textA, textB) >= 0.9) return bits(NAME.close) + 0.7 * adjusted;
    if (foreA === surB && surA === foreB) return bits(NAME.reversed);
    if (meet(forenames(a), forenames(b)) && meet(surnames(a), surnames(b))) return bits(NAME.aliases);
    const near = (x: number, y: number) => x !== 0 && y !== 0 && jaroWinkler(names.text(x), names.text(y)) >= 0.7;
    if (near(foreA, foreB) && near(surA, surB)) return bits(NAME.alike);
    if (foreA === foreB)
      return bits(NAME.forename) + Math.log2(NAME.forename[1] / frequency(names.forenameCount(foreA)));
    if (surA === surB) return bits(NAME.surname) + Math.log2(NAME.surname[1] / frequency(names.surnameCount(surA)));
    return bits(NAME.other);
  }

  function birthWeight(a: number, b: number): number {
    const [x, y] = [table.birth[a] ?? 0, table.birth[b] ?? 0];
    if (x === 0 || y === 0) return 0;
    if (x === y) return bits(BIRTH.exact) + Math.log2(BIRTH.exact[1] / frequency(table.births.get(x) ?? 0));
    if (Math.trunc(x / 100000) === Math.trunc(y / 100000) && damerauOf(x, y) <= 1) return bits(BIRTH.oneEdit);
    return Math.abs(yearsOf(x) - yearsOf(y)) <= 5 ? bits(BIRTH.fiveYears) : bits(BIRTH.other);
  }

  function placeWeight(a: number, b: number): number {
    const [fromA, toA, fromB, toB] = [
      placeStart[a] ?? 0,
      placeStart[a + 1] ?? 0,
      placeStart[b] ?? 0,
      placeStart[b + 1] ?? 0,
    ];
    if (fromA === toA || fromB === toB) return 0;
    let product = 1;
    let isOneDistrict = false;
    for (let x = fromA; x < toA; x += 2) {
      for (let y = fromB; y < toB; y += 2) {
        const [codeX, codeY] = [places[x] ?? 0, places[y] ?? 0];
        if (codeX === codeY && postcodes.outcode[codeX] !== codeX)
          product *= (postcodes.count[codeX] ?? 1) / postcodeTotal;
        if (postcodes.outcode[codeX] === postcodes.outcode[codeY]) isOneDistrict = true;
      }
    }
    if (product < 0.00001) return bits(PLACE.rarest);
    if (product < 0.0001) return bits(PLACE.rare);
    if (product < 0.001) return bits(PLACE.common);
    return isOneDistrict ? bits(PLACE.district) : bits(PLACE.other);
  }

  function secondWeight(a: number, b: number): number {
    const [x, y] = [table.second[a] ?? 0, table.second[b] ?? 0];
    if (x === 0 || y === 0) return 0;
    if (x === y) return bits(SECOND.exact) + Math.log2(SECOND.exact[1] / frequency(secondCount.get(x) ?? 0));
    return jaroWinkler(names.text(x), names.text(y)) >= 0.85 ? bits(SECOND.close) : bits(SECOND.other);
  }

  return (a, b) => {
    const [nhsA, nhsB] = withNhs ? [table.nhs[a] ?? 0, table.nhs[b] ?? 0] : [0, 0];
    const id = nhsA === 0 || nhsB === 0 ? 0 : nhsA === nhsB ? bits(ID.exact) : bits(ID.other);
    const weight = PRIOR + nameWeight(a, b) + birthWeight(a, b) + placeWeight(a, b) + secondWeight(a, b) + id;
    const mayBeTwins =
      weight > 8 &&
      table.birth[a] === table.birth[b] &&
      table.surname[a] === table.surname[b] &&
      !meet(forenames(a), forenames(b)) &&
      jaroWinkler(names.text(table.forename[a] ?? 0), names.text(table.forename[b] ?? 0)) < 0.99 &&
      (nhsA === 0 || nhsA !== nhsB) &&
      sharesPostcode(a, b);
    return mayBeTwins ? -5 : weight;
  };

  function sharesPostcode(a: number, b: number): boolean {
    for (let x = placeStart[a] ?? 0; x < (placeStart[a + 1] ?? 0); x += 2)
      for (let y = placeStart[b] ?? 0; y < (placeStart[b + 1] ?? 0); y += 2) if (places[x] === places[y]) return true;
    return false;
  }
}

const yearsOf = (date: number) => Math.trunc(date / 10000) + (Math.trunc(date / 100) % 100) / 12 + (date % 100) / 365;

/** Their blocking rules as keys; those on sentence dates and their own markers have no counterpart here. */
function mojKeys(table: PersonTable, row: number, into: Uint32Array, withNhs: boolean): number {
  const { names, others, otherStart, places, placeStart, postcodes } = table;
  let count = 0;
  const add = (...parts: (string | number)[]) => {
    if (count < into.length) into[count++] = hashText(parts.join(' ')) >>> 0;
  };
  const birth = table.birth[row] ?? 0;
  const [fore, sur] = [names.text(table.forename[row] ?? 0), names.text(table.surname[row] ?? 0)];
  const [foreStart, surStart] = [fore.slice(0, 2), sur.slice(0, 2)];
  const last = (otherStart[row + 1] ?? 0) - 2;
  const hasOthers = last >= (otherStart[row] ?? 0);
  const lastFore = hasOthers && others[last] ? names.text(others[last] ?? 0) : fore;
  const lastSur = hasOthers && others[last + 1] ? names.text(others[last + 1] ?? 0) : sur;
  if (withNhs && table.nhs[row]) add('id', table.nhs[row] ?? 0);
  const [from, to] = [placeStart[row] ?? 0, placeStart[row + 1] ?? 0];
  for (let i = from; i < to; i += 2) {
    const postcode = places[i] ?? 0;
    if (postcode === 0 || postcodes.outcode[postcode] === postcode) continue;
    if (birth) add('birth and postcode', birth, postcode);
    add('names and postcode', fore, sur, postcode);
    add('beginnings and postcode', foreStart, surStart, postcode);
  }
  if (birth && to > from) {
    add('birth, district, forename', birth, postcodes.outcode[places[from] ?? 0] ?? 0, foreStart);
    add('birth, district, surname', birth, postcodes.outcode[places[to - 2] ?? 0] ?? 0, surStart);
  }
  if (birth) {
    add('last names and birth', lastFore, lastSur, birth);
    add('first and last name and birth', fore, lastSur, birth);
    add('beginnings and birth', foreStart, surStart, birth);
    add('names in either order and birth', [fore, sur].sort().join(' '), birth);
  }
  add('names', fore, sur, names.text(table.second[row] ?? 0));
  return count;
}
