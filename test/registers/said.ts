/** Statements for tests: complete, covering the one tuple `ASK` asks for, changed where a test says so. */
import type { ConsentAsk } from '../../src/registers/consent.js';
import type { ExceptionAsk } from '../../src/registers/exception.js';
import type { RelevanceAsk } from '../../src/registers/relevance.js';
import type { ConsentStatement, ExceptionRecord, Judgement } from '../../src/registers/statements.js';

/** Midnight of a day of November 2026. */
export const day = (n: number) => new Date(Date.UTC(2026, 10, n)).toISOString();
export const NOW = day(20);

export const ASK: ConsentAsk & ExceptionAsk = {
  subject: 'P-1',
  isChild: false,
  guardians: [],
  allegedAgainstSubjectOrCarer: [],
  category: 'MENTAL_HEALTH',
  holder: 'trust-a',
  holderKind: 'MENTAL_HEALTH',
  recipient: 'csc',
  recipientKind: 'CHILDRENS_SOCIAL_CARE',
  purpose: 'CHILD_PROTECTION',
  at: NOW,
  holderVoluntary: false,
  recipientVoluntary: false,
};

const SCOPE = {
  categories: ['MENTAL_HEALTH'],
  holders: ['trust-a'],
  recipients: ['csc'],
  purposes: ['CHILD_PROTECTION'],
} as const;

export function said(changes: Partial<ConsentStatement> = {}): ConsentStatement {
  const recordedAt = changes.recordedAt ?? day(1);
  return {
    id: 'c-1',
    subject: 'P-1',
    state: 'GIVEN',
    givenBy: 'P-1',
    capacity: 'SELF',
    ...SCOPE,
    from: recordedAt,
    recordedAt,
    recordedBy: 'w-1',
    method: 'in writing',
    ...changes,
  };
}

export function excepted(changes: Partial<ExceptionRecord> = {}): ExceptionRecord {
  return {
    id: 'e-1',
    subjects: ['P-1'],
    gateway: 'CHILDREN_ACT_1989_S47',
    ...SCOPE,
    overridesRefusal: false,
    from: day(1),
    until: day(28),
    recordedAt: day(1),
    recordedBy: 'w-1',
    answers: { why: 'because' },
    ...changes,
  };
}

export const RECORD: RelevanceAsk = {
  source: 'mental-health',
  type: 'MentalHealthRecord',
  localId: 'r-1',
  episode: 'ep-1',
  subject: 'P-1',
  childrenWorkedWith: ['P-child'],
  adultsWorkedWith: [],
  enquiryChildren: [],
  at: NOW,
};

/** A judgement by name that serves the child worked with. */
export function judged(changes: Partial<Judgement> = {}): Judgement {
  return {
    id: 'j-1',
    source: 'mental-health',
    type: 'MentalHealthRecord',
    localId: 'r-1',
    subject: 'P-1',
    holder: 'trust-a',
    servesChild: 'P-child',
    factor: '4B',
    decision: 'RELEVANT',
    why: 'bears on the care of the child',
    judgedAt: day(1),
    judgedBy: 'w-2',
    ...changes,
  };
}

/** A judgement that stands for the kind of record in its episode. */
export function standing(changes: Partial<Judgement> = {}): Judgement {
  const { localId: _, ...rest } = judged({ id: 'j-standing', episode: 'ep-1' });
  return { ...rest, ...changes };
}
