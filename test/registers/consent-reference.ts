/**
 * The consent algebra once more, read off the rules sentence by sentence and as slow as that is: for tests alone, to hold
 * `src/registers/consent.ts` against. It shares no code with it.
 */
import type { ConsentAsk } from '../../src/registers/consent.js';
import type { ConsentStatement } from '../../src/registers/statements.js';

type State = 'GIVEN' | 'NONE' | 'EXPIRED' | 'WITHDRAWN' | 'REFUSED';

export function referenceState(register: readonly ConsentStatement[], ask: ConsentAsk): State {
  // "a live consent covers subject, category, holder → recipient, purpose"; a kind of agency where the person said so.
  const covers = (s: ConsentStatement) =>
    s.subject === ask.subject &&
    (s.categories as readonly string[]).some((c) => c === '*' || c === ask.category) &&
    (s.purposes as readonly string[]).some((p) => p === '*' || p === ask.purpose) &&
    s.holders.some((h) => h === '*' || h === ask.holder || h === ask.holderKind) &&
    s.recipients.some((r) => r === '*' || r === ask.recipient || r === ask.recipientKind);
  // "Periods are [from, until): the start counts, the end does not." A refusal that was to count at once counts as soon as it stands.
  const hasBegun = (s: ConsentStatement) =>
    s.from <= ask.at || (s.state !== 'GIVEN' && s.recordedAt > ask.at && s.from <= s.recordedAt);
  const stateNow = (s: ConsentStatement): State => (s.until !== undefined && ask.at >= s.until ? 'EXPIRED' : s.state);
  const said = register.filter((s) => covers(s) && hasBegun(s));

  // "The most recent statement that covers the tuple counts, an expired one too; at equal times the more restrictive."
  function mostRecent(of: readonly ConsentStatement[]): State {
    const sorted = [...of].sort((a, b) => Date.parse(b.recordedAt) - Date.parse(a.recordedAt));
    const [first] = sorted;
    if (!first) return 'NONE';
    return sorted
      .filter((s) => s.recordedAt === first.recordedAt)
      .reduce((worst, s) => worse(worst, stateNow(s)), stateNow(first));
  }

  // "An adult's covers that adult only."
  if (!ask.isChild) return mostRecent(said.filter((s) => s.givenBy === ask.subject));

  // "a statement by a person alleged to have harmed the child or the child's carer agrees to nothing …; their refusal counts like any other"
  const counts = (s: ConsentStatement) =>
    !(s.state === 'GIVEN' && ask.allegedAgainstSubjectOrCarer.includes(s.givenBy));
  const childs = said.filter((s) => s.givenBy === ask.subject && counts(s));
  const childsRefusals = childs.filter((s) => s.state !== 'GIVEN');

  // "For a child: a competent child's own statement outranks any other" – and what a child refuses counts, competent or not.
  const isCompetent = childs.some((s) => s.capacity === 'OWN_COMPETENCE');
  if (isCompetent) return mostRecent(childs.filter((s) => s.capacity === 'OWN_COMPETENCE' || s.state !== 'GIVEN'));

  // "else the latest of each holder of parental responsibility, the more restrictive of them; a holder who said nothing is passed over"
  const voices: State[] = [];
  for (const holder of ask.guardians) {
    if (holder === ask.subject) continue;
    const theirs = said.filter((s) => s.givenBy === holder && counts(s));
    voices.push(mostRecent(theirs.filter((s) => s.state !== 'GIVEN' || s.capacity === 'PARENTAL_RESPONSIBILITY')));
  }
  voices.push(mostRecent(childsRefusals));
  const spoken = voices.filter((state) => state !== 'NONE');

  // "an expired statement counts only where no other holder's is live"
  const live: State[] = spoken.filter((state) => state !== 'EXPIRED');
  if (live.length > 0) return live.reduce(worse);
  return spoken.length > 0 ? 'EXPIRED' : 'NONE';
}

/** The more restrictive of two: refused, withdrawn, expired, given. */
function worse(a: State, b: State): State {
  if (a === 'REFUSED' || b === 'REFUSED') return 'REFUSED';
  if (a === 'WITHDRAWN' || b === 'WITHDRAWN') return 'WITHDRAWN';
  if (a === 'EXPIRED' || b === 'EXPIRED') return 'EXPIRED';
  return a === 'NONE' ? b : a;
}

/** What a register that is never changed would have answered: built again from nothing up to the moment it is asked at. */
export function referenceAsOf(
  register: readonly ConsentStatement[],
  ask: Omit<ConsentAsk, 'at'>,
  { validAt, knownAt }: { readonly validAt: string; readonly knownAt: string },
): State {
  const rebuilt: ConsentStatement[] = [];
  for (const said of [...register].sort((a, b) => Date.parse(a.recordedAt) - Date.parse(b.recordedAt))) {
    if (Date.parse(said.recordedAt) > Date.parse(knownAt)) break;
    if (Date.parse(said.from) <= Date.parse(validAt)) rebuilt.push(said);
  }
  return referenceState(rebuilt, { ...ask, at: validAt });
}
