/**
 * Puts a gateway together from its parts. What makes the parts that the configuration asks for stands beside it: the demo's world
 * (compose-demo.ts), or an authority's own sources and store (compose-service.ts). Nothing else wires.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { parse } from 'yaml';
import { type Audit, openAudit } from './audit/audit.js';
import { newIds } from './audit/ids.js';
import { type Indexer, openIndexer } from './audit/index/indexer.js';
import { openSearch } from './audit/index/search.js';
import { keepPolicies, readStated } from './audit/kept-policies.js';
import type { LogKeys } from './audit/log-keys.js';
import { openProofs } from './audit/proofs.js';
import { openReleases } from './audit/releases.js';
import { openRelevanceRequests } from './audit/relevance-requests.js';
import { openSampling } from './audit/sampling.js';
import { openSequencer, type Sequencer } from './audit/sequencer.js';
import { openWitnesses, type Witness } from './audit/witnesses.js';
import { createDecide } from './disclosure/decide.js';
import { keepMatrix } from './disclosure/space/kept-matrix.js';
import type { Agency } from './domain/requester.js';
import type { SourceId } from './domain/words.js';
import { createPages } from './graph/connection.js';
import { DEFAULT_STEPS } from './graph/even-time.js';
import { DEFAULT_LIMITS, type Limits } from './graph/limits.js';
import { buildGraph } from './graph/schema.js';
import { createApollo } from './graph/server.js';
import { allOrNothing, type Opened } from './opened.js';
import { openAlertRows } from './oversight/alerts/alert-rows.js';
import { ALERT_RULES } from './oversight/alerts/rules.js';
import { openWatch, type Watch } from './oversight/alerts/watch.js';
import { packagePath } from './package-path.js';
import { openDirectory } from './people/directory.js';
import { type Applied, openLinkQuestions } from './people/link-questions.js';
import { openPeople } from './people/people.js';
import { createPersonIndex, readMatching } from './people/person-index.js';
import { readStaff } from './people/staff.js';
import type { Matched } from './reader/match-persons.js';
import { openMatching } from './reader/matching.js';
import type { House } from './reader/operation.js';
import { readWatchedPersons } from './reader/watched-persons.js';
import { loadLawfulGateways } from './registers/lawful-gateways.js';
import { openListing } from './registers/listing.js';
import { openRegisters } from './registers/registers.js';
import { openSavedRegister } from './registers/saved-questions.js';
import type { Rules } from './rules.js';
import { DEFAULT_HTTP_LIMITS, type Http, startHttp } from './server/http.js';
import { countAlerts, createMetrics } from './server/metrics.js';
import type { SignIn } from './server/sign-in.js';
import { openGates } from './sources/ask.js';
import type { Source } from './sources/contract.js';
import type { GateSettings } from './sources/gate.js';
import type { Store } from './store/store.js';

/** The time of an operation in times of one call. */
const OPERATION_DEADLINES = 5;

/** How often persons met for the first time are matched, and how long their sources may take to say who they are. */
const MET_EVERY_MS = 2_000;
const HOUR_MS = 3_600_000;
const MET_DEADLINE_MS = 20_000;

/** Everything a gateway is made of. Nothing is optional that a rule rests on. */
export interface Parts {
  readonly store: Store;
  readonly sources: readonly Source[];
  readonly signIn: SignIn;
  readonly now: () => Date;
  readonly log: Logger;
  readonly host: string;
  readonly port: number;
  readonly introspection: boolean;
  readonly cursorKey: string;
  /** Sign the checkpoints of the log. */
  readonly logKeys: LogKeys;
  /** Who cosigns them. */
  readonly witnesses?: readonly Witness[];
  readonly metrics?: Registry;
  /** How long one call to a source may take, ms. */
  readonly sourceDeadlineMs: number;
  /** What decides; see `loadRules`. */
  readonly rules: Rules;
  /** How often the persons of all sources are matched anew, from the start on; never unless told. */
  readonly matchEveryHours?: number;
  /** How often the log is looked through for alerts; never unless told. */
  readonly watchEverySeconds?: number;
  /** How long one operation may wait for all its calls; five times one call unless told. */
  readonly operationDeadlineMs?: number;
  /** How sources are asked: every one, and single ones by id. */
  readonly gates?: Partial<GateSettings>;
  readonly gatesOf?: ReadonlyMap<SourceId, Partial<GateSettings>>;
  /** The sharing matrix is worked out before anybody is listened to (about a second); else at the first question. */
  readonly matrixAtStart?: boolean;
  readonly limits?: Limits;
  /** Lets answers wait that may tell by their time; the clock's own waiting unless a test has another. */
  readonly pause?: (ms: number, stepMs: number) => Promise<void>;
  /** Folder of the SDL; the package's own unless a test brings another. */
  readonly graphqlFolder?: string;
}

/** A gateway that listens. */
export interface Wired {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly house: House;
  readonly audit: Audit;
  /** Puts entries into the tree; it runs by itself. */
  readonly sequencer: Sequencer;
  /** Makes what is in the tree findable; it runs by itself. */
  readonly indexer: Indexer;
  /** The listener alone. */
  readonly http: Http;
  /** Looks through the log for alerts; it runs by itself where that is wanted. */
  readonly watch: Watch;
  /** Reads everybody from the sources and brings links and questions up to date; run from time to time. */
  matchPersons(signal: AbortSignal): Promise<Matched>;
  /** Matches persons met since; runs by itself where persons are matched. Undefined before the first matching of all. */
  matchMet(): Promise<Applied | undefined>;
  /** Stops the listener, the sources and the store. */
  stop(): Promise<void>;
}

/**
 * Starts a gateway from its parts. Throws ClassificationError naming what is invalid; sources that cannot be reached do not stop the start:
 * they are gaps until they answer. When it throws, what it started is stopped; the store stays open, for whoever opened it to close.
 */
export function wire(parts: Parts): Promise<Wired> {
  return allOrNothing((opened) => start(parts, opened));
}

async function start(parts: Parts, opened: Opened): Promise<Wired> {
  const { store, sources, now, log } = parts;
  const { policies, protocol, findings } = parts.rules;
  const limits = parts.limits ?? DEFAULT_LIMITS;
  for (const { place, said, disagree } of findings) {
    const packs = said.map(({ pack }) => pack);
    if (disagree)
      log.warn({ code: 'PACKS_DISAGREE', place, packs }, 'packs disagree: the more restrictive value holds');
  }
  const graph = buildGraph(
    parts.graphqlFolder ?? packagePath('schema', 'graphql'),
    createPages(parts.cursorKey),
    limits,
  );
  const gateways = loadLawfulGateways(packagePath('schema', 'policies', 'lawful-gateways.yaml'));
  const directory = openDirectory(store);
  const registers = openRegisters(store);
  const newId = newIds({ now, random: (bytes) => randomBytes(bytes) });
  await keepPolicies(store, policies, now().toISOString());
  const audit = openAudit(store);
  const decide = createDecide(policies, (policyIds) =>
    log.error({ code: 'POLICY_ERROR', policyIds }, 'policies could not be evaluated: denied'),
  );
  const isMatched = (parts.matchEveryHours ?? 0) > 0;
  const people = openPeople(store, { newId, met: (refs) => isMatched && matching.note(refs) });
  const house: House = {
    sources,
    people,
    directory,
    registers,
    decide,
    projection: graph.projection,
    policyVersion: policies.version,
    protocol,
    now,
    gates: openGates({
      now,
      tick: () => performance.now(),
      random: Math.random,
      log,
      settings: { timeoutMs: parts.sourceDeadlineMs, ...parts.gates },
      ...(parts.gatesOf ? { settingsOf: parts.gatesOf } : {}),
    }),
    operationDeadlineMs: parts.operationDeadlineMs ?? parts.sourceDeadlineMs * OPERATION_DEADLINES,
    log,
  };
  const matrix = keepMatrix(policies.all);
  if (parts.matrixAtStart) matrix({});
  const questions = openLinkQuestions(store, { newId });
  const agenciesById = async () =>
    new Map<string, Agency>((await directory.agencies()).map((agency) => [agency.id, agency]));
  const matching = openMatching({
    sources,
    agencies: agenciesById,
    people,
    questions,
    gates: house.gates,
    deadlineMs: MET_DEADLINE_MS,
    now,
    newIndex: () => createPersonIndex(readMatching()),
  });
  const search = openSearch(store);
  const apollo = createApollo({
    house,
    audit,
    newId,
    schema: graph.schema,
    limits,
    introspection: parts.introspection,
    pace: { ...DEFAULT_STEPS, tick: house.gates.tick, pause: parts.pause ?? ((ms) => setTimeout(ms)) },
    statementParts: {
      policies,
      registers,
      directory,
      gateways,
      factors: readFactors(),
      requests: openRelevanceRequests(store),
      newId,
    },
    proofs: openProofs(store),
    matrix,
    linkParts: { questions, index: matching.index },
    releases: openReleases(store),
    search,
    alertRows: openAlertRows(store),
    staff: () => readStaff(store),
    books: {
      listing: openListing(store),
      stated: (version) => readStated(store, version),
      pastDecides: new Map(),
      sampling: openSampling(store, search),
      savedRegister: openSavedRegister(store),
    },
  });
  const witnesses = openWitnesses({
    store,
    witnesses: parts.witnesses ?? [],
    warn: (code, witness) => log.warn({ code, witness }, 'a witness did not cosign'),
  });
  const indexer = openIndexer(store);
  const indexLog = () =>
    indexer.follow((error) => log.error({ code: 'LOG_NOT_INDEXED', err: error }, 'entries wait to be indexed'));
  const sequencer = openSequencer({
    store,
    holder: randomBytes(16).toString('hex'),
    keys: parts.logKeys,
    now,
    random: (bytes) => randomBytes(bytes),
    warn: (code) => log.error({ code }, 'entries wait to be put into the tree'),
    published: () => {
      void witnesses.ask();
      indexLog();
    },
  });
  const metrics = parts.metrics ?? createMetrics();
  for (const source of sources) opened(() => source.stop());
  await Promise.all(sources.map((source) => startSource(source, log, parts.sourceDeadlineMs)));
  await apollo.start();
  opened(() => apollo.stop());
  const http = await startHttp({
    apollo,
    signIn: parts.signIn,
    context: (signedIn, { id: requestId }) => ({ signedIn, requestId }),
    readiness: async () => ((await isStoreReady(store)) ? [] : ['store']),
    metrics,
    limits: DEFAULT_HTTP_LIMITS,
    newId,
    log,
    host: parts.host,
    port: parts.port,
  });
  opened(() => http.stop());
  const countAlert = countAlerts(metrics, Object.keys(ALERT_RULES));
  // Gates of its own: it takes no place of anybody who waits for an answer, and no failure of its shuts theirs.
  const watchGates = openGates({
    now,
    tick: () => performance.now(),
    random: Math.random,
    log,
    settings: { timeoutMs: parts.sourceDeadlineMs, ...parts.gates },
    ...(parts.gatesOf ? { settingsOf: parts.gatesOf } : {}),
  });
  const watch = openWatch({
    store,
    audit,
    search,
    registers,
    directory,
    staff: () => readStaff(store),
    read: (persons, at) =>
      readWatchedPersons(
        { sources, people: house.people, gates: watchGates, deadlineMs: house.operationDeadlineMs },
        persons,
        at,
      ),
    policyVersion: policies.version,
    now,
    newId,
    opened: ({ id, rule }) => {
      countAlert(rule);
      log.warn({ code: rule, alert: id }, 'an alert was opened for the officers');
    },
  });
  const stopWatching = fromTimeToTime((parts.watchEverySeconds ?? 0) * 1000, () =>
    watch
      .run()
      .catch((error: unknown) => log.error({ code: 'LOG_NOT_WATCHED', err: error }, 'entries wait to be judged'))
      .then(() => undefined),
  );
  const matchAll = async (signal: AbortSignal) => {
    try {
      const { index: _, ...counts } = await matching.matchAll(signal);
      log.info({ code: 'PERSONS_MATCHED', ...counts }, 'persons matched');
    } catch (error) {
      if (!signal.aborted) log.error({ code: 'MATCHING_FAILED', err: error }, 'persons could not be matched');
    }
  };
  const stopMatching = fromTimeToTime((parts.matchEveryHours ?? 0) * HOUR_MS, matchAll, true);
  // Whether anybody was met or not: when it runs tells nothing.
  const stopMeeting = fromTimeToTime(isMatched ? MET_EVERY_MS : 0, () =>
    matching
      .matchMet()
      .catch((error: unknown) => log.error({ code: 'MATCHING_FAILED', err: error }, 'persons met could not be matched'))
      .then(() => undefined),
  );
  sequencer.start();
  // What was in the tree before: of a log from before there was an index, all of it.
  indexLog();
  return {
    url: `${http.url}/graphql`,
    house,
    audit,
    sequencer,
    indexer,
    watch,
    http,
    matchPersons: matching.matchAll,
    matchMet: matching.matchMet,
    async stop() {
      await Promise.all([stopWatching(), watch.stop(), stopMatching(), stopMeeting()]);
      await http.stop();
      await apollo.stop();
      await sequencer.stop();
      await indexer.stop();
      await Promise.all(sources.map((source) => source.stop()));
      await store.close();
    },
  };
}

/**
 * Does something every so many milliseconds, one run at a time, until what it gives is called: that aborts the run under way and
 * waits for it. Never for 0. Requires that `work` keeps its own failures.
 */
function fromTimeToTime(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  isFirstAtOnce = false,
): () => Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  const pause = () => setTimeout(everyMs, undefined, { ref: false, signal }).catch(() => {});
  const working = (async () => {
    if (everyMs <= 0) return;
    if (!isFirstAtOnce) await pause();
    for (; !signal.aborted; await pause()) await work(signal);
  })();
  return async () => {
    ended.abort(new Error('stopping'));
    await working;
  };
}

/** A source that does not start in time, or at all, is a gap until it answers: it does not keep the others waiting. */
async function startSource(source: Source, log: Logger, deadlineMs: number): Promise<void> {
  const started = source.start().then(
    () => true,
    (error: unknown) => {
      log.error({ source: source.id, err: error }, 'a source did not start: it is a gap until it answers');
      return true;
    },
  );
  const isInTime = await Promise.race([started, setTimeout(deadlineMs, false, { ref: false })]);
  if (!isInTime)
    log.warn({ source: source.id, code: 'TIMED_OUT' }, 'a source is slow to start: it is a gap until it answers');
}

async function isStoreReady(store: Store): Promise<boolean> {
  try {
    await store.read('SELECT 1 AS one');
    return true;
  } catch {
    return false;
  }
}

/** The assessment factors of the children in need census: the needs that a judgement may name. */
function readFactors(): ReadonlySet<string> {
  const { factors } = parse(readFileSync(packagePath('schema', 'policies', 'assessment-factors.yaml'), 'utf8')) as {
    factors: readonly { code: string }[];
  };
  return new Set(factors.map(({ code }) => code));
}
