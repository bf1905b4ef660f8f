/**
 * The policies: Cedar files read once, validated strictly against the closed facts, and evaluated on fact records.
 * Promises: refuses to start on anything that is not a valid, uniquely named, sourced policy over known facts and values.
 * An error in any policy while evaluating denies (a `forbid` that errors does not forbid by itself in Cedar).
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CedarValueJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { ACTION_FACTS, ACTIONS, type Action, type ActionFacts, FACTS, type FactRecord } from '../domain/facts.js';
import { OBLIGATIONS, type Obligation } from '../domain/words.js';
import { cedar } from './cedar.js';
import { PolicyError, type Rule, ruleOf } from './space/rules.js';

export { PolicyError } from './space/rules.js';

export interface PolicyText {
  readonly id: string;
  /** The file it stands in. */
  readonly file: string;
  readonly effect: 'permit' | 'forbid';
  readonly source: readonly string[];
  readonly says: string;
  readonly obligations: readonly Obligation[];
  /** What it is about: `read`, `oblige` or actions. */
  readonly actions: readonly string[];
  readonly text: string;
  /** The same, written out. */
  readonly rule: Rule;
}

/** What the policies say of one fact record, before anybody decides what a denial shows. */
export interface Verdict {
  readonly allowed: boolean;
  readonly permits: readonly string[];
  readonly vetoes: readonly string[];
  /** Policies that could not be evaluated: always a denial and an alarm. */
  readonly errors: readonly string[];
}

/** Policies as they can be asked. */
export interface Evaluation {
  evaluate(facts: FactRecord): Verdict;
  /** What binds the receiver of a release by these permits on these facts. */
  obligations(facts: FactRecord, permits: readonly string[]): readonly Obligation[];
}

export interface Policies extends Evaluation {
  /** SHA-256 over all policy texts, the protocol packs and the closed lists of facts: which rules a decision was made under, and what its key means. */
  readonly version: string;
  /** The text whose SHA-256 the version is: JSON of [lists of facts, [policy texts], …texts beside them]. Kept, it lets anybody decide again. */
  readonly stated: string;
  readonly all: readonly PolicyText[];
  /** The same policies written out: for questions by whose answer nothing is released. */
  readonly written: Evaluation;
  /** Whether an action is permitted, and by which policies (or vetoed by which). */
  mayDo(action: Action, facts: ActionFacts): { readonly allowed: boolean; readonly policies: readonly string[] };
}

/** All that a version is of, as `Policies.stated` has it. */
export interface PolicyTexts {
  readonly facts: { readonly [name: string]: readonly unknown[] };
  readonly files: readonly PolicyFile[];
  readonly rests: readonly string[];
}

/** What a version stated of itself. Its files have no names any more. */
export function textsIn(stated: string): PolicyTexts {
  const [facts, texts, ...rests] = JSON.parse(stated) as [PolicyTexts['facts'], string[], ...string[]];
  return { facts, files: texts.map((text, i) => ({ file: `file ${i + 1}`, text })), rests };
}

/** A file of policies. */
export interface PolicyFile {
  readonly file: string;
  readonly text: string;
}

/** Reads every `.cedar` file of a folder. Throws PolicyError naming the policy at fault. */
export function loadPolicies(folder: string): Policies {
  return compilePolicies(readPolicyFiles(folder));
}

/** The `.cedar` files of a folder, in the order of their names. Throws PolicyError when there is none. */
export function readPolicyFiles(folder: string): readonly PolicyFile[] {
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.cedar'))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  if (texts.length === 0)
    throw new PolicyError(`no policies in ${folder}: without permits nothing could ever be released`);
  return texts;
}

let generation = 0;

/**
 * Compiles policy texts. Split from reading so that what-if policies can be compiled beside the ones in force.
 * `rests` are texts beside the policies on which decisions rest (protocol packs): part of the version.
 */
export function compilePolicies(files: readonly PolicyFile[], rests: readonly string[] = []): Policies {
  const all = files.flatMap(({ file, text }) => split(file, text).map((policy) => describe(file, policy)));
  const standing = new Map<string, string>();
  for (const { id, file } of all) {
    const other = standing.get(id);
    if (other !== undefined)
      throw new PolicyError(`policy ${id} stands twice, in ${other} and in ${file}: none replaces another`);
    standing.set(id, file);
  }
  const byId = Object.fromEntries(all.map(({ id, text }) => [id, text]));
  validate(byId, standing);
  const setOf = prepared(all);
  const described = new Map(all.map((policy) => [policy.id, policy]));
  const owed = (ids: readonly string[]) => {
    const binding = new Set(ids.flatMap((id) => described.get(id)?.obligations ?? []));
    return OBLIGATIONS.filter((obligation) => binding.has(obligation));
  };
  const permits = rulesOn(all, 'read', 'permit');
  const forbids = rulesOn(all, 'read', 'forbid');
  const obliging = rulesOn(all, 'oblige', 'permit');

  function ask(action: 'read' | 'oblige' | Action, facts: FactRecord | ActionFacts) {
    const answer = cedar.statefulIsAuthorized({
      principal: { type: 'Worker', id: 'requester' },
      action: { type: 'Action', id: action },
      resource: { type: 'Record', id: 'record' },
      context: facts as unknown as Record<string, CedarValueJson>,
      preparsedPolicySetId: setOf(action),
      entities: [],
    });
    if (answer.type === 'failure') return { allowed: false, ids: [], errors: ['*'] };
    const { decision, diagnostics } = answer.response;
    return {
      allowed: decision === 'allow',
      ids: [...diagnostics.reason].sort(),
      errors: diagnostics.errors.map((error) => error.policyId),
    };
  }

  const stated = JSON.stringify([FACTS, files.map(({ text }) => text), ...rests]);
  return {
    version: createHash('sha256').update(stated).digest('hex'),
    stated,
    all,
    evaluate(facts) {
      const { allowed, ids, errors } = ask('read', facts);
      if (errors.length > 0) return { allowed: false, permits: [], vetoes: allowed ? [] : ids, errors };
      return allowed ? { allowed, permits: ids, vetoes: [], errors } : { allowed, permits: [], vetoes: ids, errors };
    },
    obligations(facts, permits) {
      const { ids, errors } = ask('oblige', facts);
      if (errors.length > 0) throw new PolicyError(`obligation policies could not be evaluated: ${errors.join(', ')}`);
      return owed([...permits, ...ids]);
    },
    written: {
      evaluate(facts) {
        const vetoes = idsOf(forbids, facts);
        if (vetoes.length > 0) return { allowed: false, permits: [], vetoes, errors: [] };
        const permitted = idsOf(permits, facts);
        return { allowed: permitted.length > 0, permits: permitted, vetoes: [], errors: [] };
      },
      obligations: (facts, permitted) => owed([...permitted, ...idsOf(obliging, facts)]),
    },
    mayDo(action, facts) {
      const { allowed, ids, errors } = ask(action, facts);
      return { allowed: allowed && errors.length === 0, policies: ids };
    },
  };
}

/** One set for each action, of the policies that are about it: Cedar evaluates every policy of a set. */
function prepared(all: readonly PolicyText[]): (action: string) => string {
  generation += 1;
  const names = new Map<string, string>();
  for (const action of ['read', 'oblige', ...ACTIONS]) {
    const name = `policies-${generation}-${action}`;
    const texts = all.flatMap(({ id, actions, text }) => (actions.includes(action) ? [[id, text] as const] : []));
    const parsed = cedar.preparsePolicySet(name, { staticPolicies: Object.fromEntries(texts) });
    if (parsed.type === 'failure') throw new PolicyError(parsed.errors.map((e) => e.message).join('; '));
    names.set(action, name);
  }
  return (action) => names.get(action) ?? '';
}

/** The rules of an effect on an action, by id. */
export function rulesOn(policies: readonly PolicyText[], action: string, effect?: Rule['effect']): readonly Rule[] {
  return policies
    .flatMap(({ actions, rule }) => (actions.includes(action) && (!effect || rule.effect === effect) ? rule : []))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Ids of the rules that apply, in order. */
function idsOf(rules: readonly Rule[], facts: FactRecord): readonly string[] {
  const ids: string[] = [];
  for (const { id, holds } of rules) if (holds(facts)) ids.push(id);
  return ids;
}

function split(file: string, text: string): string[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw new PolicyError(`${file}: ${parts.errors.map((e) => e.message).join('; ')}`);
  if (parts.policy_templates.length > 0) throw new PolicyError(`${file}: templates are not used here`);
  return parts.policies;
}

function describe(file: string, text: string): PolicyText {
  const parsed = cedar.policyToJson(text);
  if (parsed.type === 'failure') throw new PolicyError(`${file}: ${parsed.errors.map((e) => e.message).join('; ')}`);
  const { annotations = {}, effect, action, conditions } = parsed.json;
  const id = annotations['id'];
  if (!id) throw new PolicyError(`${file}: a policy without @id`);
  const { source, says } = annotations;
  if (!source || !says) throw new PolicyError(`${file}: policy ${id} lacks @source or @says`);
  checkValues(`${file}: policy ${id}`, conditions);
  return {
    id,
    file,
    effect,
    source: list(source),
    says,
    obligations: list(annotations['obligations']).map((o) => obligation(id, o)),
    actions: actionsOf(action),
    text,
    rule: ruleOf(id, parsed.json),
  };
}

/** The actions that a policy is about; all of them when it names none. */
function actionsOf(scope: PolicyJson['action']): readonly string[] {
  if (scope.op === 'All') return ['read', 'oblige', ...ACTIONS];
  const named = 'entities' in scope ? scope.entities : 'entity' in scope ? [scope.entity] : [];
  return named.flatMap((entity) => ('id' in entity ? entity.id : []));
}

function list(value: string | null | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function obligation(id: string, value: string): Obligation {
  const known = OBLIGATIONS.find((o) => o === value);
  if (!known) throw new PolicyError(`policy ${id} carries the unknown obligation ${value}`);
  return known;
}

function validate(byId: Record<string, string>, files: ReadonlyMap<string, string>): void {
  const result = cedar.validate({
    validationSettings: { mode: 'strict' },
    schema: cedarSchema(),
    policies: { staticPolicies: byId },
  });
  if (result.type === 'failure') throw new PolicyError(result.errors.map((e) => e.message).join('; '));
  const problems = [...result.validationErrors, ...result.validationWarnings];
  if (problems.length > 0)
    throw new PolicyError(
      problems.map((p) => `${files.get(p.policyId)}: policy ${p.policyId}: ${p.error.message}`).join('; '),
    );
}

/** The Cedar schema of the fact record, derived from the closed lists so that the two cannot drift apart. */
export function cedarSchema(): string {
  const attributes = (facts: { readonly [name: string]: readonly unknown[] }) =>
    Object.entries(facts)
      .map(([name, values]) => `${name}: ${typeof values[0] === 'boolean' ? 'Bool' : 'String'}`)
      .join(', ');
  return `type Facts = { ${attributes(FACTS)} };
type ActionFacts = { ${attributes(ACTION_FACTS)} };
entity Worker; entity Record;
action read, oblige appliesTo { principal: [Worker], resource: [Record], context: Facts };
action ${ACTIONS.join(', ')} appliesTo { principal: [Worker], resource: [Record], context: ActionFacts };`;
}

/** A value that is not in the fact's closed list can never match: a misspelt permit would silently deny, a misspelt veto silently allow. */
function checkValues(where: string, node: unknown): void {
  if (Array.isArray(node)) {
    for (const child of node) checkValues(where, child);
    return;
  }
  if (node === null || typeof node !== 'object') return;
  for (const [operator, operand] of Object.entries(node)) {
    if (['==', '!=', 'contains', 'in'].includes(operator))
      compareWithList(where, operand as { left: unknown; right: unknown });
    checkValues(where, operand);
  }
}

function compareWithList(where: string, { left, right }: { left: unknown; right: unknown }): void {
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const) {
    const fact = (a as { '.'?: { attr?: string } })?.['.']?.attr;
    const allowed = fact === undefined ? undefined : VALUES[fact];
    if (!allowed) continue;
    for (const value of literals(b)) {
      if (!allowed.includes(value))
        throw new PolicyError(`${where}: ${JSON.stringify(value)} is not a value of ${fact}`);
    }
  }
}

/** Of reading and of actions; a name that both have has one list. */
const VALUES: { readonly [fact: string]: readonly unknown[] | undefined } = { ...ACTION_FACTS, ...FACTS };

function literals(node: unknown): unknown[] {
  if (node === null || typeof node !== 'object') return [];
  if ('Value' in node) return [node.Value];
  if ('Set' in node && Array.isArray(node.Set)) return node.Set.flatMap(literals);
  return [];
}
