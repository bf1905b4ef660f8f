/**
 * Configuration from the environment, checked before anything starts. In the demo everything has a default; in service
 * (as soon as the environment names sources or issuers) what must be decided by somebody has none.
 */
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { readVerifier, SIGNATURE_TYPES, type Verifier } from './audit/log/signed-note.js';
import { readLogKeys } from './audit/log-keys.js';
import { packagePath } from './package-path.js';
import { PACKS, type PackId } from './protocols/pack.js';
import { type Issuer, isLoopback, issuersSchema } from './server/issuers.js';
import { LOG_LEVELS, type LogLevel } from './server/log.js';

export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'mssql'; readonly url: string };

interface Common {
  readonly host: string;
  readonly port: number;
  readonly store: StoreConfig;
  readonly introspection: boolean;
  readonly logLevel: LogLevel;
  readonly sourceDeadlineMs: number;
  /** Ids of the protocol packs that the authority picked, in its order. */
  readonly protocols: readonly PackId[];
  /** Folder of policies that the authority adds to the gateway's own. */
  readonly ownPolicies?: string;
  /** 0: never. Absent: as the demo, or the service, takes it. */
  readonly matchEveryHours?: number;
  /** How often the log is looked through for alerts; 0: never. */
  readonly watchEverySeconds: number;
  /** Absent: in proportion to the deadline of one call. */
  readonly operationDeadlineMs?: number;
  /** Witnesses that cosign the log's checkpoints. */
  readonly witnesses?: readonly { readonly url: string; readonly key: Verifier }[];
  /** Where the demo keeps its keys: beside its store; of this process alone for a store that is not kept. */
  readonly folder: string;
}

/** The embedded demo: invented families, an identity provider of its own, on this machine only. */
export interface DemoConfig extends Common {
  readonly mode: 'demo';
  /** Folder of the world (sources, directory, registers). */
  readonly world: string;
  /** Absent: `keptSecret` makes one beside the store. */
  readonly cursorKey?: string;
  /** Absent: made beside the store. */
  readonly logKey?: string;
}

/** In service: an authority's own sources, store and identity providers. */
export interface ServiceConfig extends Common {
  readonly mode: 'service';
  /** Path of the YAML file that lists the sources. */
  readonly sources: string;
  readonly issuers: readonly Issuer[];
  readonly cursorKey: string;
  /** As `readLogKeys` takes it. */
  readonly logKey: string;
}

export type Config = DemoConfig | ServiceConfig;

/** What is wrong with the environment: one line a variable. Values are never repeated, some are secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface Variable {
  readonly name: string;
  /** The default as a person reads it; empty when there is none. */
  readonly default: string;
  readonly says: string;
}

/** Every variable that is read, for `--help` and the README. */
export const VARIABLES: readonly Variable[] = [
  { name: 'PORT', default: '4000', says: 'Port to listen on; 0 for any free one.' },
  { name: 'HOST', default: '127.0.0.1', says: 'Address to listen on. The demo listens on this machine only.' },
  {
    name: 'THRESHOLD_STORE',
    default: 'demo: .threshold/WORLD.sqlite, one for each world; service: .threshold/store.sqlite',
    says: 'The store: path of a SQLite file, :memory:, or mssql://user:password@host:1433/database.',
  },
  { name: 'THRESHOLD_WORLD', default: 'test/worlds/walsall-road', says: 'Demo: folder of the world to serve.' },
  { name: 'THRESHOLD_SOURCES', default: '', says: 'Service: path of the YAML file that lists the sources.' },
  {
    name: 'THRESHOLD_ISSUERS',
    default: '',
    says: 'Service: JSON list of identity providers: {issuer, agencies: [ids it may speak for], audience, jwks_uri or jwks, algorithms?, typ?}.',
  },
  {
    name: 'THRESHOLD_CURSOR_KEY',
    default: 'demo: made once a store',
    says: 'Service: secret of at least 32 characters that signs cursors; the same for all instances.',
  },
  {
    name: 'THRESHOLD_LOG_KEY',
    default: 'demo: made once a store',
    says: 'Service: keys that sign the log, with commas between, each but the first with @ and when it begins (`threshold log key` makes one).',
  },
  {
    name: 'THRESHOLD_WITNESSES',
    default: '',
    says: 'JSON list of the witnesses that cosign the log: {url, key}, key as `threshold witness` prints it.',
  },
  {
    name: 'THRESHOLD_PROTOCOLS',
    default: 'demo: walsall-family-safeguarding',
    says: `Service: the protocol packs that hold here, with commas between: ${PACKS.join(', ')}; or none.`,
  },
  {
    name: 'THRESHOLD_POLICIES',
    default: '',
    says: "Folder of Cedar policies that the authority adds to the gateway's own.",
  },
  {
    name: 'THRESHOLD_INTROSPECTION',
    default: 'true in the demo, else false',
    says: 'Whether the schema may be asked for: true or false.',
  },
  {
    name: 'THRESHOLD_SOURCE_DEADLINE_MS',
    default: '2000',
    says: 'How long one call to a source may take, in milliseconds (50 to 60000).',
  },
  {
    name: 'THRESHOLD_OPERATION_DEADLINE_MS',
    default: 'five times THRESHOLD_SOURCE_DEADLINE_MS',
    says: 'How long one operation may wait for its sources, all calls together, in milliseconds (100 to 120000).',
  },
  {
    name: 'THRESHOLD_MATCH_EVERY_HOURS',
    default: '24 in the demo, 0 in service',
    says: 'How often the persons of all sources are matched, from the start on, and joined where the weights allow; 0: never. Estimate the weights on your own records first; a million persons hold the process up for about half a minute (0 to 168).',
  },
  {
    name: 'THRESHOLD_WATCH_EVERY_SECONDS',
    default: '30',
    says: 'How often what is new in the log is looked through for what officers are to be told of; 0: never by this instance, another must (0 to 86400).',
  },
  { name: 'LOG_LEVEL', default: 'info', says: `One of ${LOG_LEVELS.join(', ')}.` },
];

/** The variables as text, for `--help`. */
export function describeVariables(): string {
  return VARIABLES.map(
    ({ name, default: value, says }) => `  ${name}\n      ${says}${value ? ` Default: ${value}.` : ''}`,
  ).join('\n');
}

const numberWithin = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: 'must be a whole number' })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be from ${least} to ${most}` });

const number = (least: number, most: number, otherwise: number) => numberWithin(least, most).default(otherwise);

const json = z.string().transform((value, context) => {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});

const witnesses = json.pipe(
  z.array(
    z.strictObject({
      url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, '')),
      key: z.string().transform((value, context): Verifier => {
        try {
          const key = readVerifier(value);
          if (key.type === SIGNATURE_TYPES.cosignature) return key;
        } catch {
          // Said below.
        }
        context.addIssue({ code: 'custom', message: 'is not the key of a witness' });
        return z.NEVER;
      }),
    }),
  ),
);

function isLogKey(value: string): boolean {
  try {
    return readLogKeys(value).signers.length > 0;
  } catch {
    return false;
  }
}

/** Pack ids with commas between; `none` for an authority that has no protocol of these. */
const packs = z.string().transform((value, context): PackId[] => {
  if (value.trim() === 'none') return [];
  const ids = value.split(',').map((id) => id.trim());
  const known = ids.flatMap((id) => PACKS.find((pack) => pack === id) ?? []);
  if (known.length < ids.length)
    context.addIssue({
      code: 'custom',
      message: `names a pack that there is not; there are ${PACKS.join(', ')}, or none`,
    });
  if (new Set(ids).size < ids.length) context.addIssue({ code: 'custom', message: 'names a pack twice' });
  return known;
});

const environment = z.object({
  PORT: number(0, 65535, 4000),
  HOST: z.string().default('127.0.0.1'),
  THRESHOLD_STORE: z
    .string()
    .refine((value) => !value.includes('://') || isMssql(value), {
      error: 'must be a path, or mssql://user:password@host:1433/database',
    })
    .optional(),
  THRESHOLD_WORLD: z.string().optional(),
  THRESHOLD_SOURCES: z.string().optional(),
  THRESHOLD_ISSUERS: json.pipe(issuersSchema).optional(),
  THRESHOLD_CURSOR_KEY: z.string().min(32, { error: 'must have at least 32 characters' }).optional(),
  THRESHOLD_LOG_KEY: z
    .string()
    .refine(isLogKey, { error: 'is not a list of keys of one log in the order of their periods' })
    .optional(),
  THRESHOLD_WITNESSES: witnesses.optional(),
  THRESHOLD_PROTOCOLS: packs.optional(),
  THRESHOLD_POLICIES: z.string().optional(),
  THRESHOLD_INTROSPECTION: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
  THRESHOLD_SOURCE_DEADLINE_MS: number(50, 60_000, 2_000),
  THRESHOLD_OPERATION_DEADLINE_MS: numberWithin(100, 120_000).optional(),
  THRESHOLD_MATCH_EVERY_HOURS: numberWithin(0, 168).optional(),
  THRESHOLD_WATCH_EVERY_SECONDS: number(0, 86_400, 30),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});
type Environment = z.output<typeof environment>;

/**
 * Reads the configuration. Relative paths are of the working directory; the demo's own world is of the package.
 * Throws ConfigError naming every variable that is wrong, missing, or unknown (a misspelt one must not pass for absent).
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const names = new Set(VARIABLES.map(({ name }) => name));
  const unknown = Object.keys(env).filter((name) => name.startsWith('THRESHOLD_') && !names.has(name));
  const set = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => names.has(name) && value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(set);
  const wrong = [
    ...unknown.map((name) => `${name} is not a variable of the gateway`),
    ...(parsed.error?.issues ?? []).map(
      ({ path: [name, ...rest], message }) =>
        `${String(name)}${rest.length > 0 ? ` (${rest.join('.')})` : ''}: ${message}`,
    ),
  ];
  if (!parsed.success) throw refused(wrong);
  const inService = parsed.data.THRESHOLD_SOURCES !== undefined || parsed.data.THRESHOLD_ISSUERS !== undefined;
  wrong.push(...(inService ? wrongInService(parsed.data) : wrongInDemo(parsed.data)));
  if (wrong.length > 0) throw refused(wrong);
  return inService ? serviceConfig(parsed.data) : demoConfig(parsed.data);
}

function wrongInService(env: Environment): string[] {
  const missing = (
    [
      'THRESHOLD_SOURCES',
      'THRESHOLD_ISSUERS',
      'THRESHOLD_CURSOR_KEY',
      'THRESHOLD_LOG_KEY',
      'THRESHOLD_PROTOCOLS',
    ] as const
  )
    .filter((name) => env[name] === undefined)
    .map((name) => `${name} is required in service`);
  return env.THRESHOLD_WORLD === undefined
    ? missing
    : [...missing, 'THRESHOLD_WORLD is for the demo, not beside THRESHOLD_SOURCES or THRESHOLD_ISSUERS'];
}

/** Anybody who reaches the demo can sign in as anybody in it. */
function wrongInDemo({ HOST }: Environment): string[] {
  return isLoopback(HOST) || HOST === '::1'
    ? []
    : ['HOST must be 127.0.0.1, ::1 or localhost in the demo, where anybody may sign in as anybody'];
}

function commonConfig(env: Environment, introspection: boolean, store: string, protocols: readonly PackId[]): Common {
  return {
    host: env.HOST,
    port: env.PORT,
    store: store.includes('://')
      ? { kind: 'mssql', url: store }
      : { kind: 'sqlite', path: isKept(store) ? resolve(store) : store },
    folder: folderOf(store),
    introspection: env.THRESHOLD_INTROSPECTION === undefined ? introspection : env.THRESHOLD_INTROSPECTION === 'true',
    logLevel: env.LOG_LEVEL,
    sourceDeadlineMs: env.THRESHOLD_SOURCE_DEADLINE_MS,
    watchEverySeconds: env.THRESHOLD_WATCH_EVERY_SECONDS,
    protocols,
    ...(env.THRESHOLD_WITNESSES === undefined ? {} : { witnesses: env.THRESHOLD_WITNESSES }),
    ...(env.THRESHOLD_POLICIES === undefined ? {} : { ownPolicies: resolve(env.THRESHOLD_POLICIES) }),
    ...(env.THRESHOLD_MATCH_EVERY_HOURS === undefined ? {} : { matchEveryHours: env.THRESHOLD_MATCH_EVERY_HOURS }),
    ...(env.THRESHOLD_OPERATION_DEADLINE_MS === undefined
      ? {}
      : { operationDeadlineMs: env.THRESHOLD_OPERATION_DEADLINE_MS }),
  };
}

/** `:memory:` and `:temporary:` name stores that end with the process. */
function isKept(store: string): boolean {
  return !/^:\w+:$/.test(store);
}

function folderOf(store: string): string {
  if (store.includes('://')) return resolve('.threshold');
  return isKept(store) ? dirname(resolve(store)) : join(tmpdir(), `threshold-${process.pid}`);
}

function demoConfig(env: Environment): DemoConfig {
  const world =
    env.THRESHOLD_WORLD === undefined ? packagePath('test', 'worlds', 'walsall-road') : resolve(env.THRESHOLD_WORLD);
  const { THRESHOLD_CURSOR_KEY: cursorKey, THRESHOLD_LOG_KEY: logKey } = env;
  return {
    mode: 'demo',
    ...commonConfig(
      env,
      true,
      env.THRESHOLD_STORE ?? join('.threshold', `${basename(world)}.sqlite`),
      env.THRESHOLD_PROTOCOLS ?? ['walsall-family-safeguarding'],
    ),
    world,
    ...(cursorKey === undefined ? {} : { cursorKey }),
    ...(logKey === undefined ? {} : { logKey }),
  };
}

function serviceConfig(env: Environment): ServiceConfig {
  const { THRESHOLD_SOURCES: sources, THRESHOLD_ISSUERS: issuers, THRESHOLD_CURSOR_KEY: cursorKey } = env;
  const { THRESHOLD_PROTOCOLS: protocols, THRESHOLD_LOG_KEY: logKey } = env;
  if (
    sources === undefined ||
    issuers === undefined ||
    cursorKey === undefined ||
    logKey === undefined ||
    protocols === undefined
  )
    throw refused(wrongInService(env));
  return {
    mode: 'service',
    ...commonConfig(env, false, env.THRESHOLD_STORE ?? '.threshold/store.sqlite', protocols),
    sources: resolve(sources),
    issuers,
    cursorKey,
    logKey,
  };
}

function refused(wrong: readonly string[]): ConfigError {
  return new ConfigError(`The environment is not right:\n${wrong.map((line) => `- ${line}`).join('\n')}`);
}

function isMssql(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  return protocol === 'mssql:' && hostname !== '' && pathname.length > 1;
}
