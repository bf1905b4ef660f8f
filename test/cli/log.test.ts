/** `threshold log`: what an operator takes away of the log, or out of it, is an entry of it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { openAudit } from '../../src/audit/audit.js';
import { readLogKeys } from '../../src/audit/log-keys.js';
import { addLogCommands } from '../../src/cli/log.js';
import { openStore, type Store } from '../../src/store/store.js';
import { appendEntries, keyText, sequencerOf } from '../audit/sequenced.js';

let folder: string;
let told: string[];
const { log } = console;
const file = () => join(folder, 'store.sqlite');

async function run(...args: string[]): Promise<void> {
  const program = new Command();
  addLogCommands(program, {
    open: async () => ({
      store: await openStore({ kind: 'sqlite', file: file() }),
      keys: readLogKeys(keyText(1)),
      witnesses: [],
    }),
  });
  await program.parseAsync(['node', 'threshold', 'log', ...args]);
}

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ kind: 'sqlite', file: file() });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

beforeEach(async () => {
  told = [];
  folder = await mkdtemp(join(tmpdir(), 'threshold-log-'));
  console.log = (text: string) => void told.push(text);
  await withStore(async (store) => {
    await appendEntries(store, 3);
    const sequencer = sequencerOf(store);
    await sequencer.sequence();
    await sequencer.stop();
  });
});

afterEach(async () => {
  console.log = log;
  await rm(folder, { recursive: true, force: true });
});

describe('threshold log export', () => {
  it('is an entry of the log, by whoever is named', async () => {
    await run('export', '--out', join(folder, 'out'), '--by', 'op-lin');
    const [latest] = await withStore((store) => openAudit(store).read({ limit: 1 }));
    expect(latest?.body).toMatchObject({
      operation: { name: 'LogExport', type: 'command' },
      requester: { worker: 'op-lin', role: 'OPERATOR' },
      statements: [{ did: 'LOG_EXPORTED' }],
    });
    expect(await readdir(join(folder, 'out'))).not.toEqual([]);
    expect(told).toEqual([expect.stringContaining('3 entries in')]);
  });

  it('writes no file where the log cannot be written', async () => {
    await withStore((store) =>
      store.administer(
        "CREATE TRIGGER no_more BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'the store takes no more'); END",
      ),
    );
    const out = join(folder, 'out');
    await expect(run('export', '--out', out, '--by', 'op-lin')).rejects.toThrow('the store takes no more');
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });
});
