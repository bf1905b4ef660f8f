/**
 * What resolvers ask by key: a list of records, a person, a record by its id. All of it has passed the door, and is answered at
 * once where it was read before: an operation whose asks were foreseen is carried out in one go. Made for one operation of one
 * requester under one purpose, and thrown away with it.
 */
import { recordId } from '../disclosure/door.js';
import type { View } from '../disclosure/facts/view.js';
import type { Passed, Released, ShownRecord } from '../disclosure/released.js';
import type { RecordType } from '../domain/records.js';
import type { PersonId, SourceId } from '../domain/words.js';
import type { Calls } from './calls.js';
import { type Listing, noticesOf, recordsOf } from './listing.js';
import type { PassedRecords, Want } from './passed-records.js';
import { DETAILS, mergePerson, type ShownPerson } from './person.js';
import { personsOf, type ShownFamily } from './shown-family.js';
import type { Statuses } from './statuses.js';

export interface ReaderParts {
  readonly view: View;
  readonly calls: Calls;
  readonly passed: PassedRecords;
  readonly statuses: Statuses;
}

/** Types of records that will be asked of persons, by what they turn out to be. */
export type AskedOfPersons = { readonly [T in ShownPerson['__typename']]: readonly RecordType[] };

/** What will be asked, for certain, of every family of a list. */
export interface Foreseen {
  /** Of the persons of its members. */
  readonly members?: AskedOfPersons;
  /** Of the children of its workbook. */
  readonly children?: AskedOfPersons;
  /** About all who are included, as one list. */
  readonly joined: readonly RecordType[];
}

/** At once where it is known. */
type Awaitable<T> = T | Promise<T>;

export class Reader {
  readonly #persons = new Map<PersonId, ShownPerson | null>();

  constructor(private readonly parts: ReaderParts) {}

  /** Released records of these types about a person, in a stable order that no hidden record moves. */
  records(types: readonly RecordType[], person: PersonId): Awaitable<Listing<Released<ShownRecord>>> {
    return this.recordsOfAll(types, [person]);
  }

  /** Released records of these types about any of these persons, as one list. */
  recordsOfAll(types: readonly RecordType[], persons: readonly PersonId[]): Awaitable<Listing<Released<ShownRecord>>> {
    const { passed } = this.parts;
    const known = passed.known(types, persons);
    if (known) return this.#list(types, known);
    return passed.read({ types, persons }).then(() => this.#list(types, passed.known(types, persons) ?? []));
  }

  /** One record by its id at its source, if it may be shown. */
  async recordById(type: RecordType, sourceId: SourceId, localId: string): Promise<Released<ShownRecord> | null> {
    const found = await this.parts.calls.oneRecord(type, sourceId, localId);
    if (!found) return null;
    // With all of its kind about the person: what is "the latest" is decided among them, as in the list.
    const { items } = await this.recordsOfAll([type], [found.record.label.subject]);
    return items.find(({ id }) => id === recordId(found.record.label)) ?? null;
  }

  /** A person of whom something may be shown, or null: absent and silent are the same. */
  person(person: PersonId): Awaitable<ShownPerson | null> {
    const shown = this.#persons.get(person);
    if (shown !== undefined) return shown;
    const { passed } = this.parts;
    if (passed.known(DETAILS, [person])) return this.#show(person);
    return passed.read({ types: DETAILS, persons: [person] }).then(() => this.#show(person));
  }

  /** Reads what will be asked of these families: who their members are and the joined lists, then the members' own lists. */
  async readAhead(families: readonly ShownFamily[], { members, children, joined }: Foreseen): Promise<void> {
    const { passed } = this.parts;
    const all = families.flatMap((family) => family.members);
    const ofMembers = members ? personsOf(all) : [];
    const ofWorkbooks = children ? personsOf(all.filter(isChild)) : [];
    await passed.ensure([
      { types: DETAILS, persons: [...ofMembers, ...ofWorkbooks] },
      { types: joined, persons: families.flatMap(({ included }) => included) },
    ]);
    await passed.ensure([...this.#own(members, ofMembers), ...this.#own(children, ofWorkbooks)]);
  }

  /** The lists of those of these persons who may be shown. */
  #own(asked: AskedOfPersons | undefined, persons: readonly PersonId[]): Want[] {
    if (!asked) return [];
    const shown = persons.flatMap((person) => this.#show(person) ?? []);
    return (['Child', 'Adult'] as const).map((type) => ({
      types: asked[type],
      persons: shown.flatMap((person) => (person.__typename === type ? person.personId : [])),
    }));
  }

  #list(types: readonly RecordType[], passed: Passed[]): Listing<Released<ShownRecord>> {
    const withheld = noticesOf(passed);
    return { items: recordsOf(passed.sort(newestFirst)), withheld, sources: this.parts.statuses.of(types) };
  }

  /** Requires that the person's details are read. */
  #show(person: PersonId): ShownPerson | null {
    let shown = this.#persons.get(person);
    if (shown === undefined) {
      const { view, passed, statuses } = this.parts;
      const details = passed.known(DETAILS, [person]) ?? [];
      shown = mergePerson(person, view.isChild(person), details, statuses.of(DETAILS));
      this.#persons.set(person, shown);
    }
    return shown;
  }
}

const isChild = (member: Released<ShownRecord>) => member['isChild'] === true;

function newestFirst(a: Passed, b: Passed): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  const [left, right] = [a.record?.id ?? '', b.record?.id ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
