import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Issuer } from '../../src/server/issuers.js';
import { createSignIn, type RefusalReason, SignInRefused } from '../../src/server/sign-in.js';
import { AT, forged, NOW, type TestIssuer, testIssuer } from './tokens.js';

let council: TestIssuer;
let trust: TestIssuer;
const claims = {
  iss: 'https://council.invalid',
  aud: 'gateway',
  sub: 'w-ada',
  agency: 'council',
  roles: ['SOCIAL_WORKER'],
  nbf: AT,
  exp: AT + 3600,
};

beforeAll(async () => {
  council = await testIssuer('council', 'council');
  trust = await testIssuer('trust', 'trust', 'EdDSA');
});

function open(issuers: readonly Issuer[] = [council.issuer, trust.issuer], now = NOW) {
  const reasons: RefusalReason[] = [];
  return { reasons, signIn: createSignIn(issuers, { now: () => now, refused: (reason) => reasons.push(reason) }) };
}

/** Refused for this reason, of which the error itself says nothing. */
async function expectRefused(
  header: string | undefined,
  reason: RefusalReason,
  issuers?: readonly Issuer[],
  now?: Date,
) {
  const { signIn, reasons } = open(issuers, now);
  const error = await signIn(header).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(SignInRefused);
  expect(error).toMatchObject({ message: '' });
  expect((error as Error).cause).toBeUndefined();
  expect(reasons).toEqual([reason]);
}

describe('who is signed in', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('is told by a %s token of their own agency', async (alg) => {
    const issuer = await testIssuer('any', 'council', alg);
    const { signIn, reasons } = open([issuer.issuer]);
    expect(await signIn(`Bearer ${await issuer.token({ roles: ['SOCIAL_WORKER', 'DATA_STEWARD'] })}`)).toEqual({
      worker: 'w-ada',
      name: 'Ada Invented',
      agency: 'council',
      roles: ['SOCIAL_WORKER', 'DATA_STEWARD'],
    });
    expect(reasons).toEqual([]);
  });

  it('is called by their id where the token has no name', async () => {
    expect(await open().signIn(`bearer ${await council.token({ name: undefined })}`)).toMatchObject({ name: 'w-ada' });
  });

  it('is still known five seconds after the end and five before the start, and not one more', async () => {
    const token = `Bearer ${await council.token()}`;
    const { signIn } = open(undefined, new Date((AT + 3604) * 1000));
    await expect(signIn(token)).resolves.toBeDefined();
    await expect(open(undefined, new Date((AT - 5) * 1000)).signIn(token)).resolves.toBeDefined();
    await expectRefused(token, 'EXPIRED', undefined, new Date((AT + 3605) * 1000));
    await expectRefused(token, 'NOT_YET_VALID', undefined, new Date((AT - 6) * 1000));
  });
});

describe('a header is refused that', () => {
  it('is missing or empty', async () => {
    await expectRefused(undefined, 'NO_TOKEN');
    await expectRefused('', 'NO_TOKEN');
  });

  it('is not a bearer token', async () => {
    await expectRefused(await council.token(), 'NOT_BEARER');
    await expectRefused('Basic d29ya2VyOnNlY3JldA==', 'NOT_BEARER');
    await expectRefused(`Bearer ${await council.token()}, Bearer x`, 'NOT_BEARER');
  });

  it('is larger than 8 kB, before anything looks into it', async () => {
    await expectRefused(`Bearer ${'%'.repeat(8 * 1024)}`, 'OVERSIZED');
    await expectRefused(`Bearer ${await council.token({ padding: 'x'.repeat(9_000) })}`, 'OVERSIZED');
  });

  it.each(['x', 'a.b', 'a.b.c', '....', 'a.b.c.d.e'])('holds no token: %s', async (text) => {
    await expectRefused(`Bearer ${text}`, 'MALFORMED');
  });
});

describe('a token is refused that', () => {
  it('is not signed (alg none)', async () => {
    await expectRefused(`Bearer ${forged({ alg: 'none' }, claims)}`, 'ALGORITHM');
    await expectRefused(`Bearer ${forged({ alg: 'nOnE', kid: 'council-key' }, claims, 'AA')}`, 'ALGORITHM');
  });

  it('is signed with the public key as if it were a shared secret (HS256)', async () => {
    const unsigned = forged({ alg: 'HS256', kid: 'council-key' }, claims).slice(0, -1);
    const signature = createHmac('sha256', JSON.stringify(council.publicKey)).update(unsigned).digest('base64url');
    await expectRefused(`Bearer ${unsigned}.${signature}`, 'ALGORITHM');
  });

  it('brings its own key', async () => {
    const stranger = await testIssuer('council', 'council');
    const [, payload, signature] = (await stranger.token()).split('.');
    const header = Buffer.from(
      JSON.stringify({
        alg: 'ES256',
        kid: 'council-key',
        jwk: stranger.publicKey,
        jku: 'https://stranger.invalid/jwks',
      }),
    );
    await expectRefused(`Bearer ${header.toString('base64url')}.${payload}.${signature}`, 'SIGNATURE');
  });

  it('was changed after it was signed', async () => {
    const [header, , signature] = (await council.token()).split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, roles: ['TEAM_MANAGER'] })).toString('base64url');
    await expectRefused(`Bearer ${header}.${payload}.${signature}`, 'SIGNATURE');
  });

  it('is signed by another issuer than it names', async () => {
    await expectRefused(
      `Bearer ${await trust.token({ iss: 'https://council.invalid' }, { kid: 'council-key' })}`,
      'ALGORITHM',
    );
    const stranger = await testIssuer('council', 'council');
    await expectRefused(`Bearer ${await stranger.token()}`, 'SIGNATURE');
  });

  it('comes from an issuer nobody configured, or from none', async () => {
    await expectRefused(`Bearer ${await council.token({ iss: 'https://stranger.invalid' })}`, 'UNKNOWN_ISSUER');
    await expectRefused(`Bearer ${await council.token({ iss: '__proto__' })}`, 'UNKNOWN_ISSUER');
    await expectRefused(`Bearer ${await council.token({ iss: undefined })}`, 'UNKNOWN_ISSUER');
  });

  it('speaks for another agency than its issuer may', async () => {
    await expectRefused(`Bearer ${await council.token({ agency: 'trust' })}`, 'AGENCY');
    await expectRefused(`Bearer ${await trust.token({ agency: 'council' })}`, 'AGENCY');
  });

  it('names a key that the issuer does not have', async () => {
    await expectRefused(`Bearer ${await council.token({}, { kid: 'other' })}`, 'UNKNOWN_KEY');
  });

  it('is for another audience', async () => {
    await expectRefused(`Bearer ${await council.token({ aud: 'payroll' })}`, 'AUDIENCE');
    await expectRefused(`Bearer ${await council.token({ aud: undefined })}`, 'AUDIENCE');
  });

  it('is not of the type that the issuer must send', async () => {
    const strict = { ...council.issuer, typ: 'at+jwt' };
    await expectRefused(`Bearer ${await council.token({}, { typ: 'JWT' })}`, 'TYPE', [strict]);
    await expectRefused(`Bearer ${await council.token()}`, 'TYPE', [strict]);
    await expect(open([strict]).signIn(`Bearer ${await council.token({}, { typ: 'at+jwt' })}`)).resolves.toBeDefined();
  });

  it('has expired, or never does', async () => {
    await expectRefused(`Bearer ${await council.token({ exp: AT - 10 })}`, 'EXPIRED');
    await expectRefused(`Bearer ${await council.token({ exp: undefined })}`, 'CLAIMS');
  });

  it('does not say from when it counts, or counts later', async () => {
    await expectRefused(`Bearer ${await council.token({ nbf: undefined })}`, 'NOT_YET_VALID');
    await expectRefused(`Bearer ${await council.token({ nbf: AT + 60 })}`, 'NOT_YET_VALID');
  });

  it('lives longer than twelve hours, by whichever date it gives as its start', async () => {
    await expect(open().signIn(`Bearer ${await council.token({ exp: AT + 43_200 })}`)).resolves.toBeDefined();
    await expectRefused(`Bearer ${await council.token({ exp: AT + 43_201 })}`, 'TOO_LONG_LIVED');
    await expectRefused(`Bearer ${await council.token({ iat: AT - 43_200 })}`, 'TOO_LONG_LIVED');
  });

  it.each([
    ['no roles', { roles: undefined }],
    ['an empty list of roles', { roles: [] }],
    ['a role outside the list', { roles: ['SOCIAL_WORKER', 'SUPERUSER'] }],
    ['a role twice', { roles: ['SOCIAL_WORKER', 'SOCIAL_WORKER'] }],
    ['roles that are no list', { roles: 'SOCIAL_WORKER' }],
    ['no agency', { agency: undefined }],
    ['several agencies', { agency: ['council', 'trust'] }],
    ['no subject', { sub: undefined }],
    ['a subject with a line break', { sub: 'w-ada\nadmin' }],
  ])('has %s', async (_what, changed) => {
    await expectRefused(`Bearer ${await council.token(changed)}`, 'CLAIMS');
  });
});

describe('remote keys', () => {
  async function serveKeys(answer: () => { status: number; body: string }) {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      const { status, body } = answer();
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { jwks: _inline, ...rest } = council.issuer;
    const issuer: Issuer = { ...rest, jwks_uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks` };
    const stop = () => {
      server.close();
      server.closeAllConnections();
    };
    return { issuer, asked: () => asked, stop };
  }

  it('are fetched once for many tokens, and not again for every unknown key', async () => {
    const keys = await serveKeys(() => ({ status: 200, body: JSON.stringify({ keys: [council.publicKey] }) }));
    const { signIn, reasons } = open([keys.issuer]);
    const token = `Bearer ${await council.token()}`;
    await Promise.all([signIn(token), signIn(token), signIn(token)]);
    for (const kid of ['x1', 'x2', 'x3'])
      await expect(signIn(`Bearer ${await council.token({}, { kid })}`)).rejects.toThrow(SignInRefused);
    expect(reasons).toEqual(['UNKNOWN_KEY', 'UNKNOWN_KEY', 'UNKNOWN_KEY']);
    expect(keys.asked()).toBe(1);
    keys.stop();
  });

  it('that cannot be had refuse everybody of that issuer, and nobody else', async () => {
    for (const answer of [
      { status: 500, body: '' },
      { status: 200, body: 'not json' },
      { status: 302, body: '' },
    ]) {
      const keys = await serveKeys(() => answer);
      await expectRefused(`Bearer ${await council.token()}`, 'KEYS_UNAVAILABLE', [keys.issuer]);
      const { signIn } = open([keys.issuer, trust.issuer]);
      await expect(signIn(`Bearer ${await trust.token()}`)).resolves.toMatchObject({ agency: 'trust' });
      keys.stop();
    }
    const gone = await serveKeys(() => ({ status: 200, body: '' }));
    gone.stop();
    await expectRefused(`Bearer ${await council.token()}`, 'KEYS_UNAVAILABLE', [gone.issuer]);
  });

  it('that failed to come are not asked for again within a second, whoever claims that issuer', async () => {
    let status = 500;
    const keys = await serveKeys(() => ({ status, body: JSON.stringify({ keys: [council.publicKey] }) }));
    let now = NOW;
    const signIn = createSignIn([keys.issuer], { now: () => now, refused: () => {} });
    const token = `Bearer ${await council.token()}`;
    for (let i = 0; i < 5; i += 1) await expect(signIn(token)).rejects.toThrow(SignInRefused);
    expect(keys.asked()).toBe(1);
    status = 200;
    now = new Date(NOW.getTime() + 1_000);
    await expect(signIn(token)).resolves.toMatchObject({ worker: 'w-ada' });
    expect(keys.asked()).toBe(2);
    keys.stop();
  });
});
