/**
 * What the council's case system holds about a generated child in its care, and about persons beside any case: disability,
 * immigration status, early help of years ago, a mother who left care herself. Drawn from nobody's random: who has what
 * follows from their number, so that these tables move nothing else of a world.
 */
import type { IsoDate } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { daysBefore } from './invented.js';
import type { Sink } from './sink.js';
import { councilId } from './write-people.js';

const DISABILITIES = ['LD', 'AUT', 'MOB', 'COMM', 'HEAR'];
const STATUSES = ['Indefinite leave to remain', 'Limited leave to remain', 'Asylum claim pending'];
const PERMANENCE = [
  '{"RETURN6M":"Y","LTFOST18":"N","OTHERPLN":""}',
  '{"RETURN6M":"N","LTFOST18":"Y","OTHERPLN":""}',
  '{"RETURN6M":"N","LTRELFR":"Y","OTHERPLN":""}',
];
const YEARS_IN_LEAVING_CARE = 25;

export function writeCircumstances(family: Family, today: IsoDate, sink: Sink): void {
  const { children, mother, members, number, opened } = family;
  for (const child of children.filter((each) => each.number % 11 === 0)) {
    sink.row('social-care/ssd_disability', {
      disa_person_id: councilId(child),
      disa_table_id: `D${child.number}`,
      disa_disability_code: DISABILITIES[child.number % DISABILITIES.length],
    });
  }
  if (number % 17 === 0) {
    for (const member of members) {
      sink.row('social-care/ssd_immigration_status', {
        immi_person_id: councilId(member),
        immi_immigration_status_id: `N${member.number}`,
        immi_immigration_status: STATUSES[number % STATUSES.length],
        immi_immigration_status_start_date: daysBefore(opened, 400),
      });
    }
  }
  if (number % 9 === 0) {
    for (const child of children.filter(({ born }) => born < daysBefore(opened, 900))) {
      sink.row('social-care/ssd_early_help_episodes', {
        earl_episode_id: `B${child.number}`,
        earl_person_id: councilId(child),
        earl_episode_start_date: daysBefore(opened, 800),
        earl_episode_end_date: daysBefore(opened, 600),
        earl_episode_reason: 'Routines and school attendance',
        earl_episode_end_reason: 'Goals met',
        earl_episode_organisation: 'Alderbrook Family Support',
      });
    }
  }
  if (number % 3 === 0 && mother.born > daysBefore(today, YEARS_IN_LEAVING_CARE * 365)) {
    sink.row('social-care/ssd_care_leavers', {
      clea_table_id: `Y${mother.number}`,
      clea_person_id: councilId(mother),
      clea_care_leaver_eligibility: 'Former Relevant',
      clea_care_leaver_in_touch: 'YES',
      clea_care_leaver_latest_contact: daysBefore(today, 40),
      clea_care_leaver_accommodation: 'U',
      clea_care_leaver_accom_suitable: '1',
      clea_care_leaver_activity: 'G6',
      clea_pathway_plan_review_date: daysBefore(today, 90),
      clea_care_leaver_worker_id: family.carer.council,
    });
  }
}

/** A child in care for a month: episode, placement, legal status, plan, what is measured, and perhaps a night away. */
export function writeCare(child: Member, referral: string, today: IsoDate, sink: Sink): void {
  const [person, key] = [councilId(child), String(child.number)];
  const [care, placement, entered] = [`C${key}`, `L${key}`, daysBefore(today, 30)];
  sink.row('social-care/ssd_cla_episodes', {
    clae_cla_episode_id: `E${key}`,
    clae_person_id: person,
    clae_cla_episode_start_date: entered,
    clae_cla_episode_start_reason: 'S',
    clae_cla_primary_need_code: 'N1',
    clae_cla_id: care,
    clae_referral_id: referral,
    clae_cla_placement_id: placement,
    clae_entered_care_date: entered,
  });
  sink.row('social-care/ssd_cla_placement', {
    clap_cla_placement_id: placement,
    clap_cla_placement_start_date: entered,
    clap_cla_placement_type: 'U6',
    clap_cla_id: care,
    clap_cla_placement_provider: 'PR1',
    clap_cla_placement_postcode: child.home.postcode,
    clap_person_id: person,
  });
  sink.row('social-care/ssd_legal_status', {
    lega_legal_status_id: `G${key}`,
    lega_person_id: person,
    lega_legal_status: 'C1',
    lega_legal_status_start_date: entered,
  });
  sink.row('social-care/ssd_cla_reviews', {
    clar_cla_review_id: `R${key}`,
    clar_cla_id: care,
    clar_cla_review_due_date: daysBefore(today, 10),
    clar_cla_review_date: daysBefore(today, 10),
    clar_cla_review_cancelled: 'N',
    clar_cla_review_participation: 'PN1',
    clar_cla_person_id: person,
  });
  sink.row('social-care/ssd_cla_visits', {
    clav_cla_visit_id: `V${key}`,
    clav_cla_id: care,
    clav_person_id: person,
    clav_cla_visit_date: daysBefore(today, 6),
    clav_cla_visit_seen: 'Y',
    clav_cla_visit_seen_alone: 'Y',
  });
  sink.row('social-care/ssd_cla_care_plan', {
    lacp_table_id: `K${key}`,
    lacp_person_id: person,
    lacp_cla_care_plan_start_date: daysBefore(today, 20),
    lacp_cla_care_plan_json: PERMANENCE[child.number % PERMANENCE.length],
  });
  sink.row('social-care/ssd_sdq_scores', {
    csdq_table_id: `Q${key}`,
    csdq_person_id: person,
    csdq_sdq_completed_date: daysBefore(today, 15),
    csdq_sdq_score: 5 + (child.number % 23),
  });
  sink.row('social-care/ssd_cla_health', {
    clah_health_check_id: `F${key}`,
    clah_person_id: person,
    clah_health_check_type: 'Initial health assessment',
    clah_health_check_date: daysBefore(today, 8),
    clah_health_check_status: child.number % 5 === 0 ? 'Planned' : 'Completed',
  });
  sink.row('social-care/ssd_cla_immunisations', {
    clai_person_id: person,
    clai_immunisations_status: child.number % 6 === 0 ? 'N' : 'Y',
    clai_immunisations_status_date: daysBefore(today, 8),
  });
  if (child.number % 2 === 0) {
    sink.row('social-care/ssd_missing', {
      miss_table_id: `M${key}`,
      miss_person_id: person,
      miss_missing_episode_start_date: daysBefore(today, 12),
      miss_missing_episode_type: child.number % 4 === 0 ? 'M' : 'A',
      miss_missing_episode_end_date: daysBefore(today, 11),
      miss_missing_rhi_offered: 'Y',
      miss_missing_rhi_accepted: child.number % 3 === 0 ? 'N' : 'Y',
    });
  }
}
