/** The demo as it runs: real servers on loopback, real tokens, the named families; one for each test file. */
import { composeDemo, type Demo } from '../../src/compose-demo.js';
import { readConfig } from '../../src/config.js';
import { entry } from '../../src/domain/entry.js';
import { loadRules, type Rules } from '../../src/rules.js';
import type { Source } from '../../src/sources/contract.js';
import type { GateSettings } from '../../src/sources/gate.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are read by path
export type Json = { readonly [key: string]: any };

export interface Asked {
  readonly data: Json;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions?: {
    readonly receipt?: { readonly entry: string; readonly hash: string };
    readonly gaps?: readonly { readonly source: string; readonly state: string }[];
  };
}

export async function startDemo(
  env: Record<string, string> = {},
  place?: (source: Source) => Source,
  gates?: Partial<GateSettings>,
  // Nothing waits for an even time but where that is what is tested.
  pause: (ms: number, stepMs: number) => Promise<void> = async () => {},
): Promise<Demo> {
  const config = readConfig({
    PORT: '0',
    THRESHOLD_STORE: ':memory:',
    LOG_LEVEL: 'silent',
    THRESHOLD_MATCH_EVERY_HOURS: '0',
    // Its readings are entries: tests that look for their own run it themselves.
    THRESHOLD_WATCH_EVERY_SECONDS: '0',
    ...env,
  });
  if (config.mode !== 'demo') throw new Error('the tests run the demo');
  const { protocols, ownPolicies } = config;
  const rules = ownPolicies === undefined ? rulesOf(protocols) : loadRules(config);
  // Rules that tell the night from the day say the same whenever the tests are run.
  return composeDemo(config, place, { startsAt: '12:00', pause, rules, ...(gates ? { gates } : {}) });
}

const loaded = new Map<string, Rules>();

/** The rules of packs, which nobody changes while the tests run: read and compiled by Cedar once, not for every file (0.4 s). */
function rulesOf(protocols: readonly string[]): Rules {
  return entry(loaded, protocols.join(), () => loadRules({ protocols }));
}

export async function ask(
  demo: Demo,
  worker: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Asked> {
  return (await demo.ask(worker, query, variables)) as Asked;
}

/** Ids of the persons on a worker's board: forename and surname → node id. */
export async function peopleOf(demo: Demo, worker: string): Promise<{ readonly [name: string]: string }> {
  const { data } = await ask(
    demo,
    worker,
    'query Board @purpose(of: SUPERVISION) { families(first: 200) { nodes { members { person { id forename surname } } } } }',
  );
  const members = data['families'].nodes.flatMap((family: Json) => family['members']) as Json[];
  return Object.fromEntries(
    members
      .filter(({ person }) => person?.surname)
      .map(({ person }) => [`${person.forename} ${person.surname}`, person.id]),
  );
}

/** Node id of the family on a worker's board that somebody of this surname belongs to. */
export async function familyOf(demo: Demo, worker: string, surname: string): Promise<string> {
  const { data } = await ask(
    demo,
    worker,
    'query Board @purpose(of: SUPERVISION) { families(first: 200) { nodes { id members { person { surname } } } } }',
  );
  const family = (data['families'].nodes as Json[]).find(({ members }) =>
    members.some(({ person }: Json) => person?.surname === surname),
  );
  if (!family) throw new Error(`no family ${surname} on the board of ${worker}`);
  return family['id'];
}

/** The node id of a person (`P-…`). */
export const idOf = (person: string) => Buffer.from(`Person:${person}`).toString('base64url');

/** Reads of a person (`P-…`) what most questions of the log are about: a name, addresses, assessments, adult work. */
export function readPerson(demo: Demo, worker: string, person: string, purpose: string): Promise<Asked> {
  return ask(
    demo,
    worker,
    `query Read @purpose(of: ${purpose}) { person(id: "${idOf(person)}") { surname addresses { line }
      ... on Child { assessments { nodes { id } } } ... on Adult { adultWork { nodes { id } } } } }`,
  );
}
