/**
 * What every source adapter must do, whatever it speaks to, and whatever goes wrong with it (`faults.ts`). An adapter's own
 * test names its fixtures and its transport and calls this. Long because it is one list of promises.
 * The suite starts and stops the source; `stop` of the prepared thing takes the simulator down.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CIRCUMSTANCE_KINDS, type CircumstanceKind, type Circumstances } from '../../src/domain/circumstances.js';
import type { PersonIdentity } from '../../src/domain/identity.js';
import { RECORD_TYPES, type RecordType, type SourceRecord } from '../../src/domain/records.js';
import { CATEGORIES, CONFIDENTIALITIES, RECORD_KINDS } from '../../src/domain/words.js';
import {
  type CallOptions,
  type FindAsk,
  type Source,
  type SourceAnswer,
  SourceFailure,
} from '../../src/sources/contract.js';
import { identityOf } from '../../src/sources/identity-of.js';
import { PATIENCE } from '../databases.js';
import { describeFaults } from './fault-conformance.js';
import type { Transport } from './faults.js';
import { contentFaults, shapeOf } from './sdl-fields.js';

/** A source over a running simulator with a few invented people in it. */
export interface Prepared {
  /** Not yet started. */
  readonly source: Source;
  stop(): Promise<void>;
  /** How the source is reached: every fault that can be done to it is done. */
  readonly transport: Transport;
  readonly known: {
    /** Local ids of persons with records, two or more. */
    readonly persons: readonly string[];
    /** Staff ids with involvements (none for a source that tells no involvements). */
    readonly workers: readonly string[];
    /** Team ids with involvements or families. */
    readonly teams?: readonly string[];
    /** A search by all three, and who it finds; required when the source finds. */
    readonly find?: { readonly ask: Required<FindAsk>; readonly person: string };
    /** Types provided and kinds told that these fixtures cannot show. Everything else must occur at least once. */
    readonly notShown?: readonly (RecordType | CircumstanceKind)[];
    readonly onBehalfOf?: string;
    /** The system behind it knows who its persons are, and has no call that lists them. */
    readonly listsNobody?: true;
    /** The id of a record of the first type provided, for `readOne` under faults. */
    readonly record?: string;
  };
  /** Makes one row at the source malformed; resolves to how many records are lost by it, at least 1. */
  corrupt?(): Promise<number>;
  /** Takes the source away: it no longer answers, or answers with failures. */
  kill?(): Promise<void>;
}

const DATE_OR_INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?Z)?$/;
const UNKNOWN = 'no-such-person-7f3a';

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
const sorted = (values: readonly unknown[]): string[] => values.map(canonical).sort();
const key = (record: SourceRecord): string => `${record.label.type} ${record.label.localId}`;
const everyType = (source: Source, persons: readonly string[]) => ({
  wants: [...source.provides].map((type) => ({ type, persons })),
});

/** Runs the suite. `prepare` is called for each group of tests that needs a world of its own. */
export function describeSource(name: string, prepare: () => Promise<Prepared>): void {
  describe(`source ${name}`, () => {
    let prepared: Prepared;
    let source: Source;
    let records: SourceAnswer<SourceRecord>;
    let told: SourceAnswer<Circumstances>;
    let persons: readonly string[];
    const options = (): CallOptions => callOptions(prepared);

    beforeAll(async () => {
      prepared = await prepare();
      source = prepared.source;
      persons = prepared.known.persons;
      await source.start();
      records = await source.read(everyType(source, persons), options());
      told = await source.circumstances(persons, options());
    });
    afterAll(async () => {
      await source.stop();
      await prepared.stop();
    });

    describe('what it declares', () => {
      it('provides and tells only words of the closed lists', () => {
        for (const type of source.provides) expect(RECORD_TYPES).toContain(type);
        for (const kind of source.tells) expect(CIRCUMSTANCE_KINDS).toContain(kind);
        expect([source.id, source.space, source.holder].every((id) => id.length > 0)).toBe(true);
      });

      it('shows every type it provides and every kind it tells', () => {
        const notShown = new Set<string>(prepared.known.notShown ?? []);
        const types = new Set(records.items.map((record) => record.label.type));
        expect([...source.provides].filter((type) => !types.has(type) && !notShown.has(type))).toEqual([]);
        const kinds = new Set(told.items.flatMap((c) => CIRCUMSTANCE_KINDS.filter((kind) => c[kind].length > 0)));
        expect([...source.tells].filter((kind) => !kinds.has(kind) && !notShown.has(kind))).toEqual([]);
      });

      it('answers with none for types it does not provide', async () => {
        const others = RECORD_TYPES.filter((type) => !source.provides.has(type));
        const answer = await source.read({ wants: others.map((type) => ({ type, persons })) }, options());
        expect(answer).toEqual({ items: [], rejected: 0 });
        for (const type of others) {
          expect(await source.readOne({ type, localId: '1' }, options())).toEqual({ items: [], rejected: 0 });
        }
      });

      it('tells nothing of the kinds it does not tell', () => {
        for (const circumstances of told.items) {
          for (const kind of CIRCUMSTANCE_KINDS) {
            expect(Array.isArray(circumstances[kind])).toBe(true);
            if (!source.tells.has(kind)) expect([kind, circumstances[kind].length]).toEqual([kind, 0]);
          }
        }
      });
    });

    describe('reading', () => {
      it('rejects no row of good fixtures', () => {
        expect([records.rejected, told.rejected]).toEqual([0, 0]);
      });

      it('answers with none, and no error, for a person it does not know', async () => {
        expect(await source.read(everyType(source, [UNKNOWN]), options())).toEqual({ items: [], rejected: 0 });
        expect(await source.read({ wants: [] }, options())).toEqual({ items: [], rejected: 0 });
      });

      it('returns only records of the types and persons asked for', async () => {
        const asked = persons.slice(0, 1);
        for (const type of source.provides) {
          const { items } = await source.read({ wants: [{ type, persons: asked }] }, options());
          expect(items.filter((r) => r.label.type !== type || !asked.includes(r.label.subject))).toEqual([]);
        }
      });

      it('keeps each want to its own persons', async () => {
        const [first, second] = persons;
        const [one, two = one] = [...new Set(records.items.map((r) => r.label.type))];
        if (!one || !two || !first || !second) return;
        const answer = await source.read(
          {
            wants:
              one === two
                ? [{ type: one, persons: [first] }]
                : [
                    { type: one, persons: [first] },
                    { type: two, persons: [second] },
                  ],
          },
          options(),
        );
        const fits = (r: SourceRecord) =>
          (r.label.type === one && r.label.subject === first) || (r.label.type === two && r.label.subject === second);
        expect(answer.items.filter((r) => !fits(r))).toEqual([]);
      });

      it('answers a batch as it answers one by one', async () => {
        const singly: SourceRecord[] = [];
        for (const person of persons) {
          singly.push(...(await source.read(everyType(source, [person]), options())).items);
        }
        expect(sorted(records.items)).toEqual(sorted(singly));
      });

      it('asks once for persons named twice, and hides nothing behind strangers', async () => {
        const crowd = [...persons, ...persons, UNKNOWN, ...Array.from({ length: 3000 }, (_, i) => `stranger-${i}`)];
        if (prepared.known.onBehalfOf !== undefined) crowd.splice(persons.length * 2 + 1);
        expect(sorted((await source.read(everyType(source, crowd), options())).items)).toEqual(sorted(records.items));
      });

      it('takes no id for a piece of its query language', async () => {
        const hostile = ["' OR '1'='1", '1,2', '*', '../..', '"', '%', 'a&b=c', 'x|y'];
        expect((await source.read(everyType(source, hostile), options())).items).toEqual([]);
        expect(rowsOf((await source.circumstances(hostile, options())).items)).toEqual([]);
      });

      it('reads again by id what it read by person', async () => {
        const perType = new Map<RecordType, SourceRecord[]>();
        for (const record of records.items) {
          const list = perType.get(record.label.type) ?? [];
          if (list.length < 5) perType.set(record.label.type, [...list, record]);
        }
        for (const record of [...perType.values()].flat()) {
          const { type, localId } = record.label;
          expect(sorted((await source.readOne({ type, localId }, options())).items)).toEqual(sorted([record]));
        }
        for (const type of source.provides) {
          expect((await source.readOne({ type, localId: 'no-such-record-7f3a' }, options())).items).toEqual([]);
        }
      });
    });

    describe('records', () => {
      it('carry well-formed labels', () => {
        const asked = new Set(persons);
        for (const { label } of records.items) {
          expect(source.provides.has(label.type)).toBe(true);
          expect(label.source).toBe(source.id);
          expect(label.localId).not.toBe('');
          expect(asked.has(label.subject)).toBe(true);
          expect(CATEGORIES).toContain(label.category);
          expect(RECORD_KINDS).toContain(label.kind);
          expect(CONFIDENTIALITIES).toContain(label.confidentiality);
          expect([...label.names, ...label.fromWorkWith].every((p) => typeof p === 'string' && p !== '')).toBe(true);
          expect(label.fromWorkWith.length).toBeGreaterThan(0);
          expect(label.addresses.every((a) => a.startsWith('uprn:') || a.startsWith('pc:'))).toBe(true);
          if (label.at !== undefined) expect(label.at).toMatch(DATE_OR_INSTANT);
        }
      });

      it('have ids unique within their type', () => {
        const keys = records.items.map(key);
        expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([]);
      });

      it('hold content fields of their SDL type only', () => {
        expect([...new Set(records.items.flatMap((r) => contentFaults(r.label.type, r.content)))]).toEqual([]);
      });

      it('point at persons by SDL fields that yield a person, and name them all in the label', () => {
        for (const { label, persons: fields = {} } of records.items) {
          const known = new Set([label.subject, ...label.names, ...label.fromWorkWith]);
          for (const [field, value] of Object.entries(fields)) {
            expect(shapeOf(label.type).persons).toContain(field);
            expect([value].flat().every((person) => known.has(person))).toBe(true);
          }
        }
      });

      it('hold no local id of a person in their content', () => {
        const ids = new Set(records.items.flatMap((r) => [r.label.subject, ...r.label.names, ...r.label.fromWorkWith]));
        const leaks = records.items.filter((r) =>
          stringsOf(r.content).some((text) => text.split(/[^A-Za-z0-9_-]+/).some((word) => ids.has(word))),
        );
        expect(leaks.map(key)).toEqual([]);
      });
    });

    describe('circumstances', () => {
      it('are none for a person it does not know', async () => {
        const answer = await source.circumstances([UNKNOWN], options());
        expect([rowsOf(answer.items), answer.rejected]).toEqual([[], 0]);
        expect(rowsOf((await source.circumstances([], options())).items)).toEqual([]);
      });

      it('tell of a person in a batch all that they tell of that person alone', async () => {
        const all = new Set(rowsOf(told.items).map(canonical));
        for (const person of persons) {
          const alone = rowsOf((await source.circumstances([person], options())).items);
          expect(alone.map(canonical).filter((row) => !all.has(row))).toEqual([]);
        }
      });

      it('tell the whole of every family they name', async () => {
        const members = told.items.flatMap((c) => c.memberships);
        const again = await source.circumstances([...new Set(members.map((m) => m.person))], options());
        const of = (rows: typeof members) =>
          sorted(rows.filter((row) => members.some((m) => m.family === row.family))).filter(
            (r, i, a) => a.indexOf(r) === i,
          );
        expect(of(again.items.flatMap((c) => c.memberships))).toEqual(of(members));
      });

      it('have well-formed periods', () => {
        for (const row of rowsOf(told.items)) {
          for (const field of ['from', 'until', 'at', 'recordedAt'] as const) {
            const value = (row.value as Record<string, unknown>)[field];
            if (value !== undefined) expect(value).toMatch(DATE_OR_INSTANT);
          }
        }
      });

      it('are kept within the workload of the workers and teams they name', async () => {
        const { workers, teams = [] } = prepared.known;
        const workload = await source.workload({ workers, teams }, options());
        const have = new Set(workload.items.map(canonical));
        const mine = told.items
          .flatMap((c) => c.involvements)
          .filter((i) => (i.worker && workers.includes(i.worker)) || (i.team && teams.includes(i.team)));
        expect(mine.map(canonical).filter((row) => !have.has(row))).toEqual([]);
        if (source.tells.has('involvements')) expect(mine.length).toBeGreaterThan(0);
        const stray = workload.items.filter(
          (i) => !(i.worker && workers.includes(i.worker)) && !(i.team && teams.includes(i.team)),
        );
        expect(stray).toEqual([]);
        expect(await source.workload({ workers: [], teams: [] }, options())).toEqual({ items: [], rejected: 0 });
        expect(
          (await source.workload({ workers: ['no-such-worker'], teams: ['no-such-team'] }, options())).items,
        ).toEqual([]);
      });
    });

    describe('finding', () => {
      it('finds by any two of three without regard to case, never by one', async () => {
        const { find } = prepared.known;
        if (!source.finds) {
          const ask = find?.ask ?? { forename: 'Testina', surname: 'Placeholder', dateOfBirth: '2000-01-01' };
          expect((await source.find(ask, options())).items).toEqual([]);
          return;
        }
        if (!find) throw new Error('a source that finds needs known.find');
        const { forename, surname, dateOfBirth } = find.ask;
        for (const ask of [
          find.ask,
          { forename: forename.toUpperCase(), surname: surname.toLowerCase() },
          { surname: surname.toUpperCase(), dateOfBirth },
          { forename, dateOfBirth },
        ]) {
          expect((await source.find(ask, options())).items).toContain(find.person);
        }
        for (const ask of [{ forename }, { surname }, { dateOfBirth }, {}]) {
          expect((await source.find(ask, options())).items).toEqual([]);
        }
        expect((await source.find({ ...find.ask, surname: `${surname}x` }, options())).items).not.toContain(
          find.person,
        );
        expect((await source.find({ forename: '%', surname: '%' }, options())).items).toEqual([]);
      });
    });

    describe('listing everybody', () => {
      const everybody = async (of: Source, signal = options().signal) => {
        const pages: SourceAnswer<PersonIdentity>[] = [];
        for await (const page of of.persons?.({ signal }) ?? []) pages.push(page);
        return {
          items: pages.flatMap(({ items }) => items),
          rejected: pages.reduce((n, page) => n + page.rejected, 0),
        };
      };

      it('is declared by every source that knows who its persons are, unless it says that it cannot', () => {
        const knowsWho = source.provides.has('PersonDetails');
        expect(source.persons !== undefined).toBe(knowsWho && prepared.known.listsNobody !== true);
      });

      it('gives each person once, as the details about them have it, those with details among them', async () => {
        if (!source.persons) return;
        const all = await everybody(source);
        expect(all.rejected).toBe(0);
        const byId = new Map(all.items.map((person) => [person.local, person]));
        expect(byId.size).toBe(all.items.length);
        expect(all.items.every(({ space }) => space === source.space)).toBe(true);
        const details = records.items.filter(({ label }) => label.type === 'PersonDetails');
        expect(details.length).toBeGreaterThan(0);
        for (const record of details) {
          const { places: _, isProtected: __, ...told } = identityOf(source.space, record);
          expect(byId.get(record.label.subject)).toMatchObject(told);
        }
      });

      it('marks everybody whose whereabouts are protected', async () => {
        if (!source.persons) return;
        const guarded = told.items.flatMap(({ protectedPersons }) => protectedPersons.map(({ person }) => person));
        const { items } = await everybody(source);
        const marked = new Set(items.flatMap(({ local, isProtected }) => (isProtected ? [local] : [])));
        expect(guarded.filter((person) => items.some(({ local }) => local === person) && !marked.has(person))).toEqual(
          [],
        );
      });

      it('ends with the reason of an aborted signal, and is as before afterwards', async () => {
        if (!source.persons) return;
        const reason = new Error('deadline of the test');
        await expect(everybody(source, AbortSignal.abort(reason))).rejects.toBe(reason);
        const before = await everybody(source);
        const ended = new AbortController();
        const listing = everybody(source, ended.signal);
        ended.abort(reason);
        await listing.catch((error: unknown) => expect(error).toBe(reason));
        expect(sorted((await everybody(source)).items)).toEqual(sorted(before.items));
      });
    });

    describe('deadlines', () => {
      const calls = (s: Source, o: CallOptions): Promise<unknown>[] => [
        s.read(everyType(s, persons), o),
        s.readOne({ type: [...s.provides][0] as RecordType, localId: records.items[0]?.label.localId ?? '1' }, o),
        s.circumstances(persons, o),
        s.workload({ workers: prepared.known.workers, teams: prepared.known.teams ?? [] }, o),
        s.find(prepared.known.find?.ask ?? {}, o),
      ];

      it('rejects with the reason of a signal aborted before the call', async () => {
        const reason = new Error('deadline of the test');
        const results = await Promise.allSettled(calls(source, { ...options(), signal: AbortSignal.abort(reason) }));
        for (const result of results) expect(result).toEqual({ status: 'rejected', reason });
      });

      it('rejects with the reason of a signal aborted during a read', async () => {
        const reason = new Error('deadline of the test');
        const controller = new AbortController();
        const read = source.read(everyType(source, persons), { ...options(), signal: controller.signal });
        controller.abort(reason);
        await expect(read).rejects.toBe(reason);
      });

      it('answers as before after aborted calls', async () => {
        expect(sorted((await source.read(everyType(source, persons), options())).items)).toEqual(sorted(records.items));
      });
    });

    describeFaults(prepare, canonical);

    describe('a source that misbehaves', () => {
      it('counts a malformed row and keeps the others', async () => {
        await withOwn(prepare, async (own) => {
          if (!own.corrupt) return;
          const before = await own.source.read(everyType(own.source, persons), callOptions(own));
          const lost = await own.corrupt();
          const after = await own.source.read(everyType(own.source, persons), callOptions(own));
          expect(after.rejected).toBeGreaterThanOrEqual(1);
          expect(lost).toBeGreaterThanOrEqual(1);
          const kept = new Set(after.items.map(key));
          expect(before.items.filter((r) => !kept.has(key(r)))).toHaveLength(lost);
        });
      });

      it('rejects with SourceFailure, naming nobody, when it is gone', async () => {
        await withOwn(prepare, async (own) => {
          if (!own.kill) return;
          await own.kill();
          const o = callOptions(own);
          const asked: Promise<unknown>[] = [own.source.read(everyType(own.source, persons), o)];
          if (own.source.tells.size > 0) asked.push(own.source.circumstances(persons, o));
          if (own.source.persons) asked.push(own.source.persons(o)[Symbol.asyncIterator]().next());
          if (own.source.finds && own.known.find) asked.push(own.source.find(own.known.find.ask, o));
          for (const result of await Promise.allSettled(asked)) {
            if (result.status !== 'rejected') throw new Error('a dead source answered');
            expect(result.reason).toBeInstanceOf(SourceFailure);
            const said = String((result.reason as Error).message);
            expect(persons.filter((person) => said.includes(person))).toEqual([]);
          }
        });
      });
    });
  });
}

function callOptions(prepared: Prepared): CallOptions {
  const signal = AbortSignal.timeout(10_000 * (prepared.transport.kind === 'tcp' ? PATIENCE : 1));
  return prepared.known.onBehalfOf === undefined ? { signal } : { signal, onBehalfOf: prepared.known.onBehalfOf };
}

async function withOwn(prepare: () => Promise<Prepared>, run: (own: Prepared) => Promise<void>): Promise<void> {
  const own = await prepare();
  try {
    await own.source.start();
    await run(own);
  } finally {
    await own.source.stop();
    await own.stop();
  }
}

function rowsOf(items: readonly Circumstances[]): { kind: CircumstanceKind; value: object }[] {
  return items.flatMap((c) => CIRCUMSTANCE_KINDS.flatMap((kind) => c[kind].map((value) => ({ kind, value }))));
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsOf) : [];
}
