/**
 * The tree in the store: leaves by index, and above them the root of every full tile (256 hashes) of the level below. Tiles,
 * proofs and the right edge are made of these rows. What is read is committed.
 */
import type { Store } from '../store/store.js';
import type { Hash } from './log/hash.js';
import { proofOf, type Stretch } from './log/proof.js';
import { hashesUnder, TILE_HEIGHT } from './log/tiles.js';
import { append, type CompactRange, EMPTY_RANGE, type Node, nodesOf } from './log/tree.js';

export interface CheckpointRow {
  readonly tree_size: number;
  readonly note: string;
  readonly at: string;
}

/** How many leaves there are. */
export async function readSize(store: Store): Promise<number> {
  const [row] = await store.read<{ size: number | null }>('SELECT MAX(leaf_index) AS size FROM audit_leaf');
  return row?.size === null || row?.size === undefined ? 0 : row.size + 1;
}

/** The checkpoint over the largest tree, if there is one yet. */
export async function readLatest(store: Store): Promise<CheckpointRow | undefined> {
  const sql = `SELECT tree_size, note, at FROM audit_checkpoint ORDER BY tree_size DESC ${store.first}`;
  return (await store.read<CheckpointRow>(sql, [1]))[0];
}

/** The smallest checkpoint over at least so many leaves. */
export async function readCovering(store: Store, size: number): Promise<CheckpointRow | undefined> {
  const sql = `SELECT tree_size, note, at FROM audit_checkpoint WHERE tree_size >= ? ORDER BY tree_size ${store.first}`;
  return (await store.read<CheckpointRow>(sql, [size, 1]))[0];
}

/** A checkpoint with the cosignatures that witnesses have given for it. */
export async function cosigned(store: Store, { tree_size, note }: CheckpointRow): Promise<string> {
  const lines = await store.read<{ line: string }>(
    'SELECT line FROM audit_cosignature WHERE tree_size = ? ORDER BY witness',
    [tree_size],
  );
  return note + lines.map(({ line }) => line).join('');
}

/** Hashes [from, to) of one tile level, in order. */
export async function readHashes(store: Store, level: number, from: number, to: number): Promise<Hash[]> {
  const rows =
    level === 0
      ? await store.read<{ hash: string }>(
          'SELECT hash FROM audit_leaf WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index',
          [from, to],
        )
      : await store.read<{ hash: string }>(
          'SELECT hash FROM audit_node WHERE tile_level = ? AND node_index >= ? AND node_index < ? ORDER BY node_index',
          [level, from, to],
        );
  if (rows.length !== to - from) throw new Error('hashes of the audit tree are missing');
  return rows.map(({ hash }) => Buffer.from(hash, 'hex'));
}

/** The hashes of a proof over the rows. */
export async function readProofOf(store: Store, plan: readonly Stretch[]): Promise<Hash[]> {
  const hashes = new Map<string, Hash>();
  for (const node of plan.flatMap(([begin, end]) => nodesOf(begin, end)))
    hashes.set(nameOf(node), await readNode(store, node));
  return proofOf(plan, (node) => hashes.get(nameOf(node)) as Hash);
}

/** The right edge of the tree of this size. */
export async function readEdge(store: Store, size: number): Promise<CompactRange> {
  const edge: Hash[] = [];
  for (const node of nodesOf(0, size)) edge.push(await readNode(store, node));
  return { size, edge };
}

/** Of a completed node: the tile level at which it is kept as a row, if it is. */
export function keptLevel({ level }: Node): number | undefined {
  return level % TILE_HEIGHT === 0 ? level / TILE_HEIGHT : undefined;
}

async function readNode(store: Store, node: Node): Promise<Hash> {
  const { level, from, to } = hashesUnder(node);
  const hashes = await readHashes(store, level, from, to);
  const [root] = hashes.reduce(append1, EMPTY_RANGE).edge;
  return root as Hash;
}

const append1 = (range: CompactRange, hash: Hash) => append(range, hash);

function nameOf({ level, index }: Node): string {
  return `${level}/${index}`;
}
