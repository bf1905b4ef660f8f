/** Counts of the running gateway's log over time, beside what reading its entries one by one gives. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, type Json, peopleOf, startDemo } from '../attacks/demo.js';

const OFFICER = 'ig-sol-whitby';
const COUNTS = `query Count($of: AuditCountBy!, $name: ID!, $from: Date!, $until: Date!, $by: AuditPeriod!)
  @purpose(of: INFORMATION_GOVERNANCE) {
  audit { counts(of: $of, name: $name, from: $from, until: $until, by: $by) { from entries persons } } }`;
const TOTALS = `query Most($of: AuditCountBy!, $from: Date!, $until: Date!, $first: Int!) @purpose(of: INFORMATION_GOVERNANCE) {
  audit { totals(of: $of, from: $from, until: $until, first: $first) { name entries persons } } }`;

let demo: Demo;
let today: string;
const shift = (day: string, by: number) => new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  demo = await startDemo();
  await peopleOf(demo, 'sw-ada-thorne');
  await peopleOf(demo, 'sw-ada-thorne');
  await peopleOf(demo, 'kw-noor-ashdown');
  await demo.sequencer.sequence();
  await demo.indexer.index();
  today = demo.house.now().toISOString().slice(0, 10);
});
afterAll(() => demo.stop());

async function counts(variables: Json): Promise<Json[]> {
  const { data, errors } = await ask(demo, OFFICER, COUNTS, variables);
  expect(errors).toBeUndefined();
  return data['audit'].counts;
}

describe('counts over time', () => {
  it('are those of the entries, with a zero for every day on which there was nothing', async () => {
    const found = await counts({
      of: 'WORKER',
      name: 'sw-ada-thorne',
      from: shift(today, -3),
      until: shift(today, 1),
      by: 'DAY',
    });
    const entries = await demo.audit.read({ worker: 'sw-ada-thorne', limit: 100 });
    const persons = entries.map(({ body }) => new Set(body.outcomes.map(([, person]) => person)).size);
    expect(found.map(({ from }) => from)).toEqual([-3, -2, -1, 0].map((by) => shift(today, by)));
    expect(found.slice(0, 3).every((count) => count['entries'] === 0 && count['persons'] === 0)).toBe(true);
    expect(found[3]).toMatchObject({ entries: entries.length, persons: persons.reduce((sum, n) => sum + n, 0) });
    expect(found[3]?.['entries']).toBe(2);
  });

  it('by week begin on Monday, by month on the first, and both where the question begins', async () => {
    const asked = { of: 'WORKER', name: 'sw-ada-thorne', from: '2026-01-28', until: '2026-02-10' };
    expect((await counts({ ...asked, by: 'WEEK' })).map(({ from }) => from)).toEqual([
      '2026-01-28',
      '2026-02-02',
      '2026-02-09',
    ]);
    expect((await counts({ ...asked, by: 'MONTH' })).map(({ from }) => from)).toEqual(['2026-01-28', '2026-02-01']);
  });

  it('of a name that is nowhere are zeros, like those of one that is', async () => {
    const of = { of: 'POLICY', name: 'no-such-policy', from: today, until: shift(today, 1), by: 'DAY' };
    expect(await counts(of)).toEqual([{ from: today, entries: 0, persons: 0 }]);
  });

  it('tell of what there was most, the most first, and no more than asked for', async () => {
    const most = async (first: number) =>
      (await ask(demo, OFFICER, TOTALS, { of: 'WORKER', from: today, until: shift(today, 1), first })).data['audit']
        .totals;
    const all = (await most(100)) as Json[];
    expect(all.find(({ name }) => name === 'sw-ada-thorne')?.['entries']).toBe(2);
    expect(all.find(({ name }) => name === 'kw-noor-ashdown')?.['entries']).toBe(1);
    const entries = all.map((total) => total['entries'] as number);
    expect(entries).toEqual([...entries].sort((a, b) => b - a));
    // The officer's own questions are counted as they are asked.
    expect(await most(1)).toHaveLength(1);
  });

  it('are refused for days out of order, too many days and too many names, and of people there are none', async () => {
    const codeOf = async (query: string, variables: Json) =>
      (await ask(demo, OFFICER, query, variables)).errors?.[0]?.extensions.code;
    const of = { of: 'MARK', name: 'EMERGENCY', by: 'DAY' };
    const orderly = await codeOf(COUNTS, { ...of, from: today, until: shift(today, 1) });
    expect(orderly).toBeUndefined();
    expect(await codeOf(COUNTS, { ...of, from: today, until: today })).toBe('NOT_VALID');
    expect(await codeOf(COUNTS, { ...of, from: '1990-01-01', until: today })).toBe('NOT_VALID');
    expect(await codeOf(TOTALS, { of: 'MARK', from: today, until: shift(today, 1), first: 101 })).toBe(
      'BAD_USER_INPUT',
    );
    expect(await codeOf(COUNTS, { ...of, of: 'PERSON', from: today, until: shift(today, 1) })).toBe('BAD_USER_INPUT');
  });

  it('are an entry of their own, and nobody but an officer is told', async () => {
    await counts({ of: 'AGENCY', name: 'csc', from: today, until: shift(today, 1), by: 'DAY' });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.statements?.map(({ did, ids }) => [did, ids])).toEqual([
      ['AUDIT_ASKED', ['counts', 'AGENCY', 'csc', today, shift(today, 1)]],
    ]);
    for (const query of [COUNTS, TOTALS]) {
      const variables = { of: 'AGENCY', name: 'csc', from: today, until: shift(today, 1), by: 'DAY', first: 5 };
      const { errors } = await ask(demo, 'sw-ada-thorne', query, variables);
      expect(errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
    }
  });
});
