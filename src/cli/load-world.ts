/**
 * `threshold world load`: puts a world folder into real systems, as docker-compose.yml starts them: the SQL sources and the
 * gateway's store into SQL Server, mental health into a FHIR server, the workers into an OpenID provider's realm. For trying the
 * gateway in service with invented people; an authority's own systems are filled by the authority.
 */
import { createReadStream, existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { EXPECTATION as EARLY_HELP } from '../../adapters/early-help/deployment.js';
import { EXPECTATION as SOCIAL_CARE } from '../../adapters/social-care/deployment.js';
import { EXPECTATION as WORKBOOK } from '../../adapters/workbook/deployment.js';
import { SNAPSHOT_STATE, serverAt, serverOptions } from '../mssql/server.js';
import { openDirectory } from '../people/directory.js';
import type { SqlExpectation } from '../sources/check/expectation.js';
import { loadServer } from '../sources/mssql-files.js';
import { openStore } from '../store/store.js';
import { loadWorld, readWorldManifest } from '../worlds/load-world.js';
import { realmOf } from './openid-realm.js';

const SQL_ADAPTERS: { readonly [adapter: string]: SqlExpectation } = {
  'social-care': SOCIAL_CARE,
  workbook: WORKBOOK,
  'early-help': EARLY_HELP,
};

export interface LoadTargets {
  /** A log-in that may create databases and log-ins: `mssql://sa:…@host:1433/master`. */
  readonly admin?: string;
  /** As the gateway will read the SQL sources: its database and log-in are made, the log-in may only read. */
  readonly sources?: string;
  /** As the gateway will open its store: its database and log-in are made, the log-in owns it. */
  readonly store?: string;
  /** The base of a FHIR R4 server. */
  readonly fhir?: string;
  /** A file for Keycloak to import: the workers as users, all with this password. */
  readonly realm?: { readonly file: string; readonly password: string };
}

/** Loads what has a target, one after another, and says so line by line. Throws, naming no secret, when a target refuses. */
export async function loadTargets(world: string, targets: LoadTargets, say: (line: string) => void): Promise<void> {
  const { sources } = readWorldManifest(world);
  const { admin } = targets;
  if ((targets.sources ?? targets.store) !== undefined && admin === undefined)
    throw new Error('to load SQL Server a log-in is needed that may create databases (--mssql-admin)');
  if (admin !== undefined && targets.sources !== undefined) {
    await makeDatabase(admin, targets.sources, (user) => `GRANT SELECT ON SCHEMA::dbo TO [${user}]`);
    const { database } = serverAt(targets.sources);
    const owner = { ...serverAt(admin), ...(database === undefined ? {} : { database }) };
    for (const { id, adapter } of sources) {
      const expectation = SQL_ADAPTERS[adapter];
      if (!expectation) continue;
      const { tables, rows } = await loadServer(join(world, 'sources', id), owner, expectation);
      say(`${id}: ${tables} tables, ${rows} rows`);
    }
  }
  if (admin !== undefined && targets.store !== undefined) {
    await makeDatabase(admin, targets.store, undefined);
    const store = await openStore({ kind: 'mssql', url: targets.store });
    try {
      say(
        `store: ${(await loadWorld(store, world)) ? 'directory, links and registers' : 'is filled already, left as it is'}`,
      );
      if (targets.realm !== undefined) await writeRealm(targets.realm, await openDirectory(store).workers());
    } finally {
      await store.close();
    }
    if (targets.realm !== undefined) say('OpenID realm: every worker of the world');
  }
  const mentalHealth = sources.find(({ adapter }) => adapter === 'mental-health');
  if (targets.fhir !== undefined && mentalHealth !== undefined)
    say(`${mentalHealth.id}: ${await loadFhir(join(world, 'sources', mentalHealth.id), targets.fhir)} resources`);
}

const NAME = /^\w{1,60}$/;

/**
 * Makes the database and the log-in that an address names, if they are not there; readers of the database see committed rows.
 * `grant` is the one right the log-in gets; without it the log-in owns the database.
 */
async function makeDatabase(admin: string, url: string, grant: ((user: string) => string) | undefined): Promise<void> {
  const { database = '', username = '', password = '' } = serverAt(url);
  if (!NAME.test(database) || !NAME.test(username))
    throw new Error('a database or user to be made is named in letters, digits and _');
  await onServer(serverAt(admin).database ?? 'master', admin, async (run) => {
    const [there] = await run<{ id: number | null }>(`SELECT DB_ID('${database}') AS id`);
    if (there?.id == null) await run(`CREATE DATABASE [${database}]`);
    const [known] = await run<{ n: number }>(
      `SELECT COUNT(*) AS n FROM sys.server_principals WHERE name = '${username}'`,
    );
    if (!known?.n) await run(`CREATE LOGIN [${username}] WITH PASSWORD = '${password.replaceAll("'", "''")}'`);
  });
  await onServer(database, admin, async (run) => {
    const [snapshot] = await run<{ is_on: number }>(SNAPSHOT_STATE);
    if (snapshot?.is_on !== 1)
      await run(`ALTER DATABASE [${database}] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE`);
    if (grant === undefined) return void (await run(`ALTER AUTHORIZATION ON DATABASE::[${database}] TO [${username}]`));
    const [user] = await run<{ n: number }>(
      `SELECT COUNT(*) AS n FROM sys.database_principals WHERE name = '${username}'`,
    );
    if (!user?.n) await run(`CREATE USER [${username}] FOR LOGIN [${username}]`);
    await run(grant(username));
  });
}

const TRIES = 60;

/** Runs statements in a database, waiting up to a few minutes for a server that is still starting. */
async function onServer(
  database: string,
  admin: string,
  work: (run: <T>(statement: string) => Promise<T[]>) => Promise<void>,
): Promise<void> {
  const data = new DataSource(serverOptions({ ...serverAt(admin), database, requestTimeout: 120_000 }));
  for (let tries = 1; !data.isInitialized; tries += 1) {
    try {
      await data.initialize();
    } catch (error) {
      if (tries === TRIES) throw new Error('SQL Server does not answer, or refuses the log-in', { cause: error });
      await delay(2_000);
    }
  }
  try {
    await work((statement) => data.query(statement));
  } finally {
    await data.destroy();
  }
}

/** Resources that others point at come first: a server may refuse a reference to what it does not hold yet. */
const FHIR_ORDER = [
  'Patient',
  'Practitioner',
  'EpisodeOfCare',
  'Encounter',
  'Condition',
  'CarePlan',
  'Flag',
  'RiskAssessment',
];
const BUNDLE = 100;

/** Puts the resources of a folder's `<Type>.ndjson` under their own ids, in transactions. Answers how many. */
export async function loadFhir(folder: string, base: string): Promise<number> {
  let count = 0;
  let entries: object[] = [];
  const send = async (): Promise<void> => {
    if (entries.length === 0) return;
    await postBundle(base.replace(/\/+$/, ''), { resourceType: 'Bundle', type: 'transaction', entry: entries });
    count += entries.length;
    entries = [];
  };
  for (const type of FHIR_ORDER) {
    const file = join(folder, `${type}.ndjson`);
    if (!existsSync(file)) continue;
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      if (line.trim() === '') continue;
      const resource = JSON.parse(line) as { readonly id: string };
      entries.push({ resource, request: { method: 'PUT', url: `${type}/${resource.id}` } });
      if (entries.length === BUNDLE) await send();
    }
    await send();
  }
  return count;
}

/** Waits for a server that is still starting; a refusal of the bundle itself is final. */
async function postBundle(base: string, bundle: object): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(base, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' },
      body: JSON.stringify(bundle),
      signal: AbortSignal.timeout(60_000),
    }).catch(() => undefined);
    if (answer?.ok) return void (await answer.arrayBuffer());
    const isFinal = answer !== undefined && answer.status >= 400 && answer.status < 500 && answer.status !== 404;
    if (isFinal || tries === TRIES)
      throw new Error(`the FHIR server ${answer ? `answers ${answer.status}` : 'does not answer'}`);
    await delay(2_000);
  }
}

/** Whole or not at all: the provider reads it when it starts. */
async function writeRealm(
  { file, password }: { readonly file: string; readonly password: string },
  workers: Parameters<typeof realmOf>[0],
): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(realmOf(workers, password), null, 2));
  await rename(`${file}.new`, file);
}
