/**
 * The log as files that anybody can check without the gateway (`threshold verify`): tiles and entry bundles as c2sp.org/tlog-tiles
 * names them, `checkpoint` and `checkpoints.ndjson`, `keys.json`, the side rows, `entries.ndjson`, one for each leaf with the entry's
 * canonical text at its end, and `policies/VERSION.json`, whose SHA-256 is the version that entries name.
 *
 * Whoever has the side rows has what they say of people; the rest names nobody.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Store } from '../store/store.js';
import { type BodyRow, bodyColumns, bodyIn } from './body.js';
import { readKeptPolicies } from './kept-policies.js';
import { type Verifier, writeVerifier } from './log/signed-note.js';
import { bundleOf, bundlePath, TILE_WIDTH, tileOf, tilePath, tilesOf } from './log/tiles.js';
import { type CheckpointRow, cosigned, readHashes, readLatest } from './tree-rows.js';

export interface ExportKeys {
  readonly origin: string;
  readonly verifiers: readonly Verifier[];
  readonly witnesses: readonly Verifier[];
}

interface LeafRow extends BodyRow {
  readonly leaf_index: number;
  readonly leaf: string;
  readonly salt: string | null;
  readonly id: string;
  readonly hash: string;
}

const PAGE = 8 * TILE_WIDTH;
const rowsOf = (store: Store) =>
  `SELECT l.leaf_index, l.leaf, l.salt, e.id, e.hash, ${bodyColumns(store, 'e')} FROM audit_leaf l JOIN audit_entry e ON e.seq = l.entry_seq
  WHERE l.leaf_index >= ? AND l.leaf_index < ? ORDER BY l.leaf_index`;

/** Writes the log up to its latest checkpoint into a folder. Says how many entries; 0, and nothing is written, for an empty log. */
export async function exportLog(
  store: Store,
  keys: ExportKeys,
  folder: string,
  onProgress: (entries: number) => void = () => undefined,
): Promise<number> {
  const latest = await readLatest(store);
  if (!latest) return 0;
  const size = latest.tree_size;
  const write = async (path: string, content: string | Buffer) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  };
  await write('checkpoint', await cosigned(store, latest));
  await write(
    'keys.json',
    `${JSON.stringify({ origin: keys.origin, log: keys.verifiers.map(writeVerifier), witnesses: keys.witnesses.map(writeVerifier) }, null, 2)}\n`,
  );
  await writeLines(join(folder, 'checkpoints.ndjson'), checkpointLines(store, size));
  await writeLines(join(folder, 'entries.ndjson'), entryLines(store, size, write, onProgress));
  for (const { version, stated } of await readKeptPolicies(store)) await write(`policies/${version}.json`, stated);
  for (const tile of tilesOf(size)) {
    const from = tile.index * TILE_WIDTH;
    await write(tilePath(tile), tileOf(await readHashes(store, tile.level, from, from + tile.width)));
  }
  return size;
}

async function* checkpointLines(store: Store, size: number): AsyncGenerator<string> {
  const sql = `SELECT tree_size, note, at FROM audit_checkpoint WHERE tree_size > ? AND tree_size <= ? ORDER BY tree_size ${store.first}`;
  for (let after = 0; after < size; ) {
    const rows = await store.read<CheckpointRow>(sql, [after, size, PAGE]);
    if (rows.length === 0) return;
    for (const row of rows) yield JSON.stringify({ size: row.tree_size, note: await cosigned(store, row) });
    after = rows.at(-1)?.tree_size ?? size;
  }
}

/** Lines of side rows; their leaves are written as bundles on the way. */
async function* entryLines(
  store: Store,
  size: number,
  write: (path: string, content: Buffer) => Promise<void>,
  onProgress: (entries: number) => void,
): AsyncGenerator<string> {
  for (let from = 0; from < size; from += PAGE) {
    const rows = await store.read<LeafRow>(rowsOf(store), [from, Math.min(from + PAGE, size)]);
    for (let at = 0; at < rows.length; at += TILE_WIDTH) {
      const bundle = rows.slice(at, at + TILE_WIDTH).map(({ leaf }) => leaf);
      await write(bundlePath({ index: (from + at) / TILE_WIDTH, width: bundle.length }), bundleOf(bundle));
    }
    for (const { leaf_index: index, id, hash, salt, ...row } of rows)
      yield salt === null
        ? JSON.stringify({ index, id, erased: true })
        : `${JSON.stringify({ index, id, hash, salt }).slice(0, -1)},"body":${textOf(row)}}`;
    onProgress(from + rows.length);
  }
}

/** The text of an entry as one line of JSON. A row that somebody changed so that it is none says null: whoever verifies finds it altered. */
function textOf(row: BodyRow): string {
  try {
    const text = bodyIn(row);
    JSON.parse(text);
    return text.includes('\n') ? 'null' : text;
  } catch {
    return 'null';
  }
}

async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const out = createWriteStream(file);
  for await (const line of lines) if (!out.write(`${line}\n`)) await once(out, 'drain');
  out.end();
  await finished(out);
}
