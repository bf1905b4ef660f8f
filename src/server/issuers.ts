/** Who may issue tokens, for which agencies, and with which keys: the shape of `THRESHOLD_ISSUERS`. */
import type { JWK } from 'jose';
import { z } from 'zod';

/** Signature algorithms that an issuer may be configured with: asymmetric only, so no key that verifies can sign. */
export const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Whether a host name of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.has(hostname);
}

const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']), kid: z.string().min(1).optional() })
  .refine((key) => !('d' in key), { error: 'holds a private key: give the public one' })
  .transform((key) => key as JWK);

const keysUrl = z.url({ protocol: /^https?$/ }).refine(
  (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname } = new URL(value);
    return protocol === 'https:' || isLoopback(hostname);
  },
  { error: 'must be https (http only on this machine): whoever can change the keys can sign in as anybody' },
);

export const issuerSchema = z
  .strictObject({
    /** Compared with the token's `iss`, character by character. */
    issuer: z.string().min(1).max(500),
    /** The agencies whose workers it may speak for. */
    agencies: z.array(z.string().min(1)).min(1),
    audience: z.string().min(1),
    jwks_uri: keysUrl.optional(),
    jwks: z.object({ keys: z.array(publicKey).min(1) }).optional(),
    algorithms: z
      .array(z.enum(ALGORITHMS))
      .min(1)
      .default([...ALGORITHMS]),
    /** The `typ` header a token must carry (`at+jwt` for RFC 9068 access tokens); not checked when absent. */
    typ: z.string().min(1).optional(),
  })
  .refine(({ jwks_uri, jwks }) => (jwks_uri === undefined) !== (jwks === undefined), {
    error: 'needs either jwks_uri or jwks',
  });

export const issuersSchema = z
  .array(issuerSchema)
  .min(1)
  .refine((list) => new Set(list.map(({ issuer }) => issuer)).size === list.length, { error: 'names an issuer twice' });

export type Issuer = z.output<typeof issuerSchema>;
