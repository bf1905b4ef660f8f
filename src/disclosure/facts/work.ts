/**
 * With whom the requester, and those they manage, work: from the sources' own involvements and keyworker fields, asked
 * live. A source that is down contributes nothing.
 */
import type { InvolvementRow } from '../../domain/circumstances.js';
import type { Standing } from '../../domain/requester.js';
import type { PersonId, Role, SourceId } from '../../domain/words.js';
import { isWithin } from './view.js';

export interface WorkRow extends InvolvementRow<PersonId> {
  readonly space: SourceId;
}

/** Current and ended work with persons directly; families are reached in `involvement.ts`. */
export interface Work {
  /** The requester's own current work (their own involvements, and the families of teams they support). */
  readonly own: ReadonlySet<PersonId>;
  /** Current work of the workers and teams they manage. */
  readonly managed: ReadonlySet<PersonId>;
  /** Work of theirs or of those they manage that has ended and is not current. */
  readonly ended: ReadonlySet<PersonId>;
  /** Roles of those (the requester or whom they manage) who work with a person now. */
  readonly rolesWith: ReadonlyMap<PersonId, ReadonlySet<Role>>;
  /** Sources whose answer is missing. */
  readonly gaps: readonly SourceId[];
}

export function workOf(standing: Standing, rows: readonly WorkRow[], gaps: readonly SourceId[], now: string): Work {
  const own = new Set<PersonId>();
  const managed = new Set<PersonId>();
  const ended = new Set<PersonId>();
  const rolesWith = new Map<PersonId, Set<Role>>();
  const roleOf = new Map(standing.managed.map(({ worker, role }) => [worker, role]));
  const withRole = (person: PersonId, role: Role) => {
    const roles = rolesWith.get(person) ?? new Set();
    rolesWith.set(person, roles.add(role));
  };
  for (const row of rows) {
    const worker = row.worker === undefined ? undefined : standing.identities.get(`${row.space} ${row.worker}`);
    const isOwn =
      worker === standing.requester.worker ||
      (worker === undefined && row.team !== undefined && standing.supports.includes(row.team));
    const managedRole = worker === undefined ? undefined : roleOf.get(worker);
    const isManaged = managedRole !== undefined || (row.team !== undefined && standing.manages.includes(row.team));
    if (!isOwn && !isManaged) continue;
    if (!isWithin(row, now)) {
      ended.add(row.person);
      continue;
    }
    if (isOwn) {
      own.add(row.person);
      withRole(row.person, standing.requester.role);
    }
    if (isManaged) {
      managed.add(row.person);
      if (managedRole) withRole(row.person, managedRole);
    }
  }
  for (const person of [...own, ...managed]) ended.delete(person);
  return { own, managed, ended, rolesWith, gaps };
}

/** Whether the requester, or somebody they manage, works with the person now. */
export function worksWith(work: Work, person: PersonId): boolean {
  return work.own.has(person) || work.managed.has(person);
}
