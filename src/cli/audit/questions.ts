/**
 * The questions of `threshold audit`, one an entry: what it says, its options, its document, and where in the answer its rows and
 * its next page stand. Every one is a field of `Audit` in the schema, asked over HTTP like any other.
 */

/** What a GraphQL answer holds, read by path. */
export type Json = { readonly [key: string]: unknown };

export interface Question {
  readonly says: string;
  /** Name of the option (and of the variable), its GraphQL type, and what it is. `!` at the type's end: it must be given. */
  readonly options: { readonly [name: string]: readonly [type: string, says: string] };
  /** The field with its arguments, written with the variables. */
  readonly field: string;
  readonly selection: string;
  /** The rows of an answer of the field. */
  rows(answer: Json): readonly Json[];
  /** Whether it is answered with operations of the log, which can be written as FHIR AuditEvents. */
  readonly isOfOperations: boolean;
  /** Whether it is asked page by page. */
  readonly isPaged: boolean;
}

const AGENCY = 'agency { id name }';
const LINES = `lines { person holder { id name } recordType records category outcome permits vetoes reasons obligations basis evidence }`;
const OPERATION = `id at operation worker ${AGENCY} role purpose result code policyVersion ${LINES} statements { did ids persons policies }`;
const EVIDENCE = 'id kind recordedAt recordedBy approvedBy from until gateway citation about says { name value }';
const DAYS = {
  since: ['DateTime', 'this instant and later (RFC 3339)'],
  until: ['DateTime', 'before this instant'],
} as const;
const PERSON = { person: ['ID!', 'the id of a person, as the graph gives it'] } as const;
const GROUND = {
  ground: ['Ground!', 'what releases rest on'],
  id: ['ID!', 'of the statement, the lawful gateway or the policy'],
} as const;

const nodes = (answer: Json) => answer['nodes'] as readonly Json[];

function operations(
  says: string,
  name: string,
  options: Question['options'],
  written: string = argumentsOf(options),
): Question {
  return {
    says,
    options,
    field: `${name}(${written})`,
    selection: `nodes { ${OPERATION} }`,
    rows: nodes,
    isOfOperations: true,
    isPaged: true,
  };
}

/** Questions 6 to 9 and 11: an operation with its marks. */
function marked(says: string, name: string, mark: Question['options']): Question {
  return {
    ...operations(says, name, { ...mark, worker: ['ID', 'who asked'], ...DAYS }),
    selection: `nodes { operation { ${OPERATION} } marks }`,
    rows: (answer) => nodes(answer).map(({ operation, marks }) => ({ ...(operation as Json), marks })),
  };
}

function listed(says: string, name: string, options: Question['options'], selection: string): Question {
  return {
    says,
    options,
    field: `${name}(${argumentsOf(options)})`,
    selection: `nodes { ${selection} }`,
    rows: nodes,
    isOfOperations: false,
    isPaged: true,
  };
}

function whole(
  says: string,
  field: string,
  options: Question['options'],
  selection: string,
  rows: Question['rows'],
  isOfOperations = false,
): Question {
  return { says, options, field, selection, rows, isOfOperations, isPaged: false };
}

/** `name: $name` for each option, and for the page. */
function argumentsOf(options: Question['options']): string {
  return [...Object.keys(options), 'first', 'after'].map((name) => `${name}: $${name}`).join(', ');
}

const FILTER = {
  person: ['ID', 'the id of a person'],
  worker: ['ID', 'who asked'],
  team: ['ID', 'whoever belongs to this team, or manages it, now'],
  agency: ['ID', 'of who asked'],
  purpose: ['Purpose', 'for which it was asked'],
  result: ['AuditResult', 'what became of it'],
  holder: ['ID', 'whose records were released'],
  category: ['Category', 'of what was released'],
  policy: ['ID', 'a permit by which something was released'],
  evidence: ['ID', 'a statement that a release rests on'],
  mark: ['AuditMark', 'what stands out in it (docs/audit.md has each)'],
  did: ['String', 'a kind of statement'],
  policyVersion: ['String', 'the version of the policies'],
  ...DAYS,
} as const;

export const QUESTIONS: { readonly [name: string]: Question } = {
  operations: operations(
    'operations of the log, by any filters',
    'operations',
    FILTER,
    `filter: { ${Object.keys(FILTER)
      .map((name) => `${name}: $${name}`)
      .join(', ')} }, first: $first, after: $after`,
  ),
  'about-person': operations('who was given what about a person, and what was withheld from whom', 'aboutPerson', {
    ...PERSON,
    outcome: ['Outcome', 'only lines that came out so'],
    ...DAYS,
  }),
  sentences: {
    ...listed('the same in sentences for the person concerned', 'sentences', { ...PERSON, ...DAYS }, 'on sentences'),
    rows: (answer) =>
      nodes(answer).flatMap(({ on, sentences }) =>
        (sentences as readonly string[]).map((sentence) => ({ on, sentence })),
      ),
  },
  received: operations('everything that one worker, team or agency received', 'received', {
    worker: ['ID', 'one of these three'],
    team: ['ID', 'one of these three'],
    agency: ['ID', 'one of these three'],
    ...DAYS,
  }),
  'resting-on': operations('every release that rests on a statement, a lawful gateway or a policy', 'restingOn', {
    ...GROUND,
    ...DAYS,
  }),
  recall: {
    ...listed(
      'the same as a list of who must forget what; a recipient may stand once for each hundred operations',
      'recall',
      { ...GROUND, ...DAYS },
      '',
    ),
    selection: `recipients { worker ${AGENCY} person holder { id name } recordType category records firstAt lastAt entries }`,
    rows: (answer) => answer['recipients'] as readonly Json[],
  },
  emergencies: listed(
    'emergency access, and its reviews',
    'emergencies',
    { state: ['EmergencyState', 'only of this state'] },
    `id person openedBy ${AGENCY} role gateway isRiskStated isCallStated from until endedAt reviewBy review { at by finding } isOverdue`,
  ),
  'overridden-refusals': {
    ...operations('releases against a refusal, with what overrode it', 'overriddenRefusals', DAYS),
    selection: `nodes { operation { ${OPERATION} } overriddenBy { ${EVIDENCE} } }`,
    rows: (answer) => nodes(answer).map(({ operation, overriddenBy }) => ({ ...(operation as Json), overriddenBy })),
  },
  'attempts-on-protected': marked(
    'protected whereabouts and what is locked, asked for and refused',
    'attemptsOnProtected',
    { mark: ['ProtectedMark', 'one of the two'] },
  ),
  'near-themselves': marked(
    'own record, household, the same address, surname or agencies, the neighbours',
    'nearThemselves',
    { mark: ['NearMark', 'in one way'] },
  ),
  'after-the-end': marked('after the case closed, or the role ended', 'afterTheEnd', {
    mark: ['EndMark', 'one of them'],
  }),
  'unusual-use': marked(
    'out of hours, searches by one field, searches that found nobody; what takes a day to judge: alerts',
    'unusualUse',
    { mark: ['UseMark', 'one of them'] },
  ),
  'self-asserted': marked('released on involvement that no other system told of', 'selfAsserted', {}),
  'sharing-requests': listed(
    'what agencies asked each other for: answered, shared, overdue, escalated',
    'sharingRequests',
    {
      state: ['SharingRequestState', 'only of this state'],
    },
    `id holder { id name } askedBy ${AGENCY} role about categories purpose urgency until askedAt state dueBy isOverdue isEscalated level office minutesToAnswer firstReleasedAt minutesToShare answers { answer ground reasons at by office grant isDisputed }`,
  ),
  'relevance-requests': listed(
    'adult work that was asked for: due, judged, first released',
    'relevanceRequests',
    { state: ['RelevanceRequestState', 'only of this state'] },
    `holder { id name } recordType ${AGENCY} askedAt askedLastAt times dueBy isOverdue judgedAt judgedBy decision factor firstReleasedAt`,
  ),
  'awaiting-approval': listed(
    'reasons why consent is not required that wait for a manager',
    'awaitingApproval',
    {},
    'id gateway recordedBy recordedAt awaits about',
  ),
  grants: listed(
    'approved sharing requests',
    'grants',
    {},
    `id request holder { id name } worker ${AGENCY} role categories purpose about recordsByName from until endedAt recordedAt approvedBy cites`,
  ),
  sample: whole(
    'a random sample of a month, with the evidence for each',
    'sample(month: $month, size: $size)',
    { month: ['String!', 'YYYY-MM'], size: ['Int!', 'how many operations, 1 to 100'] },
    `seed checkpointSize checkpointRoot operations { operation { ${OPERATION} } evidence { ${EVIDENCE} } }`,
    (answer) =>
      (answer['operations'] as readonly Json[]).map(({ operation, evidence }) => ({
        ...(operation as Json),
        behind: evidence,
        sample: { seed: answer['seed'], size: answer['checkpointSize'], root: answer['checkpointRoot'] },
      })),
    true,
  ),
  'policy-versions': whole(
    'the versions of the policies that decided',
    'policyVersions',
    {},
    'version operations firstAt lastAt isKept',
    (answer) => answer as unknown as readonly Json[],
  ),
  'policy-changes': whole(
    'what changed from version to version',
    'policyChanges(since: $since, until: $until)',
    DAYS,
    'from to at added removed changed packsChanged isComparable letThrough(first: 50) { nodes { id } pageInfo { hasNextPage } }',
    (answer) => (answer as unknown as readonly Json[]).map(withLetThrough),
  ),
  'let-through': operations(
    'what a change let through: what the version before would not have released',
    'letThrough',
    {
      from: ['ID!', 'the version before'],
      to: ['ID!', 'the version under which it was released'],
      ...DAYS,
    },
  ),
  counts: whole(
    'how many operations over time, for a chart: of one worker, agency, policy, mark …',
    'counts(of: $of, name: $name, from: $from, until: $until, by: $by)',
    {
      of: ['AuditCountBy!', 'what is counted'],
      name: ['ID!', 'its id: of the worker, the mark …'],
      from: ['Date!', 'the first day (UTC)'],
      until: ['Date!', 'the day after the last'],
      by: ['AuditPeriod', 'a day where nothing is said; a week is named by its Monday'],
    },
    'from entries persons',
    (answer) => answer as unknown as readonly Json[],
  ),
  totals: whole(
    'of what there was most over these days, the most first',
    'totals(of: $of, from: $from, until: $until, first: $first)',
    {
      of: ['AuditCountBy!', 'what is counted'],
      from: ['Date!', 'the first day (UTC)'],
      until: ['Date!', 'the day after the last'],
      first: ['Int', 'how many at most: 25 where nothing is said'],
    },
    'name entries persons',
    (answer) => answer as unknown as readonly Json[],
  ),
  alerts: {
    ...listed(
      'what stands out: a reference, a rule and a time',
      'alerts',
      { rule: ['AlertRule', 'of one rule (docs/alerts.md)'], isOpen: ['Boolean', 'true: not closed yet'] },
      'id rule kind openedAt closedAt outcome',
    ),
    field: 'alerts(filter: { rule: $rule, isOpen: $isOpen }, first: $first, after: $after)',
  },
  alert: whole(
    'one alert with the operations behind it, as far as you may see them',
    'alert(id: $id)',
    { id: ['ID!', 'of the alert (threshold audit alerts)'] },
    `id rule kind openedAt closedAt outcome why operations { ${OPERATION} }`,
    ({ id, rule, openedAt, closedAt, outcome, why, operations }) =>
      (operations as readonly Json[]).map((operation) => ({
        ...operation,
        alert: id,
        rule,
        openedAt,
        closedAt,
        closedAs: outcome,
        why,
      })),
    true,
  ),
  saved: whole(
    'the questions that you saved',
    'savedQuestions',
    {},
    'id name question filter savedAt',
    (answer) => answer as unknown as readonly Json[],
  ),
  run: operations('asks a question that you saved', 'run', {
    id: ['ID!', 'of the saved question (threshold audit saved)'],
  }),
};

/** The first of what a change let through, by id, and whether there is more; nothing where that cannot be told. */
function withLetThrough({ letThrough, ...change }: Json): Json {
  const page = letThrough as {
    readonly nodes: readonly Json[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  } | null;
  return {
    ...change,
    letThrough: page?.nodes.map(({ id }) => id) ?? null,
    isMore: page?.pageInfo.hasNextPage ?? null,
  };
}

/** The document of a question for these options; what is not given is not in it. */
export function documentOf({ field, selection, isPaged }: Question, types: ReadonlyMap<string, string>): string {
  const declared = [...types].map(([name, type]) => `$${name}: ${type}`);
  const given = field.replace(/(\w+): \$(\w+)(, )?/g, (whole, _, name: string) => (types.has(name) ? whole : ''));
  const tidy = given
    .replace(/,\s*([)}])/g, ' $1')
    .replace(/\(\s*\)/, '')
    .replace(/filter: \{\s*\}(, )?/, '');
  const page = isPaged ? ' pageInfo { hasNextPage endCursor }' : '';
  return `query AskAudit${declared.length > 0 ? `(${declared.join(', ')})` : ''} @purpose(of: INFORMATION_GOVERNANCE) {
  audit { answer: ${tidy} { ${selection}${page} } }
}`;
}
