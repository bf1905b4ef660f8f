/**
 * Rows of the source → records in the gateway's words, one mapper a record type. Long because it is one list of sixteen:
 * what each type is made of is read off in one place.
 */
import type { ContentValue, RecordLabel, RecordType, SourceRecord } from '../../src/domain/records.js';
import type { Category, IsoDate, RecordKind, SourceId } from '../../src/domain/words.js';
import { isCurrent } from '../../src/sources/sql-values.js';
import { factorOf, meaningOf, outcomesOf, wordsOf } from './codes.js';
import type { Lookups } from './lookups.js';
import { detailsOf } from './person.js';
import type { HungTable, OwnTable, Rows } from './rows.js';
import { PLAN_TABLES, statusOf } from './status.js';
import type { Row } from './wire.js';

export interface Mapping {
  readonly source: SourceId;
  readonly rows: Rows;
  readonly lookups: Lookups;
  readonly today: IsoDate;
}

interface Mapper {
  readonly tables: readonly (OwnTable | HungTable)[];
  /** Where the subject of a record is found by the record's id; `prefix` tells apart what several tables give. */
  readonly found: readonly {
    readonly table: OwnTable;
    readonly id: string;
    readonly person: string;
    readonly prefix?: string;
  }[];
  readonly map: (mapping: Mapping, person: string) => SourceRecord[];
}

type Content = { readonly [field: string]: ContentValue };
type Extra = Partial<Omit<RecordLabel<string>, 'author' | 'referredBy' | 'episode' | 'at'>> & {
  readonly author?: string | null | undefined;
  readonly referredBy?: string | null | undefined;
  readonly episode?: string | null | undefined;
  readonly at?: string | null | undefined;
};

/** A record about a person, with the label's usual values; what is null in `extra` is left out. */
function record(
  { source }: Mapping,
  type: RecordType,
  localId: string,
  subject: string,
  category: Category,
  { kind = 'OTHER', author, referredBy, episode, at, ...extra }: Extra & { readonly kind?: RecordKind },
  content: Content,
  persons: SourceRecord['persons'] = { child: subject },
): SourceRecord {
  const label: RecordLabel<string> = {
    type,
    source,
    localId,
    subject,
    names: [],
    fromWorkWith: [subject],
    category,
    kind,
    confidentiality: 'N',
    addresses: [],
    ...extra,
    ...(author ? { author } : {}),
    ...(referredBy ? { referredBy } : {}),
    ...(episode ? { episode } : {}),
    ...(at ? { at } : {}),
  };
  return { label, content, ...(Object.keys(persons).length > 0 ? { persons } : {}) };
}

/** A code's own field and its readable twin. Words in place of a code count as readable. */
function coded(set: Parameters<typeof meaningOf>[0], code: string | null, words: string | null = null) {
  return meaningOf(set, code) ?? words;
}

/** The kinds of `RelationshipRow`; another word of the source is OTHER. */
const KINDS = [
  'PARENT',
  'CHILD',
  'SIBLING',
  'PARTNER',
  'FORMER_PARTNER',
  'GRANDPARENT',
  'CARER',
  'NEIGHBOUR',
  'FRIEND',
];

function relationshipKind(row: Row<'gw_relationship'>, hasEnded: boolean): string {
  const kind = row.kind?.toUpperCase().replaceAll(/[ -]/g, '_') ?? '';
  if (!KINDS.includes(kind)) return 'OTHER';
  return hasEnded && kind === 'PARTNER' ? 'FORMER_PARTNER' : kind;
}

/** A relationship as it is today: what has ended carries no parental responsibility. */
export function relationshipNow(row: Row<'gw_relationship'>, today: IsoDate) {
  const hasEnded = !isCurrent(row.from_date, row.until_date, today);
  return {
    kind: relationshipKind(row, hasEnded),
    parentalResponsibility: !hasEnded && row.parental_responsibility === true,
  };
}

function cpEpisode(rows: Rows, child: string, plan: string | null): string | null {
  return rows.of('ssd_cp_plans', child).find((row) => row.cppl_cp_plan_id === plan)?.cppl_referral_id ?? null;
}

function carePeriodEpisode(rows: Rows, child: string, period: string | null): string | null {
  return (
    rows.of('ssd_cla_episodes', child).find((row) => period !== null && row.clae_cla_id === period)?.clae_referral_id ??
    null
  );
}

/** One mapper a record type this source provides. */
export const MAPPERS = {
  PersonDetails: {
    tables: ['ssd_person', 'gw_adult', 'ssd_address'],
    found: [
      { table: 'ssd_person', id: 'pers_person_id', person: 'pers_person_id' },
      { table: 'gw_adult', id: 'person_id', person: 'person_id' },
    ],
    map: (m, person) => {
      const details = detailsOf(m.rows, person);
      if (!details) return [];
      return [
        record(m, 'PersonDetails', person, person, 'IDENTITY', { addresses: details.addresses }, details.content, {}),
      ];
    },
  },
  Relationship: {
    tables: ['gw_relationship'],
    found: [{ table: 'gw_relationship', id: 'relationship_id', person: 'person_id' }],
    map: (m, person) =>
      m.rows.of('gw_relationship', person).map((row) => {
        const content = { ...relationshipNow(row, m.today), levelOfContact: row.level_of_contact };
        const extra = { names: [row.other_person_id], at: row.from_date };
        const persons = { person, other: row.other_person_id };
        return record(m, 'Relationship', row.relationship_id, person, 'NETWORK', extra, content, persons);
      }),
  },
  Involvement: {
    tables: ['ssd_involvements'],
    found: [{ table: 'ssd_involvements', id: 'invo_involvements_id', person: 'invo_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_involvements', person).map((row) => {
        const worker = m.lookups.worker(row.invo_professional_id);
        const team = m.lookups.team(row.invo_professional_team);
        const content = {
          workerName: worker?.name ?? null,
          workerRole: row.invo_professional_role_id ?? worker?.title ?? null,
          from: row.invo_involvement_start_date,
          until: row.invo_involvement_end_date,
          serviceName: team?.dept_team_name ?? null,
          district: team?.dept_team_parent_name ?? null,
        };
        const extra = { episode: row.invo_referral_id, at: row.invo_involvement_start_date };
        return record(m, 'Involvement', row.invo_involvements_id, person, 'INVOLVEMENT', extra, content, { person });
      }),
  },
  ChildStatus: {
    tables: [...PLAN_TABLES, 'ssd_s47_enquiry', 'ssd_cin_episodes', 'ssd_involvements'],
    found: [{ table: 'ssd_person', id: 'pers_person_id', person: 'pers_person_id' }],
    map: (m, person) => {
      const status = statusOf(m.rows, m.lookups, person, m.today);
      return status ? [record(m, 'ChildStatus', person, person, 'STATUS', { at: status.planStartedOn }, status)] : [];
    },
  },
  Contact: {
    tables: ['ssd_contacts'],
    found: [{ table: 'ssd_contacts', id: 'cont_contact_id', person: 'cont_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_contacts', person).map((row) =>
        record(
          m,
          'Contact',
          row.cont_contact_id,
          person,
          'SOCIAL_CARE',
          { at: row.cont_contact_date },
          {
            receivedOn: row.cont_contact_date,
            sourceCode: row.cont_contact_source_code,
            source: coded('cin_referral_source', row.cont_contact_source_code, row.cont_contact_source_desc),
            outcomes: outcomesOf('contact_outcome_keys', row.cont_contact_outcome_json),
          },
        ),
      ),
  },
  Referral: {
    tables: ['ssd_cin_episodes', 'gw_referral_origin'],
    found: [{ table: 'ssd_cin_episodes', id: 'cine_referral_id', person: 'cine_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_episodes', person).map((row) =>
        record(m, 'Referral', row.cine_referral_id, person, 'SOCIAL_CARE', ofReferral(m, row, 'REFERRAL'), {
          receivedOn: row.cine_referral_date,
          primaryNeedCode: row.cine_cin_primary_need_code,
          primaryNeed: coded('cin_primary_need', row.cine_cin_primary_need_code),
          sourceCode: row.cine_referral_source_code,
          source: coded('cin_referral_source', row.cine_referral_source_code, row.cine_referral_source_desc),
          closedOn: row.cine_close_date,
          closeReasonCode: row.cine_close_reason,
          closeReason: coded('cin_closure_reason', row.cine_close_reason),
        }),
      ),
  },
  ReferralDecision: {
    tables: ['ssd_cin_episodes', 'gw_referral_origin'],
    found: [{ table: 'ssd_cin_episodes', id: 'cine_referral_id', person: 'cine_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_episodes', person).flatMap((row) => {
        const outcomes = outcomesOf('referral_outcome_keys', row.cine_referral_outcome_json);
        if (row.cine_referral_nfa === null && (outcomes ?? []).length === 0) return [];
        // SSD holds no date of the decision; a referral that went no further was decided at the latest when it closed.
        const decidedOn = row.cine_referral_nfa === true ? row.cine_close_date : null;
        const content = { decidedOn, outcomes, noFurtherAction: row.cine_referral_nfa };
        const extra = ofReferral(m, row, 'REFERRAL_DECISION');
        return [record(m, 'ReferralDecision', row.cine_referral_id, person, 'STATUS', extra, content)];
      }),
  },
  Assessment: {
    tables: ['ssd_cin_assessments', 'ssd_assessment_factors'],
    found: [{ table: 'ssd_cin_assessments', id: 'cina_assessment_id', person: 'cina_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_assessments', person).map((row) => {
        const codes = m.rows
          .on('ssd_assessment_factors', row.cina_assessment_id)
          .flatMap((f) => f.cinf_assessment_factors_json ?? []);
        const extra = {
          kind: 'ASSESSMENT',
          author: m.lookups.worker(row.cina_assessment_worker_id)?.id,
          episode: row.cina_referral_id,
          at: row.cina_assessment_auth_date ?? row.cina_assessment_start_date,
        } as const;
        return record(m, 'Assessment', row.cina_assessment_id, person, 'SOCIAL_CARE', extra, {
          startedOn: row.cina_assessment_start_date,
          authorisedOn: row.cina_assessment_auth_date,
          childSeen: row.cina_assessment_child_seen,
          outcomes: outcomesOf('assessment_outcome_keys', row.cina_assessment_outcome_json),
          comments: row.cina_assessment_outcome_json?.COMMENTS ?? null,
          factors: [...new Set(codes)].map(factorOf),
        });
      }),
  },
  S47Enquiry: {
    tables: ['ssd_s47_enquiry', 'gw_s47_person'],
    found: [{ table: 'ssd_s47_enquiry', id: 's47e_s47_enquiry_id', person: 's47e_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_s47_enquiry', person).map((row) => {
        const named = m.rows.on('gw_s47_person', row.s47e_s47_enquiry_id).map((other) => other.person_id);
        const extra = {
          names: [...new Set(named)].filter((other) => other !== person).sort(),
          author: m.lookups.worker(row.s47e_s47_completed_by_worker_id)?.id,
          episode: row.s47e_referral_id,
          at: row.s47e_s47_start_date,
        };
        return record(m, 'S47Enquiry', row.s47e_s47_enquiry_id, person, 'SOCIAL_CARE', extra, {
          startedOn: row.s47e_s47_start_date,
          endedOn: row.s47e_s47_end_date,
          outcomes: outcomesOf('s47_outcome_keys', row.s47e_s47_outcome_json),
          comments: row.s47e_s47_outcome_json?.OUTCOME_COMMENTS ?? null,
        });
      }),
  },
  Conference: {
    tables: ['ssd_initial_cp_conference'],
    found: [{ table: 'ssd_initial_cp_conference', id: 'icpc_icpc_id', person: 'icpc_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_initial_cp_conference', person).map((row) => {
        const author = m.lookups.worker(row.icpc_icpc_worker_id)?.id;
        const extra = { author, episode: row.icpc_referral_id, at: row.icpc_icpc_date ?? row.icpc_icpc_target_date };
        return record(m, 'Conference', row.icpc_icpc_id, person, 'SOCIAL_CARE', extra, {
          dueOn: row.icpc_icpc_target_date,
          heldOn: row.icpc_icpc_date,
          endedInPlan: row.icpc_icpc_outcome_cp_flag,
          outcomes: outcomesOf('icpc_outcome_keys', row.icpc_icpc_outcome_json),
          comments: row.icpc_icpc_outcome_json?.COMMENTS ?? null,
        });
      }),
  },
  ChildInNeedPlan: {
    tables: ['ssd_cin_plans'],
    found: [{ table: 'ssd_cin_plans', id: 'cinp_cin_plan_id', person: 'cinp_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cin_plans', person).map((row) => {
        const author = m.lookups.worker(row.cinp_cin_plan_worker_id)?.id;
        const extra = {
          kind: 'CIN_PLAN',
          author,
          episode: row.cinp_referral_id,
          at: row.cinp_cin_plan_start_date,
        } as const;
        return record(m, 'ChildInNeedPlan', row.cinp_cin_plan_id, person, 'PLAN', extra, {
          startedOn: row.cinp_cin_plan_start_date,
          endedOn: row.cinp_cin_plan_end_date,
          teamName: m.lookups.team(row.cinp_cin_plan_team)?.dept_team_name ?? null,
        });
      }),
  },
  ChildProtectionPlan: {
    tables: ['ssd_cp_plans'],
    found: [{ table: 'ssd_cp_plans', id: 'cppl_cp_plan_id', person: 'cppl_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cp_plans', person).map((row) => {
        const extra = { episode: row.cppl_referral_id, at: row.cppl_cp_plan_start_date };
        return record(m, 'ChildProtectionPlan', row.cppl_cp_plan_id, person, 'PLAN', extra, {
          startedOn: row.cppl_cp_plan_start_date,
          endedOn: row.cppl_cp_plan_end_date,
          initialCategoryCode: row.cppl_cp_plan_initial_category,
          initialCategory: coded('cp_category_of_abuse', row.cppl_cp_plan_initial_category),
          latestCategoryCode: row.cppl_cp_plan_latest_category,
          latestCategory: coded('cp_category_of_abuse', row.cppl_cp_plan_latest_category),
        });
      }),
  },
  LookedAfterPlan: {
    tables: ['ssd_cla_episodes', 'ssd_cla_placement'],
    found: [{ table: 'ssd_cla_episodes', id: 'clae_cla_episode_id', person: 'clae_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_cla_episodes', person).map((row) => {
        const [placement] = m.rows.on('ssd_cla_placement', row.clae_cla_placement_id);
        const extra = { episode: row.clae_referral_id, at: row.clae_cla_episode_start_date };
        return record(m, 'LookedAfterPlan', row.clae_cla_episode_id, person, 'PLAN', extra, {
          startedOn: row.clae_cla_episode_start_date,
          endedOn: row.clae_cla_episode_ceased_date,
          startReason: wordsOf('cla_reason_new_episode', row.clae_cla_episode_start_reason),
          endReason: wordsOf('cla_reason_episode_ceased', row.clae_cla_episode_ceased_reason),
          placementType: wordsOf('cla_placement_type', placement?.clap_cla_placement_type ?? null),
          placementPostcode: placement?.clap_cla_placement_postcode ?? null,
        });
      }),
  },
  PlanReview: {
    tables: ['ssd_cp_reviews', 'ssd_cla_reviews', 'ssd_cp_plans', 'ssd_cla_episodes'],
    found: [
      { table: 'ssd_cp_reviews', id: 'cppr_cp_review_id', person: 'cppr_person_id', prefix: 'cp:' },
      { table: 'ssd_cla_reviews', id: 'clar_cla_review_id', person: 'clar_cla_person_id', prefix: 'cla:' },
    ],
    map: (m, person) => [
      ...m.rows.of('ssd_cp_reviews', person).map((row) => {
        const at = row.cppr_cp_review_date ?? row.cppr_cp_review_due;
        const extra = { episode: cpEpisode(m.rows, person, row.cppr_cp_plan_id), at };
        return record(m, 'PlanReview', `cp:${row.cppr_cp_review_id}`, person, 'PLAN', extra, {
          planType: 'CHILD_PROTECTION',
          dueOn: row.cppr_cp_review_due,
          heldOn: row.cppr_cp_review_date,
          planContinues: row.cppr_cp_review_outcome_continue_cp,
          participation: wordsOf('review_participation', row.cppr_cp_review_participation),
        });
      }),
      ...m.rows
        .of('ssd_cla_reviews', person)
        .filter((row) => row.clar_cla_review_cancelled !== true)
        .map((row) => {
          const at = row.clar_cla_review_date ?? row.clar_cla_review_due_date;
          const extra = { episode: carePeriodEpisode(m.rows, person, row.clar_cla_id), at };
          return record(m, 'PlanReview', `cla:${row.clar_cla_review_id}`, person, 'PLAN', extra, {
            planType: 'LOOKED_AFTER',
            dueOn: row.clar_cla_review_due_date,
            heldOn: row.clar_cla_review_date,
            planContinues: null,
            participation: wordsOf('review_participation', row.clar_cla_review_participation),
          });
        }),
    ],
  },
  Visit: {
    tables: ['ssd_cin_visits', 'ssd_cp_visits', 'ssd_cla_visits', 'ssd_cin_plans', 'ssd_cp_plans', 'ssd_cla_episodes'],
    found: [
      { table: 'ssd_cin_visits', id: 'cinv_cin_visit_id', person: 'cinv_person_id', prefix: 'cin:' },
      { table: 'ssd_cp_visits', id: 'cppv_cp_visit_id', person: 'cppv_person_id', prefix: 'cp:' },
      { table: 'ssd_cla_visits', id: 'clav_cla_visit_id', person: 'clav_person_id', prefix: 'cla:' },
    ],
    map: (m, person) => [
      ...m.rows.of('ssd_cin_visits', person).map((row) => {
        const plan = m.rows.of('ssd_cin_plans', person).find((p) => p.cinp_cin_plan_id === row.cinv_cin_plan_id);
        const seen = [row.cinv_cin_visit_date, row.cinv_cin_visit_seen, row.cinv_cin_visit_seen_alone] as const;
        return visit(
          m,
          `cin:${row.cinv_cin_visit_id}`,
          person,
          'CHILD_IN_NEED',
          plan?.cinp_referral_id ?? null,
          ...seen,
        );
      }),
      ...m.rows.of('ssd_cp_visits', person).map((row) => {
        const seen = [row.cppv_cp_visit_date, row.cppv_cp_visit_seen, row.cppv_cp_visit_seen_alone] as const;
        const episode = cpEpisode(m.rows, person, row.cppv_cp_plan_id);
        return visit(m, `cp:${row.cppv_cp_visit_id}`, person, 'CHILD_PROTECTION', episode, ...seen);
      }),
      ...m.rows.of('ssd_cla_visits', person).map((row) => {
        const seen = [row.clav_cla_visit_date, row.clav_cla_visit_seen, row.clav_cla_visit_seen_alone] as const;
        const episode = carePeriodEpisode(m.rows, person, row.clav_cla_id);
        return visit(m, `cla:${row.clav_cla_visit_id}`, person, 'LOOKED_AFTER', episode, ...seen);
      }),
    ],
  },
  LegalStatus: {
    tables: ['ssd_legal_status'],
    found: [{ table: 'ssd_legal_status', id: 'lega_legal_status_id', person: 'lega_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_legal_status', person).map((row) => {
        const extra = { at: row.lega_legal_status_start_date };
        return record(m, 'LegalStatus', row.lega_legal_status_id, person, 'SOCIAL_CARE', extra, {
          code: row.lega_legal_status,
          meaning: coded('cla_legal_status', row.lega_legal_status),
          from: row.lega_legal_status_start_date,
          until: row.lega_legal_status_end_date,
        });
      }),
  },
} as const satisfies { readonly [T in RecordType]?: Mapper };
export type ProvidedType = keyof typeof MAPPERS;

export function mapperOf(type: RecordType): Mapper | undefined {
  return Object.hasOwn(MAPPERS, type) ? MAPPERS[type as ProvidedType] : undefined;
}

/** The staff and teams that rows name, for `lookUp`. */
export function namedIn(rows: Rows): { workers: (string | null)[]; teams: (string | null)[] } {
  const involvements = rows.all('ssd_involvements');
  const plans = rows.all('ssd_cin_plans');
  return {
    workers: [
      ...involvements.map((row) => row.invo_professional_id),
      ...plans.map((row) => row.cinp_cin_plan_worker_id),
      ...rows.all('ssd_cin_episodes').map((row) => row.cine_referral_worker_id),
      ...rows.all('ssd_cin_assessments').map((row) => row.cina_assessment_worker_id),
      ...rows.all('ssd_s47_enquiry').map((row) => row.s47e_s47_completed_by_worker_id),
      ...rows.all('ssd_initial_cp_conference').map((row) => row.icpc_icpc_worker_id),
    ],
    teams: [...involvements.map((row) => row.invo_professional_team), ...plans.map((row) => row.cinp_cin_plan_team)],
  };
}

function ofReferral(m: Mapping, row: Row<'ssd_cin_episodes'>, kind: RecordKind) {
  const [origin] = m.rows.on('gw_referral_origin', row.cine_referral_id);
  const author = m.lookups.worker(row.cine_referral_worker_id)?.id;
  return { kind, author, referredBy: origin?.agency_id, episode: row.cine_referral_id, at: row.cine_referral_date };
}

function visit(
  m: Mapping,
  localId: string,
  child: string,
  planType: 'CHILD_IN_NEED' | 'CHILD_PROTECTION' | 'LOOKED_AFTER',
  episode: string | null,
  visitedOn: IsoDate | null,
  childSeen: boolean | null,
  childSeenAlone: boolean | null,
): SourceRecord {
  const content = { planType, visitedOn, childSeen, childSeenAlone };
  return record(m, 'Visit', localId, child, 'SOCIAL_CARE', { episode, at: visitedOn }, content);
}
