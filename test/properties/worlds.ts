/**
 * A running gateway over a world from which one record, or all that one service knows of a person, can be taken away: the
 * adapters and their systems are the real ones, each distinct answer of theirs is kept for the length of the test, and what
 * is taken away is left out of it, as if the system had never held it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import type { AuditEntryBody } from '../../src/audit/entry.js';
import type { Demo } from '../../src/compose-demo.js';
import { CIRCUMSTANCE_KINDS, type Circumstances } from '../../src/domain/circumstances.js';
import type { RecordType } from '../../src/domain/records.js';
import { createPages } from '../../src/graph/connection.js';
import { DEFAULT_LIMITS } from '../../src/graph/limits.js';
import { buildGraph } from '../../src/graph/schema.js';
import type { Source, SourceAnswer } from '../../src/sources/contract.js';
import { generateWorld } from '../../src/worlds/generate.js';
import { startDemo } from '../attacks/demo.js';
import type { Pools } from './operations.js';

/** A record at a holder's system, as the log names it. */
export interface Held {
  readonly holder: string;
  readonly type: RecordType;
  readonly localId: string;
}

export interface TestWorld {
  readonly demo: Demo;
  readonly schema: GraphQLSchema;
  readonly workers: readonly string[];
  readonly sources: readonly Source[];
  readonly pools: Pools;
  /** The answer over HTTP as a worker, all of it but the receipt: status and bytes. And its entry in the log. */
  ask(worker: string, query: string): Promise<{ readonly answer: string; readonly entry: AuditEntryBody | undefined }>;
  /** Takes records away until given back. */
  without<T>(records: readonly Held[], work: () => Promise<T>): Promise<T>;
  /** Takes away all that a source knows of a person, its link included. */
  withoutPerson<T>(source: string, person: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Over the world in a folder, the named one unless told. `generated:SEED:FAMILIES` is a world of invented families, made for the
 * length of the test: the same for the same seed.
 */
export async function startTestWorld(folder?: string): Promise<TestWorld> {
  const [kind, seed, families = '12'] = (folder ?? '').split(':');
  if (kind !== 'generated') return startWorldIn(folder);
  const out = mkdtempSync(join(tmpdir(), 'threshold-generated-'));
  await generateWorld({ families: Number(families), seed: Number(seed), out, today: '2026-11-23' });
  const world = await startWorldIn(out);
  return {
    ...world,
    demo: {
      ...world.demo,
      async stop() {
        await world.demo.stop();
        rmSync(out, { recursive: true, force: true });
      },
    },
  };
}

async function startWorldIn(folder: string | undefined): Promise<TestWorld> {
  let hidden: readonly Held[] = [];
  let stranger: { readonly source: string; readonly locals: ReadonlySet<string> } | undefined;

  const sources: Source[] = [];
  const place = (source: Source): Source => {
    sources.push(source);
    const kept = new Map<string, Promise<SourceAnswer<never>>>();
    const keep = <T>(name: string, ask: unknown, call: () => Promise<SourceAnswer<T>>): Promise<SourceAnswer<T>> => {
      const key = `${name} ${JSON.stringify(ask)}`;
      const known = kept.get(key) ?? (call() as Promise<SourceAnswer<never>>);
      kept.set(key, known);
      return known as Promise<SourceAnswer<T>>;
    };
    const isHere = (type: RecordType, localId: string) =>
      !hidden.some((held) => held.holder === source.holder && held.type === type && held.localId === localId);
    const isStranger = (local: unknown) =>
      stranger?.source === source.id && typeof local === 'string' && stranger.locals.has(local);
    const among = <T>(answer: SourceAnswer<T>, keepItem: (item: T) => boolean): SourceAnswer<T> => ({
      items: answer.items.filter(keepItem),
      rejected: answer.rejected,
    });
    return {
      ...source,
      id: source.id,
      space: source.space,
      holder: source.holder,
      provides: source.provides,
      tells: source.tells,
      finds: source.finds,
      start: () => source.start(),
      stop: () => source.stop(),
      read: async (ask, options) =>
        among(
          await keep('read', [ask, options.onBehalfOf], () => source.read(ask, options)),
          ({ label }) => isHere(label.type, label.localId) && !isStranger(label.subject),
        ),
      readOne: async (ask, options) =>
        among(
          await keep('one', [ask, options.onBehalfOf], () => source.readOne(ask, options)),
          ({ label }) => isHere(label.type, label.localId) && !isStranger(label.subject),
        ),
      async circumstances(persons, options) {
        const answer = await keep('circumstances', persons, () => source.circumstances(persons, options));
        if (stranger?.source !== source.id) return answer;
        const items = answer.items.map(
          (told) =>
            Object.fromEntries(
              CIRCUMSTANCE_KINDS.map((kind) => [
                kind,
                (told[kind] as readonly object[]).filter((row) => !Object.values(row).some(isStranger)),
              ]),
            ) as unknown as Circumstances,
        );
        return { items, rejected: answer.rejected };
      },
      workload: async (ask, options) =>
        among(await keep('workload', ask, () => source.workload(ask, options)), ({ person }) => !isStranger(person)),
      find: async (ask, options) =>
        among(await keep('find', ask, () => source.find(ask, options)), (local) => !isStranger(local)),
    };
  };

  const demo = await startDemo(folder === undefined ? {} : { THRESHOLD_WORLD: folder }, place);
  const tokens = new Map<string, string>();
  let seq = 0;

  async function ask(worker: string, query: string) {
    const token = tokens.get(worker) ?? (await demo.tokenOf(worker));
    tokens.set(worker, token);
    const response = await fetch(demo.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    const text = (await response.text()).replace(/"receipt":\{[^}]*\}/, '"receipt":{}');
    const entries = await demo.audit.after(seq, 10);
    seq = entries.at(-1)?.seq ?? seq;
    return { answer: `${response.status} ${text}`, entry: entries.at(-1)?.body };
  }

  const pools = await poolsOf(demo, ask);
  return {
    demo,
    schema: buildGraph('schema/graphql', createPages('none'), DEFAULT_LIMITS).schema,
    // Officers ask what nobody else may: they are drawn more often than one of so many would be.
    workers: demo.workers.flatMap(({ id, roles }) =>
      roles.includes('INFORMATION_GOVERNANCE_OFFICER') ? [id, id, id, id] : [id],
    ),
    sources,
    pools,
    ask,
    async without(records, work) {
      hidden = records;
      try {
        return await work();
      } finally {
        hidden = [];
      }
    },
    async withoutPerson(source, person, work) {
      const links = await demo.store.read<{ local_id: string }>(
        'SELECT local_id FROM person_link WHERE space = ? AND person_id = ?',
        [source, person],
      );
      const move = (from: string, to: string) =>
        demo.store.transaction((transaction) =>
          transaction.run('UPDATE person_link SET person_id = ? WHERE space = ? AND person_id = ?', [to, source, from]),
        );
      stranger = { source, locals: new Set(links.map(({ local_id }) => local_id)) };
      await move(person, `${person}-elsewhere`);
      try {
        return await work();
      } finally {
        stranger = undefined;
        await move(`${person}-elsewhere`, person);
      }
    },
  };
}

/** Ids of every person linked, of records and families that anybody was shown, and of nobody; names that were shown. */
async function poolsOf(demo: Demo, ask: TestWorld['ask']): Promise<Pools> {
  const persons = await demo.store.read<{ person: string }>(
    'SELECT DISTINCT person_id AS person FROM person_link ORDER BY 1',
  );
  const ids = new Set(persons.map(({ person }) => Buffer.from(`Person:${person}`).toString('base64url')));
  const families = new Set<string>();
  const entries = new Set<string>();
  const names = new Map<string, Pools['persons'][number]>();
  for (const { id } of demo.workers) {
    const { answer, entry } = await ask(
      id,
      `query Pool @purpose(of: SUPERVISION) { families(first: 40) { nodes { id members { person { forename surname dateOfBirth
        ... on Child { assessments { nodes { id } } } ... on Adult { adultWork { nodes { id } } } } } } } }`,
    );
    if (entry) entries.add(entry.id);
    for (const [, found] of answer.matchAll(/"id":"([^"]+)"/g)) {
      if (!found) continue;
      ids.add(found);
      if (Buffer.from(found, 'base64url').toString().startsWith('Family:')) families.add(found);
    }
    for (const [, forename, surname, dateOfBirth] of answer.matchAll(
      /"forename":"([^"]+)","surname":"([^"]+)","dateOfBirth":"([^"]+)"/g,
    ))
      if (forename && surname && dateOfBirth) names.set(`${forename} ${surname}`, { forename, surname, dateOfBirth });
  }
  ids.add(Buffer.from('Person:P-nobody').toString('base64url'));
  const agencies = await demo.store.read<{ id: string }>('SELECT id FROM agency ORDER BY id');
  const all = [...ids].sort();
  return {
    ids: all,
    families: [...families].sort(),
    people: all.filter((id) => Buffer.from(id, 'base64url').toString().startsWith('Person:')),
    workers: demo.workers.map(({ id }) => id),
    agencies: agencies.map(({ id }) => id),
    entries: [...entries],
    persons: [...names.values()],
  };
}
