/** A domestic abuse service's case system as a source, over the contract that this folder publishes. */
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType } from '../../src/domain/records.js';
import type { AgencyId, LocalId, SourceId } from '../../src/domain/words.js';
import { type Source, SourceFailure } from '../../src/sources/contract.js';
import { createDomesticAbuseClient, type DomesticAbuseClientOptions } from './client.js';
import { identities } from './identities.js';
import { circumstancesOf, involvementsOf, recordsOf } from './map.js';
import { caseIdOf, isId, parseCases, parseOutlines, personsOn } from './wire.js';

export interface DomesticAbuseOptions extends DomesticAbuseClientOptions {
  readonly id: SourceId;
  readonly holder: AgencyId;
  /** The id space of persons and staff; its own id if not given. */
  readonly space?: SourceId;
}

const START_DEADLINE_MS = 10_000;
const UNASKED = 'the domestic abuse service answers about somebody who was not asked for';
const NONE = { items: [], rejected: 0 } as const;

/**
 * Local person id = personId, staff id = worker.id; record ids `caseId` and `caseId/entryId`. Every call costs one
 * request for every 500 ids.
 */
export function createDomesticAbuse(options: DomesticAbuseOptions): Source {
  const client = createDomesticAbuseClient(options);
  const provides: ReadonlySet<RecordType> = new Set<RecordType>([
    'DomesticAbuseRecord',
    'PersonDetails',
    'Involvement',
  ]);

  return {
    id: options.id,
    space: options.space ?? options.id,
    holder: options.holder,
    provides,
    tells: new Set(['allegations', 'involvements', 'residences', 'protectedPersons']),
    finds: true,
    start: () => client.checkHealth(AbortSignal.timeout(START_DEADLINE_MS)),
    stop: () => client.close(),

    async read({ wants }, { signal }) {
      signal.throwIfAborted();
      const wanted = new Map<RecordType, Set<LocalId>>();
      for (const { type, persons } of wants) {
        if (provides.has(type)) wanted.set(type, new Set([...(wanted.get(type) ?? []), ...persons]));
      }
      const persons = [...wanted.values()].flatMap((ids) => [...ids]);
      const { items, rejected } = parseCases(believed(await client.casesOfPersons(persons, signal), persons));
      const records = items.flatMap((item) => recordsOf(options.id, item));
      return { items: records.filter(({ label }) => wanted.get(label.type)?.has(label.subject)), rejected };
    },

    async readOne({ type, localId }, { signal, ...rest }) {
      signal.throwIfAborted();
      const [caseId = ''] = localId.split('/');
      if (!provides.has(type)) return NONE;
      const document = await client.caseById(caseId, { ...rest, signal });
      if (document === undefined) return NONE;
      if ((caseIdOf(document) ?? caseId) !== caseId) throw new SourceFailure(UNASKED);
      const { items, rejected } = parseCases([document]);
      const records = items.flatMap((item) => recordsOf(options.id, item));
      return { items: records.filter(({ label }) => label.type === type && label.localId === localId), rejected };
    },

    async circumstances(persons, { signal }) {
      signal.throwIfAborted();
      const documents = believed(await client.casesOfPersons(persons, signal), persons);
      return documents.length === 0
        ? { items: [NO_CIRCUMSTANCES], rejected: 0 }
        : circumstancesOf(parseOutlines(documents));
    },

    async workload({ workers, teams }, { signal }) {
      signal.throwIfAborted();
      const { items, rejected } = parseOutlines(await client.casesOfStaff(workers, teams, signal));
      const asked = { workers: new Set(workers), teams: new Set(teams) };
      const rows = items.flatMap(involvementsOf);
      const isAsked = ({ worker = '', team = '' }) => asked.workers.has(worker) || asked.teams.has(team);
      if (!rows.every(isAsked)) throw new SourceFailure(UNASKED);
      return { items: rows, rejected };
    },

    persons: ({ signal }) => identities(client, options.space ?? options.id, signal),

    async find(ask, { signal }) {
      signal.throwIfAborted();
      const given = [ask.forename, ask.surname, ask.dateOfBirth].filter((value) => value !== undefined && value !== '');
      if (given.length < 2) return NONE;
      const found = await client.personsNamed(ask, signal);
      const items = [...new Set(found.filter(isId))];
      return { items, rejected: found.filter((id) => !isId(id)).length };
    },
  };
}

/**
 * A case on which nobody stands who was asked for, and everybody can be read, was not asked for: then nothing of the answer
 * can be believed. Throws SourceFailure.
 */
function believed(documents: readonly unknown[], persons: readonly LocalId[]): readonly unknown[] {
  const asked = new Set(persons);
  const isUnasked = (on: readonly (string | undefined)[]) =>
    on.length > 0 && on.every((id) => id !== undefined && !asked.has(id));
  if (documents.some((document) => isUnasked(personsOn(document)))) throw new SourceFailure(UNASKED);
  return documents;
}
