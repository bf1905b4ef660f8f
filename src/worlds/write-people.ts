/** Who is in a generated family, as the council's case system holds it: persons, addresses, relationships, membership. */
import type { IsoDate } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { daysBefore, type Place } from './invented.js';
import type { Sink } from './sink.js';

/** A person's id at the council. */
export const councilId = ({ number }: Member) => String(410_000 + number);

export function writePeople(family: Family, today: IsoDate, sink: Sink): void {
  const { id, members, children, mother, father, opened } = family;
  for (const member of members) writePerson(member, sink);
  for (const [i, member] of members.entries()) {
    sink.row('social-care/ssd_family', {
      fami_table_id: `${id}${i}`,
      fami_family_id: id,
      fami_person_id: councilId(member),
    });
    sink.row('social-care/gw_family_member', {
      family_id: id,
      person_id: councilId(member),
      is_child: yes(member.isChild),
      in_workflow: yes(!(member.isChild && member === children[0] && family.state === 'LAC')),
      from_date: opened,
    });
  }
  sink.row('social-care/gw_family_team', { family_id: id, team_id: family.team.id, from_date: opened });
  for (const child of children) {
    relate(child, mother, true, sink);
    if (father) relate(child, father, true, sink);
    sink.row('social-care/ssd_mother', {
      moth_table_id: `${id}${child.number}`,
      moth_person_id: councilId(mother),
      moth_childs_person_id: councilId(child),
      moth_childs_dob: child.born,
    });
  }
  children.forEach((child, i) => {
    for (const sibling of children.slice(i + 1)) relate(child, sibling, false, sink, 'SIBLING', 'SIBLING');
  });
  if (father) {
    const isOver = family.work === 'DOMESTIC_ABUSE';
    relate(mother, father, false, sink, isOver ? 'FORMER_PARTNER' : 'PARTNER', isOver ? 'FORMER_PARTNER' : 'PARTNER');
    if (isOver) {
      sink.row('social-care/gw_allegation', {
        victim_person_id: councilId(mother),
        alleged_person_id: councilId(father),
        recorded_at: `${daysBefore(opened, 3)}T09:00:00.000Z`,
      });
    }
  }
  if (family.isHidden)
    sink.row('social-care/gw_restricted_person', {
      person_id: councilId(mother),
      reason: 'Fled domestic abuse',
      from_date: opened,
    });
  if (family.isSteppingDown) {
    sink.row('social-care/gw_handover', {
      handover_id: `H${id}`,
      family_id: id,
      direction: 'STEP_DOWN',
      receiving_staff_id: family.keyworker.council,
      from_date: daysBefore(today, 14),
    });
    sink.row('social-care/gw_panel_family', { panel_id: 'EHAP', family_id: id, from_date: daysBefore(today, 14) });
  }
}

function writePerson(member: Member, sink: Sink): void {
  const person = councilId(member);
  if (member.isChild) {
    sink.row('social-care/ssd_person', {
      pers_person_id: person,
      pers_forename: member.forename,
      pers_surname: member.surname,
      pers_sex: member.sex,
      pers_gender: member.sex === 'F' ? '02' : '01',
      pers_ethnicity: 'WBRI',
      pers_dob: member.born,
      pers_send_flag: 'N',
      pers_is_mother: 'N',
    });
  } else {
    const { forename, surname, sex, born, nhs, phone } = member;
    sink.row('social-care/gw_adult', { person_id: person, forename, surname, sex, dob: born, nhs_number: nhs, phone });
  }
  sink.row('social-care/ssd_address', {
    addr_table_id: `A${person}`,
    addr_address_json: addressJson(member.home),
    addr_person_id: person,
    addr_address_type: 'Home',
    addr_address_start_date: member.since,
    addr_address_postcode: member.home.postcode,
  });
}

function addressJson({ house, street, town }: Place): string {
  return JSON.stringify({
    ROOM: '',
    FLOOR: '',
    FLAT: '',
    BUILDING: '',
    HOUSE: house,
    STREET: street,
    TOWN: town,
    UPRN: '',
    EASTING: '',
    NORTHING: '',
  });
}

function relate(
  person: Member,
  other: Member,
  responsible: boolean,
  sink: Sink,
  kind = 'PARENT',
  back = 'CHILD',
): void {
  for (const [one, two, word, pr] of [
    [person, other, kind, responsible],
    [other, person, back, false],
  ] as const) {
    sink.row('social-care/gw_relationship', {
      relationship_id: `${one.number}-${two.number}`,
      person_id: councilId(one),
      other_person_id: councilId(two),
      kind: word,
      parental_responsibility: yes(pr),
      level_of_contact: 'Daily',
    });
  }
}

function yes(is: boolean): string {
  return is ? 'Y' : 'N';
}
