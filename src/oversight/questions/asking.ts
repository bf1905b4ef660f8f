/**
 * How an information governance officer asks the log. Every question passes here: whether it may be asked is decided by
 * policies, that it was asked is a line of the asking operation's own entry, and what it finds is shown only as far as the
 * officer may see it. Nothing of any record is read: the log holds none.
 */
import type { AuditEntryBody, DecisionEntry } from '../../audit/entry.js';
import type { IndexedEntry, Search } from '../../audit/index/search.js';
import { type Term, termsOf } from '../../audit/index/terms.js';
import { factsIn } from '../../disclosure/logged-facts.js';
import type { Policies } from '../../disclosure/policies.js';
import type { Agency } from '../../domain/requester.js';
import type { AgencyId, IsoInstant, Obligation, Outcome, PersonId, Reason, WorkerId } from '../../domain/words.js';
import type { Operation } from '../../reader/operation.js';
import { NotPermitted, type StatementLine } from '../../sharing/statements.js';

export interface AskingParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly search: Search;
  readonly draft: (line: StatementLine) => void;
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
   * NotPermitted to whoever is no officer, asks for another purpose, or is one of these people or stands near them.
   */
  ask(question: string, persons?: readonly PersonId[], names?: readonly string[]): Promise<void>;
  /**
   * Entries as this officer may see them: without lines about people they stand near, or about what another agency keeps locked.
   * `having`: of each list a term that what is left must still have. Without it an entry that was found by what is hidden
   * would tell that it is there.
   */
  show(entries: readonly IndexedEntry[], having?: readonly (readonly Term[])[]): Promise<readonly AuditedOperation[]>;
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

  /** The entry without what this officer may not see: outcomes, and of statements the people and the ids. */
  function visible(body: AuditEntryBody, isNear: (person: PersonId) => boolean): AuditEntryBody {
    return {
      ...body,
      outcomes: body.outcomes.filter(([number, person, holder]) => {
        const line = body.decisions[number];
        return line !== undefined && !isNear(person) && !isKeptLocked(line, body, holder);
      }),
      // What was said of somebody near the officer is as little theirs to see as what was released.
      statements: (body.statements ?? []).map((statement) => {
        const { subjects } = statement;
        const others = subjects.filter((person) => !isNear(person));
        return others.length === subjects.length ? statement : { ...statement, ids: [], subjects: others };
      }),
    };
  }

  /** What is locked is never shown to exist outside its holder; what cannot be told may be locked. */
  function isKeptLocked(line: DecisionEntry, body: AuditEntryBody, holder: string): boolean {
    const confidentiality = factsIn(line, body)?.confidentiality ?? 'V';
    return holder !== requester.agency && confidentiality === 'V';
  }

  return {
    async ask(question, persons = [], names = []) {
      if (operation.purpose !== 'INFORMATION_GOVERNANCE') throw new NotPermitted('ASK_AUDIT');
      const verdicts =
        persons.length === 0
          ? [policies.mayDo('ASK_AUDIT', operation.facts().actionFactsOfNobody())]
          : persons.map(await mayAskAbout(persons));
      if (verdicts.some(({ allowed }) => !allowed)) throw new NotPermitted('ASK_AUDIT');
      draft({
        did: AUDIT_ASKED,
        ids: [question, ...names],
        subjects: persons,
        policies: [...new Set(verdicts.flatMap((verdict) => verdict.policies))],
      });
    },
    async show(entries, having = []) {
      const persons = new Set(
        entries.flatMap(({ body }) => [
          ...body.outcomes.map(([, person]) => person),
          ...(body.statements ?? []).flatMap(({ subjects }) => subjects),
        ]),
      );
      const may = await mayAskAbout([...persons]);
      const near = new Set([...persons].filter((person) => !may(person).allowed));
      return entries.flatMap(({ index, body }) => {
        const seen = visible(body, (person) => near.has(person));
        return hasStill(body, seen, having) ? [operationOf(index, seen, agencies)] : [];
      });
    },
  };
}

/** What was found by a term of the entry has it still; a mark that a watch added is not of the entry. */
function hasStill(body: AuditEntryBody, seen: AuditEntryBody, having: readonly (readonly Term[])[]): boolean {
  const namesIn = (of: AuditEntryBody) => {
    const names = new Set(termsOf(of).map(({ kind, name }) => `${kind} ${name}`));
    return ({ kind, name }: Term) => names.has(`${kind} ${name}`);
  };
  const [was, is] = [namesIn(body), namesIn(seen)];
  return having.every((list) => list.some(is) || !list.some(was));
}

function operationOf(index: number, body: AuditEntryBody, agencies: ReadonlyMap<AgencyId, Agency>): AuditedOperation {
  const { id: entry, at, operation, requester, purpose, result, code, policyVersion } = body;
  return {
    id: String(index),
    entry,
    at,
    operation: operation.name,
    worker: requester.worker,
    agency: agencies.get(requester.agency) ?? null,
    role: requester.role,
    purpose,
    result,
    code: code ?? null,
    policyVersion,
    lines: body.outcomes.flatMap(([number, person, holderId, recordType, records]): AuditedLine[] => {
      const line = body.decisions[number];
      const holder = agencies.get(holderId);
      return line && holder ? [{ person, holder, recordType, records: records.length, ...decided(line) }] : [];
    }),
    statements: (body.statements ?? []).map(({ did, ids, subjects, policies }) => ({
      did,
      ids,
      persons: subjects,
      policies,
    })),
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
