/**
 * How a web source is reached, as the sources file says it:
 *
 *   baseUrl: https://cases.service.example/threshold
 *   oauth: {tokenUrl: https://auth.example/token, clientId: threshold, clientSecret: {env: SECRET}, scope: read}
 *   tls: {certificateFile: /run/secrets/threshold.crt, keyFile: /run/secrets/threshold.key, authorityFile: …}
 *
 * `oauth` proves itself by `clientSecret`, by `privateKey` or `privateKeyFile` (with `keyId`, `algorithm`), or by the
 * certificate of its own `tls`. `token` is a fixed bearer token, for a test.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from './config.js';
import { clientCredentials } from './sources/client-credentials.js';
import { type Source, SourceFailure } from './sources/contract.js';
import type { TokenSource } from './sources/json-http.js';

const text = z.string().min(1);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether nobody between us and an address can read what is sent: encrypted, or on this machine. */
function isPrivate(address: string): boolean {
  if (!URL.canParse(address)) return true;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || LOOPBACK.has(hostname);
}

const address = z.url({ protocol: /^https?$/ }).refine(isPrivate, 'must be https');
const tls = z
  .strictObject({
    certificateFile: text.exactOptional(),
    keyFile: text.exactOptional(),
    passphrase: text.exactOptional(),
    authorityFile: text.exactOptional(),
  })
  .refine(
    ({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined),
    'certificateFile and keyFile belong together',
  );
const oauth = z
  .strictObject({
    tokenUrl: address,
    clientId: text,
    scope: text.exactOptional(),
    clientSecret: text.exactOptional(),
    privateKey: text.exactOptional(),
    privateKeyFile: text.exactOptional(),
    keyId: text.exactOptional(),
    algorithm: z.enum(['RS384', 'ES384']).exactOptional(),
    tls: tls.exactOptional(),
  })
  .refine(({ clientSecret, privateKey, privateKeyFile, tls }) => {
    const ways = [clientSecret, privateKey, privateKeyFile].filter((way) => way !== undefined).length;
    return ways === 1 || (ways === 0 && tls?.certificateFile !== undefined);
  }, 'needs exactly one of clientSecret, privateKey and privateKeyFile, or none and the certificate of its tls');

/** What the file says of a source that must know who asks: one of token and oauth, a client certificate, or both. */
const webSource = z
  .looseObject({
    id: text,
    holder: text,
    space: text.exactOptional(),
    baseUrl: address,
    token: text.exactOptional(),
    oauth: oauth.exactOptional(),
    tls: tls.exactOptional(),
  })
  .refine(({ token, oauth }) => token === undefined || oauth === undefined, 'has token and oauth: one of them')
  .refine(
    ({ token, oauth, tls }) => [token, oauth, tls?.certificateFile].some((way) => way !== undefined),
    'needs oauth, a client certificate (tls), or a token',
  );

type WebSettings = z.infer<typeof webSource> & { readonly now: () => string };

/**
 * An adapter of a web source as the sources file lists it: the shape of its settings, and how it is made of them. `create`
 * throws ConfigError when a key or certificate cannot be read or used, naming the source and setting; never a secret or a
 * path.
 */
export function overWeb<O>(create: (options: O) => Source): {
  readonly shape: z.ZodType;
  readonly create: (settings: WebSettings) => Source;
} {
  return {
    shape: webSource,
    create: ({ oauth, ...options }) => {
      try {
        return create({ ...options, ...(oauth ? { token: tokensOf(options.id, oauth, options.now) } : {}) } as O);
      } catch (error) {
        if (error instanceof SourceFailure) throw new ConfigError(`source ${options.id}: ${error.message}`);
        throw error;
      }
    },
  };
}

function tokensOf(id: string, { privateKeyFile, ...given }: z.infer<typeof oauth>, now: () => string): TokenSource {
  const key = privateKeyFile === undefined ? {} : { privateKey: keyIn(privateKeyFile) };
  return clientCredentials(id, { ...given, ...key }, { now: () => Date.parse(now()), newId: randomUUID });
}

function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new SourceFailure('the file of privateKeyFile cannot be read');
  }
}
