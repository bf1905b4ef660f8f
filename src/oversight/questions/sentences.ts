/**
 * Question 1 for the person concerned: plain sentences of who asked for what is held of them, and what came of it. What could
 * endanger somebody is left out (`harm.ts`); that it was, and why, stands in the log and nowhere in the answer: no count, no gap.
 * No worker is named: a role and a service are.
 */
import type { IndexedEntry, Search } from '../../audit/index/search.js';
import { factsIn } from '../../audit/logged-facts.js';
import { sentenceFor } from '../../disclosure/sentences.js';
import type { AgencyId, Category, Outcome, PersonId, Purpose, Reason } from '../../domain/words.js';
import type { Operation } from '../../reader/operation.js';
import type { StatementLine } from '../../sharing/drafts.js';
import type { AskingAudit } from './asking.js';
import { type Days, daysOf, type PlacedPage } from './finding.js';
import { type Harm, harmsOf } from './harm.js';

export interface SentencesParts {
  readonly asking: AskingAudit;
  readonly search: Pick<Search, 'find'>;
  readonly operation: Pick<Operation, 'facts' | 'surroundings' | 'agencies'>;
  readonly draft: (line: StatementLine) => void;
}

/** What one operation comes to. */
export interface ToldOperation {
  /** Its place in the tree: for cursors, never shown. */
  readonly id: string;
  /** On which day, in the words of the place. */
  readonly on: string;
  readonly sentences: readonly string[];
}

const LOOKED_AT_ONCE = 100;

/** A full page, the latest first. Throws NotPermitted as `AskingAudit.ask`. */
export async function sentencesAbout(
  parts: SentencesParts,
  { person, ...days }: { readonly person: PersonId } & Days,
  { limit, before }: PlacedPage,
): Promise<{ readonly items: readonly ToldOperation[]; readonly isMore: boolean }> {
  const { asking, search, draft } = parts;
  await asking.ask('sentences', [person]);
  const items: ToldOperation[] = [];
  const leftOut = new Map<Harm, Set<string>>();
  const note = (harm: Harm, entry: string) => leftOut.set(harm, (leftOut.get(harm) ?? new Set()).add(entry));
  let from = before;
  let isMore = true;
  while (isMore && items.length <= limit) {
    const found = await search.find({
      all: [{ kind: 'person', name: person }],
      ...daysOf(days),
      ...(from === undefined ? {} : { before: from }),
      limit: LOOKED_AT_ONCE,
    });
    // What the officer may not see is not theirs to tell, nor to note.
    for (const entry of await asking.see(found.entries)) {
      if (items.length > limit) break;
      const sentences = tell(parts, person, entry, (harm) => note(harm, entry.body.id));
      if (sentences.length > 0) items.push({ id: String(entry.index), on: dayOf(entry.body.at), sentences });
    }
    from = found.entries.at(-1)?.index;
    isMore = found.isMore && from !== undefined;
  }
  for (const [harm, entries] of leftOut)
    draft({ did: 'SENTENCES_LEFT_OUT', ids: [harm, ...entries], subjects: [person], policies: [] });
  return { items: items.slice(0, limit), isMore: items.length > limit };
}

/** The sentences of one operation, each once; what is left out is noted. */
function tell(
  { operation }: SentencesParts,
  person: PersonId,
  { body }: IndexedEntry,
  leaveOut: (harm: Harm) => void,
): readonly string[] {
  const { agencies } = operation;
  const asker = agencies.get(body.requester.agency);
  const facts = operation.facts();
  const sentences = new Set<string>();
  for (const [number, subject, holderId] of body.outcomes) {
    const line = body.decisions[number];
    const holder = agencies.get(holderId);
    if (subject !== person || !line) continue;
    const harms = harmsOf({
      facts: factsIn(line, body),
      askedBy: asker?.kind,
      heldBy: holder?.kind,
      isKnownToAsker: facts.isKnownTo(person, body.requester.agency as AgencyId),
      mayHaveHurt: facts.mayHaveHurt(person),
    });
    for (const harm of harms) leaveOut(harm);
    if (harms.length > 0 || !asker || !holder) continue;
    const told = sentenceFor({
      outcome: line.outcome as Outcome,
      reasons: (line.reasons ?? []) as readonly Reason[],
      basis: (line.basis ?? 'NONE') as 'CONSENT' | 'EXCEPTION' | 'NONE',
    });
    const who = `${aRole(body.requester.role)} of ${asker.name}`;
    const holds = asker.id === holder.id ? 'their own service holds' : `${holder.name} holds`;
    const what = `what ${holds} about you (${CATEGORY_WORDS[line.category as Category]})`;
    const why = PURPOSE_WORDS[body.purpose as Purpose];
    sentences.add(`On ${sayDay(body.at)} ${who} asked for ${what}, ${why}. ${told}`);
  }
  return [...sentences];
}

function aRole(role: string): string {
  const words = role.toLowerCase().replaceAll('_', ' ');
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

const LONDON = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const LONDON_DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });

function sayDay(at: string): string {
  return LONDON.format(new Date(at));
}

function dayOf(at: string): string {
  return LONDON_DAY.format(new Date(at));
}

const CATEGORY_WORDS: { readonly [C in Category]: string } = {
  IDENTITY: 'who you are',
  CONTACT: 'how to reach you',
  NETWORK: 'who your family is',
  INVOLVEMENT: 'which workers you have',
  STATUS: 'which plan there is',
  SOCIAL_CARE: 'the social care record',
  PLAN: 'what is in the plan',
  WORKBOOK: 'the notes of the team around your family',
  EARLY_HELP: 'the early help record',
  SUBSTANCE_MISUSE: 'the record of drug and alcohol work',
  MENTAL_HEALTH: 'the record of mental health work',
  DOMESTIC_ABUSE_VICTIM: 'the record of domestic abuse work',
  DOMESTIC_ABUSE_PERPETRATOR: 'the record of domestic abuse work',
};

const PURPOSE_WORDS: { readonly [P in Purpose]: string } = {
  DIRECT_WORK: 'for work with you or your family',
  SUPERVISION: 'for a talk with the team about how the work goes',
  ASSESSMENT: 'for an assessment',
  CHILD_IN_NEED: 'for a child in need plan',
  CHILD_PROTECTION: 'to protect a child',
  S47_ENQUIRY: 'for an enquiry',
  STEP_UP: 'to hand the work over',
  STEP_DOWN: 'to hand the work over',
  ALLOCATION: 'to find who will work with you',
  COURT_PROCEEDINGS: 'for court',
  EMERGENCY: 'in an emergency',
  SERVICE_MEASURES: 'to count',
  INFORMATION_GOVERNANCE: 'to check the sharing',
  SUBJECT_ACCESS: 'to show you or your family what is held',
};
