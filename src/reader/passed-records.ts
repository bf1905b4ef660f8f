/**
 * Everything one operation reads, as it passed the door: through one DataLoader, one call a source for a whole level of the
 * query, and each record once. What has been read is answered at once, without a promise.
 */
import DataLoader from 'dataloader';
import type { Door } from '../disclosure/door.js';
import type { Passed } from '../disclosure/released.js';
import type { Surroundings } from '../disclosure/surroundings.js';
import { entry } from '../domain/entry.js';
import type { RecordType } from '../domain/records.js';
import type { PersonId } from '../domain/words.js';
import type { Links } from '../people/links.js';
import type { Asking } from '../sources/ask.js';
import { seal } from '../sources/sealed.js';
import type { Calls } from './calls.js';

/** Every record of these types about these persons. */
export interface Want {
  readonly types: readonly RecordType[];
  readonly persons: readonly PersonId[];
}

export interface PassedParts {
  readonly asking: Asking;
  readonly calls: Calls;
  readonly links: Links;
  readonly surroundings: Surroundings;
  readonly door: Door;
}

/** What passed the door, or the reading under way. */
type Read = readonly Passed[] | Promise<void>;

export class PassedRecords {
  readonly #wants: DataLoader<Want, true>;
  readonly #read = new Map<RecordType, Map<PersonId, Read>>();

  constructor(private readonly parts: PassedParts) {
    this.#wants = new DataLoader((wants) => this.#fulfil(wants), { cache: false });
  }

  /** What passed the door of these, in a list of the caller's own; undefined while any of it is not read. */
  known(types: readonly RecordType[], persons: readonly PersonId[]): Passed[] | undefined {
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

  /** Reads these, together with whatever else is wanted in this turn of the event loop. They are known then. */
  read(want: Want): Promise<unknown> {
    return this.#wants.load(want);
  }

  /** Reads those of these that are not known. */
  async ensure(wants: readonly Want[]): Promise<void> {
    const missing = wants.filter(({ types, persons }) => !this.known(types, persons));
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
    const { asking, calls, links, door, surroundings } = this.parts;
    const wanted = new Set([...keys.values()].flatMap((persons) => [...persons]));
    const locals = await links.localsOf(wanted);
    const providers = asking.sources.filter((source) => [...keys.keys()].some((type) => source.provides.has(type)));
    // Who does not exist, or is hidden, costs the same calls as anybody: their surroundings are asked for either way.
    const [held] = await Promise.all([
      Promise.all(providers.map((source) => calls.recordsFrom(source, keys, locals))),
      surroundings.ensure(wanted),
    ]);
    const passed = await door.release(held.flat().map(seal));
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
}

function throwFirst(results: readonly (true | Error)[]): void {
  for (const result of results) if (result instanceof Error) throw result;
}
