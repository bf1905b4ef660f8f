/**
 * The log: one entry an operation, durable before its answer leaves.
 *
 * Entries are committed in groups: those that arrive while a transaction is under way go into the next, one multi-row insert
 * and one flush to disk for all. A row's `seq` is the order in which entries became durable; with the register clock, which
 * is compared and moved inside the same transactions, it is one order for what people say and what is released.
 */
import type { IsoInstant, WorkerId } from '../domain/words.js';
import type { ToPack } from '../store/packed-text.js';
import type { Store, Transaction } from '../store/store.js';
import { type BodyRow, bodyColumns, bodyIn } from './body.js';
import { type AuditEntryBody, canonicalForm, hashOf } from './entry.js';
import { handedOver } from './handed-over.js';
import { type LeafTexts, leafTextsOf } from './log/leaf.js';
import { openRelevanceRequests } from './relevance-requests.js';

export type { AuditEntryBody } from './entry.js';

/** Proof that an entry stands: its id, and the SHA-256 of its canonical form. */
export interface Receipt {
  readonly entry: string;
  readonly hash: string;
}

export interface Guard {
  /** The entry stands only if the registers are still at this version. */
  readonly registersVersion?: number;
  /** Asked inside the transaction, once no other entry can come before: false when what the entry rests on has ended by itself. */
  readonly stands?: () => boolean;
  /** Written in the same transaction as the entry: both stand, or neither. */
  readonly write?: (transaction: Transaction) => Promise<void>;
}

export interface AuditFilter {
  /** Of this worker. By no index: what one has asked is for `index/search.ts` to find. */
  readonly worker?: WorkerId;
  /** The entry with this id. */
  readonly id?: string;
  /** Entries of this instant and later. */
  readonly since?: IsoInstant;
  /** Entries before this instant. */
  readonly until?: IsoInstant;
  readonly limit: number;
}

export interface LoggedEntry {
  readonly seq: number;
  readonly body: AuditEntryBody;
  readonly hash: string;
}

export interface Audit {
  /**
   * Resolves once the entry is durable. Rejects with FactsChanged when the registers moved past the guard or the entry no
   * longer stands (that entry alone), with what `write` threw, or with the store's error for every entry of a transaction that failed.
   */
  append(body: AuditEntryBody, guard?: Guard): Promise<Receipt>;
  /** Entries, the latest first; erased ones (`erase.ts`) say nothing and are left out. */
  read(filter: AuditFilter): Promise<readonly LoggedEntry[]>;
  /** Entries after one, in the order in which they became durable. */
  after(seq: number, limit: number): Promise<readonly LoggedEntry[]>;
}

/** What people said changed between reading and settling: the operation must be decided again. */
export class FactsChanged extends Error {
  override readonly name = 'FactsChanged';
}

interface Pending {
  readonly body: AuditEntryBody;
  readonly canonical: string;
  /** What its leaf will commit to. */
  readonly leaf: LeafTexts;
  readonly receipt: Receipt;
  readonly guard: Guard;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

const COLUMNS = [
  'id',
  'at',
  'worker',
  'agency',
  'purpose',
  'result',
  'registers_version',
  'body',
  'hash',
  'packed',
] as const;
/** Entries of one transaction. On SQL Server others wait for it; on SQLite one writes at a time, and a flush costs more than rows. */
const LARGEST_GROUP = { mssql: 100, sqlite: 1000 };

export function openAudit(store: Store): Audit {
  const requests = openRelevanceRequests(store);
  const next = handedOver(store);
  const waiting: Pending[] = [];
  let isCommitting = false;

  /** The next transaction's entries: one that writes statements by itself, or all up to the next that does. */
  function nextGroup(): Pending[] {
    const end = waiting.findIndex(({ guard }) => guard.write !== undefined);
    const size = end === 0 ? 1 : end === -1 ? waiting.length : end;
    return waiting.splice(0, Math.min(size, LARGEST_GROUP[store.dialect]));
  }

  async function commitAll(): Promise<void> {
    while (waiting.length > 0) await commit(nextGroup());
    isCommitting = false;
  }

  async function commit(group: readonly Pending[]): Promise<void> {
    try {
      const { standing, committed } = await store.transaction((transaction) => settle(transaction, group));
      committed();
      for (const pending of group) {
        if (standing.has(pending)) {
          next.give(pending.receipt.hash, pending.canonical, pending.leaf);
          pending.resolve(pending.receipt);
        } else pending.reject(new FactsChanged('what people said has changed'));
      }
    } catch (error) {
      for (const pending of group) pending.reject(error);
    }
  }

  /** Inserts the entries whose guards hold, and answers with them and what to do once they are committed. */
  async function settle(
    transaction: Transaction,
    group: readonly Pending[],
  ): Promise<{ readonly standing: ReadonlySet<Pending>; readonly committed: () => void }> {
    // Read, also where only an end is guarded: what is asked after it is asked under the lock.
    const isGuarded = group.some(({ guard }) => guard.registersVersion !== undefined || guard.stands !== undefined);
    const version = isGuarded ? await versionIn(transaction) : undefined;
    const standing = group.filter(
      ({ guard }) =>
        (guard.registersVersion === undefined || guard.registersVersion === version) && (guard.stands?.() ?? true),
    );
    for (const { guard } of standing) await guard.write?.(transaction);
    // Unawaited: the transaction waits for it.
    void transaction.insert('audit_entry', COLUMNS, standing.map(valuesOf));
    const committed = requests.note(
      transaction,
      standing.map(({ body }) => body),
    );
    return { standing: new Set(standing), committed };
  }

  /**
   * The register clock, held until the transaction ends: a statement that moves it waits, and so stands after these entries.
   * Held by writing it, for a lock that a read only hints at is one that a server may not take.
   */
  async function versionIn(transaction: Transaction): Promise<number | undefined> {
    if (store.dialect === 'mssql') await transaction.run('UPDATE register_clock SET version = version WHERE id = 1');
    const [clock] = await transaction.run<{ version: number }>('SELECT version FROM register_clock WHERE id = 1');
    return clock?.version;
  }

  return {
    append(body, guard = {}) {
      return new Promise((resolve, reject) => {
        const canonical = canonicalForm(body);
        const receipt = { entry: body.id, hash: hashOf(canonical) };
        waiting.push({ body, canonical, leaf: leafTextsOf(body), receipt, guard, resolve, reject });
        if (isCommitting) return;
        isCommitting = true;
        // After the requests that are ready in this turn of the event loop: theirs go into the same group.
        setImmediate(() => void commitAll());
      });
    },
    async read({ id, worker, since, until, limit }) {
      const given = [
        ['id = ?', id],
        ['worker = ?', worker],
        ['at >= ?', since],
        ['at < ?', until],
      ].filter(([, value]) => value !== undefined);
      const where = ["hash <> ''", ...given.map(([condition]) => condition)].join(' AND ');
      const rows = await store.read<EntryRow>(
        `SELECT seq, ${bodyColumns(store)}, hash FROM audit_entry WHERE ${where} ORDER BY seq DESC ${store.first}`,
        [...given.map(([, value]) => value), limit],
      );
      return rows.map(readEntry);
    },
    async after(seq, limit) {
      const sql = `SELECT seq, ${bodyColumns(store)}, hash FROM audit_entry WHERE seq > ? AND hash <> '' ORDER BY seq ${store.first}`;
      return (await store.read<EntryRow>(sql, [seq, limit])).map(readEntry);
    },
  };
}

interface EntryRow extends BodyRow {
  readonly seq: number;
  readonly hash: string;
}

function readEntry(row: EntryRow): LoggedEntry {
  return { seq: row.seq, body: JSON.parse(bodyIn(row)) as AuditEntryBody, hash: row.hash };
}

function valuesOf({ body, canonical, receipt }: Pending): unknown[] {
  const { id, at, requester, purpose, result, registersVersion } = body;
  return [
    id,
    at,
    requester.worker,
    requester.agency,
    purpose,
    result,
    registersVersion ?? null,
    '',
    receipt.hash,
    { pack: canonical } satisfies ToPack,
  ];
}
