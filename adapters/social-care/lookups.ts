/** Who a staff id is and what a team is called: `ssd_professionals` and `ssd_department`. */
import type { Call, SocialCareClient } from './client.js';
import type { Row } from './wire.js';

export interface Worker {
  /** The staff id by which the gateway's directory knows them. */
  readonly id: string;
  readonly name: string | null;
  readonly title: string | null;
}

export interface Lookups {
  /** A worker by what SSD tables hold: the professional id, or (Mosaic) the staff id. */
  worker(id: string | null): Worker | undefined;
  /** A worker by what our views hold: the staff id. */
  staff(id: string): string;
  team(id: string | null): Row<'ssd_department'> | undefined;
}

/** Reads those of the workers and teams named that there are; two statements at most. */
export async function lookUp(
  client: SocialCareClient,
  call: Call,
  workers: Iterable<string | null>,
  teams: Iterable<string | null>,
): Promise<Lookups> {
  const named = (ids: Iterable<string | null>) => [...ids].filter((id) => id !== null);
  const [professionals, departments] = await Promise.all([
    client.select(
      call,
      'ssd_professionals',
      named(workers),
      't.prof_professional_id IN (SELECT id FROM k) OR t.prof_staff_id IN (SELECT id FROM k)',
    ),
    client.select(call, 'ssd_department', named(teams), 't.dept_team_id IN (SELECT id FROM k)'),
  ]);
  const byProfessional = new Map<string, Worker>();
  const byStaff = new Map<string, Worker>();
  for (const { prof_professional_id: professional, prof_staff_id: staff, ...row } of professionals) {
    const id = staff ?? professional;
    if (id === null) continue;
    const worker = { id, name: row.prof_professional_name, title: row.prof_professional_job_title };
    if (professional !== null) byProfessional.set(professional, worker);
    if (staff !== null) byStaff.set(staff, worker);
  }
  const byTeam = new Map(departments.map((row) => [row.dept_team_id, row]));
  return {
    worker(id) {
      if (id === null) return undefined;
      return byProfessional.get(id) ?? byStaff.get(id) ?? { id, name: null, title: null };
    },
    staff: (id) => (byStaff.get(id) ?? byProfessional.get(id))?.id ?? id,
    team: (id) => (id === null ? undefined : byTeam.get(id)),
  };
}
