/**
 * Who is the same person: the gateway's neutral ids, and the local ids that each source knows a person by. A source person
 * never seen before becomes a person of ours; joining two is the work of links that somebody confirmed.
 */
import { push } from '../domain/entry.js';
import type { LocalId, PersonId, SourceId } from '../domain/words.js';
import type { Store } from '../store/store.js';

/** A person as one id space knows them. */
export interface PersonRef {
  readonly space: SourceId;
  readonly local: LocalId;
}

export interface People {
  /** The person behind each ref, by `refKey`. New refs are linked to new ids, durably; instances that race agree on one. */
  resolve(refs: readonly PersonRef[]): Promise<ReadonlyMap<string, PersonId>>;
  /** Every local id of these persons, in every space. Persons nobody knows have none. */
  locals(
    persons: readonly PersonId[],
  ): Promise<readonly { readonly person: PersonId; readonly space: SourceId; readonly local: LocalId }[]>;
}

/** The key under which `resolve` answers. Injective, as spaces hold no blank. */
export function refKey({ space, local }: PersonRef): string {
  return `${space} ${local}`;
}

export interface PeopleParts {
  /** Gives ids that tell nothing about anybody and are never given twice, over all instances. */
  readonly newId: () => string;
  /** Is told of source persons never seen before, once they are linked to ids of ours. Must not throw. */
  readonly met?: (refs: readonly PersonRef[]) => void;
}

export function openPeople(store: Store, { newId, met }: PeopleParts): People {
  const known = `SELECT person_id AS person, space, local_id AS local FROM person_link
    WHERE space = ? AND local_id IN ${store.keyList}`;
  const linkNew = `INSERT INTO person_link (space, local_id, person_id)
    SELECT r.space, r.local_id, r.person_id FROM ${store.rowList(['space', 'local_id', 'person_id'])} r
    WHERE NOT EXISTS (SELECT 1 FROM person_link p ${store.claiming} WHERE p.space = r.space AND p.local_id = r.local_id)`;
  const localsOf = `SELECT person_id AS person, space, local_id AS local FROM person_link WHERE person_id IN ${store.keyList}`;

  interface Link extends PersonRef {
    readonly person: PersonId;
  }

  async function lookUp(refs: Iterable<PersonRef>, found: Map<string, PersonId>): Promise<void> {
    const bySpace = new Map<SourceId, LocalId[]>();
    for (const { space, local } of refs) push(bySpace, space, local);
    for (const [space, locals] of bySpace) {
      for (const link of await store.read<Link>(known, [space, JSON.stringify(locals)]))
        found.set(refKey(link), link.person);
    }
  }

  return {
    async resolve(refs) {
      const found = new Map<string, PersonId>();
      if (refs.length === 0) return found;
      await lookUp(refs, found);
      const unknown = new Map<string, PersonRef>();
      for (const ref of refs) if (!found.has(refKey(ref))) unknown.set(refKey(ref), ref);
      if (unknown.size === 0) return found;
      const rows = Array.from(unknown.values(), ({ space, local }) => [space, local, `P-${newId()}`]);
      await store.transaction((transaction) => transaction.run(linkNew, [JSON.stringify(rows)]));
      await lookUp(unknown.values(), found);
      met?.([...unknown.values()]);
      return found;
    },
    async locals(persons) {
      if (persons.length === 0) return [];
      return store.read<Link>(localsOf, [JSON.stringify(persons)]);
    },
  };
}
