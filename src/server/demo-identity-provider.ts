/**
 * The demo's identity provider: a real OpenID provider on this machine, for invented workers, without passwords. ONE
 * provider speaks for ALL agencies of the demo world; in service every agency has its own (`THRESHOLD_ISSUERS`).
 * Its ES256 key stands in the demo's folder, so that `threshold token` can sign, in another process, what the running
 * gateway accepts: whoever can read that file can be anybody in the demo, and nobody anywhere else.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Configuration } from 'oidc-provider';
import { z } from 'zod';
import { memoryAdapter } from './demo-identity-memory.js';
import { type DemoWorker, demoLogin } from './demo-login.js';
import type { Issuer } from './issuers.js';
import { hasCode, keptSecret, readIfThere, replaceFile } from './kept-secret.js';

export type { DemoWorker } from './demo-login.js';

export interface DemoIdentityProvider {
  /** What the gateway is to trust. */
  readonly issuer: Issuer;
  /** A token of this very provider, as `mintDemoToken` gives one of whichever was started last in the folder. */
  tokenFor(worker: DemoWorker): Promise<string>;
  /** From now on `mintDemoToken` gives tokens of this one: once the gateway that trusts it listens, not before. */
  announce(): Promise<void>;
  stop(): Promise<void>;
}

export interface DemoIdentityOptions {
  /** Where the key and the address of the running provider are kept: one folder, one running demo. */
  readonly folder: string;
  readonly workers: readonly DemoWorker[];
  /** Where the code flow may return to; any port of this machine is allowed with these paths. */
  readonly redirectUris?: readonly string[];
  /** Its tokens are for this process alone: it is not announced, and its port is any. */
  readonly isPrivate?: boolean;
}

/** What demo tokens are for: their `aud`. */
export const DEMO_AUDIENCE = 'urn:threshold:gateway';
/** The public client of the authorization code flow (with PKCE). */
export const DEMO_CLIENT = 'threshold-demo';
const TOKEN_SECONDS = 8 * 60 * 60;
const HOST = '127.0.0.1';

/**
 * Starts the provider on the port it had the last time in this folder if that is free, so that tokens outlive a restart,
 * else on any. Rejects if its key cannot be kept in the folder.
 */
export async function startDemoIdentityProvider(options: DemoIdentityOptions): Promise<DemoIdentityProvider> {
  const { folder } = options;
  const workers = new Map(options.workers.map((worker) => [worker.id, worker]));
  const key = await demoKey(folder);
  // Loaded where a demo is started and nowhere else: no service has a provider in it that signs anybody in.
  const { default: Provider } = await import('oidc-provider');
  const server = createServer();
  const url = await listen(server, options.isPrivate ? undefined : (await runningIn(folder))?.issuer);
  const { host } = new URL(url);
  const provider = new Provider(
    url,
    configuration(key, workers, options.redirectUris ?? ['http://127.0.0.1/callback']),
  );
  const callback = provider.callback();
  const login = demoLogin(provider, workers);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A page elsewhere whose name was rebound to this machine is not served.
    if (request.headers.host !== host) response.writeHead(421, { 'cache-control': 'no-store' }).end();
    else if (request.url?.startsWith('/interaction/')) void login(request, response);
    else void callback(request, response);
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    issuer: {
      issuer: url,
      agencies: [...new Set(options.workers.map(({ agency }) => agency))],
      audience: DEMO_AUDIENCE,
      jwks_uri: `${url}/jwks`,
      algorithms: ['ES256'],
      typ: 'at+jwt',
    },
    tokenFor: (worker) => sign(key, url, worker, new Date()),
    async announce() {
      if (!options.isPrivate) await replaceFile(join(folder, 'demo-identity.json'), JSON.stringify({ issuer: url }));
    },
    stop,
  };
}

/**
 * A token for a worker, as the provider that runs (or last ran) in this folder would give: signed with its key.
 * Rejects if no demo was ever started there. `now` is the real clock: tokens do not live on the world's own day.
 */
export async function mintDemoToken(
  place: { readonly folder: string },
  worker: DemoWorker,
  now: () => Date = () => new Date(),
): Promise<string> {
  const running = await runningIn(place.folder);
  if (!running) throw new Error('no demo has been started here: run `npm start` first');
  return sign(await demoKey(place.folder), running.issuer, worker, now());
}

async function sign(key: JWK, issuer: string, worker: DemoWorker, now: Date): Promise<string> {
  const at = Math.floor(now.getTime() / 1000);
  return new SignJWT({ name: worker.name, agency: worker.agency, roles: [...worker.roles] })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid ?? '', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(DEMO_AUDIENCE)
    .setSubject(worker.id)
    .setIssuedAt(at)
    .setNotBefore(at)
    .setExpirationTime(at + TOKEN_SECONDS)
    .sign(await importJWK(key, 'ES256'));
}

function configuration(
  key: JWK,
  workers: ReadonlyMap<string, DemoWorker>,
  redirectUris: readonly string[],
): Configuration {
  const claimsOf = (id: string | undefined) => {
    const worker = id === undefined ? undefined : workers.get(id);
    return worker ? { name: worker.name, agency: worker.agency, roles: [...worker.roles] } : undefined;
  };
  return {
    adapter: memoryAdapter(),
    jwks: { keys: [key] } as NonNullable<Configuration['jwks']>,
    clients: [
      {
        client_id: DEMO_CLIENT,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [...redirectUris],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    pkce: { required: () => true },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: ['name', 'agency', 'roles'] },
    ttl: {
      AccessToken: TOKEN_SECONDS,
      AuthorizationCode: 60,
      Grant: TOKEN_SECONDS,
      IdToken: 3_600,
      Interaction: 600,
      Session: TOKEN_SECONDS,
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => DEMO_AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'graphql',
          audience: DEMO_AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_SECONDS,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    formats: {
      customizers: {
        jwt: (_context, _token, jwt) => {
          jwt.payload.nbf = jwt.payload.iat;
          return jwt;
        },
      },
    },
    findAccount: (_context, id) => {
      const claims = claimsOf(id);
      return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
    },
    extraTokenClaims: (_context, token) => claimsOf('accountId' in token ? token.accountId : undefined),
    // The demo's one client is its own: nobody is asked whether it may have what the demo is for.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
      grant.addOIDCScope('openid profile');
      grant.addResourceScope(DEMO_AUDIENCE, 'graphql');
      await grant.save();
      return grant;
    },
    renderError: (context, { error }) => {
      context.type = 'text/plain';
      context.body = `${error}\n`;
    },
  };
}

async function demoKey(folder: string): Promise<JWK> {
  const text = await keptSecret(join(folder, 'demo-identity.key.json'), async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const key = await exportJWK(privateKey);
    return JSON.stringify({ ...key, kid: await calculateJwkThumbprint(key), alg: 'ES256', use: 'sig' });
  });
  return keySchema.parse(JSON.parse(text));
}

const keySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
const runningSchema = z.object({ issuer: z.url() });

async function runningIn(folder: string): Promise<z.output<typeof runningSchema> | undefined> {
  const text = await readIfThere(join(folder, 'demo-identity.json'));
  return text === undefined ? undefined : runningSchema.parse(JSON.parse(text));
}

async function listen(server: Server, last: string | undefined): Promise<string> {
  const tryPort = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, HOST, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await tryPort(last === undefined ? 0 : Number(new URL(last).port));
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE')) throw error;
    await tryPort(0);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the identity provider does not listen');
  return `http://${HOST}:${address.port}`;
}
