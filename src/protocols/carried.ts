/**
 * Which clause is carried by what (`schema/protocols/carried.yaml`): policies, values of packs, places in the code, and the
 * tests that name it. What is not yet carried, or only as data that nothing acts on, says so with the reason.
 */
import { z } from 'zod';
import { CLAUSE_ID, type Clause, type ClauseKind, type Clauses } from './clauses.js';
import { citations, type Pack } from './pack.js';
import { ProtocolError, readYaml } from './yaml.js';

/** Kinds whose every clause is carried, or said not to be, and named by a test. */
export const KINDS_TO_CARRY: readonly ClauseKind[] = [
  'consent',
  'relevance',
  'access',
  'inform',
  'handover',
  'role',
  'pathway',
];

/**
 * CARRIED: something acts on it. PARTLY: something does, and what is missing is said. DATA: a pack holds its value, which
 * nothing acts on yet. NOT_YET: nothing carries it.
 */
export const CARRIAGES = ['CARRIED', 'PARTLY', 'DATA', 'NOT_YET'] as const;
export type Carriage = (typeof CARRIAGES)[number];

const shape = z.record(
  z.string().regex(CLAUSE_ID),
  z
    .strictObject({
      /** Ids of policies that cite the clause. */
      policies: z.array(z.string()).default([]),
      /** `pack: place`, the place as `citations` names it. */
      packs: z.array(z.string().regex(/^[\w-]+: [\w.]+$/)).default([]),
      /** `file#name`: a file and what it exports, or a type of the SDL. */
      code: z.array(z.string().regex(/^[\w./-]+#\w+$/)).default([]),
      /** Files of tests or cases that name the clause. */
      tests: z.array(z.string()).default([]),
      partly: z.string().optional(),
      asData: z.string().optional(),
      notYet: z.string().optional(),
    })
    .refine(({ partly, asData, notYet }) => [partly, asData, notYet].filter(Boolean).length < 2, {
      error: 'only one of partly, asData and notYet',
    }),
);
export type Carried = z.output<typeof shape>[string];

/** One clause with what carries it; `reason` says what is missing, and is absent only for CARRIED. */
export interface CarriedClause extends Clause {
  readonly carriage: Carriage;
  readonly by: Carried;
  readonly reason?: string;
}

/** Reads the map. Throws ProtocolError on a clause that is none, or one of a kind to carry that is not in it. */
export function readCarried(text: string, clauses: Clauses, where = 'carried.yaml'): readonly CarriedClause[] {
  const map = readYaml(text, shape, where);
  const unknown = Object.keys(map).filter((id) => !clauses.byId.has(id));
  if (unknown.length > 0) throw new ProtocolError(`${where}: ${unknown.join(', ')} is no clause of clauses.yaml`);
  const missing = [...clauses.byId.values()].filter(({ id, kind }) => KINDS_TO_CARRY.includes(kind) && !map[id]);
  if (missing.length > 0)
    throw new ProtocolError(`${where} does not say what carries ${missing.map(({ id }) => id).join(', ')}`);
  return [...clauses.byId.values()].map((clause) => toldOf(clause, map[clause.id] ?? NOTHING));
}

const NOTHING: Carried = { policies: [], packs: [], code: [], tests: [], notYet: 'nothing is said of it' };

function toldOf(clause: Clause, by: Carried): CarriedClause {
  const { partly, asData, notYet } = by;
  const reason = partly ?? asData ?? notYet;
  const carriage = partly ? 'PARTLY' : asData ? 'DATA' : notYet ? 'NOT_YET' : 'CARRIED';
  return { ...clause, carriage, by, ...(reason === undefined ? {} : { reason }) };
}

/** What the truth of the map is checked against. */
export interface Carriers {
  /** Clauses that each policy cites, by its id; those of every pack among them. */
  readonly policies: ReadonlyMap<string, readonly string[]>;
  /** The packs and the house rules. */
  readonly packs: readonly Pack[];
  /** The text of a file of the project; undefined where there is none. */
  readonly read: (file: string) => string | undefined;
}

/** Every place where the map does not tell the truth, a line each; none when it does. */
export function untruthsOf(map: readonly CarriedClause[], { policies, packs, read }: Carriers): string[] {
  const cited = new Map(packs.map((pack) => [pack.id, citations(pack)]));
  return map.flatMap((clause) => {
    const { id, by } = clause;
    return [
      ...shortcomings(clause),
      ...by.policies.flatMap((policy) => {
        const sources = policies.get(policy);
        if (!sources) return [`there is no policy ${policy}`];
        return sources.includes(id) ? [] : [`policy ${policy} does not cite it`];
      }),
      ...by.packs.flatMap((value) => {
        const [pack = '', place = ''] = value.split(': ');
        const there = cited.get(pack)?.filter(([at]) => at === place) ?? [];
        if (there.length === 0) return [`there is no ${value}`];
        return there.some(([, ids]) => ids.includes(id)) ? [] : [`${value} does not cite it`];
      }),
      ...[...cited].flatMap(([pack, places]) =>
        [...new Set(places.flatMap(([place, ids]) => (ids.includes(id) ? [`${pack}: ${place}`] : [])))]
          .filter((value) => !by.packs.includes(value))
          .map((value) => `${value} cites it, which the map does not say`),
      ),
      ...by.code.flatMap((place) => {
        const [file = '', name = ''] = place.split('#');
        const text = read(file);
        if (text === undefined) return [`there is no file ${file}`];
        return isDefinedIn(text, name, file) ? [] : [`${file} has no ${name}`];
      }),
      ...by.tests.flatMap((file) => {
        const text = read(file);
        if (text === undefined) return [`there is no test ${file}`];
        return isNamedIn(text, id, file) ? [] : [`no title in ${file} names it`];
      }),
    ].map((line) => `${id}: ${line}`);
  });
}

/** What a clause of its carriage must have and lacks. */
function shortcomings({ kind, carriage, by }: CarriedClause): string[] {
  const acts = by.policies.length + by.code.length > 0;
  const wrong: string[] = [];
  if ((carriage === 'CARRIED' || carriage === 'PARTLY') && !acts) wrong.push('nothing that acts carries it');
  if ((carriage === 'DATA' || carriage === 'NOT_YET') && acts)
    wrong.push('something acts on it, yet it is said not to be');
  if (carriage === 'DATA' && by.packs.length === 0) wrong.push('no pack holds it');
  if (carriage === 'NOT_YET' && by.packs.length + by.tests.length > 0) wrong.push('it is carried, yet said not to be');
  if (carriage !== 'NOT_YET' && KINDS_TO_CARRY.includes(kind) && by.tests.length === 0) wrong.push('no test names it');
  return wrong;
}

function isDefinedIn(text: string, name: string, file: string): boolean {
  const defined = file.endsWith('.graphql')
    ? `^(?:type|interface|enum|input) ${name}\\b`
    : `^export (?:async )?(?:function|const|class|interface|type) ${name}\\b`;
  return new RegExp(defined, 'm').test(text);
}

/** In the title of a test, or in the `clauses` of a case: a comment is no claim. */
function isNamedIn(text: string, id: string, file: string): boolean {
  const claimed = file.endsWith('.yaml')
    ? `^clauses: \\[[^\\]\\n]*\\b${id}\\b`
    : `(?:\\b(?:it|describe)|\\]\\))\\(\\s*['\`"][^\\n]*\\b${id}\\b`;
  return new RegExp(claimed, 'm').test(text);
}
