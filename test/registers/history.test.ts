/** The register in two times, as it stands in the store: nothing said is ever changed, clocks step, persons are joined. */
import { describe, expect, it } from '@jest/globals';
import { joinPersons } from '../../src/people/join-persons.js';
import { openPeople } from '../../src/people/people.js';
import { consentFor } from '../../src/registers/consent.js';
import { openRegisters } from '../../src/registers/registers.js';
import type { ConsentStatement, ServiceConsent } from '../../src/registers/statements.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { ASK, day, said } from './said.js';

function agreed(changes: Partial<ServiceConsent> = {}): ServiceConsent {
  const { id, subject, state, givenBy, capacity, from, recordedAt, recordedBy, method } = said(changes);
  return { id, subject, state, givenBy, capacity, from, recordedAt, recordedBy, method, service: 'eh', ...changes };
}

describe.each(STORES)('what was known when, on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const registers = openRegisters(store);
    return {
      store,
      registers,
      write: (changes: Partial<ConsentStatement>) =>
        store.transaction((transaction) => registers.writeConsent(transaction, said(changes))),
      idsAt: async (knownAt?: string, validAt?: string) =>
        (await registers.consentsAsOf('P-1', { knownAt, validAt })).map(({ id }) => id),
    };
  }

  it('keeps review date and competence, and agreement to a service apart from consent to share', async () => {
    const { store, registers } = await open();
    const consent = said({
      capacity: 'OWN_COMPETENCE',
      reviewOn: '2027-05-01',
      competence: 'Understood “who” and why; x',
    });
    const service = agreed({ id: 's-1', competence: 'too' });
    await store.transaction(async (transaction) => {
      await registers.writeConsent(transaction, consent);
      await registers.writeServiceConsent(transaction, service);
    });
    expect(await registers.read(['P-1'])).toMatchObject({
      version: 2,
      consents: [consent],
      serviceConsents: [service],
    });
    expect(await registers.serviceConsent('s-1')).toEqual(service);
    expect(await registers.serviceConsent('c-1')).toBeUndefined();
    expect(await registers.consent('s-1')).toBeUndefined();
    expect(await registers.serviceConsentsAsOf('P-1', { knownAt: day(1) })).toEqual([service]);
    expect(await registers.serviceConsentsAsOf('P-1', { validAt: '2026-10-31T23:59:59.999Z' })).toEqual([]);
    await store.close();
  });

  it('answers for any past moment as it would have answered then, whatever was said since', async () => {
    const { store, write, idsAt } = await open();
    await write({ recordedAt: day(2) });
    const then = await idsAt(day(5));
    await write({ id: 'c-2', state: 'WITHDRAWN', recordedAt: day(8) });
    await write({ id: 'c-3', recordedAt: day(9), from: day(3) });
    expect(await idsAt(day(5))).toEqual(then);
    expect(await idsAt(day(8))).toEqual(['c-1', 'c-2']);
    expect(await idsAt(undefined, day(3))).toEqual(['c-1', 'c-3']);
    expect(await idsAt()).toEqual(['c-1', 'c-2', 'c-3']);
    await store.close();
  });

  it('a withdrawal recorded by a clock that is behind counts over the agreement before it, then as now', async () => {
    const { store, registers, write } = await open();
    await write({ recordedAt: day(10) });
    await write({ id: 'c-2', state: 'WITHDRAWN', recordedAt: day(4) });
    const known = await registers.consentsAsOf('P-1', { knownAt: day(10) });
    expect(known.map(({ id, recordedAt }) => [id, recordedAt])).toEqual([
      ['c-1', day(10)],
      ['c-2', day(10)],
    ]);
    expect(consentFor(known, { ...ASK, at: day(10) }).state).toBe('WITHDRAWN');
    await store.close();
  });

  it('an agreement recorded by a clock that is behind does not stand over the refusal before it', async () => {
    const { store, registers, write } = await open();
    await write({ state: 'REFUSED', recordedAt: day(10) });
    await write({ id: 'c-2', recordedAt: day(4) });
    expect(consentFor((await registers.read(['P-1'])).consents, ASK).state).toBe('REFUSED');
    await store.transaction((transaction) =>
      registers.writeServiceConsent(transaction, agreed({ id: 's-1', state: 'REFUSED', recordedAt: day(10) })),
    );
    await store.transaction((transaction) =>
      registers.writeServiceConsent(transaction, agreed({ id: 's-2', recordedAt: day(4) })),
    );
    expect((await registers.serviceConsentsAsOf('P-1', {})).map(({ recordedAt }) => recordedAt)).toEqual([
      day(10),
      day(10),
    ]);
    await store.close();
  });

  it('what was said of somebody who turned out to be this person was not known of this person before', async () => {
    const { store, registers } = await open();
    let n = 0;
    const people = openPeople(store, { newId: () => `p${n++}` });
    const refs = ['1', '2'].map((local) => ({ space: 'social-care', local }));
    const [one = '', other = ''] = [...(await people.resolve(refs)).values()];
    for (const [id, subject] of [
      ['c-1', one],
      ['c-2', other],
    ] as const) {
      await store.transaction((transaction) =>
        registers.writeConsent(transaction, said({ id, subject, givenBy: subject, recordedAt: day(2) })),
      );
      await store.transaction((transaction) =>
        registers.writeServiceConsent(
          transaction,
          agreed({ id: `s${id}`, subject, givenBy: subject, recordedAt: day(2) }),
        ),
      );
    }
    const kept = await store.transaction((transaction) =>
      joinPersons(store, transaction, refs, { newId: () => 'new', at: day(6) }),
    );
    const mine = kept === one ? 'c-1' : 'c-2';
    const idsAt = async (knownAt?: string) => (await registers.consentsAsOf(kept, { knownAt })).map(({ id }) => id);
    expect(await idsAt()).toEqual(['c-1', 'c-2']);
    expect(await idsAt(day(6))).toEqual(['c-1', 'c-2']);
    expect(await idsAt('2026-11-05T23:59:59.999Z')).toEqual([mine]);
    const services = await registers.serviceConsentsAsOf(kept, { knownAt: day(5) });
    expect(services.map(({ id, givenBy }) => [id, givenBy])).toEqual([[`s${mine}`, kept]]);
    await store.close();
  });
});
