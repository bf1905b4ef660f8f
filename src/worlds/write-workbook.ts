/** The workbook and the early-help service's records of a generated family. */
import type { IsoDate, Nature } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { atTime, daysBefore, monthBefore } from './invented.js';
import type { Random } from './random.js';
import type { Sink } from './sink.js';
import type { StaffMember } from './staff.js';
import { councilId } from './write-people.js';

const RATINGS = ['GREEN', 'AMBER', 'AMBER', 'RED'] as const;
const MONTHS = 2;

/** Monthly summaries and ratings of the last months by everybody who works with the family, a supervision a month. */
export function writeWorkbook(family: Family, today: IsoDate, random: Random, sink: Sink): void {
  const { id, mother, father, children, adult, socialWorker, adultWorker, team } = family;
  const [first] = children;
  if (!first) return;
  const key = family.number;
  for (const parent of [mother, father]) {
    if (!parent) continue;
    sink.row('workbook/gw_workbook_parenting_assessment', {
      id: `WPA${parent.number}`,
      family_id: id,
      parent_person_id: councilId(parent),
      started_on: family.opened,
      updated_on: daysBefore(today, 20),
      summary: 'Works with the team.',
      strengths: 'Warm with the children.',
      concerns: 'Tired, and few people to turn to.',
      capacity_to_change: random.pick(['Good', 'Fair', 'Uncertain']),
      author_staff_id: socialWorker.council,
      confidentiality: 'N',
      nature: 'OPINION',
    });
  }
  for (let back = 1; back <= MONTHS; back += 1) {
    const month = monthBefore(today, back);
    const at = (hour: number) => atTime(`${month}-24`, hour);
    const entry = (author: StaffMember, nature: Nature) => ({
      author_staff_id: author.council,
      author_name: author.name,
      author_role: author.role,
      month,
      confidentiality: 'N',
      nature,
    });
    const summary = (about: Member, author: StaffMember, text: string, hour: number) =>
      sink.row('workbook/gw_workbook_monthly_summary', {
        id: `WMS${key}-${back}-${author.id}`,
        family_id: id,
        about_person_id: councilId(about),
        summary: text,
        recorded_at: at(hour),
        ...entry(author, 'FACT'),
      });
    summary(first, socialWorker, 'Visits kept; school speaks well of the child.', 15);
    if (adultWorker) summary(adult, adultWorker, 'Appointments kept on most weeks.', 11);
    for (const child of children) {
      for (const author of adultWorker ? [socialWorker, adultWorker] : [socialWorker]) {
        sink.row('workbook/gw_workbook_rag_rating', {
          id: `WRR${child.number}-${back}-${author.id}`,
          family_id: id,
          child_person_id: councilId(child),
          parent_person_id: councilId(author === adultWorker ? adult : mother),
          rating: random.pick(RATINGS),
          reason: 'As seen this month.',
          recorded_at: at(16),
          ...entry(author, 'OPINION'),
        });
      }
    }
    const supervision = `WSV${key}-${back}`;
    sink.row('workbook/gw_workbook_supervision', {
      id: supervision,
      family_id: id,
      index_child_id: councilId(first),
      held_on: `${month}-27`,
      agreed_rating: random.pick(RATINGS),
      discussion: 'What changed since last month.',
      decisions: 'The plan goes on.',
      author_staff_id: team.support.council,
      approved_at: atTime(`${month}-28`, 9),
      confidentiality: 'N',
    });
    for (const member of [mother, father])
      if (member)
        sink.row('workbook/gw_workbook_supervision_person', {
          supervision_id: supervision,
          person_id: councilId(member),
        });
  }
}

/** A person's id at early help. */
export const earlyHelpId = ({ number }: Member) => `EHP${number}`;

export function writeEarlyHelp(family: Family, today: IsoDate, sink: Sink): void {
  const { number, children, members, mother, keyworker, opened } = family;
  const [first] = children;
  if (!first) return;
  const id = `EHF${number}`;
  for (const member of members) {
    const { house, street, town, postcode } = member.home;
    sink.row('early-help/gw_eh_person', {
      person_id: earlyHelpId(member),
      forename: member.forename,
      surname: member.surname,
      dob: member.born,
      sex: member.sex,
      is_child: member.isChild ? 'Y' : 'N',
      house,
      street,
      town,
      postcode,
      phone: member.isChild ? undefined : member.phone,
    });
    sink.row('early-help/gw_eh_family_member', {
      family_id: id,
      person_id: earlyHelpId(member),
      is_child: member.isChild ? 'Y' : 'N',
      in_workflow: family.work === 'DOMESTIC_ABUSE' && member === family.father ? 'N' : 'Y',
    });
  }
  const started = daysBefore(opened, 90);
  const episode = `EHE${number}`;
  sink.row('early-help/gw_eh_episode', {
    episode_id: episode,
    family_id: id,
    index_person_id: earlyHelpId(first),
    started_on: started,
    reason: 'Routines and school',
    keyworker_staff_id: keyworker.own,
    keyworker_name: keyworker.name,
    team_id: keyworker.team,
    service_name: 'Alderbrook Family Support',
  });
  for (const child of children) {
    const key = child.number;
    const common = { episode_id: episode, child_person_id: earlyHelpId(child), author_staff_id: keyworker.own };
    sink.row('early-help/gw_eh_assessment', {
      assessment_id: `EHA${key}`,
      completed_on: daysBefore(started, -14),
      summary: 'Needs steadier mornings.',
      needs: 'Routines',
      ...common,
    });
    sink.row('early-help/gw_eh_support_plan', {
      plan_id: `EHS${key}`,
      started_on: daysBefore(started, -14),
      review_due_on: daysBefore(today, -30),
      goals: 'In school on time',
      actions: 'Breakfast club; weekly visit',
      ...common,
    });
    sink.row('early-help/gw_eh_outcome', {
      outcome_id: `EHO${key}`,
      recorded_on: daysBefore(today, 25),
      domain: 'Education',
      progress: 'Improving',
      summary: 'Attendance is up.',
      ...common,
    });
  }
  sink.row('early-help/gw_eh_service_consent', {
    person_id: earlyHelpId(mother),
    state: 'GIVEN',
    recorded_at: atTime(started, 10),
  });
  if (family.state === 'CP' || family.state === 'PRE_PROCEEDINGS')
    sink.row('early-help/gw_eh_cp_ground', { family_id: id, ground: 'OPEN_BEFORE' });
}
