/** SMART Backend Services, end to end: a sources file, a token endpoint that verifies assertions, a FHIR server that wants its tokens. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exportPKCS8, generateKeyPair } from 'jose';
import { type SimulatedMentalHealth, simulateMentalHealth } from '../../../adapters/mental-health/seed.js';
import { readSources } from '../../../src/compose-service.js';
import type { Source } from '../../../src/sources/contract.js';
import { startTokenServer, type TokenServer } from './token-server.js';

const FIXTURES = fileURLToPath(new URL('../../../adapters/mental-health/fixtures', import.meta.url));
const SCOPES = 'system/Patient.rs system/Consent.rs';

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});
const options = () => ({ signal: AbortSignal.timeout(10_000) });
const patients = async (source: Source) =>
  (await source.circumstances(['mh-pat-1'], options())).items.flatMap(({ residences }) => residences).length;

interface Trust {
  readonly tokens: TokenServer;
  readonly fhir: SimulatedMentalHealth;
  readonly clock: { at: number };
  source(key?: string): Source;
}

async function trust(algorithm: 'ES384' | 'RS384' = 'ES384'): Promise<Trust> {
  const clock = { at: Date.parse('2026-11-23T12:00:00Z') };
  const tokens = await startTokenServer(() => clock.at, algorithm);
  const fhir = await simulateMentalHealth(FIXTURES, { id: 'mh', holder: 'mht', server: { token: tokens.accepts } });
  open.push(tokens, fhir);
  const file = `- id: mental-health
  adapter: mental-health
  holder: mht
  baseUrl: ${fhir.options.baseUrl}
  oauth:
    {tokenUrl: ${tokens.url}, clientId: ${tokens.clientId}, privateKey: {env: KEY}, keyId: ${tokens.kid}, algorithm: ${algorithm}, scope: ${SCOPES}}`;
  return {
    tokens,
    fhir,
    clock,
    source(key = tokens.privateKey) {
      const [source] = readSources(file, { KEY: key }, () => new Date(clock.at).toISOString());
      if (!source) throw new Error('the file lists one source');
      open.push({ stop: () => source.stop() });
      return source;
    },
  };
}

describe('a trust that wants SMART backend services', () => {
  it.each(['ES384', 'RS384'] as const)('is read with a token got by an assertion signed with %s', async (algorithm) => {
    const { tokens, source } = await trust(algorithm);
    const mine = source();
    await mine.start();
    expect(await patients(mine)).toBeGreaterThan(0);
    expect(tokens.log).toEqual([SCOPES]);
  });

  it('is asked for one token by many requests at once, and for another, by another assertion, when it is about to expire', async () => {
    const { tokens, clock, source } = await trust();
    const mine = source();
    expect((await Promise.all(Array.from({ length: 8 }, () => patients(mine)))).every((n) => n > 0)).toBe(true);
    clock.at += 260_000;
    await patients(mine);
    expect(tokens.log).toEqual([SCOPES]);
    clock.at += 11_000;
    await patients(mine);
    expect(tokens.log).toEqual([SCOPES, SCOPES]);
  });

  it('that no longer takes the token is asked with another', async () => {
    const { tokens, clock, source } = await trust();
    const mine = source();
    await patients(mine);
    clock.at += 6_000;
    tokens.forget();
    expect(await patients(mine)).toBeGreaterThan(0);
    expect(tokens.log.every((line) => line === SCOPES)).toBe(true);
  });

  it('refuses an assertion by a key it does not know; the failure names neither the key nor the client', async () => {
    const { tokens, source } = await trust();
    const { privateKey } = await generateKeyPair('ES384', { extractable: true });
    const failure = await source(await exportPKCS8(privateKey))
      .start()
      .catch((error: unknown) => error);
    expect(tokens.log).toEqual(['refused: signature verification failed']);
    expect(String(failure)).toContain('(invalid_client)');
    expect(String(failure)).not.toContain(tokens.clientId);
  });
});

describe('the sources file', () => {
  const read = (text: string) => readSources(text, {}, () => '2026-11-23T12:00:00.000Z');
  const mht = (more: string, baseUrl = 'https://fhir.trust.example') =>
    `- {id: mh, adapter: mental-health, holder: mht, baseUrl: "${baseUrl}", ${more}}`;

  it('names the organisations of the trust’s Consents, and says where it keeps none', () => {
    const text = mht(
      'token: t, hasConsents: false, organisations: {"https://fhir.nhs.uk/Id/ods-organization-code|XYZ": csc}',
    );
    expect(read(text)[0]?.tells.has('consents')).toBe(false);
    expect(read(mht('token: t'))[0]?.tells.has('consents')).toBe(true);
    expect(() => read(mht('token: t, hasConsents: perhaps'))).toThrow(/mental-health/);
    expect(() => read(mht('token: t, organisations: {a: 1}'))).toThrow(/organisations/);
  });

  it('takes an address without credentials or without encryption only where it says that the network is trusted', () => {
    expect(() => read(mht('token: t', 'http://fhir.trust.example'))).toThrow('baseUrl: must be https');
    expect(() => read(mht('space: mh'))).toThrow('needs oauth');
    expect(read(mht('network: trusted', 'http://fhir.trust.example'))).toHaveLength(1);
  });
});
