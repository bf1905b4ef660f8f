/** Reading by batches: which searches answer which question, and what of their answers is kept. */
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { LocalId } from '../../src/domain/words.js';
import { type ReadAsk, type SourceAnswer, SourceFailure } from '../../src/sources/contract.js';
import { type FhirClient, type Found, NOTHING_FOUND, together } from './client.js';
import type { Context } from './context.js';
import { isRetracted, type Placing, recordOf } from './map.js';
import { detailsOf, involvementRecordOf, type Staff } from './people.js';
import {
  CLINICAL_TYPES,
  type Clinical,
  clinicalSchema,
  type EpisodeOfCare,
  episodeOfCareSchema,
  FHIR_ID,
  type Patient,
  type PractitionerRole,
  patientSchema,
  practitionerRoleSchema,
  practitionerSchema,
  type ResourceType,
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

/**
 * Those that could be read, all of which must be what was asked for. Throws SourceFailure on one that is not: a server that
 * answers about somebody else is believed in nothing.
 */
export function keepAsked<T>(
  found: Found,
  read: (resource: unknown) => T | undefined,
  isAsked: (item: T) => boolean,
): SourceAnswer<T> {
  const kept = keep(found, read, any);
  if (!kept.items.every(isAsked)) throw new SourceFailure('the FHIR server answers with what it was not asked for');
  return kept;
}

export interface FhirReader {
  patients(ids: Ids, signal: AbortSignal): Promise<Found>;
  /** Each with its care manager as a Practitioner, where that is known. */
  episodes(ids: Ids, signal: AbortSignal): Promise<SourceAnswer<EpisodeOfCare>>;
  episodesManagedBy(workers: Ids, signal: AbortSignal): Promise<SourceAnswer<EpisodeOfCare>>;
  consents(ids: Ids, signal: AbortSignal): Promise<Found>;
  read(ask: ReadAsk, signal: AbortSignal): Promise<SourceAnswer<SourceRecord>>;
  readOne(type: RecordType, localId: string, signal: AbortSignal): Promise<SourceAnswer<SourceRecord>>;
}

/** Whoever a server speaks of beside those asked for, nothing of that answer is kept. */
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

  const byPatient = (type: ResourceType, ids: Ids) => ({ type, parameter: 'patient', ids, prefix: 'Patient/' });
  const patients = (ids: Ids, signal: AbortSignal) =>
    client.searchIds({ type: 'Patient', parameter: '_id', ids }, signal);

  async function details(ids: Ids, signal: AbortSignal): Promise<SourceAnswer<SourceRecord>> {
    const found = keepAsked(await patients(ids, signal), readPatient, (patient) => ids.has(patient.id));
    return { items: found.items.map((patient) => detailsOf(patient, context)), rejected: found.rejected };
  }

  async function episodes(ids: Ids, signal: AbortSignal): Promise<SourceAnswer<EpisodeOfCare>> {
    const found = keepAsked(await client.searchIds(byPatient('EpisodeOfCare', ids), signal), readEpisode, (episode) =>
      ids.has(patientOf(episode)),
    );
    return managedByPractitioners(found, signal);
  }

  /** R4 lets a role be the care manager: then whoever holds the role is. */
  async function managedByPractitioners(
    found: SourceAnswer<EpisodeOfCare>,
    signal: AbortSignal,
  ): Promise<SourceAnswer<EpisodeOfCare>> {
    const ids = found.items.flatMap(({ careManager }) => context.idOf(careManager, 'PractitionerRole') ?? []);
    const roles = keep(
      await client.searchIds({ type: 'PractitionerRole', parameter: '_id', ids }, signal),
      readRole,
      any,
    );
    const held = new Map(roles.items.map((role) => [role.id, role.practitioner]));
    const items = found.items.map((episode) => {
      const practitioner = held.get(context.idOf(episode.careManager, 'PractitionerRole') ?? '');
      return practitioner ? { ...episode, careManager: { ...episode.careManager, ...practitioner } } : episode;
    });
    return { items, rejected: found.rejected + roles.rejected };
  }

  async function clinical(types: readonly Clinical['resourceType'][], ids: Ids, signal: AbortSignal) {
    const found = await Promise.all(types.map((type) => client.searchIds(byPatient(type, ids), signal)));
    return keepAsked(together(found), readClinical, (resource) => ids.has(patientOf(resource)));
  }

  /** Their roles are only words beside a name, so they may come along: a server that leaves some out loses no fact. */
  async function staff(ids: Iterable<string>, signal: AbortSignal): Promise<SourceAnswer<Staff>> {
    const asked = [...ids];
    const along = { revinclude: 'PractitionerRole:practitioner' };
    const [found, roles] = await Promise.all([
      client.searchIds({ type: 'Practitioner', parameter: '_id', ids: asked, along }, signal),
      client.brings('Practitioner', along)
        ? NOTHING_FOUND
        : client.searchIds(
            { type: 'PractitionerRole', parameter: 'practitioner', ids: asked, prefix: 'Practitioner/' },
            signal,
          ),
    ]);
    const known = keep(found, (resource) => practitionerSchema.safeParse(resource).data, any);
    const held = [...found.included, ...roles.resources].flatMap((resource) => readRole(resource) ?? []);
    const rolesOf = groupBy(held, (role) => context.idOf(role.practitioner, 'Practitioner') ?? '');
    const items = known.items.map((practitioner) => ({ practitioner, roles: rolesOf.get(practitioner.id) ?? [] }));
    return { items, rejected: known.rejected };
  }

  async function involvements(of: readonly EpisodeOfCare[], signal: AbortSignal): Promise<SourceAnswer<SourceRecord>> {
    const found = await staff(
      of.flatMap((episode) => context.idOf(episode.careManager, 'Practitioner') ?? []),
      signal,
    );
    const byId = new Map(found.items.map((one) => [one.practitioner.id, one]));
    const items = of.flatMap((episode) => involvementRecordOf(episode, byId, context) ?? []);
    return { items, rejected: found.rejected };
  }

  /** The encounters that these resources state: they come along, or are asked for by id. */
  async function statedEncounters(found: Found, of: readonly Clinical[], signal: AbortSignal) {
    const stated = new Set(of.flatMap((resource) => context.idOf(resource.encounter, 'Encounter') ?? []));
    const known = keep({ ...found, resources: found.included, rejected: 0 }, readClinical, ({ id }) => stated.has(id));
    const missing = new Set([...stated].filter((id) => known.items.every((encounter) => encounter.id !== id)));
    const asked = await client.searchIds({ type: 'Encounter', parameter: '_id', ids: missing }, signal);
    const further = keepAsked(asked, readClinical, ({ id }) => missing.has(id));
    return { items: [...known.items, ...further.items], rejected: known.rejected + further.rejected };
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
    consents: (ids, signal) => client.searchIds(byPatient('Consent', ids), signal),
    async episodesManagedBy(workers, signal) {
      const manager = { type: 'EpisodeOfCare', parameter: 'care-manager' } as const;
      const own = {
        type: 'PractitionerRole',
        parameter: 'practitioner',
        prefix: 'Practitioner/',
        ids: workers,
      } as const;
      const [direct, roles] = await Promise.all([
        client.searchIds({ ...manager, ids: workers, prefix: 'Practitioner/' }, signal),
        client.searchIds(own, signal),
      ]);
      const held = keepAsked(roles, readRole, (role) =>
        workers.has(context.idOf(role.practitioner, 'Practitioner') ?? ''),
      );
      const ids = held.items.map(({ id }) => id);
      const through = await client.searchIds({ ...manager, ids, prefix: 'PractitionerRole/' }, signal);
      const found = keep(together([direct, through]), readEpisode, any);
      const managed = await managedByPractitioners(found, signal);
      const isTheirs = (episode: EpisodeOfCare) => workers.has(context.idOf(episode.careManager, 'Practitioner') ?? '');
      return { items: managed.items.filter(isTheirs), rejected: managed.rejected + held.rejected };
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
        const asked = await client.searchIds({ type: kind, parameter: '_id', ids: one }, signal);
        const found = await managedByPractitioners(
          keepAsked(asked, readEpisode, (e) => e.id === id),
          signal,
        );
        const work = await involvements(found.items, signal);
        return { items: work.items, rejected: found.rejected + work.rejected };
      }
      const clinicalType = CLINICAL_TYPES.find((each) => each === kind);
      if (type !== 'MentalHealthRecord' || clinicalType === undefined) return NONE;
      const along = { include: `${clinicalType}:encounter` };
      const asked = await client.searchIds({ type: clinicalType, parameter: '_id', ids: one, along }, signal);
      const found = keepAsked(asked, readClinical, (c) => c.id === id);
      const about = new Set(found.items.map(patientOf));
      const [care, encounters] = await Promise.all([
        episodes(about, signal),
        statedEncounters(asked, found.items, signal),
      ]);
      return {
        items: recordsOf(found.items, [...found.items, ...encounters.items], care.items),
        rejected: found.rejected + care.rejected + encounters.rejected,
      };
    },
  };
}

const any = () => true;

function readRole(resource: unknown): PractitionerRole | undefined {
  return practitionerRoleSchema.safeParse(resource).data;
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
