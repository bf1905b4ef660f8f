/**
 * A process that runs test files, again and again, each time on modules evaluated anew, with one of Stryker's mutants switched on.
 * Asked by messages: { dry: file } → which mutants each test reaches and what it costs; { mutant, files: [[file, tests | null]], hitLimit }
 * → the first test that fails, if one does.
 */
import { join } from 'node:path';
import { collecting, runTests, testsOf } from './describe-and-it.js';
import { projectModules } from './project-modules.js';

const [root, compiled] = process.argv.slice(2);
const stryker = (globalThis.__stryker__ = { mutantCoverage: { static: {}, perTest: {} } });

const fc = await import('fast-check');
fc.configureGlobal({ seed: 20261123 });

let globals = {};
const jestGlobals = Object.fromEntries(
  ['it', 'test', 'expect', 'beforeAll', 'afterAll', 'beforeEach', 'afterEach', 'describe'].map((name) => [
    name,
    new Proxy(() => {}, { apply: (_, __, args) => globals[name](...args), get: (_, key) => globals[name][key] }),
  ]),
);
const jest = { setTimeout() {} };
const modules = projectModules(root, compiled, new Map([['@jest/globals', { ...jestGlobals, jest }]]));

async function load(file) {
  const collected = collecting();
  globals = collected.globals;
  await modules()(join(root, file));
  return collected.top;
}

const cpu = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;

async function dry(file) {
  stryker.activeMutant = undefined;
  stryker.hitCount = undefined;
  for (const id of Object.keys(stryker.mutantCoverage.perTest)) delete stryker.mutantCoverage.perTest[id];
  stryker.currentTestId = 'load';
  const start = cpu();
  const top = await load(file);
  const loaded = cpu() - start;
  const costs = {};
  const shared = { cost: 0 };
  const failing = new Set();
  let at;
  let since = cpu();
  await runTests(
    top,
    () => true,
    (number) => {
      const spent = cpu() - since;
      if (at === undefined) shared.cost += spent;
      else costs[at] = spent;
      since = cpu();
      at = number;
      stryker.currentTestId = number === undefined ? 'load' : String(number);
    },
    failing,
  );
  return { file, failing: [...failing], load: loaded + shared.cost, tests: testsOf(top).map(({ name }, i) => ({ name, cost: costs[i] ?? 0 })), hits: stryker.mutantCoverage.perTest };
}

async function tryMutant({ mutant, files, hitLimit }) {
  stryker.currentTestId = 'load';
  stryker.activeMutant = mutant;
  stryker.hitLimit = hitLimit;
  for (const [file, tests] of files) {
    stryker.hitCount = 0;
    const chosen = tests && new Set(tests);
    let failed;
    try {
      failed = await runTests(await load(file), (number) => !chosen || chosen.has(number), () => {});
    } catch (error) {
      failed = { number: -1, error: String(error?.message ?? error).slice(0, 200) };
    }
    stryker.mutantCoverage.perTest.load = {};
    if (failed) return { killedBy: file, ...failed, limit: stryker.hitCount > hitLimit };
  }
  return {};
}

process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit());
process.on('message', async (message) => {
  const since = cpu();
  const answer = await (message.dry ? dry(message.dry) : tryMutant(message)).catch((error) => ({ lost: String(error?.stack ?? error) }));
  process.send({ ...answer, cpu: cpu() - since });
});
process.send({ ready: true });
