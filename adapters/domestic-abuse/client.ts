/**
 * The transport: JSON over HTTP, searches by POST so that no identifier stands in an address. Every call throws as
 * `src/sources/json-http.ts` says, and the signal's reason once it is aborted. Messages hold neither content nor
 * identifiers.
 */
import type { z } from 'zod';
import { type CallOptions, type FindAsk, SourceFailure } from '../../src/sources/contract.js';
import { type ClientCertificate, createJsonHttp, type TokenSource } from '../../src/sources/json-http.js';
import { inItsTime, PERSONS_AT_ONCE } from '../../src/sources/listing.js';
import { caseIdOf, casesAnswer, healthAnswer, isId, listAnswer, personsAnswer } from './wire.js';

export interface DomesticAbuseClientOptions {
  /** Where the contract of openapi.yaml is served, e.g. `https://cases.service.example/threshold`. */
  readonly baseUrl: string;
  /** Bearer token, or what fetches a fresh one; none where the certificate of `tls` says who asks. */
  readonly token?: string | TokenSource;
  readonly tls?: ClientCertificate;
}

export interface DomesticAbuseClient {
  /** Throws unless the service is ready and speaks version 1 of the contract. */
  checkHealth(signal: AbortSignal): Promise<void>;
  /** Case documents, unread, on which these persons appear; each once. */
  casesOfPersons(persons: Iterable<string>, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Case documents, unread, that these workers or teams work; each once. */
  casesOfStaff(workers: Iterable<string>, teams: Iterable<string>, signal: AbortSignal): Promise<readonly unknown[]>;
  /** One document, unread; undefined when there is none. Asked for conditionally within one operation. */
  caseById(caseId: string, under: Pick<CallOptions, 'signal' | 'operation'>): Promise<unknown>;
  /** Ids as the service sent them. */
  personsNamed(ask: FindAsk, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Persons as the service sent them, page by page. Throws SourceFailure where the service gives no list. */
  everybody(signal: AbortSignal): AsyncIterable<readonly unknown[]>;
  close(): Promise<void>;
}

/** The most ids that one request may hold (openapi.yaml). */
export const MOST_IDS = 500;

export function createDomesticAbuseClient(options: DomesticAbuseClientOptions): DomesticAbuseClient {
  const { baseUrl, token, tls } = options;
  const name = 'the domestic abuse service';
  const http = createJsonHttp({ name, baseUrl, ...(token ? { token } : {}), ...(tls ? { tls } : {}) });

  const request = async (path: string, signal: AbortSignal, body?: object): Promise<unknown> =>
    (await http.ask(path, signal, body ? { body } : {})).body;

  /** One request for every 500 ids. A case that stands in several answers is kept once. */
  async function search(bodies: readonly object[], signal: AbortSignal): Promise<readonly unknown[]> {
    signal.throwIfAborted();
    const seen = new Map<string, string>();
    const documents: unknown[] = [];
    for (const body of bodies) {
      for (const document of expected(casesAnswer, await request('/cases/search', signal, body)).cases) {
        const id = caseIdOf(document);
        const known = id === undefined ? undefined : seen.get(id);
        const text = JSON.stringify(document);
        if (known !== undefined && known !== text)
          throw new SourceFailure('the domestic abuse service has two cases of one id');
        if (id !== undefined) seen.set(id, text);
        if (known === undefined) documents.push(document);
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
    async caseById(caseId, { signal, operation }) {
      signal.throwIfAborted();
      if (!isId(caseId)) return undefined;
      const within = operation === undefined ? {} : { within: operation };
      return (await http.ask(`/cases/${encodeURIComponent(caseId)}`, signal, { mayBeMissing: true, ...within })).body;
    },
    async personsNamed({ forename, surname, dateOfBirth }, signal) {
      const answer = await request('/persons/search', signal, {
        ...(forename === undefined ? {} : { forename }),
        ...(surname === undefined ? {} : { surname }),
        ...(dateOfBirth === undefined ? {} : { dateOfBirth }),
      });
      return expected(personsAnswer, answer).personIds;
    },
    async *everybody(signal) {
      signal.throwIfAborted();
      const seen = new Set<string>();
      let after: string | null = null;
      do {
        const body = { after, limit: PERSONS_AT_ONCE };
        const { body: answer } = await inItsTime(
          () => http.ask('/persons/list', signal, { body, mayBeMissing: true }),
          signal,
        );
        if (answer === undefined) throw new SourceFailure(`${name} gives no list of its persons`);
        const page: z.infer<typeof listAnswer> = expected(listAnswer, answer);
        yield page.persons;
        after = page.next;
        if (after !== null && seen.has(after)) throw new SourceFailure(`${name} pages without end`);
        if (after !== null) seen.add(after);
      } while (after !== null);
    },
    close: () => http.close(),
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
