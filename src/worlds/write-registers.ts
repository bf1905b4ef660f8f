/** Who a generated family's people are in each source, and what they said about sharing. */
import type { IsoDate } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { atTime, daysBefore } from './invented.js';
import type { Random } from './random.js';
import type { Sink } from './sink.js';
import { clientId, patientId } from './write-adult-work.js';
import { clientOfLantern, crn } from './write-domestic-abuse.js';
import { councilId } from './write-people.js';
import { earlyHelpId } from './write-workbook.js';

const TEAM = 'IDENTITY;NETWORK;INVOLVEMENT;STATUS;PLAN;WORKBOOK';
const CASEWORK = 'DIRECT_WORK;SUPERVISION;ASSESSMENT;CHILD_IN_NEED;CHILD_PROTECTION';
const ADULT = {
  SUBSTANCE: ['SUBSTANCE_MISUSE;INVOLVEMENT', 'haven'],
  MENTAL_HEALTH: ['MENTAL_HEALTH;INVOLVEMENT', 'mht'],
  DOMESTIC_ABUSE: ['DOMESTIC_ABUSE_VICTIM;INVOLVEMENT', 'safe'],
} as const;

export function writeLinks(family: Family, sink: Sink): void {
  const { members, work, adult, father, state } = family;
  const link = (member: Member, space: string, local_id: string) =>
    sink.row('links.csv', { person: member.id, space, local_id });
  for (const member of members) {
    if (state !== 'EARLY_HELP') link(member, 'social-care', councilId(member));
    if (family.hasEarlyHelp) link(member, 'early-help', earlyHelpId(member));
    if (work === 'DOMESTIC_ABUSE') link(member, 'domestic-abuse', clientOfLantern(member));
  }
  if (work === 'SUBSTANCE') link(adult, 'substance-misuse', clientId(adult));
  if (work === 'MENTAL_HEALTH') link(adult, 'mental-health', patientId(adult));
  if (work === 'DOMESTIC_ABUSE' && father) link(father, 'probation', crn(father));
}

/** Each adult for themselves, the mother for the children. Somebody alleged to have hurt the mother is asked for himself. */
export function writeConsents(family: Family, today: IsoDate, sink: Sink): void {
  const { consent, members, mother, work, adult, father, socialWorker, adultWorker, keyworker, state } = family;
  if (consent === 'NONE') return;
  const asked = daysBefore(today, 60);
  const by = state === 'EARLY_HELP' ? keyworker : socialWorker;
  const say = (
    subject: Member,
    part: string,
    categories: string,
    holders: string,
    recipients: string,
    recordedBy = by.id,
  ) => {
    const row = {
      subject: subject.id,
      given_by: subject.isChild ? mother.id : subject.id,
      capacity: subject.isChild ? 'PARENTAL_RESPONSIBILITY' : 'SELF',
      recorded_by: recordedBy,
      method: 'Signed form, read through together',
      ...(consent === 'REFUSED'
        ? { categories: '*', holders: '*', recipients: '*', purposes: '*' }
        : { categories, holders, recipients, purposes: CASEWORK }),
    };
    const at = atTime(asked, 10);
    const until = consent === 'EXPIRED' ? atTime(daysBefore(today, 3), 0) : undefined;
    sink.row('registers/consents.csv', {
      id: `c-${subject.number}-${part}`,
      state: consent === 'REFUSED' ? 'REFUSED' : 'GIVEN',
      from: at,
      until,
      recorded_at: at,
      ...row,
    });
    if (consent !== 'WITHDRAWN') return;
    const withdrawn = atTime(daysBefore(today, 12), 15);
    sink.row('registers/consents.csv', {
      id: `c-${subject.number}-${part}-w`,
      state: 'WITHDRAWN',
      from: withdrawn,
      recorded_at: withdrawn,
      ...row,
    });
  };
  const partners = ['csc', ...(family.hasEarlyHelp ? ['eh'] : []), ...(work ? [ADULT[work][1]] : [])];
  for (const member of members) {
    const officer = work === 'DOMESTIC_ABUSE' && member !== mother ? ['prob'] : [];
    say(member, 'team', TEAM, 'csc', [...partners, ...officer].join(';'));
    if (family.hasEarlyHelp) say(member, 'eh', 'EARLY_HELP;IDENTITY;NETWORK;INVOLVEMENT', 'eh', 'csc', keyworker.id);
  }
  if (work && adultWorker) say(adult, 'adult', ADULT[work][0], ADULT[work][1], 'csc', adultWorker.id);
  if (work === 'DOMESTIC_ABUSE' && father)
    say(father, 'prob', 'DOMESTIC_ABUSE_PERPETRATOR;INVOLVEMENT', 'prob', 'csc', family.team.officer.id);
}

const S17_QUESTIONS = {
  'Which need of the child does the information bear on?': 'How the child is cared for on most days.',
  'Why can consent not be asked for, or not be waited for?': 'The parent could not be reached for three weeks.',
};

/** A reason why consent is not required, in some of the families that were never asked; a conflict, in a few. */
export function writeExceptions(family: Family, today: IsoDate, random: Random, sink: Sink): void {
  const { consent, work, adult, socialWorker, team } = family;
  const other = random.pick(team.socialWorkers);
  if (other !== socialWorker && random.chance(0.005))
    sink.row('directory/conflicts.csv', { worker: other.id, person: adult.id, reason: 'Declared to the manager' });
  if (!work || consent !== 'NONE' || !family.isRelevant || !random.chance(0.3)) return;
  const [categories, holders] = ADULT[work];
  const from = atTime(daysBefore(today, 10), 9);
  sink.row('registers/exceptions.csv', {
    id: `x-${family.number}`,
    subjects: adult.id,
    gateway: 'CHILDREN_ACT_1989_S17',
    categories,
    holders,
    recipients: 'csc',
    purposes: CASEWORK,
    overrides_refusal: 'N',
    from,
    until: atTime(daysBefore(today, -60), 9),
    recorded_at: from,
    recorded_by: socialWorker.id,
    approved_by: team.manager.id,
    answers: JSON.stringify(S17_QUESTIONS),
  });
}
