/**
 * A domestic abuse service's case system as it would be: the contract of openapi.yaml over real HTTP on loopback, from a
 * folder's cases.json. For the demo and tests; holds worlds of tens of thousands of cases.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AgencyId, SourceId } from '../../src/domain/words.js';
import type { DomesticAbuseOptions } from './index.js';

const MOST_IDS = 500;
const MOST_BYTES = 1_000_000;

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

export interface Simulated<O> {
  readonly options: O;
  stop(): Promise<void>;
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
  const server = createServer(domesticAbuseHandler(cases, token));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    options: { ...identity, baseUrl: `http://127.0.0.1:${port}`, token },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The contract over these case documents, indexed once. */
export function domesticAbuseHandler(cases: readonly unknown[], token: string): RequestListener {
  const index = indexOf(cases as readonly Held[]);

  async function answer(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    if (request.headers.authorization !== `Bearer ${token}`) return [401, { error: 'unauthorized' }];
    const path = new URL(request.url ?? '/', 'http://simulator').pathname;
    if (request.method === 'GET' && path === '/health') return [200, { status: 'ok', contract: '1' }];
    if (request.method === 'GET' && path.startsWith('/cases/')) {
      const item = index.byCase.get(decodeURIComponent(path.slice('/cases/'.length)));
      return item ? [200, item] : [404, { error: 'no such case' }];
    }
    if (request.method !== 'POST') return [404, { error: 'no such path' }];
    const body = await jsonOf(request);
    if (body === undefined) return [400, { error: 'not a JSON object' }];
    if (path === '/cases/search') return index.search(body);
    if (path === '/persons/search') return index.find(body);
    return [404, { error: 'no such path' }];
  }

  return (request, response) => {
    answer(request).then(
      ([status, body]) => send(response, status, body),
      () => send(response, 500, { error: 'failed' }),
    );
  };
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
    search(body: Record<string, unknown>): [number, unknown] {
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
    find(body: Record<string, unknown>): [number, unknown] {
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

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

async function jsonOf(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BYTES) return undefined;
    parts.push(part as Buffer);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}
