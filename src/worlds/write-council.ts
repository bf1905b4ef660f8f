/** What the council's case system holds about the work with a generated family: referrals, assessments, plans, visits. */
import type { IsoDate } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { daysBefore } from './invented.js';
import type { Random } from './random.js';
import type { Sink } from './sink.js';
import type { Staff, StaffMember } from './staff.js';
import { writeCare, writeCircumstances } from './write-care.js';
import { councilId } from './write-people.js';

const FACTORS = { SUBSTANCE: ['2B', '1B'], MENTAL_HEALTH: ['4B'], DOMESTIC_ABUSE: ['3B'] } as const;

export function writeCouncil(family: Family, today: IsoDate, staff: Staff, random: Random, sink: Sink): void {
  writeCircumstances(family, today, sink);
  family.children.forEach((child, i) => {
    writeCase(family, child, i === 0, today, staff, random, sink);
  });
}

/** One child's referral, assessment and plan. The first child of a looked-after family is the one in care. */
function writeCase(
  family: Family,
  child: Member,
  isFirst: boolean,
  today: IsoDate,
  staff: Staff,
  random: Random,
  sink: Sink,
): void {
  const { opened, team, work } = family;
  const [person, key] = [councilId(child), String(child.number)];
  const isInCare = family.state === 'LAC' && isFirst;
  const worker = isInCare ? family.carer : family.socialWorker;
  const referral = `7${key}`;
  const teamOf = { team: team.id, worker: worker.council };
  const referred = daysBefore(opened, 7);
  sink.row('social-care/ssd_contacts', {
    cont_contact_id: `6${key}`,
    cont_person_id: person,
    cont_contact_date: daysBefore(opened, 8),
    cont_contact_source_code: random.pick(['2A', '3B', '6', '1A']),
    cont_contact_outcome_json: '{"NEW_REFERRAL_FLAG":"Y","NFA_FLAG":"N"}',
  });
  sink.row('social-care/ssd_cin_episodes', {
    cine_referral_id: referral,
    cine_person_id: person,
    cine_referral_date: referred,
    cine_cin_primary_need_code: random.pick(['N1', 'N3', 'N5']),
    cine_referral_source_code: random.pick(['2A', '3B', '6', '5D']),
    cine_referral_outcome_json: '{"SINGLE_ASSESSMENT_FLAG":"Y","NFA_FLAG":"N"}',
    cine_referral_nfa: 'N',
    cine_referral_team: staff.duty.team,
    cine_referral_worker_id: staff.duty.council,
  });
  if (random.chance(0.1)) sink.row('social-care/gw_referral_origin', { referral_id: referral, agency_id: 'eh' });
  sink.row('social-care/ssd_cin_assessments', {
    cina_assessment_id: `8${key}`,
    cina_person_id: person,
    cina_referral_id: referral,
    cina_assessment_start_date: opened,
    cina_assessment_child_seen: 'Y',
    cina_assessment_auth_date: daysBefore(opened, -35),
    cina_assessment_outcome_json:
      '{"PROV_OF_SERVICES_FLAG":"Y","NFA_FLAG":"N","COMMENTS":"The family is open to help."}',
    cina_assessment_outcome_nfa: 'N',
    cina_assessment_team: teamOf.team,
    cina_assessment_worker_id: family.socialWorker.council,
  });
  sink.row('social-care/ssd_assessment_factors', {
    cinf_table_id: key,
    cinf_assessment_id: `8${key}`,
    cinf_assessment_factors_json: JSON.stringify(work ? FACTORS[work] : ['16A']),
  });
  involve(child, family.socialWorker, opened, isInCare ? daysBefore(today, 30) : undefined, referral, sink);
  if (isInCare) involve(child, worker, daysBefore(today, 30), undefined, referral, sink);
  for (const member of [worker, family.adultWorker, ...(family.hasEarlyHelp ? [family.keyworker] : [])]) {
    if (member)
      sink.row('social-care/gw_core_group', { child_person_id: person, staff_id: member.council, from_date: opened });
  }
  if (isInCare) writeCare(child, referral, today, sink);
  else if (family.state === 'CP' || family.state === 'PRE_PROCEEDINGS')
    writeProtection(family, child, referral, today, random, sink);
  else writeNeed(family, child, referral, today, sink);
  if (family.state === 'PRE_PROCEEDINGS' && isFirst) {
    involve(child, staff.psychologist, daysBefore(today, 28), undefined, referral, sink);
    sink.row('social-care/ssd_pre_proceedings', {
      prep_table_id: key,
      prep_person_id: person,
      prep_plo_family_id: family.id,
      prep_pre_pro_decision_date: daysBefore(today, 30),
      prep_pre_pro_letter_date: daysBefore(today, 28),
    });
  }
}

function writeNeed(family: Family, child: Member, referral: string, today: IsoDate, sink: Sink): void {
  const [person, plan] = [councilId(child), `9${child.number}`];
  sink.row('social-care/ssd_cin_plans', {
    cinp_cin_plan_id: plan,
    cinp_referral_id: referral,
    cinp_person_id: person,
    cinp_cin_plan_start_date: daysBefore(family.opened, -40),
    cinp_cin_plan_end_date: family.isSteppingDown ? daysBefore(today, -14) : undefined,
    cinp_cin_plan_team: family.team.id,
    cinp_cin_plan_worker_id: family.socialWorker.council,
  });
  for (const days of [12, 40]) {
    sink.row('social-care/ssd_cin_visits', {
      cinv_cin_visit_id: `${plan}${days}`,
      cinv_person_id: person,
      cinv_cin_visit_date: daysBefore(today, days),
      cinv_cin_visit_seen: 'Y',
      cinv_cin_visit_seen_alone: 'Y',
      cinv_cin_visit_bedroom: 'Y',
      cinv_cin_plan_id: plan,
    });
  }
  if (family.s47) {
    sink.row('social-care/ssd_s47_enquiry', {
      s47e_s47_enquiry_id: `47${child.number}`,
      s47e_referral_id: referral,
      s47e_person_id: person,
      s47e_s47_start_date: daysBefore(today, 5),
      s47e_s47_nfa: 'N',
      s47e_s47_completed_by_worker_id: family.socialWorker.council,
      s47e_s47_completed_by_team: family.team.id,
    });
    for (const adult of [family.mother, family.father])
      if (adult)
        sink.row('social-care/gw_s47_person', { s47_enquiry_id: `47${child.number}`, person_id: councilId(adult) });
  }
}

function writeProtection(
  family: Family,
  child: Member,
  referral: string,
  today: IsoDate,
  random: Random,
  sink: Sink,
): void {
  const [person, key] = [councilId(child), String(child.number)];
  const [enquiry, conference, plan] = [`47${key}`, `5${key}`, `9${key}`];
  const { socialWorker, team, opened } = family;
  const category = random.pick(['NEG', 'EMO', 'PHY']);
  const started = daysBefore(opened, -20);
  sink.row('social-care/ssd_s47_enquiry', {
    s47e_s47_enquiry_id: enquiry,
    s47e_referral_id: referral,
    s47e_person_id: person,
    s47e_s47_start_date: opened,
    s47e_s47_end_date: daysBefore(opened, -14),
    s47e_s47_nfa: 'N',
    s47e_s47_outcome_json: '{"CP_CONFERENCE_FLAG":"Y"}',
    s47e_s47_completed_by_worker_id: socialWorker.council,
    s47e_s47_completed_by_team: team.id,
  });
  sink.row('social-care/gw_s47_person', { s47_enquiry_id: enquiry, person_id: councilId(family.mother) });
  sink.row('social-care/ssd_initial_cp_conference', {
    icpc_icpc_id: conference,
    icpc_s47_enquiry_id: enquiry,
    icpc_person_id: person,
    icpc_cp_plan_id: plan,
    icpc_referral_id: referral,
    icpc_icpc_target_date: started,
    icpc_icpc_date: started,
    icpc_icpc_outcome_cp_flag: 'Y',
    icpc_icpc_outcome_json: '{"CP_FLAG":"Y"}',
    icpc_icpc_team: team.id,
    icpc_icpc_worker_id: socialWorker.council,
  });
  sink.row('social-care/ssd_cp_plans', {
    cppl_cp_plan_id: plan,
    cppl_referral_id: referral,
    cppl_icpc_id: conference,
    cppl_person_id: person,
    cppl_cp_plan_start_date: started,
    cppl_cp_plan_initial_category: category,
    cppl_cp_plan_latest_category: category,
  });
  for (const days of [8, 22, 36]) {
    sink.row('social-care/ssd_cp_visits', {
      cppv_cp_visit_id: `${plan}${days}`,
      cppv_person_id: person,
      cppv_cp_plan_id: plan,
      cppv_cp_visit_date: daysBefore(today, days),
      cppv_cp_visit_seen: 'Y',
      cppv_cp_visit_seen_alone: 'Y',
      cppv_cp_visit_bedroom: 'Y',
    });
  }
  sink.row('social-care/ssd_cp_reviews', {
    cppr_cp_review_id: `3${key}`,
    cppr_person_id: person,
    cppr_cp_plan_id: plan,
    cppr_cp_review_due: daysBefore(started, -90),
    cppr_cp_review_participation: 'PN1',
  });
}

function involve(
  child: Member,
  worker: StaffMember,
  from: IsoDate,
  until: IsoDate | undefined,
  referral: string,
  sink: Sink,
): void {
  sink.row('social-care/ssd_involvements', {
    invo_involvements_id: `I${child.number}${worker.council}`,
    invo_professional_id: worker.council,
    invo_professional_role_id: worker.title.toLowerCase(),
    invo_professional_team: worker.team,
    invo_involvement_start_date: from,
    invo_involvement_end_date: until,
    invo_worker_change_reason: until ? 'TSPROC' : undefined,
    invo_person_id: councilId(child),
    invo_referral_id: referral,
  });
}
