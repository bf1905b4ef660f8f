import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  DEMO_AUDIENCE,
  DEMO_CLIENT,
  type DemoIdentityProvider,
  type DemoWorker,
  mintDemoToken,
  startDemoIdentityProvider,
} from '../../src/server/demo-identity-provider.js';
import { keptSecret } from '../../src/server/kept-secret.js';
import { createSignIn } from '../../src/server/sign-in.js';

const ada: DemoWorker = { id: 'w-ada', name: 'Ada <Invented>', agency: 'council', roles: ['SOCIAL_WORKER'] };
const bo: DemoWorker = {
  id: 'w-bo',
  name: 'Bo Invented',
  agency: 'trust',
  roles: ['MENTAL_HEALTH_PRACTITIONER', 'AGENCY_MANAGER'],
};
const now = () => new Date();

let folder: string;
const running: DemoIdentityProvider[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'threshold-identity-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.stop()));
  rmSync(folder, { recursive: true });
});

async function start(workers: readonly DemoWorker[] = [ada, bo]) {
  const provider = await startDemoIdentityProvider({ folder, workers });
  await provider.announce();
  running.push(provider);
  return provider;
}

const signInAt = ({ issuer }: DemoIdentityProvider) => createSignIn([issuer], { now, refused: () => {} });

describe('a token minted in another process', () => {
  it('is accepted by a gateway that trusts the running provider', async () => {
    const provider = await start();
    expect(await signInAt(provider)(`Bearer ${await mintDemoToken({ folder }, bo)}`)).toEqual({
      worker: 'w-bo',
      name: 'Bo Invented',
      agency: 'trust',
      roles: ['MENTAL_HEALTH_PRACTITIONER', 'AGENCY_MANAGER'],
    });
  });

  it('is of the one that was announced last: what started and never came to listen takes nobody’s place', async () => {
    const provider = await start();
    running.push(await startDemoIdentityProvider({ folder, workers: [ada] }));
    expect(await signInAt(provider)(`Bearer ${await mintDemoToken({ folder }, ada)}`)).toMatchObject({
      worker: 'w-ada',
    });
  });

  it('outlives a restart of the demo', async () => {
    const first = await start();
    const token = await mintDemoToken({ folder }, ada);
    await first.stop();
    const second = await start();
    expect(second.issuer.issuer).toBe(first.issuer.issuer);
    expect(await signInAt(second)(`Bearer ${token}`)).toMatchObject({ worker: 'w-ada' });
  });

  it('is of the provider started last, where two run', async () => {
    const [first, second] = [await start(), await start()];
    expect(second.issuer.issuer).not.toBe(first.issuer.issuer);
    const token = `Bearer ${await mintDemoToken({ folder }, ada)}`;
    await expect(signInAt(second)(token)).resolves.toBeDefined();
    await expect(signInAt(first)(token)).rejects.toThrow();
    await expect(signInAt(first)(`Bearer ${await first.tokenFor(ada)}`)).resolves.toMatchObject({ worker: 'w-ada' });
  });

  it('is not to be had where no demo was started, nor worth anything to another demo', async () => {
    await expect(mintDemoToken({ folder }, ada)).rejects.toThrow('no demo has been started here');
    const provider = await start();
    const elsewhere = mkdtempSync(join(tmpdir(), 'threshold-identity-'));
    const other = await startDemoIdentityProvider({ folder: elsewhere, workers: [ada] });
    await other.announce();
    running.push(other);
    await expect(signInAt(provider)(`Bearer ${await mintDemoToken({ folder: elsewhere }, ada)}`)).rejects.toThrow();
    rmSync(elsewhere, { recursive: true });
  });
});

describe('the provider', () => {
  it('speaks for the agencies of its workers, and publishes no private key', async () => {
    const { issuer } = await start();
    expect(issuer).toMatchObject({
      agencies: ['council', 'trust'],
      audience: DEMO_AUDIENCE,
      algorithms: ['ES256'],
      typ: 'at+jwt',
    });
    const keys = await (await fetch(issuer.jwks_uri ?? '')).json();
    expect(keys).toEqual({ keys: [expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })] });
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const discovery = await (await fetch(`${issuer.issuer}/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({
      issuer: issuer.issuer,
      jwks_uri: issuer.jwks_uri,
      code_challenge_methods_supported: ['S256'],
    });
  });

  it('keeps its key where only the owner may read it', async () => {
    await start();
    expect(statSync(join(folder, 'demo-identity.key.json')).mode & 0o777).toBe(0o600);
  });

  it('writes nothing on the console', async () => {
    const spies = (['info', 'warn', 'error', 'log'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation(() => {}),
    );
    await start();
    for (const spy of spies) {
      expect(spy.mock.calls).toEqual([]);
      spy.mockRestore();
    }
  });

  it('is not served under a name that was rebound to this machine', async () => {
    const { issuer } = await start();
    const status = await new Promise((resolve, reject) => {
      request(`${issuer.issuer}/jwks`, { headers: { host: 'evil.invalid' } }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });
});

describe('signing in by hand', () => {
  const verifier = 'v'.repeat(64);
  const redirect = 'http://127.0.0.1:5999/callback';

  /** A browser as far as it matters: follows one step at a time and keeps cookies. */
  function browser(origin: string) {
    const cookies = new Map<string, string>();
    return async (url: string, init: RequestInit = {}) => {
      const response = await fetch(new URL(url, origin), {
        ...init,
        redirect: 'manual',
        headers: {
          ...(init.headers as Record<string, string>),
          cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = ''] = cookie.split(';');
        const at = pair.indexOf('=');
        cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      return response;
    };
  }

  function authorization(changed: Record<string, string> = {}): string {
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return `/auth?${new URLSearchParams({
      client_id: DEMO_CLIENT,
      response_type: 'code',
      redirect_uri: redirect,
      scope: 'openid profile',
      state: 's',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...changed,
    })}`;
  }

  const form = (values: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(values) });

  it('gives a token for the worker who was chosen (authorization code with PKCE)', async () => {
    const provider = await start();
    const { issuer } = provider.issuer;
    const go = browser(issuer);
    const login = (await go(authorization())).headers.get('location') ?? '';
    expect(login).toMatch(/^\/interaction\//);
    const page = await (await go(login)).text();
    expect(page).toContain('<option value="w-ada">Ada &#60;Invented&#62;, council: SOCIAL_WORKER');
    const stranger = await go(login, form({ worker: 'w-nobody' }));
    expect(stranger.status).toBe(400);
    expect(await stranger.text()).toContain('There is no such worker');

    const resumed = await go(login, form({ worker: 'w-bo' }));
    const back = await go(resumed.headers.get('location') ?? '');
    const returned = new URL(back.headers.get('location') ?? '');
    expect(`${returned.origin}${returned.pathname}`).toBe(redirect);
    const code = returned.searchParams.get('code') ?? '';
    const exchange = (code_verifier: string) =>
      fetch(
        `${issuer}/token`,
        form({ grant_type: 'authorization_code', client_id: DEMO_CLIENT, code, redirect_uri: redirect, code_verifier }),
      );
    const answer = (await (await exchange(verifier)).json()) as { access_token: string; id_token: string };

    expect(await signInAt(provider)(`Bearer ${answer.access_token}`)).toEqual({
      worker: 'w-bo',
      name: 'Bo Invented',
      agency: 'trust',
      roles: ['MENTAL_HEALTH_PRACTITIONER', 'AGENCY_MANAGER'],
    });
    expect(decodeProtectedHeader(answer.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(answer.id_token)).toMatchObject({ sub: 'w-bo', aud: DEMO_CLIENT });
    await expect(signInAt(provider)(`Bearer ${answer.id_token}`)).rejects.toThrow();
    expect((await exchange(verifier)).status).toBe(400);
  });

  it('needs PKCE, a way back to this machine, and a sign-in that was begun', async () => {
    const { issuer } = await start();
    const go = browser(issuer.issuer);
    expect((await go(authorization({ code_challenge: '' }))).headers.get('location')).toContain(
      'error=invalid_request',
    );
    const elsewhere = await go(authorization({ redirect_uri: 'https://evil.invalid/callback' }));
    expect(elsewhere.status).toBe(400);
    expect(elsewhere.headers.get('location')).toBeNull();
    expect((await go('/interaction/invented')).status).toBe(400);
  });
});

describe('a kept secret', () => {
  it('is made once and found again, only by its owner', async () => {
    const file = join(folder, 'deeper', 'cursor.key');
    expect(await keptSecret(file, () => 'first')).toBe('first');
    expect(await keptSecret(file, () => 'second')).toBe('first');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is one, whoever comes at the same time', async () => {
    const file = join(folder, 'cursor.key');
    const found = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((made) => keptSecret(file, () => made)));
    expect(new Set(found).size).toBe(1);
    expect(readdirSync(folder)).toEqual(['cursor.key']);
  });
});
