/** A drug and alcohol provider as a source: its NDTMS extract, and its own client index beside it. */
import { type InvolvementRow, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType } from '../../src/domain/records.js';
import type { AgencyId, LocalId, SourceId } from '../../src/domain/words.js';
import type { FindAsk, Source } from '../../src/sources/contract.js';
import { holdFiles } from './client.js';
import { identities } from './identities.js';
import { fold, loadSnapshot, recordById, type Snapshot } from './snapshot.js';

export interface SubstanceMisuseOptions {
  readonly id: SourceId;
  readonly holder: AgencyId;
  /** The id space of clients and keyworkers; its own id if not given. */
  readonly space?: SourceId;
  /** The folder that holds extract.csv and client-index.csv. */
  readonly folder: string;
}

const NONE = { items: [], rejected: 0 } as const;
const START_DEADLINE_MS = 60_000;

/**
 * Local person id = CLIENTID, staff id = KEYWORKER_ID. The files' times are looked at on every call.
 * Every call rejects with SourceFailure while a file is missing or unreadable, SourceNotReady while it is replaced.
 * `rejected` counts bad rows of the whole file: counted by client, it would tell who is one.
 */
export function createSubstanceMisuse(options: SubstanceMisuseOptions): Source {
  const files = holdFiles(options.folder, () => loadSnapshot(options.folder, options.id));
  const provides = new Set<RecordType>(['PersonDetails', 'Involvement', 'SubstanceMisuseRecord']);
  const rejectedOf = (snapshot: Snapshot, types: Iterable<RecordType>) => {
    const asked = new Set(types);
    const ofIndex = asked.has('PersonDetails') || asked.has('Involvement') ? snapshot.rejected.index : 0;
    return ofIndex + (asked.has('SubstanceMisuseRecord') ? snapshot.rejected.extract : 0);
  };

  return {
    id: options.id,
    space: options.space ?? options.id,
    holder: options.holder,
    provides,
    tells: new Set(['involvements', 'residences'] as const),
    finds: true,
    async start() {
      await files.current(AbortSignal.timeout(START_DEADLINE_MS));
    },
    stop: async () => {},
    async read({ wants }, { signal }) {
      const snapshot = await files.current(signal);
      const asked = new Map<RecordType, Set<LocalId>>();
      for (const { type, persons } of wants) {
        if (persons.length > 0) asked.set(type, new Set([...(asked.get(type) ?? []), ...persons]));
      }
      const items = [...asked].flatMap(([type, persons]) =>
        [...persons].flatMap((person) =>
          (snapshot.records.get(person) ?? []).filter((record) => record.label.type === type),
        ),
      );
      return { items, rejected: rejectedOf(snapshot, asked.keys()) };
    },
    async readOne({ type, localId }, { signal }) {
      const snapshot = await files.current(signal);
      const record = recordById(snapshot, type, localId);
      return { items: record ? [record] : [], rejected: rejectedOf(snapshot, [type]) };
    },
    async circumstances(persons, { signal }) {
      const snapshot = await files.current(signal);
      const asked = [...new Set(persons)];
      const told = {
        ...NO_CIRCUMSTANCES,
        involvements: asked.flatMap((person) => snapshot.involvements.get(person) ?? []),
        residences: asked.flatMap((person) => snapshot.residences.get(person) ?? []),
      };
      return { items: [told], rejected: asked.length > 0 ? snapshot.rejected.index : 0 };
    },
    async workload({ workers, teams }, { signal }) {
      const snapshot = await files.current(signal);
      if (workers.length === 0 && teams.length === 0) return NONE;
      const rows = new Set<InvolvementRow>();
      for (const worker of workers) for (const row of snapshot.ofWorker.get(worker) ?? []) rows.add(row);
      for (const team of teams) for (const row of snapshot.ofTeam.get(team) ?? []) rows.add(row);
      return { items: [...rows], rejected: snapshot.rejected.index };
    },
    persons: async function* ({ signal }) {
      yield* identities(await files.current(signal), options.space ?? options.id);
    },
    async find(ask, { signal }) {
      const snapshot = await files.current(signal);
      const items = find(snapshot, ask);
      return items ? { items, rejected: snapshot.rejected.index } : NONE;
    },
  };
}

/** None at all for fewer than two things to look for. */
function find(snapshot: Snapshot, ask: FindAsk): LocalId[] | undefined {
  const forename = fold(ask.forename);
  const surname = fold(ask.surname);
  const given = [
    ...(forename === '' ? [] : [`f${forename}`]),
    ...(surname === '' ? [] : [`s${surname}`]),
    ...(ask.dateOfBirth ? [`d${ask.dateOfBirth}`] : []),
  ];
  if (given.length < 2) return undefined;
  const [fewest = []] = given.map((key) => snapshot.named.get(key) ?? []).sort((a, b) => a.length - b.length);
  const meant = fewest.filter(
    (name) =>
      (forename === '' || name.forename === forename) &&
      (surname === '' || name.surname === surname) &&
      (!ask.dateOfBirth || name.dateOfBirth === ask.dateOfBirth),
  );
  return [...new Set(meant.map((name) => name.id))];
}
