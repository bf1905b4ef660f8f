/**
 * Any operation the schema allows: every field, through fragments, aliases, connections of small pages, ids of every kind,
 * searches. As arbitraries, so that a failing one shrinks and is replayed by its seed.
 */
import fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What arguments are drawn from. */
export interface Pools {
  /** Node ids: persons, families, records, and ids of nobody. */
  readonly ids: readonly string[];
  readonly persons: readonly { readonly forename: string; readonly surname: string; readonly dateOfBirth: string }[];
}

export const CASEWORK = [
  'DIRECT_WORK',
  'SUPERVISION',
  'ASSESSMENT',
  'CHILD_IN_NEED',
  'CHILD_PROTECTION',
  'S47_ENQUIRY',
  'STEP_UP',
  'STEP_DOWN',
  'ALLOCATION',
  'COURT_PROCEEDINGS',
] as const;

/** Fields that tell the time it is, not what is held: two askings of anything differ in them. */
const CLOCKED = ['lagSeconds', 'lastGoodRead'];

/** Roots that read persons; `me` is about nobody else. */
const ROOTS = ['family', 'families', 'person', 'findPerson', 'node', 'consents', 'exceptions', 'judgements'];

/** One query on up to three roots, with its purpose. */
export function anyOperation(schema: GraphQLSchema, pools: Pools): fc.Arbitrary<string> {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const root = fc
    .constantFrom(...ROOTS)
    .chain((name) => fieldOf(schema, pools, fields[name] as GraphQLField<unknown, unknown>, 5));
  return fc
    .tuple(fc.constantFrom(...CASEWORK), fc.array(root, { minLength: 1, maxLength: 3 }))
    .map(([purpose, roots]) => {
      const aliased = roots.map((text, i) => (roots.length === 1 ? text : `r${i}: ${text}`));
      return `query Any @purpose(of: ${purpose}) { ${aliased.join(' ')} }`;
    });
}

function fieldOf(
  schema: GraphQLSchema,
  pools: Pools,
  field: GraphQLField<unknown, unknown>,
  depth: number,
): fc.Arbitrary<string> {
  const type = getNamedType(field.type);
  const selection = isLeafType(type) ? fc.constant('') : selectionOf(schema, pools, type.name, depth - 1);
  return fc.tuple(argumentsOf(field, pools), selection).map(([args, inner]) => `${field.name}${args}${inner}`);
}

function argumentsOf(field: GraphQLField<unknown, unknown>, pools: Pools): fc.Arbitrary<string> {
  if (field.name === 'findPerson') {
    return fc
      .tuple(fc.constantFrom(...pools.persons), fc.constantFrom('forename', 'surname', 'dateOfBirth'))
      .map(([person, without]) => {
        const given = Object.entries(person).filter(([name]) => name !== without);
        return `(${given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')})`;
      });
  }
  const drawn = field.args.flatMap((arg): fc.Arbitrary<string>[] => {
    if (arg.name === 'first') return [fc.constantFrom('', 'first: 1', 'first: 2', 'first: 3')];
    if (arg.name === 'filter') return [fc.constantFrom('', 'filter: {scope: MINE}', 'filter: {scope: TEAM}')];
    if (isNonNullType(arg.type) && getNamedType(arg.type).name === 'ID')
      return [fc.constantFrom(...pools.ids).map((id) => `${arg.name}: ${JSON.stringify(id)}`)];
    return [];
  });
  return fc.tuple(...drawn).map((args) => {
    const given = args.filter((arg) => arg !== '');
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  });
}

function selectionOf(schema: GraphQLSchema, pools: Pools, typeName: string, depth: number): fc.Arbitrary<string> {
  const type = schema.getType(typeName);
  if (isAbstractType(type)) {
    const possible = fc.constantFrom(...schema.getPossibleTypes(type));
    const fragments = fc.uniqueArray(possible, { minLength: 1, maxLength: 2, selector: ({ name }) => name });
    return fragments
      .chain((types) =>
        fc.tuple(
          ...types.map((one) => selectionOf(schema, pools, one.name, depth).map((text) => `... on ${one.name}${text}`)),
        ),
      )
      .map((texts) => `{ __typename ${texts.join(' ')} }`);
  }
  if (!isObjectType(type)) return fc.constant('');
  return fieldsOf(schema, pools, type, depth).map((texts) => `{ ${texts.join(' ')} }`);
}

function fieldsOf(schema: GraphQLSchema, pools: Pools, type: GraphQLObjectType, depth: number): fc.Arbitrary<string[]> {
  const all = Object.values(type.getFields()).filter(({ name }) => !CLOCKED.includes(name));
  const within = all.filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
  // A page without its nodes shows little: they are always asked for.
  const always = all.filter(({ name }) => name === 'nodes' || (name === 'members' && depth > 0));
  const others = within.filter((field) => !always.includes(field));
  if (others.length === 0 && always.length === 0) return fc.constant(['__typename']);
  return fc
    .tuple(
      fc.subarray(others, {
        minLength: Math.min(others.length, always.length > 0 ? 0 : 1),
        maxLength: Math.min(others.length, 5),
      }),
      fc.boolean(),
    )
    .chain(([chosen, isAliased]) =>
      fc
        .tuple(...[...always, ...chosen].map((field) => fieldOf(schema, pools, field, depth)))
        .map((texts) => texts.map((text, i) => (isAliased && i === 0 ? `z: ${text}` : text))),
    );
}
