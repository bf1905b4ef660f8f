/** The watch reads people at the sources as anybody does: an entry of the log says so, and is durable before the reading. */
import type { Audit } from '../../audit/audit.js';
import type { IsoInstant, PersonId } from '../../domain/words.js';
import type { WatchedPerson, WatchedPersons } from '../../reader/watched-persons.js';

export interface LoggedReadingParts {
  readonly audit: Audit;
  /** Reads people at the sources; the entry of it stands by then. */
  readonly read: (persons: readonly PersonId[], at: IsoInstant) => Promise<WatchedPersons>;
  readonly policyVersion: string;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** Who reads, in the log. */
export const WATCH = 'threshold-watch';
/** What its entries say was done. */
const WATCHED = 'WATCHED';

/** Read at the sources in one go. */
const PERSONS = 50;

/** Reads people, so many at a time, each reading an entry of the log first. */
export async function readLogged(
  { audit, read, policyVersion, now, newId }: LoggedReadingParts,
  persons: readonly PersonId[],
  at: IsoInstant,
): Promise<WatchedPersons> {
  const all = new Map<PersonId, WatchedPerson>();
  const gaps = new Set<string>();
  for (let i = 0; i < persons.length; i += PERSONS) {
    const some = persons.slice(i, i + PERSONS);
    await audit.append({
      v: 1,
      id: newId(),
      at: now().toISOString(),
      operation: { name: 'Watch', sha256: '', type: 'query' },
      requester: { worker: WATCH, agency: '', role: 'SYSTEM' },
      purpose: 'INFORMATION_GOVERNANCE',
      result: 'ANSWERED',
      policyVersion,
      decisions: [],
      outcomes: [],
      statements: [{ did: WATCHED, ids: [], subjects: some, policies: [] }],
    });
    const told = await read(some, at);
    for (const [person, one] of told.persons) all.set(person, one);
    for (const gap of told.gaps) gaps.add(gap);
  }
  return { persons: all, gaps: [...gaps] };
}
