/** Every question of the search over a large log: cold and warm, by the clock and by the processor, with the longest piece of work. */
import { execFileSync } from 'node:child_process';
import { openSearch, type Search } from '../../src/audit/index/search.js';
import type { Term, TermKind } from '../../src/audit/index/terms.js';
import { openStore, type Store } from '../../src/store/store.js';
import { consentName, personName, workerName } from './log.js';

interface Question {
  readonly name: string;
  /** Each with parameters of its own. */
  readonly asks: readonly ((search: Search) => Promise<unknown>)[];
}

const term = (kind: TermKind, name: string): Term => ({ kind, name });
const PAGE = 100;
const DAY_MS = 86_400_000;

/** A table row for each question. Requires that nothing else has the store open. */
export async function askAll(file: string, size: number, tell: (line: string) => void): Promise<string[]> {
  const rows: string[] = [];
  const questions = await questionsOf(file, size);
  for (const { name, asks } of questions) {
    forgetCached(file);
    const first = await openStore({ kind: 'sqlite', file });
    const cold = await timed(first, asks[0] as (search: Search) => Promise<unknown>);
    await first.close();
    const store = await openStore({ kind: 'sqlite', file });
    for (const ask of asks) await ask(openSearch(store));
    const warm: Timing[] = [];
    for (const ask of asks) warm.push(await timed(store, ask));
    await store.close();
    const at = (pick: (timing: Timing) => number, share: number) => {
      const sorted = warm.map(pick).sort((a, b) => a - b);
      return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
    };
    rows.push(
      `| ${[name, asks.length, cold.wall.toFixed(0), cold.cpu.toFixed(0), at((t) => t.wall, 0.5), at((t) => t.wall, 1), at((t) => t.cpu, 0.5), at((t) => t.cpu, 1), at((t) => t.longest, 1), cold.found].join(' | ')} |`,
    );
    tell(rows.at(-1) as string);
  }
  return rows;
}

export const QUESTION_HEAD = [
  '| question | parameters | cold, ms | cold CPU, ms | warm p50, ms | worst | CPU p50, ms | worst | longest statement, CPU ms | found |',
  '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
];

interface Timing {
  readonly wall: number;
  readonly cpu: number;
  /** Of the statements: as long as one runs on SQLite the process does nothing else. */
  readonly longest: number;
  readonly found: string;
}

async function timed(store: Store, ask: (search: Search) => Promise<unknown>): Promise<Timing> {
  let longest = 0;
  const watched: Store = {
    ...store,
    read: async <T>(sql: string, parameters: readonly unknown[] = []) => {
      const before = process.cpuUsage();
      const rows = await store.read<T>(sql, parameters);
      longest = Math.max(longest, millis(process.cpuUsage(before)));
      return rows;
    },
  };
  const search = openSearch(watched);
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const found = await ask(search);
  return { wall: performance.now() - wall, cpu: millis(process.cpuUsage(cpu)), longest, found: told(found) };
}

const millis = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000;

function told(found: unknown): string {
  if (Array.isArray(found)) return `${found.length}`;
  if (typeof found === 'object' && found !== null && 'entries' in found)
    return `${(found.entries as unknown[]).length}${'isMore' in found && found.isMore ? '+' : ''}`;
  return typeof found === 'number' ? `${found}` : '';
}

/** The operating system gives up what it holds of the file: the next reading comes from the disk. */
function forgetCached(file: string): void {
  execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
}

async function questionsOf(file: string, size: number): Promise<readonly Question[]> {
  const store = await openStore({ kind: 'sqlite', file });
  const days = await store.read<{ day: string }>('SELECT day FROM audit_day ORDER BY day');
  await store.close();
  const [first = '', last = ''] = [days[0]?.day, days.at(-1)?.day];
  const dayAfter = (day: string, n = 1) => new Date(Date.parse(day) + n * DAY_MS).toISOString().slice(0, 10);
  const some = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));
  const find =
    (all: readonly Term[], more: object = {}) =>
    (search: Search) =>
      search.find({ all, limit: PAGE, ...more });
  const team = (from: number) => some(40, (n) => term('worker', workerName(from + n)));
  const at = (day: string, from: string, until: string) => ({
    since: `${day}T${from}.000Z`,
    until: `${day}T${until}.000Z`,
  });
  const somewhere = (n: number) => (n * 7_919) % 79_999;
  return [
    { name: 'state of the log', asks: some(20, () => (search) => search.state()) },
    {
      name: 'a person, the most asked about first',
      asks: some(200, (n) => find([term('person', personName(n < 5 ? n : somewhere(n), 0))])),
    },
    {
      name: '… page after page to the end (a question for each 100 found)',
      asks: some(3, (n) => (search) => everything(search, [term('person', personName(n, 0))])),
    },
    {
      name: 'a worker, the busiest first',
      asks: some(200, (n) => find([term('worker', workerName(n < 5 ? n : (n * 13) % 3_000))])),
    },
    { name: 'a team of 40', asks: some(20, (n) => find([], { anyOf: [team(n * 50)] })) },
    {
      name: 'a team of 40 with a rare mark',
      asks: some(20, (n) => find([term('mark', 'EMERGENCY')], { anyOf: [team(n * 50)] })),
    },
    { name: 'an agency', asks: ['csc', 'eh', 'haven'].map((name) => find([term('agency', name)])) },
    {
      name: 'releases by a policy, the commonest first',
      asks: ['own-records', 'family-team', 'relevant-adult-work', 'court', 'granted', 'exit-workbook'].map((name) =>
        find([term('policy', name)]),
      ),
    },
    {
      name: 'releases resting on a consent',
      asks: some(200, (n) => find([term('evidence', consentName(somewhere(n)))])),
    },
    {
      name: 'a mark',
      asks: ['OUT_OF_HOURS', 'EMERGENCY', 'OVERRIDDEN_REFUSAL', 'CONFLICT', 'AFTER_END_RELEASED'].map((name) =>
        find([term('mark', name)]),
      ),
    },
    {
      name: 'any of the marks of a question',
      asks: [
        ['LOCATION_REFUSED', 'LOCKED_REFUSED'],
        ['OWN_RECORD', 'CONFLICT', 'SAME_ADDRESS', 'FORMER_ADDRESS', 'SAME_SURNAME', 'COLLEAGUE', 'NEIGHBOUR'],
        ['AFTER_END', 'AFTER_END_RELEASED', 'NOT_KNOWN_HERE'],
        ['OUT_OF_HOURS', 'SEARCH_ONE_FIELD', 'SEARCH_EMPTY'],
      ].map((names) => find([], { anyOf: [names.map((name) => term('mark', name))] })),
    },
    {
      name: 'a person and a worker',
      asks: some(100, (n) => find([term('person', personName(n, 0)), term('worker', workerName(n * 29))])),
    },
    {
      name: 'rare and common: a mark in an agency',
      asks: ['csc', 'eh', 'mht'].map((name) =>
        find([term('mark', 'AFTER_END_RELEASED'), term('agency', name), term('result', 'ANSWERED')]),
      ),
    },
    {
      name: 'common and common, nothing in both',
      asks: some(10, () => find([term('result', 'REFUSED'), term('policy', 'own-records')])),
    },
    {
      name: 'four common ones, nothing in all',
      asks: some(10, () =>
        find([
          term('agency', 'csc'),
          term('result', 'ANSWERED'),
          term('policy', 'own-records'),
          term('did', 'JUDGEMENT'),
        ]),
      ),
    },
    {
      name: 'one day, two years back',
      asks: some(20, (n) =>
        find([term('agency', 'csc')], {
          since: `${dayAfter(first, n)}T00:00:00.000Z`,
          until: `${dayAfter(first, n + 1)}T00:00:00.000Z`,
        }),
      ),
    },
    {
      name: 'a quarter of an hour at night, two years back',
      asks: some(20, (n) => find([term('agency', 'csc')], at(dayAfter(first, n), '03:00:00', '03:15:00'))),
    },
    {
      name: 'one day, no other filter',
      asks: some(20, (n) =>
        find([], {
          since: `${dayAfter(last, -20 - n)}T00:00:00.000Z`,
          until: `${dayAfter(last, -19 - n)}T00:00:00.000Z`,
        }),
      ),
    },
    {
      name: 'deep in the pages',
      asks: some(20, (n) => find([term('agency', 'csc')], { before: Math.floor((size / 21) * (n + 1)) })),
    },
    { name: 'an id that nobody has', asks: some(20, (n) => find([term('person', `nobody-${n}`)])) },
    {
      name: 'how many, the commonest terms',
      asks: [
        ['result', 'ANSWERED'],
        ['agency', 'csc'],
        ['policy', 'own-records'],
      ].map(
        ([kind, name]) =>
          (search: Search) =>
            search.count(term(kind as TermKind, name as string)),
      ),
    },
    {
      name: 'how many of a person',
      asks: some(100, (n) => (search) => search.count(term('person', personName(n, 1)))),
    },
    {
      name: 'counts a day, two years of a worker',
      asks: some(50, (n) => (search) => search.daily(term('worker', workerName(n)), first, dayAfter(last))),
    },
    {
      name: 'every worker’s total, two years',
      asks: some(3, () => (search) => search.totals('worker', first, dayAfter(last))),
    },
    {
      name: 'every worker’s total, one month',
      asks: some(5, (n) => (search) => search.totals('worker', dayAfter(last, -30 * (n + 1)), dayAfter(last, -30 * n))),
    },
  ];
}

async function everything(search: Search, all: readonly Term[]): Promise<number> {
  let count = 0;
  for (let before: number | undefined; ; ) {
    const { entries, isMore } = await search.find({ all, limit: PAGE, ...(before === undefined ? {} : { before }) });
    count += entries.length;
    before = entries.at(-1)?.index;
    if (!isMore) return count;
  }
}
