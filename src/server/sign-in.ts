/**
 * From a bearer token to who asks. A token is hostile until the last step; the steps stand in `verify`, in order.
 * Sources: RFC 6750 (bearer), RFC 7519 (JWT), RFC 8725 (best current practice: pinned algorithms, issuer, audience, typ).
 */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { ROLES, type Role } from '../domain/words.js';
import type { Issuer } from './issuers.js';

/** Who is signed in, as their agency's identity provider says. The directory must still know them. */
export interface SignedIn {
  readonly worker: string;
  readonly name: string;
  readonly agency: string;
  readonly roles: readonly Role[];
}

/** Rejects with SignInRefused, whatever is wrong. */
export type SignIn = (authorizationHeader: string | undefined) => Promise<SignedIn>;

/** Nobody is told why: no message, no cause. The reason goes to `refused`, for the log and the count. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

export const REFUSAL_REASONS = [
  'NO_TOKEN',
  'NOT_BEARER',
  'OVERSIZED',
  'MALFORMED',
  'UNKNOWN_ISSUER',
  'KEYS_UNAVAILABLE',
  'UNKNOWN_KEY',
  'ALGORITHM',
  'SIGNATURE',
  'AUDIENCE',
  'TYPE',
  'EXPIRED',
  'NOT_YET_VALID',
  'TOO_LONG_LIVED',
  'CLAIMS',
  'AGENCY',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface SignInOptions {
  /** The clock of the world that issues tokens: the real one, also in the demo. */
  readonly now: () => Date;
  /** Told the reason of every refusal, and nothing else of the token. */
  readonly refused: (reason: RefusalReason) => void;
  /** Fetches remote key sets; the platform's own when absent. */
  readonly fetch?: FetchImplementation;
}

const MOST_BYTES = 8 * 1024;
const LONGEST_SECONDS = 12 * 60 * 60;
const CLOCK_TOLERANCE_SECONDS = 5;
const KEY_FETCH_MS = 2_000;
/** How soon after a fetch an unknown `kid` may cause another one: a flood of invented ones reaches nobody. */
const KEY_COOLDOWN_MS = 30_000;
const KEY_MAX_AGE_MS = 10 * 60_000;
/** How long after a failed fetch none is tried: while a provider is down, tokens that claim to be its own reach nobody. */
const KEY_RETRY_MS = 1_000;

const claimsSchema = z.object({
  sub: z.string().regex(/^[\x21-\x7e]{1,128}$/),
  agency: z.string().min(1).max(128),
  roles: z
    .array(z.enum(ROLES))
    .min(1)
    .max(ROLES.length)
    .refine((roles) => new Set(roles).size === roles.length),
  name: z.string().max(200).optional(),
  exp: z.number(),
  nbf: z.number(),
  iat: z.number().optional(),
});

interface Known {
  readonly issuer: Issuer;
  readonly keys: JWTVerifyGetKey;
}

/**
 * Prepares sign-in for these issuers. Key sets are fetched when first needed, kept ten minutes, and fetched again for an
 * unknown key at most every 30 seconds. A key set that cannot be fetched refuses everybody of that issuer.
 */
export function createSignIn(issuers: readonly Issuer[], options: SignInOptions): SignIn {
  const known = new Map<string, Known>(
    issuers.map((issuer) => [issuer.issuer, { issuer, keys: keysOf(issuer, options) }]),
  );
  return async (header) => {
    try {
      return await verify(header, known, options.now());
    } catch (error) {
      options.refused(reasonOf(error));
      throw new SignInRefused();
    }
  };
}

async function verify(header: string | undefined, known: ReadonlyMap<string, Known>, now: Date): Promise<SignedIn> {
  const token = readToken(header);
  const { issuer, keys } = issuerOf(token, known);
  const { payload } = await jwtVerify(token, keys, {
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: issuer.algorithms,
    ...(issuer.typ === undefined ? {} : { typ: issuer.typ }),
    requiredClaims: ['exp', 'nbf', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: now,
  });
  return readClaims(payload, issuer);
}

/** The size is judged on the whole header, before anything looks into it. */
function readToken(header: string | undefined): string {
  if (header === undefined || header === '') throw new Refused('NO_TOKEN');
  if (Buffer.byteLength(header) > MOST_BYTES) throw new Refused('OVERSIZED');
  const token = /^bearer +([A-Za-z0-9_.-]+)$/i.exec(header)?.[1];
  if (token === undefined) throw new Refused('NOT_BEARER');
  return token;
}

/** What the token says of itself only chooses the keys that must prove it. */
function issuerOf(token: string, known: ReadonlyMap<string, Known>): Known {
  const { iss } = decodeJwt(token);
  const found = typeof iss === 'string' ? known.get(iss) : undefined;
  if (!found) throw new Refused('UNKNOWN_ISSUER');
  return found;
}

function readClaims(payload: JWTPayload, issuer: Issuer): SignedIn {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw new Refused('CLAIMS');
  const { sub, agency, roles, name, exp, nbf, iat } = parsed.data;
  if (exp - Math.min(nbf, iat ?? nbf) > LONGEST_SECONDS) throw new Refused('TOO_LONG_LIVED');
  if (!issuer.agencies.includes(agency)) throw new Refused('AGENCY');
  return { worker: sub, name: name ?? sub, agency, roles };
}

function keysOf({ jwks, jwks_uri }: Issuer, options: SignInOptions): JWTVerifyGetKey {
  if (jwks) return createLocalJWKSet(jwks);
  if (jwks_uri === undefined) throw new TypeError('an issuer needs jwks_uri or jwks');
  return createRemoteJWKSet(new URL(jwks_uri), {
    timeoutDuration: KEY_FETCH_MS,
    cooldownDuration: KEY_COOLDOWN_MS,
    cacheMaxAge: KEY_MAX_AGE_MS,
    [customFetch]: patientFetch(options),
  });
}

function patientFetch({ fetch = globalThis.fetch, now }: SignInOptions): FetchImplementation {
  let notBefore = 0;
  return async (url, init) => {
    if (now().getTime() < notBefore) throw new Refused('KEYS_UNAVAILABLE');
    notBefore = now().getTime() + KEY_RETRY_MS;
    const response = await fetch(url, init);
    if (response.status === 200) notBefore = 0;
    return response;
  };
}

class Refused extends Error {
  constructor(readonly reason: RefusalReason) {
    super();
  }
}

function reasonOf(error: unknown): RefusalReason {
  if (error instanceof Refused) return error.reason;
  if (error instanceof errors.JWTExpired) return 'EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIM_REASONS.get(error.claim) ?? 'CLAIMS';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'ALGORITHM';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'SIGNATURE';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'UNKNOWN_KEY';
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'MALFORMED';
  if (error instanceof errors.JOSENotSupported) return 'ALGORITHM';
  return 'KEYS_UNAVAILABLE';
}

const CLAIM_REASONS: ReadonlyMap<string, RefusalReason> = new Map([
  ['aud', 'AUDIENCE'],
  ['nbf', 'NOT_YET_VALID'],
  ['typ', 'TYPE'],
]);
