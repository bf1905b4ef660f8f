/**
 * What was decided about a person for a worker at a past moment, from the log: each decision with its facts, read from the
 * key that its line carries. Nothing is decided again (`threshold replay` does that) and nobody's record is read.
 */
import type { Audit } from '../audit/audit.js';
import type { AuditEntryBody, DecisionEntry } from '../audit/entry.js';
import type { Search } from '../audit/index/search.js';
import { factsIn, isKeptLocked } from '../audit/logged-facts.js';
import { sentenceFor } from '../disclosure/sentences.js';
import type { FactRecord } from '../domain/facts.js';
import type { Agency } from '../domain/requester.js';
import type { IsoInstant, Obligation, Outcome, PersonId, Reason, WorkerId } from '../domain/words.js';
import { NotValid } from '../sharing/refused.js';
import { type ExplainParts, permitted } from './explain.js';
import type { PolicySaid } from './release-grounds.js';
import { type ToldFact, toldFacts } from './told-facts.js';

export interface ExplainPastParts extends ExplainParts {
  readonly audit: Pick<Audit, 'read'>;
  readonly search: Pick<Search, 'find'>;
}

export interface ExplainPastAsk {
  readonly person: PersonId;
  /** One entry; or whose entries, and near when. */
  readonly entry?: string | null;
  readonly worker?: WorkerId | null;
  readonly at?: IsoInstant | null;
}

/** One operation of the log, as far as it concerns the person. */
export interface PastOperation {
  readonly entry: string;
  readonly at: IsoInstant;
  readonly operation: string;
  readonly worker: WorkerId;
  readonly agency: Agency | null;
  readonly role: string;
  readonly purpose: string | null;
  readonly policyVersion: string;
  /** Made under the policies now in force: their sentences are told only then. */
  readonly isPresentVersion: boolean;
  readonly decisions: readonly PastDecision[];
}

export interface PastDecision {
  readonly holder: Agency;
  readonly category: string;
  readonly outcome: Outcome;
  readonly decided: Outcome;
  readonly permits: readonly string[];
  readonly vetoes: readonly string[];
  readonly policies: readonly PolicySaid[];
  readonly obligations: readonly Obligation[];
  readonly reasons: readonly Reason[];
  readonly basis: FactRecord['basis'];
  readonly facts: readonly ToldFact[];
  readonly forPerson: string;
}

/** How far from the moment asked for an operation may be, and how many are told, the nearest first. */
const NEAR_MS = 60 * 60 * 1000;
const MOST = 20;
/** Entries of the worker about the person within that time that are looked through, the latest first. */
const LOOKED_AT = 500;

/** Throws NotPermitted as `explain` does, and NotValid when neither an entry nor a worker and moment are given. */
export async function explainPast(parts: ExplainPastParts, ask: ExplainPastAsk): Promise<readonly PastOperation[]> {
  const policies = await permitted(parts, ask.person);
  const told = (await entriesOf(parts, ask))
    .map((body) => pastOperation(parts, body, ask.person))
    .filter(({ decisions }) => decisions.length > 0)
    .slice(0, MOST);
  parts.draft({ did: 'EXPLAINED_PAST', ids: told.map(({ entry }) => entry), subjects: [ask.person], policies });
  return told;
}

async function entriesOf(
  { audit, search }: ExplainPastParts,
  { person, entry, worker, at }: ExplainPastAsk,
): Promise<readonly AuditEntryBody[]> {
  if (entry) {
    const found = await audit.read({ id: entry, ...(worker ? { worker } : {}), limit: 1 });
    return found.map(({ body }) => body);
  }
  const moment = at ? Date.parse(at) : Number.NaN;
  if (!worker || Number.isNaN(moment)) throw new NotValid(['name an entry, or a worker and a moment']);
  const { entries } = await search.find({
    all: [
      { kind: 'worker', name: worker },
      { kind: 'person', name: person },
    ],
    since: new Date(moment - NEAR_MS).toISOString(),
    until: new Date(moment + NEAR_MS + 1).toISOString(),
    limit: LOOKED_AT,
  });
  const distance = (body: AuditEntryBody) => Math.abs(Date.parse(body.at) - moment);
  // The earlier first of two that are as near.
  return entries
    .map(({ body }) => body)
    .reverse()
    .sort((a, b) => distance(a) - distance(b));
}

function pastOperation(parts: ExplainParts, body: AuditEntryBody, person: PersonId): PastOperation {
  const { operation, house } = parts;
  const isPresentVersion = body.policyVersion === house.policyVersion;
  const seen = new Set<string>();
  const decisions = body.outcomes.flatMap(([index, subject, holderId]): PastDecision[] => {
    const line = body.decisions[index];
    const holder = operation.agencies.get(holderId);
    const key = `${index} ${holderId}`;
    if (subject !== person || !line || !holder || seen.has(key)) return [];
    seen.add(key);
    const facts = factsIn(line, body);
    if (isKeptLocked(facts, holderId, operation.requester.agency)) return [];
    return [pastDecision(parts, line, holder, facts, isPresentVersion)];
  });
  return {
    entry: body.id,
    at: body.at,
    operation: body.operation.name,
    worker: body.requester.worker,
    agency: operation.agencies.get(body.requester.agency) ?? null,
    role: body.requester.role,
    purpose: body.purpose,
    policyVersion: body.policyVersion,
    isPresentVersion,
    decisions,
  };
}

function pastDecision(
  { sayings }: ExplainParts,
  line: DecisionEntry,
  holder: Agency,
  facts: FactRecord | undefined,
  isPresentVersion: boolean,
): PastDecision {
  const { permits = [], vetoes = [], category, unknown = [] } = line;
  const outcome = line.outcome as Outcome;
  const reasons = (line.reasons ?? []) as readonly Reason[];
  const basis = facts?.basis ?? 'NONE';
  const isUnknown = unknown.length > 0 && outcome !== 'RELEASED';
  const inFull = isUnknown ? (['FACT_UNAVAILABLE', ...reasons] as const) : reasons;
  return {
    holder,
    category,
    outcome,
    decided: (line.decided as Outcome | undefined) ?? outcome,
    permits,
    vetoes,
    policies: isPresentVersion ? sayings([...permits, ...vetoes]) : [],
    obligations: (line.obligations ?? []) as readonly Obligation[],
    reasons: inFull,
    basis,
    facts: facts ? toldFacts(facts, { evidence: new Map(), unknown }, []) : [],
    forPerson: sentenceFor({ outcome, reasons: inFull, basis }),
  };
}
