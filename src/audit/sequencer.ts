/**
 * Puts durable entries into the tree and signs what it then is. An entry's row comes first and never waits for this. One
 * instance does it, under a lease (`lease.ts`); leaves, nodes and the checkpoint over them are one transaction, so that a process
 * that dies leaves all of it or nothing. Who takes over continues from the rows alone.
 *
 * Requires that no two instances have the same `holder`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../store/store.js';
import { type BodyRow, bodyColumns, bodyIn } from './body.js';
import type { AuditEntryBody } from './entry.js';
import { handedOver } from './handed-over.js';
import { holdLease, LEASE_MS, type Lease, LeaseLost, releaseLease, takeLease } from './lease.js';
import { readCheckpointText, signCheckpoint } from './log/checkpoint.js';
import { leafHash } from './log/hash.js';
import { type LeafTexts, leafOf, leafTextsOf, SALT_SIZE } from './log/leaf.js';
import { openNote } from './log/signed-note.js';
import { append, type CompactRange, rootOf } from './log/tree.js';
import { keyAt, type LogKeys } from './log-keys.js';
import { keptLevel, readEdge, readLatest, readSize } from './tree-rows.js';

export interface SequencerParts {
  readonly store: Store;
  /** Of this process alone: a random id. */
  readonly holder: string;
  readonly keys: LogKeys;
  readonly now: () => Date;
  /** Bytes from a cryptographic source. */
  readonly random: (bytes: number) => Uint8Array;
  /** Told of what an operator must know; codes only. */
  readonly warn: (code: 'LOG_NOT_SEQUENCED' | 'LOG_ALTERED') => void;
  /** Told of each checkpoint once it is durable. */
  readonly published?: (size: number) => void;
  /** How often to look for new entries, ms. */
  readonly everyMs?: number;
}

export interface Sequencer {
  /** Everything that is durable goes into the tree now, if this instance holds or gets the lease. Says how many entries went in. */
  sequence(): Promise<number>;
  /** Looks from now on until stopped. */
  start(): void;
  /** Ends after the transaction under way, and gives the lease up. */
  stop(): Promise<void>;
}

/** The rows do not lead to the checkpoint that was signed over them: nothing is added to such a tree. */
export class LogAltered extends Error {
  override readonly name = 'LogAltered';
}

const EVERY_MS = 250;
/** In one transaction, for which appending waits: some milliseconds. */
const BATCH = 200;
/** Entries hashed before others have their turn. */
const AT_A_TIME = 32;
/** SQL Server gives out `seq` before a row is committed: below the last one, so many are looked at again. */
const LATE_WINDOW = 10_000;

/** What the holder of the lease knows of the tree. */
interface Held {
  readonly lease: Lease;
  tree: CompactRange;
  /** Id of the key that signed last. */
  key: string | undefined;
  /** Entries after this one may not be in the tree yet. */
  after: number;
  renewedAt: number;
}

interface EntryRow {
  readonly seq: number;
  readonly hash: string;
}

interface Entry extends EntryRow {
  readonly texts: LeafTexts;
}

interface Batch {
  readonly leaves: readonly (readonly unknown[])[];
  readonly nodes: readonly (readonly unknown[])[];
  readonly tree: CompactRange;
  readonly key: string;
  readonly note: string;
}

export function openSequencer(parts: SequencerParts): Sequencer {
  const { store, keys, now } = parts;
  const given = handedOver(store);
  const stopping = new AbortController();
  let held: Held | undefined;
  let running: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** The lease and the tree as its rows have it. Throws LogAltered, or LeaseLost. */
  async function take(): Promise<Held | undefined> {
    const lease = await takeLease(store, parts.holder);
    if (!lease) return undefined;
    try {
      return await readHeld(lease);
    } catch (error) {
      // What was read while another instance had taken over is of two moments, and no word about the rows.
      if (error instanceof LogAltered) await store.transaction((transaction) => holdLease(store, transaction, lease));
      throw error;
    }
  }

  async function readHeld(lease: Lease): Promise<Held> {
    const size = await readSize(store);
    const latest = await readLatest(store);
    const tree = await readEdge(store, size);
    if ((latest?.tree_size ?? 0) !== size) throw new LogAltered('the leaves are not those of the last checkpoint');
    let key: string | undefined;
    if (latest) {
      const { text, by } = openNote(latest.note, keys.verifiers);
      key = by[0]?.id;
      const { origin, root } = readCheckpointText(text);
      if (origin !== keys.origin || !root.equals(rootOf(tree)))
        throw new LogAltered('the tree is not that of its last checkpoint');
    }
    // Once from the beginning on SQL Server: whatever was committed late under the holder before is found.
    const [row] = await store.read<{ seq: number | null }>('SELECT MAX(entry_seq) AS seq FROM audit_leaf');
    return { lease, tree, key, after: store.dialect === 'sqlite' ? (row?.seq ?? 0) : 0, renewedAt: now().getTime() };
  }

  async function nextEntries(after: number): Promise<Entry[]> {
    const sql = `SELECT e.seq, e.hash FROM audit_entry e ${store.settled}
      WHERE e.seq > ? AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry_seq = e.seq) ORDER BY e.seq ${store.first}`;
    const rows = await store.read<EntryRow>(sql, [after, BATCH]);
    const known = new Map(rows.map(({ seq, hash }) => [seq, given.leaf(hash)]));
    await readMissing(known);
    return rows.map((row) => ({ ...row, texts: known.get(row.seq) as LeafTexts }));
  }

  /** Those that this process did not append itself, or long ago. Throws for a row that says nothing. */
  async function readMissing(known: Map<number, LeafTexts | undefined>): Promise<void> {
    const missing = [...known].flatMap(([seq, texts]) => (texts ? [] : seq));
    if (missing.length === 0) return;
    const sql = `SELECT e.seq, ${bodyColumns(store, 'e')} FROM audit_entry e WHERE e.seq IN ${store.keyList}`;
    for (const row of await store.read<BodyRow & { seq: number }>(sql, [JSON.stringify(missing)]))
      known.set(row.seq, leafTextsOf(JSON.parse(bodyIn(row)) as AuditEntryBody));
  }

  /** What the entries add to the tree. */
  async function prepare({ tree: from, key }: Held, entries: readonly Entry[]): Promise<Batch> {
    const nodes: (readonly unknown[])[] = [];
    let tree = from;
    const leaves: (readonly unknown[])[] = [];
    const salts = Buffer.from(parts.random(SALT_SIZE * entries.length));
    for (const [at, { seq, hash, texts }] of entries.entries()) {
      const salt = salts.toString('hex', at * SALT_SIZE, (at + 1) * SALT_SIZE);
      const leaf = leafOf(texts, hash, salt);
      const hashed = leafHash(leaf);
      const index = tree.size;
      tree = append(tree, hashed, (node, root) => {
        const level = keptLevel(node);
        if (level !== undefined && level > 0) nodes.push([level, node.index, root.toString('hex')]);
      });
      leaves.push([index, seq, leaf, hashed.toString('hex'), salt]);
      if (leaves.length % AT_A_TIME === 0) await new Promise(setImmediate);
    }
    const head = { origin: keys.origin, size: tree.size, root: rootOf(tree) };
    const signer = keyAt(keys, now(), key);
    return { leaves, nodes, tree, key: signer.id, note: signCheckpoint(head, [signer]) };
  }

  async function write(lease: Lease, { leaves, nodes, tree, note }: Batch): Promise<void> {
    await store.transaction(async (transaction) => {
      await holdLease(store, transaction, lease);
      // Unawaited: the transaction waits for them.
      void transaction.insert('audit_leaf', ['leaf_index', 'entry_seq', 'leaf', 'hash', 'salt'], leaves);
      void transaction.insert('audit_node', ['tile_level', 'node_index', 'hash'], nodes);
      void transaction.run('INSERT INTO audit_checkpoint (tree_size, note, at, token) VALUES (?, ?, ?, ?)', [
        tree.size,
        note,
        now().toISOString(),
        lease.token,
      ]);
    });
  }

  async function sequenceOnce(): Promise<number> {
    try {
      held ??= await take();
      if (!held) return 0;
      let count = 0;
      for (;;) {
        const entries = await nextEntries(held.after);
        if (entries.length === 0) break;
        const batch = await prepare(held, entries);
        await write(held.lease, batch);
        held.tree = batch.tree;
        held.key = batch.key;
        held.renewedAt = now().getTime();
        const highest = entries.at(-1)?.seq ?? held.after;
        held.after = store.dialect === 'sqlite' ? highest : Math.max(held.after, highest - LATE_WINDOW);
        count += entries.length;
        parts.published?.(batch.tree.size);
      }
      await renew(held);
      return count;
    } catch (error) {
      // Whatever went wrong, what is known of the tree is read again from the rows.
      held = undefined;
      throw error;
    }
  }

  async function renew(mine: Held): Promise<void> {
    const elapsed = now().getTime() - mine.renewedAt;
    if (elapsed >= 0 && elapsed < LEASE_MS / 3) return;
    await store.transaction((transaction) => holdLease(store, transaction, mine.lease));
    mine.renewedAt = now().getTime();
  }

  /** One at a time in this process. */
  function sequence(): Promise<number> {
    const next = last.then(sequenceOnce);
    last = next.catch(() => undefined);
    return next;
  }

  async function run(): Promise<void> {
    let failed: string | undefined;
    while (!stopping.signal.aborted) {
      try {
        await sequence();
        failed = undefined;
      } catch (error) {
        const code = error instanceof LogAltered ? 'LOG_ALTERED' : 'LOG_NOT_SEQUENCED';
        if (!(error instanceof LeaseLost) && failed !== code) parts.warn(code);
        failed = error instanceof LeaseLost ? undefined : code;
      }
      await delay(parts.everyMs ?? EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    sequence,
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
      await last;
      const lease = held?.lease;
      held = undefined;
      if (lease) await releaseLease(store, lease).catch(() => undefined);
    },
  };
}
