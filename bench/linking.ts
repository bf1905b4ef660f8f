/**
 * Who is the same person, measured: precision and recall on generated worlds whose truth is known, the Ministry of Justice's
 * published way on the same worlds, and a million persons with time and memory. `node dist/bench/linking.js [records]`
 * writes bench/results/linking.md; about five minutes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../src/package-path.js';
import { createPersonIndex } from '../src/people/person-index.js';
import { type Measured, measure } from './linking/measure.js';
import { groupAsMoj, JOIN_FROM, linkAsMoj, QUEUE_FROM } from './linking/moj.js';
import { linkWorld, loadWorld, readWeights, type World } from './linking/run.js';
import { knownNicknames, makeWorld } from './linking/world.js';

const RECORDS = Number(process.argv[2] ?? 1_000_000);
const SMALL = Math.min(RECORDS, 200_000);
const SEEDS = [61, 62, 63];
const ADULT = ['substance-misuse', 'mental-health', 'domestic-abuse', 'probation'];

const percent = (share: number, digits = 2) => `${(share * 100).toFixed(digits)} %`;
const number = (n: number) => Math.round(n).toLocaleString('en');
const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;

function line(name: string, m: Measured, records: number): string {
  const wrong = m.joined - m.joinedRightly;
  return row(
    name,
    number(m.joined),
    wrong,
    percent(m.joinedRightly / m.joined, 4),
    percent(m.joinedRightly / m.truePairs),
    percent(m.found / m.truePairs),
    number((m.asked / records) * 1000),
    percent(m.askedRightly / m.asked, 0),
  );
}

const HEAD = [
  row(
    'way',
    'pairs joined',
    'wrongly',
    'precision',
    'recall, joined',
    'recall, with queue',
    'questions per 1,000 records',
    'answered yes',
  ),
  row('---', '---:', '---:', '---:', '---:', '---:', '---:', '---:'),
];

/** Ours with the sides that may be asked about preferred, as in service. */
function ours(world: World) {
  return linkWorld(world, readWeights(), (a, b) => mayAsk(world, a, b));
}

/** Two adult services' records may be shown to nobody beside each other (docs/decisions/0008). */
function mayAsk({ table }: World, a: number, b: number): boolean {
  const isAdult = (at: number) => ADULT.includes(table.spaces[table.space[at] ?? 0] ?? '');
  return !(isAdult(a) && isAdult(b));
}

function quality(): string[] {
  const lines: string[] = [];
  for (const seed of SEEDS) {
    const world = loadWorld(seed, SMALL);
    const { clusters, edges } = ours(world);
    lines.push(line(`Threshold, seed ${seed}`, measure(world.truth, clusters, edges), SMALL));
    if (seed !== SEEDS[0]) continue;
    for (const withNhs of [false, true]) {
      const found = linkAsMoj(world.table, withNhs, 0).edges;
      const name = `MoJ, ${withNhs ? 'NHS number as their police number' : 'as published'}, seed ${seed}`;
      for (const from of [JOIN_FROM, 12, 8, 4]) {
        const groups = groupAsMoj(world.table, found, from, from - (JOIN_FROM - QUEUE_FROM));
        const label = from === JOIN_FROM ? `${name}, joined from ${from} bits (theirs)` : `… from ${from} bits`;
        lines.push(line(label, measure(world.truth, groups, found), SMALL));
      }
    }
  }
  return [...HEAD, ...lines];
}

function large(): string[] {
  const loadStart = performance.now();
  const world = loadWorld(71, RECORDS);
  const loaded = performance.now() - loadStart;
  const before = process.resourceUsage();
  const start = performance.now();
  const { clusters, edges, compared, passedOver, postings } = ours(world);
  const seconds = (performance.now() - start) / 1000;
  const after = process.resourceUsage();
  const m = measure(world.truth, clusters, edges);
  const cpu = (after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime) / 1e6;
  const unaskable = clusters.review.filter(({ edge }) => !mayAsk(world, edges.a[edge] ?? 0, edges.b[edge] ?? 0)).length;
  return [
    ...HEAD,
    line(`Threshold, ${number(RECORDS)} records, seed 71`, m, RECORDS),
    '',
    `Linked in **${seconds.toFixed(0)} s** on one core (${cpu.toFixed(0)} s of CPU); peak RSS of the process, the generator's own memory included, **${number(after.maxRSS / 1024)} MB**.`,
    `Making the world and reading it into the index took ${(loaded / 1000).toFixed(0)} s more. ${number(compared)} pairs compared of ${(((RECORDS * (RECORDS - 1)) / 2) * 1e-9).toFixed(0)} thousand million possible; ${number(postings.keys.length)} keys, ${number(passedOver)} passed over as too common.`,
    `Of ${number(m.asked)} questions ${number(unaskable)} (${percent(unaskable / m.asked, 1)}) are between two adult services and may be put to nobody: those two records stay apart.`,
  ];
}

/** New persons, one after another, against the whole index. */
function oneByOne(): string[] {
  const index = createPersonIndex({ weights: readWeights(), nicknames: knownNicknames() }, RECORDS);
  for (const { identity } of makeWorld(72, RECORDS)) index.add(identity);
  const building = performance.now();
  const strangers = [];
  for (const { identity } of makeWorld(72, 3000))
    strangers.push({ ...identity, space: 'new', local: `n${identity.local}` });
  index.matchOne(strangers[0] ?? { space: 'new', local: '0' });
  const built = performance.now() - building;
  const before = process.cpuUsage();
  const times = strangers.map((person) => {
    const start = performance.now();
    index.matchOne(person);
    return performance.now() - start;
  });
  const used = process.cpuUsage(before);
  const cpu = (used.user + used.system) / 1000 / times.length;
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    `${(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2)} ms`;
  return [
    `One new person against ${number(index.size)}: median **${at(0.5)}**, 99th hundredth **${at(0.99)}**, slowest of ${number(times.length)} ${at(1)} by the clock; ${cpu.toFixed(2)} ms of CPU on average. The keys are sorted once before the first (${(built / 1000).toFixed(1)} s).`,
  ];
}

if (process.argv[3] === 'lookup') {
  process.stdout.write(`${oneByOne().join('\n')}\n`);
  process.exit();
}
const sections = [
  '# Who is the same person',
  '',
  `Written by \`node dist/bench/linking.js\`. Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? ''}), shared with other work while it was measured.`,
  'The people are generated: invented names spread like English ones, households, twins, sons with their father’s name, moves,',
  'and seven systems with errors at the rates of bench/linking/world.ts. Weights were estimated on seed 1; rules and thresholds were settled on seeds 2 to 4, 31 to 33, 41, 51 and 52; the seeds below were not looked at before.',
  'A pair is two records of one person. *Joined* counts every pair that stands in one group without anybody’s decision, through a third too.',
  '',
  `## ${number(SMALL)} records`,
  '',
  ...quality(),
  '',
  '“MoJ” is the model that hmpps-person-match publishes (levels, m and u, blocking rules, twins), carried out by bench/linking/moj.ts; Splink itself is not run.',
  'It was made for national court, prison and probation records, and its thresholds for that index; so others are shown beside them. Its queue is taken as the six bits below.',
  '',
  `## ${number(RECORDS)} records`,
  '',
  ...large(),
  '',
  ...oneByOne(),
  '',
  '## What this does not say',
  '',
  'Generated errors are kinder than real ones in ways that nobody has listed. Before joining anything by itself an authority estimates the weights on its own',
  'records (bench/linking/estimate.ts needs no truth, only NHS numbers) and has some hundred joined pairs looked at. No wrong link among n pairs',
  'puts the rate below 3/n at 95 % confidence: 200,000 records bear out 99.99 %, not more.',
  '',
];
mkdirSync(packagePath('bench', 'results'), { recursive: true });
writeFileSync(join(packagePath('bench', 'results'), 'linking.md'), sections.join('\n'));
