/** What a board of 300 releases takes in the store, table by table: ten thousand of them, written by the product itself. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openAudit } from '../../src/audit/audit.js';
import type { AuditEntryBody } from '../../src/audit/entry.js';
import { openIndexer } from '../../src/audit/index/indexer.js';
import { newLogKey, readLogKeys } from '../../src/audit/log-keys.js';
import { openSequencer } from '../../src/audit/sequencer.js';
import { openStore } from '../../src/store/store.js';
import { boardOf } from './log.js';

const AT_ONCE = 50;

/** Bytes a board of each table, its indices included. The tree gets them one checkpoint for so many. */
export async function measureBoards(dir: string, boards: number): Promise<ReadonlyMap<string, number>> {
  const file = join(dir, 'boards.sqlite');
  const store = await openStore({ kind: 'sqlite', file });
  const audit = openAudit(store);
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
  const indexer = openIndexer(store);
  for (let at = 0; at < boards; at += AT_ONCE) {
    const bodies: AuditEntryBody[] = Array.from({ length: AT_ONCE }, (_, i) => boardOf(at + i));
    await Promise.all(bodies.map((body) => audit.append(body)));
    await sequencer.sequence();
    await indexer.index();
  }
  await sequencer.stop();
  await store.close();
  const db = new Database(file, { readonly: true });
  const rows = db.prepare('SELECT name, SUM(pgsize) AS bytes FROM dbstat GROUP BY name').all() as {
    name: string;
    bytes: number;
  }[];
  db.close();
  return new Map(
    rows
      .filter(({ name }) => name.startsWith('audit_') || name.startsWith('sqlite_autoindex_audit'))
      .map(({ name, bytes }) => [name, bytes / boards] as const)
      .filter(([, bytes]) => bytes >= 0.5)
      .sort(([, a], [, b]) => b - a),
  );
}
