/**
 * The stores every suite over the store runs on: SQLite always, SQL Server when MSSQL_URL names one. There each test file has a
 * database of its own, migrated once and emptied for every test.
 */
import { afterAll } from '@jest/globals';
import { openStore, type Store, type StoreConfig } from '../../src/store/store.js';
import { type FreshDatabase, freshDatabase, MSSQL_URL } from '../databases.js';

export const STORES: readonly StoreConfig[] = [
  { kind: 'sqlite', file: ':memory:' },
  ...(MSSQL_URL ? [{ kind: 'mssql', url: MSSQL_URL } as const] : []),
];

let database: Promise<FreshDatabase> | undefined;
const opened: Store[] = [];
afterAll(async () => {
  // A test that failed left its store open, and a database in use is not dropped.
  for (const store of opened) await store.close().catch(() => undefined);
  await (await database)?.drop();
});

const TABLES = [
  'agency',
  'team',
  'worker',
  'worker_team',
  'worker_identity',
  'conflict',
  'person_link',
  'person_link_question',
  'person_merge',
  'person_link_moved',
  'consent_statement',
  'service_consent',
  'statement_moved',
  'exception_record',
  'exception_subject',
  'relevance_judgement',
  'sharing_grant',
  'sharing_grant_subject',
  'sharing_request',
  'sharing_request_subject',
  'sharing_answer',
  'sharing_contribution',
  'sharing_dispute',
  'sharing_withdrawal',
  'emergency_access',
  'allegation_review',
  'emergency_subject',
  'emergency_review',
  'access_end',
  'relevance_request',
  'exception_awaiting',
  'exception_approval',
  'audit_entry',
  'audit_leaf',
  'audit_node',
  'audit_checkpoint',
  'audit_cosignature',
  'audit_term',
  'audit_block',
  'audit_saved_question',
  'audit_day',
  'audit_tally',
  'audit_policies',
  'audit_alert',
  'audit_alert_entry',
  'audit_watched_pair',
];

/** On a server, the test file's own database. */
export async function placed(config: StoreConfig): Promise<StoreConfig> {
  if (config.kind === 'sqlite') return config;
  database ??= freshDatabase();
  return { ...config, url: (await database).url };
}

export async function openEmpty(config: StoreConfig): Promise<Store> {
  const store = await openStore(await placed(config));
  if (config.kind === 'mssql') {
    opened.push(store);
    for (const table of TABLES) await store.administer(`DELETE FROM ${table}`);
    await store.administer('UPDATE register_clock SET version = 0');
    await store.administer('UPDATE audit_indexed SET size = 0, merged = 0, epoch = 0');
    await store.administer("UPDATE audit_lease SET holder = '', token = 0, expires_at = '1970-01-01T00:00:00.000Z'");
  }
  return store;
}

export async function isBabelfish(store: Store): Promise<boolean> {
  const [row] = await store.read<{ v: string }>('SELECT @@VERSION AS v');
  return row?.v.includes('Babelfish') === true;
}

/** Ids 1, 2, 3 … */
export function counter(prefix = ''): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${prefix}${last}`;
  };
}
