/** The gateway as it runs in service, over the records in memory: every rule, consent read fresh, every answer in the log. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { newLogKey, readLogKeys } from '../src/audit/log-keys.js';
import { type Wired, wire } from '../src/compose.js';
import { loadRules } from '../src/rules.js';
import { openStore } from '../src/store/store.js';
import { type BenchRecords, HOLDERS, memorySources, TODAY } from './records.js';

/** A person's gateway id from the local id that all the benchmark's sources share. */
export const personOf = (local: string) => `P-${local}`;

export const TOKEN = 'bench';

/** Starts the gateway; `counts` is told how often each source is called. */
export async function startGateway(records: BenchRecords, counts: Map<string, number>): Promise<Wired> {
  const file = join(mkdtempSync(join(tmpdir(), 'threshold-bench-')), 'store.sqlite');
  const store = await openStore({ kind: 'sqlite', file });
  await store.transaction(({ run }) => fillStore(run, records));
  const start = Date.now();
  const midday = Date.parse(`${TODAY}T12:00:00Z`);
  return wire({
    store,
    sources: memorySources(records, counts),
    signIn: async () => ({ worker: 'bench-sw', name: 'Ada Thorne', agency: 'csc', roles: ['SOCIAL_WORKER'] }),
    now: () => new Date(midday + Date.now() - start),
    log: pino({ level: 'error' }),
    host: '127.0.0.1',
    port: 0,
    introspection: false,
    cursorKey: 'bench',
    logKeys: readLogKeys(newLogKey('threshold.bench.invalid/audit', randomBytes(32))),
    sourceDeadlineMs: 2000,
    rules: loadRules({ protocols: ['walsall-family-safeguarding'] }),
  });
}

type Query = (sql: string, parameters?: unknown[]) => Promise<unknown>;

/** Directory, links, consents and judgements under which everything the operations ask for may be released. */
async function fillStore(query: Query, { families }: BenchRecords): Promise<void> {
  const insert = async (table: string, rows: readonly Record<string, unknown>[]) => {
    for (const row of rows) {
      const columns = Object.keys(row);
      await query(
        `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
        Object.values(row),
      );
    }
  };
  await insert('agency', [
    { id: 'csc', name: 'Social care', kind: 'CHILDRENS_SOCIAL_CARE', voluntary: 0, duty_point: 'duty desk' },
    { id: 'eh', name: 'Family support', kind: 'EARLY_HELP', voluntary: 0, duty_point: 'duty desk' },
    { id: 'haven', name: 'Recovery', kind: 'SUBSTANCE_MISUSE', voluntary: 1, duty_point: 'duty desk' },
  ]);
  await insert('team', [{ id: 'fst-1', agency: 'csc', name: 'East', district: 'East', duty: 0 }]);
  await insert('worker', [{ id: 'bench-sw', agency: 'csc', name: 'Ada Thorne', roles: 'SOCIAL_WORKER' }]);
  await insert('worker_team', [{ worker: 'bench-sw', team: 'fst-1', relation: 'MEMBER' }]);
  await insert('worker_identity', [{ worker: 'bench-sw', space: 'social-care', local_id: 'bench-sw' }]);
  for (const { id, adults, children } of families) {
    for (const local of [...adults, ...children]) {
      await insert(
        'person_link',
        Object.keys(HOLDERS).map((space) => ({ person_id: personOf(local), space, local_id: local })),
      );
    }
    for (const adult of adults) {
      const subject = personOf(adult);
      await insert('consent_statement', [
        {
          id: `c-${adult}`,
          subject,
          state: 'GIVEN',
          given_by: subject,
          capacity: 'SELF',
          categories: 'SUBSTANCE_MISUSE;IDENTITY',
          holders: 'haven',
          recipients: 'csc',
          purposes: 'SUPERVISION;CHILD_IN_NEED',
          from_at: '2026-01-01T00:00:00.000Z',
          recorded_at: '2026-01-01T00:00:00.000Z',
          recorded_by: 'bench-sw',
          method: 'in writing',
        },
      ]);
      await insert('relevance_judgement', [
        {
          id: `j-${adult}`,
          source: 'substance-misuse',
          type: 'SubstanceMisuseRecord',
          episode: adult,
          subject,
          holder: 'haven',
          serves_child: personOf(children[0] ?? ''),
          factor: '2B',
          decision: 'RELEVANT',
          why: `bears on ${id}`,
          judged_at: '2026-02-01T00:00:00.000Z',
          judged_by: 'haven-1',
        },
      ]);
    }
  }
}
