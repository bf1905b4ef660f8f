/** Apollo Server over the executor: its parsing, validation, plugins and HTTP semantics; ours are limits, masks and the log. */
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Audit } from '../audit/audit.js';
import type { House } from '../reader/operation.js';
import { ERRORS, type ErrorCode, maskError, Refusal } from './errors.js';
import { evenly, type Pace } from './even-time.js';
import { createExecutor, describeOperation, type ExecutorParts, type RequestContext } from './executor.js';
import { type Limits, limitRule } from './limits.js';

export interface ApolloParts extends ExecutorParts {
  readonly schema: GraphQLSchema;
  readonly limits: Limits;
  readonly introspection: boolean;
  readonly pace: Pace;
}

export function createApollo(parts: ApolloParts): ApolloServer<RequestContext> {
  const executor = ofOneOperation(evenly(createExecutor(parts), parts.pace));
  return new ApolloServer<RequestContext>({
    gateway: {
      onSchemaLoadOrUpdate(callback) {
        callback({ apiSchema: parts.schema, coreSupergraphSdl: '' });
        return () => {};
      },
      load: async () => ({ executor }),
      stop: async () => {},
    },
    introspection: parts.introspection,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    status400ForVariableCoercionErrors: true,
    parseOptions: { maxTokens: parts.limits.tokens },
    validationRules: [limitRule(parts.limits)],
    formatError: maskError,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error: () => parts.house.log.error({ code: 'GRAPHQL' }, 'the GraphQL server reported an error'),
    },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      recordRefusals(parts.audit, parts.house, parts.newId),
    ],
  });
}

/** Carries out an operation that the document has. Apollo's types say that there is one; where a name fits none, or several fit no name, there is not. */
function ofOneOperation(execute: GatewayExecutor): GatewayExecutor {
  return async (context) => {
    const operation: OperationDefinitionNode | undefined = context.operation;
    if (operation === undefined) throw new Refusal('OPERATION_RESOLUTION_FAILURE');
    return execute(context);
  };
}

/** Whatever was refused before it ran (or failed while it ran) is an entry too; without one, not even the refusal says why. */
function recordRefusals(audit: Audit, house: House, newId: () => string): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      /** What the client is told only as INTERNAL an engineer finds by the request's id, its class and where it came from. */
      async didEncounterErrors({ errors, contextValue: { requestId } }) {
        for (const error of errors) {
          const { extensions } = maskError(error.toJSON(), error);
          if (extensions?.['code'] !== 'INTERNAL') continue;
          const err = error.originalError ?? error;
          house.log.error({ code: 'INTERNAL', requestId, err }, 'an operation failed');
        }
      },
      async willSendResponse(context) {
        const { contextValue, response } = context;
        if (contextValue.receipt || response.body.kind !== 'single') return;
        const { signedIn } = contextValue;
        const { errors } = response.body.singleResult;
        const code = (errors?.[0]?.extensions?.['code'] as ErrorCode | undefined) ?? 'INTERNAL';
        response.http.status = ERRORS[code].status;
        try {
          contextValue.receipt = await audit.append({
            v: 1,
            id: newId(),
            at: house.now().toISOString(),
            operation: describeOperation(context),
            requester: { worker: signedIn.worker, agency: signedIn.agency, role: signedIn.roles.join(';') },
            purpose: null,
            result: 'REFUSED',
            code,
            policyVersion: house.policyVersion,
            decisions: [],
            outcomes: [],
          });
          response.body.singleResult = { ...response.body.singleResult, extensions: { receipt: contextValue.receipt } };
        } catch {
          house.log.error({ code: 'AUDIT_WRITE_FAILED' }, 'a refusal could not be recorded');
          const { message, status } = ERRORS.NOT_RECORDED;
          response.body.singleResult = { errors: [{ message, extensions: { code: 'NOT_RECORDED' } }] };
          response.http.status = status;
        }
      },
    }),
  };
}

export { Refusal };
