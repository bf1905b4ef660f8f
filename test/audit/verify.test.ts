/** A log of some hundred entries in files, and everything that can be done to it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { openAudit } from '../../src/audit/audit.js';
import { hashOf } from '../../src/audit/entry.js';
import { eraseEntries } from '../../src/audit/erase.js';
import { exportLog } from '../../src/audit/export.js';
import { keepPolicies } from '../../src/audit/kept-policies.js';
import { signCheckpoint } from '../../src/audit/log/checkpoint.js';
import { cosign } from '../../src/audit/log/cosignature.js';
import { type Hash, leafHash } from '../../src/audit/log/hash.js';
import { leafOf, leafTextsOf } from '../../src/audit/log/leaf.js';
import { newSigner, SIGNATURE_TYPES, type Signer, writeVerifier } from '../../src/audit/log/signed-note.js';
import { bundleOf, bundlePath, TILE_WIDTH, tileOf, tilePath, tilesOf } from '../../src/audit/log/tiles.js';
import { append, EMPTY_RANGE, rootOf } from '../../src/audit/log/tree.js';
import { readLogKeys } from '../../src/audit/log-keys.js';
import { type FaultCode, LogFault } from '../../src/audit/verify/fault.js';
import { trustedKey } from '../../src/audit/verify/notes.js';
import { type VerifyOptions, verifyLog } from '../../src/audit/verify/verify-log.js';
import { openStore } from '../../src/store/store.js';
import { decisionOn, decidedEntry as entry, POLICIES } from './decided.js';
import { appendEntries, keyText, ORIGIN, sequencerOf } from './sequenced.js';

interface Row {
  index: number;
  id: string;
  hash?: string;
  salt?: string;
  body?: string | undefined;
  erased?: boolean;
}
interface Checkpoint {
  size: number;
  note: string;
}

/** An exported log in memory, as somebody with the files (and perhaps keys) can change it. */
interface Files {
  rows: Row[];
  leaves: string[];
  tiles: Map<string, Hash[]>;
  checkpoints: Checkpoint[];
  latest: string;
  /** Texts of the policies by version. */
  policies: Map<string, string>;
}

const KEYS = readLogKeys(`${keyText(1)},${keyText(2)}@2027-01-01T00:00:00Z`);
const SIGNERS = KEYS.signers.map(({ signer }) => signer) as [Signer, Signer];
const STRANGER = newSigner(ORIGIN, Buffer.alloc(32, 99));
const WITNESSES = [1, 2].map((i) => newSigner(`w${i}.example`, Buffer.alloc(32, 40 + i), SIGNATURE_TYPES.cosignature));
const OPTIONS: VerifyOptions = {
  log: KEYS.verifiers.map((key) => trustedKey(writeVerifier(key))),
  witnesses: WITNESSES.map((key) => trustedKey(writeVerifier(key))),
  quorum: 2,
};

/** CI tampers more than a thousand times; a contributor's run less often. The seed of each time is its number. */
const IN_CI = 32;
const TIMES = Number(process.env['THRESHOLD_TAMPER_TIMES'] ?? (process.env['CI'] ? IN_CI : 5));

let folder: string;
let whole: string;
let original: Files;
let seen: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-verify-'));
  whole = join(folder, 'whole');
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const audit = openAudit(store);
  await keepPolicies(store, POLICIES, '2026-11-01T00:00:00.000Z');
  for (const [at, count, from] of [
    ['2026-12-01T00:00:00Z', 40, 0],
    ['2026-12-02T00:00:00Z', 200, 40],
    ['2027-01-02T00:00:00Z', 180, 240],
  ] as const) {
    const sequencer = sequencerOf(store, { keys: KEYS, now: () => new Date(at) });
    await appendEntries(store, count, from, entry);
    await sequencer.sequence();
    await sequencer.stop();
  }
  const last = sequencerOf(store, { keys: KEYS, now: () => new Date('2027-01-03T00:00:00Z') });
  await audit.append(
    entry('withdrawal', {
      registersVersion: 7,
      // What a statement takes back is named beside it, and moves nothing by itself.
      statements: [
        ['CONSENT', 'c-2'],
        ['CONSENT_END', 'c-9', 'c-8'],
        ['JUDGEMENT', 'j-2'],
        ['JUDGEMENT_END', 'j-1'],
        ['SERVICE_CONSENT', 's-2'],
        ['SERVICE_CONSENT_END', 's-1'],
      ].map(([did = '', ...ids]) => ({ did, ids, subjects: ['P-1'], policies: [] })),
    }),
  );
  await audit.append(entry('after', { registersVersion: 10 }));
  await audit.append(
    entry('grant ends', {
      registersVersion: 10,
      // What is alleged, and who is one person, moves the registers too.
      statements: ['GRANT_END', 'ALLEGATION_REVIEW', 'LINK_UNDONE', 'SEPARATED'].map((did) => ({
        did,
        ids: ['g-1'],
        subjects: ['P-1'],
        policies: [],
      })),
    }),
  );
  const decisions = [decisionOn({ grant: 'NONE' }, ['c-1']), decisionOn({ conflict: true })];
  await audit.append(entry('after the grant', { registersVersion: 14, decisions }));
  await eraseEntries(store, audit, ['e-5', 'e-300'], entry('erasure', { decisions: [], outcomes: [] }));
  await last.sequence();
  const rows = await store.read<{ tree_size: number; note: string }>('SELECT tree_size, note FROM audit_checkpoint');
  await store.transaction(async (transaction) => {
    for (const { tree_size, note } of rows)
      for (const witness of WITNESSES)
        await transaction.run('INSERT INTO audit_cosignature (tree_size, witness, line) VALUES (?, ?, ?)', [
          tree_size,
          witness.name,
          cosign(note, witness, 1_800_000_000),
        ]);
  });
  await exportLog(store, { ...KEYS, witnesses: WITNESSES }, whole);
  await store.close();
  original = await readFiles();
  seen = original.checkpoints.slice(0, 3).map(({ note }) => note);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readFiles(): Promise<Files> {
  const lines = async <T>(name: string) =>
    (await readFile(join(whole, name), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  const rows = (await lines<Row & { body?: unknown }>('entries.ndjson')).map(
    (row): Row => (row.body === undefined ? row : { ...row, body: JSON.stringify(row.body) }),
  );
  const leaves: string[] = [];
  for (let from = 0; from < rows.length; from += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, rows.length - from);
    const bytes = await readFile(join(whole, bundlePath({ index: from / TILE_WIDTH, width })));
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
      leaves.push(bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt16BE(at)));
  }
  const tiles = new Map<string, Hash[]>();
  for (const tile of tilesOf(rows.length)) {
    const bytes = await readFile(join(whole, tilePath(tile)));
    tiles.set(
      tilePath(tile),
      Array.from({ length: tile.width }, (_, i) => bytes.subarray(i * 32, i * 32 + 32)),
    );
  }
  return {
    rows,
    leaves,
    tiles,
    checkpoints: await lines<Checkpoint>('checkpoints.ndjson'),
    latest: await readFile(join(whole, 'checkpoint'), 'utf8'),
    policies: new Map([
      [POLICIES.version, await readFile(join(whole, 'policies', `${POLICIES.version}.json`), 'utf8')],
    ]),
  };
}

/** A row as it stands in its file: the text of the entry last, as it was hashed. */
function lineOf(one: Row): string {
  if (typeof one === 'string') return one;
  const { body, ...row } = one;
  const head = JSON.stringify(row);
  return body === undefined ? head : `${head.slice(0, -1)},"body":${body}}`;
}

let written = 0;
async function write({ rows, leaves, tiles, checkpoints, latest, policies }: Files): Promise<string> {
  written += 1;
  const into = join(folder, String(written));
  for (const one of ['tile/0', 'tile/1', 'tile/entries'])
    for (const part of ['000.p', '001.p']) await mkdir(join(into, one, part), { recursive: true });
  const ndjson = (list: readonly unknown[]) => list.map((one) => `${JSON.stringify(one)}\n`).join('');
  await writeFile(join(into, 'entries.ndjson'), rows.map((row) => `${lineOf(row)}\n`).join(''));
  await mkdir(join(into, 'policies'));
  for (const [version, text] of policies) await writeFile(join(into, 'policies', `${version}.json`), text);
  await writeFile(join(into, 'checkpoints.ndjson'), ndjson(checkpoints));
  await writeFile(join(into, 'checkpoint'), latest);
  for (let from = 0; from < leaves.length; from += TILE_WIDTH) {
    const part = leaves.slice(from, from + TILE_WIDTH);
    await writeFile(join(into, bundlePath({ index: from / TILE_WIDTH, width: part.length })), bundleOf(part));
  }
  for (const [path, hashes] of tiles) await writeFile(join(into, path), tileOf(hashes));
  return into;
}

/** A copy that may be changed. */
function copy(): Files {
  return {
    ...structuredClone({ ...original, tiles: undefined }),
    tiles: new Map([...original.tiles].map(([k, v]) => [k, [...v]])),
  } as Files;
}

/** Everything above the leaves made again, as somebody does who covers their tracks: with these keys for the checkpoints of these sizes. */
function remake(
  files: Files,
  sign: (size: number) => Signer = (size) => (size > 240 ? SIGNERS[1] : SIGNERS[0]),
  cosigned = true,
): void {
  const size = files.leaves.length;
  const sizes = [...new Set([...files.checkpoints.map((one) => Math.min(one.size, size)), size])].filter(
    (one) => one > 0,
  );
  const level1: Hash[] = [];
  files.checkpoints = [];
  let range = EMPTY_RANGE;
  for (const leaf of files.leaves) {
    range = append(range, leafHash(leaf), ({ level }, hash) => level === 8 && level1.push(hash));
    if (!sizes.includes(range.size)) continue;
    const note = signCheckpoint({ origin: ORIGIN, size: range.size, root: rootOf(range) }, [sign(range.size)]);
    const lines = cosigned ? WITNESSES.map((witness) => cosign(note, witness, 1_800_000_000)).join('') : '';
    files.checkpoints.push({ size: range.size, note: note + lines });
  }
  files.latest = files.checkpoints.at(-1)!.note;
  files.tiles = new Map(
    tilesOf(size).map((tile) => {
      const hashes = tile.level === 0 ? files.leaves.map((leaf) => leafHash(leaf)) : level1;
      return [tilePath(tile), hashes.slice(tile.index * TILE_WIDTH, tile.index * TILE_WIDTH + tile.width)];
    }),
  );
}

async function faultOf(
  at: string,
  options: VerifyOptions = OPTIONS,
): Promise<{ code: FaultCode | 'NONE' | 'CRASH'; place: string }> {
  try {
    await verifyLog(at, options);
    return { code: 'NONE', place: '' };
  } catch (error) {
    return error instanceof LogFault ? error : { code: 'CRASH', place: String((error as Error).stack) };
  }
}

/** Numbers that look random and are the same every time (mulberry32). */
function chanceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const rewrite = (row: Row, change: (body: Record<string, unknown>) => void): Row => {
  const body = JSON.parse(row.body ?? '{}') as Record<string, unknown>;
  change(body);
  // By the library: the forger writes what the writer cannot.
  return say(row, canonicalize(body) ?? '');
};
/** The row as one that says this text. */
const say = (row: Row, text: string): Row => ({
  ...row,
  body: text,
  hash: hashOf(text),
  id: (JSON.parse(text) as { id: string }).id,
});
const renumber = (rows: Row[]) => rows.map((row, index) => ({ ...row, index }));
const leafAgain = (row: Row) => leafOf(leafTextsOf(JSON.parse(row.body ?? '')), row.hash ?? '', row.salt ?? '');

/** Lets an entry say that it takes something back. */
const takeBack = (files: Files, i: number, id: string): void => {
  const statements = [{ did: 'CONSENT_END', ids: [id], subjects: ['P-1'], policies: [] }];
  files.rows[i] = rewrite(files.rows[i]!, (body) => Object.assign(body, { statements }));
  files.leaves[i] = leafAgain(files.rows[i]!);
};

/** One way to tamper: what it does to the files, and by which name it must be found. */
interface Tampering {
  readonly name: string;
  readonly as: readonly FaultCode[];
  readonly options?: () => VerifyOptions;
  /** May answer with the index at which it must be found. */
  tamper(files: Files, below: (n: number) => number): unknown;
}

/** A row that was not erased, and is neither first nor last. */
const pick = (files: Files, below: (n: number) => number): number => {
  const index = 1 + below(files.rows.length - 5);
  return files.rows[index]?.erased ? index + 1 : index;
};
const withSeen = (): VerifyOptions => ({ ...OPTIONS, seen });

const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'edit what an entry says',
    as: ['ENTRY_ALTERED'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['operation'] = { name: 'Another', sha256: 'ab'.repeat(32), type: 'query' };
      });
      return i;
    },
  },
  {
    name: 'edit an entry without its hash',
    as: ['ENTRY_ALTERED'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i]!.body = files.rows[i]!.body?.replace('"w-1"', '"w-2"') ?? '';
      return i;
    },
  },
  {
    name: 'change the salt or the hash of an entry',
    as: ['ENTRY_ALTERED'],
    tamper(files, below) {
      const row = files.rows[pick(files, below)]!;
      if (below(2) === 0) row.salt = 'ab'.repeat(16);
      else row.hash = 'cd'.repeat(32);
    },
  },
  {
    name: 'drop an entry',
    as: ['ENTRY_MISSING'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows.splice(i, 1);
      return i;
    },
  },
  {
    name: 'drop an entry and close the gap',
    as: ['ENTRY_MISSING'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows.splice(i, 1);
      files.rows = renumber(files.rows);
      return i;
    },
  },
  {
    name: 'erase an entry by stealth, under the id of one that was erased lawfully',
    as: ['ERASED_BY_STEALTH'],
    tamper(files, below) {
      const i = pick(files, below);
      const lawful = files.rows.find(({ erased }) => erased);
      files.rows[i] = { index: i, id: lawful!.id, erased: true };
    },
  },
  {
    name: 'erase an entry by stealth',
    as: ['ERASED_BY_STEALTH'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i] = { index: i, id: files.rows[i]!.id, erased: true };
    },
  },
  {
    name: 'insert an entry',
    as: ['ENTRY_INSERTED'],
    tamper(files, below) {
      const i = pick(files, below);
      const forged = rewrite(files.rows[i]!, (body) => {
        body['id'] = 'forged';
      });
      files.rows.splice(i, 0, forged);
      if (below(2) === 0) files.rows = renumber(files.rows);
    },
  },
  {
    name: 'repeat an entry elsewhere',
    as: ['ENTRY_INSERTED'],
    tamper(files, below) {
      const [i, j] = [pick(files, below), pick(files, below)];
      files.rows.splice(i, 0, { ...files.rows[i === j ? i + 1 : j]! });
      files.rows = renumber(files.rows);
    },
  },
  {
    name: 'append an entry that is in no tree',
    as: ['ENTRY_INSERTED'],
    tamper(files) {
      files.rows.push({ ...files.rows[1]!, index: files.rows.length });
    },
  },
  {
    name: 'swap two entries',
    as: ['ENTRY_ORDER'],
    tamper(files, below) {
      const i = pick(files, below);
      let j = pick(files, below);
      if (i === j) j = i === 1 ? 2 : i - 1;
      if (files.rows[j]?.erased) j += 1;
      [files.rows[i], files.rows[j]] = [files.rows[j]!, files.rows[i]!];
      if (i === j) [files.rows[1], files.rows[2]] = [files.rows[2]!, files.rows[1]!];
      files.rows = renumber(files.rows);
    },
  },
  {
    name: 'swap two neighbours',
    as: ['ENTRY_ORDER'],
    tamper(files, below) {
      let i = pick(files, below);
      while (files.rows[i]?.erased || files.rows[i + 1]?.erased) i += 1;
      [files.rows[i], files.rows[i + 1]] = [files.rows[i + 1]!, files.rows[i]!];
      if (below(2) === 0) files.rows = renumber(files.rows);
    },
  },
  {
    name: 'truncate the entries',
    as: ['TRUNCATED'],
    tamper(files, below) {
      files.rows.length = pick(files, below);
    },
  },
  {
    name: 'truncate the checkpoints',
    as: ['CHECKPOINT_MISSING'],
    tamper(files, below) {
      files.checkpoints.length = 1 + below(files.checkpoints.length - 1);
    },
  },
  {
    name: 'edit a leaf',
    as: ['LEAF_ALTERED'],
    tamper(files, below) {
      const i = pick(files, below);
      files.leaves[i] = files.leaves[i]!.replace('2026-11-20', '2026-11-21');
    },
  },
  {
    name: 'edit a hash of the lowest tiles',
    as: ['LEAF_ALTERED'],
    tamper(files, below) {
      const hashes = files.tiles.get('tile/0/000')!;
      hashes[below(256)] = leafHash(`x${below(1000)}`);
    },
  },
  {
    name: 'edit a hash of a higher tile',
    as: ['TILE_ALTERED'],
    tamper(files, below) {
      files.tiles.get('tile/1/000.p/1')![0] = leafHash(`x${below(1000)}`);
    },
  },
  {
    name: 'edit an entry, its leaf and its tile, without a key',
    as: ['ROOT_DIFFERS'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['operation'] = { name: 'Another', sha256: 'ab'.repeat(32), type: 'query' };
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      const { checkpoints, latest } = files;
      remake(files);
      Object.assign(files, { checkpoints, latest });
    },
  },
  {
    name: 'fork: change the past and sign it all again with the keys of the log and its witnesses',
    as: ['FORKED'],
    options: withSeen,
    tamper(files, below) {
      let i = 1 + below(200);
      if (files.rows[i]?.erased) i += 1;
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['operation'] = { name: 'Another', sha256: 'ab'.repeat(32), type: 'query' };
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files);
    },
  },
  {
    name: 'fork with the keys of the log alone',
    as: ['TOO_FEW_COSIGNATURES'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['operation'] = { name: 'Another', sha256: 'ab'.repeat(32), type: 'query' };
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files, undefined, false);
    },
  },
  {
    name: 'sign again with another key',
    as: ['CHECKPOINT_KEY'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['operation'] = { name: 'Another', sha256: 'ab'.repeat(32), type: 'query' };
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files, () => STRANGER);
    },
  },
  {
    name: 'sign a later checkpoint with a key whose time was over',
    as: ['KEY_ORDER'],
    tamper(files, below) {
      const [early, late] = below(2) === 0 ? [40, 0] : [0, 425];
      remake(files, (size) => ((size > 240 || size === early) && size !== late ? SIGNERS[1] : SIGNERS[0]));
    },
  },
  {
    name: 'roll the store back to an earlier checkpoint',
    as: ['ROLLED_BACK'],
    options: () => ({ ...OPTIONS, seen: original.checkpoints.map(({ note }) => note) }),
    tamper(files, below) {
      const size = [40, 240, 420][below(3)]!;
      files.rows.length = size;
      files.leaves.length = size;
      files.checkpoints = files.checkpoints.filter((one) => one.size <= size);
      files.latest = files.checkpoints.at(-1)!.note;
      files.tiles = new Map();
    },
  },
  {
    name: 'change a signature',
    as: ['CHECKPOINT_SIGNATURE'],
    tamper(files, below) {
      const one = files.checkpoints[below(files.checkpoints.length)]!;
      one.note = one.note.replace(/(— log\.test\.example\/audit )(\S+)/, (_, head: string, encoded: string) => {
        const bytes = Buffer.from(encoded, 'base64');
        bytes[4 + below(64)]! ^= 1 << below(8);
        return `${head}${bytes.toString('base64')}`;
      });
    },
  },
  {
    name: 'change the root of a checkpoint',
    as: ['CHECKPOINT_SIGNATURE'],
    tamper(files, below) {
      const one = files.checkpoints[below(files.checkpoints.length)]!;
      const lines = one.note.split('\n');
      lines[2] = leafHash(`x${below(1000)}`).toString('base64');
      one.note = lines.join('\n');
    },
  },
  {
    name: 'change a cosignature',
    as: ['COSIGNATURE'],
    tamper(files, below) {
      const one = files.checkpoints[below(files.checkpoints.length)]!;
      const name = WITNESSES[below(2)]!.name;
      one.note = one.note.replace(new RegExp(`(— ${name} )(\\S+)`), (_, head: string, encoded: string) => {
        const bytes = Buffer.from(encoded, 'base64');
        bytes[4 + below(72)]! ^= 1 << below(8);
        return `${head}${bytes.toString('base64')}`;
      });
    },
  },
  {
    name: 'take a cosignature from the latest checkpoint',
    as: ['TOO_FEW_COSIGNATURES'],
    tamper(files, below) {
      files.latest = files.latest.replace(new RegExp(`— ${WITNESSES[below(2)]!.name} .*\n`), '');
    },
  },
  {
    name: 'swap two checkpoints',
    as: ['CHECKPOINT_ORDER'],
    tamper(files, below) {
      const i = below(2);
      const list = files.checkpoints;
      // Of one key, so that it is their order that is wrong.
      if (i === 0) [list[0], list[1]] = [list[1]!, list[0]!];
      else [list[2], list[3]] = [list[3]!, list[2]!];
    },
  },
  {
    name: 'let a release rest on what people had said before a consent was taken back',
    as: ['STATEMENT_ORDER'],
    tamper(files, below) {
      const i = files.rows.findIndex(({ id }) => id === 'after');
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['registersVersion'] = below(10);
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files);
    },
  },
  {
    name: 'let a release rest on what was alleged, or on who was one person, before that was decided again',
    as: ['STATEMENT_ORDER'],
    tamper(files, below) {
      const i = files.rows.findIndex(({ id }) => id === 'after the grant');
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['registersVersion'] = 11 + below(3);
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files);
    },
  },
  ...(
    [
      ['a consent that was taken back before it', 'after', ['c-9', 'c-8']],
      ['a judgement that was replaced before it', 'after the grant', ['j-1']],
      ['an agreement to be worked with that was taken back before it', 'after', ['s-1']],
      ['a grant that was ended before it', 'after the grant', ['g-1']],
    ] as const
  ).map(
    ([what, after, ended]): Tampering => ({
      name: `let a release rest on ${what}`,
      as: ['RESTS_ON_ENDED'],
      tamper(files, below) {
        const i = files.rows.findIndex(({ id }) => id === after);
        files.rows[i] = rewrite(files.rows[i]!, (body) => {
          const [{ evidence }] = body['decisions'] as [{ evidence: string[] }];
          evidence.splice(below(evidence.length + 1), below(2), ended[below(ended.length)]!);
        });
        files.leaves[i] = leafAgain(files.rows[i]!);
        remake(files);
        return i;
      },
    }),
  ),
  {
    name: 'take back in an earlier entry what releases rest on',
    as: ['RESTS_ON_ENDED'],
    tamper(files, below) {
      // Between the two that were erased.
      const i = 10 + below(280);
      takeBack(files, i, 'c-1');
      remake(files);
      return i + 1;
    },
  },
  {
    name: 'show what the policies deny, with all keys',
    as: ['DECISION_DIFFERS'],
    tamper(files, below) {
      const i = files.rows.findIndex(({ id }) => id === 'after the grant');
      const lies: ((line: Record<string, unknown>) => unknown)[] = [
        (line) => Object.assign(line, { outcome: 'RELEASED' }),
        (line) => Object.assign(line, { outcome: 'RELEASED', decided: 'SILENT' }),
        (line) => Object.assign(line, decisionOn({ conflict: false }), { facts: line['facts'] }),
        (line) => Object.assign(line, { vetoes: [] }),
        (line) => Object.assign(line, { reasons: ['REQUEST_NEEDED'] }),
        (line) => Object.assign(line, { category: 'IDENTITY' }),
        (line) => Object.assign(line, { basis: 'EXCEPTION' }),
        (line) => Object.assign(line, { facts: -1 }),
        (line) => Object.assign(line, { facts: decisionOn({ conflict: false }).facts }),
      ];
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        lies[below(lies.length)]!((body['decisions'] as Record<string, unknown>[])[1]!);
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files);
    },
  },
  {
    name: 'write an entry in another form than the canonical one, with all keys',
    as: ['ENTRY_MALFORMED'],
    tamper(files, below) {
      const i = pick(files, below);
      const forms: ((text: string) => string)[] = [
        (text) => text.replace('{', '{ '),
        (text) => `${text} `,
        (text) => text.replace('"v":1', '"v":1.0'),
        (text) => text.replace('"v":1', '"v":1,"v":1'),
        (text) => text.replace('"csc"', '"\\u0063sc"'),
        (text) => text.replace('"agency":"csc","role":"SOCIAL_WORKER"', '"role":"SOCIAL_WORKER","agency":"csc"'),
        (text) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse())),
      ];
      files.rows[i] = say(files.rows[i]!, forms[below(forms.length)]!(files.rows[i]!.body ?? ''));
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files);
      return i;
    },
  },
  {
    name: 'leave out what every entry says, or say it in another shape, with all keys',
    as: ['ENTRY_MALFORMED'],
    tamper(files, below) {
      const i = pick(files, below);
      const lies: ((body: Record<string, unknown>) => unknown)[] = [
        (body) => delete body['purpose'],
        (body) => delete (body['requester'] as Record<string, unknown>)['role'],
        (body) => Object.assign(body, { registersVersion: -1 }),
        (body) => Object.assign(body, { outcomes: [[0, 'P-1', 'csc', 'Visit', ['v-1'], 'more']] }),
        (body) => Object.assign(body, { outcomes: [[0, 'P-1', 'csc', 'Visit', [1]]] }),
        (body) => Object.assign(body, { statements: [{ did: 'CONSENT', ids: 'c-1', subjects: [] }] }),
        (body) => Object.assign(body, { decisions: [null] }),
        (body) => Object.assign(body, { decisions: [], outcomes: [[0, 'P-1', 'csc', 'Visit', ['v-1']]] }),
      ];
      const row = files.rows[i]!;
      files.rows[i] = rewrite(row, (body) => lies[below(lies.length)]!(body));
      // A leaf of its own time and hash; to what else it commits nobody comes to ask.
      const leaf = leafOf(leafTextsOf(JSON.parse(row.body ?? '')), files.rows[i]!.hash ?? '', row.salt ?? '');
      files.leaves[i] = leaf;
      remake(files);
      return i;
    },
  },
  {
    name: 'ask for another purpose or in another role than the decisions say, with all keys',
    as: ['DECISION_DIFFERS'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        if (below(2) === 0) body['purpose'] = 'ASSESSMENT';
        else body['requester'] = { worker: 'w-1', agency: 'csc', role: 'TEAM_MANAGER' };
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files);
    },
  },
  {
    name: 'name policies that are not there, with all keys',
    as: ['POLICIES_MISSING'],
    tamper(files, below) {
      const i = pick(files, below);
      files.rows[i] = rewrite(files.rows[i]!, (body) => {
        body['policyVersion'] = ['cd'.repeat(32), '../checkpoint', ''][below(3)];
      });
      files.leaves[i] = leafAgain(files.rows[i]!);
      remake(files);
    },
  },
  {
    name: 'take the policies away',
    as: ['POLICIES_MISSING'],
    tamper(files) {
      files.policies.clear();
    },
  },
  {
    name: 'change the policies of a version',
    as: ['POLICIES_ALTERED'],
    tamper(files, below) {
      const text = files.policies.get(POLICIES.version) ?? '';
      const at = below(text.length);
      files.policies.set(POLICIES.version, `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`);
    },
  },
  {
    name: 'cut a file in the middle of a line',
    as: ['FILE_MALFORMED'],
    tamper(files) {
      files.rows[files.rows.length - 1] = '{"index":' as never;
    },
  },
];

describe('a log in files', () => {
  it('verifies, from files and keys alone', async () => {
    expect(await verifyLog(whole, { ...OPTIONS, seen })).toEqual({
      origin: ORIGIN,
      entries: 425,
      checkpoints: 4,
      decisions: 423,
      erased: 2,
      cosigners: ['w1.example', 'w2.example'],
    });
    expect((await faultOf(await write(copy()))).code).toBe('NONE');
    const again = copy();
    remake(again);
    expect((await faultOf(await write(again))).code).toBe('NONE');
  });

  it('is verified on from where it was left: neither read again nor taken on trust further on', async () => {
    const [at, tampered] = [await write(copy()), copy()];
    const progressFile = join(folder, 'progress.json');
    const options = { ...OPTIONS, progressFile, keepEvery: 256 };
    const all = await verifyLog(at, options);
    await rm(join(at, 'tile/entries/000'));
    await rm(join(at, 'tile/0/000'));
    const shown: number[] = [];
    expect(await verifyLog(at, { ...options, onProgress: (done) => shown.push(done) })).toEqual(all);
    expect(shown).toEqual([425]);
    tampered.rows.splice(310, 1);
    expect(await faultOf(await write(tampered), options)).toMatchObject({ code: 'ENTRY_MISSING', place: 'entry 310' });
    expect((await faultOf(at)).code).toBe('FILE_MISSING');
  });

  it('is verified on from where it was left with all that was taken back until then', async () => {
    const files = copy();
    takeBack(files, 100, 'c-"é');
    files.rows[310] = rewrite(files.rows[310]!, (body) => {
      (body['decisions'] as { evidence: string[] }[])[0]!.evidence.push('c-"é');
    });
    files.leaves[310] = leafAgain(files.rows[310]!);
    remake(files);
    const at = await write(files);
    const options = { ...OPTIONS, progressFile: join(folder, 'progress-ended.json'), keepEvery: 256 };
    const found = { code: 'RESTS_ON_ENDED', place: 'entry 310' };
    expect(await faultOf(at, options)).toMatchObject(found);
    await rm(join(at, 'tile/entries/000'));
    expect(await faultOf(at, options)).toMatchObject(found);
  });

  it('verifies where an entry rests on what it takes back itself, or what was taken back is evidence of a denial', async () => {
    const files = copy();
    const i = files.rows.findIndex(({ id }) => id === 'withdrawal');
    files.rows[i] = rewrite(files.rows[i]!, (body) => {
      (body['decisions'] as { evidence: string[] }[])[0]!.evidence.push('c-9');
    });
    const after = files.rows.findIndex(({ id }) => id === 'after the grant');
    files.rows[after] = rewrite(files.rows[after]!, (body) => {
      (body['decisions'] as { evidence: string[] }[])[1]!.evidence = ['c-9'];
    });
    for (const at of [i, after]) files.leaves[at] = leafAgain(files.rows[at]!);
    remake(files);
    expect((await faultOf(await write(files))).code).toBe('NONE');
  });

  it('is not whole when its last line was cut', async () => {
    const at = await write(copy());
    const text = await readFile(join(at, 'entries.ndjson'));
    await writeFile(join(at, 'entries.ndjson'), text.subarray(0, -40));
    expect(await faultOf(at)).toMatchObject({ code: 'FILE_MALFORMED', place: 'entries.ndjson' });
  });

  it('is whole when its rows say the same in another way than the export writes them', async () => {
    const at = await write(copy());
    const lines = (await readFile(join(at, 'entries.ndjson'), 'utf8')).trimEnd().split('\n');
    const spaced = lines.map((line) => line.replace('{"index":', '{ "index": '));
    await writeFile(join(at, 'entries.ndjson'), `${spaced.join('\n')}\n`);
    expect((await faultOf(at)).code).toBe('NONE');
  });

  it('names a missing file', async () => {
    for (const name of ['checkpoint', 'entries.ndjson', 'tile/0/000', 'tile/entries/001.p/169', 'tile/1/000.p/1']) {
      const at = await write(copy());
      await rm(join(at, name));
      expect(await faultOf(at)).toMatchObject({ code: 'FILE_MISSING', place: name });
    }
  });

  it.each(TAMPERINGS.map((tampering, i) => [tampering.name, tampering, i] as const))(
    `finds out who tried to %s, ${TIMES} times, and says so`,
    async (_, { as, tamper, options }, i) => {
      const wrong: string[] = [];
      for (let time = 0; time < TIMES; time += 1) {
        const files = copy();
        const index = tamper(files, chanceOf(i * 1000 + time));
        const at = await write(files);
        const fault = await faultOf(at, options?.() ?? OPTIONS);
        const isThere = index === undefined || fault.place === `entry ${index}`;
        if (!as.includes(fault.code as FaultCode) || !isThere) wrong.push(`${time}: ${fault.code} at ${fault.place}`);
        await rm(at, { recursive: true });
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it('is tampered with at least a thousand times in CI', () => {
    expect(TAMPERINGS.length * IN_CI).toBeGreaterThanOrEqual(1000);
  });
});
