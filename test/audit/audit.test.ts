import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FactsChanged, openAudit } from '../../src/audit/audit.js';
import { bodyColumns, bodyIn } from '../../src/audit/body.js';
import { canonicalForm, hashOf } from '../../src/audit/entry.js';
import { openRegisters } from '../../src/registers/registers.js';
import { openStore, type Store } from '../../src/store/store.js';
import { said } from '../registers/said.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { entry } from './entries.js';

const latest = { limit: 1000 };

/** The same store, counting its transactions, each failing while `isFailing()`. */
function watched(store: Store, isFailing: () => boolean = () => false) {
  const seen = { transactions: 0 };
  const transaction: Store['transaction'] = (work) => {
    seen.transactions += 1;
    return store.transaction(async (transaction) => {
      const result = await work(transaction);
      if (isFailing()) throw new Error('disk full');
      return result;
    });
  };
  return { seen, store: { ...store, transaction } };
}

describe.each(STORES)('the audit on $kind', (config) => {
  it('an entry stands when its append resolves, with the hash of what stands there', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    const body = entry('e-1');
    const receipt = await audit.append(body);
    expect(receipt).toEqual({ entry: 'e-1', hash: hashOf(canonicalForm(body)) });
    const [row] = await store.read<{
      body: string;
      packed: string | null;
      hash: string;
      worker: string;
      purpose: string;
    }>(`SELECT id, worker, agency, purpose, result, registers_version, hash, ${bodyColumns(store)} FROM audit_entry`);
    expect(row).toMatchObject({
      id: 'e-1',
      worker: 'w-1',
      agency: 'csc',
      purpose: 'SUPERVISION',
      result: 'ANSWERED',
      registers_version: null,
    });
    expect(hashOf(bodyIn(row!))).toBe(receipt.hash);
    await store.close();
  });

  it('commits together what arrives together, in the order of arrival', async () => {
    const plain = await openEmpty(config);
    const { store, seen } = watched(plain);
    const audit = openAudit(store);
    const ids = Array.from({ length: 150 }, (_, i) => `e-${String(i).padStart(3, '0')}`);
    await Promise.all(ids.map((id) => audit.append(entry(id))));
    expect(seen.transactions).toBe(config.kind === 'sqlite' ? 1 : 2);
    expect((await audit.read(latest)).map(({ body }) => body.id)).toEqual([...ids].reverse());
    await plain.close();
  });

  it('what arrives while a group is being committed goes into the next', async () => {
    const plain = await openEmpty(config);
    const { store, seen } = watched(plain);
    const audit = openAudit(store);
    const first = audit.append(entry('e-1'));
    let later: Promise<unknown>[] = [];
    setImmediate(() => {
      later = ['e-2', 'e-3', 'e-4'].map((id) => audit.append(entry(id)));
    });
    await first;
    await new Promise(setImmediate);
    await Promise.all(later);
    expect(seen.transactions).toBe(2);
    await plain.close();
  });

  it('an entry that rests on statements changed since is rejected, and it alone', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    const registers = openRegisters(store);
    await store.transaction((transaction) => registers.writeConsent(transaction, said()));
    const outcomes = await Promise.allSettled([
      audit.append(entry('fresh'), { registersVersion: 1 }),
      audit.append(entry('stale'), { registersVersion: 0 }),
      audit.append(entry('unguarded')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: expect.any(FactsChanged) });
    expect((await audit.read(latest)).map(({ body }) => body.id)).toEqual(['unguarded', 'fresh']);
    await store.close();
  });

  it('a statement and its entry stand together, and what was read before it no longer settles', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    const registers = openRegisters(store);
    const outcomes = await Promise.allSettled([
      audit.append(entry('before'), { registersVersion: 0 }),
      audit.append(entry('consent'), {
        registersVersion: 0,
        write: (transaction) => registers.writeConsent(transaction, said()),
      }),
      audit.append(entry('after'), { registersVersion: 0 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await registers.read(['P-1'])).toMatchObject({ version: 1, consents: [{ id: 'c-1' }] });
    await store.close();
  });

  it('a statement that cannot be written leaves no entry, and one that came too late is not written', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    const registers = openRegisters(store);
    const failing = audit.append(entry('e-1'), {
      write: async (transaction) => {
        await registers.writeConsent(transaction, said());
        throw new Error('no');
      },
    });
    await expect(failing).rejects.toThrow('no');
    const late = audit.append(entry('e-2'), {
      registersVersion: 7,
      write: (transaction) => registers.writeConsent(transaction, said()),
    });
    await expect(late).rejects.toBeInstanceOf(FactsChanged);
    expect(await audit.read(latest)).toEqual([]);
    expect(await registers.read(['P-1'])).toMatchObject({ version: 0, consents: [] });
    await store.close();
  });

  it('every entry of a transaction that fails is rejected, and the next ones stand', async () => {
    const plain = await openEmpty(config);
    let isFailing = true;
    const audit = openAudit(watched(plain, () => isFailing).store);
    const outcomes = await Promise.allSettled(['e-1', 'e-2'].map((id) => audit.append(entry(id))));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await audit.read(latest)).toEqual([]);
    isFailing = false;
    await audit.append(entry('e-1'));
    expect(await audit.read(latest)).toHaveLength(1);
    await plain.close();
  });

  it('an id stands once', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    await audit.append(entry('e-1'));
    await expect(audit.append(entry('e-1'))).rejects.toMatchObject(
      config.kind === 'sqlite' ? { code: 'SQLITE_CONSTRAINT_UNIQUE' } : { name: 'QueryFailedError' },
    );
    await store.close();
  });

  it('is read by worker and time, the latest first', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    await audit.append(entry('e-1'));
    await audit.append(
      entry('e-2', { at: '2026-11-21T09:00:00.000Z', requester: { worker: 'w-2', agency: 'eh', role: 'KEYWORKER' } }),
    );
    await audit.append(entry('e-3', { at: '2026-11-22T09:00:00.000Z' }));
    const ids = async (filter: object) => (await audit.read({ ...latest, ...filter })).map(({ body }) => body.id);
    expect(await ids({})).toEqual(['e-3', 'e-2', 'e-1']);
    expect(await ids({ limit: 2 })).toEqual(['e-3', 'e-2']);
    expect(await ids({ worker: 'w-1' })).toEqual(['e-3', 'e-1']);
    expect(await ids({ worker: 'w-1', since: '2026-11-21T00:00:00.000Z' })).toEqual(['e-3']);
    expect((await audit.read({ limit: 1 }))[0]?.body).toEqual(entry('e-3', { at: '2026-11-22T09:00:00.000Z' }));
    await store.close();
  });
});

describe('two instances over one file', () => {
  it('no entry that rests on a consent stands after its withdrawal, whichever instance served it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'threshold-test-'));
    const file = join(folder, 'store.sqlite');
    const stores = [await openStore({ kind: 'sqlite', file }), await openStore({ kind: 'sqlite', file })];
    const [one, two] = stores.map((store) => ({ audit: openAudit(store), registers: openRegisters(store) }));
    if (!one || !two) throw new Error('two instances');
    await one.audit.append(entry('given'), { write: (transaction) => one.registers.writeConsent(transaction, said()) });
    const { version } = await two.registers.read(['P-1']);
    const withdrawal = said({ id: 'c-2', state: 'WITHDRAWN' });
    const race = await Promise.allSettled([
      ...Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? one : two).audit.append(entry(`read-${i}`), { registersVersion: version }),
      ),
      one.audit.append(entry('withdrawn'), {
        write: (transaction) => one.registers.writeConsent(transaction, withdrawal),
      }),
      ...Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? one : two).audit.append(entry(`late-${i}`), { registersVersion: version }),
      ),
    ]);
    const entries = (await one.audit.read(latest)).map(({ body }) => body.id).reverse();
    expect(race[20]?.status).toBe('fulfilled');
    expect(entries.slice(entries.indexOf('withdrawn') + 1)).toEqual([]);
    for (const outcome of race) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(FactsChanged);
    await Promise.all(stores.map((store) => store.close()));
    await rm(folder, { recursive: true });
  });
});
