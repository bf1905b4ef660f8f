/**
 * Agreement to be worked with by a service (FS-17, BFS-02, BFS-09): a statement of its own. It never implies or cancels
 * consent to share. What was said to the gateway stands beside what a service's own system says was said there. Pure.
 *
 * - The most recent statement counts; at equal times, and where the day alone is known, the more restrictive.
 * - For a child each who may speak has a voice of their own, as with consent to share. A row of the service's system does not
 *   say who spoke: a refusal in it counts against everybody who spoke before, an agreement lifts nobody's refusal.
 */
import type { ServiceConsentRow } from '../domain/circumstances.js';
import type { AgencyId, AgencyKind, IsoInstant, PersonId } from '../domain/words.js';
import { type ConsentState, consentFor, takenBackBy } from './consent.js';
import { type ConsentStatement, EVERYTHING, type ServiceConsent } from './statements.js';

export interface ServiceAsk {
  readonly subject: PersonId;
  readonly isChild: boolean;
  readonly guardians: readonly PersonId[];
  readonly allegedAgainstSubjectOrCarer: readonly PersonId[];
  readonly service: AgencyId;
  readonly serviceKind: AgencyKind;
  readonly at: IsoInstant;
}

/** What one person's statements and the rows of services' systems about them amount to; NONE where nothing was said. */
export function serviceConsentFor(
  statements: readonly ServiceConsent[],
  rows: readonly ServiceConsentRow<PersonId>[],
  ask: ServiceAsk,
): ConsentState {
  const said = statements.filter(
    ({ subject, service }) => subject === ask.subject && (service === ask.service || service === ask.serviceKind),
  );
  // A refusal counts as soon as it is told, whatever the clock of whoever took it down.
  const told = rows.filter(({ person, state, at }) => person === ask.subject && (state !== 'GIVEN' || at <= ask.at));
  if (!ask.isChild || said.length === 0)
    return amountTo([...said.map(scoped), ...told.map((row) => asSaidBy(ask.subject, row))], {
      ...ask,
      isChild: false,
    });
  const speakers = [...new Set(said.map(({ givenBy }) => givenBy))];
  const against = told.filter(({ state }) => state !== 'GIVEN');
  const found = amountTo(
    [...said.map(scoped), ...speakers.flatMap((speaker) => against.map((row) => asSaidBy(speaker, row, ask.subject)))],
    ask,
  );
  return found === 'NONE' ? serviceConsentFor([], rows, ask) : found;
}

/** Agreements that this takes back whole, as `takenBackBy`: with the same service, by its name or its kind as it was said. */
export function serviceConsentsTakenBackBy(
  said: ServiceConsent,
  statements: readonly ServiceConsent[],
): readonly ServiceConsent[] {
  const same = statements.filter(({ service }) => service === said.service);
  const taken = new Set(takenBackBy(scoped(said), same.map(scoped)).map(({ id }) => id));
  return same.filter(({ id }) => taken.has(id));
}

/** By the one algebra of consent; what it covers is all the same but for the service, which was looked at already. */
function amountTo(statements: readonly ConsentStatement[], ask: ServiceAsk): ConsentState {
  const { service, serviceKind, ...person } = ask;
  return consentFor(statements, {
    ...person,
    category: 'STATUS',
    purpose: 'DIRECT_WORK',
    holder: service,
    holderKind: serviceKind,
    recipient: service,
    recipientKind: serviceKind,
  }).state;
}

const WHOLE = {
  categories: [EVERYTHING],
  holders: [EVERYTHING],
  recipients: [EVERYTHING],
  purposes: [EVERYTHING],
} as const;

function scoped({ service: _, ...said }: ServiceConsent): ConsentStatement {
  return { ...said, ...WHOLE };
}

/**
 * Of a day alone an agreement is of its first moment, anything else of its last. In the own name: an agreement is told only of
 * whom it is about, and anything else counts in whatever capacity it was said.
 */
function asSaidBy(speaker: PersonId, row: ServiceConsentRow<PersonId>, subject = row.person): ConsentStatement {
  const [first, last] =
    row.at.length === DAY
      ? [`${row.at}T00:00:00.000Z`, `${row.at}T23:59:59.999Z`]
      : [instantOf(row.at), instantOf(row.at)];
  return {
    id: '',
    subject,
    state: row.state,
    givenBy: speaker,
    capacity: 'SELF',
    ...WHOLE,
    from: first,
    recordedAt: row.state === 'GIVEN' ? first : last,
    recordedBy: '',
    method: "the service's own system",
  };
}

const DAY = 'YYYY-MM-DD'.length;

function instantOf(at: string): IsoInstant {
  return new Date(at).toISOString();
}
