/** Node ids as clients hold them. They name what was released and prove nothing: every look-up goes through the door again. */
import { RECORD_TYPES, type RecordType } from '../domain/records.js';
import type { PersonId, SourceId } from '../domain/words.js';

export type NodeRef =
  | { readonly kind: 'Person'; readonly person: PersonId }
  /** `member` is empty where nobody of the family may be named. */
  | { readonly kind: 'Family'; readonly member: PersonId; readonly family: string }
  | { readonly kind: 'Record'; readonly type: RecordType; readonly source: SourceId; readonly localId: string };

/** What an id names, or undefined when it names nothing. Hostile input. */
export function readNodeId(id: string): NodeRef | undefined {
  if (id.length > 512) return undefined;
  const [kind = '', first = '', ...rest] = Buffer.from(id, 'base64url').toString('utf8').split(':');
  const tail = rest.join(':');
  if (kind === 'Person' && first && rest.length === 0) return { kind, person: first };
  if (kind === 'Family' && tail) return { kind, member: first, family: tail };
  const type = RECORD_TYPES.find((known) => known === kind);
  return type && type !== 'PersonDetails' && type !== 'FamilyMember' && first && tail
    ? { kind: 'Record', type, source: first, localId: tail }
    : undefined;
}

/** The id of a person, as `Person.id` has it. */
export function personIdOf(person: PersonId): string {
  return Buffer.from(`Person:${person}`).toString('base64url');
}

/** The person an id names. An id that names no person names nobody, who is absent like any other. */
export function personOf(id: string): PersonId {
  const ref = readNodeId(id);
  return ref?.kind === 'Person' ? ref.person : 'nobody';
}
