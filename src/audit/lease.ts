/**
 * Who may add to the tree: one row in the store, held for a time by the store's own clock. Each taking has a higher token than
 * all before; whoever writes shows theirs in the same transaction, so that one who only believes they hold the lease (a stopped
 * process, a clock that stepped) writes nothing.
 */
import type { Store, Transaction } from '../store/store.js';

export interface Lease {
  readonly holder: string;
  /** Higher than that of every holder before. */
  readonly token: number;
}

/** How long a lease is held without being renewed, ms. Another instance takes over after this and one look at the row. */
export const LEASE_MS = 3000;

/** Somebody else has taken the lease. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

interface LeaseRow {
  readonly token: number;
  readonly holder: string;
  readonly free: number;
}

/** Takes the lease if nobody holds it; undefined while somebody does. An end that lies too far ahead was set by a clock that stepped back since. */
export async function takeLease(store: Store, holder: string): Promise<Lease | undefined> {
  const isFree = `CASE WHEN expires_at <= ${store.clock} OR expires_at > ${store.clock} THEN 1 ELSE 0 END`;
  const look = (hint: string) => `SELECT token, holder, ${isFree} AS free FROM audit_lease ${hint} WHERE id = 1`;
  const terms = [0, LEASE_MS + 1];
  const [seen] = await store.read<LeaseRow>(look(''), terms);
  if (seen?.free !== 1) return undefined;
  return store.transaction(async (transaction) => {
    const [row] = await transaction.run<LeaseRow>(look(store.claiming), terms);
    if (row?.free !== 1) return undefined;
    const token = row.token + 1;
    await transaction.run(`UPDATE audit_lease SET holder = ?, token = ?, expires_at = ${store.clock} WHERE id = 1`, [
      holder,
      token,
      LEASE_MS,
    ]);
    return { holder, token };
  });
}

/** Holds the lease until the transaction ends, and renews it. Throws LeaseLost. */
export async function holdLease(store: Store, transaction: Transaction, lease: Lease): Promise<void> {
  const [row] = await transaction.run<LeaseRow>(`SELECT token, holder FROM audit_lease ${store.claiming} WHERE id = 1`);
  if (row?.token !== lease.token || row.holder !== lease.holder) throw new LeaseLost('another instance has the lease');
  // Unawaited: the transaction waits for it.
  void transaction.run(`UPDATE audit_lease SET expires_at = ${store.clock} WHERE id = 1`, [LEASE_MS]);
}

/** Gives the lease up, so that another instance need not wait for its end. */
export async function releaseLease(store: Store, lease: Lease): Promise<void> {
  await store.transaction((transaction) =>
    transaction.run(`UPDATE audit_lease SET expires_at = ${store.clock} WHERE id = 1 AND token = ?`, [0, lease.token]),
  );
}
