/**
 * One request's view of the world: every kind of thing through one DataLoader, every record through the door. Made for
 * one operation of one requester under one purpose, and thrown away with it. What has been read is answered at once,
 * without a promise: an operation whose asks were foreseen is carried out in one go.
 */
import DataLoader from 'dataloader';
import { type Door, recordId } from '../disclosure/door.js';
import type { FamilyView, View } from '../disclosure/facts/view.js';
import { type Work, worksWith } from '../disclosure/facts/work.js';
import type { Passed, Released, ShownRecord, WithheldNotice } from '../disclosure/released.js';
import { NOBODY, type Surroundings } from '../disclosure/surroundings.js';
import { entry } from '../domain/entry.js';
import type { RecordLabel, RecordType, SourceRecord } from '../domain/records.js';
import type { Agency, Requester, Standing } from '../domain/requester.js';
import {
  ADULT_WORK_AGENCY_KINDS,
  type AgencyId,
  type LocalId,
  type PersonId,
  type SourceId,
  type SourceState,
} from '../domain/words.js';
import type { Links } from '../people/links.js';
import { type Asking, hasAnswered } from '../sources/ask.js';
import type { NumberedFindAsk, Source } from '../sources/contract.js';
import { anyId, recordsOf as expectRecordsOf, recordWith } from '../sources/expected.js';
import { type Sealed, seal } from '../sources/sealed.js';
import { sealContribution, type WrittenContribution } from './contributions.js';
import { eachLocal, lift } from './lift.js';
import { type Listing, noticesOf, recordsOf, type SourceStatus } from './listing.js';
import { mergePerson, type ShownPerson } from './person.js';

/** A family as it may be shown: the memberships that passed the door. */
export interface ShownFamily {
  readonly __typename: 'Family';
  readonly id: string;
  readonly members: readonly Released<ShownRecord>[];
  /** Included members, shown or not, for the family's lists: their records pass the door by themselves. Not a field of the SDL. */
  readonly included: readonly PersonId[];
  readonly withheld: readonly WithheldNotice[];
}

export interface ReaderParts {
  readonly standing: Standing;
  readonly work: Work;
  readonly view: View;
  readonly links: Links;
  readonly asking: Asking;
  readonly surroundings: Surroundings;
  readonly door: Door;
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
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

/** Every record of these types about these persons. */
interface Want {
  readonly types: readonly RecordType[];
  readonly persons: readonly PersonId[];
}

/** A record of the own agency: what it is, and its content sealed. */
export interface OwnHeld {
  readonly label: RecordLabel<PersonId>;
  readonly sealed: Sealed;
}

/** At once where it is known. */
type Awaitable<T> = T | Promise<T>;

/** What passed the door, or the reading under way. */
type Read = readonly Passed[] | Promise<void>;

export class Reader {
  readonly #wants: DataLoader<Want, true>;
  readonly #families: DataLoader<FamilyView, ShownFamily | null, string>;
  readonly #read = new Map<RecordType, Map<PersonId, Read>>();
  readonly #persons = new Map<PersonId, ShownPerson | null>();
  /** By the list of types, of which resolvers have one a field. */
  readonly #holders = new Map<readonly RecordType[], readonly Source[]>();
  readonly #statuses = new Map<readonly RecordType[], readonly SourceStatus[]>();

  constructor(private readonly parts: ReaderParts) {
    this.#wants = new DataLoader((wants) => this.#fulfil(wants), { cache: false });
    this.#families = new DataLoader((families) => this.#showFamilies(families), { cacheKeyFn: (family) => family.id });
  }

  get requester(): Requester {
    return this.parts.standing.requester;
  }

  get agency(): Agency {
    return this.#agency(this.parts.standing.requester.agency);
  }

  /** Released records of these types about a person, in a stable order that no hidden record moves. */
  records(types: readonly RecordType[], person: PersonId): Awaitable<Listing<Released<ShownRecord>>> {
    return this.recordsOfAll(types, [person]);
  }

  /** Released records of these types about any of these persons, as one list. */
  recordsOfAll(types: readonly RecordType[], persons: readonly PersonId[]): Awaitable<Listing<Released<ShownRecord>>> {
    const known = this.#known(types, persons);
    if (known) return this.#list(types, known);
    return this.#wants.load({ types, persons }).then(() => this.#list(types, this.#known(types, persons) ?? []));
  }

  /** A person of whom something may be shown, or null: absent and silent are the same. */
  person(person: PersonId): Awaitable<ShownPerson | null> {
    const shown = this.#persons.get(person);
    if (shown !== undefined) return shown;
    if (this.#known(DETAILS, [person])) return this.#show(person);
    return this.#wants.load({ types: DETAILS, persons: [person] }).then(() => this.#show(person));
  }

  /** Reads what will be asked of these families: who their members are and the joined lists, then the members' own lists. */
  async readAhead(families: readonly ShownFamily[], { members, children, joined }: Foreseen): Promise<void> {
    const all = families.flatMap((family) => family.members);
    const ofMembers = members ? personsOf(all) : [];
    const ofWorkbooks = children ? personsOf(all.filter(isChild)) : [];
    await this.#ensure([
      { types: DETAILS, persons: [...ofMembers, ...ofWorkbooks] },
      { types: joined, persons: families.flatMap(({ included }) => included) },
    ]);
    await this.#ensure([...this.#own(members, ofMembers), ...this.#own(children, ofWorkbooks)]);
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

  /** The family with this id, found through the member that the id names, if the requester may know of it. */
  async family(member: PersonId, id: string): Promise<ShownFamily | null> {
    await this.parts.surroundings.ensure([member]);
    const family = this.parts.view.familiesOf(member).find((candidate) => candidate.aliases.includes(id));
    return family ? this.#families.load(family) : null;
  }

  /** The families that the requester (MINE) or those they manage (TEAM) work with, by id. */
  async families(scope: 'MINE' | 'TEAM' | undefined): Promise<readonly ShownFamily[]> {
    const { work, surroundings, view } = this.parts;
    const persons = [...(scope === 'TEAM' ? [] : work.own), ...(scope === 'MINE' ? [] : work.managed)];
    await surroundings.ensure(persons);
    const families = new Map(
      persons.flatMap((person) => view.includingFamiliesOf(person)).map((family) => [family.id, family]),
    );
    const sorted = [...families.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const shown = await this.#families.loadMany(sorted);
    return shown.flatMap((family) => {
      if (family instanceof Error) throw family;
      return family ?? [];
    });
  }

  /** Persons who match, and of whom something may be shown; beside them, for the log alone, all who matched. */
  async find({
    nhsNumber,
    ...words
  }: NumberedFindAsk): Promise<Listing<ShownPerson> & { readonly matched: readonly PersonId[] }> {
    const { asking, links } = this.parts;
    const ask = nhsNumber === undefined ? words : { ...words, nhsNumber: nhsNumber.replace(/\s+/g, '') };
    const finders = asking.sources.filter((source) => source.finds);
    const found = await Promise.all(
      finders.map(async (source) => {
        const reply = await asking.ask(source, (options) => source.find(ask, options), this.#onBehalf(source), anyId);
        await links.learn(source.space, reply.items);
        return reply.items.map(links.personsIn(source.space));
      }),
    );
    const persons = [...new Set(found.flat())].sort();
    await this.#ensure([{ types: DETAILS, persons }]);
    const shown = persons
      .filter((person) =>
        this.#isFoundByWhatIsShown(
          person,
          ask,
          finders.filter((_, i) => found[i]?.includes(person)),
        ),
      )
      .map((person) => this.#show(person));
    return {
      items: shown.flatMap((person) => person ?? []),
      withheld: [],
      sources: finders.map((source) => this.#status(source)),
      matched: persons,
    };
  }

  /** A match on what an agency holds and does not show would tell it: who is found must be shown, as asked, by a source that found them. */
  #isFoundByWhatIsShown(person: PersonId, ask: NumberedFindAsk, finders: readonly Source[]): boolean {
    const holders = new Set(finders.map(({ holder }) => holder));
    const fields = (['forename', 'surname', 'dateOfBirth'] as const).filter((field) => ask[field] !== undefined);
    return (this.#known(DETAILS, [person]) ?? []).some(
      ({ record }) =>
        record &&
        holders.has(record.holder.id) &&
        fields.every((field) => typeof record[field] === 'string') &&
        (ask.nhsNumber === undefined || record['nhsNumber'] === ask.nhsNumber),
    );
  }

  /** One record by its id at its source, if it may be shown. */
  async recordById(type: RecordType, sourceId: SourceId, localId: string): Promise<Released<ShownRecord> | null> {
    const found = await this.#one(type, sourceId, localId);
    if (!found) return null;
    // With all of its kind about the person: what is "the latest" is decided among them, as in the list.
    const { items } = await this.recordsOfAll([type], [found.record.label.subject]);
    return items.find(({ id }) => id === recordId(found.record.label)) ?? null;
  }

  /** For judging: what a record is and who holds it, never what it says. */
  async labelOf(
    type: RecordType,
    sourceId: SourceId,
    localId: string,
  ): Promise<{ label: RecordLabel<PersonId>; holder: AgencyId } | null> {
    const found = await this.#one(type, sourceId, localId);
    return found ? { label: found.record.label, holder: found.source.holder } : null;
  }

  /** Of written contributions those that may be shown now, in their order; each is decided, and noted, like any record. */
  async contributions(written: readonly WrittenContribution[]): Promise<readonly Released<ShownRecord>[]> {
    const { surroundings, view } = this.parts;
    const subjects = written.map(({ subject }) => subject);
    await surroundings.ensure(subjects);
    const familyOf = (person: PersonId) => view.includingFamiliesOf(person).flatMap(({ included }) => included);
    await surroundings.ensure(subjects.flatMap(familyOf));
    const sealed = written.map((part) => {
      const worksWith = (person: PersonId) => view.of('involvements', person).some((row) => row.holder === part.holder);
      const others = worksWith(part.subject) ? [] : familyOf(part.subject).filter(worksWith);
      return sealContribution(part, others.length > 0 ? [...new Set(others)] : [part.subject]);
    });
    return recordsOf(await this.parts.door.release(sealed));
  }

  /** The included members of the family with this id, if this member is one of them; for what is asked for a member. */
  async includedWith(member: PersonId, id: string): Promise<readonly PersonId[] | undefined> {
    await this.parts.surroundings.ensure([member]);
    const families = this.parts.view.includingFamiliesOf(member);
    return families.find(({ aliases }) => aliases.includes(id))?.included;
  }

  /** Everybody included in the families that the requester, and those they manage, work with, and with whom they work. */
  async everybodyWorkedWith(): Promise<readonly PersonId[]> {
    const { work, surroundings, view } = this.parts;
    const direct = [...work.own, ...work.managed];
    await surroundings.ensure(direct);
    const families = direct.flatMap((person) => view.includingFamiliesOf(person));
    return [...new Set([...direct, ...families.flatMap(({ included }) => included)])].sort();
  }

  /** What the requester's own agency holds of these types about these persons: one call a source, whoever they are. */
  async ownHeld(types: readonly RecordType[], persons: readonly PersonId[]): Promise<readonly OwnHeld[]> {
    const { asking, links } = this.parts;
    const own = asking.sources.filter(
      ({ holder, provides }) => holder === this.requester.agency && types.some((type) => provides.has(type)),
    );
    const keys = new Map(types.map((type) => [type, new Set(persons)]));
    const locals = await links.localsOf(persons);
    const read = await Promise.all(own.map((source) => this.#recordsFrom(source, keys, locals)));
    return read.flat().map((record) => ({ label: record.label, sealed: seal(record) }));
  }

  /** What of these may be shown, in their order. */
  async shownOf(held: readonly OwnHeld[]): Promise<readonly (Released<ShownRecord> | undefined)[]> {
    const passed = await this.parts.door.release(held.map(({ sealed }) => sealed));
    return passed.map(({ record }) => record);
  }

  /** How the own agency's sources of these types have answered. */
  ownStatuses(types: readonly RecordType[]): readonly SourceStatus[] {
    return this.statuses(types).filter(({ agency }) => agency.id === this.requester.agency);
  }

  async #one(type: RecordType, sourceId: SourceId, localId: string) {
    const source = this.parts.asking.sources.find(({ id }) => id === sourceId);
    if (!source?.provides.has(type)) return null;
    const reply = await this.parts.asking.ask(
      source,
      (options) => source.readOne({ type, localId }, options),
      this.#onBehalf(source),
      recordWith(type, localId),
    );
    const [record] = await this.#lift(source, reply.items.slice(0, 1));
    return record ? { record, source } : null;
  }

  /** How every source that could hold these types has answered so far: the same list whatever is known of anybody. */
  statuses(types: readonly RecordType[]): readonly SourceStatus[] {
    const sources = entry(this.#holders, types, () =>
      this.parts.asking.sources.filter((source) => types.some((type) => source.provides.has(type))),
    );
    const last = this.#statuses.get(types);
    if (last && sources.every((source, i) => last[i]?.state === this.#stateOf(source))) return last;
    const statuses = sources.map((source) => this.#status(source));
    this.#statuses.set(types, statuses);
    return statuses;
  }

  allStatuses(): readonly SourceStatus[] {
    return this.parts.asking.sources.map((source) => this.#status(source));
  }

  #status(source: Source): SourceStatus {
    const { asking } = this.parts;
    return {
      agency: this.#agency(source.holder),
      source: source.id,
      state: this.#stateOf(source),
      missingColumns: source.missing ?? [],
      // Looked up where they are asked for: a status stands beside every list.
      get lagSeconds() {
        return asking.healthOf(source).lagSeconds;
      },
      get lastGoodRead() {
        return asking.healthOf(source).lastGoodRead ?? null;
      },
    };
  }

  /**
   * That rows of an adult service could not be read would tell other agencies that somebody asked for is known to it: they
   * are told whether it answered, no more. The log has the rest.
   */
  #stateOf(source: Source): SourceState {
    const agency = this.#agency(source.holder);
    const state = this.parts.asking.stateOf(source.id);
    const tellsOfRows =
      state === 'DEGRADED' && agency.id !== this.requester.agency && ADULT_WORK_AGENCY_KINDS.includes(agency.kind);
    return tellsOfRows ? 'OK' : state;
  }

  #agency(id: AgencyId): Agency {
    const agency = this.parts.agencies.get(id);
    if (!agency) throw new Error('an agency of the configuration is not in the directory');
    return agency;
  }

  /** The requester's id at a source, an e-mail address where there is one: for systems that limit access per user. */
  #onBehalf(source: Source): string | undefined {
    const { identities, requester } = this.parts.standing;
    const own = [...identities].filter(
      ([key, worker]) => worker === requester.worker && key.startsWith(`${source.space} `),
    );
    const ids = own.map(([key]) => key.slice(source.space.length + 1));
    return ids.find((id) => id.includes('@')) ?? ids[0];
  }

  #list(types: readonly RecordType[], passed: Passed[]): Listing<Released<ShownRecord>> {
    const withheld = noticesOf(passed);
    return { items: recordsOf(passed.sort(newestFirst)), withheld, sources: this.statuses(types) };
  }

  /** What passed the door of these, or undefined while any of it is not read. */
  #known(types: readonly RecordType[], persons: readonly PersonId[]): Passed[] | undefined {
    const known: Passed[] = [];
    for (const type of types) {
      const byPerson = this.#read.get(type);
      for (const person of persons) {
        const read = byPerson?.get(person);
        if (read === undefined || read instanceof Promise) return undefined;
        for (const passed of read) known.push(passed);
      }
    }
    return known;
  }

  async #ensure(wants: readonly Want[]): Promise<void> {
    const missing = wants.filter(({ types, persons }) => !this.#known(types, persons));
    if (missing.length > 0) await this.#wants.loadMany(missing).then(throwFirst);
  }

  /** All wants of one turn of the event loop. What was wanted before is not read, and does not pass the door, again. */
  async #fulfil(wants: readonly Want[]): Promise<true[]> {
    const fresh = new Map<RecordType, Set<PersonId>>();
    const underWay = new Set<Promise<void>>();
    for (const { types, persons } of wants) {
      for (const type of types) {
        const byPerson = entry(this.#read, type, () => new Map<PersonId, Read>());
        for (const person of persons) {
          const read = byPerson.get(person);
          if (read instanceof Promise) underWay.add(read);
          else if (!read) entry(fresh, type, () => new Set()).add(person);
        }
      }
    }
    if (fresh.size > 0) {
      const reading = this.#readHeld(fresh);
      for (const [type, persons] of fresh) for (const person of persons) this.#read.get(type)?.set(person, reading);
      underWay.add(reading);
    }
    await Promise.all(underWay);
    return wants.map(() => true);
  }

  /** One call a source for a whole level of the query, all types together, then the door once. */
  async #readHeld(keys: ReadonlyMap<RecordType, ReadonlySet<PersonId>>): Promise<void> {
    const { asking, links, door, surroundings } = this.parts;
    const wanted = new Set([...keys.values()].flatMap((persons) => [...persons]));
    const locals = await links.localsOf(wanted);
    const providers = asking.sources.filter((source) => [...keys.keys()].some((type) => source.provides.has(type)));
    // Who does not exist, or is hidden, costs the same calls as anybody: their surroundings are asked for either way.
    const [sealed] = await Promise.all([
      Promise.all(providers.map((source) => this.#recordsFrom(source, keys, locals))),
      surroundings.ensure(wanted),
    ]);
    const passed = await door.release(sealed.flat().map(seal));
    const byType = new Map(
      [...keys].map(([type, persons]) => [
        type,
        new Map(Array.from(persons, (person): [PersonId, Passed[]] => [person, []])),
      ]),
    );
    for (const one of passed) byType.get(one.type)?.get(one.subject)?.push(one);
    for (const [type, byPerson] of byType)
      for (const [person, read] of byPerson) this.#read.get(type)?.set(person, read);
  }

  async #recordsFrom(
    source: Source,
    keys: ReadonlyMap<RecordType, ReadonlySet<PersonId>>,
    locals: ReadonlyMap<PersonId, readonly { space: SourceId; local: LocalId }[]>,
  ): Promise<SourceRecord<PersonId>[]> {
    const wanted = new Map<RecordType, LocalId[]>();
    for (const [type, persons] of keys) {
      if (!source.provides.has(type)) continue;
      const ids: LocalId[] = [];
      for (const person of persons)
        for (const ref of locals.get(person) ?? []) if (ref.space === source.space) ids.push(ref.local);
      wanted.set(type, ids);
    }
    const asked = new Map([...wanted].map(([type, ids]) => [type, new Set(ids)]));
    const wants = [...wanted].map(([type, ids]) => ({ type, persons: ids.length > 0 ? ids : [NOBODY] }));
    const reply = await this.parts.asking.ask(
      source,
      (options) => source.read({ wants }, options),
      this.#onBehalf(source),
      expectRecordsOf(asked),
    );
    if (!hasAnswered(reply)) return [];
    return this.#lift(source, reply.items);
  }

  /** The same records with the gateway's persons in place of the source's. */
  async #lift(source: Source, records: readonly SourceRecord[]): Promise<SourceRecord<PersonId>[]> {
    const { links } = this.parts;
    const locals = new Set<LocalId>();
    const note = (local: LocalId) => void locals.add(local);
    for (const record of records) eachLocal(record, note);
    await links.learn(source.space, locals);
    const personOf = links.personsIn(source.space);
    return records.map((record) => lift(record, personOf));
  }

  /** Requires that the person's details are read. */
  #show(person: PersonId): ShownPerson | null {
    let shown = this.#persons.get(person);
    if (shown === undefined) {
      shown = mergePerson(
        person,
        this.parts.view.isChild(person),
        this.#known(DETAILS, [person]) ?? [],
        this.statuses(DETAILS),
      );
      this.#persons.set(person, shown);
    }
    return shown;
  }

  /** Memberships are records too: kept by the agency that keeps the family, and decided by the door like any other. */
  async #showFamilies(families: readonly FamilyView[]): Promise<(ShownFamily | null)[]> {
    const sealed = families.map((family) => this.#membershipsOf(family).map(seal));
    const passed = await this.parts.door.release(sealed.flat());
    let from = 0;
    return families.map((family, i) => {
      const mine = passed.slice(from, from + (sealed[i]?.length ?? 0));
      from += mine.length;
      const members = recordsOf(mine);
      const withheld = noticesOf(mine);
      if (members.length === 0 && withheld.length === 0) return null;
      return {
        __typename: 'Family',
        id: familyNodeId(family, this.#nameable(family, members)),
        members,
        included: family.included,
        withheld,
      };
    });
  }

  /** A membership as the requester's own agency keeps it, where it does; else as the agency that keeps the family does. */
  #membershipsOf(family: FamilyView): SourceRecord<PersonId>[] {
    const tellers = this.parts.asking.sources.filter(({ tells }) => tells.has('memberships'));
    const leading = tellers.find(({ space }) => family.id.startsWith(`${space}:`));
    const own = tellers.filter(({ holder }) => holder === this.requester.agency);
    return [...family.members].flatMap(([person, { included, isChild }]): SourceRecord<PersonId>[] => {
      const source = own.find(({ space }) => this.#isToldBy(space, family, person)) ?? leading;
      if (!source) return [];
      return [
        {
          label: {
            type: 'FamilyMember',
            source: source.id,
            localId: `${family.id}/${person}`,
            subject: person,
            names: [],
            fromWorkWith: [person],
            category: 'NETWORK',
            kind: 'OTHER',
            confidentiality: 'N',
            addresses: [],
          },
          content: { isChild, included },
          persons: { person },
        },
      ];
    });
  }

  /** Members who may name the family: those shown, else those the requester works with; never one who is hidden. */
  #nameable(family: FamilyView, members: readonly Released<ShownRecord>[]): readonly PersonId[] {
    return members.length > 0
      ? personsOf(members)
      : [...family.members.keys()].filter((person) => this.worksWith(person));
  }

  #isToldBy(space: SourceId, family: FamilyView, person: PersonId): boolean {
    return this.parts.view
      .of('memberships', person)
      .some((row) => row.space === space && family.aliases.includes(`${space}:${row.family}`));
  }

  /** Whether the requester or those they manage work with a person now. */
  worksWith(person: PersonId): boolean {
    return worksWith(this.parts.work, person);
  }
}

const DETAILS: readonly RecordType[] = ['PersonDetails'];

const isChild = (member: Released<ShownRecord>) => member['isChild'] === true;

/** The persons whom these memberships show. */
function personsOf(members: readonly Released<ShownRecord>[]): PersonId[] {
  return members.flatMap(({ person }) => (typeof person === 'string' ? person : []));
}

function throwFirst(results: readonly (true | Error)[]): void {
  for (const result of results) if (result instanceof Error) throw result;
}

/** A family is named by its source's id and one of its members, so that it can be found again without searching. */
function familyNodeId(family: FamilyView, nameable: readonly PersonId[]): string {
  const [member = ''] = [...nameable].sort();
  return Buffer.from(`Family:${member}:${family.id}`).toString('base64url');
}

function newestFirst(a: Passed, b: Passed): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  const [left, right] = [a.record?.id ?? '', b.record?.id ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
