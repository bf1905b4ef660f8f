/** A log longer than a coarse stretch: what was merged is found like what was not, and is made anew, marked and forgotten like it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEntryBody } from '../../../src/audit/entry.js';
import { addMarks, forget, openIndexer } from '../../../src/audit/index/indexer.js';
import { COARSE } from '../../../src/audit/index/places.js';
import { beginReindex } from '../../../src/audit/index/reindex.js';
import { type Find, openSearch } from '../../../src/audit/index/search.js';
import { type Term, termsOf } from '../../../src/audit/index/terms.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { entry } from '../entries.js';

const SIZE = COARSE + 700;
const DAY = '2026-11-20';
const term = (kind: Term['kind'], name: string): Term => ({ kind, name });

/** Entry i: of one of 13 workers, about one of 97 people, released or not; at the end of the log some people nobody asked about before. */
function bodyOf(i: number): AuditEntryBody {
  const { id: _, ...base } = entry('');
  return {
    ...base,
    id: `e-${i}`,
    requester: { worker: `w-${i % 13}`, agency: i % 3 === 0 ? 'csc' : 'eh', role: 'SOCIAL_WORKER' },
    result: i % 5 === 0 ? 'REFUSED' : 'ANSWERED',
    outcomes: i % 5 === 0 ? [] : [[0, i > COARSE - 300 ? `Q-${i % 50}` : `P-${i % 97}`, 'csc', 'Visit', []]],
  };
}

let store: Store;
const find = async (wanted: Omit<Find, 'limit'>, limit = 100) =>
  (await openSearch(store).find({ ...wanted, limit })).entries.map(({ index }) => index);
const expected = (holds: (names: ReadonlySet<string>) => boolean, below = SIZE, limit = 100) => {
  const found: number[] = [];
  for (let i = below - 1; i >= 0 && found.length < limit; i -= 1)
    if (holds(new Set(termsOf(bodyOf(i)).map(({ kind, name }) => `${kind} ${name}`)))) found.push(i);
  return found;
};

beforeAll(async () => {
  store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const insert = (table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]) =>
    store.transaction((transaction) =>
      transaction.run(
        `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${store.rowList(columns)} r`,
        [JSON.stringify(rows)],
      ),
    );
  const all = Array.from({ length: SIZE }, (_, i) => i);
  for (let at = 0; at < SIZE; at += 5_000) {
    const some = all.slice(at, at + 5_000);
    await insert(
      'audit_entry',
      ['seq', 'id', 'at', 'worker', 'agency', 'result', 'body', 'hash'],
      some.map((i) => {
        const body = bodyOf(i);
        return [i + 1, body.id, body.at, body.requester.worker, 'csc', body.result, JSON.stringify(body), 'ab'];
      }),
    );
    await insert(
      'audit_leaf',
      ['leaf_index', 'entry_seq', 'leaf', 'hash', 'salt'],
      some.map((i) => [i, i + 1, '', '', '00']),
    );
  }
  await openIndexer(store).index();
}, 240_000);
afterAll(() => store.close());

const blocks = async (tier: number) =>
  (
    await store.read<{ n: number }>('SELECT COUNT(*) AS n FROM audit_block WHERE tier = ? AND segment < ?', [
      tier,
      tier ? 1 : 16,
    ])
  )[0]?.n;

describe('a log longer than a stretch', () => {
  it('has its complete stretch in coarse rows alone', async () => {
    expect(await blocks(0)).toBe(0);
    expect(await blocks(1)).toBeGreaterThan(100);
    expect((await openSearch(store).state()).indexed).toBe(SIZE);
  });

  it('is found by one term, by several, by some of a list, before a place: as reading every entry finds it', async () => {
    const agency = term('agency', 'csc');
    expect(await find({ all: [term('person', 'P-5'), term('worker', 'w-7')] })).toEqual(
      expected((names) => names.has('person P-5') && names.has('worker w-7')),
    );
    expect(await find({ all: [agency], before: COARSE + 40 })).toEqual(
      expected((names) => names.has('agency csc'), COARSE + 40),
    );
    expect(await find({ all: [agency], anyOf: [[term('person', 'Q-3'), term('person', 'P-90')]] })).toEqual(
      expected((names) => names.has('agency csc') && (names.has('person Q-3') || names.has('person P-90'))),
    );
    expect(await find({ all: [term('result', 'REFUSED'), term('policy', 'own-records')] })).toEqual([]);
    expect(await openSearch(store).count(term('result', 'REFUSED'))).toBe(Math.ceil(SIZE / 5));
  });

  it('leaves the process its other work while it looks for what is nowhere', async () => {
    let turns = 0;
    const other = setInterval(() => {
      turns += 1;
    }, 0);
    for (let i = 0; i < 20; i += 1) await find({ all: [term('result', 'REFUSED'), term('policy', 'own-records')] });
    clearInterval(other);
    expect(turns).toBeGreaterThan(5);
  });

  it('takes a mark in either tier, once', async () => {
    const mark = (index: number) => ({ index, day: DAY, mark: 'SEEN_BY_A_WATCH' });
    for (let i = 0; i < 2; i += 1)
      await store.transaction((transaction) => addMarks(store, transaction, [mark(11), mark(COARSE + 5), mark(12)]));
    expect(await find({ all: [term('mark', 'SEEN_BY_A_WATCH')] })).toEqual([COARSE + 5, 12, 11]);
    expect(await openSearch(store).daily(term('mark', 'SEEN_BY_A_WATCH'), DAY, '2026-11-21')).toEqual([
      { day: DAY, entries: 3, persons: 0 },
    ]);
  });

  it('is made anew with what a watch added, while another instance indexes too', async () => {
    const before = await find({ all: [term('person', 'P-5')] });
    const tally = await openSearch(store).daily(term('worker', 'w-7'), DAY, '2026-11-21');
    expect(await beginReindex(store)).toBe(3);
    const counts = await Promise.all([openIndexer(store).index(), openIndexer(store).index()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(SIZE);
    expect(await find({ all: [term('person', 'P-5')] })).toEqual(before);
    expect(await find({ all: [term('mark', 'SEEN_BY_A_WATCH')] })).toEqual([COARSE + 5, 12, 11]);
    expect(await openSearch(store).daily(term('worker', 'w-7'), DAY, '2026-11-21')).toEqual(tally);
    expect(await blocks(0)).toBe(0);
  }, 240_000);

  it('forgets an entry of a coarse stretch, with the marks on it', async () => {
    const [last = 0] = await find({ all: [term('person', 'P-5')] });
    await store.transaction((transaction) =>
      forget(
        store,
        transaction,
        [12, last].map((index) => ({ index, body: bodyOf(index) })),
      ),
    );
    expect((await find({ all: [term('person', 'P-5')] }))[0]).not.toBe(last);
    expect(await find({ all: [term('mark', 'SEEN_BY_A_WATCH')] })).toEqual([COARSE + 5, 11]);
  });
});
