/**
 * What one operation was about, person by person, as rules of alerts read it: how the requester stood to each of them, and
 * whether they were asked about by themselves or came along. Read off the entry alone.
 */
import type { AuditEntryBody, DecisionEntry } from '../../audit/entry.js';
import { isOutOfHours } from '../../audit/index/hours.js';
import { type LoggedSearch, searchesOf } from '../../audit/index/terms.js';
import { asKnownTo, keepersOf } from '../../audit/known-to.js';
import { factsIn } from '../../audit/logged-facts.js';
import { push } from '../../domain/entry.js';
import type { FactRecord } from '../../domain/facts.js';
import type { AgencyId, IsoInstant, PersonId, WorkerId } from '../../domain/words.js';

/**
 * How the requester stood to a person, the strongest first: their work; a referral to the duty team; something else that
 * gives them to do with the person (a seat, a panel, the family's team, a grant, a handover, an emergency); work that has
 * ended; nothing.
 */
export const STANDS = ['WORK', 'DUTY', 'OTHERWISE', 'ENDED', 'NONE'] as const;
export type Stands = (typeof STANDS)[number];

/** One person in one operation. */
export interface Sighting {
  readonly person: PersonId;
  readonly stands: Stands;
  /**
   * Only came along, which is no act against that person: among several whom a search found, and nothing but who they are was
   * read; one of many of a list of the requester's own work; or somebody to whom that work stands in a relationship, of whom
   * nothing but who they are was asked (and nothing shown: they are none of the work).
   */
  readonly cameAlong: boolean;
  /** Asked about by themselves, or with one other. */
  readonly isAlone: boolean;
  readonly conflict: boolean;
  readonly locationRefused: boolean;
  readonly lockedRefused: boolean;
  /** Of the other side, and refused for it. */
  readonly opposingRefused: boolean;
  /** Something of them was released by emergency access, or against a refusal. */
  readonly emergency: boolean;
  readonly overridden: boolean;
  /** Released by another agency to the requester's involvement, to which no seat, team, handover, grant or enquiry adds. */
  readonly unconfirmed: boolean;
  /** Released by another agency, and something beside the involvement adds to it. */
  readonly confirmed: boolean;
  /** Something that the own agency recorded of work with them was released. */
  readonly ownWork: boolean;
  /** [holder, type, id] of every record asked for of them. */
  readonly records: readonly string[];
}

/** One operation. */
export interface Deed {
  /** Its place in the tree. */
  readonly index: number;
  readonly at: IsoInstant;
  readonly worker: WorkerId;
  readonly agency: string;
  readonly role: string;
  readonly purpose: string | null;
  readonly code: string | null;
  readonly isNight: boolean;
  /** A source did not answer: facts may stand at their most restrictive for that alone. */
  readonly hasGaps: boolean;
  /** How many people it was about. */
  readonly persons: number;
  readonly searches: readonly LoggedSearch[];
  readonly sightings: readonly Sighting[];
  /** The same with what an agency keeps locked, for its own officers: by agency, where there is such. */
  readonly kept?: ReadonlyMap<AgencyId, Deed>;
}

/** A person as an operation was about them. */
export interface Seen extends Sighting {
  readonly deed: Deed;
}

export function seenIn(deed: Deed, person: PersonId): readonly Seen[] {
  return deed.sightings.filter((sighting) => sighting.person === person).map((sighting) => ({ ...sighting, deed }));
}

/** What a system holds of anybody whom it knows, worked with or not. */
const WITHOUT_WORK = ['PersonDetails', 'FamilyMember', 'Relationship', 'Involvement'];

/** A family and those around it: what is about more people is a list. */
const A_FAMILY = 12;
/** A search that finds more has found namesakes. */
const FOUND_BY_NAME = 3;

/** An operation as officers of every agency may know it, and beside that as those may who keep something locked in it. */
export function deedOf(index: number, body: AuditEntryBody): Deed {
  const keepers = keepersOf(body);
  const open = deedIn(index, asKnownTo(body));
  if (keepers.size === 0) return open;
  return { ...open, kept: new Map([...keepers].map((agency) => [agency, deedIn(index, asKnownTo(body, agency))])) };
}

/** The agencies of whose locks some of these are. */
export function keepersIn(deeds: readonly Deed[]): readonly AgencyId[] {
  return [...new Set(deeds.flatMap(({ kept }) => [...(kept?.keys() ?? [])]))];
}

/** As each agency that keeps something of these may know them. */
export function keptIn(deeds: readonly Deed[]): readonly Deed[] {
  return deeds.flatMap(({ kept }) => [...(kept?.values() ?? [])]);
}

/** These as officers of one agency may know them. */
export function deedsKnownTo(agency: AgencyId, deeds: readonly Deed[]): readonly Deed[] {
  return deeds.map((deed) => deed.kept?.get(agency) ?? deed);
}

function deedIn(index: number, body: AuditEntryBody): Deed {
  const searches = searchesOf(body);
  const lines = new Map<PersonId, { line: DecisionEntry; facts: FactRecord | undefined; type: string }[]>();
  const records = new Map<PersonId, string[]>();
  const facts = body.decisions.map((line) => factsIn(line, body));
  for (const [number, person, holder, type, ids] of body.outcomes) {
    const line = body.decisions[number];
    if (!line) continue;
    push(lines, person, { line, facts: facts[number], type });
    for (const id of ids) push(records, person, `${holder} ${type} ${id}`);
  }
  const namesakes = new Set(searches.flatMap(({ found, persons }) => (found > FOUND_BY_NAME ? persons : [])));
  const isList = lines.size > A_FAMILY;
  const searchedFor = new Set(searches.flatMap(({ persons }) => persons));
  const stood = new Map(
    [...lines].map(([person, about]) => [
      person,
      strongest(about.map(({ facts: given }) => (given ? standsOf(given) : 'WORK'))),
    ]),
  );
  const isAboutWork = [...stood.values()].includes('WORK');
  const sightings = [...lines].map(([person, about]): Sighting => {
    const stands = stood.get(person) ?? 'NONE';
    const detailsOnly = about.every(({ type }) => type === 'PersonDetails');
    const some = (holds: (one: (typeof about)[number]) => boolean) => about.some(holds);
    const refusedBy = (policy: string) =>
      some(({ line }) => line.outcome !== 'RELEASED' && line.vetoes?.includes(policy) === true);
    const isAcross = ({ line, facts: given }: (typeof about)[number]) =>
      line.outcome === 'RELEASED' && given?.ownAgency === false;
    return {
      person,
      stands,
      cameAlong:
        (namesakes.has(person) && detailsOnly) ||
        (isList && stands === 'WORK') ||
        (isAboutWork && stands === 'NONE' && detailsOnly && !searchedFor.has(person)),
      isAlone: lines.size <= 2,
      conflict: some(({ facts: given }) => given?.conflict === true),
      locationRefused: refusedBy('protected-location'),
      lockedRefused: refusedBy('locked'),
      opposingRefused: refusedBy('opposing-party'),
      emergency: some(({ line }) => line.outcome === 'RELEASED' && line.permits?.includes('emergency') === true),
      overridden: some(
        ({ line, facts: given }) =>
          line.outcome === 'RELEASED' &&
          line.basis === 'EXCEPTION' &&
          (given?.consentState === 'REFUSED' || given?.consentState === 'WITHDRAWN'),
      ),
      unconfirmed: some((one) => isAcross(one) && one.facts !== undefined && !isConfirmed(one.facts)),
      confirmed: some((one) => isAcross(one) && one.facts !== undefined && isConfirmed(one.facts)),
      ownWork: some(
        ({ line, facts: given, type }) =>
          line.outcome === 'RELEASED' && given?.ownAgency === true && !WITHOUT_WORK.includes(type),
      ),
      records: [...new Set(records.get(person) ?? [])],
    };
  });
  const { worker, agency, role } = body.requester;
  return {
    index,
    at: body.at,
    worker,
    agency,
    role,
    purpose: body.purpose,
    code: body.code ?? null,
    isNight: (sightings.length > 0 || searches.length > 0) && isOutOfHours(body.at),
    hasGaps: (body.gaps?.length ?? 0) > 0,
    persons: sightings.length,
    searches,
    sightings,
  };
}

/** A line that the lists of today cannot read is taken for ordinary work: nobody is accused by a change of lists. */
function standsOf(facts: FactRecord): Stands {
  if (facts.involvement === 'ALLOCATED' || facts.involvement === 'MANAGING') return 'WORK';
  if (facts.involvement === 'DUTY') return 'DUTY';
  if (hasOtherGround(facts) || facts.authoredByRequester || facts.referredByRecipient || facts.victimOfSubject)
    return 'OTHERWISE';
  return facts.involvement;
}

function hasOtherGround(facts: FactRecord): boolean {
  return (
    facts.coreGroup ||
    facts.onPanel ||
    facts.onFamilyTeam ||
    facts.receiving ||
    facts.grant !== 'NONE' ||
    facts.emergency
  );
}

function isConfirmed(facts: FactRecord): boolean {
  return hasOtherGround(facts) || facts.referredByRecipient || facts.s47Open;
}

function strongest(all: readonly Stands[]): Stands {
  return STANDS.find((stands) => all.includes(stands)) ?? 'NONE';
}
