/** What the log is asked by: every entry once, whoever indexes it, found by each of its terms and by nothing once it is erased. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuditEntryBody, openAudit } from '../../../src/audit/audit.js';
import { eraseEntries } from '../../../src/audit/erase.js';
import { isOutOfHours } from '../../../src/audit/index/hours.js';
import { openIndexer } from '../../../src/audit/index/indexer.js';
import { openSearch } from '../../../src/audit/index/search.js';
import { marksOf, type Term, termsOf } from '../../../src/audit/index/terms.js';
import { factKey, factsOf } from '../../../src/domain/facts.js';
import type { Category } from '../../../src/domain/words.js';
import type { Store } from '../../../src/store/store.js';
import { openEmpty, STORES } from '../../store/test-stores.js';
import { entry } from '../entries.js';
import { sequencerOf } from '../sequenced.js';

const person = (name: string): Term => ({ kind: 'person', name });
const worker = (name: string): Term => ({ kind: 'worker', name });

describe.each(STORES)('the index on $kind', (config) => {
  let store: Store;
  beforeEach(async () => {
    store = await openEmpty(config);
  });
  afterEach(() => store.close());

  async function add(...bodies: readonly AuditEntryBody[]): Promise<void> {
    const audit = openAudit(store);
    for (const body of bodies) await audit.append(body);
    const sequencer = sequencerOf(store);
    await sequencer.sequence();
    await sequencer.stop();
  }
  const idsOf = async (find: Parameters<ReturnType<typeof openSearch>['find']>[0]) =>
    (await openSearch(store).find(find)).entries.map(({ body }) => body.id);

  it('has every entry once, whoever indexes it and however often', async () => {
    await add(...Array.from({ length: 1_203 }, (_, i) => entry(`e-${i}`)));
    const indexers = Array.from({ length: 3 }, () => openIndexer(store));
    const counts = await Promise.all(indexers.map((indexer) => indexer.index()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_203);
    expect(await openSearch(store).count(person('P-1'))).toBe(1_203);
    expect(await openSearch(store).daily(worker('w-1'), '2026-11-20', '2026-11-21')).toEqual([
      { day: '2026-11-20', entries: 1_203, persons: 2_406 },
    ]);
    expect(await indexers[0]?.index()).toBe(0);
  }, 60_000);

  it('finds what has all the terms, and of each list one, the latest first, in pages', async () => {
    const by = (id: string, name: string, at: string) =>
      entry(id, { at, requester: { worker: name, agency: 'csc', role: 'SOCIAL_WORKER' } });
    await add(
      by('e-1', 'w-1', '2026-11-18T10:00:00.000Z'),
      by('e-2', 'w-2', '2026-11-19T10:00:00.000Z'),
      // Of an instance whose clock is behind.
      by('e-3', 'w-1', '2026-11-17T10:00:00.000Z'),
      by('e-4', 'w-3', '2026-11-20T10:00:00.000Z'),
    );
    await openIndexer(store).index();
    expect(await idsOf({ all: [person('P-1')], limit: 10 })).toEqual(['e-4', 'e-3', 'e-2', 'e-1']);
    expect(await idsOf({ all: [person('P-1'), worker('w-1')], limit: 10 })).toEqual(['e-3', 'e-1']);
    expect(await idsOf({ anyOf: [[worker('w-1'), worker('w-3')]], limit: 10 })).toEqual(['e-4', 'e-3', 'e-1']);
    expect(await idsOf({ anyOf: [[]], limit: 10 })).toEqual([]);
    expect(await idsOf({ all: [worker('nobody')], limit: 10 })).toEqual([]);
    const since = { since: '2026-11-17T00:00:00.000Z', until: '2026-11-18T10:00:00.000Z' };
    expect(await idsOf({ ...since, limit: 10 })).toEqual(['e-3']);
    expect(await idsOf({ since: '2026-11-18T10:00:00.000Z', limit: 10 })).toEqual(['e-4', 'e-2', 'e-1']);
    const first = await openSearch(store).find({ all: [person('P-2')], limit: 3 });
    expect(first.isMore).toBe(true);
    const before = first.entries.at(-1)?.index ?? -1;
    expect(await idsOf({ all: [person('P-2')], limit: 3, before })).toEqual(['e-1']);
  });

  it('gives a person whom it forgot a new number, also in the memory of an indexer that knew the old one', async () => {
    const about = (id: string) => entry(id, { outcomes: [[0, 'P-9', 'csc', 'Visit', ['v']]] });
    const indexer = openIndexer(store);
    await add(about('e-1'));
    await indexer.index();
    const { statements: _, ...body } = entry('erasing', { outcomes: [], decisions: [], result: 'ANSWERED' });
    await eraseEntries(store, openAudit(store), ['e-1'], body);
    await add(about('e-2'));
    await indexer.index();
    expect(await idsOf({ all: [person('P-9')], limit: 10 })).toEqual(['e-2']);
  });

  it('finds an erased entry by nothing, and forgets the name of whom nothing else is about', async () => {
    const about = (id: string, name: string) => entry(id, { outcomes: [[0, name, 'csc', 'Visit', ['v']]] });
    await add(about('e-1', 'P-7'), about('e-2', 'P-8'), about('e-3', 'P-7'), about('e-4', 'P-7'));
    await openIndexer(store).index();
    const audit = openAudit(store);
    const { statements: _, ...body } = entry('erasing', { outcomes: [], decisions: [], result: 'ANSWERED' });
    await eraseEntries(store, audit, ['e-1', 'e-2'], body);
    expect(await idsOf({ all: [person('P-7')], limit: 10 })).toEqual(['e-4', 'e-3']);
    expect(await idsOf({ all: [person('P-8')], limit: 10 })).toEqual([]);
    const names = await store.read<{ name: string }>("SELECT name FROM audit_term WHERE kind = 'person' ORDER BY name");
    expect(names).toEqual([{ name: 'P-7' }]);
  });

  it('finds and counts what is locked for its holder alone, and of two holders for each its own', async () => {
    const facts = {
      ...factsOf(0),
      role: 'SOCIAL_WORKER',
      purpose: 'SUPERVISION',
      basis: 'NONE',
      conflict: false,
    } as const;
    const line = (category: Category, confidentiality: 'N' | 'V') => ({
      facts: factKey({ ...facts, category, confidentiality }),
      outcome: 'SILENT',
      category,
      ...(confidentiality === 'V' ? { vetoes: ['locked'] } : {}),
    });
    const decisions = [line('IDENTITY', 'N'), line('MENTAL_HEALTH', 'V'), line('SUBSTANCE_MISUSE', 'V')];
    await add(
      entry('e-1', { decisions, outcomes: [[0, 'P-1', 'csc', 'PersonDetails', ['d']]] }),
      entry('e-2', {
        decisions,
        outcomes: [
          [0, 'P-1', 'csc', 'PersonDetails', ['d']],
          [1, 'P-2', 'mht', 'MentalHealthRecord', ['m']],
          [2, 'P-3', 'haven', 'SubstanceMisuseRecord', ['s']],
        ],
      }),
    );
    await openIndexer(store).index();
    const seen = async (agency?: string) => {
      const search = openSearch(store).seenBy(agency);
      const mark: Term = { kind: 'mark', name: 'LOCKED_REFUSED' };
      const found = async (term: Term) =>
        (await search.find({ all: [term], limit: 9 })).entries.map(({ index }) => index);
      return {
        found: [await found(person('P-1')), await found(person('P-2')), await found(person('P-3')), await found(mark)],
        marks: (await search.totals('mark', '2026-11-20', '2026-11-21')).map(({ name, persons }) => [name, persons]),
        marked: await search.count(mark),
        persons: (await search.daily(worker('w-1'), '2026-11-20', '2026-11-21')).map(({ persons }) => persons),
      };
    };
    expect(await seen()).toEqual({ found: [[1, 0], [], [], []], marks: [], marked: 0, persons: [2] });
    expect(await seen('csc')).toEqual(await seen());
    const locked = { marks: [['LOCKED_REFUSED', 2]], marked: 1, persons: [3] };
    expect(await seen('mht')).toEqual({ found: [[1, 0], [1], [], [1]], ...locked });
    expect(await seen('haven')).toEqual({ found: [[1, 0], [], [1], [1]], ...locked });
    // The log itself is asked as it stands: what the gateway does of its own accord.
    expect(await idsOf({ all: [person('P-2'), person('P-3')], limit: 9 })).toEqual(['e-2']);
    expect(await openSearch(store).count({ kind: 'mark', name: 'LOCKED_REFUSED' })).toBe(1);
    const { statements: _, ...body } = entry('erasing', { outcomes: [], decisions: [], result: 'ANSWERED' });
    await eraseEntries(store, openAudit(store), ['e-2'], body);
    expect((await seen('mht')).found).toEqual([[0], [], [], []]);
    const names = await store.read<{ name: string }>("SELECT name FROM audit_term WHERE kind = 'person' ORDER BY name");
    expect(names).toEqual([{ name: 'P-1' }]);
  });

  it('says how far it is', async () => {
    await openAudit(store).append(entry('e-1'));
    expect(await openSearch(store).state()).toEqual({ size: 0, indexed: 0, at: null, waiting: 1 });
    await add(entry('e-2'));
    await openIndexer(store).index();
    expect(await openSearch(store).state()).toMatchObject({ size: 2, indexed: 2, waiting: 0 });
  });
});

describe('terms', () => {
  const facts = factsOf(0);
  const line = (changes: object, said: object = {}): AuditEntryBody =>
    entry('e', {
      decisions: [{ facts: factKey({ ...facts, ...changes }), outcome: 'WITHHELD', category: 'PLAN', ...said }],
    });
  const released = { outcome: 'RELEASED', permits: ['p'], basis: 'EXCEPTION', evidence: ['x-1'] };

  it.each([
    ['OVERRIDDEN_REFUSAL', line({ consentState: 'REFUSED' }, released), line({ consentState: 'NONE' }, released)],
    ['EMERGENCY', line({}, { ...released, permits: ['emergency'] }), line({}, { permits: ['emergency'] })],
    ['LOCATION_REFUSED', line({}, { vetoes: ['protected-location'] }), line({}, released)],
    ['LOCKED_REFUSED', line({}, { vetoes: ['locked'] }), line({}, { vetoes: ['ended'] })],
    ['OPPOSING_REFUSED', line({}, { vetoes: ['opposing-party'] }), line({}, { vetoes: ['ended'] })],
    ['CONFLICT', line({ conflict: true }), line({ conflict: false })],
    ['AFTER_END', line({ involvement: 'ENDED' }), line({ involvement: 'NONE' })],
    ['AFTER_END_RELEASED', line({ involvement: 'ENDED' }, released), line({ involvement: 'ENDED' })],
  ] as const)('%s is marked, and what only resembles it is not', (mark, marked, not) => {
    expect(marksOf(marked)).toContain(mark);
    expect(marksOf(not)).not.toContain(mark);
  });

  it('name what was released by its policy and its evidence, and what was not released by neither', () => {
    const names = (body: AuditEntryBody) => termsOf(body).map(({ kind, name }) => `${kind} ${name}`);
    expect(names(line({}, released))).toEqual(expect.arrayContaining(['policy p', 'evidence x-1', 'person P-1']));
    expect(names(line({}, { ...released, outcome: 'BROKERED' }))).not.toEqual(expect.arrayContaining(['policy p']));
    expect(new Set(names(entry('e'))).size).toBe(names(entry('e')).length);
  });

  it('know working hours by the clock of the place, in summer and in winter', () => {
    expect(isOutOfHours('2026-06-01T06:30:00.000Z')).toBe(false);
    expect(isOutOfHours('2026-12-01T06:30:00.000Z')).toBe(true);
    expect(isOutOfHours('2026-06-01T19:30:00.000Z')).toBe(true);
    expect(isOutOfHours('2026-12-01T19:30:00.000Z')).toBe(false);
    expect(isOutOfHours('2026-11-21T12:00:00.000Z')).toBe(true);
  });
});
