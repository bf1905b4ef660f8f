/**
 * Policies beside the gateway's own: those of protocol packs and an authority's. They stand in one set with the others, so
 * that default deny and "a veto beats every permit" hold for them too. What could weaken a veto by a detour is refused:
 *
 * - a permit is for reading (or adds an obligation): one for an action would let somebody record the very consent,
 *   exception or judgement that a veto waits for;
 * - a veto is on reading, or on what lets somebody read or decide (recording a consent, recording or approving an exception,
 *   seeing statements, opening an emergency, a statutory decision): one on obligations would drop them all; one on refusals,
 *   judgements, service consents, reviews, ending an emergency or answering requests would keep somebody from saying no;
 * - a permit for reading leaves SUBJECT_ACCESS alone, or asks for `forMember`: a family's member is shown what may be shown to
 *   that member, whoever asks for them (FS-05).
 */
import { readdirSync } from 'node:fs';
import { cedar } from './cedar.js';
import {
  compilePolicies,
  type Policies,
  PolicyError,
  type PolicyFile,
  type PolicyText,
  readPolicyFiles,
} from './policies.js';
import { Points } from './space/points.js';

const MAY_PERMIT: readonly string[] = ['read', 'oblige'];
const MAY_FORBID: readonly string[] = [
  'read',
  'RECORD_CONSENT',
  'RECORD_EXCEPTION',
  'APPROVE_EXCEPTION',
  'SEE_STATEMENTS',
  'OPEN_EMERGENCY',
  'STATUTORY_DECISION',
];
/** What looks like a clause of a published protocol. */
const CLAUSE = /^[A-Z]{2,4}-\d+$/;

export interface Added {
  /** Policies of protocol packs: each cites clauses that are carried. */
  readonly packs: readonly PolicyFile[];
  /** An authority's own: each cites clauses that are carried, or documents of the authority's own in its own words. */
  readonly own: readonly PolicyFile[];
  readonly isClause: (id: string) => boolean;
  /** Texts of the packs: part of the version. */
  readonly rests: readonly string[];
}

/** The policies of a folder with those added to them. Throws PolicyError naming the policy at fault and its file. */
export function loadPoliciesWith(folder: string, added: Added): Policies {
  const { packs, own, isClause, rests } = added;
  const policies = compilePolicies([...readPolicyFiles(folder), ...packs, ...own], rests);
  const ownFiles = new Set(own.map(({ file }) => file));
  const addedFiles = new Set([...packs, ...own].map(({ file }) => file));
  for (const policy of policies.all) {
    checkSources(policy, isClause, ownFiles.has(policy.file));
    if (!addedFiles.has(policy.file)) continue;
    checkScope(policy);
    checkMembers(policy);
  }
  return policies;
}

/**
 * The policy files of an authority's own folder. Throws PolicyError where there is none, and on a file that is neither
 * `.cedar` nor `.md`: a misspelt veto must not pass for absent.
 */
export function readOwnPolicies(folder: string): readonly PolicyFile[] {
  const stray = entriesOf(folder).filter((name) => !/\.(cedar|md)$/.test(name));
  if (stray.length > 0)
    throw new PolicyError(
      `${folder}: ${stray.join(', ')} would not be read; policies stand in files that end in .cedar`,
    );
  return readPolicyFiles(folder).map(({ file, text }) => ({ file: `own: ${file}`, text }));
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new PolicyError(`the folder of policies ${folder} cannot be read`);
  }
}

/** The gateway's and the packs' policies cite clauses; what looks like one in an authority's own must be one. */
function checkSources({ id, file, source }: PolicyText, isClause: (id: string) => boolean, isOwn: boolean): void {
  const unknown = source.filter((cited) => !isClause(cited) && (!isOwn || CLAUSE.test(cited)));
  if (unknown.length > 0)
    throw new PolicyError(`${file}: policy ${id} cites ${unknown.join(', ')}, which is no clause of clauses.yaml`);
}

/** An added policy says which actions it is about, and only such that it cannot weaken a veto by. */
function checkScope({ id, file, effect, text }: PolicyText): void {
  const parsed = cedar.policyToJson(text);
  if (parsed.type === 'failure') throw new PolicyError(`${file}: policy ${id} cannot be read`);
  const allowed = effect === 'permit' ? MAY_PERMIT : MAY_FORBID;
  const named = actionsOf(parsed.json.action);
  const refused = named.filter((action) => !allowed.includes(action));
  if (named.length > 0 && refused.length === 0) return;
  const about = named.length === 0 ? 'every action' : refused.join(', ');
  const what = effect === 'permit' ? 'permit' : 'veto';
  throw new PolicyError(
    `${file}: policy ${id} is a ${what} on ${about}; an added ${what} names its action, one of ${allowed.join(', ')}`,
  );
}

/** Whoever is shown what is held of them is shown what may be shown to them, by no added permit more. */
function checkMembers({ id, file, effect, actions, rule }: PolicyText): void {
  if (effect !== 'permit' || !actions.includes('read')) return;
  const points = new Points();
  const shown = points.and(points.having('purpose', 'SUBJECT_ACCESS'), points.having('forMember', false));
  const permitted = points.where(({ facts }) => rule.holds(facts));
  if (points.and(permitted, shown) === points.none) return;
  throw new PolicyError(
    `${file}: policy ${id} permits reading for SUBJECT_ACCESS; an added permit names other purposes, or asks for context.forMember`,
  );
}

/** The actions a policy names in its head; none where it is about every action. */
function actionsOf(head: object): string[] {
  const { entity, entities } = head as { entity?: { id?: string }; entities?: { id?: string }[] };
  return [...(entity ? [entity] : []), ...(entities ?? [])].map(({ id = '' }) => id);
}
