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
  isEnumType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What arguments are drawn from. */
export interface Pools {
  /** Node ids: persons, families, records, and ids of nobody. */
  readonly ids: readonly string[];
  /** Of families alone, as anybody was shown them. */
  readonly families: readonly string[];
  /** Of persons alone, and of nobody. */
  readonly people: readonly string[];
  readonly workers: readonly string[];
  readonly agencies: readonly string[];
  /** Entries that stand in the log. */
  readonly entries: readonly string[];
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

/** Fields that tell the time it is, not what is held: two askings of anything differ in them. A page has the minute it was made. */
const CLOCKED = ['lagSeconds', 'lastGoodRead', 'page'];

/** Roots asked for casework. */
const CASEWORK_ROOTS = [
  'family',
  'families',
  'person',
  'findPerson',
  'node',
  'consents',
  'consentsComplete',
  'allegations',
  'exceptions',
  'judgements',
  'serviceConsents',
  'unjudgedRecords',
  'emergenciesToReview',
  'exceptionsAwaitingApproval',
  'informationRequests',
  'informationRequestsToAnswer',
] as const;

/** Roots drawn for a purpose: those that are refused for any other are drawn for theirs. */
const ROOTS_FOR: { readonly [purpose: string]: readonly string[] } = {
  ...Object.fromEntries(CASEWORK.map((purpose) => [purpose, CASEWORK_ROOTS])),
  EMERGENCY: CASEWORK_ROOTS,
  SUBJECT_ACCESS: ['familyView', 'familyView', 'familyView', 'person', 'family', 'node'],
  INFORMATION_GOVERNANCE: [
    'explain',
    'explain',
    'explainAt',
    'person',
    'families',
    'personLinks',
    'emergenciesToReview',
  ],
  SERVICE_MEASURES: ['families', 'person', 'node', 'personLinks'],
};

/** Roots that no operation is drawn on, and why what they answer has nothing to do with who holds what. */
export const NOT_DRAWN: { readonly [root: string]: string } = {
  me: 'tells who asks, from their token and the directory',
  agencies: 'is of the directory, the same for everybody: no person is in it',
  sharingMatrix: 'is worked out from the policies alone',
  auditProof: 'is of the log, which grows between two askings; a proof is hashes of entries',
  auditCheckpoint: 'is of the log, which grows between two askings: a size, a hash and signatures',
  auditConsistency: 'is of the log: hashes of entries',
  auditConsistencyFile: 'is of the log: hashes of entries',
  audit:
    'tells officers what the log has, silence included, and the log grows with each asking; what they may not see is held by tests of its own',
};

/** Every root that an operation is drawn on. */
export const ROOTS: readonly string[] = [...new Set(Object.values(ROOTS_FOR).flat())];

/** One query on up to three roots, with its purpose. */
export function anyOperation(schema: GraphQLSchema, pools: Pools): fc.Arbitrary<string> {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const rootOf = (names: readonly string[]) =>
    fc
      .constantFrom(...names)
      .chain((name) => fieldOf(schema, pools, fields[name] as GraphQLField<unknown, unknown>, 5));
  return fc
    .constantFrom(...Object.keys(ROOTS_FOR))
    .chain((purpose) =>
      fc.tuple(
        fc.constant(purpose),
        fc.array(rootOf(ROOTS_FOR[purpose] ?? CASEWORK_ROOTS), { minLength: 1, maxLength: 3 }),
      ),
    )
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
    const named = poolOf(field.name, arg.name, pools);
    const type = getNamedType(arg.type);
    if (named) return [fc.constantFrom(...named).map((id) => `${arg.name}: ${JSON.stringify(id)}`)];
    if (isNonNullType(arg.type) && type.name === 'ID')
      return [fc.constantFrom(...pools.ids).map((id) => `${arg.name}: ${JSON.stringify(id)}`)];
    if (isEnumType(type)) {
      const values = type.getValues().map(({ name }) => `${arg.name}: ${name}`);
      return [fc.constantFrom(...(isNonNullType(arg.type) && arg.defaultValue === undefined ? [] : ['']), ...values)];
    }
    if (type.name === 'DateTime' && field.name !== 'explainAt')
      return [fc.constantFrom('', ...MOMENTS.map((at) => `${arg.name}: "${at}"`))];
    return [];
  });
  return fc.tuple(...drawn).map((args) => {
    const given = args.filter((arg) => arg !== '');
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  });
}

/** Moments of the register: long before, within, and after what the worlds' people said. */
const MOMENTS = [
  '2020-01-01T00:00:00.000Z',
  '2026-07-01T00:00:00.000Z',
  '2026-11-20T12:00:00.000Z',
  '2027-06-01T00:00:00.000Z',
];

/** What an argument is drawn from where ids of any kind would nearly never do. */
function poolOf(field: string, argument: string, pools: Pools): readonly string[] | undefined {
  if (field === 'explain' || field === 'explainAt' || field === 'familyView') {
    const { families, people, workers, agencies, entries } = pools;
    const drawn: { readonly [argument: string]: readonly string[] } = {
      family: families,
      member: people,
      person: people,
      worker: field === 'explain' ? workers : [],
      holder: agencies,
      // By the entry alone: near a moment the log is another at every asking.
      entry: entries,
    };
    const pool = drawn[argument] ?? [];
    return pool.length > 0 ? pool : undefined;
  }
  return undefined;
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
        .map((texts) => texts.map((text, i) => (isAliased && i === 0 ? `z${type.name}: ${text}` : text))),
    );
}
