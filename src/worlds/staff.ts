/**
 * Who works in a generated world: as many as its families need. Worker ids are predictable: `sw-0001` … social workers,
 * `tm-0001` the manager of `fst-0001`, `bso-0001` its business support, and so on, counted from 1.
 */
import type { Role } from '../domain/words.js';
import { forename, surname } from './invented.js';
import type { Random } from './random.js';
import type { Sink } from './sink.js';

export interface StaffMember {
  readonly id: string;
  readonly name: string;
  readonly agency: string;
  readonly role: Role;
  readonly title: string;
  readonly team: string;
  /** Staff id at the council. */
  readonly council: string;
  /** Staff id at their own agency's system; the council's for its own. */
  readonly own: string;
  readonly email: string;
}

/** A Family Safeguarding Team: social workers and, from other agencies, those who sit on it. */
export interface FamilyTeam {
  readonly id: string;
  readonly socialWorkers: readonly StaffMember[];
  readonly manager: StaffMember;
  readonly senior: StaffMember;
  readonly support: StaffMember;
  readonly recovery: readonly StaffMember[];
  readonly mentalHealth: readonly StaffMember[];
  readonly practitioner: StaffMember;
  readonly officer: StaffMember;
}

export interface Staff {
  readonly teams: readonly FamilyTeam[];
  readonly keyworkers: readonly StaffMember[];
  readonly carers: readonly StaffMember[];
  readonly duty: StaffMember;
  readonly psychologist: StaffMember;
}

const FAMILIES_A_WORKER = 15;
const WORKERS_A_TEAM = 8;
const DISTRICTS = ['East', 'West', 'North', 'South'];

const AGENCIES = [
  ['csc', "Alderbrook Council Children's Social Care", 'CHILDRENS_SOCIAL_CARE', 'N', '01632 960010'],
  ['eh', 'Alderbrook Family Support', 'EARLY_HELP', 'N', '01632 960020'],
  ['haven', 'Haven Recovery', 'SUBSTANCE_MISUSE', 'Y', '01632 960030'],
  ['mht', 'Severn Vale Mental Health NHS Trust', 'MENTAL_HEALTH', 'N', '01632 960040'],
  ['safe', 'Lantern Domestic Abuse Service', 'DOMESTIC_ABUSE', 'Y', '01632 960050'],
  ['prob', 'Alderbrook Probation Delivery Unit', 'PROBATION', 'N', '01632 960060'],
] as const;

/** The adult agencies: the id of their manager, the prefix and title of their teams, their source. */
const ADULT = {
  haven: ['rec', 'Recovery team', 'substance-misuse'],
  mht: ['mh', 'Community team', 'mental-health'],
  safe: ['da', 'Outreach team', 'domestic-abuse'],
  prob: ['pdu', 'Delivery team', 'probation'],
} as const;

/** Writes the directory for so many families and answers who works in it. */
export function hire(families: number, random: Random, sink: Sink): Staff {
  const counts = new Map<string, number>();
  const next = (prefix: string) => {
    const count = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, count);
    return String(count).padStart(4, '0');
  };
  for (const [id, name, kind, voluntary, duty] of AGENCIES) {
    sink.row('directory/agencies.csv', { id, name, kind, voluntary, duty_point: `Duty worker, ${duty}` });
  }

  function team(id: string, agency: string, name: string, district = 'Alderbrook', duty = false): string {
    sink.row('directory/teams.csv', { id, agency, name, district, duty: duty ? 'Y' : 'N' });
    if (agency === 'csc')
      sink.row('social-care/ssd_department', {
        dept_team_id: id,
        dept_team_name: name,
        dept_team_parent_name: 'Alderbrook Children and Families',
      });
    return id;
  }

  function worker(
    prefix: string,
    agency: string,
    role: Role,
    of: string,
    places: { sits_on?: string; supports?: string; manages?: string } = {},
  ): StaffMember {
    const number = next(prefix);
    const sex = random.chance(0.75) ? 'F' : 'M';
    const title = role.charAt(0) + role.slice(1).toLowerCase().replaceAll('_', ' ');
    const council = `S${prefix.toUpperCase()}${number}`;
    const member: StaffMember = {
      id: `${prefix}-${number}`,
      name: `${forename(random, sex)} ${surname(random)}`,
      agency,
      role,
      title,
      team: of,
      council,
      own: agency === 'csc' ? council : `${agency.toUpperCase()}-${prefix}-${number}`,
      email: `${prefix}-${number}@${agency}.alderbrook.example`,
    };
    sink.row('directory/workers.csv', { id: member.id, agency, name: member.name, role, team: of, ...places });
    sink.row('social-care/ssd_professionals', {
      prof_professional_id: council,
      prof_staff_id: council,
      prof_professional_name: member.name,
      prof_professional_job_title: title,
      prof_professional_department: agency === 'csc' ? of : places.sits_on,
      prof_agency_worker_flag: 'N',
    });
    const identities = [['social-care', council] as const];
    const source = agency === 'eh' ? 'early-help' : ADULT[agency as keyof typeof ADULT]?.[2];
    if (source) sink.row('directory/worker-identities.csv', { worker: member.id, space: source, local_id: member.own });
    if (agency === 'prob')
      sink.row('directory/worker-identities.csv', { worker: member.id, space: 'probation', local_id: member.email });
    if (agency === 'mht') {
      const [given = '', family = ''] = member.name.split(' ');
      sink.resource({
        resourceType: 'Practitioner',
        id: member.own,
        name: [{ use: 'official', family, given: [given] }],
        qualification: [{ code: { text: title } }],
      });
    }
    for (const [space, local] of identities)
      sink.row('directory/worker-identities.csv', { worker: member.id, space, local_id: local });
    return member;
  }

  /** Adult workers are hired into teams of their own agency, each with a manager. */
  const places = new Map<string, { team: string; size: number }>();
  function adult(prefix: string, agency: keyof typeof ADULT, role: Role, fst: string): StaffMember {
    const known = places.get(agency);
    const place = known && known.size < WORKERS_A_TEAM ? known : openAdultTeam(agency);
    place.size += 1;
    return worker(prefix, agency, role, place.team, { sits_on: fst });
  }
  function openAdultTeam(agency: keyof typeof ADULT) {
    const [prefix, name] = ADULT[agency];
    const number = next(`team-${agency}`);
    const place = { team: team(`${prefix}-${number}`, agency, `${name} ${Number(number)}`), size: 0 };
    places.set(agency, place);
    worker(`am-${agency}`, agency, 'AGENCY_MANAGER', place.team, { manages: place.team });
    return place;
  }

  const core = team('csc-core', 'csc', 'Alderbrook Children and Families');
  worker('hos', 'csc', 'HEAD_OF_SERVICE', core);
  worker('ig', 'csc', 'INFORMATION_GOVERNANCE_OFFICER', core);
  worker('ds', 'csc', 'DATA_STEWARD', core);
  worker('pa', 'csc', 'PERFORMANCE_ANALYST', core);
  const psychologist = worker('psy', 'csc', 'CLINICAL_PSYCHOLOGIST', core);
  const front = team('front-door', 'csc', 'Front door', 'Alderbrook', true);
  const duty = worker('fd', 'csc', 'SOCIAL_WORKER', front);
  worker('tm-fd', 'csc', 'TEAM_MANAGER', front, { manages: front });

  const socialWorkers = Math.max(1, Math.ceil((families * 0.95) / FAMILIES_A_WORKER));
  const teams: FamilyTeam[] = [];
  for (let left = socialWorkers; left > 0; left -= WORKERS_A_TEAM) {
    const number = next('team-fst');
    const id = team(
      `fst-${number}`,
      'csc',
      `Family Safeguarding Team ${Number(number)}`,
      `Alderbrook ${DISTRICTS[teams.length % DISTRICTS.length]}`,
    );
    const manager = worker('tm', 'csc', 'TEAM_MANAGER', id, { manages: id });
    const support = worker('bso', 'csc', 'BUSINESS_SUPPORT_OFFICER', id, { supports: id });
    const senior = worker('sp', 'csc', 'SENIOR_PRACTITIONER', id);
    sink.row('social-care/gw_panel_member', { panel_id: 'EHAP', staff_id: senior.council });
    const hired = Array.from({ length: Math.min(left, WORKERS_A_TEAM) }, () =>
      worker('sw', 'csc', 'SOCIAL_WORKER', id),
    );
    teams.push({
      id,
      manager,
      support,
      senior,
      socialWorkers: hired,
      recovery: [adult('rw', 'haven', 'RECOVERY_WORKER', id), adult('rw', 'haven', 'RECOVERY_WORKER', id)],
      mentalHealth: [
        adult('mhp', 'mht', 'MENTAL_HEALTH_PRACTITIONER', id),
        adult('mhp', 'mht', 'MENTAL_HEALTH_PRACTITIONER', id),
      ],
      practitioner: adult('dap', 'safe', 'DOMESTIC_ABUSE_PRACTITIONER', id),
      officer: adult('dao', 'prob', 'DOMESTIC_ABUSE_OFFICER', id),
    });
  }

  const groups = (
    prefix: string,
    count: number,
    open: (number: string) => string,
    hireOne: (of: string) => StaffMember,
  ) => {
    const hired: StaffMember[] = [];
    let of = '';
    for (let i = 0; i < count; i += 1) {
      if (i % WORKERS_A_TEAM === 0) of = open(next(`team-${prefix}`));
      hired.push(hireOne(of));
    }
    return hired;
  };
  const keyworkers = groups(
    'eh',
    Math.max(1, Math.ceil((families * 0.2) / FAMILIES_A_WORKER)),
    (number) => {
      const id = team(`eh-${number}`, 'eh', `Family Support hub ${Number(number)}`);
      worker('ehm', 'eh', 'EARLY_HELP_MANAGER', id, { manages: id });
      return id;
    },
    (of) => worker('kw', 'eh', 'KEYWORKER', of),
  );
  const carers = groups(
    'cp',
    Math.max(1, Math.ceil((families * 0.08) / FAMILIES_A_WORKER)),
    (number) => {
      const id = team(`cp-${number}`, 'csc', `Corporate Parenting ${Number(number)}`);
      worker('tm-cp', 'csc', 'TEAM_MANAGER', id, { manages: id });
      return id;
    },
    (of) => worker('cpw', 'csc', 'SOCIAL_WORKER', of),
  );
  return { teams, keyworkers, carers, duty, psychologist };
}
