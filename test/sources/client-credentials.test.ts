/** Client credentials against a real authorization server (oidc-provider), over real HTTP and mutual TLS. */
import { generateKeyPairSync, type KeyObject, randomUUID, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import Provider, { type Configuration } from 'oidc-provider';
import { memoryAdapter } from '../../src/server/demo-identity-memory.js';
import { type ClientCredentials, clientCredentials } from '../../src/sources/client-credentials.js';
import { SourceBusy, SourceFailure } from '../../src/sources/contract.js';
import { createJsonHttp } from '../../src/sources/json-http.js';
import { type Listening, listen } from '../adapters/http-server.js';
import { createAuthority } from './certificates.js';

const SECRET = 'a secret: with/odd+characters & spaces';
const signal = AbortSignal.timeout(25_000);
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;
const publicJwk = (key: KeyObject, kid: string, alg: string) => ({
  ...key.export({ format: 'jwk' }),
  kid,
  alg,
  use: 'sig',
});
const fresh = () => ({ now: () => Date.now(), newId: randomUUID });

const running: Listening[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

/** What oidc-provider is told of the clients below. */
function configuration(): Configuration {
  const machine = {
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [] as never[],
    id_token_signed_response_alg: 'ES256',
  };
  return {
    clients: [
      {
        ...machine,
        client_id: 'by secret+1',
        scope: 'system/Patient.rs',
        client_secret: SECRET,
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        ...machine,
        client_id: 'by-elliptic-key',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES384',
        jwks: { keys: [publicJwk(elliptic.publicKey, 'k1', 'ES384')] },
      },
      {
        ...machine,
        client_id: 'by-rsa-key',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'RS384',
        jwks: { keys: [publicJwk(rsa.publicKey, 'k2', 'RS384')] },
      },
      {
        ...machine,
        client_id: 'by-certificate',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_subject_dn: 'CN=threshold',
      },
    ] as NonNullable<Configuration['clients']>,
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'tls_client_auth'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    scopes: ['system/Patient.rs', 'system/Flag.rs'],
    adapter: memoryAdapter(),
    jwks: {
      keys: [
        { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), use: 'sig' },
      ],
    },
    cookies: { keys: ['test'] },
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: ({ req }) => {
          const { raw } = (req.socket as TLSSocket).getPeerCertificate();
          return raw ? new X509Certificate(raw) : undefined;
        },
        certificateAuthorized: ({ req }) => (req.socket as TLSSocket).authorized,
        certificateSubjectMatches: ({ req }, property, expected) =>
          property === 'tls_client_auth_subject_dn' &&
          `CN=${(req.socket as TLSSocket).getPeerCertificate().subject.CN}` === expected,
      },
    },
  } as Configuration;
}

interface Providing {
  readonly tokenUrl: string;
  readonly provider: Provider;
  readonly asked: () => number;
  stop(): Promise<void>;
}

async function provide(server: Server, scheme: 'http' | 'https'): Promise<Providing> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration());
  const callback = provider.callback();
  let asked = 0;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    asked += 1;
    void callback(request, response);
  });
  return {
    tokenUrl: `${issuer}/token`,
    provider,
    asked: () => asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe('client credentials at a real authorization server', () => {
  let providing: Providing;
  beforeAll(async () => {
    providing = await provide(createServer(), 'http');
  });
  afterAll(() => providing.stop());
  const tokens = (credentials: Omit<ClientCredentials, 'tokenUrl'>) =>
    clientCredentials('the source', { tokenUrl: providing.tokenUrl, ...credentials }, fresh());
  /** Whom the server knows a token to belong to. */
  const clientOf = async (token: string) => (await providing.provider.ClientCredentials.find(token))?.clientId;

  it.each<[string, Omit<ClientCredentials, 'tokenUrl' | 'clientId'>]>([
    ['by secret+1', { clientSecret: SECRET }],
    ['by-elliptic-key', { privateKey: pem(elliptic.privateKey), keyId: 'k1' }],
    ['by-elliptic-key', { privateKey: JSON.stringify(elliptic.privateKey.export({ format: 'jwk' })) }],
    ['by-rsa-key', { privateKey: pem(rsa.privateKey), keyId: 'k2', algorithm: 'RS384' }],
  ])('gives %s a token that the server knows', async (clientId, how) => {
    const token = await tokens({ clientId, ...how })(signal);
    expect(await clientOf(token)).toBe(clientId);
  });

  it('asks for the scope', async () => {
    const token = await tokens({ clientId: 'by secret+1', clientSecret: SECRET, scope: 'system/Patient.rs' })(signal);
    expect((await providing.provider.ClientCredentials.find(token))?.scope).toBe('system/Patient.rs');
  });

  it('fetches once for many, and not again while the token is good', async () => {
    const before = providing.asked();
    const source = tokens({ clientId: 'by-elliptic-key', privateKey: pem(elliptic.privateKey), keyId: 'k1' });
    const all = await Promise.all(Array.from({ length: 50 }, () => source(signal)));
    expect([new Set([...all, await source(signal)]).size, providing.asked() - before]).toEqual([1, 1]);
  });

  it('never sends an assertion twice: the server would refuse the second', async () => {
    for (let i = 0; i < 3; i += 1) {
      const source = tokens({ clientId: 'by-elliptic-key', privateKey: pem(elliptic.privateKey), keyId: 'k1' });
      expect(await clientOf(await source(signal))).toBe('by-elliptic-key');
    }
    const stuck = { now: () => Date.now(), newId: () => 'always the same' };
    const credentials = { clientId: 'by-elliptic-key', privateKey: pem(elliptic.privateKey), keyId: 'k1' };
    const again = () =>
      clientCredentials('the source', { tokenUrl: providing.tokenUrl, ...credentials }, stuck)(signal);
    await again();
    await expect(again()).rejects.toThrow(/invalid_client/);
  });

  it.each<[string, Omit<ClientCredentials, 'tokenUrl'>, RegExp]>([
    ['a wrong secret', { clientId: 'by secret+1', clientSecret: 'sesame' }, /status 401 \(invalid_client\)/],
    ['an unknown client', { clientId: 'nobody', clientSecret: 'sesame' }, /status 401 \(invalid_client\)/],
    [
      "another's key",
      { clientId: 'by-elliptic-key', privateKey: pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey) },
      /\(invalid_client\)/,
    ],
    [
      'a scope it may not have',
      { clientId: 'by secret+1', clientSecret: SECRET, scope: 'system/Flag.rs' },
      /status 400 \(invalid_scope\)/,
    ],
  ])('%s is refused, told by the code alone', async (_name, credentials, message) => {
    const asked = tokens(credentials)(signal);
    await expect(asked).rejects.toThrow(SourceFailure);
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.not.toThrow(/sesame|nobody|127\.0\.0\.1/);
  });
});

describe('client credentials by the certificate of the connection', () => {
  const authority = createAuthority('Test authority');
  const certificate = authority.issue({ commonName: 'service', use: 'server', hosts: ['127.0.0.1'] });
  let providing: Providing;
  beforeAll(async () => {
    const server = createSecureServer({
      cert: certificate.certificate,
      key: certificate.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    });
    providing = await provide(server as unknown as Server, 'https');
  });
  afterAll(() => providing.stop());

  it('gives a token to the client whose certificate it is, and to no other', async () => {
    const as = (commonName: string) => {
      const { certificateFile, keyFile } = authority.issue({ commonName, use: 'client' });
      const tls = { certificateFile, keyFile, authorityFile: authority.certificateFile };
      return clientCredentials(
        'the source',
        { tokenUrl: providing.tokenUrl, clientId: 'by-certificate', tls },
        fresh(),
      );
    };
    const token = await as('threshold')(signal);
    expect((await providing.provider.ClientCredentials.find(token))?.clientId).toBe('by-certificate');
    await expect(as('somebody-else')(signal)).rejects.toThrow(/invalid_client/);
  });
});

describe('client credentials: who waits for a token', () => {
  /** A token server whose answers a test gives when it likes. */
  async function held() {
    const waiting: ServerResponse[] = [];
    const server = await listen((_request, response) => void waiting.push(response));
    running.push(server);
    const arrived = async (n: number) => {
      while (waiting.length < n) await new Promise((resolve) => setTimeout(resolve, 2));
    };
    const give = (n: number, body: object = { access_token: `t${n}`, token_type: 'Bearer', expires_in: 600 }) =>
      waiting[n - 1]?.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    let clock = 1_000_000;
    const source = clientCredentials(
      'the source',
      { tokenUrl: `${server.url}/token`, clientId: 'c', clientSecret: 's' },
      { now: () => clock, newId: randomUUID },
    );
    const pass = (ms: number) => {
      clock += ms;
    };
    return { server, source, arrived, give, pass };
  }

  it('one who gives up does not take the token from the others', async () => {
    const { server, source, arrived, give } = await held();
    const controller = new AbortController();
    const reason = new Error('deadline');
    const [first, second] = [source(controller.signal), source(signal)];
    await arrived(1);
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    give(1);
    expect([await second, server.asked.length]).toEqual(['t1', 1]);
  });

  it('when all have given up, the token that comes is kept for the next', async () => {
    const { server, source, arrived, give } = await held();
    const controller = new AbortController();
    const asked = source(controller.signal);
    await arrived(1);
    controller.abort(new Error('deadline'));
    await expect(asked).rejects.toThrow('deadline');
    const next = source(signal);
    give(1);
    expect([await next, server.asked.length]).toEqual(['t1', 1]);
  });

  it('who comes too late asks nothing', async () => {
    const { server, source } = await held();
    const reason = new Error('deadline');
    await expect(source(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.asked).toEqual([]);
  });

  it('a failure is told to all who waited, and is not kept', async () => {
    const { server, source, arrived, give } = await held();
    const both = [source(signal), source(signal)];
    await arrived(1);
    give(1, { access_token: 'x', token_type: 'mac' });
    for (const one of both) await expect(one).rejects.toThrow(/gave no bearer token/);
    const next = source(signal);
    await arrived(2);
    give(2);
    expect([await next, server.asked.length]).toEqual(['t2', 2]);
  });

  it.each([
    [600, 569_999, 570_001],
    ['600', 569_999, 570_001],
    [20, 9_999, 10_001],
    [undefined, 29_999, 30_001],
  ])('a token that lives %s seconds is used for %d ms, and no longer than %d', async (expires_in, good, over) => {
    const { server, source, arrived, give, pass } = await held();
    const body = { access_token: 't', token_type: 'bearer', expires_in };
    const first = source(signal);
    await arrived(1);
    give(1, body);
    await first;
    pass(good);
    await source(signal);
    expect(server.asked).toHaveLength(1);
    pass(over - good);
    const next = source(signal);
    await arrived(2);
    give(2, body);
    await next;
    expect(server.asked).toHaveLength(2);
  });

  it('a token is counted from before it was asked for', async () => {
    const { server, source, arrived, give, pass } = await held();
    const first = source(signal);
    await arrived(1);
    pass(100_000);
    give(1);
    await first;
    pass(480_000);
    void source(signal).catch(() => undefined);
    await arrived(2);
    expect(server.asked).toHaveLength(2);
    give(2);
  });

  it('one the service refused is not used again, a newer one is', async () => {
    const { server, source, arrived, give } = await held();
    const first = source(signal);
    await arrived(1);
    give(1);
    const old = await first;
    source.refused?.('another');
    expect(await source(signal)).toBe(old);
    source.refused?.(old);
    const next = source(signal);
    await arrived(2);
    give(2);
    expect([await next, server.asked.length]).toEqual(['t2', 2]);
  });

  it.each([
    [{ access_token: '', token_type: 'Bearer' }],
    [{ access_token: 'a\r\nx-evil: 1', token_type: 'Bearer' }],
    [{ access_token: 't', token_type: 'Bearer', expires_in: -1 }],
    [{ token_type: 'Bearer' }],
    [[]],
  ])('what is no token is a failure: %j', async (body) => {
    const { source, arrived, give } = await held();
    const asked = source(signal);
    await arrived(1);
    give(1, body);
    await expect(asked).rejects.toThrow('the token server of the source gave no bearer token');
  });

  it('a token server that is too busy says so', async () => {
    const server = await listen((_request, response) => response.writeHead(429, { 'retry-after': '3' }).end());
    running.push(server);
    const source = clientCredentials('the source', { tokenUrl: server.url, clientId: 'c', clientSecret: 's' }, fresh());
    await expect(source(signal)).rejects.toThrow(SourceBusy);
  });

  it('the secret goes to the token server and the token to the source, neither to the other', async () => {
    const seen: (string | undefined)[] = [];
    const server = await listen((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      const body = request.url === '/token' ? { access_token: 't', token_type: 'Bearer' } : [];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    running.push(server);
    const token = clientCredentials(
      'x',
      { tokenUrl: `${server.url}/token`, clientId: 'c', clientSecret: 's' },
      fresh(),
    );
    const http = createJsonHttp({ name: 'x', baseUrl: server.url, token });
    await http.ask('/cases', signal);
    await http.close();
    expect(seen).toEqual([`/token Basic ${btoa('c:s')}`, '/cases Bearer t']);
  });
});

describe('client credentials that are none', () => {
  const make = (credentials: Partial<ClientCredentials>) => () =>
    clientCredentials('the source', { tokenUrl: 'https://auth.example/token', clientId: 'c', ...credentials }, fresh());
  it.each<[string, Partial<ClientCredentials>, RegExp]>([
    ['nothing to prove it with', {}, /need clientSecret, privateKey or the certificate/],
    ['two ways', { clientSecret: 's', privateKey: pem(elliptic.privateKey) }, /need clientSecret, privateKey or/],
    ['a key that is none', { privateKey: 'sesame' }, /private key cannot be read/],
    [
      'a key of another curve',
      { privateKey: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) },
      /not one for ES384/,
    ],
    ['a key of another kind', { privateKey: pem(rsa.privateKey) }, /not one for ES384/],
    ['an elliptic key for RS384', { privateKey: pem(elliptic.privateKey), algorithm: 'RS384' }, /not one for RS384/],
    ['an address that is none', { clientSecret: 's', tokenUrl: 'sesame' }, /address is not a URL/],
  ])('%s stops the source from being made', (_name, credentials, message) => {
    expect(make(credentials)).toThrow(SourceFailure);
    expect(make(credentials)).toThrow(message);
    expect(make(credentials)).not.toThrow(/sesame/);
  });
});
