/**
 * What people have said, recorded and shown: consents, exceptions, judgements. Whether somebody may is decided by policies
 * (schema/policies/actions.cedar); what is drafted here is written in one transaction with the operation's audit entry.
 */
import { type LoggedSearch, searchLine } from '../audit/index/terms.js';
import { recordId } from '../disclosure/door.js';
import type { Policies } from '../disclosure/policies.js';
import { entry } from '../domain/entry.js';
import type { Action } from '../domain/facts.js';
import type { RecordLabel, RecordType } from '../domain/records.js';
import {
  ADULT_WORK,
  type AgencyId,
  type Category,
  type IsoInstant,
  type PersonId,
  type Purpose,
} from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { asOf, type Moment } from '../registers/as-of.js';
import { checkException, type LawfulGateways } from '../registers/lawful-gateways.js';
import type { Registers, Transaction } from '../registers/registers.js';
import type { Answer } from '../registers/sharing-request.js';
import type { ConsentStatement, ExceptionRecord, Judgement } from '../registers/statements.js';
import { giverProblems, isHiddenSpeaker } from './giver.js';
import { type ListedConsent, toldToOwn } from './told-consents.js';
import { type RequestsForRelevance, type UnjudgedRecord, unjudgedRecords } from './unjudged.js';

export interface ConsentDraft {
  readonly subject: PersonId;
  readonly state: 'GIVEN' | 'REFUSED' | 'WITHDRAWN';
  readonly givenBy: PersonId;
  readonly capacity: ConsentStatement['capacity'];
  readonly categories: readonly Category[];
  readonly holders: readonly string[];
  readonly recipients: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly from?: string | null;
  readonly until?: string | null;
  readonly method: string;
  readonly reviewOn?: string | null;
  readonly competence?: string | null;
}

/** A consent taken back, with what is taken back. */
export type Withdrawn = ConsentStatement & { readonly of: ConsentStatement };

export interface ExceptionDraft {
  readonly subjects: readonly PersonId[];
  readonly gateway: string;
  readonly answers: readonly string[];
  readonly categories: readonly Category[];
  readonly holders: readonly string[];
  readonly recipients: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly from?: string | null;
  readonly until: string;
  readonly approvedBy?: string | null;
}

/** A record by its id at its source. */
export interface RecordRef {
  readonly type: RecordType;
  readonly source: string;
  readonly localId: string;
}

/** What a judgement says, of whichever record. */
export interface JudgementDraft {
  readonly decision: Judgement['decision'];
  /** It stands for every record of this kind in the record's episode, those to come too, but for those judged by name. */
  readonly standing?: boolean | null;
  readonly servesChild?: PersonId | null;
  readonly servesAdult?: PersonId | null;
  readonly factor: string;
  readonly why: string;
}

/** A judgement with the node id of the record it was made of, if it was made of one. */
export type ShownJudgement = Judgement & { readonly record: string | null; readonly standing: boolean };

/** A record to be judged: what it is and who holds it. */
interface Labelled {
  readonly label: RecordLabel<PersonId>;
  readonly holder: AgencyId;
}

/** Records judged in one operation. */
const MOST_AT_ONCE = 100;

/** The requester may not do this. Said alike whether or not the person exists. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
}

/** The statement lacks something; `problems` may be shown: they speak of the statement, not of a person. */
export class NotValid extends Error {
  override readonly name = 'NotValid';
  constructor(readonly problems: readonly string[]) {
    super('the statement is not complete');
  }
}

export interface StatementParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly gateways: LawfulGateways;
  readonly factors: ReadonlySet<string>;
  readonly requests: RequestsForRelevance;
  readonly newId: () => string;
}

/** A line of the audit entry about what was said or shown of what was said. */
export interface StatementLine {
  readonly did:
    | 'CONSENT'
    | 'SERVICE_CONSENT'
    | 'RELEASES_SHOWN'
    | 'EXCEPTION'
    | 'JUDGEMENT'
    | 'SHOWN'
    | 'REQUESTS_SHOWN'
    | 'FAMILY_VIEW'
    | 'EXCEPTION_APPROVED'
    | 'GRANT'
    | 'GRANT_END'
    | 'REQUEST'
    | 'REQUEST_WITHDRAWN'
    | 'REQUEST_DISPUTED'
    | `REQUEST_${Answer}`
    | 'EMERGENCY'
    | 'EMERGENCY_END'
    | 'EMERGENCY_REVIEW'
    | 'ALLEGATION_REVIEW'
    | 'LINKS_SHOWN'
    | 'LINK'
    | 'NO_LINK'
    | 'LINK_UNDONE'
    | 'SEPARATED'
    | 'EXPLAINED'
    | 'EXPLAINED_PAST'
    | 'AUDIT_ASKED'
    | 'ALERT_CLOSED'
    | 'SEARCHED'
    | 'SENTENCES_LEFT_OUT';
  readonly ids: readonly string[];
  readonly subjects: readonly PersonId[];
  readonly policies: readonly string[];
}

type Said = Operation['surroundings']['statements'];

export class Statements {
  readonly #writes: ((transaction: Transaction) => Promise<void>)[] = [];
  readonly #seen = new Map<PersonId, Promise<ReadonlySet<string>>>();
  readonly lines: StatementLine[] = [];

  constructor(private readonly parts: StatementParts) {}

  /** Everything drafted, to be written with the audit entry; undefined when nothing was. */
  get write(): ((transaction: Transaction) => Promise<void>) | undefined {
    if (this.#writes.length === 0) return undefined;
    return async (transaction) => {
      for (const write of this.#writes) await write(transaction);
    };
  }

  /** Adds what somebody else drafted: written with the same entry, told by the same list of lines. */
  draft(line: StatementLine, write?: (transaction: Transaction) => Promise<void>): void {
    this.lines.push(line);
    if (write) this.#writes.push(write);
  }

  /** A search, as the log keeps it: by which fields and how many, never by what. Stands though the operation fails. */
  searched(search: LoggedSearch): void {
    this.lines.push(searchLine(search));
  }

  async recordConsent(draft: ConsentDraft): Promise<ConsentStatement> {
    const { operation } = this.parts;
    if (draft.state === 'WITHDRAWN') throw new NotValid(['to take a consent back use withdrawConsent']);
    const policies = await this.#permit(draft.state === 'GIVEN' ? 'RECORD_CONSENT' : 'RECORD_REFUSAL', draft.subject, {
      ownAgency: false,
      party: this.#isSide(draft),
    });
    if (draft.givenBy !== draft.subject && (await isHiddenSpeaker(operation, draft.givenBy)))
      throw new NotPermitted('RECORD_CONSENT');
    const from = draft.from ?? operation.at;
    const problems = [
      ...this.#scopeProblems(draft),
      ...giverProblems(draft, operation),
      ...reviewProblems(draft, from),
      ...(draft.until && draft.until <= from ? ['it ends before it starts'] : []),
      ...(draft.until && draft.until <= operation.at ? ['it has ended already'] : []),
      ...(draft.until && draft.state === 'REFUSED' ? ['a refusal has no end: agreeing again is a new statement'] : []),
    ];
    if (problems.length > 0) throw new NotValid(problems);
    const { subject, state, givenBy, capacity, categories, holders, recipients, purposes, until, method } = draft;
    const { reviewOn, competence } = draft;
    return this.#draftConsent(
      {
        id: this.parts.newId(),
        subject,
        state,
        givenBy,
        capacity,
        categories,
        holders,
        recipients,
        purposes,
        from,
        ...(until ? { until } : {}),
        recordedAt: operation.at,
        recordedBy: operation.requester.worker,
        method,
        ...(reviewOn ? { reviewOn } : {}),
        ...(competence?.trim() ? { competence } : {}),
      },
      policies,
    );
  }

  /**
   * The same scope, taken back now; told only to an agency it concerns. Throws NotPermitted, also for a consent that does not
   * exist, and NotValid for a statement that agreed to nothing.
   */
  async withdrawConsent(id: string, method: string): Promise<Withdrawn> {
    const { operation, registers } = this.parts;
    const given = await registers.consent(id);
    if (!given) throw new NotPermitted('no such consent');
    const policies = await this.#permit('RECORD_REFUSAL', given.subject, { ownAgency: false, party: true });
    const concerns = this.#isParty([...given.holders, ...given.recipients]);
    if (given.state !== 'GIVEN') {
      if (!concerns) throw new NotPermitted('no such consent');
      throw new NotValid(['only an agreement is taken back: a refusal is followed by a new statement']);
    }
    const { until: _, reviewOn: __, ...scope } = given;
    const withdrawn = this.#draftConsent(
      {
        ...scope,
        id: this.parts.newId(),
        state: 'WITHDRAWN',
        from: operation.at,
        recordedAt: operation.at,
        recordedBy: operation.requester.worker,
        method,
      },
      policies,
    );
    const shown = concerns ? withdrawn : { ...withdrawn, categories: [], holders: [], recipients: [], purposes: [] };
    return { ...shown, of: given };
  }

  async recordException(draft: ExceptionDraft): Promise<ExceptionRecord> {
    const { operation, gateways } = this.parts;
    const party = this.#isSide(draft);
    const permitted = await Promise.all(
      draft.subjects.map((subject) => this.#permit('RECORD_EXCEPTION', subject, { ownAgency: false, party })),
    );
    const gateway = gateways.get(draft.gateway);
    if (!gateway)
      throw new NotValid([`there is no lawful gateway ${draft.gateway}; known are ${[...gateways.keys()].join(', ')}`]);
    const from = draft.from ?? operation.at;
    const agencies = await this.parts.directory.agencies();
    const approver = draft.approvedBy ? await this.parts.directory.worker(draft.approvedBy) : undefined;
    const problems = [
      ...this.#scopeProblems(draft),
      ...checkException(gateway, {
        ...draft,
        from,
        recordedBy: operation.requester.worker,
        approver,
        agencies,
        stages: draft.subjects.map((subject) => operation.facts().subject(subject).stage),
      }),
    ];
    if (draft.subjects.length === 0) problems.push('it names nobody');
    if (approver && approver.agency !== operation.requester.agency && !draft.holders.includes(approver.agency)) {
      problems.push('who approved is a manager of the requester’s or the holder’s agency');
    }
    if (problems.length > 0) throw new NotValid(problems);
    const { subjects, categories, holders, recipients, purposes, until, approvedBy } = draft;
    const answers = Object.fromEntries(gateway.questions.map((question, i) => [question, draft.answers[i] ?? '']));
    const record: ExceptionRecord = {
      id: this.parts.newId(),
      subjects,
      gateway: gateway.id,
      categories,
      holders,
      recipients,
      purposes,
      overridesRefusal: gateway.overridesRefusal,
      from,
      until,
      recordedAt: operation.at,
      recordedBy: operation.requester.worker,
      ...(gateway.approver === 'manager' && approvedBy ? { awaits: approvedBy } : {}),
      answers,
    };
    this.#writes.push((transaction) => this.parts.registers.writeException(transaction, record));
    this.lines.push({ did: 'EXCEPTION', ids: [record.id], subjects, policies: permitted.flat() });
    return record;
  }

  async judgeRelevance(draft: JudgementDraft & { readonly record: RecordRef }): Promise<ShownJudgement> {
    const { type, source, localId } = draft.record;
    const found = await this.parts.operation.holdings.labelOf(type, source, localId);
    if (!found) throw new NotPermitted('no such record');
    const policies = await this.#permitJudging(found);
    await this.#checkJudgement(draft, [found.label]);
    return this.#draftJudgement(draft, found, policies);
  }

  /**
   * One judgement of each of these records, all of them or none. Throws NotPermitted when the requester may not judge one, or
   * it does not exist; NotValid.
   */
  async judgeRelevanceOfMany(
    draft: JudgementDraft & { readonly records: readonly RecordRef[] },
  ): Promise<readonly ShownJudgement[]> {
    const { families, holdings, requester } = this.parts.operation;
    const wanted = new Set(draft.records.map(recordId));
    if (wanted.size === 0 || draft.records.length > MOST_AT_ONCE)
      throw new NotValid([`it names between one and ${MOST_AT_ONCE} records`]);
    if (wanted.size < draft.records.length) throw new NotValid(['it names a record twice']);
    const types = [...new Set(draft.records.map(({ type }) => type))];
    const held = await holdings.own(types, await families.everybodyWorkedWith());
    const labels = new Map(held.map(({ label }) => [recordId(label), label]));
    const found = draft.records.flatMap((record) => labels.get(recordId(record)) ?? []);
    if (found.length < wanted.size) throw new NotPermitted('no such record');
    const judged = found.map((label) => ({ label, holder: requester.agency }));
    const policies = await Promise.all(judged.map((one) => this.#permitJudging(one)));
    await this.#checkJudgement(draft, found);
    if (draft.standing) {
      const kinds = found.map(({ type, source, subject, episode }) => [type, source, subject, episode].join(' '));
      if (new Set(kinds).size < kinds.length)
        throw new NotValid(['it stands for a kind of record in an episode, and names two of the same']);
    }
    return judged.map((one, i) => this.#draftJudgement(draft, one, policies[i] ?? []));
  }

  /** What waits for a judgement by the requester; see `unjudged.ts`. */
  unjudgedRecords(): Promise<readonly UnjudgedRecord[]> {
    const { operation, policies, requests } = this.parts;
    return unjudgedRecords({
      operation,
      requests,
      mayJudge: (person) =>
        policies.mayDo('JUDGE_RELEVANCE', operation.facts().actionFacts(person, { ownAgency: true, party: true })),
      draft: (line) => this.draft(line),
    });
  }

  /**
   * Consent statements about a person that concern the requester's agency, as they were known at a moment. Nobody's business
   * else: an empty list. What may be told is judged on what is known now: nobody learns by asking of the past what a refusal
   * since then covers. What the own agency's system says was agreed to or refused there is among them (`told-consents.ts`).
   */
  async consentsOf(person: PersonId, moment: Moment = {}): Promise<readonly ListedConsent[]> {
    return this.#shownTo(person, async (all) => [
      ...(await this.#consentsOf(person, all, moment)),
      ...(toldToOwn(this.parts.operation, person, moment) ?? []),
    ]);
  }

  /** False where the own agency's system keeps consents too and did not answer: the list then lacks them. */
  async areConsentsComplete(person: PersonId): Promise<boolean> {
    const { operation } = this.parts;
    await operation.surroundings.ensure([person]);
    return !this.#maySee(person).allowed || toldToOwn(operation, person, {}) !== undefined;
  }

  async #consentsOf(person: PersonId, { consents }: Said, moment: Moment = {}): Promise<readonly ConsentStatement[]> {
    const { agency } = this.parts.operation.requester;
    const all = consents.get(person) ?? [];
    const recorders = await Promise.all(all.map(({ recordedBy }) => this.parts.directory.worker(recordedBy)));
    const byOwn = new Set(all.filter((_, i) => recorders[i]?.agency === agency).map(({ id }) => id));
    const told = new Set(all.filter((said) => byOwn.has(said.id) || this.#concernsOwn(said, all)).map(({ id }) => id));
    const then =
      moment.knownAt === undefined ? asOf(all, moment) : await this.parts.registers.consentsAsOf(person, moment);
    return then.filter(({ id }) => told.has(id)).map((said) => (byOwn.has(said.id) ? said : withoutAccount(said)));
  }

  /** Ids of the statements about a person that the requester may see: what the three lists would show. Says nothing to the log. */
  seenOf(person: PersonId): Promise<ReadonlySet<string>> {
    return entry(this.#seen, person, async () => {
      const { operation } = this.parts;
      await operation.surroundings.ensure([person]);
      if (!this.#maySee(person).allowed) return new Set<string>();
      const all = operation.surroundings.statements;
      const seen = [
        ...(await this.#consentsOf(person, all)),
        ...this.#exceptionsOf(person, all),
        ...this.#judgementsOf(person, all),
      ];
      return new Set(seen.map(({ id }) => id));
    });
  }

  /**
   * A holder sees all that is said by name about its own records. A recipient sees what lets it receive, as long as it does:
   * a refusal covers existence too, so what was refused or taken back since is no longer told to it.
   */
  #concernsOwn(said: ConsentStatement, all: readonly ConsentStatement[]): boolean {
    const { agency, agencyKind } = this.parts.operation.requester;
    if (said.holders.some((id) => id === agency || id === agencyKind)) return true;
    if (said.state !== 'GIVEN' || !this.#isParty(said.recipients)) return false;
    const overlaps = (holders: readonly string[]) =>
      holders.some((id) => id === '*' || said.holders.includes('*') || said.holders.includes(id));
    return !all.some(
      (later) => later.state !== 'GIVEN' && later.recordedAt >= said.recordedAt && overlaps(later.holders),
    );
  }

  async exceptionsOf(person: PersonId): Promise<readonly ExceptionRecord[]> {
    return this.#shownTo(person, (all) => this.#exceptionsOf(person, all));
  }

  #exceptionsOf(person: PersonId, { exceptions }: Said): readonly ExceptionRecord[] {
    return (exceptions.get(person) ?? []).filter(({ holders, recipients }) =>
      this.#isParty([...holders, ...recipients]),
    );
  }

  /** Judgements on the own agency's records: others would tell that there are records. */
  async judgementsOf(person: PersonId): Promise<readonly ShownJudgement[]> {
    return this.#shownTo(person, (all) => this.#judgementsOf(person, all).map(shownJudgement));
  }

  #judgementsOf(person: PersonId, { judgements }: Said): readonly Judgement[] {
    const { agency } = this.parts.operation.requester;
    return (judgements.get(person) ?? []).filter(({ holder }) => holder === agency);
  }

  #maySee(person: PersonId) {
    const { operation, policies } = this.parts;
    return policies.mayDo('SEE_STATEMENTS', operation.facts().actionFacts(person, { ownAgency: true, party: true }));
  }

  /** What `pick` leaves of the statements, if the requester may see any; the log has what was shown, and no more. */
  async #shownTo<T extends { readonly id: string }>(
    person: PersonId,
    pick: (all: Said) => readonly T[] | Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { operation } = this.parts;
    await operation.surroundings.ensure([person]);
    const verdict = this.#maySee(person);
    const shown = verdict.allowed ? await pick(operation.surroundings.statements) : [];
    this.lines.push({ did: 'SHOWN', ids: shown.map(({ id }) => id), subjects: [person], policies: verdict.policies });
    return shown;
  }

  async #permit(
    action: Action,
    person: PersonId,
    about: { readonly ownAgency: boolean; readonly party: boolean },
  ): Promise<readonly string[]> {
    const { operation, policies } = this.parts;
    await operation.surroundings.ensure([person]);
    const verdict = policies.mayDo(action, operation.facts().actionFacts(person, about));
    if (!verdict.allowed) throw new NotPermitted(action);
    return verdict.policies;
  }

  #draftConsent(statement: ConsentStatement, policies: readonly string[]): ConsentStatement {
    this.#writes.push((transaction) => this.parts.registers.writeConsent(transaction, statement));
    this.lines.push({ did: 'CONSENT', ids: [statement.id], subjects: [statement.subject], policies });
    return statement;
  }

  #permitJudging({ label, holder }: Labelled): Promise<readonly string[]> {
    const ownAgency = holder === this.parts.operation.requester.agency;
    return this.#permit('JUDGE_RELEVANCE', label.subject, { ownAgency, party: true });
  }

  async #checkJudgement(draft: JudgementDraft, labels: readonly RecordLabel<PersonId>[]): Promise<void> {
    const problems = [
      ...(labels.every(({ category }) => ADULT_WORK.includes(category)) ? [] : ['only adult work is judged']),
      ...(draft.standing && labels.some(({ episode }) => episode === undefined)
        ? ['a standing judgement is made of a record that belongs to an episode']
        : []),
      ...(Boolean(draft.servesChild) === Boolean(draft.servesAdult) ? ['it serves either a child or an adult'] : []),
      ...(this.parts.factors.has(draft.factor) ? [] : [`${draft.factor} is not an assessment factor`]),
      ...(draft.why.trim() ? [] : ['it says why']),
      ...(draft.servesChild ? await this.#childProblems(draft.servesChild) : []),
    ];
    if (problems.length > 0) throw new NotValid(problems);
  }

  #draftJudgement(draft: JudgementDraft, { label, holder }: Labelled, policies: readonly string[]): ShownJudgement {
    const { operation } = this.parts;
    const judgement: Judgement = {
      id: this.parts.newId(),
      source: label.source,
      type: label.type,
      ...(draft.standing ? {} : { localId: label.localId }),
      ...(label.episode ? { episode: label.episode } : {}),
      subject: label.subject,
      holder,
      ...(draft.servesChild ? { servesChild: draft.servesChild } : {}),
      ...(draft.servesAdult ? { servesAdult: draft.servesAdult } : {}),
      factor: draft.factor,
      decision: draft.decision,
      why: draft.why,
      judgedAt: operation.at,
      judgedBy: operation.requester.worker,
    };
    this.#writes.push((transaction) => this.parts.registers.writeJudgement(transaction, judgement));
    this.lines.push({ did: 'JUDGEMENT', ids: [judgement.id], subjects: [label.subject], policies });
    return shownJudgement(judgement);
  }

  async #childProblems(person: PersonId): Promise<string[]> {
    const { operation } = this.parts;
    await operation.surroundings.ensure([person]);
    const { isChild, joining } = operation.facts().subject(person);
    return isChild && joining.length > 0 ? [] : ['it serves a child whom its writer works with'];
  }

  /** The requester's agency is the holder, or the recipient: of every sharing that the statement covers. */
  #isSide({ holders, recipients }: Pick<ConsentDraft, 'holders' | 'recipients'>): boolean {
    const { agency } = this.parts.operation.requester;
    return [holders, recipients].some((side) => side.length > 0 && side.every((id) => id === agency));
  }

  /** Whether the requester's agency is among these ids and kinds. */
  #isParty(agencies: readonly (AgencyId | string)[]): boolean {
    const { agency, agencyKind } = this.parts.operation.requester;
    return agencies.some((id) => id === agency || id === agencyKind || id === '*');
  }

  #scopeProblems({
    categories,
    holders,
    recipients,
    purposes,
  }: Pick<ConsentDraft, 'categories' | 'holders' | 'recipients' | 'purposes'>): string[] {
    const { agencies } = this.parts.operation;
    const known = new Set([...agencies.keys(), ...[...agencies.values()].map(({ kind }) => kind)]);
    const problems = [];
    if ([categories, holders, recipients, purposes].some((list) => list.length === 0)) {
      problems.push('categories, holders, recipients and purposes each name at least one');
    }
    for (const id of [...holders, ...recipients])
      if (!known.has(id)) problems.push(`${JSON.stringify(id)} is no agency and no kind of agency`);
    return problems;
  }
}

/** When it is to be looked at again: after it begins, before it ends, and only what was agreed to. */
function reviewProblems({ state, reviewOn, until }: ConsentDraft, from: IsoInstant): string[] {
  if (!reviewOn) return [];
  if (state !== 'GIVEN') return ['reviewOn: a refusal has no review: agreeing again is a new statement'];
  if (reviewOn <= from.slice(0, 10)) return ['reviewOn: it is reviewed before it begins'];
  return until && until.slice(0, 10) < reviewOn ? ['reviewOn: it is reviewed after it ends'] : [];
}

/** How a child's competence was judged stays in the agency that judged it. */
function withoutAccount({ competence: _, ...said }: ConsentStatement): ConsentStatement {
  return said;
}

function shownJudgement(judgement: Judgement): ShownJudgement {
  const { type, source, localId } = judgement;
  const record = localId === undefined ? null : recordId({ type, source, localId });
  return { ...judgement, record, standing: localId === undefined };
}
