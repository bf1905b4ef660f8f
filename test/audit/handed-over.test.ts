/** What is handed on within a process: by its hash alone, as it was hashed, and never instead of a row that says something else. */
import { describe, expect, it } from '@jest/globals';
import { openAudit } from '../../src/audit/audit.js';
import { canonicalForm, hashOf } from '../../src/audit/entry.js';
import { eraseEntries } from '../../src/audit/erase.js';
import { handedOver, newHandedOver } from '../../src/audit/handed-over.js';
import { readEntries } from '../../src/audit/index/entry-rows.js';
import { leafTextsOf } from '../../src/audit/log/leaf.js';
import { openStore } from '../../src/store/store.js';
import { entry } from './entries.js';
import { appendEntries, sequencerOf } from './sequenced.js';

const textOf = (id: string) => canonicalForm(entry(id));
const LEAF = leafTextsOf(entry('e-1'));

describe('what is handed over', () => {
  it('is found by its hash until it is taken', () => {
    const given = newHandedOver(10_000);
    given.leaf('asked for');
    given.give(hashOf(textOf('e-1')), textOf('e-1'), LEAF);
    expect(given.leaf(hashOf(textOf('e-2')))).toBeUndefined();
    expect(given.leaf(hashOf(textOf('e-1')))).toEqual(LEAF);
    expect(given.take(hashOf(textOf('e-1')))).toEqual(entry('e-1'));
    expect(given.take(hashOf(textOf('e-1')))).toBeUndefined();
  });

  it('falls out when there is too much of it, the oldest first', () => {
    const size = textOf('e-0').length;
    const given = newHandedOver(6.5 * size);
    given.leaf('asked for');
    const found = () => [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => given.leaf(`h-${i}`));
    for (let i = 0; i < 6; i += 1) given.give(`h-${i}`, textOf(`e-${i}`), LEAF);
    expect(found()).toEqual([0, 1, 2, 3, 4, 5]);
    // Given again it is among the latest.
    given.give('h-2', textOf('e-2'), LEAF);
    expect(found()).toEqual([2, 3, 4, 5]);
    for (const i of [6, 7]) given.give(`h-${i}`, textOf(`e-${i}`), LEAF);
    given.give('larger than all', JSON.stringify('x'.repeat(7 * size)), LEAF);
    expect(found()).toEqual([2, 6, 7]);
    expect(given.take('larger than all')).toHaveLength(7 * size);
  });

  it('is not kept where nobody asks for it, nor any longer where nobody has asked for long', () => {
    const size = textOf('e-0').length;
    const given = newHandedOver(6 * size);
    given.give('h-0', textOf('e-0'), LEAF);
    expect(given.leaf('h-0')).toBeUndefined();
    given.give('h-1', textOf('e-1'), LEAF);
    expect(given.leaf('h-1')).toEqual(LEAF);
    for (let i = 2; i < 8; i += 1) given.give(`h-${i}`, textOf(`e-${i}`), LEAF);
    given.give('h-8', textOf('e-8'), LEAF);
    expect([1, 2, 7, 8].map((i) => given.leaf(`h-${i}`))).toEqual([undefined, undefined, undefined, undefined]);
    given.give('h-9', textOf('e-9'), LEAF);
    expect(given.take('h-9')).toEqual(entry('e-9'));
  });

  it('is given once the entry stands, and not when it does not', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    const audit = openAudit(store);
    handedOver(store).leaf('asked for');
    const { hash } = await audit.append(entry('e-1'));
    expect(handedOver(store).leaf(hash)).toEqual(LEAF);
    expect(handedOver(store).take(hash)).toEqual(entry('e-1'));
    await expect(audit.append(entry('e-2'), { stands: () => false })).rejects.toThrow();
    await expect(audit.append(entry('e-1', { code: 'again' }))).rejects.toThrow();
    expect(handedOver(store).leaf(hashOf(textOf('e-2')))).toBeUndefined();
    expect(handedOver(store).leaf(hashOf(canonicalForm(entry('e-1', { code: 'again' }))))).toBeUndefined();
    await store.close();
  });

  it('is what was hashed, whatever its author does to the entry afterwards', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    handedOver(store).leaf('asked for');
    const outcomes: [number, string, string, string, string[]][] = [[0, 'P-1', 'csc', 'Visit', ['v-1']]];
    const appended = openAudit(store).append(entry('e-1', { outcomes }));
    outcomes.push([0, 'P-2', 'csc', 'Visit', ['v-2']]);
    const { hash } = await appended;
    expect(handedOver(store).leaf(hash)).toMatchObject({ subjects: '["P-1"]', records: '[["csc","Visit",["v-1"]]]' });
    expect(handedOver(store).take(hash)?.outcomes).toEqual([[0, 'P-1', 'csc', 'Visit', ['v-1']]]);
    await store.close();
  });

  it('leads to the tree and the index that the rows lead to, and says nothing of what was erased', async () => {
    const store = await openStore({ kind: 'sqlite', file: ':memory:' });
    const audit = openAudit(store);
    handedOver(store).leaf('asked for');
    const receipts = await appendEntries(store, 3);
    // As of an instance that appended none of it.
    handedOver(store).take(receipts[1]!.hash);
    const sequencer = sequencerOf(store);
    expect(await sequencer.sequence()).toBe(3);
    await eraseEntries(store, audit, ['e-2'], entry('erasure'));
    const read = await readEntries(store, 0, 10);
    expect(read.map(({ index, body }) => [index, body?.id])).toEqual([
      [0, 'e-0'],
      [1, 'e-1'],
      [2, undefined],
    ]);
    // Nothing is left to take: all of it is read from the rows.
    expect(await readEntries(store, 0, 10)).toEqual(read);
    await sequencer.stop();
    await store.close();
  });
});
