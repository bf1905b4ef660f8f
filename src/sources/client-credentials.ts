/**
 * OAuth 2.0 client credentials (RFC 6749 §4.4), as sources that are systems of other agencies ask for them: by a shared
 * secret, or by a signed assertion (`private_key_jwt`, RFC 7523; SMART Backend Services). A token is kept until shortly
 * before it expires; concurrent requests wait for one fetch.
 */
import { importJWK, importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import { SourceFailure } from './contract.js';
import { type ClientCertificate, createJsonHttp, type TokenSource } from './json-http.js';

export interface ClientCredentials {
  /** The token endpoint; also the audience of an assertion. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Space-separated scopes, e.g. `system/Patient.rs`. */
  readonly scope?: string;
  /** Exactly one of `clientSecret` and `privateKey`. */
  readonly clientSecret?: string;
  /** PKCS #8 PEM or a JWK as JSON text; `keyId` is the `kid` the server knows it by. */
  readonly privateKey?: string;
  readonly keyId?: string;
  /** Of the assertion: RS384 or ES384 (SMART Backend Services); ES384 unless told. */
  readonly algorithm?: 'RS384' | 'ES384';
  readonly tls?: ClientCertificate;
}

/** How long before its end a token is no longer used. */
const MARGIN_MS = 30_000;
/** Lifetime of an assertion (SMART Backend Services: at most five minutes). */
const ASSERTION_SECONDS = 240;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().default(60),
});

/** Throws SourceFailure when neither or both of secret and key are given. `now` in milliseconds, `newId` for `jti`. */
export function clientCredentials(
  name: string,
  credentials: ClientCredentials,
  { now, newId }: { readonly now: () => number; readonly newId: () => string },
): TokenSource {
  if ((credentials.clientSecret === undefined) === (credentials.privateKey === undefined)) {
    throw new SourceFailure(`${name}: client credentials need either clientSecret or privateKey`);
  }
  const { tokenUrl, clientId, tls } = credentials;
  const http = createJsonHttp({ name: `the token server of ${name}`, baseUrl: tokenUrl, ...(tls ? { tls } : {}) });
  let kept: { readonly token: string; readonly until: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function form(): Promise<URLSearchParams> {
    const fields = new URLSearchParams({ grant_type: 'client_credentials' });
    if (credentials.scope !== undefined) fields.set('scope', credentials.scope);
    if (credentials.privateKey === undefined) return fields;
    const { algorithm = 'ES384', keyId } = credentials;
    const seconds = Math.floor(now() / 1000);
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(tokenUrl)
      .setJti(newId())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(await keyOf(name, credentials.privateKey, algorithm));
    fields.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    fields.set('client_assertion', assertion);
    return fields;
  }

  async function fetchToken(signal: AbortSignal): Promise<string> {
    const headers: Record<string, string> = {};
    if (credentials.clientSecret !== undefined) {
      const pair = [clientId, credentials.clientSecret].map(encodeURIComponent).join(':');
      headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const answer = tokenAnswer.safeParse((await http.ask(tokenUrl, signal, { body: await form(), headers })).body);
    if (!answer.success) throw new SourceFailure(`the token server of ${name} gave no bearer token`);
    kept = { token: answer.data.access_token, until: now() + answer.data.expires_in * 1000 - MARGIN_MS };
    return kept.token;
  }

  return (signal) => {
    if (kept && now() < kept.until) return Promise.resolve(kept.token);
    fetching ??= fetchToken(signal).finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
}

async function keyOf(name: string, text: string, algorithm: string): ReturnType<typeof importJWK> {
  try {
    return text.trimStart().startsWith('{')
      ? await importJWK(JSON.parse(text), algorithm)
      : await importPKCS8(text, algorithm);
  } catch {
    throw new SourceFailure(`${name}: the private key cannot be read`);
  }
}
