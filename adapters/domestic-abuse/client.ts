/**
 * The transport: JSON over HTTP with a bearer token, searches by POST so that no identifier stands in an address.
 * Every call throws SourceFailure on any answer but a good one, SourceNotReady on 503, and the signal's reason once it
 * is aborted. Messages hold neither content nor identifiers.
 */
import type { z } from 'zod';
import { type FindAsk, SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { caseIdOf, casesAnswer, healthAnswer, isId, personsAnswer } from './wire.js';

export interface DomesticAbuseClientOptions {
  /** Where the contract of openapi.yaml is served, e.g. `https://cases.service.example/threshold`. */
  readonly baseUrl: string;
  /** Bearer token, or what fetches a fresh one. */
  readonly token: string | ((signal: AbortSignal) => Promise<string>);
}

export interface DomesticAbuseClient {
  /** Throws unless the service is ready and speaks version 1 of the contract. */
  checkHealth(signal: AbortSignal): Promise<void>;
  /** Case documents, unread, on which these persons appear; each once. */
  casesOfPersons(persons: Iterable<string>, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Case documents, unread, that these workers or teams work; each once. */
  casesOfStaff(workers: Iterable<string>, teams: Iterable<string>, signal: AbortSignal): Promise<readonly unknown[]>;
  caseById(caseId: string, signal: AbortSignal): Promise<unknown>;
  /** Ids as the service sent them. */
  personsNamed(ask: FindAsk, signal: AbortSignal): Promise<readonly unknown[]>;
}

/** The most ids that one request may hold (openapi.yaml). */
export const MOST_IDS = 500;

export function createDomesticAbuseClient(options: DomesticAbuseClientOptions): DomesticAbuseClient {
  const base = options.baseUrl.replace(/\/+$/, '');

  /** The answer's JSON; undefined for 404, which only a path with an id in it may give. */
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
      if (response.status === 404 && path.startsWith('/cases/') && !body) {
        await response.arrayBuffer(); // read to its end, so that the connection is kept
        return undefined;
      }
      await response.body?.cancel();
      if (response.status === 503) throw new SourceNotReady('the domestic abuse service is not ready to be read');
      throw new SourceFailure(`the domestic abuse service answered with status ${response.status}`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SourceFailure || error instanceof SourceNotReady) throw error;
      if (error instanceof SyntaxError)
        throw new SourceFailure('the domestic abuse service answered with something other than JSON');
      throw new SourceFailure('the domestic abuse service cannot be reached');
    }
  }

  /** One request for every 500 ids. A case that stands in several answers is kept once. */
  async function search(bodies: readonly object[], signal: AbortSignal): Promise<readonly unknown[]> {
    signal.throwIfAborted();
    const seen = new Set<string>();
    const documents: unknown[] = [];
    for (const body of bodies) {
      for (const document of expected(casesAnswer, await request('/cases/search', signal, body)).cases) {
        const id = caseIdOf(document);
        if (id !== undefined && seen.has(id)) continue;
        if (id !== undefined) seen.add(id);
        documents.push(document);
      }
    }
    return documents;
  }

  return {
    async checkHealth(signal) {
      expected(healthAnswer, await request('/health', signal));
    },
    casesOfPersons: (persons, signal) =>
      search(
        chunks([...new Set(persons)].filter(isId)).map((personIds) => ({ personIds })),
        signal,
      ),
    casesOfStaff(workers, teams, signal) {
      const staff = [
        ...[...new Set(workers)].filter(isId).map((id) => ({ id, isTeam: false })),
        ...[...new Set(teams)].filter(isId).map((id) => ({ id, isTeam: true })),
      ];
      const bodies = chunks(staff).map((chunk) => ({
        workerIds: chunk.filter(({ isTeam }) => !isTeam).map(({ id }) => id),
        teamIds: chunk.filter(({ isTeam }) => isTeam).map(({ id }) => id),
      }));
      return search(bodies, signal);
    },
    async caseById(caseId, signal) {
      signal.throwIfAborted();
      return isId(caseId) ? request(`/cases/${encodeURIComponent(caseId)}`, signal) : undefined;
    },
    async personsNamed({ forename, surname, dateOfBirth }, signal) {
      const answer = await request('/persons/search', signal, {
        ...(forename === undefined ? {} : { forename }),
        ...(surname === undefined ? {} : { surname }),
        ...(dateOfBirth === undefined ? {} : { dateOfBirth }),
      });
      return expected(personsAnswer, answer).personIds;
    },
  };
}

function expected<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success)
    throw new SourceFailure('the domestic abuse service does not answer in the shape of its contract');
  return parsed.data;
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / MOST_IDS) }, (_, i) =>
    items.slice(i * MOST_IDS, (i + 1) * MOST_IDS),
  );
}
