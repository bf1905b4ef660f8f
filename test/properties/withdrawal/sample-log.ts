/** A short log by hand, to see that the check of the log finds what must not be in one. */
import type { LoggedEntry } from '../../../src/audit/audit.js';
import type { DecisionEntry } from '../../../src/audit/entry.js';
import { type FactRecord, factKey, factsOf } from '../../../src/domain/facts.js';
import type { GrantAbout } from '../../../src/registers/grant.js';
import type { ConsentStatement, ExceptionRecord, Judgement } from '../../../src/registers/statements.js';

export const RELEASE_FACTS: FactRecord = { ...factsOf(0), ownAgency: false, authoredByRequester: false };

const SCOPE = { categories: ['*'], holders: ['haven'], recipients: ['csc'], purposes: ['SUPERVISION'] } as const;
const RECORDED = { recordedAt: '2026-11-01T09:00:00.000Z', recordedBy: 'rw-1', from: '2026-11-01T09:00:00.000Z' };

const given: ConsentStatement = {
  id: 'given',
  subject: 'P-1',
  state: 'GIVEN',
  givenBy: 'P-1',
  capacity: 'SELF',
  method: 'in writing',
  ...SCOPE,
  ...RECORDED,
};
const exception: ExceptionRecord = {
  id: 'exception',
  subjects: ['P-1'],
  gateway: 'CHILDREN_ACT_1989_S17',
  overridesRefusal: false,
  until: '2026-11-23T12:30:00.000Z',
  answers: {},
  ...SCOPE,
  ...RECORDED,
};
const judgement: Judgement = {
  id: 'judgement',
  source: 'substance-misuse',
  type: 'SubstanceMisuseRecord',
  localId: 'C1/E1',
  subject: 'P-1',
  holder: 'haven',
  servesChild: 'P-2',
  factor: '1B',
  decision: 'RELEVANT',
  why: 'For the child.',
  judgedAt: '2026-11-01T09:00:00.000Z',
  judgedBy: 'rw-1',
};

const grant: GrantAbout = {
  id: 'grant',
  request: 'r-1',
  subject: 'P-1',
  holder: 'haven',
  worker: 'sw-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  categories: ['SUBSTANCE_MISUSE'],
  purpose: 'SUPERVISION',
  items: [],
  from: '2026-11-01T09:00:00.000Z',
  until: '2026-11-23T12:30:00.000Z',
  recordedAt: '2026-11-01T09:00:00.000Z',
  approvedBy: 'am-1',
  cites: ['given'],
};

export const statementOf = {
  grant,
  given,
  refused: { ...given, id: 'refused', state: 'REFUSED' },
  exception,
  judgement,
  notRelevant: { ...judgement, id: 'not-relevant', decision: 'NOT_RELEVANT' },
} as const;

/** One entry: a record of P-1 released by haven to the council, or, with `says`, statements written. */
export function releaseFrom({
  seq,
  version,
  at = '2026-11-23T12:00:00.000Z',
  says,
  ...rest
}: {
  readonly seq: number;
  readonly version: number;
  readonly at?: string;
  readonly says?: { readonly did: string; readonly ids: readonly string[] };
} & Pick<DecisionEntry, 'basis' | 'evidence'>): LoggedEntry {
  const decision = { facts: factKey(RELEASE_FACTS), outcome: 'RELEASED', category: 'SUBSTANCE_MISUSE', ...rest };
  return {
    seq,
    hash: '',
    body: {
      v: 1,
      id: `e-${seq}`,
      at,
      operation: { name: 'W', sha256: '', type: says ? 'mutation' : 'query' },
      requester: { worker: 'sw-1', agency: 'csc', role: 'SOCIAL_WORKER' },
      purpose: 'SUPERVISION',
      result: 'ANSWERED',
      policyVersion: 'p-1',
      registersVersion: version,
      decisions: says ? [] : [decision],
      outcomes: says ? [] : [[0, 'P-1', 'haven', 'SubstanceMisuseRecord', ['C1/E1']]],
      ...(says ? { statements: [{ ...says, subjects: ['P-1'], policies: [] }] } : {}),
    },
  };
}
