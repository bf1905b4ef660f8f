#!/usr/bin/env node
/** The `threshold` command. */
import { Command, Option } from 'commander';
import type { Wired } from '../compose.js';
import { composeDemo, openDemoStore } from '../compose-demo.js';
import { composeService } from '../compose-service.js';
import { type DemoConfig, describeVariables, readConfig } from '../config.js';
import { loadPolicies } from '../disclosure/policies.js';
import { packagePath } from '../package-path.js';
import { mintDemoToken } from '../server/demo-identity-provider.js';
import { checkWorld } from '../worlds/check.js';
import { generateWorld } from '../worlds/generate.js';
import { runCheckSource } from './check-source.js';
import { runDemo } from './demo.js';
import { loadTargets } from './load-world.js';
import { welcome } from './welcome.js';
import { listWorkers } from './workers.js';

interface CheckSourceOptions {
  readonly sources?: string;
  readonly world?: string;
  readonly maxAge: number;
  readonly sample: number;
  readonly json?: boolean;
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

program
  .command('serve')
  .description('run the gateway over a world folder (the demo world unless another is named)')
  .option('--world <dir>', 'a world folder')
  .action(async ({ world }: { world?: string }) => {
    const config = world ? demoConfig(world) : readConfig(process.env);
    let gateway: Wired;
    if (config.mode === 'demo') {
      const demo = await composeDemo(config);
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
    );
    try {
      await runDemo(gateway, (line) => console.log(line));
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

const policies = program.command('policies').description('the sharing policies');
policies
  .command('check [dir]')
  .description('validate the policies strictly; name what is wrong')
  .action((dir?: string) => {
    const loaded = loadPolicies(dir ?? packagePath('schema', 'policies'));
    for (const { id, effect, source, says } of loaded.all)
      console.log(`${effect.padEnd(7)} ${id.padEnd(26)} ${source.join(', ').padEnd(36)} ${says}`);
    console.log(`${loaded.all.length} policies, version ${loaded.version.slice(0, 16)}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
