#!/usr/bin/env node
/** The `threshold` command. */
import { Command, Option } from 'commander';
import { openAudit } from '../audit/audit.js';
import { readLogKeys } from '../audit/log-keys.js';
import { loadRules, type Wired } from '../compose.js';
import { composeDemo, demoLogKeys, openDemoStore } from '../compose-demo.js';
import { composeService } from '../compose-service.js';
import { type DemoConfig, describeVariables, readConfig } from '../config.js';
import { createDecide } from '../disclosure/decide.js';
import { loadPolicies, type Policies } from '../disclosure/policies.js';
import { recordedDiff, recordedJson, recordedText } from '../disclosure/recorded-diff.js';
import { replayLog } from '../disclosure/replay.js';
import { changesBetween, changesJson, changesText } from '../disclosure/space/diff.js';
import { sharingMatrix } from '../disclosure/space/matrix.js';
import { matrixCsv, matrixMarkdown } from '../disclosure/space/matrix-text.js';
import { packagePath } from '../package-path.js';
import { CLAUSE_KINDS, type ClauseKind } from '../protocols/clauses.js';
import { PACKS } from '../protocols/pack.js';
import { mintDemoToken } from '../server/demo-identity-provider.js';
import { tuneHeap } from '../server/heap.js';
import { openStore, type Store } from '../store/store.js';
import { checkWorld } from '../worlds/check.js';
import { generateWorld } from '../worlds/generate.js';
import { addAuditCommand } from './audit/command.js';
import { type CheckProviderOptions, CONTRACTS, checkProvider } from './check-provider.js';
import { runCheckSource } from './check-source.js';
import { decideLines } from './decide.js';
import { runDemo } from './demo.js';
import { type FamilyViewOptions, writeFamilyView } from './family-view.js';
import { loadTargets } from './load-world.js';
import { addLogCommands } from './log.js';
import { listClauses, tellClauses, tellPacks, tellProtocol } from './protocols.js';
import { welcome } from './welcome.js';
import { listWorkers } from './workers.js';

interface CheckSourceOptions {
  readonly sources?: string;
  readonly world?: string;
  readonly maxAge: number;
  readonly sample: number;
  readonly json?: boolean;
}

interface DiffOptions {
  readonly json?: boolean;
  readonly log?: boolean;
  readonly world?: string;
}

const program = new Command('threshold')
  .description('A GraphQL gateway for multi-agency safeguarding: only what may be shared, and every release in a log.')
  .addHelpText('after', `\nEnvironment:\n${describeVariables()}`);

/** The configuration of the demo; `world` is a folder given on the command line. */
function demoConfig(world?: string, more: Record<string, string> = {}): DemoConfig {
  const config = readConfig({ ...process.env, ...more, ...(world ? { THRESHOLD_WORLD: world } : {}) });
  if (config.mode !== 'demo')
    throw new Error(
      'this command is for the demo; the environment configures a service (THRESHOLD_SOURCES or THRESHOLD_ISSUERS)',
    );
  return config;
}

/** The worker with this id. Throws naming the command that lists them. */
function workerIn<W extends { readonly id: string }>(workers: readonly W[], id: string): W {
  const worker = workers.find((known) => known.id === id);
  if (!worker) throw new Error(`no worker ${id}; \`threshold workers\` lists them`);
  return worker;
}

/** The rules that the environment configures; or those of other packs. */
function rulesInForce(packs: readonly string[] = [], policyFolder?: string): ReturnType<typeof loadRules> {
  const { THRESHOLD_PROTOCOLS: named, THRESHOLD_POLICIES: own } = process.env;
  const { protocols, ownPolicies } = readConfig({
    ...(named ? { THRESHOLD_PROTOCOLS: named } : {}),
    ...(own ? { THRESHOLD_POLICIES: own } : {}),
  });
  return loadRules({
    protocols: packs.length > 0 ? packs : protocols,
    ...(ownPolicies === undefined ? {} : { ownPolicies }),
    ...(policyFolder === undefined ? {} : { policyFolder }),
  });
}

/** The policies of a folder, alone; without one those in force. */
function policiesOf(dir: string | undefined): Policies {
  return dir === undefined ? rulesInForce().policies : loadPolicies(dir);
}

/** The store that the environment configures; or that of a world folder. */
async function openConfiguredStore(world: string | undefined): Promise<Store> {
  const config = world ? demoConfig(world) : readConfig(process.env);
  if (config.mode === 'demo') return (await openDemoStore(config)).store;
  return openStore(config.store.kind === 'sqlite' ? { kind: 'sqlite', file: config.store.path } : config.store);
}

const refuseToGuess = (ids: readonly string[]) => console.error(`policies could not be evaluated: ${ids.join(', ')}`);
const tellProgress = (entries: number) => void process.stderr.write(`\r${entries} entries`);

program
  .command('serve')
  .description('run the gateway over a world folder (the demo world unless another is named)')
  .option('--world <dir>', 'a world folder')
  .action(async ({ world }: { world?: string }) => {
    tuneHeap();
    const config = world ? demoConfig(world) : readConfig(process.env);
    let gateway: Wired;
    if (config.mode === 'demo') {
      const demo = await composeDemo(config, undefined, { matrixAtStart: true });
      console.log(welcome(demo));
      gateway = demo;
    } else {
      gateway = await composeService(config);
      console.log(`Threshold listens on ${gateway.url}`);
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void gateway.stop().then(() => process.exit(0)));
  });

program
  .command('workers')
  .description('list the workers of the demo world')
  .option('--world <dir>', 'a world folder')
  .option('--json', 'as JSON: id, agency, role, families')
  .action(async ({ world, json }: { world?: string; json?: boolean }) => {
    const workers = await listWorkers(demoConfig(world));
    if (json) console.log(JSON.stringify(workers, null, 2));
    else
      for (const { id, name, agency, role, families } of workers)
        console.log(`${id.padEnd(24)} ${name.padEnd(24)} ${agency.padEnd(6)} ${role.padEnd(32)} ${families.join(' ')}`);
  });

program
  .command('token')
  .description('print an access token of the demo provider; the demo must have been started once')
  .requiredOption('--as <worker>', 'worker id')
  .option('--world <dir>', 'a world folder')
  .action(async ({ as, world }: { as: string; world?: string }) => {
    const config = demoConfig(world);
    const { store, workers } = await openDemoStore(config);
    await store.close();
    console.log(await mintDemoToken(config, workerIn(workers, as)));
  });

program
  .command('demo')
  .description('one family seen by everybody around it, as a table, and the log of it')
  .action(async () => {
    const gateway = await composeDemo(
      demoConfig(undefined, { PORT: '0', THRESHOLD_STORE: ':memory:', LOG_LEVEL: 'silent' }),
      undefined,
      { isPrivate: true },
    );
    try {
      await runDemo(gateway, (line) => console.log(line));
    } finally {
      await gateway.stop();
    }
  });

program
  .command('family-view')
  .description('what a worker of the demo may show a member of a family, as a page to print')
  .requiredOption('--as <worker>', 'worker id')
  .requiredOption('--family <id>', "the family's id, as the worker's board gives it")
  .requiredOption('--member <id>', "the person's id")
  .requiredOption('--out <file>', 'the HTML file to write; it must not stand yet')
  .option('--world <dir>', 'a world folder')
  .action(async ({ world, ...options }: FamilyViewOptions & { readonly world?: string }) => {
    const gateway = await composeDemo(demoConfig(world, { PORT: '0', LOG_LEVEL: 'silent' }), undefined, {
      isPrivate: true,
    });
    try {
      workerIn(gateway.workers, options.as);
      await writeFamilyView(gateway, options, (line) => console.log(line));
    } finally {
      await gateway.stop();
    }
  });

program
  .command('check-source [id]')
  .description('what is missing, wrong or unindexed in the databases that the SQL sources are read from')
  .option(
    '--sources <file>',
    'the YAML file of the sources (THRESHOLD_SOURCES); without one, the demo world is checked',
  )
  .option('--world <dir>', 'a world folder in place of the demo world')
  .option('--max-age <days>', 'how old the newest row may be', Number, 31)
  .option('--sample <rows>', 'how many rows of each table are read as the gateway reads them', Number, 2000)
  .option('--json', 'as JSON')
  .addHelpText(
    'after',
    '\nReads only. Prints names of tables and columns and counts, nothing of a row; statements to run stand after "run:".\nExit code: 0 all right (notes do not count), 1 faults, 2 it could not be checked.',
  )
  .action(async (id: string | undefined, { maxAge, sample, json, world: folder, ...options }: CheckSourceOptions) => {
    process.exitCode = await runCheckSource(
      {
        id,
        sources: options.sources ?? (folder === undefined ? process.env['THRESHOLD_SOURCES'] : undefined),
        world: () => demoConfig(folder).world,
        maxAgeDays: maxAge,
        sample,
        json: json === true,
        today: new Date().toISOString().slice(0, 10),
      },
      process.env,
      (line) => console.log(line),
      (line) => console.error(line),
    );
  });

const world = program.command('world').description('make and check world folders');
world
  .command('generate')
  .description('make a world of any size')
  .requiredOption('--families <n>', 'how many families', Number)
  .requiredOption('--out <dir>', 'the folder to write')
  .option('--seed <n>', 'the same seed makes the same world', Number, 1)
  .option('--today <date>', 'the day the world lives on', '2026-11-23')
  .action(async ({ families, seed, out, today }: { families: number; seed: number; out: string; today: string }) => {
    await generateWorld({
      families,
      seed,
      out,
      today,
      onProgress: (done) => process.stderr.write(`\r${done} of ${families} families`),
    });
    process.stderr.write('\n');
    console.log(`world of ${families} families in ${out}; serve it with: threshold serve --world ${out}`);
  });
world
  .command('check <dir>')
  .description('name what is broken in a world folder')
  .action((dir: string) => {
    const problems = checkWorld(dir);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else console.log('nothing broken');
  });

world
  .command('load')
  .description('put a world into SQL Server, a FHIR server and an OpenID provider, as docker-compose.yml does')
  .option('--world <dir>', 'a world folder (the demo world unless another is named)')
  .addOption(
    new Option('--mssql-admin <url>', 'a log-in of SQL Server that may create databases').env('MSSQL_ADMIN_URL'),
  )
  .addOption(
    new Option('--mssql <url>', 'as the gateway reads the SQL sources; database and log-in are made').env(
      'MSSQL_SOURCES_URL',
    ),
  )
  .addOption(
    new Option('--store <url>', 'as the gateway opens its store; database and log-in are made').env('MSSQL_STORE_URL'),
  )
  .addOption(new Option('--fhir <url>', 'the base of a FHIR R4 server').env('FHIR_URL'))
  .addOption(new Option('--realm <file>', 'the file of a Keycloak realm to write; needs --store').env('REALM_FILE'))
  .addOption(new Option('--password <text>', 'the password of everybody in the realm').env('REALM_PASSWORD'))
  .action(
    async ({ world: folder, mssqlAdmin, mssql, store, fhir, realm, password }: Record<string, string | undefined>) => {
      if (realm !== undefined && password === undefined) throw new Error('--realm needs --password');
      await loadTargets(
        folder ?? packagePath('test', 'worlds', 'walsall-road'),
        {
          ...(mssqlAdmin === undefined ? {} : { admin: mssqlAdmin }),
          ...(mssql === undefined ? {} : { sources: mssql }),
          ...(store === undefined ? {} : { store }),
          ...(fhir === undefined ? {} : { fhir }),
          ...(realm === undefined || password === undefined ? {} : { realm: { file: realm, password } }),
        },
        (line) => console.log(line),
      );
    },
  );

program
  .command('check-provider <contract>')
  .description(`whether a provider keeps the contract we publish for it: ${CONTRACTS.join(', ')}`)
  .requiredOption('--base-url <url>', 'where the provider serves the contract')
  .option('--person <id...>', 'somebody on a case at the provider, best an invented one; may be given again', [])
  .addOption(new Option('--token <token>', 'bearer token').env('THRESHOLD_PROVIDER_TOKEN'))
  .option('--certificate <file>', 'client certificate (PEM), with --key')
  .option('--key <file>', 'its key (PEM)')
  .option('--authority <file>', "the authorities of the provider's certificate (PEM)")
  .action(async (contract: string, options: CheckProviderOptions) => {
    if (!(await checkProvider(contract, options, (line) => console.log(line)))) process.exitCode = 1;
  });

program
  .command('clauses')
  .description('the clauses of the protocols: what carries each, and the tests that name it')
  .addOption(new Option('--kind <kind...>', 'only of these kinds').choices(CLAUSE_KINDS))
  .option('--json', 'as JSON: id, kind, says, means, carriage, by, reason')
  .action(({ kind = [], json }: { kind?: ClauseKind[]; json?: boolean }) => {
    const clauses = listClauses(packagePath('schema', 'protocols'), kind);
    console.log(json ? JSON.stringify(clauses, null, 2) : tellClauses(clauses).join('\n'));
  });

const protocols = program.command('protocols').description('the protocol packs');
protocols
  .command('list')
  .description('the packs that there are')
  .action(() => console.log(tellPacks(packagePath('schema', 'protocols')).join('\n')));
protocols
  .command('show [packs...]')
  .description(
    'what holds under these packs (else those of THRESHOLD_PROTOCOLS), by which clause, and where they disagree',
  )
  .action((packs: string[]) => {
    const rules = rulesInForce(packs);
    const added = rules.policies.all.filter(({ file }) => file.includes(': '));
    console.log(tellProtocol(rules, added).join('\n'));
    console.log(`policy version ${rules.policies.version.slice(0, 16)}`);
  });

const policies = program.command('policies').description('the sharing policies');
policies
  .command('check [dir]')
  .description('validate the policies strictly, those of every protocol pack too; name what is wrong')
  .action((dir?: string) => {
    const loaded = dir === undefined ? loadRules({ protocols: PACKS }).policies : loadPolicies(dir);
    for (const { id, effect, source, says } of loaded.all)
      console.log(`${effect.padEnd(7)} ${id.padEnd(26)} ${source.join(', ').padEnd(36)} ${says}`);
    console.log(`${loaded.all.length} policies, version ${loaded.version.slice(0, 16)}`);
  });
policies
  .command('matrix')
  .description('the sharing matrix: role × category × purpose, derived from the policies')
  .option('--format <format>', 'markdown or csv', 'markdown')
  .option('--policies <dir>', 'policies other than those in force')
  .action(({ format, policies: dir }: { format: string; policies?: string }) => {
    const { all } = policiesOf(dir);
    if (!['markdown', 'csv'].includes(format)) throw new Error(`no format ${format}: markdown or csv`);
    const cells = sharingMatrix(all);
    process.stdout.write(format === 'csv' ? matrixCsv(cells) : matrixMarkdown(cells, all));
  });
policies
  .command('diff <old> <new>')
  .description(
    'what another folder of policies would newly release, and newly withhold, to whom; exit code 1 when anything',
  )
  .option('--json', 'a line of JSON for each change')
  .option(
    '--log',
    'also of what was asked in earnest: the decisions in the log, with the protocol packs in force; counts only',
  )
  .option('--world <dir>', 'the log of a world folder')
  .action(async (before: string, after: string, { json, log, world }: DiffOptions) => {
    const changes = changesBetween(loadPolicies(before).all, loadPolicies(after).all);
    console.log(json ? changesJson(changes) : changesText(changes));
    if (changes.length > 0) process.exitCode = 1;
    if (!log) return;
    const [old, fresh] = [before, after].map((dir) => createDecide(rulesInForce([], dir).policies, refuseToGuess));
    if (!old || !fresh) return;
    const store = await openConfiguredStore(world);
    const recorded = await recordedDiff(openAudit(store), old, fresh, tellProgress);
    await store.close();
    process.stderr.write('\n');
    console.log(json ? recordedJson(recorded) : recordedText(recorded));
    if (recorded.changes.length > 0) process.exitCode = 1;
  });

program
  .command('decide')
  .description('fact records in (NDJSON on standard input), one decision a line out')
  .option('--policies <dir>', 'policies other than those in force')
  .option('--check-every <lines>', 'ask Cedar as well at every so many lines; 0: never', Number, 1000)
  .addHelpText(
    'after',
    '\nA record has the keys of src/domain/facts.ts; forMember may be left out and is then false (asked for no member of the family).\nExit code: 0 all decided, 1 a line was no fact record.',
  )
  .action(async ({ policies: dir, checkEvery }: { policies?: string; checkEvery: number }) => {
    const loaded = policiesOf(dir);
    const { decided, refused } = await decideLines(process.stdin, process.stdout, { policies: loaded, checkEvery });
    console.error(`${decided} decided, ${refused} refused; policies ${loaded.version.slice(0, 16)}`);
    if (refused > 0) process.exitCode = 1;
  });

program
  .command('replay')
  .description('decide again everything in the log; exit code 1 when anything comes out otherwise')
  .option('--policies <dir>', 'the policies of an earlier version')
  .option('--world <dir>', 'the log of a world folder')
  .action(async ({ policies: dir, world }: { policies?: string; world?: string }) => {
    const store = await openConfiguredStore(world);
    const loaded = policiesOf(dir);
    const decide = createDecide(loaded, refuseToGuess);
    const { entries, decisions, otherVersions, discrepancies } = await replayLog(
      openAudit(store),
      loaded.version,
      decide,
      tellProgress,
    );
    await store.close();
    process.stderr.write('\n');
    for (const { entry, index, differs } of discrepancies)
      console.log(`${entry} decision ${index}: ${differs.join('; ')}`);
    for (const [version, count] of otherVersions)
      console.log(`${count} entries of policies ${version.slice(0, 16)}: replay them with --policies`);
    console.log(`${entries} entries, ${decisions} decisions decided again, ${discrepancies.length} otherwise`);
    if (discrepancies.length > 0) process.exitCode = 1;
  });

addLogCommands(program, {
  async open(world) {
    const config = world ? demoConfig(world) : readConfig(process.env);
    const { witnesses = [] } = config;
    if (config.mode === 'demo')
      return { store: (await openDemoStore(config)).store, keys: await demoLogKeys(config), witnesses };
    const { store, logKey } = config;
    const opened = await openStore(store.kind === 'sqlite' ? { kind: 'sqlite', file: store.path } : store);
    return { store: opened, keys: readLogKeys(logKey), witnesses };
  },
});

addAuditCommand(program, {
  async demo(folder, as) {
    const gateway = await composeDemo(demoConfig(folder, { PORT: '0', LOG_LEVEL: 'silent' }), undefined, {
      isPrivate: true,
    });
    try {
      workerIn(gateway.workers, as);
      // What the log holds by now is what is asked of.
      await gateway.sequencer.sequence();
      await gateway.indexer.index();
    } catch (error) {
      await gateway.stop();
      throw error;
    }
    return { send: (query, variables) => gateway.ask(as, query, variables), stop: () => gateway.stop() };
  },
});

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
