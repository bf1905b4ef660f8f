/**
 * Verifies an exported log from its files and keys that were got elsewhere, in one pass: every leaf against the tree, the tree against
 * every checkpoint, every side row against its leaf, every decision against its facts and policies, and the order of what people said
 * and what rests on it. Written a second time: it shares the hashes of the tree with the gateway and nothing else.
 */
import { setImmediate } from 'node:timers/promises';
import { type Hash, leafHash, nodeHash } from '../log/hash.js';
import { type DecisionLine, openReplay, type Replay } from './decide-again.js';
import { diagnose } from './diagnose.js';
import type { Ended } from './ended.js';
import { decisionsOf, type EntryText, newEntryText, purposeOf, said } from './entry-text.js';
import { LogFault } from './fault.js';
import { type Line, type Lines, openLines, readBundle, readBytes, readBytesNow, tileName } from './files.js';
import { type DecisionText, type KnownLines, newKnownLines } from './known-lines.js';
import { type ReadCheckpoint, readCheckpoint, type TrustedKey } from './notes.js';
import { keepProgress, type Progress, readProgress, startProgress } from './progress.js';
import { entryOf, isRowOf, leafOfRow, readSideRow } from './side-row.js';

export interface VerifyOptions {
  /** The keys of the log, in the order of their periods. */
  readonly log: readonly TrustedKey[];
  readonly witnesses?: readonly TrustedKey[];
  /** How many witnesses must have cosigned the latest checkpoint. */
  readonly quorum?: number;
  /** Checkpoints of this log that were seen before: signed notes. */
  readonly seen?: readonly string[];
  /** A file that keeps how far it has come; going on trusts it, and does not read again what was verified. */
  readonly progressFile?: string;
  /** How often to keep it, entries; a multiple of 256. */
  readonly keepEvery?: number;
  readonly onProgress?: (entries: number, of: number) => void;
}

export interface Verified {
  readonly origin: string;
  readonly entries: number;
  readonly checkpoints: number;
  /** Decisions of the entries, each decided again. */
  readonly decisions: number;
  /** Entries whose side rows were erased, each under an entry that says so. */
  readonly erased: number;
  /** Names of the witnesses that cosigned the latest checkpoint. */
  readonly cosigners: readonly string[];
}

const WIDTH = 256;
const KEEP_EVERY = 256 * WIDTH;
/** Statements after which everything must rest on a later version of the registers. */
const MOVING = new Set([
  'CONSENT',
  'SERVICE_CONSENT',
  'EXCEPTION',
  'EXCEPTION_APPROVED',
  'JUDGEMENT',
  'GRANT',
  'GRANT_END',
  'REQUEST_APPROVED',
  'REQUEST_APPROVED_IN_PART',
  'REQUEST_REFUSED',
  'REQUEST_CONTRIBUTED',
  'REQUEST_DISPUTED',
  'REQUEST_WITHDRAWN',
  'EMERGENCY',
  'EMERGENCY_END',
  'EMERGENCY_REVIEW',
  'ALLEGATION_REVIEW',
  'LINK_UNDONE',
  'SEPARATED',
]);
/** After these nothing released rests on what they name. Of those that say what a statement took back the statement itself moves. */
const ENDING = new Set(['CONSENT_END', 'SERVICE_CONSENT_END', 'JUDGEMENT_END', 'GRANT_END', 'EMERGENCY_END']);
const ERASED = 'ENTRIES_ERASED';

/** Resolves when nothing is wrong. Rejects with the first LogFault. */
export async function verifyLog(folder: string, options: VerifyOptions): Promise<Verified> {
  const { log, witnesses = [], quorum = 0 } = options;
  const latest = readCheckpoint((await readBytes(folder, 'checkpoint')).toString(), log, witnesses, 'checkpoint');
  const seen = (options.seen ?? []).map((note, i) => readCheckpoint(note, log, [], `seen checkpoint ${i + 1}`));
  for (const one of seen)
    if (one.size > latest.size) throw new LogFault('ROLLED_BACK', `${latest.size} of ${one.size} entries`);
  if (latest.cosigners.length < quorum)
    throw new LogFault('TOO_FEW_COSIGNATURES', `${latest.cosigners.length} of ${quorum}`);
  const kept = options.progressFile ? await readProgress(options.progressFile, latest.root) : undefined;
  const progress = kept ?? startProgress(latest.root);
  const entries = openLines(folder, 'entries.ndjson', progress.entriesAt);
  const checkpoints = openLines(folder, 'checkpoints.ndjson', progress.checkpointsAt);
  try {
    const replay = openReplay(folder);
    const known = newKnownLines();
    const entry = newEntryText(known);
    const walk: Walk = { folder, latest, log, witnesses, seen, progress, entries, checkpoints, replay, known, entry };
    walk.pending = nextCheckpoint(walk);
    while (progress.size < latest.size) {
      await verifyBlock(walk);
      // Whatever else the process has to do gets its turn.
      await setImmediate();
      options.onProgress?.(progress.size, latest.size);
      if (options.progressFile && progress.size % (options.keepEvery ?? KEEP_EVERY) === 0)
        await keepProgress(options.progressFile, progress);
    }
    await verifyEnd(walk);
  } finally {
    entries.close();
    checkpoints.close();
  }
  const { checkpoints: count, erasures, decisions } = progress;
  return {
    origin: latest.origin,
    entries: latest.size,
    checkpoints: count,
    decisions,
    erased: erasures,
    cosigners: latest.cosigners,
  };
}

/** A checkpoint that the leaves have not come to, and the byte after its line. */
type Pending = ReadCheckpoint & { readonly end: number };

interface Walk {
  readonly folder: string;
  readonly latest: ReadCheckpoint;
  readonly log: readonly TrustedKey[];
  readonly witnesses: readonly TrustedKey[];
  readonly seen: readonly ReadCheckpoint[];
  readonly progress: Progress;
  readonly entries: Lines;
  readonly checkpoints: Lines;
  readonly replay: Replay;
  readonly known: KnownLines;
  /** What was read last. */
  readonly entry: EntryText;
  pending?: Pending | undefined;
}

/** The next 256 entries, or what is left of them. */
async function verifyBlock(walk: Walk): Promise<void> {
  const { folder, latest, progress } = walk;
  const first = progress.size;
  const width = Math.min(WIDTH, latest.size - first);
  const leaves = readBundle(folder, first / WIDTH, width);
  const name = tileName(0, first / WIDTH, width);
  const tile = readBytesNow(folder, name);
  if (tile.length !== width * 32) throw new LogFault('FILE_MALFORMED', name);
  let completed: Hash | undefined;
  for (const [i, leaf] of leaves.entries()) {
    const hashed = leafHash(leaf);
    if (tile.compare(hashed, 0, 32, i * 32, (i + 1) * 32) !== 0)
      throw new LogFault('LEAF_ALTERED', `entry ${first + i}`);
    const entry = verifyEntry(walk, first + i, leaf);
    if (entry) verifyBody(walk, entry, first + i);
    completed = grow(progress, hashed);
    const size = first + i + 1;
    for (const one of walk.seen)
      if (one.size === size && one.root !== rootOf(progress)) throw new LogFault('FORKED', `at ${size} entries`);
    if (walk.pending?.size === size) {
      reach(walk, walk.pending);
      walk.pending = nextCheckpoint(walk);
    }
  }
  progress.size = first + width;
  if (completed) await addToTiles(walk, 1, first / WIDTH, completed);
}

/** The entry of a leaf, nothing where it was erased. Goes on to the next line. Throws LogFault for a side row that is not the leaf's own. */
function verifyEntry(walk: Walk, index: number, leaf: string): EntryText | undefined {
  const { entries, entry, latest, progress } = walk;
  const line = entries.peek();
  if (!line) throw new LogFault('TRUNCATED', `after ${index} of ${latest.size} entries`);
  const isEntry = isRowOf(line.bytes, index, leaf, entry) || verifyRow(walk, index, leaf, line);
  entries.next();
  progress.entriesAt = line.end;
  return isEntry ? entry : undefined;
}

/** Whether the row of a leaf that is not as the export writes an entry is one nevertheless, and not an erased one. Throws LogFault if it is neither. */
function verifyRow(
  { entries, entry, folder, latest, progress }: Walk,
  index: number,
  leaf: string,
  line: Line,
): boolean {
  const row = readSideRow(line.bytes, `entry ${index}`);
  const isEntry = !row.erased && entryOf(row, entry) !== undefined && leafOfRow(row, entry) === leaf;
  if (row.index !== index || !(isEntry || row.erased))
    throw diagnose({ folder, size: latest.size, index, leaf, lines: entries });
  if (isEntry) return true;
  // What a lawful erasure names is one entry: a second under its id was erased in its shadow.
  if (progress.erased.has(row.id)) throw new LogFault('ERASED_BY_STEALTH', `entry ${index}`);
  progress.erased.set(row.id, index);
  progress.erasures += 1;
  return false;
}

/** What an entry says by itself, and after those before it. */
function verifyBody({ replay, progress, known }: Walk, entry: EntryText, index: number): void {
  verifyOrder(progress, entry, index);
  progress.decisions += entry.lineCount;
  if (entry.lineCount === 0 || known.cameOut(entry)) return;
  replay.entry({ ...decidedIn(entry), policyVersion: said(entry, entry.version) }, `entry ${index}`);
  known.add(entry);
}

function decidedIn(entry: EntryText) {
  return {
    requester: { role: said(entry, entry.role) },
    purpose: purposeOf(entry),
    decisions: decisionsOf(entry) as DecisionLine[],
  };
}

/** What rests on the registers rests on all that was said before it (an entry stands only if they had not moved). */
function verifyOrder(progress: Progress, entry: EntryText, index: number): void {
  const { registersVersion: version = progress.registersVersion, statements } = entry;
  if (version < progress.registersVersion) throw new LogFault('STATEMENT_ORDER', `entry ${index}`);
  progress.registersVersion = version;
  const { ended, erased } = progress;
  if (ended.ids.size > 0 && namesAny(entry, ended) && releasesBy(entry, ended.ids))
    throw new LogFault('RESTS_ON_ENDED', `entry ${index}`);
  for (const { did, ids } of statements) {
    if (MOVING.has(did)) progress.registersVersion += 1;
    if (ENDING.has(did)) for (const id of ids) ended.add(id);
    if (did === ERASED) for (const id of ids) erased.delete(id);
  }
}

/** Whether some decision of the entry, whatever came of it, has one of these among its evidence. */
function namesAny(entry: EntryText, ended: Ended): boolean {
  for (let i = 0; i < entry.lineCount; i += 1) {
    const { evidenceFrom, evidenceTo } = entry.lines[i] as DecisionText;
    if (evidenceFrom < evidenceTo && ended.areIn(entry, evidenceFrom)) return true;
  }
  return false;
}

function releasesBy(entry: EntryText, ids: ReadonlySet<string>): boolean {
  return decidedIn(entry).decisions.some(
    ({ outcome, evidence = [] }) => outcome === 'RELEASED' && evidence.some((id) => ids.has(id)),
  );
}

/** The checkpoint that comes next, verified; undefined after the last. */
function nextCheckpoint({ checkpoints, progress, log, witnesses, latest }: Walk): Pending | undefined {
  const line = checkpoints.next();
  if (!line) return undefined;
  const place = `checkpoint ${progress.checkpoints + 1}`;
  let said: { readonly note: string; readonly size: number };
  try {
    said = JSON.parse(line.bytes.toString()) as typeof said;
  } catch {
    throw new LogFault('FILE_MALFORMED', place);
  }
  const read = readCheckpoint(String(said?.note), log, witnesses, place);
  if (read.size !== said.size || read.origin !== latest.origin) throw new LogFault('FILE_MALFORMED', place);
  if (read.size <= progress.lastCheckpoint || read.size > latest.size) throw new LogFault('CHECKPOINT_ORDER', place);
  if (read.key < progress.lastKey) throw new LogFault('KEY_ORDER', place);
  return { ...read, end: line.end };
}

/** The leaves have come to a checkpoint. */
function reach({ progress }: Walk, { size, root, key, end }: Pending): void {
  if (root !== rootOf(progress)) throw new LogFault('ROOT_DIFFERS', `checkpoint of ${size}`);
  progress.lastCheckpoint = size;
  progress.lastKey = key;
  progress.checkpointsAt = end;
  progress.checkpoints += 1;
}

/** Everything after the last leaf: nothing may be left over, the tiles at the right edge must fit, erasures must be said. */
async function verifyEnd(walk: Walk): Promise<void> {
  const { entries, progress, latest, folder } = walk;
  if (progress.lastCheckpoint !== latest.size || rootOf(progress) !== latest.root)
    throw new LogFault('CHECKPOINT_MISSING', `checkpoint of ${latest.size}`);
  if (latest.key < progress.lastKey) throw new LogFault('KEY_ORDER', 'checkpoint');
  if (entries.peek()) throw new LogFault('ENTRY_INSERTED', `after ${latest.size} entries`);
  for (const [i, { index, hashes }] of progress.tiles.entries())
    if (hashes.length > 0) await compareTile(folder, i + 1, index, hashes);
  const [stealth] = progress.erased;
  if (stealth) throw new LogFault('ERASED_BY_STEALTH', `entry ${stealth[1]}`);
}

/** Adds a leaf. Answers with the root over the last 256 when it completes them. */
function grow({ edge }: Progress, leaf: Hash): Hash | undefined {
  let [width, hash, completed]: [number, Hash, Hash | undefined] = [1, leaf, undefined];
  for (let last = edge.at(-1); last?.[0] === width; last = edge.at(-1)) {
    hash = nodeHash(last[1], hash);
    width *= 2;
    if (width === WIDTH) completed = hash;
    edge.pop();
  }
  edge.push([width, hash]);
  return completed;
}

function rootOf({ edge }: Progress): string {
  let root: Hash | undefined;
  for (let i = edge.length - 1; i >= 0; i -= 1) {
    const left = edge[i]?.[1] as Hash;
    root = root ? nodeHash(left, root) : left;
  }
  return root?.toString('hex') ?? '';
}

/** The root over the 256 hashes of a full tile. */
function rootOfTile(tile: Buffer): Hash {
  let level = Array.from({ length: WIDTH }, (_, i): Hash => tile.subarray(i * 32, (i + 1) * 32));
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      nodeHash(level[2 * i] as Hash, level[2 * i + 1] as Hash),
    );
  return level[0] as Hash;
}

/** Puts the root of a full tile where the level above has it; a tile that is full now is compared with its file. */
async function addToTiles(walk: Walk, level: number, index: number, root: Hash): Promise<void> {
  const { tiles } = walk.progress;
  tiles[level - 1] ??= { index: 0, hashes: [] };
  const tile = tiles[level - 1] as Progress['tiles'][number];
  tile.hashes.push(root.toString('hex'));
  if (index % WIDTH !== WIDTH - 1) return;
  const bytes = await compareTile(walk.folder, level, tile.index, tile.hashes);
  tiles[level - 1] = { index: tile.index + 1, hashes: [] };
  await addToTiles(walk, level + 1, tile.index, rootOfTile(bytes));
}

async function compareTile(folder: string, level: number, index: number, hashes: readonly string[]): Promise<Buffer> {
  const name = tileName(level, index, hashes.length);
  const bytes = await readBytes(folder, name);
  if (bytes.toString('hex') !== hashes.join('')) throw new LogFault('TILE_ALTERED', name);
  return bytes;
}
