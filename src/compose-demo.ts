/**
 * Wires the embedded demo: the systems of a world's agencies speaking their real transports on loopback, an OpenID provider,
 * and the gateway over them. Everything but the gateway itself is of the demo alone.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createDomesticAbuse } from '../adapters/domestic-abuse/index.js';
import { simulateDomesticAbuse } from '../adapters/domestic-abuse/seed.js';
import { createEarlyHelp } from '../adapters/early-help/index.js';
import { simulateEarlyHelp } from '../adapters/early-help/seed.js';
import { createMentalHealth } from '../adapters/mental-health/index.js';
import { simulateMentalHealth } from '../adapters/mental-health/seed.js';
import { createProbation } from '../adapters/probation/index.js';
import { simulateProbation } from '../adapters/probation/seed.js';
import { createSocialCare } from '../adapters/social-care/index.js';
import { simulateSocialCare } from '../adapters/social-care/seed.js';
import { createSubstanceMisuse } from '../adapters/substance-misuse/index.js';
import { simulateSubstanceMisuse } from '../adapters/substance-misuse/seed.js';
import { createWorkbook } from '../adapters/workbook/index.js';
import { simulateWorkbook } from '../adapters/workbook/seed.js';
import { type LogKeys, newLogKey, readLogKeys } from './audit/log-keys.js';
import { type Parts, type Wired, wire } from './compose.js';
import type { DemoConfig } from './config.js';
import { openStoreAt } from './open-store.js';
import { allOrNothing, type Opened, openTogether } from './opened.js';
import { openDirectory } from './people/directory.js';
import { loadRules, type Rules } from './rules.js';
import { type DemoWorker, startDemoIdentityProvider } from './server/demo-identity-provider.js';
import { keptSecret, readIfThere } from './server/kept-secret.js';
import { createLog } from './server/log.js';
import { countRefusedSignIns, createMetrics } from './server/metrics.js';
import { createSignIn } from './server/sign-in.js';
import type { Source } from './sources/contract.js';
import type { Store } from './store/store.js';
import { WorldError } from './worlds/csv.js';
import { loadWorld, readWorldManifest, registersOf, type WorldManifest } from './worlds/load-world.js';

/** A demo that listens. */
export interface Demo extends Wired {
  readonly world: WorldManifest;
  readonly workers: readonly DemoWorker[];
  readonly issuer: string;
  readonly store: Store;
  /** Stops the simulated system of a source, as if it died. Throws where the world has none of that id. */
  kill(source: string): Promise<void>;
  /** An access token of the demo's provider. */
  tokenOf(worker: string): Promise<string>;
  /** Asks the running gateway over HTTP as a worker. */
  ask(worker: string, query: string, variables?: Record<string, unknown>): Promise<unknown>;
}

interface Identity {
  readonly id: string;
  readonly holder: string;
  readonly space?: string;
  readonly now: () => string;
}

/** A source with the system behind it. */
interface Simulated {
  readonly source: Source;
  stop(): Promise<void>;
}

async function simulated<O>(
  simulation: Promise<{ readonly options: O; stop(): Promise<void> }>,
  create: (options: O) => Source,
): Promise<Simulated> {
  const { options, stop } = await simulation;
  return { source: create(options), stop };
}

/** One line an adapter: the system it speaks to in the demo, and its factory. */
const ADAPTERS: { readonly [adapter: string]: (folder: string, identity: Identity) => Promise<Simulated> } = {
  'social-care': (folder, identity) => simulated(simulateSocialCare(folder, identity), createSocialCare),
  workbook: (folder, identity) => simulated(simulateWorkbook(folder, identity), createWorkbook),
  'early-help': (folder, identity) => simulated(simulateEarlyHelp(folder, identity), createEarlyHelp),
  'mental-health': (folder, identity) => simulated(simulateMentalHealth(folder, identity), createMentalHealth),
  'substance-misuse': (folder, identity) => simulated(simulateSubstanceMisuse(folder, identity), createSubstanceMisuse),
  'domestic-abuse': (folder, identity) => simulated(simulateDomesticAbuse(folder, identity), createDomesticAbuse),
  probation: (folder, identity) => simulated(simulateProbation(folder, identity), createProbation),
};

/** Opens the demo's store with its world in it. Throws WorldError before it makes a store, where there is no world. */
export async function openDemoStore(
  config: DemoConfig,
): Promise<{ store: Store; workers: readonly DemoWorker[]; world: WorldManifest }> {
  const world = readWorldManifest(config.world);
  const store = await openStoreAt(config.store);
  return allOrNothing(async (opened) => {
    opened(() => store.close());
    const isFresh = await loadWorld(store, config.world);
    if (isKept(config)) await assertSameWorld(config, config.store.path, isFresh);
    return { store, workers: await openDirectory(store).workers(), world };
  });
}

/**
 * A store goes on with the directory, links and registers that it was first filled with. Throws WorldError where those of the world's folder are
 * others by now, or it is another world's store: what was consented to in one world must not decide in another.
 */
async function assertSameWorld({ world }: DemoConfig, path: string, isFresh: boolean): Promise<void> {
  const file = `${path}.world`;
  const now = registersOf(world);
  const before = isFresh ? undefined : await readIfThere(file);
  if (before === undefined) await writeFile(file, now);
  else if (before !== now)
    throw new WorldError(
      `${path} was filled from other registers than ${world} has: from another world, or before they were changed. THRESHOLD_STORE names another file for this one; or remove the file, and its log with it, to fill it anew`,
    );
}

/** What a demo may be wired with otherwise than by default. */
export interface DemoSettings extends Pick<Parts, 'gates' | 'pause' | 'matrixAtStart'> {
  /** Those that the configuration picks, where they were loaded before. */
  readonly rules?: Rules;
  /** Nobody else signs in to it: `threshold token` goes on giving tokens of the one that is served. */
  readonly isPrivate?: boolean;
  /** HH:MM in UTC with which the clock of a world whose store is not kept starts; the real time of day unless given. */
  readonly startsAt?: string;
}

/**
 * Starts the demo, whole or not at all. Throws with the name of what a world lacks. `place` may put another source in the place of a
 * world's.
 */
export function composeDemo(
  config: DemoConfig,
  place: (source: Source) => Source = (source) => source,
  settings: DemoSettings = {},
): Promise<Demo> {
  return allOrNothing((opened) => start(config, place, settings, opened));
}

async function start(
  config: DemoConfig,
  place: (source: Source) => Source,
  { isPrivate = false, startsAt, rules = loadRules(config), ...settings }: DemoSettings,
  opened: Opened,
): Promise<Demo> {
  const { store, workers, world } = await openDemoStore(config);
  opened(() => store.close());
  const { folder } = config;
  const now =
    startsAt !== undefined && !isKept(config)
      ? clockFrom(Date.parse(`${world.today}T${startsAt}:00Z`) - Date.now())
      : await worldClock(world.today, isKept(config) ? `${config.store.path}.day` : undefined);
  const realNow = () => new Date();
  const log = createLog({ level: config.logLevel, now: realNow });
  const metrics = createMetrics();
  const count = countRefusedSignIns(metrics);
  const provider = await startDemoIdentityProvider({ folder, workers, isPrivate });
  opened(() => provider.stop());
  const systems = await openTogether(
    opened,
    world.sources.map(async ({ adapter, ...identity }) => {
      const simulate = ADAPTERS[adapter];
      if (!simulate)
        throw new Error(
          `the world ${world.name} wants the adapter ${adapter}; there are ${Object.keys(ADAPTERS).join(', ')}`,
        );
      const at = join(config.world, 'sources', identity.id);
      return simulate(at, { ...identity, now: () => now().toISOString() }).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new WorldError(
          `${at} cannot be served: ${why}. What else is broken in the world: threshold world check ${config.world}`,
          { cause },
        );
      });
    }),
  );
  const wired = await wire({
    store,
    sources: systems.map(({ source }) => place(source)),
    signIn: createSignIn([provider.issuer], {
      now: realNow,
      refused: (reason) => {
        count(reason);
        log.info({ reason }, 'sign-in refused');
      },
    }),
    metrics,
    now,
    log,
    host: config.host,
    port: config.port,
    introspection: config.introspection,
    cursorKey: config.cursorKey ?? (await keptSecret(join(folder, 'cursor.key'), () => randomKey())),
    logKeys: await demoLogKeys(config),
    ...(config.witnesses === undefined ? {} : { witnesses: config.witnesses }),
    sourceDeadlineMs: config.sourceDeadlineMs,
    rules,
    ...settings,
    watchEverySeconds: config.watchEverySeconds,
    matchEveryHours: config.matchEveryHours ?? 24,
    ...(config.operationDeadlineMs === undefined ? {} : { operationDeadlineMs: config.operationDeadlineMs }),
  });
  opened(() => wired.stop());
  await provider.announce();
  const tokenOf = async (id: string) => {
    const worker = workers.find((known) => known.id === id);
    if (!worker) throw new Error(`no worker ${id} in the world ${world.name}`);
    return provider.tokenFor(worker);
  };
  return {
    ...wired,
    store,
    world,
    workers,
    issuer: provider.issuer.issuer,
    async kill(id) {
      const system = systems.find(({ source }) => source.id === id);
      if (!system)
        throw new WorldError(`no source ${id}; there are ${systems.map(({ source }) => source.id).join(', ')}`);
      await system.stop();
    },
    tokenOf,
    async ask(id, query, variables = {}) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(id)}` };
      const response = await fetch(wired.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      return response.json();
    },
    async stop() {
      await wired.stop();
      await provider.stop();
      await Promise.all(systems.map(({ stop }) => stop()));
    },
  };
}

/** The log's key of a demo: of its store, in a file beside it; of a store that is not kept, one that is not kept either. */
export async function demoLogKeys({ store, folder, logKey }: DemoConfig): Promise<LogKeys> {
  if (logKey !== undefined) return readLogKeys(logKey);
  const name = store.kind === 'sqlite' ? basename(store.path).replace(/\W/g, '-') : 'store';
  const make = () => newLogKey(`threshold.demo.invalid/${name}`, crypto.getRandomValues(new Uint8Array(32)));
  if (store.kind === 'sqlite' && store.path === ':memory:') return readLogKeys(make());
  return readLogKeys(await keptSecret(join(folder, `${name}.log-key`), make));
}

/** Whether the store is a file that outlives the process. */
function isKept(config: DemoConfig): config is DemoConfig & { readonly store: { readonly kind: 'sqlite' } } {
  return config.store.kind === 'sqlite' && config.store.path !== ':memory:';
}

function randomKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
}

/**
 * A clock that started on the world's own day when its store was first opened, at the real time of day, and goes on from
 * there: what was recorded stays in the past when the demo is started again.
 */
async function worldClock(today: string, file: string | undefined): Promise<() => Date> {
  const realDay = new Date().toISOString().slice(0, 10);
  let firstDay = realDay;
  if (file !== undefined) {
    firstDay = await readFile(file, 'utf8').catch(() => realDay);
    await writeFile(file, firstDay);
  }
  return clockFrom(Date.parse(today) - Date.parse(firstDay));
}

function clockFrom(shift: number): () => Date {
  return () => new Date(Date.now() + shift);
}
