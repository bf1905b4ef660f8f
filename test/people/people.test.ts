import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openPeople, refKey } from '../../src/people/people.js';
import { openStore } from '../../src/store/store.js';
import { counter, openEmpty, STORES } from '../store/test-stores.js';

const ref = (space: string, local: string) => ({ space, local });

describe.each(STORES)('people on $kind', (config) => {
  it('gives a source person never seen before a new id, and the same one ever after', async () => {
    const store = await openEmpty(config);
    const people = openPeople(store, { newId: counter() });
    const refs = [ref('social-care', '7'), ref('early-help', '7'), ref('social-care', '7')];
    const first = await people.resolve(refs);
    expect([...first.keys()].sort()).toEqual(['early-help 7', 'social-care 7']);
    expect(new Set(first.values()).size).toBe(2);
    for (const person of first.values()) expect(person).toMatch(/^P-/);
    expect(await people.resolve(refs)).toEqual(first);
    await store.close();
  });

  it('knows every local id of a person', async () => {
    const store = await openEmpty(config);
    const link = `INSERT INTO person_link (person_id, space, local_id) VALUES ('P-1', ?, ?)`;
    await store.transaction(async (transaction) => {
      await transaction.run(link, ['social-care', '7']);
      await transaction.run(link, ['probation', 'X000001']);
    });
    const people = openPeople(store, { newId: counter() });
    expect((await people.resolve([ref('probation', 'X000001')])).get('probation X000001')).toBe('P-1');
    const locals = await people.locals(['P-1', 'P-unknown']);
    expect([...locals].sort((a, b) => (a.space < b.space ? -1 : 1))).toEqual([
      { person: 'P-1', space: 'probation', local: 'X000001' },
      { person: 'P-1', space: 'social-care', local: '7' },
    ]);
    await store.close();
  });

  it('asks nothing for nobody', async () => {
    const store = await openEmpty(config);
    const people = openPeople(store, { newId: counter() });
    expect((await people.resolve([])).size).toBe(0);
    expect(await people.locals([])).toEqual([]);
    await store.close();
  });

  it('takes local ids as they are, whatever characters they hold', async () => {
    const store = await openEmpty(config);
    const people = openPeople(store, { newId: counter() });
    const refs = [`a b`, `"`, `\\`, `';--`, `é`, `1`, `01`, `A`, `a`].map((local) => ref('s', local));
    const found = await people.resolve(refs);
    expect(new Set(refs.map((one) => found.get(refKey(one)))).size).toBe(refs.length);
    await store.close();
  });
});

describe('people over one file', () => {
  it('two instances that resolve the same new persons at once agree', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'threshold-test-'));
    const file = join(folder, 'store.sqlite');
    const stores = [await openStore({ kind: 'sqlite', file }), await openStore({ kind: 'sqlite', file })];
    const refs = Array.from({ length: 50 }, (_, i) => ref('social-care', String(i)));
    const [one, two] = await Promise.all(
      stores.map((store, i) => openPeople(store, { newId: counter(`${i}-`) }).resolve(refs)),
    );
    expect(one).toEqual(two);
    expect(one?.size).toBe(50);
    await Promise.all(stores.map((store) => store.close()));
    await rm(folder, { recursive: true });
  });
});
