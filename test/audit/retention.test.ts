/** What a retention rule lets go: side rows older than so many months; the tree, its proofs and the erasures themselves stay. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openAudit } from '../../src/audit/audit.js';
import { checkReceipt } from '../../src/audit/check-receipt.js';
import { eraseEntries, NotErasable } from '../../src/audit/erase.js';
import { exportLog } from '../../src/audit/export.js';
import { keepPolicies } from '../../src/audit/kept-policies.js';
import { signCheckpoint } from '../../src/audit/log/checkpoint.js';
import { cosign } from '../../src/audit/log/cosignature.js';
import { leafHash } from '../../src/audit/log/hash.js';
import { leafOf, leafTextsOf, openingOf } from '../../src/audit/log/leaf.js';
import { inclusionPlan, longestInclusion } from '../../src/audit/log/proof.js';
import { newSigner, SIGNATURE_TYPES, writeVerifier } from '../../src/audit/log/signed-note.js';
import { writeProof } from '../../src/audit/log/tlog-proof.js';
import { openProofs } from '../../src/audit/proofs.js';
import { eraseOlder, monthsBefore } from '../../src/audit/retention.js';
import { trustedKey } from '../../src/audit/verify/notes.js';
import { verifyLog } from '../../src/audit/verify/verify-log.js';
import { counter, openEmpty, STORES } from '../store/test-stores.js';
import { decidedEntry as entry, POLICIES } from './decided.js';
import { KEYS, sequencerOf } from './sequenced.js';

const { id: _, ...BY } = entry('', { decisions: [], outcomes: [], purpose: null, at: '2026-11-23T00:00:00.000Z' });

describe.each(STORES)('a retention rule on $kind', (config) => {
  it('erases what is older, once; what is younger, the erasures and every proof stay', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'threshold-retention-'));
    const store = await openEmpty(config);
    await keepPolicies(store, POLICIES, '2026-11-01T00:00:00.000Z');
    const audit = openAudit(store);
    const sequencer = sequencerOf(store);
    for (let i = 0; i < 30; i += 1)
      await audit.append(entry(`e-${i}`, { at: `2026-${String(1 + (i % 10)).padStart(2, '0')}-20T09:00:00.000Z` }));
    const kept = await audit.append(entry('young'));
    await sequencer.sequence();
    await audit.append(entry('not in the tree yet', { at: '2026-01-20T09:00:00.000Z' }));
    const rule = { before: monthsBefore(new Date('2026-11-23T00:00:00Z'), 6), by: BY, newId: counter('erasure-') };
    expect(rule.before).toBe('2026-05-23T00:00:00.000Z');
    expect(await eraseOlder(store, audit, rule)).toBe(15);
    await sequencer.sequence();
    expect(await eraseOlder(store, audit, rule)).toBe(1);
    await sequencer.sequence();
    // Years later the erasures themselves are old: they stay.
    const later = { ...rule, before: '2030-01-01T00:00:00.000Z' };
    await expect(eraseEntries(store, audit, ['erasure-1'], { ...BY, id: 'x' })).rejects.toThrow(NotErasable);
    const proof = (await openProofs(store).ofEntry('young', { worker: 'w-1', agency: 'csc' })) ?? '';
    expect(checkReceipt(kept.hash, proof, KEYS.verifiers).index).toBe(30);
    expect(await eraseOlder(store, audit, later)).toBe(16);
    await sequencer.sequence();
    const out = join(folder, 'out');
    await exportLog(store, { ...KEYS, witnesses: [] }, out);
    const log = KEYS.verifiers.map((key) => trustedKey(writeVerifier(key)));
    expect(await verifyLog(out, { log })).toMatchObject({ entries: 35, erased: 32 });
    const rows = await readFile(join(out, 'entries.ndjson'), 'utf8');
    for (const name of ['w-1"', 'P-1', 'plan-1']) expect(rows.split('erasure-')[0]).not.toContain(`"${name}`);
    await store.close();
    await rm(folder, { recursive: true });
  });
});

describe('months of a retention rule', () => {
  it('are calendar months', () => {
    expect(monthsBefore(new Date('2026-08-31T10:00:00Z'), 6)).toBe('2026-02-28T10:00:00.000Z');
    expect(monthsBefore(new Date('2028-08-31T10:00:00Z'), 6)).toBe('2028-02-29T10:00:00.000Z');
    expect(monthsBefore(new Date('2026-01-15T00:00:00Z'), 14)).toBe('2024-11-15T00:00:00.000Z');
    expect(() => monthsBefore(new Date(), 0)).toThrow(RangeError);
  });
});

describe('the proof of a receipt', () => {
  it('takes at most 2,000 bytes in a log of 100 million entries, with two witnesses', () => {
    const size = 100_000_000;
    const name = 'threshold.walsall.council.example/audit';
    const log = newSigner(name, Buffer.alloc(32, 1));
    const witnesses = ['witness.probation.example', 'witness.trust.example'].map((at, i) =>
      newSigner(at, Buffer.alloc(32, 2 + i), SIGNATURE_TYPES.cosignature),
    );
    const note = signCheckpoint({ origin: name, size, root: leafHash('root') }, [log]);
    const checkpoint = note + witnesses.map((witness) => cosign(note, witness, 1_795_000_000)).join('');
    const salt = 'ab'.repeat(16);
    const extra = openingOf(leafOf(leafTextsOf(entry('e-1')), 'cd'.repeat(32), salt), salt);
    const longest = Math.max(
      ...[0, 1, 12_345_678, size / 2, size - 1].map((index) => {
        const proof = inclusionPlan(index, size).map(([begin]) => leafHash(String(begin)));
        expect(proof.length).toBeLessThanOrEqual(longestInclusion(size));
        return Buffer.byteLength(writeProof({ extra, index, proof, checkpoint }));
      }),
    );
    expect(longestInclusion(size)).toBe(27);
    expect(longest).toBeLessThanOrEqual(2000);
    expect(longest).toBeGreaterThan(1500);
  });
});
