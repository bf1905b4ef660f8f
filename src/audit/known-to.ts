/**
 * What of an entry is known to the officers of one agency alone: lines of what it keeps locked (RULES §1: never shown to exist
 * outside its holder, not by a count), and what its officers did that would tell of such. Whatever is found, counted or
 * judged of the log for officers passes here: the index derives its terms and counts from what this leaves, the watch its alerts.
 */
import type { AgencyId, PersonId } from '../domain/words.js';
import type { AuditEntryBody, DecisionEntry, OutcomeEntry, StatementEntry } from './entry.js';
import { factsIn, isLocked } from './logged-facts.js';

/** The agencies that alone know something of an entry. */
export function keepersOf(body: AuditEntryBody): ReadonlySet<AgencyId> {
  const locked = lockedIn(body);
  const keepers = new Set<AgencyId>();
  if (locked.size > 0)
    for (const [number, , holder] of body.outcomes) {
      const line = body.decisions[number];
      if (line && locked.has(line)) keepers.add(holder);
    }
  if (body.statements?.some(isOfItsAgency)) keepers.add(body.requester.agency);
  return keepers;
}

/**
 * An entry as officers of an agency may know it, so far as locks go; of none, as officers of every agency may. Of what was done
 * with an alert the name that its document gave itself is left out too: it may say the same.
 */
export function asKnownTo(body: AuditEntryBody, agency?: AgencyId): AuditEntryBody {
  const locked = lockedIn(body);
  const lines =
    locked.size === 0 ? body : withLines(body, (line, _person, holder) => holder === agency || !locked.has(line));
  const { statements, operation, requester } = body;
  if (requester.agency === agency || !statements?.some(isOfItsAgency)) return lines;
  return {
    ...lines,
    operation: statements.some(isAboutAnAlert) ? { ...operation, name: '' } : operation,
    statements: statements.filter((statement) => !isOfItsAgency(statement)),
  };
}

/** An entry with those of its lines that are kept, and of its decisions what these rest on. */
export function withLines(
  body: AuditEntryBody,
  keeps: (line: DecisionEntry, person: PersonId, holder: string) => boolean,
): AuditEntryBody {
  const places = new Map<number, number>();
  const decisions: DecisionEntry[] = [];
  const outcomes = body.outcomes.flatMap(([number, person, holder, type, records]): OutcomeEntry[] => {
    const line = body.decisions[number];
    if (!line || !keeps(line, person, holder)) return [];
    const place = places.get(number) ?? decisions.push(line) - 1;
    places.set(number, place);
    return [[place, person, holder, type, records]];
  });
  return { ...body, decisions, outcomes };
}

const NONE: ReadonlySet<DecisionEntry> = new Set();

function lockedIn(body: AuditEntryBody): ReadonlySet<DecisionEntry> {
  const locked = body.decisions.filter((line) => isLocked(factsIn(line, body)));
  return locked.length === 0 ? NONE : new Set(locked);
}

/**
 * What officers did with one alert, and what they left out of sentences, is told to officers of their own agency: an alert that
 * another agency cannot open, or a ground of leaving out, would tell it of a lock. Of every alert and ground alike, so that
 * the gap tells nothing either.
 */
function isOfItsAgency(statement: StatementEntry): boolean {
  return statement.did === 'SENTENCES_LEFT_OUT' || isAboutAnAlert(statement);
}

function isAboutAnAlert({ did, ids }: StatementEntry): boolean {
  return did === 'ALERT_CLOSED' || (did === 'AUDIT_ASKED' && ids[0] === 'alert');
}
