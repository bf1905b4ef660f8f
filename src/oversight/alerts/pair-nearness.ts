/**
 * How near workers stand to the people they asked about: kept from before, or else read of now at the sources. What is near is
 * worked out in `nearness.ts`; of a worker whom the directory does not know, nothing is found.
 */
import type { IsoInstant, PersonId, WorkerId } from '../../domain/words.js';
import type { StaffMember } from '../../people/staff.js';
import type { Store } from '../../store/store.js';
import { DAY_MS } from './days.js';
import { knownPerson, knownWorker, surnameOf, toldOf } from './known.js';
import { type LoggedReadingParts, readLogged } from './logged-reading.js';
import { nearnessOf, rareNamesAmong } from './nearness.js';
import { type Nearness, type NearnessByPair, openPairRows, pairKey, type WatchedPair } from './pair-rows.js';
import type { Deed } from './sightings.js';

export interface PairNearnessParts extends LoggedReadingParts {
  readonly store: Store;
}

export interface PairNearness {
  /** Of every worker to everybody they asked about: what is not known yet is read at the sources. */
  ofAll(deeds: readonly Deed[], staff: ReadonlyMap<WorkerId, StaffMember>): Promise<NearnessByPair>;
}

/** What was found of a pair counts so long; of one that rests on involvement alone, one day. */
const NEAR_FOR_MS = 90 * DAY_MS;
const NOBODY: ReadonlySet<PersonId> = new Set();

export function openPairNearness(parts: PairNearnessParts): PairNearness {
  const rows = openPairRows(parts.store);

  async function readPairs(
    pairs: readonly WatchedPair[],
    staff: ReadonlyMap<WorkerId, StaffMember>,
    at: IsoInstant,
  ): Promise<NearnessByPair> {
    const found = new Map<string, Nearness>();
    const known = pairs.filter(({ worker }) => staff.has(worker));
    if (known.length === 0) return found;
    const persons = new Set(known.map(({ person }) => person));
    for (const { worker } of known) {
      const self = staff.get(worker)?.person;
      if (self !== undefined) persons.add(self);
    }
    const read = await readLogged(parts, [...persons], at);
    const colleagues = new Set([...staff.values()].flatMap(({ person }) => person ?? []));
    const rareNames = rareNamesAmong([...staff.values()].map(({ name }) => surnameOf(name)));
    for (const pair of known) {
      const member = staff.get(pair.worker);
      const other = read.persons.get(pair.person);
      if (!member || !other) continue;
      const self = member.person === undefined ? undefined : read.persons.get(member.person);
      const own = colleagues.has(pair.person) && member.person !== pair.person ? colleagues : NOBODY;
      const near = nearnessOf(knownWorker(member, self, rareNames), knownPerson(pair.person, other), own);
      found.set(pairKey(pair), { near, ...toldOf(member, other.work) });
    }
    // What a source that is down would tell is asked again with the next operation.
    if (read.gaps.length === 0) await rows.keep(found, known, at);
    return found;
  }

  return {
    async ofAll(deeds, staff) {
      const pairs = new Map<string, WatchedPair & { readonly isUnconfirmed: boolean }>();
      for (const { worker, sightings } of deeds)
        for (const { person, unconfirmed } of sightings) {
          const key = pairKey({ worker, person });
          pairs.set(key, { worker, person, isUnconfirmed: unconfirmed || pairs.get(key)?.isUnconfirmed === true });
        }
      const at = parts.now().toISOString();
      const known = await rows.known([...pairs.values()]);
      const found = new Map<string, Nearness>();
      const unknown = [...pairs].flatMap(([key, pair]) => {
        const row = known.get(key);
        const isOld = row && Date.parse(at) - Date.parse(row.at) > (pair.isUnconfirmed ? DAY_MS : NEAR_FOR_MS);
        if (row && !isOld) found.set(key, row);
        return row && !isOld ? [] : [pair];
      });
      const fresh = await readPairs(unknown, staff, at);
      for (const [key, nearness] of fresh) found.set(key, nearness);
      return found;
    },
  };
}
