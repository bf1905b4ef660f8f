/** Grants and emergency access as rows of the store. Whom they are about stands in tables of their own, a row a person. */
import type { Purpose, Role } from '../domain/words.js';
import type { EmergencyAbout, EmergencyReview, EmergencyTerms, RecordedEmergency } from './emergency.js';
import type { GrantAbout, GrantedItem, GrantTerms } from './grant.js';
import { instant, join, type Row, split, type TableWriter, text } from './rows.js';

export const grantRows: TableWriter<GrantTerms> = {
  table: 'sharing_grant',
  columns: [
    'id',
    'request',
    'holder',
    'worker',
    'agency',
    'role',
    'categories',
    'purpose',
    'items',
    'from_at',
    'until_at',
    'recorded_at',
    'approved_by',
    'cites',
  ],
  values: (g) => [
    g.id,
    g.request,
    g.holder,
    g.worker,
    g.agency,
    g.role,
    join(g.categories),
    g.purpose,
    JSON.stringify(g.items),
    instant(g.from),
    instant(g.until),
    instant(g.recordedAt),
    g.approvedBy,
    join(g.cites),
  ],
};

export const emergencyRows: TableWriter<EmergencyTerms> = {
  table: 'emergency_access',
  columns: [
    'id',
    'person',
    'worker',
    'agency',
    'role',
    'gateway',
    'answers',
    'risk',
    'phoned',
    'from_at',
    'until_at',
    'recorded_at',
  ],
  values: (e) => [
    e.id,
    e.person,
    e.worker,
    e.agency,
    e.role,
    e.gateway,
    JSON.stringify(e.answers),
    e.risk,
    e.phoned,
    instant(e.from),
    instant(e.until),
    instant(e.recordedAt),
  ],
};

/** A grant about one person: `subject` and `ended` beside its own columns. */
export function readGrant(row: Row): GrantAbout {
  return {
    id: text(row['id']),
    request: text(row['request']),
    subject: text(row['subject']),
    holder: text(row['holder']),
    worker: text(row['worker']),
    agency: text(row['agency']),
    role: text(row['role']) as Role,
    categories: split(row['categories']) as GrantAbout['categories'],
    purpose: text(row['purpose']) as Purpose,
    items: JSON.parse(text(row['items'])) as readonly GrantedItem[],
    from: text(row['from_at']),
    until: text(row['until_at']),
    recordedAt: text(row['recorded_at']),
    approvedBy: text(row['approved_by']),
    cites: split(row['cites']),
    ...(row['ended'] ? { endedAt: text(row['ended']) } : {}),
  };
}

export function readEmergency(row: Row): EmergencyAbout {
  return { ...termsOf(row), subject: text(row['subject']) };
}

/** With whom it covers, and its review where there was one: `reviewed_at`, `reviewed_by`, `finding`, `why`. */
export function readRecordedEmergency(row: Row, subjects: readonly string[]): RecordedEmergency {
  const review: EmergencyReview = {
    at: text(row['reviewed_at']),
    reviewedBy: text(row['reviewed_by']),
    finding: text(row['finding']) as EmergencyReview['finding'],
    why: text(row['why']),
  };
  return { ...termsOf(row), subjects, ...(row['reviewed_at'] ? { review } : {}) };
}

function termsOf(row: Row): EmergencyTerms & { endedAt?: string } {
  return {
    id: text(row['id']),
    person: text(row['person']),
    worker: text(row['worker']),
    agency: text(row['agency']),
    role: text(row['role']) as Role,
    gateway: text(row['gateway']),
    answers: JSON.parse(text(row['answers'])) as EmergencyTerms['answers'],
    risk: text(row['risk']),
    phoned: text(row['phoned']),
    from: text(row['from_at']),
    until: text(row['until_at']),
    recordedAt: text(row['recorded_at']),
    ...(row['ended'] ? { endedAt: text(row['ended']) } : {}),
  };
}
