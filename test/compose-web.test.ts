/** Web sources of the sources file, up to the answer of a real server that asks for a certificate and a token. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { domesticAbuseHandler } from '../adapters/domestic-abuse/seed.js';
import { readSources } from '../src/compose-service.js';
import { ConfigError } from '../src/config.js';
import type { Source } from '../src/sources/contract.js';
import { createAuthority } from './sources/certificates.js';

const now = () => new Date().toISOString();
const read = (source: object, env: Record<string, string> = {}): Source => {
  const [made] = readSources(
    JSON.stringify([{ id: 'da', adapter: 'domestic-abuse', holder: 'dass', ...source }]),
    env,
    now,
  );
  if (!made) throw new Error('no source');
  return made;
};
const key = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;
const folder = mkdtempSync(join(tmpdir(), 'threshold-web-'));
const keyFile = join(folder, 'assertion.key');
writeFileSync(keyFile, key);

const BASE = 'https://cases.service.example';
const OAUTH = { tokenUrl: 'https://auth.example/token', clientId: 'threshold', clientSecret: 'sesame' };

describe('a web source of the sources file', () => {
  it.each<[string, object]>([
    ['a token', { baseUrl: BASE, token: 'sesame' }],
    ['oauth by a secret', { baseUrl: BASE, oauth: OAUTH }],
    [
      'oauth by a key',
      { baseUrl: BASE, oauth: { tokenUrl: OAUTH.tokenUrl, clientId: 'c', privateKey: key, keyId: 'k' } },
    ],
    ['a token on this machine, unencrypted', { baseUrl: 'http://127.0.0.1:9999', token: 'sesame' }],
  ])('is made with %s', (_name, settings) => {
    expect(read(settings).id).toBe('da');
    expect(read({ ...settings, adapter: 'probation' }).holder).toBe('dass');
  });

  it.each<[string, object, RegExp]>([
    ['nothing that says who asks', { baseUrl: BASE }, /needs oauth, a client certificate \(tls\), or a token/],
    ['an authority only', { baseUrl: BASE, tls: { authorityFile: '/x' } }, /needs oauth, a client certificate/],
    ['a token and oauth', { baseUrl: BASE, token: 'sesame', oauth: OAUTH }, /one of them/],
    ['an unencrypted address', { baseUrl: 'http://cases.service.example', token: 'sesame' }, /baseUrl: must be https/],
    [
      'an unencrypted token server',
      { baseUrl: BASE, oauth: { ...OAUTH, tokenUrl: 'http://auth.example' } },
      /oauth.tokenUrl: must be https/,
    ],
    ['a secret and a key', { baseUrl: BASE, oauth: { ...OAUTH, privateKey: key } }, /exactly one of clientSecret/],
    [
      'oauth with nothing to prove it',
      { baseUrl: BASE, oauth: { tokenUrl: OAUTH.tokenUrl, clientId: 'c' } },
      /exactly one of clientSecret/,
    ],
    ['a misspelt setting', { baseUrl: BASE, oauth: { ...OAUTH, scopes: 'read' } }, /oauth: .*scopes/],
    ['a certificate without its key', { baseUrl: BASE, tls: { certificateFile: '/x' } }, /belong together/],
    [
      'a certificate that is not there',
      { baseUrl: BASE, tls: { certificateFile: '/no/x.crt', keyFile: '/no/x.key' } },
      /source da: .*certificateFile cannot be read/,
    ],
    [
      'a key file that is not there',
      { baseUrl: BASE, oauth: { tokenUrl: OAUTH.tokenUrl, clientId: 'c', privateKeyFile: '/no/x' } },
      /source da: .*privateKeyFile cannot be read/,
    ],
    [
      'a key for another algorithm',
      { baseUrl: BASE, oauth: { tokenUrl: OAUTH.tokenUrl, clientId: 'c', privateKey: key, algorithm: 'RS384' } },
      /source da: .*not one for RS384/,
    ],
  ])('with %s is refused, naming the source and the setting, never a secret or a path', (_name, settings, message) => {
    expect(() => read(settings)).toThrow(ConfigError);
    expect(() => read(settings)).toThrow(message);
    expect(() => read(settings)).not.toThrow(/sesame|\/no\/|BEGIN/);
  });
});

describe('the READMEs of the adapters', () => {
  const { certificateFile, keyFile: ownKey } = createAuthority('Test authority').issue({
    commonName: 'x',
    use: 'client',
  });
  it.each(['domestic-abuse', 'probation'])('show a source that can be made: %s', (adapter) => {
    const readme = readFileSync(new URL(`../adapters/${adapter}/README.md`, import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    const here = yaml.replaceAll(/\S+\.crt/g, certificateFile).replaceAll(/\/run\S+\.key/g, ownKey);
    const sources = readSources(here, { SAFE_SECRET: 's', HMPPS_SECRET: 's' }, now);
    expect(sources.map(({ id }) => id)).toEqual([adapter]);
  });
});

describe('a web source in service', () => {
  const authority = createAuthority('Test authority');
  const server = authority.issue({ commonName: 'cases', use: 'server', hosts: ['127.0.0.1'] });
  const cases = JSON.parse(
    readFileSync(new URL('../adapters/domestic-abuse/fixtures/cases.json', import.meta.url), 'utf8'),
  );
  const assertions: string[] = [];
  const answer = domesticAbuseHandler(cases, 'the-token');
  /** The provider and its token server, both for clients with a certificate only. */
  const serving = createServer(
    {
      cert: server.certificate,
      key: server.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    async (request, response) => {
      if (request.url !== '/token') return answer(request, response);
      let form = '';
      for await (const part of request) form += part;
      assertions.push(new URLSearchParams(form).get('client_assertion') ?? '');
      const token = { access_token: 'the-token', token_type: 'Bearer', expires_in: 300 };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
    },
  );
  serving.on('tlsClientError', (_error, socket: TLSSocket) => socket.destroy());
  const url = new Promise<string>((resolve) =>
    serving.listen(0, '127.0.0.1', () => resolve(`https://127.0.0.1:${(serving.address() as AddressInfo).port}`)),
  );
  afterAll(() => {
    serving.close();
    serving.closeAllConnections();
  });
  const signal = AbortSignal.timeout(20_000);
  const find = { forename: 'Quillan', surname: 'Testcase' };
  const settings = async (tls: object) => ({
    baseUrl: await url,
    tls,
    oauth: { tokenUrl: `${await url}/token`, clientId: 'threshold', privateKeyFile: keyFile, keyId: 'k1', tls },
  });
  const files = (commonName: string, by = authority) => {
    const { certificateFile, keyFile } = by.issue({ commonName, use: 'client' });
    return { certificateFile, keyFile, authorityFile: authority.certificateFile };
  };

  it('answers by certificate and token, the token by a signed assertion', async () => {
    const source = read(await settings(files('threshold')));
    await source.start();
    expect(await source.find(find, { signal })).toEqual({ items: ['DA-P-1'], rejected: 0 });
    await source.stop();
    expect(assertions).toHaveLength(1);
    expect(decodeProtectedHeader(assertions[0] ?? '')).toMatchObject({ alg: 'ES384', kid: 'k1' });
    expect(decodeJwt(assertions[0] ?? '')).toMatchObject({
      iss: 'threshold',
      sub: 'threshold',
      aud: `${await url}/token`,
    });
  });

  it.each<[string, () => object]>([
    ["another authority's certificate", () => files('threshold', createAuthority('Another'))],
    ['no certificate', () => ({ authorityFile: authority.certificateFile })],
    [
      'no trust in its authority',
      () => ({ ...files('threshold'), authorityFile: createAuthority('Another').certificateFile }),
    ],
  ])('does not start with %s', async (_name, tls) => {
    const source = read(await settings(tls()));
    await expect(source.start()).rejects.toThrow(/cannot be reached/);
    await source.stop();
  });
});
