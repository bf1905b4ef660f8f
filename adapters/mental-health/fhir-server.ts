/**
 * A small FHIR R4 server over loopback HTTP: search (GET and POST) by indexed parameters, `_include` and `_revinclude`,
 * pages with next links, read by id, a CapabilityStatement, OperationOutcome on errors, 429 to whoever asks too often.
 * Resources are kept as text and answered as they came.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FhirStore, referring, searchable } from './fhir-store.js';
import { RESOURCE_TYPES } from './wire.js';

export interface FhirServer {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

export interface FhirServerOptions {
  /** The bearer token insisted on, or what tells whether one is good; else anything without it is answered 401. */
  readonly token?: string | ((token: string) => boolean);
  /** The most requests of so many milliseconds; more are answered 429 with Retry-After. */
  readonly limit?: { readonly requests: number; readonly everyMs: number };
  /** Milliseconds; the machine's if not given. */
  readonly now?: () => number;
}

const BASE = '/r4';
const MOST_BODY_BYTES = 1_000_000;
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 500;
const MOST_OPEN_SEARCHES = 1_000;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A search: what was found, and what each page of it brings along. */
interface Search {
  readonly type: string;
  readonly ids: readonly string[];
  readonly count: number;
  /** `[Type, parameter]` of each _include and _revinclude. */
  readonly include: readonly (readonly [string, string])[];
  readonly revinclude: readonly (readonly [string, string])[];
}

/** Listens on a free port of 127.0.0.1. */
export async function startFhirServer(store: FhirStore, options: FhirServerOptions = {}): Promise<FhirServer> {
  const { token, limit, now = Date.now } = options;
  /** Searches whose later pages were not yet asked for. */
  const open = new Map<string, Search>();
  let searches = 0;
  let baseUrl = '';
  let window = { since: 0, requests: 0 };

  function page(search: Search, offset: number, key?: string): Answer {
    const { type, ids, count } = search;
    const links: object[] = [];
    if (offset + count < ids.length) {
      const name = key ?? String(++searches);
      open.set(name, search);
      for (const oldest of open.keys()) if (open.size > MOST_OPEN_SEARCHES) open.delete(oldest);
      links.push({ relation: 'next', url: `${baseUrl}?_getpages=${name}&_offset=${offset + count}` });
    }
    const matched = ids.slice(offset, offset + count);
    const along = new Set(matched.flatMap((id) => broughtAlong(search, id)));
    const entries = [
      ...matched.map((id) => entry(type, id, 'match')),
      ...[...along].map((reference) => {
        const [other = '', id = ''] = reference.split('/');
        return entry(other, id, 'include');
      }),
    ].filter((text) => text !== '');
    const head = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: ids.length, link: links });
    return { status: 200, body: `${head.slice(0, -1)},"entry":[${entries.join(',')}]}` };
  }

  function broughtAlong({ type, include, revinclude }: Search, id: string): string[] {
    return [
      ...include.flatMap(([, parameter]) => store.referred(type, id, parameter)),
      ...revinclude.flatMap(([other, parameter]) =>
        store.search(other, new Map([[parameter, [`${type}/${id}`]]])).map((found) => `${other}/${found}`),
      ),
    ];
  }

  function entry(type: string, id: string, mode: string): string {
    const text = store.text(type, id);
    if (text === undefined) return '';
    return `{"fullUrl":"${baseUrl}/${type}/${id}","search":{"mode":"${mode}"},"resource":${text}}`;
  }

  function search(type: string, parameters: URLSearchParams): Answer {
    const asked = new Map<string, readonly string[]>();
    const include: [string, string][] = [];
    const revinclude: [string, string][] = [];
    let count = DEFAULT_PAGE;
    for (const [name, value] of parameters) {
      const [from = '', by = ''] = value.split(':');
      if (name === '_count') {
        count = Math.min(LARGEST_PAGE, Number(value));
        if (!Number.isInteger(count) || count < 1) return outcome(400, 'invalid', '_count is not a positive number');
      } else if (name === '_include' && from === type && referring(type).includes(by)) include.push([from, by]);
      else if (name === '_revinclude' && revincludes(type).includes(value)) revinclude.push([from, by]);
      else if (!searchable(type).includes(name) || asked.has(name)) {
        return outcome(400, 'not-supported', 'a search parameter is not supported');
      } else asked.set(name, alternatives(value));
    }
    return page({ type, ids: store.search(type, asked), count, include, revinclude }, 0);
  }

  function isLetIn(header: string | undefined): boolean {
    if (token === undefined) return true;
    const given = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
    return given !== undefined && (typeof token === 'string' ? given === token : token(given));
  }

  /** Milliseconds until the next request is taken, when this one is too many. */
  function mustWait(): number | undefined {
    if (!limit) return undefined;
    if (now() - window.since >= limit.everyMs) window = { since: now(), requests: 0 };
    window.requests += 1;
    return window.requests > limit.requests ? window.since + limit.everyMs - now() : undefined;
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const wait = mustWait();
    if (wait !== undefined) {
      const headers = { 'retry-after': String(Math.ceil(wait / 1000)) };
      return { ...outcome(429, 'throttled', 'too many requests'), headers };
    }
    if (!isLetIn(request.headers.authorization)) return outcome(401, 'login', 'a valid bearer token is required');
    const url = new URL(request.url ?? '/', baseUrl);
    const [type, id, ...rest] = url.pathname
      .slice(BASE.length + 1)
      .split('/')
      .filter((part) => part !== '');
    if (!url.pathname.startsWith(BASE) || rest.length > 0) return outcome(404, 'not-found', 'no such path');
    const isPost = request.method === 'POST';
    if (!isPost && request.method !== 'GET') return outcome(405, 'not-supported', 'only GET and POST are supported');
    if (type === undefined && !isPost) {
      const search = open.get(url.searchParams.get('_getpages') ?? '');
      const offset = Number(url.searchParams.get('_offset'));
      if (!search || !Number.isInteger(offset)) return outcome(410, 'not-found', 'this page is no longer held');
      return page(search, offset, url.searchParams.get('_getpages') ?? '');
    }
    if (type === 'metadata' && id === undefined && !isPost) return { status: 200, body: capabilities(baseUrl) };
    if (!RESOURCE_TYPES.some((known) => known === type) || type === undefined) {
      return outcome(404, 'not-supported', 'this resource type is not held here');
    }
    if (id === '_search' && isPost) return search(type, new URLSearchParams(await bodyOf(request)));
    if (isPost) return outcome(405, 'not-supported', 'resources cannot be written here');
    if (id === undefined) return search(type, url.searchParams);
    const text = store.text(type, id);
    return text === undefined ? outcome(404, 'not-found', 'no such resource') : { status: 200, body: text };
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers } = await answer(request).catch(() =>
      outcome(400, 'invalid', 'the request cannot be read'),
    );
    response.writeHead(status, {
      'content-type': 'application/fhir+json; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    });
    response.end(body);
  }

  const server = createServer((request, response) => void respond(request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
  return {
    baseUrl,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The values of a parameter, any of which may match: split at commas that are not escaped. */
function alternatives(value: string): string[] {
  return [...value.matchAll(/(?:\\.|[^\\,])+/g)].map(([one]) => one.replace(/\\(.)/g, '$1'));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function outcome(status: number, code: string, diagnostics: string): Answer {
  const issue = [{ severity: 'error', code, diagnostics }];
  return { status, body: JSON.stringify({ resourceType: 'OperationOutcome', issue }) };
}

function capabilities(url: string): string {
  return JSON.stringify({
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-01',
    kind: 'instance',
    implementation: { description: 'Invented patients of the demonstration', url },
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        resource: RESOURCE_TYPES.map((type) => ({
          type,
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          searchParam: searchable(type).map((name) => ({ name, type: SEARCH_TYPES[name] ?? 'reference' })),
          searchInclude: referring(type).map((name) => `${type}:${name}`),
          searchRevInclude: revincludes(type),
        })),
      },
    ],
  });
}

/** `Type:parameter` of every reference that may point at this type. */
function revincludes(type: string): string[] {
  const parameters = POINTING[type] ?? [];
  return RESOURCE_TYPES.flatMap((other) =>
    referring(other)
      .filter((parameter) => parameters.includes(parameter))
      .map((parameter) => `${other}:${parameter}`),
  );
}

const POINTING: Readonly<Record<string, readonly string[]>> = {
  Patient: ['patient', 'subject'],
  Practitioner: ['care-manager', 'practitioner'],
  PractitionerRole: ['care-manager'],
  Encounter: ['encounter'],
};

const SEARCH_TYPES: Readonly<Record<string, string>> = {
  _id: 'token',
  _security: 'token',
  identifier: 'token',
  family: 'string',
  given: 'string',
  birthdate: 'date',
};
