/** OperationOutcome (R4 §2.28): what a FHIR server says of a request it refused, or of a search it could not finish. */
import { SourceFailure } from '../../src/sources/contract.js';
import { operationOutcomeSchema } from './wire.js';

/** The codes of R4 issue-type: a message may repeat these, and nothing else that a server says. */
const ISSUE_TYPES = new Set(
  `invalid structure required value invariant security login unknown expired forbidden suppressed processing
  not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule
  conflict transient lock-error no-store exception timeout incomplete throttled informational`.split(/\s+/),
);
/** Issues after which what was returned is not all there is, however mild the server calls them. */
const INCOMPLETE = new Set([
  'incomplete',
  'timeout',
  'throttled',
  'too-costly',
  'not-supported',
  'exception',
  'transient',
]);

/** Why a request was refused, as the server's OperationOutcome says it; none where it says nothing known. */
export function explain(body: unknown): string | undefined {
  const codes = (operationOutcomeSchema.safeParse(body).data?.issue ?? []).map((issue) => issue.code);
  return codes.find((code) => ISSUE_TYPES.has(code));
}

/** A search that the server itself says it could not finish is a failure, not a shorter list. Throws SourceFailure. */
export function refuseIncomplete(resource: unknown): void {
  const outcome = operationOutcomeSchema.safeParse(resource);
  const grave = outcome.success
    ? outcome.data.issue.some((i) => i.severity === 'fatal' || i.severity === 'error' || INCOMPLETE.has(i.code))
    : true;
  if (grave) throw new SourceFailure('the FHIR server could not finish a search');
}
