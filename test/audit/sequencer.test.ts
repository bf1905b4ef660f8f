import { describe, expect, it } from '@jest/globals';
import { openAudit } from '../../src/audit/audit.js';
import { checkReceipt } from '../../src/audit/check-receipt.js';
import { eraseEntries, NotErasable } from '../../src/audit/erase.js';
import { LEASE_MS, LeaseLost, takeLease } from '../../src/audit/lease.js';
import { openCheckpoint } from '../../src/audit/log/checkpoint.js';
import { leafHash } from '../../src/audit/log/hash.js';
import { commitment, fieldSalt } from '../../src/audit/log/leaf.js';
import { verifyConsistency } from '../../src/audit/log/proof.js';
import { NoteError } from '../../src/audit/log/signed-note.js';
import { append, EMPTY_RANGE, rootOf } from '../../src/audit/log/tree.js';
import { keyAt, readLogKeys } from '../../src/audit/log-keys.js';
import { openProofs } from '../../src/audit/proofs.js';
import { LogAltered } from '../../src/audit/sequencer.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { entry } from './entries.js';
import { appendEntries, brokenRows, KEYS, keyText, ORIGIN, sequencerOf } from './sequenced.js';

const ME = { worker: 'w-1', agency: 'csc' };

describe.each(STORES)('the tree over the entries, on $kind', (config) => {
  it('has every entry once, in order, under a signed checkpoint, across batches and full tiles', async () => {
    const store = await openEmpty(config);
    const sequencer = sequencerOf(store);
    expect(await sequencer.sequence()).toBe(0);
    await appendEntries(store, 3);
    expect(await sequencer.sequence()).toBe(3);
    await appendEntries(store, 700, 3);
    expect(await sequencer.sequence()).toBe(700);
    expect(await brokenRows(store)).toEqual([]);
    const leaves = await store.read<{ leaf: string }>('SELECT leaf FROM audit_leaf ORDER BY leaf_index');
    const tree = leaves.reduce((range, { leaf }) => append(range, leafHash(leaf)), EMPTY_RANGE);
    const head = openCheckpoint((await openProofs(store).checkpoint()) ?? '', ORIGIN, KEYS.verifiers);
    expect(head).toEqual({ origin: ORIGIN, size: 703, root: rootOf(tree) });
    await sequencer.stop();
    await store.close();
  });

  it('keeps names out of the leaf, and commits to them under salts of their own', async () => {
    const store = await openEmpty(config);
    await openAudit(store).append(entry('e-1', { purpose: 'SUPERVISION' }));
    await sequencerOf(store).sequence();
    const [row] = await store.read<{ leaf: string; salt: string }>('SELECT leaf, salt FROM audit_leaf');
    for (const name of ['w-1', 'P-1', 'plan-1', 'csc', 'SUPERVISION', 'e-1']) expect(row?.leaf).not.toContain(name);
    const leaf = JSON.parse(row!.leaf);
    expect(Object.keys(leaf)).toEqual(['at', 'body', 'records', 'subjects', 'v', 'worker']);
    expect(leaf.subjects).toBe(commitment(fieldSalt(row!.salt, 'subjects'), '["P-1","P-2"]'));
    expect(leaf.worker).toBe(commitment(fieldSalt(row!.salt, 'worker'), '["w-1","csc","SOCIAL_WORKER"]'));
    await openAudit(store).append(entry('e-2', { purpose: 'SUPERVISION' }));
    await sequencerOf(store, { holder: 'x' }).sequence();
    await store.close();
  });

  it('proves a receipt offline, to whoever it belongs to and nobody else', async () => {
    const store = await openEmpty(config);
    const receipts = await appendEntries(store, 300);
    const proofs = openProofs(store);
    expect(await proofs.ofEntry('e-7', ME)).toBeUndefined();
    const sequencer = sequencerOf(store);
    await sequencer.sequence();
    await appendEntries(store, 5, 300);
    await sequencer.sequence();
    for (const i of [0, 7, 255, 256, 299]) {
      const proof = (await proofs.ofEntry(`e-${i}`, ME)) ?? '';
      // Of the first checkpoint over it: two hundred go in at a time.
      const size = i < 200 ? 200 : 300;
      expect(checkReceipt(receipts[i]!.hash, proof, KEYS.verifiers)).toMatchObject({ index: i, size });
      expect(() => checkReceipt(receipts[i === 7 ? 8 : 7]!.hash, proof, KEYS.verifiers)).toThrow(NoteError);
      expect(() => checkReceipt(receipts[i]!.hash, proof, readLogKeys(keyText(9)).verifiers)).toThrow(NoteError);
    }
    expect(await proofs.ofEntry('e-7', { ...ME, worker: 'w-2' })).toBeUndefined();
    expect(await proofs.ofEntry('e-7', { ...ME, agency: 'mht' })).toBeUndefined();
    expect(await proofs.ofEntry('e-999', ME)).toBeUndefined();
    await store.close();
  });

  it('proves that one checkpoint only adds to another', async () => {
    const store = await openEmpty(config);
    const sequencer = sequencerOf(store);
    const heads = [];
    for (const [count, from] of [
      [5, 0],
      [300, 5],
      [41, 305],
    ] as const) {
      await appendEntries(store, count, from);
      await sequencer.sequence();
      heads.push(openCheckpoint((await openProofs(store).checkpoint()) ?? '', ORIGIN, KEYS.verifiers));
    }
    for (const old of heads) {
      for (const head of heads.filter(({ size }) => size >= old.size)) {
        const hashes = (await openProofs(store).consistency(old.size, head.size)) ?? [];
        const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
        expect(verifyConsistency(old.size, head.size, old.root, head.root, proof)).toBe(true);
      }
    }
    expect(await openProofs(store).consistency(4, 305)).toBeUndefined();
    expect(await openProofs(store).consistency(305, 5)).toBeUndefined();
    await store.close();
  });

  it('goes on where another instance ended; of two that believe they hold the lease one fails', async () => {
    const store = await openEmpty(config);
    const [one, two] = [sequencerOf(store), sequencerOf(store)];
    await appendEntries(store, 4);
    expect(await one.sequence()).toBe(4);
    await appendEntries(store, 4, 4);
    expect(await two.sequence()).toBe(0);
    // As if the first had been stopped for longer than the lease is good for.
    await store.transaction((transaction) =>
      transaction.run(`UPDATE audit_lease SET expires_at = '2000-01-01T00:00:00.000Z'`),
    );
    expect(await two.sequence()).toBe(4);
    await appendEntries(store, 4, 8);
    await expect(one.sequence()).rejects.toThrow(LeaseLost);
    expect(await one.sequence()).toBe(0);
    expect(await two.sequence()).toBe(4);
    expect(await brokenRows(store)).toEqual([]);
    await two.stop();
    await appendEntries(store, 1, 12);
    expect(await one.sequence()).toBe(1);
    await one.stop();
    await store.close();
  });

  it('takes a lease that ends further ahead than any lease can: the clock stepped back', async () => {
    const store = await openEmpty(config);
    expect(await takeLease(store, 'a')).toMatchObject({ token: 1 });
    expect(await takeLease(store, 'b')).toBeUndefined();
    await store.transaction((transaction) =>
      transaction.run(`UPDATE audit_lease SET expires_at = ${store.clock}`, [3_600_000]),
    );
    expect(await takeLease(store, 'b')).toMatchObject({ token: 2 });
    await store.close();
  });

  it('is taken over within five seconds after its holder is gone, and signs within one', async () => {
    const store = await openEmpty(config);
    await takeLease(store, 'gone');
    const other = sequencerOf(store);
    await appendEntries(store, 1);
    const sizes: number[] = [];
    const started = Date.now();
    other.start();
    const isSequenced = async (size: number) => {
      while ((await store.read('SELECT leaf_index FROM audit_leaf')).length < size)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return Date.now();
    };
    expect((await isSequenced(1)) - started).toBeLessThan(5000);
    expect(LEASE_MS).toBeLessThan(5000);
    for (let i = 1; i < 4; i += 1) {
      const appended = Date.now();
      await appendEntries(store, 1, i);
      sizes.push((await isSequenced(i + 1)) - appended);
    }
    expect(Math.max(...sizes)).toBeLessThan(1000);
    await other.stop();
    await store.close();
  });

  it('adds nothing to a tree that is not the one it signed', async () => {
    const store = await openEmpty(config);
    const one = sequencerOf(store);
    await appendEntries(store, 6);
    await one.sequence();
    await one.stop();
    await store.transaction((transaction) =>
      transaction.run(`UPDATE audit_leaf SET hash = ? WHERE leaf_index = 2`, ['ab'.repeat(32)]),
    );
    await appendEntries(store, 1, 6);
    const warned: string[] = [];
    const two = sequencerOf(store, { warn: (code) => warned.push(code), everyMs: 20 });
    await expect(two.sequence()).rejects.toThrow(LogAltered);
    expect(await store.read('SELECT leaf_index FROM audit_leaf')).toHaveLength(6);
    await store.close();
  });

  it('signs with the key of the period, never again with an earlier one; all that was signed verifies', async () => {
    const store = await openEmpty(config);
    const keys = readLogKeys(`${keyText(1)},${keyText(2)}@2027-01-01T00:00:00Z`);
    const sign = async (at: string, from: number) => {
      const sequencer = sequencerOf(store, { keys, now: () => new Date(at) });
      await appendEntries(store, 1, from);
      await sequencer.sequence();
      await sequencer.stop();
      return (await openProofs(store).checkpoint()) ?? '';
    };
    const [first, second] = keys.verifiers;
    const notes = [
      await sign('2026-12-31T23:59:59Z', 0),
      await sign('2027-01-01T00:00:00Z', 1),
      await sign('2026-12-31T00:00:00Z', 2),
    ];
    expect(openCheckpoint(notes[0]!, ORIGIN, [first!]).size).toBe(1);
    expect(openCheckpoint(notes[1]!, ORIGIN, [second!]).size).toBe(2);
    expect(openCheckpoint(notes[2]!, ORIGIN, [second!]).size).toBe(3);
    for (const note of notes) expect(openCheckpoint(note, ORIGIN, keys.verifiers).origin).toBe(ORIGIN);
    expect(keyAt(keys, new Date('2026-01-01')).id).toBe(first!.id);
    await store.close();
  });

  it('erases what names people, under an entry that says so; the tree and its proofs stay', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    const sequencer = sequencerOf(store);
    const receipts = await appendEntries(store, 4);
    const by = () => entry('erasure', { decisions: [], outcomes: [], purpose: null });
    await expect(eraseEntries(store, audit, ['e-1'], by())).rejects.toThrow(NotErasable);
    await sequencer.sequence();
    const before = (await openProofs(store).checkpoint()) ?? '';
    await expect(eraseEntries(store, audit, ['e-1', 'e-none'], by())).rejects.toThrow(NotErasable);
    await eraseEntries(store, audit, ['e-1'], by());
    await sequencer.sequence();
    expect(await store.read(`SELECT body, hash, worker FROM audit_entry WHERE id = 'e-1'`)).toEqual([
      { body: '', hash: '', worker: '' },
    ]);
    expect((await audit.after(0, 10)).map(({ body }) => body.id)).toEqual(['e-0', 'e-2', 'e-3', 'erasure']);
    expect(await openProofs(store).ofEntry('e-1', ME)).toBeUndefined();
    const proof = (await openProofs(store).ofEntry('e-2', ME)) ?? '';
    expect(checkReceipt(receipts[2]!.hash, proof, KEYS.verifiers).index).toBe(2);
    const old = openCheckpoint(before, ORIGIN, KEYS.verifiers);
    expect(await openProofs(store).consistency(old.size, 5)).toBeDefined();
    await store.close();
  });
});

describe('the keys of the log', () => {
  it.each([
    ['no key', 'nonsense'],
    ['two names', `${keyText(1)},${keyText(2, 'other.example')}@2027-01-01T00:00:00Z`],
    ['a second key without its beginning', `${keyText(1)},${keyText(2)}`],
    ['periods out of order', `${keyText(1)},${keyText(2)}@2027-01-01T00:00:00Z,${keyText(3)}@2026-01-01T00:00:00Z`],
    ['one key twice', `${keyText(1)},${keyText(1)}@2027-01-01T00:00:00Z`],
  ])('are refused: %s', (_, text) => {
    expect(() => readLogKeys(text)).toThrow(NoteError);
  });
});
