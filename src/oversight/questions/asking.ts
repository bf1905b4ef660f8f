/**
 * How an information governance officer asks the log. Every question passes here: whether it may be asked is decided by
 * policies, that it was asked is a line of the asking operation's own entry, and what it finds is shown only as far as the
 * officer may see it. Nothing of any record is read: the log holds none.
 */
import type { AuditEntryBody, DecisionEntry } from '../../audit/entry.js';
import type { IndexedEntry, Search } from '../../audit/index/search.js';
import { asKnownTo, withLines } from '../../audit/known-to.js';
import type { Policies } from '../../disclosure/policies.js';
import type { Agency } from '../../domain/requester.js';
import type { IsoInstant, Obligation, Outcome, PersonId, Reason, WorkerId } from '../../domain/words.js';
import type { Operation } from '../../reader/operation.js';
import type { Drafts, StatementLine } from '../../sharing/drafts.js';
import { NotPermitted } from '../../sharing/refused.js';
import type { Transaction } from '../../store/store.js';

export interface AskingParts {
  readonly operation: Operation;
  readonly policies: Policies;
  /** As officers of the requester's agency may know the log (`LogSearch.seenBy`). */
  readonly search: Search;
  readonly draft: Drafts['draft'];
}

/** An operation of the log, as far as an officer may see it. */
export interface AuditedOperation {
  /** Its place in the tree. */
  readonly id: string;
  readonly entry: string;
  readonly at: IsoInstant;
  readonly operation: string;
  readonly worker: WorkerId;
  readonly agency: Agency | null;
  readonly role: string;
  readonly purpose: string | null;
  readonly result: AuditEntryBody['result'];
  readonly code: string | null;
  readonly policyVersion: string;
  readonly lines: readonly AuditedLine[];
  readonly statements: readonly AuditedStatement[];
}

/** What was decided about one person's records of one holder, of one type. */
export interface AuditedLine {
  readonly person: PersonId;
  readonly holder: Agency;
  readonly recordType: string;
  readonly records: number;
  readonly category: string;
  readonly outcome: Outcome;
  readonly permits: readonly string[];
  readonly vetoes: readonly string[];
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
  readonly basis: 'CONSENT' | 'EXCEPTION' | 'NONE';
  /** Ids of the consents, exceptions, enquiries and judgements it rests on. */
  readonly evidence: readonly string[];
}

export interface AuditedStatement {
  readonly did: string;
  readonly ids: readonly string[];
  readonly persons: readonly PersonId[];
  readonly policies: readonly string[];
}

export interface AskingAudit {
  /**
   * Notes the question in the operation's entry. `names` are ids that it names beside people: a worker, a consent. Throws
   * NotPermitted to whoever is no officer, asks for another purpose, or is one of these people or stands near them. What is
   * to be written with the entry, is written in its transaction.
   */
  ask(
    question: string,
    persons?: readonly PersonId[],
    names?: readonly string[],
    write?: (transaction: Transaction) => Promise<void>,
  ): Promise<void>;
  /** Entries as this officer may see them: without lines about people they stand near, or what another agency's officers alone may know. */
  see(entries: readonly IndexedEntry[]): Promise<readonly IndexedEntry[]>;
  /** Such entries in the words of the domain. */
  told(entries: readonly IndexedEntry[]): readonly AuditedOperation[];
  /** `see`, then `told`. */
  show(entries: readonly IndexedEntry[]): Promise<readonly AuditedOperation[]>;
  /** Tells of these people whether the officer stands near them: nothing about them is shown. */
  nearOf(persons: Iterable<PersonId>): Promise<(person: PersonId) => boolean>;
}

/** What the asking entry says was done. */
export const AUDIT_ASKED = 'AUDIT_ASKED' satisfies StatementLine['did'];

export function openAsking({ operation, policies, draft }: AskingParts): AskingAudit {
  const { requester, surroundings, agencies } = operation;

  async function mayAskAbout(persons: readonly PersonId[]) {
    await surroundings.ensure(persons);
    const facts = operation.facts();
    return (person: PersonId) =>
      policies.mayDo('ASK_AUDIT', facts.actionFacts(person, { ownAgency: false, party: false }));
  }

  function tell({ index, body }: IndexedEntry): AuditedOperation {
    const { id: entry, at, operation: asked, requester: by, purpose, result, code, policyVersion } = body;
    return {
      id: String(index),
      entry,
      at,
      operation: asked.name,
      worker: by.worker,
      agency: agencies.get(by.agency) ?? null,
      role: by.role,
      purpose,
      result,
      code: code ?? null,
      policyVersion,
      lines: body.outcomes.flatMap(([number, person, holderId, recordType, records]): AuditedLine[] => {
        const line = body.decisions[number];
        const holder = agencies.get(holderId);
        return line && holder ? [{ person, holder, recordType, records: records.length, ...decided(line) }] : [];
      }),
      statements: (body.statements ?? []).map(({ did, ids, subjects: persons, policies }) => ({
        did,
        ids,
        persons,
        policies,
      })),
    };
  }

  function seen({ index, hash, body: whole }: IndexedEntry, isNear: (person: PersonId) => boolean): IndexedEntry {
    const body = asKnownTo(whole, requester.agency);
    const mayBeSeen = (_line: DecisionEntry, person: PersonId, holder: string) =>
      agencies.has(holder) && !isNear(person);
    const said = (body.statements ?? []).map((statement) => ({
      ...statement,
      // What was said of somebody near the officer is as little theirs to see as what was released.
      ids: statement.subjects.some(isNear) ? [] : statement.ids,
      subjects: statement.subjects.filter((person) => !isNear(person)),
    }));
    return { index, hash, body: { ...withLines(body, mayBeSeen), ...(body.statements ? { statements: said } : {}) } };
  }

  async function nearOf(persons: Iterable<PersonId>) {
    const all = new Set(persons);
    const may = await mayAskAbout([...all]);
    const near = new Set([...all].filter((person) => !may(person).allowed));
    return (person: PersonId) => near.has(person);
  }

  async function see(entries: readonly IndexedEntry[]): Promise<readonly IndexedEntry[]> {
    const isNear = await nearOf(
      entries.flatMap(({ body }) => [
        ...body.outcomes.map(([, person]) => person),
        ...(body.statements ?? []).flatMap(({ subjects }) => subjects),
      ]),
    );
    return entries.map((entry) => seen(entry, isNear));
  }

  return {
    async ask(question, persons = [], names = [], write) {
      if (operation.purpose !== 'INFORMATION_GOVERNANCE') throw new NotPermitted('ASK_AUDIT');
      const verdicts =
        persons.length === 0
          ? [policies.mayDo('ASK_AUDIT', operation.facts().actionFactsOfNobody())]
          : persons.map(await mayAskAbout(persons));
      if (verdicts.some(({ allowed }) => !allowed)) throw new NotPermitted('ASK_AUDIT');
      const by = [...new Set(verdicts.flatMap((verdict) => verdict.policies))];
      draft({ did: AUDIT_ASKED, ids: [question, ...names], subjects: persons, policies: by }, write);
    },
    see,
    told: (entries) => entries.map(tell),
    show: async (entries) => (await see(entries)).map(tell),
    nearOf,
  };
}

function decided(line: DecisionEntry): Omit<AuditedLine, 'person' | 'holder' | 'recordType' | 'records'> {
  return {
    category: line.category,
    outcome: line.outcome as Outcome,
    permits: line.permits ?? [],
    vetoes: line.vetoes ?? [],
    reasons: (line.reasons ?? []) as readonly Reason[],
    obligations: (line.obligations ?? []) as readonly Obligation[],
    basis: (line.basis ?? 'NONE') as AuditedLine['basis'],
    evidence: line.evidence ?? [],
  };
}
