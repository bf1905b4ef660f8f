import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { createSocialCare } from '../../adapters/social-care/index.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import { createSubstanceMisuse } from '../../adapters/substance-misuse/index.js';
import { simulateSubstanceMisuse } from '../../adapters/substance-misuse/seed.js';
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { Source } from '../../src/sources/contract.js';

const signal = AbortSignal.timeout(20_000);
const fixtures = (adapter: string) => fileURLToPath(new URL(`../../adapters/${adapter}/fixtures`, import.meta.url));

async function everybody(source: Source): Promise<PersonIdentity[]> {
  const all: PersonIdentity[] = [];
  for await (const page of source.persons?.({ signal }) ?? []) all.push(...page.items);
  return all;
}

describe('everybody whom a source knows', () => {
  it('social care lists children and adults with what may be compared, and marks who is restricted', async () => {
    const now = () => '2025-11-23T10:00:00.000Z';
    const simulated = await simulateSocialCare(fixtures('social-care'), { id: 'social-care', holder: 'council', now });
    const source = createSocialCare(simulated.options);
    await source.start();
    const all = await everybody(source);
    const found = all.find(({ local }) => local === 'SC-0104');
    expect(found).toMatchObject({ space: 'social-care', forename: 'Dorrick', dateOfBirth: '1988-02-29' });
    expect(new Set(all.map(({ local }) => local)).size).toBe(all.length);
    const database = new Database(simulated.file, { readonly: true });
    const restricted = database.prepare('SELECT person_id FROM gw_restricted_person').pluck().all();
    database.close();
    expect(restricted.length).toBeGreaterThan(0);
    expect(all.flatMap(({ local, isProtected }) => (isProtected ? [local] : [])).sort()).toEqual(restricted.sort());
    await source.stop();
    await simulated.stop();
  });

  it('substance misuse lists the clients of its index', async () => {
    const simulated = await simulateSubstanceMisuse(fixtures('substance-misuse'), {
      id: 'substance-misuse',
      holder: 'provider',
    });
    const source = createSubstanceMisuse(simulated.options);
    await source.start();
    const all = await everybody(source);
    expect(all.find(({ local }) => local === 'SM-0001')).toMatchObject({
      surname: 'Fixture-Ash',
      dateOfBirth: '1990-06-01',
    });
    await source.stop();
    await simulated.stop();
  });
});
