/** Issuers and tokens for tests: real keys, made once. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Issuer } from '../../src/server/issuers.js';

export const NOW = new Date('2026-11-23T10:00:00.000Z');
export const AT = NOW.getTime() / 1000;

export interface TestIssuer {
  readonly issuer: Issuer;
  readonly publicKey: JWK;
  /** A token as this issuer would sign it; `undefined` takes a claim away. */
  token(claims?: object, header?: { kid?: string; typ?: string }): Promise<string>;
}

export async function testIssuer(
  name: string,
  agency: string,
  alg: 'ES256' | 'EdDSA' | 'RS256' = 'ES256',
): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `${name}-key`;
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg };
  return {
    issuer: {
      issuer: `https://${name}.invalid`,
      agencies: [agency],
      audience: 'gateway',
      jwks: { keys: [jwk] },
      algorithms: [alg],
    },
    publicKey: jwk,
    token: (claims = {}, header = {}) =>
      new SignJWT({
        iss: `https://${name}.invalid`,
        aud: 'gateway',
        sub: 'w-ada',
        name: 'Ada Invented',
        agency,
        roles: ['SOCIAL_WORKER'],
        iat: AT,
        nbf: AT,
        exp: AT + 3600,
        ...claims,
      })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey),
  };
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact token with any header and signature at all. */
export function forged(header: object, payload: object, signature = ''): string {
  return `${part(header)}.${part(payload)}.${signature}`;
}
