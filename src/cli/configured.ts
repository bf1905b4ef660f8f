/** What the environment, or a world folder named on the command line, configures: read and opened for the commands. */
import { type LogKeys, readLogKeys } from '../audit/log-keys.js';
import { composeDemo, type Demo, demoLogKeys, openDemoStore } from '../compose-demo.js';
import { type Config, type DemoConfig, readConfig } from '../config.js';
import { openStoreAt } from '../open-store.js';
import type { Store } from '../store/store.js';

/** What the environment configures; or the demo of a world folder. Throws ConfigError. */
export function configFor(world: string | undefined): Config {
  return world ? demoConfig(world) : readConfig(process.env);
}

/** The configuration of the demo; `world` is a folder given on the command line. Throws where a service is configured. */
export function demoConfig(world?: string, more: Record<string, string> = {}): DemoConfig {
  const config = readConfig({ ...process.env, ...more, ...(world ? { THRESHOLD_WORLD: world } : {}) });
  if (config.mode !== 'demo')
    throw new Error(
      'this command is for the demo; the environment configures a service (THRESHOLD_SOURCES or THRESHOLD_ISSUERS)',
    );
  return config;
}

/** A demo of the command's own, on any free port, that says nothing: beside one that may be running. The caller stops it. */
export function openPrivateDemo(world?: string, more: Record<string, string> = {}): Promise<Demo> {
  return composeDemo(demoConfig(world, { PORT: '0', LOG_LEVEL: 'silent', ...more }), undefined, { isPrivate: true });
}

/** The store that the environment configures; or that of a world folder. */
export function openConfiguredStore(world: string | undefined): Promise<Store> {
  return storeOf(configFor(world));
}

/** The same store with the keys of its log and the witnesses. */
export async function openConfiguredLog(
  world: string | undefined,
): Promise<{ readonly store: Store; readonly keys: LogKeys; readonly witnesses: NonNullable<Config['witnesses']> }> {
  const config = configFor(world);
  const store = await storeOf(config);
  const keys = config.mode === 'demo' ? await demoLogKeys(config) : readLogKeys(config.logKey);
  return { store, keys, witnesses: config.witnesses ?? [] };
}

async function storeOf(config: Config): Promise<Store> {
  if (config.mode === 'demo') return (await openDemoStore(config)).store;
  return openStoreAt(config.store);
}
