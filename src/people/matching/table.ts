/**
 * The persons of the index in columns: numbers only, so that a million take tens of megabytes and threads may share them.
 * Rows are added and never changed; a person whose details change at their source is added again and the old row retired.
 */
import type { PersonIdentity } from '../../domain/identity.js';
import type { LocalId, SourceId } from '../../domain/words.js';
import { createNames, type Names } from './names.js';
import { dateNumber, hashText, isNoName, normaliseName, normalisePostcode, verifiedNhsNumber } from './normalise.js';

export interface PersonTable {
  readonly names: Names;
  size: number;
  spaces: SourceId[];
  locals: LocalId[];
  space: Uint8Array;
  /** A verified NHS number, or 0. */
  nhs: Float64Array;
  forename: Uint32Array;
  /** The second forename. */
  second: Uint32Array;
  surname: Uint32Array;
  /** YYYYMMDD, or 0. */
  birth: Uint32Array;
  /** 0 not known, 1 F, 2 M. */
  sex: Uint8Array;
  /** Known by initials only: such a record is never linked by itself. */
  partial: Uint8Array;
  /** Where the rows of the lists start, one more than there are persons. */
  otherStart: Uint32Array;
  placeStart: Uint32Array;
  idStart: Uint32Array;
  /** Forename and surname ids of other names, in turns; 0 where there is none. */
  others: number[];
  /** Postcode id and hash of the address key (0 if none), in turns. */
  places: number[];
  /** Issuer and number of other identifiers as one id. */
  ids: number[];
  readonly postcodes: Postcodes;
  readonly births: Map<number, number>;
  readonly identifiers: Map<string, number>;
  readonly issuerOf: number[];
  readonly issuers: string[];
}

export interface Postcodes {
  readonly ids: Map<string, number>;
  readonly texts: string[];
  /** The id of the first part; its own when it is one. */
  readonly outcode: number[];
  /** How many persons have lived there. */
  readonly count: number[];
}

/** The most persons one index holds: keys and rows are sorted as one number of 53 bits. */
export const MOST_PERSONS = 2 ** 21;

export function createPersonTable(nicknames: readonly (readonly string[])[], expected = 1024): PersonTable {
  const size = Math.min(MOST_PERSONS, Math.max(16, expected));
  return {
    names: createNames(nicknames),
    size: 0,
    spaces: [],
    locals: [],
    space: new Uint8Array(size),
    nhs: new Float64Array(size),
    forename: new Uint32Array(size),
    second: new Uint32Array(size),
    surname: new Uint32Array(size),
    birth: new Uint32Array(size),
    sex: new Uint8Array(size),
    partial: new Uint8Array(size),
    otherStart: new Uint32Array(size + 1),
    placeStart: new Uint32Array(size + 1),
    idStart: new Uint32Array(size + 1),
    others: [],
    places: [],
    ids: [],
    postcodes: { ids: new Map(), texts: [''], outcode: [0], count: [0] },
    births: new Map(),
    identifiers: new Map(),
    issuerOf: [0],
    issuers: [],
  };
}

/**
 * Adds a person and gives their row. Throws RangeError beyond MOST_PERSONS. `counted: false` leaves the frequencies as they
 * are: for somebody who is only looked up.
 */
export function addPerson(table: PersonTable, person: PersonIdentity, counted = true): number {
  const row = table.size;
  if (row >= MOST_PERSONS) throw new RangeError(`the index holds ${MOST_PERSONS} persons at most`);
  if (row >= table.space.length) grow(table);
  const { names } = table;
  const [first = '', second = ''] = known(normaliseName(person.forename)).split(' ');
  const surname = known(normaliseName(person.surname));
  table.space[row] = placeOf(table.spaces, person.space);
  table.locals[row] = person.local;
  table.nhs[row] = verifiedNhsNumber(person.nhsNumber);
  const forenameId = names.idOf(first);
  const surnameId = names.idOf(surname);
  table.forename[row] = forenameId;
  table.second[row] = names.idOf(second);
  table.surname[row] = surnameId;
  const birth = dateNumber(person.dateOfBirth);
  table.birth[row] = birth;
  table.sex[row] = person.sex === 'F' ? 1 : person.sex === 'M' ? 2 : 0;
  table.partial[row] = first.length === 1 || surname.length === 1 ? 1 : 0;
  if (counted) {
    names.countForename(forenameId);
    names.countSurname(surnameId);
    if (birth !== 0) table.births.set(birth, (table.births.get(birth) ?? 0) + 1);
  }
  for (const other of (person.otherNames ?? []).slice(0, MOST_LISTED)) {
    const [otherFirst = ''] = known(normaliseName(other.forename)).split(' ');
    table.others.push(names.idOf(otherFirst), names.idOf(known(normaliseName(other.surname))));
  }
  for (const { postcode, address } of (person.places ?? []).slice(0, MOST_LISTED)) {
    const id = postcodeId(table.postcodes, postcode, counted);
    const key = address === undefined ? 0 : hashText(address) || 1;
    if (id !== 0 || key !== 0) table.places.push(id, key);
  }
  for (const { issuer, value } of person.otherIds ?? []) {
    const squashed = value.toUpperCase().replace(/[^A-Z0-9]/g, '');
    if (squashed.length < 4) continue;
    const key = `${issuer} ${squashed}`;
    let id = table.identifiers.get(key);
    if (id === undefined) {
      id = table.issuerOf.length;
      table.identifiers.set(key, id);
      table.issuerOf.push(placeOf(table.issuers, issuer));
    }
    table.ids.push(id);
  }
  table.size = row + 1;
  table.otherStart[row + 1] = table.others.length;
  table.placeStart[row + 1] = table.places.length;
  table.idStart[row + 1] = table.ids.length;
  return row;
}

/** Takes back the row added last: somebody who was only looked up. */
export function dropLast(table: PersonTable): void {
  if (table.size === 0) throw new RangeError('there is no row to take back');
  table.size -= 1;
  table.locals.length = table.size;
  table.others.length = table.otherStart[table.size] ?? 0;
  table.places.length = table.placeStart[table.size] ?? 0;
  table.ids.length = table.idStart[table.size] ?? 0;
}

/** Other names and places of one person that are compared; what a source lists beyond is left out. */
const MOST_LISTED = 8;

function known(name: string): string {
  return isNoName(name) ? '' : name;
}

function placeOf(list: string[], item: string): number {
  const place = list.indexOf(item);
  if (place >= 0) return place;
  return list.push(item) - 1;
}

function postcodeId(postcodes: Postcodes, text: string | undefined, counted: boolean): number {
  const read = normalisePostcode(text);
  if (!read) return 0;
  const outcode = entryOf(postcodes, read.outcode, undefined);
  const id = read.postcode === read.outcode ? outcode : entryOf(postcodes, read.postcode, outcode);
  if (counted) {
    postcodes.count[outcode] = (postcodes.count[outcode] ?? 0) + 1;
    if (id !== outcode) postcodes.count[id] = (postcodes.count[id] ?? 0) + 1;
  }
  return id;
}

function entryOf(postcodes: Postcodes, text: string, outcode: number | undefined): number {
  const known = postcodes.ids.get(text);
  if (known !== undefined) return known;
  const id = postcodes.texts.push(text) - 1;
  postcodes.ids.set(text, id);
  postcodes.outcode.push(outcode ?? id);
  postcodes.count.push(0);
  return id;
}

function grow(table: PersonTable): void {
  const size = Math.min(MOST_PERSONS, table.space.length * 2);
  const wider = <T extends Uint8Array | Uint32Array | Float64Array>(column: T, made: T): T => {
    made.set(column);
    return made;
  };
  table.space = wider(table.space, new Uint8Array(size));
  table.nhs = wider(table.nhs, new Float64Array(size));
  table.forename = wider(table.forename, new Uint32Array(size));
  table.second = wider(table.second, new Uint32Array(size));
  table.surname = wider(table.surname, new Uint32Array(size));
  table.birth = wider(table.birth, new Uint32Array(size));
  table.sex = wider(table.sex, new Uint8Array(size));
  table.partial = wider(table.partial, new Uint8Array(size));
  table.otherStart = wider(table.otherStart, new Uint32Array(size + 1));
  table.placeStart = wider(table.placeStart, new Uint32Array(size + 1));
  table.idStart = wider(table.idStart, new Uint32Array(size + 1));
}
