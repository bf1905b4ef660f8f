/** A drug and alcohol provider as a source: its NDTMS extract, and its own client index beside it. */
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType } from '../../src/domain/records.js';
import type { LocalId } from '../../src/domain/words.js';
import type { Source, SourceAnswer } from '../../src/sources/contract.js';
import { holdExtract, type SubstanceMisuseOptions } from './hold.js';
import { identities } from './identities.js';
import { fold, type Snapshot } from './snapshot.js';

export type { SubstanceMisuseOptions } from './hold.js';
export type { LoadOutcome } from './load.js';

const NONE = { items: [], rejected: 0 } as const;

/**
 * Local person id = CLIENTID, staff id = KEYWORKER_ID. Answers from the last extract that was taken whole; see hold.ts.
 * Every call rejects with SourceFailure while the folder or a file of it is gone, with SourceNotReady while none is loaded.
 * `rejected` counts bad rows of the whole file (counted by client, it would tell who is one) and a newer file that was refused.
 */
export function createSubstanceMisuse(options: SubstanceMisuseOptions): Source {
  const held = holdExtract(options);
  /** An extract that was refused is one thing more that the provider sent and nobody can read. */
  const ask = async <T>(
    signal: AbortSignal,
    use: (snapshot: Snapshot) => SourceAnswer<T>,
  ): Promise<SourceAnswer<T>> => {
    const { items, rejected } = await held.ask(signal, use);
    return { items, rejected: rejected + Number(held.isBehind()) };
  };
  const provides = new Set<RecordType>(['PersonDetails', 'Involvement', 'SubstanceMisuseRecord']);
  const rejectedOf = ({ rejected }: Snapshot, types: ReadonlySet<RecordType>) =>
    (types.has('PersonDetails') || types.has('Involvement') ? rejected.index : 0) +
    (types.has('SubstanceMisuseRecord') ? rejected.extract : 0);

  return {
    id: options.id,
    space: options.space ?? options.id,
    holder: options.holder,
    provides,
    tells: new Set(['involvements', 'residences'] as const),
    finds: true,
    asOf: () => held.asOf(),
    start: () => held.start(),
    stop: () => held.stop(),
    read: ({ wants }, { signal }) =>
      ask(signal, (snapshot) => {
        const asked = new Map<RecordType, Set<LocalId>>();
        for (const { type, persons } of wants) {
          if (persons.length > 0) asked.set(type, new Set([...(asked.get(type) ?? []), ...persons]));
        }
        const items = [...together(asked)].flatMap(([persons, types]) => snapshot.records(types, persons));
        return { items, rejected: rejectedOf(snapshot, new Set(asked.keys())) };
      }),
    readOne: ({ type, localId }, { signal }) =>
      ask(signal, (snapshot) => {
        const types = new Set([type]);
        const [client = ''] = localId.split('/');
        const items = snapshot.records(types, [client]).filter((record) => record.label.localId === localId);
        return { items, rejected: rejectedOf(snapshot, types) };
      }),
    circumstances: (persons, { signal }) =>
      ask(signal, (snapshot) => {
        const asked = [...new Set(persons)];
        const involvements = snapshot.involvements(asked);
        const residences = snapshot.residences(asked);
        const told = { ...NO_CIRCUMSTANCES, involvements, residences };
        return { items: [told], rejected: asked.length > 0 ? snapshot.rejected.index : 0 };
      }),
    workload: ({ workers, teams }, { signal }) =>
      ask(signal, (snapshot) =>
        workers.length === 0 && teams.length === 0
          ? NONE
          : { items: snapshot.involvementsOf(workers, teams), rejected: snapshot.rejected.index },
      ),
    find: ({ forename, surname, dateOfBirth }, { signal }) =>
      ask(signal, (snapshot) => {
        const sought = { forename: fold(forename), surname: fold(surname), born: dateOfBirth };
        const given = [sought.forename, sought.surname, sought.born ?? ''].filter((part) => part !== '');
        return given.length < 2 ? NONE : { items: snapshot.find(sought), rejected: snapshot.rejected.index };
      }),
    persons: ({ signal }) => identities(held, signal, options.space ?? options.id),
  };
}

/** Types that are asked about the same persons, so that rows are read once for all of them. */
function together(asked: ReadonlyMap<RecordType, ReadonlySet<LocalId>>): Map<LocalId[], Set<RecordType>> {
  const groups = new Map<string, { readonly persons: LocalId[]; readonly types: Set<RecordType> }>();
  for (const [type, persons] of asked) {
    const key = JSON.stringify([...persons]);
    const group = groups.get(key) ?? { persons: [...persons], types: new Set<RecordType>() };
    group.types.add(type);
    groups.set(key, group);
  }
  return new Map([...groups.values()].map(({ persons, types }) => [persons, types]));
}
