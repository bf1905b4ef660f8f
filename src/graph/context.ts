import type { AuditProofs } from '../audit/proofs.js';
import type { KeptMatrix } from '../disclosure/space/kept-matrix.js';
import type { Alerts } from '../oversight/alerts/alerts.js';
import type { Explaining } from '../oversight/explaining.js';
import type { AuditQuestions } from '../oversight/questions/questions.js';
import type { Sayings } from '../oversight/release-grounds.js';
import type { Operation } from '../reader/operation.js';
import type { Answering } from '../sharing/answers.js';
import type { Approvals } from '../sharing/approvals.js';
import type { Consents } from '../sharing/consents.js';
import type { Drafts } from '../sharing/drafts.js';
import type { Emergencies } from '../sharing/emergencies.js';
import type { Exceptions } from '../sharing/exceptions.js';
import type { Grants } from '../sharing/grants.js';
import type { Judgements } from '../sharing/judgements.js';
import type { PersonLinks } from '../sharing/person-links.js';
import type { Requests } from '../sharing/requests.js';
import type { Reviewing } from '../sharing/reviews.js';
import type { ServiceConsents } from '../sharing/service-consents.js';
import type { ShownStatements } from '../sharing/shown-statements.js';
import type { Withdrawals } from '../sharing/withdrawals.js';

/** What resolvers see: the one operation they serve. */
export interface GraphContext {
  readonly operation: Operation;
  readonly drafts: Drafts;
  readonly consents: Consents;
  readonly exceptions: Exceptions;
  readonly judgements: Judgements;
  readonly statements: ShownStatements;
  readonly links: PersonLinks;
  readonly emergencies: Emergencies;
  readonly approvals: Approvals;
  readonly requests: Requests;
  readonly answering: Answering;
  readonly grants: Grants;
  readonly explaining: Explaining;
  /** The published rules: what each policy says, and the table they make. */
  readonly sayings: Sayings;
  readonly matrix: KeptMatrix;
  readonly serviceConsents: ServiceConsents;
  readonly withdrawals: Withdrawals;
  readonly proofs: AuditProofs;
  readonly auditQuestions: AuditQuestions;
  readonly reviewing: Reviewing;
  readonly alerts: Alerts;
}
