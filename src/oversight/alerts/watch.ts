/**
 * Watches the log: follows its index, finds how near workers stand to the people they asked about, judges by the standing
 * rules, and writes marks and alerts. In the background and after the fact: no answer waits for it, and nothing that it
 * writes is read by any decision. Any instance may do it; how far it has come is a row claimed by the transaction that moves
 * it, so that every operation is judged once, though two instances may both have read of the same people.
 *
 * What it reads of people at the sources is an entry of the log like anybody's reading, durable before the reading.
 */
import type { Audit } from '../../audit/audit.js';
import { addMarks } from '../../audit/index/indexer.js';
import type { IndexedEntry, Search } from '../../audit/index/search.js';
import {
  ADULT_WORK,
  AGENCY_KINDS,
  type AgencyKind,
  type IsoInstant,
  type PersonId,
  type WorkerId,
} from '../../domain/words.js';
import type { Directory } from '../../people/directory.js';
import type { StaffMember } from '../../people/staff.js';
import type { WatchedPersons } from '../../reader/watched-persons.js';
import type { Registers } from '../../registers/registers.js';
import { instantAfter } from '../../sharing/deadline.js';
import type { StatementLine } from '../../sharing/drafts.js';
import type { Store, Transaction } from '../../store/store.js';
import { type AlertRows, type NewAlert, openAlertRows } from './alert-rows.js';
import {
  isUnknown,
  judgeDay,
  judgeUnknown,
  twoPurposes,
  UNKNOWN_BEFORE_MS,
  UNKNOWN_SWEEP,
  type UnknownDay,
} from './day-rules.js';
import { knownPerson, knownWorker, surnameOf, toldOf } from './known.js';
import { NEAR, type Near, nearnessOf, rareNamesAmong } from './nearness.js';
import {
  type AlertRule,
  type Finding,
  isSuspect,
  judgePair,
  PAIR_DAYS,
  type Pair,
  SELF_ASSERTED_SWEEPS,
} from './rules.js';
import { type Deed, deedOf, type Seen, seenIn } from './sightings.js';
import { usualOf } from './usual.js';

export interface WatchParts {
  readonly store: Store;
  readonly audit: Audit;
  readonly search: Search;
  readonly registers: Pick<Registers, 'consent'>;
  readonly directory: Pick<Directory, 'agencies' | 'teams'>;
  readonly staff: () => Promise<ReadonlyMap<WorkerId, StaffMember>>;
  /** Reads people at the sources; the entry of it stands by then. */
  readonly read: (persons: readonly PersonId[], at: IsoInstant) => Promise<WatchedPersons>;
  readonly policyVersion: string;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Told of each alert that was opened: reference and rule, no more. */
  readonly opened: (alert: { readonly id: string; readonly rule: AlertRule }) => void;
}

export interface Watch {
  /** Judges everything that is indexed. Says how many alerts were opened. Several calls at once share one run. */
  run(): Promise<number>;
  /** Ends after the step under way. */
  stop(): Promise<void>;
}

/** Who reads, in the log. */
export const WATCH = 'threshold-watch';
/** What its entries say was done. */
export const WATCHED = 'WATCHED';

const BATCH = 200;
/** Read at the sources in one go. */
const PERSONS = 50;
const HISTORY = 400;
const DAY_MS = 86_400_000;
/** What was found of a pair counts so long; of one that rests on involvement alone, one day. */
const NEAR_FOR_MS = 90 * DAY_MS;
const EARLIER_NIGHTS = 6;
const TOLD = 'TOLD';
const STANDING = 'STANDING';

interface Nearness {
  readonly near: ReadonlySet<Near>;
  readonly isTold: boolean;
  readonly isStanding: boolean;
}

interface PairOf {
  readonly worker: WorkerId;
  readonly person: PersonId;
}

interface Judged {
  readonly marks: readonly { readonly index: number; readonly day: string; readonly mark: string }[];
  readonly alerts: readonly NewAlert[];
}

const keyOf = ({ worker, person }: PairOf) => `${worker} ${person}`;
const dayOf = (at: IsoInstant) => at.slice(0, 10);
const before = (at: IsoInstant, ms: number) => new Date(Date.parse(at) - ms).toISOString();

export function openWatch(parts: WatchParts): Watch {
  const { store, search, now, newId } = parts;
  const alertRows: AlertRows = openAlertRows(store);
  let running: Promise<number> | undefined;
  let isStopping = false;

  async function runAll(): Promise<number> {
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
    const [[at], [indexed]] = await store.readAll<[{ size: number }, { size: number }]>([
      ['SELECT size FROM audit_watched WHERE id = 1'],
      ['SELECT size FROM audit_indexed WHERE id = 1'],
    ]);
    const from = at?.size ?? 0;
    const to = Math.min(from + BATCH, indexed?.size ?? 0);
    if (from >= to) return undefined;
    const entries = await search.at(Array.from({ length: to - from }, (_, i) => from + i));
    const judged = await judge(entries);
    return settle(judged, async (transaction) => {
      const [claimed] = await transaction.run<{ size: number }>(
        `SELECT size FROM audit_watched ${store.claiming} WHERE id = ?`,
        [1],
      );
      if (claimed?.size !== from) return false;
      await transaction.run('UPDATE audit_watched SET size = ? WHERE id = 1', [to]);
      return true;
    });
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
      for (const alert of alerts) if (await alertRows.open(transaction, alert)) fresh.push(alert);
      return fresh;
    });
    for (const { id, rule } of opened) parts.opened({ id, rule });
    return opened.length;
  }

  async function judge(entries: readonly IndexedEntry[]): Promise<Judged> {
    const deeds = entries
      .filter(({ body }) => body.requester.worker !== WATCH)
      .map(({ index, body }) => deedOf(index, body));
    const staff = await parts.staff();
    const near = await nearnessOfAll(deeds, staff);
    const marks = deeds.flatMap((deed) =>
      deed.sightings.flatMap(({ person, unconfirmed, confirmed }) => {
        const found = near.get(keyOf({ worker: deed.worker, person }));
        const all: string[] = [...(found?.near ?? [])].filter((mark) => mark !== 'RARE_SURNAME');
        if (unconfirmed && !confirmed && found?.isTold === false) all.push('SELF_ASSERTED');
        return all.map((mark) => ({ index: deed.index, day: dayOf(deed.at), mark }));
      }),
    );
    const alerts: NewAlert[] = [];
    for (const [key, pair] of suspectPairs(deeds, near))
      alerts.push(...(await judgedPair(pair, near.get(key) ?? NOT_NEAR, pair.at)));
    for (const day of days(deeds)) alerts.push(...(await judgedDay(day, staff)));
    for (const { index, body } of entries)
      alerts.push(...(await recipientConsents(index, body)), ...linksTakenBack(index, body));
    const twice = alerts
      .filter(({ rule }) => rule === 'TWO_PURPOSES')
      .flatMap(({ indexes, day }) => indexes.map((index) => ({ index, day: day ?? '', mark: 'TWO_PURPOSES' })));
    return { marks: [...marks, ...twice], alerts };
  }

  /** How near every worker stands to everybody they asked about: what is not known yet is read at the sources. */
  async function nearnessOfAll(
    deeds: readonly Deed[],
    staff: ReadonlyMap<WorkerId, StaffMember>,
  ): Promise<ReadonlyMap<string, Nearness>> {
    const pairs = new Map<string, PairOf & { readonly isUnconfirmed: boolean }>();
    for (const { worker, sightings } of deeds)
      for (const { person, unconfirmed } of sightings) {
        const key = keyOf({ worker, person });
        pairs.set(key, { worker, person, isUnconfirmed: unconfirmed || pairs.get(key)?.isUnconfirmed === true });
      }
    const at = now().toISOString();
    const known = await knownPairs([...pairs.values()]);
    const found = new Map<string, Nearness>();
    const unknown = [...pairs].flatMap(([key, pair]) => {
      const row = known.get(key);
      const isOld = row && Date.parse(at) - Date.parse(row.at) > (pair.isUnconfirmed ? DAY_MS : NEAR_FOR_MS);
      if (row && !isOld) found.set(key, row);
      return row && !isOld ? [] : [pair];
    });
    const fresh = await readPairs(unknown, staff, at);
    for (const [key, nearness] of fresh) found.set(key, nearness);
    return found;
  }

  async function readPairs(
    pairs: readonly PairOf[],
    staff: ReadonlyMap<WorkerId, StaffMember>,
    at: IsoInstant,
  ): Promise<ReadonlyMap<string, Nearness>> {
    const found = new Map<string, Nearness>();
    const known = pairs.filter(({ worker }) => staff.has(worker));
    if (known.length === 0) return found;
    const persons = new Set(known.map(({ person }) => person));
    for (const { worker } of known) {
      const self = staff.get(worker)?.person;
      if (self !== undefined) persons.add(self);
    }
    const read = await readLogged([...persons], at);
    const colleagues = new Set([...staff.values()].flatMap(({ person }) => person ?? []));
    const rareNames = rareNamesAmong([...staff.values()].map(({ name }) => surnameOf(name)));
    for (const pair of known) {
      const member = staff.get(pair.worker);
      const other = read.persons.get(pair.person);
      if (!member || !other) continue;
      const self = member.person === undefined ? undefined : read.persons.get(member.person);
      const own = colleagues.has(pair.person) && member.person !== pair.person ? colleagues : NOBODY;
      const near = nearnessOf(knownWorker(member, self, rareNames), knownPerson(pair.person, other), own);
      found.set(keyOf(pair), { near, ...toldOf(member, other.work) });
    }
    // What a source that is down would tell is asked again with the next operation.
    if (read.gaps.length === 0) await keepPairs(found, known, at);
    return found;
  }

  /** Reads people, so many at a time, each reading an entry of the log first. */
  async function readLogged(persons: readonly PersonId[], at: IsoInstant) {
    const all = new Map<PersonId, WatchedPersons['persons'] extends ReadonlyMap<PersonId, infer P> ? P : never>();
    const gaps = new Set<string>();
    for (let i = 0; i < persons.length; i += PERSONS) {
      const some = persons.slice(i, i + PERSONS);
      await parts.audit.append({
        v: 1,
        id: newId(),
        at: now().toISOString(),
        operation: { name: 'Watch', sha256: '', type: 'query' },
        requester: { worker: WATCH, agency: '', role: 'SYSTEM' },
        purpose: 'INFORMATION_GOVERNANCE',
        result: 'ANSWERED',
        policyVersion: parts.policyVersion,
        decisions: [],
        outcomes: [],
        statements: [{ did: WATCHED, ids: [], subjects: some, policies: [] }],
      });
      const read = await parts.read(some, at);
      for (const [person, told] of read.persons) all.set(person, told);
      for (const gap of read.gaps) gaps.add(gap);
    }
    return { persons: all, gaps: [...gaps] };
  }

  function suspectPairs(deeds: readonly Deed[], near: ReadonlyMap<string, Nearness>) {
    const suspect = new Map<string, PairOf & { readonly at: IsoInstant }>();
    for (const deed of deeds)
      for (const sighting of deed.sightings) {
        const pair = { worker: deed.worker, person: sighting.person };
        const key = keyOf(pair);
        if (isSuspect(sighting, (near.get(key)?.near.size ?? 0) > 0)) suspect.set(key, { ...pair, at: deed.at });
      }
    return suspect;
  }

  async function judgedPair(
    { worker, person }: PairOf,
    nearness: Nearness,
    at: IsoInstant,
  ): Promise<readonly NewAlert[]> {
    const { entries } = await search.find({
      all: [
        { kind: 'worker', name: worker },
        { kind: 'person', name: person },
      ],
      since: before(at, PAIR_DAYS * DAY_MS),
      limit: HISTORY,
    });
    const seen = inOrder(entries.map(({ index, body }) => deedOf(index, body))).flatMap((deed) => seenIn(deed, person));
    const needsSince = seen.some(({ unconfirmed, stands }) => unconfirmed || stands === 'ENDED');
    const workerSince = needsSince ? await firstSeen(worker, at) : at;
    const pair: Pair = { seen, ...nearness, isFrontDoor: await isAtFrontDoor(worker), workerSince, now: at };
    const findings = judgePair(pair);
    if (findings.length === 0) return [];
    const closures = await alertRows.closures(worker, person);
    return findings.flatMap((finding) => {
      const holding = sinceClosed(finding, pair, closures.get(finding.rule));
      return holding ? [{ id: newId(), worker, person, at: now().toISOString(), ...holding }] : [];
    });
  }

  /** When a worker first stands in the log. */
  async function firstSeen(worker: WorkerId, at: IsoInstant): Promise<IsoInstant> {
    const first = await search.earliest([{ kind: 'worker', name: worker }]);
    const [entry] = first === undefined ? [] : await search.at([first]);
    return entry?.body.at ?? at;
  }

  async function isAtFrontDoor(worker: WorkerId): Promise<boolean> {
    const teams = (await parts.staff()).get(worker)?.teams;
    if (!teams || teams.size === 0) return false;
    return (await parts.directory.teams()).some(({ id, duty }) => duty && teams.has(id));
  }

  /** What a worker did out of hours in the days before one: asked for only where the day itself has such. */
  async function nightsBefore(worker: WorkerId, day: string): Promise<readonly Deed[]> {
    const { entries } = await search.find({
      all: [{ kind: 'night', name: worker }],
      since: before(`${day}T00:00:00.000Z`, EARLIER_NIGHTS * DAY_MS),
      until: `${day}T00:00:00.000Z`,
      limit: HISTORY,
    });
    return inOrder(entries.map(({ index, body }) => deedOf(index, body)));
  }

  async function judgedDay(
    { worker, day }: { readonly worker: WorkerId; readonly day: string },
    staff: ReadonlyMap<WorkerId, StaffMember>,
  ): Promise<readonly NewAlert[]> {
    const next = dayOf(before(`${day}T00:00:00.000Z`, -DAY_MS));
    const { entries } = await search.find({
      all: [{ kind: 'worker', name: worker }],
      since: `${day}T00:00:00.000Z`,
      until: `${next}T00:00:00.000Z`,
      limit: HISTORY,
    });
    const deeds = inOrder(entries.map(({ index, body }) => deedOf(index, body)));
    const usual = await usualOf({ search, staff }, worker, day, next);
    const isNight = deeds.some((deed) => deed.isNight);
    const earlierNights = isNight ? await nightsBefore(worker, day) : [];
    const isFrontDoor = isNight && (await isAtFrontDoor(worker));
    const findings: readonly Finding[] = [
      ...judgeDay({ deeds, isOver: day < dayOf(now().toISOString()), isFrontDoor, earlierNights, ...usual }),
      ...twoPurposes(deeds),
    ];
    return findings.map((finding) => ({ id: newId(), worker, day, at: now().toISOString(), ...finding }));
  }

  /** RULES §6: consent to adult work of another agency that was recorded by who receives it. */
  async function recipientConsents(index: number, body: IndexedEntry['body']): Promise<readonly NewAlert[]> {
    const ids = (body.statements ?? []).filter(({ did }) => did === 'CONSENT').flatMap((line) => line.ids);
    if (ids.length === 0) return [];
    const { worker, agency } = body.requester;
    const kind = (await parts.directory.agencies()).find(({ id }) => id === agency)?.kind;
    const consents = await Promise.all(ids.map((id) => parts.registers.consent(id)));
    return consents.flatMap((consent) => {
      if (consent?.state !== 'GIVEN') return [];
      const { categories, recipients, holders, subject: person } = consent;
      const isAdultWork = categories.some((category) => category === '*' || ADULT_WORK.includes(category));
      const isOfOthers = holders.some((holder) => holder !== agency && holder !== kind);
      if (!isAdultWork || !isOfOthers || !names(recipients, agency, kind)) return [];
      return [{ id: newId(), rule: 'RECIPIENT_CONSENT', worker, person, indexes: [index], at: now().toISOString() }];
    });
  }

  /**
   * ADR 13: an alleged perpetrator's record may be known as that person's no longer, so each is to be seen. The two of a pair share
   * one alert.
   */
  function linksTakenBack(index: number, body: IndexedEntry['body']): readonly NewAlert[] {
    if (body.result !== 'ANSWERED') return [];
    const lines = (body.statements ?? []).filter(({ did }) => TAKEN_BACK.includes(did));
    const { worker } = body.requester;
    return [...new Set(lines.flatMap(({ subjects }) => subjects))].map((person) => ({
      id: newId(),
      rule: 'LINK_TAKEN_BACK',
      worker,
      person,
      indexes: [index],
      at: now().toISOString(),
    }));
  }

  /** Once an hour: what becomes an alert by time alone. */
  async function sweep(): Promise<number> {
    const at = now().toISOString();
    const hour = at.slice(0, 'YYYY-MM-DDTHH'.length);
    const [swept] = await store.read<{ swept: string }>('SELECT swept FROM audit_watched WHERE id = 1');
    if (swept?.swept === hour) return 0;
    const alerts = [
      ...(await selfAssertedDue(at)),
      ...(await unknownDue(at)),
      ...(await oneFieldDue(at)),
      ...(await emergenciesDue(at)),
    ];
    return settle({ marks: [], alerts }, async (transaction) => {
      const sql = `SELECT swept FROM audit_watched ${store.claiming} WHERE id = ?`;
      const [claimed] = await transaction.run<{ swept: string }>(sql, [1]);
      if (claimed?.swept !== swept?.swept) return false;
      await transaction.run('UPDATE audit_watched SET swept = ? WHERE id = 1', [hour]);
      return true;
    });
  }

  /** Involvement was used so many days ago that another system has had its time to tell of it, or the work to be written up. */
  async function selfAssertedDue(at: IsoInstant): Promise<readonly NewAlert[]> {
    const deeds: Deed[] = [];
    for (const days of SELF_ASSERTED_SWEEPS) {
      const due = before(at, days * DAY_MS);
      const { entries } = await search.find({
        all: [{ kind: 'mark', name: 'SELF_ASSERTED' }],
        since: before(due, DAY_MS),
        until: due,
        limit: HISTORY,
      });
      deeds.push(...entries.map(({ index, body }) => deedOf(index, body)));
    }
    const near = await nearnessOfAll(deeds, await parts.staff());
    const alerts: NewAlert[] = [];
    for (const { worker, sightings } of deeds)
      for (const { person, unconfirmed } of sightings)
        if (unconfirmed)
          alerts.push(
            ...(await judgedPair({ worker, person }, near.get(keyOf({ worker, person })) ?? NOT_NEAR, at)).filter(
              ({ rule }) => rule === 'SELF_ASSERTED',
            ),
          );
    return alerts;
  }

  /** Days a week ago on which the directory did not know somebody: by now it does again, or the role has ended. */
  async function unknownDue(at: IsoInstant): Promise<readonly NewAlert[]> {
    const due = before(at, UNKNOWN_SWEEP * DAY_MS);
    const { entries } = await search.find({
      all: [{ kind: 'result', name: 'REFUSED' }],
      since: before(due, DAY_MS),
      until: due,
      limit: HISTORY,
    });
    const unknown = entries.map(({ index, body }) => deedOf(index, body)).filter(isUnknown);
    const alerts: NewAlert[] = [];
    for (const { worker, day } of days(unknown)) {
      const deeds = inOrder(unknown.filter((deed) => deed.worker === worker && dayOf(deed.at) === day));
      for (const finding of judgeUnknown({ deeds, ...(await workAround(deeds)) }))
        alerts.push({ id: newId(), worker, day, at: now().toISOString(), ...finding });
    }
    return alerts;
  }

  /** The day before, now that it is over: what was not filled in is not. */
  async function oneFieldDue(at: IsoInstant): Promise<readonly NewAlert[]> {
    const { entries } = await search.find({
      all: [{ kind: 'mark', name: 'SEARCH_ONE_FIELD' }],
      since: `${dayOf(before(at, DAY_MS))}T00:00:00.000Z`,
      until: `${dayOf(at)}T00:00:00.000Z`,
      limit: HISTORY,
    });
    const staff = await parts.staff();
    const alerts: NewAlert[] = [];
    for (const day of days(entries.map(({ index, body }) => deedOf(index, body))))
      alerts.push(...(await judgedDay(day, staff)).filter(({ rule }) => rule === 'ONE_FIELD'));
    return alerts;
  }

  /** What a worker did in that agency and role before and after the directory did not know them. */
  async function workAround(deeds: readonly Deed[]): Promise<Pick<UnknownDay, 'before' | 'after'>> {
    const [first] = deeds;
    const last = deeds.at(-1);
    if (!first || !last) return { before: [], after: [] };
    const of = async (bounds: { readonly since: IsoInstant; readonly until?: IsoInstant }) => {
      const { entries } = await search.find({
        all: [
          { kind: 'worker', name: first.worker },
          { kind: 'agency', name: first.agency },
        ],
        ...bounds,
        limit: HISTORY,
      });
      return inOrder(entries.map(({ index, body }) => deedOf(index, body)).filter(({ role }) => role === first.role));
    };
    return {
      before: await of({ since: before(first.at, UNKNOWN_BEFORE_MS), until: first.at }),
      after: (await of({ since: last.at })).filter(({ index }) => index !== last.index),
    };
  }

  /** Emergency access is reviewed within one working day (RULES §8). */
  async function emergenciesDue(at: IsoInstant): Promise<readonly NewAlert[]> {
    const open = await store.read<{ id: string; worker: string; person: string; recorded_at: string }>(
      `SELECT e.id, e.worker, e.person, e.recorded_at FROM emergency_access e
        WHERE NOT EXISTS (SELECT 1 FROM emergency_review r WHERE r.emergency_id = e.id)
        AND NOT EXISTS (SELECT 1 FROM audit_alert a JOIN audit_term w ON w.id = a.worker_term JOIN audit_term p ON p.id = a.person_term
          WHERE a.rule = 'EMERGENCY_OVERDUE' AND w.name = e.worker AND p.name = e.person AND a.opened_at > e.recorded_at)`,
    );
    const overdue = open.filter(({ recorded_at }) => instantAfter(recorded_at, ONE_WORKING_DAY) <= at);
    return Promise.all(
      overdue.map(async ({ id, worker, person }) => {
        const { entries } = await search.find({ all: [{ kind: 'statement', name: id }], limit: 1 });
        const indexes = entries.map(({ index }) => index);
        return { id: newId(), rule: 'EMERGENCY_OVERDUE' as const, worker, person, indexes, at };
      }),
    );
  }

  async function knownPairs(pairs: readonly PairOf[]) {
    const rows = await store.read<{ worker: string; person: string; near: string; at: string }>(
      `SELECT w.name AS worker, p.name AS person, k.near, k.at FROM ${store.rowList(['worker', 'person'])} r
        JOIN audit_term w ON w.kind = 'worker' AND w.name = r.worker
        JOIN audit_term p ON p.kind = 'person' AND p.name = r.person
        JOIN audit_watched_pair k ON k.worker_term = w.id AND k.person_term = p.id`,
      [JSON.stringify(pairs.map(({ worker, person }) => [worker, person]))],
    );
    return new Map(
      rows.map(({ worker, person, near: text, at }) => {
        const words = text.split(';');
        const near: ReadonlySet<Near> = new Set(NEAR.filter((mark) => words.includes(mark)));
        return [
          keyOf({ worker, person }),
          { near, isTold: words.includes(TOLD), isStanding: words.includes(STANDING), at },
        ];
      }),
    );
  }

  async function keepPairs(found: ReadonlyMap<string, Nearness>, pairs: readonly PairOf[], at: IsoInstant) {
    const rows = pairs.flatMap((pair) => {
      const nearness = found.get(keyOf(pair));
      if (!nearness) return [];
      const words = [
        ...nearness.near,
        ...(nearness.isTold ? [TOLD] : []),
        ...(nearness.isStanding ? [STANDING] : []),
      ].join(';');
      return [[pair.worker, pair.person, words, at]];
    });
    const given = store.rowList(['worker', 'person', 'near', 'at']);
    const joined = `${given} r JOIN audit_term w ON w.kind = 'worker' AND w.name = r.worker
      JOIN audit_term p ON p.kind = 'person' AND p.name = r.person`;
    await store.transaction(async (transaction) => {
      await transaction.run(
        `DELETE FROM audit_watched_pair WHERE EXISTS (SELECT 1 FROM ${joined}
          WHERE w.id = audit_watched_pair.worker_term AND p.id = audit_watched_pair.person_term)`,
        [JSON.stringify(rows)],
      );
      await transaction.run(
        `INSERT INTO audit_watched_pair (worker_term, person_term, near, at) SELECT w.id, p.id, r.near, r.at FROM ${joined}`,
        [JSON.stringify(rows)],
      );
    });
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

/** What was closed is judged anew by what came after: an explanation covers what was looked at, and nothing to come. */
function sinceClosed(finding: Finding, pair: Pair, closedAt: IsoInstant | undefined): Finding | undefined {
  if (closedAt === undefined) return finding;
  const seen: readonly Seen[] = pair.seen.filter(({ deed }) => deed.at > closedAt);
  return judgePair({ ...pair, seen }).find(({ rule }) => rule === finding.rule);
}

function days(deeds: readonly Deed[]): readonly { readonly worker: WorkerId; readonly day: string }[] {
  const all = new Map(deeds.map(({ worker, at }) => [`${worker} ${dayOf(at)}`, { worker, day: dayOf(at) }]));
  return [...all.values()];
}

function inOrder(deeds: readonly Deed[]): readonly Deed[] {
  return [...deeds].sort((a, b) => (a.at === b.at ? a.index - b.index : a.at < b.at ? -1 : 1));
}

function names(recipients: readonly string[], agency: string, kind: AgencyKind | undefined): boolean {
  const isKind = kind !== undefined && AGENCY_KINDS.includes(kind) && recipients.includes(kind);
  return recipients.includes('*') || recipients.includes(agency) || isKind;
}

const TAKEN_BACK: readonly string[] = ['LINK_UNDONE', 'SEPARATED'] satisfies readonly StatementLine['did'][];
const NOT_NEAR: Nearness = { near: new Set(), isTold: false, isStanding: true };
const NOBODY: ReadonlySet<PersonId> = new Set();
const ONE_WORKING_DAY = { months: 0, days: 0, minutes: 0, workingDays: 1 };
