import type { AuditEntryBody } from '../../src/audit/audit.js';

/** An entry with two releases. */
export function entry(id: string, changes: Partial<AuditEntryBody> = {}): AuditEntryBody {
  return {
    v: 1,
    id,
    at: '2026-11-20T09:00:00.000Z',
    operation: { name: 'TeamBoard', sha256: 'ab'.repeat(32), type: 'query' },
    requester: { worker: 'w-1', agency: 'csc', role: 'SOCIAL_WORKER' },
    purpose: 'SUPERVISION',
    result: 'ANSWERED',
    policyVersion: 'p-1',
    decisions: [
      {
        facts: 0,
        outcome: 'RELEASED',
        category: 'PLAN',
        permits: ['own-records'],
        basis: 'CONSENT',
        evidence: ['c-1'],
      },
    ],
    outcomes: [
      [0, 'P-1', 'csc', 'ChildInNeedPlan', ['plan-1', 'plan-2']],
      [0, 'P-2', 'csc', 'ChildInNeedPlan', ['plan-3']],
    ],
    ...changes,
  };
}
