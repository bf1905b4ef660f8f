/**
 * What the rules cost: `threshold decide` over records that are all different, once warm, and a start of the demo until it is
 * ready (policies validated, the sharing matrix in memory). `npm run bench:rules` writes bench/results/rules.md; a minute or two.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, createReadStream, mkdtempSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { decideLines } from '../src/cli/decide.js';
import { loadPolicies, rulesOn } from '../src/disclosure/policies.js';
import { spaceOf } from '../src/disclosure/space/outcomes.js';
import { FACT_NAMES, FACTS, type FactRecord } from '../src/domain/facts.js';
import { packagePath } from '../src/package-path.js';
import { randomOf } from '../src/worlds/random.js';

const LINES = 600_000;
const WARM = 200_000;
const CHECK_EVERY = 1000;
const STARTS = 5;

const policies = loadPolicies(packagePath('schema', 'policies'));
const { points, outcomes } = spaceOf(rulesOn(policies.all, 'read'));
const dice = randomOf(1, 0);
const anyOf = <T>(values: readonly T[]) => values[dice.int(0, values.length - 1)] as T;
const folder = mkdtempSync(join(tmpdir(), 'threshold-rules-'));

function uniform(): FactRecord {
  return Object.fromEntries(FACT_NAMES.map((name) => [name, anyOf<unknown>(FACTS[name])])) as FactRecord;
}

/** A record that is released, some facts of it otherwise. */
function nearRelease(): FactRecord {
  const facts = { ...points.example(outcomes.RELEASED, (ways) => dice.int(0, ways - 1)) } as Record<string, unknown>;
  for (let i = dice.int(0, 3); i > 0; i -= 1) {
    const name = anyOf(FACT_NAMES);
    facts[name] = anyOf<unknown>(FACTS[name]);
  }
  return facts as FactRecord;
}

async function decideCost(name: string, make: () => FactRecord): Promise<string> {
  const file = join(folder, `${name.replaceAll(' ', '-')}.ndjson`);
  const out = openSync(file, 'w');
  for (let i = 0; i < LINES; i += 1000)
    writeSync(out, Array.from({ length: 1000 }, () => `${JSON.stringify(make())}\n`).join(''));
  closeSync(out);
  let lines = 0;
  let warm: { readonly cpu: NodeJS.CpuUsage; readonly at: number; readonly lines: number } | undefined;
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      lines += chunk.toString('latin1').split('\n').length - 1;
      if (!warm && lines >= WARM) warm = { cpu: process.cpuUsage(), at: performance.now(), lines };
      done();
    },
  });
  await decideLines(createReadStream(file), sink, { policies, checkEvery: CHECK_EVERY });
  if (!warm) throw new Error('the input ended before it was warm');
  const { user, system } = process.cpuUsage(warm.cpu);
  const seconds = (performance.now() - warm.at) / 1000;
  const count = lines - warm.lines;
  const cpu = (user + system) / 1_000_000;
  const rate = (per: number) => Math.round(count / per).toLocaleString('en');
  return `| ${name} | ${count.toLocaleString('en')} | ${((cpu / count) * 1e6).toFixed(2)} | ${rate(cpu)} | ${rate(seconds)} |`;
}

/** CPU and clock of one start until `/health/ready` says 200, s. */
async function startCost(): Promise<{ readonly cpu: number; readonly clock: number }> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [packagePath('dist', 'src', 'main.js')], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const isReady = async () =>
    (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.status === 200;
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`the gateway exited with ${child.exitCode}`);
    await setTimeout(50);
  }
  const clock = (performance.now() - began) / 1000;
  const [user = 0, system = 0] = (readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1] ?? '')
    .split(' ')
    .slice(11, 13)
    .map((ticks) => Number(ticks) / 100);
  child.kill('SIGTERM');
  await ended;
  return { cpu: user + system, clock };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const before = loadavg().map((load) => load.toFixed(1));
const rows = [await decideCost('uniform', uniform), await decideCost('near a release', nearRelease)];
/** A cold process until policies are validated and the sharing matrix is in memory, and nothing else: s by the clock. */
function rulesAlone(): number {
  const script = `const [rules, kept] = await Promise.all(['rules.js', 'disclosure/space/kept-matrix.js'].map((file) => import('${pathToFileURL(packagePath('dist', 'src'))}/' + file)));
    kept.keepMatrix(rules.loadRules({ protocols: ['walsall-family-safeguarding'] }).policies.all)({});
    process.stdout.write(String(process.uptime()));`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

const starts: { readonly cpu: number; readonly clock: number }[] = [];
for (let i = 0; i < STARTS; i += 1) starts.push(await startCost());
const alone = Array.from({ length: STARTS }, () => rulesAlone().toFixed(2)).join(', ');
const list = (of: (start: (typeof starts)[number]) => number) => starts.map((start) => of(start).toFixed(2)).join(', ');
const { version } = JSON.parse(
  readFileSync(packagePath('node_modules', '@cedar-policy', 'cedar-wasm', 'package.json'), 'utf8'),
) as { version: string };

writeFileSync(
  packagePath('bench', 'results', 'rules.md'),
  `# What the rules cost

Written by \`npm run bench:rules\`. Node ${process.version}, @cedar-policy/cedar-wasm ${version}, ${cpus().length} × ${cpus()[0]?.model.trim()}; load average
before ${before.join(', ')}: where the machine is shared, the processor's time says more than the clock.

## \`threshold decide\`, once warm

Every record different from every other, ${LINES.toLocaleString('en')} of them read from a file, the first ${WARM.toLocaleString('en')} not counted; Cedar asked as well at
every ${CHECK_EVERY.toLocaleString('en')}th line (counted). One thread. *Near a release*: drawn from all records that are released, up to three facts otherwise.

| records | counted | CPU µs a record | records a second of CPU | by the clock |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}

## A start

\`node dist/src/main.js\` over the demo world until \`/health/ready\` says 200, policies validated and the sharing matrix in memory; ${STARTS}
times, the first making the store. The seven agencies' systems and the identity provider of the demo start with it. *Rules alone*: a process
that begins, validates the policies, works out the matrix, and is there.

| | s |
| --- | --- |
| CPU, all threads | ${list(({ cpu }) => cpu)} |
| clock | ${list(({ clock }) => clock)} |
| rules alone, clock | ${alone} |
`,
);
