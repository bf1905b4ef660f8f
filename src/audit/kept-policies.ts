/** The policies of every version that decided, kept beside the log: without them nobody could decide its entries again. */
import type { Store } from '../store/store.js';

/** `version` is the SHA-256 (hex) of `stated`. */
export interface KeptPolicies {
  readonly version: string;
  readonly stated: string;
}

const INSERT = `INSERT INTO audit_policies (version, at, stated)
  SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM audit_policies WHERE version = ?)`;

/** Keeps a version, once. Before the first entry that names it. */
export async function keepPolicies(store: Store, { version, stated }: KeptPolicies, at: string): Promise<void> {
  const isKept = async () =>
    (await store.read('SELECT version FROM audit_policies WHERE version = ?', [version])).length > 0;
  if (await isKept()) return;
  try {
    await store.transaction((transaction) => transaction.run(INSERT, [version, at, stated, version]));
  } catch (error) {
    // Another instance that starts at the same moment keeps it too.
    if (!(await isKept())) throw error;
  }
}

/** Every version, in the order in which they came into force. */
export async function readKeptPolicies(store: Store): Promise<readonly KeptPolicies[]> {
  return store.read<KeptPolicies>('SELECT version, stated FROM audit_policies ORDER BY at, version');
}

/** What a version states; undefined where it decided before any were kept. */
export async function readStated(store: Store, version: string): Promise<string | undefined> {
  const rows = await store.read<{ stated: string }>('SELECT stated FROM audit_policies WHERE version = ?', [version]);
  return rows[0]?.stated;
}
