/**
 * What a holder's own system says was agreed to or refused there, beside what was said to the gateway (RULES §2,
 * consentState; clause FS-01). Pure.
 *
 * - A denial in force at the holder counts while it stands there, whatever was said since: who refused it there lifts it there.
 * - All else is one statement among the others: the most recent that covers counts, at equal times the more restrictive.
 */
import type { ConsentRow } from '../domain/circumstances.js';
import { AGENCY_KINDS, type AgencyId, type IsoInstant, type PersonId } from '../domain/words.js';
import { type ConsentAsk, type ConsentFinding, consentFor } from './consent.js';
import { covers } from './scope.js';
import { type ConsentStatement, EVERYTHING } from './statements.js';

/**
 * What the statements and the rows of the holder's system amount to. Requires rows of the holder asked about.
 * `isAgency`: a denial to somebody the directory does not know denies to everybody.
 */
export function consentBeside(
  statements: readonly ConsentStatement[],
  rows: readonly ConsentRow<PersonId>[],
  ask: ConsentAsk,
  isAgency: (id: AgencyId) => boolean,
): ConsentFinding {
  const told = rows.filter(({ person }) => person === ask.subject);
  if (told.length === 0) return consentFor(statements, ask);
  const denials = told.filter((row) => row.inForce && isLive(row, ask.at) && covers(scopeOf(row, ask, isAgency), ask));
  if (denials.length > 0) return { state: 'REFUSED', statements: [...new Set(denials.map(({ id }) => id))] };
  const said = told.filter((row) => !row.inForce).flatMap((row) => statementOf(row, ask, isAgency) ?? []);
  return consentFor([...statements, ...said], ask);
}

/** A denial that began when it was said does so though the holder's clock is ahead of ours. */
function isLive({ from, until, at }: ConsentRow<PersonId>, now: IsoInstant): boolean {
  return (
    (from === undefined || from <= now || (at !== undefined && from <= at)) && (until === undefined || now < until)
  );
}

function scopeOf(row: ConsentRow<PersonId>, { holder }: ConsentAsk, isAgency: (id: AgencyId) => boolean) {
  const isKnown = (id: string) => id === EVERYTHING || AGENCY_KINDS.some((kind) => kind === id) || isAgency(id);
  const isWhole = row.state === 'GIVEN' || row.recipients.every(isKnown);
  const { categories, purposes, recipients } = row;
  return { categories, purposes, holders: [holder], recipients: isWhole ? recipients : [EVERYTHING] };
}

/** As the person's own word: the algebra lets an agreement so recorded count for an adult only, a refusal for a child too. */
function statementOf(
  row: ConsentRow<PersonId>,
  ask: ConsentAsk,
  isAgency: (id: AgencyId) => boolean,
): ConsentStatement | undefined {
  if (row.at === undefined) return undefined;
  const recordedAt = instantOf(row.at);
  const from = row.from === undefined ? recordedAt : instantOf(row.from);
  return {
    id: row.id,
    subject: row.person,
    state: row.state,
    givenBy: row.person,
    capacity: 'SELF',
    ...scopeOf(row, ask, isAgency),
    from: from < recordedAt ? recordedAt : from,
    ...(row.until === undefined ? {} : { until: instantOf(row.until) }),
    recordedAt,
    recordedBy: '',
    method: "the holder's own system",
  };
}

function instantOf(point: string): IsoInstant {
  return new Date(point).toISOString();
}
