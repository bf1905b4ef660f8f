/** The published contract, and in plain words what differs from it: openapi.yaml (OpenAPI 3.1), case.schema.json (JSON Schema 2020-12). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/** One thing that is wrong. Nothing of it is content of a case. */
export interface Fault {
  /** Which request, and where in its answer. */
  readonly at: string;
  readonly says: string;
  /** Where the contract says otherwise. */
  readonly place: string;
}

export interface Contract {
  /** What is wrong with the body of a 200 answer of this operation, its cases left out. */
  answerFaults(operation: Operation, body: unknown): readonly Fault[];
  /** What is wrong with one case document; `at` names it. */
  caseFaults(document: unknown, at: string): readonly Fault[];
}

/** The operations of openapi.yaml. */
export type Operation =
  | 'GET /health'
  | 'POST /cases/search'
  | 'GET /cases/{caseId}'
  | 'POST /persons/search'
  | 'POST /persons/list';

/** Where openapi.yaml tells of an answer. */
export function placeOf(operation: Operation, status: number | string): string {
  return `openapi.yaml, ${operation}, answer ${status}`;
}

/** Reads the contract from the folder of this adapter. Throws if it is not there. */
export function readContract(folder: string): Contract {
  const ajv = addFormats.default(new Ajv2020({ allErrors: true, strict: false, verbose: true }));
  const api = parse(readFileSync(join(folder, 'openapi.yaml'), 'utf8'), (_key, value: unknown) =>
    // Cases are held against their own schema, one by one.
    isCaseReference(value) ? {} : value,
  );
  ajv.addSchema(api, 'api');
  const caseSchema = JSON.parse(readFileSync(join(folder, 'case.schema.json'), 'utf8')) as object;
  const ofCase = ajv.compile(caseSchema);
  const pointers = pointersOf(caseSchema);
  const ofAnswer = (operation: Operation): ValidateFunction => {
    const [method = '', path = ''] = operation.toLowerCase().replace('caseid', 'caseId').split(' ');
    const pointer = ['paths', path.replaceAll('/', '~1'), method, 'responses', '200', 'content', 'application~1json'];
    return ajv.compile({ $ref: `api#/${[...pointer, 'schema'].map(encodeURIComponent).join('/')}` });
  };
  const answers = new Map<Operation, ValidateFunction>();
  return {
    answerFaults(operation, body) {
      const validate = answers.get(operation) ?? ofAnswer(operation);
      answers.set(operation, validate);
      return faultsOf(validate, body, operation, () => placeOf(operation, 200));
    },
    caseFaults: (document, at) =>
      faultsOf(ofCase, document, at, ({ parentSchema, keyword }) => {
        const pointer = [pointers.get(parentSchema) ?? '', keyword].filter((part) => part !== '');
        return `case.schema.json, ${pointer.join('/')}`;
      }),
  };
}

function isCaseReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$ref' in value && value.$ref === 'case.schema.json';
}

/** Where each schema stands in its document. What is behind a `$ref` is compiled apart and does not know its own place. */
function pointersOf(schema: unknown, at: readonly string[] = []): Map<unknown, string> {
  if (typeof schema !== 'object' || schema === null) return new Map();
  const inner = Object.entries(schema).flatMap(([key, value]) => [...pointersOf(value, [...at, key])]);
  return new Map([[schema, at.join('/')], ...inner]);
}

/** One fault for each place of the answer: where several forms are allowed, its words tell them all. */
function faultsOf(
  validate: ValidateFunction,
  value: unknown,
  at: string,
  place: (error: ErrorObject) => string,
): readonly Fault[] {
  if (validate(value)) return [];
  const telling = (validate.errors ?? []).filter((error) => !isEcho(error));
  const byPath = new Map<string, ErrorObject[]>();
  for (const error of telling) {
    // What is missing or too much is told one by one.
    const key = `${error.instancePath} ${['required', 'additionalProperties'].includes(error.keyword) ? wordsOf(error) : ''}`;
    byPath.set(key, [...(byPath.get(key) ?? []), error]);
  }
  return [...byPath.values()].map((errors) => ({
    at: [at, errors[0]?.instancePath ?? ''].filter((part) => part !== '').join(' '),
    says: [...new Set(errors.map(wordsOf))].join(', or '),
    place: errors[0] ? place(errors[0]) : '',
  }));
}

/** Errors that only repeat that one of their parts failed. */
function isEcho({ keyword, schemaPath, params }: ErrorObject): boolean {
  return ['anyOf', 'oneOf', 'if'].includes(keyword) || (schemaPath.includes('/anyOf/') && params.type === 'null');
}

function wordsOf({ keyword, params, instancePath, message = 'is wrong' }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return `${params.missingProperty} is missing`;
    case 'additionalProperties':
      return `${params.additionalProperty} is not a field of the contract`;
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case 'type':
      return `must be ${[params.type].flat().join(' or ')}`;
    case 'format':
      return params.format === 'date' ? 'must be a date (YYYY-MM-DD)' : 'must be an instant (RFC 3339)';
    case 'pattern':
      return 'must be an id: letters, digits and . _ : @ -, not beginning with a dot';
    case 'minLength':
      return 'must not be empty';
    case 'contains':
      return instancePath.endsWith('/persons')
        ? 'must hold exactly one person in the role that workWith names'
        : 'does not hold what it must';
    default:
      return message;
  }
}
