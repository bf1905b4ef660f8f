/**
 * Keeps one snapshot that answers, and puts the next in its place when new files stand in the folder: watched, taken once
 * they have been quiet, loaded aside, swapped in whole. While that goes on, and if it fails, the old one answers.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type FSWatcher, watch } from 'chokidar';
import type { AgencyId, IsoInstant, SourceId } from '../../src/domain/words.js';
import { SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { EXTRACT_FILE, INDEX_FILE, lookAt, type Pair, type Standing } from './client.js';
import { type LoadOutcome, stampOf } from './load.js';
import { beginLoad, type Loading } from './loading.js';
import { rejectsName } from './rejects.js';
import { openSnapshot, type Snapshot } from './snapshot.js';

export interface SubstanceMisuseOptions {
  readonly id: SourceId;
  readonly holder: AgencyId;
  /** The id space of clients and keyworkers; its own id if not given. */
  readonly space?: SourceId;
  /** The folder that the provider puts the extract and client-index.csv into. */
  readonly folder: string;
  /** Where the snapshot and the rejects reports are written; `folder` if not given. As confidential as the extract. */
  readonly workFolder?: string;
  /** The edition of the extract (`K` … `S`); that in the file's name, or none, if not given. */
  readonly edition?: string;
  /** Further editions, a file of the form of editions.json. */
  readonly editionsFile?: string;
  /** Of 1: a file with a greater share of bad rows is refused whole. */
  readonly mostRejected?: number;
  /** Of 1: an extract with a smaller share of the rows of the one before is refused whole. */
  readonly leastRows?: number;
  /** Answers nothing once the extract is older than this. No limit if not given. Requires `now`. */
  readonly staleAfterDays?: number;
  readonly now?: () => IsoInstant;
  /** How long files must have been as they are before they are taken. */
  readonly settleMs?: number;
  /** How often the folder is looked at though nothing was heard of it: shares do not always tell. */
  readonly lookEveryMs?: number;
  /** Told how each load ended, for a log. */
  readonly told?: (outcome: LoadOutcome) => void;
}

export const DEFAULTS = { mostRejected: 0.1, leastRows: 0.5, settleMs: 2000, lookEveryMs: 15_000 } as const;
const RETRY_MS = 60_000;
/** What is written here ourselves. */
const OURS = /\.(?:part|sqlite|rejects\.csv)$/;
const DAY_MS = 86_400_000;

export interface Held {
  /** Begins to watch; resolves when a snapshot answers. Rejects, and goes on watching, if the files are not there or refused. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What `use` makes of the snapshot. Rejects with the signal's reason, SourceFailure (no files) or SourceNotReady. */
  ask<T>(signal: AbortSignal, use: (snapshot: Snapshot) => T): Promise<T>;
  asOf(): IsoInstant | undefined;
  /** Whether what answers is not what stands in the folder: a newer extract was refused, or a file was taken out. */
  isBehind(): boolean;
}

/** Holds the extract of these options. Nothing is opened before `start`. */
export function holdExtract(options: SubstanceMisuseOptions): Held {
  const { id, folder, settleMs = DEFAULTS.settleMs } = options;
  const work = resolve(options.workFolder ?? folder);
  const path = join(work, `${id.replace(/[^A-Za-z0-9_-]/g, '_')}.snapshot.sqlite`);
  const ended = new AbortController();
  let held: Snapshot | undefined;
  let watcher: FSWatcher | undefined;
  let looking: Promise<void> | undefined;
  let loading: Loading | undefined;
  /** The files as last seen, and since when they are so. */
  let seen: { readonly stamp: string; readonly since: number } | undefined;
  /** Files that were refused are not loaded again; a load that failed is tried again after a while. */
  let turnedDown: { readonly stamp: string; readonly until: number; readonly why: string } | undefined;
  let absent: { readonly file: string; readonly since: number } | undefined;
  let isStarted = false;
  let isReadable = true;
  let wake = () => {};

  function failure(): Error {
    if (!isStarted) return new SourceNotReady(`source ${id}: not started`);
    if (!isReadable) return new SourceFailure(`source ${id}: its folder cannot be read`);
    if (absent) return new SourceFailure(`source ${id}: ${absent.file} is not in its folder`);
    if (turnedDown) return new SourceNotReady(`source ${id}: ${turnedDown.why}`);
    return new SourceNotReady(`source ${id}: no extract is loaded yet`);
  }

  /** Looks at the folder once and does what is to be done; resolves to after how long to look again. */
  async function look(): Promise<number> {
    const often = options.lookEveryMs ?? DEFAULTS.lookEveryMs;
    let pair: Pair;
    try {
      pair = await lookAt(folder);
      isReadable = true;
    } catch {
      isReadable = false;
      seen = undefined;
      return often;
    }
    const { extract, index } = pair;
    if (!extract || !index) {
      absent ??= { file: extract ? INDEX_FILE : EXTRACT_FILE, since: performance.now() };
      seen = undefined;
      return Math.min(often, settleMs);
    }
    absent = undefined;
    const stamp = stampOf(extract, index, options.edition);
    if (stamp === held?.stamp) {
      turnedDown = undefined;
      return often;
    }
    if (stamp === turnedDown?.stamp && performance.now() < turnedDown.until) return often;
    if (stamp !== seen?.stamp) seen = { stamp, since: performance.now() };
    const quiet = performance.now() - seen.since;
    if (quiet < settleMs) return settleMs - quiet;
    await load(extract, index, stamp);
    return often;
  }

  async function load(extract: Standing, index: Standing, stamp: string): Promise<void> {
    const { edition, editionsFile } = options;
    loading = beginLoad({
      source: id,
      folder,
      extract,
      index,
      snapshot: path,
      ...(edition === undefined ? {} : { edition }),
      ...(editionsFile === undefined ? {} : { editionsFile }),
      mostRejected: options.mostRejected ?? DEFAULTS.mostRejected,
      leastRows: options.leastRows ?? DEFAULTS.leastRows,
      lastRows: held?.rows ?? 0,
    });
    const outcome = await loading.outcome;
    loading = undefined;
    if (ended.signal.aborted) return;
    options.told?.(outcome);
    if (outcome.state === 'loaded') {
      const next = openSnapshot(path, id);
      if (next) {
        held?.close();
        held = next;
        turnedDown = undefined;
        return;
      }
    }
    if (outcome.state === 'changed') return;
    const why = outcome.why ?? 'the load failed';
    const told =
      outcome.state === 'refused' ? `${why} (see ${rejectsName(extract.name)} and ${rejectsName(index.name)})` : why;
    turnedDown = { stamp, until: outcome.state === 'refused' ? Infinity : performance.now() + RETRY_MS, why: told };
  }

  /** A snapshot that cannot be read is made again from the files that stand. */
  function discard(): void {
    held?.close();
    held = undefined;
    seen = undefined;
    wake();
  }

  async function keepLooking(): Promise<void> {
    while (!ended.signal.aborted) {
      const woken = new AbortController();
      wake = () => woken.abort();
      const next = await look().catch(() => options.lookEveryMs ?? DEFAULTS.lookEveryMs);
      looked();
      await wait(next, undefined, { signal: AbortSignal.any([woken.signal, ended.signal]), ref: false }).catch(
        () => {},
      );
    }
  }

  let looked = () => {};
  /** Until a snapshot answers, or it is plain that none will for now. */
  async function answerable(): Promise<void> {
    while (!ended.signal.aborted && isReadable && !held && !turnedDown && !absent) {
      await new Promise<void>((done) => {
        looked = done;
      });
    }
  }

  return {
    async start() {
      if (ended.signal.aborted) throw new SourceNotReady(`source ${id}: stopped`);
      if (isStarted) return;
      isStarted = true;
      // A provider's folder that is not there is a share that is not mounted: not for us to make.
      if (options.workFolder !== undefined) await mkdir(work, { recursive: true, mode: 0o700 });
      held = openSnapshot(path, id);
      watcher = watch(folder, { depth: 0, ignoreInitial: true, ignored: OURS }).on('all', () => wake());
      watcher.on('error', () => {});
      looking = keepLooking();
      await answerable();
      if (!held) throw failure();
    },
    async stop() {
      ended.abort();
      looked();
      loading?.stop();
      await watcher?.close();
      await looking;
      held?.close();
      held = undefined;
      isStarted = false;
    },
    async ask(signal, use) {
      signal.throwIfAborted();
      // A folder that is gone may hold a newer extract that takes something back.
      const isThere = await stat(folder).then(
        () => true,
        () => false,
      );
      signal.throwIfAborted();
      if (isStarted && !isThere) throw new SourceFailure(`source ${id}: its folder cannot be read`);
      if (!held) throw failure();
      if (absent && performance.now() - absent.since > settleMs)
        throw new SourceFailure(`source ${id}: ${absent.file} was taken out of its folder`);
      if (isStale(held))
        throw new SourceNotReady(`source ${id}: its extract is older than ${options.staleAfterDays} days`);
      try {
        return use(held);
      } catch {
        discard();
        throw new SourceFailure(`source ${id}: its snapshot cannot be read`);
      }
    },
    asOf: () => held?.asOf,
    isBehind: () => turnedDown !== undefined || absent !== undefined,
  };

  function isStale({ asOf }: Snapshot): boolean {
    const { staleAfterDays, now } = options;
    return (
      staleAfterDays !== undefined &&
      now !== undefined &&
      Date.parse(now()) - Date.parse(asOf) > staleAfterDays * DAY_MS
    );
  }
}
