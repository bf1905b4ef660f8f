/** The simulator's resources: their text by id, and an index for every search parameter. */
import { FHIR_ID } from './wire.js';

/** Parameters that can be searched, by what they read of a resource. */
const PARAMETERS: Readonly<Record<string, (resource: Json) => readonly unknown[]>> = {
  _id: (resource) => [resource.id],
  patient: (resource) => references(resource.subject ?? resource.patient),
  subject: (resource) => references(resource.subject),
  'care-manager': (resource) => references(resource.careManager),
  practitioner: (resource) => references(resource.practitioner),
  encounter: (resource) => references(resource.encounter),
  identifier: (resource) =>
    list(resource.identifier).flatMap(({ system, value }) => [value, `${system ?? ''}|${value}`, `${system ?? ''}|`]),
  _security: (resource) =>
    list((resource.meta as Json | undefined)?.security).flatMap(({ system, code }) => [
      code,
      `${system ?? ''}|${code}`,
    ]),
  family: (resource) => list(resource.name).map((name) => fold(name.family)),
  given: (resource) => list(resource.name).flatMap((name) => (Array.isArray(name.given) ? name.given.map(fold) : [])),
  birthdate: (resource) => [resource.birthDate],
};
/** FHIR compares strings by how they begin, without regard to case. */
const BEGINNINGS = new Set(['family', 'given']);
const CLINICAL = ['patient', 'subject', 'encounter'];
const PERSONS = ['identifier', 'family', 'given'];
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  Patient: [...PERSONS, 'birthdate'],
  Practitioner: PERSONS,
  PractitionerRole: ['practitioner'],
  EpisodeOfCare: ['patient', 'care-manager'],
  Encounter: ['patient', 'subject'],
  Consent: ['patient'],
};
const REFERENCES = new Set(['patient', 'subject', 'care-manager', 'practitioner', 'encounter']);

type Json = { readonly [key: string]: unknown };
type Resource = Json & { readonly resourceType: string; readonly id: string };
type Index = Map<string, Set<string>>;

/** The search parameters of a resource type. */
export function searchable(type: string): readonly string[] {
  return ['_id', '_security', ...(BY_TYPE[type] ?? CLINICAL)];
}

/** Those that are references, by which searches bring others along. */
export function referring(type: string): readonly string[] {
  return searchable(type).filter((parameter) => REFERENCES.has(parameter));
}

export interface FhirStore {
  /** Adds a resource or puts it in the place of one with its type and id. Throws on text that is no resource. */
  put(text: string): void;
  text(type: string, id: string): string | undefined;
  /** What a resource refers to by a parameter, as `Type/id`. */
  referred(type: string, id: string, parameter: string): readonly string[];
  /** Ids that match one of the values of every parameter, in a lasting order; all of the type if nothing is asked. */
  search(type: string, asked: ReadonlyMap<string, readonly string[]>): readonly string[];
}

export function createFhirStore(): FhirStore {
  const texts = new Map<string, Map<string, string>>();
  const indexes = new Map<string, Index>();

  const indexOf = (type: string, parameter: string): Index => {
    const key = `${type} ${parameter}`;
    const index = indexes.get(key) ?? new Map<string, Set<string>>();
    indexes.set(key, index);
    return index;
  };

  function matches(type: string, parameter: string, values: readonly string[]): Set<string> {
    const index = indexOf(type, parameter);
    const found = new Set<string>();
    const add = (ids: Iterable<string> | undefined) => {
      for (const id of ids ?? []) found.add(id);
    };
    for (const value of values) {
      if (!BEGINNINGS.has(parameter)) add(index.get(value));
      else for (const [name, ids] of index) if (name.startsWith(fold(value))) add(ids);
    }
    return found;
  }

  const entriesOf = (resource: Resource) =>
    searchable(resource.resourceType).flatMap((parameter) =>
      (PARAMETERS[parameter]?.(resource) ?? [])
        .filter((value) => typeof value === 'string' && value !== '')
        .map((value) => ({ index: indexOf(resource.resourceType, parameter), value: String(value) })),
    );

  return {
    put(text) {
      const resource = resourceOf(text);
      const { resourceType, id } = resource;
      const ofType = texts.get(resourceType) ?? new Map<string, string>();
      const former = ofType.get(id);
      if (former !== undefined)
        for (const { index, value } of entriesOf(resourceOf(former))) index.get(value)?.delete(id);
      texts.set(resourceType, ofType.set(id, text));
      for (const { index, value } of entriesOf(resource)) {
        const ids = index.get(value);
        if (ids) ids.add(id);
        else index.set(value, new Set([id]));
      }
    },
    text: (type, id) => texts.get(type)?.get(id),
    referred(type, id, parameter) {
      const text = texts.get(type)?.get(id);
      if (text === undefined || !REFERENCES.has(parameter)) return [];
      const values = PARAMETERS[parameter]?.(resourceOf(text)) ?? [];
      return values.filter(isText).filter((value) => value.includes('/'));
    },
    search(type, asked) {
      const [first, ...others] = [...asked].map(([parameter, values]) => matches(type, parameter, values));
      if (!first) return [...(texts.get(type)?.keys() ?? [])];
      return [...first].filter((id) => others.every((ids) => ids.has(id)));
    },
  };
}

function resourceOf(text: string): Resource {
  const value: unknown = JSON.parse(text);
  const isResource =
    value !== null &&
    typeof value === 'object' &&
    'resourceType' in value &&
    'id' in value &&
    isText(value.resourceType);
  if (!isResource || !isText(value.id) || !FHIR_ID.test(value.id))
    throw new TypeError('not a FHIR resource with an id');
  return value as Resource;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** `Patient/x` is found as itself and as `x`. */
function references(value: unknown): readonly string[] {
  const { reference } = (value ?? {}) as Json;
  return typeof reference === 'string' ? [reference, reference.slice(reference.lastIndexOf('/') + 1)] : [];
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((item) => item !== null && typeof item === 'object') : [];
}

function fold(value: unknown): string {
  return typeof value === 'string' ? value.normalize('NFKC').toLocaleLowerCase('en') : '';
}
