/** Reading by batches: which searches answer which question, and what of their answers is kept. */
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { LocalId } from '../../src/domain/words.js';
import { type ReadAsk, type SourceAnswer, SourceFailure } from '../../src/sources/contract.js';
import type { FhirClient, Found } from './client.js';
import type { Context } from './context.js';
import { isRetracted, type Placing, recordOf } from './map.js';
import { detailsOf, involvementRecordOf } from './people.js';
import {
  CLINICAL_TYPES,
  type Clinical,
  clinicalSchema,
  type EpisodeOfCare,
  episodeOfCareSchema,
  FHIR_ID,
  type Patient,
  type Practitioner,
  patientSchema,
  practitionerSchema,
} from './wire.js';

const NONE = { items: [], rejected: 0 } as const;
type Ids = ReadonlySet<string>;

/** A resource of the promised shape, or none. */
export function readPatient(resource: unknown): Patient | undefined {
  return patientSchema.safeParse(resource).data;
}

/** Those that could be read and are meant, and how many could not be read. */
export function keep<T>(
  found: Found,
  read: (resource: unknown) => T | undefined,
  isMeant: (item: T) => boolean,
): SourceAnswer<T> {
  const items: T[] = [];
  let rejected = found.rejected;
  for (const resource of found.resources) {
    const item = read(resource);
    if (item === undefined) rejected += 1;
    else if (isMeant(item)) items.push(item);
  }
  return { items, rejected };
}

/** As `keep`; a server that answers about patients or workers who were not asked for is believed in nothing. */
export function keepAsked<T>(
  found: Found,
  read: (resource: unknown) => T | undefined,
  isAsked: (item: T) => boolean,
): SourceAnswer<T> {
  const kept = keep(found, read, () => true);
  if (!kept.items.every(isAsked))
    throw new SourceFailure('the FHIR server answers about somebody who was not asked for');
  return kept;
}

export interface FhirReader {
  patients(ids: Ids, signal: AbortSignal): Promise<Found>;
  episodes(ids: Ids, signal: AbortSignal): Promise<SourceAnswer<EpisodeOfCare>>;
  episodesManagedBy(workers: Ids, signal: AbortSignal): Promise<SourceAnswer<EpisodeOfCare>>;
  read(ask: ReadAsk, signal: AbortSignal): Promise<SourceAnswer<SourceRecord>>;
  readOne(type: RecordType, localId: string, signal: AbortSignal): Promise<SourceAnswer<SourceRecord>>;
}

/** Throws SourceFailure when a server answers with resources about others than the patients asked for. */
export function createReader(client: FhirClient, context: Context): FhirReader {
  const patientOf = (item: EpisodeOfCare | Clinical) =>
    context.idOf('patient' in item ? item.patient : item.subject, 'Patient') ?? '';

  /** Also refuses what is about no patient of this server. */
  function readEpisode(resource: unknown): EpisodeOfCare | undefined {
    const item = episodeOfCareSchema.safeParse(resource).data;
    return item && patientOf(item) !== '' ? item : undefined;
  }
  function readClinical(resource: unknown): Clinical | undefined {
    const item = clinicalSchema.safeParse(resource).data;
    return item && patientOf(item) !== '' ? item : undefined;
  }

  const patients = (ids: Ids, signal: AbortSignal) => client.searchIds('Patient', '_id', ids, signal);

  async function details(ids: Ids, signal: AbortSignal): Promise<SourceAnswer<SourceRecord>> {
    const found = keepAsked(await patients(ids, signal), readPatient, (patient) => ids.has(patient.id));
    return { items: found.items.map((patient) => detailsOf(patient, context)), rejected: found.rejected };
  }

  async function episodes(ids: Ids, signal: AbortSignal): Promise<SourceAnswer<EpisodeOfCare>> {
    const found = await client.searchIds('EpisodeOfCare', 'patient', ids, signal, 'Patient/');
    return keepAsked(found, readEpisode, (episode) => ids.has(patientOf(episode)));
  }

  async function clinical(types: readonly Clinical['resourceType'][], ids: Ids, signal: AbortSignal) {
    const found = await Promise.all(types.map((type) => client.searchIds(type, 'patient', ids, signal, 'Patient/')));
    return keepAsked(together(found), readClinical, (resource) => ids.has(patientOf(resource)));
  }

  async function involvements(of: readonly EpisodeOfCare[], signal: AbortSignal): Promise<SourceAnswer<SourceRecord>> {
    const managers = of.flatMap((episode) => context.idOf(episode.careManager, 'Practitioner') ?? []);
    const found = keep(
      await client.searchIds('Practitioner', '_id', managers, signal),
      (resource): Practitioner | undefined => practitionerSchema.safeParse(resource).data,
      () => true,
    );
    const byId = new Map(found.items.map((practitioner) => [practitioner.id, practitioner]));
    const items = of.flatMap((episode) => involvementRecordOf(episode, byId, context) ?? []);
    return { items, rejected: found.rejected };
  }

  function recordsOf(of: readonly Clinical[], encounters: readonly Clinical[], care: readonly EpisodeOfCare[]) {
    const ofPatient = groupBy(care, patientOf);
    const ofEncounter = new Map<string, string>();
    for (const encounter of encounters) {
      if (encounter.resourceType !== 'Encounter') continue;
      const episode = context.idOf(encounter.episodeOfCare?.[0], 'EpisodeOfCare');
      if (episode !== undefined) ofEncounter.set(encounter.id, episode);
    }
    return of
      .filter((resource) => !isRetracted(resource))
      .flatMap((resource) => {
        const placing: Placing = { episodes: ofPatient.get(patientOf(resource)) ?? [], ofEncounter };
        return recordOf(resource, placing, context) ?? [];
      });
  }

  return {
    patients,
    episodes,
    async episodesManagedBy(workers, signal) {
      const found = await client.searchIds('EpisodeOfCare', 'care-manager', workers, signal, 'Practitioner/');
      return keepAsked(found, readEpisode, (e) => workers.has(context.idOf(e.careManager, 'Practitioner') ?? ''));
    },

    async read(ask, signal) {
      const involved = personsOf(ask, 'Involvement');
      const treated = personsOf(ask, 'MentalHealthRecord');
      const [known, care, written] = await Promise.all([
        details(personsOf(ask, 'PersonDetails'), signal),
        episodes(new Set([...involved, ...treated]), signal),
        clinical(CLINICAL_TYPES, treated, signal),
      ]);
      const involvedIn = care.items.filter((episode) => involved.has(patientOf(episode)));
      const work = await involvements(involvedIn, signal);
      return {
        items: [...known.items, ...work.items, ...recordsOf(written.items, written.items, care.items)],
        rejected: known.rejected + care.rejected + written.rejected + work.rejected,
      };
    },

    async readOne(type, localId, signal) {
      const [kind = '', id = '', ...rest] = localId.split('/');
      if (!FHIR_ID.test(id) || rest.length > 0) return NONE;
      const one = new Set([id]);
      if (type === 'PersonDetails' && kind === 'Patient') return details(one, signal);
      if (type === 'Involvement' && kind === 'EpisodeOfCare') {
        const found = keepAsked(await client.searchIds(kind, '_id', one, signal), readEpisode, (e) => e.id === id);
        const work = await involvements(found.items, signal);
        return { items: work.items, rejected: found.rejected + work.rejected };
      }
      const clinicalType = CLINICAL_TYPES.find((each) => each === kind);
      if (type !== 'MentalHealthRecord' || clinicalType === undefined) return NONE;
      const found = keepAsked(
        await client.searchIds(clinicalType, '_id', one, signal),
        readClinical,
        (c) => c.id === id,
      );
      const about = new Set(found.items.map(patientOf));
      const [care, encounters] = await Promise.all([episodes(about, signal), clinical(['Encounter'], about, signal)]);
      return {
        items: recordsOf(found.items, encounters.items, care.items),
        rejected: found.rejected + care.rejected + encounters.rejected,
      };
    },
  };
}

function together(found: readonly Found[]): Found {
  return {
    resources: found.flatMap((one) => one.resources),
    rejected: found.reduce((sum, one) => sum + one.rejected, 0),
  };
}

function personsOf(ask: ReadAsk, type: RecordType): Set<LocalId> {
  return new Set(ask.wants.filter((want) => want.type === type).flatMap((want) => want.persons));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
