/**
 * A domestic abuse service's case system as it would be: the contract of openapi.yaml over real HTTP on loopback, from a
 * folder's cases.json. For the demo and tests; holds worlds of tens of thousands of cases.
 */
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { AgencyId, SourceId } from '../../src/domain/words.js';
import {
  decodedSegment,
  isStrings,
  type JsonReply,
  jsonListener,
  push,
  type Simulated,
  serveOnLoopback,
} from '../../src/sources/json-server.js';
import type { DomesticAbuseOptions } from './index.js';

const MOST_IDS = 500;

/** A case document, read no further than the simulator needs: it passes on whatever it holds, malformed or not. */
interface Held {
  readonly caseId?: string;
  readonly workWith?: string;
  readonly openedOn?: string;
  readonly confidentiality?: string;
  readonly worker?: { readonly id?: string; readonly teamId?: string };
  readonly persons?: readonly HeldPerson[];
}
interface HeldPerson {
  readonly personId?: string;
  readonly role?: string;
  readonly forename?: string;
  readonly surname?: string;
  readonly dateOfBirth?: string | null;
  readonly sex?: string | null;
  readonly aliases?: unknown;
  readonly addresses?: readonly {
    readonly house?: string;
    readonly postcode?: string;
    readonly until?: string | null;
  }[];
  readonly locationProtected?: boolean;
}

/**
 * Serves `<folder>/cases.json` (a world's `sources/<id>`) on a free port of 127.0.0.1. Throws if the file is missing or
 * is not a JSON array. `stop` may be called twice.
 */
export async function simulateDomesticAbuse(
  folder: string,
  as: { readonly id: SourceId; readonly holder: AgencyId; readonly space?: SourceId; readonly token?: string },
): Promise<Simulated<DomesticAbuseOptions>> {
  const cases: unknown = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));
  if (!Array.isArray(cases)) throw new Error('cases.json of a domestic abuse source must be an array');
  const { token = 'simulated-domestic-abuse-token', ...identity } = as;
  const { url, stop } = await serveOnLoopback(domesticAbuseHandler(cases, token));
  return { options: { ...identity, baseUrl: url, token }, stop };
}

/** The contract over these case documents, indexed once. */
export function domesticAbuseHandler(cases: readonly unknown[], token: string): RequestListener {
  const index = indexOf(cases as readonly Held[]);

  return jsonListener(
    token,
    (status) => ({ error: status === 401 ? 'unauthorized' : 'failed' }),
    async ({ method, path, body }): Promise<JsonReply> => {
      if (method === 'GET' && path === '/health') return [200, { status: 'ok', contract: '1' }];
      if (method === 'GET' && path.startsWith('/cases/')) {
        const item = index.byCase.get(decodedSegment(path.slice('/cases/'.length)) ?? '');
        return item ? [200, item] : [404, { error: 'no such case' }];
      }
      if (method !== 'POST') return [404, { error: 'no such path' }];
      const asked = await body();
      if (asked === undefined) return [400, { error: 'not a JSON object' }];
      if (path === '/cases/search') return index.search(asked);
      if (path === '/persons/search') return index.find(asked);
      if (path === '/persons/list') return index.list(asked);
      return [404, { error: 'no such path' }];
    },
  );
}

function indexOf(cases: readonly Held[]) {
  const byCase = new Map<string, Held>();
  const byPerson = new Map<string, Held[]>();
  const byWorker = new Map<string, Held[]>();
  const byTeam = new Map<string, Held[]>();
  const clientsBySurname = new Map<string, HeldPerson[]>();
  const clientsByBirth = new Map<string, HeldPerson[]>();
  for (const item of cases) {
    if (item.caseId) byCase.set(item.caseId, item);
    if (item.worker?.id) push(byWorker, item.worker.id, item);
    if (item.worker?.teamId) push(byTeam, item.worker.teamId, item);
    for (const person of item.persons ?? []) {
      if (person.personId) push(byPerson, person.personId, item);
      if (person.role !== item.workWith) continue;
      if (person.surname) push(clientsBySurname, person.surname.toLowerCase(), person);
      if (person.dateOfBirth) push(clientsByBirth, person.dateOfBirth, person);
    }
  }
  const listed = [...byPerson.keys()].sort();
  const of = (map: ReadonlyMap<string, Held[]>, ids: readonly string[]) => ids.flatMap((id) => map.get(id) ?? []);
  return {
    byCase,
    search(body: Record<string, unknown>): JsonReply {
      const lists = Object.values(body);
      const isByStaff = hasExactly(body, ['workerIds', 'teamIds']);
      if (!(isByStaff || hasExactly(body, ['personIds'])) || !lists.every(isStrings))
        return [400, { error: 'not a search' }];
      if (lists.flat().length > MOST_IDS) return [413, { error: 'too many ids' }];
      const { personIds = [], workerIds = [], teamIds = [] } = body as Record<string, string[]>;
      const found = isByStaff ? [...of(byWorker, workerIds), ...of(byTeam, teamIds)] : of(byPerson, personIds);
      return [200, { cases: [...new Set(found)] }];
    },
    list(body: Record<string, unknown>): JsonReply {
      const { after, limit } = body;
      const isPage = after === null || (typeof after === 'string' && byPerson.has(after));
      const isLimit = Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= MOST_IDS;
      if (!hasExactly(body, ['after', 'limit']) || !isPage || !isLimit) return [400, { error: 'not a page' }];
      const from = after === null ? 0 : listed.indexOf(String(after)) + 1;
      const ids = listed.slice(from, from + Number(limit));
      const next = from + ids.length < listed.length ? (ids.at(-1) ?? null) : null;
      return [200, { persons: ids.map((id) => listedPerson(id, byPerson.get(id) ?? [])), next }];
    },
    find(body: Record<string, unknown>): JsonReply {
      const given = Object.entries(body);
      if (
        given.length < 2 ||
        given.some(
          ([key, value]) => !['forename', 'surname', 'dateOfBirth'].includes(key) || typeof value !== 'string',
        ) ||
        (body.dateOfBirth !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(String(body.dateOfBirth)))
      ) {
        return [400, { error: 'not a search' }];
      }
      const lower = (value: unknown) => String(value ?? '').toLowerCase();
      const candidates =
        body.surname === undefined
          ? clientsByBirth.get(String(body.dateOfBirth))
          : clientsBySurname.get(lower(body.surname));
      const isMatch = (person: HeldPerson) =>
        given.every(([key, value]) => lower(person[key as keyof HeldPerson]) === lower(value));
      return [200, { personIds: [...new Set((candidates ?? []).filter(isMatch).map(({ personId }) => personId))] }];
    },
  };
}

/** As the latest case that says it has the person; protected if any case protects them or is very restricted. */
function listedPerson(personId: string, cases: readonly Held[]): object {
  const onEach = [...cases]
    .sort((a, b) => (String(a.openedOn) < String(b.openedOn) ? 1 : -1))
    .flatMap((item) => (item.persons ?? []).filter((person) => person.personId === personId));
  const latest = (field: keyof HeldPerson) => onEach.map((person) => person[field]).find((value) => value != null);
  const addresses = onEach.flatMap((person) => person.addresses ?? []);
  const present = [...addresses].sort((a, b) => Number(Boolean(a.until)) - Number(Boolean(b.until)));
  return {
    personId,
    forename: latest('forename'),
    surname: latest('surname'),
    aliases: latest('aliases') ?? null,
    dateOfBirth: latest('dateOfBirth') ?? null,
    sex: latest('sex') ?? null,
    addresses: present.map(({ house, postcode }) => ({ house: house ?? null, postcode: postcode ?? null })),
    protected:
      onEach.some(({ locationProtected }) => locationProtected !== false) ||
      cases.some(({ confidentiality }) => confidentiality !== 'N' && confidentiality !== 'R'),
  };
}

function hasExactly(body: Record<string, unknown>, keys: readonly string[]): boolean {
  return Object.keys(body).length === keys.length && keys.every((key) => key in body);
}
