/**
 * Whether rows written in bulk are those that the product writes: the beginning of the log goes through the writer, the sequencer
 * and the indexer too, and both stores are compared row by row.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openAudit } from '../../src/audit/audit.js';
import type { AuditEntryBody } from '../../src/audit/entry.js';
import { openIndexer } from '../../src/audit/index/indexer.js';
import { placesIn } from '../../src/audit/index/places.js';
import { newLogKey, readLogKeys } from '../../src/audit/log-keys.js';
import { openSequencer } from '../../src/audit/sequencer.js';
import { openStore, type Store } from '../../src/store/store.js';
import { writeInBulk } from './bulk.js';

/** What the product took for each step, in microseconds an entry: by the clock, and of the processor. */
export interface Steps {
  readonly [step: string]: { readonly wall: number; readonly cpu: number };
}

/** Writes the log both ways and compares. Throws naming the first table that differs. */
export async function assertSame(log: readonly AuditEntryBody[], dir: string): Promise<Steps> {
  const bulkFile = join(dir, 'bulk.sqlite');
  await (await openStore({ kind: 'sqlite', file: bulkFile })).close();
  writeInBulk(bulkFile, log, () => undefined);
  const bulk = await openStore({ kind: 'sqlite', file: bulkFile });
  const real = await openStore({ kind: 'sqlite', file: join(dir, 'real.sqlite') });
  const steps = await writeForReal(real, log);
  for (const [table, read] of Object.entries(TABLES)) {
    const [theirs, ours] = [await read(real), await read(bulk)];
    const at = theirs.findIndex((row, i) => row !== ours[i]);
    if (theirs.length !== ours.length || at >= 0)
      throw new Error(
        `${table}: ${theirs.length} and ${ours.length} rows, the first difference at ${at}: ${theirs[at]} / ${ours[at]}`,
      );
  }
  await real.close();
  await bulk.close();
  return steps;
}

async function writeForReal(store: Store, log: readonly AuditEntryBody[]): Promise<Steps> {
  const steps: { [step: string]: { wall: number; cpu: number } } = {};
  const timed = async (step: string, work: () => Promise<unknown>) => {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    await work();
    const used = process.cpuUsage(cpu);
    steps[step] = {
      wall: ((performance.now() - wall) * 1000) / log.length,
      cpu: (used.user + used.system) / log.length,
    };
  };
  const audit = openAudit(store);
  await timed('append', async () => {
    for (let at = 0; at < log.length; at += 100)
      await Promise.all(log.slice(at, at + 100).map((body) => audit.append(body)));
  });
  const sequencer = openSequencer({
    store,
    holder: 'bench',
    keys: readLogKeys(newLogKey('bench.example/audit', randomBytes(32))),
    now: () => new Date(),
    random: (bytes) => randomBytes(bytes),
    warn: (code) => {
      throw new Error(code);
    },
  });
  await timed('sequence', () => sequencer.sequence());
  await timed('index', () => openIndexer(store).index());
  await sequencer.stop();
  return steps;
}

const rowsOf = (sql: string) => async (store: Store) =>
  (await store.read<object>(sql)).map((row) => JSON.stringify(row));

const TABLES: { readonly [table: string]: (store: Store) => Promise<readonly string[]> } = {
  audit_entry: rowsOf(
    'SELECT seq, id, at, worker, agency, purpose, result, registers_version, body, hex(packed) AS packed, hash FROM audit_entry ORDER BY seq',
  ),
  audit_leaf: rowsOf(
    'SELECT leaf_index, entry_seq, length(leaf) AS leaf, length(hash) AS hash, length(salt) AS salt FROM audit_leaf ORDER BY leaf_index',
  ),
  audit_term: rowsOf('SELECT kind, name FROM audit_term ORDER BY kind, name'),
  audit_day: rowsOf('SELECT day, first_index, last_index FROM audit_day ORDER BY day'),
  audit_tally: rowsOf(
    'SELECT t.kind, t.name, y.day, y.entries, y.persons FROM audit_tally y JOIN audit_term t ON t.id = y.term ORDER BY t.kind, t.name, y.day',
  ),
  audit_indexed: rowsOf('SELECT size, merged FROM audit_indexed'),
  async audit_block(store) {
    const rows = await store.read<{ tier: number; segment: number; kind: string; name: string; places: string }>(
      `SELECT b.tier, b.segment, t.kind, t.name, ${store.bytesOf('b.places')} AS places FROM audit_block b JOIN audit_term t ON t.id = b.term
        ORDER BY b.tier, b.segment, t.kind, t.name`,
    );
    return rows.map(({ places, ...row }) =>
      JSON.stringify({
        ...row,
        bytes: places.length,
        places: placesIn(Buffer.from(places, 'hex'), row.tier === 0 ? 4_096 : 65_536).slice(0, 20),
      }),
    );
  },
};
