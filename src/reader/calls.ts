/**
 * What an operation asks the sources for itself, on behalf of its requester: records of persons, one record by its id, persons
 * by words. Each is one call of one source; what it answers speaks of the gateway's persons. A source that fails answers none.
 */
import { NOBODY } from '../disclosure/surroundings.js';
import type { RecordType, SourceRecord } from '../domain/records.js';
import type { Standing } from '../domain/requester.js';
import type { LocalId, PersonId, SourceId } from '../domain/words.js';
import type { Links, Ref } from '../people/links.js';
import { type Asking, hasAnswered } from '../sources/ask.js';
import type { NumberedFindAsk, Source } from '../sources/contract.js';
import { anyId, recordsOf as expectRecordsOf, recordWith } from '../sources/expected.js';
import { eachLocal, lift } from './lift.js';

export class Calls {
  constructor(
    private readonly asking: Asking,
    private readonly links: Links,
    private readonly standing: Standing,
  ) {}

  /** What a source holds of these types about these persons. Asked of a source that knows none of them all the same. */
  async recordsFrom(
    source: Source,
    keys: ReadonlyMap<RecordType, ReadonlySet<PersonId>>,
    locals: ReadonlyMap<PersonId, readonly Ref[]>,
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
    const reply = await this.asking.ask(
      source,
      (options) => source.read({ wants }, options),
      this.#onBehalf(source),
      expectRecordsOf(asked),
      locals.keys(),
    );
    if (!hasAnswered(reply)) return [];
    return this.#lift(source, reply.items);
  }

  /** One record by its id at its source, and that source; null where there is none. */
  async oneRecord(
    type: RecordType,
    sourceId: SourceId,
    localId: string,
  ): Promise<{ record: SourceRecord<PersonId>; source: Source } | null> {
    const source = this.asking.sources.find(({ id }) => id === sourceId);
    if (!source?.provides.has(type)) return null;
    const reply = await this.asking.ask(
      source,
      (options) => source.readOne({ type, localId }, options),
      this.#onBehalf(source),
      recordWith(type, localId),
    );
    const [record] = await this.#lift(source, reply.items.slice(0, 1));
    return record ? { record, source } : null;
  }

  /** Whom a source finds by these words. */
  async personsFound(source: Source, ask: NumberedFindAsk): Promise<PersonId[]> {
    const reply = await this.asking.ask(source, (options) => source.find(ask, options), this.#onBehalf(source), anyId);
    await this.links.learn(source.space, reply.items);
    return reply.items.map(this.links.personsIn(source.space));
  }

  /** The requester's id at a source, an e-mail address where there is one: for systems that limit access per user. */
  #onBehalf(source: Source): string | undefined {
    const { identities, requester } = this.standing;
    const own = [...identities].filter(
      ([key, worker]) => worker === requester.worker && key.startsWith(`${source.space} `),
    );
    const ids = own.map(([key]) => key.slice(source.space.length + 1));
    return ids.find((id) => id.includes('@')) ?? ids[0];
  }

  /** The same records with the gateway's persons in place of the source's. */
  async #lift(source: Source, records: readonly SourceRecord[]): Promise<SourceRecord<PersonId>[]> {
    const { links } = this;
    const locals = new Set<LocalId>();
    const note = (local: LocalId) => void locals.add(local);
    for (const record of records) eachLocal(record, note);
    await links.learn(source.space, locals);
    const personOf = links.personsIn(source.space);
    return records.map((record) => lift(record, personOf));
  }
}
