/**
 * One request's view of the world: every kind of thing through one DataLoader, every record through the door. Made for
 * one operation of one requester under one purpose, and thrown away with it.
 */
import DataLoader from 'dataloader';
import type { RecordLabel, RecordType, SourceRecord } from '../domain/records.js';
import type { Agency, Requester, Standing } from '../domain/requester.js';
import { ADULT_WORK_AGENCY_KINDS, type AgencyId, type LocalId, type PersonId, type SourceId } from '../domain/words.js';
import type { Door } from '../disclosure/door.js';
import type { FamilyView, View } from '../disclosure/facts/view.js';
import { includedMembers } from '../disclosure/facts/subject.js';
import { worksWith, type Work } from '../disclosure/facts/work.js';
import type { Passed, Released, ShownRecord, WithheldNotice } from '../disclosure/released.js';
import { NOBODY, type Surroundings } from '../disclosure/surroundings.js';
import type { Links } from '../people/links.js';
import { type Asking, hasAnswered } from '../sources/ask.js';
import type { FindAsk, Source } from '../sources/contract.js';
import { seal, type Sealed } from '../sources/sealed.js';
import { distinctNotices, type Listing, type SourceStatus } from './listing.js';
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

interface Key {
  readonly type: RecordType;
  readonly person: PersonId;
}

export class Reader {
  readonly #held: DataLoader<Key, readonly Passed[], string>;
  readonly #families: DataLoader<FamilyView, ShownFamily | null, string>;
  readonly #persons = new Map<PersonId, Promise<ShownPerson | null>>();

  constructor(private readonly parts: ReaderParts) {
    this.#held = new DataLoader((keys) => this.#readHeld(keys), { cacheKeyFn: ({ type, person }) => `${type} ${person}` });
    this.#families = new DataLoader((families) => this.#showFamilies(families), { cacheKeyFn: (family) => family.id });
  }

  get requester(): Requester {
    return this.parts.standing.requester;
  }

  get agency(): Agency {
    return this.#agency(this.parts.standing.requester.agency);
  }

  /** Released records of these types about a person, in a stable order that no hidden record moves. */
  records(types: readonly RecordType[], person: PersonId): Promise<Listing<Released<ShownRecord>>> {
    return this.recordsOfAll(types, [person]);
  }

  /** Released records of these types about any of these persons, as one list. */
  async recordsOfAll(types: readonly RecordType[], persons: readonly PersonId[]): Promise<Listing<Released<ShownRecord>>> {
    const keys = types.flatMap((type) => persons.map((person) => ({ type, person })));
    const passed = (await Promise.all(keys.map((key) => this.#held.load(key)))).flat();
    return {
      items: passed.sort(newestFirst).flatMap(({ record }) => record ?? []),
      withheld: distinctNotices(passed.flatMap(({ notices }) => notices)),
      sources: this.statuses(types),
    };
  }

  /** A person of whom something may be shown, or null: absent and silent are the same. */
  person(person: PersonId): Promise<ShownPerson | null> {
    let shown = this.#persons.get(person);
    if (!shown) {
      shown = this.#held.load({ type: 'PersonDetails', person }).then((passed) => this.#mergePerson(person, passed));
      this.#persons.set(person, shown);
    }
    return shown;
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
    const families = new Map(persons.flatMap((person) => view.includingFamiliesOf(person)).map((family) => [family.id, family]));
    const sorted = [...families.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const shown = await this.#families.loadMany(sorted);
    return shown.flatMap((family) => {
      if (family instanceof Error) throw family;
      return family ?? [];
    });
  }

  /** Persons who match, and of whom something may be shown. */
  async find(ask: FindAsk): Promise<Listing<ShownPerson>> {
    const { asking, links } = this.parts;
    const finders = asking.sources.filter((source) => source.finds);
    const found = await Promise.all(
      finders.map(async (source) => {
        const reply = await asking.ask(source, (options) => source.find(ask, options), this.#onBehalf(source), () => true);
        return reply.items.map((local) => ({ space: source.space, local }));
      }),
    );
    const refs = found.flat();
    await links.learn(refs);
    const persons = [...new Set(refs.map(({ space, local }) => links.personOf(space, local)))].sort();
    const shown = await Promise.all(persons.map((person) => this.person(person)));
    return { items: shown.flatMap((person) => person ?? []), withheld: [], sources: finders.map((source) => this.#status(source)) };
  }

  /** One record by its id at its source, if it may be shown. */
  async recordById(type: RecordType, sourceId: SourceId, localId: string): Promise<Released<ShownRecord> | null> {
    const found = await this.#one(type, sourceId, localId);
    const passed = found ? await this.parts.door.release([seal(found.record)]) : [];
    return passed[0]?.record ?? null;
  }

  /** For judging: what a record is and who holds it, never what it says. */
  async labelOf(type: RecordType, sourceId: SourceId, localId: string): Promise<{ label: RecordLabel<PersonId>; holder: AgencyId } | null> {
    const found = await this.#one(type, sourceId, localId);
    return found ? { label: found.record.label, holder: found.source.holder } : null;
  }

  async #one(type: RecordType, sourceId: SourceId, localId: string) {
    const source = this.parts.asking.sources.find(({ id }) => id === sourceId);
    if (!source?.provides.has(type)) return null;
    const reply = await this.parts.asking.ask(
      source,
      (options) => source.readOne({ type, localId }, options),
      this.#onBehalf(source),
      ({ label }) => label.type === type && label.localId === localId,
    );
    const [record] = await this.#lift(source, reply.items.slice(0, 1));
    return record ? { record, source } : null;
  }

  /** How every source that could hold these types has answered so far: the same list whatever is known of anybody. */
  statuses(types: readonly RecordType[]): readonly SourceStatus[] {
    return this.parts.asking.sources.filter((source) => types.some((type) => source.provides.has(type))).map((source) => this.#status(source));
  }

  allStatuses(): readonly SourceStatus[] {
    return this.parts.asking.sources.map((source) => this.#status(source));
  }

  /**
   * That rows of an adult service could not be read would tell other agencies that somebody asked for is known to it: they
   * are told whether it answered, no more. The log has the rest.
   */
  #status(source: Source): SourceStatus {
    const agency = this.#agency(source.holder);
    const state = this.parts.asking.stateOf(source.id);
    const tellsOfRows = state === 'DEGRADED' && agency.id !== this.requester.agency && ADULT_WORK_AGENCY_KINDS.includes(agency.kind);
    return { agency, source: source.id, state: tellsOfRows ? 'OK' : state };
  }

  #agency(id: AgencyId): Agency {
    const agency = this.parts.agencies.get(id);
    if (!agency) throw new Error('an agency of the configuration is not in the directory');
    return agency;
  }

  /** The requester's id at a source, an e-mail address where there is one: for systems that limit access per user. */
  #onBehalf(source: Source): string | undefined {
    const { identities, requester } = this.parts.standing;
    const own = [...identities].filter(([key, worker]) => worker === requester.worker && key.startsWith(`${source.space} `));
    const ids = own.map(([key]) => key.slice(source.space.length + 1));
    return ids.find((id) => id.includes('@')) ?? ids[0];
  }

  /** One call a source for a whole level of the query, all types together, then the door once. */
  async #readHeld(keys: readonly Key[]): Promise<readonly (readonly Passed[])[]> {
    const { asking, links, door } = this.parts;
    const locals = await links.localsOf(new Set(keys.map(({ person }) => person)));
    const providers = asking.sources.filter((source) => keys.some(({ type }) => source.provides.has(type)));
    const sealed = await Promise.all(providers.map((source) => this.#readFrom(source, keys, locals)));
    const passed = await door.release(sealed.flat());
    const byKey = new Map<string, Passed[]>();
    for (const item of passed) {
      const key = `${item.type} ${item.subject}`;
      const items = byKey.get(key);
      if (items) items.push(item);
      else byKey.set(key, [item]);
    }
    return keys.map(({ type, person }) => byKey.get(`${type} ${person}`) ?? []);
  }

  async #readFrom(source: Source, keys: readonly Key[], locals: ReadonlyMap<PersonId, readonly { space: SourceId; local: LocalId }[]>): Promise<Sealed[]> {
    const wanted = new Map<RecordType, LocalId[]>();
    for (const { type, person } of keys) {
      if (!source.provides.has(type)) continue;
      const ids = wanted.get(type) ?? [];
      wanted.set(type, ids);
      for (const ref of locals.get(person) ?? []) if (ref.space === source.space) ids.push(ref.local);
    }
    const asked = new Map([...wanted].map(([type, ids]) => [type, new Set(ids)]));
    const wants = [...wanted].map(([type, ids]) => ({ type, persons: ids.length > 0 ? ids : [NOBODY] }));
    const reply = await this.parts.asking.ask(
      source,
      (options) => source.read({ wants }, options),
      this.#onBehalf(source),
      ({ label }) => asked.get(label.type)?.has(label.subject) === true,
    );
    if (!hasAnswered(reply)) return [];
    return (await this.#lift(source, reply.items)).map(seal);
  }

  /** The same records with the gateway's persons in place of the source's. */
  async #lift(source: Source, records: readonly SourceRecord[]): Promise<SourceRecord<PersonId>[]> {
    const { links } = this.parts;
    const { space } = source;
    const locals = records.flatMap(({ label, persons }) => [label.subject, ...label.names, ...label.fromWorkWith, ...Object.values(persons ?? {}).flat()]);
    await links.learn(locals.map((local) => ({ space, local })));
    const personOf = (local: LocalId) => links.personOf(space, local);
    const lift = (value: LocalId | readonly LocalId[]) => (typeof value === 'string' ? personOf(value) : value.map(personOf));
    return records.map(({ label, content, persons }) => ({
      label: { ...label, subject: personOf(label.subject), names: label.names.map(personOf), fromWorkWith: label.fromWorkWith.map(personOf) },
      content,
      ...(persons ? { persons: Object.fromEntries(Object.entries(persons).map(([field, value]) => [field, lift(value)])) } : {}),
    }));
  }

  #mergePerson(person: PersonId, passed: readonly Passed[]): ShownPerson | null {
    return mergePerson(person, this.parts.view.isChild(person), passed, this.statuses(['PersonDetails']));
  }

  /** Memberships are records too: kept by the agency that keeps the family, and decided by the door like any other. */
  async #showFamilies(families: readonly FamilyView[]): Promise<(ShownFamily | null)[]> {
    const sealed = families.map((family) => this.#membershipsOf(family).map(seal));
    const passed = await this.parts.door.release(sealed.flat());
    let from = 0;
    return families.map((family, i) => {
      const mine = passed.slice(from, from + (sealed[i]?.length ?? 0));
      from += mine.length;
      const members = mine.flatMap(({ record }) => record ?? []);
      const withheld = distinctNotices(mine.flatMap(({ notices }) => notices));
      if (members.length === 0 && withheld.length === 0) return null;
      return { __typename: 'Family', id: familyNodeId(family), members, included: includedMembers(family), withheld };
    });
  }

  #membershipsOf(family: FamilyView): SourceRecord<PersonId>[] {
    const source = this.parts.asking.sources.find(({ space, tells }) => tells.has('memberships') && family.id.startsWith(`${space}:`));
    if (!source) return [];
    return [...family.members].map(([person, { included, isChild }]) => ({
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
    }));
  }

  /** Whether the requester or those they manage work with a person now. */
  worksWith(person: PersonId): boolean {
    return worksWith(this.parts.work, person);
  }
}

/** A family is named by its source's id and one of its members, so that it can be found again without searching. */
function familyNodeId(family: FamilyView): string {
  const [member = ''] = [...family.members.keys()].sort();
  return Buffer.from(`Family:${member}:${family.id}`).toString('base64url');
}

function newestFirst(a: Passed, b: Passed): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  const [left, right] = [a.record?.id ?? '', b.record?.id ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
