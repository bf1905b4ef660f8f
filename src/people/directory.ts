/**
 * Who works where: agencies, teams and workers, read fresh for each operation. What a worker may do rests on where they
 * stand now, so nothing here is kept between operations.
 */
import type { Agency, Standing, Team } from '../domain/requester.js';
import {
  type AgencyId,
  type AgencyKind,
  type PersonId,
  ROLES,
  type Role,
  type SourceId,
  type TeamId,
  type WorkerId,
} from '../domain/words.js';
import type { Statement, Store } from '../store/store.js';

/** A worker as the directory lists them. */
export interface Worker {
  readonly id: WorkerId;
  readonly name: string;
  readonly agency: AgencyId;
  readonly roles: readonly Role[];
}

export interface Directory {
  /** Where a worker stands in this role; undefined when unknown, not of that agency, or not holding that role. */
  standing(worker: WorkerId, agency: AgencyId, role: Role): Promise<Standing | undefined>;
  agencies(): Promise<readonly Agency[]>;
  teams(): Promise<readonly Team[]>;
  team(id: TeamId): Promise<Team | undefined>;
  /** Who belongs to a team or manages it now. */
  workersOf(team: TeamId): Promise<readonly WorkerId[]>;
  workers(): Promise<readonly Worker[]>;
  worker(id: WorkerId): Promise<Worker | undefined>;
  /** Everybody of an agency. */
  workersIn(agency: AgencyId): Promise<readonly Worker[]>;
}

interface WorkerRow {
  readonly id: WorkerId;
  readonly name: string;
  readonly agency: AgencyId;
  readonly roles: string;
}
interface StandingRow extends WorkerRow {
  readonly person: PersonId | null;
  readonly kind: AgencyKind;
}
interface PlaceRow {
  readonly team: TeamId;
  readonly relation: 'MEMBER' | 'SITS_ON' | 'SUPPORTS' | 'MANAGES';
  readonly duty: number;
}
interface IdentityRow {
  readonly worker: WorkerId;
  readonly space: SourceId;
  readonly local_id: string;
}
type TeamRow = Omit<Team, 'duty'> & { readonly duty: number };
type AgencyRow = Omit<Agency, 'voluntary' | 'dutyPoint'> & { readonly voluntary: number; readonly duty_point: string };

const SELF = `SELECT w.id, w.name, w.agency, w.roles, w.person, a.kind FROM worker w JOIN agency a ON a.id = w.agency WHERE w.id = ?`;
const PLACES = `SELECT p.team, p.relation, CASE WHEN t.agency = w.agency THEN t.duty ELSE 0 END AS duty
  FROM worker_team p JOIN worker w ON w.id = p.worker JOIN team t ON t.id = p.team WHERE p.worker = ?`;
const MANAGED_IDS = `SELECT m.worker FROM worker_team l JOIN worker_team m ON m.team = l.team AND m.relation = 'MEMBER'
  WHERE l.worker = ? AND l.relation = 'MANAGES'`;
const MANAGED = `SELECT w.id, w.name, w.agency, w.roles FROM worker w WHERE w.id IN (${MANAGED_IDS})`;
const IDENTITIES = `SELECT i.worker, i.space, i.local_id FROM worker_identity i WHERE i.worker = ? OR i.worker IN (${MANAGED_IDS})`;
const CONFLICTS = `SELECT person FROM conflict WHERE worker = ?`;

export function openDirectory(store: Store): Directory {
  return {
    async standing(worker, agency, role) {
      const statements: Statement[] = [
        [SELF, [worker]],
        [PLACES, [worker]],
        [MANAGED, [worker]],
        [IDENTITIES, [worker, worker]],
        [CONFLICTS, [worker]],
      ];
      const [[self], places, managed, identities, conflicts] =
        await store.readAll<[StandingRow, PlaceRow, WorkerRow, IdentityRow, { person: PersonId }]>(statements);
      if (!self || self.agency !== agency || !rolesOf(self).includes(role)) return undefined;
      const teamsAs = (...relations: PlaceRow['relation'][]) => [
        ...new Set(places.filter(({ relation }) => relations.includes(relation)).map(({ team }) => team)),
      ];
      return {
        requester: { worker: self.id, name: self.name, agency: self.agency, agencyKind: self.kind, role },
        teams: teamsAs('MEMBER', 'SITS_ON'),
        supports: teamsAs('SUPPORTS'),
        manages: teamsAs('MANAGES'),
        onDuty: places.some(({ relation, duty }) => relation === 'MEMBER' && duty === 1),
        managed: managed
          .filter(({ id }) => id !== worker)
          .flatMap((row) => rolesOf(row).map((held) => ({ worker: row.id, role: held }))),
        identities: new Map(identities.map((row) => [`${row.space} ${row.local_id}`, row.worker])),
        ...(self.person === null ? {} : { person: self.person }),
        conflicts: conflicts.map(({ person }) => person),
      };
    },
    async agencies() {
      const rows = await store.read<AgencyRow>('SELECT id, name, kind, voluntary, duty_point FROM agency ORDER BY id');
      return rows.map(({ id, name, kind, voluntary, duty_point }) => ({
        id,
        name,
        kind,
        voluntary: voluntary === 1,
        dutyPoint: duty_point,
      }));
    },
    async teams() {
      const rows = await store.read<TeamRow>('SELECT id, agency, name, district, duty FROM team ORDER BY id');
      return rows.map(readTeam);
    },
    async team(id) {
      const [row] = await store.read<TeamRow>('SELECT id, agency, name, district, duty FROM team WHERE id = ?', [id]);
      return row && readTeam(row);
    },
    async workersOf(team) {
      const sql = `SELECT DISTINCT worker FROM worker_team WHERE team = ? AND relation IN ('MEMBER', 'MANAGES') ORDER BY worker`;
      return (await store.read<{ worker: WorkerId }>(sql, [team])).map(({ worker }) => worker);
    },
    async workers() {
      return (await store.read<WorkerRow>('SELECT id, name, agency, roles FROM worker ORDER BY id')).map(readWorker);
    },
    async worker(id) {
      const [row] = await store.read<WorkerRow>('SELECT id, name, agency, roles FROM worker WHERE id = ?', [id]);
      return row && readWorker(row);
    },
    async workersIn(agency) {
      const sql = 'SELECT id, name, agency, roles FROM worker WHERE agency = ? ORDER BY id';
      return (await store.read<WorkerRow>(sql, [agency])).map(readWorker);
    },
  };
}

function readTeam(row: TeamRow): Team {
  return { ...row, duty: row.duty === 1 };
}

function readWorker(row: WorkerRow): Worker {
  return { id: row.id, name: row.name, agency: row.agency, roles: rolesOf(row) };
}

/** Words that are no role give none. */
function rolesOf({ roles }: Pick<WorkerRow, 'roles'>): Role[] {
  const held = roles.split(';');
  return ROLES.filter((role) => held.includes(role));
}
