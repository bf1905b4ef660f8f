import { describe, expect, it } from '@jest/globals';
import { openRegisters } from '../../src/registers/registers.js';
import type { ConsentStatement } from '../../src/registers/statements.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { day, excepted, judged, said, standing } from './said.js';

describe.each(STORES)('the registers on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    return { store, registers: openRegisters(store) };
  }

  it('give back what was written about the persons asked for, and the version it stands at', async () => {
    const { store, registers } = await open();
    const consent = said({ until: day(28), categories: ['PLAN', '*'] });
    const exception = excepted({ subjects: ['P-1', 'P-2'], approvedBy: 'w-9', overridesRefusal: true });
    await store.transaction(async (transaction) => {
      await registers.writeConsent(transaction, consent);
      await registers.writeConsent(transaction, said({ id: 'c-other', subject: 'P-9', givenBy: 'P-9' }));
      await registers.writeException(transaction, exception);
      await registers.writeJudgement(transaction, judged());
      await registers.writeJudgement(transaction, standing());
    });
    const about1 = await registers.read(['P-1']);
    expect(about1).toMatchObject({ version: 5, consents: [consent], exceptions: [exception] });
    expect([...about1.judgements].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([judged(), standing()]);
    expect(await registers.read(['P-2'])).toEqual({
      version: 5,
      consents: [],
      serviceConsents: [],
      exceptions: [exception],
      judgements: [],
      grants: [],
      emergencies: [],
      reviews: [],
    });
    expect((await registers.read(['P-1', 'P-2'])).exceptions).toHaveLength(1);
    expect(await registers.read([])).toEqual({
      version: 5,
      consents: [],
      serviceConsents: [],
      exceptions: [],
      judgements: [],
      grants: [],
      emergencies: [],
      reviews: [],
    });
    expect(await registers.consent('c-1')).toEqual(consent);
    expect(await registers.consent('none')).toBeUndefined();
    await store.close();
  });

  it('every write moves the clock, and one that is rolled back does not', async () => {
    const { store, registers } = await open();
    expect(await registers.version()).toBe(0);
    await store.transaction((transaction) => registers.writeConsent(transaction, said()));
    expect(await registers.version()).toBe(1);
    const failed = store.transaction(async (transaction) => {
      await registers.writeJudgement(transaction, judged());
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await registers.read(['P-1'])).toMatchObject({ version: 1, judgements: [] });
    await store.close();
  });

  it('instants are kept in one form, whatever they were written in', async () => {
    const { store, registers } = await open();
    const written = said({
      from: '2026-11-01T01:00:00+01:00',
      until: '2026-11-28T00:00:00Z',
      recordedAt: '2026-11-01T00:00:00Z',
    });
    await store.transaction((transaction) => registers.writeConsent(transaction, written));
    expect((await registers.read(['P-1'])).consents[0]).toMatchObject({
      from: day(1),
      until: day(28),
      recordedAt: day(1),
    });
    await store.close();
  });

  it('a statement recorded by a clock that is behind does not stand before what was said before it', async () => {
    const { store, registers } = await open();
    const write = (changes: Partial<ConsentStatement>) =>
      store.transaction((transaction) => registers.writeConsent(transaction, said(changes)));
    await write({ recordedAt: day(5) });
    await write({ id: 'c-2', state: 'WITHDRAWN', recordedAt: day(4) });
    await write({ id: 'c-3', subject: 'P-2', givenBy: 'P-2', recordedAt: day(2) });
    const times = (await registers.read(['P-1', 'P-2'])).consents.map(({ id, recordedAt }) => [id, recordedAt]);
    expect(times.sort()).toEqual([
      ['c-1', day(5)],
      ['c-2', day(5)],
      ['c-3', day(2)],
    ]);
    await store.close();
  });

  it('refuse a list that would come back as another', async () => {
    const { store, registers } = await open();
    const write = store.transaction((transaction) =>
      registers.writeConsent(transaction, said({ holders: ['trust-a;*'] })),
    );
    await expect(write).rejects.toThrow(RangeError);
    expect((await registers.read(['P-1'])).consents).toEqual([]);
    await store.close();
  });
});
