/**
 * Do the tests notice a change of the code? Stryker's mutants of the code that decides, each tried with the tests that reach it.
 *
 *   npm run mutate -- [--sample N] [--seed N] [--minutes N] [--only TEXT] [--again] [--cheap] [--processes N]
 *
 * Stryker is no dependency of the project: in a folder beside it `npm install @stryker-mutator/core@9`, named by STRYKER (../stryker
 * unless said). Its instrumenter makes every mutant of src/disclosure and src/registers at once, each behind a switch; here they are
 * switched on one by one in processes that evaluate the project's modules anew for each (project-modules.js), where Stryker's own
 * command runner would start jest for each. Order is drawn by the seed so that every prefix is a sample stratified by file: a run may
 * be stopped, and goes on where it stopped while sources and instrumenter are the same. `--again` tries only those that survived,
 * with the tests as they now stand: what was killed is taken to stay so, for tests are only added. `--cheap` leaves the dear test
 * files out: what survives them, or is not reached, is tried with the dear ones too by a later `--again`.
 *
 * Writes .mutants/ (results.json: every mutant tried) and prints the table of bench/results/mutation.md.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { compile } from './compile.js';
import { interval, percent, sampleOrder } from './sample.js';

const { values: options } = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '100000' },
    only: { type: 'string' },
    again: { type: 'boolean', default: false },
    cheap: { type: 'boolean', default: false },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
});

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const OUT = join(ROOT, '.mutants');
const COMPILED = join(OUT, 'compiled');
const STRYKER = resolve(ROOT, process.env.STRYKER ?? '../stryker');
const MUTATED = ['src/disclosure', 'src/registers'];
const MUTANTS_A_PROCESS = 60;
const CONTROL_EVERY = 25;
const NO_MUTANT = 'none';
/** A test that costs more is tried only where no cheaper one has noticed. */
const CHEAP_MS = 2500;

const { testFiles, dearTestFiles } = JSON.parse(readFileSync(join(ROOT, 'test/mutation/tests.json'), 'utf8'));

const filesUnder = (folder, ending) =>
  readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .sort();

const quiet = Object.fromEntries(['debug', 'info', 'warn', 'error', 'trace', 'fatal'].map((level) => [level, () => {}]));
Object.assign(quiet, { isDebugEnabled: () => false, isTraceEnabled: () => false });

/** Every mutant at once, and all sources compiled: those that are mutated with their switches. */
async function prepare() {
  const require = createRequire(join(STRYKER, 'x.js'));
  const { Instrumenter } = await import(pathToFileURL(join(dirname(require.resolve('@stryker-mutator/instrumenter')), 'instrumenter.js')).href);
  const sources = MUTATED.flatMap((folder) => filesUnder(folder, '.ts'));
  const read = (name) => readFileSync(join(ROOT, name), 'utf8');
  const { files, mutants } = await new Instrumenter(quiet).instrument(
    sources.map((name) => ({ name, mutate: true, content: read(name) })),
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  const made = new Map(files.map(({ name, content }) => [name, content]));
  for (const name of ['src', 'adapters', 'test', 'bench'].flatMap((folder) => filesUnder(folder, '.ts'))) {
    const path = join(COMPILED, `${name}.js`);
    const text = made.get(name) ?? read(name);
    const mark = `// ${createHash('sha256').update(text).digest('hex')}`;
    if (existsSync(path) && readFileSync(path, 'utf8').endsWith(mark)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${compile(text)}\n${mark}`);
  }
  return mutants.map(({ id, fileName, mutatorName, replacement, location }) => ({
    id,
    file: fileName,
    mutator: mutatorName,
    replacement,
    line: location.start.line + 1,
    column: location.start.column,
    endLine: location.end.line + 1,
    endColumn: location.end.column,
    original: piece(read(fileName), location),
  }));
}

function piece(text, { start, end }) {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column);
  lines[0] = lines[0].slice(start.column);
  return lines.join('\n');
}

/** A process to ask; `ask` answers `{ lost }` when it did not answer in time or died. */
function startProcess() {
  const child = fork(join(ROOT, 'test/mutation/worker.js'), [ROOT, COMPILED], {
    cwd: ROOT,
    execArgv: ['--experimental-vm-modules', '--no-warnings', '--max-old-space-size=3000'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors = (errors + data).slice(-2000);
  });
  let hear;
  child.on('message', (message) => hear?.(message));
  child.on('exit', () => hear?.({ lost: `died ${errors}` }));
  const next = (limitMs) =>
    new Promise((done) => {
      const timer = setTimeout(() => hear({ lost: 'no answer in time' }), limitMs);
      hear = (message) => {
        clearTimeout(timer);
        hear = undefined;
        done(message);
      };
    });
  const ready = next(120_000);
  return {
    async ask(message, limitMs) {
      await ready;
      child.send(message);
      return next(limitMs);
    },
    stop: () => child.kill('SIGKILL'),
  };
}

/** What each test reaches and costs, without a mutant. */
async function dryRun(files, found) {
  const waiting = [...files];
  await Promise.all(
    Array.from({ length: Number(options.processes) }, async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const process = startProcess();
        const answer = await process.ask({ dry: file }, 900_000);
        process.stop();
        console.error(`${file}: ${answer.tests?.length} tests, ${Math.round(answer.cpu)} ms`);
        if (answer.lost || answer.failing.includes(-1)) throw new Error(`${file} does not run here without a mutant: ${answer.lost ?? 'a hook fails'}`);
        if (answer.failing.length > 0) console.error(`${file}: left out, for they fail here without a mutant: ${answer.failing.map((i) => answer.tests[i].name)}`);
        found(answer);
      }
    }),
  );
}

/** For each mutant the files whose tests reach it, cheapest first, in two rounds; `null` stands for every test of a file. */
function selections(coverage) {
  const byMutant = new Map();
  for (const { file, load, tests, hits, failing } of coverage) {
    const reaching = new Map();
    for (const [at, counts] of Object.entries(hits))
      for (const [mutant, count] of Object.entries(counts)) {
        const one = reaching.get(mutant) ?? { tests: [], all: false, most: 0 };
        reaching.set(mutant, one);
        one.most += count;
        if (at === 'load') one.all = true;
        else one.tests.push(Number(at));
      }
    for (const [mutant, { tests: listed, all, most }] of reaching) {
      const chosen = (all ? tests.map((_, i) => i) : listed).filter((i) => !failing.includes(i));
      const isDear = dearTestFiles.includes(file);
      const cheap = isDear ? [] : chosen.filter((i) => tests[i].cost <= CHEAP_MS);
      const dear = isDear ? chosen : chosen.filter((i) => tests[i].cost > CHEAP_MS);
      const costOf = (list) => load + list.reduce((sum, i) => sum + tests[i].cost, 0);
      const of = byMutant.get(mutant) ?? { cheap: [], dear: [], hitLimit: 1000 };
      byMutant.set(mutant, of);
      of.hitLimit = Math.max(of.hitLimit, 100 * most);
      if (cheap.length > 0) of.cheap.push({ file, tests: cheap, cost: costOf(cheap) });
      if (dear.length > 0) of.dear.push({ file, tests: dear, cost: costOf(dear) });
    }
  }
  for (const { cheap, dear } of byMutant.values()) for (const list of [cheap, dear]) list.sort((a, b) => a.cost - b.cost);
  return byMutant;
}

const signature = ({ file, line, column, endLine, endColumn, mutator, replacement }) =>
  [file, line, column, endLine, endColumn, mutator, replacement].join('|');

const mutants = await prepare();
const sourcesHash = createHash('sha256').update(JSON.stringify(mutants.map(signature))).digest('hex');
const kept = existsSync(join(OUT, 'results.json')) ? JSON.parse(readFileSync(join(OUT, 'results.json'), 'utf8')) : undefined;
const textsOf = (names) => createHash('sha256').update(names.map((name) => readFileSync(join(ROOT, name), 'utf8')).join('\0')).digest('hex');
const results = new Map(kept?.seed === options.seed ? kept.results.map((one) => [signature(one), one]) : []);

const coverageFile = join(OUT, 'coverage.json');
const coverage = existsSync(coverageFile) ? JSON.parse(readFileSync(coverageFile, 'utf8')) : {};
const hashOf = (file) => textsOf([file]) + sourcesHash;
const tests = options.cheap ? testFiles : [...testFiles, ...dearTestFiles];
const unknown = tests.filter((file) => coverage[file]?.hash !== hashOf(file));
console.error(`${mutants.length} mutants; which of them ${unknown.length} test files reach …`);
await dryRun(unknown, (answer) => {
  coverage[answer.file] = { ...answer, hash: hashOf(answer.file) };
  writeFileSync(coverageFile, JSON.stringify(coverage));
});
const selected = selections(tests.map((file) => coverage[file]));

const order = sampleOrder(mutants, Number(options.seed));
const drawn = options.sample ? order.slice(0, Number(options.sample)) : order;
const waiting = drawn.filter((one) => {
  const before = results.get(signature(one));
  if (options.only && !one.file.includes(options.only)) return false;
  return options.again ? before?.outcome === 'survived' || before?.outcome === 'not reached' : !before;
});
const until = Date.now() + Number(options.minutes) * 60_000;
const total = waiting.length;
let done = 0;

function save() {
  writeFileSync(join(OUT, 'results.json'), JSON.stringify({ seed: options.seed, mutants: mutants.length, results: [...results.values()] }, null, 1));
}

/** Tests that fail without a mutant where they are not run with all the others of their file: `file number`. */
const dependents = new Set();
/** Tests that were found to notice something and to notice nothing without it. */
const honest = new Set();

/** Whether what failed fails without a mutant too, run as it was: then it depends on tests that were not chosen. */
async function isDependent({ killedBy: file, number }, tests, ask) {
  const key = `${file} ${number}`;
  if (honest.has(key)) return false;
  const alone = number < 0 ? tests : [number];
  const { killedBy, lost } = await ask({ mutant: NO_MUTANT, files: [[file, alone]], hitLimit: 1e9 }, 600_000);
  if (killedBy || lost) {
    console.error(`${file}: depends on the tests before it: ${number < 0 ? 'a hook' : coverage[file].tests[number].name}`);
    dependents.add(key);
    return true;
  }
  honest.add(key);
  return false;
}

/** Of files in which a chosen test depends on others all are chosen. */
function whole(round) {
  return round.map(({ file, tests }) => {
    const { tests: all, failing } = coverage[file];
    return tests.some((i) => dependents.has(`${file} ${i}`)) ? [file, all.flatMap((_, i) => (failing.includes(i) ? [] : i))] : [file, tests];
  });
}

/** Nothing may fail while no mutant is switched on: asked of each process now and then. */
async function control(round, ask) {
  const { killedBy, error } = await ask({ mutant: NO_MUTANT, files: whole(round), hitLimit: 1e9 }, 600_000);
  if (killedBy) throw new Error(`${killedBy} fails without a mutant: ${error}`);
}

async function tried(mutant, ask, isControlled) {
  const { id } = mutant;
  const selection = selected.get(id);
  if (!selection) return { outcome: 'not reached' };
  if (isControlled && selection.cheap.length > 0) await control(selection.cheap.slice(0, 2), ask);
  let cpu = 0;
  for (const round of [selection.cheap, selection.dear]) {
    if (round.length === 0) continue;
    const cost = round.reduce((sum, one) => sum + one.cost, 0);
    const files = whole(round);
    const answer = await ask({ mutant: id, files, hitLimit: selection.hitLimit }, 60_000 + 15 * cost);
    cpu += answer.cpu ?? 0;
    if (answer.killedBy && !answer.limit && !dependents.has(`${answer.killedBy} ${answer.number}`)) {
      const [, tests] = files.find(([file]) => file === answer.killedBy);
      if (await isDependent(answer, tests, ask)) return tried(mutant, ask, false);
    }
    if (answer.lost) return { outcome: 'timeout', error: answer.lost, cpu };
    if (answer.killedBy) return { outcome: answer.limit ? 'timeout' : 'killed', by: answer.killedBy, test: answer.number, error: answer.error, cpu };
  }
  return { outcome: 'survived', reachedBy: [...selection.cheap, ...selection.dear].map(({ file }) => file), cpu };
}

await Promise.all(
  Array.from({ length: Number(options.processes) }, async () => {
    let process;
    let asked = 0;
    while (waiting.length > 0 && Date.now() < until) {
      const mutant = waiting.shift();
      const result = await tried(mutant, async (message, limit) => {
        if (!process || asked >= MUTANTS_A_PROCESS) {
          process?.stop();
          process = startProcess();
          asked = 0;
        }
        asked += 1;
        const answer = await process.ask(message, limit);
        if (answer.lost) {
          process.stop();
          process = undefined;
        }
        return answer;
      }, done % CONTROL_EVERY === 0);
      results.set(signature(mutant), { ...mutant, ...result });
      done += 1;
      if (done % 10 === 0) {
        save();
        console.error(`${done}/${total}`);
      }
    }
    process?.stop();
  }),
);
save();

const known = drawn.flatMap((one) => results.get(signature(one)) ?? []);
const table = new Map();
for (const one of known) table.set(one.file, [...(table.get(one.file) ?? []), one]);
const row = (name, of, list) => {
  const noticed = list.filter(({ outcome }) => outcome === 'killed' || outcome === 'timeout').length;
  const [low, high] = interval(noticed, list.length, of);
  const notReached = list.filter(({ outcome }) => outcome === 'not reached').length;
  return `| ${name} | ${of} | ${list.length} | ${noticed} | ${list.length - noticed} | ${notReached} | ${percent(noticed / list.length)} | ${percent(low)}–${percent(high)} |`;
};
console.log('| file | mutants | tried | noticed | survived | of these not reached | score | 95 % |\n|---|---:|---:|---:|---:|---:|---:|---:|');
for (const [file, list] of [...table].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(row(file, mutants.filter((one) => one.file === file).length, list));
console.log(row('together', mutants.length, known));
