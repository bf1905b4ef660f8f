/** The fields of the SDL's record types, read from schema/graphql: what an adapter's content may be keyed by. */
import { readdirSync, readFileSync } from 'node:fs';
import { type FieldDefinitionNode, Kind, parse, type TypeNode } from 'graphql';

const FOLDER = new URL('../../schema/graphql/', import.meta.url);
const PERSONS = new Set(['Person', 'Child', 'Adult']);
const OF_THE_GATEWAY = new Set(['id', 'holder', 'obligations', 'withheld', 'sources']);

interface Shape {
  /** Content field → the object type of its value, when it has one. */
  readonly content: ReadonlyMap<string, string | undefined>;
  readonly persons: ReadonlySet<string>;
}

function named(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);
}

function load(): { objects: Map<string, readonly FieldDefinitionNode[]>; enums: Map<string, ReadonlySet<string>> } {
  const objects = new Map<string, readonly FieldDefinitionNode[]>();
  const enums = new Map<string, ReadonlySet<string>>();
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.graphql'))) {
    for (const node of parse(readFileSync(new URL(file, FOLDER), 'utf8'), { noLocation: true }).definitions) {
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
        objects.set(node.name.value, node.fields ?? []);
      }
      if (node.kind === Kind.ENUM_TYPE_DEFINITION) {
        enums.set(node.name.value, new Set((node.values ?? []).map((value) => value.name.value)));
      }
    }
  }
  return { objects, enums };
}

const SDL = load();

/** The content and person fields of a record type. PersonDetails is what `Person` shows of itself. Throws if unknown. */
export function shapeOf(recordType: string): Shape {
  const fields = SDL.objects.get(recordType === 'PersonDetails' ? 'Person' : recordType);
  if (!fields) throw new Error(`the SDL has no type ${recordType}`);
  const content = new Map<string, string | undefined>();
  const persons = new Set<string>();
  for (const field of fields) {
    const type = named(field.type);
    if (OF_THE_GATEWAY.has(field.name.value) || type.endsWith('Connection')) continue;
    if (PERSONS.has(type)) persons.add(field.name.value);
    else content.set(field.name.value, SDL.objects.has(type) || SDL.enums.has(type) ? type : undefined);
  }
  return { content, persons };
}

/** What is wrong with a record's content for its type: unknown fields at any depth, values outside an SDL enum. */
export function contentFaults(recordType: string, content: object): string[] {
  const faults: string[] = [];
  const walk = (type: string, value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(type, item, path);
    } else if (SDL.enums.has(type)) {
      if (value !== null && !SDL.enums.get(type)?.has(String(value))) faults.push(`${path} is not a ${type}`);
    } else if (value !== null && typeof value === 'object') {
      const shape = shapeOf(type);
      for (const [key, inner] of Object.entries(value)) {
        if (!shape.content.has(key)) faults.push(`${path}.${key} is not a content field of ${type}`);
        const innerType = shape.content.get(key);
        if (innerType) walk(innerType, inner, `${path}.${key}`);
      }
    }
  };
  walk(recordType, content, recordType);
  return faults;
}
