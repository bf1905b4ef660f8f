/**
 * How an operation is carried out, through Apollo's gateway seam:
 *
 *   declaration → open → execute (compiled) → settle in the audit → answer
 *
 * The answer leaves only after its entry is durable. If what people said changed meanwhile the operation is decided again,
 * three times at most; a mutation is not repeated, its statements stand in the same transaction as its entry (but for a
 * withdrawal under which something was released meanwhile: nothing of it stands yet, and it answers with that too).
 */
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { type Audit, type AuditEntryBody, FactsChanged, type Receipt } from '../audit/audit.js';
import type { LogSearch } from '../audit/index/search.js';
import { SEARCHED } from '../audit/index/terms.js';
import type { AuditProofs } from '../audit/proofs.js';
import type { Releases } from '../audit/releases.js';
import { earliestEnd } from '../disclosure/ends.js';
import type { KeptMatrix } from '../disclosure/space/kept-matrix.js';
import type { Requester } from '../domain/requester.js';
import type { Role } from '../domain/words.js';
import type { AlertRows } from '../oversight/alerts/alert-rows.js';
import { type AlertParts, openAlerts } from '../oversight/alerts/alerts.js';
import { openExplaining } from '../oversight/explaining.js';
import { openAsking } from '../oversight/questions/asking.js';
import { type AuditBooks, openAuditQuestions } from '../oversight/questions/questions.js';
import { sayingsOf } from '../oversight/release-grounds.js';
import { budgetOf, type House, type Operation, openOperation, UnknownRequester } from '../reader/operation.js';
import { openAnswering } from '../sharing/answers.js';
import { openApprovals } from '../sharing/approvals.js';
import { type ConsentParts, openConsents } from '../sharing/consents.js';
import { type Drafts, openDrafts } from '../sharing/drafts.js';
import { openEmergencies } from '../sharing/emergencies.js';
import { type ExceptionParts, openExceptions } from '../sharing/exceptions.js';
import { openGrants } from '../sharing/grants.js';
import { type JudgementParts, openJudgements } from '../sharing/judgements.js';
import { openPersonLinks, type PersonLinkParts } from '../sharing/person-links.js';
import { NotPermitted, NotValid } from '../sharing/refused.js';
import { openRequests } from '../sharing/requests.js';
import { openReviewing } from '../sharing/reviews.js';
import { openServiceConsents } from '../sharing/service-consents.js';
import { openShownStatements } from '../sharing/shown-statements.js';
import { openWithdrawals, ReleasedMeanwhile } from '../sharing/withdrawals.js';
import type { GraphContext } from './context.js';
import { type ErrorCode, Refusal } from './errors.js';
import { foresee } from './foresight.js';
import { declarationOf, roleOf } from './purpose.js';
import { LISTS } from './resolvers.js';

/** Who is signed in, and what became of their operation: Apollo's context value. */
export interface RequestContext {
  readonly signedIn: { readonly worker: string; readonly agency: string; readonly roles: readonly Role[] };
  /** Names the request in the log's lines of the gateway; means nothing. */
  readonly requestId: string;
  /** Set once an entry stands for this request. */
  receipt?: Receipt;
}

export interface ExecutorParts {
  readonly house: House;
  readonly audit: Audit;
  readonly statementParts: Omit<ConsentParts & ExceptionParts & JudgementParts, 'operation' | 'draft'>;
  readonly linkParts: Pick<PersonLinkParts, 'questions' | 'index'>;
  readonly releases: Releases;
  readonly proofs: AuditProofs;
  readonly search: LogSearch;
  readonly alertRows: AlertRows;
  readonly staff: AlertParts['staff'];
  readonly matrix: KeptMatrix;
  readonly books: AuditBooks;
  readonly newId: () => string;
}

const foreseeing = foresee(LISTS);
const TRIES = 3;
/** Distinct operations kept compiled; a flood of unique ones costs compilation, not memory. */
const COMPILED_LIMIT = 500;

export function createExecutor(parts: ExecutorParts): GatewayExecutor {
  const compiled = new Map<string, CompiledQuery>();
  const sayings = sayingsOf(parts.statementParts.policies);

  function compile(context: GatewayGraphQLRequestContext): CompiledQuery {
    const key = `${context.queryHash} ${context.operationName ?? ''}`;
    const known = compiled.get(key);
    if (known) {
      compiled.delete(key);
      compiled.set(key, known);
      return known;
    }
    const query = compileQuery(context.schema, context.document, context.operationName ?? undefined, {
      disablingCapturingStackErrors: true,
      resolverInfoEnricher: foreseeing,
    });
    if (!isCompiledQuery(query)) throw new Refusal('GRAPHQL_VALIDATION_FAILED');
    if (compiled.size >= COMPILED_LIMIT) {
      const [oldest] = compiled.keys();
      if (oldest !== undefined) compiled.delete(oldest);
    }
    compiled.set(key, query);
    return query;
  }

  async function carryOut(
    context: GatewayGraphQLRequestContext,
    budget: ReturnType<typeof budgetOf>,
    attempt: number,
  ): Promise<ExecutionResult> {
    const request = context.context as unknown as RequestContext;
    const { purpose, as } = declarationOf(context.operation, context.document);
    const { worker, agency, roles } = request.signedIn;
    const operation = await openOperation(
      parts.house,
      { worker, agency, role: roleOf(roles, as) },
      purpose ?? 'INFORMATION_GOVERNANCE',
      budget,
    );
    const drafts = openDrafts();
    const { draft } = drafts;
    const variables = readVariables(context.schema, context.operation, context.request.variables ?? {});
    const query = compile(context);
    // Copied last: to add to a copy costs many times as much (V8 11).
    const shared = { operation, draft, ...parts.statementParts };
    const links = openPersonLinks({ people: parts.house.people, ...parts.linkParts, ...shared });
    const withdrawals = openWithdrawals({ releases: parts.releases, isLastTry: attempt >= TRIES, ...shared });
    const grants = openGrants(shared);
    const exceptions = openExceptions(shared);
    // Whatever is asked of the log in an operation is asked as its requester's agency may know it.
    const search = parts.search.seenBy(operation.requester.agency);
    const explaining = openExplaining({
      house: parts.house,
      operation,
      policies: parts.statementParts.policies,
      sayings,
      draft,
      audit: parts.audit,
      search,
    });
    const graph: GraphContext = {
      operation,
      drafts,
      consents: openConsents(shared),
      exceptions,
      judgements: openJudgements(shared),
      statements: openShownStatements(shared),
      links,
      serviceConsents: openServiceConsents(shared),
      reviewing: openReviewing(shared),
      withdrawals,
      emergencies: openEmergencies({ protocol: parts.house.protocol, ...shared }),
      approvals: openApprovals(shared),
      requests: openRequests({ protocol: parts.house.protocol, ...shared }),
      answering: openAnswering({
        protocol: parts.house.protocol,
        grants,
        recordException: exceptions.record,
        ...shared,
      }),
      grants,
      explaining,
      sayings,
      matrix: parts.matrix,
      proofs: parts.proofs,
      auditQuestions: openAuditQuestions({
        protocol: parts.house.protocol,
        search,
        books: parts.books,
        ...shared,
      }),
      alerts: openAlerts({
        staff: parts.staff,
        search,
        rows: parts.alertRows,
        asking: openAsking({ search, ...shared }),
        ...shared,
      }),
    };
    const result = await query.query(undefined, graph, variables);
    const failure = result.errors
      ?.map(({ originalError }) => originalError)
      .find((error) => error instanceof FactsChanged);
    try {
      if (failure) throw failure;
      request.receipt = await settle(parts, context, operation, drafts, purpose ?? null, result.errors);
    } catch (error) {
      if (!(error instanceof FactsChanged)) throw error;
      const isRepeated = context.operation.operation !== 'mutation' || error instanceof ReleasedMeanwhile;
      if (attempt >= TRIES || !isRepeated) throw new Refusal('FACTS_CHANGED');
      return carryOut(context, budget, attempt + 1);
    }
    return { ...shown(result), extensions: { receipt: request.receipt, ...gapsBeside(operation) } };
  }

  return async (context) => {
    try {
      return (await carryOut(context, budgetOf(parts.house), 1)) as {
        data: Record<string, unknown>;
        extensions: Record<string, unknown>;
      };
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

/** One audit entry for the operation, durable when this resolves. Rejects with FactsChanged, or NOT_RECORDED. */
async function settle(
  parts: ExecutorParts,
  context: GatewayGraphQLRequestContext,
  operation: Operation,
  drafts: Drafts,
  purpose: string | null,
  errors: readonly GraphQLError[] | undefined,
): Promise<Receipt> {
  const { ledger, surroundings, at } = operation;
  const write = errors ? undefined : drafts.write;
  // Its members in the order of their names: put down as they are, they are the canonical form.
  const body: AuditEntryBody = {
    at,
    ...(errors ? { code: codeOf(errors) } : {}),
    decisions: ledger.decisions,
    ...gapsOf(operation),
    id: parts.newId(),
    operation: describeOperation(context),
    outcomes: ledger.outcomes,
    policyVersion: parts.house.policyVersion,
    purpose,
    ...(surroundings.registersVersion === undefined ? {} : { registersVersion: surroundings.registersVersion }),
    requester: identify(operation.requester),
    result: errors ? 'FAILED' : 'ANSWERED',
    ...saidIn(drafts, errors),
    v: 1,
  };
  const guard = {
    ...(surroundings.registersVersion === undefined ? {} : { registersVersion: surroundings.registersVersion }),
    ...(write ? { write } : {}),
    ...standsUntil(parts.house, operation),
  };
  try {
    return await parts.audit.append(body, guard);
  } catch (error) {
    if (error instanceof FactsChanged || error instanceof NotValid) throw error;
    parts.house.log.error(
      { code: 'AUDIT_WRITE_FAILED', error: error instanceof Error ? error.name : 'unknown' },
      'an answer was held back: its entry could not be written',
    );
    throw new Refusal('NOT_RECORDED');
  }
}

/** What was said and shown; of an operation that failed, what it searched by: nothing else of it stands. */
function saidIn({ lines }: Drafts, errors: readonly GraphQLError[] | undefined): Pick<AuditEntryBody, 'statements'> {
  const standing = errors ? lines.filter(({ did }) => did === SEARCHED) : lines;
  return standing.length > 0 ? { statements: standing } : {};
}

/** What was released stands until the first of the statements it rests on ends by itself. */
function standsUntil({ now }: House, { ledger, surroundings, at }: Operation): { stands?: () => boolean } {
  const { consents, exceptions, grants, emergencies } = surroundings.statements;
  const rows = [...consents.values(), ...exceptions.values(), ...grants.values(), ...emergencies.values()];
  const end = earliestEnd(ledger.decisions, rows, at);
  return end === undefined ? {} : { stands: () => now().toISOString() < end };
}

function gapsOf({ asking }: Operation): { gaps?: readonly (readonly [string, string])[] } {
  const gaps = asking.sources.flatMap(({ id }) =>
    asking.stateOf(id) === 'OK' ? [] : [[id, asking.stateOf(id)] as const],
  );
  return gaps.length > 0 ? { gaps } : {};
}

/**
 * Sources that did not answer, beside whatever the answer holds: a null root and a list that has no room for `sources` are then not read as none.
 * Nothing where all have, and the same whomever was asked about.
 */
function gapsBeside({ statuses }: Operation): {
  gaps?: readonly { readonly source: string; readonly state: string }[];
} {
  const gaps = statuses.gaps().map(({ source, state }) => ({ source, state }));
  return gaps.length > 0 ? { gaps } : {};
}

export function describeOperation(context: {
  readonly operationName?: string | null | undefined;
  readonly queryHash?: string | undefined;
  readonly operation?: OperationDefinitionNode | undefined;
}) {
  return {
    name: context.operationName ?? '',
    sha256: context.queryHash ?? '',
    type: context.operation?.operation ?? 'query',
  };
}

export function identify({ worker, agency, role }: Pick<Requester, 'worker' | 'agency' | 'role'>) {
  return { agency, role, worker };
}

/** Coerced before anything runs. Which of them does not fit is said, and nothing else: names of enum values would be suggested, values repeated. */
function readVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 });
  if (errors) throw new Refusal('BAD_USER_INPUT', variableOf(errors));
  // The compiled query takes no default for a variable that may not be null.
  return { ...coerced, ...given };
}

/** The variable that an error is about, as its own document names it. */
function variableOf([error]: readonly GraphQLError[]): string | undefined {
  const [node] = error?.nodes ?? [];
  return node?.kind === Kind.VARIABLE_DEFINITION ? `$${node.variable.name.value}` : undefined;
}

/** Resolver errors by code; an operation that failed shows no data beside its errors. */
function shown(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  return {
    data: null,
    errors: result.errors.map(
      (error) =>
        new GraphQLError(error.message, {
          ...(error.path ? { path: error.path } : {}),
          originalError: refusalOf(error.originalError ?? error),
        }),
    ),
  };
}

function codeOf(errors: readonly GraphQLError[]): ErrorCode {
  const [first] = errors;
  return refusalOf(first?.originalError ?? first).code;
}

/** What a failure is called outside. Anything not foreseen is INTERNAL. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof NotPermitted) return new Refusal('NOT_PERMITTED');
  if (error instanceof NotValid) return new Refusal('NOT_VALID', error.problems.join('; '));
  if (error instanceof UnknownRequester) return new Refusal('NOT_KNOWN_HERE');
  if (error instanceof FactsChanged) return new Refusal('FACTS_CHANGED');
  return new Refusal('INTERNAL', undefined, error);
}
