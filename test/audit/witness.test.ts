/** A witness cosigns trees that only grow: what c2sp.org/tlog-witness says of add-checkpoint, and the gateway asking one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkReceipt } from '../../src/audit/check-receipt.js';
import { signCheckpoint } from '../../src/audit/log/checkpoint.js';
import { cosignersOf } from '../../src/audit/log/cosignature.js';
import { EMPTY_ROOT, type Hash, leafHash } from '../../src/audit/log/hash.js';
import { consistencyPlan, proofOf } from '../../src/audit/log/proof.js';
import { newSigner, readVerifier, SIGNATURE_TYPES, type Signer, writeSigner } from '../../src/audit/log/signed-note.js';
import { append, EMPTY_RANGE, type Node, rootOf } from '../../src/audit/log/tree.js';
import { writeAddCheckpoint } from '../../src/audit/log/witness.js';
import { openProofs } from '../../src/audit/proofs.js';
import { startWitness, type WitnessServer } from '../../src/audit/witness-server.js';
import { openWitnesses } from '../../src/audit/witnesses.js';
import { openStore } from '../../src/store/store.js';
import { appendEntries, KEYS, ORIGIN, sequencerOf } from './sequenced.js';

const LOG = KEYS.signers[0]!.signer;
let folder: string;
let witness: WitnessServer;
const start = (name = 'w.example', at = folder) =>
  startWitness({
    folder: at,
    makeKey: () => writeSigner(newSigner(name, Buffer.alloc(32, 50), SIGNATURE_TYPES.cosignature)),
    logs: [LOG],
    port: 0,
    now: () => new Date('2026-11-20T09:00:00Z'),
  });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-witness-'));
  witness = await start();
});
afterEach(async () => {
  await witness.stop();
  await rm(folder, { recursive: true });
});

/** A tree over `text 0`, `text 1` … */
function tree(size: number, text = 'leaf') {
  const nodes = new Map<string, Hash>();
  let range = EMPTY_RANGE;
  for (let i = 0; i < size; i += 1)
    range = append(range, leafHash(`${text} ${i}`), ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash));
  const hashAt = ({ level, index }: Node) => nodes.get(`${level}/${index}`)!;
  return { root: rootOf(range), proofFrom: (old: number) => proofOf(consistencyPlan(old, size), hashAt) };
}
const noteOf = (size: number, root: Hash, signer: Signer = LOG, origin = ORIGIN) =>
  signCheckpoint({ origin, size, root }, [signer]);

async function add(old: number, proof: readonly Hash[], checkpoint: string) {
  const body = writeAddCheckpoint({ old, proof, checkpoint });
  const response = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') };
}
const addTree = (old: number, size: number, text?: string) => {
  const { root, proofFrom } = tree(size, text);
  return add(old, old > size ? [] : proofFrom(old), noteOf(size, root));
};

describe('a witness', () => {
  it('cosigns the first tree, and each that adds to the last', async () => {
    const key = readVerifier(witness.key);
    for (const [old, size] of [
      [0, 3],
      [3, 10],
      [10, 10],
      [10, 300],
    ] as const) {
      const { status, body } = await addTree(old, size);
      expect(status).toBe(200);
      const note = noteOf(size, tree(size).root);
      expect(cosignersOf(note + body, [key])).toEqual([key]);
    }
  });

  it('refuses a tree that is not the one it saw: another past, a smaller one, a wrong proof', async () => {
    expect((await addTree(0, 10)).status).toBe(200);
    expect((await addTree(10, 20, 'other')).status).toBe(422);
    expect((await addTree(10, 10, 'other')).status).toBe(422);
    expect(await addTree(0, 20)).toMatchObject({ status: 409, body: '10\n', type: 'text/x.tlog.size' });
    expect((await addTree(5, 8)).status).toBe(409);
    expect((await addTree(10, 8)).status).toBe(400);
    expect((await add(10, [], noteOf(20, tree(20).root))).status).toBe(422);
    expect((await addTree(10, 20)).status).toBe(200);
  });

  it('refuses whoever it does not know, what is not signed, and what is no request', async () => {
    const { root } = tree(3);
    const stranger = newSigner(ORIGIN, Buffer.alloc(32, 77));
    expect((await add(0, [], noteOf(3, root, stranger))).status).toBe(403);
    expect((await add(0, [], noteOf(3, root, LOG, 'other.example'))).status).toBe(404);
    expect((await add(0, [root], noteOf(3, root))).status).toBe(422);
    expect((await add(0, [], noteOf(0, root))).status).toBe(422);
    expect((await add(0, [], noteOf(0, EMPTY_ROOT))).status).toBe(200);
    expect((await add(0, [], 'nothing')).status).toBe(400);
    expect((await add(0, [], noteOf(3, root).replace('\n3\n', '\n4\n'))).status).toBe(403);
    expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(404);
    const long = { method: 'POST', body: 'x'.repeat(200_000) };
    expect((await fetch(`${witness.url}/add-checkpoint`, long)).status).toBe(400);
  });

  it('remembers over a restart, under the same key', async () => {
    expect((await addTree(0, 10)).status).toBe(200);
    await witness.stop();
    const { key } = witness;
    witness = await start();
    expect(witness.key).toBe(key);
    expect(await addTree(0, 20)).toMatchObject({ status: 409, body: '10\n' });
    expect((await addTree(10, 20)).status).toBe(200);
  });

  it('cosigns one of two trees of a size that are put to it at once', async () => {
    const both = await Promise.all([addTree(0, 9), addTree(0, 9, 'other')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('a log with two witnesses', () => {
  it('has its checkpoints cosigned, catches up with one that was away, and its proofs carry both', async () => {
    const other = await start('w2.example', join(folder, 'second'));
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    const warned: string[] = [];
    const keys = [readVerifier(witness.key), readVerifier(other.key)];
    const asking = openWitnesses({
      store,
      witnesses: [
        { url: witness.url, key: keys[0]! },
        { url: other.url, key: keys[1]! },
      ],
      warn: (code, name) => warned.push(`${code} ${name}`),
    });
    const sequencer = sequencerOf(store);
    const receipts = await appendEntries(store, 5);
    await sequencer.sequence();
    await asking.ask();
    await appendEntries(store, 5, 5);
    await sequencer.sequence();
    await other.stop();
    await asking.ask();
    expect(warned).toEqual(['WITNESS_SILENT w2.example']);
    const proof = (await openProofs(store).ofEntry('e-2', { worker: 'w-1', agency: 'csc' })) ?? '';
    const checked = checkReceipt(receipts[2]!.hash, proof, KEYS.verifiers, keys, 2);
    expect(checked).toMatchObject({ index: 2, size: 5, witnesses: ['w.example', 'w2.example'] });
    const stripped = proof.replace(/— w2\.example .*\n/, '');
    expect(() => checkReceipt(receipts[2]!.hash, stripped, KEYS.verifiers, keys, 2)).toThrow('too few witnesses');
    await sequencer.stop();
    await store.close();
  });

  it('is told on when its store was rolled back', async () => {
    expect((await addTree(0, 50)).status).toBe(200);
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    const warned: string[] = [];
    const witnesses = [{ url: witness.url, key: readVerifier(witness.key) }];
    const asking = openWitnesses({ store, witnesses, warn: (code) => warned.push(code) });
    await appendEntries(store, 5);
    await sequencerOf(store).sequence();
    await asking.ask();
    expect(warned).toEqual(['WITNESS_REFUSED']);
    expect(await store.read('SELECT line FROM audit_cosignature')).toEqual([]);
    await store.close();
  });
});

describe('a proof', () => {
  it('in a log of 100 million entries, with two cosignatures, is no more than 2 kB', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    await appendEntries(store, 1);
    await sequencerOf(store).sequence();
    const small = (await openProofs(store).ofEntry('e-0', { worker: 'w-1', agency: 'csc' })) ?? '';
    await store.close();
    // The longest there can be: 27 hashes, an index and a size of nine digits, two more signature lines.
    const hashes = `${EMPTY_ROOT.toString('base64')}\n`.repeat(27);
    const cosignature = `— witness.trust.example ${Buffer.alloc(76).toString('base64')}\n`;
    const text = small
      .replace('index 0\n', `index 99999999\n${hashes}`)
      .replace(`${ORIGIN}\n1\n`, `${ORIGIN}\n100000000\n`)
      .concat(cosignature, cosignature);
    expect(text.match(/^[A-Za-z0-9+/]{43}=$/gm)).toHaveLength(28);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2000);
  });
});
