/** The stores every suite over the store runs on: SQLite always, SQL Server when MSSQL_URL names one (emptied first). */
import { openStore, type Store, type StoreConfig } from '../../src/store/store.js';

const server = process.env['MSSQL_URL'];
export const STORES: readonly StoreConfig[] = [
  { kind: 'sqlite', file: ':memory:' },
  ...(server ? [{ kind: 'mssql', url: server } as const] : []),
];

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
  'consent_statement',
  'exception_record',
  'exception_subject',
  'relevance_judgement',
  'audit_entry',
];

export async function openEmpty(config: StoreConfig): Promise<Store> {
  const store = await openStore(config);
  if (config.kind === 'mssql') {
    for (const table of TABLES) await store.dataSource.query(`DELETE FROM ${table}`);
    await store.dataSource.query('UPDATE register_clock SET version = 0');
  }
  return store;
}

/** Ids 1, 2, 3 … */
export function counter(prefix = ''): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${prefix}${last}`;
  };
}
