/**
 * From sealed records to fact records. Everything that was fetched for it was fetched in batches before; here is no I/O.
 * Subject facts are computed once a subject, consent once a subject, category and holder.
 */
import type { ActionFacts, Fact, FactName, FactRecord } from '../../domain/facts.js';
import type { RecordLabel } from '../../domain/records.js';
import type { Agency } from '../../domain/requester.js';
import { ADULT_WORK, type AgencyId, type Category, type Confidentiality, type PersonId, type SourceId } from '../../domain/words.js';
import { consentFor } from '../../registers/consent.js';
import { exceptionFor } from '../../registers/exception.js';
import { relevanceOf } from '../../registers/relevance.js';
import type { ConsentStatement, ExceptionRecord, Judgement } from '../../registers/statements.js';
import { isInHandoverPack, isOfFinishedEpisode } from './handover.js';
import { isConflicted, isOpposing, isVictimSide, locatedBy, locationFacts, allegedAgainst } from './sides.js';
import { type Asker, includedChildren, isAgencyInvolved, isRequester, type SubjectFacts, subjectFacts } from './subject.js';
import type { View } from './view.js';
import { worksWith } from './work.js';

/** What people have said, read fresh for the operation, by subject. */
export interface Statements {
  readonly consents: ReadonlyMap<PersonId, readonly ConsentStatement[]>;
  readonly exceptions: ReadonlyMap<PersonId, readonly ExceptionRecord[]>;
  readonly judgements: ReadonlyMap<PersonId, readonly Judgement[]>;
}

/** A fact record with what it rests on. */
export interface Gathered {
  readonly facts: FactRecord;
  /** Ids of the consents, exceptions, enquiries and judgements that the facts rest on. */
  readonly evidence: readonly string[];
  /** Facts that could not be told and were taken at their most restrictive. */
  readonly unknown: readonly FactName[];
}

interface Basis {
  readonly basis: Fact<'basis'>;
  readonly consentState: Fact<'consentState'>;
  readonly exceptionOverridesRefusal: boolean;
  readonly evidence: readonly string[];
}

/** Facts about one batch of records for one requester and purpose. Make one an operation; it remembers what it computed. */
export class FactGatherer {
  readonly #subjects = new Map<PersonId, SubjectFacts>();
  readonly #bases = new Map<string, Basis>();
  readonly #involved = new Map<string, boolean>();
  readonly #persons = new Map<string, { victimSide: boolean; conflict: boolean; opposing: boolean }>();

  constructor(
    private readonly view: View,
    private readonly asker: Asker,
    private readonly statements: Statements,
    private readonly agencies: ReadonlyMap<AgencyId, Agency>,
    /** Which id space the staff ids of a source belong to. */
    private readonly spaces: ReadonlyMap<SourceId, SourceId>,
  ) {}

  subject(person: PersonId): SubjectFacts {
    let facts = this.#subjects.get(person);
    if (!facts) {
      facts = subjectFacts(this.view, this.asker, person);
      this.#subjects.set(person, facts);
    }
    return facts;
  }

  /** The facts of an action about a person. Requires that the person's surroundings are known. */
  actionFacts(person: PersonId, about: { readonly ownAgency: boolean; readonly party: boolean }): ActionFacts {
    return {
      role: this.asker.standing.requester.role,
      involvement: this.subject(person).involvement,
      ...about,
      conflict: isConflicted(this.view, this.asker, [person]),
    };
  }

  /** Whether somebody holds parental responsibility for a child. */
  isGuardian(child: PersonId, adult: PersonId): boolean {
    return this.#guardians(child).includes(adult);
  }

  /** The facts for one part of a record: its fields of one category and confidentiality. */
  gather(label: RecordLabel<PersonId>, holder: AgencyId, category: Category, confidentiality: Confidentiality, batch: readonly RecordLabel<PersonId>[]): Gathered {
    const { standing, purpose } = this.asker;
    const subject = this.subject(label.subject);
    const ownAgency = holder === standing.requester.agency;
    const referredByRecipient = label.referredBy === standing.requester.agency;
    const basis = this.#basis(label, subject, category, holder, referredByRecipient);
    const relevance = this.#relevance(label, subject, category, ownAgency);
    const persons = this.#personFacts(label, category, ownAgency);
    const location =
      category === 'CONTACT'
        ? locationFacts(this.view, this.asker, locatedBy(this.view, label.subject, label.names, label.addresses))
        : { locationProtected: false, worksWithProtected: false };
    const facts: FactRecord = {
      role: standing.requester.role,
      ownAgency,
      category,
      recordKind: label.kind,
      confidentiality,
      purpose,
      involvement: this.#involvement(subject, label.subject, holder, ownAgency),
      coreGroup: subject.coreGroup,
      onPanel: subject.onPanel,
      onFamilyTeam: subject.onFamilyTeam,
      basis: basis.basis,
      consentState: basis.consentState,
      exceptionOverridesRefusal: basis.exceptionOverridesRefusal,
      serviceConsent: subject.serviceConsent,
      relevance: relevance.state,
      opposing: persons.opposing,
      victimSide: persons.victimSide,
      ...location,
      victimOfSubject: subject.victimOfSubject,
      conflict: persons.conflict,
      authoredByRequester:
        label.author !== undefined &&
        isRequester(standing, this.#spaceOf(label), label.author) &&
        this.#isInvolved(label.subject, subject, standing.requester.agency),
      grant: 'NONE',
      emergency: false,
      stage: subject.stage,
      s47Open: subject.s47Open,
      openToBoth:
        !ownAgency && this.#isInvolved(label.subject, subject, holder) && this.#isInvolved(label.subject, subject, standing.requester.agency),
      cpGround: subject.cpGround,
      receiving: subject.receiving,
      exited: isOfFinishedEpisode(label, subject.handovers),
      inHandoverPack: isInHandoverPack(label, category, subject.handovers, batch, this.view.now),
      referredByRecipient,
    };
    return { facts, evidence: [...basis.evidence, ...relevance.ids], unknown: subject.unknown };
  }

  /** Whether an agency is now involved with a family of the subject. */
  #isInvolved(person: PersonId, subject: SubjectFacts, agency: AgencyId): boolean {
    const key = `${agency} ${person}`;
    let involved = this.#involved.get(key);
    if (involved === undefined) {
      involved = isAgencyInvolved(this.view, subject.families, agency);
      this.#involved.set(key, involved);
    }
    return involved;
  }

  #involvement(subject: SubjectFacts, person: PersonId, holder: AgencyId, ownAgency: boolean): Fact<'involvement'> {
    if (subject.involvement === 'ALLOCATED' || subject.involvement === 'MANAGING') return subject.involvement;
    const since = monthBefore(this.view.now);
    const isDuty =
      ownAgency &&
      this.asker.standing.onDuty &&
      this.view.of('received', person).some((row) => row.holder === holder && row.at >= since && row.at <= this.view.now);
    return isDuty ? 'DUTY' : subject.involvement;
  }

  /** Sides and conflict depend on the record's persons; records about the same persons share them. */
  #personFacts(label: RecordLabel<PersonId>, category: Category, ownAgency: boolean) {
    const locates = category === 'CONTACT';
    const key = `${locates ? `L${label.addresses.join()}` : ''}${ownAgency}|${label.subject}|${label.fromWorkWith.join()}|${label.names.join()}`;
    const known = this.#persons.get(key);
    if (known) return known;
    const located = locates ? locatedBy(this.view, label.subject, label.names, label.addresses) : [];
    const victimSide = isVictimSide(this.view, label);
    const facts = {
      victimSide,
      opposing: isOpposing(this.view, this.asker, label, located, { ownAgency, victimSide }),
      conflict: isConflicted(this.view, this.asker, new Set([label.subject, ...label.names, ...label.fromWorkWith])),
    };
    this.#persons.set(key, facts);
    return facts;
  }

  #basis(label: RecordLabel<PersonId>, facts: SubjectFacts, category: Category, holderId: AgencyId, referred: boolean): Basis {
    const { requester } = this.asker.standing;
    if (holderId === requester.agency) return NOT_ACROSS;
    const subject = label.subject;
    const key = `${subject}|${category}|${holderId}|${referred}`;
    const known = this.#bases.get(key);
    if (known) return known;
    const holder = this.agencies.get(holderId);
    const recipient = this.agencies.get(requester.agency);
    const basis = holder && recipient ? this.#basisBetween(subject, facts, category, holder, recipient, referred && label.kind === 'REFERRAL_DECISION') : NOT_ACROSS;
    this.#bases.set(key, basis);
    return basis;
  }

  #basisBetween(subject: PersonId, facts: SubjectFacts, category: Category, holder: Agency, recipient: Agency, ownReferral: boolean): Basis {
    const scope = {
      subject,
      category,
      holder: holder.id,
      holderKind: holder.kind,
      recipient: recipient.id,
      recipientKind: recipient.kind,
      purpose: this.asker.purpose,
      at: this.view.now,
    };
    const guardians = this.#guardians(subject);
    const consent = consentFor(this.statements.consents.get(subject) ?? [], {
      ...scope,
      isChild: facts.isChild,
      guardians,
      allegedAgainstSubjectOrCarer: [subject, ...guardians].flatMap((person) => allegedAgainst(this.view, person)),
    });
    const recorded = exceptionFor(this.statements.exceptions.get(subject) ?? [], {
      ...scope,
      holderVoluntary: holder.voluntary,
      recipientVoluntary: recipient.voluntary,
    });
    const enquiry = this.#enquiryException(subject, facts, recipient);
    const overridesRefusal = recorded.overridesRefusal || enquiry.length > 0;
    const excepted = recorded.covers || enquiry.length > 0 || ownReferral;
    const basis = consent.state === 'GIVEN' ? 'CONSENT' : excepted ? 'EXCEPTION' : 'NONE';
    const evidence = basis === 'CONSENT' ? consent.statements : [...consent.statements, ...recorded.ids, ...enquiry];
    return { basis, consentState: consent.state, exceptionOverridesRefusal: overridesRefusal, evidence };
  }

  /**
   * An open s47 enquiry is by itself a live exception (Children Act 1989 s47), evidenced by its id: for the child, siblings
   * in the household, the family's adults and the adults it names; for the enquiry and child protection; to social care.
   */
  #enquiryException(subject: PersonId, facts: SubjectFacts, recipient: Agency): string[] {
    const { purpose } = this.asker;
    if (recipient.kind !== 'CHILDRENS_SOCIAL_CARE' || (purpose !== 'S47_ENQUIRY' && purpose !== 'CHILD_PROTECTION')) return [];
    const covers = facts.enquiries.filter((row) => {
      if (row.child === subject || row.names.includes(subject)) return true;
      if (!facts.isChild) return facts.families.some((family) => family.members.has(row.child));
      return this.view.householdOf(row.child).has(subject);
    });
    return covers.map((row) => `${row.space}:${row.id}`);
  }

  #guardians(subject: PersonId): PersonId[] {
    return this.view.of('relationships', subject).filter((row) => row.person === subject && row.parentalResponsibility).map((row) => row.other);
  }

  #relevance(label: RecordLabel<PersonId>, subject: SubjectFacts, category: Category, ownAgency: boolean): { state: Fact<'relevance'>; ids: readonly string[] } {
    if (!ADULT_WORK.includes(category)) return NOT_NEEDED;
    const judgements = this.statements.judgements.get(label.subject);
    if (!judgements || ownAgency) return UNJUDGED;
    const { work } = this.asker;
    return relevanceOf(judgements, {
      source: label.source,
      type: label.type,
      localId: label.localId,
      ...(label.episode === undefined ? {} : { episode: label.episode }),
      subject: label.subject,
      childrenWorkedWith: subject.joining.flatMap(includedChildren),
      adultsWorkedWith: [...new Set(judgements.flatMap((judgement) => judgement.servesAdult ?? []))].filter((adult) => worksWith(work, adult)),
      enquiryChildren: subject.involvement === 'NONE' ? [] : subject.enquiries.map((row) => row.child),
      at: this.view.now,
    });
  }

  #spaceOf(label: RecordLabel<PersonId>): string {
    return this.spaces.get(label.source) ?? label.source;
  }
}

const NOT_ACROSS: Basis = Object.freeze({ basis: 'NONE', consentState: 'NONE', exceptionOverridesRefusal: false, evidence: [] });
const NOT_NEEDED = Object.freeze({ state: 'NOT_NEEDED', ids: [] } as const);
const UNJUDGED = Object.freeze({ state: 'UNJUDGED', ids: [] } as const);

/** Thirty days before an instant, as an instant. */
function monthBefore(now: string): string {
  return new Date(Date.parse(now) - 30 * 24 * 3600 * 1000).toISOString();
}
