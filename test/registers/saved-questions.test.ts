/** Questions of the log that an officer keeps are theirs, in that agency: nobody else lists or deletes them. */
import { describe, expect, it } from '@jest/globals';
import { openSavedRegister, type SavedRow } from '../../src/registers/saved-questions.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { day } from './said.js';

const officer = { worker: 'ig-1', agency: 'csc' };
const others = [
  { worker: 'ig-2', agency: 'csc' },
  { worker: 'ig-1', agency: 'eh' },
];
const row = (id: string, savedAt: string): SavedRow => ({
  id,
  name: `question ${id}`,
  question: 'received',
  filter: '{"agency":"csc"}',
  savedAt,
});

describe.each(STORES)('questions that an officer keeps, on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const saved = openSavedRegister(store);
    const write = async (...rows: SavedRow[]) => {
      for (const one of rows) await store.transaction((transaction) => saved.write(transaction, officer, one));
    };
    return { store, saved, write };
  }

  it('are listed as they were written, the first saved first', async () => {
    const { store, saved, write } = await open();
    await write(row('b', day(2)), row('d', day(1)), row('a', day(2)));
    expect(await saved.of(officer)).toEqual([row('d', day(1)), row('a', day(2)), row('b', day(2))]);
    for (const other of others) expect(await saved.of(other)).toEqual([]);
    await store.close();
  });

  it('are deleted one by one, by nobody else', async () => {
    const { store, saved, write } = await open();
    await write(row('a', day(1)), row('b', day(2)));
    for (const other of others) await store.transaction((transaction) => saved.delete(transaction, other, 'a'));
    expect(await saved.of(officer)).toHaveLength(2);
    await store.transaction((transaction) => saved.delete(transaction, officer, 'a'));
    expect(await saved.of(officer)).toEqual([row('b', day(2))]);
    await store.close();
  });
});
