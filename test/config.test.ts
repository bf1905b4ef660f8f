import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, describeVariables, readConfig, VARIABLES } from '../src/config.js';
import { packagePath } from '../src/package-path.js';
import { keyText } from './audit/sequenced.js';

const issuer = {
  issuer: 'https://sign-in.council.invalid',
  agencies: ['council'],
  audience: 'threshold',
  jwks_uri: 'https://sign-in.council.invalid/jwks',
};
const service = {
  THRESHOLD_SOURCES: 'sources.yaml',
  THRESHOLD_ISSUERS: JSON.stringify([issuer]),
  THRESHOLD_CURSOR_KEY: 'k'.repeat(32),
  THRESHOLD_LOG_KEY: keyText(1),
  THRESHOLD_PROTOCOLS: 'cambridgeshire-fip, cambridgeshire-family-safeguarding',
};
const withIssuer = (changed: object) => ({
  ...service,
  THRESHOLD_ISSUERS: JSON.stringify([{ ...issuer, ...changed }]),
});

function refusal(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('the demo', () => {
  it('needs no variable at all', () => {
    expect(readConfig({ PATH: '/bin' })).toEqual({
      mode: 'demo',
      host: '127.0.0.1',
      port: 4000,
      store: { kind: 'sqlite', path: resolve('.threshold/walsall-road.sqlite') },
      folder: resolve('.threshold'),
      introspection: true,
      logLevel: 'info',
      sourceDeadlineMs: 2000,
      watchEverySeconds: 30,
      protocols: ['walsall-family-safeguarding'],
      world: packagePath('test', 'worlds', 'walsall-road'),
    });
  });

  it('takes what is set, and an empty variable for one that is not', () => {
    expect(
      readConfig({
        PORT: '0',
        HOST: '',
        THRESHOLD_STORE: 'mssql://sa:secret@db:1433/threshold?encrypt=true',
        THRESHOLD_WORLD: 'worlds/other',
        THRESHOLD_INTROSPECTION: 'false',
        THRESHOLD_CURSOR_KEY: 'c'.repeat(40),
        THRESHOLD_SOURCE_DEADLINE_MS: '500',
        LOG_LEVEL: 'silent',
      }),
    ).toMatchObject({
      mode: 'demo',
      port: 0,
      host: '127.0.0.1',
      store: { kind: 'mssql', url: 'mssql://sa:secret@db:1433/threshold?encrypt=true' },
      folder: resolve('.threshold'),
      world: resolve('worlds/other'),
      introspection: false,
      cursorKey: 'c'.repeat(40),
      sourceDeadlineMs: 500,
      logLevel: 'silent',
    });
  });

  it('with a store that ends with the process keeps its keys apart from those of any other', () => {
    const config = readConfig({ THRESHOLD_STORE: ':memory:' });
    expect(config.store).toEqual({ kind: 'sqlite', path: ':memory:' });
    expect(config.folder).toContain(`threshold-${process.pid}`);
  });

  it('says how often persons are matched only when it is told: the demo and the service differ', () => {
    expect('matchEveryHours' in readConfig({})).toBe(false);
    expect(readConfig({ THRESHOLD_MATCH_EVERY_HOURS: '0' }).matchEveryHours).toBe(0);
    expect(readConfig({ THRESHOLD_MATCH_EVERY_HOURS: '6' }).matchEveryHours).toBe(6);
    expect(() => readConfig({ THRESHOLD_MATCH_EVERY_HOURS: '169' })).toThrow(/THRESHOLD_MATCH_EVERY_HOURS/);
  });

  it('listens on this machine only', () => {
    expect(refusal({ HOST: '0.0.0.0' })).toContain('HOST must be 127.0.0.1, ::1 or localhost in the demo');
    expect(readConfig({ HOST: 'localhost' }).host).toBe('localhost');
    expect(readConfig({ HOST: '::1' }).host).toBe('::1');
  });
});

describe('in service', () => {
  it('has sources, issuers and a key of its own', () => {
    const config = readConfig({ ...service, HOST: '0.0.0.0' });
    expect(config).toMatchObject({
      mode: 'service',
      host: '0.0.0.0',
      sources: resolve('sources.yaml'),
      issuers: [{ ...issuer, algorithms: ['EdDSA', 'ES256', 'RS256'] }],
      cursorKey: 'k'.repeat(32),
      introspection: false,
      protocols: ['cambridgeshire-fip', 'cambridgeshire-family-safeguarding'],
    });
    expect(config).not.toHaveProperty('world');
    expect(readConfig({ ...service, THRESHOLD_INTROSPECTION: 'true' }).introspection).toBe(true);
  });

  it('is meant as soon as sources or issuers are named: nobody falls into the demo by leaving one out', () => {
    expect(refusal({ THRESHOLD_SOURCES: 'sources.yaml' })).toBe(
      'The environment is not right:\n- THRESHOLD_ISSUERS is required in service\n- THRESHOLD_CURSOR_KEY is required in service\n- THRESHOLD_LOG_KEY is required in service\n- THRESHOLD_PROTOCOLS is required in service',
    );
    expect(refusal({ THRESHOLD_ISSUERS: service.THRESHOLD_ISSUERS })).toContain('THRESHOLD_SOURCES is required');
    expect(refusal({ ...service, THRESHOLD_WORLD: 'x' })).toContain('THRESHOLD_WORLD is for the demo');
  });

  it.each([
    ['no JSON', 'no json', 'THRESHOLD_ISSUERS: is not JSON'],
    ['no list', '{}', 'THRESHOLD_ISSUERS: Invalid input: expected array'],
    ['an empty list', '[]', 'THRESHOLD_ISSUERS:'],
    ['an issuer twice', JSON.stringify([issuer, issuer]), 'names an issuer twice'],
  ])('does not take %s for issuers', (_what, value, message) => {
    expect(refusal({ ...service, THRESHOLD_ISSUERS: value })).toContain(message);
  });

  it.each([
    ['nobody to speak for', { agencies: [] }, '(0.agencies)'],
    ['no audience', { audience: undefined }, '(0.audience)'],
    ['no keys', { jwks_uri: undefined }, 'needs either jwks_uri or jwks'],
    ['keys twice', { jwks: { keys: [{ kty: 'EC' }] } }, 'needs either jwks_uri or jwks'],
    ['keys over plain HTTP', { jwks_uri: 'http://sign-in.council.invalid/jwks' }, 'must be https'],
    ['keys in a file', { jwks_uri: 'file:///etc/keys' }, '(0.jwks_uri)'],
    [
      'a shared secret as key',
      { jwks_uri: undefined, jwks: { keys: [{ kty: 'oct', k: 'canary' }] } },
      '(0.jwks.keys.0.kty)',
    ],
    ['a private key', { jwks_uri: undefined, jwks: { keys: [{ kty: 'EC', d: 'canary' }] } }, 'holds a private key'],
    ['a symmetric algorithm', { algorithms: ['HS256'] }, '(0.algorithms.0)'],
    ['no algorithm', { algorithms: ['none'] }, '(0.algorithms.0)'],
    ['a misspelt key', { audiences: ['canary'] }, 'audiences'],
  ])('does not take an issuer with %s', (_what, changed, message) => {
    const text = refusal(withIssuer(changed));
    expect(text).toContain('THRESHOLD_ISSUERS');
    expect(text).toContain(message);
    expect(text).not.toContain('canary');
  });

  it('takes keys over plain HTTP from this machine', () => {
    expect(readConfig(withIssuer({ jwks_uri: 'http://127.0.0.1:9000/jwks' })).mode).toBe('service');
  });
});

describe('the protocol packs', () => {
  it('are those named, in that order, or none', () => {
    expect(readConfig({ THRESHOLD_PROTOCOLS: 'connecting-families' }).protocols).toEqual(['connecting-families']);
    expect(readConfig({ ...service, THRESHOLD_PROTOCOLS: 'none' }).protocols).toEqual([]);
  });

  it('that there are not, or that stand twice, are refused, naming those there are', () => {
    expect(refusal({ THRESHOLD_PROTOCOLS: 'walsall' })).toContain(
      'THRESHOLD_PROTOCOLS: names a pack that there is not',
    );
    expect(refusal({ THRESHOLD_PROTOCOLS: 'walsall' })).toContain('birmingham-family-support');
    expect(refusal({ THRESHOLD_PROTOCOLS: 'cambridgeshire-fip,cambridgeshire-fip' })).toContain('names a pack twice');
    expect(refusal({ THRESHOLD_PROTOCOLS: 'cambridgeshire-fip,,' })).toContain('THRESHOLD_PROTOCOLS');
  });

  it('have beside them a folder of the authority’s own policies', () => {
    expect(readConfig({ THRESHOLD_POLICIES: 'rules' }).ownPolicies).toBe(resolve('rules'));
  });
});

describe('a variable', () => {
  it.each([
    ['PORT', '80a'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['THRESHOLD_SOURCE_DEADLINE_MS', '10'],
    ['THRESHOLD_SOURCE_DEADLINE_MS', '1e9'],
    ['THRESHOLD_INTROSPECTION', 'yes'],
    ['THRESHOLD_CURSOR_KEY', 'canary'],
    ['THRESHOLD_LOG_KEY', 'PRIVATE+KEY+canary+00000000+AQ=='],
    ['THRESHOLD_WITNESSES', '[{"url":"https://w.example","key":"canary"}]'],
    ['THRESHOLD_STORE', 'postgres://canary@db/x'],
    ['THRESHOLD_STORE', 'mssql://canary'],
    ['LOG_LEVEL', 'loud'],
  ])('%s is not taken as %s', (name, value) => {
    const text = refusal({ [name]: value });
    expect(text).toContain(`- ${name}`);
    expect(text).not.toContain('canary');
  });

  it('that is misspelt is named, with whatever else is wrong', () => {
    const text = refusal({ THRESHOLD_ISSUER: '[]', PORT: 'x' });
    expect(text).toContain('THRESHOLD_ISSUER is not a variable of the gateway');
    expect(text).toContain('PORT: must be a whole number');
  });

  it('is described', () => {
    for (const { name, says } of VARIABLES) expect(describeVariables()).toContain(`${name}\n      ${says}`);
  });
});
