/**
 * Which fields of a record belong to which decision, read from the SDL's `@classified`. Projection is by allow-list: a
 * key of the content that the SDL does not name never leaves, whatever a source adds.
 */
import {
  type ConstDirectiveNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { entry } from '../domain/entry.js';
import { type ContentValue, RECORD_TYPES, type RecordLabel, type RecordType } from '../domain/records.js';
import {
  CATEGORIES,
  type Category,
  CONFIDENTIALITIES,
  type Confidentiality,
  moreConfidential,
} from '../domain/words.js';
import { DECIDED, type ShownRecord } from './released.js';

/** Fields decided together: one category (or the record's own) and one confidentiality. */
interface FieldGroup {
  readonly category: Category | 'OF_RECORD';
  readonly confidentiality: Confidentiality;
  readonly fields: readonly FieldRule[];
}

interface FieldRule {
  readonly name: string;
  readonly isPerson: boolean;
  /** For object values: the keys that may leave. */
  readonly keys?: readonly string[];
}

/** How a record's fields are decided: some with the record itself, others in groups of their own. */
export interface Layout {
  readonly own: readonly FieldRule[];
  readonly others: readonly FieldsDecided[];
}

/** What the door itself says of a record that it shows. */
export type MadeByTheDoor = Pick<ShownRecord, '__typename' | 'id' | 'holder' | 'obligations' | typeof DECIDED>;

/** A new object: what the door says of the record, and the released fields of its content; person fields hold the person's id. */
export type WriteRecord = (
  made: MadeByTheDoor,
  content: { readonly [field: string]: ContentValue },
  persons: { readonly [field: string]: string | readonly string[] } | undefined,
) => ShownRecord;

/** Fields decided together, in the category and confidentiality that they have in a record. */
interface FieldsDecided {
  readonly category: Category;
  readonly confidentiality: Confidentiality;
  readonly fields: readonly FieldRule[];
}

/** The layout of a record by its label; the same one for all records of a kind. */
export type Projection = (label: Pick<RecordLabel<unknown>, 'type' | 'category' | 'confidentiality'>) => Layout;

/** Thrown at start: names the type and field that carry no, or a wrong, classification. */
export class ClassificationError extends Error {
  override readonly name = 'ClassificationError';
}

/** Fields that the door itself fills in, with the main decision. */
const MADE_BY_THE_DOOR = ['id', 'holder', 'obligations', 'releasedBecause'];

/** Reads the classification of every type that bears on persons. Throws ClassificationError naming the first field at fault. */
export function readProjection(schema: GraphQLSchema): Projection {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isImpersonal(type) || isRoot(schema, type)) continue;
    for (const field of Object.values(type.getFields())) classification(type, field.name);
  }
  const known = new Map(
    RECORD_TYPES.map((type) => [
      type,
      { groups: groupsOf(schema, type), layouts: new Map<Category, Map<Confidentiality, Layout>>() },
    ]),
  );
  return ({ type, category, confidentiality }) => {
    const ofType = known.get(type);
    if (!ofType) throw new ClassificationError(`the SDL has no type ${type}`);
    const layout = ofType.layouts.get(category)?.get(confidentiality);
    if (layout) return layout;
    const ofCategory = entry(ofType.layouts, category, () => new Map<Confidentiality, Layout>());
    return entry(ofCategory, confidentiality, () => layOut(ofType.groups, category, confidentiality));
  };
}

/** Fields of the record's own category, and at most as protected, are decided with the record. */
function layOut(groups: readonly FieldGroup[], category: Category, confidentiality: Confidentiality): Layout {
  const decided = groups.map((group) => ({
    category: group.category === 'OF_RECORD' ? category : group.category,
    confidentiality: moreConfidential(confidentiality, group.confidentiality),
    fields: group.fields,
  }));
  const isOwn = (group: FieldsDecided) => group.category === category && group.confidentiality === confidentiality;
  return {
    own: decided.filter(isOwn).flatMap(({ fields }) => fields),
    others: decided.filter((group) => !isOwn(group)),
  };
}

function isRoot(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return type.name.startsWith('__') || [schema.getQueryType(), schema.getMutationType()].includes(type);
}

function isImpersonal(type: GraphQLObjectType): boolean {
  return type.astNode?.directives?.some((directive) => directive.name.value === 'impersonal') ?? false;
}

function groupsOf(schema: GraphQLSchema, name: RecordType): FieldGroup[] {
  // PersonDetails has no SDL type of its own: what a source holds about a person is shown as Person.
  const type = schema.getType(name === 'PersonDetails' ? 'Adult' : name);
  if (!isObjectType(type)) throw new ClassificationError(`the SDL has no type ${name}`);
  const groups = new Map<
    string,
    { category: Category | 'OF_RECORD'; confidentiality: Confidentiality; fields: FieldRule[] }
  >();
  for (const field of Object.values(type.getFields())) {
    if (MADE_BY_THE_DOOR.includes(field.name) || field.args.length > 0) continue;
    const { category, confidentiality } = classification(type, field.name);
    const key = `${category}/${confidentiality}`;
    const group = groups.get(key) ?? { category, confidentiality, fields: [] };
    groups.set(key, group);
    const value = getNamedType(field.type);
    if (isScalarType(value) || isEnumType(value)) group.fields.push({ name: field.name, isPerson: false });
    else if (value.name === 'Person') group.fields.push({ name: field.name, isPerson: true });
    else if (isObjectType(value) && !isImpersonal(value))
      group.fields.push({ name: field.name, isPerson: false, keys: Object.keys(value.getFields()) });
  }
  return [...groups.values()];
}

function classification(
  type: GraphQLObjectType,
  fieldName: string,
): { category: Category | 'OF_RECORD'; confidentiality: Confidentiality } {
  const field = type.getFields()[fieldName];
  const directive = field?.astNode?.directives?.find((d) => d.name.value === 'classified');
  if (!directive)
    throw new ClassificationError(
      `${type.name}.${fieldName} is not classified: add @classified(category:, confidentiality:)`,
    );
  const category = [...CATEGORIES, 'OF_RECORD' as const].find((c) => c === argument(directive, 'category'));
  const confidentiality = CONFIDENTIALITIES.find((c) => c === argument(directive, 'confidentiality'));
  if (!category || !confidentiality)
    throw new ClassificationError(`${type.name}.${fieldName} is classified by unknown values`);
  return { category, confidentiality };
}

function argument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((a) => a.name.value === name)?.value;
  return value?.kind === 'EnumValue' ? value.value : undefined;
}

const writers = new WeakMap<Layout, Map<number, WriteRecord>>();

/**
 * What writes a record of which its own fields (`main`) and those of these of the other groups were released: these fields and
 * no others. The same one whenever it is asked for the same of a layout.
 */
export function writerOf(layout: Layout, main: boolean, others: readonly boolean[]): WriteRecord {
  const which = others.reduce((sum, is, i) => (is ? sum + 2 ** (i + 1) : sum), Number(main));
  let known = writers.get(layout);
  if (!known) {
    known = new Map();
    writers.set(layout, known);
  }
  let write = known.get(which);
  if (!write) {
    const fields = layout.others.flatMap((group, i) => (others[i] ? group.fields : []));
    write = written(main ? [...layout.own, ...fields] : fields);
    known.set(which, write);
  }
  return write;
}

/**
 * Written out field by field, from names of the SDL and nothing else: every released record is made here. An object that grows
 * field by field takes five times as long, one that begins as a copy of another a hundred times (V8 11).
 */
function written(fields: readonly FieldRule[]): WriteRecord {
  const lines = fields.map(({ name, isPerson, keys }, i) => {
    if (!/^[_A-Za-z]\w*$/.test(name)) throw new ClassificationError(`${name} is no name of a field`);
    if (isPerson) return `${name}: persons?.${name} ?? null,`;
    return keys ? `${name}: pick(content.${name} ?? null, keys[${i}]),` : `${name}: content.${name} ?? null,`;
  });
  const made = '__typename: made.__typename, id: made.id, holder: made.holder, obligations: made.obligations';
  return new Function(
    'decided',
    'pick',
    'keys',
    `return (made, content, persons) => ({ ${made}, [decided]: made[decided], ${lines.join(' ')} });`,
  )(
    DECIDED,
    pick,
    fields.map(({ keys }) => keys),
  ) as WriteRecord;
}

function pick(value: ContentValue, keys: readonly string[]): ContentValue {
  if (Array.isArray(value)) return value.map((item) => pick(item, keys));
  if (value === null || typeof value !== 'object') return null;
  const source = value as { readonly [k: string]: ContentValue };
  return Object.fromEntries(keys.map((key) => [key, source[key] ?? null]));
}
