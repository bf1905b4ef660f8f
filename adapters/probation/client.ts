/**
 * The transport: nDelius's API over HTTP with a bearer token. It has no batch: calls fan out, at most eight at once in one
 * call of the adapter, over kept-alive connections. Every call throws SourceFailure on any answer but a good one (a case
 * that does not exist is `undefined`) and the signal's reason once it is aborted. Messages hold neither content nor CRNs.
 */
import type { z } from 'zod';
import { type FindAsk, SourceFailure } from '../../src/sources/contract.js';
import { CRN, caseloadResponse, type LimitedAccess, limitedAccess, referenceData, searchResponse } from './wire.js';

export interface ProbationClientOptions {
  /** The API's base, e.g. `https://external-api-and-delius.hmpps.example`. */
  readonly baseUrl: string;
  /** Bearer token, or what fetches a fresh one (HMPPS Auth tokens are short-lived). */
  readonly token: string | ((signal: AbortSignal) => Promise<string>);
}

export interface ProbationClient {
  /** Throws unless the API accepts the token and answers with reference data. */
  check(signal: AbortSignal): Promise<void>;
  supervisions(crn: string, signal: AbortSignal): Promise<unknown>;
  addresses(crn: string, signal: AbortSignal): Promise<unknown>;
  accessLimitations(crn: string, signal: AbortSignal): Promise<LimitedAccess | undefined>;
  /** ProbationCaseDetails, unread, by name and birth date (aliases too) or by CRN. */
  search(ask: FindAsk | { readonly crn: string }, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Rows of our extension, unread. */
  caseload(
    usernames: readonly string[],
    teamCodes: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly unknown[]>;
}

/** The most ids one caseload request may hold (README). */
export const MOST_IDS = 500;
const AT_ONCE = 8;

export function createProbationClient(options: ProbationClientOptions): ProbationClient {
  const base = options.baseUrl.replace(/\/+$/, '');

  async function request(path: string, signal: AbortSignal, body?: object): Promise<unknown> {
    signal.throwIfAborted();
    try {
      const token = typeof options.token === 'function' ? await options.token(signal) : options.token;
      const response = await fetch(`${base}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        redirect: 'error',
        signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (response.ok) return await response.json();
      if (response.status === 404 && path.startsWith('/case/')) {
        await response.arrayBuffer(); // read to its end, so that the connection is kept
        return undefined;
      }
      await response.body?.cancel();
      throw new SourceFailure(`nDelius answered with status ${response.status}`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SourceFailure) throw error;
      if (error instanceof SyntaxError) throw new SourceFailure('nDelius answered with something other than JSON');
      throw new SourceFailure('nDelius cannot be reached');
    }
  }

  /** An id that cannot be a CRN is a case that does not exist. */
  const ofCase = async (crn: string, part: string, signal: AbortSignal) =>
    CRN.test(crn) ? request(`/case/${encodeURIComponent(crn)}/${part}`, signal) : undefined;

  return {
    async check(signal) {
      expected(referenceData, await request('/reference-data', signal));
    },
    supervisions: (crn, signal) => ofCase(crn, 'supervisions', signal),
    addresses: (crn, signal) => ofCase(crn, 'addresses', signal),
    async accessLimitations(crn, signal) {
      const answer = await ofCase(crn, 'access-limitations', signal);
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
