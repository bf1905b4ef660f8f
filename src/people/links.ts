/**
 * Which source persons are whom, for one operation: grows as sources answer, so that each is looked up once.
 */
import type { LocalId, PersonId, SourceId } from '../domain/words.js';
import type { People } from './people.js';

export interface Ref {
  readonly space: SourceId;
  readonly local: LocalId;
}

export class Links {
  readonly #persons = new Map<SourceId, Map<LocalId, PersonId>>();
  readonly #locals = new Map<PersonId, Ref[]>();

  constructor(private readonly people: People) {}

  /** Learns who these are, those not yet known in one look-up; a source person never seen before becomes a person of ours. */
  async learn(refs: Iterable<Ref>): Promise<void> {
    const unknown = new Map<string, Ref>();
    for (const ref of refs) {
      if (!this.#persons.get(ref.space)?.has(ref.local)) unknown.set(`${ref.space} ${ref.local}`, ref);
    }
    if (unknown.size === 0) return;
    const resolved = await this.people.resolve([...unknown.values()]);
    for (const [key, ref] of unknown) {
      const person = resolved.get(key);
      if (person !== undefined) this.#note(ref.space, ref.local, person);
    }
  }

  /** Who a learnt source person is. Throws if it was not learnt first. */
  personOf(space: SourceId, local: LocalId): PersonId {
    const person = this.#persons.get(space)?.get(local);
    if (person === undefined) throw new Error('a source person was used before it was resolved');
    return person;
  }

  /** The source persons that each of these is, in one look-up for those not yet asked. */
  async localsOf(persons: Iterable<PersonId>): Promise<ReadonlyMap<PersonId, readonly Ref[]>> {
    const asked = [...persons];
    const unknown = asked.filter((person) => !this.#locals.has(person));
    if (unknown.length > 0) {
      for (const person of unknown) this.#locals.set(person, []);
      for (const { person, space, local } of await this.people.locals(unknown)) {
        this.#locals.get(person)?.push({ space, local });
        this.#note(space, local, person);
      }
    }
    return new Map(asked.map((person) => [person, this.#locals.get(person) ?? []]));
  }

  #note(space: SourceId, local: LocalId, person: PersonId): void {
    const known = this.#persons.get(space) ?? new Map<LocalId, PersonId>();
    known.set(local, person);
    this.#persons.set(space, known);
  }
}
