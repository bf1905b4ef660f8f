/**
 * Wires the gateway in service: an authority's own sources, store and identity providers. The sources stand in a YAML file:
 *
 *   - {id: social-care, adapter: social-care, holder: csc, database: {type: mssql, url: {env: CARE_URL}}}
 *   - {id: mental-health, adapter: mental-health, holder: mht, baseUrl: https://…, token: {env: MHT_TOKEN}}
 *   - {id: probation, adapter: probation, holder: prob, baseUrl: https://…, oauth: {…}, tls: {…}}   (compose-web.ts)
 *
 * `{env: NAME}` is replaced by the variable's value, so that no secret stands in the file.
 */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { createDomesticAbuse, type DomesticAbuseOptions } from '../adapters/domestic-abuse/index.js';
import { createEarlyHelp } from '../adapters/early-help/index.js';
import { createMentalHealth, type MentalHealthOptions } from '../adapters/mental-health/index.js';
import { createProbation, type ProbationOptions } from '../adapters/probation/index.js';
import { createSocialCare } from '../adapters/social-care/index.js';
import { createSubstanceMisuse, type SubstanceMisuseOptions } from '../adapters/substance-misuse/index.js';
import { createWorkbook } from '../adapters/workbook/index.js';
import { readLogKeys } from './audit/log-keys.js';
import { type Wired, wire } from './compose.js';
import { overWeb } from './compose-web.js';
import { ConfigError, type ServiceConfig } from './config.js';
import { readGateSettings } from './gate-settings.js';
import { serverAt } from './mssql/server.js';
import { openStoreAt } from './open-store.js';
import { allOrNothing, type Opened } from './opened.js';
import { loadRules } from './rules.js';
import { createLog } from './server/log.js';
import { countRefusedSignIns, createMetrics } from './server/metrics.js';
import { createSignIn } from './server/sign-in.js';
import type { Source } from './sources/contract.js';
import type { SqlSourceOptions } from './sources/sql.js';

type Shape = Pick<z.ZodType, 'safeParse'>;
const identity = { id: z.string().min(1), holder: z.string().min(1), space: z.string().min(1).optional() };
const mentalHealth = overWeb((options: MentalHealthOptions) => createMentalHealth(options));
const consents = z.looseObject({
  hasConsents: z.boolean().exactOptional(),
  organisations: z.record(z.string(), z.string().min(1)).exactOptional(),
});
const trusted = z.looseObject({ ...identity, baseUrl: z.url() }).and(consents);
const known = mentalHealth.shape.and(consents);
/** A FHIR server that must know who asks, over https; or one in a network of which the authority says that it is trusted. */
const fhir: Shape = {
  safeParse: (settings) =>
    ((settings as { network?: unknown }).network === 'trusted' ? trusted : known).safeParse(settings),
};
/** Strict: a switch of encryption that stands in the wrong place must not pass for one that was never meant. */
const server = z
  .strictObject({
    type: z.literal('mssql'),
    url: z.string().refine(isServerAddress, { error: 'must be mssql://user:password@host:1433/database' }).optional(),
    host: z.string().optional(),
    port: z.int().optional(),
    username: z.string().optional(),
    password: z.string().optional(),
    database: z.string().optional(),
    connectionTimeout: z.int().positive().optional(),
    requestTimeout: z.int().positive().optional(),
    pool: z.looseObject({ max: z.int().positive().optional() }).optional(),
    options: z
      .looseObject({ encrypt: z.boolean().optional(), trustServerCertificate: z.boolean().optional() })
      .optional(),
  })
  .refine(({ url, host }) => (url === undefined) !== (host === undefined), { error: 'needs either url or host' });
const file = z.looseObject({ type: z.literal('better-sqlite3'), database: z.string() });
const sql = z.looseObject({ ...identity, database: z.discriminatedUnion('type', [server, file]) });
const share = z.number().min(0).max(1);
/** Treatment providers send an extract every month: one that is older than two is not what the provider knows. */
const STALE_AFTER_DAYS = 62;
const extracts = z.looseObject({
  ...identity,
  folder: z.string().min(1),
  workFolder: z.string().min(1).optional(),
  edition: z.string().min(1).optional(),
  editionsFile: z.string().min(1).optional(),
  mostRejected: share.optional(),
  leastRows: share.optional(),
  staleAfterDays: z.number().positive().default(STALE_AFTER_DAYS),
  settleMs: z.number().int().positive().optional(),
  lookEveryMs: z.number().int().positive().optional(),
});

const ADAPTERS: {
  readonly [adapter: string]: { readonly shape: Shape; readonly create: (options: never) => Source };
} = {
  'social-care': { shape: sql, create: (options: SqlSourceOptions) => createSocialCare(options) },
  workbook: { shape: sql, create: (options: SqlSourceOptions) => createWorkbook(options) },
  'early-help': { shape: sql, create: (options: SqlSourceOptions) => createEarlyHelp(options) },
  'mental-health': { ...mentalHealth, shape: fhir },
  'substance-misuse': { shape: extracts, create: (options: SubstanceMisuseOptions) => createSubstanceMisuse(options) },
  'domestic-abuse': overWeb((options: DomesticAbuseOptions) => createDomesticAbuse(options)),
  probation: overWeb((options: ProbationOptions) => createProbation(options)),
};

/** Starts the gateway in service, whole or not at all. Throws ConfigError naming the source and setting at fault; never a secret. */
export function composeService(config: ServiceConfig): Promise<Wired> {
  return allOrNothing((opened) => start(config, opened));
}

async function start(config: ServiceConfig, opened: Opened): Promise<Wired> {
  const now = () => new Date();
  const listed = await readFile(config.sources, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(
      `THRESHOLD_SOURCES: ${config.sources} cannot be read; name the YAML file that lists the sources`,
      { cause },
    );
  });
  const sources = readSources(listed, process.env, () => now().toISOString());
  const rules = loadRules(config);
  const store = await openStoreAt(config.store);
  opened(() => store.close());
  const metrics = createMetrics();
  return wire({
    store,
    sources,
    signIn: createSignIn(config.issuers, { now, refused: countRefusedSignIns(metrics) }),
    now,
    log: createLog({ level: config.logLevel, now }),
    metrics,
    host: config.host,
    port: config.port,
    introspection: config.introspection,
    cursorKey: config.cursorKey,
    logKeys: readLogKeys(config.logKey),
    ...(config.witnesses === undefined ? {} : { witnesses: config.witnesses }),
    sourceDeadlineMs: config.sourceDeadlineMs,
    matrixAtStart: true,
    rules,
    gatesOf: readGateSettings(listed),
    // A link that is wrong is a breach: nobody's records are joined before their authority says so.
    watchEverySeconds: config.watchEverySeconds,
    matchEveryHours: config.matchEveryHours ?? 0,
    ...(config.operationDeadlineMs === undefined ? {} : { operationDeadlineMs: config.operationDeadlineMs }),
  });
}

/** The sources that a YAML file lists. Throws ConfigError. */
export function readSources(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  now: () => string,
): Source[] {
  return listSources(text, env).map(({ adapter, settings }) =>
    (ADAPTERS[adapter] as (typeof ADAPTERS)[string]).create({ ...settings, now } as never),
  );
}

/** A source as the file has it: its adapter, and its settings with the variables in their places, not yet made. */
export interface ListedSource {
  readonly adapter: string;
  readonly settings: { readonly id: string; readonly holder: string } & Readonly<Record<string, unknown>>;
}

/** What a YAML file lists, checked. Throws ConfigError naming the source and setting at fault; never a secret. */
export function listSources(text: string, env: Readonly<Record<string, string | undefined>>): ListedSource[] {
  const listed = z
    .array(z.looseObject({ adapter: z.string() }))
    .min(1)
    .safeParse(withEnvironment(parse(text), env));
  if (!listed.success) throw new ConfigError('the sources file is a list of sources, each with id, adapter and holder');
  return listed.data.map(({ adapter, ...settings }, i) => {
    const known = ADAPTERS[adapter];
    if (!known)
      throw new ConfigError(`source ${i + 1}: no adapter ${adapter}; there are ${Object.keys(ADAPTERS).join(', ')}`);
    const shaped = known.shape.safeParse(settings);
    if (!shaped.success) {
      throw new ConfigError(
        shaped.error.issues
          .map(
            ({ path, message }) =>
              `${[`source ${i + 1} (${adapter})`, path.join('.')].filter(Boolean).join(', ')}: ${message}`,
          )
          .join('; '),
      );
    }
    return { adapter, settings: shaped.data as ListedSource['settings'] };
  });
}

function isServerAddress(url: string): boolean {
  try {
    return serverAt(url).type === 'mssql';
  } catch {
    return false;
  }
}

function withEnvironment(value: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (Array.isArray(value)) return value.map((item) => withEnvironment(item, env));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'env' && typeof first[1] === 'string') {
    const found = env[first[1]];
    if (found === undefined) throw new ConfigError(`the sources file names the variable ${first[1]}, which is not set`);
    return found;
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, withEnvironment(item, env)]));
}
