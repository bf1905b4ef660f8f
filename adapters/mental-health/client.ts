/** FHIR R4 over HTTP: batched searches by POST, so that no identifier stands in an address (or in a proxy's log). */
import { isDeepStrictEqual } from 'node:util';
import { SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { type ClientCertificate, createJsonHttp, type TokenSource } from '../../src/sources/json-http.js';
import { inItsTime } from '../../src/sources/listing.js';
import { explain, refuseIncomplete } from './outcomes.js';
import { bundleSchema, capabilitySchema, FHIR_ID, type ResourceType, SEARCHED } from './wire.js';

export interface FhirClientOptions {
  /** The FHIR base, e.g. `https://fhir.trust.example/r4`. */
  readonly baseUrl: string;
  /** Bearer token, or what fetches a fresh one (SMART Backend Services); none where the network itself is trusted. */
  readonly token?: string | TokenSource;
  readonly tls?: ClientCertificate;
}

/** What a search found, unread. `rejected` counts entries that held no resource at all. */
export interface Found {
  readonly resources: readonly unknown[];
  /** What came along by `_include` or `_revinclude`. A server may leave some out without saying so. */
  readonly included: readonly unknown[];
  readonly rejected: number;
}

/** `Encounter:participant`-like: what a search of a type may bring along, e.g. `{ revinclude: 'PractitionerRole:practitioner' }`. */
export interface Along {
  readonly include?: string;
  readonly revinclude?: string;
}

export interface FhirClient {
  /** Throws SourceNotReady unless the server speaks R4 and searches these types by the parameters that the adapter needs. */
  checkCapabilities(types: readonly ResourceType[], signal: AbortSignal): Promise<void>;
  /** Whether the server said, when it was checked, that a search of this type can bring this along. */
  brings(type: ResourceType, along: Along): boolean;
  /** One search; every page of it. Values are escaped by the caller (see `escapeValue`). */
  search(type: ResourceType, query: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Found>;
  /** Every resource of a type, page by page: a search without criteria, which a server may refuse. */
  everything(type: ResourceType, signal: AbortSignal): AsyncIterable<Found>;
  /** Resources whose `parameter` is one of these ids: one search for every 100. Ids that FHIR does not allow match nothing. */
  searchIds(ask: IdSearch, signal: AbortSignal): Promise<Found>;
  close(): Promise<void>;
}

export interface IdSearch {
  readonly type: ResourceType;
  readonly parameter: string;
  readonly ids: Iterable<string>;
  /** Put before each id: `Patient/`. */
  readonly prefix?: string;
  readonly along?: Along;
}

export const NOTHING_FOUND: Found = Object.freeze({ resources: [], included: [], rejected: 0 });

const IDS_PER_SEARCH = 100;
const SEARCHES_AT_ONCE = 4;
const PAGE_SIZE = 500;
const MOST_PAGES = 1000;
/** Of a listing, however small the server makes its pages. */
const MOST_LISTED_PAGES = 1_000_000;

/** A value with the characters that mean something in a FHIR search escaped (R4 §3.1.1.4.3). */
export function escapeValue(value: string): string {
  return value.replace(/[\\,|$]/g, (character) => `\\${character}`);
}

/** Throws SourceFailure on any answer but a good one (SourceBusy on 429), and the signal's reason once it is aborted. */
export function createFhirClient(options: FhirClientOptions): FhirClient {
  const base = options.baseUrl.replace(/\/+$/, '');
  const http = createJsonHttp({
    name: 'the FHIR server',
    baseUrl: base,
    accept: 'application/fhir+json',
    headers: { prefer: 'handling=strict' },
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  const declared = new Set<string>();

  /** The entries of one page after another. `ask` may be more patient than one request. */
  async function* bundles(
    type: ResourceType,
    query: ReadonlyMap<string, string>,
    ask: (url: string, body?: URLSearchParams) => Promise<unknown>,
  ): AsyncGenerator<readonly { readonly resource?: unknown }[]> {
    const seen = new Set<string>();
    let url: string | undefined = `${base}/${type}/_search`;
    let body: URLSearchParams | undefined = new URLSearchParams([...query, ['_count', String(PAGE_SIZE)]]);
    while (url !== undefined) {
      if (seen.has(url)) throw new SourceFailure('the FHIR server pages without end');
      seen.add(url);
      const bundle = bundleSchema.safeParse(await ask(url, body));
      if (!bundle.success)
        throw new SourceFailure('the FHIR server answered a search with something other than a Bundle');
      yield bundle.data.entry ?? [];
      const next = bundle.data.link?.find((link) => link.relation === 'next')?.url;
      url = next === undefined ? undefined : absolute(next);
      body = undefined;
    }
  }

  const request = async (url: string, body: URLSearchParams | undefined, signal: AbortSignal): Promise<unknown> =>
    (await http.ask(url, signal, { explain, ...(body ? { body } : {}) })).body;

  /** Adds the resources of a page to those found; gives how many entries held none. */
  function addEach(entries: readonly { readonly resource?: unknown }[], all: Map<string, unknown>): number {
    let rejected = 0;
    for (const { resource } of entries) {
      const kind = kindOf(resource);
      if (kind === undefined) rejected += 1;
      else if (kind === 'OperationOutcome') refuseIncomplete(resource);
      else addOnce(all, kind, resource);
    }
    return rejected;
  }

  function foundIn(type: ResourceType, all: ReadonlyMap<string, unknown>, rejected: number): Found {
    const isMatch = (resource: unknown) => kindOf(resource) === type;
    const resources = [...all.values()];
    return {
      resources: resources.filter(isMatch),
      included: resources.filter((resource) => !isMatch(resource)),
      rejected,
    };
  }

  async function search(type: ResourceType, query: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Found> {
    const all = new Map<string, unknown>();
    let [rejected, pages] = [0, 0];
    for await (const entries of bundles(type, query, (url, body) => request(url, body, signal))) {
      pages += 1;
      if (pages > MOST_PAGES) throw new SourceFailure('the FHIR server pages without end');
      rejected += addEach(entries, all);
    }
    return foundIn(type, all, rejected);
  }

  /** Nothing of a page is kept when the next is asked for. */
  async function* everything(type: ResourceType, signal: AbortSignal): AsyncGenerator<Found> {
    let pages = 0;
    const ask = (url: string, body?: URLSearchParams) => inItsTime(() => request(url, body, signal), signal);
    for await (const entries of bundles(type, new Map(), ask)) {
      pages += 1;
      if (pages > MOST_LISTED_PAGES) throw new SourceFailure('the FHIR server pages without end');
      const all = new Map<string, unknown>();
      const rejected = addEach(entries, all);
      yield foundIn(type, all, rejected);
    }
  }

  /** A next link to anywhere else would carry the token there: `ask` refuses it. */
  function absolute(link: string): string {
    if (!URL.canParse(link, `${base}/`)) throw new SourceFailure('the FHIR server pages to another host');
    return new URL(link, `${base}/`).href;
  }

  function brings(type: ResourceType, { include, revinclude }: Along): boolean {
    return [include && `${type} _include ${include}`, revinclude && `${type} _revinclude ${revinclude}`].every(
      (wanted) => wanted === undefined || declared.has(wanted),
    );
  }

  return {
    search,
    everything,
    brings,
    close: () => http.close(),
    async checkCapabilities(types, signal) {
      const statement = capabilitySchema.safeParse((await http.ask('/metadata', signal, { explain })).body);
      if (!statement.success) throw new SourceNotReady('the FHIR server has no CapabilityStatement of the shape of R4');
      const { fhirVersion, rest, format } = statement.data;
      if (!fhirVersion.startsWith('4.0')) throw new SourceNotReady(`the server speaks FHIR ${fhirVersion}, not R4`);
      if (format && !format.some((one) => /json/i.test(one)))
        throw new SourceNotReady('the FHIR server speaks no JSON');
      const served = rest.filter((side) => side.mode === 'server').flatMap((side) => side.resource ?? []);
      const searched = served.filter((resource) => resource.interaction?.some(({ code }) => code === 'search-type'));
      const missing = types.filter((type) => !searched.some((resource) => resource.type === type));
      if (missing.length > 0) throw new SourceNotReady(`the FHIR server does not search ${missing.join(', ')}`);
      const unsearchable = types.flatMap((type) => {
        const parameters = searched.flatMap((one) => (one.type === type ? (one.searchParam ?? []) : []));
        return SEARCHED[type]
          .filter((needed) => !parameters.some(({ name }) => name === needed))
          .map((p) => `${type} by ${p}`);
      });
      if (unsearchable.length > 0)
        throw new SourceNotReady(`the FHIR server does not search ${unsearchable.join(', ')}`);
      declared.clear();
      for (const { type, searchInclude = [], searchRevInclude = [] } of searched) {
        for (const one of searchInclude) declared.add(`${type} _include ${one}`);
        for (const one of searchRevInclude) declared.add(`${type} _revinclude ${one}`);
      }
    },
    async searchIds({ type, parameter, ids, prefix = '', along = {} }, signal) {
      const values = [...new Set(ids)].filter((id) => FHIR_ID.test(id)).map((id) => prefix + id);
      const chunks: string[][] = [];
      for (let i = 0; i < values.length; i += IDS_PER_SEARCH) chunks.push(values.slice(i, i + IDS_PER_SEARCH));
      const brought = brings(type, along)
        ? Object.entries(along).map(([how, what]): [string, string] => [`_${how}`, what])
        : [];
      return together(
        await inTurns(chunks, (chunk) => search(type, new Map([[parameter, chunk.join(',')], ...brought]), signal)),
      );
    },
  };
}

/** Several searches as one. */
export function together(found: readonly Found[]): Found {
  return {
    resources: found.flatMap((one) => one.resources),
    included: found.flatMap((one) => one.included),
    rejected: found.reduce((sum, one) => sum + one.rejected, 0),
  };
}

/** Runs a few at once, in any order of completion; the first failure stops the rest from being begun. */
async function inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      try {
        results.push(await run(item));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(SEARCHES_AT_ONCE, items.length) }, lane));
  return results;
}

/**
 * The same resource twice (a page that shifted, an include of several pages) is one. Where the two differ, which one holds
 * cannot be told: its type and id alone are left, so that whoever reads it rejects it.
 */
function addOnce(all: Map<string, unknown>, kind: string, resource: unknown): void {
  const { id } = resource as { readonly id?: unknown };
  const key = typeof id === 'string' ? `${kind}/${id}` : `${kind} ${all.size}`;
  const former = all.get(key);
  all.set(key, former === undefined || isDeepStrictEqual(former, resource) ? resource : { resourceType: kind, id });
}

function kindOf(resource: unknown): string | undefined {
  if (resource === null || typeof resource !== 'object' || !('resourceType' in resource)) return undefined;
  return typeof resource.resourceType === 'string' ? resource.resourceType : undefined;
}
