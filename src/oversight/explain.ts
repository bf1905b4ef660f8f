/**
 * What a worker would be given of a category about a person, and why, for information governance. The facts are gathered as
 * they would be for that worker and purpose now, about a record that is only supposed; the same policies decide. Nothing of
 * any record is read, and whether there is one changes nothing: a person whom nobody knows is explained alike.
 */
import { FactsChanged } from '../audit/audit.js';
import { shownAs } from '../disclosure/door.js';
import type { FactGatherer } from '../disclosure/facts/gather.js';
import type { Policies } from '../disclosure/policies.js';
import { reasonTold } from '../disclosure/reason.js';
import { sentenceFor } from '../disclosure/sentences.js';
import type { Fact, FactRecord } from '../domain/facts.js';
import type { Agency } from '../domain/requester.js';
import {
  ADULT_WORK,
  type Category,
  type Confidentiality,
  type Obligation,
  type Outcome,
  type PersonId,
  type Purpose,
  type Reason,
  type RecordKind,
  type Role,
  type WorkerId,
} from '../domain/words.js';
import type { Worker } from '../people/directory.js';
import { type House, type Operation, openOnBehalf } from '../reader/operation.js';
import { agencyOf } from '../reader/statuses.js';
import type { StatementLine } from '../sharing/drafts.js';
import { NotPermitted, NotValid } from '../sharing/refused.js';
import { hypotheticalLabel, type PossibleHolder, possibleHolders } from './hypothetical.js';
import type { PolicySaid, Sayings } from './release-grounds.js';
import { evidenceByFact, type Teller, type ToldFact, toldFacts } from './told-facts.js';

export interface ExplainParts {
  readonly house: House;
  /** The officer's own operation. */
  readonly operation: Operation;
  readonly policies: Policies;
  readonly sayings: Sayings;
  /** Adds a line to the operation's audit entry. */
  readonly draft: (line: StatementLine) => void;
}

export interface ExplainAsk {
  readonly worker: WorkerId;
  /** Of a worker with several: as which they would ask. */
  readonly role?: Role | null;
  readonly person: PersonId;
  readonly category: Category;
  readonly purpose: Purpose;
  /** One agency only. */
  readonly holder?: string | null;
  readonly recordKind: RecordKind;
  readonly confidentiality: Confidentiality;
}

/** What would become of such a record of one holder. */
export interface ExplainedHolder {
  readonly holder: Agency;
  /** The relevance supposed, of adult work across agencies; its holder judges each record. */
  readonly supposing: Fact<'relevance'> | null;
  readonly outcome: Outcome;
  /** What the policies alone say: what is shown of an adult service goes no further than its work would. */
  readonly decided: Outcome;
  readonly permits: readonly PolicySaid[];
  readonly vetoes: readonly PolicySaid[];
  readonly obligations: readonly Obligation[];
  /** In the full form. */
  readonly reasons: readonly Reason[];
  /** The one that the worker would be told. */
  readonly reasonTold: Reason | null;
  readonly requestable: boolean;
  readonly facts: readonly ToldFact[];
  readonly forPerson: string;
}

export interface Explanation {
  readonly worker: WorkerId;
  readonly agency: Agency;
  readonly role: Role;
  readonly category: Category;
  readonly purpose: Purpose;
  readonly policyVersion: string;
  readonly holders: readonly ExplainedHolder[];
}

/**
 * Throws NotPermitted to whoever is no information governance officer, asks for another purpose, or stands too near the
 * person; NotValid naming what is wrong with the question, which never depends on the person.
 */
export async function explain(parts: ExplainParts, ask: ExplainAsk): Promise<Explanation> {
  const { house, operation, draft } = parts;
  const policies = await permitted(parts, ask.person);
  const { worker, role } = await askedFor(parts, ask);
  const holders = possibleHolders(ask.category, operation).filter(({ holder }) => !ask.holder || holder === ask.holder);
  if (holders.length === 0) throw new NotValid(['no agency of that name could hold such a record']);
  const theirs = await openOnBehalf(house, { worker: worker.id, agency: worker.agency, role }, ask.purpose, operation);
  await theirs.surroundings.ensure([ask.person]);
  if (theirs.surroundings.registersVersion !== operation.surroundings.registersVersion)
    throw new FactsChanged('registers changed');
  draft({ did: 'EXPLAINED', ids: [worker.id], subjects: [ask.person], policies });
  const tellers = tellersOf(operation);
  return {
    worker: worker.id,
    agency: agencyOf(operation.agencies, worker.agency),
    role,
    category: ask.category,
    purpose: ask.purpose,
    policyVersion: house.policyVersion,
    holders: holders.flatMap((holder) => explainHolder(parts, ask, theirs, holder, tellers)),
  };
}

/** The policies by which the requester may have things about this person explained. Throws NotPermitted. */
export async function permitted(
  { operation, policies }: Pick<ExplainParts, 'operation' | 'policies'>,
  person: PersonId,
): Promise<readonly string[]> {
  if (operation.purpose !== 'INFORMATION_GOVERNANCE') throw new NotPermitted('EXPLAIN');
  await operation.surroundings.ensure([person]);
  const facts = operation.facts().actionFacts(person, { ownAgency: false, party: false });
  const verdict = policies.mayDo('EXPLAIN', facts);
  if (!verdict.allowed) throw new NotPermitted('EXPLAIN');
  return verdict.policies;
}

async function askedFor({ house }: ExplainParts, ask: ExplainAsk): Promise<{ worker: Worker; role: Role }> {
  const worker = await house.directory.worker(ask.worker);
  const [first, ...others] = worker?.roles ?? [];
  const role = ask.role ?? (others.length === 0 ? first : undefined);
  if (!worker || first === undefined) throw new NotValid(['the directory knows no such worker']);
  if (!role || !worker.roles.includes(role)) throw new NotValid(['say in which of their roles the worker would ask']);
  return { worker, role };
}

function explainHolder(
  parts: ExplainParts,
  ask: ExplainAsk,
  theirs: Operation,
  possible: PossibleHolder,
  tellers: readonly Teller[],
): ExplainedHolder[] {
  const { house, operation, sayings } = parts;
  const holder = agencyOf(operation.agencies, possible.holder);
  const supposed = { kind: ask.recordKind, confidentiality: ask.confidentiality };
  const label = hypotheticalLabel(ask.person, ask.category, supposed, possible, theirs.at);
  const gathered = theirs.facts().gather(label, holder.id, ask.category, ask.confidentiality, [label]);
  const evidence = evidenceByFact(gathered.evidence, theirs.surroundings.statements);
  return supposing(gathered).map((relevance) => {
    const facts: FactRecord = relevance === null ? gathered.facts : { ...gathered.facts, relevance };
    const decision = house.decide(facts);
    const outcome = shownAs(decision, { facts }, label, holder);
    const isUnknown = gathered.unknown.length > 0 && outcome !== 'RELEASED';
    const reasons = isUnknown ? (['FACT_UNAVAILABLE', ...decision.reasons] as const) : decision.reasons;
    return {
      holder,
      supposing: relevance,
      outcome,
      decided: decision.outcome,
      permits: sayings(decision.permits),
      vetoes: sayings(decision.vetoes),
      obligations: decision.obligations,
      reasons,
      reasonTold: reasonTold(outcome, decision.reasons, isUnknown),
      requestable: decision.requestable,
      facts: toldFacts(facts, { evidence, unknown: gathered.unknown }, tellers),
      forPerson: sentenceFor({ outcome, reasons, basis: facts.basis }),
    };
  });
}

/** Whether a record is relevant is judged record by record: every answer is explained, so that none tells of a record. */
function supposing({ facts }: ReturnType<FactGatherer['gather']>): readonly (Fact<'relevance'> | null)[] {
  const isJudged = !facts.ownAgency && ADULT_WORK.includes(facts.category);
  return isJudged ? ['RELEVANT', 'UNJUDGED', 'NOT_RELEVANT'] : [null];
}

/** Whether each system answered the officer's own operation, in which all of this is asked. */
export function tellersOf({ asking }: Pick<Operation, 'asking'>): readonly Teller[] {
  return asking.sources.map(({ id, tells }) => {
    const state = asking.stateOf(id);
    return { id, tells, hasAnswered: state === 'OK' || state === 'DEGRADED' };
  });
}
