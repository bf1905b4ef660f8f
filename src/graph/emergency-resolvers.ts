/** Emergency access and approvals: one line each, to the operation's own desk for them. */

import type { ReviewFinding } from '../registers/emergency.js';
import type { ExceptionRecord } from '../registers/statements.js';
import type { EmergencyDraft, ShownEmergency } from '../sharing/emergencies.js';
import type { GraphContext } from './context.js';
import { personOf } from './node-id.js';

export const EMERGENCY_QUERIES = {
  emergenciesToReview: (_: unknown, __: unknown, { emergencies }: GraphContext) => emergencies.toReview(),
  exceptionsAwaitingApproval: (_: unknown, __: unknown, { approvals }: GraphContext) => approvals.awaiting(),
};

export const EMERGENCY_MUTATIONS = {
  openEmergencyAccess: (_: unknown, { input }: { input: EmergencyDraft }, { emergencies }: GraphContext) =>
    emergencies.open({ ...input, person: personOf(input.person) }),
  endEmergencyAccess: (_: unknown, { id, why }: { id: string; why: string }, { emergencies }: GraphContext) =>
    emergencies.end(id, why),
  reviewEmergencyAccess: (
    _: unknown,
    { id, finding, why }: { id: string; finding: ReviewFinding; why: string },
    { emergencies }: GraphContext,
  ) => emergencies.review(id, finding, why),
  approveException: (_: unknown, { id }: { id: string }, { approvals }: GraphContext) => approvals.approve(id),
};

export const EMERGENCY_FIELDS = {
  EmergencyAccess: {
    person: ({ person }: ShownEmergency, _: unknown, { operation }: GraphContext) => operation.reader.person(person),
    openedBy: ({ worker }: ShownEmergency) => worker,
    finding: ({ review }: ShownEmergency) => review?.finding ?? null,
  },
  ConsentNotRequired: {
    awaitsApproval: ({ awaits }: ExceptionRecord) => awaits !== undefined,
  },
};
