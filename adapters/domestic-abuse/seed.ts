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
  readonly worker?: { readonly id?: string; readonly teamId?: string };
  readonly persons?: readonly HeldPerson[];
}
interface HeldPerson {
  readonly personId?: string;
  readonly role?: string;
  readonly forename?: string;
  readonly surname?: string;
  readonly dateOfBirth?: string | null;
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
  const of = (map: ReadonlyMap<string, Held[]>, ids: readonly string[]) => ids.flatMap((id) => map.get(id) ?? []);
  return {
    byCase,
    search(body: Record<string, unknown>): JsonReply {
      const { personIds, workerIds, teamIds } = body;
      const isByStaff = personIds === undefined && isStrings(workerIds) && isStrings(teamIds);
      if (!isByStaff && !isStrings(personIds)) return [400, { error: 'not a search' }];
      const lists = isByStaff ? [workerIds, teamIds] : [personIds as string[]];
      if (lists.flat().length > MOST_IDS) return [413, { error: 'too many ids' }];
      const found = isByStaff
        ? [...of(byWorker, workerIds), ...of(byTeam, teamIds)]
        : of(byPerson, personIds as string[]);
      return [200, { cases: [...new Set(found)] }];
    },
    find(body: Record<string, unknown>): JsonReply {
      const given = Object.entries(body);
      if (
        given.length < 2 ||
        given.some(([key, value]) => !['forename', 'surname', 'dateOfBirth'].includes(key) || typeof value !== 'string')
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
