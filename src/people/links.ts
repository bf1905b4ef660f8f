/**
 * Which source persons are whom, for one operation: grows as sources answer, so that each is looked up once.
 */
import { entry } from '../domain/entry.js';
import type { LocalId, PersonId, SourceId } from '../domain/words.js';
import { type People, refKey } from './people.js';

export interface Ref {
  readonly space: SourceId;
  readonly local: LocalId;
}

export class Links {
  readonly #persons = new Map<SourceId, Map<LocalId, PersonId>>();
  readonly #locals = new Map<PersonId, Ref[]>();

  constructor(private readonly people: People) {}

  /** Learns who these of one space are, those not yet known in one look-up; a source person never seen before becomes a person of ours. */
  async learn(space: SourceId, locals: Iterable<LocalId>): Promise<void> {
    const known = this.#in(space);
    const unknown = new Set<LocalId>();
    for (const local of locals) if (!known.has(local)) unknown.add(local);
    if (unknown.size === 0) return;
    const refs = Array.from(unknown, (local) => ({ space, local }));
    const resolved = await this.people.resolve(refs);
    for (const ref of refs) {
      const person = resolved.get(refKey(ref));
      if (person !== undefined) known.set(ref.local, person);
    }
  }

  /** Tells who the learnt persons of a space are. What it gives throws on one that was not learnt first. */
  personsIn(space: SourceId): (local: LocalId) => PersonId {
    const known = this.#in(space);
    return (local) => {
      const person = known.get(local);
      if (person === undefined) throw new Error('a source person was used before it was resolved');
      return person;
    };
  }

  /** The source persons that each of these is, in one look-up for those not yet asked. */
  async localsOf(persons: Iterable<PersonId>): Promise<ReadonlyMap<PersonId, readonly Ref[]>> {
    const asked = [...persons];
    const unknown = asked.filter((person) => !this.#locals.has(person));
    if (unknown.length > 0) {
      for (const person of unknown) this.#locals.set(person, []);
      for (const { person, space, local } of await this.people.locals(unknown)) {
        this.#locals.get(person)?.push({ space, local });
        this.#in(space).set(local, person);
      }
    }
    return new Map(asked.map((person) => [person, this.#locals.get(person) ?? []]));
  }

  #in(space: SourceId): Map<LocalId, PersonId> {
    return entry(this.#persons, space, () => new Map<LocalId, PersonId>());
  }
}
