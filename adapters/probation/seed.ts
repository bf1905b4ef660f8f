/**
 * nDelius as it would be: the paths of its OpenAPI that this adapter uses, in their own shapes, over real HTTP on
 * loopback, from a folder's cases.json; and our caseload extension. For the demo and tests.
 */
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { AgencyId, SourceId } from '../../src/domain/words.js';
import {
  decodedSegment,
  isStrings,
  type JsonAsked,
  type JsonReply,
  jsonListener,
  push,
  type Simulated,
  serveOnLoopback,
} from '../../src/sources/json-server.js';
import type { ProbationOptions } from './index.js';

const MOST_IDS = 500;
const REFERENCE_DATA = {
  probationReferenceData: {
    GENDER: [
      { code: 'F', description: 'Female' },
      { code: 'M', description: 'Male' },
    ],
  },
};

/** One element of cases.json, read no further than the simulator needs: the rest is passed on as it is. */
interface Held {
  readonly crn: string;
  readonly detail: Named & { readonly offenderAliases?: readonly Named[] };
  readonly supervisions?: {
    readonly communityManager?: {
      readonly username?: string;
      readonly allocated?: boolean;
      readonly team?: { readonly code?: string };
    };
    readonly supervisions?: readonly { readonly active?: boolean; readonly date?: string }[];
  };
  readonly addresses?: unknown;
  readonly accessLimitations?: unknown;
}
interface Named {
  readonly firstName?: string;
  readonly surname?: string;
  readonly dateOfBirth?: string;
}

/**
 * Serves `<folder>/cases.json` (a world's `sources/<id>`) on a free port of 127.0.0.1. Throws if the file is missing or
 * is not a JSON array. `stop` may be called twice.
 */
export async function simulateProbation(
  folder: string,
  as: { readonly id: SourceId; readonly holder: AgencyId; readonly space?: SourceId; readonly token?: string },
): Promise<Simulated<ProbationOptions>> {
  const cases: unknown = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));
  if (!Array.isArray(cases)) throw new Error('cases.json of a probation source must be an array');
  const { token = 'simulated-probation-token', ...identity } = as;
  const { url, stop } = await serveOnLoopback(probationHandler(cases as readonly Held[], token));
  return { options: { ...identity, baseUrl: url, token }, stop };
}

/** The API over these cases, indexed once. A case without accessLimitations cannot be asked for them: status 500. */
export function probationHandler(cases: readonly Held[], token: string): RequestListener {
  const index = indexOf(cases);

  return jsonListener(
    token,
    (status) => problem(status, status === 401 ? 'Unauthorized' : 'Failed'),
    async ({ method, path, body }: JsonAsked): Promise<JsonReply> => {
      if (method === 'GET') {
        if (path === '/reference-data') return [200, REFERENCE_DATA];
        const [, crn = '', part = ''] =
          /^\/case\/([^/]+)\/(supervisions|addresses|access-limitations)$/.exec(path) ?? [];
        const held = index.byCrn.get(decodedSegment(crn) ?? '');
        return held ? partOf(held, part) : [404, problem(404, 'Not found')];
      }
      const asked = method === 'POST' ? await body() : undefined;
      if (path === '/search/probation-cases')
        return asked ? [200, index.search(asked)] : [400, problem(400, 'Bad request')];
      if (path === '/caseload') return index.caseload(asked ?? {});
      return [404, problem(404, 'Not found')];
    },
  );
}

function partOf(held: Held, part: string): JsonReply {
  if (part === 'supervisions') return [200, held.supervisions ?? {}];
  if (part === 'addresses') return [200, held.addresses ?? {}];
  return held.accessLimitations === undefined ? [500, problem(500, 'Failed')] : [200, held.accessLimitations];
}

function problem(status: number, developerMessage: string) {
  return { status, developerMessage };
}

function indexOf(cases: readonly Held[]) {
  const byCrn = new Map<string, Held>();
  const bySurname = new Map<string, Held[]>();
  const byBirth = new Map<string, Held[]>();
  const byManager = new Map<string, Held[]>();
  const byTeam = new Map<string, Held[]>();
  for (const held of cases) {
    byCrn.set(held.crn, held);
    const names = [held.detail, ...(held.detail?.offenderAliases ?? [])];
    for (const surname of new Set(names.map((name) => name?.surname?.toLowerCase())))
      if (surname) push(bySurname, surname, held);
    for (const birth of new Set(names.map((name) => name?.dateOfBirth))) if (birth) push(byBirth, birth, held);
    const manager = held.supervisions?.communityManager;
    if (manager?.allocated !== true || !manager.username) continue;
    push(byManager, manager.username, held);
    if (manager.team?.code) push(byTeam, manager.team.code, held);
  }
  return {
    byCrn,
    /** All that is given must match one name of the person, aliases among them when asked; without regard to case. */
    search(body: Record<string, unknown>): unknown[] {
      if (typeof body.crn === 'string') return [byCrn.get(body.crn)?.detail].filter((detail) => detail !== undefined);
      const given = (['firstName', 'surname', 'dateOfBirth'] as const).filter((key) => typeof body[key] === 'string');
      const candidates =
        body.surname === undefined
          ? byBirth.get(String(body.dateOfBirth))
          : bySurname.get(String(body.surname).toLowerCase());
      const isMatch = (name: Named) =>
        given.every((key) => name[key]?.toLowerCase() === String(body[key]).toLowerCase());
      const namesOf = ({ detail }: Held) => [
        detail,
        ...(body.includeAliases === true ? (detail.offenderAliases ?? []) : []),
      ];
      return (candidates ?? []).filter((held) => namesOf(held).some(isMatch)).map(({ detail }) => detail);
    },
    caseload({ usernames = [], teamCodes = [] }: Record<string, unknown>): JsonReply {
      if (!isStrings(usernames) || !isStrings(teamCodes)) return [400, problem(400, 'Bad request')];
      if (usernames.length + teamCodes.length > MOST_IDS) return [400, problem(400, 'Too many')];
      const found = [
        ...usernames.flatMap((name) => byManager.get(name) ?? []),
        ...teamCodes.flatMap((code) => byTeam.get(code) ?? []),
      ];
      return [200, { crns: [...new Set(found)].map(caseloadRowOf) }];
    },
  };
}

function caseloadRowOf({ crn, supervisions }: Held) {
  const manager = supervisions?.communityManager;
  const dates = (supervisions?.supervisions ?? []).flatMap(({ active, date }) =>
    active === true && date ? [date] : [],
  );
  const from = dates.sort()[0];
  return {
    crn,
    username: manager?.username,
    ...(manager?.team?.code ? { teamCode: manager.team.code } : {}),
    ...(from ? { from } : {}),
  };
}
