/** Rows of early help → records and circumstances. */
import type { InvolvementRow, PlanPeriodRow } from '../../src/domain/circumstances.js';
import {
  addressKey,
  type ContentValue,
  type RecordLabel,
  type RecordType,
  type SourceRecord,
} from '../../src/domain/records.js';
import type { Category, RecordKind, SourceId } from '../../src/domain/words.js';
import { period } from '../../src/sources/sql-values.js';
import type { Row } from './wire.js';

export type Member = Row<'gw_eh_family_member'>;
export type Episode = Row<'gw_eh_episode'>;

interface About {
  readonly type: RecordType;
  readonly localId: string;
  readonly subject: string;
  readonly category?: Category;
  readonly kind?: RecordKind;
  readonly addresses?: readonly string[];
  readonly author?: string | null;
  readonly episode?: string | null;
  readonly at?: string | null;
}

function record(
  source: SourceId,
  { type, localId, subject, category = 'EARLY_HELP', kind = 'OTHER', addresses = [], author, episode, at }: About,
  content: { readonly [field: string]: ContentValue },
  persons?: SourceRecord['persons'],
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
    addresses,
    ...(author ? { author } : {}),
    ...(episode ? { episode } : {}),
    ...(at ? { at } : {}),
  };
  return persons === undefined ? { label, content } : { label, content, persons };
}

export function addressOf({ house, postcode }: Row<'gw_eh_person'>): string | undefined {
  return addressKey({ house, postcode });
}

const SEX: Readonly<Record<string, string>> = { M: 'Male', F: 'Female', U: 'Unknown' };

export function personDetails(source: SourceId, row: Row<'gw_eh_person'>): SourceRecord {
  const key = addressOf(row);
  const line = [row.house, row.street].filter((part) => part !== null).join(' ') || null;
  const hasAddress = line !== null || row.town !== null || row.postcode !== null;
  const about = {
    type: 'PersonDetails',
    localId: row.person_id,
    subject: row.person_id,
    category: 'IDENTITY',
    addresses: key ? [key] : [],
  } as const;
  return record(source, about, {
    forename: row.forename,
    surname: row.surname,
    dateOfBirth: row.dob,
    sex: row.sex === null ? null : (SEX[row.sex.toUpperCase()] ?? row.sex),
    addresses: hasAddress ? [{ line, town: row.town, postcode: row.postcode, from: null, until: null }] : [],
    phones: (row.phone ?? '')
      .split(';')
      .map((phone) => phone.trim())
      .filter((phone) => phone !== ''),
    school: row.school,
  });
}

/** The involvement of an episode's keyworker with one member of its family. */
export function involvement(source: SourceId, episode: Episode, person: string): SourceRecord {
  const about = {
    type: 'Involvement',
    localId: involvementId(episode.episode_id, person),
    subject: person,
    category: 'INVOLVEMENT',
    episode: episode.episode_id,
    at: episode.started_on,
  } as const;
  const content = {
    workerName: episode.keyworker_name,
    workerRole: 'Keyworker',
    from: episode.started_on,
    until: episode.ended_on,
    serviceName: episode.service_name,
  };
  return record(source, about, content, { person });
}

/** An involvement has no id of its own: its episode's and its person's, in a form that can be taken apart again. */
export function involvementId(episode: string, person: string): string {
  return JSON.stringify([episode, person]);
}

/** The episode an involvement id names, or undefined for what is no such id. */
export function episodeOf(localId: string): string | undefined {
  try {
    const parts: unknown = JSON.parse(localId);
    return Array.isArray(parts) && parts.length === 2 && typeof parts[0] === 'string' ? parts[0] : undefined;
  } catch {
    return undefined;
  }
}

export function earlyHelpEpisode(source: SourceId, row: Episode): SourceRecord {
  const about = {
    type: 'EarlyHelpEpisode',
    localId: row.episode_id,
    subject: row.index_person_id,
    episode: row.episode_id,
    at: row.started_on,
  } as const;
  return record(source, about, {
    startedOn: row.started_on,
    endedOn: row.ended_on,
    reason: row.reason,
    endReason: row.end_reason,
    keyworkerName: row.keyworker_name,
    serviceName: row.service_name,
  });
}

export function earlyHelpAssessment(source: SourceId, row: Row<'gw_eh_assessment'>): SourceRecord {
  const child = row.child_person_id;
  const about = {
    type: 'EarlyHelpAssessment',
    kind: 'ASSESSMENT',
    localId: row.assessment_id,
    subject: child,
    author: row.author_staff_id,
    episode: row.episode_id,
    at: row.completed_on,
  } as const;
  return record(source, about, { completedOn: row.completed_on, summary: row.summary, needs: row.needs }, { child });
}

export function supportPlan(source: SourceId, row: Row<'gw_eh_support_plan'>): SourceRecord {
  const child = row.child_person_id;
  const about = {
    type: 'SupportPlan',
    kind: 'SUPPORT_PLAN',
    localId: row.plan_id,
    subject: child,
    author: row.author_staff_id,
    episode: row.episode_id,
    at: row.started_on,
  } as const;
  const dates = { startedOn: row.started_on, reviewDueOn: row.review_due_on, endedOn: row.ended_on };
  return record(source, about, { ...dates, goals: row.goals, actions: row.actions }, { child });
}

export function supportOutcome(source: SourceId, row: Row<'gw_eh_outcome'>): SourceRecord {
  const child = row.child_person_id;
  const about = {
    type: 'SupportOutcome',
    kind: 'PROGRESS',
    localId: row.outcome_id,
    subject: child,
    author: row.author_staff_id,
    episode: row.episode_id,
    at: row.recorded_on,
  } as const;
  const content = { recordedOn: row.recorded_on, domain: row.domain, progress: row.progress, summary: row.summary };
  return record(source, about, content, { child });
}

/** The keyworker and team of an episode are involved with every member of its family, as long as it lasts. */
export function involvementRow(episode: Episode, person: string): InvolvementRow {
  return {
    person,
    ...(episode.keyworker_staff_id === null ? {} : { worker: episode.keyworker_staff_id }),
    ...(episode.team_id === null ? {} : { team: episode.team_id }),
    role: 'keyworker',
    ...period(episode.started_on, episode.ended_on),
  };
}

/** Every child of the family receives early help as long as the episode lasts. */
export function planRows(episode: Episode, members: readonly Member[]): PlanPeriodRow[] {
  return members
    .filter((member) => member.is_child === true)
    .map((member) => ({
      child: member.person_id,
      kind: 'EARLY_HELP',
      ...period(episode.started_on, episode.ended_on),
    }));
}

/** Members of each family, once each. */
export function byFamily(members: readonly Member[]): ReadonlyMap<string, readonly Member[]> {
  const families = new Map<string, Map<string, Member>>();
  for (const member of members) {
    const family = families.get(member.family_id) ?? new Map<string, Member>();
    families.set(member.family_id, family.set(member.person_id, member));
  }
  return new Map([...families].map(([family, persons]) => [family, [...persons.values()]]));
}
