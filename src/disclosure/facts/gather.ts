/**
 * From sealed records to fact records. Everything that was fetched for it was fetched in batches before; here is no I/O.
 * What depends on the subject is computed once a subject, what depends on the holder too once a subject and holder, consent
 * once a category of these: what is left for each record is what its own label says. Longer than most files here, since all
 * that was worked out is in one place: once more is told, all of it is forgotten together.
 */
import { entry } from '../../domain/entry.js';
import type { ActionFacts, Fact, FactName, FactRecord } from '../../domain/facts.js';
import type { HandoverRules } from '../../domain/protocol.js';
import type { RecordLabel } from '../../domain/records.js';
import type { Agency } from '../../domain/requester.js';
import {
  ADULT_WORK,
  type AgencyId,
  type Category,
  type Confidentiality,
  type PersonId,
  type Purpose,
  type SourceId,
} from '../../domain/words.js';
import { type EmergencyAbout, emergenciesFor } from '../../registers/emergency.js';
import { type GrantFinding, grantFor } from '../../registers/grant.js';
import { type RelevanceAsk, relevanceOf } from '../../registers/relevance.js';
import type { Judgement } from '../../registers/statements.js';
import { type Basis, basisBetween, enquiryException, NOT_ACROSS, type Statements } from './basis.js';
import { isInHandoverPack, isOfFinishedEpisode } from './handover.js';
import { isOtherSideOf, mayBeShownTo } from './member.js';
import { agreesToService, guardiansOf } from './service.js';
import { isConflicted, isOpposing, isVictimSide, type LocationFacts, locatedBy, locationFacts } from './sides.js';
import { type Asker, type FamilyFacts, familyFacts, isRequester, type SubjectFacts, subjectFacts } from './subject.js';
import type { FamilyView, Told, View } from './view.js';
import { worksWith } from './work.js';

/** What an action is about, beside the person. What is not said is as if nobody had done it, and nothing overrode. */
export type ActionAbout = Pick<ActionFacts, 'ownAgency' | 'party'> &
  Partial<Pick<ActionFacts, 'madeBy' | 'overridesRefusal'>>;

/** A fact record with what it rests on. */
export interface Gathered {
  readonly facts: FactRecord;
  /** Ids of the consents, exceptions, enquiries, judgements, grants and emergency accesses that the facts rest on. */
  readonly evidence: readonly string[];
  /** Facts that could not be told and were taken at their most restrictive. */
  readonly unknown: readonly FactName[];
}

/** What holds for every record about one subject from one holder. */
interface Side {
  readonly subject: SubjectFacts;
  readonly ownAgency: boolean;
  readonly involvement: Fact<'involvement'>;
  readonly openToBoth: boolean;
  /** The requester's own that are live and cover the subject. */
  readonly emergencies: readonly EmergencyAbout[];
  /** Of records that speak of the subject alone: of fields that locate, and of others. */
  readonly persons: Map<boolean, PersonFacts>;
  readonly bases: Map<Category, Basis>;
  /** The bases of decisions on the requester's own referrals. */
  readonly referralBases: Map<Category, Basis>;
  /** What was gathered for labels that speak of the subject alone, by everything else that such a label may say. */
  readonly gathered: Map<string, Gathered>;
}

/** The facts that differ between records about one subject from one holder. */
interface LabelFacts
  extends Pick<
    FactRecord,
    'authoredByRequester' | 'exited' | 'inHandoverPack' | 'referredByRecipient' | 'category' | 'confidentiality'
  > {
  readonly relevance: RelevanceFound;
  readonly location: LocationFacts;
  readonly grant: GrantFinding;
}

interface RelevanceFound {
  readonly state: Fact<'relevance'>;
  readonly ids: readonly string[];
}

/** Whom a relevance judgement may serve when this requester relies on it. */
type Served = Pick<RelevanceAsk, 'childrenWorkedWith' | 'adultsWorkedWith' | 'enquiryChildren'>;

interface PersonFacts {
  readonly victimSide: boolean;
  readonly conflict: boolean;
  readonly opposing: boolean;
}

/** Facts about one batch of records for one requester and purpose. Make one an operation; it remembers what it computed. */
export class FactGatherer {
  readonly #subjects = new Map<PersonId, SubjectFacts>();
  readonly #families = new Map<FamilyView, FamilyFacts>();
  readonly #sides = new Map<AgencyId, Map<PersonId, Side>>();
  readonly #served = new Map<PersonId, Served>();
  readonly #persons = new Map<string, PersonFacts>();
  readonly #mayKnowOf = new Map<PersonId, boolean>();
  readonly #dutySince: string;
  readonly #locations = new Map<PersonId, LocationFacts>();
  /** How much was known when all of these were worked out. */
  #tellings = 0;

  constructor(
    private readonly view: View,
    private readonly asker: Asker,
    private readonly statements: Statements,
    private readonly agencies: ReadonlyMap<AgencyId, Agency>,
    /** Which id space the staff ids of a source belong to. */
    private readonly spaces: ReadonlyMap<SourceId, SourceId>,
    /** What the authority's protocol packs hand over. */
    private readonly handover: HandoverRules,
  ) {
    this.#dutySince = monthBefore(view.now);
  }

  subject(person: PersonId): SubjectFacts {
    this.#forgetWhatMayBeOtherwise();
    return entry(this.#subjects, person, () => {
      const facts = subjectFacts(this.view, this.asker, person, this.#ofFamily);
      const { serviceConsents } = this.statements;
      const serviceConsent = agreesToService(this.view, facts.families, serviceConsents, this.asker.standing.requester);
      return { serviceConsent, ...facts };
    });
  }

  /** The facts of an action about a person. Requires that the person's surroundings are known. */
  actionFacts(person: PersonId, about: ActionAbout): ActionFacts {
    return {
      madeBy: 'NOBODY',
      overridesRefusal: false,
      role: this.asker.standing.requester.role,
      involvement: this.subject(person).involvement,
      ...about,
      conflict: isConflicted(this.view, this.asker, [person]),
      opposing: isOpposing(this.view, this.asker, { subject: person, fromWorkWith: [person] }, [], {
        ownAgency: false,
        victimSide: true,
      }),
    };
  }

  /** The facts of an action that is about nobody: how the requester stands to a person says nothing of it. */
  actionFactsOfNobody(): ActionFacts {
    return {
      madeBy: 'NOBODY',
      overridesRefusal: false,
      role: this.asker.standing.requester.role,
      involvement: 'NONE',
      ownAgency: false,
      party: false,
      conflict: false,
      opposing: false,
    };
  }

  /** The person, and everybody included in a family that includes them. Requires that their surroundings are known. */
  includedWith(person: PersonId): readonly PersonId[] {
    const families = this.view.includingFamiliesOf(person);
    return [...new Set([person, ...families.flatMap((family) => family.included)])];
  }

  /** Ids of the open enquiries that are by themselves a reason to share about the person with an agency, for a purpose. */
  enquiriesFor(person: PersonId, recipient: Agency, purpose: Purpose): readonly string[] {
    return enquiryException(this.view, { purpose }, { subject: person, facts: this.subject(person), recipient });
  }

  /** Whether an agency works, or worked, with the person. */
  isKnownTo(person: PersonId, agency: AgencyId): boolean {
    return this.view.of('involvements', person).some((row) => row.holder === agency);
  }

  /** What an agency's own system has of what is alleged of or by a person, with its reviews. Requires that their surroundings are known. */
  allegationsHeldBy(agency: AgencyId, person: PersonId) {
    const held = this.view.of('allegations', person).filter((row) => row.holder === agency);
    return held.map((row) => ({ ...row, reviews: this.view.reviewsFor(row) }));
  }

  /** Whether the person is recorded as alleged to have hurt anybody; where it cannot be told, yes. */
  mayHaveHurt(person: PersonId): boolean {
    return (
      this.view.of('allegations', person).some(({ perpetrator }) => perpetrator === person) ||
      this.view.isUnknown('allegations', [person])
    );
  }

  /**
   * What a holder's own system says a person agreed to or refused there; undefined where it should tell and did not answer. Requires
   * that their surroundings are known.
   */
  consentsToldBy(holder: AgencyId, person: PersonId): readonly Told<'consents'>[] | undefined {
    if (this.view.isUntold('consents', holder, person)) return undefined;
    return this.view.of('consents', person).filter((row) => row.holder === holder);
  }

  /** Whether the requester works with the person, or with a family that the person is in, and not against them. */
  mayKnowOf(person: PersonId): boolean {
    this.#forgetWhatMayBeOtherwise();
    const known = this.#mayKnowOf.get(person) ?? this.#isKnowable(person);
    this.#mayKnowOf.set(person, known);
    return known;
  }

  #isKnowable(person: PersonId): boolean {
    const { opposing, conflict, involvement } = this.actionFacts(person, { ownAgency: false, party: false });
    if (opposing || conflict) return false;
    if (involvement === 'ALLOCATED' || involvement === 'MANAGING') return true;
    const { own, managed } = this.asker.work;
    const families = [...own, ...managed].flatMap((one) => this.view.includingFamiliesOf(one));
    return families.some(({ members }) => members.has(person));
  }

  /** Whether somebody holds parental responsibility for a child. Nobody holds it for themselves. */
  isGuardian(child: PersonId, adult: PersonId): boolean {
    return adult !== child && guardiansOf(this.view, child).includes(adult);
  }

  /**
   * The facts for one part of a record: its fields of one category and confidentiality. Records about one subject from one
   * holder that differ in nothing a fact rests on are given the same object: what is made of it need be made once.
   */
  gather(
    label: RecordLabel<PersonId>,
    holder: AgencyId,
    category: Category,
    confidentiality: Confidentiality,
    batch: readonly RecordLabel<PersonId>[],
  ): Gathered {
    this.#forgetWhatMayBeOtherwise();
    const side = this.#sides.get(holder)?.get(label.subject) ?? this.#openSide(label.subject, holder);
    const { subject, ownAgency } = side;
    const { standing, member } = this.asker;
    const own: LabelFacts = {
      category,
      confidentiality,
      relevance: this.#relevance(label, subject, category, ownAgency),
      location: category === 'CONTACT' ? this.#location(label) : NOT_LOCATING,
      // What a member of the family is shown rests on nothing that was granted to whoever asks for them.
      grant: member === undefined ? this.#grant(label, holder, category) : NOT_GRANTED,
      authoredByRequester:
        label.author !== undefined &&
        isRequester(standing, this.#spaceOf(label), label.author) &&
        this.#isInvolved(standing.requester.agency, subject.families),
      exited: isOfFinishedEpisode(label, subject.handovers, this.handover),
      inHandoverPack: isInHandoverPack(label, category, subject.handovers, batch, this.view.now, this.handover),
      referredByRecipient: label.referredBy === standing.requester.agency,
    };
    if (member !== undefined || !speaksOfSubjectAlone(label)) return this.#put(label, side, holder, own);
    const key = saidBy(label, own);
    const known = side.gathered.get(key);
    if (known) return known;
    const gathered = this.#put(label, side, holder, own);
    side.gathered.set(key, gathered);
    return gathered;
  }

  /** As an operation reaches further, more is told: of who lives where, who is alleged to have hurt whom, who works with whom. */
  #forgetWhatMayBeOtherwise(): void {
    const { tellings } = this.view;
    if (tellings === this.#tellings) return;
    this.#tellings = tellings;
    for (const known of [
      this.#subjects,
      this.#families,
      this.#sides,
      this.#served,
      this.#persons,
      this.#locations,
      this.#mayKnowOf,
    ])
      known.clear();
  }

  readonly #ofFamily = (family: FamilyView): FamilyFacts =>
    entry(this.#families, family, () => familyFacts(this.view, this.asker, family));

  /** Whether an agency is now involved with any included member of any of these families. */
  #isInvolved(agency: AgencyId, families: readonly FamilyView[]): boolean {
    return families.some((family) => this.#ofFamily(family).agencies.has(agency));
  }

  /** One fact record of what holds for the side and what holds for the label. */
  #put(label: RecordLabel<PersonId>, side: Side, holder: AgencyId, own: LabelFacts): Gathered {
    const { standing, purpose, member } = this.asker;
    const { subject } = side;
    const { category, relevance, location, grant } = own;
    const basis = this.#basis(label, side, category, holder, own.referredByRecipient);
    const persons = this.#personFacts(label, side, category);
    const facts: FactRecord = {
      role: standing.requester.role,
      ownAgency: side.ownAgency,
      category,
      recordKind: label.kind,
      confidentiality: own.confidentiality,
      purpose,
      involvement: side.involvement,
      coreGroup: subject.coreGroup,
      onPanel: subject.onPanel,
      onFamilyTeam: subject.onFamilyTeam,
      basis: basis.basis,
      consentState: basis.consentState,
      exceptionOverridesRefusal: basis.exceptionOverridesRefusal,
      serviceConsent: subject.serviceConsent,
      relevance: relevance.state,
      opposing: persons.opposing || (member !== undefined && isOtherSideOf(this.view, member, label)),
      victimSide: persons.victimSide,
      locationProtected: location.locationProtected,
      worksWithProtected: location.worksWithProtected,
      victimOfSubject: subject.victimOfSubject,
      conflict: persons.conflict,
      authoredByRequester: own.authoredByRequester,
      grant: grant.state,
      emergency: side.emergencies.length > 0,
      stage: subject.stage,
      s47Open: subject.s47Open,
      openToBoth: side.openToBoth,
      cpGround: subject.cpGround,
      receiving: subject.receiving,
      exited: own.exited,
      inHandoverPack: own.inHandoverPack,
      referredByRecipient: own.referredByRecipient,
      forMember: member !== undefined && mayBeShownTo(this.view, this.statements.consents, member, label),
    };
    const evidence = together(basis.evidence, relevance.ids, grant.ids, side.emergencies);
    const unknown: readonly FactName[] = basis.untold ? [...subject.unknown, 'consentState'] : subject.unknown;
    return { facts, evidence, unknown };
  }

  /** Whether a live grant names this requester for the record's subject, category, holder and purpose. */
  #grant(label: RecordLabel<PersonId>, holder: AgencyId, category: Category): GrantFinding {
    const grants = this.statements.grants.get(label.subject);
    if (!grants) return NOT_GRANTED;
    const { worker, agency, role } = this.asker.standing.requester;
    const { subject, source, type, localId, addresses } = label;
    return grantFor(grants, {
      worker,
      agency,
      role,
      subject,
      category,
      holder,
      purpose: this.asker.purpose,
      at: this.view.now,
      record: { source, type, localId, addresses },
    });
  }

  /** The requester's own emergency accesses that cover the person now. */
  #emergenciesAbout(subject: PersonId): readonly EmergencyAbout[] {
    const { worker, agency, role } = this.asker.standing.requester;
    const all = this.statements.emergencies.get(subject) ?? NO_EMERGENCIES;
    return emergenciesFor(all, { worker, agency, role, subject, at: this.view.now });
  }

  #openSide(person: PersonId, holder: AgencyId): Side {
    const subject = this.subject(person);
    const { agency } = this.asker.standing.requester;
    const ownAgency = holder === agency;
    const side: Side = {
      subject,
      ownAgency,
      involvement: this.#involvement(subject, person, holder, ownAgency),
      // While the stage cannot be told, whether the family is on a protection plan cannot be either (CF-04).
      openToBoth:
        !ownAgency &&
        !subject.unknown.includes('stage') &&
        [holder, agency].every((one) => this.#isInvolved(one, subject.families)),
      emergencies: this.#emergenciesAbout(person),
      persons: new Map(),
      bases: new Map(),
      referralBases: new Map(),
      gathered: new Map(),
    };
    entry(this.#sides, holder, () => new Map<PersonId, Side>()).set(person, side);
    return side;
  }

  #involvement(subject: SubjectFacts, person: PersonId, holder: AgencyId, ownAgency: boolean): Fact<'involvement'> {
    if (subject.involvement === 'ALLOCATED' || subject.involvement === 'MANAGING') return subject.involvement;
    const isDuty =
      ownAgency &&
      this.asker.standing.onDuty &&
      this.view
        .of('received', person)
        .some((row) => row.holder === holder && row.at >= this.#dutySince && row.at <= this.view.now);
    return isDuty ? 'DUTY' : subject.involvement;
  }

  /** A field of the record locates somebody. */
  #location(label: RecordLabel<PersonId>): LocationFacts {
    const known = this.#locations.get(label.subject);
    if (known && speaksOfSubjectAlone(label)) return known;
    const facts = locationFacts(
      this.view,
      this.asker,
      locatedBy(this.view, label.subject, label.names, label.addresses),
    );
    if (speaksOfSubjectAlone(label)) this.#locations.set(label.subject, facts);
    return facts;
  }

  /** Sides and conflict depend on the record's persons; records about the same persons share them. */
  #personFacts(label: RecordLabel<PersonId>, side: Side, category: Category): PersonFacts {
    const locates = category === 'CONTACT';
    if (speaksOfSubjectAlone(label))
      return side.persons.get(locates) ?? this.#findPersonFacts(label, side, locates, side.persons, locates);
    const { subject, fromWorkWith, names, addresses } = label;
    const key = `${locates ? `L${addresses.join()}` : ''}${side.ownAgency}|${subject}|${fromWorkWith.join()}|${names.join()}`;
    return this.#persons.get(key) ?? this.#findPersonFacts(label, side, locates, this.#persons, key);
  }

  #findPersonFacts<K>(
    label: RecordLabel<PersonId>,
    { ownAgency }: Side,
    locates: boolean,
    memo: Map<K, PersonFacts>,
    key: K,
  ): PersonFacts {
    const located = locates ? locatedBy(this.view, label.subject, label.names, label.addresses) : [];
    const victimSide = isVictimSide(this.view, label);
    const facts: PersonFacts = {
      victimSide,
      opposing: isOpposing(this.view, this.asker, label, located, { ownAgency, victimSide }),
      conflict: isConflicted(this.view, this.asker, new Set([label.subject, ...label.names, ...label.fromWorkWith])),
    };
    memo.set(key, facts);
    return facts;
  }

  #basis(label: RecordLabel<PersonId>, side: Side, category: Category, holder: AgencyId, referred: boolean): Basis {
    if (side.ownAgency) return NOT_ACROSS;
    const isOwnReferral = referred && label.kind === 'REFERRAL_DECISION';
    const bases = isOwnReferral ? side.referralBases : side.bases;
    return bases.get(category) ?? this.#findBasis(label.subject, side, category, holder, isOwnReferral, bases);
  }

  #findBasis(
    subject: PersonId,
    side: Side,
    category: Category,
    holderId: AgencyId,
    isOwnReferral: boolean,
    bases: Map<Category, Basis>,
  ): Basis {
    const holder = this.agencies.get(holderId);
    const recipient = this.agencies.get(this.asker.standing.requester.agency);
    const basis =
      holder && recipient
        ? basisBetween(this.view, this.asker, this.statements, {
            subject,
            facts: side.subject,
            category,
            holder,
            recipient,
            emergencies: side.emergencies,
            isOwnReferral,
            isAgency: (id) => this.agencies.has(id),
          })
        : NOT_ACROSS;
    bases.set(category, basis);
    return basis;
  }

  #relevance(
    label: RecordLabel<PersonId>,
    subject: SubjectFacts,
    category: Category,
    ownAgency: boolean,
  ): RelevanceFound {
    if (!ADULT_WORK.includes(category)) return NOT_NEEDED;
    const judgements = this.statements.judgements.get(label.subject);
    if (!judgements || ownAgency) return UNJUDGED;
    return relevanceOf(judgements, {
      source: label.source,
      type: label.type,
      localId: label.localId,
      ...(label.episode === undefined ? {} : { episode: label.episode }),
      subject: label.subject,
      ...this.#servedBy(label.subject, subject, judgements),
      at: this.view.now,
    });
  }

  #servedBy(person: PersonId, subject: SubjectFacts, judgements: readonly Judgement[]): Served {
    return entry(this.#served, person, () => ({
      childrenWorkedWith: subject.joining.flatMap((family) => family.includedChildren),
      adultsWorkedWith: [...new Set(judgements.flatMap((judgement) => judgement.servesAdult ?? []))].filter((adult) =>
        worksWith(this.asker.work, adult),
      ),
      enquiryChildren: subject.involvement === 'NONE' ? [] : subject.enquiries.map((row) => row.child),
    }));
  }

  #spaceOf(label: RecordLabel<PersonId>): string {
    return this.spaces.get(label.source) ?? label.source;
  }
}

/** The most common label: about one person, from work with that person, and with no address. */
function speaksOfSubjectAlone({ subject, names, fromWorkWith, addresses }: RecordLabel<PersonId>): boolean {
  return names.length === 0 && addresses.length === 0 && fromWorkWith.length === 1 && fromWorkWith[0] === subject;
}

/**
 * Everything that a label which speaks of its subject alone says to its facts: the type and kind of record, and what differs
 * between records. Injective: closed words, digits and ids, none of which holds a bar.
 */
function saidBy({ type, kind }: RecordLabel<PersonId>, own: LabelFacts): string {
  const { category, confidentiality, relevance, location, grant } = own;
  const flags =
    Number(own.authoredByRequester) +
    2 * Number(own.exited) +
    4 * Number(own.inHandoverPack) +
    8 * Number(own.referredByRecipient) +
    16 * Number(location.locationProtected) +
    32 * Number(location.worksWithProtected);
  const said = `${type}|${kind}|${category}|${confidentiality}|${flags}|${relevance.state}|${grant.state}`;
  return relevance.ids.length === 0 && grant.ids.length === 0
    ? said
    : `${said}|${JSON.stringify([relevance.ids, grant.ids])}`;
}

/** The ids that a fact record rests on, each once; most rest on a basis alone. */
function together(
  basis: readonly string[],
  relevance: readonly string[],
  grants: readonly string[],
  emergencies: readonly EmergencyAbout[],
): readonly string[] {
  if (relevance.length === 0 && grants.length === 0 && emergencies.length === 0) return basis;
  return [...new Set([...basis, ...relevance, ...grants, ...emergencies.map(({ id }) => id)])];
}

const NO_EMERGENCIES: readonly EmergencyAbout[] = Object.freeze([]);
const NOT_GRANTED: GrantFinding = Object.freeze({ state: 'NONE', ids: Object.freeze([]) });
const NOT_LOCATING: LocationFacts = Object.freeze({ locationProtected: false, worksWithProtected: false });
const NOT_NEEDED = Object.freeze({ state: 'NOT_NEEDED', ids: [] } as const);
const UNJUDGED = Object.freeze({ state: 'UNJUDGED', ids: [] } as const);

/** Thirty days before an instant, as an instant. */
function monthBefore(now: string): string {
  return new Date(Date.parse(now) - 30 * 24 * 3600 * 1000).toISOString();
}
