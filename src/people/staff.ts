/** Everybody who works at one of the agencies, as far as it tells how near they stand to the people they ask about. */
import type { AgencyId, PersonId, Role, SourceId, TeamId, WorkerId } from '../domain/words.js';
import { ROLES } from '../domain/words.js';
import type { Store } from '../store/store.js';

export interface StaffMember {
  readonly worker: WorkerId;
  readonly name: string;
  readonly agency: AgencyId;
  readonly roles: readonly Role[];
  /** The worker as a person of ours, when the directory says so. */
  readonly person?: PersonId;
  /** `${space} ${staff id}` of every id that a source knows them by. */
  readonly identities: ReadonlySet<string>;
  /** Teams they belong to, sit on, support or manage. */
  readonly teams: ReadonlySet<TeamId>;
}

/** Everybody of the directory, by worker. */
export async function readStaff(store: Store): Promise<ReadonlyMap<WorkerId, StaffMember>> {
  const [workers, identities, teams] = await store.readAll<
    [
      { id: WorkerId; name: string; agency: AgencyId; roles: string; person: PersonId | null },
      { worker: WorkerId; space: SourceId; local_id: string },
      { worker: WorkerId; team: TeamId },
    ]
  >([
    ['SELECT id, name, agency, roles, person FROM worker'],
    ['SELECT worker, space, local_id FROM worker_identity'],
    ['SELECT worker, team FROM worker_team'],
  ]);
  const all = new Map(
    workers.map(({ id, name, agency, roles, person }) => [
      id,
      {
        worker: id,
        name,
        agency,
        roles: ROLES.filter((role) => roles.split(';').includes(role)),
        ...(person === null ? {} : { person }),
        identities: new Set<string>(),
        teams: new Set<TeamId>(),
      },
    ]),
  );
  for (const { worker, space, local_id } of identities) all.get(worker)?.identities.add(`${space} ${local_id}`);
  for (const { worker, team } of teams) all.get(worker)?.teams.add(team);
  return all;
}
