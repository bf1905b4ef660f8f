/** FHIR R4 over HTTP: batched searches by POST, so that no identifier stands in an address (or in a proxy's log). */
import { SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { createJsonHttp } from '../../src/sources/json-http.js';
import {
  bundleSchema,
  capabilitySchema,
  FHIR_ID,
  operationOutcomeSchema,
  RESOURCE_TYPES,
  type ResourceType,
} from './wire.js';

export interface FhirClientOptions {
  /** The FHIR base, e.g. `https://fhir.trust.example/r4`. */
  readonly baseUrl: string;
  /** Bearer token, or what fetches a fresh one; none where the network itself is trusted. */
  readonly token?: string | ((signal: AbortSignal) => Promise<string>);
}

/** What a search found, unread. `rejected` counts entries that held no resource at all. */
export interface Found {
  readonly resources: readonly unknown[];
  readonly rejected: number;
}

export interface FhirClient {
  /** Throws SourceNotReady unless the server speaks R4 and searches every type the adapter needs. */
  checkCapabilities(signal: AbortSignal): Promise<void>;
  /** One search; every page of it. Values are escaped by the caller (see `escapeValue`). */
  search(type: ResourceType, query: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Found>;
  /** Resources whose `parameter` is one of these ids: one search for every 100. Ids that FHIR does not allow match nothing. */
  searchIds(
    type: ResourceType,
    parameter: string,
    ids: Iterable<string>,
    signal: AbortSignal,
    prefix?: string,
  ): Promise<Found>;
}

const IDS_PER_SEARCH = 100;
const SEARCHES_AT_ONCE = 4;
const PAGE_SIZE = 500;
const MOST_PAGES = 1000;
/** Issues after which what was returned is not all there is (R4 issue-type). */
const INCOMPLETE = new Set(['incomplete', 'timeout', 'throttled', 'too-costly', 'not-supported', 'exception']);

/** A value with the characters that mean something in a FHIR search escaped (R4 §3.1.1.4.3). */
export function escapeValue(value: string): string {
  return value.replace(/[\\,|$]/g, (character) => `\\${character}`);
}

/** Throws SourceFailure on any answer but a good one, and the signal's reason once it is aborted. */
export function createFhirClient(options: FhirClientOptions): FhirClient {
  const base = options.baseUrl.replace(/\/+$/, '');
  const origin = new URL(base).origin;

  const http = createJsonHttp({
    name: 'the FHIR server',
    baseUrl: base,
    accept: 'application/fhir+json',
    headers: { prefer: 'handling=strict' },
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  const ask = async (url: string, body: URLSearchParams | undefined, signal: AbortSignal): Promise<unknown> =>
    (await http.ask(url, signal, body ? { body } : {})).body;

  async function search(type: ResourceType, query: ReadonlyMap<string, string>, signal: AbortSignal): Promise<Found> {
    const resources: unknown[] = [];
    const seen = new Set<string>();
    const texts = new Map<unknown, string>();
    /** Throws where two resources under one id say otherwise: which is true cannot be known. */
    const isNew = (resource: object) => {
      const { id } = resource as { readonly id?: unknown };
      const text = JSON.stringify(resource);
      const known = id === undefined ? undefined : texts.get(id);
      if (known !== undefined && known !== text) throw new SourceFailure('the FHIR server has two resources of one id');
      texts.set(id, text);
      return known === undefined;
    };
    let rejected = 0;
    let url: string | undefined = `${base}/${type}/_search`;
    let body: URLSearchParams | undefined = new URLSearchParams([...query, ['_count', String(PAGE_SIZE)]]);
    while (url !== undefined) {
      if (seen.size >= MOST_PAGES || seen.has(url)) throw new SourceFailure('the FHIR server pages without end');
      seen.add(url);
      const bundle = bundleSchema.safeParse(await ask(url, body, signal));
      if (!bundle.success)
        throw new SourceFailure('the FHIR server answered a search with something other than a Bundle');
      for (const { resource } of bundle.data.entry ?? []) {
        const kind = kindOf(resource);
        if (kind === undefined) rejected += 1;
        else if (kind === 'OperationOutcome') refuseIncomplete(resource);
        else if (kind === type && isNew(resource as object)) resources.push(resource);
      }
      const next = bundle.data.link?.find((link) => link.relation === 'next')?.url;
      url = next === undefined ? undefined : sameOrigin(next);
      body = undefined;
    }
    return { resources, rejected };
  }

  /** A next link to anywhere else would carry the token there. */
  function sameOrigin(link: string): string {
    if (!URL.canParse(link, `${base}/`) || new URL(link, `${base}/`).origin !== origin) {
      throw new SourceFailure('the FHIR server pages to another host');
    }
    return new URL(link, `${base}/`).href;
  }

  return {
    search,
    async checkCapabilities(signal) {
      const statement = capabilitySchema.safeParse(await ask(`${base}/metadata`, undefined, signal));
      if (!statement.success) throw new SourceNotReady('the FHIR server has no CapabilityStatement of the shape of R4');
      const { fhirVersion, rest } = statement.data;
      if (!fhirVersion.startsWith('4.0')) throw new SourceNotReady(`the server speaks FHIR ${fhirVersion}, not R4`);
      const searched = rest
        .filter((side) => side.mode === 'server')
        .flatMap((side) => side.resource ?? [])
        .filter((resource) => resource.interaction?.some((interaction) => interaction.code === 'search-type'));
      const missing = RESOURCE_TYPES.filter((type) => !searched.some((resource) => resource.type === type));
      if (missing.length > 0) throw new SourceNotReady(`the FHIR server does not search ${missing.join(', ')}`);
    },
    async searchIds(type, parameter, ids, signal, prefix = '') {
      const values = [...new Set(ids)].filter((id) => FHIR_ID.test(id)).map((id) => prefix + id);
      const chunks: string[][] = [];
      for (let i = 0; i < values.length; i += IDS_PER_SEARCH) chunks.push(values.slice(i, i + IDS_PER_SEARCH));
      const found = await inTurns(chunks, (chunk) => search(type, new Map([[parameter, chunk.join(',')]]), signal));
      return {
        resources: found.flatMap((one) => one.resources),
        rejected: found.reduce((sum, one) => sum + one.rejected, 0),
      };
    },
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

function kindOf(resource: unknown): string | undefined {
  if (resource === null || typeof resource !== 'object' || !('resourceType' in resource)) return undefined;
  return typeof resource.resourceType === 'string' ? resource.resourceType : undefined;
}

/** A search that the server itself says it could not finish is a failure, not a shorter list. */
function refuseIncomplete(resource: unknown): void {
  const outcome = operationOutcomeSchema.safeParse(resource);
  const grave = outcome.success
    ? outcome.data.issue.some((i) => i.severity === 'fatal' || i.severity === 'error' || INCOMPLETE.has(i.code))
    : true;
  if (grave) throw new SourceFailure('the FHIR server could not finish a search');
}
