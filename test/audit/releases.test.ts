import { describe, expect, it } from '@jest/globals';
import { openAudit } from '../../src/audit/audit.js';
import { openIndexer } from '../../src/audit/index/indexer.js';
import { openReleases, releasesIn } from '../../src/audit/releases.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { entry } from './entries.js';
import { sequencerOf } from './sequenced.js';

const line = (changes: object = {}) => ({
  facts: 0,
  outcome: 'RELEASED',
  category: 'PLAN',
  basis: 'CONSENT',
  evidence: ['c-1'],
  ...changes,
});

describe('what an entry says was released under a consent', () => {
  it('is each holder and category once', () => {
    expect(releasesIn(entry('e-1'), 'c-1')).toEqual([
      {
        entry: 'e-1',
        at: '2026-11-20T09:00:00.000Z',
        worker: 'w-1',
        agency: 'csc',
        purpose: 'SUPERVISION',
        holder: 'csc',
        category: 'PLAN',
      },
    ]);
  });

  it.each([
    ['what rests on another consent', { evidence: ['c-2'] }],
    ['what rests on an exception beside it', { basis: 'EXCEPTION' }],
    ['what was withheld', { outcome: 'WITHHELD' }],
  ])('is not %s', (_, changes) => {
    expect(releasesIn(entry('e-1', { decisions: [line(changes)] }), 'c-1')).toEqual([]);
  });
});

describe.each(STORES)('releases in the log on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    return { store, audit: openAudit(store), releases: openReleases(store) };
  }
  const wrote = (id: string, consent: string) =>
    entry(id, {
      decisions: [],
      outcomes: [],
      statements: [{ did: 'CONSENT', ids: [consent], subjects: ['P-1'], policies: [] }],
    });

  it('are all those since the consent was written, by the order of the log and not by anybody’s clock', async () => {
    const { store, audit, releases } = await open();
    await audit.append(entry('before the consent was there'));
    await audit.append(wrote('written', 'c-1'));
    await audit.append(entry('early', { at: '2026-11-01T09:00:00.000Z' }));
    await audit.append(entry('failed', { result: 'FAILED' }));
    await audit.append(entry('other', { decisions: [line({ evidence: ['c-11', 'xc-1'] })] }));
    await audit.append(entry('late'));
    const read = await releases.under('c-1');
    expect(read.releases.map((release) => release.entry)).toContain('early');
    expect(read.releases.at(-1)).toMatchObject({ entry: 'late', holder: 'csc', category: 'PLAN' });
    expect(read.releases.map((release) => release.entry)).not.toContain('failed');
    expect(read.releases.map((release) => release.entry)).not.toContain('other');
    await store.close();
  });

  it('are found in the index as far as it is, and in the log since, each once', async () => {
    const { store, audit, releases } = await open();
    const others = (from: number, n: number) =>
      Promise.all(
        Array.from({ length: n }, (_, i) => audit.append(entry(`o-${from + i}`, { decisions: [], outcomes: [] }))),
      );
    const found = async () => (await releases.under('c-1')).releases.map((release) => release.entry).sort();
    await others(0, 300);
    await audit.append(wrote('written', 'c-1'));
    await audit.append(entry('first'));
    await audit.append(entry('failed', { result: 'FAILED' }));
    await others(300, 300);
    expect(await found()).toEqual(['first']);
    const sequencer = sequencerOf(store);
    await sequencer.sequence();
    expect(await found()).toEqual(['first']);
    await openIndexer(store).index();
    expect(await found()).toEqual(['first']);
    await others(600, 150);
    await audit.append(entry('last'));
    await sequencer.sequence();
    await sequencer.stop();
    expect(await found()).toEqual(['first', 'last']);
    await store.close();
  });

  it('an id is looked for as it stands, whatever signs it holds', async () => {
    const { store, audit, releases } = await open();
    const odd = 'c%_[1]\\"';
    await audit.append(entry('odd', { decisions: [line({ evidence: [odd] })] }));
    await audit.append(entry('even', { decisions: [line({ evidence: ['cxy1'] })] }));
    expect((await releases.under(odd)).releases.map((release) => release.entry)).toEqual(['odd']);
    expect((await releases.under('c%')).releases).toEqual([]);
    await store.close();
  });

  it('one that came after the log was read is noticed inside the transaction that takes the consent back', async () => {
    const { store, audit, releases } = await open();
    await audit.append(entry('first'));
    const read = await releases.under('c-1');
    const isMore = () => store.transaction((transaction) => releases.isMore(transaction, 'c-1', read));
    expect(await isMore()).toBe(false);
    await audit.append(entry('nothing of it', { decisions: [line({ evidence: ['c-2'] })] }));
    expect(await isMore()).toBe(false);
    await audit.append(entry('meanwhile'));
    expect(await isMore()).toBe(true);
    await store.close();
  });
});
