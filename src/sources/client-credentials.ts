/**
 * OAuth 2.0 client credentials (RFC 6749 §4.4), as sources that are systems of other agencies ask for them: by a shared
 * secret, by a signed assertion (`private_key_jwt`, RFC 7523; SMART Backend Services), or by the client certificate of the
 * connection (`tls_client_auth`, RFC 8705). A token is kept until shortly before it expires; concurrent requests wait for
 * one fetch, which no single one of them can end.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { SourceFailure } from './contract.js';
import { type ClientCertificate, createJsonHttp, type TokenSource } from './json-http.js';

export interface ClientCredentials {
  /** The token endpoint; also the audience of an assertion. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Space-separated scopes, e.g. `system/Patient.rs`. */
  readonly scope?: string;
  /** One of `clientSecret` and `privateKey`, not both; neither where `tls` holds the certificate the server knows us by. */
  readonly clientSecret?: string;
  /** PKCS #8 PEM or a JWK as JSON text; `keyId` is the `kid` the server knows it by. */
  readonly privateKey?: string;
  readonly keyId?: string;
  /** Of the assertion: RS384 or ES384 (SMART Backend Services); ES384 unless told. */
  readonly algorithm?: 'RS384' | 'ES384';
  readonly tls?: ClientCertificate;
}

/** How long before its end a token is no longer used; of a token that lives shorter than twice this, half its life. */
const MARGIN_MS = 30_000;
/** Lifetime of an assertion (SMART Backend Services: at most five minutes). */
const ASSERTION_SECONDS = 240;
/** A token server that takes longer has not answered, whoever still waits. */
const FETCH_DEADLINE_MS = 10_000;

const tokenAnswer = z.looseObject({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.string().regex(/^bearer$/i),
  // Seconds (RFC 6749 §5.1 says a number; some servers send it as text).
  expires_in: z.coerce.number().positive().default(60),
});

/** The codes of RFC 6749 §5.2: all that a message tells of a refusal. */
const refusal = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ]),
});

/**
 * Throws SourceFailure when the credentials are none, or the key cannot be used for the algorithm. `now` in milliseconds,
 * `newId` for `jti`. The token source rejects with the caller's reason once their signal is aborted, with SourceFailure
 * when the server gives no token.
 */
export function clientCredentials(
  name: string,
  credentials: ClientCredentials,
  { now, newId }: { readonly now: () => number; readonly newId: () => string },
): TokenSource {
  const { tokenUrl, clientId, clientSecret, privateKey, algorithm = 'ES384', tls } = credentials;
  const ways = [clientSecret, privateKey].filter((way) => way !== undefined).length;
  if (ways > 1 || (ways === 0 && tls?.certificateFile === undefined))
    throw new SourceFailure(`${name}: client credentials need clientSecret, privateKey or the certificate of tls`);
  const key = privateKey === undefined ? undefined : keyOf(name, privateKey, algorithm);
  const http = createJsonHttp({ name: `the token server of ${name}`, baseUrl: tokenUrl, ...(tls ? { tls } : {}) });
  let kept: { readonly token: string; readonly until: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function form(): Promise<URLSearchParams> {
    const fields = new URLSearchParams({ grant_type: 'client_credentials' });
    if (credentials.scope !== undefined) fields.set('scope', credentials.scope);
    if (clientSecret === undefined) fields.set('client_id', clientId);
    if (key === undefined) return fields;
    const seconds = Math.floor(now() / 1000);
    const { keyId } = credentials;
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(tokenUrl)
      .setJti(newId())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(key);
    fields.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    fields.set('client_assertion', assertion);
    return fields;
  }

  async function fetchToken(signal: AbortSignal): Promise<string> {
    const headers: Record<string, string> = {};
    if (clientSecret !== undefined) {
      const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
      headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    // Counted from before the request: the server's clock for it began no earlier.
    const asked = now();
    const explain = (body: unknown) => refusal.safeParse(body).data?.error;
    const { body } = await http.ask(tokenUrl, signal, { body: await form(), headers, explain });
    const answer = tokenAnswer.safeParse(body);
    if (!answer.success) throw new SourceFailure(`the token server of ${name} gave no bearer token`);
    const lives = answer.data.expires_in * 1000;
    kept = { token: answer.data.access_token, until: asked + lives - Math.min(MARGIN_MS, lives / 2) };
    return kept.token;
  }

  /** One fetch for all who wait, under its own deadline. */
  function fetchOnce(): Promise<string> {
    if (fetching) return fetching;
    const signal = AbortSignal.timeout(FETCH_DEADLINE_MS);
    const fetched = fetchToken(signal)
      .catch((error: unknown) => {
        throw signal.aborted ? new SourceFailure(`the token server of ${name} did not answer in time`) : error;
      })
      .finally(() => {
        fetching = undefined;
      });
    // All who waited may have gone.
    fetched.catch(() => undefined);
    fetching = fetched;
    return fetched;
  }

  const tokens = async (signal: AbortSignal): Promise<string> => {
    signal.throwIfAborted();
    if (kept && now() < kept.until) return kept.token;
    return untilAborted(fetchOnce(), signal);
  };
  const refused = (token: string): void => {
    if (kept?.token === token) kept = undefined;
  };
  return Object.assign(tokens, { refused });
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Read when the source is made, so that a wrong key stops the gateway at its start and not at its first question. */
function keyOf(name: string, text: string, algorithm: 'RS384' | 'ES384'): KeyObject {
  let key: KeyObject;
  try {
    key = text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text);
  } catch {
    throw new SourceFailure(`${name}: the private key cannot be read`);
  }
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const fits =
    algorithm === 'ES384' ? namedCurve === 'secp384r1' : key.asymmetricKeyType === 'rsa' && modulusLength >= 2048;
  if (!fits) throw new SourceFailure(`${name}: the private key is not one for ${algorithm}`);
  return key;
}
