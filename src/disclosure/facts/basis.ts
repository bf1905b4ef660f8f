/**
 * What a release across agencies rests on: consent, a reason recorded why consent is not required, or nothing (RULES: basis,
 * consentState, exceptionOverridesRefusal). What people said was read before; here is no I/O.
 */
import type { Fact } from '../../domain/facts.js';
import type { Agency } from '../../domain/requester.js';
import type { Category, PersonId } from '../../domain/words.js';
import type { ConsentAsk, ConsentFinding } from '../../registers/consent.js';
import { type EmergencyAbout, exceptionOf } from '../../registers/emergency.js';
import { exceptionFor } from '../../registers/exception.js';
import type { GrantAbout } from '../../registers/grant.js';
import type { ConsentStatement, ExceptionRecord, Judgement, ServiceConsent } from '../../registers/statements.js';
import { consentBeside } from '../../registers/told-consents.js';
import { guardiansOf } from './service.js';
import { allegedAgainst } from './sides.js';
import type { Asker, SubjectFacts } from './subject.js';
import type { View } from './view.js';

/** What people have said, read fresh for the operation, by subject. */
export interface Statements {
  readonly consents: ReadonlyMap<PersonId, readonly ConsentStatement[]>;
  readonly serviceConsents: ReadonlyMap<PersonId, readonly ServiceConsent[]>;
  readonly exceptions: ReadonlyMap<PersonId, readonly ExceptionRecord[]>;
  readonly judgements: ReadonlyMap<PersonId, readonly Judgement[]>;
  readonly grants: ReadonlyMap<PersonId, readonly GrantAbout[]>;
  readonly emergencies: ReadonlyMap<PersonId, readonly EmergencyAbout[]>;
  /** What people said could not be read: anybody may have refused. */
  readonly untold: boolean;
}

export interface Basis {
  readonly basis: Fact<'basis'>;
  readonly consentState: Fact<'consentState'>;
  readonly exceptionOverridesRefusal: boolean;
  readonly evidence: readonly string[];
  /** The holder's own system, which tells what it was refused, did not answer. */
  readonly untold?: boolean;
}

/** Whose content, of what, from whom to whom. */
export interface Crossing {
  readonly subject: PersonId;
  readonly facts: SubjectFacts;
  readonly category: Category;
  readonly holder: Agency;
  readonly recipient: Agency;
  /** The requester's own that are live and cover the subject. */
  readonly emergencies: readonly EmergencyAbout[];
  /** The decision on a referral that the recipient made. */
  readonly isOwnReferral: boolean;
  readonly isAgency: (id: string) => boolean;
}

/** The basis of a release from one agency to another. */
export function basisBetween(view: View, asker: Asker, statements: Statements, crossing: Crossing): Basis {
  const { subject, facts, category, holder, recipient, isOwnReferral } = crossing;
  const scope = {
    subject,
    category,
    holder: holder.id,
    holderKind: holder.kind,
    recipient: recipient.id,
    recipientKind: recipient.kind,
    purpose: asker.purpose,
    at: view.now,
  };
  const guardians = guardiansOf(view, subject);
  const untold = statements.untold || view.isUntold('consents', holder.id, subject);
  const consent = untold
    ? REFUSED_PERHAPS
    : consentTo(view, statements, crossing, {
        isChild: facts.isChild,
        guardians,
        allegedAgainstSubjectOrCarer: [subject, ...guardians].flatMap((person) => allegedAgainst(view, person)),
        ...scope,
      });
  const recorded = exceptionFor(exceptionsAbout(statements, crossing), {
    holderVoluntary: holder.voluntary,
    recipientVoluntary: recipient.voluntary,
    ...scope,
  });
  const enquiry = enquiryException(view, asker, crossing);
  const overridesRefusal = recorded.overridesRefusal || enquiry.length > 0;
  const excepted = recorded.covers || enquiry.length > 0 || isOwnReferral;
  const basis = consent.state === 'GIVEN' ? 'CONSENT' : excepted ? 'EXCEPTION' : 'NONE';
  const evidence = basis === 'CONSENT' ? consent.statements : [...consent.statements, ...recorded.ids, ...enquiry];
  return { basis, consentState: consent.state, exceptionOverridesRefusal: overridesRefusal, evidence, untold };
}

/** Those recorded, and those that the requester's emergency accesses are by themselves. */
function exceptionsAbout({ exceptions }: Statements, { subject, emergencies }: Crossing): readonly ExceptionRecord[] {
  const recorded = exceptions.get(subject) ?? [];
  return emergencies.length === 0 ? recorded : [...recorded, ...emergencies.map(exceptionOf)];
}

/** What was said to the gateway, beside what the holder's own system says was said to the holder. */
function consentTo(
  view: View,
  { consents }: Statements,
  { subject, isAgency }: Crossing,
  ask: ConsentAsk,
): ConsentFinding {
  const told = view
    .of('consents', subject)
    .filter((row) => row.holder === ask.holder)
    .map((row) => ({ ...row, id: `${row.space}:${row.id}` }));
  return consentBeside(consents.get(subject) ?? [], told, ask, isAgency);
}

/**
 * An open s47 enquiry is by itself a live exception (Children Act 1989 s47), evidenced by its id: for the child, siblings
 * in the household, the family's adults and the adults it names; for the enquiry and child protection; to social care.
 */
export function enquiryException(
  view: View,
  { purpose }: Pick<Asker, 'purpose'>,
  { subject, facts, recipient }: Pick<Crossing, 'subject' | 'facts' | 'recipient'>,
): string[] {
  if (recipient.kind !== 'CHILDRENS_SOCIAL_CARE' || (purpose !== 'S47_ENQUIRY' && purpose !== 'CHILD_PROTECTION'))
    return [];
  const covers = facts.enquiries.filter((row) => {
    if (row.child === subject || row.names.includes(subject)) return true;
    if (!facts.isChild) return facts.families.some((family) => family.members.has(row.child));
    return view.householdOf(row.child).has(subject);
  });
  return covers.map((row) => `${row.space}:${row.id}`);
}

/** Within one agency there is nothing to rest on. */
export const NOT_ACROSS: Basis = Object.freeze({
  basis: 'NONE',
  consentState: 'NONE',
  exceptionOverridesRefusal: false,
  evidence: [],
});
/** While the holder's denials cannot be told, consent is as if refused: only what stands against a refusal releases. */
const REFUSED_PERHAPS: ConsentFinding = Object.freeze({ state: 'REFUSED', statements: Object.freeze([]) });
