/** `threshold world generate`, `check` and `load`: world folders made, checked, and put into real systems. */
import { type Command, Option } from 'commander';
import { packagePath } from '../package-path.js';
import { absentFiles, checkWorld } from '../worlds/check.js';
import { generateWorld } from '../worlds/generate.js';
import { loadTargets } from './load-world.js';
import { wholeNumber } from './whole-number.js';

/** Adds the commands. */
export function addWorldCommands(program: Command): void {
  const world = program.command('world').description('make and check world folders');
  world
    .command('generate')
    .description('make a world of any size')
    .requiredOption('--families <n>', 'how many families', wholeNumber({ least: 1 }))
    .requiredOption('--out <dir>', 'the folder to write')
    .option('--seed <n>', 'the same seed makes the same world', wholeNumber({ least: Number.MIN_SAFE_INTEGER }), 1)
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
      const absent = absentFiles(dir);
      if (absent.length > 0) console.log(`not there, and read as empty: ${absent.join(', ')}`);
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
      new Option('--store <url>', 'as the gateway opens its store; database and log-in are made').env(
        'MSSQL_STORE_URL',
      ),
    )
    .addOption(new Option('--fhir <url>', 'the base of a FHIR R4 server').env('FHIR_URL'))
    .addOption(new Option('--realm <file>', 'the file of a Keycloak realm to write; needs --store').env('REALM_FILE'))
    .addOption(new Option('--password <text>', 'the password of everybody in the realm').env('REALM_PASSWORD'))
    .action(
      async ({
        world: folder,
        mssqlAdmin,
        mssql,
        store,
        fhir,
        realm,
        password,
      }: Record<string, string | undefined>) => {
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
}
