/**
 * Time as an oracle (docs/attacks.md, 10): the same operation in the world that holds a record which is silent to who asks,
 * and in the world without it. `node dist/bench/timing.js [samples] [cases]` writes bench/results/timing.md.
 *
 * Three demos run at once, each with systems of its own: one with the record, one without it, and a second one with it, whose
 * times against the first show what this way of measuring tells apart by itself. Each sample asks all three, in random order:
 * a thousand of each are two thousand for every comparison.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { composeDemo, type Demo } from '../src/compose-demo.js';
import { readConfig } from '../src/config.js';
import { packagePath } from '../src/package-path.js';
import { compare, median } from './timing/compare.js';

const SAMPLES = Number(process.argv[2] ?? 1000);
/** Which cases, by number; all unless told. */
const WANTED = (process.argv[3] ?? '1,2,3,4').split(',').map(Number);
const WARM_UP = Math.min(150, SAMPLES / 5);
const WORLD = packagePath('test', 'worlds', 'walsall-road');

interface Case {
  readonly name: string;
  readonly worker: string;
  readonly purpose: string;
  /** The document after its purpose. */
  readonly query: string;
  /** Lines of the world's files that hold this are left out of the world without. */
  readonly without: { readonly [file: string]: string };
  /** Instead of another world: another query in the same one. */
  readonly instead?: string;
}

const idOf = (person: string) => Buffer.from(`Person:${person}`).toString('base64url');
const whole = (person: string) =>
  `{ person(id: "${idOf(person)}") { id forename surname ... on Adult { involvements { nodes { id } } adultWork { nodes { id } withheld { outcome } sources { source state } } } } }`;

const CASES: readonly Case[] = [
  {
    name: 'a client of an adult service who refused, and nobody that the service knows',
    worker: 'sw-cleo-marchbank',
    purpose: 'SUPERVISION',
    query: whole('P-1009'),
    without: {
      'sources/substance-misuse/extract.csv': ',HR4104,',
      'sources/substance-misuse/client-index.csv': 'HR4104,',
      'links.csv': ',HR4104',
      'registers/judgements.csv': 'HR4104',
    },
  },
  {
    name: 'a treatment record judged not relevant, and none, beside one that is shown',
    worker: 'sw-bram-hollis',
    purpose: 'SUPERVISION',
    query: whole('P-1005'),
    without: { 'sources/substance-misuse/extract.csv': ',E6104,', 'registers/judgements.csv': 'E6104' },
  },
  {
    name: 'a person hidden from who asks, and an id of nobody',
    worker: 'sw-isla-penrose',
    purpose: 'DIRECT_WORK',
    query: whole('P-1001'),
    without: {},
    instead: whole('P-9999'),
  },
  {
    name: 'the client who refused, on the social worker’s board of families',
    worker: 'sw-cleo-marchbank',
    purpose: 'SUPERVISION',
    query:
      '{ families(first: 50) { nodes { id members { person { forename ... on Adult { adultWork { nodes { id } withheld { outcome } } } } } } } }',
    without: {
      'sources/substance-misuse/extract.csv': ',HR4104,',
      'sources/substance-misuse/client-index.csv': 'HR4104,',
      'links.csv': ',HR4104',
      'registers/judgements.csv': 'HR4104',
    },
  },
];

/** A copy of the world without these lines. */
function worldWithout(without: Case['without']): string {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-timing-'));
  cpSync(WORLD, folder, { recursive: true });
  for (const [file, held] of Object.entries(without)) {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    const kept = lines.filter((line, i) => i === 0 || !line.includes(held));
    if (kept.length === lines.length) throw new Error(`${file} has no line with what was to be left out`);
    writeFileSync(join(folder, file), kept.join('\n'));
  }
  return folder;
}

async function startWorld(world: string): Promise<Demo> {
  const config = readConfig({
    PORT: '0',
    THRESHOLD_STORE: ':memory:',
    LOG_LEVEL: 'silent',
    THRESHOLD_WORLD: world,
    // A source that is out of time answers otherwise in one world than in the other, and tells nothing of records.
    THRESHOLD_SOURCE_DEADLINE_MS: '30000',
    THRESHOLD_MATCH_EVERY_HOURS: '0',
  });
  if (config.mode !== 'demo') throw new Error('timing is measured in the demo');
  return composeDemo(config);
}

/**
 * The answer of an operation. On a busy machine the keys of the demo's identity provider may not be fetched within their two
 * seconds, and nobody is signed in for a second (SignIn): refused before anything is read, that is no answer of either world, and it is
 * asked again. Anything else that differs is an answer that differs.
 */
async function timedWhenSignedIn(url: string, agent: Agent, token: string, body: string): Promise<Timed> {
  for (;;) {
    const answer = await timed(url, agent, token, body);
    if (!answer.bytes.startsWith('401 ')) return answer;
    notSignedIn += 1;
    await setTimeout(200);
  }
}

let notSignedIn = 0;

interface Timed {
  readonly ms: number;
  /** Of this process, which answers and asks: what other work on the machine adds to `ms` is not in it. */
  readonly cpuMs: number;
  readonly bytes: string;
}

/** One request over a connection that is kept: its times, and its bytes but for the receipt. */
function timed(url: string, agent: Agent, token: string, body: string): Promise<Timed> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const cpu = process.cpuUsage();
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const ms = performance.now() - began;
          const { user, system } = process.cpuUsage(cpu);
          resolve({
            ms,
            cpuMs: (user + system) / 1000,
            bytes: `${response.statusCode} ${Buffer.concat(chunks)}`.replace(/"receipt":\{[^}]*\}/, ''),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Where two answers part, for whoever must find out why: the world is invented, nobody in it exists. */
function differenceOf(one: string, other: string): string {
  const at = [...one].findIndex((letter, i) => letter !== other[i]);
  const from = Math.max(0, (at === -1 ? one.length : at) - 200);
  return `the answers part at byte ${at}:\n${one.slice(from, from + 600)}\n${other.slice(from, from + 600)}`;
}

async function measure({ worker, purpose, query, without, instead }: Case): Promise<[Target, Target, Target]> {
  const changed = instead === undefined ? worldWithout(without) : WORLD;
  // One after the other: what starts first is warm first, and all are warmed up before anything is measured.
  const first = await startWorld(WORLD);
  // Another query is asked of the same instance: no two instances need to be told apart then.
  const demos = instead === undefined ? [first, await startWorld(changed), await startWorld(WORLD)] : [first];
  const bodies = [query, instead ?? query, query].map((text) =>
    JSON.stringify({ query: `query T @purpose(of: ${purpose}) ${text}` }),
  );
  const targets = await Promise.all(
    bodies.map(async (body, i) => {
      const demo = demos[i] ?? first;
      return {
        url: demo.url,
        token: await demo.tokenOf(worker),
        body,
        times: [] as number[],
        cpuTimes: [] as number[],
      };
    }),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = -WARM_UP; i < SAMPLES; i += 1) {
    const order = shuffled(targets);
    const seen = new Map<object, string>();
    for (const target of order) {
      const { ms, cpuMs, bytes } = await timedWhenSignedIn(target.url, agent, target.token, target.body);
      seen.set(target, bytes);
      if (i < 0) continue;
      target.times.push(ms);
      target.cpuTimes.push(cpuMs);
    }
    const [one, ...others] = targets.map((target) => seen.get(target) ?? '');
    for (const other of others)
      if (other !== one) throw new Error(`time is not what tells: ${differenceOf(one ?? '', other)}`);
  }
  agent.destroy();
  for (const demo of demos) await demo.stop();
  if (changed !== WORLD) rmSync(changed, { recursive: true, force: true });
  const [held, absent, control] = targets;
  if (!held || !absent || !control) throw new Error('three are compared');
  return [held, absent, control];
}

interface Target {
  readonly times: readonly number[];
  readonly cpuTimes: readonly number[];
}

/** In any order, all equally likely (Fisher–Yates): what comes first finds caches as the one before left them. */
function shuffled<T>(all: readonly T[]): T[] {
  const order = [...all];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

async function main(): Promise<void> {
  const began = new Date();
  const rows: string[] = [];
  let worst = 0;
  for (const one of CASES.filter((_, i) => WANTED.includes(i + 1))) {
    const [held, without, control] = await measure(one);
    const told = compare(without.times, held.times, Math.random);
    const same = compare(control.times, held.times, Math.random);
    const byCpu = compare(without.cpuTimes, held.cpuTimes, Math.random);
    worst = Math.max(worst, Math.abs(told.auc - 0.5) + 0.5);
    const interval = ({ auc, low, high }: typeof told) => `${auc.toFixed(3)} (${low.toFixed(3)} – ${high.toFixed(3)})`;
    rows.push(
      `| ${one.name} | ${median(held.times).toFixed(2)} | ${median(without.times).toFixed(2)} | ${told.medianDifference.toFixed(3)} | ${interval(told)} | ${interval(same)} | ${interval(byCpu)} | ${loadavg()[0]?.toFixed(1)} |`,
    );
    console.log(rows.at(-1));
    write(began, rows, worst);
  }
  if (worst > 0.55) process.exitCode = 1;
}

/** After every case: what was measured stands, should the machine be wanted for something else. */
function write(began: Date, rows: readonly string[], worst: number): void {
  const [{ model } = { model: 'unknown' }] = cpus();
  const text = `# Does the time of an answer tell that something is hidden?

\`npm run build && node dist/bench/timing.js\`: ${SAMPLES} samples a case from each of three demos on loopback (${2 * SAMPLES} a comparison), after ${WARM_UP} to warm up,
asked one after the other in random order. The answers are the same bytes (checked for each sample; ${notSignedIn} times the demo's
identity provider was too slow to sign anybody in, and it was asked again). AUC is the chance that
an answer with something hidden took longer than one without (Mann–Whitney; 95 % by bootstrap over samples): 0.5 tells nothing.
The control compares two demos that both hold the record: what differs there is the measuring. CPU time is this process's own,
which nobody outside sees: it shows what is left of a difference when other work on the machine is taken away, and, where an
answer waits for an even time (docs/attacks.md, 10), the difference that the waiting covers. Load is the machine's (two cores) at the end of a case.

${began.toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${model}, shared with other work.

| hidden, and not there | median with, ms | median without, ms | median difference, ms | AUC | AUC of the control | AUC of CPU time | load |
|---|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}

Whoever sees silence may not know from time whether there was something: no AUC may be further from 0.5 than 0.05. The largest
here is ${worst.toFixed(3)}.
`;
  writeFileSync(packagePath('bench', 'results', 'timing.md'), text);
}

await main();
