/**
 * The transport: nDelius's API over HTTP. It has no batch: calls fan out, at most eight at once in one call of the adapter,
 * over kept-alive connections. Every call throws as `src/sources/json-http.ts` says (a case that does not exist is
 * `undefined`) and the signal's reason once it is aborted. Messages hold neither content nor CRNs.
 */
import type { z } from 'zod';
import { type CallOptions, type FindAsk, SourceFailure } from '../../src/sources/contract.js';
import { type ClientCertificate, createJsonHttp, type TokenSource } from '../../src/sources/json-http.js';
import { CRN, caseloadResponse, type LimitedAccess, limitedAccess, referenceData, searchResponse } from './wire.js';

export interface ProbationClientOptions {
  /** The API's base, e.g. `https://external-api-and-delius.hmpps.example`. */
  readonly baseUrl: string;
  /** Bearer token, or what fetches a fresh one (HMPPS Auth tokens are short-lived); none where the certificate of `tls` says who asks. */
  readonly token?: string | TokenSource;
  readonly tls?: ClientCertificate;
}

/** Under what a call runs; what it says of a case may be asked for conditionally within one operation. */
type Under = Pick<CallOptions, 'signal' | 'operation'>;

export interface ProbationClient {
  /** Throws unless the API accepts the token and answers with reference data. */
  check(signal: AbortSignal): Promise<void>;
  supervisions(crn: string, under: Under): Promise<unknown>;
  addresses(crn: string, under: Under): Promise<unknown>;
  accessLimitations(crn: string, signal: AbortSignal): Promise<LimitedAccess | undefined>;
  /** ProbationCaseDetails, unread, by name and birth date (aliases too) or by CRN. */
  search(ask: FindAsk | { readonly crn: string }, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Rows of our extension, unread. */
  caseload(
    usernames: readonly string[],
    teamCodes: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** The most ids one caseload request may hold (README). */
export const MOST_IDS = 500;
const AT_ONCE = 8;

export function createProbationClient(options: ProbationClientOptions): ProbationClient {
  const { baseUrl, token, tls } = options;
  const http = createJsonHttp({ name: 'nDelius', baseUrl, ...(token ? { token } : {}), ...(tls ? { tls } : {}) });

  const request = async (path: string, signal: AbortSignal, body?: object): Promise<unknown> =>
    (await http.ask(path, signal, body ? { body } : {})).body;

  /** An id that cannot be a CRN is a case that does not exist. */
  async function ofCase(crn: string, part: string, { signal, operation }: Under): Promise<unknown> {
    if (!CRN.test(crn)) return undefined;
    const within = operation === undefined ? {} : { within: operation };
    return (await http.ask(`/case/${encodeURIComponent(crn)}/${part}`, signal, { mayBeMissing: true, ...within })).body;
  }

  return {
    async check(signal) {
      expected(referenceData, await request('/reference-data', signal));
    },
    close: () => http.close(),
    supervisions: (crn, under) => ofCase(crn, 'supervisions', under),
    addresses: (crn, under) => ofCase(crn, 'addresses', under),
    async accessLimitations(crn, signal) {
      // In full each time: who may see is never taken from an earlier answer.
      const answer = await ofCase(crn, 'access-limitations', { signal });
      return answer === undefined ? undefined : expected(limitedAccess, answer);
    },
    async search(ask, signal) {
      const body =
        'crn' in ask
          ? { crn: ask.crn }
          : {
              ...(ask.forename === undefined ? {} : { firstName: ask.forename }),
              ...(ask.surname === undefined ? {} : { surname: ask.surname }),
              ...(ask.dateOfBirth === undefined ? {} : { dateOfBirth: ask.dateOfBirth }),
              includeAliases: true,
            };
      return expected(searchResponse, await request('/search/probation-cases', signal, body));
    },
    async caseload(usernames, teamCodes, signal) {
      signal.throwIfAborted();
      const ids = [...usernames.map((id) => ({ id, isTeam: false })), ...teamCodes.map((id) => ({ id, isTeam: true }))];
      const rows: unknown[] = [];
      for (let start = 0; start < ids.length; start += MOST_IDS) {
        const chunk = ids.slice(start, start + MOST_IDS);
        const body = {
          usernames: chunk.filter(({ isTeam }) => !isTeam).map(({ id }) => id),
          teamCodes: chunk.filter(({ isTeam }) => isTeam).map(({ id }) => id),
        };
        rows.push(...expected(caseloadResponse, await request('/caseload', signal, body)).crns);
      }
      return rows;
    },
  };
}

function expected<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new SourceFailure('nDelius does not answer in the shape of its API');
  return parsed.data;
}

/**
 * Runs `work` on every item, eight at a time, results in the items' order. The first failure stops the rest: their signal is
 * aborted and no further item begins. Each `work` must have at most one request under way. Rejects with the signal's
 * reason once it is aborted.
 */
export async function fanOut<T, R>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  signal.throwIfAborted();
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T, either);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane));
    return results;
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
