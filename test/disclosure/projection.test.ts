/** Which fields of a record are decided together, and that nothing leaves which the SDL does not name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { ClassificationError, type Layout, readProjection, writerOf } from '../../src/disclosure/projection.js';
import { DECIDED } from '../../src/disclosure/released.js';
import { type ContentValue, RECORD_TYPES, type RecordType } from '../../src/domain/records.js';
import type { Category, Confidentiality } from '../../src/domain/words.js';

const FOLDER = 'schema/graphql';
const served = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => readFileSync(join(FOLDER, file), 'utf8'))
  .join('\n');
const schemaOf = (sdl: string) => buildSchema(sdl, { assumeValidSDL: true });

const HEAD = `
  directive @classified(category: FieldCategory!, confidentiality: Confidentiality!) on FIELD_DEFINITION
  directive @impersonal on OBJECT
  enum FieldCategory { OF_RECORD IDENTITY CONTACT STATUS SOCIAL_CARE MOOD }
  enum Confidentiality { N R V X }
  enum Rag { RED GREEN }
  interface Person { forename: String }
  type Agency @impersonal { id: ID }
  type Query { anything: String }
  type Mutation { anything: String }
  type Place { town: String @classified(category: CONTACT, confidentiality: N) rooms: Int @classified(category: CONTACT, confidentiality: N) }
`;
const as = (category: string, confidentiality = 'N') =>
  `@classified(category: ${category}, confidentiality: ${confidentiality})`;
const PLAIN = `{ title: String ${as('OF_RECORD')} }`;
/** An SDL with every type of record; Visit has these fields. */
const sdlWith = (visit: string, beside = '', left: readonly RecordType[] = []) =>
  [
    HEAD,
    ...RECORD_TYPES.filter((type) => type !== 'Visit' && type !== 'PersonDetails' && !left.includes(type)).map(
      (type) => `type ${type} ${PLAIN}`,
    ),
    `type Adult implements Person { forename: String ${as('IDENTITY')} }`,
    `type Visit { ${visit} }`,
    beside,
  ].join('\n');
const layoutOf = (visit: string, category: Category = 'SOCIAL_CARE', confidentiality: Confidentiality = 'N') =>
  readProjection(schemaOf(sdlWith(visit)))({ type: 'Visit', category, confidentiality });
const names = (fields: readonly { readonly name: string }[]) => fields.map(({ name }) => name);
const shape = ({ own, others }: ReturnType<typeof layoutOf>) => [
  names(own),
  others.map(({ category, confidentiality, fields }) => [category, confidentiality, names(fields)]),
];

describe('the layout of a record', () => {
  it('decides with the record the fields of its own category, whether they say so or name it', () => {
    const visit = `a: String ${as('OF_RECORD')} b: String ${as('SOCIAL_CARE')} c: String ${as('CONTACT')}`;
    expect(shape(layoutOf(visit))).toEqual([['a', 'b'], [['CONTACT', 'N', ['c']]]]);
    expect(shape(layoutOf(visit, 'CONTACT'))).toEqual([['a', 'c'], [['SOCIAL_CARE', 'N', ['b']]]]);
  });

  it('decides more protected fields apart, and none less protected than its record', () => {
    const visit = `a: String ${as('OF_RECORD')} b: String ${as('OF_RECORD', 'R')} c: String ${as('CONTACT', 'V')}`;
    expect(shape(layoutOf(visit))).toEqual([
      ['a'],
      [
        ['SOCIAL_CARE', 'R', ['b']],
        ['CONTACT', 'V', ['c']],
      ],
    ]);
    expect(shape(layoutOf(visit, 'SOCIAL_CARE', 'R'))).toEqual([['a', 'b'], [['CONTACT', 'V', ['c']]]]);
    expect(shape(layoutOf(visit, 'SOCIAL_CARE', 'V'))).toEqual([['a', 'b'], [['CONTACT', 'V', ['c']]]]);
  });

  it('decides together the fields of one category and one confidentiality', () => {
    const visit = `a: String ${as('CONTACT')} b: String ${as('STATUS')} c: Rag ${as('CONTACT')} d: String ${as('CONTACT', 'R')}`;
    expect(shape(layoutOf(visit))).toEqual([
      [],
      [
        ['CONTACT', 'N', ['a', 'c']],
        ['STATUS', 'N', ['b']],
        ['CONTACT', 'R', ['d']],
      ],
    ]);
  });

  it('leaves out what the door makes itself, what takes arguments, and what is of no person', () => {
    const visit = ['id: ID', 'holder: Agency', 'obligations: String', 'releasedBecause: String']
      .map((field) => `${field} ${as('OF_RECORD')}`)
      .concat(
        `more(first: Int): String ${as('OF_RECORD')}`,
        `agency: Agency ${as('OF_RECORD')}`,
        `kept: ID ${as('OF_RECORD')}`,
      );
    expect(shape(layoutOf(visit.join(' ')))).toEqual([['kept'], []]);
  });

  it('knows fields that are persons, and which keys of an object may leave', () => {
    const visit = `who: [Person!]! ${as('OF_RECORD')} where: [Place!] ${as('OF_RECORD')} when: String! ${as('OF_RECORD')}`;
    expect(layoutOf(visit).own).toEqual([
      { name: 'who', isPerson: true },
      { name: 'where', isPerson: false, keys: ['town', 'rooms'] },
      { name: 'when', isPerson: false },
    ]);
  });

  it('of what a source holds about a person is that of a person', () => {
    const projection = readProjection(schemaOf(sdlWith(`a: String ${as('OF_RECORD')}`)));
    const layout = projection({ type: 'PersonDetails', category: 'IDENTITY', confidentiality: 'N' });
    expect(shape(layout)).toEqual([['forename'], []]);
  });

  it('is one for all records of a kind, and another for others', () => {
    const projection = readProjection(
      schemaOf(sdlWith(`a: String ${as('OF_RECORD')} b: String ${as('OF_RECORD', 'R')}`)),
    );
    const label = { type: 'Visit', category: 'SOCIAL_CARE', confidentiality: 'N' } as const;
    expect(projection(label)).toBe(projection({ ...label }));
    expect(shape(projection({ ...label, confidentiality: 'R' }))).toEqual([['a', 'b'], []]);
    expect(shape(projection({ ...label, category: 'PLAN' }))).toEqual([['a'], [['PLAN', 'R', ['b']]]]);
    expect(() => projection({ ...label, type: 'Mood' as never })).toThrow(ClassificationError);
  });
});

describe('an SDL does not start', () => {
  const reading = (sdl: string) => () => readProjection(schemaOf(sdl));
  const ok = `a: String ${as('OF_RECORD')}`;

  it('with a field of a person’s that is not classified, which is named', () => {
    expect(reading(sdlWith(ok))).not.toThrow();
    expect(reading(sdlWith(`${ok} b: String`))).toThrow(ClassificationError);
    expect(reading(sdlWith(`${ok} b: String`))).toThrow(/^Visit\.b is not classified: add @classified/);
    expect(reading(sdlWith(ok, 'type Lunch { dish: String }'))).toThrow(/^Lunch\.dish is not classified/);
  });

  it('with a classification that no rule knows', () => {
    expect(reading(sdlWith(`b: String ${as('MOOD')}`))).toThrow(/^Visit\.b is classified by unknown values/);
    expect(reading(sdlWith(`b: String ${as('STATUS', 'X')}`))).toThrow(/^Visit\.b is classified by unknown values/);
    expect(reading(sdlWith('b: String @classified(category: STATUS)'))).toThrow(/unknown values/);
    expect(reading(sdlWith('b: String @classified(category: "STATUS", confidentiality: N)'))).toThrow(/unknown values/);
  });

  it('without a type of record, or where it is no object', () => {
    expect(reading(sdlWith(ok, '', ['Contact']))).toThrow(/the SDL has no type Contact/);
    expect(reading(sdlWith(ok, 'enum Contact { A }', ['Contact']))).toThrow(/the SDL has no type Contact/);
  });

  it('but roots, and what says that it is of no person, need no classification', () => {
    expect(reading(sdlWith(ok, 'type Page @impersonal { size: Int }'))).not.toThrow();
    expect(reading(sdlWith(ok, 'directive @other on OBJECT type Page @other { size: Int }'))).toThrow(/Page\.size/);
  });
});

const MADE = {
  __typename: 'Visit' as const,
  id: 'a-name',
  holder: { id: 'csc', name: 'csc', kind: 'CHILDRENS_SOCIAL_CARE' as const, voluntary: false, dutyPoint: 'duty' },
  obligations: [],
  [DECIDED]: { subject: 'P-1', lines: [0] },
};

describe('a copy of a record', () => {
  const field = (name: string) => ({ name, isPerson: false });
  const copy = (
    fields: Layout['own'],
    content: { readonly [field: string]: ContentValue },
    persons?: { readonly [field: string]: string | readonly string[] },
  ) => {
    const {
      __typename,
      id,
      holder,
      obligations,
      [DECIDED]: decided,
      ...copied
    } = writerOf({ own: fields, others: [] }, true, [])(MADE, content, persons);
    expect({ __typename, id, holder, obligations, [DECIDED]: decided }).toEqual(MADE);
    return copied;
  };

  it('has the fields that were allowed and no other, null where the source has none', () => {
    expect(copy([field('a'), field('b')], { a: 'x', c: 'secret' })).toEqual({ a: 'x', b: null });
    expect(copy([field('a'), field('b')], { a: 0, b: false })).toEqual({ a: 0, b: false });
    expect(copy([], { a: 'x' })).toEqual({});
  });

  it('has a person as their id, never what the content says in that place', () => {
    const who = { name: 'who', isPerson: true };
    expect(copy([who], { who: 'secret' }, { who: 'P-1' })).toEqual({ who: 'P-1' });
    expect(copy([who], { who: 'secret' }, { who: ['P-1', 'P-2'] })).toEqual({ who: ['P-1', 'P-2'] });
    expect(copy([who], { who: 'secret' }, { other: 'P-1' })).toEqual({ who: null });
    expect(copy([who], { who: 'secret' })).toEqual({ who: null });
  });

  it('has of an object, and of each in a list, the keys that were allowed', () => {
    const place = { name: 'place', isPerson: false, keys: ['town', 'rooms'] };
    expect(copy([place], { place: { town: 'T', secret: 's' } })).toEqual({ place: { town: 'T', rooms: null } });
    expect(copy([place], { place: [{ town: 'T', rooms: 0, secret: 's' }, null, 'bare text'] })).toEqual({
      place: [{ town: 'T', rooms: 0 }, null, null],
    });
    expect(copy([place], {})).toEqual({ place: null });
    expect(copy([place], { place: 'bare text' })).toEqual({ place: null });
  });
});

describe('the SDL that is served', () => {
  it('keeps where a person is apart from who they are, whatever the record is labelled', () => {
    const projection = readProjection(schemaOf(served));
    const { own, others } = projection({ type: 'PersonDetails', category: 'IDENTITY', confidentiality: 'N' });
    expect(names(own)).toEqual(expect.arrayContaining(['forename', 'surname', 'dateOfBirth']));
    const contact = others.find(({ category, confidentiality }) => category === 'CONTACT' && confidentiality === 'N');
    expect(names(contact?.fields ?? [])).toEqual(
      expect.arrayContaining(['addresses', 'phones', 'school', 'gpPractice']),
    );
    expect(names(own)).not.toContain('addresses');
  });
});
