/** A SMART Backend Services token endpoint on loopback, as strict as the specification asks one to be. */
import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, exportJWK, exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { type Listening, listen } from '../http-server.js';

export interface TokenServer {
  readonly url: string;
  /** PKCS #8 of the client's key, whose public half the server knows as `kid`. */
  readonly privateKey: string;
  readonly kid: string;
  readonly clientId: string;
  /** What was asked: the scope, or why it was refused. */
  readonly log: string[];
  accepts(token: string): boolean;
  /** Forgets every token it issued, as after a restart. */
  forget(): void;
  stop(): Promise<void>;
}

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MOST_SECONDS = 300;

export async function startTokenServer(
  now: () => number,
  algorithm: 'ES384' | 'RS384' = 'ES384',
): Promise<TokenServer> {
  const clientId = 'threshold-alderbrook';
  const kid = 'key-1';
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwks = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }] });
  const issued = new Map<string, number>();
  const seen = new Set<string>();
  const log: string[] = [];
  let url = '';

  /** The answer to a request; throws on anything the specification forbids. */
  async function grant(form: URLSearchParams): Promise<object> {
    if (form.get('grant_type') !== 'client_credentials' || form.get('client_assertion_type') !== ASSERTION)
      throw new Error('wrong grant');
    const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion') ?? '', jwks, {
      algorithms: [algorithm],
      audience: url,
      issuer: clientId,
      subject: clientId,
      typ: 'JWT',
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(now()),
    });
    const { exp = Number.POSITIVE_INFINITY, jti = '' } = payload;
    if (protectedHeader.kid !== kid) throw new Error('no kid');
    if (exp > now() / 1000 + MOST_SECONDS) throw new Error('lives too long');
    if (seen.has(jti)) throw new Error('jti used before');
    seen.add(jti);
    const token = randomUUID();
    issued.set(token, now() + MOST_SECONDS * 1000);
    log.push(form.get('scope') ?? '');
    return { access_token: token, token_type: 'bearer', expires_in: MOST_SECONDS, scope: form.get('scope') };
  }

  const server: Listening = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await grant(new URLSearchParams(Buffer.concat(chunks).toString())).catch((error: Error) => {
      log.push(`refused: ${error.message}`);
      return undefined;
    });
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(answer ?? { error: 'invalid_client' }));
  });
  url = `${server.url}/token`;
  return {
    url,
    privateKey: await exportPKCS8(privateKey),
    kid,
    clientId,
    log,
    accepts: (token) => (issued.get(token) ?? 0) > now(),
    forget: () => issued.clear(),
    stop: server.stop,
  };
}
