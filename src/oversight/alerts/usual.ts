/** What is usual of a worker and of others in the role, from the counts a day that the index keeps. */
import type { DayCount, Search } from '../../audit/index/search.js';
import type { Term } from '../../audit/index/terms.js';
import type { WorkerId } from '../../domain/words.js';
import type { StaffMember } from '../../people/staff.js';
import type { Day, Usual } from './day-rules.js';
import { dayBefore, dayOf, startOf } from './days.js';

interface UsualParts {
  readonly search: Pick<Search, 'daily' | 'totals' | 'find'>;
  readonly staff: ReadonlyMap<WorkerId, StaffMember>;
}

const USUAL_DAYS = 28;
/** Days of others that are compared, the latest: enough for a median of many. */
const PEER_DAYS = 10;

/** For one worker's day. `next` is the day after. */
export async function usualOf(
  { search, staff }: UsualParts,
  worker: WorkerId,
  day: string,
  next: string,
): Promise<Omit<Day, 'deeds' | 'isOver' | 'earlierNights' | 'isFrontDoor'>> {
  const since = dayBefore(day, USUAL_DAYS);
  const peers = peersOf(staff, worker);
  const [volumes, searches, nights] = await Promise.all(
    (['worker', 'searcher', 'night'] as const).map((kind) => search.daily({ kind, name: worker }, since, next)),
  );
  const usual = async (kind: Term['kind'], counts: readonly DayCount[], of: 'persons' | 'entries'): Promise<Usual> => {
    const today = counts.find((count) => count.day === day)?.[of] ?? 0;
    const own = counts.filter((count) => count.day !== day && count[of] > 0).map((count) => count[of]);
    return { today, own, peers: today < WORTH_COMPARING[of] ? [] : await peerDays(search, kind, of, peers, day) };
  };
  const isActive = ({ day: on, persons }: DayCount) => on !== day && persons > 0;
  return {
    volume: await usual('worker', volumes ?? [], 'persons'),
    searches: await usual('searcher', searches ?? [], 'entries'),
    active: (volumes ?? []).filter(isActive).length,
    nights: (nights ?? []).filter(isActive).length,
    unknownDays: await unknownDays(search, worker, since, day),
  };
}

/** Below the floors of the rules nothing is compared, so nothing is counted either. */
const WORTH_COMPARING = { persons: 100, entries: 6 } as const;

/** Days of others of the role on which there was any. */
async function peerDays(
  search: UsualParts['search'],
  kind: Term['kind'],
  of: 'persons' | 'entries',
  peers: ReadonlySet<WorkerId>,
  day: string,
): Promise<readonly number[]> {
  const all: number[] = [];
  for (let back = 1; back <= PEER_DAYS; back += 1) {
    const totals = await search.totals(kind, dayBefore(day, back), dayBefore(day, back - 1));
    for (const { name, [of]: count } of totals) if (peers.has(name) && count > 0) all.push(count);
  }
  return all;
}

/**
 * Whoever holds a role that the worker holds, but for the worker: of their own teams where those are enough, as a front door
 * and a long-term team do different work in one role.
 */
function peersOf(staff: ReadonlyMap<WorkerId, StaffMember>, worker: WorkerId): ReadonlySet<WorkerId> {
  const self = staff.get(worker);
  const ofRole = [...staff.values()].filter(
    (other) => other.worker !== worker && other.roles.some((role) => self?.roles.includes(role)),
  );
  const ofTeam = ofRole.filter(({ teams }) => [...teams].some((team) => self?.teams.has(team)));
  return new Set((ofTeam.length >= ENOUGH_PEERS ? ofTeam : ofRole).map((other) => other.worker));
}

const ENOUGH_PEERS = 5;

/** Days of the last weeks on which the worker asked and was not known so to the directory. */
async function unknownDays(search: UsualParts['search'], worker: WorkerId, since: string, day: string) {
  const { entries } = await search.find({
    all: [
      { kind: 'worker', name: worker },
      { kind: 'result', name: 'REFUSED' },
    ],
    since: startOf(since),
    until: startOf(day),
    limit: 200,
  });
  return new Set(entries.filter(({ body }) => body.code === 'NOT_KNOWN_HERE').map(({ body }) => dayOf(body.at))).size;
}
