/**
 * What this source tells about persons, and about everybody in the families and open enquiries they belong to: one
 * expansion, not recursive. Nothing here is released; the facts of decisions rest on it.
 */
import type {
  AllegationRow,
  Circumstances,
  InvolvementRow,
  MembershipRow,
  ResidenceRow,
} from '../../src/domain/circumstances.js';
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { IsoDate, LocalId } from '../../src/domain/words.js';
import { isCurrent, period } from '../../src/sources/sql-values.js';
import type { Call, SocialCareClient } from './client.js';
import { type Lookups, lookUp } from './lookups.js';
import { addressKeysOf } from './person.js';
import { relationshipNow, toldByMothers } from './relationships.js';
import { distinct, readTables } from './rows.js';
import { PLAN_TABLES, planPeriods, roleOf } from './status.js';
import type { Row } from './wire.js';

const IN = 'IN (SELECT id FROM k)';

/** Two waves: who belongs together, then everything about them; some twenty statements whoever is asked for. */
export async function tellCircumstances(
  client: SocialCareClient,
  call: Call,
  asked: readonly LocalId[],
  today: IsoDate,
): Promise<Circumstances> {
  if (asked.length === 0) return NO_CIRCUMSTANCES;
  const [memberRows, firstEnquiries] = await Promise.all([
    client.select(
      call,
      'gw_family_member',
      asked,
      (d) => `t.family_id IN (SELECT x.family_id FROM ${d.from('gw_family_member')} x WHERE x.person_id ${IN})`,
    ),
    enquiriesOf(client, call, asked),
  ]);
  const memberships = currentMembers(memberRows, new Set(asked), today);
  const families = new Set(memberships.map((row) => row.family));
  const openEnquiries = firstEnquiries.filter((row) => isCurrent(null, row.s47e_s47_end_date, today));
  const firstNamed = await namedOn(client, call, openEnquiries);
  const persons = new Set([
    ...asked,
    ...memberships.map((row) => row.person),
    ...openEnquiries.map((row) => row.s47e_person_id),
    ...firstNamed.map((row) => row.person_id),
  ]);
  const tables = [...PLAN_TABLES, 'ssd_involvements', 'ssd_address', 'ssd_contacts', 'ssd_cin_episodes'] as const;
  const [
    rows,
    restricted,
    seats,
    relationships,
    mothers,
    allegations,
    enquiries,
    teams,
    panels,
    panelMembers,
    handovers,
  ] = await Promise.all([
    readTables(client, call, new Map(tables.map((table) => [table, persons]))),
    client.of(call, 'gw_restricted_person', persons),
    client.of(call, 'gw_core_group', persons),
    client.select(call, 'gw_relationship', persons, `t.person_id ${IN} OR t.other_person_id ${IN}`),
    client.of(call, 'ssd_mother', persons),
    client.select(call, 'gw_allegation', persons, `t.victim_person_id ${IN} OR t.alleged_person_id ${IN}`),
    enquiriesOf(client, call, persons),
    client.select(call, 'gw_family_team', families, `t.family_id ${IN}`),
    client.select(call, 'gw_panel_family', families, `t.family_id ${IN}`),
    client.select(
      call,
      'gw_panel_member',
      families,
      (d) => `t.panel_id IN (SELECT x.panel_id FROM ${d.from('gw_panel_family')} x WHERE x.family_id ${IN})`,
    ),
    client.select(call, 'gw_handover', families, `t.family_id ${IN}`),
  ]);
  const involvements = rows.all('ssd_involvements');
  const staff = [
    ...involvements.map((row) => row.invo_professional_id),
    ...enquiries.map((row) => row.s47e_s47_completed_by_worker_id),
    ...seats.map((row) => row.staff_id),
    ...panelMembers.map((row) => row.staff_id),
    ...handovers.map((row) => row.receiving_staff_id),
  ];
  const addresses = rows.all('ssd_address');
  const [lookups, named, neighbours] = await Promise.all([
    lookUp(client, call, staff, []),
    namedOn(client, call, enquiries),
    protectedNeighbours(client, call, addresses, today),
  ]);
  return {
    ...NO_CIRCUMSTANCES,
    involvements: involvements.map((row) => involvementOf(row, lookups)),
    memberships,
    familyTeams: teams.map((row) => ({
      family: row.family_id,
      team: row.team_id,
      ...period(row.from_date, row.until_date),
    })),
    relationships: [
      ...relationships.map((row) => ({
        person: row.person_id,
        other: row.other_person_id,
        ...relationshipNow(row, today),
      })),
      ...toldByMothers(mothers, relationships).map(({ localId: _, ...row }) => row),
    ],
    residences: distinct([...addresses, ...neighbours.addresses].flatMap(residencesOf)),
    allegations: allegations.map(allegationOf),
    enquiries: enquiries.map((row) => {
      const worker = lookups.worker(row.s47e_s47_completed_by_worker_id)?.id;
      const names = named
        .filter((other) => other.s47_enquiry_id === row.s47e_s47_enquiry_id)
        .map((other) => other.person_id);
      return {
        id: row.s47e_s47_enquiry_id,
        child: row.s47e_person_id,
        names: [...new Set(names)].filter((name) => name !== row.s47e_person_id).sort(),
        ...(worker === undefined ? {} : { worker }),
        ...period(row.s47e_s47_start_date, row.s47e_s47_end_date),
      };
    }),
    plans: [...persons].flatMap((person) => planPeriods(rows, person)),
    coreGroups: seats.map((row) => ({
      child: row.child_person_id,
      worker: lookups.staff(row.staff_id),
      ...period(row.from_date, row.until_date),
    })),
    panels: panels.map((row) => ({
      family: row.family_id,
      workers: panelMembers
        .filter((seat) => seat.panel_id === row.panel_id)
        .map((seat) => lookups.staff(seat.staff_id))
        .sort(),
      ...period(row.from_date, row.until_date),
    })),
    handovers: handovers.map((row) => ({
      family: row.family_id,
      direction: row.direction,
      receivingWorker: lookups.staff(row.receiving_staff_id),
      ...period(row.from_date, row.until_date),
    })),
    received: [
      ...rows
        .all('ssd_contacts')
        .flatMap(({ cont_person_id: person, cont_contact_date: at }) => (at === null ? [] : [{ person, at }])),
      ...rows
        .all('ssd_cin_episodes')
        .flatMap(({ cine_person_id: person, cine_referral_date: at }) => (at === null ? [] : [{ person, at }])),
    ],
    protectedPersons: distinct([...restrictedNow(restricted, today), ...neighbours.protectedPersons]),
  };
}

/** A worker's involvement with a person, the same wherever it is told. */
export function involvementOf(row: Row<'ssd_involvements'>, lookups: Lookups): InvolvementRow {
  const worker = lookups.worker(row.invo_professional_id)?.id;
  const role = roleOf(row);
  return {
    person: row.invo_person_id,
    ...(worker === undefined ? {} : { worker }),
    ...(row.invo_professional_team === null ? {} : { team: row.invo_professional_team }),
    ...(role === null ? {} : { role }),
    ...period(row.invo_involvement_start_date, row.invo_involvement_end_date),
  };
}

/** Who belongs now to the families that one of the asked belongs to now. */
function currentMembers(
  rows: readonly Row<'gw_family_member'>[],
  asked: ReadonlySet<string>,
  today: IsoDate,
): MembershipRow[] {
  const current = rows.filter((row) => isCurrent(row.from_date, row.until_date, today));
  const families = new Set(current.filter((row) => asked.has(row.person_id)).map((row) => row.family_id));
  return distinct(
    current
      .filter((row) => families.has(row.family_id))
      .map((row) => ({
        family: row.family_id,
        person: row.person_id,
        included: row.in_workflow === true,
        isChild: row.is_child === true,
      })),
  );
}

function enquiriesOf(
  client: SocialCareClient,
  call: Call,
  persons: Iterable<string>,
): Promise<Row<'ssd_s47_enquiry'>[]> {
  return client.select(
    call,
    'ssd_s47_enquiry',
    persons,
    (d) =>
      `t.s47e_person_id ${IN} OR t.s47e_s47_enquiry_id IN (SELECT x.s47_enquiry_id FROM ${d.from('gw_s47_person')} x WHERE x.person_id ${IN})`,
  );
}

function namedOn(
  client: SocialCareClient,
  call: Call,
  enquiries: readonly Row<'ssd_s47_enquiry'>[],
): Promise<Row<'gw_s47_person'>[]> {
  return client.select(
    call,
    'gw_s47_person',
    enquiries.map((row) => row.s47e_s47_enquiry_id),
    `t.s47_enquiry_id ${IN}`,
  );
}

/** Protected persons who live, or lived, at an address that these rows hold: a record that holds it locates them. */
async function protectedNeighbours(
  client: SocialCareClient,
  call: Call,
  addresses: readonly Row<'ssd_address'>[],
  today: IsoDate,
) {
  const postcodes = addresses.flatMap((row) => row.addr_address_postcode?.toUpperCase().replaceAll(' ', '') ?? []);
  const near = await client.select(
    call,
    'ssd_address',
    postcodes,
    (d) =>
      `t.addr_person_id IN (SELECT x.person_id FROM ${d.from('gw_restricted_person')} x) AND REPLACE(UPPER(t.addr_address_postcode), ' ', '') ${IN}`,
  );
  const places = new Set(addresses.flatMap(addressKeysOf));
  const same = near.filter((row) => addressKeysOf(row).some((key) => places.has(key)));
  const restricted = await client.of(
    call,
    'gw_restricted_person',
    same.map((row) => row.addr_person_id),
  );
  return { addresses: same, protectedPersons: restrictedNow(restricted, today) };
}

/** A restriction still to come protects already; one that has ended no longer does. */
function restrictedNow(rows: readonly Row<'gw_restricted_person'>[], today: IsoDate) {
  return rows.filter((row) => isCurrent(null, row.until_date, today)).map((row) => ({ person: row.person_id }));
}

function residencesOf(row: Row<'ssd_address'>): ResidenceRow[] {
  const when = period(row.addr_address_start_date, row.addr_address_end_date);
  return addressKeysOf(row).map((address) => ({ person: row.addr_person_id, address, ...when }));
}

function allegationOf(row: Row<'gw_allegation'>): AllegationRow {
  const review = row.review_result;
  return {
    victim: row.victim_person_id,
    perpetrator: row.alleged_person_id,
    recordedAt: row.recorded_at ?? '9999-12-31',
    ...(review === 'STANDS' || review === 'DOES_NOT_STAND' ? { review } : {}),
  };
}
