/**
 * How well the standing rules find misuse: precision and recall on generated towns with misuse seeded among ordinary work.
 * `node dist/bench/misuse.js [seed …]` writes bench/results/misuse.md; without seeds, those that were not looked at while the
 * rules were settled.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ALERT_RULES, type AlertRule } from '../src/oversight/alerts/rules.js';
import { packagePath } from '../src/package-path.js';
import { byKind, byRule, logOf, type Measured, measure, suspicions } from './misuse/measure.js';
import { DAYS, makeOffice, WARM_DAYS } from './misuse/ordinary.js';
import { MISUSES, seedMisuse } from './misuse/seeded.js';
import { makeTown, WORKERS } from './misuse/town.js';

const SEEDS = [41, 42, 43, 44];
const given = process.argv.slice(2).map(Number).filter(Number.isInteger);
const seeds = given.length > 0 ? given : SEEDS;

const percent = (part: number, of: number) => (of === 0 ? '–' : `${((100 * part) / of).toFixed(1)} %`);
const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

function run(seed: number, knownShare: number): Measured {
  const town = makeTown(seed);
  const office = makeOffice(town, seed);
  const incidents = seedMisuse(town, office, seed);
  return measure(town, office, incidents, logOf(office, incidents), knownShare);
}

function sums(all: readonly Measured[]) {
  const suspected = all.flatMap(suspicions);
  const right = suspected.filter(({ incident }) => incident).length;
  const found = new Set(suspected.flatMap(({ incident }) => incident ?? [])).size;
  const seeded = all.reduce((sum, { incidents }) => sum + incidents.length, 0);
  return { suspected: suspected.length, right, found, seeded };
}

function overall(name: string, all: readonly Measured[]): string {
  const { suspected, right, found, seeded } = sums(all);
  return row(name, seeded, found, percent(found, seeded), suspected, right, percent(right, suspected));
}

const GOAL = { recall: 0.95, precision: 0.8 };

/** In numbers and words; nothing is rounded up to the goal. */
function verdict(all: readonly Measured[]): string {
  const reaches = (some: readonly Measured[]) => {
    const { suspected, right, found, seeded } = sums(some);
    return { recall: found / seeded >= GOAL.recall, precision: right / suspected >= GOAL.precision };
  };
  const together = reaches(all);
  const each = all.map((one) => reaches([one]));
  const count = (goal: keyof typeof GOAL) => each.filter((one) => one[goal]).length;
  return [
    `The goal, recall of 95 % at a precision of 80 %, is ${together.recall && together.precision ? 'reached' : '**not reached**'} on the seeds together;`,
    `by itself ${count('recall')} of ${all.length} seeds have the recall and ${count('precision')} the precision.`,
  ].join(' ');
}

function rules(all: readonly Measured[]): string[] {
  return (Object.keys(ALERT_RULES) as AlertRule[]).flatMap((rule) => {
    const scores = all.map((measured) => byRule(measured).get(rule));
    const alerts = scores.reduce((sum, score) => sum + (score?.alerts ?? 0), 0);
    const right = scores.reduce((sum, score) => sum + (score?.right ?? 0), 0);
    if (ALERT_RULES[rule] === 'NOTICE' && alerts === 0) return [];
    return [row(rule, ALERT_RULES[rule], alerts, right, ALERT_RULES[rule] === 'NOTICE' ? '–' : percent(right, alerts))];
  });
}

function kinds(all: readonly Measured[]): string[] {
  return MISUSES.map((kind) => {
    const of = all.flatMap((measured) => byKind(measured).get(kind) ?? []);
    const seeded = of.reduce((sum, one) => sum + one.seeded, 0);
    const found = of.reduce((sum, one) => sum + one.found, 0);
    return row(kind, seeded, found, percent(found, seeded));
  });
}

const before = process.cpuUsage();
const began = performance.now();
const measured = seeds.map((seed) => run(seed, 1));
const partly = seeds.slice(0, 1).map((seed) => run(seed, 0.3));
const cpu = process.cpuUsage(before);
const weeks = (DAYS - WARM_DAYS) / 7;
const { suspected, right } = sums(measured);
const notices = measured.reduce((sum, one) => sum + one.alerts.length, 0) - suspected;
const operations = measured.reduce((sum, one) => sum + one.operations, 0);

const lines = [
  '# Misuse found by the standing rules',
  '',
  `Written by \`node dist/bench/misuse.js\`. Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? ''}), shared with other work.`,
  `Each world: ${WORKERS} workers, ${WARM_DAYS / 7} weeks of history and ${weeks} weeks watched, ${Math.round(operations / seeds.length).toLocaleString('en')} operations; ${measured[0]?.incidents.length ?? 0} incidents, ${MISUSES.length} kinds. Seeds ${seeds.join(', ')};`,
  'the rules were settled on seeds 1 to 6, 51 and 52, and looked at on 53 and 54; seeds 41 to 44 were measured once, after that. How ordinary work and misuse are drawn stands in bench/misuse/ (ordinary.ts, seeded.ts):',
  'rates are guesses of what an office does, not taken from any real log, and some were changed after the first measures; the low ends of most misuse lie below what its rule asks for.',
  'Before: 90.3 % found at a precision of 66.7 % (seeds 21 to 23), then, with a second sign asked for, 94.3 % at 80.3 % (seeds 31 to 34, two of the four below 80 %).',
  '',
  '**The generator was changed in the same work as the rules**, where it drew what the gateway cannot log:',
  '',
  "- whoever's role had ended went on with their ordinary work in that role, answered and refused within the hour; and so did everybody in the hours in which the directory did not know them. Now nothing is answered meanwhile. *This makes a sign possible that was not* (is the worker known again within a week?), and is the one change that helps a rule;",
  '- against that, ordinary workers leave too, as many as begin, and three in ten try once more by habit: there were none;',
  '- ordinary looks at strangers never met a protected address; now they do, every other page of one;',
  "- made-up involvement stood on no board; now it stands on the worker's, as any does;",
  "- one family could be a worker's open and closed case at once; now it cannot.",
  '',
  'The share of misuse is what it was. On the eight tuning seeds, where the changes were imitated on operations already drawn, the old rules find 94.3 % at 77.0 % (before the changes, on seeds 1 to 3, 95.1 % at 84.2 %), the new ones 95.6 % at 86.9 %; in the worlds as they were before the changes, the new rules find 94.5 % at 86.6 %: there a worker whose role has ended is at work again the same day, and five of 32 such incidents are not found.',
  '',
  'An alert is right when its worker and its person (or day) are those of a seeded incident, of whatever kind; an incident is found when one alert is right about it. Suspicions only.',
  '',
  row('', 'incidents', 'found', 'recall', 'alerts', 'right', 'precision'),
  row('---', '---:', '---:', '---:', '---:', '---:', '---:'),
  ...measured.map((one, i) => overall(`seed ${seeds[i]}`, [one])),
  overall('**together**', measured),
  overall(`seed ${seeds[0]}, where 30 % of the workers' homes are known`, partly),
  '',
  `Wrong alerts: ${((suspected - right) / seeds.length / (weeks / 4.35) / (WORKERS / 100)).toFixed(1)} a month for each 100 workers. Notices (what officers are to see each time, misuse or not): ${(notices / seeds.length / weeks / (WORKERS / 100)).toFixed(0)} a week for each 100 workers.`,
  verdict(measured),
  '',
  `Precision rests on how much misuse there is: here ${((100 * (measured[0]?.incidents.length ?? 0)) / WORKERS).toFixed(0)} in 100 workers in ${weeks} weeks. With a tenth of it, and as many wrong alerts, it would be ${percent(right / 10, right / 10 + suspected - right)}.`,
  '',
  '## By rule',
  '',
  row('rule', 'kind', 'alerts', 'right', 'precision'),
  row('---', '---', '---:', '---:', '---:'),
  ...rules(measured),
  '',
  '## By kind of misuse',
  '',
  row('kind', 'seeded', 'found', 'recall'),
  row('---', '---:', '---:', '---:'),
  ...kinds(measured),
  '',
  `${((cpu.user + cpu.system) / 1e6).toFixed(0)} s of CPU, ${((performance.now() - began) / 1000).toFixed(0)} s by the clock, for making and judging ${(operations + (partly[0]?.operations ?? 0)).toLocaleString('en')} operations.`,
  '',
];
const text = lines.join('\n');
process.stdout.write(`${text}\n`);
if (given.length === 0) {
  mkdirSync(packagePath('bench', 'results'), { recursive: true });
  writeFileSync(join(packagePath('bench', 'results'), 'misuse.md'), text);
}
