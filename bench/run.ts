/**
 * `npm run bench`: the same answers from the same records by six servers, interleaved round by round in one run, each in
 * a process of its own under 8 connections. Writes bench/RESULTS.md. Bounded: about four minutes, loopback only.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { packagePath } from '../src/package-path.js';
import { BOARD, KINDS, type Kind, SINGLE } from './operations.js';
import { measureParts } from './parts.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 4);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const CONNECTIONS = 8;

interface Server {
  readonly kind: Kind;
  readonly url: string;
  readonly child: ChildProcess;
}

interface Usage {
  readonly cpu: { readonly user: number; readonly system: number };
  readonly rss: number;
}

interface Sample {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMicros: number;
  readonly rss: number;
}

function startServer(kind: Kind, answers: string): Promise<Server> {
  const child = fork(packagePath('dist', 'bench', 'server.js'), [kind, '25', answers], {
    // As `npm start` and the image start the gateway.
    execArgv: kind === 'threshold' ? ['--max-semi-space-size=8'] : [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', (message: { url: string }) => resolve({ kind, url: message.url, child }));
    child.once('exit', (code) => reject(new Error(`${kind} exited with ${code}`)));
  });
}

function usageOf({ child }: Server): Promise<Usage> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as Usage));
    child.send('usage');
  });
}

const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };

async function answerOf(url: string, body: string): Promise<{ data: unknown }> {
  const response = await fetch(url, { method: 'POST', headers, body });
  return (await response.json()) as { data: unknown };
}

async function sample(server: Server, body: string): Promise<Sample> {
  const before = await usageOf(server);
  const result = await autocannon({
    url: server.url,
    method: 'POST',
    headers,
    body,
    connections: CONNECTIONS,
    duration: SECONDS,
  });
  const after = await usageOf(server);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${server.kind}: ${result.non2xx} refusals, ${result.errors} errors`);
  const requests = result.requests.total;
  const micros = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    requests,
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMicros: micros / requests,
    rss: after.rss,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function main(): Promise<void> {
  const answersFile = join(mkdtempSync(join(tmpdir(), 'threshold-bench-')), 'answers.json');
  const first = await startServer('apollo', '');
  const board = JSON.stringify({ query: BOARD, variables: { first: 25 } });
  const boardAnswer = await answerOf(first.url, board);
  const familyId = (boardAnswer as { data: { families: { nodes: { id: string }[] } } }).data.families.nodes[0]?.id;
  const single = JSON.stringify({ query: SINGLE, variables: { id: familyId } });
  const singleAnswer = await answerOf(first.url, single);
  writeFileSync(
    answersFile,
    JSON.stringify({ TeamBoard: JSON.stringify(boardAnswer), OneFamily: JSON.stringify(singleAnswer) }),
  );
  const servers = [first];
  for (const kind of KINDS) if (kind !== 'apollo') servers.push(await startServer(kind, answersFile));

  for (const server of servers) {
    for (const [name, body, expected] of [
      ['board', board, boardAnswer],
      ['single', single, singleAnswer],
    ] as const) {
      const { data } = await answerOf(server.url, body);
      if (JSON.stringify(data) !== JSON.stringify(expected.data)) {
        writeFileSync(`/tmp/bench-${server.kind}-${name}.json`, JSON.stringify(data, null, 1));
        throw new Error(`${server.kind} answers the ${name} otherwise than apollo; the work would not be the same`);
      }
    }
  }

  const tables: string[] = [];
  for (const [name, body, answer] of [
    ['Team board, 25 families', board, boardAnswer],
    ['Single family', single, singleAnswer],
  ] as const) {
    for (const server of servers)
      await autocannon({ url: server.url, method: 'POST', headers, body, connections: CONNECTIONS, duration: 2 });
    const samples = new Map<Kind, Sample[]>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const server of servers) {
        samples.set(server.kind, [...(samples.get(server.kind) ?? []), await sample(server, body)]);
        process.stderr.write(`${name}: round ${round} of ${ROUNDS}, ${server.kind}\n`);
      }
    }
    tables.push(table(`${name} (${(Buffer.byteLength(JSON.stringify(answer)) / 1024).toFixed(1)} KB)`, samples));
  }
  for (const { child } of servers) child.disconnect();
  const report = [heading(), ...tables, await measureParts()].join('\n\n');
  writeFileSync(packagePath('bench', 'RESULTS.md'), `${report}\n${others()}`);
  console.log(report);
}

function table(title: string, samples: ReadonlyMap<Kind, readonly Sample[]>): string {
  const of = (kind: Kind, pick: (sample: Sample) => number) => median((samples.get(kind) ?? []).map(pick));
  const base = of('apollo', (s) => s.perSecond);
  const rows = KINDS.map((kind) => {
    const perSecond = of(kind, (s) => s.perSecond);
    const cells = [
      kind,
      perSecond.toFixed(0),
      `${(perSecond / base).toFixed(2)} ×`,
      of(kind, (s) => s.p50),
      of(kind, (s) => s.p99),
      of(kind, (s) => s.cpuMicros).toFixed(0),
      (of(kind, (s) => s.rss) / 1e6).toFixed(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `## ${title}\n\n| server | requests/s | of default Apollo | p50 ms | p99 ms | CPU µs/request | RSS MB |\n|---|---|---|---|---|---|---|\n${rows.join('\n')}`;
}

/** What the other benchmarks wrote, each a section with its own machine, versions and command. */
function others(): string {
  const folder = packagePath('bench', 'results');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => `\n${readFileSync(join(folder, file), 'utf8').replace(/^#/gm, '##')}`)
    .join('');
}

function heading(): string {
  const versions = [
    '@apollo/server',
    'graphql',
    'graphql-jit',
    'mercurius',
    'fastify',
    'better-sqlite3',
    '@cedar-policy/cedar-wasm',
  ].map((name) => {
    const { version } = JSON.parse(readFileSync(packagePath('node_modules', name, 'package.json'), 'utf8')) as {
      version: string;
    };
    return `${name} ${version}`;
  });
  return `# Results of \`npm run bench\`

Six servers, each in its own process, give the same data for the same operation from the same records in memory (checked before
timing); interleaved, ${ROUNDS} rounds of ${SECONDS} s each, ${CONNECTIONS} connections, medians of the rounds. The load generator shares the machine.
\`threshold\` has everything on: sign-in, purpose, facts, policies, consent read fresh from SQLite, and the audit entry durable
(WAL, synchronous=FULL) before the answer leaves. The peers have none of that; \`apollo-gateway-jit\` is Apollo through the same
seam with the same compiled executor, the way that the gateway takes with nothing in between.

Machine: ${cpus().length} cores of ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; Node ${process.version}; ${versions.join(', ')}.`;
}

await main();
