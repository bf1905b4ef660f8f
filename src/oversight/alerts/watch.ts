/**
 * Watches the log: follows its index, finds how near workers stand to the people they asked about, judges by the standing
 * rules, and writes marks and alerts. In the background and after the fact: no answer waits for it, and nothing that it
 * writes is read by any decision. Any instance may do it; how far it has come is a row claimed by the transaction that moves
 * it (`watch-progress.ts`), so that every operation is judged once, though two instances may both have read of the same people.
 *
 * What it reads of people at the sources is an entry of the log like anybody's reading, durable before the reading
 * (`logged-reading.ts`).
 */
import { type AddedMark, addMarks } from '../../audit/index/indexer.js';
import type { IndexedEntry, LogSearch } from '../../audit/index/search.js';
import type { WorkerId } from '../../domain/words.js';
import type { Directory } from '../../people/directory.js';
import type { StaffMember } from '../../people/staff.js';
import type { Registers } from '../../registers/registers.js';
import type { Store, Transaction } from '../../store/store.js';
import { type NewAlert, openAlertRows } from './alert-rows.js';
import { openDayAlerts } from './day-alerts.js';
import { dayOf, daysOf } from './days.js';
import { openDueAlerts } from './due-alerts.js';
import { openEntryAlerts } from './entry-alerts.js';
import { type LoggedReadingParts, WATCH } from './logged-reading.js';
import { openPairAlerts, suspectPairs } from './pair-alerts.js';
import { openPairNearness } from './pair-nearness.js';
import { type NearnessByPair, pairKey } from './pair-rows.js';
import { openPastDeeds } from './past-deeds.js';
import type { AlertRule } from './rules.js';
import { type Deed, deedOf, keptIn } from './sightings.js';
import { placeAlerts } from './unplaced.js';
import { openWatchProgress } from './watch-progress.js';

export interface WatchParts extends LoggedReadingParts {
  readonly store: Store;
  readonly search: LogSearch;
  readonly registers: Pick<Registers, 'consent'>;
  readonly directory: Pick<Directory, 'agencies' | 'teams'>;
  readonly staff: () => Promise<ReadonlyMap<WorkerId, StaffMember>>;
  /** Told of each alert that was opened: reference and rule, no more. Of what one agency's officers alone may know, not even that. */
  readonly opened: (alert: { readonly id: string; readonly rule: AlertRule }) => void;
}

export interface Watch {
  /** Judges everything that is indexed. Says how many alerts were opened. Several calls at once share one run. */
  run(): Promise<number>;
  /** Ends after the step under way. */
  stop(): Promise<void>;
}

/** Entries judged in one step. */
const BATCH = 200;

interface Judged {
  readonly marks: readonly AddedMark[];
  readonly alerts: readonly NewAlert[];
}

export function openWatch(parts: WatchParts): Watch {
  const { store, search, staff, now, newId } = parts;
  const rows = openAlertRows(store);
  const progress = openWatchProgress(store);
  const nearness = openPairNearness(parts);
  const past = openPastDeeds(search);
  const ofPairs = openPairAlerts({ past, rows, isAtFrontDoor, now, newId });
  const ofDays = openDayAlerts({ search: search.seenBy(), past, isAtFrontDoor, now, newId });
  const ofEntries = openEntryAlerts(parts);
  const due = openDueAlerts({ store, search, past, nearness, ofPairs, ofDays, staff, now, newId });
  let running: Promise<number> | undefined;
  let isStopping = false;

  async function runAll(): Promise<number> {
    await placeAlerts({ rows, search, newId });
    let opened = 0;
    while (!isStopping) {
      const step = await watchBatch();
      if (step === undefined) break;
      opened += step;
    }
    return isStopping ? opened : opened + (await sweep());
  }

  /** One batch of entries; undefined when there are none. */
  async function watchBatch(): Promise<number | undefined> {
    const { judged: from, indexed } = await progress.read();
    const to = Math.min(from + BATCH, indexed);
    if (from >= to) return undefined;
    const entries = await search.at(Array.from({ length: to - from }, (_, i) => from + i));
    return settle(await judge(entries), (transaction) => progress.claim(transaction, from, to));
  }

  /** Once an hour: what becomes an alert by time alone. */
  async function sweep(): Promise<number> {
    const at = now().toISOString();
    const hour = at.slice(0, 'YYYY-MM-DDTHH'.length);
    const swept = await progress.swept();
    if (swept === hour) return 0;
    const alerts = await due.by(at);
    return settle({ marks: [], alerts }, (transaction) => progress.claimSweep(transaction, swept, hour));
  }

  async function judge(entries: readonly IndexedEntry[]): Promise<Judged> {
    const deeds = entries
      .filter(({ body }) => body.requester.worker !== WATCH)
      .map(({ index, body }) => deedOf(index, body));
    const members = await staff();
    // Whom an operation is about by a lock alone is read about by nobody: the entry of the reading would name them.
    const near = await nearness.ofAll(deeds, members);
    const alerts: NewAlert[] = [];
    for (const { pair, at } of suspectPairs([...deeds, ...keptIn(deeds)], near))
      alerts.push(...(await ofPairs.about(pair, near, at)));
    for (const day of daysOf(deeds)) alerts.push(...(await ofDays.about(day, members)));
    for (const entry of entries) alerts.push(...(await ofEntries.about(entry)));
    return { marks: [...marksOfNearness(deeds, near), ...marksOfTwoPurposes(alerts)], alerts };
  }

  /** Writes what was judged, if `claim` says that it is ours to write. Says how many alerts were opened. */
  async function settle(
    { marks, alerts }: Judged,
    claim: (transaction: Transaction) => Promise<boolean>,
  ): Promise<number> {
    const opened = await store.transaction(async (transaction) => {
      if (!(await claim(transaction))) return [];
      if (marks.length > 0) await addMarks(store, transaction, marks);
      const fresh: NewAlert[] = [];
      for (const alert of alerts) if (await rows.open(transaction, alert)) fresh.push(alert);
      return fresh;
    });
    for (const { id, rule, keptBy } of opened) if (keptBy === undefined) parts.opened({ id, rule });
    return opened.length;
  }

  async function isAtFrontDoor(worker: WorkerId): Promise<boolean> {
    const teams = (await staff()).get(worker)?.teams;
    if (!teams || teams.size === 0) return false;
    return (await parts.directory.teams()).some(({ id, duty }) => duty && teams.has(id));
  }

  return {
    run() {
      running ??= runAll().finally(() => {
        running = undefined;
      });
      return running;
    },
    async stop() {
      isStopping = true;
      await running?.catch(() => undefined);
    },
  };
}

/** By these an officer finds operations of the log: how near its worker stood, and what no other system confirmed. */
function marksOfNearness(deeds: readonly Deed[], near: NearnessByPair): readonly AddedMark[] {
  return deeds.flatMap(({ index, at, worker, sightings }) =>
    sightings.flatMap(({ person, unconfirmed, confirmed }) => {
      const found = near.get(pairKey({ worker, person }));
      const all: string[] = [...(found?.near ?? [])].filter((mark) => mark !== 'RARE_SURNAME');
      if (unconfirmed && !confirmed && found?.isTold === false) all.push('SELF_ASSERTED');
      return all.map((mark) => ({ index, day: dayOf(at), mark }));
    }),
  );
}

/** And the same record under two purposes. */
function marksOfTwoPurposes(alerts: readonly NewAlert[]): readonly AddedMark[] {
  return alerts
    .filter(({ rule }) => rule === 'TWO_PURPOSES')
    .flatMap(({ indexes, day, keptBy }) =>
      indexes.map((index) => ({ index, day: day ?? '', mark: 'TWO_PURPOSES', keptBy })),
    );
}
