/** The map of clauses tells the truth, and a map that lies is found out. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type Carriers, KINDS_TO_CARRY, readCarried, untruthsOf } from '../../src/protocols/carried.js';
import { loadEveryPack } from '../../src/protocols/load.js';
import { PACKS } from '../../src/protocols/pack.js';
import { loadRules } from '../../src/rules.js';

const { clauses, policies, house } = loadRules({ protocols: PACKS });
const text = readFileSync('schema/protocols/carried.yaml', 'utf8');
const map = readCarried(text, clauses);
const carriers: Carriers = {
  policies: new Map(policies.all.map(({ id, source }) => [id, source])),
  packs: [...loadEveryPack('schema/protocols'), house],
  read: (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
};

describe('the map of clauses', () => {
  it('names what there is and cites the clause: policies, values of packs, code and tests', () =>
    expect(untruthsOf(map, carriers)).toEqual([]));

  it('has every clause of the kinds to carry, and says of every other what carries it', () => {
    expect(map.length).toBe(clauses.byId.size);
    expect(map.filter(({ kind }) => KINDS_TO_CARRY.includes(kind)).length).toBe(49);
    expect(map.filter(({ reason }) => reason === 'nothing is said of it')).toEqual([]);
  });
});

/** The map with one clause said otherwise. */
const lie = (id: string, said: string) => JSON.stringify({ ...(parse(text) as object), [id]: parse(said) as unknown });
const found = (id: string, said: string) => untruthsOf(readCarried(lie(id, said), clauses), carriers);
const test = 'tests: [schema/policies/cases/RELEASED/the-family-team-reads-adult-work-judged-relevant.yaml]';

describe('a map that lies is found out, where it', () => {
  it.each([
    ['names a policy that is not there', `{policies: [trust-me], ${test}}`, 'FS-02: there is no policy trust-me'],
    [
      'names a policy that does not cite the clause',
      `{policies: [court], ${test}}`,
      'FS-02: policy court does not cite it',
    ],
    [
      'names a value that is in no pack',
      `{packs: ["connecting-families: timescales.SUPERVISION"], policies: [relevance], ${test}}`,
      'FS-02: there is no connecting-families: timescales.SUPERVISION',
    ],
    [
      'names a value that cites another clause',
      `{packs: ["house: escalation"], policies: [relevance], ${test}}`,
      'FS-02: house: escalation does not cite it',
    ],
    ['names code in no file', `{code: [src/nowhere.ts#x], ${test}}`, 'FS-02: there is no file src/nowhere.ts'],
    [
      'names code that is not in its file',
      `{code: [src/registers/relevance.ts#guess], ${test}}`,
      'FS-02: src/registers/relevance.ts has no guess',
    ],
    [
      'names code that a file keeps to itself',
      '{code: [src/registers/relevance.ts#latest], notYet: x}',
      'FS-02: src/registers/relevance.ts has no latest',
    ],
    [
      'names a type that is not in the schema',
      `{code: [schema/graphql/people.graphql#Oracle], ${test}}`,
      'FS-02: schema/graphql/people.graphql has no Oracle',
    ],
    [
      'names a test that is not there',
      '{policies: [relevance], tests: [test/none.test.ts]}',
      'FS-02: there is no test test/none.test.ts',
    ],
    [
      'names a test whose titles do not name the clause',
      '{policies: [relevance], tests: [test/protocols/duration.test.ts]}',
      'FS-02: no title in test/protocols/duration.test.ts names it',
    ],
    ['names no test', '{policies: [relevance]}', 'FS-02: no test names it'],
    ['says something is carried that nothing acts on', `{${test}}`, 'FS-02: nothing that acts carries it'],
    ['says something is data that no pack holds', `{asData: x, ${test}}`, 'FS-02: no pack holds it'],
    [
      'says something is not carried that is',
      `{notYet: x, policies: [relevance]}`,
      'FS-02: something acts on it, yet it is said not to be',
    ],
    [
      'says something is not carried that a test names',
      `{notYet: x, ${test}}`,
      'FS-02: it is carried, yet said not to be',
    ],
  ])('%s', (_, said, line) => expect(found('FS-02', said)).toContain(line));

  it('leaves out a value of a pack that cites the clause', () =>
    expect(found('FS-27', '{notYet: x}')).toEqual([
      'FS-27: walsall-family-safeguarding: timescales.SUPERVISION cites it, which the map does not say',
    ]));

  it('leaves out a clause of a kind to carry, or has one that is none', () => {
    const { 'FS-22': _, ...others } = parse(text) as { [id: string]: unknown };
    const without = JSON.stringify(others);
    expect(() => readCarried(without, clauses)).toThrow('carried.yaml does not say what carries FS-22');
    expect(() => readCarried(`${text}\nFS-99: {notYet: x}\n`, clauses)).toThrow('FS-99 is no clause');
    expect(() => readCarried(lie('FS-02', '{notYet: x, asData: y}'), clauses)).toThrow('only one of partly, asData');
    expect(() => readCarried(lie('FS-02', '{polices: [relevance]}'), clauses)).toThrow('polices');
  });
});
