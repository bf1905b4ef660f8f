/** The workers of a demo world with the families that their own source systems say they work with. */
import { composeDemo } from '../compose-demo.js';
import type { DemoConfig } from '../config.js';

export interface ListedWorker {
  readonly id: string;
  readonly name: string;
  readonly agency: string;
  /** Several roles are joined by `;`: such a worker says as which they ask. */
  readonly role: string;
  /** Ids of families, as `family(id:)` takes them. */
  readonly families: readonly string[];
}

interface Board {
  readonly data: { readonly families: { readonly nodes: readonly { readonly id: string }[] } } | null;
}

/** Asks a gateway of its own, on any free port, what is on each worker's board: what the running one would answer. */
export async function listWorkers(config: DemoConfig): Promise<readonly ListedWorker[]> {
  const demo = await composeDemo(
    { ...config, port: 0, logLevel: 'silent', store: { kind: 'sqlite', path: ':memory:' } },
    undefined,
    { isPrivate: true },
  );
  try {
    const listed: ListedWorker[] = [];
    for (const { id, name, agency, roles } of demo.workers) {
      const as = roles.length > 1 ? `, as: ${roles[0]}` : '';
      const { data } = (await demo.ask(
        id,
        `query Board @purpose(of: DIRECT_WORK${as}) { families(first: 1000) { nodes { id } } }`,
      )) as Board;
      listed.push({
        id,
        name,
        agency,
        role: roles.join(';'),
        families: data?.families.nodes.map((family) => family.id) ?? [],
      });
    }
    return listed;
  } finally {
    await demo.stop();
  }
}

/** The worker with this id. Throws naming the command that lists them. */
export function workerIn<W extends { readonly id: string }>(workers: readonly W[], id: string): W {
  const worker = workers.find((known) => known.id === id);
  if (!worker) throw new Error(`no worker ${id}; \`threshold workers\` lists them`);
  return worker;
}
