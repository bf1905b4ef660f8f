/**
 * Every error of the graph that may reach a client: code, message, HTTP status. Whatever is not in this table is masked as INTERNAL:
 * driver text, URLs, suggestions and stacks never leave. What HTTP refuses before is another table (src/server/refusals.ts).
 * test/graph/errors.test.ts holds both tables, docs and use together.
 */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export const ERRORS = {
  UNAUTHENTICATED: { message: 'Sign-in required.', status: 401 },
  PURPOSE_REQUIRED: {
    message: 'Declare what the operation is for: query Name @purpose(of: DIRECT_WORK) { … }.',
    status: 400,
  },
  PURPOSE_DOES_NOT_FIT: {
    message: 'This is asked for SUBJECT_ACCESS only: @purpose(of: SUBJECT_ACCESS).',
    status: 400,
  },
  ROLE_REQUIRED: { message: 'You hold several roles: say as which you ask, @purpose(of: …, as: ROLE).', status: 400 },
  NOT_KNOWN_HERE: {
    message: 'You are signed in, but not known to the directory in this agency and role.',
    status: 403,
  },
  GRAPHQL_PARSE_FAILED: { message: 'The document could not be parsed.', status: 400 },
  GRAPHQL_VALIDATION_FAILED: { message: 'The document does not fit the schema.', status: 400 },
  BAD_USER_INPUT: { message: 'A variable or argument does not fit what the schema asks for.', status: 400 },
  OPERATION_RESOLUTION_FAILURE: { message: 'Name one operation of the document.', status: 400 },
  TOO_COMPLEX: {
    message: 'The operation asks for more than one operation may: fewer levels, aliases or records.',
    status: 400,
  },
  BAD_REQUEST: { message: 'The request is not a GraphQL request over POST with a JSON body.', status: 400 },
  NOT_PERMITTED: { message: 'You may not do this.', status: 200 },
  NOT_VALID: { message: 'This cannot be taken as it stands.', status: 200 },
  FACTS_CHANGED: { message: 'What people have said changed while this was read. Ask again.', status: 503 },
  NOT_RECORDED: { message: 'The answer could not be recorded, so it was not given.', status: 503 },
  INTERNAL: { message: 'Something went wrong. Nothing was released.', status: 500 },
} as const;
export type ErrorCode = keyof typeof ERRORS;

/** Rules that no type says: what BAD_USER_INPUT says of an argument that misses one. */
export const MISSED_RULES = {
  FIND_BY: 'findPerson takes the NHS number, or two of forename, surname and dateOfBirth',
  PAGE_SIZE: 'first is 0 or more, and no more than a list may hold: 1,000 families, 100 of anything else',
  CURSOR: 'after is a cursor that this list gave, unchanged',
  TOTALS_FIRST: 'first is from 1 to 100',
  CHECKPOINT_SIZES: 'from and to are the sizes of checkpoints, from the smaller one',
  FILTER: "filter is a JSON object of the question's arguments",
} as const;

/** The refusal of an argument, which says what rule it misses and never what was given. */
export function missed(rule: keyof typeof MISSED_RULES): Refusal {
  return new Refusal('BAD_USER_INPUT', MISSED_RULES[rule]);
}

/**
 * A refusal by code. `detail` may be shown, as the end of its sentence: it must never hold content or an identifier of a person. `cause`, of
 * what was not foreseen, is for the log alone.
 */
export class Refusal extends GraphQLError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string, cause?: unknown) {
    super(detail ? `${ERRORS[code].message.slice(0, -1)}: ${detail}.` : ERRORS[code].message, {
      extensions: { code, http: { status: ERRORS[code].status } },
    });
    this.code = code;
    if (cause !== undefined) this.cause = cause;
  }
}

/** Where in the document a validation error stands is the client's own text, and safe; its message may suggest names. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  if (original instanceof Refusal) {
    return {
      message: original.message,
      ...(formatted.path ? { path: formatted.path } : {}),
      extensions: { code: original.code },
    };
  }
  const code = codeOf(formatted);
  const locations =
    code === 'GRAPHQL_PARSE_FAILED' || code === 'GRAPHQL_VALIDATION_FAILED' ? formatted.locations : undefined;
  return { message: ERRORS[code].message, ...(locations ? { locations } : {}), extensions: { code } };
}

function codeOf(formatted: GraphQLFormattedError): ErrorCode {
  const code = formatted.extensions?.['code'];
  if (code === 'PERSISTED_QUERY_NOT_SUPPORTED' || code === 'PERSISTED_QUERY_NOT_FOUND') return 'BAD_REQUEST';
  // Too long to be read to its end (graphql-js, parser: maxTokens).
  if (code === 'GRAPHQL_PARSE_FAILED' && /tokens\. Parsing aborted\.$/.test(formatted.message)) return 'TOO_COMPLEX';
  if (code === 'INTERNAL_SERVER_ERROR' || typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return 'INTERNAL';
  return code as ErrorCode;
}
