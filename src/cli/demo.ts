/**
 * `threshold demo`: one family seen by everybody around it, and by somebody who is not: through HTTP and GraphQL, as a table
 * of what each got, what was withheld and the reason each was told; then the log entries of it.
 */
import type { Demo } from '../compose-demo.js';

const QUERY = `query DemoFamily($id: ID!) @purpose(of: PURPOSE) {
  family(id: $id) {
    withheld { ...W }
    members { included person {
      __typename forename surname addresses { postcode } withheld { ...W }
      involvements(first: 20) { nodes { workerRole } withheld { ...W } }
      ... on Child {
        statuses(first: 1) { nodes { stage } withheld { ...W } }
        assessments { nodes { id } withheld { ...W } }
        childInNeedPlans { nodes { id } withheld { ...W } }
        childProtectionPlans { nodes { id } withheld { ...W } }
        supportPlans { nodes { id } withheld { ...W } }
      }
      ... on Adult { adultWork(first: 50) { nodes { __typename ... on DomesticAbuseRecord { side } } withheld { ...W } } }
    } }
    workbook { monthlySummaries { nodes { authorRole } withheld { ...W } } ragRatings { nodes { rating } withheld { ...W } } }
  }
}
fragment W on Withheld { outcome category reason requestable holder { id } }`;

interface Notice {
  readonly outcome: string;
  readonly category: string | null;
  readonly reason: string | null;
  readonly holder: { readonly id: string };
}

type Json = { readonly [key: string]: unknown } | null;

interface Answer {
  readonly data: { readonly family: Json } | null;
  readonly errors?: readonly { readonly message: string }[];
  readonly extensions?: { readonly receipt?: { readonly entry: string; readonly hash: string } };
}

/** Prints the demo. Requires a demo world that names a family and its viewers (world.yaml, `demo`). */
export async function runDemo(gateway: Demo, print: (line: string) => void): Promise<void> {
  const { demo } = gateway.world;
  if (!demo)
    throw new Error(`the world ${gateway.world.name} names no demo family (world.yaml, demo: {family, viewers})`);
  print(`The family ${demo.family}: ${demo.story}\n`);
  const familyId = await findFamily(gateway, demo.member);
  const since = gateway.house.now().toISOString();
  const got: Got[] = [];
  for (const viewer of demo.viewers) {
    const worker = gateway.workers.find(({ id }) => id === viewer.worker);
    const answer = (await gateway.ask(viewer.worker, QUERY.replace('PURPOSE', viewer.purpose), {
      id: familyId,
    })) as Answer;
    print(
      `── ${worker?.name ?? viewer.worker}, ${worker?.roles.join('/').toLowerCase().replaceAll('_', ' ')}, ${worker?.agency}, for ${viewer.purpose}`,
    );
    const shown = new Map<string, number>();
    for (const line of describe(answer, shown)) print(`   ${line}`);
    print('');
    got.push({ who: worker?.name.split(' ')[0] ?? viewer.worker, shown });
  }
  print('What each got, how many of each:');
  for (const line of tableOf(got)) print(`  ${line}`);
  print('');
  print('The log, one entry an operation:');
  const entries = await gateway.audit.read({ since, limit: demo.viewers.length });
  for (const { seq, body, hash } of [...entries].reverse()) {
    const { id, at, requester, purpose, result } = body;
    print(
      `  ${String(seq).padStart(4)} ${id} ${at} ${requester.worker.padEnd(22)} ${String(purpose).padEnd(14)} ${result} ${countOutcomes(body)}; sha256 ${hash.slice(0, 16)}…`,
    );
  }
}

/** The family's id as the allocated social worker's board gives it. */
async function findFamily(
  gateway: Demo,
  member: { readonly worker: string; readonly surname: string },
): Promise<string> {
  const board = `query FindFamily @purpose(of: SUPERVISION) { families(first: 100) { nodes { id members { person { surname } } } } }`;
  const answer = (await gateway.ask(member.worker, board, {})) as unknown as {
    data: { families: { nodes: { id: string; members: { person: { surname: string | null } | null }[] }[] } };
  };
  const family = answer.data.families.nodes.find(({ members }) =>
    members.some(({ person }) => person?.surname === member.surname),
  );
  if (!family) throw new Error('the demo family is not on its social worker’s board');
  return family.id;
}

/** What one viewer was shown: what it is called → how many. */
interface Got {
  readonly who: string;
  readonly shown: ReadonlyMap<string, number>;
}

/** A row for each kind of thing, a column for each viewer; a dot where nothing was got. */
function tableOf(got: readonly Got[]): string[] {
  const kinds = [...new Set(got.flatMap(({ shown }) => [...shown.keys()]))];
  const first = Math.max(...kinds.map((kind) => kind.length));
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(first), ...cells.map((cell, i) => cell.padStart(got[i]?.who.length ?? 0))].join('  ');
  return [
    row(
      '',
      got.map(({ who }) => who),
    ),
    ...kinds.map((kind) =>
      row(
        kind,
        got.map(({ shown }) => String(shown.get(kind) ?? '·')),
      ),
    ),
  ];
}

/** In lines; counts what was shown. */
function describe({ data, errors }: Answer, shown: Map<string, number>): string[] {
  if (errors || !data) return [`refused: ${errors?.map(({ message }) => message).join(' ')}`];
  if (!data.family) return ['nothing: to this requester the family does not exist'];
  const lines: string[] = [];
  const notices = new Map<string, Notice>();
  walk(data.family, shown, notices);
  lines.push(`got: ${[...shown].map(([what, n]) => `${what} × ${n}`).join(', ') || 'nothing'}`);
  for (const notice of notices.values()) {
    lines.push(
      notice.outcome === 'BROKERED'
        ? `brokered: ${notice.holder.id} holds something; contact its duty point`
        : `withheld: ${notice.category} held by ${notice.holder.id}: ${notice.reason}`,
    );
  }
  return lines;
}

/** What of an answer counts as something got: field → what it is called in the table. */
const CALLED: { readonly [field: string]: string } = {
  involvements: 'involvements',
  statuses: 'status',
  assessments: 'assessments',
  childInNeedPlans: 'child in need plan',
  childProtectionPlans: 'child protection plan',
  supportPlans: 'support plan',
  monthlySummaries: 'monthly summaries',
  ragRatings: 'RAG ratings',
};

function walk(value: unknown, shown: Map<string, number>, notices: Map<string, Notice>): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, shown, notices);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [field, child] of Object.entries(value as Record<string, unknown>)) {
    if (field === 'withheld') for (const notice of child as Notice[]) notices.set(JSON.stringify(notice), notice);
    else if (field === 'forename' && child) add(shown, 'names', 1);
    else if (field === 'addresses' && Array.isArray(child) && child.length > 0) add(shown, 'addresses', child.length);
    else if (field === 'adultWork')
      for (const node of (child as { nodes: { __typename: string; side?: string }[] }).nodes)
        add(
          shown,
          node.side
            ? `domestic abuse (${node.side.toLowerCase()} side)`
            : node.__typename
                .replace('Record', '')
                .replace(/(?<=[a-z])[A-Z]/, (c) => ` ${c.toLowerCase()}`)
                .toLowerCase(),
          1,
        );
    const called = CALLED[field];
    if (called) add(shown, called, (child as { nodes: unknown[] }).nodes.length);
    walk(child, shown, notices);
  }
}

function add(shown: Map<string, number>, what: string, n: number): void {
  if (n > 0) shown.set(what, (shown.get(what) ?? 0) + n);
}

function countOutcomes(body: {
  readonly decisions: readonly { outcome: string }[];
  readonly outcomes: readonly (readonly [number, string, string, string, readonly string[]])[];
}): string {
  const counts = new Map<string, number>();
  for (const [index, , , , ids] of body.outcomes) add(counts, body.decisions[index]?.outcome ?? '?', ids.length);
  return [...counts].map(([outcome, n]) => `${outcome} ${n}`).join(' ') || 'nothing touched';
}
